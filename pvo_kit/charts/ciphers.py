"""Which cipher suites the connections agreed on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from pvo_kit import tls
from pvo_kit.charts import drawing, wording
from pvo_kit.charts.columns import Fix, Links, Mask, read

NEEDED = ("tls_cipher",)

UNNAMED = "TLS success, no suite in the log"
FAILED = "TLS failed, no suite"

ANONYMOUS = drawing.Style(drawing.ORANGE, "///")

# A chart has room for so many suites of either sort; the others of it share a bar.
_MOST = 8


@dataclass(frozen=True, slots=True, eq=False)
class Row:
    """One bar: its label, which connections it counts, and how it is filled."""

    label: str
    which: Mask
    style: drawing.Style
    anonymous: bool = False


def cipher_use(connections: pd.DataFrame, ax: Axes | None = None, fix: Fix = None) -> Axes:
    """How many connections agreed on each cipher suite, the anonymous ones marked and on top.

    A failure has no suite as a rule: failures without one stand apart below, as do successes whose
    suite the log does not name. Connections without TLS, or of which nothing is known, are
    counted in the note. With ``fix`` each suite has two bars; connections without a time are in
    neither.

    Columns: opened, closed, tls, tls_cipher.
    """
    links = read(connections, fix, *NEEDED)
    if why := why_empty(links):
        return drawing.empty(ax, "Cipher suites", why)
    suites, apart = rows(links)
    ax = drawing.axes(
        ax, 1.9 + 0.34 * (len(suites) + len(apart)) * (1 if links.fix is None else 1.5)
    )
    # Not quite a whole row lies between the suites and what has none.
    places = [*range(len(suites)), *(len(suites) + 0.4 + n for n in range(len(apart)))]
    for place, row in zip(places, suites + apart, strict=True):
        _bars(ax, links, place, row)
    _frame(ax, places, suites + apart)
    if suites and apart:
        line = len(suites) - 0.3
        ax.axhline(line, color=drawing.ink(), linewidth=0.8, linestyle=(0, (2, 2)))
    drawing.head(ax, title(links), notes(links), _legend(suites, apart))
    return drawing.plain(ax)


def why_empty(links: Links) -> str:
    """Why there is no suite and no failure to draw, "" where there is one."""
    if not len(links):
        return "The frame has no connection, so no suite is known."
    if not any(row.which.any() for part in rows(links) for row in part):
        return f"{wording.number(len(links), 'connection')}, but {wording.tls(links)}."
    return ""


def negotiated(links: Links) -> Mask:
    """Which connections agreed on a suite that the log names."""
    return np.not_equal(links.texts("tls_cipher"), "").astype(bool)


def rows(links: Links) -> tuple[list[Row], list[Row]]:
    """The bars of the suites, from the top down, and those of connections without a suite."""
    names = links.texts("tls_cipher")
    with_suite = names != ""
    ranked = [name for name, _ in wording.ranked(names[with_suite])]
    suites = [
        row
        for anonymous in (True, False)
        for row in _suites(links, [s for s in ranked if tls.is_anonymous(s) == anonymous])
    ]
    apart = [
        Row(UNNAMED, links.outcome("success") & ~with_suite, drawing.OUTCOME["unknown"]),
        Row(FAILED, links.failed & ~with_suite, drawing.OUTCOME["failed"]),
    ]
    return suites, [row for row in apart if row.which.any()]


def title(links: Links) -> str:
    """What was seen, in numbers."""
    with_suite = negotiated(links)
    anonymous, failed = int(anonymous_use(links).sum()), int((links.failed & ~with_suite).sum())
    told = f"{wording.number(int(with_suite.sum()), 'connection')} with a cipher suite"
    if with_suite.any():
        told += f", {anonymous:,} of them anonymous" if anonymous else ", none anonymous"
    return told + (f"; TLS failed on {failed:,}" if failed else "")


def anonymous_use(links: Links) -> Mask:
    """Which connections agreed on a suite that works without certificates."""
    names = links.texts("tls_cipher")
    return pd.Index(names).isin([name for name in set(names) if tls.is_anonymous(name)])


def notes(links: Links) -> list[str]:
    """What is not in the chart, and what the fix parts."""
    lacking = {
        "without TLS": links.outcome("none") & ~negotiated(links),
        "with TLS unknown": links.outcome("unknown") & ~negotiated(links),
    }
    counts = [f"{which.sum():,} {words}" for words, which in lacking.items() if which.any()]
    untimed = int((~links.timed).sum()) if links.fix is not None else 0
    return [
        f"Not drawn: {', '.join(counts)}." if counts else "",
        wording.fix(links),
        f"{wording.number(untimed, 'connection')} without any time on no side." if untimed else "",
    ]


def _suites(links: Links, names: list[str]) -> list[Row]:
    """A row a suite, the rest of these names in one."""
    if not names:
        return []
    anonymous = tls.is_anonymous(names[0])
    style = ANONYMOUS if anonymous else drawing.OUTCOME["success"]
    texts = links.texts("tls_cipher")
    alone = names if len(names) <= _MOST else names[: _MOST - 1]
    found = [Row(wording.label(name), texts == name, style, anonymous) for name in alone]
    if rest := names[len(alone) :]:
        label = f"{len(rest)} other{' anonymous' if anonymous else ''} suites"
        found.append(Row(label, pd.Index(texts).isin(rest), style, anonymous))
    return found


def _bars(ax: Axes, links: Links, place: float, row: Row) -> None:
    """One bar, or one before and one after the fix, each with its number."""
    if links.fix is None:
        bars = [(place, 0.62, int(row.which.sum()), "")]
    else:
        before, after = links.sides(row.which)
        bars = [(place - 0.19, 0.34, before, " before"), (place + 0.19, 0.34, after, " after")]
    for middle, height, count, side in bars:
        ax.barh(
            middle,
            count,
            height,
            **row.style.fill | ({} if count else {"linewidth": 0}),
        )
        ax.annotate(
            f"{count:,}{side}",
            (count, middle),
            (4, 0),
            textcoords="offset points",
            va="center",
            fontsize="small",
        )


def _frame(ax: Axes, places: list[float], drawn: list[Row]) -> None:
    longest = max(patch.get_width() for patch in ax.patches)  # type: ignore[attr-defined]
    ax.set_xlim(0, max(longest, 1) * 1.16)
    ax.set_ylim(max(places) + 0.6, -0.6)
    ax.set_yticks(places, [f"{'anonymous: ' if row.anonymous else ''}{row.label}" for row in drawn])
    for tick, row in zip(ax.get_yticklabels(), drawn, strict=True):
        tick.set_fontweight("bold" if row.anonymous else "normal")
    ax.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1, nbins=6))
    ax.set_xlabel("connections", fontsize="small")
    ax.tick_params(labelsize="small")
    ax.tick_params(axis="y", length=0)
    ax.spines[["top", "right"]].set_visible(False)


def _legend(suites: list[Row], apart: list[Row]) -> list[drawing.Entry]:
    styles: dict[str, drawing.Style] = {}
    for row in suites:
        styles["anonymous suite (no certificates)" if row.anonymous else "other suite"] = row.style
    styles |= {row.label: row.style for row in apart}
    return [((style.patch(),), text) for text, style in styles.items()]
