"""What the appliance printed, as lines that a person would have copied from the screen."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from pvo_kit import screen

_NEWLINE = re.compile(r"[\r ]*\n")
# What could still steer a terminal that shows the file, or is not seen: C1 and direction marks.
_STEERING = re.compile("[\x80-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")


def lines(text: str) -> list[str]:
    """Return the lines as they were seen: without pager marks, colours and what was erased."""
    return [_STEERING.sub("", screen.seen(line)) for line in text.split("\n")]


def assembled(output: bytes, typed: Sequence[tuple[int, str]]) -> str:
    """Return a command's output with what was typed in it.

    ``typed`` are the offsets in ``output`` at which something was typed, and its text ('' is
    Enter, ``^C`` a break). An appliance echoes it; where it did not, it is put in, so that the
    text reads as a session on a screen does.
    """
    parts = []
    for piece, text in _pieces(output, typed):
        echoed = is_echoed(piece, text)
        parts.append(piece if echoed else f"{text}\n{piece}")
    return "".join(parts)


def is_echoed(piece: str, text: str) -> bool:
    """Return True where the output that follows a typed text begins with it."""
    if not text:
        return bool(_NEWLINE.match(piece))
    return text in screen.seen(piece.partition("\n")[0])


def _pieces(output: bytes, typed: Sequence[tuple[int, str]]) -> Iterator[tuple[str, str]]:
    ends = [offset for offset, _ in typed[1:]] + [len(output)]
    for (start, text), end in zip(typed, ends, strict=True):
        yield output[start:end].decode("utf-8", "replace").replace("\0", "\ufffd"), text
