"""A remedy as a card: who does what, the dialogue, its effect and risk, the check, the way back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pvo_kit.findings import Finding
from pvo_kit.remediation.remedy import Remedy, Step
from pvo_kit.widgets.blocks import Block, Code, Folded, Listing, Paragraph

DONE = "\u2714 done: "
"""Stands before a step that is ticked."""


def remedy_blocks(remedy: Remedy, ticked: Sequence[bool] = ()) -> Iterator[Block]:
    """Return the whole card; of steps that are ticked it says that they are done."""
    yield from before(remedy)
    marks = [DONE if is_done else "" for is_done in ticked] or [""] * len(remedy.steps)
    lines = [mark + step_line(step) for mark, step in zip(marks, remedy.steps, strict=True)]
    yield Listing(lines, "Steps", ordered=True)
    yield from after(remedy)


def why_none(found: Finding) -> str:
    """Return why a finding has no remedy."""
    if found.status == "fail":
        return found.error or "No remedy could be written."
    if found.status in ("pass", "resolved", "not_applicable"):
        return "There is nothing to mend here."
    return "The verdict comes first: it is not known yet."


def before(remedy: Remedy) -> Iterator[Block]:
    """Return what stands above the steps."""
    where = ", ".join(remedy.appliance) or "the appliance"
    yield Paragraph(f"on {where}, logged in as {remedy.role}.", f"{remedy.title},")
    if remedy.when:
        yield Paragraph(remedy.when)
    yield Paragraph(remedy.effect, "Effect:")
    yield Paragraph(remedy.risk, "Risk:")
    yield Listing(remedy.precondition, "Before")


def after(remedy: Remedy) -> Iterator[Block]:
    """Return what stands below the steps."""
    yield Listing(remedy.verify, "Verify")
    yield Listing(remedy.rollback, "Way back")
    yield from (
        Folded(f"Instead: {other.title}", tuple(remedy_blocks(other)))
        for other in remedy.alternatives
    )


def dialogue(remedy: Remedy) -> Code:
    """Return the whole remedy as text, to paste into a ticket."""
    return Code(remedy.to_text(), f"the remedy: {remedy.title}")


def step_line(step: Step) -> str:
    """Return a step on one line: the question, what to type or choose, the remark."""
    asked = f"{step.asks} " if step.asks else ""
    note = f" ({step.note})" if step.note else ""
    return f"{asked}{step.to_text()}{note}"


def tick_keys(scenario: int, remedy: Remedy) -> list[str]:
    """Return a key for each step, the same as long as the step is the same."""
    return [
        f"{scenario}/{remedy.title}/{number}/{step_line(step)}"
        for number, step in enumerate(remedy.steps, 1)
    ]
