"""What an ESA's own tests and deliveries show of the way from one interface to the SMA."""

from __future__ import annotations

from dataclasses import dataclass

from pvo_kit.case import Case, newest
from pvo_kit.facts import Interface, PortProbe, Route
from pvo_kit.mail_logs import Connection
from pvo_kit.network import reaching, to_address

SILENT = ("timeout", "no-route")


@dataclass(frozen=True)
class Way:
    """The tests from one interface of one ESA, and those from its other interfaces."""

    case: Case
    host: str | None
    interface: str

    @property
    def own(self) -> list[PortProbe]:
        """The newest telnets from the interface."""
        return newest([probe for probe in self.case.probes(self.host) if self._is_own(probe)])

    @property
    def history(self) -> list[PortProbe]:
        """Every telnet from the interface that got no answer."""
        every = [probe for probe in self.case.probes(self.host) if self._is_own(probe)]
        return [probe for probe in every if probe.outcome in SILENT]

    @property
    def silent(self) -> list[PortProbe]:
        """The newest telnets from the interface that got no answer."""
        return [probe for probe in self.own if probe.outcome in SILENT]

    def outcome(self, outcome: str) -> list[PortProbe]:
        """Return the newest telnets from the interface that ended so."""
        return [probe for probe in self.own if probe.outcome == outcome]

    @property
    def elsewhere(self) -> list[PortProbe]:
        """The newest telnets from other interfaces."""
        return newest([probe for probe in self.case.probes(self.host) if not self._is_own(probe)])

    def elsewhere_to(self, target: str | None) -> list[PortProbe]:
        """Return the newest telnets from other interfaces to the same target."""
        return newest(
            [
                probe
                for probe in self.case.probes(self.host)
                if not self._is_own(probe) and target in (probe.target, probe.address)
            ]
        )

    @property
    def delivered(self) -> list[Connection]:
        """The newest delivery from the interface's address to the probed one that reached TLS."""
        addresses = {
            str(item.address.ip)
            for item in self.interfaces
            if item.address and item.name.lower() == self.interface.lower()
        }
        targets = {probe.address or probe.target for probe in self.own}
        return [
            link
            for link in self.case.connections
            if link.appliance == self.host
            and link.interface in addresses
            and link.tls in ("success", "failed")
            and (not targets or link.address in targets)
        ][-1:]

    @property
    def interfaces(self) -> list[Interface]:
        """The ESA's interfaces; the newest listing of a name counts."""
        by_name: dict[str, Interface] = {}
        for item in self.case.all(Interface, self.host):
            known = by_name.get(item.name)
            if known is None or not known.moment.after(item.moment):
                by_name[item.name] = item
        return list(by_name.values())

    def behind(self, target: str) -> list[Interface | Route]:
        """Return the other interface that the target lies behind, and the route that says so.

        Empty where the target lies behind this interface too, or where nothing tells.
        """
        routes = self.case.all(Route, self.host)
        found = reaching(target, self.interfaces, routes)
        if not found or any(item.name.lower() == self.interface.lower() for item in found):
            return []
        address = to_address(target)
        if any(item.address and address in item.address.network for item in found):
            return [*found]
        through = [item for item in routes if item.destination.prefixlen]
        return [*found, *(item for item in through if address in item.destination)]

    def _is_own(self, probe: PortProbe) -> bool:
        return (probe.interface or "").lower() == self.interface.lower()
