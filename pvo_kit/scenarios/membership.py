"""What scenarios 5 and 6 share: who belongs to the cluster, and that an ESA may have none."""

from __future__ import annotations

from dataclasses import replace

from pvo_kit.case import Case, newest
from pvo_kit.facts import Connected
from pvo_kit.scenarios.verdict import Missing, Verdict, cite

MEMBERS = Missing("clusterconfig", "esa", why="which machines belong to the cluster, or none")


def stand_alone(case: Case) -> list[Verdict]:
    """Return ``not_applicable`` for each ESA that belongs to no cluster, if there is no cluster.

    Another ESA, of which nothing tells, may have one.
    """
    answers = {fact.host: fact for fact in case.stand_alone}
    others = [host for host in case.esas if host not in answers]
    clustered = case.members or case.evidence.error_texts or any(map(case.clustered, others))
    if not answers or clustered:
        return []
    summary = "The ESA stands alone: there are no cluster members to differ."
    alone = [Verdict("not_applicable", summary, cite(fact), host=host)
             for host, fact in answers.items()]  # fmt: skip
    summary = "Whether it belongs to a cluster is not known."
    open_ = [Verdict("unknown", summary, (), (replace(MEMBERS, host=host),), host=host)
             for host in others]  # fmt: skip
    return [*alone, *open_]


def disconnected(case: Case) -> list[Connected]:
    """Return the newest words on each member that is not connected (E19)."""
    found: dict[str, list[Connected]] = {}
    for fact in case.all(Connected):
        found.setdefault(fact.machine, []).append(fact)
    return [fact for facts in found.values() for fact in newest(facts)[-1:] if not fact.connected]
