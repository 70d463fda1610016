"""Evidence in Markdown: as plain text, as code in a line, or as lines in a fence.

Each is one that no text can get out of: nothing of it becomes a heading, a link, HTML or the end
of a fence. Ticket systems differ, so what any common dialect acts on is escaped.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from pvo_kit.escape import terminal

_LIVE = re.compile(
    r"[\\`*\[\]<|~&$#@{}^]|_(?![^\W_])|(?<![^\W_])_|=(?==)|\+(?=\+)|>(?=!)|:(?=//)|(?<=\bwww)\.",
    re.I,
)
"""What acts anywhere in a line; an underscore inside a word, as in mail_logs, does not."""

_LEADING = re.compile(r"^(\d{1,9}(?=[.)](?: |$))|(?=[-+=>:]))")
"""What makes a list, a quotation or a heading at the beginning of a line."""


def text(value: str) -> str:
    """Return a value as text on one line."""
    line = " ".join(terminal(value).split())
    return _LEADING.sub(r"\1\\", _LIVE.sub(r"\\\g<0>", line))


def code(value: str) -> str:
    """Return a value as code within a line; one that holds nothing as words.

    Not for the beginning of a line: some take three backticks there for a fence, whatever follows.
    """
    shown = " ".join(terminal(value).split())
    if not shown:
        return "(empty)"
    ticks = "`" * (_longest_run(shown) + 1)
    # A backtick at either end would join those around it.
    apart = " " if "`" in (shown[0], shown[-1]) else ""
    return f"{ticks}{apart}{shown}{apart}{ticks}"


def fence(rows: Iterable[str]) -> str:
    """Return lines in a fence that none of them can close."""
    shown = [terminal(row).expandtabs() for row in rows]
    ticks = "`" * max(3, max(map(_longest_run, shown), default=0) + 1)
    return "\n".join([ticks, *shown, ticks])


def _longest_run(value: str) -> int:
    return max(map(len, re.findall("`+", value)), default=0)
