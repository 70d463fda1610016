"""What a fleet shows as a whole: what is most common, and what to ask for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from pvo_kit.batching.result import Asked, CaseResult
from pvo_kit.findings import WORST_FIRST, Status
from pvo_kit.scenarios import SCENARIOS


@dataclass(frozen=True, slots=True)
class Cause:
    """A scenario over all cases: how many have which status."""

    scenario: int
    title: str
    counts: tuple[tuple[Status, int], ...]

    @property
    def fails(self) -> int:
        """In how many cases it is the cause."""
        return dict(self.counts)["fail"]


@dataclass(frozen=True, slots=True)
class Missing:
    """Something to ask for, the scenarios that it decides and the cases that lack it."""

    asked: Asked
    scenarios: tuple[int, ...]
    cases: tuple[CaseResult, ...]


def causes(cases: Sequence[CaseResult]) -> list[Cause]:
    """Return the scenarios, the most common cause first."""
    counts: Counter[tuple[int, Status]] = Counter(
        (found.scenario, found.status) for case in cases for found in case.verdicts
    )
    rows = [
        Cause(
            scenario.number,
            scenario.title,
            tuple((status, counts[scenario.number, status]) for status in WORST_FIRST),
        )
        for scenario in SCENARIOS
    ]
    return sorted(rows, key=lambda cause: -cause.fails)


def missing(cases: Sequence[CaseResult]) -> list[Missing]:
    """Return what is to be asked for, what most cases lack first."""
    found: dict[Asked, tuple[set[int], dict[str, CaseResult]]] = {}
    for case in cases:
        for verdict in case.verdicts:
            for asked in verdict.asked:
                scenarios, lacking = found.setdefault(asked, (set(), {}))
                scenarios.add(verdict.scenario)
                lacking[case.case] = case
    rows = [
        Missing(asked, tuple(sorted(scenarios)), tuple(lacking.values()))
        for asked, (scenarios, lacking) in found.items()
    ]
    return sorted(rows, key=lambda row: (-len(row.cases), row.asked.appliance, row.asked.what))
