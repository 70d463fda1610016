"""What a scenario's rule returns, and how it becomes a finding.

A rule names only the commands that are missing; on which appliance, in which mode and as which
account they run comes from the catalog and the case, here, once for all scenarios.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from pvo_kit import catalog
from pvo_kit.case import Case
from pvo_kit.evidence import Citation, Level, Role
from pvo_kit.findings import Finding, Need, Status, worst
from pvo_kit.mail_logs import Connection
from pvo_kit.recording import is_host

PROVEN: tuple[Status, ...] = ("fail", "pass", "resolved", "not_applicable")


@dataclass(frozen=True, slots=True)
class Missing:
    """Evidence that would decide: a command of the catalog, or a place in a GUI (``where``).

    ``on`` is the role of the box that should answer; ``host`` narrows it to one. ``how`` says what
    to answer in the command's dialogue. ``typed`` and ``mode`` replace the catalog's. ``record`` is
    the line that records what was seen, with ``{host}`` for the box.
    """

    command: str | None = None
    on: Role | None = None
    host: str | None = None
    why: str = ""
    how: str = ""
    typed: str = ""
    mode: Level | None = None
    where: str | None = None
    record: str | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer of a rule, for one appliance where it judges each apart (``host``).

    ``behind`` names the scenarios that would explain this one's evidence, if they fail.
    """

    status: Status
    summary: str
    citations: tuple[Citation, ...] = ()
    missing: tuple[Missing, ...] = ()
    resolved_at: datetime | None = None
    host: str | None = None
    behind: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Scenario:
    """One of the technote's causes: its number, its stable id, its title and its rule."""

    number: int
    id: str
    title: str
    judge: Callable[[Case], Sequence[Verdict]]


class _Cited(Protocol):
    @property
    def citations(self) -> tuple[Citation, ...]: ...


class _Lined(Protocol):
    @property
    def lines(self) -> tuple[Citation, ...]: ...


Citable = _Cited | _Lined | None


def cite(*groups: Citable | Sequence[Citable]) -> tuple[Citation, ...]:
    """Return the citations of facts, connections, observations, each line once, in order."""
    found: dict[Citation, None] = {}
    for group in groups:
        for item in group if isinstance(group, Sequence) else [group]:
            found.update(dict.fromkeys(_lines(item)))
    return tuple(found)


def _lines(item: Citable) -> tuple[Citation, ...]:
    if item is None:
        return ()
    return item.lines if isinstance(item, Connection) else item.citations  # type: ignore[union-attr]


def finding(scenario: Scenario, case: Case) -> Finding:
    """Judge one scenario; a rule that breaks gives an ``error`` finding, never an exception."""
    try:
        return _combined(scenario, case, list(scenario.judge(case)))
    except Exception as error:
        return Finding(
            scenario.number,
            scenario.id,
            scenario.title,
            "error",
            "The check itself broke; the other scenarios are not affected.",
            error=f"{type(error).__name__}: {error}",
            trace=traceback.format_exc(),
        )


def _combined(scenario: Scenario, case: Case, verdicts: list[Verdict]) -> Finding:
    status = worst([verdict.status for verdict in verdicts])
    ranked = sorted(verdicts, key=lambda verdict: verdict.status != status)
    citations = cite(ranked)
    if status in PROVEN and not citations:
        raise ValueError(f"{status} without a citation")
    needs = [need for verdict in ranked for need in _needs(scenario, case, verdict)]
    leading = [verdict for verdict in verdicts if verdict.status == status]
    times = [verdict.resolved_at for verdict in leading if verdict.resolved_at]
    return Finding(
        scenario.number,
        scenario.id,
        scenario.title,
        status,
        _summary(ranked),
        citations,
        tuple(dict.fromkeys(needs)),
        resolved_at=max(times) if status == "resolved" and len(times) == len(leading) else None,
        behind=_behind(leading),
    )


def _behind(leading: list[Verdict]) -> tuple[int, ...]:
    """What explains every verdict that has evidence to be explained."""
    told = [verdict.behind for verdict in leading if verdict.citations]
    first = told[0] if told else ()
    return tuple(number for number in first if all(number in each for each in told))


def _summary(ranked: list[Verdict]) -> str:
    if len(ranked) == 1:
        return ranked[0].summary
    return " ".join(f"{verdict.host or 'unknown host'}: {verdict.summary}" for verdict in ranked)


def _needs(scenario: Scenario, case: Case, verdict: Verdict) -> Iterator[Need]:
    missing = verdict.missing
    if verdict.status == "unknown" and not missing:
        # A rule that names nothing gets what the catalog says this scenario reads.
        missing = tuple(
            Missing(row.name, row.roles[0], why=row.about)
            for row in catalog.COMMANDS
            if scenario.number in row.scenarios and "(a change)" not in row.about
        )
    for item in missing:
        yield from _need(case, item)


def _need(case: Case, item: Missing) -> Iterator[Need]:
    row = catalog.command(item.command) if item.command else None
    role: Role = item.on or (row.roles[0] if row else "esa")
    known = case.esas if role == "esa" else [box.host for box in case.boxes(role)]
    hosts = [item.host] if item.host else known or [None]
    for host in hosts:
        found = case.role(host) if host else role
        # A name from evidence that is no host name never gets into a command line.
        name = host if host and is_host(host) else "HOST"
        record = item.record and item.record.format(host=name)
        need = Need(
            found if found != "unknown" else role,
            host,
            _why(item, row),
            where=item.where,
            record=record,
        )
        if row is None:
            yield need
            continue
        mode = (item.mode or row.mode) if role == "esa" and case.clustered(host) else None
        yield replace(need, command=item.typed or row.typed, mode=mode, role=row.access)


def _why(item: Missing, row: catalog.Command | None) -> str:
    how = item.how or (row.leave if row else "")
    return f"{item.why} ({how})" if how else item.why
