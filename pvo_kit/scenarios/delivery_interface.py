"""Scenario 3: the ESA's default delivery interface has no way to the SMA.

The decision table, for a default X that is not Auto: no answer from X and a 220 from elsewhere
fails; no answer from X alone fails only where subnets or routes show that the SMA lies behind
another interface; refused or a connection without 220 is unknown (a way exists); 220 from X
passes. Default Auto passes. A change seen is a remedy applied, not a proof that it works.
"""

from __future__ import annotations

from dataclasses import replace

from pvo_kit.case import Case, newest
from pvo_kit.facts import AUTO, DeliveryChange, DeliveryInterface, PortProbe
from pvo_kit.mail_logs import Connection
from pvo_kit.scenarios.asking import STATUS, telnet
from pvo_kit.scenarios.changes import changed_since
from pvo_kit.scenarios.reaching import SILENT, Way
from pvo_kit.scenarios.verdict import Missing, Scenario, Verdict, cite

WHICH = Missing("deliveryconfig", "esa", why="which interface mail is delivered from by default")


def judge(case: Case) -> list[Verdict]:
    """Judge each ESA, and each box of unknown role that ran deliveryconfig."""
    hosts = [box.host for box in case.boxes("esa")]
    hosts += [box.host for box in case.boxes("unknown") if case.all(DeliveryInterface, box.host)]
    if not hosts:
        summary = "No evidence of an ESA's default delivery interface."
        return [Verdict("unknown", summary, missing=(WHICH,))]
    return [replace(_judge(case, host), host=host) for host in hosts]


def refused(case: Case) -> bool:
    """Return True where an ESA's default interface is known and was refused by the SMA."""
    for box in case.boxes("esa", "unknown"):
        for reading in _readings(case, box.host):
            if Way(case, box.host, reading.name).outcome("refused"):
                return True
    return False


def _readings(case: Case, host: str | None) -> list[DeliveryInterface]:
    """The newest readings of a box; those of the cluster's level where it has none of its own."""
    own = newest(case.all(DeliveryInterface, host))
    if own or host not in case.members:
        return own
    return newest([item for item in case.all(DeliveryInterface) if item.level == "cluster"])


def _judge(case: Case, host: str | None) -> Verdict:
    ask = replace(WHICH, host=host)
    readings = _readings(case, host)
    names = sorted({reading.name for reading in readings})
    if not readings:
        return Verdict("unknown", "The default delivery interface was not captured.", (), (ask,))
    if len(names) > 1:
        summary = (
            f"Readings of the default interface differ ({', '.join(names)}) and nothing tells "
            "which is newer."
        )
        return Verdict("unknown", summary, cite(readings), (ask,))
    default = readings[-1]
    if default.name.lower() == AUTO.lower():
        return _auto(case, host, default)
    verdict = _table(Way(case, host, default.name), default)
    return _changed(case, host, default, verdict) if verdict.status == "fail" else verdict


def _auto(case: Case, host: str | None, default: DeliveryInterface) -> Verdict:
    for reading in case.all(DeliveryInterface, host):
        before = _table(Way(case, host, reading.name), reading)
        if default.moment.after(reading.moment) and before.status == "fail":
            summary = (
                f"The default interface was {reading.name}, from which the SMA was not reached; it "
                "is Auto now."
            )
            cited, when = cite(before, default), default.moment.time
            return Verdict("resolved", summary, cited, resolved_at=when)
    probes = case.probes(host)
    summary = "The default delivery interface is Auto."
    if probes and all(probe.outcome in SILENT for probe in probes):
        summary += (
            f" No interface reaches port {case.port} of the SMA, though: a firewall or a route is "
            "in the way (E2); check TCP both ways."
        )
    return Verdict("pass", summary, cite(default, newest(probes)))


def _changed(case: Case, host: str | None, default: DeliveryInterface, verdict: Verdict) -> Verdict:
    changes = [
        change
        for change in case.all(DeliveryChange, host)
        if not default.moment.after(change.moment)
    ]
    if not changes:
        return verdict
    note = changed_since(case, newest(changes)[-1])
    ask = Missing("deliveryconfig", host=host, why="whether the change is in force")
    return replace(
        verdict,
        summary=f"{verdict.summary} {note}",
        citations=(*verdict.citations, *cite(changes)),
        missing=(ask, telnet(case, host, AUTO, "whether the SMA is reached now")),
    )


def _table(way: Way, default: DeliveryInterface) -> Verdict:
    """The decision table, for one named default interface."""
    name, port = default.name, way.case.port
    answered: list[PortProbe | Connection] = [*way.outcome("banner"), *way.delivered]
    if answered and _is_newer(answered, way.silent):
        return _reached(way, default, answered)
    if answered:
        summary = f"From {name} the SMA was reached and was not; nothing tells which is newer."
        return _ask_again(way, summary, (default, *way.own, *answered), "once more, for now")
    if way.silent:
        return _silent(way, default, way.silent)
    if way.outcome("refused"):
        summary = (
            f"From {name} the connection to port {port} is refused: a way exists, but nothing "
            "listens. The SMA's service is off (E1), suspended, or on another port (E3)."
        )
        verdict = _ask_again(way, summary, (default, *way.own), "once the SMA listens")
        return replace(verdict, missing=(STATUS, *verdict.missing))
    if way.outcome("no-banner"):
        summary = (
            f"From {name} a connection opens but no 220 comes: a middlebox rewrites SMTP, or the "
            "SMA refuses this host (E4)."
        )
        return _ask_again(way, summary, (default, *way.own), "the full greeting, then EHLO")
    summary = f"The default interface is {name}; no connection from it to port {port} was captured."
    why = "the others do not test it" if way.elsewhere else "whether it reaches the SMA"
    return _ask_again(way, summary, (default, *way.elsewhere), why)


def _silent(way: Way, default: DeliveryInterface, silent: list[PortProbe]) -> Verdict:
    """No answer from the default interface: what do the others and the subnets say?"""
    last, port = silent[-1], way.case.port
    nowhere = f"The default interface {default.name} does not reach {last.target} port {port}"
    verify = Missing("deliveryconfig", host=way.host, why="after the fix: the interface in force")
    elsewhere = way.elsewhere_to(last.target)
    reached = [probe for probe in elsewhere if probe.outcome == "banner"]
    if reached:
        summary = f"{nowhere}; {reached[-1].interface or 'another interface'} does."
        return Verdict("fail", summary, cite(default, silent, reached), (verify,))
    blocked = bool(elsewhere) and all(probe.outcome in SILENT for probe in elsewhere)
    other = way.behind(last.address or str(last.target))
    if other and not blocked:
        summary = f"{nowhere}, which lies behind {other[0].name}."
        return Verdict("fail", summary, cite(default, silent, other, elsewhere), (verify,))
    cited = cite(default, silent, elsewhere)
    if blocked:
        summary = (
            f"No interface reaches {last.target} port {port}: a firewall, a route or the SMA's "
            "interface, not the default interface alone (E2). Check TCP both ways."
        )
        routes = Missing("routeconfig", host=way.host, why="routes to the SMA's network")
        addresses = Missing("interfaceconfig", "sma", why="the SMA's own addresses")
        return Verdict("unknown", summary, cited, (routes, addresses))
    auto = telnet(way.case, way.host, AUTO, "whether another interface reaches the SMA")
    subnets = Missing("interfaceconfig", host=way.host, why="which subnet the SMA lies in")
    summary = f"{nowhere}; nothing shows that another one does."
    return Verdict("unknown", summary, cited, (auto, subnets))


def _reached(
    way: Way, default: DeliveryInterface, answered: list[PortProbe | Connection]
) -> Verdict:
    name = default.name
    if way.history and _silent(way, default, way.history).status == "fail":
        summary = f"The default interface {name} did not reach the SMA; it does now."
        cited, when = cite(default, way.history, answered), answered[-1].moment.time
        return Verdict("resolved", summary, cited, resolved_at=when)
    summary = f"The default interface {name} reaches port {way.case.port} of the SMA."
    return Verdict("pass", summary, cite(default, answered))


def _is_newer(answered: list[PortProbe | Connection], silent: list[PortProbe]) -> bool:
    return any(all(item.moment.after(probe.moment) for probe in silent) for item in answered)


def _ask_again(
    way: Way, summary: str, shown: tuple[DeliveryInterface | PortProbe | Connection, ...], why: str
) -> Verdict:
    ask = telnet(way.case, way.host, way.interface, why)
    return Verdict("unknown", summary, cite(shown), (ask,))


SCENARIO = Scenario(
    3, "delivery-interface", "The default delivery interface has no way to the SMA", judge
)
