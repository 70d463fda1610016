"""What a person saw on the screen of a line that a terminal or a mail program has passed on."""

from __future__ import annotations

import re

# Colours and cursor moves, window titles, character sets; then what takes no room on the screen.
_UNSEEN = re.compile(
    r"\x1b\[[0-9;?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[()][0-9A-Z]|\x1b[@-Z\\-_=>]"
    r"|[\x00-\x07\x0b\x0c\x0e-\x1f\x7f\u200b\u200e\u200f\u2060\ufeff]"
)
_BLANKS = str.maketrans(dict.fromkeys("\t\u00a0\u2007\u202f\u3000", " "))
_BEFORE = re.compile(
    r"\s{0,3}(?:>\s?|-+\s*Press Any Key For More(?:\s*-+)?)+", re.IGNORECASE
)  # what a mail program puts before a line that it quotes, and a pager before one that it held back


def seen(raw: str) -> str:
    """Return a line as it was seen, without quote marks and the pager's.

    Colours, cursor moves, what was erased, and NBSP and other look-alikes of a blank go, as do
    blanks at the end; the other blanks stay.
    """
    if raw.isascii() and raw.isprintable() and raw[:1] not in (" ", ">", "-"):
        return raw.rstrip()  # nearly all lines
    text = _UNSEEN.sub("", raw).translate(_BLANKS)
    # A carriage return starts the line again: what was printed last is what was seen.
    shown = [part for part in map(_erased, text.split("\r")) if part.strip()]
    text = shown[-1] if shown else ""
    before = _BEFORE.match(text)
    return text[before.end() if before else 0 :].rstrip()


def _erased(text: str) -> str:
    """Let each backspace take away the character before it."""
    if "\b" not in text:
        return text
    kept: list[str] = []
    for character in text:
        if character != "\b":
            kept.append(character)
        elif kept:
            kept.pop()
    return "".join(kept)
