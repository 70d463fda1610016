"""The state of a simulated pair of appliances: an ESA or a cluster of them, and their SMA.

Everything that the simulator prints follows from this. ``Settings`` holds what ``commit`` writes;
in a cluster there is one for the cluster, for a group, for a machine, and the nearest that has a
value is in force. Suspensions, keys, the clock and the logs change at once. There is no real clock:
``Pair.clock`` counts seconds and moves with every command.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

from pvo_kit.simulator.settings import Levels, Mode, Settings

Role = Literal["esa", "sma"]
State = Literal["Active", "Dormant", "Expired"]

SECONDS_A_COMMAND = 7


@dataclass(frozen=True, slots=True)
class Key:
    """A feature key or licence; ``left`` is ``28 days``, ``Perpetual`` or ``Expired``."""

    label: str
    state: State = "Active"
    left: str = "Perpetual"


@dataclass(frozen=True, slots=True)
class User:
    """An account; the passphrase is made up and printed by ``pvo-kit simulate``."""

    name: str
    full_name: str
    role: str
    passphrase: str = "simulated"  # noqa: S105


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit, with what was configured before it."""

    time: int
    comment: str
    before: Levels


@dataclass(slots=True)
class Gui:
    """The session in a box's web interface: its user and what it has not committed yet."""

    user: str = "admin"
    pending: dict[str, dict[str, Any]] = field(default_factory=dict)


@dataclass(slots=True)
class Appliance:
    """One box. ``levels`` is its own configuration, unused while it belongs to a cluster."""

    host: str
    role: Role
    version: str
    product: str
    model: str
    serial: str
    users: dict[str, User]
    keys: tuple[Key, ...]
    levels: Levels
    up_since: int
    listeners: tuple[str, ...] = ()
    suspended: tuple[str, ...] = ()
    delivery_suspended: bool = False
    transfers_suspended: bool = False
    gui: Gui = field(default_factory=Gui)
    commits: list[Commit] = field(default_factory=list)
    log: list[str] = field(default_factory=list)
    dcid: int = 1000
    next_attempt: int = 0
    pair: Pair = field(init=False, repr=False, compare=False)

    @property
    def release(self) -> tuple[int, ...]:
        """The version as numbers: ``14.0.0-698`` is (14, 0, 0)."""
        return tuple(int(part) for part in self.version.partition("-")[0].split("."))

    @property
    def own_mode(self) -> Mode:
        """Its machine's mode."""
        return Mode("machine", self.host)

    @property
    def clustered(self) -> bool:
        """Whether it belongs to the cluster."""
        return self.pair.cluster is not None and self.host in self.pair.cluster.members

    @property
    def modes(self) -> tuple[Mode, ...]:
        """The modes that hold for it, the nearest first."""
        cluster = self.pair.cluster
        if cluster is None or not self.clustered:
            return (self.own_mode,)
        group = Mode("group", cluster.members[self.host])
        return (self.own_mode, group, Mode("cluster", cluster.name))

    @property
    def configuration(self) -> Levels:
        """The committed settings by mode: the cluster's where it belongs to one."""
        cluster = self.pair.cluster
        return cluster.levels if cluster is not None and self.clustered else self.levels

    def in_force(self, name: str) -> Any:
        """Return the committed setting of the nearest mode that has one; None where none has."""
        return next((value for _, value in self.found(name)), None)

    def found(self, name: str) -> Iterator[tuple[Mode, Any]]:
        """Yield every mode that has this setting, the nearest first, with its value."""
        for mode in self.modes:
            value = getattr(self.configuration.get(str(mode), Settings()), name)
            if value is not None:
                yield mode, value

    def listening(self) -> tuple[str, ...]:
        """Return the listeners by name: on an SMA the quarantines' where they are enabled."""
        if self.role == "sma" and self.in_force("quarantine"):
            return (*self.listeners, "cpq_listener")
        return self.listeners

    def is_administrator(self, user: str) -> bool:
        """Return True for a user of the role Administrator."""
        return user in self.users and self.users[user].role == "admin"


@dataclass(slots=True)
class Cluster:
    """A cluster: the group of each member, and the settings by mode."""

    name: str
    members: dict[str, str]
    levels: Levels
    disconnected: tuple[str, ...] = ()

    @property
    def groups(self) -> tuple[str, ...]:
        """The groups in their order."""
        return tuple(dict.fromkeys(self.members.values()))


@dataclass(frozen=True, slots=True)
class Rule:
    """What a firewall does to connections: ``drop`` them silently, or ``reject`` them.

    ``source`` and ``target`` are networks, ``port`` 0 is any; ``via`` narrows it to the packets
    that leave through one gateway.
    """

    source: str
    target: str
    port: int = 0
    via: str = ""
    action: Literal["drop", "reject"] = "drop"


@dataclass(frozen=True, slots=True)
class Purchase:
    """A feature key that was bought for one box; ``used`` once it was activated."""

    host: str
    label: str
    used: bool = False


@dataclass(slots=True)
class Pair:
    """All boxes, what lies between them, and the clock (seconds since 1970, UTC)."""

    era: str
    clock: int
    appliances: dict[str, Appliance]
    cluster: Cluster | None = None
    firewall: tuple[Rule, ...] = ()
    purchases: dict[str, Purchase] = field(default_factory=dict)
    login: str = "admin"

    def __post_init__(self) -> None:
        """Let every box find the others."""
        for box in self.appliances.values():
            box.pair = self

    @property
    def esas(self) -> list[Appliance]:
        """The ESAs in their order."""
        return [box for box in self.appliances.values() if box.role == "esa"]

    @property
    def esa(self) -> Appliance:
        """The first ESA."""
        return self.esas[0]

    @property
    def sma(self) -> Appliance:
        """The SMA."""
        return next(box for box in self.appliances.values() if box.role == "sma")

    def named(self, name: str) -> Appliance | None:
        """Return the box of a host name, of its interfaces' names or addresses."""
        for box in self.appliances.values():
            owned = box.in_force("interfaces") or ()
            if name.lower() in {box.host, *(each.hostname for each in owned)} or any(
                each.ip == name for each in owned
            ):
                return box
        return None

    def advance(self, seconds: int = SECONDS_A_COMMAND) -> None:
        """Let time pass."""
        self.clock += seconds
