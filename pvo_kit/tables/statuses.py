"""Scenario 1 as a table: what the boxes said of their state, and the tries at the port."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

import pandas as pd

from pvo_kit.case import Case
from pvo_kit.evidence import Moment
from pvo_kit.facts import PortProbe, Suspension, TlsProbe
from pvo_kit.mail_logs import Connection
from pvo_kit.scenarios import sma_state
from pvo_kit.scenarios.answering import Attempt, is_refused
from pvo_kit.scenarios.sma_state import ALL, LISTENER, Reading
from pvo_kit.tables import schemas
from pvo_kit.tables.places import place

STATES = ("up", "down", "open")

MOST_DELIVERIES = 40
"""Rows of deliveries of one ESA at most, the newest ones."""

Row = dict[str, object]


def table(case: Case) -> pd.DataFrame:
    """Return the readings in the order that the evidence shows, with the columns of STATUSES."""
    found = [*_states(case), *_tries(case)]
    moments = [moment for moment, _ in found]
    # What is newer is newer than more readings: to sort by their number keeps the partial order.
    older = [sum(moment.after(other) for other in moments) for moment in moments]
    order = sorted(range(len(found)), key=lambda n: (older[n], moments[n].file, moments[n].line))
    rows = [found[n][1] for n in order]
    before: dict[tuple[object, object], Moment] = {}
    for number, n in enumerate(order):
        row, lane = rows[number], (rows[number]["host"], rows[number]["subject"])
        newer = lane in before and moments[n].after(before[lane])
        row |= {"order": number, "time": moments[n].time, "known_newer": newer}
        before[lane] = moments[n]
    return schemas.typed(rows, schemas.STATUSES, {"state": STATES})


def _states(case: Case) -> Iterator[tuple[Moment, Row]]:
    for box in case.appliances:
        sma = box.role == "sma"
        standing = {fault.moment for fault in sma_state.faults(case, box.host)
                    if sma and not fault.cleared_by}  # fmt: skip
        for reading in _readings(case, box.host):
            yield (
                reading.moment,
                {
                    "host": box.name,
                    "role": box.role,
                    "subject": reading.subject if isinstance(reading, Suspension) else "system",
                    "state": _state(reading),
                    "told": sma_state.told(reading),
                    "standing": reading.moment in standing,
                    **place(reading),
                },
            )


def _readings(case: Case, host: str | None) -> list[Reading]:
    return [*sma_state.states(case, host), *case.all(Suspension, host)]


def _state(reading: Reading) -> str:
    if not isinstance(reading, Suspension):
        if sma_state.is_online(reading):
            return "up"
        return "down" if sma_state.stops_receiving(reading) else "open"
    if sma_state.suspends(reading):
        stops = reading.subject in ("system", "transfers") or {LISTENER, ALL} & set(
            reading.listeners
        )
        return "down" if stops and reading.subject != "delivery" else "open"
    resumes = reading.action == "resumed" and reading.subject == "transfers"
    return "up" if resumes or sma_state.resumes_listener(reading) else "open"


def _tries(case: Case) -> Iterator[tuple[Moment, Row]]:
    links: dict[str | None, list[Connection]] = {}
    for link in case.connections:
        if link.outcome != "cut" or link.tls in ("success", "failed"):
            links.setdefault(link.appliance, []).append(link)
    found: list[Attempt] = [*case.probes(), *case.tls_probes()]
    for each in links.values():
        found += _turns(each)
    for item in found:
        host = item.appliance if isinstance(item, Connection) else item.host
        yield (
            item.moment,
            {
                "host": host or "unknown",
                "role": case.role(host),
                "subject": f"port {case.port}",
                "state": _answer(item),
                "told": _told(item),
                "standing": False,
                **place(item),
            },
        )


def _turns(links: Sequence[Connection]) -> list[Connection]:
    """Of deliveries that end alike one after the other, the first and the last."""
    kept: list[Connection] = []
    for _, group in groupby(links, _answer):
        run = list(group)
        kept += run if len(run) < 3 else [run[0], run[-1]]
    return kept[-MOST_DELIVERIES:]


def _answer(item: Attempt) -> str:
    if is_refused(item):
        return "down"
    if isinstance(item, PortProbe):
        return "up" if item.outcome == "banner" else "open"
    if isinstance(item, TlsProbe):
        return "up" if item.outcome in ("success", "failed") else "open"
    return "up" if item.tls in ("success", "failed") else "open"


def _told(item: Attempt) -> str:
    words = {"up": "answered", "down": "refused"}
    if isinstance(item, PortProbe):
        end = words.get(_answer(item), item.outcome)
        return f"telnet from {item.interface or 'an interface not told'}: {end}"
    if isinstance(item, TlsProbe):
        return f"tlsverify: {words.get(_answer(item), item.reason or item.outcome)}"
    return f"DCID {item.dcid}: {words.get(_answer(item), item.detail or item.outcome)}"
