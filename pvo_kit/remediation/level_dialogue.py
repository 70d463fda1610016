"""``clusterset`` in a command's menu: moving a setting to another cluster mode in the CLI.

Public CLI test code shows the question that offers to copy, move or delete, and those for the
name of a cluster, group or machine; the entries' own words are from memory, so entries are picked
by their text. DLP has no such command.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

from pvo_kit.case import Case
from pvo_kit.remediation import boxes, committing, seen
from pvo_kit.remediation.boxes import Box, Mode
from pvo_kit.remediation.remedy import Remedy, Step

COMMANDS = {
    "message filters": "filters",
    "incoming content filters": "policyconfig",
    "outgoing content filters": "policyconfig",
    "dmarc": "dmarcconfig",
}
DIRECTION = "Would you like to configure Incoming or Outgoing Mail Policies?"
ACTION = "What to do with the current settings: copy, move or delete them"
WHERE = "The {level} name or number to move them to"


class Own(Protocol):
    """A setting with a configuration of its own at a mode."""

    @property
    def box(self) -> Box:
        """The appliance to log in to."""

    @property
    def setting(self) -> str:
        """The setting."""

    @property
    def mode(self) -> Mode:
        """The mode below the quarantines."""


def move(case: Case, item: Own, target: Mode) -> Iterator[Step]:
    """Yield the dialogue that moves one setting, from the first prompt to the commit."""
    box, prompt = item.box, boxes.prompt(item.mode)
    command = COMMANDS[item.setting]
    yield from boxes.switch(box.prompt, box.mode, item.mode)
    yield Step(
        prompt,
        command,
        note="where a NOTICE comes instead of the menu, nothing is configured here: Ctrl-C",
    )
    if command == "policyconfig":
        entry = "Incoming" if item.setting.startswith("incoming") else "Outgoing"
        where = seen.Pattern("policyconfig", r"configure\s+Incoming")
        yield seen.pick(case, box.host, where, entry, DIRECTION)
    yield Step("[]> ", "CLUSTERSET", asks="Choose the operation you want to perform:")
    yield Step(seen.UNKNOWN, choose="Move", asks=ACTION)
    yield Step(seen.UNKNOWN, choose=target[1], asks=WHERE.format(level=target[0]))
    yield Step("[]> ", "", note="Enter leaves the menu")
    yield from committing.review_and_commit(box, prompt, f"{item.setting} to {boxes.words(target)}")


def in_cli(case: Case, items: Sequence[Own], target: Mode) -> Iterator[Remedy]:
    """Yield the same moves in the CLI, where a command has ``clusterset``."""
    able = [item for item in items if item.setting in COMMANDS]
    if not able:
        return
    members = list(dict.fromkeys(item.box for item in able))
    yield Remedy(
        title=f"Move the settings to {boxes.words(target)} in the CLI, with clusterset",
        when="Prefer it where no GUI is at hand. DLP can only be moved in the GUI.",
        appliance=tuple(box.name for box in members),
        precondition=(committing.save(*members),
                      "Export message filters first: filters > EXPORT, at every level that has "
                      "some."),
        steps=tuple(step for item in able for step in move(case, item, target)),
        effect="As in the GUI: the settings of the level above hold for every member below it.",
        risk="As in the GUI; and the menus' words differ by release: pick entries by their text.",
        verify=("The commands again, under the machine's prompt: each answers with the NOTICE "
                "(press Ctrl-C at it).",),
        rollback=(committing.CLEAR, "After it: loadconfig with the loadable file."),
    )  # fmt: skip
