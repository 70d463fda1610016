"""Charts: what is drawn, at which density, what is said, and that hostile text stays text."""

from __future__ import annotations

import itertools
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import PolyCollection
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.text import Text

import pvo_kit as pvo
from pvo_kit import charts, mail_logs
from pvo_kit.charts import columns, lanes
from pvo_kit.errors import InputError

START = pd.Timestamp("2014-04-07 15:10:00")
KINDS = ("dcid_timeline", "tls_failures_over_time", "cipher_use")

CONNECTIONS = {
    "appliance": "category",
    "session": "int32",
    "dcid": "Int64",
    "opened": "datetime64[us]",
    "closed": "datetime64[us]",
    "duration": "timedelta64[us]",
    "interface": "category",
    "address": "str",
    "port": "Int32",
    "tls": "category",
    "tls_protocol": "category",
    "tls_cipher": "category",
    "tls_reason": "category",
    "tls_required": "boolean",
    "messages": "Int32",
    "recipients": "Int32",
    "outcome": "category",
    "detail": "str",
    "source": "category",
    "first_line": "int64",
    "last_line": "int64",
    "complete": "bool",
}


def frame(count: int, minutes: float = 60, fails: float = 0.5, **columns: object) -> pd.DataFrame:
    """Connections to one address, evenly over some minutes; the first ones fail."""
    seconds = np.linspace(0, minutes * 60, count).astype(int)
    failed = np.arange(count) < round(count * fails)
    opened = pd.Series(START + pd.to_timedelta(seconds, unit="s"))
    closed = opened + pd.to_timedelta(np.where(failed, 1, 5), unit="s")
    made = pd.DataFrame(
        {
            "appliance": "esa1.example.com",
            "session": 1,
            "dcid": np.arange(3385000, 3385000 + count),
            "opened": opened,
            "closed": closed,
            "duration": closed - opened,
            "interface": "192.0.2.179",
            "address": "192.0.2.94",
            "port": 7025,
            "tls": np.where(failed, "failed", "success"),
            "tls_protocol": np.where(failed, None, "TLSv1.2"),
            "tls_cipher": np.where(failed, None, "AES128-SHA"),
            "tls_reason": np.where(failed, "no certificate", None),
            "tls_required": failed,
            "messages": np.where(failed, 0, 1),
            "recipients": np.where(failed, 0, 2),
            "outcome": np.where(failed, "tls-failed", "delivered"),
            "detail": None,
            "source": "mail.current",
            "first_line": 1,
            "last_line": 9,
            "complete": True,
        }
        | columns
    )
    return made.astype(CONNECTIONS)


def draw(kind: str, connections: pd.DataFrame, **options: object) -> Axes:
    ax = getattr(charts, kind)(connections, **options)
    assert isinstance(ax, Axes)
    return ax


def texts(ax: Axes) -> str:
    return "\n".join(text.get_text() for text in ax.findobj(Text) if isinstance(text, Text))


def legend(ax: Axes) -> list[str]:
    found = ax.get_legend()
    return [text.get_text() for text in found.get_texts()] if found else []


def bars(ax: Axes) -> list[Rectangle]:
    return [patch for patch in ax.patches if isinstance(patch, Rectangle)]


def polygons(ax: Axes) -> dict[str, int]:
    return {
        str(found.get_label()): len(found.get_paths())
        for found in ax.collections
        if isinstance(found, PolyCollection)
    }


def marks(ax: Axes) -> dict[str, int]:
    return {
        str(line.get_label()): len(line.get_xdata())
        for line in ax.lines
        if line.get_linestyle() == "None"
    }


def rendered(ax: Axes) -> FigureCanvasAgg:
    canvas = FigureCanvasAgg(ax.get_figure(root=True))
    canvas.draw()
    return canvas


def ink(ax: Axes) -> int:
    """How many pixels are not (nearly) white."""
    pixels = np.asarray(rendered(ax).buffer_rgba())[..., :3]
    return int((pixels.min(axis=-1) < 128).sum())


def fix_lines(ax: Axes) -> list[float]:
    return [float(line.get_xdata()[0]) for line in ax.lines if line.get_gid() == "fix"]


# The timeline: a row each, lanes, bins


def test_up_to_24_connections_have_a_row_each_with_their_name():
    ax = draw("dcid_timeline", frame(24))
    names = [tick.get_text() for tick in ax.get_yticklabels()]
    assert names[0] == "DCID 3385000 to 192.0.2.94:7025"
    assert len(names) == 24
    assert polygons(ax) == {"TLS failed": 12, "TLS success": 12}
    assert marks(ax) == {
        "sign of TLS failed": 12,
        "sign of TLS success": 12,
        "start": 24,
        "close": 24,
        "message done": 12,
    }
    assert legend(ax) == ["TLS failed: 12", "TLS success: 12", "start", "close", "message done"]
    assert "One row a connection." in texts(ax)


def test_the_first_connection_is_at_the_top():
    ax = draw("dcid_timeline", frame(3, fails=0)[::-1])
    place = dict(
        zip((tick.get_text() for tick in ax.get_yticklabels()), ax.get_yticks(), strict=True)
    )
    low, high = ax.get_ylim()
    assert low < high
    assert max(place, key=place.__getitem__).startswith("DCID 3385000 ")


def test_several_appliances_are_named():
    ax = draw("dcid_timeline", frame(2, appliance=["esa1.example.com", None]))
    names = [tick.get_text() for tick in ax.get_yticklabels()]
    assert names == [
        "esa1.example.com DCID 3385000 to 192.0.2.94:7025",
        "DCID 3385001 to 192.0.2.94:7025",
    ]


def test_more_connections_are_packed_into_lanes_with_the_failed_ones_on_top():
    ax = draw("dcid_timeline", frame(300, minutes=360))
    assert polygons(ax) == {"TLS failed": 150, "TLS success": 150}
    assert [tick.get_text() for tick in ax.get_yticklabels()] == [
        "TLS failed\n150 (50.0%)",
        "TLS success\n150 (50.0%)",
    ]
    failed, success = ax.get_yticks()
    assert failed > success
    assert "packed into lanes" in texts(ax)


def test_bars_of_a_lane_do_not_overlap():
    rng = np.random.default_rng(7)
    connections = frame(200, minutes=60)
    stay = pd.to_timedelta(rng.integers(0, 200, 200), unit="s")
    connections["closed"] = (connections["opened"] + stay).astype("datetime64[us]")
    links = columns.read(connections, None)
    chosen = lanes.plan(links)
    assert chosen.how == "lanes"
    left, right = lanes.ends(links, links.timed)
    for lane in np.unique(chosen.lane):
        here = np.flatnonzero(chosen.lane == lane)
        here = here[np.argsort(left[here])]
        assert (left[here][1:] > right[here][:-1]).all()
        assert len({int(outcome) for outcome in links.tls[here]}) == 1


def test_what_needs_too_many_lanes_is_counted_in_bins_and_says_so():
    ax = draw("dcid_timeline", frame(600, minutes=1))
    assert polygons(ax) == {}
    assert "Too dense for single bars: connections counted by their start, per 2 s." in texts(ax)
    assert sum(1 for _ in bars(ax)) == 31
    assert lanes.plan(columns.read(frame(3001, minutes=9999), None)).how == "bins"


def test_the_threshold_between_rows_and_lanes():
    assert lanes.plan(columns.read(frame(24), None)).how == "rows"
    assert lanes.plan(columns.read(frame(25), None)).how == "lanes"


def test_bands_that_differ_much_have_a_scale_each_and_it_is_said():
    ax = draw("dcid_timeline", frame(20_000, fails=0.001))
    assert "each band to a scale of its own" in texts(ax)
    assert "TLS failed\n20 (0.1%)" in texts(ax)
    assert "scale of its own" not in texts(draw("dcid_timeline", frame(20_000)))


def test_a_hundred_thousand_connections_are_drawn_with_few_artists():
    ax = draw("dcid_timeline", frame(100_000, minutes=14 * 1440))
    assert len(ax.findobj()) < 500
    assert "100,000 delivery connections: TLS failed on 50,000, succeeded on 50,000" in texts(ax)
    assert ink(ax) > 20_000


def test_missing_ends_are_open_ends():
    connections = frame(4, fails=0)
    connections.loc[1, "opened"] = pd.NaT
    connections.loc[2, "closed"] = pd.NaT
    connections.loc[3, ["opened", "closed"]] = pd.NaT
    ax = draw("dcid_timeline", connections)
    drawn = marks(ax)
    assert (drawn["start"], drawn["close"]) == (2, 2)
    assert (drawn["start not in the log"], drawn["close not in the log"]) == (1, 1)
    assert polygons(ax) == {"TLS success": 3}
    assert "1 connection without any time not drawn." in texts(ax)
    assert charts.describe("dcid_timeline", connections).endswith(
        "The log does not hold the opening of 1 and the close of 1."
        " 1 connection without any time not drawn. One row a connection."
    )


def test_an_open_end_has_its_other_mark_in_a_lane_too():
    connections = frame(300, minutes=360)
    connections.loc[::10, "closed"] = pd.NaT
    drawn = marks(draw("dcid_timeline", connections))
    assert drawn["start"] == drawn["close not in the log"] == 30
    assert "close" not in drawn


def test_a_clock_that_was_set_back_turns_no_bar_round():
    connections = frame(1)
    connections["closed"] = connections["opened"] - pd.Timedelta(hours=1)
    left, right = lanes.ends(columns.read(connections, None), np.array([True]))
    assert left < right
    assert ink(draw("dcid_timeline", connections)) > 500


def test_every_outcome_has_its_colour_its_hatch_and_its_sign():
    connections = frame(8, tls=["failed", "success", "none", "unknown"] * 2)
    ax = draw("dcid_timeline", connections)
    found = [one for one in ax.collections if isinstance(one, PolyCollection)]
    assert len({tuple(one.get_facecolor()[0]) for one in found}) == 4
    assert len({one.get_hatch() for one in found}) == 4
    signs = [line for line in ax.lines if str(line.get_label()).startswith("sign of")]
    assert len({line.get_marker() for line in signs}) == 4
    assert legend(ax)[:4] == ["TLS failed: 2", "TLS success: 2", "without TLS: 2", "TLS unknown: 2"]


def test_words_that_are_no_outcome_count_as_unknown():
    ax = draw("dcid_timeline", frame(3, tls=["failed", None, "perhaps"]))
    assert "TLS failed on 1, is not known of 2" in texts(ax)


# Failures over time


def test_failures_are_stacked_by_reason():
    reasons = ["no certificate", "reset", "no certificate", None] * 10
    ax = draw("tls_failures_over_time", frame(40, fails=1, tls_reason=reasons))
    assert legend(ax) == ["no certificate: 20", "no reason in the log: 10", "reset: 10"]
    assert sum(bar.get_height() for bar in bars(ax)) == 40
    assert "TLS failed on 40 connections" in texts(ax)
    assert "Failures by reason, counted per 2 min." in texts(ax)
    assert ax.get_ylabel() == "failures per 2 min"


def test_failures_are_stacked_by_destination_when_asked():
    connections = frame(4, fails=1, address=["192.0.2.1", "192.0.2.1", "2001:db8::1", None])
    ax = draw("tls_failures_over_time", connections, by="address")
    assert legend(ax) == ["192.0.2.1:7025: 2", "[2001:db8::1]:7025: 1", "port 7025: 1"]
    connections["port"] = pd.array([None, 25, None, None], "Int32")
    ax = draw("tls_failures_over_time", connections, by="address")
    assert legend(ax) == [
        "192.0.2.1: 1",
        "192.0.2.1:25: 1",
        "2001:db8::1: 1",
        "no address in the log: 1",
    ]


def test_only_failures_are_counted_but_the_axis_covers_all_connections():
    ax = draw("tls_failures_over_time", frame(100, fails=0.1))
    assert sum(bar.get_height() for bar in bars(ax)) == 10
    assert "TLS failed on 10 of 100 connections" in texts(ax)
    left, right = ax.get_xlim()
    assert max(bar.get_x() for bar in bars(ax)) < left + (right - left) / 4


def test_the_rarest_reasons_share_a_bar():
    reasons = [f"reason {number}" for number in range(10) for _ in range(20 - number)]
    ax = draw("tls_failures_over_time", frame(len(reasons), fails=1, tls_reason=reasons))
    assert legend(ax)[0] == "reason 0: 20"
    assert legend(ax)[-1] == "4 others: 50"
    assert len(legend(ax)) == 7
    fills = {(to_rgb(bar.get_facecolor()), bar.get_hatch()) for bar in bars(ax)}
    assert len(fills) == len({colour for colour, _ in fills}) == 7


def test_failures_and_connections_give_the_same_counts():
    connections = frame(50)
    failures = connections[connections["tls"] == "failed"].assign(suggests="4")
    alone = draw("tls_failures_over_time", failures)
    among = draw("tls_failures_over_time", connections)
    assert sum(bar.get_height() for bar in bars(alone)) == 25
    assert sum(bar.get_height() for bar in bars(among)) == 25


@pytest.mark.parametrize(
    ("seconds", "period"),
    [(1, "1 s"), (59, "2 s"), (3600, "2 min"), (86400, "30 min"), (14 * 86400, "6 h"),
     (55 * 86400, "1 day"), (400 * 86400, "7 days"), (40 * 365 * 86400, "364 days")],
)  # fmt: skip
def test_bins_have_round_widths(seconds, period):
    ax = draw("tls_failures_over_time", frame(5, minutes=seconds / 60, fails=1))
    assert f"counted per {period}." in texts(ax)
    assert sum(bar.get_height() for bar in bars(ax)) == 5


# Cipher suites


def test_anonymous_suites_are_marked_and_on_top():
    suites = ["AES128-SHA"] * 5 + ["ADH-CAMELLIA256-SHA", "TLS_ECDH_anon_WITH_NULL_SHA", None, None]
    tls = ["success"] * 8 + ["failed"]
    ax = draw("cipher_use", frame(9, tls=tls, tls_cipher=suites))
    labels = ax.get_yticklabels()
    assert [label.get_text() for label in labels] == [
        "anonymous: ADH-CAMELLIA256-SHA",
        "anonymous: TLS_ECDH_anon_WITH_NULL_SHA",
        "AES128-SHA",
        "TLS success, no suite in the log",
        "TLS failed, no suite",
    ]
    assert [label.get_fontweight() for label in labels] == ["bold"] * 2 + ["normal"] * 3
    assert [bar.get_width() for bar in bars(ax)] == [1, 1, 5, 1, 1]
    assert len({(to_rgb(bar.get_facecolor()), bar.get_hatch()) for bar in bars(ax)}) == 4
    assert legend(ax)[:2] == ["anonymous suite (no certificates)", "other suite"]
    assert ax.get_yticks()[3] - ax.get_yticks()[2] > 1.2


def test_no_anonymous_suite_is_lost_among_many_others():
    suites = [f"SUITE-{number}" for number in range(30)] + [f"ADH-{number}" for number in range(10)]
    ax = draw("cipher_use", frame(40, fails=0, tls_cipher=suites))
    names = [label.get_text() for label in ax.get_yticklabels()]
    assert len(names) == 16
    assert names[7] == "anonymous: 3 other anonymous suites"
    assert names[15] == "23 other suites"
    assert sum(bar.get_width() for bar in bars(ax)) == 40


def test_connections_without_tls_are_counted_in_the_note():
    connections = frame(5, tls=["none", "none", "unknown", "failed", "success"])
    connections["tls_cipher"] = pd.Categorical([None] * 4 + ["AES128-SHA"])
    ax = draw("cipher_use", connections)
    assert "Not drawn: 2 without TLS, 1 with TLS unknown." in texts(ax)
    assert sum(bar.get_width() for bar in bars(ax)) == 2


# The fix


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("count", [12, 100, 5000])
def test_the_fix_parts_every_chart(kind, count):
    connections = frame(count, minutes=60)
    fix = START + pd.Timedelta(minutes=30)
    ax = draw(kind, connections, fix=fix)
    half = count // 2
    said = texts(ax)
    assert (
        f"Before the fix at 2014-04-07 15:40:00 TLS failed on {half:,} of {half:,} connections,"
        f" after it on 0 of {half:,}."
    ) in said.replace("\n", " ")
    assert f"{half:,} before" in said
    assert "0 after" in said
    assert len(fix_lines(ax)) == (0 if kind == "cipher_use" else 1)


@pytest.mark.parametrize("kind", KINDS[:2])
def test_no_bin_lies_on_both_sides_of_the_fix(kind):
    fix = START + pd.Timedelta(minutes=29, seconds=17)
    ax = draw(kind, frame(5000), fix=fix)
    (at,) = fix_lines(ax)
    for bar in bars(ax):
        left, right = bar.get_x(), bar.get_x() + bar.get_width()
        assert right <= at + 1e-9 or left >= at - 1e-9


@pytest.mark.parametrize("kind", KINDS[:2])
@pytest.mark.parametrize("fix", ["2014-04-06 08:00", "2014-04-08 08:00"])
def test_a_fix_outside_of_the_log_is_on_the_axis(kind, fix):
    ax = draw(kind, frame(30), fix=fix)
    left, right = ax.get_xlim()
    assert left < fix_lines(ax)[0] < right
    assert f"fix {fix}:00" in texts(ax)


@pytest.mark.parametrize(
    "fix",
    [
        "2014-04-07 15:40",
        "2014-04-07 17:40+02:00",
        datetime(2014, 4, 7, 15, 40),
        np.datetime64("2014-04-07T15:40"),
        pd.Timestamp("2014-04-07 11:40", tz="America/New_York"),
    ],
)
def test_a_fix_may_be_any_kind_of_time(fix):
    assert charts.describe("dcid_timeline", frame(10), fix=fix) == charts.describe(
        "dcid_timeline", frame(10), fix="2014-04-07T15:40:00Z"
    )


def test_no_time_is_no_fix():
    assert fix_lines(draw("dcid_timeline", frame(10), fix=pd.NaT)) == []


@pytest.mark.parametrize("fix", ["yesterday evening", "2014-13-01", object()])
def test_what_is_no_time_is_refused(fix):
    with pytest.raises(InputError, match="fix is a time such as"):
        charts.dcid_timeline(frame(10), fix=fix)


def test_a_connection_without_a_time_is_on_no_side():
    connections = frame(3, fails=1)
    connections.loc[2, ["opened", "closed"]] = pd.NaT
    ax = draw("cipher_use", connections, fix="2014-04-07 15:20")
    assert "1 before" in texts(ax)
    assert "1 connection without any time on no side." in texts(ax)


# Nothing to draw


EMPTY = [
    ("dcid_timeline", frame(0), "The frame has no connection: no line of these logs has a DCID"),
    ("dcid_timeline", pd.DataFrame(), "The frame has no connection"),
    ("dcid_timeline", frame(2, opened=pd.NaT, closed=pd.NaT), "2 connections, none with a time"),
    ("tls_failures_over_time", frame(0), "The frame has no connection, so no failure"),
    ("tls_failures_over_time", frame(3, fails=0), "TLS failed on none of 3 connections."),
    (
        "tls_failures_over_time",
        frame(1, fails=1, opened=pd.NaT, closed=pd.NaT),
        "1 failure, none with a time",
    ),
    ("cipher_use", frame(0), "The frame has no connection, so no suite is known."),
    (
        "cipher_use",
        frame(2, tls=["none", "unknown"], tls_cipher=[None, None]),
        "2 connections, but TLS was not used on 1, is not known of 1.",
    ),
]


@pytest.mark.parametrize(("kind", "empty", "why"), EMPTY)
@pytest.mark.parametrize("fix", [None, "2014-04-07 16:00"])
def test_an_empty_chart_says_why(kind, empty, why, fix):
    ax = draw(kind, empty, fix=fix)
    assert why in texts(ax).replace("\n", " ")
    assert "nothing to draw" in ax.get_title(loc="left")
    assert why in charts.describe(kind, empty, fix=fix)
    assert ink(ax) > 300


def test_times_may_be_missing_from_some():
    connections = frame(30)
    connections.loc[::2, ["opened", "closed"]] = pd.NaT
    for kind in KINDS:
        assert ink(draw(kind, connections)) > 1000


@pytest.mark.parametrize("column", ["opened", "tls", "address"])
def test_a_frame_of_something_else_is_refused(column):
    with pytest.raises(InputError, match=f"lacks {column}"):
        charts.dcid_timeline(frame(3).drop(columns=column))


def test_words_that_name_nothing_are_refused():
    with pytest.raises(InputError, match="by is one of reason, address, not 'port'"):
        charts.tls_failures_over_time(frame(3), by="port")
    with pytest.raises(InputError, match="kind is one of dcid_timeline, "):
        charts.describe("pie", frame(3))


# Any Axes, any size, any style


@pytest.mark.parametrize("kind", KINDS)
def test_the_axes_given_are_drawn_on(kind):
    figure = Figure(layout="constrained")
    upper, lower = figure.subplots(2)
    assert getattr(charts, kind)(frame(30), lower) is lower
    assert not upper.lines
    assert not upper.patches
    assert getattr(charts, kind)(frame(0), ax=upper) is upper


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("count", [1, 12, 300, 5000])
def test_there_is_ink(kind, count):
    assert ink(draw(kind, frame(count, fails=1, minutes=300))) > 1000


SPANS = [0, 1, 20, 45, 100, 600, 3600, 7 * 3600, 86400, 3 * 86400, 20 * 86400, 200 * 86400,
         900 * 86400, 9000 * 86400]  # fmt: skip


@pytest.mark.parametrize("seconds", SPANS)
@pytest.mark.parametrize("width", [4, 9])
def test_dates_do_not_overlap(seconds, width):
    figure = Figure(figsize=(width, 3.5), layout="constrained")
    ax = charts.tls_failures_over_time(frame(20, seconds / 60, fails=1), figure.add_subplot())
    renderer = rendered(ax).get_renderer()
    left, right = ax.get_xlim()
    boxes = [
        tick.label1.get_window_extent(renderer)
        for tick in ax.xaxis.get_major_ticks()
        if left <= tick.get_loc() <= right and tick.label1.get_text()
    ]
    assert len(boxes) >= 2
    assert all(one.x1 + 2 < other.x0 for one, other in itertools.pairwise(boxes))
    dates, label = ax.xaxis.get_offset_text(), ax.xaxis.label
    if dates.get_text():
        assert not dates.get_window_extent(renderer).overlaps(label.get_window_extent(renderer))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("count", [12, 300])
def test_no_text_leaves_the_figure_or_covers_another(kind, count):
    suites = np.resize(
        ["ADH-CAMELLIA256-SHA", "TLS_ECDHE_ECDSA_WITH_CAMELLIA_256_CBC_SHA384"], count
    )
    connections = frame(count, minutes=300, tls=np.resize(["failed", "success", "none"], count))
    connections["tls_cipher"] = pd.Categorical(suites)
    ax = draw(kind, connections, fix="2014-04-07 16:00")
    canvas = rendered(ax)
    width, height = canvas.get_width_height()
    low, high = sorted(ax.get_ylim())
    ticks = [tick.label1 for tick in ax.yaxis.get_major_ticks() if low <= tick.get_loc() <= high]
    title = [text for text in ax.findobj(Text) if text.get_text() == ax.get_title(loc="left")]
    heads = [*title, *ax.texts, *ticks, *ax.get_legend().get_texts()]
    boxes = [one.get_window_extent(canvas.get_renderer()) for one in heads if one.get_text()]
    for box in boxes:
        assert box.x0 >= -1
        assert box.x1 <= width + 1
        assert box.y1 <= height + 1
    for number, box in enumerate(boxes):
        assert not any(box.padded(-2).overlaps(other.padded(-2)) for other in boxes[number + 1 :])


@pytest.mark.parametrize("year", [1, 1969, 9999])
def test_any_year_of_a_log_can_be_drawn(year):
    connections = frame(30)
    moved = [np.datetime64(f"{year:04}-12-30T23:59:00", "us"), np.datetime64("2014-04-07", "us")]
    connections["opened"] = connections["closed"] = np.resize(moved, 30).astype("datetime64[us]")
    for kind in KINDS:
        assert ink(draw(kind, connections, fix="2014-04-07")) > 1000


def test_a_dark_style_gets_light_marks():
    with mpl.rc_context({"text.color": "white"}):
        ax = draw("dcid_timeline", frame(12), fix="2014-04-07 15:40")
    (line,) = [line for line in ax.lines if line.get_gid() == "fix"]
    assert line.get_color() == "white"


def test_no_setting_is_changed():
    before = dict(mpl.rcParams)
    for kind in KINDS:
        charts.to_png(draw(kind, frame(30), fix="2014-04-07 15:40"))
    assert dict(mpl.rcParams) == before


def test_the_frame_is_not_changed():
    connections = frame(30)
    copy = connections.copy(deep=True)
    for kind in KINDS:
        draw(kind, connections)
        charts.describe(kind, connections)
    pd.testing.assert_frame_equal(connections, copy)


def test_index_and_order_of_the_rows_do_not_count():
    connections = frame(30)
    mixed = connections.sample(frac=1, random_state=1).set_index(np.zeros(30, dtype=int))
    for kind in KINDS:
        assert charts.describe(kind, mixed) == charts.describe(kind, connections)


def test_other_types_of_column_do():
    plain = frame(30)
    other = plain.astype({"tls": "object", "tls_cipher": "object", "tls_reason": "object"})
    other = other.astype({"address": "object", "port": "object", "messages": "float64"})
    other["opened"] = other["opened"].dt.tz_localize("UTC").dt.tz_convert("Asia/Tokyo")
    other["closed"] = other["closed"].astype("datetime64[ns]")
    for kind in KINDS:
        assert charts.describe(kind, other) == charts.describe(kind, plain)
        assert charts.to_png(draw(kind, other)) == charts.to_png(draw(kind, plain))


# Hostile text


HOSTILE = [
    "$x^2$ \\frac{",
    "$",
    "_hidden",
    "<img src=x onerror=alert(1)>\"'",
    "a\nb\x1b[31m\x00",
    "\u4e2d\u6587\u202e",
    "%s {0} {{",
    "x" * 100_000,
    "ADH-$\\alpha$",
]


def hostile() -> pd.DataFrame:
    words = np.resize(np.array(HOSTILE, dtype=object), 18)
    made = frame(18, fails=1, address=words)
    for name in ("appliance", "tls_reason", "tls_cipher"):
        made[name] = pd.Categorical(words)
    return made


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("usetex", [False, True])
def test_hostile_text_is_drawn_as_text(kind, usetex):
    with mpl.rc_context({"text.usetex": usetex}):
        ax = draw(kind, hostile(), fix="2014-04-07 15:40")
        told = [text for text in ax.findobj(Text) if isinstance(text, Text)]
        assert not any(text.get_usetex() or text.get_parse_math() for text in told)
    assert ink(ax) > 1000
    assert texts(ax).isascii() or set(re.sub(r"[\x00-\x7f]", "", texts(ax))) == {
        "\N{HORIZONTAL ELLIPSIS}"
    }
    assert "\x1b" not in texts(ax)
    assert "$x^2$ \\frac{" in texts(ax)


@pytest.mark.parametrize("kind", KINDS)
def test_hostile_text_steers_no_terminal_from_a_description(kind):
    said = charts.describe(kind, hostile(), by="reason")
    assert said.isprintable()
    assert len(said) < 3000


def test_a_description_gives_long_names_in_full():
    suite = "TLS_ECDHE_ECDSA_WITH_CAMELLIA_256_CBC_SHA384"
    connections = frame(4, fails=0, tls_cipher=[suite] * 4)
    label = draw("cipher_use", connections).get_yticklabels()[0].get_text()
    assert label == "TLS_ECDHE_ECDSA_W\N{HORIZONTAL ELLIPSIS}A_256_CBC_SHA384"
    assert f"Other suites: {suite} 4." in charts.describe("cipher_use", connections)


def test_an_alternative_text_stays_in_its_attribute():
    shown = charts.show_figure(draw("cipher_use", frame(3)), "\"><script>alert('1')</script>")
    html = getattr(shown, "data", shown)
    assert re.fullmatch(r'<img alt="[^"<>]*" src="data:image/png;base64,[A-Za-z0-9+/=]+">', html)
    assert "&quot;&gt;&lt;script&gt;alert(&#x27;1&#x27;)" in html


# Descriptions


def test_describe_tells_a_timeline():
    assert charts.describe("dcid_timeline", frame(300, minutes=360), fix="2014-04-07 18:10") == (
        "A timeline of 300 delivery connections: TLS failed on 150, succeeded on 150."
        " Their times are from 2014-04-07 15:10:00 to 2014-04-07 21:10:00."
        " Before the fix at 2014-04-07 18:10:00 TLS failed on 150 of 150 connections,"
        " after it on 0 of 150."
        " The first failure is at 2014-04-07 15:10:00, the last at 2014-04-07 18:09:23."
        " Destinations: 192.0.2.94:7025 300."
        " One bar a connection, packed into lanes; of short ones only the sign is seen."
    )


def test_describe_tells_one_connection():
    assert charts.describe("dcid_timeline", frame(1, fails=1)) == (
        "A timeline of 1 delivery connection: TLS failed on 1."
        " Their times are all 2014-04-07 15:10:00."
        " The failure is at 2014-04-07 15:10:00."
        " Destinations: 192.0.2.94:7025 1. One row a connection."
    )


def test_describe_tells_failures_by_reason_and_by_destination():
    reasons = ["no certificate"] * 3 + ["reset"] + [None] * 4
    connections = frame(8, tls_reason=reasons)
    assert charts.describe("tls_failures_over_time", connections) == (
        "Stacked bars of TLS failures over time. TLS failed on 4 of 8 connections."
        " The first failure is at 2014-04-07 15:10:00, the last at 2014-04-07 15:35:42."
        " The connections of the frame are from 2014-04-07 15:10:00 to 2014-04-07 16:10:00."
        " By reason: no certificate 3, reset 1."
        " Counted per 2 min; the highest bar is 1, from 2014-04-07 15:10:00 on."
    )
    by_destination = charts.describe("tls_failures_over_time", connections, by="address")
    assert "By destination: 192.0.2.94:7025 4." in by_destination


def test_describe_tells_suites():
    suites = [None, "ADH-AES256-SHA", "AES128-SHA", "AES128-SHA"]
    connections = frame(4, fails=0.25, tls_cipher=suites)
    assert charts.describe("cipher_use", connections, fix="2014-04-07 15:20") == (
        "Bars of the cipher suites in use."
        " 3 connections with a cipher suite, 1 of them anonymous; TLS failed on 1."
        " Anonymous suites: ADH-AES256-SHA 1. Other suites: AES128-SHA 2."
        " TLS failed, no suite: 1."
        " Before the fix at 2014-04-07 15:20:00 an anonymous suite was used on 0 of 1 connection,"
        " after it on 1 of 3."
        " Before the fix at 2014-04-07 15:20:00 TLS failed on 1 of 1 connection,"
        " after it on 0 of 3."
    )


def test_a_list_of_many_names_is_cut_and_says_so():
    reasons = [f"reason {number:02}" for number in range(20)]
    said = charts.describe("tls_failures_over_time", frame(20, fails=1, tls_reason=reasons))
    assert "reason 11 1, 8 more 8." in said


@pytest.mark.parametrize("kind", KINDS)
def test_chart_and_description_give_the_same_title(kind):
    ax = draw(kind, frame(40))
    assert ax.get_title(loc="left").replace("\n", " ") in charts.describe(kind, frame(40))


# Bytes


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("count", [0, 12, 300, 5000])
def test_the_same_frame_gives_the_same_bytes(kind, count):
    connections = frame(count)
    ax = draw(kind, connections, fix="2014-04-07 15:40")
    first = charts.to_png(ax)
    assert charts.to_png(ax) == first
    assert charts.to_png(draw(kind, connections.copy(), fix="2014-04-07 15:40")) == first
    assert first.startswith(b"\x89PNG")
    assert b"Software" not in first
    assert b"Matplotlib" not in first


def test_a_chart_is_saved_as_png(tmp_path):
    ax = draw("dcid_timeline", frame(3))
    charts.save(ax, tmp_path / "a.png")
    charts.save(ax.get_figure(root=True), str(tmp_path / "b.PNG"))
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.PNG").read_bytes()
    with pytest.raises(InputError, match=r"a\.svg: charts are saved as \.png"):
        charts.save(ax, tmp_path / "a.svg")


def test_a_notebook_gets_an_image_with_its_text():
    display = pytest.importorskip("IPython.display")
    ax = draw("dcid_timeline", frame(3))
    shown = charts.show_figure(ax, "three connections")
    assert isinstance(shown, display.HTML)
    assert shown.data.startswith('<img alt="three connections" src="data:image/png;base64,iVBOR')


def test_without_ipython_it_is_text(monkeypatch):
    monkeypatch.setitem(sys.modules, "IPython.display", None)
    assert str(charts.show_figure(draw("dcid_timeline", frame(3)), "x")).startswith("<img ")


# What is imported


def run(code: str) -> None:
    subprocess.run([sys.executable, "-c", code], check=True)  # noqa: S603


def test_pyplot_is_never_imported():
    run(
        "import sys, pandas as pd\n"
        "from pvo_kit import charts\n"
        "time = pd.to_datetime(['2014-04-07 15:10', '2014-04-07 15:20'])\n"
        "frame = pd.DataFrame({'opened': time, 'closed': time, 'tls': ['failed', 'success'],"
        " 'tls_cipher': [None, 'AES128-SHA'], 'tls_reason': ['reset', None], 'address': 'a',"
        " 'port': 25, 'appliance': 'b', 'dcid': 1, 'messages': 0})\n"
        f"for kind in {KINDS}:\n"
        "    ax = getattr(charts, kind)(frame)\n"
        "    charts.show_figure(ax, charts.describe(kind, frame))\n"
        "assert 'matplotlib.pyplot' not in sys.modules"
    )


def test_the_package_alone_imports_no_matplotlib():
    run("import sys, pvo_kit; assert not {'matplotlib', 'pandas'} & set(sys.modules)")


# From log lines to charts


def lines() -> Iterator[str]:
    """A log of an ESA: ten connections to the quarantine fail, then five succeed."""
    now = datetime(2014, 4, 7, 15, 48, 42)
    for dcid in range(3385734, 3385749):
        head = f"{now:%a %b} {now.day:2} {now:%H:%M:%S %Y} Info: "
        yield (f"{head}New SMTP DCID {dcid} interface 192.0.2.179 address 192.0.2.94 port 7025")
        if dcid < 3385744:
            yield f"{head}DCID {dcid} TLS failed: verify error: no certificate from server"
            yield f"{head}DCID {dcid} TLS was required but could not be successfully negotiated"
        else:
            yield f"{head}DCID {dcid} TLS success protocol TLSv1 cipher AES256-SHA"
            yield f"{head}Delivery start DCID {dcid} MID 9 to RID [0]"
            yield f"{head}Message done DCID {dcid} MID 9 to RID [0]"
        yield f"{head}DCID {dcid} close"
        now += timedelta(minutes=5)


def test_log_lines_become_charts():
    found = mail_logs.connections(mail_logs.read(list(lines()), "mail.current"))
    rows = [{name: getattr(link, name, None) for name in CONNECTIONS} for link in found]
    connections = pd.DataFrame(rows).astype(CONNECTIONS)
    fix = "2014-04-07 16:36"
    said = charts.describe("dcid_timeline", connections, fix=fix)
    assert "TLS failed on 10 of 10 connections, after it on 0 of 5." in said
    assert legend(draw("tls_failures_over_time", connections, fix=fix)) == [
        "verify error: no certificate from server: 10 before, 0 after"
    ]
    assert "TLS failed, no suite: 10." in charts.describe("cipher_use", connections)
    assert marks(draw("dcid_timeline", connections))["message done"] == 5


# The page about charts


DOCS = Path(__file__).resolve().parent.parent / "docs"


def _drawn(run, folder, name):
    """Draw the bundled case as the page says; return what is told of the picture."""
    case, out = pvo.example("resolved"), folder / f"resolved-{name}.png"
    return run(
        "logs", case, "--fix", "2014-06-12 08:00", "--chart", name, "--plot", out
    ).err.strip()


def test_the_page_shows_what_its_program_and_its_command_make(tmp_path, monkeypatch, capsys, run):
    page = (DOCS / "charts.md").read_text(encoding="utf-8")
    (program,) = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    monkeypatch.chdir(tmp_path)
    exec(compile(program, "charts.md", "exec"), {})  # noqa: S102
    shown = [line for line in page.splitlines() if line.startswith("![")]
    printed = capsys.readouterr().out.splitlines()
    for name in ("timeline", "failures", "ciphers"):
        printed.append(f"![{_drawn(run, tmp_path, name)}](charts/resolved-{name}.png)")
    assert sorted(printed) == sorted(shown)
    made = {picture.name for picture in tmp_path.iterdir()}
    assert made == {picture.name for picture in (DOCS / "charts").iterdir()}
    assert all(picture.stat().st_size < 80_000 for picture in (DOCS / "charts").iterdir())
