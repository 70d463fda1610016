"""Lines as a person saw them on the screen, and rows: what a terminal cut at its width is one."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import chain, groupby, pairwise

from pvo_kit import screen
from pvo_kit.clock import STAMP
from pvo_kit.evidence import Row
from pvo_kit.sessions.prompts import PROMPT

_LOOKALIKES = {
    "\u201c\u201d\u201e\u201f\u2033": '"',
    "\u2018\u2019\u201a\u201b\u2032": "'",
    "\u2010\u2011\u2012\u2013\u2212": "-",
    "\u2026": "...",
    "\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2008\u2009\u200a\u205f\u2028\u2029": " ",
    "\u00ad\u061c\u200c\u200d\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069": "",
    "".join(map(chr, range(0x80, 0xA0))): "",
}
"""What writers and mail programs put for what an appliance prints or a person types."""

_PLAIN = {ord(odd): plain for many, plain in _LOOKALIKES.items() for odd in many}
_ODD = re.compile(f"[{''.join(_LOOKALIKES)}]")
_FENCE = re.compile(r"\s*(?:```|~~~)[`~]*\s*\w*")


def clean(raw: str) -> str:
    """Return one line as a person saw it on the screen; curled quotes and dashes are plain again.

    A line that only opens or closes a block of code in a ticket is empty: no appliance printed it.
    """
    text = screen.seen(raw)
    if not text.isascii() and _ODD.search(text):
        text = text.translate(_PLAIN).rstrip()
    is_fence = ("```" in text or "~~~" in text) and _FENCE.fullmatch(text)
    return "" if is_fence else text


_WIDTHS = (80, 132)
_RULE = re.compile(r"[\W_]+")
LOG_LINE = re.compile(rf"^[ \t]*(?P<stamp>{STAMP})[ \t]+[A-Z][a-z]+:", re.MULTILINE)
_ANEW = re.compile(r"\s*(?:\[[^\]]*(?:\]>|$)|\d+\. |- [A-Z])")


def rows(lines: Sequence[str]) -> list[Row]:
    """Return the cleaned rows of a file; lines that the terminal cut at its width are one row."""
    found = [Row(clean(raw), ((number, raw),)) for number, raw in enumerate(lines, start=1)]
    width = _width(found)
    return _unwrapped(found, width) if width else found


def _width(found: Sequence[Row]) -> int | None:
    """The width of the terminal: a usual one that rows reach and hardly any exceeds."""
    lengths = Counter(len(row.text) for row in found if _may_be_cut(row.text))
    for width in _WIDTHS:
        if lengths[width] > sum(count for length, count in lengths.items() if length > width):
            return width
    return None


def _may_be_cut(text: str) -> bool:
    """A rule of dashes is as wide as the terminal without being cut."""
    return len(text) >= _WIDTHS[0] and not _RULE.fullmatch(text)


def _unwrapped(found: Sequence[Row], width: int) -> list[Row]:
    shown = [index for index, row in enumerate(found) if row.text]
    texts = [found[index].text for index in shown]
    rests: set[int] = set()  # rows that belong to the one above, with the blank ones between
    for first, end in _full_runs(texts, width):
        if _is_prose(texts, first, end, width):
            continue
        for place in range(first, min(end, len(shown) - 1)):
            if _is_next(shown, place) and not _starts_anew(texts[place + 1]):
                rests.update(range(shown[place] + 1, shown[place + 1] + 1))
    groups: list[list[Row]] = []
    for index, row in enumerate(found):
        if index in rests:
            groups[-1].append(row)
        else:
            groups.append([row])
    return [group[0] if len(group) == 1 else _joined(group) for group in groups]


def _joined(group: Sequence[Row]) -> Row:
    text = "".join(row.text for row in group)
    return Row(text, tuple(chain.from_iterable(row.raw for row in group)))


def _full_runs(texts: Sequence[str], width: int) -> Iterator[tuple[int, int]]:
    """Yield where rows that are as wide as the terminal begin and end."""
    first = 0
    for is_full, run in groupby(texts, lambda text: len(text) == width and _may_be_cut(text)):
        end = first + sum(1 for _ in run)
        if is_full:
            yield first, end
        first = end


def _is_prose(texts: Sequence[str], first: int, end: int, width: int) -> bool:
    """Whether lines are as wide by chance: those around them are filled up to a word."""
    above = first > 0 and _is_filled(texts[first - 1], texts[first], width)
    below = end + 1 < len(texts) and _is_filled(texts[end], texts[end + 1], width)
    return above or below


def _is_next(shown: Sequence[int], place: int) -> bool:
    """Whether the next row stands right below, or below a blank one as all rows here do."""
    gap = shown[place + 1] - shown[place]
    near = shown[max(0, place - 3) : place + 5]
    return gap == 1 or (gap == 2 and all(below - above > 1 for above, below in pairwise(near)))


def _is_filled(text: str, below: str, width: int) -> bool:
    """Whether a writer broke here because the next word would not have fitted any more."""
    word = below.partition(" ")[0]
    is_nearly_full = width - 25 < len(text) < width <= len(text) + len(word)
    return is_nearly_full and not _starts_anew(below)


def _starts_anew(text: str) -> bool:
    return bool(_ANEW.match(text) or PROMPT.match(text) or LOG_LINE.match(text))
