"""At which modes of a cluster a setting is configured, from all readings of it together."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from pvo_kit.case import Case, newest
from pvo_kit.evidence import Citation, Level, Moment
from pvo_kit.facts import Refusal, SettingLevel

COMMANDS = {
    "message filters": "filters",
    "incoming content filters": "policyconfig",
    "outgoing content filters": "policyconfig",
    "dlp": "dlpconfig",
    "dmarc": "dmarcconfig",
}
"""The settings that must stand at one level, and the command that shows it."""

_ORDER = ("machine", "group", "cluster")

Cell = tuple[str, Level, str]
State = Literal["own", "none", "disputed"]


@dataclass(frozen=True, slots=True)
class Reading:
    """Whether a setting has a configuration of its own at one mode, by one fact."""

    cell: Cell
    own: bool
    fact: SettingLevel

    @property
    def moment(self) -> Moment:
        """When it was read."""
        return self.fact.moment

    @property
    def citations(self) -> tuple[Citation, ...]:
        """The lines it stands on."""
        return self.fact.citations

    @property
    def told(self) -> str:
        """The cell in words: ``dmarc at group Branch``."""
        return "{} at {} {}".format(*self.cell)


class Levels:
    """All readings of an escalation by cell; the newest of each decide."""

    def __init__(self, case: Case) -> None:
        """Sort the readings; what a NOTICE and a ``clustershow`` tell of other modes counts too."""
        self._case = case
        self.cells: dict[Cell, list[Reading]] = {}
        for reading in (*_direct(case), *_not_listed(case)):
            self.cells.setdefault(reading.cell, []).append(reading)

    def newest(self, cell: Cell) -> list[Reading]:
        """Return the newest readings of a cell."""
        return newest(self.cells.get(cell, []))

    def state(self, cell: Cell) -> State | None:
        """Return what a cell's newest readings say; None where it was not read."""
        told = {reading.own for reading in self.newest(cell)}
        if len(told) != 1:
            return "disputed" if told else None
        return "own" if True in told else "none"

    def below(self, state: State) -> list[Reading]:
        """Return the newest readings of the cells in a state, below the quarantines' level."""
        cells = [cell for cell in self.cells if self.is_below(cell) and self.state(cell) == state]
        return [reading for cell in cells for reading in self.newest(cell)]

    def is_below(self, cell: Cell) -> bool:
        """Return True where the mode lies below the level at which the quarantines are enabled.

        That is the cluster, unless the wizard's sentence says otherwise.
        """
        levels = {text.level for text in self._case.evidence.error_texts} or {"cluster"}
        return any(_ORDER.index(cell[1]) < _ORDER.index(level) for level in levels)

    def unread(self, member: str) -> Iterator[Cell]:
        """Yield the cells whose reading is missing to rule out an override for a member."""
        group = self._case.groups.get(member)
        for setting in COMMANDS:
            if setting == "dmarc" and self._lacks(member, "dmarcconfig"):
                continue
            places: list[tuple[Level, str | None]] = [("machine", member), ("group", group)]
            for level, name in places:
                if name and self.state((setting, level, name)) is None:
                    yield setting, level, name

    def _lacks(self, member: str, command: str) -> bool:
        """The member's release has no such command, so nothing can be configured with it."""
        return any(
            refusal.kind == "unknown_command" and refusal.detail.lower() == command
            for refusal in self._case.all(Refusal, member)
        )


def _direct(case: Case) -> Iterator[Reading]:
    for fact in case.all(SettingLevel):
        yield Reading((fact.setting, fact.at, fact.name), fact.own, fact)
        if fact.own or fact.under is None:
            continue
        # A NOTICE offers the mode that is in force: what lies between has nothing of its own.
        level, name = fact.under
        group = case.groups.get(fact.name) if fact.at == "machine" else None
        if level == "group":
            yield Reading((fact.setting, "group", name), True, fact)
        elif group:
            yield Reading((fact.setting, "group", group), False, fact)


def _not_listed(case: Case) -> Iterator[Reading]:
    """A ``clustershow`` lists every mode: what it does not name has nothing of its own."""
    facts = case.all(SettingLevel)
    shown: dict[tuple[Moment, str], list[SettingLevel]] = {}
    for fact in facts:
        if fact.source == "clustershow":
            shown.setdefault((fact.moment, fact.setting), []).append(fact)
    for (_, setting), listed in shown.items():
        named = {(fact.at, fact.name) for fact in listed}
        for at, name in {(fact.at, fact.name) for fact in facts if fact.setting == setting}:
            if (at, name) not in named and at != "cluster":
                yield Reading((setting, at, name), False, listed[0])
