"""Which boxes an escalation is about, and whether each is an ESA or an SMA, with the reason."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pvo_kit import catalog
from pvo_kit.evidence import Evidence, Role, Transcript
from pvo_kit.facts import Fact, Membership, Refusal, Release, Suspension

_QUARANTINE_LISTENERS = {"cpq_listener", "euq_listener"}
_SMA_PRODUCT = re.compile(
    r"Content Security Management|Secure Email and Web Manager|Security Management|\bM\d{3}", re.I
)
_ESA_PRODUCT = re.compile(
    r"Messaging Gateway|Email Security|Secure Email Gateway|\b[CX]\d{3}", re.I
)
_SMA_NAMES = frozenset({"sma", "sewm"})
_ESA_NAMES = frozenset({"esa", "seg", "ces"})


@dataclass(frozen=True, slots=True)
class Appliance:
    """A box of the escalation, its role and why it is taken for that."""

    host: str | None
    role: Role
    why: str
    version: str | None = None

    @property
    def name(self) -> str:
        """The host name, or what stands for one that is not known."""
        return self.host or "unknown"


NOBODY = Appliance(None, "unknown", "log lines that name no host")


def recognise(evidence: Evidence, facts: Sequence[Fact]) -> tuple[Appliance, ...]:
    """Return every box that the evidence names, in the order in which it names them.

    One without a name comes last. The order rests on no name, so that other names (a redacted
    copy's) change nothing else.

    What tells the role, the strongest first: ``--role``, a login banner, ``version``, a saved
    configuration, commands and prompts that only one kind has, the quarantine's listeners, the
    host name.
    """
    members = set(_members(evidence, facts))
    named = dict.fromkeys((*_hosts(evidence, facts), *_members(evidence, facts)))
    ordered = sorted(named, key=lambda host: host is None)
    return tuple(_recognised(evidence, facts, host, host in members) for host in ordered)


def _hosts(evidence: Evidence, facts: Sequence[Fact]) -> Iterator[str | None]:
    yield from (cut.host for cut in evidence.transcripts)
    yield from (fact.host for fact in facts)
    yield from (link.appliance for link in evidence.connections if link.appliance)
    yield from (seen.host for seen in evidence.observations if seen.host)
    yield from (host for host, _ in evidence.roles)


def _members(evidence: Evidence, facts: Sequence[Fact]) -> Iterator[str]:
    yield from (name for fact in facts if isinstance(fact, Membership) for name in fact.machines)
    yield from (name for text in evidence.error_texts for name in text.hosts)


def _recognised(
    evidence: Evidence, facts: Sequence[Fact], host: str | None, is_member: bool
) -> Appliance:
    own = [fact for fact in facts if fact.host == host]
    versions = [fact.version for fact in own if isinstance(fact, Release) and fact.version]
    given = dict(evidence.roles).get(host or "")
    cuts = [cut for cut in evidence.transcripts if cut.host == host]
    role: Role = "unknown"
    role, why = next(_signs(host, own, cuts, is_member), (role, "nothing tells what it is"))
    if given:
        role, why = given, "given with --role"
    return Appliance(host, role, why, versions[-1] if versions else None)


def _signs(
    host: str | None, own: Sequence[Fact], cuts: Sequence[Transcript], is_member: bool
) -> Iterator[tuple[Role, str]]:
    """Yield what tells the role, the strongest first."""
    releases = [fact for fact in own if isinstance(fact, Release)]
    for source in ("banner", "version", "configuration"):
        for release in releases:
            role = _product_role(release)
            if release.source == source and role:
                yield role, f"{source}: {release.product or release.model}"
    commands = _command_roles(own, cuts)
    if any(cut.level for cut in cuts):
        commands["esa"] = "a cluster's prompt"
    if is_member:
        commands["esa"] = "it is a cluster's member"
    if len(commands) == 1:  # commands of both kinds tell nothing
        yield next(iter(commands.items()))
    for fact in own:
        if isinstance(fact, Suspension) and _QUARANTINE_LISTENERS & set(fact.listeners):
            yield "sma", f"listener: {fact.listeners[0]}"
    words = set(re.split(r"[^a-z]+", (host or "").lower().partition(".")[0]))
    if bool(words & _SMA_NAMES) != bool(words & _ESA_NAMES):
        yield ("sma" if words & _SMA_NAMES else "esa"), "host name"


def _command_roles(own: Sequence[Fact], cuts: Sequence[Transcript]) -> dict[Role, str]:
    """The commands that only one kind of appliance has, those left out that were refused."""
    refused = {fact.moment for fact in own if isinstance(fact, Refusal)}
    return {
        row.roles[0]: f"command: {row.name}"
        for cut in cuts
        if cut.moment not in refused and (row := catalog.find(cut.command)) and row.tells_role
    }


def _product_role(release: Release) -> Role | None:
    text = f"{release.product or ''} {release.model or ''}"
    if _SMA_PRODUCT.search(text):
        return "sma"
    return "esa" if _ESA_PRODUCT.search(text) else None
