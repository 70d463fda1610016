"""Scenario 2 as a table: wizard, pending changes, commits and accounts, as seen or recorded."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from pvo_kit.case import Case, newest
from pvo_kit.evidence import Observation
from pvo_kit.facts import Commit, PendingChanges
from pvo_kit.scenarios import accounts, pending
from pvo_kit.scenarios.migration_not_committed import PENDING, WHOAMI, WIZARD
from pvo_kit.scenarios.pending import Shown
from pvo_kit.tables import schemas
from pvo_kit.tables.places import needed, place

TOPICS = ("wizard", "pending changes", "commit", "account")
STATES = ("done", "failing", "unclear", "missing")

Row = dict[str, object]
_RANKS = {"admin": "done", "suspect": "unclear", "other": "failing"}


def table(case: Case) -> pd.DataFrame:
    """Return what is known and what is missing, with the columns of CHECKLIST."""
    rows = [*_wizard(case), *_pending(case), *_commits(case), *_accounts(case)]
    return schemas.typed(rows, schemas.CHECKLIST, {"topic": TOPICS, "state": STATES})


def _wizard(case: Case) -> Iterator[Row]:
    seen = newest(case.observed("wizard"))
    for item in seen:
        yield _row(case, "wizard", item, _observed(case, item), f"as recorded: {item.value}")
    if not seen:
        yield from _missing(case, "wizard", needed(WIZARD))


def _pending(case: Case) -> Iterator[Row]:
    told: list[Shown] = [*case.observed("pending_changes")]
    for box in case.boxes("sma"):
        told += case.all(PendingChanges, box.host)
    seen = newest(told)
    for item in seen:
        yield _row(case, "pending changes", item, _observed(case, item), _told(item))
    if not any(isinstance(item, Observation) for item in seen):
        yield from _missing(case, "pending changes", needed(PENDING))


def _observed(case: Case, item: Shown) -> str:
    """What the rule makes of a reading: a fault that stands, one in dispute, or all is well."""
    for fault in pending.faults(case):
        if fault.reading == item and not fault.cleared_by:
            return "unclear" if fault.disputed_by else "failing"
    good = item in pending.finished_wizard(case) or item in pending.nothing_pending(case)
    return "done" if good else "unclear"


def _told(item: Shown) -> str:
    if isinstance(item, Observation):
        return f"as recorded: {item.value}"
    if isinstance(item, PendingChanges):
        return "showchanges lists changes" if item.pending else (
            "showchanges was empty: that session's own, so no proof")  # fmt: skip
    return {
        "committed": "committed in a CLI session: no proof of the wizard's",
        "nothing": "nothing to commit in a CLI session: no proof of the wizard's",
        "discarded": "discarded",
        "unanswered": "commit asked for a comment: changes are pending",
    }[item.outcome]


def _commits(case: Case) -> Iterator[Row]:
    """Commits on the SMA: told, but a CLI session's own, so at best unclear."""
    for box in case.boxes("sma"):
        for item in case.all(Commit, box.host):
            state = _observed(case, item)
            yield _row(case, "commit", item, state, _told(item))


def _accounts(case: Case) -> Iterator[Row]:
    every = accounts.readings(case)
    shown = set()
    for host, readings in every.items():
        now = accounts.current(readings)
        ranks = {accounts.rank(item) for item in now}
        for item in now:
            shown.add(case.role(host))
            state = _RANKS[accounts.rank(item)] if len(ranks) == 1 else "unclear"
            by = item.by if isinstance(item, Observation) else ""
            yield {
                "topic": "account", "host": host or "unknown", "role": case.role(host),
                "state": state, "told": accounts.told(item), "time": item.moment.time, "by": by,
                **place(item),
            }  # fmt: skip
    for role in ("sma", "esa"):
        if role not in shown:
            hosts = [box.name for box in case.appliances if box.role == role]
            yield {
                "topic": "account", "host": ", ".join(hosts), "role": role, "state": "missing",
                "told": "not captured", "needed": needed(WHOAMI),
            }  # fmt: skip


def _row(case: Case, topic: str, item: Shown, state: str, told: str) -> Row:
    by = item.by if isinstance(item, Observation) else ""
    return {
        "topic": topic, "host": item.host or "unknown", "role": case.role(item.host),
        "state": state, "told": told, "time": item.moment.time, "by": by, **place(item),
    }  # fmt: skip


def _missing(case: Case, topic: str, where: str) -> Iterator[Row]:
    hosts = ", ".join(box.name for box in case.boxes("sma"))
    yield {"topic": topic, "host": hosts, "role": "sma", "state": "missing",
           "told": "nobody recorded what the GUI shows", "needed": where}  # fmt: skip
