"""What an ESA's own tests and deliveries show of the way from one interface to the SMA."""

from __future__ import annotations

from dataclasses import dataclass

from pvo_kit.case import Case, newest
from pvo_kit.facts import Interface, PortProbe, Route, TlsProbe
from pvo_kit.mail_logs import Connection
from pvo_kit.network import reaching, to_address
from pvo_kit.scenarios.answering import SILENT, Attempt


@dataclass(frozen=True)
class Way:
    """The tests from one interface of one ESA, and those from its other interfaces."""

    case: Case
    host: str | None
    interface: str

    @property
    def own(self) -> list[Attempt]:
        """The newest of what was tried from the interface and tells something."""
        return newest([*self.telnets, *self.sessions])

    @property
    def ends(self) -> set[str]:
        """How these ended: ``banner``, ``silent``, or as a telnet's outcome says."""
        return {_end(item) for item in self.own}

    @property
    def telnets(self) -> list[PortProbe]:
        """Every telnet from the interface that was not cut short."""
        probes = [probe for probe in self.case.probes(self.host) if probe.outcome != "unknown"]
        return [probe for probe in probes if self._is_own(probe.interface)]

    @property
    def sessions(self) -> list[Attempt]:
        """The newest deliveries and tlsverify from its address to the SMA that reached TLS.

        The SMA is the address that was tested; any, where nothing was.
        """
        tested = {probe.address for probe in self.case.probes(self.host)} - {None}
        own = self._addresses
        found: list[TlsProbe | Connection] = [
            *(link for link in self._deliveries if link.tls in ("success", "failed")),
            *(
                probe
                for probe in self.case.tls_probes(self.host)
                if probe.interface in own and probe.outcome in ("success", "failed")
            ),
        ]
        return newest([item for item in found if not tested or item.address in tested])

    @property
    def errors(self) -> list[Connection]:
        """The newest deliveries from its address that got no connection."""
        return newest([link for link in self._deliveries if link.outcome == "connection-error"])

    def elsewhere(self, target: PortProbe | None = None) -> list[PortProbe]:
        """Return the newest telnet from each other interface, to the same target if one is given.

        A telnet whose interface nothing tells may have been from this one: it is left out.
        """
        latest: dict[str, list[PortProbe]] = {}
        for probe in self.case.probes(self.host):
            name = probe.interface
            if name and not self._is_own(name) and (target is None or _same(probe, target)):
                latest.setdefault(name.lower(), []).append(probe)
        return [probe for probes in latest.values() for probe in newest(probes)]

    @property
    def interfaces(self) -> list[Interface]:
        """The ESA's interfaces; the newest listing of a name counts."""
        by_name: dict[str, list[Interface]] = {}
        for item in self.case.all(Interface, self.host):
            by_name.setdefault(item.name, []).append(item)
        return [item for items in by_name.values() for item in newest(items)]

    def behind(self, target: str) -> list[Interface | Route]:
        """Return the other interface that the target lies behind, and the route that says so.

        Empty where the target lies behind this interface too, or where nothing tells.
        """
        routes = self.case.all(Route, self.host)
        found = reaching(target, self.interfaces, routes)
        if not found or any(self._is_own(item.name) for item in found):
            return []
        address = to_address(target)
        if any(item.address and address in item.address.network for item in found):
            return [*found]
        through = [item for item in routes if item.destination.prefixlen]
        return [*found, *(item for item in through if address in item.destination)]

    @property
    def _deliveries(self) -> list[Connection]:
        own = self._addresses
        return [
            link
            for link in self.case.connections
            if link.appliance == self.host and link.interface in own
        ]

    @property
    def _addresses(self) -> set[str]:
        own = [item for item in self.interfaces if self._is_own(item.name)]
        return {str(item.address.ip) for item in own if item.address}

    def _is_own(self, name: str | None) -> bool:
        return (name or "").lower() == self.interface.lower()


def _end(item: Attempt) -> str:
    if not isinstance(item, PortProbe):
        return "banner"  # a session that reached TLS had its 220
    return "silent" if item.outcome in SILENT else item.outcome


def _same(one: PortProbe, other: PortProbe) -> bool:
    """Whether two telnets went to one target: by its name, or by the address behind it."""
    return bool({one.target, one.address} & {other.target, other.address} - {None})


def is_masked(probe: PortProbe) -> bool:
    """Return True for a greeting of stars: something in between rewrites it."""
    return "**" in (probe.reply or "")
