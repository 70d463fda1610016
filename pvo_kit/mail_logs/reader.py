"""Mail logs of any size as pandas frames: one row a line that was asked for.

paths ──logfiles──▶ streams ──reading──▶ batches ──batches.rows──▶ rows ──columns──▶ frames

events = read_mail_logs("mail_logs/")                 # all lines that carry a DCID
for part in iter_mail_logs("mail_logs/", "all"): ...  # all lines, some thousand at a time
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from functools import partial
from typing import Any

import pandas as pd
import polars as pl

from pvo_kit.errors import InputError
from pvo_kit.mail_logs import batches, engine
from pvo_kit.mail_logs.batches import Batch, Logs
from pvo_kit.mail_logs.columns import Events
from pvo_kit.mail_logs.filters import Filter, Time
from pvo_kit.mail_logs.keep import Keeper, Kept, is_kept
from pvo_kit.mail_logs.kinds import BY_NAME, DELIVERY
from pvo_kit.mail_logs.logfiles import LogFiles, Path, expanded
from pvo_kit.mail_logs.reading import WHOLE, Reading, Sizes, ahead
from pvo_kit.progress import progress

_TELL_WHERE = frozenset({"dcid-open", "connection-error"})

_log = logging.getLogger(__name__)

Kinds = str | Iterable[str]
"""``delivery`` (every line that carries a DCID), ``all``, or names of kinds."""


def read_mail_logs(
    paths: Path | Iterable[Path],
    kinds: Kinds = "delivery",
    since: Time = None,
    until: Time = None,
    address: str | None = None,
    port: int | None = None,
    year: int | None = None,
) -> pd.DataFrame:
    """Read mail logs into one frame with the columns of ``frames.EVENTS``.

    ``paths`` are files, folders, archives, patterns or ``-``, in any order: together they are one
    set of logs, read in the order of their times. ``attrs["coverage"]`` accounts for all lines.
    """
    wanted = Wanted(kinds, Filter(since, until, address, port), year)
    logs, given = Logs(), expanded(paths)
    kept = Kept.open(given[0]) if len(given) == 1 and is_kept(given[0]) else None
    if kept and wanted.keeps_all and wanted.asked == set(kept.manifest["kinds"]):
        frame = kept.whole(logs)
        _warn(kept, logs)
    else:
        events = Events()
        for rows, source in _source(given)(wanted, logs):
            events.add(rows, source, logs)
        frame = events.frame()
    frame.attrs["coverage"] = logs.totals.as_dict()
    return frame


def iter_mail_logs(
    paths: Path | Iterable[Path],
    kinds: Kinds = "delivery",
    since: Time = None,
    until: Time = None,
    address: str | None = None,
    port: int | None = None,
    year: int | None = None,
) -> Iterator[pd.DataFrame]:
    """Give the same frame in parts of some ten thousand lines, in a memory that does not grow.

    A part may be empty. Its ``attrs["coverage"]`` accounts for all lines up to its end.
    """
    wanted = Wanted(kinds, Filter(since, until, address, port), year)
    return _parts(_source(paths), wanted)


def to_parquet(
    paths: Path | Iterable[Path],
    folder: str | os.PathLike[str],
    kinds: Kinds = "delivery",
    since: Time = None,
    until: Time = None,
    address: str | None = None,
    port: int | None = None,
    year: int | None = None,
) -> dict[str, Any]:
    """Keep the same rows in a folder, for ``read_mail_logs(folder)``; return the account of lines.

    The folder is made; it may hold logs that were kept before, and these are replaced.
    """
    wanted = Wanted(kinds, Filter(since, until, address, port), year)
    files, logs = LogFiles(paths), Logs()
    keeper = Keeper(folder)
    for rows, source in read_rows(files, wanted, logs):
        keeper.add(rows, source, logs)
    return keeper.close(files, wanted.asked, logs)


def account(paths: Path | Iterable[Path], year: int | None = None) -> dict[str, Any]:
    """What became of every line, without the rows: ``attrs["coverage"]``, and ``kinds`` by name."""
    logs, wanted = Logs(), Wanted("all", Filter(None, None, None, None), year)
    wanted.told = frozenset()
    for _ in read_rows(LogFiles(paths), wanted, logs):
        pass
    return {**logs.totals.as_dict(), "kinds": dict(logs.totals.coverage.kinds)}


Rows = Iterator[tuple[pl.DataFrame, str]]
"""Rows of the engine, and the file that they are of."""


def _source(paths: Path | Iterable[Path]) -> Callable[[Wanted, Logs], Rows]:
    """What reads these paths: logs, or a folder of kept ones."""
    given = expanded(paths)
    if len(given) == 1 and is_kept(given[0]):
        return partial(_read_kept, Kept.open(given[0]))
    return partial(read_rows, LogFiles(given))


def _read_kept(kept: Kept, wanted: Wanted, logs: Logs) -> Rows:
    for rows, source in kept.rows(wanted.asked, wanted.told, logs):
        yield wanted.kept(rows, logs), source
    _warn(kept, logs)


def _warn(kept: Kept, logs: Logs) -> None:
    """Say which parts are stale, and which could not be read."""
    for part, reason in kept.stale.items():
        _log.warning("%s %s; keep the logs again", kept.folder / part, reason)
    for part, reason in logs.totals.unread:
        if (kept.folder / part).suffix == ".parquet":
            _log.warning("%s %s", kept.folder / part, reason)


def _parts(source: Callable[[Wanted, Logs], Rows], wanted: Wanted) -> Iterator[pd.DataFrame]:
    logs = Logs()
    for rows, file in source(wanted, logs):
        events = Events()
        events.add(rows, file, logs)
        frame = events.frame()
        frame.attrs["coverage"] = logs.totals.as_dict()
        yield frame


class Wanted:
    """Which lines of a set of logs are wanted."""

    def __init__(self, kinds: Kinds, keep: Filter, year: int | None) -> None:
        """Raise InputError where a kind is not in the table."""
        self.asked, self._keep, self.year = _asked(kinds), keep, year
        self.every = not self.asked <= DELIVERY
        # The rows that tell where a connection goes are looked at, even if they are not asked for.
        self.told = self.asked | (_TELL_WHERE if keep.by_connection else frozenset())

    @property
    def keeps_all(self) -> bool:
        """Whether no row of the kinds asked for is left out."""
        return self._keep.keeps_all

    def kept(self, rows: pl.DataFrame, logs: Logs) -> pl.DataFrame:
        """The rows of kinds asked for that the filter keeps; those that it does not are counted."""
        kept = batches.of_kinds(self._keep(rows), self.asked)
        logs.totals.filtered += len(batches.of_kinds(rows, self.asked)) - len(kept)
        return kept


def _asked(kinds: Kinds) -> frozenset[str]:
    groups = {"delivery": DELIVERY, "all": frozenset(engine.NAMES)}
    names = [kinds] if isinstance(kinds, str) else list(kinds)
    unknown = sorted(name for name in names if name not in groups and name not in BY_NAME)
    if unknown:
        raise InputError(
            f"no kind of line is called {', '.join(unknown)}; kinds are delivery, all, or names"
            " from pvo_kit.mail_logs.KINDS"
        )
    return frozenset().union(*(groups.get(name, frozenset([name])) for name in names))


def read_rows(files: LogFiles, wanted: Wanted, logs: Logs, sizes: Sizes = WHOLE) -> Rows:
    """Yield the wanted rows in the order of the log, some ten thousand at a time, and their file.

    ``logs`` is filled on the way.
    """
    totals = logs.totals
    totals.unread += [(item.file, item.reason) for item in files.unread]
    with closing(files), progress(files.size, "mail logs") as told:
        for batch in ahead(_batches(files, wanted, sizes)):
            rows = batches.rows(batch, wanted.asked, wanted.told, wanted.every, logs)
            kept = wanted.kept(rows, logs)
            if batch.damage:
                totals.unread.append((batch.source, batch.damage))
            told(batch.taken)
            yield kept, batch.source


def _batches(files: LogFiles, wanted: Wanted, sizes: Sizes) -> Iterator[Batch]:
    dated, order = files.in_order(wanted.year)
    for log, stream in files.opened(order):
        years = log.years(wanted.year, dated)
        yield from Reading(log, stream, years, wanted.every, sizes).batches()
