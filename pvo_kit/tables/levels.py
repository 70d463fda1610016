"""Scenario 6 as a table: where in the cluster filters, DLP and DMARC are configured."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from pvo_kit.case import Case, newest
from pvo_kit.evidence import Level
from pvo_kit.facts import Membership, SettingLevel
from pvo_kit.scenarios.setting_levels import COMMANDS, Cell, Levels
from pvo_kit.tables import schemas
from pvo_kit.tables.places import place

STATES = ("own", "none", "disputed", "not read")

Row = dict[str, object]
_ORDER = ("machine", "group", "cluster")


def table(case: Case) -> pd.DataFrame:
    """Return one row a setting and mode, with the columns of LEVELS."""
    levels = Levels(case)
    modes = list(_modes(case, levels))
    settings = dict.fromkeys((*COMMANDS, *(cell[0] for cell in levels.cells)))
    rows = [_row(case, levels, (setting, level, name))
            for setting in settings for level, name in modes]  # fmt: skip
    return schemas.typed(rows, schemas.LEVELS, {"state": STATES})


def _modes(case: Case, levels: Levels) -> Iterator[tuple[Level, str]]:
    """The machines, groups and clusters that the evidence names, in this order."""
    found = {(cell[1], cell[2]) for cell in levels.cells}
    found |= {fact.under for fact in case.all(SettingLevel) if fact.under}
    found |= {("machine", name) for name in case.members}
    found |= {("group", name) for name in case.groups.values() if name}
    found |= {("cluster", fact.cluster) for fact in newest(case.all(Membership)) if fact.cluster}
    yield from sorted(found, key=lambda mode: (_ORDER.index(mode[0]), mode[1]))


def _row(case: Case, levels: Levels, cell: Cell) -> Row:
    setting, level, name = cell
    readings = levels.newest(cell)
    state = levels.state(cell) or "not read"
    shown = readings[-1].fact if readings else _offering(case, cell)
    if not readings and shown:
        state = "own"  # a NOTICE offers the mode that is in force
    return {
        "setting": setting,
        "level": level,
        "place": name,
        "members": ", ".join(_members(case, level, name)),
        "state": state,
        "below": levels.is_below(cell),
        "how": shown.source if shown else "",
        **place(shown),
    }


def _offering(case: Case, cell: Cell) -> SettingLevel | None:
    setting, level, name = cell
    found = [fact for fact in case.all(SettingLevel)
             if fact.setting == setting and fact.under == (level, name)]  # fmt: skip
    return newest(found)[-1] if found else None


def _members(case: Case, level: Level, name: str) -> list[str]:
    if level == "machine":
        return [name]
    if level == "group":
        return [member for member, group in case.groups.items() if member and group == name]
    return list(case.members)
