"""A pair of appliances that has exactly one of the six faults, or none.

Names are under example.com, addresses of the documentation ranges; serial numbers and keys are
made up. ``variant`` picks among the ways in which a scenario can come about.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from pvo_kit.errors import InputError
from pvo_kit.simulator.eras import DMARC_SINCE, SMA_KEYS, SMART_SINCE, Era, era
from pvo_kit.simulator.gate import attempt_deliveries
from pvo_kit.simulator.pair import Appliance, Cluster, Gui, Key, Pair, Purchase, Role, Rule, User
from pvo_kit.simulator.settings import (
    Delivery,
    Interface,
    Levels,
    Mode,
    Quarantine,
    Route,
    Settings,
)

SMA_IP = "198.51.100.17"
FEATURE_KEY = "SIMULATED-DLP-KEY-ESA2"
CLUSTER, GROUPS = "Main", ("Main_Group", "Branch")
_HOURS = 3 * 3600
_TRIES = 3

_USERS = {
    "admin": User("admin", "Administrator", "admin"),
    "jdoe": User("jdoe", "J. Doe", "operators"),
}
_GATEWAY, _ROUTER = "192.0.2.254", "192.0.2.253"


def healthy(name: str = "14", *, clustered: bool = False) -> Pair:
    """Return a pair, or a cluster of two ESAs with their SMA, on which the button is active."""
    time = era(name)
    hosts = ("esa1.example.com", "esa2.example.com") if clustered else ("mx.example.com",)
    boxes = [_esa(time, host, number) for number, host in enumerate(hosts)]
    sma = _sma(time, hosts)
    pair = Pair(name, time.begins, {box.host: box for box in (*boxes, sma)}, firewall=_FIREWALL)
    if clustered:
        _join(pair)
    return pair


_FIREWALL = (Rule("192.0.2.0/24", f"{SMA_IP}/32", via=_GATEWAY),)
"""The way to the internet does not lead to the SMA's network."""


def _esa(time: Era, host: str, number: int) -> Appliance:
    octet = 1 + number
    management = Interface("Management", f"198.51.100.{20 + number}/24", f"mgmt{octet}.example.com",
                           "Management")  # fmt: skip
    own = Settings(
        interfaces=(Interface("In", f"192.0.2.{octet}/24", host, "Data 1"), management),
        routes=(),
        gateway=_GATEWAY,
        delivery=Delivery(),
        tls=time.tls("esa"),
        filters=("tag_external",),
        incoming=("quarantine_macros",),
        outgoing=(),
        dlp=("credit_cards",),
        dmarc=("DEFAULT",),
    )
    keys = tuple(Key(label) for label in time.keys)
    return _box(time, "esa", host, keys, own, ("InboundMail",))


def _sma(time: Era, hosts: tuple[str, ...]) -> Appliance:
    host = "sma.example.com"
    own = Settings(
        interfaces=(Interface("Management", f"{SMA_IP}/24", host, "Management"),),
        routes=(),
        gateway="198.51.100.1",
        tls=time.tls("sma"),
        quarantine=Quarantine("Management"),
        migrated=dict.fromkeys(hosts, "admin"),
    )
    return _box(time, "sma", host, SMA_KEYS, own, ("euq_listener",))


def _box(
    time: Era,
    role: Role,
    host: str,
    keys: tuple[Key, ...],
    own: Settings,
    listeners: tuple[str, ...],
) -> Appliance:
    words = time.box(role)
    serial = f"564D{sum(map(ord, host)):016d}-SIMULATED"
    return Appliance(
        host, role, words.version, words.product, words.model, serial, dict(_USERS), keys,
        {f"Machine {host}": own}, time.begins - _HOURS, listeners,
    )  # fmt: skip


def _join(pair: Pair) -> None:
    """Make one cluster of the ESAs: their network stays theirs, the rest is the cluster's."""
    levels: Levels = {}
    for esa in pair.esas:
        own = esa.levels[str(esa.own_mode)]
        levels[str(esa.own_mode)] = Settings(
            interfaces=own.interfaces, routes=own.routes, gateway=own.gateway
        )
        levels[f"Cluster {CLUSTER}"] = replace(own, interfaces=None, routes=None, gateway=None)
        esa.levels = {}
    members = {esa.host: GROUPS[0] for esa in pair.esas}
    pair.cluster = Cluster(CLUSTER, members, levels)


def broken(scenario: int, era: str = "14", variant: str = "") -> Pair:
    """Return a pair with the fault of one scenario (0: none), and the log of some tries.

    Raises InputError for a scenario, era or variant that there is not.
    """
    if scenario == 0:
        if variant:
            raise InputError(f"a healthy pair has no variant {variant}: name its scenario too")
        pair = healthy(era)
    else:
        if scenario not in VARIANTS:
            raise InputError(f"no scenario {scenario}: there are 1 to 6 (0 is a healthy pair)")
        ways = VARIANTS[scenario]
        if variant and variant not in ways:
            raise InputError(f"scenario {scenario} has no variant {variant}: {', '.join(ways)}")
        pair = ways[variant or next(iter(ways))](era)
    if variant == "dmarc" and pair.esa.release < DMARC_SINCE:
        raise InputError(f"an ESA of the {era} era has no DMARC: take another variant")
    for _ in range(_TRIES):
        attempt_deliveries(pair)
        pair.advance(60)
    return pair


def _offline(name: str) -> Pair:
    pair = healthy(name)
    pair.sma.suspended = pair.sma.listening()
    pair.sma.delivery_suspended = True
    return pair


def _listener(name: str) -> Pair:
    pair = healthy(name)
    pair.sma.suspended = ("cpq_listener",)
    return pair


def _transfers(name: str) -> Pair:
    pair = healthy(name)
    pair.sma.transfers_suspended = True
    return pair


def _account(name: str) -> Pair:
    """An operator ran the wizard and committed: it looks as if it worked."""
    pair = healthy(name)
    _set(pair.sma, pair.sma.own_mode, "migrated", {pair.esa.host: "jdoe"})
    pair.login = "jdoe"
    for box in pair.appliances.values():
        box.gui = Gui("jdoe")
    return pair


def _wizard(name: str) -> Pair:
    """The wizard's choices are submitted in the web interface and not committed."""
    pair = healthy(name)
    sma = pair.sma
    _set(sma, sma.own_mode, "migrated", None)
    sma.gui.pending = {str(sma.own_mode): {"migrated": {pair.esa.host: "admin"}}}
    return pair


def _interface(name: str) -> Pair:
    """Mail is delivered from In, which has no way to the SMA; Management is on its subnet."""
    pair = healthy(name)
    _set(pair.esa, pair.esa.own_mode, "delivery", Delivery(interface="In"))
    return pair


def _behind_router(name: str) -> Pair:
    """As before, but the SMA lies behind routers: a static route of In could lead there."""
    pair = _interface(name)
    esa, sma = pair.esa, pair.sma
    far = "203.0.113.17"
    _set(sma, sma.own_mode, "interfaces",
         (Interface("Management", f"{far}/24", sma.host, "Management"),))  # fmt: skip
    _set(sma, sma.own_mode, "gateway", "203.0.113.1")
    _set(esa, esa.own_mode, "routes", (Route("SMA_net", "203.0.113.0/24", "198.51.100.1"),))
    pair.firewall = (Rule("192.0.2.0/24", f"{far}/32", via=_GATEWAY),)
    return pair


def _ciphers(name: str) -> Pair:
    """Both sides let anonymous suites in."""
    pair, time = healthy(name), era(name)
    for box in pair.appliances.values():
        _set(box, box.own_mode, "tls", time.tls(box.role, time.open))
    return pair


def _ciphers_of_cluster(name: str) -> Pair:
    pair, time = healthy(name, clustered=True), era(name)
    _set(pair.esa, Mode("cluster", CLUSTER), "tls", time.tls("esa", time.open))
    _set(pair.sma, pair.sma.own_mode, "tls", time.tls("sma", time.open))
    return pair


def _key(name: str) -> Pair:
    """The second member lacks the key of DLP; one was bought for it."""
    pair = _unmigrated(name)
    label = era(name).keys[-1]
    second = pair.esas[1]
    second.keys = second.keys[:-1]
    if second.release >= SMART_SINCE:
        second.keys = (*second.keys, Key(label, "Dormant"))
    pair.purchases = {FEATURE_KEY: Purchase(second.host, label)}
    return pair


def _override(field: str, level: str = "machine") -> Callable[[str], Pair]:
    def made(name: str) -> Pair:
        pair = _unmigrated(name)
        second = pair.esas[1]
        mode = second.own_mode if level == "machine" else second.modes[1]
        _set(second, mode, field, ("only_here",))
        return pair

    return made


def _unmigrated(name: str) -> Pair:
    """A cluster for which the wizard was not run yet."""
    pair = healthy(name, clustered=True)
    _set(pair.sma, pair.sma.own_mode, "migrated", None)
    return pair


def _set(box: Appliance, mode: Mode, name: str, value: Any) -> None:
    levels = box.configuration
    levels[str(mode)] = replace(levels.get(str(mode), Settings()), **{name: value})


VARIANTS: dict[int, dict[str, Callable[[str], Pair]]] = {
    1: {"offline": _offline, "listener": _listener, "transfers": _transfers},
    2: {"account": _account, "wizard": _wizard},
    3: {"interface": _interface, "router": _behind_router},
    4: {"ciphers": _ciphers, "cluster": _ciphers_of_cluster},
    5: {"key": _key},
    6: {
        "filters": _override("filters"),
        "incoming": _override("incoming"),
        "dlp": _override("dlp"),
        "dmarc": _override("dmarc"),
        "group": _override("incoming", "group"),
    },
}
"""Each scenario's ways to come about; the first is the usual one."""
