"""Scenario 5: the feature keys of the cluster's members differ.

Fails where a module is usable on one member and missing, dormant or expired on another. Passes
only with the tables of all members that ``clusterconfig list`` names. The wizard's sentence alone
never proves it: the same words fit scenario 6.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pvo_kit.case import Case, newest
from pvo_kit.facts import KeyActivation, KeyTable, Membership
from pvo_kit.scenarios.changes import changed_since, since
from pvo_kit.scenarios.key_tables import (
    Tables,
    complete,
    contradicting,
    current,
    former,
    key,
    lines,
    mismatched,
    told,
)
from pvo_kit.scenarios.membership import MEMBERS, stand_alone
from pvo_kit.scenarios.verdict import Missing, Scenario, Verdict, cite

ABOVE_ALL = {"data loss prevention": "Data Loss Prevention", "outbreak filters": "Outbreak Filters"}
"""Modules whose key a set-up with centralised quarantines asks for as a rule."""


def judge(case: Case) -> list[Verdict]:
    """Judge all members together."""
    if alone := stand_alone(case):
        return [_with_expired(case, verdict) for verdict in alone]
    tables = current(case)
    names = mismatched(tables)
    if differing := contradicting(case):
        return [_contradictory(differing)]
    if names and case.in_cluster:
        return [_failing(case, tables, names)]
    if not complete(case, tables):
        return [_incomplete(case, tables, differ=bool(names))]
    return [_equal(case, tables)]


def _contradictory(differing: Sequence[KeyTable]) -> Verdict:
    hosts = list(dict.fromkeys(table.host for table in differing))
    summary = f"Key tables of {', '.join(map(str, hosts))} differ; nothing tells which is newer."
    missing = tuple(Missing("featurekey", host=host, why="its keys now") for host in hosts)
    return Verdict("unknown", summary, cite(differing), missing)


def _failing(case: Case, tables: Tables, names: list[str]) -> Verdict:
    activated = [
        fact
        for host, table in tables.items()
        for fact in since(case.all(KeyActivation, host), [table])
    ]
    note = f" {changed_since(case, activated[-1])}" if activated else ""
    summary = f"Feature keys differ between members: {told(tables, names)}.{note}"
    cited = (*dict.fromkeys(lines(tables, names)), *cite(case.evidence.error_texts, activated))
    return Verdict("fail", summary, cited, _ask(case.members or tuple(tables), "after the fix"))


def _incomplete(case: Case, tables: Tables, *, differ: bool) -> Verdict:
    members = case.members or tuple(box.host for box in case.boxes("esa") if box.host)
    missing = _ask([host for host in members if host not in tables], "to compare the members")
    if not missing and not tables:
        missing = (Missing("featurekey", "esa", why="the keys of every member"),)
    if not case.members:
        missing = (MEMBERS, *missing)
    parts = []
    if case.evidence.error_texts:
        parts.append(
            "The wizard says that members differ, which fits this scenario and 6; only the keys "
            "tell them apart."
        )
    if differ:
        parts.append("Keys differ between ESAs, but nothing shows that they share a cluster.")
    parts.append(_coverage(case, tables))
    cited = cite(case.evidence.error_texts, list(tables.values()))
    return Verdict("unknown", " ".join(parts), cited, missing)


def _coverage(case: Case, tables: Tables) -> str:
    if not tables:
        return "No member's feature keys were captured."
    if not case.members:
        return f"Keys of {', '.join(tables)} are known, but not which members the cluster has."
    lacking = [host for host in case.members if host not in tables]
    return f"Keys of {', '.join(tables)} are known, of {', '.join(lacking)} not."


def _equal(case: Case, tables: Tables) -> Verdict:
    every = "All members" if len(tables) > 1 else "The only member"
    parts = [f"{every} ({', '.join(tables)}) hold{'' if len(tables) > 1 else 's'} the same usable "
             "modules."]  # fmt: skip
    if expired := _expired(list(tables.values())):
        parts.append(f"{expired} expired on all of them: no mismatch, but renew it (E14).")
    lacking = [label for name, label in ABOVE_ALL.items()
               if not any(key(table, name) for table in tables.values())]  # fmt: skip
    if lacking:
        parts.append(f"None has a key for {', '.join(lacking)}: wanted, or never bought (E14)?")
    cited = cite(newest(case.all(Membership)), list(tables.values()))
    verdict = Verdict("pass", " ".join(parts), cited)
    before = former(case)
    if names := mismatched(before):
        new = [table for host, table in tables.items() if table is not before[host]]
        times = [table.moment.time for table in new if table.moment.time]
        return replace(
            verdict,
            status="resolved",
            summary=f"Keys differed ({told(before, names)}). {verdict.summary}",
            citations=(*dict.fromkeys((*lines(before, names), *cited)),),
            resolved_at=max(times) if len(times) == len(new) else None,
        )
    return verdict


def _with_expired(case: Case, verdict: Verdict) -> Verdict:
    """No members to differ from, but an expired key is a cause of its own."""
    tables = newest(case.all(KeyTable, verdict.host))
    expired = _expired(tables)
    if not expired:
        return verdict
    summary = f"{verdict.summary} {expired} expired: renew it (E14)."
    return replace(verdict, summary=summary, citations=cite(verdict, tables))


def _expired(tables: Sequence[KeyTable]) -> str:
    labels = {item.label for table in tables for item in table.keys if item.state == "expired"}
    return ", ".join(sorted(labels))


def _ask(hosts: Sequence[str], why: str) -> tuple[Missing, ...]:
    return tuple(Missing("featurekey", host=host, why=f"its keys, {why}") for host in hosts)


SCENARIO = Scenario(5, "feature-key-mismatch", "Feature keys differ between cluster members", judge)
