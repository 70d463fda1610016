"""IP addresses under a key: two that share their first n bits, and no more, do so afterwards.

The scheme is Crypto-PAn's: each bit is turned over or not, depending on the key and on the bits
before it. Three things are added. Addresses that name nobody stay as they are (loopback,
link-local, multicast, documentation, netmasks, 0.0.0.0), private ones stay in their range, and
none of the others stays the same: the first bit that may change always does.

    10.20.1.25 -> 10.148.77.203       10.20.1.17 -> 10.148.77.194
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from pvo_kit.redaction.keys import Key

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

_KEPT = (
    "0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "192.0.2.0/24", "198.51.100.0/24",
    "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
    "::/127", "fe80::/10", "ff00::/8", "2001:db8::/32", "3fff::/20",
)  # fmt: skip
"""Ranges of addresses that name nobody; 240.0.0.0/4 holds the netmasks and the broadcast."""

_CLOSED = (
    "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "192.0.0.0/24",
    "198.18.0.0/15", "fc00::/8", "fd00::/8", "2000::/3", "::ffff:0:0/96", "64:ff9b::/96",
)  # fmt: skip
"""Ranges whose addresses stay in them: private, shared, benchmark, unique local, global."""

_EMBEDDED = (IPv6Network("::ffff:0:0/96"), IPv6Network("64:ff9b::/96"))
"""IPv6 ranges that hold an IPv4 address in their last 32 bits."""


class Addresses:
    """The addresses of one key; what was looked up once is remembered."""

    def __init__(self, key: Key) -> None:
        """Start with nothing looked up."""
        self._key = key
        self._turns: dict[bytes, bytes] = {}

    def of(self, address: Address) -> Address:
        """Return the address that stands for this one."""
        embedded = next((each for each in _EMBEDDED if address in each), None)
        if embedded:
            inner = self.of(IPv4Address(int(address) & 0xFFFFFFFF))
            return IPv6Address(int(embedded.network_address) | int(inner))
        first = first_free(address)
        return address if first is None else type(address)(self._turned(address, first))

    def _turned(self, address: Address, first: int) -> int:
        """Turn bits over by the bits before them, from the one after ``first`` on."""
        packed, result = address.packed, 0
        for place, octet in enumerate(packed):
            turns, node, value = self._octet(packed[:place], address.version), 1, 0
            for step in range(8):
                bit = octet >> (7 - step) & 1
                index = place * 8 + step
                turn = index == first or (index > first and turns[node >> 3] >> (node & 7) & 1)
                value, node = value << 1 | (bit ^ int(turn)), node << 1 | bit
            result = result << 8 | value
        return result

    def _octet(self, before: bytes, version: int) -> bytes:
        """Return 256 bits: whether each bit of the octet behind these turns over, as a tree."""
        known = bytes((version,)) + before
        found = self._turns.get(known)
        if found is None:
            found = self._turns[known] = self._key.digest("address", known)
        return found


def first_free(address: Address) -> int | None:
    """Return the first bit that may change, None for an address that is kept.

    A bit before it would carry the address, or a range beside it, over into another range.
    """
    kept, closed = _ranges(address.version)
    if any(address in each for each in kept):
        return None
    inside = next((each.prefixlen for each in closed if address in each), 0)
    others = [_shared(address, each) + 1 for each in (*kept, *closed) if address not in each]
    return max(inside, *others)


def is_kept(address: Address) -> bool:
    """Return True for an address that names nobody."""
    return first_free(address) is None


@lru_cache
def _ranges(version: int) -> tuple[Sequence[Network], Sequence[Network]]:
    kept, closed = (
        tuple(net for net in map(ip_network, each) if net.version == version)
        for each in (_KEPT, _CLOSED)
    )
    return kept, closed


def _shared(address: Address, network: Network) -> int:
    """Return how many first bits an address has in common with a range that does not hold it."""
    differ = int(address) ^ int(network.network_address)
    return address.max_prefixlen - differ.bit_length()


def to_address(text: str) -> Address | None:
    """Return an address, None for any other text."""
    try:
        return ip_address(text)
    except ValueError:
        return None
