"""The delivery connections of a case as the charts take them, and which of them are chosen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import pandas as pd

from pvo_kit.errors import InputError
from pvo_kit.mail_logs.history import within

HEAD = ("DCID", "Opened", "Address", "Port", "TLS", "Outcome", "Line")
"""The head of ``rows``."""

_SHOWN = ["dcid", "opened", "address", "port", "tls", "outcome", "source", "first_line"]


@dataclass(frozen=True, slots=True)
class LinkChoice:
    """Which connections are drawn; '' and None leave a field open."""

    since: datetime | None = None
    until: datetime | None = None
    address: str = ""
    port: int | None = None
    outcome: str = ""

    def of(self, links: pd.DataFrame) -> pd.DataFrame:
        """Return the connections of this choice: those that were open at some time of its range.

        One without a time is in no range.
        """
        links = within(links, self.since, self.until)
        keep = pd.Series(True, index=links.index)
        if self.address:
            keep &= links["address"].astype("str") == self.address
        if self.port is not None:
            keep &= (links["port"] == self.port).fillna(False).astype(bool)
        if self.outcome:
            keep &= links["outcome"].astype("str") == self.outcome
        return links[keep]


def present(links: pd.DataFrame, column: str) -> list[str]:
    """Return the values of a column as text, each once: numbers by size, words by the alphabet."""
    return [str(value) for value in sorted(links[column].dropna().unique())]


def parse_time(text: str) -> datetime | None:
    """Return a time as it was typed (UTC unless it has an offset), None for an empty field.

    Raises InputError, which shows how to write it.
    """
    if not text.strip():
        return None
    try:
        time = datetime.fromisoformat(text.strip().removesuffix(" UTC"))
    except ValueError:
        raise InputError(f"{text.strip()} is no time; write it like 2014-07-21 12:05:00") from None
    return time.astimezone(UTC).replace(tzinfo=None) if time.tzinfo else time


def rows(links: pd.DataFrame, most: int) -> Sequence[Sequence[str]]:
    """Return the first connections as a table's rows of text."""
    return [
        [
            *("" if pd.isna(value) else str(value) for value in values),
            f"{source}:{line}",
        ]
        for *values, source, line in links.head(most)[_SHOWN].itertuples(index=False)
    ]


def span(links: pd.DataFrame) -> tuple[str, str]:
    """Return the first and the last time of these connections as text, else words."""
    times = pd.concat([links["opened"], links["closed"]]).dropna()
    if times.empty:
        return "no time in the logs", "no time in the logs"
    return f"{times.min():%Y-%m-%d %H:%M:%S}", f"{times.max():%Y-%m-%d %H:%M:%S}"
