"""Text that a terminal or a mail program broke into lines, broken again after it was redacted.

The number of lines stays: findings cite them. Where a terminal cut at its width, the new lines are
as wide, since that is how they are known to be one; log lines may break at any blank.
"""

from __future__ import annotations

import re
from collections.abc import Sequence


def cut_at_width(text: str, width: int, count: int) -> list[str]:
    """Cut a text into ``count`` pieces, all but the last one ``width`` wide.

    None of these ends in a blank, which nobody would see at the edge. Where the text has become
    too short, blanks are put between its last words; where it is too long, the last piece is wide.
    """
    text = _longer(text, width * (count - 1) + 1)
    pieces = []
    for _ in range(count - 1):
        if text[width - 1].isspace():
            text = _shifted(text, width)
        pieces.append(text[:width])
        text = text[width:]
    return [*pieces, text]


def _longer(text: str, length: int) -> str:
    missing = length - len(text)
    at = text.rstrip().rfind(" ")
    return text if missing <= 0 or at < 0 else text[:at] + " " * missing + text[at:]


def _shifted(text: str, width: int) -> str:
    """Put blanks before the last word that begins within the width, so that a letter ends it."""
    end = len(text[:width].rstrip())
    at = text.rfind(" ", 0, end)
    return text if at < 0 else text[:at] + " " * (width - end) + text[at:]


def break_like(text: str, pieces: Sequence[str], glued: Sequence[bool]) -> list[str]:
    """Break a text into as many pieces as it had, at the same words where they are as many.

    ``glued`` tells of each break whether it stood in the middle of a word; it comes before it then.
    All pieces but the last end in the blank that they were broken at.
    """
    words = list(re.finditer(r"\S+\s*", text))
    before = sum(len(piece.split()) for piece in pieces) - sum(glued)
    breaks: list[int] = []
    passed = 0
    for number, piece in enumerate(pieces[:-1]):
        passed += len(piece.split()) - glued[number]
        wanted = round(passed * len(words) / before) if before else 0
        first = breaks[-1] + 1 if breaks else 1
        left = len(pieces) - 2 - number  # breaks that must still fit behind this one
        breaks.append(max(first, min(wanted, len(words) - 1 - left)))
    places = [words[at].start() if at < len(words) else len(text) for at in breaks]
    return [text[start:end] for start, end in zip([0, *places], [*places, len(text)], strict=True)]
