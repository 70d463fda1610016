"""Which appliances a finding is about, and how the remedy of a resolved one is told."""

from __future__ import annotations

from dataclasses import replace

from pvo_kit.case import Case
from pvo_kit.findings import Finding
from pvo_kit.remediation.remedy import Remedy
from pvo_kit.scenarios.verdict import Scenario

NOTHING_LEFT = (
    "Nothing is left to do: newer evidence shows that it is mended. The dialogue is kept for the "
    "ticket, and for the case that the fault comes back."
)


def hosts(scenario: Scenario, case: Case, finding: Finding) -> list[str | None]:
    """Return the hosts for which the rule gives the finding's status; [None] for no host."""
    found = [verdict.host for verdict in scenario.judge(case) if verdict.status == finding.status]
    return list(dict.fromkeys(found)) or [None]


def told_as_done(remedy: Remedy, seen: str) -> Remedy:
    """Return the remedy of a resolved finding: what was done, as far as the evidence shows it."""
    if seen:
        title = f"What was done, as the evidence shows: {seen}"
    else:
        title = f"Resolved; the evidence does not show by what. What mends it: {remedy.title}"
    return replace(remedy, title=title, precondition=(NOTHING_LEFT, *remedy.precondition),
                   alternatives=())  # fmt: skip
