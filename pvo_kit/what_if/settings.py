"""What if a setting stood at the cluster's level, not at a machine's or a group's (scenario 6).

The mode that loses it is read anew, with nothing of its own. The wizard's sentence is older than
that and was true of the setting that is moved: it is left out, unless the quarantines are at
another level than the cluster's, which only the sentence tells.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from pvo_kit.case import Case
from pvo_kit.errors import InputError
from pvo_kit.facts import SettingLevel
from pvo_kit.scenarios.setting_levels import COMMANDS, Cell, Levels
from pvo_kit.what_if.altering import Altered, names, origin, with_facts
from pvo_kit.what_if.changes import MoveSetting


def alter(case: Case, change: MoveSetting) -> Altered:
    """Add the reading of a mode that has no such setting of its own any more."""
    levels = Levels(case)
    cells = movable(levels)
    moved = [cell for cell in cells
             if (cell[0], cell[2].lower()) == (change.setting, change.host.lower())]  # fmt: skip
    if not moved:
        known = "; ".join("{} at {} {}".format(*cell) for cell in cells) or "none below the cluster"
        raise InputError(
            f"{change.host} has no {change.setting} of its own in this evidence; it knows: {known}"
        )
    altered = case
    for cell in moved:
        altered = with_facts(altered, [_without(altered, levels, cell)])
    texts = case.evidence.error_texts
    outdated = bool(texts) and all(text.level == "cluster" for text in texts)
    if outdated:
        altered = replace(altered, evidence=replace(case.evidence, error_texts=()))
    return Altered(altered, tuple(_effects(case, levels, moved)),
                   tuple(_doubts(case, Levels(altered), moved, outdated=outdated)))  # fmt: skip


def movable(levels: Levels) -> list[Cell]:
    """Return the cells below the cluster that have, or may have, a configuration of their own."""
    return [cell for cell in levels.cells
            if cell[1] != "cluster" and levels.state(cell) in ("own", "disputed")]  # fmt: skip


def _without(case: Case, levels: Levels, cell: Cell) -> SettingLevel:
    setting, level, name = cell
    old = levels.newest(cell)[-1].fact
    return replace(
        old,
        setting=setting,  # type: ignore[arg-type]
        command=COMMANDS.get(setting, old.command),
        at=level,
        name=name,
        own=False,
        source="notice",
        under=None,
        level=level,
        place=name,
        **origin(case, f"{setting} at {level} {name}: nothing of its own"),
    )


def _effects(case: Case, levels: Levels, moved: Sequence[Cell]) -> Iterator[str]:
    for setting, level, name in moved:
        away = {(setting, level, name)}
        own = [cell for cell in movable(levels) if cell[0] == setting and cell not in away]
        apart = {cell[2] for cell in own if cell[1] == "machine"}
        groups = {cell[2] for cell in own if cell[1] == "group"}
        shared = [member for member in case.members
                  if member not in apart and case.groups.get(member) not in groups]  # fmt: skip
        yield f"The {setting} of {level} {name} would be those of the cluster."
        if shared:
            yield f"What stands at the cluster's level then acts on the mail of {names(shared)}."
        if own:
            told = ", ".join(f"{at} {place}" for _, at, place in own)
            yield f"{setting} with a configuration of its own would stay at {told}."


def _doubts(case: Case, after: Levels, moved: Sequence[Cell], *, outdated: bool) -> Iterator[str]:
    settings = ", ".join(dict.fromkeys(cell[0] for cell in moved))
    yield (
        f"What these {settings} hold is not in the evidence: moved, they take the place of the "
        "cluster's or join them. Save the configuration and compare first."
    )
    if outdated:
        yield (
            "The wizard's sentence that members differ is older than this change and is left out: "
            "only the wizard, run again, shows that it is gone."
        )
    unread = [cell for member in case.members for cell in after.unread(member)]
    if unread:
        told = ", ".join(dict.fromkeys("{} at {} {}".format(*cell) for cell in unread[:6]))
        more = f" and {len(unread) - 6} more" if len(unread) > 6 else ""
        yield f"Not read, so another override may stand: {told}{more}."
    if not case.members:
        yield "Which members the cluster has is not known (clusterconfig list)."
