"""The fleet filter: scenario, verdict, words and days choose the cases of a batch."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pvo_kit.errors import InputError
from pvo_kit.report.labels import LABELS, MEANINGS
from pvo_kit.report.story import counted
from pvo_kit.scenarios import SCENARIOS
from pvo_kit.widgets import controls, fleet_choice, fleet_table
from pvo_kit.widgets.blocks import Block, Paragraph, Table
from pvo_kit.widgets.fleet_choice import FleetChoice, parse_day
from pvo_kit.widgets.fleet_table import Cases
from pvo_kit.widgets.opened import OpenCase
from pvo_kit.widgets.panel import Panel

if TYPE_CHECKING:
    import pandas as pd

ROWS = 100
"""Cases listed."""

_made: dict[str, FleetFilter] = {}


def fleet_filter(fleet: pd.DataFrame, runs: str | os.PathLike[str] | None = None) -> FleetFilter:
    """Return the panel that shows the cases of a batch, a frame of ``read_fleet``.

    ``runs`` is the folder that the batch wrote: the table links to the reports and findings in it,
    and a cell that runs again shows the same panel, with all that was chosen.
    """
    folder = None if runs is None else Path(runs).absolute()
    if folder is None:
        return FleetFilter(fleet, None)
    panel = _made.setdefault(str(folder), FleetFilter(fleet, folder))
    panel.take(fleet)
    return panel


class FleetFilter(Panel):
    """A choice of cases, and one of them looked at closely. CSS classes:

    pvo-fleet-scenario, pvo-fleet-status, pvo-fleet-words, pvo-fleet-from, pvo-fleet-to,
    pvo-fleet-count (how many are chosen), pvo-fleet-rows (the cases as a table), pvo-fleet-case
    (which one to look at), pvo-fleet-verdicts (what is told of it), pvo-fleet-filter-message.
    """

    name = "fleet-filter"
    title = "The cases of the batch"

    def __init__(self, fleet: pd.DataFrame, runs: Path | None) -> None:
        """Make the panel's widgets."""
        # A batch has many cases and none is open: only the choices are kept in it.
        super().__init__(OpenCase())
        self.fleet = fleet
        self.runs = runs
        titles = [(f"{each.number} {each.title}", str(each.number)) for each in SCENARIOS]
        self.scenario = controls.choice("Scenario", "pvo-fleet-scenario", [("any", ""), *titles])
        self.status = controls.choice("Verdict", "pvo-fleet-status")
        self.words = controls.text("Words", "pvo-fleet-words")
        self.words.placeholder = "of a case, its appliances or its verdicts"
        self.since = controls.text("From day", "pvo-fleet-from")
        self.until = controls.text("To day", "pvo-fleet-to")
        self.count = controls.page("pvo-fleet-count")
        self.rows = controls.page("pvo-fleet-rows")
        self.one = controls.choice("Look at", "pvo-fleet-case")
        self.verdicts = controls.page("pvo-fleet-verdicts")
        for field in (self.scenario, self.status, self.words, self.since, self.until):
            field.observe(self.calling(self.choose), "value")
        self.one.observe(self.calling(self.look), "value")
        self.arrange(
            controls.row(self.scenario, self.status),
            controls.row(self.since, self.until),
            self.words,
            self.message,
            self.count,
            self.rows,
            self.one,
            self.verdicts,
        )

    @property
    def choice(self) -> FleetChoice:
        """Which cases are shown."""
        kept = self.case.choices.get(self.name)
        return kept if isinstance(kept, FleetChoice) else FleetChoice()

    @property
    def chosen(self) -> pd.DataFrame:
        """All rows of the cases that are shown."""
        return self.choice.of(self.fleet)

    def take(self, fleet: pd.DataFrame) -> None:
        """Show this frame from now on."""
        self.fleet = fleet
        self.follow()

    def choose(self) -> None:
        """Take the choice from the fields, and show the cases of it."""
        choice = FleetChoice(
            int(self.scenario.value) if self.scenario.value else None,
            self.status.value or "",
            self.words.value,
            parse_day(self.since.value),
            parse_day(self.until.value),
        )
        if choice.since and choice.until and choice.since > choice.until:
            raise InputError("The first day is later than the last one, so nothing is chosen.")
        self.case.choices[self.name] = choice
        self.say("")
        self._show()

    def look(self) -> None:
        """Tell the verdicts of the case that is looked at."""
        controls.show(self.verdicts, self._verdicts())

    def refresh(self) -> None:
        """Offer what the fleet has, and show the cases of the choice."""
        choice = self.choice
        with self.filling():
            labels = {each: f"{LABELS[each]}: {MEANINGS[each]}" for each in LABELS}
            there = [
                (labels[each], each) for each in LABELS if each in fleet_choice.present(self.fleet)
            ]
            self.status.options = [("any", ""), *there]
            known = {value for _, value in self.status.options}
            self.status.value = choice.status if choice.status in known else ""
            self.since.placeholder, self.until.placeholder = fleet_choice.span(self.fleet)
        self._show()

    def _show(self) -> None:
        chosen = self.chosen
        with self.filling():
            names = [str(name) for name in chosen["case"].unique()]
            controls.offer(self.one, names, "none", self.one.value or "")
        count, *rows = self._cases(chosen)
        controls.show(self.count, [count])
        controls.show(self.rows, rows)
        self.look()

    def blocks(self) -> Sequence[Block]:
        """Return how many cases are chosen, the cases, and the one that is looked at."""
        return (*self._cases(self.chosen), *self._verdicts())

    def _cases(self, chosen: pd.DataFrame) -> Iterator[Block]:
        every = self.fleet["case"].nunique()
        yield Paragraph(
            f"{counted(chosen['case'].nunique(), 'case')} of {every:,} chosen; "
            f"{fleet_choice.states(chosen)}."
        )
        if len(chosen):
            yield Cases(chosen, self.runs, ROWS)

    def _verdicts(self) -> Sequence[Block]:
        rows = self.fleet[self.fleet["case"] == (self.one.value or "")]
        if not len(rows):
            return ()
        head = ("Scenario", "Verdict", "What it says", "Behind")
        appliances = str(rows["appliances"].iloc[0]) or "no appliance told"
        return (Table(head, fleet_table.verdict_rows(rows), f"{self.one.value}: {appliances}"),)
