"""Scenario 5: the feature keys of the cluster's members differ.

Fails where a module is usable on one member and missing, dormant or expired on another. Passes
only with the tables of all members that ``clusterconfig list`` names. The wizard's sentence alone
never proves it: the same words fit scenario 6.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pvo_kit.case import Case, newest
from pvo_kit.evidence import Citation
from pvo_kit.facts import Key, KeyActivation, KeyTable, Membership
from pvo_kit.scenarios.changes import changed_since
from pvo_kit.scenarios.membership import MEMBERS, stand_alone
from pvo_kit.scenarios.verdict import Missing, Scenario, Verdict, cite

Tables = Mapping[str, KeyTable]


def judge(case: Case) -> list[Verdict]:
    """Judge all members together."""
    alone = stand_alone(case)
    if alone:
        return [alone]
    tables = current(case)
    names = mismatched(tables)
    if names and case.in_cluster:
        return [_failing(case, tables, names)]
    if not complete(case, tables):
        return [_incomplete(case, tables, bool(names))]
    return [_equal(case, tables)]


def current(case: Case) -> dict[str, KeyTable]:
    """Return the newest key table of each member (of each ESA where no list names members)."""
    hosts = case.members or tuple(
        box.host for box in case.appliances if box.host and box.role != "sma"
    )
    return {host: newest(tables)[-1] for host in hosts if (tables := case.all(KeyTable, host))}


def mismatched(tables: Tables) -> list[str]:
    """Return the normalised names of the modules that are usable on some members only."""
    usable: list[set[str]] = [
        {key.name for key in table.keys if key.state == "active"} for table in tables.values()
    ]
    return (
        sorted(usable[0].union(*usable) - usable[0].intersection(*usable))
        if len(usable) > 1
        else []
    )


def complete(case: Case, tables: Tables) -> bool:
    """Return True where every machine of the member list, two at least, has a table."""
    return len(case.members) > 1 and set(case.members) <= set(tables)


def equal_keys(case: Case) -> bool:
    """Return True where all members hold the same usable modules."""
    tables = current(case)
    return complete(case, tables) and not mismatched(tables)


def _failing(case: Case, tables: Tables, names: list[str]) -> Verdict:
    told = "; ".join(_told(tables, name) for name in names)
    cited = [line for name in names for line in _lines(tables, name)]
    activated = [
        fact
        for host, table in tables.items()
        for fact in case.all(KeyActivation, host)
        if not table.moment.after(fact.moment)
    ]
    note = f" {changed_since(case, activated[-1])}" if activated else ""
    missing = tuple(
        Missing("featurekey", host=host, why="after the fix: the keys of every member")
        for host in case.members or tables
    )
    texts = case.evidence.error_texts
    return Verdict(
        "fail",
        f"Feature keys differ between members: {told}.{note}",
        (*dict.fromkeys(cited), *cite(list(texts), activated)),
        missing,
    )


def _told(tables: Tables, name: str) -> str:
    states = {host: _state(table, name) for host, table in tables.items()}
    label = next(key.label for table in tables.values() for key in table.keys if key.name == name)
    return f"{label} is " + ", ".join(f"{state} on {host}" for host, state in states.items())


def _key(table: KeyTable, name: str) -> Key | None:
    return next((key for key in table.keys if key.name == name), None)


def _state(table: KeyTable, name: str) -> str:
    key = _key(table, name)
    return key.state if key else "missing"


def _lines(tables: Tables, name: str) -> Iterator[Citation]:
    """The module's row on every member; where it is missing, the head of that member's table."""
    for table in tables.values():
        key = _key(table, name)
        yield key.citation if key else table.citations[0]


def _incomplete(case: Case, tables: Tables, differ: bool) -> Verdict:
    members = case.members or tuple(host for box in case.boxes("esa") if (host := box.host))
    missing = tuple(
        Missing("featurekey", host=host, why="its keys, to compare the members")
        for host in members
        if host not in tables
    )
    if not missing and not tables:
        missing = (Missing("featurekey", "esa", why="the keys of every member"),)
    if not case.members:
        missing = (MEMBERS, *missing)
    texts = list(case.evidence.error_texts)
    parts = []
    if texts:
        parts.append(
            "The wizard says that members differ, which fits this scenario and 6; only "
            "the keys tell them apart."
        )
    if differ:
        parts.append("Keys differ between ESAs, but nothing shows that they share a cluster.")
    parts.append(_coverage(case, tables))
    return Verdict("unknown", " ".join(parts), cite(texts, list(tables.values())), missing)


def _coverage(case: Case, tables: Tables) -> str:
    if not tables:
        return "No member's feature keys were captured."
    if not case.members:
        return f"Keys of {', '.join(tables)} are known, but not which members the cluster has."
    lacking = [host for host in case.members if host not in tables]
    if not lacking:
        return "The cluster's list names one member only."
    return f"Keys of {', '.join(tables)} are known, of {', '.join(lacking)} not."


def _equal(case: Case, tables: Tables) -> Verdict:
    lists = newest(case.all(Membership))
    oldest = {host: case.all(KeyTable, host)[0] for host in tables}
    summary = f"All {len(tables)} members hold the same usable modules.{_expired(tables)}"
    names = mismatched(oldest)
    if names:
        last = max(
            (table.moment.time for table in tables.values() if table.moment.time), default=None
        )
        cited = [line for name in names for line in _lines(oldest, name)]
        return Verdict(
            "resolved",
            f"Keys differed ({'; '.join(_told(oldest, name) for name in names)}). {summary}",
            (*cited, *cite(lists, list(tables.values()))),
            resolved_at=last,
        )
    return Verdict("pass", summary, cite(lists, list(tables.values())))


def _expired(tables: Tables) -> str:
    every = [
        {key.label for key in table.keys if key.state == "expired"} for table in tables.values()
    ]
    labels = sorted(set().union(*every))
    if not labels:
        return ""
    return f" {', '.join(labels)} expired on all of them: no mismatch, but renew it (E14)."


SCENARIO = Scenario(5, "feature-key-mismatch", "Feature keys differ between cluster members", judge)
