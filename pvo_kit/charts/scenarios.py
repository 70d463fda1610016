"""Which scenarios the cases of a batch show, over the days of their evidence."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from pvo_kit.charts import bins, drawing, wording
from pvo_kit.charts.columns import Links, read
from pvo_kit.errors import InputError
from pvo_kit.scenarios import SCENARIOS

NEEDED = ("case", "day", "scenario", "status")

_DAY = 86400
_STYLES = dict(zip((each.number for each in SCENARIOS), drawing.SERIES, strict=False))


def scenarios_over_time(fleet: pd.DataFrame, ax: Axes | None = None) -> Axes:
    """The causes that the cases show, in bins of days, stacked by scenario.

    A case counts at the day of its newest evidence, once for each scenario that fails in it. A
    scenario has the same colour and hatch in every picture. The axis covers all dated cases of the
    frame, so that days without a cause show as such; the note tells the width of the bins.

    Columns: case, day, scenario, status (those of ``read_fleet``).
    """
    shown = causes(fleet)
    if why := why_empty(fleet):
        return drawing.empty(ax, "Causes over time", why)
    ax = drawing.axes(ax)
    cut = bins.choose(shown, shown.failed & shown.timed, _DAY)
    _dates(ax, shown, cut)
    legend = _stack(ax, shown, cut)
    ax.set_ylabel(f"causes per {cut.period}", fontsize="small")
    ax.yaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1, nbins=6))
    drawing.head(ax, title(fleet), notes(shown, cut), legend)
    return drawing.plain(ax)


def causes(fleet: pd.DataFrame) -> Links:
    """The verdicts of a fleet, a day each; those that fail are ``failed``."""
    missing = [name for name in NEEDED if name not in fleet] if len(fleet) else []
    if missing:
        raise InputError(
            f"this frame lacks {', '.join(missing)}: the chart takes the frame of read_fleet(...)"
        )
    if not len(fleet):
        return read(fleet, None)
    fails = (fleet["status"].astype("str") == "fail") & fleet["scenario"].notna()
    verdicts = fleet.assign(
        opened=fleet["day"], closed=fleet["day"], tls=np.where(fails, "failed", "none")
    )
    return read(verdicts, None)


def why_empty(fleet: pd.DataFrame) -> str:
    """Why there is no cause to draw, "" where there is one."""
    if not len(fleet):
        return "The batch has no case."
    shown = causes(fleet)
    if not shown.failed.any():
        return f"No cause is shown in any of {wording.number(_cases(fleet), 'case')}."
    if not (shown.failed & shown.timed).any():
        found = wording.number(_cases(fleet[shown.failed]), "case")
        return f"A cause is shown in {found}, but none of their evidence has a date."
    return ""


def title(fleet: pd.DataFrame) -> str:
    """What was found, in numbers."""
    found = _cases(fleet[causes(fleet).failed])
    return f"A cause is shown in {found:,} of {wording.number(_cases(fleet), 'case')}"


def notes(shown: Links, cut: bins.Bins) -> list[str]:
    """How the causes are counted, and what is not drawn."""
    undated = _cases(shown.frame[shown.failed & ~shown.timed])
    return [
        f"By the day of a case's newest evidence, counted per {cut.period}; a case counts once for"
        " each cause.",
        f"{wording.number(undated, 'case')} with a cause but without a date not drawn."
        if undated
        else "",
    ]


def sentences(fleet: pd.DataFrame) -> Iterator[str]:
    """The chart in sentences, the most frequent cause first."""
    shown = causes(fleet)
    if why := why_empty(fleet):
        yield f"An empty chart of causes over time. {why}"
        return
    yield f"Stacked bars of causes over time. {title(fleet)}."
    drawn = shown.failed & shown.timed
    cut = bins.choose(shown, drawn, _DAY)
    at = shown.at[drawn]
    yield f"The first is of {_day(at.min())}, the last of {_day(at.max())}."
    for number, count in sorted(_counts(shown).items(), key=lambda pair: (-pair[1], pair[0])):
        yield f"Scenario {number}, {SCENARIOS[number - 1].title}: {count:,}."
    counts = cut.counts(at)
    yield f"The highest bar is {counts.max():,}, from {_day(cut.starts[int(counts.argmax())])} on."
    yield from notes(shown, cut)


def _counts(shown: Links) -> dict[int, int]:
    """How many cases show each scenario that any of them shows."""
    found = shown.frame["scenario"][shown.failed].astype(int)
    return {number: int(count) for number in _STYLES if (count := (found == number).sum())}


def _dates(ax: Axes, shown: Links, cut: bins.Bins) -> None:
    """An axis of days over all dated cases, a week at least, with the last bar whole."""
    days = drawing.numbers(np.array([*shown.span(), *cut.starts]))
    first, last = days.min(), max(days.max(), days[-1] + cut.width / _DAY)
    room = max(0, 3 - (last - first) // 2)
    drawing.date_axis(ax, first - room, last + room, "day of the newest evidence (UTC)")


def _stack(ax: Axes, shown: Links, cut: bins.Bins) -> list[drawing.Entry]:
    """Stack the bars, the scenarios in their order; give the legend."""
    base = np.zeros(cut.number, dtype=np.int64)
    left, legend = drawing.numbers(cut.starts), list[drawing.Entry]()
    numbers = shown.frame["scenario"].fillna(0).astype(int).to_numpy()
    for number, count in _counts(shown).items():
        style = _STYLES[number]
        counts = cut.counts(shown.at[shown.failed & shown.timed & (numbers == number)])
        full = counts > 0
        ax.bar(left[full], counts[full], cut.width / _DAY, base[full], align="edge", **style.fill)
        base += counts
        legend.append(((style.patch(),), f"{number} {SCENARIOS[number - 1].id}: {count:,}"))
    ax.set_ylim(0, base.max() * 1.05)
    return legend


def _cases(fleet: pd.DataFrame) -> int:
    return int(fleet["case"].nunique())


def _day(time: np.datetime64) -> str:
    return f"{pd.Timestamp(time):%Y-%m-%d}"
