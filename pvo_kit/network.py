"""Would an address be reached from an interface, by subnets and routes alone.

AsyncOS in ``Auto`` takes the interface on the destination's own subnet, else the one a static
route leads through, else the one on the default gateway's subnet (user guide 8.0 and 9).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address

from pvo_kit.facts import Interface, Route


def to_address(text: str | None) -> IPv4Address | IPv6Address | None:
    """Return an address, or None for a host name or nothing."""
    try:
        return ip_address((text or "").strip("[]"))
    except ValueError:
        return None


def reaching(
    target: str, interfaces: Sequence[Interface], routes: Iterable[Route] = ()
) -> list[Interface]:
    """Return the interfaces on the target's subnet, else those that a static route leads through.

    The default gateway is left out: it reaches everything and so tells nothing about a way.
    """
    address = to_address(target)
    if address is None:
        return []
    direct = [item for item in interfaces if item.address and address in item.address.network]
    if direct:
        return direct
    gateways = [
        to_address(route.gateway)
        for route in routes
        if route.destination.prefixlen and address in route.destination
    ]
    return [
        item
        for item in interfaces
        if item.address and any(way and way in item.address.network for way in gateways)
    ]
