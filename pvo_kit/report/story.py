"""What a report tells, in order, for every form of it: HTML and Markdown say the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from pvo_kit.appliances import Appliance
from pvo_kit.evidence import Citation, Evidence
from pvo_kit.findings import Diagnosis, Finding, Need
from pvo_kit.remediation.remedy import Remedy

AROUND = 2
"""Lines shown before and after a cited line."""


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


@dataclass(frozen=True, slots=True)
class Proof:
    """A finding with the lines it stands on."""

    finding: Finding
    excerpts: tuple[Excerpt, ...]


@dataclass(frozen=True, slots=True)
class Ask:
    """What to ask for of one appliance: commands in the order to type, then places to look at."""

    appliance: str
    host: str | None
    account: str
    commands: tuple[tuple[Need, tuple[str, ...]], ...]
    places: tuple[Need, ...]


@dataclass(frozen=True, slots=True)
class Story:
    """A diagnosis in the order in which it is told."""

    diagnosis: Diagnosis
    headline: str
    appliances: tuple[Appliance, ...]
    failing: tuple[Proof, ...]
    resolved: tuple[Proof, ...]
    others: tuple[Proof, ...]
    asks: tuple[Ask, ...]
    order: tuple[int, ...]

    @property
    def remedies(self) -> tuple[tuple[Finding, Remedy], ...]:
        """The remedies of what fails, in the order of fixing."""
        return tuple(
            (proof.finding, proof.finding.remedy) for proof in self.failing if proof.finding.remedy
        )


def tell(diagnosis: Diagnosis, evidence: Evidence) -> Story:
    """Put a diagnosis and the lines around its proof in order."""
    failing = diagnosis.failing
    resolved = tuple(found for found in diagnosis.findings if found.status == "resolved")
    others = tuple(found for found in diagnosis.findings if found not in (*failing, *resolved))
    return Story(
        diagnosis,
        headline(diagnosis),
        diagnosis.appliances,
        failing=_proofs(failing, evidence),
        resolved=_proofs(resolved, evidence),
        others=_proofs(others, evidence),
        asks=asks(diagnosis.needs),
        order=tuple(found.scenario for found in failing),
    )


def _proofs(findings: Sequence[Finding], evidence: Evidence) -> tuple[Proof, ...]:
    return tuple(Proof(found, excerpts(found.citations, evidence)) for found in findings)


def headline(diagnosis: Diagnosis) -> str:
    """Return the verdict in one sentence."""
    failing = diagnosis.failing
    if not failing:
        open_ = any(found.status in ("unknown", "manual", "error") for found in diagnosis.findings)
        return (
            "No known cause is shown; some are not decided yet."
            if open_
            else "No known cause is left."
        )
    if len(failing) == 1:
        return f"Scenario {failing[0].scenario}: {failing[0].title}."
    numbers = ", ".join(str(found.scenario) for found in failing)
    return f"{len(failing)} causes are shown: scenarios {numbers}, in the order of fixing."


def excerpts(citations: Sequence[Citation], evidence: Evidence) -> tuple[Excerpt, ...]:
    """Return the cited lines with their surroundings, neighbours together, in file order."""
    found = []
    for file, group in groupby(sorted(citations), lambda line: line.file):
        lines: dict[int, Line] = {}
        for citation in group:
            for number, text in evidence.around(file, citation.line, AROUND):
                lines.setdefault(number, Line(number, text, cited=False))
            lines[citation.line] = Line(citation.line, citation.text, cited=True)
        found += [Excerpt(file, run) for run in _runs([lines[number] for number in sorted(lines)])]
    return tuple(found)


def _runs(lines: Sequence[Line]) -> list[tuple[Line, ...]]:
    runs: list[list[Line]] = []
    for line in lines:
        if runs and line.number == runs[-1][-1].number + 1:
            runs[-1].append(line)
        else:
            runs.append([line])
    # A double-spaced paste would show as many blank lines as others.
    return [tuple(line for line in run if line.cited or line.text.strip()) for run in runs]


def asks(needs: Sequence[Need]) -> tuple[Ask, ...]:
    """Group what is missing by appliance, no command twice, with all reasons for it."""
    ordered = sorted(needs, key=lambda need: (need.appliance, need.host or ""))
    return tuple(
        _ask(kind, host, list(group))
        for (kind, host), group in groupby(ordered, lambda need: (need.appliance, need.host))
    )


def _ask(kind: str, host: str | None, needs: list[Need]) -> Ask:
    reasons: dict[tuple[str | None, str | None], list[Need]] = {}
    for need in needs:
        if need.command:
            reasons.setdefault((need.command, need.mode), []).append(need)
    commands = tuple(
        (group[0], tuple(dict.fromkeys(need.why for need in group if need.why)))
        for group in reasons.values()
    )
    places = tuple(need for need in needs if need.where)
    accounts = " or ".join(sorted({need.role for need in needs}))
    return Ask(kind, host, accounts, commands, places)
