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


class _Dated(Protocol):
    @property
    def moment(self) -> Moment: ...


F = TypeVar("F", bound=Fact)
D = TypeVar("D", bound=_Dated)


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
        """Return the ESAs' ``tlsverify`` of the quarantine: by its port, or by its domain."""
        return [
            probe
            for probe in self.all(TlsProbe, host)
            if self.role(probe.host) != "sma" and (probe.port == self.port or _is_cpq(probe.domain))
        ]

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


def newest(items: Sequence[D]) -> list[D]:
    """Return the items that nothing else is known to be newer than, in their order."""
    return [item for item in items if not any(other.moment.after(item.moment) for other in items)]


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
    """Split the connections to the quarantine port by who opened them: an ESA, or the SMA.

    Log lines without a host belong to the only ESA where there is only one.
    """
    esas = [box.host for box in case.appliances if box.host and box.role != "sma"]
    owner = esas[0] if len(esas) == 1 else None
    smas = _sma_addresses(case)
    mine: list[Connection] = []
    released: list[Connection] = []
    for link in case.evidence.connections:
        if link.port != case.port:
            continue
        if case.role(link.appliance) == "sma" or link.interface in smas:
            released.append(link)
        else:
            mine.append(replace(link, appliance=link.appliance or owner))
    return mine, released


def _sma_addresses(case: Case) -> set[str]:
    """The SMA's addresses: its own interfaces, and where ESAs verify the quarantine's TLS."""
    own: dict[Role, set[str]] = {"sma": set(), "esa": set(), "unknown": set()}
    for fact in case.all(Interface):
        if fact.address:
            own[case.role(fact.host)].add(str(fact.address.ip))
    for probe in case.tls_probes():
        if probe.address:
            own["sma"].add(probe.address)
        if probe.interface:
            own["esa"].add(probe.interface)
    return own["sma"] - own["esa"]


def _port(evidence: Evidence, facts: Sequence[Fact], given: int | None) -> int:
    """Return the quarantine's port: given, observed, verified, named in an error, or 7025."""
    if given is not None:
        return given
    seen = [
        item for item in evidence.observations if item.what == "port" and item.value.isdecimal()
    ]
    if seen:
        return int(newest(seen)[-1].value)
    probes = [fact for fact in facts if isinstance(fact, TlsProbe) and _is_cpq(fact.domain)]
    asked = [probe for probe in probes if probe.port not in (None, SMTP_PORT)]
    if asked:
        return newest(asked)[-1].port or DEFAULT_PORT
    named = [link.port for link in evidence.connections if link.port and _is_cpq(link.domain)]
    return named[-1] if named else DEFAULT_PORT


def _is_cpq(domain: str | None) -> bool:
    return (domain or "").lower() == CPQ_DOMAIN
