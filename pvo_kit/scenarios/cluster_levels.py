"""Scenario 6: filters, DLP or DMARC are configured below the level of the quarantines.

Fails where a setting has a configuration of its own at a machine or group, or where the wizard
says that members differ although their keys are equal. The quarantines may be enabled at any
level: what counts is that the settings stand at the same one, not overridden below.
"""

from __future__ import annotations

from collections.abc import Sequence

from pvo_kit.case import Case, newest
from pvo_kit.facts import Fact, MachineRemoved, Membership, SettingMoved
from pvo_kit.scenarios import key_tables
from pvo_kit.scenarios.changes import changed_since, since
from pvo_kit.scenarios.membership import MEMBERS, disconnected, stand_alone
from pvo_kit.scenarios.setting_levels import COMMANDS, Cell, Levels, Reading
from pvo_kit.scenarios.verdict import Missing, Scenario, Verdict, cite

DLP_PAGE = "ESA: Mail Policies > DLP Policy Manager, Mode {mode}, Centralized Management Options"


def judge(case: Case) -> list[Verdict]:
    """Judge all settings of all members together."""
    if alone := stand_alone(case):
        return alone
    levels = Levels(case)
    if overrides := levels.below("own"):
        return [_failing(case, overrides)]
    if disputed := levels.below("disputed"):
        return [_disputed(disputed)]
    unread = {member: list(levels.unread(member)) for member in case.members}
    read = [reading for cell in levels.cells for reading in levels.newest(cell)]
    whole = bool(unread) and not any(unread.values())
    if _sentence_proves(case) and not (whole and _are_newer(case, read)):
        return [_by_sentence(case, levels, read if whole else [])]
    faults = [reading for cell, readings in levels.cells.items() if levels.is_below(cell)
              for reading in readings if reading.own]  # fmt: skip
    if faults or (whole and _sentence_proves(case)):
        return [_mended(case, levels, faults, read)]
    if whole:
        summary = "No member has filters, DLP or DMARC settings of its own, and no group."
        return [Verdict("pass", summary, cite(newest(case.all(Membership)), read))]
    return [_unread(case, levels, read)]


def _failing(case: Case, overrides: Sequence[Reading]) -> Verdict:
    told = ", ".join(dict.fromkeys(reading.told for reading in overrides))
    changes: list[Fact] = [*case.all(MachineRemoved), *case.all(SettingMoved)]
    later = since(changes, overrides)
    note = f" {changed_since(case, later[-1])}" if later else ""
    summary = f"Configured below the cluster: {told}.{note}"
    cited = cite(overrides, case.evidence.error_texts, later)
    return Verdict("fail", summary, cited, _again(overrides, "after the fix"))


def _disputed(disputed: Sequence[Reading]) -> Verdict:
    told = ", ".join(dict.fromkeys(reading.told for reading in disputed))
    summary = f"Readings contradict each other and nothing tells which is newer: {told}."
    return Verdict("unknown", summary, cite(disputed), _again(disputed, "once more"))


def _again(readings: Sequence[Reading], when: str) -> tuple[Missing, ...]:
    """Ask for the command again that shows each of these cells."""
    return tuple(
        dict.fromkeys(
            Missing(
                COMMANDS[reading.cell[0]],
                host=reading.cell[2] if reading.cell[1] == "machine" else reading.fact.host,
                why=f"{reading.told}, {when}",
                mode=reading.cell[1],
            )
            for reading in readings
        )
    )


def _sentence_proves(case: Case) -> bool:
    """The wizard says that members differ, and their keys are and were equal."""
    texts, before = case.evidence.error_texts, key_tables.former(case)
    if not texts or not key_tables.equal_keys(case):
        return False
    tables = key_tables.current(case).values()
    is_last = any(all(text.moment.after(table.moment) for table in tables) for text in texts)
    return is_last or not key_tables.mismatched(before)


def _are_newer(case: Case, read: Sequence[Reading]) -> bool:
    return all(reading.moment.after(text.moment)
               for reading in read for text in case.evidence.error_texts)  # fmt: skip


def _by_sentence(case: Case, levels: Levels, against: Sequence[Reading]) -> Verdict:
    texts, tables = case.evidence.error_texts, list(key_tables.current(case).values())
    cited = cite(texts, tables, against)
    older = [item for item in against if any(text.moment.after(item.moment) for text in texts)]
    if against and not older:
        summary = (
            "The wizard says that members differ, but no level shows it and nothing tells which is "
            "newer: run the wizard again."
        )
        return Verdict("unknown", summary, cited, _again(against, "once more"))
    summary = (
        "The wizard says that members differ, and their feature keys are equal: a filter, DLP or "
        f"DMARC setting stands below the level of the quarantines ({texts[-1].level})."
    )
    return Verdict("fail", summary, cited, _ask(case, levels))


def _mended(
    case: Case, levels: Levels, faults: Sequence[Reading], read: Sequence[Reading]
) -> Verdict:
    """An override, or the wizard's sentence, and a newer reading that no longer shows it."""
    texts = [] if faults else case.evidence.error_texts
    after = [item for fault in faults for item in levels.newest(fault.cell)] or read
    told = ", ".join(dict.fromkeys(fault.told for fault in faults)) or "the wizard said so"
    times = [item.moment.time for item in after if item.moment.time]
    return Verdict(
        "resolved",
        f"It was configured below the cluster ({told}); it no longer is.",
        cite(faults, texts, after),
        resolved_at=max(times) if len(times) == len(after) else None,
    )


def _unread(case: Case, levels: Levels, read: Sequence[Reading]) -> Verdict:
    texts, away = case.evidence.error_texts, disconnected(case)
    parts = []
    if texts:
        parts.append(
            "The wizard says that members differ, which fits this scenario and 5; equal keys on "
            "all members would prove this one."
        )
    parts.append(
        "The level of filters, DLP and DMARC is not known for every member. Check too that all "
        "members were added to the SMA (E18) and that the interface towards it has the same name "
        "on all (E17)."
    )
    if away:
        names = ", ".join(fact.machine for fact in away)
        parts.append(f"Not connected to the cluster: {names} (E19).")
    return Verdict("unknown", " ".join(parts), cite(texts, read, away), _ask(case, levels))


def _ask(case: Case, levels: Levels) -> tuple[Missing, ...]:
    """The commands whose answer shows the level, on each member that has not shown it."""
    members = case.members or tuple(host for host in case.esas if host)
    missing = [] if case.members else [MEMBERS]
    missing += [_show(member, cell) for member in members for cell in _first(levels, member)]
    if not members:
        missing += [Missing(command, "esa", why="its level") for command in COMMANDS.values()
                    if command != "dlpconfig"]  # fmt: skip
    return tuple(dict.fromkeys(missing))


def _first(levels: Levels, member: str) -> list[Cell]:
    """A member's unread cells; the group's later, since the machine's NOTICE may tell it too."""
    unread = list(levels.unread(member))
    own = {setting for setting, level, _ in unread if level == "machine"}
    return [cell for cell in unread if cell[1] == "machine" or cell[0] not in own]


def _show(member: str, cell: Cell) -> Missing:
    setting, level, name = cell
    if setting == "dlp":
        where = DLP_PAGE.format(mode=f"{level.capitalize()} {name}")
        return Missing(on="esa", host=member, where=where, why="the level of the DLP policies")
    why = f"the level of {setting}, at {level} {name}"
    return Missing(COMMANDS[setting], "esa", member, why, mode=level)


SCENARIO = Scenario(
    6, "cluster-levels", "Settings are configured below the level of the quarantines", judge
)
