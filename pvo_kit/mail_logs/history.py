"""From the events frame to delivery connections and TLS failures, all rows at once.

The rules are those of ``pvo_kit.mail_logs.connections``, which makes records one by one. Here the
rows are sorted by the connection that they belong to, so that a connection is a run of rows, and
each of its columns is the first or last row of some kind in that run.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from pvo_kit import frames
from pvo_kit.errors import InputError
from pvo_kit.mail_logs.failures import REASONS, normalised, suggestion
from pvo_kit.mail_logs.filters import Time, microseconds_of
from pvo_kit.mail_logs.forms import NO_TIME
from pvo_kit.mail_logs.kinds import DELIVERY
from pvo_kit.mail_logs.relevance import OTHER_PORTS

TLS = ("success", "failed", "none", "unknown")
OUTCOMES = (
    "delivered", "tls-failed", "connection-error", "bounced", "delayed", "no-message", "cut"
)  # fmt: skip

_CLOSES = ("dcid-close", "dcid-killed", "dcid-concurrency")
_ENDS = (*_CLOSES, "connection-error")
_NEEDED = (
    "time", "event", "interface", "tls_protocol", "tls_cipher", "appliance", "source", "dcid",
    "mid", "rids", "address", "detail", "port", "session", "line",
)  # fmt: skip

Places = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


def connections(events: pd.DataFrame) -> pd.DataFrame:
    """One row a delivery connection, with the columns of ``frames.CONNECTIONS``.

    ``events`` is a frame of ``read_mail_logs``, which puts files in order and counts the runs over
    all of them; it may be filtered, but a connection is only known from the lines that are there.
    """
    missing = [name for name in _NEEDED if name not in events]
    if missing:
        raise InputError(f"this frame lacks {', '.join(missing)}: give one of read_mail_logs(...)")
    rows = events.loc[_of_connections(events), list(_NEEDED)]
    frame = _frame(_Links.of(rows)) if len(rows) else frames.empty(frames.CONNECTIONS)
    frame.attrs.update(events.attrs)
    return frame


def tls_failures(connections: pd.DataFrame) -> pd.DataFrame:
    """The connections with tls failed, and what each suggests (``frames.TLS_FAILURES``).

    Nothing is suggested of a port that is never the policy quarantine's.
    """
    failed = connections[connections["tls"] == "failed"].reset_index(drop=True)
    told = failed["detail"].where(failed["tls_reason"].notna()).astype(object)
    causes = {text: suggestion(text) for text in told.dropna().unique()}
    elsewhere = failed["port"].isin(OTHER_PORTS)
    cause = told.map(causes).where(~elsewhere).astype("str")
    return failed.assign(suggests=cause.astype("category"))


def within(connections: pd.DataFrame, since: Time, until: Time) -> pd.DataFrame:
    """The connections that were open at some time of a span, whole; none that has no time."""
    if since is None and until is None:
        return connections
    first, last = microseconds_of(since, "since"), microseconds_of(until, "until")
    begin = connections["opened"].fillna(connections["closed"]).to_numpy().astype(np.int64)
    end = connections["closed"].fillna(connections["opened"]).to_numpy().astype(np.int64)
    inside = begin != NO_TIME
    inside &= True if first is None else end >= first
    inside &= True if last is None else begin <= last
    found: pd.DataFrame = connections[inside]
    return found.reset_index(drop=True)


def _of_connections(events: pd.DataFrame) -> Flags:
    kinds = events["event"].isin(DELIVERY).to_numpy()
    return np.asarray(kinds & (events["dcid"].fillna(0) != 0).to_numpy(bool))


@dataclass(frozen=True)
class _Links:
    """Rows sorted by connection, of which there are ``size``.

    ``place`` is where each stands in ``rows``, ``number`` its connection, ``kind`` the code of its
    event.
    """

    rows: pd.DataFrame
    place: Places
    number: Places
    kind: npt.NDArray[np.integer]
    size: int

    @classmethod
    def of(cls, rows: pd.DataFrame) -> _Links:
        """Sort rows that are in the order of the log; connections come in order of beginning."""
        key, kind = _key(rows), rows["event"].cat.codes.to_numpy(np.int16)
        order = np.argsort(key, kind="stable")
        begins = _begins(key[order], kind[order], rows)
        rank = np.argsort(np.argsort(order[begins]))  # of each connection, by its first row
        number = rank[np.cumsum(begins) - 1]
        again = np.argsort(number, kind="stable")
        place = order[again]
        return cls(rows, place, number[again], kind[place], int(begins.sum()))

    def of_kinds(self, *kinds: str) -> Flags:
        """The rows of these kinds."""
        return _is(self.kind, self.rows, kinds)

    def has(self, name: str) -> Flags:
        """The rows in which a column has a value."""
        return np.asarray(self.rows[name].notna().to_numpy()[self.place])

    def first(self, rows: Flags) -> Places:
        """The place of the first of these rows in each connection, -1 where there is none."""
        places = np.flatnonzero(rows)[::-1]
        result = np.full(self.size, -1)
        result[self.number[places]] = places
        return result

    def last(self, rows: Flags) -> Places:
        """The place of the last of these rows in each connection, -1 where there is none."""
        places = np.flatnonzero(rows)
        result = np.full(self.size, -1)
        result[self.number[places]] = places
        return result

    def count(self, rows: Flags, weights: Places | None = None) -> Places:
        """How many of these rows each connection has."""
        chosen = None if weights is None else weights[rows]
        return np.bincount(self.number[rows], chosen, self.size).astype(np.int64)

    def at(self, name: str, places: Places) -> Any:
        """A column's values at these places, missing where a place is -1."""
        taken = np.where(places < 0, -1, self.place[places])
        return pd.api.extensions.take(self.rows[name].array, taken, allow_fill=True)

    def some(self, name: str) -> Any:
        """The first value of a column that each connection has."""
        return self.at(name, self.first(self.has(name)))


def _is(kind: npt.NDArray[np.integer], rows: pd.DataFrame, kinds: tuple[str, ...]) -> Flags:
    """Which of these codes of the column ``event`` stand for one of these kinds."""
    return np.asarray(rows["event"].cat.categories.isin(kinds)[kind])


def _key(rows: pd.DataFrame) -> Places:
    """A number for each row that only rows with its appliance, session and DCID have."""
    dcid, _ = pd.factorize(rows["dcid"])
    box = rows["appliance"].cat.codes.to_numpy(np.int64) + 1
    run = box * (int(rows["session"].max()) + 1) + rows["session"].to_numpy(np.int64)
    return np.asarray(run * (int(dcid.max()) + 1) + dcid)


def _begins(key: Places, kind: npt.NDArray[np.integer], rows: pd.DataFrame) -> Flags:
    """The rows, sorted by key, that begin a connection.

    An opening does, and so does an error behind the end of the connection before it.
    """
    other = np.concatenate([[True], key[1:] != key[:-1]]) | _is(kind, rows, ("dcid-open",))
    ends = _is(kind, rows, _ENDS)
    before: Places = np.cumsum(ends) - ends
    at_begin = np.maximum.accumulate(np.where(other, before, 0))
    return other | (_is(kind, rows, ("connection-error",)) & (before > at_begin))


def _frame(links: _Links) -> pd.DataFrame:
    """The columns of all connections."""
    every = np.ones(len(links.number), np.bool_)
    first, last = links.first(every), links.last(every)
    opening = links.first(links.of_kinds("dcid-open"))
    error = links.last(links.of_kinds("connection-error"))
    closing = links.first(links.of_kinds(*_CLOSES))
    end = np.where(closing < 0, error, closing)
    refusal = links.last(links.of_kinds("bounced", "delayed"))
    done = links.of_kinds("message-done")
    success = links.last(links.of_kinds("tls-success"))
    failure = links.last(links.of_kinds("tls-failed"))
    required = links.last(links.of_kinds("tls-required"))
    tls = _tls(links, success, np.maximum(failure, required), opening, end, error)
    opened, closed = links.at("time", opening), links.at("time", end)
    failed = tls == TLS.index("failed")
    reason = links.at("detail", np.where(failed, failure, -1))
    refused = links.at("detail", np.where(error < 0, refusal, error))
    messages = links.count(done)
    return pd.DataFrame(
        {
            "appliance": links.at("appliance", first),
            "session": links.at("session", first),
            "dcid": links.at("dcid", first),
            "opened": opened,
            "closed": closed,
            "duration": pd.Series(closed) - pd.Series(opened),
            "interface": links.some("interface"),
            "address": links.some("address"),
            "port": links.some("port"),
            "tls": pd.Categorical.from_codes(tls, pd.Index(TLS, dtype="str")),
            "tls_protocol": links.at("tls_protocol", success),
            "tls_cipher": links.at("tls_cipher", success),
            "tls_reason": _reasons(reason, failed),
            "tls_required": pd.array(required >= 0, dtype="boolean"),
            "messages": pd.array(messages, dtype="Int32"),
            "recipients": pd.array(links.count(done, _recipients(links, done)), dtype="Int32"),
            "outcome": _outcomes(links, messages > 0, failed, error, refusal, opening, end),
            "detail": pd.Series(reason).fillna(pd.Series(refused)),
            "source": links.at("source", first),
            "first_line": links.at("line", first),
            "last_line": links.at("line", last),
            "complete": (opening >= 0) & (end >= 0),
        }
    )


def _tls(
    links: _Links, success: Places, failure: Places, opening: Places, end: Places, error: Places
) -> npt.NDArray[np.int8]:
    """What became of TLS, as places in TLS: the last line about it tells."""
    started = links.count(links.has("mid")) > 0
    went_on = started | ((end >= 0) & (error < 0))
    seen = np.where((opening >= 0) & went_on, TLS.index("none"), TLS.index("unknown"))
    told = np.where(success > failure, TLS.index("success"), TLS.index("failed"))
    return np.where((success < 0) & (failure < 0), seen, told).astype(np.int8)


def _reasons(raw: Any, failed: Flags) -> pd.Categorical:
    """The reasons of failures in one of a few words; NA where the log tells none."""
    codes, texts = pd.factorize(raw)
    places = np.array([REASONS.index(normalised(text)) for text in texts] + [-1], np.int8)
    return pd.Categorical.from_codes(places[codes], pd.Index(REASONS, dtype="str"))


def _recipients(links: _Links, done: Flags) -> Places:
    """How many recipients each row names, where it tells that a message is done."""
    result = np.zeros(len(done), np.int64)
    codes, texts = pd.factorize(links.at("rids", np.flatnonzero(done)))
    counts = np.array([text.count(",") + 1 for text in texts] + [1])
    result[done] = counts[codes]
    return result


def _outcomes(
    links: _Links, delivered: Flags, failed: Flags, error: Places, refusal: Places, opening: Places,
    end: Places,
) -> pd.Categorical:  # fmt: skip
    bounced = (refusal >= 0) & links.of_kinds("bounced")[refusal]
    seen = (opening >= 0) & (end >= 0)
    found = [delivered, failed, error >= 0, bounced, refusal >= 0, seen]
    codes = np.select(found, list(range(len(found))), len(found)).astype(np.int8)
    return pd.Categorical.from_codes(codes, pd.Index(OUTCOMES, dtype="str"))
