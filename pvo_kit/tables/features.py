"""Scenario 5 as a table: every module on every member, those that differ first."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from pvo_kit.case import Case
from pvo_kit.facts import KeyTable
from pvo_kit.scenarios import key_tables
from pvo_kit.tables import schemas
from pvo_kit.tables.places import place

STATES = ("active", "dormant", "expired", "missing", "not captured")

Row = dict[str, object]


def table(case: Case) -> pd.DataFrame:
    """Return one row a module and member, with the columns of FEATURES."""
    tables = key_tables.current(case)
    differing = set(key_tables.mismatched(tables))
    labels = {row.name: row.label for each in tables.values() for row in each.keys}
    order = sorted(labels, key=lambda name: (name not in differing, labels[name].lower()))
    rows = [
        {"feature": name, "label": labels[name], "member": member, "differs": name in differing,
         **row}
        for name in order
        for member, row in _members(case, tables, name)
    ]  # fmt: skip
    return schemas.typed(rows, schemas.FEATURES, {"state": STATES})


def _members(case: Case, tables: key_tables.Tables, name: str) -> Iterator[tuple[str, Row]]:
    for member in key_tables.compared(case):
        table_ = tables.get(member)
        yield member, {"state": "not captured"} if table_ is None else _state(table_, name)


def _state(found: KeyTable, name: str) -> Row:
    row = key_tables.key(found, name)
    cited = place((row.citation,) if row else found.citations[:1])
    return {"state": row.state if row else "missing", "table": found.source,
            "time": found.moment.time, **cited}  # fmt: skip
