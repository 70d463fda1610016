"""What if a member of a cluster had one more feature key in use (scenario 5).

The member's new table is the newest; its old ones stay, since the rule reads them as history. So
the wizard's sentence, said while the keys differed, does not begin to prove scenario 6.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from pvo_kit.case import Case
from pvo_kit.errors import InputError
from pvo_kit.facts import Key, KeyTable
from pvo_kit.parsers.keys import key_name
from pvo_kit.scenarios import key_tables
from pvo_kit.scenarios.feature_key_mismatch import ABOVE_ALL
from pvo_kit.what_if.altering import Altered, names, origin, with_facts
from pvo_kit.what_if.changes import AddKey


def alter(case: Case, change: AddKey) -> Altered:
    """Add the member's key table as it would be with the key."""
    hosts, name = key_tables.compared(case), key_name(change.feature)
    if change.host not in hosts:
        raise InputError(f"{change.host} is no member of this evidence; it knows: {names(hosts)}")
    if not name:
        raise InputError("the feature has no name; write one such as Data Loss Prevention")
    tables = key_tables.current(case)
    table = tables.get(change.host)
    if table is None:
        told = (
            f"The keys of {change.host} were not captured (featurekey), so one more tells nothing."
        )
        return Altered(case, doubts=(told,))
    row = key_tables.key(table, name)
    if row and row.state == "active":
        return Altered(case, (f"{change.host} has the key for {row.label} in use already.",))
    label = row.label if row else _label(tables, name) or change.feature.strip()
    made = origin(case, f"{label}: in use")
    key = Key(name, label, "active", made["citations"][0])
    others = tuple(item for item in table.keys if item.name != name)
    # Its own lines stand for the rows that stay as they are.
    made["citations"] = (*made["citations"], *table.citations)
    new = replace(table, keys=(*others, key), **made)
    altered = with_facts(case, [new])
    return Altered(altered, tuple(_effects(altered, change.host, label, name)),
                   tuple(_doubts(altered)))  # fmt: skip


def _label(tables: key_tables.Tables, name: str) -> str:
    rows = (key_tables.key(table, name) for table in tables.values())
    return next((row.label for row in rows if row), "")


def _effects(case: Case, host: str, label: str, name: str) -> Iterator[str]:
    tables = key_tables.current(case)
    holding = [member for member, table in tables.items() if _is_active(table, name)]
    lacking = [member for member in tables if member not in holding]
    yield (
        f"{label} would be in use on {names(holding)}"
        + (f", and still not on {names(lacking)}." if lacking else ": on every table at hand.")
    )
    left = [each for each in key_tables.mismatched(tables) if each != name]
    if left:
        yield f"Modules that would still differ: {key_tables.told(tables, left)}."
    if name in ABOVE_ALL:
        yield (
            f"A key alone changes no mail. Enabled, {label} acts on the mail of {host}; give it "
            "the settings of the other members, at the same level, or scenario 6 takes its place."
        )
    yield "A key is bought or rented: an evaluation key ends after its days and brings this back."


def _doubts(case: Case) -> Iterator[str]:
    tables = key_tables.current(case)
    unread = [member for member in key_tables.compared(case) if member not in tables]
    if unread:
        yield f"The keys of {names(unread)} were not captured (featurekey)."
    if not case.members:
        yield "Which members the cluster has is not known (clusterconfig list)."


def _is_active(table: KeyTable, name: str) -> bool:
    row = key_tables.key(table, name)
    return row is not None and row.state == "active"
