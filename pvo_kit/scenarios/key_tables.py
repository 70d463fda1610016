"""The feature keys of a cluster's members, ready to be compared."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pvo_kit.case import Case, newest
from pvo_kit.evidence import Citation
from pvo_kit.facts import Key, KeyTable

Tables = Mapping[str, KeyTable]

_SOURCES = ("featurekey", "license_smart", "configuration", "status")
"""Where keys are listed, the fullest list first."""


def current(case: Case) -> dict[str, KeyTable]:
    """Return the newest key table of each member."""
    return {host: tables[-1] for host in compared(case) if (tables := _newest(case, host))}


def former(case: Case) -> dict[str, KeyTable]:
    """Return each member's last table with other usable modules than its newest one has.

    That one where there is none: a table that was read twice tells of no change.
    """
    found = dict(current(case))
    for host, table in current(case).items():
        older = [item for item in case.all(KeyTable, host)
                 if item.source == table.source and table.moment.after(item.moment)
                 and _usable(item) != _usable(table)]  # fmt: skip
        if older:
            found[host] = newest(older)[-1]
    return found


def compared(case: Case) -> tuple[str, ...]:
    """Return the listed members, else the boxes that show a cluster, else all ESAs."""
    hosts = [box.host for box in case.appliances if box.host and box.role != "sma"]
    named = {name for text in case.evidence.error_texts for name in text.hosts}
    clustered = [host for host in hosts if host in named or case.clustered(host)]
    return case.members or tuple(clustered) or tuple(hosts)


def contradicting(case: Case) -> list[KeyTable]:
    """Return the newest tables of a member that differ, while nothing tells which is newer."""
    every = [_newest(case, host) for host in compared(case)]
    return [table for tables in every if len({_usable(item) for item in tables}) > 1
            for table in tables]  # fmt: skip


def _newest(case: Case, host: str) -> list[KeyTable]:
    tables = newest(case.all(KeyTable, host))
    best = min((_SOURCES.index(table.source) for table in tables), default=0)
    return [table for table in tables if table.source == _SOURCES[best]]


def mismatched(tables: Tables) -> list[str]:
    """Return the normalised names of the modules that are usable on some members only."""
    usable = [_usable(table) for table in tables.values()]
    every: frozenset[str] = frozenset[str]().union(*usable)
    return sorted(every - every.intersection(*usable))


def _usable(table: KeyTable) -> frozenset[str]:
    return frozenset(key.name for key in table.keys if key.state == "active")


def complete(case: Case, tables: Tables) -> bool:
    """Return True where every machine of the member list has a table."""
    return bool(case.members) and set(case.members) <= set(tables)


def equal_keys(case: Case) -> bool:
    """Return True where all members are known to hold the same usable modules."""
    tables = current(case)
    return complete(case, tables) and not mismatched(tables) and not contradicting(case)


def key(table: KeyTable, name: str) -> Key | None:
    """Return a module's row by its normalised name."""
    return next((item for item in table.keys if item.name == name), None)


def told(tables: Tables, names: list[str]) -> str:
    """Return the modules in words: ``Outbreak Filters is active on a, missing on b``."""
    return "; ".join(_told(tables, name) for name in names)


def _told(tables: Tables, name: str) -> str:
    rows = {host: key(table, name) for host, table in tables.items()}
    label = next(row.label for row in rows.values() if row)
    states = [f"{row.state if row else 'missing'} on {host}" for host, row in rows.items()]
    return f"{label} is {', '.join(states)}"


def lines(tables: Tables, names: list[str]) -> Iterator[Citation]:
    """Each module's row on every member; where it is missing, the head of that member's table."""
    for name in names:
        for table in tables.values():
            row = key(table, name)
            yield row.citation if row else table.citations[0]
