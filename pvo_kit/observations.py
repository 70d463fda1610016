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

import tomllib
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime

from pvo_kit.evidence import Citation, Moment, Observation
from pvo_kit.text import unquoted

WHAT = ("wizard", "pending_changes", "error_text", "service_status", "port", "role")
_KEYS = {"host", "what", "value", "time", "by"}
_TABLE = "[[observation]]"


def is_observations(lines: Sequence[str]) -> bool:
    """Return True where a line opens an observation's table."""
    return any(_opens(line) for line in lines)


def parse(file: str, lines: Sequence[str]) -> tuple[list[Observation], list[str]]:
    """Return the observations and what was not understood; ([], [why]) for damaged TOML."""
    try:
        document = tomllib.loads("\n".join(map(unquoted, lines)).lstrip("\ufeff"))
    except tomllib.TOMLDecodeError as error:
        return [], [f"is not valid TOML ({error}); correct it or record again"]
    tables = document.get("observation", [])
    blocks = list(_blocks(file, lines))
    if not isinstance(tables, list) or len(tables) != len(blocks):
        return [], [f"holds no list of {_TABLE} tables; correct it or record again"]
    found = []
    notes = [f"key {key} is not known" for key in sorted(set(document) - {"observation"})]
    for number, (table, cited) in enumerate(zip(tables, blocks, strict=True), start=1):
        unknown = sorted(set(table) - _KEYS)
        notes += [f"key {key} of observation {number} is not known" for key in unknown]
        if table.get("what") not in WHAT or "value" not in table:
            notes.append(f"observation {number} needs a value and one of what: {', '.join(WHAT)}")
            continue
        moment = Moment(file, cited[0].line, "observations", time=_time(table.get("time")))
        found.append(
            Observation(
                str(table.get("host", "")).lower(),
                str(table["what"]),
                _value(table["value"]),
                str(table.get("by", "")),
                moment,
                cited,
            )
        )
    return found, notes


def _blocks(file: str, lines: Sequence[str]) -> Iterator[tuple[Citation, ...]]:
    """Yield the lines of each table, from its head to the next."""
    block: list[Citation] | None = None
    for number, line in enumerate(lines, start=1):
        if _opens(line):
            if block:
                yield tuple(block)
            block = []
        if block is not None and unquoted(line).strip():
            block.append(Citation(file, number, line))
    if block:
        yield tuple(block)


def _opens(line: str) -> bool:
    return unquoted(line).strip().replace(" ", "") == _TABLE


def _value(value: object) -> str:
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)


def _time(value: object) -> datetime | None:
    """Return UTC without a zone; a time without an offset counts as UTC."""
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            return None
    if isinstance(value, datetime):
        return value.astimezone(UTC).replace(tzinfo=None) if value.tzinfo else value
    return datetime(value.year, value.month, value.day) if isinstance(value, date) else None
