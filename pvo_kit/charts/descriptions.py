"""What a chart shows, in sentences: the alternative text for those who do not see it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, get_args

import numpy as np
import pandas as pd

from pvo_kit.charts import (
    bins,
    ciphers,
    failures,
    features,
    lanes,
    levels,
    reachability,
    scenarios,
    status_line,
    timeline,
    wording,
)
from pvo_kit.charts.columns import Fix, Links, read
from pvo_kit.errors import InputError
from pvo_kit.tls import is_anonymous

Kind = Literal[
    "dcid_timeline",
    "tls_failures_over_time",
    "cipher_use",
    "status_line",
    "reachability_map",
    "feature_matrix",
    "level_matrix",
    "scenarios_over_time",
]

_OF_TABLES = {
    "status_line": status_line.sentences,
    "reachability_map": reachability.sentences,
    "feature_matrix": features.sentences,
    "level_matrix": levels.sentences,
    "scenarios_over_time": scenarios.sentences,
}
"""The charts that take a table of ``pvo_kit.tables``, or of a batch: these have no fix."""


def describe(kind: Kind, frame: pd.DataFrame, fix: Fix = None, by: failures.By = "reason") -> str:
    """Tell what the chart of this name shows of a frame, with numbers, times and full names.

    ``by`` is that of ``tls_failures_over_time``. Nothing is judged: what is not in the frame is
    not in the text.
    """
    if kind not in get_args(Kind):
        raise InputError(f"kind is one of {', '.join(get_args(Kind))}, not {kind!r}")
    if kind in _OF_TABLES:
        said = _OF_TABLES[kind](frame)
    elif kind == "dcid_timeline":
        said = _timeline(read(frame, fix, *timeline.NEEDED))
    elif kind == "cipher_use":
        said = _ciphers(read(frame, fix, *ciphers.NEEDED))
    else:
        said = _failures(read(frame, fix, *failures.NEEDED), by)
    return " ".join(sentence for sentence in said if sentence)


def _timeline(links: Links) -> Iterator[str]:
    if why := timeline.why_empty(links):
        yield f"An empty chart of delivery connections. {why}"
        return
    yield f"A timeline of {timeline.title(links)}."
    yield f"Their times are {_range(links)}."
    yield wording.fix(links)
    yield _first_and_last(links)
    yield f"Destinations: {wording.listing(_named(links.destinations(), 'not in the log'))}."
    yield _open_ends(links)
    yield wording.untimed(links)
    yield timeline.note(links, lanes.plan(links))


def _failures(links: Links, by: failures.By) -> Iterator[str]:
    names = failures.categories(links, by)
    if why := failures.why_empty(links):
        yield f"An empty chart of TLS failures. {why}"
        return
    drawn = links.failed & links.timed
    cut = bins.choose(links, drawn)
    counts = cut.counts(links.at[drawn])
    yield f"Stacked bars of TLS failures over time. {failures.title(links)}."
    yield _first_and_last(links)
    yield f"The connections of the frame are {_range(links)}."
    what = "reason" if by == "reason" else "destination"
    yield f"By {what}: {wording.listing(wording.ranked(names[links.failed]))}."
    yield wording.fix(links)
    yield wording.untimed(links, links.failed)
    highest = wording.stamp(cut.starts[int(counts.argmax())])
    yield f"Counted per {cut.period}; the highest bar is {counts.max():,}, from {highest} on."


def _ciphers(links: Links) -> Iterator[str]:
    if why := ciphers.why_empty(links):
        yield f"An empty chart of cipher suites. {why}"
        return
    suites = _named(links.texts("tls_cipher"))
    anonymous = [pair for pair in suites if is_anonymous(pair[0])]
    others = [pair for pair in suites if not is_anonymous(pair[0])]
    yield f"Bars of the cipher suites in use. {ciphers.title(links)}."
    yield f"Anonymous suites: {wording.listing(anonymous) or 'none'}."
    yield f"Other suites: {wording.listing(others) or 'none'}."
    _, apart = ciphers.rows(links)
    yield from (f"{row.label}: {int(row.which.sum()):,}." for row in apart)
    if links.fix is not None:
        yield wording.fix(links, ciphers.anonymous_use(links), "an anonymous suite was used on")
    yield from ciphers.notes(links)


def _named(texts: np.typing.NDArray[np.object_], missing: str = "") -> list[tuple[str, int]]:
    named = np.where(texts == "", missing, texts)
    return wording.ranked(named[named != ""])


def _range(links: Links) -> str:
    at = links.at[links.timed]
    if at.min() == at.max():
        return f"all {wording.stamp(at.min())}"
    return f"from {wording.stamp(at.min())} to {wording.stamp(at.max())}"


def _first_and_last(links: Links) -> str:
    at = links.at[links.failed & links.timed]
    if not len(at):
        return ""
    if len(at) == 1:
        return f"The failure is at {wording.stamp(at[0])}."
    return (
        f"The first failure is at {wording.stamp(at.min())}, the last at {wording.stamp(at.max())}."
    )


def _open_ends(links: Links) -> str:
    """How many connections lack an end, of those that have a time at all."""
    lacking = [
        (int((np.isnat(times) & links.timed).sum()), end)
        for times, end in ((links.opened, "opening"), (links.closed, "close"))
    ]
    said = [f"the {end} of {count:,}" for count, end in lacking if count]
    return f"The log does not hold {' and '.join(said)}." if said else ""
