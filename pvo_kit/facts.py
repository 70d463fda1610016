"""What the appliances said, as frozen facts: the words between parsers and scenarios.

A parser reads one transcript and returns facts; a scenario reads facts and never text. Every fact
knows its box, its moment and the lines it stands on.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from ipaddress import IPv4Interface, IPv4Network, IPv6Interface, IPv6Network
from typing import Literal

from pvo_kit.evidence import Citation, Level, Moment

IPInterface = IPv4Interface | IPv6Interface
IPNetwork = IPv4Network | IPv6Network

AUTO = "Auto"
"""The interface entry with which AsyncOS chooses by itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """Anything read from evidence. ``level`` and ``place`` are those of the cluster's prompt."""

    host: str | None
    moment: Moment
    citations: tuple[Citation, ...]
    level: Level | None = None
    place: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal(Fact):
    """The appliance would not run the command.

    ``wrong_mode`` names in ``detail`` the cluster mode that the command is restricted to;
    ``standalone`` is the answer that a cluster command is only available on a cluster.
    """

    kind: Literal["unknown_command", "wrong_mode", "privilege", "arguments", "standalone"]
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Release(Fact):
    """Product and AsyncOS version, from ``version``, a login banner or a configuration file."""

    product: str | None
    version: str | None
    model: str | None = None
    serial: str | None = None
    source: Literal["version", "banner", "configuration"] = "version"


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemStatus(Fact):
    """``System status:`` as printed, e.g. ``Offline``; ``as_of`` in UTC."""

    state: str
    as_of: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspension(Fact):
    """An answer of the suspend and resume family.

    ``action`` is what the answer says: suspended, resumed, nothing (``No listeners were
    resumed.``) or unanswered (typed, but the answer is not in the evidence or is a failure).
    ``listeners`` are those that the answer names (lower case), or that were chosen in the
    dialogue; ``("all",)`` where all were chosen. ``subject`` tells which of the switches it is.
    """

    verb: str
    action: Literal["suspended", "resumed", "nothing", "unanswered"]
    subject: Literal["system", "listener", "delivery", "transfers"]
    listeners: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Interface(Fact):
    """An IP interface: its name, address with prefix, host name."""

    name: str
    address: IPInterface | None
    hostname: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Route(Fact):
    """A static route, or the default gateway (``destination`` 0.0.0.0/0 or ::/0)."""

    name: str
    destination: IPNetwork
    gateway: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryInterface(Fact):
    """``Default interface to deliver mail:`` as a run of ``deliveryconfig`` printed it first."""

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryChange(Fact):
    """A new default interface chosen in ``deliveryconfig`` > SETUP; ``name`` None if not known."""

    name: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PortProbe(Fact):
    """One ``telnet`` from an appliance.

    ``interface`` is the name chosen in its menu (``Auto`` for the first entry and for the batch
    form), None where the evidence does not tell. ``outcome``: timeout, refused, no-route, banner
    (a ``220`` came), no-banner (connected, but no 220), name (the target could not be resolved),
    unknown (cut). ``target`` is as typed, ``address`` what ``Trying`` names.
    """

    interface: str | None
    target: str | None
    port: int | None
    outcome: Literal["timeout", "refused", "no-route", "banner", "no-banner", "name", "unknown"]
    reply: str | None = None
    address: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TlsProbe(Fact):
    """One ``tlsverify``: what was asked for, what was negotiated, how verification ended.

    ``outcome``: success, failed (TLS came up but verification did not, or the handshake failed),
    unreachable (no TCP connection), unknown (cut). ``reason`` is the text after ``verification
    failed:`` or of the failure. ``port`` is 25 where none was asked for.
    """

    domain: str | None
    target: str | None
    port: int | None
    address: str | None
    interface: str | None
    protocol: str | None
    cipher: str | None
    outcome: Literal["success", "failed", "unreachable", "unknown"]
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CipherSetting(Fact):
    """Method and cipher string of one service as a run of ``sslconfig`` printed them first."""

    service: Literal["gui", "inbound", "outbound"]
    method: str | None
    ciphers: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CipherChange(Fact):
    """A cipher string typed in ``sslconfig``; ``ciphers`` None where Enter kept the old one."""

    service: Literal["gui", "inbound", "outbound"]
    ciphers: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CipherList(Fact):
    """The suites that ``sslconfig`` > VERIFY printed for a string."""

    ciphers: str
    suites: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Key:
    """One module of a key table: ``state`` is active, dormant or expired.

    ``name`` is normalised for comparing members (lower case, without vendor words); ``label`` is
    as printed.
    """

    name: str
    label: str
    state: Literal["active", "dormant", "expired"]
    citation: Citation


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyTable(Fact):
    """The feature keys or licences of one box, from ``source``."""

    keys: tuple[Key, ...]
    source: Literal["featurekey", "license_smart", "status", "configuration"]


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyActivation(Fact):
    """An answer to ``featurekey`` > ACTIVATE that accepted a key."""

    answer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Membership(Fact):
    """``clusterconfig`` > LIST: the cluster's name and its machines with their groups."""

    cluster: str | None
    machines: tuple[str, ...]
    groups: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Connected(Fact):
    """One machine's line of ``clusterconfig`` > CONNSTATUS."""

    machine: str
    connected: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class StandAlone(Fact):
    """The appliance belongs to no cluster (the stand-alone menu of ``clusterconfig``)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MachineRemoved(Fact):
    """``clusterconfig`` > REMOVEMACHINE was answered for ``machine`` (None: not told)."""

    machine: str | None


Setting = Literal[
    "message filters", "incoming content filters", "outgoing content filters", "dlp", "dmarc",
    "other",
]  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingLevel(Fact):
    """Whether a setting has a configuration of its own at one cluster mode.

    ``at`` and ``name`` are that mode (``machine``, ``esa1.example.com``). ``own`` is False where
    the NOTICE says that nothing is configured there, True where the command's own menu came at
    once or a ``clustershow`` names the mode. ``under`` is the mode that a NOTICE offers to switch
    to: there the setting is configured.
    """

    setting: Setting
    command: str
    at: Level
    name: str
    own: bool
    source: Literal["notice", "menu", "clustershow"]
    under: tuple[Level, str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingMoved(Fact):
    """A ``clusterset`` that copied, moved or deleted a setting."""

    command: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Commit(Fact):
    """A ``commit``: ``asked`` for a comment (so changes were pending), and how it ended."""

    asked: bool
    outcome: Literal["committed", "nothing", "discarded", "unanswered"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PendingChanges(Fact):
    """``showchanges``: ``pending`` is False for ``{}``."""

    pending: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Account(Fact):
    """``whoami``: the user and the groups as printed."""

    user: str | None
    groups: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LogSubscription(Fact):
    """A row of ``logconfig``: the log's name and type."""

    name: str
    kind: str
