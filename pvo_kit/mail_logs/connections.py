"""From events to delivery connections: one record for each opening of a DCID.

The key is (appliance, session, dcid), and each ``New SMTP DCID`` begins a new record, because
numbers come again after a boot. Lines of a DCID whose opening is not in the log make a record
without it, so its port is not known. A ``Connection Error`` carries address and port itself:
without an open record of its DCID it is a connection of its own. ``DCID 0`` (no connection was
made) is none.

Records are held until their DCID is opened again; among those that ended, only the last thousand
of an input, and a hundred thousand open ones: memory stays bounded in any log.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal

from pvo_kit.evidence import Citation, Moment
from pvo_kit.mail_logs.header import Runs
from pvo_kit.mail_logs.kinds import DELIVERY
from pvo_kit.mail_logs.plain import Event

Tls = Literal["success", "failed", "none", "unknown"]
Outcome = Literal[
    "delivered", "tls-failed", "connection-error", "bounced", "delayed", "no-message", "cut"
]

_TLS = frozenset({"tls-success", "tls-failed", "tls-required"})
_ENDS = frozenset({"dcid-close", "dcid-killed", "dcid-concurrency", "connection-error"})
_CITED = _TLS | {"dcid-open", "connection-error", "dcid-killed"}
_MOST_OPEN = 100_000
_MOST_ENDED = 1_000


@dataclass(frozen=True, slots=True)
class Connection:
    """One delivery connection, as far as the log shows it.

    ``tls`` is ``none`` where the connection is seen from its opening on and went on without TLS,
    ``unknown`` where the log does not tell. ``tls_reason`` is the raw text of the failure.
    ``decided`` is the event that decided TLS (of a failure, the line with the reason), else the
    connection's error; ``moment`` is its time and place, else that of the first line. ``lines``
    cite the opening, the TLS lines and the error; the first line where there is none of them.
    ``last_line`` is the last one's number in the file that holds it. ``complete``: both ends are
    seen.
    """

    appliance: str | None
    session: int
    dcid: int
    opened: datetime | None
    closed: datetime | None
    interface: str | None
    address: str | None
    port: int | None
    domain: str | None
    tls: Tls
    tls_protocol: str | None
    tls_cipher: str | None
    tls_reason: str | None
    tls_required: bool
    messages: int
    recipients: int
    outcome: Outcome
    detail: str | None
    source: str
    first_line: int
    last_line: int
    complete: bool
    decided: Event | None
    lines: tuple[Citation, ...]
    moment: Moment


def connections(
    events: Iterable[Event],
    keep: Callable[[Connection], bool] | None = None,
    *,
    ordered: bool = False,
) -> list[Connection]:
    """The delivery connections of these events, in the order in which they begin.

    ``keep`` says which ones to keep, as soon as one is finished. Files may come in any order; with
    ``ordered`` the events are taken as they come, one by one (as ``read_set`` yields them).
    """
    finished = _finished(events if ordered else in_order(events))
    kept = [(number, link) for number, link in finished if keep is None or keep(link)]
    return [link for _, link in sorted(kept, key=lambda pair: pair[0])]


def in_order(events: Iterable[Event]) -> list[Event]:
    """Events file by file, by the first time in each, with the runs counted over all of them.

    Files without any time come last, by name. Within a file its order counts, never the clock, and
    a run that ``read`` saw beginning there does so, even if its first openings were left out.
    """
    files: dict[str, list[Event]] = {}
    for event in events:
        files.setdefault(event.source, []).append(event)
    first = {file: next((event.time for event in found if event.time), datetime.max)
             for file, found in files.items()}  # fmt: skip
    runs = Runs()
    return [
        counted
        for file in sorted(files, key=lambda file: (first[file], file))
        for counted in _counted(sorted(files[file], key=lambda event: event.line), runs)
    ]


def _counted(events: list[Event], runs: Runs) -> Iterator[Event]:
    """The events of one file with their runs counted on."""
    was: dict[str | None, int] = {}
    opened: set[str | None] = set()
    for event in events:
        box, opening = event.appliance, event.dcid if event.event == "dcid-open" else None
        again: bool | None = event.session > was.get(box, event.session)
        if opening and box not in opened and not again:
            again = None  # the file's first opening: the number tells whether a run began
        if opening:
            opened.add(box)
        was[box] = event.session
        session = runs.session(box, opening, again)
        yield event if event.session == session else replace(event, session=session)


_Key = tuple[str | None, int, int]


def _finished(events: Iterable[Event]) -> Iterator[tuple[int, Connection]]:
    """Connections as they finish, each with the number of its beginning."""
    begun: dict[_Key, _Record] = {}
    ended: dict[_Key, _Record] = {}
    number = 0
    for event in events:
        if event.event not in DELIVERY or not event.dcid:
            continue
        key = (event.appliance, event.session, event.dcid)
        record = begun.get(key) or ended.get(key)
        if record is None or _is_another(event, record):
            if record:
                (begun if key in begun else ended).pop(key)
                yield record.number, record.finish()
            number += 1
            record = begun[key] = _Record(number, event, event)
        record.add(event)
        if record.end and key in begun:
            ended[key] = begun.pop(key)
        for records, most in ((begun, _MOST_OPEN), (ended, _MOST_ENDED)):
            if len(records) > most:
                oldest = records.pop(next(iter(records)))
                yield oldest.number, oldest.finish()
    for record in (*begun.values(), *ended.values()):
        yield record.number, record.finish()


def _is_another(event: Event, record: _Record) -> bool:
    """Whether an event begins another connection, although its key has a record."""
    return event.event == "dcid-open" or (event.event == "connection-error" and bool(record.end))


@dataclass(slots=True)
class _Record:
    """A connection whose lines are still coming."""

    number: int
    first: Event
    last: Event
    opening: Event | None = None
    end: Event | None = None
    tls: list[Event] = field(default_factory=list)
    error: Event | None = None
    refusal: Event | None = None
    started: bool = False
    messages: int = 0
    recipients: int = 0
    cited: list[Event] = field(default_factory=list)
    interface: str | None = None
    address: str | None = None
    port: int | None = None
    domain: str | None = None

    def add(self, event: Event) -> None:
        """Take in one more event of this connection."""
        kind = event.event
        self.last = event
        if kind == "dcid-open":
            self.opening = event
        elif kind in _TLS:
            self.tls.append(event)
        elif kind == "connection-error":
            self.error = event
        elif kind in ("bounced", "delayed"):
            self.refusal = event
        elif kind == "message-done":
            self.messages += 1
            self.recipients += len((event.rids or "").split(","))
        # An error ends a connection, but its close, if one follows, tells the time.
        if kind in _ENDS and (self.end is None or self.end is self.error):
            self.end = event
        if kind in _CITED:
            self.cited.append(event)
        self.started = self.started or event.mid is not None
        self.interface = self.interface or event.interface
        self.address = self.address or event.address
        self.port = self.port or event.port
        self.domain = self.domain or event.domain

    def finish(self) -> Connection:
        """The connection, now that no more lines of it come."""
        tls, success, failure = self._tls(), self._last("tls-success"), self._last("tls-failed")
        decided = self._decided(tls, success, failure)
        where = decided or self.first
        refused = self.error or self.refusal
        return Connection(
            appliance=self.first.appliance,
            session=self.first.session,
            dcid=self.first.dcid or 0,
            opened=self.opening.time if self.opening else None,
            closed=self.end.time if self.end else None,
            interface=self.interface,
            address=self.address,
            port=self.port,
            domain=self.domain,
            tls=tls,
            tls_protocol=success.tls_protocol if success else None,
            tls_cipher=success.tls_cipher if success else None,
            tls_reason=failure.detail if failure and tls == "failed" else None,
            tls_required=self._last("tls-required") is not None,
            messages=self.messages,
            recipients=self.recipients,
            outcome=self._outcome(tls),
            detail=refused.detail if refused else None,
            source=self.first.source,
            first_line=self.first.line,
            last_line=self.last.lines[-1][0],
            complete=self.opening is not None and self.end is not None,
            decided=decided,
            lines=tuple(
                Citation(event.source, number, text)
                for event in self.cited or [self.first]
                for number, text in event.lines
            ),
            moment=Moment(where.source, where.line, time=where.time),
        )

    def _last(self, kind: str) -> Event | None:
        return next((event for event in reversed(self.tls) if event.event == kind), None)

    def _tls(self) -> Tls:
        if self.tls:
            return "success" if self.tls[-1].event == "tls-success" else "failed"
        went_on = self.started or (self.end is not None and self.error is None)
        return "none" if self.opening and went_on else "unknown"

    def _decided(self, tls: Tls, success: Event | None, failure: Event | None) -> Event | None:
        if tls == "success":
            return success
        if tls == "failed":
            return failure or self._last("tls-required")
        return self.error

    def _outcome(self, tls: Tls) -> Outcome:
        if self.messages:
            return "delivered"
        if tls == "failed":
            return "tls-failed"
        if self.error:
            return "connection-error"
        if self.refusal:
            return "bounced" if self.refusal.event == "bounced" else "delayed"
        return "no-message" if self.opening and self.end else "cut"
