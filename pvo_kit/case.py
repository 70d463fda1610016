"""An escalation as the scenarios see it: facts, appliances, the quarantine port, connections."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from types import EllipsisType
from typing import Protocol, TypeVar

from pvo_kit import appliances
from pvo_kit.appliances import NOBODY, Appliance
from pvo_kit.evidence import Evidence, Moment, Observation, Role
from pvo_kit.facts import (
    DeliveryInterface,
    Fact,
    Interface,
    Membership,
    PortProbe,
    Refusal,
    StandAlone,
    TlsProbe,
)
from pvo_kit.interpretation import Unparsed, interpret
from pvo_kit.mail_logs import Connection

DEFAULT_PORT = 7025
CPQ_DOMAIN = "the.cpq.host"
SMTP_PORT = 25


class Dated(Protocol):
    """Anything that was read at a moment: a fact, a connection, an observation."""

    @property
    def moment(self) -> Moment:
        """When and where it was read."""
        ...


F = TypeVar("F", bound=Fact)
D = TypeVar("D", bound=Dated)


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

    def all(self, kind: type[F], host: str | EllipsisType | None = ...) -> list[F]:
        """Return the facts of one kind, of one host where it is given, in a stable order."""
        return [
            fact
            for fact in self.facts
            if isinstance(fact, kind) and (host is ... or fact.host == host)
        ]

    def role(self, host: str | None) -> Role:
        """Return the role of a host (``unknown`` for one that is not in the evidence)."""
        return next((box.role for box in self.appliances if box.host == host), "unknown")

    def boxes(self, *roles: Role) -> list[Appliance]:
        """Return the appliances of these roles."""
        return [box for box in self.appliances if box.role in roles]

    @property
    def esas(self) -> list[str | None]:
        """The hosts that count as ESAs: those, and boxes of unknown role that did what ESAs do.

        A cluster's prompt in a file that names no machine is nobody of its own where the list
        names the members.
        """
        did = {fact.host for fact in self.all(DeliveryInterface)}
        did |= {probe.host for probe in (*self.probes(), *self.tls_probes())}
        hosts = [box.host for box in self.boxes("esa")]
        hosts += [box.host for box in self.boxes("unknown") if box.host in did]
        return [host for host in hosts if host or not (self.members and self._is_shared(host))]

    def _is_shared(self, host: str | None) -> bool:
        cuts = [cut for cut in self.evidence.transcripts if cut.host == host]
        return all(cut.level in ("group", "cluster") for cut in cuts)

    def holding(self, kind: type[F], host: str | None) -> list[F]:
        """Return the facts that hold for an ESA: its own, its group's and its cluster's."""
        return [fact for fact in self.all(kind) if self._covers(fact, host)]

    def in_force(self, kind: type[F], host: str | None) -> list[F]:
        """Return those of the nearest level: the machine's own, else the group's, the cluster's."""
        found = self.holding(kind, host)
        own = [fact for fact in found if fact.level in (None, "machine")]
        return own or [fact for fact in found if fact.level == "group"] or found

    def _covers(self, fact: Fact, host: str | None) -> bool:
        if fact.level == "cluster":
            return fact.host == host or host in self.members
        if fact.level == "group" and host in self.groups:
            return self.groups[host] == fact.place
        return fact.host == host

    def observed(self, what: str) -> list[Observation]:
        """Return the recorded observations of one kind."""
        return [seen for seen in self.evidence.observations if seen.what == what]

    def probes(self, host: str | EllipsisType | None = ...) -> list[PortProbe]:
        """Return the ESAs' telnets to the quarantine port."""
        return [
            probe
            for probe in self.all(PortProbe, host)
            if probe.port == self.port and self.role(probe.host) != "sma"
        ]

    def tls_probes(self, host: str | EllipsisType | None = ...) -> list[TlsProbe]:
        """Return the ESAs' ``tlsverify`` of the quarantine's port."""
        return [
            probe
            for probe in self.all(TlsProbe, host)
            if probe.port == self.port and self.role(probe.host) != "sma"
        ]

    def addresses(self, role: Role) -> set[str]:
        """The addresses of the boxes of a role, and those that the ESAs' own tests give it."""
        own: dict[Role, set[str]] = {"esa": set(), "sma": set(), "unknown": set()}
        for item in self.all(Interface):
            if item.address:
                own[self.role(item.host)].add(str(item.address.ip))
        for probe in self.tls_probes():
            own["esa"].update([probe.interface] if probe.interface else [])
            own["sma"].update([probe.address] if probe.address else [])
        for telnet in self.probes():
            own["sma"].update([telnet.address] if telnet.address else [])
        # A person may test a box against itself; what is an ESA's own is not the SMA's.
        return own[role] - own["esa"] if role == "sma" else own[role]

    @property
    def members(self) -> tuple[str, ...]:
        """The machines of the cluster by the newest ``clusterconfig list``, () without one."""
        lists = self.all(Membership)
        return newest(lists)[-1].machines if lists else ()

    @property
    def groups(self) -> dict[str | None, str]:
        """The group of each machine by the newest ``clusterconfig list``."""
        lists = newest(self.all(Membership))[-1:]
        return {
            machine: group
            for item in lists
            for machine, group in zip(item.machines, item.groups, strict=False)
        }

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


def newest(items: Sequence[D]) -> list[D]:
    """Return the items that nothing else is known to be newer than, in their order."""
    # What is newer stands behind as a rule: looked for from the end, long logs stay quick.
    return [
        item
        for item in items
        if not any(other.moment.after(item.moment) for other in reversed(items))
    ]


def build(evidence: Evidence, port: int | None = None) -> Case:
    """Interpret the evidence, decide which box is what and which port the quarantine uses."""
    facts, unparsed = interpret(evidence)
    boxes = appliances.recognise(evidence, facts)
    case = Case(evidence, facts, boxes, unparsed, _port(evidence, facts, port))
    mine, released = _directions(case)
    if any(link.appliance is None for link in mine) and None not in {box.host for box in boxes}:
        boxes = (*boxes, NOBODY)
    return replace(case, appliances=boxes, connections=tuple(mine), released=tuple(released))


def _directions(case: Case) -> tuple[list[Connection], list[Connection]]:
    """Split the connections to the quarantine port by who opened them: an ESA, or the SMA."""
    smas, esas, owners = case.addresses("sma"), case.addresses("esa"), _owners(case)
    mine: list[Connection] = []
    released: list[Connection] = []
    for link in case.evidence.connections:
        if link.port != case.port:
            continue
        is_release = link.interface in smas or link.address in esas
        if case.role(link.appliance) == "sma" or is_release:
            released.append(link)
        else:
            owner = owners.get(link.interface, owners[None])
            mine.append(replace(link, appliance=link.appliance or owner))
    return mine, released


def _owners(case: Case) -> dict[str | None, str | None]:
    """Whose a log line without a host is, by its interface's address; by None: the only ESA's."""
    hosts: dict[str | None, set[str | None]] = {}
    for item in case.all(Interface):
        if item.address:
            hosts.setdefault(str(item.address.ip), set()).add(item.host)
    esas: set[str | None] = {box.host for box in case.boxes("esa") if box.host}
    hosts[None] = esas or {box.host for box in case.boxes("unknown") if box.host}
    return {key: found.pop() if len(found) == 1 else None for key, found in hosts.items()}


def _port(evidence: Evidence, facts: Sequence[Fact], given: int | None) -> int:
    """Return the quarantine's port: given, observed, as the ESA tried or verified it, or 7025."""
    if given is not None:
        return given
    seen = [
        item for item in evidence.observations if item.what == "port" and item.value.isdecimal()
    ]
    if seen:
        return int(newest(seen)[-1].value)
    # What the ESA itself tries outranks what a person typed, who may have known the default only.
    tried = [link for link in evidence.connections if link.port and _is_cpq(link.domain)]
    if tried:
        return tried[-1].port or DEFAULT_PORT
    verified = [
        fact
        for fact in facts
        if isinstance(fact, TlsProbe)
        and _is_cpq(fact.domain)
        and fact.port not in (None, SMTP_PORT)
    ]
    return (newest(verified)[-1].port if verified else None) or DEFAULT_PORT


def _is_cpq(domain: str | None) -> bool:
    return (domain or "").lower() == CPQ_DOMAIN
