"""What scenarios 5 and 6 share: they cannot apply to an ESA that stands alone."""

from __future__ import annotations

from pvo_kit.case import Case
from pvo_kit.scenarios.verdict import Missing, Verdict, cite

MEMBERS = Missing("clusterconfig", "esa", why="which machines belong to the cluster, or none")


def stand_alone(case: Case) -> Verdict | None:
    """Return ``not_applicable`` where an answer says that the ESA belongs to no cluster."""
    answers = case.stand_alone
    if not answers or case.members:
        return None
    return Verdict(
        "not_applicable",
        "The ESA stands alone: there are no cluster members to differ.",
        cite(answers),
        host=answers[-1].host,
    )
