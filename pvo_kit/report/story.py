"""What a report tells, in order, for every form of it: HTML and Markdown say the same."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pvo_kit.evidence import Citation, Evidence
from pvo_kit.findings import Diagnosis, Finding, Status
from pvo_kit.remediation.remedy import Remedy
from pvo_kit.report.asking import Ask, asks, records, reply

AROUND = 2
"""Lines shown before and after a cited line."""

OPEN: tuple[Status, ...] = ("unknown", "manual", "error")
"""The statuses that decide nothing yet."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a file as shown in a report; ``cited`` marks the proof among its surroundings."""

    number: int
    text: str
    cited: bool


@dataclass(frozen=True, slots=True)
class Excerpt:
    """Neighbouring lines of one file."""

    file: str
    lines: tuple[Line, ...]

    @property
    def span(self) -> str:
        """The numbers of its lines in words."""
        first, last = self.lines[0].number, self.lines[-1].number
        return f"line {first}" if first == last else f"lines {first} to {last}"


@dataclass(frozen=True, slots=True)
class Proof:
    """A finding with the lines it stands on."""

    finding: Finding
    excerpts: tuple[Excerpt, ...]

    @property
    def cited(self) -> str:
        """How many lines it stands on, in words."""
        return counted(len(self.finding.citations), "line")


@dataclass(frozen=True, slots=True)
class Next:
    """One thing to do now; ``target`` is the part of the report that tells how."""

    target: str
    text: str
    note: str


@dataclass(frozen=True, slots=True)
class Story:
    """A diagnosis in the order in which it is told."""

    diagnosis: Diagnosis
    headline: str
    next: tuple[Next, ...]
    failing: tuple[Proof, ...]
    open: tuple[Proof, ...]
    settled: tuple[Proof, ...]
    asks: tuple[Ask, ...]

    @property
    def remedies(self) -> tuple[tuple[int, Remedy], ...]:
        """The remedies of what fails by scenario, in the order of fixing."""
        failing = (proof.finding for proof in self.failing)
        return tuple((found.scenario, found.remedy) for found in failing if found.remedy)

    @property
    def order(self) -> str:
        """In which order to fix, and why; '' where there is nothing to choose."""
        return order(self.diagnosis)

    @property
    def reply(self) -> tuple[str, ...]:
        """What to ask for as lines to paste."""
        return tuple(reply(self.asks))

    @property
    def records(self) -> tuple[str, ...]:
        """The commands that record what was seen in a GUI."""
        return records(self.asks)


def tell(diagnosis: Diagnosis, evidence: Evidence) -> Story:
    """Put a diagnosis and the lines around its proof in order."""
    asked = asks(diagnosis.needs)
    undecided = [found for found in diagnosis.findings if found.status in OPEN]
    settled = [found for found in diagnosis.findings if found.status not in ("fail", *OPEN)]
    # What was a cause once comes before what never was.
    settled.sort(key=lambda found: found.status != "resolved")
    return Story(
        diagnosis,
        headline(diagnosis),
        tuple(_next(diagnosis, asked)),
        failing=_proofs(diagnosis.failing, evidence),
        open=_proofs(undecided, evidence),
        settled=_proofs(settled, evidence),
        asks=asked,
    )


def _proofs(findings: Sequence[Finding], evidence: Evidence) -> tuple[Proof, ...]:
    return tuple(Proof(found, excerpts(found.citations, evidence)) for found in findings)


def headline(diagnosis: Diagnosis) -> str:
    """Return the verdict in one sentence."""
    failing = diagnosis.failing
    if len(failing) == 1:
        return f"Scenario {failing[0].scenario}: {failing[0].title}."
    if failing:
        first, *others = (str(found.scenario) for found in failing)
        return f"{len(failing)} causes are shown: fix scenario {first} first, then {_and(others)}."
    undecided = [found.scenario for found in diagnosis.findings if found.status in OPEN]
    if undecided:
        verb = "is" if len(undecided) == 1 else "are"
        return f"No cause is shown yet: {scenarios(undecided)} {verb} not decided."
    return "No cause is left: each is ruled out, resolved or cannot apply."


def order(diagnosis: Diagnosis) -> str:
    """Return in which order to fix several causes, and why."""
    if len(diagnosis.failing) < 2:
        return ""
    numbers = ", then ".join(str(found.scenario) for found in diagnosis.failing)
    return (
        f"Order of fixing: {numbers}. The network comes first: a later one can only be judged "
        "again once the earlier ones are mended."
    )


def _next(diagnosis: Diagnosis, asked: Sequence[Ask]) -> Iterator[Next]:
    failing = diagnosis.failing
    yield from (_fix(found, alone=len(failing) == 1) for found in failing)
    if asked:
        rest = "Then ask for what is still open" if failing else "Ask for what is missing"
        yield Next("ask", rest, _amount(asked))
    elif not failing:
        yield Next(
            "verdicts",
            "By this evidence nothing is left to mend",
            "if [Enable...] is still grey, send newer evidence",
        )


def _fix(found: Finding, alone: bool) -> Next:
    # The headline names a cause that stands alone, but not each of several.
    cause = f"scenario {found.scenario}" if alone else f"scenario {found.scenario}, {found.title}"
    behind = f"; scenario {found.masked_by} explains it: mend that first" if found.masked_by else ""
    if found.remedy is None:
        return Next(f"scenario-{found.scenario}", found.title, f"scenario {found.scenario}{behind}")
    where = ", ".join(found.remedy.appliance) or "the appliance"
    return Next(
        f"remedy-{found.scenario}", found.remedy.title, f"on {where}, mends {cause}{behind}"
    )


def _amount(asked: Sequence[Ask]) -> str:
    boxes = sum(max(1, len(ask.hosts)) for ask in asked)
    commands = sum(len(ask.commands) * max(1, len(ask.hosts)) for ask in asked)
    pages = sum(len(ask.places) * max(1, len(ask.hosts)) for ask in asked)
    parts = [counted(commands, "command")] if commands else []
    parts += [f"{counted(pages, 'page')} to look at"] if pages else []
    return f"{' and '.join(parts)}, on {counted(boxes, 'appliance')}"


def counted(number: int, word: str) -> str:
    """Return a number with its noun."""
    return f"{number:,} {word}{'' if number == 1 else 's'}"


def scenarios(numbers: Sequence[int]) -> str:
    """Return ``scenario 3``, or ``scenarios 1, 3 and 4``."""
    return f"scenario{'' if len(numbers) == 1 else 's'} {_and([str(number) for number in numbers])}"


def _and(words: Sequence[str]) -> str:
    *first, last = words
    return f"{', '.join(first)} and {last}" if first else last


def excerpts(citations: Sequence[Citation], evidence: Evidence) -> tuple[Excerpt, ...]:
    """Return the cited lines with their surroundings, neighbours together.

    Files come in the order of the citations, which begin with what tells most.
    """
    found = []
    for file in dict.fromkeys(line.file for line in citations):
        lines = _around(file, [line for line in citations if line.file == file], evidence)
        found += [Excerpt(file, run) for run in _runs(lines)]
    return tuple(found)


def _around(file: str, citations: Sequence[Citation], evidence: Evidence) -> list[Line]:
    lines: dict[int, Line] = {}
    for citation in citations:
        for number, text in evidence.around(file, citation.line, AROUND):
            lines.setdefault(number, Line(number, text, cited=False))
        lines[citation.line] = Line(citation.line, citation.text, cited=True)
    return [lines[number] for number in sorted(lines)]


def _runs(lines: Sequence[Line]) -> list[tuple[Line, ...]]:
    runs: list[list[Line]] = []
    for line in lines:
        if runs and line.number == runs[-1][-1].number + 1:
            runs[-1].append(line)
        else:
            runs.append([line])
    # A double-spaced paste would show as many blank lines as others, a quoted one bare quote marks.
    return [tuple(line for line in run if line.cited or line.text.strip("> \t")) for run in runs]
