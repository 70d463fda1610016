"""What the kit says: findings with their proof and what is still missing, and the diagnosis."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

from pvo_kit.appliances import Appliance
from pvo_kit.clock import to_iso
from pvo_kit.evidence import Citation, EvidenceFile, Level, Role
from pvo_kit.interpretation import Unparsed
from pvo_kit.version import __version__

if TYPE_CHECKING:
    import pandas as pd

    from pvo_kit.remediation.remedy import Remedy

Status = Literal["fail", "error", "unknown", "manual", "resolved", "pass", "not_applicable"]

WORST_FIRST: tuple[Status, ...] = (
    "fail",
    "error",
    "unknown",
    "manual",
    "resolved",
    "pass",
    "not_applicable",
)
"""Over several appliances the first of these that occurs is the scenario's status."""

FIXING_ORDER = (1, 3, 4, 2, 5, 6)
"""Network first: what a scenario's fault hides can only be judged after it is mended."""

SCHEMA = 1


@dataclass(frozen=True, slots=True)
class Need:
    """One piece of evidence to ask for: a ``command`` on an appliance, or a place (``where``).

    ``host`` is None where no appliance of that kind is known yet. ``mode`` is the cluster mode to
    type it in, None outside a cluster. ``record`` is the ``pvo-kit observe`` line that records the
    answer of a ``where``.
    """

    appliance: Role
    host: str | None
    why: str
    role: str = "administrator"
    command: str | None = None
    mode: Level | None = None
    where: str | None = None
    record: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form: ``command`` or ``where``, never both."""
        head: dict[str, Any] = {"appliance": self.appliance, "host": self.host}
        if self.where:
            head["where"] = self.where
            if self.record:
                head["record"] = self.record
        else:
            head["command"] = self.command
        return {**head, "mode": self.mode, "role": self.role, "why": self.why}


@dataclass(frozen=True, slots=True)
class Finding:
    """The verdict of one scenario, over all appliances of the escalation.

    ``behind`` names the scenarios that would explain its evidence, ``masked_by`` the one that does.
    """

    scenario: int
    id: str
    title: str
    status: Status
    summary: str
    citations: tuple[Citation, ...] = ()
    needs: tuple[Need, ...] = ()
    masked_by: int | None = None
    resolved_at: datetime | None = None
    error: str | None = None
    trace: str | None = None
    remedy: Remedy | None = None
    behind: tuple[int, ...] = ()

    @property
    def doc(self) -> str:
        """Where the scenario is explained."""
        return f"docs/scenarios.md#scenario-{self.scenario}"

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form."""
        return {
            "scenario": self.scenario,
            "id": self.id,
            "title": self.title,
            "status": self.status,
            "summary": self.summary,
            "citations": [
                {"file": line.file, "line": line.line, "text": line.text} for line in self.citations
            ],
            "needs": [need.to_dict() for need in self.needs],
            "masked_by": self.masked_by,
            "resolved_at": to_iso(self.resolved_at),
            "error": self.error,
            "doc": self.doc,
            "remedy": self.remedy and self.remedy.to_dict(),
        }


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """All findings of one escalation, with what they stand on. Plain in a terminal."""

    evidence_hash: str
    files: tuple[EvidenceFile, ...]
    appliances: tuple[Appliance, ...]
    unparsed: tuple[Unparsed, ...]
    findings: tuple[Finding, ...]
    damage: tuple[str, ...] = ()

    def finding(self, scenario: int) -> Finding:
        """Return the finding of a scenario; KeyError where it was not asked for."""
        for finding in self.findings:
            if finding.scenario == scenario:
                return finding
        raise KeyError(scenario)

    @property
    def failing(self) -> tuple[Finding, ...]:
        """The failing findings in the order of fixing (network first)."""
        order = {number: place for place, number in enumerate(FIXING_ORDER)}
        failing = (finding for finding in self.findings if finding.status == "fail")
        return tuple(sorted(failing, key=lambda finding: order.get(finding.scenario, 99)))

    @property
    def needs(self) -> tuple[Need, ...]:
        """What to ask for over all findings, no command twice for an appliance."""
        merged: dict[tuple[object, ...], Need] = {}
        for finding in self.findings:
            for need in finding.needs:
                key = (need.appliance, need.host, need.command, need.where, need.why)
                merged.setdefault(key, need)
        return tuple(merged.values())

    @property
    def exit_code(self) -> int:
        """1: something fails; 3: nothing fails but something is not known; 0: all is well."""
        statuses = {finding.status for finding in self.findings}
        if "fail" in statuses:
            return 1
        return 3 if statuses & {"unknown", "manual", "error"} else 0

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form (docs/architecture.md describes it)."""
        return {
            "schema": SCHEMA,
            "pvo_kit": __version__,
            "evidence": {
                "hash": self.evidence_hash,
                "files": [_file_dict(entry) for entry in self.files],
                "appliances": [
                    {"host": box.name, "role": box.role, "why": box.why} for box in self.appliances
                ],
                "unparsed": [
                    {
                        "file": row.file,
                        "line": row.line,
                        "host": row.host,
                        "command": row.command,
                        "reason": row.reason,
                    }
                    for row in self.unparsed
                ],
            },
            "findings": [finding.to_dict() for finding in self.findings],
        }

    def to_json(self) -> str:
        """Return the diagnosis as JSON text, the same bytes for the same evidence."""
        return json.dumps(self.to_dict(), indent=2, ensure_ascii=False) + "\n"

    def to_frame(self) -> pd.DataFrame:
        """Return one row a finding: scenario (int64), status (category), the rest str.

        Columns: scenario, id, title, status, summary, citations (int64, how many), needs (int64),
        masked_by (Int64), resolved_at (datetime64[us], UTC).
        """
        from pvo_kit.frames import findings_frame

        return findings_frame(self.findings)

    def __repr__(self) -> str:
        """Return the same text as the command line."""
        from pvo_kit.report.text import to_text

        return to_text(self)

    def _repr_html_(self) -> str:
        from pvo_kit.report.text import to_html_table

        return to_html_table(self)


def _file_dict(entry: EvidenceFile) -> dict[str, Any]:
    return {
        "file": entry.file,
        "kind": entry.kind,
        "encoding": entry.encoding,
        "lines": entry.lines,
        "reason": entry.reason,
    }


def worst(statuses: Sequence[Status]) -> Status:
    """Return the status that counts over several appliances."""
    return min(statuses, key=WORST_FIRST.index)
