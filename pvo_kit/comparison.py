"""Two diagnoses of one escalation, before and after: what went, what came, what stayed, and why.

Missing evidence is never a pass here either: a cause that is no longer shown but not ruled out has
not gone, it is ``open``.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from pvo_kit.diagnosis import diagnose
from pvo_kit.errors import InputError
from pvo_kit.evidence import Citation, Evidence
from pvo_kit.findings import Diagnosis, Finding, Status
from pvo_kit.loading import load
from pvo_kit.version import __version__

Side = Evidence | Diagnosis | str | os.PathLike[str]
Kind = Literal["came", "stayed", "open", "went", "changed", "same"]

SCHEMA = 1
ORDER: tuple[Kind, ...] = ("came", "stayed", "open", "went", "changed", "same")
"""In which order they are told: what is wrong now comes first."""

_RULED_OUT: frozenset[Status] = frozenset({"pass", "resolved", "not_applicable"})


@dataclass(frozen=True, slots=True)
class Change:
    """One scenario on both sides; a side is None where it was not asked for there.

    ``kind``: ``came`` (fails now, did not), ``stayed`` (fails on both sides), ``went`` (failed, and
    the newer evidence rules it out), ``open`` (failed, and the newer evidence neither shows it nor
    rules it out), ``changed`` (another status, no failure on either side), ``same``.
    """

    kind: Kind
    before: Finding | None
    after: Finding | None

    @property
    def finding(self) -> Finding:
        """The newer finding, or the only one."""
        found = self.after or self.before
        if found is None:
            raise ValueError("a change of nothing")
        return found

    @property
    def lost(self) -> tuple[Citation, ...]:
        """The lines that only the older finding stands on."""
        return _only(self.before, self.after)

    @property
    def new(self) -> tuple[Citation, ...]:
        """The lines that only the newer finding stands on."""
        return _only(self.after, self.before)

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form."""
        return {
            "scenario": self.finding.scenario,
            "id": self.finding.id,
            "title": self.finding.title,
            "change": self.kind,
            "before": _side(self.before),
            "after": _side(self.after),
            "lost": [_cited(line) for line in self.lost],
            "new": [_cited(line) for line in self.new],
        }


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two diagnoses side by side, one change a scenario, in their order. Plain in a terminal."""

    before: Diagnosis
    after: Diagnosis
    changes: tuple[Change, ...]

    def of(self, *kinds: Kind) -> tuple[Change, ...]:
        """Return the changes of some kinds."""
        return tuple(change for change in self.changes if change.kind in kinds)

    @property
    def exit_code(self) -> int:
        """The newer diagnosis's."""
        return self.after.exit_code

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form."""
        return {
            "schema": SCHEMA,
            "pvo_kit": __version__,
            "before": self.before.evidence_hash,
            "after": self.after.evidence_hash,
            "changes": [change.to_dict() for change in self.changes],
        }

    def to_json(self) -> str:
        """Return the comparison as JSON text, the same bytes for the same evidence."""
        return json.dumps(self.to_dict(), indent=2, ensure_ascii=False) + "\n"

    def __repr__(self) -> str:
        """Return the same text as the command line."""
        from pvo_kit.report.comparing import to_text

        return to_text(self)

    def _repr_html_(self) -> str:
        from pvo_kit.report.comparing import to_html_table

        return to_html_table(self)


def compare(before: Side, after: Side, pvo_port: int | None = None) -> Comparison:
    """Compare two sides: evidence, a diagnosis, or a path that is loaded.

    ``pvo_port`` is the quarantine's port on both sides where the evidence does not tell it. Raises
    InputError as ``load`` and ``diagnose`` do.
    """
    older, newer = (_diagnosis(side, pvo_port) for side in (before, after))
    numbers = sorted({found.scenario for found in (*older.findings, *newer.findings)})
    return Comparison(older, newer, tuple(_change(older, newer, number) for number in numbers))


def _diagnosis(side: Side, pvo_port: int | None) -> Diagnosis:
    if isinstance(side, Diagnosis):
        return side
    if isinstance(side, Evidence):
        return diagnose(side, pvo_port=pvo_port)
    if isinstance(side, (str, os.PathLike)):
        return diagnose(load(side), pvo_port=pvo_port)
    raise InputError(f"{type(side).__name__}: give Evidence, a Diagnosis, or a path")


def _change(older: Diagnosis, newer: Diagnosis, scenario: int) -> Change:
    before, after = _finding(older.findings, scenario), _finding(newer.findings, scenario)
    statuses = (found.status if found else None for found in (before, after))
    return Change(_kind(*statuses), before, after)


def _finding(findings: Sequence[Finding], scenario: int) -> Finding | None:
    return next((found for found in findings if found.scenario == scenario), None)


def _kind(before: Status | None, after: Status | None) -> Kind:
    if after == "fail":
        return "stayed" if before == "fail" else "came"
    if before == "fail":
        return "went" if after in _RULED_OUT else "open"
    return "same" if before == after else "changed"


def _only(one: Finding | None, other: Finding | None) -> tuple[Citation, ...]:
    """The lines by their text: the same line stands elsewhere in another capture."""
    texts = {line.text.strip() for line in other.citations} if other else set()
    return tuple(line for line in one.citations if line.text.strip() not in texts) if one else ()


def _side(found: Finding | None) -> dict[str, Any] | None:
    return {"status": found.status, "summary": found.summary} if found else None


def _cited(line: Citation) -> dict[str, Any]:
    return {"file": line.file, "line": line.line, "text": line.text}
