"""What stands before the text of a log line: junk of pasting, the header, and its year.

Header forms, in user guides and in public log samples:

    Mon Apr  7 15:48:42 2014 Info: BODY                          plain; one blank or two
    Info: BODY                                                   level only (an excerpt)
    Apr  7 15:48:42 mx mail_logs: Info: BODY                     syslog, no year
    Apr  7 15:48:42 2014 mx mail_logs: Info: BODY                syslog with a year
    <94>Apr  7 15:48:42 mx mail_logs: Info: BODY                 with priority; host may be missing
    2024-05-01T10:00:00+02:00 mx mail_logs: Info: BODY           a collector's ISO stamp
    Apr  7 15:48:43 relay mail_logs: <any of these>              syslog round a whole line

Where headers are nested, the innermost stamp and host count: they are the appliance's.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from pvo_kit import screen
from pvo_kit.mail_logs.kinds import recognise

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_WEEKDAY = "(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),?"
_MONTH_DAY = rf"(?:{'|'.join(_MONTHS)}) +[0-9]{{1,2}}"
_CLOCK = "[0-9]{1,2}:[0-9]{2}:[0-9]{2}"
_PLAIN = rf"{_WEEKDAY} +{_MONTH_DAY} +{_CLOCK} +[0-9]{{4}}"
_SYSLOG = rf"{_MONTH_DAY} +{_CLOCK}(?:\.[0-9]+)?(?: +[0-9]{{4}})?"
_ISO = (
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}:[0-9]{2}"
    r"(?:[.,][0-9]+)?(?:Z|[+-][0-9]{2}:?[0-9]{2})?"
)
_PRIORITY = "(?:<[0-9]{1,3}> ?)?"
_LEVEL = "(?:Critical|Warning|Info|Debug|Trace):(?: |$)"

# Behind a full stamp any word may be the level: such a line never continues another one.
_PLAIN_HEADER = re.compile(
    rf"{_PRIORITY}(?P<stamp>{_PLAIN}) +(?P<level>[A-Z][a-z]+):(?: |$)(?P<body>.*)"
)
_LEVEL_ONLY = re.compile(rf"(?={_LEVEL})(?P<level>[A-Za-z]+): ?(?P<body>.*)")
_WRAPPER = re.compile(
    rf"{_PRIORITY}(?P<stamp>{_SYSLOG}|{_ISO}) +(?:(?P<host>[^ ]+) +)??"
    rf"(?:(?P<log>[^ :]+): +)?(?={_LEVEL}|{_PLAIN} |{_PRIORITY}{_MONTH_DAY} |{_ISO} )"
)
_STAMP = re.compile(
    rf"(?:{_WEEKDAY} +)?(?P<month>[A-Z][a-z]{{2}}) +(?P<day>[0-9]+) +(?P<clock>[0-9:]+)"
    r"(?:\.[0-9]+)?(?: +(?P<year>[0-9]{4}))?"
)
_STAMP_BEGINS = re.compile(
    rf"{_WEEKDAY}(?: +(?:{'|'.join(_MONTHS)}) +[0-9]|$| +[A-Z][a-z]{{0,2}}$)"
)
_DEEPEST = 4  # headers round one line
_NO_YEAR = 2000  # stands in where a stamp has none; a leap year, so that Feb 29 can be kept


class Header(NamedTuple):
    """What stands before a body.

    ``local_time`` is None without a stamp (``stamped`` is False) or where its day is in no
    calendar; it has the year 2000 where ``has_year`` is False. ``offset`` is the zone of an ISO
    stamp, in seconds.
    """

    local_time: datetime | None
    has_year: bool
    level: str
    host: str | None
    log_name: str | None
    body: str
    offset: int | None = None
    stamped: bool = True


def parse_header(text: str) -> Header | None:
    """Split a normalised line; None where no header form fits: a continuation, or foreign text."""
    stamps: list[str] = []
    host = log_name = None
    for _ in range(_DEEPEST):
        if found := _PLAIN_HEADER.match(text) or _LEVEL_ONLY.match(text):
            if "stamp" in found.re.groupindex:
                stamps.append(found["stamp"])
            time, has_year, offset = _innermost(stamps)
            level, body = found["level"], found["body"].strip(" ")
            return Header(time, has_year, level, host, log_name, body, offset, bool(stamps))
        wrapper = _WRAPPER.match(text)
        if not wrapper:
            return None
        stamps.append(wrapper["stamp"])
        host, log_name = wrapper["host"] or host, wrapper["log"] or log_name
        text = text[wrapper.end() :]
    return None


def begins_with_stamp(text: str) -> bool:
    """Whether a line without a header begins as one: cut off, or of a form that is not known."""
    return _STAMP_BEGINS.match(text) is not None


def _innermost(stamps: list[str]) -> tuple[datetime | None, bool, int | None]:
    """The last stamp; where it has no year but one round it has, with the year next to that."""
    if not stamps:
        return None, False, None
    *outer, inner = map(_read_stamp, stamps)
    time, has_year, offset = inner
    if time and not has_year:
        for seen, dated, _ in outer:
            if seen and dated:
                return nearest_year(time, seen), True, offset
    return time, has_year, offset


@lru_cache(maxsize=4096)  # many lines share a second
def _read_stamp(stamp: str) -> tuple[datetime | None, bool, int | None]:
    """Local time, whether it has a year, and the UTC offset where the stamp tells."""
    try:
        if stamp[:4].isdigit():
            time = datetime.fromisoformat(stamp.replace(",", "."))
            zone = time.utcoffset()
            offset = None if zone is None else int(zone.total_seconds())
            return time.replace(tzinfo=None), True, offset
        found = _STAMP.match(stamp)
        if not found:
            return None, True, None
        hour, minute, second = map(int, found["clock"].split(":"))
        year, month = int(found["year"] or _NO_YEAR), _MONTHS.index(found["month"]) + 1
        time = datetime(year, month, int(found["day"]), hour, minute, second)
        return time, found["year"] is not None, None
    except ValueError:  # 31 February, 25 o'clock
        return None, True, None


class Years:
    """Gives the stamps of one file, in their order, the year that syslog leaves out.

    The first one takes the year next to a dated line: of the same set, else of the stamp in the
    file's name; else ``year``; else it has no time. From there each follows the line before it: a
    month that falls by six or more is the next year (Dec to Jan), Dec right after Jan is the year
    before (two lines out of order at New Year).
    """

    def __init__(self, dated: datetime | None, year: int | None) -> None:
        """Start a file of which a dated line or, failing that, the first year is known."""
        self._dated, self._year = dated, year
        self._last: datetime | None = None

    def local_time(self, header: Header) -> datetime | None:
        """The header's local time with its year, or None."""
        time = header.local_time
        if time and not header.has_year:
            time = self._with_year(time)
        self._last = time or self._last
        return time

    def _with_year(self, time: datetime) -> datetime | None:
        if self._last:
            fell = self._last.month - time.month
            return _in_year(time, self._last.year + (1 if fell >= 6 else -1 if fell == -11 else 0))
        if self._dated:
            return nearest_year(time, self._dated)
        return _in_year(time, self._year) if self._year else None


def nearest_year(time: datetime, seen: datetime) -> datetime | None:
    """The time in the year that brings it next to a time whose year is known."""
    years = (seen.year - 1, seen.year, seen.year + 1)
    times = [near for near in (_in_year(time, year) for year in years) if near]
    return min(times, key=lambda near: abs(near - seen), default=None)


def _in_year(time: datetime, year: int) -> datetime | None:
    try:
        return time.replace(year=year)
    except ValueError:  # 29 February, or a year beyond the calendar
        return None


def first_dated(lines: Iterable[str]) -> datetime | None:
    """The first local time with a year in these lines."""
    for line in lines:
        found = parse_header(normalise(line))
        if found and found.has_year and found.local_time:
            return found.local_time
    return None


_STAMP_IN_NAME = re.compile(r"@([0-9]{8}T[0-9]{6})(?![0-9])")


def stamp_in_name(file: str) -> datetime | None:
    """The time in a rotated file's name: ``mail.@20140407T154842.s``."""
    found = _STAMP_IN_NAME.findall(file)
    try:
        return datetime.strptime(found[-1], "%Y%m%dT%H%M%S") if found else None
    except ValueError:
        return None


class Runs:
    """Tells the runs of appliances apart by the DCIDs that they open (rule: see plain.py)."""

    def __init__(self) -> None:
        """Start with no appliance known."""
        self._runs: dict[str | None, tuple[int, int, int]] = {}  # session, first, highest

    def known(self, appliance: str | None) -> tuple[int, int]:
        """The first and the highest DCID of the run that an appliance is in; 0: none yet."""
        _, first, highest = self._runs.get(appliance, (0, 0, 0))
        return first, highest

    def session(
        self, appliance: str | None, opened: int | None = None, again: bool | None = None
    ) -> int:
        """The run that an appliance is in, after it opened this DCID (if it did).

        ``again`` says whether a run begins here where that is known; else the number tells.
        """
        session, first, highest = self._runs.get(appliance, (0, 0, 0))
        if again is None:
            again = opened is not None and _starts_again(opened, first, highest)
        if again:
            session, first, highest = session + 1, 0, 0
        self._runs[appliance] = session, first or opened or 0, max(highest, opened or 0)
        return session


def _starts_again(opened: int, first: int, highest: int) -> bool:
    fell = highest - opened
    from_start = opened <= max(first, 16) and (2 * opened < highest or fell >= 16)
    return from_start or fell >= max(1000, highest // 4)


def normalise(line: str) -> str:
    """A line as it was seen on the screen, without blanks at both ends: a log indents nothing."""
    return screen.seen(line.lstrip(" ")).strip(" ")


_PROMPT = re.compile(
    r"(?:\([^()]+\)|[\w.-]+)(?: ?\(SERVICE\))?(?: ?\[Disconnected\])? ?>(?: |$)|\[[^\]]*\]>"
)


def is_foreign(text: str) -> bool:
    """Whether a normalised line is a prompt, or has letters of another script: no log text."""
    if not text.isascii() and any(char > "\x7f" and char.isalpha() for char in text):
        return True
    return _PROMPT.match(text) is not None


_TERMINAL_WIDTHS = (80, 132)


def cut_column(head: Sequence[str]) -> int | None:
    """The width at which a terminal cut all log lines that are continued, or None.

    Prompts, and what stands behind them up to the next header, are no log lines.
    """
    shown = [(len(raw), text) for raw in head if (text := normalise(raw))]
    headers = [parse_header(text) for _, text in shown]
    within, widest = False, 0
    continued: list[tuple[int, Header | None]] = []
    for place, ((width, text), header) in enumerate(zip(shown, headers, strict=True)):
        within = header is not None or (within and not is_foreign(text))
        widest = max(widest, width) if within else widest
        following = place + 1 < len(shown) and headers[place + 1] is None
        if within and following and not is_foreign(shown[place + 1][1]):
            continued.append((width, header))
    cut = [width == widest for width, _ in continued]
    if widest not in _TERMINAL_WIDTHS or not any(cut):
        return None
    others = [header for (_, header), is_cut in zip(continued, cut, strict=True) if not is_cut]
    return widest if all(map(_stands_alone, others)) else None


def _stands_alone(header: Header | None) -> bool:
    """Whether a line is complete, so that what follows it need not be a continuation."""
    found = recognise(header.body) if header else None
    return found is not None and not found[0].open_ended
