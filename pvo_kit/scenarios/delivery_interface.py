"""Scenario 3: the ESA's default delivery interface has no way to the SMA.

The decision table, for a default X that is not Auto: no answer from X and a 220 from elsewhere
fails; no answer from X alone fails only where subnets or routes show that the SMA lies behind
another interface; refused or a connection without 220 is unknown (a way exists); 220 from X
passes. Default Auto passes. A change seen is a remedy applied, not a proof that it works.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pvo_kit.case import Case, newest
from pvo_kit.facts import AUTO, DeliveryChange, DeliveryInterface, PortProbe
from pvo_kit.scenarios.answering import SILENT, Attempt
from pvo_kit.scenarios.asking import STATUS, telnet
from pvo_kit.scenarios.changes import changed_since, since
from pvo_kit.scenarios.reaching import Way, is_masked
from pvo_kit.scenarios.verdict import Citable, Missing, Scenario, Verdict, cite

WHICH = Missing("deliveryconfig", "esa", why="which interface mail is delivered from by default")


MIDDLEBOX = (
    "A connection opens but no 220 comes: a middlebox rewrites SMTP, or the SMA refuses this host "
    "(E4)."
)
OPEN = {
    "refused": (
        "The connection is refused: a way exists, but nothing listens. The SMA's service is off "
        "(E1), suspended, or on another port (E3).",
        "once the SMA listens",
    ),
    "no-banner": (MIDDLEBOX, "the whole greeting"),
    "name": ("The SMA's name was not resolved (E13): test with its address.", "by its address"),
}
"""What a telnet from the default interface leaves open, and what the next one is for."""


def judge(case: Case) -> list[Verdict]:
    """Judge each ESA, and each box of unknown role that did what only ESAs do.

    A member without any evidence of its own is unknown too: what is missing is never a pass. A
    reading at the cluster's or group's level holds for the members that have none of their own.
    """
    if not case.esas:
        summary = "No evidence of an ESA's default delivery interface."
        return [Verdict("unknown", summary, missing=(WHICH,))]
    return [replace(_judge(case, host), host=host) for host in case.esas]


def _judge(case: Case, host: str | None) -> Verdict:
    ask = replace(WHICH, host=host)
    readings = newest(case.in_force(DeliveryInterface, host))
    names = sorted({reading.name for reading in readings})
    if not readings:
        summary = "The default delivery interface was not captured."
        return Verdict("unknown", summary, cite(newest(case.probes(host))), (ask,))
    if len(names) > 1:
        summary = (
            f"Readings of the default interface differ ({', '.join(names)}) and nothing tells "
            "which is newer."
        )
        return Verdict("unknown", summary, cite(readings), (ask,))
    now = _at(case, host, readings[-1])
    if now.status == "pass":
        return _after_a_fault(case, host, readings[-1], now)
    return _after_a_change(case, host, readings[-1], now)


def _at(case: Case, host: str | None, default: DeliveryInterface) -> Verdict:
    """The verdict for one reading of the default interface."""
    if _is_auto(default.name):
        return _auto(case, host, default)
    return _table(Way(case, host, default.name), default)


def _is_auto(name: str | None) -> bool:
    return (name or "").lower() == AUTO.lower()


def _auto(case: Case, host: str | None, default: DeliveryInterface) -> Verdict:
    probes = newest(case.probes(host))
    every = [probe.outcome for probe in case.probes(host)]
    parts = ["The default delivery interface is Auto."]
    if every and all(outcome in SILENT for outcome in every):
        parts.append(
            f"No telnet to port {case.port} of the SMA got an answer, though: a firewall or a "
            "route is in the way (E2). Check TCP both ways."
        )
    elif any(probe.outcome == "no-banner" for probe in probes):
        parts.append(MIDDLEBOX)
    return Verdict("pass", " ".join(parts), cite(default, probes))


def _table(way: Way, default: DeliveryInterface) -> Verdict:
    """The decision table, for one named default interface."""
    name, port, own = default.name, way.case.port, way.own
    if len(way.ends) > 1:
        summary = f"From {name} the SMA was reached and was not; nothing tells which is newer."
        return _again(way, summary, (default, *own), "once more, for now")
    end = next(iter(way.ends), None)
    if end == "banner":
        return _reached(way, default, own)
    if end == "silent":
        return _silent(way, default, [item for item in own if isinstance(item, PortProbe)])
    if end in OPEN:
        told, why = OPEN[end]
        asked = _again(way, f"From {name} to port {port}: {told}", (default, *own), why)
        if end != "refused":
            return asked
        return replace(asked, missing=(STATUS, *asked.missing), behind=(1,))
    others = way.elsewhere()
    summary = f"The default interface is {name}; no connection from it to port {port} was captured."
    if way.errors:
        summary += " Its deliveries end in connection errors, which a telnet would explain."
    why = "the others do not test it" if others else "whether it reaches the SMA"
    return _again(way, summary, (default, *others, *way.errors), why)


def _silent(way: Way, default: DeliveryInterface, silent: list[PortProbe]) -> Verdict:
    """No answer from the default interface: what do the others and the subnets say?"""
    last, port = silent[-1], way.case.port
    nowhere = f"The default interface {default.name} does not reach {last.target} port {port}"
    verify = Missing("deliveryconfig", host=way.host, why="after the fix: the interface in force")
    elsewhere = way.elsewhere(last)
    reached = [probe for probe in elsewhere if probe.outcome == "banner"]
    if reached:
        summary = f"{nowhere}; {reached[-1].interface} does."
        return Verdict("fail", summary, cite(default, silent, reached), (verify,))
    blocked = [probe for probe in elsewhere if probe.outcome in SILENT]
    other = way.behind(last.address or str(last.target))
    if other and not blocked:
        summary = f"{nowhere}, which lies behind {other[0].name}."
        return Verdict("fail", summary, cite(default, silent, other, elsewhere), (verify,))
    cited = cite(default, silent, elsewhere)
    if blocked and len(blocked) == len(elsewhere):
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


def _reached(way: Way, default: DeliveryInterface, answered: Sequence[Attempt]) -> Verdict:
    name, port = default.name, way.case.port
    before = [
        probe
        for probe in way.telnets
        if probe.outcome in SILENT and answered[-1].moment.after(probe.moment)
    ]
    if before and _silent(way, default, before).status == "fail":
        summary = f"The default interface {name} did not reach the SMA; it does now."
        cited, when = cite(default, before, answered), answered[-1].moment.time
        return Verdict("resolved", summary, cited, resolved_at=when)
    summary = f"The default interface {name} reaches port {port} of the SMA."
    if any(isinstance(item, PortProbe) and is_masked(item) for item in answered):
        summary += " Something in between rewrites its greeting to stars (E4)."
    telnets = [probe for probe in newest(way.telnets) if probe.outcome == "banner"]
    return Verdict("pass", summary, cite(default, telnets, answered))


def _after_a_fault(
    case: Case, host: str | None, default: DeliveryInterface, now: Verdict
) -> Verdict:
    """A pass; resolved where an older reading failed, open where the setting was changed since."""
    for older in case.holding(DeliveryInterface, host):
        before = _at(case, host, older)
        if default.moment.after(older.moment) and before.status == "fail":
            summary = f"The default interface was {older.name}, which did not reach the SMA. "
            cited, when = cite(before, now), default.moment.time
            return Verdict("resolved", summary + now.summary, cited, resolved_at=when)
    changes = since(case.holding(DeliveryChange, host), [default])
    if all(_is_auto(item.name) for item in changes):
        return now
    return _after_a_change(case, host, default, replace(now, status="unknown"))


def _after_a_change(
    case: Case, host: str | None, default: DeliveryInterface, now: Verdict
) -> Verdict:
    """A verdict that is no pass, and the setting perhaps changed since: applied, not verified."""
    changes = since(case.holding(DeliveryChange, host), [default])
    if not changes or now.status == "resolved":
        return now
    ask = Missing("deliveryconfig", host=host, why="whether the change is in force")
    to = newest(changes)[-1]
    return replace(
        now,
        summary=f"{now.summary} {changed_since(case, to)}",
        citations=cite(now, changes),
        missing=(ask, telnet(case, host, to.name or AUTO, "whether the SMA is reached now")),
    )


def _again(way: Way, summary: str, shown: Sequence[Citable], why: str) -> Verdict:
    ask = telnet(way.case, way.host, way.interface, why)
    return Verdict("unknown", summary, cite(shown), (ask,))


SCENARIO = Scenario(
    3, "delivery-interface", "The default delivery interface has no way to the SMA", judge
)
