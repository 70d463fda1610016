"""The remedy card: the dialogue to copy, a box to tick for each step, the text to keep."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import ipywidgets

from pvo_kit.remediation.remedy import Remedy
from pvo_kit.widgets import controls, remedies
from pvo_kit.widgets.blocks import Block, Download, Folded, Paragraph
from pvo_kit.widgets.opened import OpenCase
from pvo_kit.widgets.panel import Panel, the_panel


def remedy_card(case: OpenCase, scenario: int) -> RemedyCard:
    """Return the panel of a scenario's remedy (1 to 6)."""
    return the_panel(case, RemedyCard, scenario)


class RemedyCard(Panel):
    """A remedy, its steps with a box to tick each. CSS classes:

    pvo-remedy-before (effect, risk, what to do first), pvo-remedy-step (each box),
    pvo-remedy-after (check, way back, other ways), pvo-remedy-dialogue (the text; its button is
    pvo-copy, the link pvo-download), pvo-remedy-card-message (how many steps are done).
    """

    name = "remedy-card"

    def __init__(self, case: OpenCase, scenario: int) -> None:
        """Make the panel's widgets."""
        super().__init__(case)
        self.scenario = scenario
        self.title = f"Scenario {scenario}: the remedy"
        self.above = controls.page("pvo-remedy-before")
        self.steps = ipywidgets.VBox()
        self.below = controls.page("pvo-remedy-after")
        self.dialogue = controls.page("pvo-remedy-dialogue")
        self._drawn: Remedy | None = None
        self.arrange(self.above, self.steps, self.message, self.below, self.dialogue)

    @property
    def remedy(self) -> Remedy | None:
        """The remedy of the case as it is now; None where there is nothing to mend."""
        return self.case.diagnosis.finding(self.scenario).remedy

    def tick(self, place: int) -> None:
        """Remember whether the step at this place is done."""
        if self.remedy:
            key = remedies.tick_keys(self.scenario, self.remedy)[place]
            self.case.tick(key, bool(self.steps.children[place].value))

    def refresh(self) -> None:
        """Show the remedy and what is ticked of it."""
        remedy = self.remedy
        if remedy != self._drawn or remedy is None:
            self._draw(remedy)
        if remedy is None:
            return
        keys = remedies.tick_keys(self.scenario, remedy)
        with self.filling():
            for box, key in zip(self.steps.children, keys, strict=True):
                box.value = key in self.case.ticked
        done = sum(key in self.case.ticked for key in keys)
        self.say(f"{done} of {len(keys)} steps done." if done else "")

    def _draw(self, remedy: Remedy | None) -> None:
        self._drawn = remedy
        controls.show(self.above, self._nothing() if remedy is None else _above(remedy))
        controls.show(self.below, () if remedy is None else tuple(remedies.after(remedy)))
        controls.show(self.dialogue, () if remedy is None else self._text(remedy))
        lines = [] if remedy is None else [remedies.step_line(step) for step in remedy.steps]
        boxes = [
            controls.tick(f"{n}. {line}", "pvo-remedy-step") for n, line in enumerate(lines, 1)
        ]
        for place, box in enumerate(boxes):
            box.observe(self.calling(partial(self.tick, place)), "value")
        self.steps.children = boxes
        self.say("")

    def _nothing(self) -> Sequence[Block]:
        found = self.case.diagnosis.finding(self.scenario)
        return (Paragraph(remedies.why_none(found)),)

    def _text(self, remedy: Remedy) -> Sequence[Block]:
        text = remedies.dialogue(remedy)
        name = f"{self.case.name}-scenario-{self.scenario}.txt"
        return (
            Folded("As text, to copy or to keep", (text,)),
            Download(name, "\n".join([*text.lines, ""])),
        )

    def blocks(self) -> Sequence[Block]:
        """Return the whole card, with what is ticked."""
        if self.remedy is None:
            return self._nothing()
        keys = remedies.tick_keys(self.scenario, self.remedy)
        ticked = [key in self.case.ticked for key in keys]
        return tuple(remedies.remedy_blocks(self.remedy, ticked))


def _above(remedy: Remedy) -> Sequence[Block]:
    return (*remedies.before(remedy), Paragraph("", "Steps (tick what is done)"))
