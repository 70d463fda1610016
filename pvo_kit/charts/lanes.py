"""Where each connection's bar goes: a row of its own, a lane with others, or into bins."""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from typing import Literal

import numpy as np

from pvo_kit.charts.columns import OUTCOMES, Links, Mask, Numbers, Times

ROWS = 24
"""So many connections get a row each, with a name."""

LANES = 36
"""So many lanes are still told apart; what needs more is counted in bins."""

_MOST = 3_000
ROOM = 90
"""A bar's sign takes this part of the axis, even where the bar has no length."""


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """How a timeline is drawn.

    ``lane`` is each timed connection's height on the axis, from 0 up (none where in bins);
    ``bands`` are (outcome, lowest lane, number of lanes), from the top down.
    """

    how: Literal["rows", "lanes", "bins"]
    lane: Numbers
    bands: tuple[tuple[str, int, int], ...] = ()


def plan(links: Links) -> Plan:
    """Choose the most detailed way that can be read."""
    shown = int(links.timed.sum())
    if shown <= ROWS:
        order = np.argsort(links.at[links.timed], kind="stable")
        lane = np.empty(shown, dtype=np.int64)
        lane[order] = np.arange(shown)[::-1]
        return Plan("rows", lane)
    return (shown <= _MOST and _lanes(links)) or Plan("bins", np.array([], dtype=np.int64))


def ends(links: Links, of: Mask) -> tuple[Times, Times]:
    """Left and right end of each bar; where only one end was seen both are the same."""
    opened, closed = links.opened[of], links.closed[of]
    left = np.where(np.isnat(opened), closed, opened)
    right = np.where(np.isnat(closed), opened, closed)
    # A clock that was set back must not turn a bar round.
    return np.minimum(left, right), np.maximum(left, right)


def _lanes(links: Links) -> Plan | None:
    """Pack each outcome's bars into as few lanes as possible; None where these are too many."""
    first, last = links.span()
    room = (last - first) // ROOM
    lane = np.zeros(len(links), dtype=np.int64)
    bands: list[tuple[str, int, int]] = []
    lowest = 0
    for outcome in reversed(OUTCOMES):
        chosen = links.outcome(outcome) & links.timed
        if not chosen.any():
            continue
        packed = _pack(*ends(links, chosen), room)
        count = int(packed.max()) + 1
        lane[chosen] = packed + lowest
        bands.insert(0, (outcome, lowest, count))
        lowest += count + 1
        if lowest > LANES:
            return None
    return Plan("lanes", lane[links.timed], tuple(bands))


def _pack(left: Times, right: Times, room: np.timedelta64) -> Numbers:
    """The lowest lane that is free for each bar, in the order in which they begin."""
    begins, finishes = left.astype(np.int64), (right + room).astype(np.int64)
    lane = np.zeros(len(left), dtype=np.int64)
    busy: list[tuple[int, int]] = []
    free: list[int] = []
    for bar in np.argsort(begins, kind="stable"):
        while busy and busy[0][0] <= begins[bar]:
            heapq.heappush(free, heapq.heappop(busy)[1])
        lane[bar] = heapq.heappop(free) if free else len(busy)
        heapq.heappush(busy, (int(finishes[bar]), int(lane[bar])))
    return lane
