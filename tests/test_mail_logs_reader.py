"""The fast reader gives what the plain reader gives: every row, column and count."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_logs import files

from pvo_kit import frames, text
from pvo_kit.errors import InputError
from pvo_kit.mail_logs import DELIVERY, KINDS, Coverage, Event, read_set
from pvo_kit.mail_logs.batches import Logs
from pvo_kit.mail_logs.columns import Events
from pvo_kit.mail_logs.filters import Filter
from pvo_kit.mail_logs.logfiles import LogFiles
from pvo_kit.mail_logs.reader import Wanted, read_rows
from pvo_kit.mail_logs.reading import Sizes

SHARED = Path(__file__).parents[2] / "shared"
ALL = frozenset(kind.name for kind in KINDS)


def fast(
    paths: Path | list[Path],
    kinds: Any = "delivery",
    year: int | None = None,
    sizes: Sizes | None = None,
) -> tuple[pd.DataFrame, dict[str, Any]]:
    """The frame and the coverage; ``sizes`` cut the files into small blocks."""
    logs, events = Logs(), Events()
    wanted = Wanted(kinds, Filter(None, None, None, None), year)
    for rows, source in read_rows(LogFiles(paths), wanted, logs, sizes or Sizes()):
        events.add(rows, source, logs)
    return events.frame(), logs.totals.as_dict()


def plain(
    logs: Mapping[str, bytes], kinds: frozenset[str], mixed: bool, year: int | None = None
) -> tuple[list[Event], Coverage]:
    """What the plain reader gives for the same files."""
    coverage = Coverage()
    openers = {}
    for name, data in logs.items():
        encoding = text.detect(data[: text.HEAD], complete=len(data) <= text.HEAD).encoding
        if encoding and data:
            found = list(text.lines(BytesIO(data), encoding))
            openers[name] = lambda found=found: found
    return list(read_set(openers, year, mixed=mixed, kinds=kinds, coverage=coverage)), coverage


def told(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows as plain values, None where there is none."""
    columns = {}
    for name in frame:
        values = frame[name].astype(object)
        columns[name] = [None if pd.isna(value) else value for value in values]
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def expected(events: list[Event]) -> list[dict[str, Any]]:
    """The rows that these events should give."""
    return [{name: getattr(event, name) for name in frames.EVENTS} for event in events]


def check_coverage(found: dict[str, Any], coverage: Coverage, kinds: frozenset[str]) -> None:
    """Every line is counted once; where all are looked at, under the same name as by the oracle."""
    missed = sum(row["count"] for row in found["not_recognised"])
    told = found["recognised"] + sum(found["not_asked"].values()) + missed
    assert found["lines"] == told + found["wrapped"] + found["blank"] + found["foreign"]
    assert found["lines"] == coverage.lines
    assert found["recognised"] == coverage.recognised - coverage.not_asked.total()
    if not kinds <= DELIVERY:
        assert found["not_asked"] == dict(coverage.not_asked)
        assert [(row["shape"], row["count"], row["source"], row["line"], row["text"])
                for row in found["not_recognised"]] == [
            (row.shape, row.count, row.source, row.line, row.text)
            for row in coverage.not_recognised]  # fmt: skip
        assert (found["wrapped"], found["blank"]) == (coverage.wrapped, coverage.blank)


def compare(logs: dict[str, bytes], kinds: Any, sizes: Sizes, year: int | None = None) -> None:
    """Read these files both ways."""
    asked = {"delivery": DELIVERY, "all": ALL}.get(kinds, frozenset([kinds]))
    with tempfile.TemporaryDirectory() as folder:
        for name, data in logs.items():
            Path(folder, name).write_bytes(data)
        if not any(logs.values()):
            with pytest.raises(InputError, match="no log to read"):
                LogFiles(folder)
            return
        mixed = {log.mixed for log in LogFiles(folder).logs.values()}
        if len(mixed) > 1:
            return
        events, coverage = plain(logs, asked, mixed.pop(), year)
        frame, found = fast(Path(folder), kinds, year, sizes)
    assert told(frame) == expected(events)
    check_coverage(found, coverage, asked)
    assert {name: str(dtype) for name, dtype in frame.dtypes.items()} == {
        name: column.dtype for name, column in frames.EVENTS.items()}  # fmt: skip


SIZES = st.builds(Sizes, st.integers(1, 2000), st.integers(1, 60))
ASKED = st.sampled_from(["delivery", "delivery", "all", "tls-failed", "subject"])


@given(files(), ASKED, SIZES, st.sampled_from([None, 2014]))
def test_the_same_rows_as_the_plain_reader(
    data: bytes, kinds: str, sizes: Sizes, year: int
) -> None:
    compare({"mail.log": data}, kinds, sizes, year)


NAMES = st.sampled_from(
    ["mail.current", "mail.@20140407T154842.s", "mail.@20131231T235900.s", "b.log"]
)


@given(st.dictionaries(NAMES, files(15), max_size=3), ASKED, SIZES)
def test_the_same_rows_of_a_set(logs: dict[str, bytes], kinds: str, sizes: Sizes) -> None:
    compare(logs, kinds, sizes)
