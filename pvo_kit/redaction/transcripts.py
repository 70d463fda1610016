"""Sessions, mails and notes, redacted: what the kit understood word by word, the rest as free text.

Rows that a terminal cut at its width are redacted whole and cut again.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from itertools import islice

from pvo_kit import catalog, sessions
from pvo_kit.evidence import Row, Transcript
from pvo_kit.mail_logs import read
from pvo_kit.mail_logs.header import cut_column, normalise, parse_header
from pvo_kit.mail_logs.plain import HEAD
from pvo_kit.parsers import refusals, version, wizard
from pvo_kit.parsers.reading import Reading
from pvo_kit.redaction import logs
from pvo_kit.redaction.lines import Lines
from pvo_kit.redaction.wraps import break_like, breaks_like, cut_at_width

_WIDTHS = (80, 132)
_MOST_TRIED = 2000  # ways to break a row
_BEHIND = 8  # lines behind an entry that might be taken for its end


def redact(lines: Lines, file: str, shown: Sequence[str]) -> list[str]:
    """Redact the lines of a file that is neither a pure log nor a configuration."""
    new = list(shown)
    found = sessions.rows(shown)
    done = _entries(lines, file, shown, new)
    told = _understood(file, found)
    wrapped: list[tuple[Row, str]] = []
    for row in found:
        numbers = [number for number, _ in row.raw]
        is_told = bool(told.intersection(numbers))
        if len(numbers) > 1 and not done.intersection(numbers):
            wrapped.append((row, lines.told(row.text) if is_told else lines.free(row.text)))
        for number, line in row.raw if len(numbers) == 1 or done.intersection(numbers) else ():
            if number not in done:
                new[number - 1] = lines.told(line) if is_told else lines.free(line)
    return _broken(found, new, wrapped)


def _entries(lines: Lines, file: str, shown: Sequence[str], new: list[str]) -> set[int]:
    """Redact the log entries among the lines; return the numbers of the lines they stand on."""
    done: set[int] = set()
    column = cut_column(shown[:HEAD])
    for event in read(shown, file, mixed=True):
        numbers = [number for number, _ in event.lines]
        taken = [shown[number - 1] for number in numbers]
        behind = shown[numbers[-1] : numbers[-1] + _BEHIND]
        entry = logs.entry(lines, taken, column, mixed=True, behind=behind)
        for number, line in zip(numbers, entry, strict=True):
            new[number - 1] = line
        done.update(numbers)
    return done


def _understood(file: str, found: Sequence[Row]) -> set[int]:
    """The lines whose words the kit has read: prompts, dialogues, answers that a parser knows."""
    told = {number for row in found if sessions.PROMPT.match(row.text) for number, _ in row.raw}
    for cut in sessions.split(file, found):
        told |= _of_transcript(cut)
    for sentence in wizard.parse(file, found):
        told |= {line.line for line in sentence.citations}
    return told


def _of_transcript(cut: Transcript) -> set[int]:
    reading = Reading(cut)
    command = catalog.find(cut.command)
    refusals.parse(reading)
    # What a log's command printed is entries, or a customer's own text.
    if command and command.parser and cut.verb not in catalog.LOG_COMMANDS:
        # One that breaks does so in the diagnosis too; what it had read so far was read.
        with suppress(Exception):
            command.parser(reading)
    banner = version.parse_banner(cut)
    told = {line.line for line in banner.citations} if banner else set()
    known = {number for row in cut.rows for number, _ in row.raw}
    return told | known - {number for row in reading.rest for number, _ in row.raw}


def _broken(found: Sequence[Row], new: list[str], wrapped: Sequence[tuple[Row, str]]) -> list[str]:
    """Cut the rows again that a terminal had cut; at blanks, where that no longer shows."""
    for row, text in wrapped:
        shown = _shown(row)
        width = len(sessions.clean(row.raw[0][1]))
        _put(shown, cut_at_width(text, width, len(shown)), new)
    new = _as_wide(new, found)
    apart = _apart(wrapped, new)
    while apart:  # one line that is too wide may hide from a reader that others were cut
        for row, text in apart:
            shown = _shown(row)
            _put(shown, _at_blanks(text, [sessions.clean(line) for _, line in shown]), new)
        new = _as_wide(new, found)
        wrapped = [each for each in wrapped if each not in apart]
        apart = _apart(wrapped, new)
    return new


def _apart(wrapped: Sequence[tuple[Row, str]], lines: Sequence[str]) -> list[tuple[Row, str]]:
    """The rows among these that are no longer read as one."""
    groups = {_numbers(row) for row in sessions.rows(lines)}
    return [(row, text) for row, text in wrapped if _numbers(row) not in groups]


def _numbers(row: Row) -> tuple[int, ...]:
    return tuple(number for number, _ in row.raw)


def _at_blanks(text: str, old: Sequence[str]) -> list[str]:
    """Break a row at blanks, so that a line begins as a log's only where the old one did."""
    glued = [True] * (len(old) - 1)
    heads = _heads(old)
    ways = islice(breaks_like(text, old, glued), _MOST_TRIED)
    fitting = (pieces for pieces in ways if _heads(pieces) == heads)
    return next(fitting, None) or break_like(text, old, glued)


def _heads(lines: Sequence[str]) -> list[bool]:
    return [parse_header(normalise(line)) is not None for line in lines]


def _shown(row: Row) -> list[tuple[int, str]]:
    """The lines of a row, blank ones left out."""
    return [(number, line) for number, line in row.raw if line.strip()]


def _put(shown: Sequence[tuple[int, str]], pieces: Sequence[str], new: list[str]) -> None:
    for (number, _), piece in zip(shown, pieces, strict=True):
        new[number - 1] = piece


def _as_wide(new: list[str], found: Sequence[Row]) -> list[str]:
    """Keep a line that has become as wide as a terminal from being taken for one that was cut."""
    for row in found:
        if len(row.raw) == 1:
            number, line = row.raw[0]
            text = new[number - 1]
            became = text != line and len(sessions.clean(text)) in _WIDTHS
            if became and " " in text.strip():
                at = text.rstrip().rfind(" ")
                new[number - 1] = f"{text[:at]} {text[at:]}"
    return new
