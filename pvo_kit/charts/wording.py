"""Numbers, times and names in words, the same in titles, labels and descriptions."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt
import pandas as pd

from pvo_kit import escape
from pvo_kit.charts.columns import OUTCOMES, Links, Mask

NAMES = {
    "failed": "TLS failed",
    "success": "TLS success",
    "none": "without TLS",
    "unknown": "TLS unknown",
}
"""The outcomes of TLS in labels."""

_SAYS = {
    "failed": "failed on",
    "success": "succeeded on",
    "none": "was not used on",
    "unknown": "is not known of",
}


def stamp(time: np.datetime64) -> str:
    """A time to the second."""
    return f"{pd.Timestamp(time):%Y-%m-%d %H:%M:%S}"


def number(count: int, noun: str) -> str:
    """``1 connection``, ``1,200 connections``."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def label(text: str, most: int = 34) -> str:
    """Text of a log as it may stand in a picture: printable ASCII, its middle left out if long.

    Fonts have no sign for much of what a log may hold, so other letters are shown as escapes.
    """
    return shorten(name(text).encode("ascii", "backslashreplace").decode("ascii"), most)


def name(text: str) -> str:
    """Text of a log as it may stand in a description: in full, up to 200 letters."""
    return escape.terminal(shorten(text, 200))


def shorten(text: str, most: int) -> str:
    """Leave out the middle of a long text: both ends tell more than the beginning alone."""
    if len(text) <= most:
        return text
    tail = (most - 1) // 2
    return f"{text[: most - 1 - tail]}\N{HORIZONTAL ELLIPSIS}{text[-tail:]}"


def listing(pairs: Iterable[tuple[str, int]]) -> str:
    """``a 3, b 2``; after a dozen only how many more there are."""
    every = list(pairs)
    said = [f"{name(text)} {count:,}" for text, count in every[:12]]
    if rest := every[12:]:
        said.append(f"{len(rest)} more {sum(count for _, count in rest):,}")
    return ", ".join(said)


def tls(links: Links) -> str:
    """``TLS failed on 3, succeeded on 4``: what was seen, and only that."""
    counts = [(outcome, int(links.outcome(outcome).sum())) for outcome in OUTCOMES]
    return "TLS " + ", ".join(f"{_SAYS[outcome]} {n:,}" for outcome, n in counts if n)


def fix(links: Links, of: Mask | None = None, verb: str = "TLS failed on") -> str:
    """How many of all connections are among the chosen ones, before the fix and after it."""
    chosen = links.sides(links.failed if of is None else of)
    every = links.sides()
    if links.fix is None:
        return ""
    return (
        f"Before the fix at {stamp(links.fix)} {verb} {chosen[0]:,} of"
        f" {number(every[0], 'connection')}, after it on {chosen[1]:,} of {every[1]:,}."
    )


def sides(links: Links, of: Mask) -> str:
    """A count for a label, parted by the fix where there is one."""
    if links.fix is None:
        return f"{int(of.sum()):,}"
    before, after = links.sides(of)
    return f"{before:,} before, {after:,} after"


def untimed(links: Links, of: Mask | None = None) -> str:
    """What is said of connections that have no place on a time axis, "" where there are none."""
    lacking = ~links.timed if of is None else ~links.timed & of
    count = int(lacking.sum())
    return f"{number(count, 'connection')} without any time not drawn." if count else ""


def ranked(texts: npt.NDArray[np.object_]) -> list[tuple[str, int]]:
    """Each text with its count, the most frequent first, then by name."""
    counts = pd.Series(texts, dtype=object).value_counts()
    return sorted(
        ((str(text), int(count)) for text, count in counts.items()),
        key=lambda pair: (-pair[1], pair[0]),
    )
