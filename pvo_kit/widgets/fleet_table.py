"""The cases of a batch as a table: a row each, its verdicts with links to its report."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import pandas as pd
from markupsafe import Markup

from pvo_kit import escape
from pvo_kit.findings import WORST_FIRST
from pvo_kit.report.labels import LABELS, MEANINGS, SIGNS
from pvo_kit.scenarios import SCENARIOS
from pvo_kit.widgets.markup import element, wrapped

FINDINGS = "findings.json"

NUMBERS = tuple(each.number for each in SCENARIOS)


@dataclass(frozen=True, slots=True)
class Cases:
    """The first ``most`` cases of a fleet as a table, a row each, with links below ``runs``.

    Without ``runs`` there are no links.
    """

    fleet: pd.DataFrame
    runs: Path | None
    most: int

    def html(self, live: bool) -> Markup:
        """Return a table whose head and rows a screen reader reads with each cell."""
        head = Markup().join(element("th", name, scope="col") for name in self._head())
        rows = Markup().join(self._row(name, rows) for name, rows in self._cases())
        parts = (element("thead", element("tr", head)), element("tbody", rows))
        caption = element("caption", self._caption()) if self._caption() else Markup()
        return element("div", element("table", caption, *parts), class_="pvo-scroll")

    def text(self) -> list[str]:
        """Return a line for each case: its name, its day, its verdicts."""
        lines = [
            "  ".join([escape.terminal(name), _day(rows), *_told(rows)])
            for name, rows in self._cases()
        ]
        return [*wrapped(self._caption()), *lines]

    def _caption(self) -> str:
        count = self.fleet["case"].nunique()
        return f"The first {self.most:,} of {count:,} cases" if count > self.most else ""

    def _head(self) -> Sequence[str]:
        return ("Case", "Day", *(f"Scenario {number}" for number in NUMBERS), "Files")

    def _cases(self) -> list[tuple[str, pd.DataFrame]]:
        names = list(self.fleet["case"].unique()[: self.most])
        groups = self.fleet.groupby("case", sort=False)
        return [(str(name), groups.get_group(name)) for name in names]

    def _row(self, name: str, rows: pd.DataFrame) -> Markup:
        report = str(rows["report"].iloc[0])
        known = rows[rows["scenario"].notna()]
        by_number = dict(
            zip(known["scenario"].astype(int), known["status"].astype(str), strict=True)
        )
        cells = [
            self._verdict(name, report, number, by_number[number]) if number in by_number else ""
            for number in NUMBERS
        ]
        files = [self._link(path, word, f"{word} of {name}") for word, path in self._files(report)]
        broken = rows["error"][rows["scenario"].isna()]
        last = Markup(" ").join(filter(None, files)) + Markup().join(
            element("div", f"{SIGNS['error']} {error}") for error in broken
        )
        return element(
            "tr",
            element("th", name, scope="row"),
            element("td", _day(rows)),
            *(element("td", cell) for cell in cells),
            element("td", last),
        )

    def _files(self, report: str) -> Iterator[tuple[str, str]]:
        """What the batch wrote of a case: the word for each file, and its path in RUNS."""
        if self.runs is None or not report:
            return
        folder = report.rpartition("/")[0]
        yield "report", report
        yield "findings", f"{folder}/{FINDINGS}"
        for path in sorted((self.runs / folder).glob("*.ipynb")):
            yield "notebook", f"{folder}/{path.name}"

    def _verdict(self, name: str, report: str, number: int, status: str) -> str:
        found = next(each for each in WORST_FIRST if each == status)
        words = f"{SIGNS[found]} {LABELS[found]}"
        said = f"scenario {number} of {name}: {LABELS[found]}, {MEANINGS[found]}"
        return self._link(report, words, said, f"#scenario-{number}") or words

    def _link(self, path: str, words: str, said: str, part: str = "") -> Markup:
        if self.runs is None or not path:
            return Markup()
        return element(
            "a", words, href=f"{href(self.runs, path)}{part}", target="_blank", rel="noopener",
            aria_label=said,
        )  # fmt: skip


def href(runs: Path, path: str) -> str:
    """Return the link from the current folder, a notebook's, to a file below RUNS."""
    target = runs.absolute() / path
    try:
        return quote(Path(os.path.relpath(target)).as_posix())
    except ValueError:  # another drive
        return target.as_uri()


def verdict_rows(rows: pd.DataFrame) -> Sequence[Sequence[str]]:
    """Return what is told of one case, a row a scenario; what broke comes last."""
    return [
        [
            f"{'-' if pd.isna(number) else number} {name}".strip(),
            *_words(status),
            f"{summary} {error}".strip(),
            "" if pd.isna(behind) else f"scenario {behind}",
        ]
        for number, name, status, summary, error, behind in rows[
            ["scenario", "id", "status", "summary", "error", "masked_by"]
        ].itertuples(index=False)
    ]


def _words(status: object) -> list[str]:
    return [f"{SIGNS[each]} {LABELS[each]}" for each in WORST_FIRST if each == status]


def _told(rows: pd.DataFrame) -> list[str]:
    return [
        f"{'-' if pd.isna(number) else number} {''.join(_words(status))}"
        for number, status in zip(rows["scenario"], rows["status"], strict=True)
    ]


def _day(rows: pd.DataFrame) -> str:
    day = rows["day"].iloc[0]
    return "no date" if pd.isna(day) else f"{day:%Y-%m-%d}"
