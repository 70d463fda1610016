"""Whether one box reaches another: subnets, static routes, the default gateway, firewall rules.

``Auto`` takes the interface on the destination's own subnet, else the one that a static route leads
through, else the one on the default gateway's subnet (user guides 8.0 and 9). From a chosen
interface the packets need a way of that interface's own.
"""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_address, ip_interface, ip_network
from typing import Literal

from pvo_kit.simulator.pair import Appliance
from pvo_kit.simulator.settings import AUTO, Interface

Outcome = Literal["connected", "refused", "timeout", "no-route", "unknown-host"]

SMTP = 25
SSH = 22


@dataclass(frozen=True, slots=True)
class Attempt:
    """A connection that was tried: from which interface, to which address, and how it ended."""

    outcome: Outcome
    interface: Interface | None = None
    address: str = ""
    peer: Appliance | None = None


def connect(box: Appliance, name: str, target: str, port: int) -> Attempt:
    """Return how a connection ends from an interface of ``box`` (or Auto) to a host's port."""
    peer = box.pair.named(target)
    address = _address(peer, target)
    if not address:
        return Attempt("unknown-host")
    interface, via = _way(box, name, address)
    if interface is None:
        return Attempt("no-route", None, address, peer)
    if via is None:
        return Attempt("timeout", interface, address, peer)
    for rule in box.pair.firewall:
        if (_within(interface.ip, rule.source) and _within(address, rule.target)
                and rule.port in (0, port) and rule.via in ("", via)):  # fmt: skip
            outcome: Outcome = "refused" if rule.action == "reject" else "timeout"
            return Attempt(outcome, interface, address, peer)
    if peer is None:
        return Attempt("timeout", interface, address)
    listens = port in ports(peer, address)
    return Attempt("connected" if listens else "refused", interface, address, peer)


def ports(box: Appliance, address: str) -> set[int]:
    """Return the ports on which a box listens at one of its addresses."""
    found = {SSH}
    here = next((each.name for each in box.in_force("interfaces") or () if each.ip == address), "")
    receiving = [name for name in box.listening() if name not in box.suspended]
    if any(name != "cpq_listener" for name in receiving):
        found.add(SMTP)
    quarantine = box.in_force("quarantine")
    takes = "cpq_listener" in receiving and not box.transfers_suspended
    if quarantine and quarantine.interface == here and (takes or box.role == "esa"):
        found.add(quarantine.port)
    return found


def _address(peer: Appliance | None, target: str) -> str:
    try:
        return str(ip_address(target.strip("[]")))
    except ValueError:
        pass
    if peer is None:
        return ""
    owned: tuple[Interface, ...] = peer.in_force("interfaces") or ()
    named = [each.ip for each in owned if each.hostname == target.lower()]
    return named[0] if named else owned[0].ip if owned else ""


def _way(box: Appliance, name: str, address: str) -> tuple[Interface | None, str | None]:
    """The interface that packets leave from, and the gateway they take ('' on its own subnet).

    The gateway is None where the chosen interface has no way.
    """
    owned: tuple[Interface, ...] = box.in_force("interfaces") or ()
    chosen = [each for each in owned if each.name == name] if name != AUTO else list(owned)
    for each in chosen:
        if ip_address(address) in ip_interface(each.address).network:
            return each, ""
    routes = sorted((route for route in box.in_force("routes") or ()
                     if _within(address, route.destination)),
                    key=lambda route: -ip_network(route.destination).prefixlen)  # fmt: skip
    gateways = [route.gateway for route in routes[:1]] or [box.in_force("gateway") or ""]
    for gateway in filter(None, gateways):
        for each in chosen:
            if ip_address(gateway) in ip_interface(each.address).network:
                return each, gateway
    return (chosen[0] if chosen and name != AUTO else None), None


def _within(address: str, network: str) -> bool:
    found, held = ip_address(address), ip_network(network, strict=False)
    return found.version == held.version and found in held
