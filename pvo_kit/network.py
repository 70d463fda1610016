"""Would an address be reached from an interface, by subnets and routes alone.

AsyncOS in ``Auto`` takes the interface on the destination's own subnet, else the one a static
route leads through, else the one on the default gateway's subnet (user guide 8.0 and 9).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address

from pvo_kit.facts import Interface, Route

Address = IPv4Address | IPv6Address


def to_address(text: str | None) -> Address | None:
    """Return an address, or None for a host name or nothing; ``[2001:db8::1]`` is one too."""
    try:
        return ip_address((text or "").strip().strip("[]"))
    except ValueError:
        return None


def reaching(
    target: str, interfaces: Sequence[Interface], routes: Iterable[Route] = ()
) -> list[Interface]:
    """Return the interfaces on the target's subnet, else those that a static route leads through.

    Of several routes the narrowest counts. The default gateway is left out: it reaches everything
    and so tells nothing about a way.
    """
    address = to_address(target)
    if address is None:
        return []
    return _beside([address], interfaces) or _beside(_gateways(address, routes), interfaces)


def _beside(addresses: Sequence[Address], interfaces: Iterable[Interface]) -> list[Interface]:
    """The interfaces whose subnet holds one of the addresses."""
    return [
        item
        for item in interfaces
        if item.address and any(address in item.address.network for address in addresses)
    ]


def _gateways(address: Address, routes: Iterable[Route]) -> list[Address]:
    fitting = [
        route for route in routes if route.destination.prefixlen and address in route.destination
    ]
    narrowest = max((route.destination.prefixlen for route in fitting), default=0)
    ways = [to_address(way.gateway) for way in fitting if way.destination.prefixlen == narrowest]
    return [way for way in ways if way]
