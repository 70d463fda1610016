"""Remedy of scenario 6: bring settings to the level of the quarantines, page by page.

The GUI's Centralized Management Options move a setting, or copy it up and delete it below;
``clusterset`` in a command's menu does the same. Message filters have no page, so for them the
CLI comes first. Removing a machine and joining it again is the last resort. Sources: the technote,
user guides 8.0 (moving settings) and 9.1.2 (clusters), the article on the wizard's requirements.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pvo_kit.case import Case
from pvo_kit.facts import MachineRemoved, SettingMoved
from pvo_kit.findings import Finding
from pvo_kit.remediation import (
    affected,
    boxes,
    committing,
    level_dialogue,
    pages,
    rejoining,
    values,
)
from pvo_kit.remediation.boxes import Box, Mode
from pvo_kit.remediation.remedy import Remedy, Step
from pvo_kit.remediation.values import Refused
from pvo_kit.scenarios.setting_levels import Levels

SETTINGS = (
    "message filters",
    "incoming content filters",
    "outgoing content filters",
    "dlp",
    "dmarc",
)
PAGES = {
    "incoming content filters": "Mail Policies > Incoming Content Filters",
    "outgoing content filters": "Mail Policies > Outgoing Content Filters",
    "dlp": "Mail Policies > DLP Policy Manager (then the page of the DLP message actions)",
    "dmarc": "Mail Policies > DMARC",
}
EFFECT = (
    "The settings of the level above hold for every member below it: mail is filtered by the same "
    "rules everywhere."
)
RISK = (
    "Moving or copying replaces what the upper level has for that feature, and rules that differed "
    "between members are gone. Compare both levels first and merge by hand what must stay."
)


@dataclass(frozen=True, slots=True)
class Override:
    """A setting with a configuration of its own at a mode below the quarantines."""

    box: Box
    setting: str
    mode: Mode


def remedy(case: Case, finding: Finding) -> Remedy:
    """Return the move of each override, or where none is known the look at every page."""
    overrides = list(_overrides(case, resolved=finding.status == "resolved"))
    target = _target(case)
    looked_at = overrides or list(_possible(case))
    members = list(dict.fromkeys(item.box for item in looked_at))
    result = Remedy(
        title=f"Move the settings to {boxes.words(target)}: {_told(overrides)}",
        appliance=tuple(box.name for box in members),
        precondition=tuple(_before(members, overrides)),
        steps=tuple(_steps(case, looked_at, target, known=bool(overrides))),
        effect=EFFECT,
        risk=RISK,
        verify=(committing.DATED, *_verify(looked_at)),
        rollback=(committing.CLEAR, _way_back(looked_at)),
        alternatives=(*level_dialogue.in_cli(case, overrides, target),
                      *rejoining.ways(case, [(item.box, item.mode) for item in looked_at],
                                      known=bool(overrides))),
    )  # fmt: skip
    if finding.status != "resolved":
        return result
    return affected.told_as_done(result, " and ".join(_seen(case)))


def _overrides(case: Case, *, resolved: bool) -> Iterator[Override]:
    """What stands below the quarantines, as the rule reads it; once resolved, what ever did.

    A NOTICE that offers to switch to a group shows the group's own setting.
    """
    levels = Levels(case)
    standing = levels.below("own")
    if resolved:
        standing = [reading for cell, every in levels.cells.items() if levels.is_below(cell)
                    for reading in every if reading.own]  # fmt: skip
    seen: set[tuple[str, Mode]] = set()
    for reading in standing:
        setting, level, name = reading.cell
        mode = (level, boxes.place(name, level))
        if (setting, mode) not in seen:
            seen.add((setting, mode))
            host = name if level == "machine" else reading.fact.host
            yield Override(boxes.box(case, host), setting, mode)


def _possible(case: Case) -> Iterator[Override]:
    """Every setting of every member that the wizard names, since any of them may be it."""
    named = [host for text in case.evidence.error_texts for host in text.hosts]
    hosts: list[str | None] = [*(named or case.members)]
    for host in dict.fromkeys(hosts or [None]):
        box = boxes.box(case, host)
        for setting in SETTINGS:
            yield Override(box, setting, ("machine", box.host))


def _target(case: Case) -> Mode:
    """The level of the quarantines: what the wizard's sentence says, else the cluster's."""
    levels = {text.level for text in case.evidence.error_texts}
    if levels == {"group"}:
        return boxes.group(case)
    return boxes.cluster(case)


def _told(overrides: list[Override]) -> str:
    found = [f"{item.setting} of {boxes.words(item.mode)}" for item in overrides]
    return ", ".join(found) if found else "whatever a member has of its own"


def _before(members: list[Box], overrides: list[Override]) -> Iterator[str]:
    yield committing.save(*members)
    yield ("Note the old state: for each feature the levels at which it is configured "
           "(Centralized Management Options, or CLUSTERSHOW), and its rules there.")  # fmt: skip
    if not overrides or any(item.setting == "message filters" for item in overrides):
        yield "Export message filters first: filters > EXPORT, at every level that has some."
    yield ("All members of the level were added to the SMA, and the interface towards it has the "
           "same name on each of them.")  # fmt: skip


def _steps(
    case: Case, overrides: Sequence[Override], target: Mode, *, known: bool
) -> Iterator[Step]:
    move = ("Centralized Management Options > Manage Settings > Move to {to} (or Copy to {to}, "
            "then Delete the settings here), Submit.").format(to=boxes.words(target))  # fmt: skip
    look = "" if known else "where Settings are defined here: "
    for box in dict.fromkeys(item.box for item in overrides):
        own = [item for item in overrides if item.box == box]
        paged = [item for item in own if item.setting in PAGES]
        for item in paged:
            yield Step(gui=pages.on(box, f"{PAGES[item.setting]}, Mode: {boxes.words(item.mode)}: "
                                         f"{look}{move}"))  # fmt: skip
        if paged:
            yield Step(gui=pages.commit(box, "settings to the level of the quarantines"))
        for item in own:
            if item.setting not in PAGES:
                yield from level_dialogue.move(case, item, target)


def _way_back(overrides: Sequence[Override]) -> str:
    places = dict.fromkeys(boxes.words(item.mode) for item in overrides if item.setting in PAGES)
    if not places:
        return "After it: loadconfig with the loadable file."
    return ("After it: loadconfig with the loadable file, or the same pages the other way round "
            f"(Override Settings at {', '.join(places)}).")  # fmt: skip


def _verify(overrides: Sequence[Override]) -> Iterator[str]:
    for place in dict.fromkeys(item.mode for item in overrides):
        own = [item.setting for item in overrides if item.mode == place]
        commands = dict.fromkeys(level_dialogue.COMMANDS[setting] for setting in own
                                 if setting in level_dialogue.COMMANDS)  # fmt: skip
        if commands:
            yield (f"Under {boxes.prompt(place).strip()} {', '.join(commands)}: each answers with "
                   "the NOTICE that nothing is configured there. Press Ctrl-C at it: Enter "
                   "switches the mode, 2 and 3 create an override.")  # fmt: skip
        if "dlp" in own:
            yield (f"{PAGES['dlp']}, Mode: {boxes.words(place)}: the settings are inherited.")
    yield "SMA GUI: run the migration wizard again; its sentence about the members is gone."


def _seen(case: Case) -> Iterator[str]:
    if case.all(SettingMoved):
        yield "clusterset in a command's menu"
    removed = [fact.machine for fact in case.all(MachineRemoved)]
    for name in removed[-1:]:
        checked = values.machine_name(name) if name else Refused("", "is empty")
        who = "a machine" if isinstance(checked, Refused) else checked
        yield f"clusterconfig > REMOVEMACHINE of {who}"
