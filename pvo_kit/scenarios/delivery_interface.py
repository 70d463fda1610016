"""Scenario 3: the ESA's default delivery interface has no way to the SMA.

The decision table, for a default X that is not Auto: no answer from X and a 220 from elsewhere
fails; no answer from X alone fails only where subnets or routes show that the SMA lies behind
another interface; refused or a connection without 220 is unknown (a way exists); 220 from X
passes. Default Auto passes. A change seen is a remedy applied, not a proof that it works.
"""

from __future__ import annotations

from datetime import datetime

from pvo_kit.case import Case, newest
from pvo_kit.facts import AUTO, DeliveryChange, DeliveryInterface, Interface, PortProbe, Route
from pvo_kit.findings import Appliance
from pvo_kit.mail_logs import Connection
from pvo_kit.network import reaching, to_address
from pvo_kit.scenarios.changes import changed_since
from pvo_kit.scenarios.verdict import Missing, Scenario, Verdict, cite

SILENT = ("timeout", "no-route")


def judge(case: Case) -> list[Verdict]:
    """Judge each ESA, and each box of unknown role that ran deliveryconfig."""
    hosts = [box.host for box in case.boxes("esa")]
    hosts += [box.host for box in case.boxes("unknown") if case.all(DeliveryInterface, box.host)]
    if not hosts:
        return [Verdict("unknown", "No evidence of an ESA's default delivery interface.",
                        missing=(Missing("deliveryconfig", "esa", why=WHICH),))]  # fmt: skip
    return [_judge(case, host) for host in hosts]


WHICH = "which interface mail is delivered from by default"


def refused(case: Case) -> bool:
    """Return True where a connection of an ESA to the quarantine port was refused."""
    return any(probe.outcome == "refused" for probe in _probes(case))


def _judge(case: Case, host: str | None) -> Verdict:
    readings = newest(case.all(DeliveryInterface, host))
    names = {reading.name for reading in readings}
    if not readings:
        return Verdict("unknown", "The default delivery interface was not captured.",
                       missing=(Missing("deliveryconfig", host=host, why=WHICH),), host=host)  # fmt: skip
    if len(names) > 1:
        return Verdict("unknown", f"Two readings of the default interface ({', '.join(sorted(names))})"
                       " and nothing tells which is newer.", cite(readings),
                       (Missing("deliveryconfig", host=host, why=WHICH),), host=host)  # fmt: skip
    default = readings[-1]
    if _is_auto(default.name):
        return _auto(case, host, default)
    return _named(case, host, default)


def _is_auto(name: str) -> bool:
    return name.lower() == AUTO.lower()


def _auto(case: Case, host: str | None, default: DeliveryInterface) -> Verdict:
    older = [reading for reading in case.all(DeliveryInterface, host)
             if not _is_auto(reading.name) and default.moment.after(reading.moment)]  # fmt: skip
    for reading in older:
        before = _table(case, host, reading)
        if before.status == "fail":
            return Verdict("resolved", f"The default interface was {reading.name}, from which the SMA "
                           "was not reached; it is Auto now.", cite(before, default),
                           resolved_at=default.moment.time, host=host)  # fmt: skip
    probes = _probes(case, host)
    summary = "The default delivery interface is Auto."
    if probes and all(probe.outcome in SILENT for probe in probes):
        summary += (f" No interface reaches port {case.port} of the SMA, though: a firewall or a "
                    "route is in the way (E2); check both directions.")  # fmt: skip
    return Verdict("pass", summary, cite(default, _last(probes)), host=host)


def _named(case: Case, host: str | None, default: DeliveryInterface) -> Verdict:
    verdict = _table(case, host, default)
    changes = [change for change in case.all(DeliveryChange, host)
               if not default.moment.after(change.moment)]  # fmt: skip
    if verdict.status != "fail" or not changes:
        return verdict
    change = newest(changes)[-1]
    note = changed_since(case, change)
    return Verdict("fail", f"{verdict.summary} {note}", (*verdict.citations, *change.citations),
                   (Missing("deliveryconfig", host=host, why="whether the change is in force"),
                    _telnet(case, host, AUTO, "whether the SMA is reached now")), host=host)  # fmt: skip


def _table(case: Case, host: str | None, default: DeliveryInterface) -> Verdict:
    """The decision table, for one named default interface."""
    name = default.name
    own = newest([probe for probe in _probes(case, host) if _is_from(probe, name)])
    outcomes = {probe.outcome for probe in own}
    links = _links(case, host, name, own)
    answered = [probe for probe in own if probe.outcome == "banner"] + links
    silent = [probe for probe in own if probe.outcome in SILENT]
    if answered and not (silent and not _all_after(answered, silent)):
        return _reached(case, host, default, answered)
    if answered:
        return Verdict("unknown", f"From {name} the SMA was reached and was not, and nothing tells "
                       "which is newer.", cite(default, own, answered),
                       (_telnet(case, host, name, "once more, for now"),), host=host)  # fmt: skip
    if silent:
        return _silent(case, host, default, silent)
    if "refused" in outcomes:
        return Verdict("unknown", f"From {name} the connection to port {case.port} is refused: a way "
                       "exists, but nothing listens: the SMA's service is off (E1), suspended, or on "
                       "another port (E3).", cite(default, own),
                       (Missing("status", "sma", why="whether the SMA is online"),
                        _telnet(case, host, name, "once the SMA listens")), host=host)  # fmt: skip
    if "no-banner" in outcomes:
        return Verdict("unknown", f"From {name} a connection opens but no 220 comes: a middlebox "
                       "rewrites SMTP or the SMA refuses this host (E4).", cite(default, own),
                       (_telnet(case, host, name, "the full greeting, then EHLO"),), host=host)  # fmt: skip
    others = [probe for probe in _probes(case, host) if not _is_from(probe, name)]
    why = "Auto or another interface does not test it" if others else "whether it reaches the SMA"
    return Verdict("unknown", f"The default interface is {name}, and no connection from it to port "
                   f"{case.port} was captured.", cite(default, _last(others)),
                   (_telnet(case, host, name, why),), host=host)  # fmt: skip


def _silent(
    case: Case, host: str | None, default: DeliveryInterface, silent: list[PortProbe]
) -> Verdict:
    name, target = default.name, silent[-1].target
    same = [probe for probe in _probes(case, host)
            if not _is_from(probe, name) and probe.target == target]  # fmt: skip
    elsewhere = newest(same)
    reached = [probe for probe in elsewhere if probe.outcome == "banner"]
    if reached:
        return Verdict("fail", f"The default interface {name} does not reach {target} port "
                       f"{case.port}; {reached[-1].interface or 'another interface'} does.",
                       cite(default, silent, reached), host=host,
                       missing=(_verify(case, host),))  # fmt: skip
    other = _behind(case, host, name, str(target))
    answered = [probe for probe in elsewhere if probe.outcome in ("refused", "no-banner")]
    if other and (not elsewhere or answered):
        cited = cite(default, silent, other, _routes(case, host, str(target), other), answered)
        return Verdict("fail", f"The default interface {name} does not reach {target} port "
                       f"{case.port}, which lies behind {other[0].name}.", cited, host=host,
                       missing=(_verify(case, host),))  # fmt: skip
    if elsewhere and all(probe.outcome in SILENT for probe in elsewhere):
        return Verdict("unknown", f"No interface reaches {target} port {case.port}: a firewall, a "
                       "route or the SMA's interface, not the default interface alone (E2). Check "
                       "TCP both ways.", cite(default, silent, elsewhere),
                       (Missing("routeconfig", host=host, why="routes to the SMA's network"),
                        Missing("interfaceconfig", "sma", why="the SMA's own addresses")), host=host)  # fmt: skip
    return Verdict("unknown", f"The default interface {name} does not reach {target} port "
                   f"{case.port}; nothing shows that another one does.",
                   cite(default, silent, elsewhere),
                   (_telnet(case, host, AUTO, "whether another interface reaches the SMA"),
                    Missing("interfaceconfig", host=host, why="which subnet the SMA lies in")),
                   host=host)  # fmt: skip


def _reached(
    case: Case, host: str | None, default: DeliveryInterface,
    answered: list[PortProbe | Connection],
) -> Verdict:  # fmt: skip
    older = [probe for probe in _probes(case, host)
             if _is_from(probe, default.name) and probe.outcome in SILENT]  # fmt: skip
    if older and _silent(case, host, default, older).status == "fail":
        return Verdict("resolved", f"The default interface {default.name} did not reach the SMA; it "
                       "does now.", cite(default, older, answered),
                       resolved_at=_time(answered[-1]), host=host)  # fmt: skip
    return Verdict("pass", f"The default interface {default.name} reaches port {case.port} of the "
                   "SMA.", cite(default, answered), host=host)  # fmt: skip


def _behind(case: Case, host: str | None, name: str, target: str) -> list[Interface]:
    """The subnet rule: the interfaces that the SMA lies behind, [] where X is among them."""
    found = reaching(target, _interfaces(case, host), case.all(Route, host))
    return [] if any(item.name.lower() == name.lower() for item in found) else found


def _routes(
    case: Case, host: str | None, target: str, other: list[Interface]
) -> list[Route]:
    """The static routes by which the SMA lies behind these interfaces, [] on their own subnet."""
    address = to_address(target)
    if address is None or any(item.address and address in item.address.network for item in other):
        return []
    return [route for route in case.all(Route, host)
            if route.destination.prefixlen and address in route.destination]  # fmt: skip


def _interfaces(case: Case, host: str | None) -> list[Interface]:
    """The interfaces of a box by name; the newest listing of a name counts."""
    by_name: dict[str, Interface] = {}
    for item in case.all(Interface, host):
        known = by_name.get(item.name)
        if known is None or not known.moment.after(item.moment):
            by_name[item.name] = item
    return list(by_name.values())


def _links(case: Case, host: str | None, name: str, own: list[PortProbe]) -> list[Connection]:
    """Deliveries from X's address to the address that was probed which got as far as TLS."""
    addresses = {str(item.address.ip) for item in _interfaces(case, host)
                 if item.address and item.name.lower() == name.lower()}  # fmt: skip
    targets = {probe.target for probe in own}
    return [link for link in case.connections
            if link.appliance == host and link.interface in addresses
            and link.tls in ("success", "failed") and (not targets or link.address in targets)][-1:]  # fmt: skip


def _probes(case: Case, host: str | None | ellipsis = ...) -> list[PortProbe]:  # noqa: F821
    return [probe for probe in case.all(PortProbe, host)
            if probe.port == case.port and case.role(probe.host) != "sma"]  # fmt: skip


def _is_from(probe: PortProbe, name: str) -> bool:
    return (probe.interface or "").lower() == name.lower()


def _last(probes: list[PortProbe]) -> list[PortProbe]:
    return newest(probes)[-1:]


def _time(item: PortProbe | Connection) -> datetime | None:
    return item.moment.time


def _all_after(answered: list[PortProbe | Connection], silent: list[PortProbe]) -> bool:
    return any(all(item.moment.after(probe.moment) for probe in silent) for item in answered)


def _telnet(case: Case, host: str | None, interface: str, why: str) -> Missing:
    targets = [probe.target for probe in _probes(case, host) if probe.target]
    target = targets[-1] if targets else "the SMA's address"
    return Missing("telnet", host=host, why=why,
                   how=f"interface {interface}, host {target}, port {case.port}, then QUIT")  # fmt: skip


def _verify(case: Case, host: str | None) -> Missing:
    return Missing("deliveryconfig", host=host, why="after the fix: the interface in force")


SCENARIO = Scenario(3, "delivery-interface",
                    "The default delivery interface has no way to the SMA", judge)  # fmt: skip
