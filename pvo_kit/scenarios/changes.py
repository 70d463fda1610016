"""A change that the evidence shows: a remedy applied, not a proof that it works."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeVar

from pvo_kit.case import Case, Dated
from pvo_kit.facts import Commit, Fact

C = TypeVar("C", bound=Dated)


def since(changes: Iterable[C], readings: Sequence[Dated]) -> list[C]:
    """Return the changes that none of these readings is known to be newer than."""
    return [
        change
        for change in changes
        if not any(reading.moment.after(change.moment) for reading in readings)
    ]


def changed_since(case: Case, change: Fact) -> str:
    """Return the sentence on a change and whether it was committed afterwards."""
    commits = [fact for fact in case.all(Commit, change.host) if fact.moment.after(change.moment)]
    outcomes = {fact.outcome for fact in commits}
    committed = "yes" if "committed" in outcomes else "not seen"
    if "discarded" in outcomes and committed != "yes":
        committed = "no"
    return f"Changed since (committed: {committed}), not verified."
