"""What a batch keeps of a case: a small result, the same on every machine and in every run."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Literal

from pvo_kit.case import Dated
from pvo_kit.evidence import Evidence, Role
from pvo_kit.findings import Diagnosis, Finding, Need, Status
from pvo_kit.report.story import headline

State = Literal["fail", "open", "well", "broken"]
"""Something fails; nothing fails but something is not known; all is well; no diagnosis."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Something to ask for: a command or a place (``what``), without the appliance's name."""

    appliance: Role
    what: str
    is_command: bool


@dataclass(frozen=True, slots=True)
class Verdict:
    """The finding of one scenario, without its proof."""

    scenario: int
    id: str
    status: Status
    summary: str
    masked_by: int | None
    error: str | None
    asked: tuple[Asked, ...]


@dataclass(frozen=True, slots=True)
class CaseResult:
    """One case of a batch. ``day`` is that of the newest evidence in UTC, '' without a clock.

    ``appliances`` are pairs of name and role. ``error`` tells why there is no diagnosis, or where
    there is one, why the notebook broke. ``notebook`` is the name of the executed one. ``source``
    is where the case lies in its archive.
    """

    case: str
    evidence_hash: str = ""
    day: str = ""
    headline: str = ""
    is_redacted: bool = False
    appliances: tuple[tuple[str, Role], ...] = ()
    verdicts: tuple[Verdict, ...] = ()
    error: str = ""
    notebook: str = ""
    source: str = ""

    @property
    def state(self) -> State:
        """What is to be done with the case."""
        statuses = {verdict.status for verdict in self.verdicts}
        if not statuses:
            return "broken"
        if "fail" in statuses:
            return "fail"
        is_open = self.error or statuses & {"unknown", "manual", "error"}
        return "open" if is_open else "well"

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form."""
        return asdict(self)


def from_dict(table: dict[str, Any]) -> CaseResult:
    """Return the result of its JSON form; KeyError or TypeError where it has another shape."""
    verdicts = (
        Verdict(**{**row, "asked": tuple(Asked(**each) for each in row["asked"])})
        for row in table["verdicts"]
    )
    boxes = ((name, role) for name, role in table["appliances"])
    return CaseResult(**{**table, "verdicts": tuple(verdicts), "appliances": tuple(boxes)})


def summarise(case: str, diagnosis: Diagnosis, evidence: Evidence) -> CaseResult:
    """Return what is kept of a diagnosis."""
    return CaseResult(
        case,
        diagnosis.evidence_hash,
        day(evidence),
        headline(diagnosis),
        evidence.redacted,
        tuple((box.name, box.role) for box in diagnosis.appliances),
        tuple(_verdict(found) for found in diagnosis.findings),
    )


def _verdict(found: Finding) -> Verdict:
    asked = dict.fromkeys(_asked(need) for need in found.needs)
    return Verdict(
        found.scenario,
        found.id,
        found.status,
        found.summary,
        found.masked_by,
        found.error,
        tuple(asked),
    )


def _asked(need: Need) -> Asked:
    what = need.command or need.where or ""
    if need.host:
        what = what.replace(need.host, "HOST")
    return Asked(need.appliance, what, bool(need.command))


def day(evidence: Evidence) -> str:
    """Return the day of the newest evidence in UTC (2024-06-04), '' where no clock is seen."""
    newest = max(_times(evidence), default=None)
    return "" if newest is None else newest.date().isoformat()


def _times(evidence: Evidence) -> Iterator[datetime]:
    dated: list[Dated] = [
        *evidence.transcripts,
        *evidence.connections,
        *evidence.error_texts,
        *evidence.observations,
        *evidence.configurations,
    ]
    for moment in (each.moment for each in dated):
        yield from (time for time in (moment.time, moment.not_before) if time)
    yield from (link.closed for link in evidence.connections if link.closed)
