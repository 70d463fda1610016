"""The fleet: all cases of a batch, as rows of one table."""

from __future__ import annotations

import csv
import io
import os
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pvo_kit.batching.result import CaseResult
from pvo_kit.batching.task import REPORT
from pvo_kit.errors import InputError
from pvo_kit.escape import csv_cell, html
from pvo_kit.findings import WORST_FIRST
from pvo_kit.report.story import counted

if TYPE_CHECKING:
    import pandas as pd

FILE = "fleet.csv"

COLUMNS = {
    "case": "str",
    "day": "datetime64[us]",
    "scenario": "Int64",
    "id": "str",
    "status": "category",
    "summary": "str",
    "masked_by": "Int64",
    "appliances": "str",
    "evidence_hash": "str",
    "error": "str",
    "report": "str",
}
"""One row a case and scenario. ``day``: of the newest evidence, UTC, NaT without a clock.

``report`` is the page's path in RUNS. What broke (a case without a diagnosis, a notebook) has a row
of its own, without a scenario, with the status ``error``.
"""


@dataclass(frozen=True, slots=True)
class Fleet:
    """The cases of a batch in the order of the archives; ``folder`` is RUNS."""

    cases: tuple[CaseResult, ...]
    folder: Path

    @property
    def states(self) -> Counter[str]:
        """How many cases fail, are open, are well, are broken."""
        return Counter(case.state for case in self.cases)

    @property
    def exit_code(self) -> int:
        """1: something fails; 3: something is not known; 0: all is well; 2: nothing was read."""
        states = self.states
        if states["broken"] == len(self.cases):
            return 2
        if states["fail"]:
            return 1
        return 3 if states["open"] or states["broken"] else 0

    def rows(self) -> Iterator[dict[str, str]]:
        """Yield the rows of the table, every cell as text and as it stands."""
        for case in self.cases:
            yield from _rows(case)

    def to_csv(self) -> str:
        """Return the table as CSV that no spreadsheet computes anything of."""
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(COLUMNS)
        for row in self.rows():
            writer.writerow(csv_cell(row[name]) for name in COLUMNS)
        return text.getvalue()

    def to_frame(self) -> pd.DataFrame:
        """Return the table with the columns of COLUMNS."""
        return _frame({name: [row[name] for row in self.rows()] for name in COLUMNS})

    def summary(self) -> list[str]:
        """Return what the batch shows, in a few lines."""
        states = self.states
        told = {
            "fail": "a cause is shown",
            "open": "not decided yet",
            "well": "nothing is left to mend",
            "broken": "could not be diagnosed",
        }
        return [
            counted(len(self.cases), "case"),
            *(f"{states[state]:>7,}  {text}" for state, text in told.items()),
        ]

    def __repr__(self) -> str:
        """Return the summary."""
        return "\n".join(self.summary())

    def _repr_html_(self) -> str:
        return "<br>".join(html(line) for line in self.summary())


def _rows(case: CaseResult) -> Iterator[dict[str, str]]:
    shared = {
        "case": case.case,
        "day": case.day,
        "appliances": "; ".join(f"{role} {name}" for name, role in case.appliances),
        "evidence_hash": case.evidence_hash,
        "report": f"cases/{case.case}/{REPORT}" if case.verdicts else "",
    }
    for found in case.verdicts:
        yield {
            **shared,
            "scenario": str(found.scenario),
            "id": found.id,
            "status": found.status,
            "summary": found.summary,
            "masked_by": str(found.masked_by or ""),
            "error": found.error or "",
        }
    if case.error:
        empty = dict.fromkeys(("scenario", "id", "summary", "masked_by"), "")
        yield {**shared, **empty, "status": "error", "error": case.error}


def read_fleet(folder: str | os.PathLike[str]) -> pd.DataFrame:
    """Return the table that a batch left in RUNS; InputError where there is none."""
    path = Path(folder) / FILE
    try:
        with path.open(encoding="utf-8", newline="") as file:
            table = csv.DictReader(file)
            if table.fieldnames != list(COLUMNS):
                raise ValueError("other columns")
            rows = list(table)
        return _frame({name: [row[name] for row in rows] for name in COLUMNS})
    except OSError as error:
        raise InputError(
            f"{path.name} cannot be read ({error.strerror}); give a folder of pvo-kit batch"
        ) from None
    except ValueError:
        raise InputError(f"{path.name} is not one of pvo-kit batch; run it again") from None


def _frame(columns: Mapping[str, list[str]]) -> pd.DataFrame:
    import pandas as pd

    frame = pd.DataFrame(dict(columns), dtype="str")
    for name in ("scenario", "masked_by"):
        frame[name] = pd.to_numeric(frame[name].replace("", pd.NA)).astype("Int64")
    frame["day"] = pd.to_datetime(frame["day"], format="%Y-%m-%d", errors="coerce")
    status = pd.CategoricalDtype(list(WORST_FIRST))
    return frame.astype({**COLUMNS, "status": status})
