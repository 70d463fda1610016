"""Text that a terminal or a mail program broke into lines, broken again after it was redacted.

The number of lines stays: findings cite them. Where a terminal cut at its width, the new lines are
as wide, since that is how they are known to be one; log lines may break at any blank.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import combinations
from math import comb

_MOST_CHOICES = 2000
"""Ways to break a text up to which all of them are looked at."""


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
    return next(breaks_like(text, pieces, glued))


def breaks_like(
    text: str, pieces: Sequence[str], glued: Sequence[bool], least: int = 1
) -> Iterator[list[str]]:
    """Yield ways to break a text as ``break_like`` does, from that one on: the nearest first.

    The first piece has ``least`` words or more.
    """
    words = list(re.finditer(r"\S+\s*", text))
    nearest = _nearest(len(words), pieces, glued, least)
    yield _pieces(text, words, nearest)
    for breaks in _others(nearest, least, len(words)):
        yield _pieces(text, words, breaks)


def _nearest(count: int, pieces: Sequence[str], glued: Sequence[bool], least: int) -> list[int]:
    """The words before which to break, of so many, in the proportion of the old pieces."""
    before = sum(len(piece.split()) for piece in pieces) - sum(glued)
    breaks: list[int] = []
    passed = 0
    for number, piece in enumerate(pieces[:-1]):
        passed += len(piece.split()) - glued[number]
        wanted = round(passed * count / before) if before else 0
        first = breaks[-1] + 1 if breaks else least
        left = len(pieces) - 2 - number  # breaks that must still fit behind this one
        breaks.append(max(first, min(wanted, count - 1 - left)))
    return breaks


def _others(nearest: Sequence[int], least: int, count: int) -> Iterator[Sequence[int]]:
    """All other breaks by how far they are; where these are too many, all of them moved alike."""
    choices = range(least, count)
    if comb(len(choices), len(nearest)) <= _MOST_CHOICES:
        every = list(combinations(choices, len(nearest)))
        every.sort(key=lambda breaks: sum(abs(a - b) for a, b in zip(breaks, nearest, strict=True)))
        yield from every
        return
    for step in range(1, count):
        for moved in (-step, step):
            breaks = [at + moved for at in nearest]
            for place in range(len(breaks)):
                lowest = least + place
                highest = count - len(breaks) + place
                breaks[place] = min(max(breaks[place], lowest), highest)
            yield breaks


def _pieces(text: str, words: Sequence[re.Match[str]], breaks: Sequence[int]) -> list[str]:
    places = [words[at].start() if at < len(words) else len(text) for at in breaks]
    return [text[start:end] for start, end in zip([0, *places], [*places, len(text)], strict=True)]
