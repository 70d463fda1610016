"""What a person saw in a GUI, recorded in a TOML file beside the captures.

    [[observation]]
    host = "sma.example.com"
    what = "wizard"            # wizard, pending_changes, error_text, service_status, port, role
    value = "finished"
    time = 2014-07-21T12:05:00Z
    by = "J. Doe"

They are read, cited and ordered like any evidence. Keys that are not known are listed, not refused.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime

from pvo_kit.evidence import Citation, Moment, Observation
from pvo_kit.text import unquoted

WHAT = ("wizard", "pending_changes", "error_text", "service_status", "port", "role")
_KEYS = {"host", "what", "value", "time", "by"}
_HEAD = re.compile(r"\s*\[\[\s*observation\s*\]\]\s*(?:#.*)?")
_TOML = re.compile(r"\s*(?:#.*|\[.*|[\w.'\"-]+\s*=.*)?")
_LINE = "pvo_kit-line"  # the key that tells on which line a table was opened
_LONGEST = 10_000  # characters; the time to read a key grows with the square of its length


def is_observations(lines: Sequence[str]) -> bool:
    """Return True for TOML with an observation's table; prose may hold one as an example."""
    for line in _unquoted(lines):
        if _HEAD.fullmatch(line):
            return True
        if not _TOML.fullmatch(line):
            return False
    return False


def parse(file: str, lines: Sequence[str]) -> tuple[list[Observation], list[str]]:
    """Return the observations and what was not understood; ([], [why]) for damaged TOML."""
    text = list(_unquoted(lines))
    if any(len(line) > _LONGEST for line in text):
        return [], [f"holds a line of more than {_LONGEST:,} characters; record again"]
    try:
        document = tomllib.loads("\n".join([*text, ""]))
        starts = _starts(text)
    except (ValueError, RecursionError) as error:
        return [], [f"is not valid TOML ({error}); correct it or record again"]
    if not starts:
        return [], ["holds no list of [[observation]] tables; correct it or record again"]
    found: list[Observation] = []
    notes = [f"key {key} is not known" for key in sorted(set(document) - {"observation"})]
    blocks = zip(document["observation"], starts, [*starts[1:], len(lines) + 1], strict=True)
    for number, (table, start, end) in enumerate(blocks, start=1):
        notes += _notes(number, table)
        cited = tuple(
            Citation(file, line, lines[line - 1])
            for line in range(start, end)
            if text[line - 1].strip()
        )
        found += _observation(table, Moment(file, start, "observations"), cited)
    return _ordered(found), notes


def _unquoted(lines: Sequence[str]) -> Iterator[str]:
    return (unquoted(line.removeprefix("\ufeff")) for line in lines)


def _starts(text: Sequence[str]) -> Sequence[int]:
    """The line of each table's head, found by the TOML parser itself.

    What looks like a head may stand in a string. So each one is followed by a key with the number
    of its line, and those that are heads come back with it.
    """
    numbered = [
        f"{line}\n{_LINE} = {number}" if _HEAD.fullmatch(line) else line
        for number, line in enumerate(text, start=1)
    ]
    tables = tomllib.loads("\n".join([*numbered, ""])).get("observation")
    if not isinstance(tables, list):
        return ()
    starts = [table.get(_LINE, 0) for table in tables if isinstance(table, dict)]
    return starts if all(starts) and len(starts) == len(tables) else ()


def _notes(number: int, table: Mapping[str, object]) -> Iterator[str]:
    """Tell what is wrong with an observation."""
    for key in sorted(set(table) - _KEYS):
        yield f"key {key} of observation {number} is not known"
    if table.get("what") not in WHAT or not _word(table.get("value")).strip():
        yield f"observation {number} needs a value and one of what: {', '.join(WHAT)}"
    if "time" in table and _time(table["time"]) is None:
        yield f"time of observation {number} is no date; write it like 2014-07-21T12:05:00+02:00"


def _observation(
    table: Mapping[str, object], moment: Moment, cited: tuple[Citation, ...]
) -> Iterator[Observation]:
    what, value = table.get("what"), _word(table.get("value"))
    if what in WHAT and value.strip():
        dated = replace(moment, time=_time(table.get("time")))
        host, by = _word(table.get("host")), _word(table.get("by"))
        yield Observation(host.lower(), str(what), value, by, dated, cited)


def _word(value: object) -> str:
    """Return text, a number, a date or yes and no as they are told; nothing else is a word."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int) and value.bit_length() > 63:  # more than TOML allows
        return ""
    return str(value) if isinstance(value, str | int | float | date) else ""


def _time(value: object) -> datetime | None:
    """Return UTC without a zone; a time without an offset counts as UTC."""
    try:
        if isinstance(value, str):
            value = datetime.fromisoformat(value)
        if isinstance(value, datetime):
            return value.astimezone(UTC).replace(tzinfo=None) if value.tzinfo else value
    except (ValueError, OverflowError):  # no date; or the offset leaves the calendar
        return None
    return datetime(value.year, value.month, value.day) if isinstance(value, date) else None


def _ordered(found: Sequence[Observation]) -> list[Observation]:
    """Bound those without a time by the times above and below them: a person adds at the end."""
    above: datetime | None = None
    below: datetime | None = None
    forward: list[Observation] = []
    for seen in found:
        above = seen.moment.time or above
        bound = None if seen.moment.time else above
        forward.append(replace(seen, moment=replace(seen.moment, not_before=bound)))
    backward: list[Observation] = []
    for seen in reversed(forward):
        below = seen.moment.time or below
        bound = None if seen.moment.time else below
        backward.append(replace(seen, moment=replace(seen.moment, not_after=bound)))
    return backward[::-1]
