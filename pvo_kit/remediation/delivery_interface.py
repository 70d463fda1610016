"""Remedy of scenario 3: let AsyncOS choose the interface (Auto), or open a way for the one in use.

``deliveryconfig`` > SETUP asks for the interface and then for four settings in AsyncOS 11 and
older, five in 13.5: all but the first are kept with Enter. Sources: the technote, the article on
``deliveryconfig`` (the whole dialogue), public CLI test code (the fifth question), user guides 8.0
and 9 (how Auto chooses).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pvo_kit.case import Case, newest
from pvo_kit.facts import AUTO, DeliveryChange, DeliveryInterface, Interface, Route
from pvo_kit.findings import Finding
from pvo_kit.network import reaching, to_address
from pvo_kit.remediation import affected, boxes, committing, delivery_ways, seen, values
from pvo_kit.remediation.boxes import Box, Mode
from pvo_kit.remediation.remedy import Remedy, Step
from pvo_kit.remediation.values import Refused
from pvo_kit.scenarios.delivery_interface import SCENARIO

CHOOSE = "Choose the default interface to deliver mail."
POSSIBLE = 'Enable "Possible Delivery" (recommended)? [Y]> '
LIMIT = "Please enter the default system wide {kind}maximum outbound message delivery concurrency."
WITHOUT_TLS = (
    "Whether to attempt delivery without TLS when the TLS concurrency limit is reached (a fifth "
    "question, from 13.5)"
)
MENU = seen.Pattern("deliveryconfig", r"choose\s+the\s+default\s+interface")
ABOUT = "default delivery interface Auto"
MORE = "A release may ask more: keep everything but the interface with Enter."
RISK = (
    "Auto may change the source address and the HELO name of all outbound mail: SPF, reverse DNS, "
    "allow-lists of partners, NAT and smart-host relays go by them. Check before which interface "
    "lies on the default gateway's subnet. Use a change window."
)


@dataclass(frozen=True, slots=True)
class Place:
    """One place where the setting is changed: a box, the cluster mode, the interface in force."""

    host: str | None
    box: Box
    mode: Mode | None
    old: str | Refused
    reached: bool


def remedy(case: Case, finding: Finding) -> Remedy:
    """Return the change to Auto on each ESA (once for a cluster's level), with its alternatives."""
    hosts = affected.hosts(SCENARIO, case, finding)
    places = list(_places(case, hosts, finding.status == "resolved"))
    ways = tuple(delivery_ways.ways(case, place.host, place.box, place.old) for place in places[:1])
    result = Remedy(
        title="Set the ESA's default delivery interface to Auto",
        appliance=tuple(place.box.name for place in places),
        precondition=tuple(line for place in places for line in _before(case, place)),
        steps=tuple(step for place in places for step in _steps(case, place)),
        effect="All outbound mail without an interface of its own leaves from the interface that "
               f"AsyncOS chooses for its destination. {_other_mail(case, places)}".strip(),
        risk=RISK + _cluster_risk(places),
        verify=(committing.DATED, *(line for place in places for line in _verify(case, place))),
        rollback=tuple(line for place in places for line in _way_back(place)),
        alternatives=ways[0] if ways else (),
    )  # fmt: skip
    if finding.status != "resolved":
        return result
    if any(place.reached for place in places):
        # Auto was never set: the interface in use found a way, so the network was changed.
        return affected.told_as_done(ways[0][1], "")
    changed = any(case.all(DeliveryChange, host) for host in hosts)
    return affected.told_as_done(result, "deliveryconfig > SETUP" if changed else "")


def _places(case: Case, hosts: Sequence[str | None], resolved: bool) -> Iterator[Place]:
    done: set[Mode] = set()
    for host in hosts:
        readings = case.all(DeliveryInterface, host)
        named = [fact for fact in readings if fact.name.lower() != AUTO.lower()]
        if not named:
            continue
        fact = newest(named)[-1]
        box = boxes.box(case, host)
        mode = (fact.level, boxes.place(fact.place, fact.level)) if fact.level else box.mode
        if mode and mode in done:
            continue
        if mode:
            done.add(mode)
        reached = resolved and newest(readings)[-1] == fact
        yield Place(host, box, mode, values.interface_name(fact.name), reached)


def _before(case: Case, place: Place) -> Iterator[str]:
    yield committing.save(place.box)
    name = f"{place.old} (its name, since numbers move)"
    if isinstance(place.old, Refused):
        name = f"as deliveryconfig prints it ({place.old})"
    yield f"Note the old value on {place.box.called}: default interface to deliver mail: {name}."
    gateway = _on_gateway(case, place.host)
    if not gateway:
        yield (
            f"Look at setgateway and interfaceconfig on {place.box.called}: with Auto, mail to the "
            "internet leaves from the interface on the default gateway's subnet."
        )
    if place.mode and place.mode[0] != "machine":
        yield (
            f"The setting was read at {boxes.words(place.mode)}: a machine or group with a "
            "setting of its own (deliveryconfig > CLUSTERSHOW) needs the same change there."
        )


def _steps(case: Case, place: Place) -> Iterator[Step]:
    prompt = boxes.prompt(place.mode) if place.mode else place.box.prompt
    yield from boxes.switch(place.box.prompt, place.box.mode, place.mode)
    yield Step(prompt, "deliveryconfig")
    yield Step("[]> ", "setup", asks="Choose the operation you want to perform:")
    yield seen.pick(case, place.host, MENU, AUTO, CHOOSE)
    yield Step(POSSIBLE, "", note=MORE)
    for kind in ("", "TLS "):
        yield Step(_limit(case, place.host, kind), "", asks=LIMIT.format(kind=kind))
    if place.box.since(13, 5):
        yield Step("[Y]> ", "", asks=WITHOUT_TLS)
    yield Step("[]> ", "", note=f"the summary above must say: Default interface to deliver mail: "
                                f"{AUTO}; Enter leaves the menu")  # fmt: skip
    yield from committing.review_and_commit(place.box, prompt, ABOUT)


def _limit(case: Case, host: str | None, kind: str) -> str:
    """The prompt of a limit, with the limit in force where a summary in the evidence shows it."""
    summary = re.compile(rf"system\s+wide\s+{kind.strip()}\s*maximum\s+outbound\s+message\s+"
                         r"delivery\s+concurrency:\s*(?P<limit>\d+)", re.I)  # fmt: skip
    for cut in reversed(case.evidence.transcripts):
        if (
            cut.host == host
            and cut.verb == "deliveryconfig"
            and (found := summary.search(cut.text))
        ):
            checked = values.count(found["limit"])
            return seen.UNKNOWN if isinstance(checked, Refused) else f"[{checked}]> "
    return seen.UNKNOWN


def _on_gateway(case: Case, host: str | None) -> list[Interface]:
    """The interfaces on the subnet of the default gateway."""
    routes = [route for route in newest(case.all(Route, host)) if not route.destination.prefixlen]
    ways = [to_address(route.gateway) for route in routes]
    return [
        item
        for item in boxes.interfaces(case, host)
        if item.address and any(way and way in item.address.network for way in ways)
    ]


def _other_mail(case: Case, places: Sequence[Place]) -> str:
    """Which interfaces Auto takes to the SMA and to the internet, by subnets and routes."""
    parts = []
    for place in places:
        target = boxes.sma_address(case, place.host)
        found = reaching(target, boxes.interfaces(case, place.host), case.all(Route, place.host))
        if found:
            parts.append(f"On {place.box.called} the SMA is reached from {_named(found[0])}.")
        if gateway := _on_gateway(case, place.host):
            parts.append(
                f"Mail to the internet leaves {place.box.called} from {_named(gateway[0])}, which "
                "lies on the default gateway's subnet."
            )
    return " ".join(parts)


def _named(item: Interface) -> str:
    return f"{item.name} ({item.address.ip})" if item.address else item.name


def _cluster_risk(places: Sequence[Place]) -> str:
    shared = [place for place in places if place.mode and place.mode[0] != "machine"]
    if not shared:
        return ""
    return (f" At {boxes.words(shared[0].mode or ('cluster', boxes.CLUSTER))} it changes all "
            "members at once.")  # fmt: skip


def _verify(case: Case, place: Place) -> Iterator[str]:
    address, port = boxes.sma_address(case, place.host), boxes.pvo_port(case)
    on = f"On {place.box.called}"
    yield (f"{on} run deliveryconfig again, as a new command: Default interface to deliver mail: "
           f"{AUTO}.")  # fmt: skip
    yield (f"{on}, telnet: interface {AUTO}, host {address}, port {port}: a line that begins "
           "with 220; then QUIT.")  # fmt: skip
    yield (f'{on}, grep "port {port}" mail_logs: the next delivery to the SMA uses the right '
           'interface; grep "port 25" mail_logs: other mail still leaves from an address that '
           "partners accept.")  # fmt: skip


def _way_back(place: Place) -> Sequence[str]:
    entry = f"the entry {place.old}" if not isinstance(place.old, Refused) else (
        "the entry noted before")  # fmt: skip
    return committing.way_back(place.box, f"deliveryconfig > SETUP: {entry} by its name (numbers "
                                          "can shift), Enter for the rest, commit.")  # fmt: skip
