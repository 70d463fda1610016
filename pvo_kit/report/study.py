"""A case study: what a case tells somebody who was not there, as a page or as Markdown.

The same findings and lines as in the report of a diagnosis, in the order of a story: symptom,
environment, evidence, cause, remedy, verification, way back, and what else was looked at.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from pvo_kit import case as cases
from pvo_kit.clock import to_iso
from pvo_kit.evidence import Evidence
from pvo_kit.findings import Diagnosis, Finding
from pvo_kit.remediation.remedy import Remedy
from pvo_kit.report.background import BACKGROUND, SYMPTOM, Background
from pvo_kit.report.environment import Environment, environment
from pvo_kit.report.pages import render
from pvo_kit.report.pictures import Picture, pictures
from pvo_kit.report.story import OPEN, Excerpt, Proof, Story, excerpts, tell

_CHAPTERS = "pvo_kit, docs/scenarios.md"


@dataclass(frozen=True, slots=True)
class Preface:
    """What the author of a case study says himself; '' where the kit's own words will do.

    ``fix`` is when the fault was mended (UTC); the charts are parted there.
    """

    title: str = ""
    symptom: str = ""
    note: str = ""
    fix: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """A cause that the case is about: failing, or resolved."""

    proof: Proof
    background: Background

    @property
    def finding(self) -> Finding:
        """Its finding."""
        return self.proof.finding

    @property
    def remedy(self) -> Remedy | None:
        """What mends it, or mended it."""
        return self.finding.remedy

    @property
    def dialogue(self) -> Remedy | None:
        """The remedy without how to verify it and the way back, which have their own sections."""
        return self.remedy and replace(self.remedy, verify=(), rollback=(), alternatives=())

    @property
    def proven(self) -> str:
        """When and how it was seen to be gone; '' where it was not."""
        if self.finding.status != "resolved":
            return ""
        time = to_iso(self.finding.resolved_at)
        return f"Seen to be gone{f' at {time}' if time else ''}: {self.finding.summary}"


@dataclass(frozen=True, slots=True)
class CaseStudy:
    """A case in the order in which it is told.

    ``told`` are the causes it is about, ``others`` the findings that are not: ruled out, not
    applicable, or open. ``sentence`` is what the wizard said, with its lines.
    """

    preface: Preface
    story: Story
    environment: Environment
    told: tuple[Told, ...]
    others: tuple[Finding, ...]
    sentence: tuple[Excerpt, ...]
    pictures: tuple[Picture, ...]
    redacted: bool

    @property
    def title(self) -> str:
        """The author's title, else the causes."""
        causes = "; ".join(each.finding.title for each in self.told)
        return self.preface.title or causes or self.story.headline

    @property
    def symptom(self) -> tuple[str, ...]:
        """The symptom in sentences, the author's own or those of the scenarios."""
        if self.preface.symptom:
            return (self.preface.symptom,)
        return tuple(dict.fromkeys([SYMPTOM, *(each.background.symptom for each in self.told)]))

    @property
    def open(self) -> tuple[Finding, ...]:
        """The findings that are not decided."""
        return tuple(found for found in self.others if found.status in OPEN)

    def is_told(self, scenario: int | None) -> bool:
        """Return True for a scenario that the case is about."""
        return any(each.finding.scenario == scenario for each in self.told)

    @property
    def references(self) -> tuple[str, ...]:
        """What to read: the kit's own chapters, then published documents, each once."""
        own = [f"pvo_kit, {each.finding.doc}" for each in self.told] or [_CHAPTERS]
        published = [name for each in self.told for name in each.background.references]
        return tuple(dict.fromkeys([*own, *published]))


def study(
    diagnosis: Diagnosis,
    evidence: Evidence,
    preface: Preface | None = None,
    pvo_port: int | None = None,
) -> CaseStudy:
    """Return what there is to tell of a diagnosis; ``pvo_port`` is the one that it was made with.

    Raises InputError where the time of the fix is none.
    """
    given = preface or Preface()
    story = tell(diagnosis, evidence)
    resolved = [proof for proof in story.settled if proof.finding.status == "resolved"]
    about = [*story.failing, *resolved]
    numbers = {proof.finding.scenario for proof in about}
    case = cases.build(evidence, pvo_port)
    return CaseStudy(
        given,
        story,
        environment(case),
        tuple(Told(proof, BACKGROUND[proof.finding.scenario]) for proof in about),
        tuple(found for found in diagnosis.findings if found.scenario not in numbers),
        tuple(part for text in evidence.error_texts for part in excerpts(text.citations, evidence)),
        pictures(case.connections, given.fix or None),
        evidence.redacted,
    )


def to_html(told: CaseStudy) -> str:
    """Return the case study as one HTML page that needs nothing else; it prints on A4."""
    return render("case.html.j2", {"study": told, "story": told.story}, "page.css", "case.css")


def to_markdown(told: CaseStudy, files: Mapping[str, str] | None = None) -> str:
    """Return the case study as Markdown.

    ``files`` are the pictures' addresses by name; a picture without one is told in words.
    """
    return render("case.md.j2", {"study": told, "story": told.story, "files": files or {}})


def picture_files(pictures: Sequence[Picture], stem: str) -> dict[str, str]:
    """Return a file name for each picture, beside a Markdown file of this stem."""
    return {picture.name: f"{stem}-{picture.name}.png" for picture in pictures}
