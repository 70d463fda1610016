"""From a large log to the few events that a diagnosis needs, with the lines that they stand on.

    stream ──Recent──▶ Reading ──▶ rows ──Relevant──▶ rows that matter ──▶ Event, its surroundings
                └─────────── the bytes of the last two batches ────────────┘

The fast reader tells which lines matter and what holds for them. Their text is then taken from the
bytes that it has just read, and cut into entries by the plain reader, so that what is cited is
exactly what stands there. Nothing is read twice: the stream may be a pipe or an archive's member.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import polars as pl

from pvo_kit.mail_logs import batches, engine, plain
from pvo_kit.mail_logs.batches import Logs
from pvo_kit.mail_logs.forms import NO_TIME
from pvo_kit.mail_logs.header import Years
from pvo_kit.mail_logs.kinds import DELIVERY
from pvo_kit.mail_logs.logfiles import Log
from pvo_kit.mail_logs.plain import Entry, Event
from pvo_kit.mail_logs.reading import WHOLE, Reading, Sizes
from pvo_kit.mail_logs.relevance import ORPHANS, OTHER_PORTS
from pvo_kit.mail_logs.running import NO_OFFSET
from pvo_kit.mail_logs.window import Stream

_ALL = frozenset(engine.NAMES)
_CLOSES = engine.NAMES.index("dcid-close")
_ORPHANS = [engine.NAMES.index(name) for name in sorted(ORPHANS)]
_KEY = ("appliance", "dcid")
_BEHIND = 200  # lines in which an entry ends, blank ones among them
_LF = ord("\n")
_EPOCH = datetime(1970, 1, 1)

Numbered = list[tuple[int, str]]
"""Lines as they stand, with their numbers."""


def cited(
    log: Log,
    stream: Stream,
    years: Years,
    held: dict[int, str],
    around: int,
    logs: Logs,
    sizes: Sizes = WHOLE,
) -> Iterator[Event]:
    """Yield what ``relevant`` would of this log.

    ``held`` takes the lines of each event and so many ``around`` it, by number. ``logs`` accounts
    for every line; where the stream broke off, its totals say so.
    """
    recent, relevant = Recent(stream), Relevant()
    reading = Reading(log, recent, years, True, sizes)
    waiting = pl.DataFrame()
    for batch in reading.batches():
        # What follows an entry is surely there only when the next batch is.
        yield from _events(waiting, log, recent, held, around, logs)
        recent.forget(logs.totals.coverage.lines + 1 - around)
        waiting = relevant(batches.rows(batch, _ALL, DELIVERY, True, logs))
        if batch.damage:
            logs.totals.unread.append((batch.source, batch.damage))
    yield from _events(waiting, log, recent, held, around, logs)


def _events(
    rows: pl.DataFrame, log: Log, recent: Recent, held: dict[int, str], around: int, logs: Logs
) -> Iterator[Event]:
    levels, hosts = [*logs.levels.texts(), ""], [*logs.hosts.texts(), None]
    for row in rows.iter_rows(named=True):
        first = row["line"]
        told = plain.entries(recent.lines(first, first + _BEHIND), False, log.column)
        entry = next(found for found in told if isinstance(found, Entry))
        lines = [(piece.number + first - 1, piece.raw) for piece in entry.pieces]
        recent.hold(first - around, lines[-1][0] + around, held)
        yield _event(row, log.file, levels[row["level"]], hosts[row["appliance"]], lines)


def _event(
    row: Mapping[str, Any], file: str, level: str, host: str | None, pieces: Numbered
) -> Event:
    return Event(
        time=_time(row["time"]),
        local_time=_time(row["local_time"]),
        offset=None if row["offset"] == NO_OFFSET else row["offset"],
        level=level,
        event=engine.NAMES[row["kind"]],
        appliance=host,
        source=file,
        session=row["session"],
        line=row["line"],
        lines=tuple(pieces),
        **{name: row[name] for name in (*engine.TEXTS, *engine.NUMBERS)},
    )


def _time(microseconds: int) -> datetime | None:
    return None if microseconds == NO_TIME else _EPOCH + timedelta(microseconds=microseconds)


class Relevant:
    """The rule of ``relevance.relevant`` for many rows at once, of one file in its order."""

    def __init__(self) -> None:
        """Begin with no connection known."""
        self._known = pl.DataFrame()

    def __call__(self, rows: pl.DataFrame) -> pl.DataFrame:
        """The rows that matter of these, which follow those given before."""
        elsewhere = pl.col("port").is_in(sorted(OTHER_PORTS))
        closes = pl.col("kind") == _CLOSES
        told = rows.filter(pl.col("dcid") > 0).with_columns(kept=~elsewhere, known=False)
        both = pl.concat([self._known, told], how="diagonal_relaxed")
        both = both.with_columns(life=closes.cum_sum().over(_KEY) - closes.cast(pl.Int64))
        both = both.with_columns(pl.col("kept").forward_fill().over(*_KEY, "life"))
        last = both.unique(_KEY, keep="last", maintain_order=True).filter(~closes)
        self._known = last.select(*_KEY, "kind", "kept", known=True).drop_nulls("kept")
        kept = pl.col("kept").fill_null(pl.col("kind").is_in(_ORPHANS))
        return both.filter(~pl.col("known") & kept).select(rows.columns)


class Recent:
    """A stream that keeps what was read of it lately, from line ``first`` on."""

    def __init__(self, stream: Stream) -> None:
        """Begin where the stream stands, at the beginning of line 1."""
        self._stream = stream
        self._kept = bytearray()
        self.first = 1
        self._ends = np.array([], np.int64)

    def readinto(self, buffer: memoryview, /) -> int | None:
        """Fill the buffer or the beginning of it."""
        count = self._stream.readinto(buffer) or 0
        ends = np.flatnonzero(np.frombuffer(buffer[:count], np.uint8) == _LF) + 1
        if not count and self._open():
            ends = np.array([0])  # the last line ends with the stream
        self._ends = np.concatenate([self._ends, ends + len(self._kept)])
        self._kept += buffer[:count]
        return count

    def _open(self) -> bool:
        """Whether the last line that was read is without its end."""
        return len(self._kept) > (int(self._ends[-1]) if len(self._ends) else 0)

    def lines(self, first: int, last: int) -> Iterator[str]:
        """Yield these lines as they stand, as far as they were read; ``first`` is kept."""
        for place in range(first - self.first, min(last - self.first + 1, len(self._ends))):
            yield self._line(place)

    def hold(self, first: int, last: int, held: dict[int, str]) -> None:
        """Put these lines, as far as they were read and are kept, where lines are held."""
        for number in range(max(first, self.first), min(last + 1, self.first + len(self._ends))):
            if number not in held:
                held[number] = self._line(number - self.first)

    def forget(self, before: int) -> None:
        """Let go of what stands before this line."""
        count = min(max(before - self.first, 0), len(self._ends))
        if count:
            end = int(self._ends[count - 1])
            del self._kept[:end]
            self._ends = self._ends[count:] - end
            self.first += count

    def _line(self, place: int) -> str:
        begin = int(self._ends[place - 1]) if place else 0
        data = bytes(self._kept[begin : int(self._ends[place])])
        return _without_ending(data).decode("utf-8", "replace")


def _without_ending(data: bytes) -> bytes:
    """A line without LF, CRLF or CR CR LF."""
    for ending in (b"\r\r\n", b"\r\n", b"\n"):
        if data.endswith(ending):
            return data[: -len(ending)]
    return data
