"""Names of lanes below a chart: in full where there is room, else without their common domain."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pvo_kit.charts import hosts, wording

LETTER = 5.2
"""About how wide a small letter is, in points."""

_LONGEST = 26
"""Letters of a name that is slanted: a longer one would take its room from the readings."""

Lane = tuple[str, str]
"""A host, and what of it the lane tells."""


@dataclass(frozen=True, slots=True)
class LaneNames:
    """``texts`` a lane; ``slanted`` where they have no room beside each other.

    ``note`` says which domain was left out, "" where none was.
    """

    texts: tuple[str, ...]
    slanted: bool = False
    note: str = ""

    @property
    def points(self) -> float:
        """How long the longest line of a name is."""
        lines = [line for text in self.texts for line in text.splitlines()]
        return max(map(len, lines), default=0) * LETTER


def lane_names(lanes: Sequence[Lane], points: float) -> LaneNames:
    """Return the names of lanes that are so many points wide each.

    A common domain is left out before any name is shortened: what is left tells hosts apart.
    """
    letters = int(points / LETTER)
    if _fit(lanes, letters):
        return LaneNames(_beside(lanes))
    domain = hosts.common_domain([host for host, _ in lanes])
    short = [(hosts.without(host, domain), about) for host, about in lanes]
    note = hosts.note(domain)
    if _fit(short, letters):
        return LaneNames(_beside(short), note=note)
    texts = tuple(wording.label(f"{host} {about}", _LONGEST) for host, about in short)
    return LaneNames(texts, slanted=True, note=note)


def _beside(lanes: Sequence[Lane]) -> tuple[str, ...]:
    """Names of two lines: the host, and what of it."""
    return tuple("\n".join(wording.label(word, len(word) * 10) for word in lane) for lane in lanes)


def _fit(lanes: Sequence[Lane], letters: int) -> bool:
    return max((len(line) for text in _beside(lanes) for line in text.splitlines()), default=0) <= (
        letters
    )
