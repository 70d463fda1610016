"""What is configured on a box: the settings that ``commit`` writes, by cluster mode."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from typing import Any, Literal

Level = Literal["machine", "group", "cluster"]

AUTO = "Auto"


@dataclass(frozen=True, slots=True)
class Mode:
    """A cluster mode; a box that stands alone is always in its machine's."""

    level: Level
    name: str

    def __str__(self) -> str:
        """Return the words of its prompt: ``Machine esa1.example.com``."""
        return f"{self.level.capitalize()} {self.name}"


@dataclass(frozen=True, slots=True)
class Interface:
    """An IP interface: ``address`` with its prefix length, ``jack`` the Ethernet port."""

    name: str
    address: str
    hostname: str
    jack: str

    @property
    def ip(self) -> str:
        """The address alone."""
        return self.address.partition("/")[0]


@dataclass(frozen=True, slots=True)
class Route:
    """A static route."""

    name: str
    destination: str
    gateway: str


@dataclass(frozen=True, slots=True)
class Delivery:
    """What ``deliveryconfig`` sets."""

    interface: str = AUTO
    possible: bool = True
    limit: int = 10000
    tls_limit: int = 100
    without_tls: bool = True


@dataclass(frozen=True, slots=True)
class Service:
    """TLS of one service: the method as the release words it, and the cipher string."""

    method: str
    ciphers: str


@dataclass(frozen=True, slots=True)
class Tls:
    """What ``sslconfig`` sets."""

    gui: Service
    inbound: Service
    outbound: Service


@dataclass(frozen=True, slots=True)
class Quarantine:
    """The quarantine service of a box: on the SMA for mail, on an ESA for what is released."""

    interface: str
    port: int = 7025


@dataclass(frozen=True, slots=True)
class Settings:
    """What is configured at one mode; None means that nothing is.

    ``filters``, ``incoming``, ``outgoing``, ``dlp`` and ``dmarc`` hold names of rules.
    ``migrated`` names on an SMA, for each ESA, the user who took it through the wizard.
    """

    interfaces: tuple[Interface, ...] | None = None
    routes: tuple[Route, ...] | None = None
    gateway: str | None = None
    delivery: Delivery | None = None
    tls: Tls | None = None
    quarantine: Quarantine | None = None
    filters: tuple[str, ...] | None = None
    incoming: tuple[str, ...] | None = None
    outgoing: tuple[str, ...] | None = None
    dlp: tuple[str, ...] | None = None
    dmarc: tuple[str, ...] | None = None
    migrated: dict[str, str] | None = None

    def own(self) -> Iterator[str]:
        """Yield the names of what is configured here."""
        return (each.name for each in fields(self) if getattr(self, each.name) is not None)


NETWORK = ("interfaces", "routes", "gateway")
"""What belongs to a machine and is kept when it joins a cluster."""

Levels = dict[str, Settings]
"""Settings by the words of their mode."""


def changed(levels: Levels, pending: dict[str, dict[str, Any]]) -> Levels:
    """Return the settings with what is pending in them (a value None takes one away)."""
    result = dict(levels)
    for mode, values in pending.items():
        result[mode] = replace(result.get(mode, Settings()), **values)
    return result
