"""From what was found in a file to rows: one for each line of a kind that was asked for.

Batch.texts ──engine──▶ kinds, fields ──┐
Batch.slow ─────────────────────────────┴─▶ in the lines' order ──Zone, Boxes──▶ rows
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa

from pvo_kit.mail_logs import engine, plain
from pvo_kit.mail_logs.finder import Found
from pvo_kit.mail_logs.forms import Form
from pvo_kit.mail_logs.header import normalise, parse_header
from pvo_kit.mail_logs.kinds import Coverage, NotRecognised
from pvo_kit.mail_logs.plain import Entry
from pvo_kit.mail_logs.running import NO_DCID, NO_OFFSET, Boxes, Zone, utc
from pvo_kit.mail_logs.window import Flags
from pvo_kit.mail_logs.years import microseconds

WORD = "DCID"
_PASSED_OVER = f"(without {WORD})"
NEEDED = frozenset({"dcid-open", "utc-offset"})
"""Kinds that tell what holds for other lines."""

_OPENS, _TELLS = engine.NAMES.index("dcid-open"), engine.NAMES.index("utc-offset")

NEVER = np.iinfo(np.int64).max

FIELDS = tuple(name for name in engine.SCHEMA if name != "row")
COLUMNS: dict[str, Any] = {
    "line": pl.Int64, "local_time": pl.Int64, "offset": pl.Int32, "level": pl.Int32,
    "appliance": pl.Int32, **{name: engine.SCHEMA[name] for name in FIELDS},
}  # fmt: skip


@dataclass
class Batch:
    """What was found in some lines of a file; ``forms`` and ``zone`` are those of the file.

    ``mixed`` tells that it holds more than log lines, ``damage`` why it broke off behind these.
    ``taken`` counts the bytes that were read for it.
    """

    source: str
    forms: Sequence[Form]
    zone: Zone
    mixed: bool
    found: list[Found] = field(default_factory=list)
    taken: int = 0
    damage: str | None = None


@dataclass
class Totals:
    """What became of the lines of a set of files.

    ``coverage`` accounts for all lines that were looked at; ``passed_over`` counts those without
    the word DCID that were not, because only lines with it were asked for. ``filtered`` counts the
    rows that were left out by time, address or port. ``unread`` names what could not be read (to
    its end), with the reason, ``stale`` parts of kept logs that are not those of now.
    """

    coverage: Coverage = field(default_factory=Coverage)
    passed_over: int = 0
    filtered: int = 0
    unread: list[tuple[str, str]] = field(default_factory=list)
    stale: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, account: Mapping[str, Any]) -> Totals:
        """What ``as_dict`` has told of."""
        not_asked = Counter(account["not_asked"])
        passed_over = not_asked.pop(_PASSED_OVER, 0)
        shapes = {row["shape"]: NotRecognised(**row) for row in account["not_recognised"]}
        coverage = Coverage(
            account["lines"], account["recognised"] + not_asked.total(), account["wrapped"],
            account["blank"], account["foreign"], not_asked=not_asked, shapes=shapes,
        )  # fmt: skip
        unread = [(row["source"], row["reason"]) for row in account["unread"]]
        return cls(coverage, passed_over, account["filtered"], unread)

    def drop(self, kinds: pl.Series) -> None:
        """Count rows that are not asked for any more."""
        counts = kinds.value_counts().iter_rows()
        self.coverage.not_asked += Counter({engine.NAMES[kind]: count for kind, count in counts})

    def as_dict(self) -> dict[str, Any]:
        """The account as it stands in ``attrs["coverage"]``.

        ``lines`` is the sum of ``recognised`` (of a kind that was asked for), ``not_asked``,
        ``not_recognised``, ``wrapped`` (further lines of an entry), ``blank`` and ``foreign`` (text
        that is no log, in a file that holds such).
        """
        coverage = self.coverage
        not_asked = dict(coverage.not_asked.most_common())
        if self.passed_over:
            not_asked[_PASSED_OVER] = self.passed_over
        return {
            "lines": coverage.lines,
            "recognised": coverage.recognised - coverage.not_asked.total(),
            "not_asked": not_asked,
            "not_recognised": [asdict(row) for row in coverage.not_recognised],
            "wrapped": coverage.wrapped,
            "blank": coverage.blank,
            "foreign": coverage.foreign,
            "filtered": self.filtered,
            "unread": [{"source": source, "reason": reason} for source, reason in self.unread],
            "stale": [{"part": part, "reason": reason} for part, reason in self.stale.items()],
        }


class Names:
    """Texts by number, because a number a row costs less than a text: -1 stands for none."""

    def __init__(self) -> None:
        """Start without texts."""
        self._numbers: dict[str, int] = {}

    def number(self, text: str | None) -> int:
        """The number of a text."""
        return -1 if text is None else self._numbers.setdefault(text, len(self._numbers))

    def texts(self) -> list[str]:
        """The texts in the order of their numbers."""
        return list(self._numbers)


@dataclass
class Logs:
    """What holds for a set of files: its totals, its appliances and their runs, the levels."""

    totals: Totals = field(default_factory=Totals)
    boxes: Boxes = field(default_factory=Boxes)
    hosts: Names = field(default_factory=Names)
    levels: Names = field(default_factory=Names)


def rows(
    batch: Batch, asked: frozenset[str], told: frozenset[str], every: bool, logs: Logs
) -> pl.DataFrame:
    """The rows of a batch: COLUMNS, and ``time``, ``offset`` and ``session``.

    ``asked`` are the kinds that were asked for, ``told`` those that rows are given of.
    ``every`` tells that lines without DCID count as well. Times are microseconds (NO_TIME: not
    known), ``offset`` seconds (NO_OFFSET: not known), ``kind`` is a place in ``engine.NAMES``,
    ``level`` and ``appliance`` are numbers of ``logs.levels`` and ``logs.hosts``.
    """
    frame, misses = _fast(batch, asked, told, every, logs)
    slow = _slow(batch, asked, misses, logs)
    frame = pl.concat([frame, slow]).sort("line") if len(slow) else frame
    kind = frame["kind"].to_numpy()
    tells = kind == _TELLS
    seconds = [int(detail) for detail in frame["detail"].gather(np.flatnonzero(tells))]
    offset = batch.zone.offsets(tells, seconds, frame["offset"].to_numpy())
    frame = frame.with_columns(
        time=utc(frame["local_time"].to_numpy(), offset),
        offset=pl.Series(offset),
        session=_sessions(frame, kind == _OPENS, logs),
    )
    return of_kinds(frame, told)


def of_kinds(frame: pl.DataFrame, kinds: frozenset[str]) -> pl.DataFrame:
    """The rows of these kinds."""
    wanted = np.array([name in kinds for name in engine.NAMES])[frame["kind"].to_numpy()]
    return frame if wanted.all() else frame.filter(pl.Series(wanted))


def _fast(
    batch: Batch, asked: frozenset[str], told: frozenset[str], every: bool, logs: Logs
) -> tuple[pl.DataFrame, list[_Miss]]:
    """The rows of the candidates, and those that no kind takes."""
    found = [part for part in batch.found if len(part.number)]
    _account_for(batch, logs.totals)
    if not found:
        return pl.DataFrame(schema=COLUMNS), []
    texts = _texts([part.texts for part in found])
    number, local_time, form, letters = (
        np.concatenate([getattr(part, name) for part in found])
        for name in ("number", "local_time", "form", "letters")
    )
    lengths = np.array([form.length for form in batch.forms], np.uint32)
    lines = engine.Candidates(texts, lengths[form], letters, any(part.foreign for part in found),
                              None if every else WORD)  # fmt: skip
    parsed = engine.parse(lines, told | NEEDED)
    _account(parsed, asked, logs.totals)
    row = parsed.fields["row"].to_numpy()
    forms = batch.forms
    level = np.array([logs.levels.number(known.level) for known in forms], np.int32)
    host = np.array([logs.hosts.number(known.host) for known in forms], np.int32)
    frame = parsed.fields.select(
        pl.Series("line", number[row]),
        pl.Series("local_time", local_time[row]),
        pl.lit(NO_OFFSET, pl.Int32).alias("offset"),
        pl.Series("level", level[form[row]]),
        pl.Series("appliance", host[form[row]]),
        *FIELDS,
    )
    return frame, [(int(number[place]), texts[place]) for place in parsed.not_known]


def _texts(parts: Sequence[pa.Array]) -> pl.Series:
    """The candidates as text; bytes that are no UTF-8 stand as U+FFFD."""
    try:
        arrays = [part.cast(pa.string()) for part in parts]
    except pa.ArrowInvalid:
        arrays = [pa.array([text.decode("utf-8", "replace") for text in part.to_pylist()])
                  for part in parts]  # fmt: skip
    return pl.Series(
        pl.from_arrow(pa.chunked_array(arrays, pa.string())), dtype=pl.String
    ).rechunk()


def _account_for(batch: Batch, totals: Totals) -> None:
    """Count all lines but those of the slow entries; what is known of some is told later."""
    lines = sum(part.lines for part in batch.found)
    blank = sum(part.blank for part in batch.found)
    totals.coverage.lines += lines
    totals.coverage.blank += blank
    totals.passed_over += lines - blank


def _account(parsed: engine.Parsed, asked: frozenset[str], totals: Totals) -> None:
    """Count the lines whose kinds are told."""
    told = parsed.fields["kind"].value_counts().iter_rows()
    kinds = Counter({engine.NAMES[kind]: count for kind, count in told}) + parsed.others
    coverage = totals.coverage
    coverage.kinds += kinds
    coverage.recognised += kinds.total()
    coverage.not_asked += Counter({name: n for name, n in kinds.items() if name not in asked})
    totals.passed_over -= kinds.total() + len(parsed.not_known)


_Miss = tuple[int, str]


def _slow(batch: Batch, asked: frozenset[str], misses: list[_Miss], logs: Logs) -> pl.DataFrame:
    """The rows of the other entries; all that no kind takes is counted, in the lines' order."""
    told, coverage = [], logs.totals.coverage
    waiting = iter([*misses, (NEVER, "")])
    line, text = next(waiting)
    for slow in (part for found in batch.found for part in found.slow):
        found = slow.found
        number = found.pieces[0].number if isinstance(found, Entry) else found.number
        while line < number:
            _miss(batch.source, line, text, coverage)
            line, text = next(waiting)
        plain.account(found, batch.source, asked, batch.mixed, coverage)
        if isinstance(found, Entry) and found.kind:
            told.append(_row(found, found.kind.name, slow.local_time, logs))
    while line < NEVER:
        _miss(batch.source, line, text, coverage)
        line, text = next(waiting)
    return pl.DataFrame(told, schema=COLUMNS)


def _miss(source: str, line: int, text: str, coverage: Coverage) -> None:
    header = parse_header(normalise(text))
    coverage.miss(source, line, text, header.body if header else text)


def _row(entry: Entry, kind: str, local_time: datetime | None, logs: Logs) -> dict[str, object]:
    header, fields = entry.header, entry.fields
    return {
        "line": entry.pieces[0].number,
        "local_time": microseconds(local_time),
        "offset": NO_OFFSET if header.offset is None else header.offset,
        "level": logs.levels.number(header.level),
        "appliance": logs.hosts.number(header.host),
        "kind": engine.NAMES.index(kind),
        **{name: fields.get(name) for name in engine.TEXTS},
        **plain.numbers(fields),
    }


def _sessions(frame: pl.DataFrame, opens: Flags, logs: Logs) -> pl.Series:
    """The run of its appliance that each row lies in."""
    dcid = frame["dcid"].fill_null(NO_DCID).to_numpy()
    appliance, hosts = frame["appliance"].to_numpy(), [*logs.hosts.texts(), None]
    result = np.zeros(len(frame), np.int32)
    for number in np.unique(appliance).tolist():
        of_box = appliance == number
        result[of_box] = logs.boxes.sessions(hosts[number], opens[of_box], dcid[of_box])
    return pl.Series(result)
