"""The answer of a what-if: two diagnoses, what differs, and that it is no evidence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pvo_kit.findings import Diagnosis, Finding
from pvo_kit.what_if.changes import Change

if TYPE_CHECKING:
    import pandas as pd

MARK = "What if: not evidence, nothing was changed."
"""Said first wherever an answer is shown."""


@dataclass(frozen=True, slots=True)
class WhatIf:
    """What the six scenarios say of the evidence as it is, and as it would be after the changes.

    Numbers of scenarios, each in one of these at most:

    * ``cleared``: it fails, and it would not any more;
    * ``remaining``: it fails, and it still would;
    * ``arisen``: it does not fail, and it would;
    * ``undecided``: it is decided, and would not be: what was captured does not suffice to tell.

    ``effects`` are sentences on what else would change, ``doubts`` on what the evidence does not
    tell of it. ``after`` is no diagnosis of the evidence: its hash says so.
    """

    changes: tuple[Change, ...]
    before: Diagnosis
    after: Diagnosis
    cleared: tuple[int, ...] = ()
    undecided: tuple[int, ...] = ()
    remaining: tuple[int, ...] = ()
    arisen: tuple[int, ...] = ()
    effects: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()

    @property
    def question(self) -> str:
        """The changes in one sentence: ``What if mx.example.com delivered from Auto?``."""
        return f"What if {' and '.join(change.told for change in self.changes)}?"

    @property
    def changed(self) -> tuple[tuple[Finding, Finding], ...]:
        """The findings before and after, of the scenarios whose status or summary differs."""
        pairs = zip(self.before.findings, self.after.findings, strict=True)
        return tuple((old, new) for old, new in pairs
                     if (old.status, old.summary) != (new.status, new.summary))  # fmt: skip

    def to_frame(self) -> pd.DataFrame:
        """Return one row a scenario: scenario, title, before, after (status), change (str)."""
        from pvo_kit.what_if.rendering import to_frame

        return to_frame(self)

    def __repr__(self) -> str:
        """Return the answer as text that begins with the mark; nothing in it steers a terminal."""
        from pvo_kit.what_if.rendering import to_text

        return to_text(self)

    def _repr_html_(self) -> str:
        from pvo_kit.what_if.rendering import to_html

        return to_html(self)
