"""Whether text is a mail log, by its lines."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pvo_kit import sessions
from pvo_kit.mail_logs.header import cut_column, normalise, parse_header
from pvo_kit.mail_logs.kinds import recognise
from pvo_kit.mail_logs.plain import HEAD, Entry, entries

_SAMPLE = 400  # lines that tell whether a file is a log


def is_log(lines: Sequence[str]) -> bool:
    """Whether most of the first lines that are not blank begin as log lines do."""
    shown = [line for line in map(normalise, lines[:_SAMPLE]) if line]
    return sum(map(is_log_line, shown)) * 2 > len(shown)


def is_log_line(text: str) -> bool:
    """A header with a stamp, or a level alone in front of a text of a known kind."""
    found = parse_header(text)
    return found is not None and (found.stamped or recognise(found.body) is not None)


def holds_entry(lines: Sequence[str]) -> bool:
    """Whether an entry of a known kind stands among other text, on one line or on several."""
    found = entries(lines, mixed=True, column=cut_column(lines[:HEAD]))
    return any(isinstance(each, Entry) and each.kind for each in found)


def has_prompt(lines: Iterable[str]) -> bool:
    """Whether a line looks like a prompt: then it is a session that printed log lines."""
    shown = (sessions.clean(line) for line in lines if ">" in line[:300])
    return any(sessions.PROMPT.match(line) for line in shown)
