"""IP interfaces and routes, and the menu entries in which other commands show interfaces.

::

    Currently configured interfaces:
    1. Data 1 (192.0.2.1/24 on Data1: mail.example.com)
    2. Management (198.51.100.18/24 on Management: mgmt.example.com)

    Configure routes for:
    1. IPv4
    2. IPv6
    [1]>
    Currently configured routes:
    1. Lab Destination: 192.168.12.0/24 Gateway: 192.168.14.4

    Enter new default gateway:
    [198.51.100.1]>

Menus of ``telnet`` and ``deliveryconfig`` (technote) leave out ``on <port>``. Masks may be a
prefix length, dotted or hexadecimal. Releases with IPv6 routes ask for the kind first (public CLI
test code). The forms of the three commands are from memory.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from ipaddress import ip_address, ip_interface, ip_network

from pvo_kit.facts import Interface, IPInterface, Route
from pvo_kit.parsers.dialogue import last_asked
from pvo_kit.parsers.reading import Reading

_ENTRY = re.compile(
    r"^[ \t]*\d+\.\s+(?P<name>[^\n(]+?)\s*\(\s*(?P<addresses>[0-9A-Fa-f][0-9A-Fa-f.:/x, \t]*?)"
    r"(?:\s+on\s+[^:()\n]+?)?(?:\s*:\s+(?P<hostname>[^\s()]+))?\s*\)",
    re.M,
)
_ROUTE = re.compile(
    r"^[ \t]*\d+\.\s+(?P<name>\S[^\n]{0,80}?)\s+Destination:\s+(?P<destination>\S+)"
    r"\s+Gateway:\s+(?P<gateway>\S+)",
    re.M,
)
_GATEWAY = re.compile(r"default\s+(?:IPv[46]\s+)?gateway", re.I)
_REST = re.compile(
    r"^[ \t]*(?:(?:Currently\s+configured|Configure\s+routes\s+for|"
    r"No\s+(?:static\s+)?routes|There\s+are\s+no)[^\n]*|"
    r"Warning:[^\n]*(?:\n\s*to\s[^\n]*)?)$",
    re.M | re.I,
)


def read_menu(reading: Reading) -> list[Interface]:
    """Return the interfaces of every ``N. Name (address/prefix: host)`` entry, each once."""
    found = [Interface(name=" ".join(match["name"].split()), address=address,
                       hostname=match["hostname"], **reading.origin(match))
             for match in reading.finditer(_ENTRY)
             for address in _addresses(match["addresses"])]  # fmt: skip
    unique = {(item.name, item.address): item for item in reversed(found)}
    return list(reversed(unique.values()))


def _addresses(text: str) -> Iterator[IPInterface | None]:
    for part in re.split(r"[,\s]+", text.strip(" ,\t")):
        address, _, mask = part.partition("/")
        if mask.lower().startswith("0x"):
            mask = str(ip_address(int(mask, 16)))
        try:
            yield ip_interface(f"{address}/{mask}" if mask else address)
        except ValueError:
            yield None


def parse_interfaces(reading: Reading) -> list[Interface]:
    """Read ``interfaceconfig``."""
    reading.skip(_REST)
    return read_menu(reading)


def parse_routes(reading: Reading) -> list[Route]:
    """Read ``routeconfig``."""
    reading.skip(_REST)
    found = []
    for match in reading.finditer(_ROUTE):
        try:
            destination = ip_network(match["destination"], strict=False)
        except ValueError:
            continue
        gateway = match["gateway"].rstrip(".")
        origin = reading.origin(match)
        found.append(Route(name=match["name"], destination=destination, gateway=gateway, **origin))
    return found


def parse_gateway(reading: Reading) -> list[Route]:
    """Read ``setgateway``: the default in its question is the gateway in force."""
    reading.skip(_REST)
    asked = last_asked(reading.transcript, _GATEWAY)
    if not asked:
        return []
    try:
        version = ip_address(asked.answer.default).version
    except ValueError:
        return []
    everything = ip_network("0.0.0.0/0" if version == 4 else "::/0")
    origin = reading.origin(citations=(asked.answer.citation,))
    return [Route(name="default", destination=everything, gateway=asked.answer.default, **origin)]
