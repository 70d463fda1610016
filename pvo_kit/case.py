"""An escalation as the scenarios see it: facts, appliances, the quarantine port, connections."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from pvo_kit import catalog
from pvo_kit.evidence import (
    Evidence,
    Observation,
    Role,
    Transcript,
)
from pvo_kit.facts import (
    Fact,
    Interface,
    KeyTable,
    Membership,
    Refusal,
    Release,
    StandAlone,
    Suspension,
    TlsProbe,
)
from pvo_kit.findings import Appliance, Unparsed
from pvo_kit.mail_logs import Connection
from pvo_kit.parsers import features, refusals, version
from pvo_kit.parsers.reading import Reading

DEFAULT_PORT = 7025
CPQ_DOMAIN = "the.cpq.host"
SPAM_QUARANTINE_PORT = 6025

F = TypeVar("F", bound=Fact)
M = TypeVar("M", bound="Fact | Observation")

_SHAPES_SHOWN = 20
_QUARANTINE_LISTENERS = {"cpq_listener", "euq_listener"}
_SMA_PRODUCT = re.compile(
    r"Content Security Management|Secure Email and Web Manager|Security Management|\bM\d{3}", re.I
)
_ESA_PRODUCT = re.compile(
    r"Messaging Gateway|Email Security|Secure Email Gateway|\b[CX]\d{3}", re.I
)
_SMA_NAME = re.compile(r"(?:^|[.\d_-])(?:sma|sewm)[\d_-]*(?=[.]|$)", re.I)
_ESA_NAME = re.compile(r"(?:^|[.\d_-])(?:esa|seg|ces)[\d_-]*(?=[.]|$)", re.I)


@dataclass(frozen=True)
class Case:
    """Facts and appliances of one escalation; scenarios read this and nothing else.

    ``connections`` are the ESAs' deliveries to the quarantine port, oldest first; ``released`` are
    those of the other direction (the SMA gives back released mail), which prove nothing.
    """

    evidence: Evidence
    facts: tuple[Fact, ...]
    appliances: tuple[Appliance, ...]
    unparsed: tuple[Unparsed, ...]
    port: int
    connections: tuple[Connection, ...] = ()
    released: tuple[Connection, ...] = ()

    def all(self, kind: type[F], host: str | None | ellipsis = ...) -> list[F]:  # noqa: F821
        """Return the facts of one kind, of one host where it is given, in a stable order."""
        return [fact for fact in self.facts
                if isinstance(fact, kind) and (host is ... or fact.host == host)]  # fmt: skip

    def role(self, host: str | None) -> Role:
        """Return the role of a host (``unknown`` for one that is not in the evidence)."""
        return next((box.role for box in self.appliances if box.host == host), "unknown")

    def boxes(self, *roles: Role) -> list[Appliance]:
        """Return the appliances of these roles."""
        return [box for box in self.appliances if box.role in roles]

    def observed(self, what: str) -> list[Observation]:
        """Return the recorded observations of one kind."""
        return [seen for seen in self.evidence.observations if seen.what == what]

    @property
    def members(self) -> tuple[str, ...]:
        """The machines of the cluster by the newest ``clusterconfig list``, () without one."""
        lists = self.all(Membership)
        return newest(lists)[-1].machines if lists else ()

    def clustered(self, host: str | None) -> bool:
        """Return True where the evidence shows that this appliance belongs to a cluster."""
        return host in self.members or any(
            cut.level for cut in self.evidence.transcripts if cut.host == host
        )

    @property
    def in_cluster(self) -> bool:
        """True where anything shows a cluster: a member list, a prompt, the wizard's sentence."""
        return bool(self.members or self.evidence.error_texts) or any(
            cut.level for cut in self.evidence.transcripts
        )

    @property
    def stand_alone(self) -> list[StandAlone | Refusal]:
        """Answers that say an ESA belongs to no cluster."""
        refused = [fact for fact in self.all(Refusal) if fact.kind == "standalone"]
        return [*self.all(StandAlone), *refused]


def newest(items: Sequence[M]) -> list[M]:
    """Return the items that nothing else is known to be newer than, in their order."""
    return [item for item in items
            if not any(other.moment.after(item.moment) for other in items)]  # fmt: skip


def build(evidence: Evidence, port: int | None = None) -> Case:
    """Parse every transcript, decide whose it is and which port the quarantine uses."""
    facts: list[Fact] = []
    unparsed: list[Unparsed] = []
    for cut in evidence.transcripts:
        found, left = _read(cut)
        facts += found
        unparsed += left
    facts += _configured(evidence)
    unparsed += _unrecognised(evidence)
    appliances = tuple(_appliances(evidence, facts))
    case = Case(evidence, tuple(facts), appliances, tuple(unparsed), _port(evidence, facts, port))
    case = replace(case, **_directions(case))
    if any(link.appliance is None for link in case.connections):
        nobody = Appliance(None, "unknown", "log lines that name no host")
        case = replace(case, appliances=(*appliances, nobody))
    return case


def _directions(case: Case) -> dict[str, tuple[Connection, ...]]:
    """Split the connections to the quarantine port by who opened them."""
    esas = [box.host for box in case.appliances if box.host and box.role != "sma"]
    owner = esas[0] if len(esas) == 1 else None
    smas = _sma_addresses(case)
    mine, released = [], []
    for link in case.evidence.connections:
        if link.port != case.port:
            continue
        if case.role(link.appliance) == "sma" or link.interface in smas:
            released.append(link)
        else:
            mine.append(replace(link, appliance=link.appliance or owner))
    return {"connections": tuple(mine), "released": tuple(released)}


def _sma_addresses(case: Case) -> set[str]:
    """The SMA's addresses: its own interfaces, and where ESAs verify the quarantine's TLS."""
    own: dict[Role, set[str]] = {"sma": set(), "esa": set(), "unknown": set()}
    for fact in case.all(Interface):
        if fact.address:
            own[case.role(fact.host)].add(str(fact.address.ip))
    for probe in case.all(TlsProbe):
        if probe.port == case.port and probe.address:
            own["sma"].add(probe.address)
        if probe.interface:
            own["esa"].add(probe.interface)
    return own["sma"] - own["esa"]


def _read(cut: Transcript) -> tuple[list[Fact], list[Unparsed]]:
    command = catalog.find(cut.command)
    reading = Reading(cut)
    facts: list[Fact] = list(refusals.parse(reading))
    if banner := version.parse_banner(cut):
        facts.append(banner)
    if command is None or command.parser is None:
        reason = "refused by the appliance" if facts else "no parser for this command"
        return facts, [_unparsed(cut, reason)]
    try:
        facts += command.parser(reading)
    except Exception as error:  # a parser that breaks must not cost the rest of the evidence
        return facts, [_unparsed(cut, f"the parser broke: {type(error).__name__}: {error}")]
    left = reading.rest
    if left and not facts:
        return facts, [_unparsed(cut, f"nothing understood in {_count(len(left))}")]
    if left:
        reason = f"{_count(len(left))} not understood, the first is line {left[0].raw[0][0]}"
        return facts, [_unparsed(cut, reason)]
    return facts, []


def _count(lines: int) -> str:
    return "1 line" if lines == 1 else f"{lines} lines"


def _unparsed(cut: Transcript, reason: str) -> Unparsed:
    return Unparsed(cut.file, cut.first_line, cut.host, cut.command, reason)


def _unrecognised(evidence: Evidence) -> Iterator[Unparsed]:
    """The log lines that no kind takes: a row for each shape, the most frequent first."""
    for file, coverage in evidence.coverage:
        shapes = coverage.not_recognised
        for row in shapes[:_SHAPES_SHOWN]:
            reason = f"{_count(row.count)} not recognised, such as: {row.shape}"
            yield Unparsed(file, row.line, None, "mail log", reason)
        rest = shapes[_SHAPES_SHOWN:]
        if rest:
            reason = f"{_count(sum(row.count for row in rest))} more of {len(rest)} other shapes"
            yield Unparsed(file, rest[0].line, None, "mail log", reason)


def _configured(evidence: Evidence) -> Iterator[Fact]:
    """What saved configurations say, as facts like any other."""
    for saved in evidence.configurations:
        origin = {"host": saved.host, "moment": saved.moment, "citations": saved.citations}
        yield Release(product=saved.product, version=saved.version, source="configuration",
                      **origin)  # type: ignore[arg-type]  # fmt: skip
        keys = tuple(features.key_of(line) for line in saved.features)
        if keys:
            cited = tuple(line.citation for line in saved.features)
            yield KeyTable(keys=keys, source="configuration", host=saved.host,
                           moment=saved.moment, citations=cited)  # fmt: skip


def _appliances(evidence: Evidence, facts: Sequence[Fact]) -> Iterator[Appliance]:
    given = {host.lower(): role for host, role in evidence.roles}
    hosts = {cut.host for cut in evidence.transcripts} | {fact.host for fact in facts}
    hosts |= {link.appliance for link in evidence.connections if link.appliance}
    hosts |= {seen.host for seen in evidence.observations if seen.host} | set(given)
    members = {name for fact in facts if isinstance(fact, Membership) for name in fact.machines}
    members |= {name for text in evidence.error_texts for name in text.hosts}
    for host in sorted(hosts | members, key=lambda name: (name is None, name or "")):
        own = [fact for fact in facts if fact.host == host]
        cuts = [cut for cut in evidence.transcripts if cut.host == host]
        release = next((fact.version for fact in own if isinstance(fact, Release)), None)
        role, why = ("unknown", "nothing tells what it is")
        if host in given:
            role, why = given[host], "given with --role"
        else:
            role, why = next(_signs(host, own, cuts, members), (role, why))
        yield Appliance(host, role, why, release)  # type: ignore[arg-type]


def _signs(
    host: str | None, own: Sequence[Fact], cuts: Sequence[Transcript], members: set[str]
) -> Iterator[tuple[Role, str]]:
    """Yield what tells the role, the strongest first."""
    releases = [fact for fact in own if isinstance(fact, Release)]
    for source in ("banner", "version", "configuration"):
        for fact in releases:
            if fact.source == source and (role := _product_role(fact)):
                yield role, f"{source}: {fact.product or fact.model}"
    refused = {fact.moment for fact in own if isinstance(fact, Refusal)}
    roles = {row.roles[0]: row.name for cut in cuts if cut.moment not in refused
             if (row := catalog.find(cut.command)) and row.tells_role}  # fmt: skip
    if any(cut.level for cut in cuts):
        roles["esa"] = "a cluster's prompt"
    if host in members:
        roles["esa"] = "it is a cluster's member"
    if len(roles) == 1:
        [(role, sign)] = roles.items()
        yield role, sign if " " in sign else f"command: {sign}"
    for fact in own:
        if isinstance(fact, Suspension) and _QUARANTINE_LISTENERS & set(fact.listeners):
            yield "sma", f"listener: {fact.listeners[0]}"
    if host and _SMA_NAME.search(host) and not _ESA_NAME.search(host):
        yield "sma", "host name"
    if host and _ESA_NAME.search(host) and not _SMA_NAME.search(host):
        yield "esa", "host name"


def _product_role(fact: Release) -> Role | None:
    text = f"{fact.product or ''} {fact.model or ''}"
    if _SMA_PRODUCT.search(text):
        return "sma"
    return "esa" if _ESA_PRODUCT.search(text) else None


def _port(evidence: Evidence, facts: Sequence[Fact], given: int | None) -> int:
    """Return the quarantine's port: given, observed, verified, named in an error, or 7025."""
    if given is not None:
        return given
    seen = [seen for seen in evidence.observations if seen.what == "port" and seen.value.isdigit()]
    if seen:
        return int(newest(seen)[-1].value)
    probes = [fact for fact in facts if isinstance(fact, TlsProbe) and fact.port
              and (fact.domain or "").lower() == CPQ_DOMAIN and fact.port != 25]  # fmt: skip
    if probes:
        return newest(probes)[-1].port or DEFAULT_PORT
    named = [link.port for link in evidence.connections
             if link.port and (link.domain or "").lower() == CPQ_DOMAIN]  # fmt: skip
    return named[-1] if named else DEFAULT_PORT
