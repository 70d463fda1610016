"""What is asked of an appliance, in which order: pure, from the catalog and what is known.

A ``Step`` is one topic of the catalog. Its commands are made when its turn comes (``requests``),
since some depend on what came before: the machine's and the group's name, the mail log's, the
connections that grep found. What a step would send is told beforehand by ``shown``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from pvo_kit import catalog
from pvo_kit.collect import allowed
from pvo_kit.collect.allowed import Request
from pvo_kit.collect.learnt import Learnt
from pvo_kit.evidence import Level, Role
from pvo_kit.facts import AUTO
from pvo_kit.remediation import values

NEWEST = 10
"""Connections to the quarantine whose lines are asked for, the newest."""

ALWAYS = ("showchanges", "version", "whoami", "clusterconfig", "status")
"""Asked whatever is wanted: who and what answers, and a clock that orders the rest."""

DCIDS = "dcids"
"""The step that follows ``grep``: the lines of each connection that it found."""

GROUP = "group"
"""The step that asks at the machine's group what shows the level of a setting."""

_ORDER: dict[Role, tuple[str, ...]] = {
    "esa": (
        "showchanges", "version", "whoami", "clusterconfig", "status", "interfaceconfig",
        "routeconfig", "deliveryconfig", "sslconfig", "logconfig", "featurekey", "license_smart",
        "filters", "policyconfig", "dlpconfig", "dlpstatus", "dmarcconfig", GROUP, "grep", DCIDS,
        "telnet", "tlsverify", "status",
    ),
    "sma": (
        "showchanges", "version", "whoami", "status", "interfaceconfig", "routeconfig",
        "sslconfig", "featurekey", "license_smart", "status",
    ),
}  # fmt: skip
PROBES = frozenset({"telnet", "tlsverify"})
"""Commands that open a connection from the appliance: only where they were asked for."""

_LEVELS = ("filters", "policyconfig", "dlpconfig", "dmarcconfig")
"""They show at which cluster mode a setting stands: asked at the machine and at its group."""

_BEFORE = {
    "grep": ("logconfig",),
    "telnet": ("deliveryconfig",),
    **dict.fromkeys((*_LEVELS, "featurekey", "license_smart"), ("clusterconfig",)),
}
"""What must be asked first for its answer."""


@dataclass(frozen=True, slots=True)
class Options:
    """What a plan depends on beside the role.

    ``topics`` are names of the catalog (None: everything read-only); ``address`` is the SMA as the
    ESA reaches it, None where probes cannot name it.
    """

    topics: frozenset[str] | None = None
    probe: bool = False
    address: str | None = None
    port: int = 7025


@dataclass(frozen=True, slots=True)
class Turn:
    """One command in one cluster mode; ``mode`` is None where any will do.

    ``follows`` marks a command that is run again at the mode that a NOTICE names.
    """

    request: Request
    mode: Level | None = None
    place: str | None = None
    follows: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """One topic: its name in the catalog, and the commands as a plan shows them."""

    name: str
    shown: tuple[str, ...]


def scenario_topics(scenarios: Iterable[int]) -> frozenset[str]:
    """Return the topics that some scenarios read, by the catalog."""
    wanted = set(scenarios)
    return frozenset(row.name for row in catalog.COMMANDS if wanted & set(row.scenarios))


def steps(role: Role, options: Options) -> tuple[Step, ...]:
    """Return the plan for an appliance of this role."""
    topics = _closed(options.topics)
    names = [
        name
        for name in _ORDER[role]
        if (topics is None or topics.intersection(_TOPICS.get(name, (name,))))
        and (name not in PROBES or _may_probe(options))
    ]
    return tuple(Step(name, _shown(name, options)) for name in names)


_TOPICS = {DCIDS: ("grep",), GROUP: _LEVELS}
"""Of which topics a step that is none itself is a part."""


def left_out(role: Role, options: Options) -> tuple[str, ...]:
    """Return the probes that are wanted but not sent, each with the reason."""
    topics = _closed(options.topics)
    names = sorted(PROBES & set(_ORDER[role]) & (PROBES if topics is None else topics))
    if not names or _may_probe(options):
        return ()
    why = "add --sma or --sma-address" if options.probe else "add --probe"
    return tuple(f"{name}: {why}" for name in names)


def _may_probe(options: Options) -> bool:
    return options.probe and options.address is not None


def _closed(topics: frozenset[str] | None) -> frozenset[str] | None:
    if topics is None:
        return None
    before = {first for name in topics for first in _BEFORE.get(name, ())}
    return topics | before | set(ALWAYS)


def _shown(name: str, options: Options) -> tuple[str, ...]:
    port, address = options.port, options.address
    special: Mapping[str, tuple[str, ...]] = {
        "clusterconfig": ("clusterconfig list", "clusterconfig connstatus, in a cluster"),
        "policyconfig": (
            "policyconfig / Incoming, in a cluster",
            "policyconfig / Outgoing, in a cluster",
        ),
        GROUP: tuple(f"{level}, in a cluster: in group mode too" for level in _wanted(options)),
        "grep": (
            f'grep "port {port}" LOG',
            f'grep "port: {port}" LOG',
        ),
        DCIDS: (f'grep "DCID N " LOG, for each of the newest {NEWEST}',),
        "license_smart": ("license_smart summary",),
        "telnet": (
            f"telnet / the default delivery interface / {address} / {port} / QUIT",
            f"telnet / Auto / {address} / {port} / QUIT",
        ),
        "tlsverify": (f"tlsverify / the.cpq.host / {address}:{port}",),
    }
    if name in special:
        return special[name]
    return (f"{name}, in a cluster",) if name in _LEVELS else (name,)


def _wanted(options: Options) -> tuple[str, ...]:
    """The commands that show levels, of those that are wanted."""
    topics = options.topics
    return tuple(name for name in _LEVELS if topics is None or name in topics)


def requests(name: str, learnt: Learnt, options: Options) -> Iterator[Turn]:
    """Yield a step's commands, each made when its turn comes: an answer may add to the next."""
    maker = _MAKERS.get(name)
    if maker:
        yield from maker(learnt, options)
    elif name in _LEVELS:
        yield from _levels(name, learnt)
    elif not learnt.clustered:
        yield Turn(allowed.plain(name))
    else:
        # A setting at the cluster answers with a NOTICE at the machine, and is asked for there.
        follows = catalog.command(name).mode is None
        is_any = follows and learnt.machine is None
        mode: Level | None = None if is_any else "machine"
        yield Turn(allowed.plain(name), mode, learnt.machine, follows)


def _routes(learnt: Learnt, options: Options) -> Iterator[Turn]:
    mode: Level | None = "machine" if learnt.clustered else None
    is_newer = ":" in (options.address or "")
    yield Turn(allowed.routes("IPv6" if is_newer else "IPv4"), mode, learnt.machine)


def _cluster(learnt: Learnt, _: Options) -> Iterator[Turn]:
    mode: Level | None = "cluster" if learnt.clustered else None
    yield Turn(allowed.cluster("list"), mode)
    if learnt.clustered:
        yield Turn(allowed.cluster("connstatus"), mode)


def _licences(learnt: Learnt, _: Options) -> Iterator[Turn]:
    mode: Level | None = "machine" if learnt.clustered else None
    yield Turn(allowed.licences(), mode, learnt.machine)


def _levels(name: str, learnt: Learnt) -> Iterator[Turn]:
    """At the machine; outside a cluster there are no levels to tell."""
    if learnt.clustered:
        for request in _of_level(name):
            yield Turn(request, "machine", learnt.machine)


def _group(learnt: Learnt, options: Options) -> Iterator[Turn]:
    if learnt.group and not isinstance(values.place_name(learnt.group), values.Refused):
        for name in _wanted(options):
            for request in _of_level(name):
                yield Turn(request, "group", learnt.group)


def _of_level(name: str) -> tuple[Request, ...]:
    if name == "policyconfig":
        return allowed.policies("Incoming"), allowed.policies("Outgoing")
    return (allowed.plain(name),)


def _grep(learnt: Learnt, options: Options) -> Iterator[Turn]:
    mode: Level | None = "machine" if learnt.clustered else None
    for log in learnt.mail_logs:
        for errors in (False, True):
            request = allowed.grep_port(options.port, log, errors=errors)
            yield Turn(request, mode, learnt.machine)


def _dcids(learnt: Learnt, _: Options) -> Iterator[Turn]:
    mode: Level | None = "machine" if learnt.clustered else None
    for log, dcid in learnt.dcids[-NEWEST:]:
        yield Turn(allowed.grep_dcid(dcid, log), mode, learnt.machine)


def _telnet(learnt: Learnt, options: Options) -> Iterator[Turn]:
    mode: Level | None = "machine" if learnt.clustered else None
    for interface in dict.fromkeys([learnt.interface or AUTO, AUTO]):
        request = allowed.telnet(interface, options.address or "", options.port)
        yield Turn(request, mode, learnt.machine)


def _tlsverify(learnt: Learnt, options: Options) -> Iterator[Turn]:
    mode: Level | None = "machine" if learnt.clustered else None
    yield Turn(allowed.tlsverify(options.address or "", options.port), mode, learnt.machine)


_MAKERS: dict[str, Callable[[Learnt, Options], Iterator[Turn]]] = {
    "clusterconfig": _cluster,
    "license_smart": _licences,
    "routeconfig": _routes,
    GROUP: _group,
    "grep": _grep,
    DCIDS: _dcids,
    "telnet": _telnet,
    "tlsverify": _tlsverify,
}
