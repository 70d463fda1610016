"""A change that the evidence shows: a remedy applied, not a proof that it works."""

from __future__ import annotations

from pvo_kit.case import Case
from pvo_kit.facts import Commit, Fact


def changed_since(case: Case, change: Fact) -> str:
    """Return the sentence on a change and whether it was committed afterwards."""
    commits = [fact for fact in case.all(Commit, change.host) if fact.moment.after(change.moment)]
    outcomes = {fact.outcome for fact in commits}
    committed = (
        "yes" if "committed" in outcomes else "no" if outcomes & {"discarded"} else "not seen"
    )
    return f"Changed since (committed: {committed}), not verified."
