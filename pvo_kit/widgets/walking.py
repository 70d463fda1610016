"""A scenario walked through, step by step: from its question to the way back."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import ipywidgets

from pvo_kit.widgets import controls
from pvo_kit.widgets.blocks import Block
from pvo_kit.widgets.cards import remedy_card
from pvo_kit.widgets.observing import observation_form
from pvo_kit.widgets.opened import OpenCase
from pvo_kit.widgets.panel import Panel, the_panel
from pvo_kit.widgets.stages import SIGN, Stage, all_blocks, stages

_MISSING, _REMEDY = 2, 4
"""The steps that hold a panel of their own."""


def walkthrough(case: OpenCase, scenario: int) -> Walkthrough:
    """Return the panel that leads through a scenario (1 to 6)."""
    return the_panel(case, Walkthrough, scenario)


class Walkthrough(Panel):
    """Seven steps, each with its state: done, missing, failing or not needed. CSS classes:

    pvo-walk-step-1 ... pvo-walk-step-7 (buttons; the one that is shown has pvo-here too),
    pvo-walk-shown (what the step shows), pvo-walk-back, pvo-walk-next, pvo-walkthrough-message.
    """

    name = "walkthrough"

    def __init__(self, case: OpenCase, scenario: int) -> None:
        """Make the panel's widgets."""
        super().__init__(case)
        self.scenario = scenario
        self.title = f"Scenario {scenario}, step by step"
        self.key = f"walkthrough {scenario}"
        self.stages: tuple[Stage, ...] = ()
        self.steps = [controls.button("", f"pvo-walk-step-{n}") for n in range(1, 8)]
        for place, step in enumerate(self.steps):
            step.on_click(self.calling(partial(self.go, place)))
        self.back = controls.button("Back", "pvo-walk-back")
        self.next = controls.button("Next", "pvo-walk-next", main=True)
        self.back.on_click(self.calling(self.go_back))
        self.next.on_click(self.calling(self.go_on))
        self.shown = controls.page("pvo-walk-shown")
        self.inner = ipywidgets.VBox()
        self.form = observation_form(case)
        self.card = remedy_card(case, scenario)
        steps = ipywidgets.VBox(self.steps)
        steps.add_class("pvo-steps")
        side = ipywidgets.VBox([self.shown, self.inner, controls.row(self.back, self.next)])
        side.add_class("pvo-walk-side")
        both = ipywidgets.Box([steps, side])
        both.add_class("pvo-walk-both")
        self.arrange(both)

    @property
    def place(self) -> int:
        """Which step is shown, from 0 on."""
        return int(self.case.choices.get(self.key, 0))

    def go(self, place: int) -> None:
        """Show another step."""
        self.case.choices[self.key] = max(0, min(place, len(self.steps) - 1))
        self.refresh()

    def go_on(self) -> None:
        """Show the next step."""
        self.go(self.place + 1)

    def go_back(self) -> None:
        """Show the step before."""
        self.go(self.place - 1)

    def refresh(self) -> None:
        """Show the step and the state of all."""
        case = self.case
        self.stages = stages(case.evidence, case.diagnosis, self.scenario, case.ticked)
        for number, (step, stage) in enumerate(zip(self.steps, self.stages, strict=True)):
            here = number == self.place
            sign = SIGN[stage.state]
            mark = "\u25b8 " if here else ""
            step.description = f"{mark}{number + 1}. {stage.title}: {sign} {stage.state}"
            (step.add_class if here else step.remove_class)("pvo-here")
        self.back.disabled = self.place == 0
        self.next.disabled = self.place == len(self.steps) - 1
        self._show(self.stages[self.place])

    def _show(self, stage: Stage) -> None:
        content: Sequence[Block] = (stage.line, *stage.blocks)
        inner: tuple[ipywidgets.Widget, ...] = ()
        if self.place == _REMEDY and self.card.remedy is not None:
            content, inner = (stage.line,), (self.card.widget,)
        elif self.place == _MISSING and self.form.asked(self.scenario):
            inner = (self.form.widget,)
        controls.show(self.shown, content)
        if self.inner.children != inner:
            self.inner.children = inner

    def blocks(self) -> Sequence[Block]:
        """Return all steps, one below the other."""
        return tuple(all_blocks(self.stages))
