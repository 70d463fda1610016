"""Where each line of the evidence comes from: its appliance, command and time, and who cites it."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from pvo_kit import clock
from pvo_kit.evidence import Configuration, Evidence, Moment, Observation, Transcript
from pvo_kit.findings import Diagnosis
from pvo_kit.mail_logs import parse_header
from pvo_kit.mail_logs.header import normalise

NO_HOST = "no host name"
_STAMP = "%Y-%m-%d %H:%M:%S"


@dataclass(frozen=True)
class CapturedLine:
    """A line of a file. ``scenarios`` are those that cite it.

    ``appliance`` is NO_HOST where nothing names one, ``command`` '' outside of a session.
    ``moment`` is that of the reading or record that the line belongs to, None for a log's line;
    ``known`` its time where the evidence knows it, ``near`` a time close by, which tells the year
    of a stamp without one, ``ahead`` how far its session's clock is ahead of UTC.
    """

    file: str
    number: int
    text: str
    appliance: str
    command: str
    scenarios: tuple[int, ...]
    moment: Moment | None
    known: datetime | None
    near: datetime | None
    ahead: timedelta | None

    @cached_property
    def time(self) -> datetime | None:
        """The line's own stamp, else the time of its reading, None where neither has one.

        UTC where the evidence tells the zone, else as it stands.
        """
        own = self.known or stamp(self.text, self.near, self.ahead)
        return own or (self.moment.time if self.moment else None)

    def origin(self) -> tuple[str, str, str, Moment | None]:
        """What lines that are told together have in common: file, appliance, command, reading."""
        return self.file, self.appliance, self.command, self.moment


def when(lines: Sequence[CapturedLine]) -> str:
    """Return the times of these lines in words, '' where nothing tells them."""
    times = [line.time for line in lines if line.time]
    if times:
        first, last = f"{min(times):{_STAMP}}", f"{max(times):{_STAMP}}"
        return first if first == last else f"{first} to {last}"
    moment = lines[0].moment
    before, after = (moment.not_before, moment.not_after) if moment else (None, None)
    told = [f"after {before:{_STAMP}}"] if before else []
    return " and ".join([*told, f"before {after:{_STAMP}}"] if after else told)


def about(lines: Sequence[CapturedLine]) -> str:
    """Return appliance, command and time of lines that stand together, in words."""
    return ", ".join(part for part in (lines[0].appliance, lines[0].command, when(lines)) if part)


def captured_lines(evidence: Evidence, diagnosis: Diagnosis) -> tuple[CapturedLine, ...]:
    """Return every line that the evidence holds, file by file; cited ones in any case."""
    proof: dict[str, dict[int, str]] = {}
    behind: dict[tuple[str, int], set[int]] = {}
    for found in diagnosis.findings:
        for line in found.citations:
            proof.setdefault(line.file, {})[line.line] = line.text
            behind.setdefault((line.file, line.line), set()).add(found.scenario)
    origins = Origins(evidence)
    return tuple(
        origins.line(file, number, text, behind.get((file, number), ()))
        for file in sorted({*evidence.lines, *proof})
        for number, text in sorted({**evidence.lines.get(file, {}), **proof.get(file, {})}.items())
    )


class Origins:
    """Who said the lines of an escalation, and when."""

    def __init__(self, evidence: Evidence) -> None:
        """Sort what the evidence knows by file and line."""
        self._lines = evidence.lines
        self._cuts: dict[str, list[Transcript]] = {}
        for cut in evidence.transcripts:
            self._cuts.setdefault(cut.file, []).append(cut)
        self._hosts: dict[tuple[str, int], str] = {}
        self._boxes: dict[str, set[str]] = {}
        self._times: dict[str, dict[int, datetime]] = {}
        for link in evidence.connections:
            for line in link.lines:
                self._hosts[line.file, line.line] = link.appliance or NO_HOST
                self._boxes.setdefault(line.file, set()).add(link.appliance or NO_HOST)
            if link.opened:
                self._times.setdefault(link.source, {})[link.first_line] = link.opened
            if link.decided and link.decided.time:
                self._times.setdefault(link.decided.source, {})[link.decided.line] = (
                    link.decided.time
                )
        self._timed = {file: sorted(times) for file, times in self._times.items()}
        self._records: dict[str, list[tuple[int, str, Moment]]] = {}
        records: list[Configuration | Observation] = [
            *evidence.configurations,
            *evidence.observations,
        ]
        for item in records:
            place = (item.moment.line, item.host or NO_HOST, item.moment)
            self._records.setdefault(item.moment.file, []).append(place)

    def line(
        self, file: str, number: int, text: str, scenarios: Iterable[int] = ()
    ) -> CapturedLine:
        """Return a line with what is known of it."""
        cited = tuple(sorted(scenarios))
        records = [each for each in self._records.get(file, ()) if each[0] <= number]
        if records:
            _, host, moment = max(records, key=lambda each: each[0])
            return CapturedLine(
                file, number, text, host, "", cited, moment, moment.time, None, None
            )
        known = self._times.get(file, {}).get(number)
        if cut := self._cut(file, number):
            ahead = clock.offset(cut.zone)
            host, moment = cut.host or NO_HOST, cut.moment
            return CapturedLine(
                file, number, text, host, cut.verb, cited, moment, known, None, ahead
            )
        near, ahead = self._near(file, number)
        host = self._hosts.get((file, number)) or self._host(file, text)
        return CapturedLine(file, number, text, host, "", cited, None, known, near, ahead)

    def _cut(self, file: str, number: int) -> Transcript | None:
        cuts = self._cuts.get(file, [])
        place = bisect_right(cuts, number, key=_first) - 1
        return cuts[place] if place >= 0 and number <= cuts[place].last_line else None

    def _host(self, file: str, text: str) -> str:
        """The appliance of a log in which one alone is named, else that of the line's header."""
        boxes = self._boxes.get(file, set())
        if len(boxes) == 1:
            return next(iter(boxes))
        header = parse_header(normalise(text))
        short = header.host.lower() if header and header.host else ""
        return next((box for box in sorted(boxes) if box.split(".")[0] == short), short or NO_HOST)

    def _near(self, file: str, number: int) -> tuple[datetime | None, timedelta | None]:
        """The time of a line close by, which tells the year, and how far its stamp is ahead of UTC.

        So all lines of a log are told in one clock, those too of which the evidence holds no event.
        """
        timed = self._timed.get(file)
        if not timed:
            return None, None
        line = timed[min(bisect_left(timed, number), len(timed) - 1)]
        time = self._times[file][line]
        own = stamp(self._lines.get(file, {}).get(line, ""), time)
        return time, own - time if own else None


def _first(cut: Transcript) -> int:
    """The first line of a command, or of the banner above it."""
    return cut.banner[0].raw[0][0] if cut.banner else cut.first_line


def stamp(text: str, near: datetime | None, ahead: timedelta | None = None) -> datetime | None:
    """Return the time in front of a log line, in UTC as far as its zone is told.

    A stamp without a year takes the one that puts it nearest to ``near``, and is no time without.
    ``ahead`` is how far the clock of a session is ahead of UTC.
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
    """The same day in the years around another time, those in which there is one."""
    for year in range(near.year - 4, near.year + 5):
        try:
            yield time.replace(year=year)
        except ValueError:  # a leap day
            continue


@dataclass(frozen=True, slots=True)
class LineChoice:
    """Which lines are shown; '' and None leave a field open. Both ends of the time are included."""

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
        return (
            (not self.appliance or line.appliance == self.appliance)
            and (not self.command or line.command == self.command)
            and (self.words.lower() in line.text.lower())
            and (not self.cited or bool(line.scenarios))
            and (not (self.since or self.until) or self._in_range(line.time))
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
