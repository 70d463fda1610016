"""A scenario walked through: from its question to the way back, and how far the evidence gets."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

from pvo_kit.evidence import Evidence
from pvo_kit.findings import Diagnosis, Finding
from pvo_kit.report.asking import asks, records, reply
from pvo_kit.report.labels import LABELS, MEANINGS, SIGNS
from pvo_kit.report.story import Excerpt, counted, excerpts
from pvo_kit.widgets.blocks import Block, Cited, Code, Heading, Listing, Paragraph, State
from pvo_kit.widgets.captured import CapturedLine, Origins, about
from pvo_kit.widgets.remedies import remedy_blocks, tick_keys, why_none

Progress = Literal["done", "missing", "failing", "to do", "not needed"]

SIGN: dict[Progress, str] = {
    "done": "\u2714",
    "missing": "?",
    "failing": "\u2716",
    "to do": "\u25a1",
    "not needed": "\u2013",
}
"""A sign beside each word, so that no meaning hangs on colour."""


@dataclass(frozen=True, slots=True)
class Stage:
    """One step of a walkthrough: how it stands, in a word and a sentence, and what it shows."""

    title: str
    state: Progress
    told: str
    blocks: tuple[Block, ...]

    @property
    def line(self) -> State:
        """Its state as a line."""
        kind = self.state.replace(" ", "-")
        return State(SIGN[self.state], self.state, self.told, kind)


def stages(
    evidence: Evidence, diagnosis: Diagnosis, scenario: int, ticked: Collection[str] = ()
) -> tuple[Stage, ...]:
    """Return the seven steps of a scenario; ``ticked`` are the keys of remedy steps that are done.

    Question, evidence, what is missing, verdict, remedy, check, way back.
    """
    found = diagnosis.finding(scenario)
    return (
        _question(found),
        _evidence(found, evidence),
        _missing(found),
        _verdict(found),
        _remedy(found, ticked),
        _verify(found, ticked),
        _back(found),
    )


def _question(found: Finding) -> Stage:
    lead = f"Is this why [Enable...] is grey: {found.title[0].lower()}{found.title[1:]}?"
    if found.title.split()[0].isupper():
        lead = f"Is this why [Enable...] is grey: {found.title}?"
    about = Paragraph(f"What proves it and what rules it out: {found.doc}.")
    return Stage("The question", "done", f"Scenario {found.scenario}.", (Paragraph(lead), about))


def _evidence(found: Finding, evidence: Evidence) -> Stage:
    if not found.citations:
        return Stage(
            "The evidence at hand",
            "missing",
            "No line of the evidence decides it.",
            (Paragraph("What was captured does not speak of it, or not clearly."),),
        )
    origins = Origins(evidence)
    shown = tuple(
        Cited(excerpt, ", then ".join(_abouts(origins, excerpt)))
        for excerpt in excerpts(found.citations, evidence)
    )
    told = f"It stands on {counted(len(found.citations), 'line')}, marked below."
    return Stage("The evidence at hand", "done", told, shown)


def _abouts(origins: Origins, excerpt: Excerpt) -> list[str]:
    """Return where the cited lines of an excerpt come from, neighbours of one origin together."""
    lines = [
        origins.line(excerpt.file, line.number, line.text) for line in excerpt.lines if line.cited
    ]
    return [about(list(group)) for _, group in groupby(lines, CapturedLine.origin)]


def _missing(found: Finding) -> Stage:
    title = "What is missing, and how to get it"
    if not found.needs:
        return Stage(title, "done", "Nothing more is needed.", ())
    wanted = asks(found.needs)
    shown: list[Block] = [Code(reply(wanted), "what to ask for, ready to paste into a reply")]
    if noted := records(wanted):
        shown.append(Paragraph("What was seen in a GUI is recorded in the form, or with:"))
        shown.append(Code(noted, "commands that record what was seen"))
    commands = sum(len(ask.commands) * max(1, len(ask.hosts)) for ask in wanted)
    pages = sum(len(ask.places) * max(1, len(ask.hosts)) for ask in wanted)
    parts = [counted(commands, "command")] if commands else []
    parts += [f"{counted(pages, 'page')} to look at"] if pages else []
    return Stage(title, "missing", f"{' and '.join(parts)}.", tuple(shown))


def _verdict(found: Finding) -> Stage:
    states: dict[str, Progress] = {
        "fail": "failing", "error": "failing", "unknown": "missing", "manual": "missing"
    }  # fmt: skip
    sign, label = SIGNS[found.status], LABELS[found.status]
    shown: list[Block] = [Paragraph(found.summary, f"{sign} {label} ({MEANINGS[found.status]}):")]
    if found.masked_by:
        shown.append(Paragraph(f"Scenario {found.masked_by} explains it: look at that one first."))
    if found.error:
        shown.append(Paragraph(found.error, "The check said:"))
    state = states.get(found.status, "done")
    return Stage("The verdict, and why", state, f"{label}: {MEANINGS[found.status]}.", tuple(shown))


def _remedy(found: Finding, ticked: Collection[str]) -> Stage:
    title = "The remedy"
    if found.remedy is None:
        return Stage(title, "not needed", why_none(found), ())
    keys = tick_keys(found.scenario, found.remedy)
    done = sum(key in ticked for key in keys)
    shown = tuple(remedy_blocks(found.remedy))
    if found.status == "resolved":
        return Stage(title, "done", "It was mended, as the evidence shows.", shown)
    told = f"{done} of {counted(len(keys), 'step')} ticked."
    return Stage(title, "done" if done == len(keys) else "to do", told, shown)


def _verify(found: Finding, ticked: Collection[str]) -> Stage:
    title = "How to verify"
    if found.remedy is None:
        return Stage(title, "not needed", why_none(found), ())
    shown = (
        Listing(found.remedy.verify, ordered=True),
        Paragraph(
            "Add what the checks show to the case: then the verdict changes, or it does not."
        ),
    )
    if found.status == "resolved":
        return Stage(title, "done", "Newer evidence shows the effect.", shown)
    told = "The effect was not read since; a change alone is no proof."
    return Stage(title, "to do", told, shown)


def _back(found: Finding) -> Stage:
    title = "How to go back"
    if found.remedy is None:
        return Stage(title, "not needed", why_none(found), ())
    shown = (Listing(found.remedy.rollback),)
    return Stage(title, "not needed", "Only where the remedy does harm.", shown)


def all_blocks(walked: Sequence[Stage]) -> Iterator[Block]:
    """Return all steps, one below the other."""
    for number, stage in enumerate(walked, 1):
        yield Heading(f"{number}. {stage.title}")
        yield stage.line
        yield from stage.blocks
