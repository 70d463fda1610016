"""Which cases of a batch are chosen: by scenario, status, words and days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pandas as pd

from pvo_kit.errors import InputError
from pvo_kit.findings import WORST_FIRST

_READ = ("appliances", "summary", "error")
"""Where words are looked for, besides in the case's name."""


@dataclass(frozen=True, slots=True)
class FleetChoice:
    """Which cases are shown; '' and None leave a field open.

    A case is chosen where one of its rows has both the scenario and the status. ``words`` are
    looked for in the case's name, its appliances and what is told of it.
    """

    scenario: int | None = None
    status: str = ""
    words: str = ""
    since: date | None = None
    until: date | None = None

    def of(self, fleet: pd.DataFrame) -> pd.DataFrame:
        """Return all rows of the chosen cases. One without a day is in no range of days."""
        keep = pd.Series(True, index=fleet.index)
        if self.scenario is not None:
            keep &= (fleet["scenario"] == self.scenario).fillna(False).astype(bool)
        if self.status:
            keep &= fleet["status"].astype("str") == self.status
        if self.since:
            keep &= fleet["day"] >= pd.Timestamp(self.since)
        if self.until:
            keep &= fleet["day"] <= pd.Timestamp(self.until)
        keep &= fleet["case"].isin(_holding(fleet, self.words))
        return fleet[fleet["case"].isin(fleet["case"][keep])]


def _holding(fleet: pd.DataFrame, words: str) -> set[str]:
    """The cases that hold each of these words, whatever their letters' case."""
    cases = fleet["case"].astype("str")
    told = cases
    for name in _READ:
        told = told + " " + fleet[name].astype("str")
    whole = told.str.casefold().groupby(cases).agg(" ".join)
    for word in words.casefold().split():
        whole = whole[whole.str.contains(word, regex=False)]
    return set(whole.index)


def parse_day(text: str) -> date | None:
    """Return a day as it was typed, None for an empty field; InputError shows how to write it."""
    if not text.strip():
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise InputError(f"{text.strip()} is no day; write it like 2014-07-21") from None


def span(fleet: pd.DataFrame) -> tuple[str, str]:
    """Return the first and the last day as text, else words."""
    days = fleet["day"].dropna()
    if days.empty:
        return "no day in the evidence", "no day in the evidence"
    return f"{days.min():%Y-%m-%d}", f"{days.max():%Y-%m-%d}"


def present(fleet: pd.DataFrame) -> list[str]:
    """Return the statuses that the fleet has, the worst first."""
    found = set(fleet["status"].astype("str"))
    return [status for status in WORST_FIRST if status in found]


def states(fleet: pd.DataFrame) -> str:
    """Return how many cases have a cause, and how many broke."""
    cases = fleet["case"].nunique()
    status = fleet["status"].astype("str")
    fails = fleet["case"][(status == "fail") & fleet["scenario"].notna()].nunique()
    broken = fleet["case"][fleet["scenario"].isna()].nunique()
    told = f"a cause is shown in {fails:,} of {cases:,}"
    return f"{told}; something broke in {broken:,}" if broken else told
