"""Where each line of the evidence comes from: its appliance, command and time, and who cites it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from pvo_kit import clock
from pvo_kit.evidence import Evidence, Transcript
from pvo_kit.findings import Diagnosis
from pvo_kit.mail_logs import parse_header
from pvo_kit.mail_logs.header import normalise

NO_HOST = "no host name"


@dataclass(frozen=True, slots=True)
class CapturedLine:
    """A line of a file. ``scenarios`` are those that cite it.

    ``appliance`` is NO_HOST where nothing names one, ``command`` '' outside of a session. ``time``
    (UTC) is the line's own stamp, else that of the reading that it belongs to, None where neither
    has one.
    """

    file: str
    number: int
    text: str
    appliance: str
    command: str
    time: datetime | None
    scenarios: tuple[int, ...]

    @property
    def about(self) -> str:
        """Appliance, command and time in words."""
        when = f"{self.time:%Y-%m-%d %H:%M:%S} UTC" if self.time else "no time"
        return ", ".join(part for part in (self.appliance, self.command, when) if part)


def captured_lines(evidence: Evidence, diagnosis: Diagnosis) -> tuple[CapturedLine, ...]:
    """Return every line that the evidence holds, file by file; cited ones in any case."""
    proof: dict[str, dict[int, str]] = {}
    behind: dict[tuple[str, int], set[int]] = {}
    for found in diagnosis.findings:
        for line in found.citations:
            proof.setdefault(line.file, {})[line.line] = line.text
            behind.setdefault((line.file, line.line), set()).add(found.scenario)
    lines: list[CapturedLine] = []
    for file in sorted({*evidence.lines, *proof}):
        source = _Source(evidence, file)
        for number, text in sorted({**evidence.lines.get(file, {}), **proof.get(file, {})}.items()):
            scenarios = tuple(sorted(behind.get((file, number), ())))
            host, command, time = source.of(number, text)
            lines.append(CapturedLine(file, number, text, host, command, time, scenarios))
    return tuple(lines)


class _Source:
    """Who said a line of one file, and when."""

    def __init__(self, evidence: Evidence, file: str) -> None:
        self._cuts = [cut for cut in evidence.transcripts if cut.file == file]
        self._starts = [cut.first_line for cut in self._cuts]
        self._hosts: dict[int, str] = {}
        self._times: dict[int, datetime] = {}
        for link in evidence.connections:
            for line in (line for line in link.lines if line.file == file):
                self._hosts[line.line] = link.appliance or NO_HOST
            if link.source == file and link.opened:
                self._times[link.first_line] = link.opened
            if link.decided and link.decided.source == file and link.decided.time:
                self._times[link.decided.line] = link.decided.time
        self._saved = [
            (saved.host or NO_HOST, saved.moment.time)
            for saved in evidence.configurations
            if saved.moment.file == file
        ]
        self._seen = {
            line.line: (seen.host or NO_HOST, seen.moment.time)
            for seen in evidence.observations
            for line in seen.citations
            if line.file == file
        }
        names = set(self._hosts.values())
        self._only = names.pop() if len(names) == 1 else NO_HOST

    def of(self, number: int, text: str) -> tuple[str, str, datetime | None]:
        if number in self._seen:
            host, time = self._seen[number]
            return host, "", time
        if self._saved:
            host, time = self._saved[0]
            return host, "", time
        if cut := self._cut(number):
            own = self._times.get(number) or stamp(text, None, clock.offset(cut.zone))
            return cut.host or NO_HOST, cut.verb, own or cut.moment.time
        known = self._times.get(number)
        return self._hosts.get(number, self._only), "", known or stamp(text, self._near(number))

    def _cut(self, number: int) -> Transcript | None:
        place = bisect_right(self._starts, number) - 1
        if place < 0 or number > self._cuts[place].last_line:
            return None
        return self._cuts[place]

    def _near(self, number: int) -> datetime | None:
        """The time of the nearest line that has one: it tells the year of those without."""
        near = min(self._times, key=lambda line: abs(line - number), default=None)
        return None if near is None else self._times[near]


def stamp(text: str, near: datetime | None, ahead: timedelta | None = None) -> datetime | None:
    """Return the time in front of a log line, in UTC as far as its zone is told.

    A stamp without a year takes the one that puts it nearest to ``near``, and is no time without.
    """
    header = parse_header(normalise(text))
    if header is None or header.local_time is None:
        return None
    time = header.local_time
    if not header.has_year:
        if near is None:
            return None
        time = min(_years(time, near), key=lambda each: abs(each - near))
    if header.offset is not None:
        return time - timedelta(seconds=header.offset)
    return time - ahead if ahead else time


def _years(time: datetime, near: datetime) -> Iterator[datetime]:
    for year in (near.year - 1, near.year, near.year + 1):
        if (time.month, time.day) != (2, 29) or year % 4 == 0:
            yield time.replace(year=year)


@dataclass(frozen=True, slots=True)
class LineChoice:
    """Which lines are shown; '' and None leave a field open. Times are UTC, both ends included."""

    appliance: str = ""
    command: str = ""
    since: datetime | None = None
    until: datetime | None = None
    words: str = ""
    cited: bool = False

    def of(self, lines: Iterable[CapturedLine]) -> list[CapturedLine]:
        """Return the lines of this choice; a line without a time is in no range."""
        return [line for line in lines if self._holds(line)]

    def _holds(self, line: CapturedLine) -> bool:
        timed = self.since or self.until
        return (
            (not self.appliance or line.appliance == self.appliance)
            and (not self.command or line.command == self.command)
            and (not timed or self._in_range(line.time))
            and (self.words.lower() in line.text.lower())
            and (not self.cited or bool(line.scenarios))
        )

    def _in_range(self, time: datetime | None) -> bool:
        return (
            time is not None
            and (self.since is None or time >= self.since)
            and (self.until is None or time <= self.until)
        )


def values(lines: Sequence[CapturedLine], field: str) -> list[str]:
    """Return what stands in a field of these lines, each once, sorted."""
    return sorted({getattr(line, field) for line in lines} - {""})
