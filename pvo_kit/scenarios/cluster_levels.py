"""Scenario 6: filters, DLP or DMARC are configured below the level of the quarantines.

Fails where a setting has a configuration of its own at a machine or group, or where the wizard
says that members differ although their keys are equal. The quarantines may be enabled at any
level: what counts is that the settings stand at the same one, not overridden below.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from pvo_kit.case import Case, newest
from pvo_kit.evidence import Level
from pvo_kit.facts import Fact, MachineRemoved, Membership, SettingLevel, SettingMoved
from pvo_kit.scenarios import feature_key_mismatch
from pvo_kit.scenarios.changes import changed_since
from pvo_kit.scenarios.membership import MEMBERS, stand_alone
from pvo_kit.scenarios.verdict import Missing, Scenario, Verdict, cite

COMMANDS = {
    "message filters": "filters",
    "incoming content filters": "policyconfig",
    "outgoing content filters": "policyconfig",
    "dmarc": "dmarcconfig",
}
"""Settings whose level a command shows, and that command."""

DLP_PAGE = "ESA: Mail Policies > DLP Policy Manager, Mode {mode}, Centralized Management Options"
SETTINGS = (*COMMANDS, "dlp")

Cell = tuple[str, Level, str]


def judge(case: Case) -> list[Verdict]:
    """Judge all settings of all members together."""
    alone = stand_alone(case)
    if alone:
        return [alone]
    newest_of = _cells(case)
    overrides = [
        fact
        for cell, facts in newest_of.items()
        for fact in facts
        if fact.own and _is_below(case, cell)
    ]
    if overrides:
        return [_failing(case, overrides)]
    if case.evidence.error_texts and feature_key_mismatch.equal_keys(case):
        return [_by_sentence(case)]
    moved = _moved(case, newest_of)
    if moved:
        return [moved]
    return [_covered(case, newest_of)]


def _cells(case: Case) -> dict[Cell, list[SettingLevel]]:
    """Return the newest readings of each setting at each mode."""
    cells: dict[Cell, list[SettingLevel]] = defaultdict(list)
    for fact in case.all(SettingLevel):
        cells[(fact.setting, fact.at, fact.name)].append(fact)
    return {cell: newest(facts) for cell, facts in cells.items()}


def _is_below(case: Case, cell: Cell) -> bool:
    """Return True where the mode lies below the level at which the quarantines are enabled."""
    levels = {text.level for text in case.evidence.error_texts} or {"cluster"}
    order = ("machine", "group", "cluster")
    return any(order.index(cell[1]) < order.index(level) for level in levels)


def _failing(case: Case, overrides: Sequence[SettingLevel]) -> Verdict:
    told = ", ".join(
        dict.fromkeys(f"{fact.setting} at {fact.at} {fact.name}" for fact in overrides)
    )
    changes: list[Fact] = [*case.all(MachineRemoved), *case.all(SettingMoved)]
    changes = [
        change
        for change in changes
        if not any(fact.moment.after(change.moment) for fact in overrides)
    ]
    note = f" {changed_since(case, changes[-1])}" if changes else ""
    missing = tuple(
        Missing(
            fact.command,
            host=fact.host,
            why=f"{fact.setting} after the fix, at {fact.at} {fact.name}",
            mode=fact.at,
        )
        for fact in overrides
    )
    return Verdict(
        "fail",
        f"Configured below the cluster: {told}.{note}",
        cite(list(overrides), list(case.evidence.error_texts), changes),
        missing,
    )


def _by_sentence(case: Case) -> Verdict:
    texts = case.evidence.error_texts
    tables = feature_key_mismatch.current(case)
    return Verdict(
        "fail",
        "The wizard says that members differ, and their feature keys are equal: a "
        "filter, DLP or DMARC setting stands below the level of the quarantines "
        f"({texts[-1].level}).",
        cite(list(texts), list(tables.values())),
        _ask(case, {}),
    )


def _moved(case: Case, cells: dict[Cell, list[SettingLevel]]) -> Verdict | None:
    """An override that a newer reading of the same mode no longer shows."""
    faults = [
        fact
        for fact in case.all(SettingLevel)
        if fact.own and _is_below(case, (fact.setting, fact.at, fact.name))
    ]
    if not faults:
        return None
    after = [fact for fault in faults for fact in cells[(fault.setting, fault.at, fault.name)]]
    told = ", ".join(dict.fromkeys(f"{fact.setting} at {fact.at} {fact.name}" for fact in faults))
    return Verdict(
        "resolved",
        f"It was configured below the cluster ({told}); it no longer is.",
        cite(faults, after),
        resolved_at=after[-1].moment.time,
    )


def _covered(case: Case, cells: dict[Cell, list[SettingLevel]]) -> Verdict:
    open_cells = [
        (setting, member)
        for member in case.members
        for setting in SETTINGS
        if (setting, "machine", member) not in cells
    ]
    read = [fact for facts in cells.values() for fact in facts]
    if case.members and not open_cells:
        return Verdict(
            "pass",
            "No member has filters, DLP or DMARC settings of its own.",
            cite(newest(case.all(Membership)), read),
        )
    texts = list(case.evidence.error_texts)
    parts = []
    if texts:
        parts.append(
            "The wizard says that members differ, which fits this scenario and 5; equal "
            "keys on all members would prove this one."
        )
    parts.append(
        "The level of filters, DLP and DMARC is not known for every member. Check too that "
        "all members were added to the SMA (E18) and that the interface towards it has the "
        "same name on all (E17)."
    )
    return Verdict("unknown", " ".join(parts), cite(texts, read), _ask(case, cells))


def _ask(case: Case, cells: dict[Cell, list[SettingLevel]]) -> tuple[Missing, ...]:
    """The commands whose answer shows the level, on each member that has not shown it."""
    missing: list[Missing] = [] if case.members else [MEMBERS]
    members: tuple[str | None, ...] = (
        case.members or tuple(box.host for box in case.boxes("esa")) or (None,)
    )
    for member in members:
        for setting, command in COMMANDS.items():
            if (setting, "machine", member) not in cells:
                why = "the level of message and content filters and of DMARC"
                missing.append(Missing(command, "esa", member, why))
        if ("dlp", "machine", member) not in cells:
            missing.append(
                Missing(
                    on="esa",
                    host=member,
                    why="the level of the DLP policies",
                    where=DLP_PAGE.format(mode=f"Machine {member or 'of each member'}"),
                )
            )
    return tuple(dict.fromkeys(missing))


SCENARIO = Scenario(
    6, "cluster-levels", "Settings are configured below the level of the quarantines", judge
)
