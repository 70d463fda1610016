"""Which rows are wanted: by time, and by where their connection goes to."""

from __future__ import annotations

from datetime import date, datetime
from typing import TypeAlias

import numpy as np
import pandas as pd
import polars as pl

from pvo_kit.errors import InputError
from pvo_kit.mail_logs import engine
from pvo_kit.mail_logs.forms import NO_TIME

Time: TypeAlias = str | date | datetime | np.datetime64 | None
"""UTC, as the column ``time``; a time with a zone is converted."""

_OPENS, _CLOSES = engine.NAMES.index("dcid-open"), engine.NAMES.index("dcid-close")
_MOST = 100_000  # connections that are remembered
_KEY = ("appliance", "session", "dcid")
_FITS = ("fits_address", "fits_port")


class Filter:
    """Keeps rows by time (both ends included) and by the address and port of their connection.

    All lines of a connection count, from the one on that tells where it goes to; a line without a
    DCID counts by itself. What has no time is in no span of time.
    """

    def __init__(self, since: Time, until: Time, address: str | None, port: int | None) -> None:
        """Keep everything where all are None."""
        self._since, self._until = microseconds_of(since, "since"), microseconds_of(until, "until")
        self._address, self._port = address, port
        self._known = pl.DataFrame()

    @property
    def keeps_all(self) -> bool:
        """Whether no row is left out."""
        return not self.by_connection and self._since is None and self._until is None

    @property
    def by_connection(self) -> bool:
        """Whether rows are kept by where their connection goes to."""
        return self._address is not None or self._port is not None

    def __call__(self, rows: pl.DataFrame) -> pl.DataFrame:
        """The wanted rows of these, which follow those given before."""
        if self.by_connection:
            rows = self._of_connections(rows)
        if self._since is not None or self._until is not None:
            time = pl.col("time")
            rows = rows.filter(
                time != NO_TIME,
                time >= (NO_TIME if self._since is None else self._since),
                time <= (np.iinfo(np.int64).max if self._until is None else self._until),
            )
        return rows

    def _of_connections(self, rows: pl.DataFrame) -> pl.DataFrame:
        opens, of_connection = pl.col("kind") == _OPENS, pl.col("dcid") > 0
        told = rows.with_columns(
            _fits("address", self._address, opens).alias(_FITS[0]),
            _fits("port", self._port, opens).alias(_FITS[1]),
        )
        before = self._known.with_columns(known=True) if len(self._known) else pl.DataFrame()
        both = pl.concat([before, told], how="diagonal_relaxed").with_columns(
            pl.when(of_connection).then(pl.col(name).forward_fill().over(_KEY)).otherwise(name)
            for name in _FITS
        )
        self._remember(both.filter(of_connection))
        rest = both.slice(len(before))
        return rest.filter(pl.all_horizontal(pl.col(_FITS).fill_null(False))).select(rows.columns)

    def _remember(self, rows: pl.DataFrame) -> None:
        """Keep what is known of the connections that were not closed."""
        last = rows.select(*_KEY, *_FITS, "kind").unique(_KEY, keep="last", maintain_order=True)
        self._known = last.filter(pl.col("kind") != _CLOSES).drop("kind").tail(_MOST)


def _fits(name: str, wanted: str | int | None, opens: pl.Expr) -> pl.Expr:
    """Whether a row tells that its connection goes there; null where it tells nothing."""
    if wanted is None:
        return pl.lit(True)
    told = pl.col(name) == wanted
    return pl.when(opens).then(told.fill_null(False)).otherwise(told)


def microseconds_of(time: Time, name: str) -> int | None:
    """A time as microseconds since 1970; raises InputError, which calls it ``name``."""
    if time is None:
        return None
    try:
        stamp = pd.to_datetime(time, utc=True).tz_localize(None)
        return int(np.datetime64(stamp, "us").astype(np.int64))
    except (TypeError, ValueError, OverflowError) as error:
        raise InputError(f"{name} is a time such as 2014-04-07 16:02, not {time!r}") from error
