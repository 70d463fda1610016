"""When TLS failed, and why or where to."""

from __future__ import annotations

from typing import Literal, get_args

import numpy as np
import numpy.typing as npt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from pvo_kit.charts import bins, drawing, wording
from pvo_kit.charts.columns import Fix, Links, read
from pvo_kit.errors import InputError

By = Literal["reason", "address"]

NEEDED = ("tls_reason", "address", "port")


def tls_failures_over_time(
    failures_or_connections: pd.DataFrame,
    ax: Axes | None = None,
    by: By = "reason",
    fix: Fix = None,
) -> Axes:
    """Failures of TLS in bins of time, stacked by reason, or by destination when asked.

    A failure counts at its connection's opening (its close, where the log does not hold the
    opening). The axis covers all connections of the frame, so that a time without failures shows
    as such. The most frequent six have a colour each, the others share one; the note tells the
    width of the bins.

    Columns: opened, closed, tls, tls_reason, address, port.
    """
    links = read(failures_or_connections, fix, *NEEDED)
    names = categories(links, by)
    if why := why_empty(links):
        return drawing.empty(ax, "TLS failures", why)
    ax = drawing.axes(ax)
    drawn = links.failed & links.timed
    cut = bins.choose(links, drawn)
    drawing.time_axis(ax, links)
    legend = _stack(ax, links, cut, names)
    ax.set_ylabel(f"failures per {cut.period}", fontsize="small")
    ax.yaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1, nbins=6))
    drawing.mark_fix(ax, links)
    drawing.head(ax, title(links), [note(links, cut, by), *_more(links)], legend)
    return drawing.plain(ax)


def categories(links: Links, by: By) -> npt.NDArray[np.object_]:
    """What each connection is counted under; raises InputError where ``by`` is no such thing."""
    if by not in get_args(By):
        raise InputError(f"by is one of {', '.join(get_args(By))}, not {by!r}")
    if not len(links):
        return np.array([], dtype=object)
    names = links.texts("tls_reason") if by == "reason" else links.destinations()
    missing = "no reason in the log" if by == "reason" else "no address in the log"
    return np.where(names == "", missing, names)


def why_empty(links: Links) -> str:
    """Why there is no failure to draw, "" where there is one."""
    if not len(links):
        return "The frame has no connection, so no failure of TLS is known."
    failed = int(links.failed.sum())
    if not failed:
        return f"TLS failed on none of {wording.number(len(links), 'connection')}."
    if not (links.failed & links.timed).any():
        return (
            f"{wording.number(failed, 'failure')}, none with a time: lines without a year have"
            " none (give the year when reading)."
        )
    return ""


def title(links: Links) -> str:
    """What was seen, in numbers."""
    failed = int(links.failed.sum())
    if failed == len(links):
        return f"TLS failed on {wording.number(failed, 'connection')}"
    return f"TLS failed on {failed:,} of {wording.number(len(links), 'connection')}"


def note(links: Links, cut: bins.Bins, by: By) -> str:
    """How the failures are counted."""
    what = "reason" if by == "reason" else "destination"
    return f"Failures by {what}, counted per {cut.period}."


def _more(links: Links) -> list[str]:
    return [wording.fix(links), wording.untimed(links, links.failed)]


def _stack(
    ax: Axes, links: Links, cut: bins.Bins, names: npt.NDArray[np.object_]
) -> list[drawing.Entry]:
    """Stack the bars, the most frequent at the bottom; give the legend."""
    drawn = links.failed & links.timed
    base = np.zeros(cut.number, dtype=np.int64)
    left, legend = drawing.numbers(cut.starts), list[drawing.Entry]()
    for group, (label, style) in _groups(names, drawn):
        which = drawn & pd.Index(names).isin(group)
        counts = cut.counts(links.at[which])
        full = counts > 0
        ax.bar(
            left[full],
            counts[full],
            cut.width / 86400,
            base[full],
            align="edge",
            **style.fill,
        )
        base += counts
        legend.append(((style.patch(),), f"{label}: {wording.sides(links, which)}"))
    ax.set_ylim(0, base.max() * (1.05 if links.fix is None else 1.18))
    return legend


def _groups(
    names: npt.NDArray[np.object_], drawn: npt.NDArray[np.bool_]
) -> list[tuple[list[str], tuple[str, drawing.Style]]]:
    """Names that are drawn together, with their label and style: one each, then the rest."""
    ranked = [name for name, _ in wording.ranked(names[drawn])]
    most = len(drawing.SERIES)
    alone = ranked if len(ranked) <= most else ranked[: most - 1]
    groups = [
        ([name], (wording.label(name, 40), style))
        for name, style in zip(alone, drawing.SERIES, strict=False)
    ]
    if rest := ranked[len(alone) :]:
        groups.append((rest, (f"{len(rest)} others", drawing.REST)))
    return groups
