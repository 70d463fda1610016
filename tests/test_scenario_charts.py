"""Pictures of the scenarios: what is drawn and said, and that text of evidence stays text."""

from __future__ import annotations

import re
import subprocess
import sys

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.text import Text
from PIL import Image

import pvo_kit as pvo
from pvo_kit import charts, tables
from pvo_kit.errors import InputError

TABLES = {
    "status_line": "statuses",
    "reachability_map": "reachability",
    "feature_matrix": "features",
    "level_matrix": "levels",
}
KINDS = tuple(TABLES)

each_kind = pytest.mark.parametrize("kind", KINDS)
each_case = pytest.mark.parametrize("case", pvo.examples())


def table(kind: str, case: str) -> pd.DataFrame:
    frame = getattr(tables, TABLES[kind])(pvo.load(pvo.example(case)))
    assert isinstance(frame, pd.DataFrame)
    return frame


def draw(kind: str, frame: pd.DataFrame, ax: Axes | None = None) -> Axes:
    drawn = getattr(charts, kind)(frame, ax)
    assert isinstance(drawn, Axes)
    return drawn


def texts(ax: Axes) -> str:
    return "\n".join(text.get_text() for text in ax.findobj(Text) if isinstance(text, Text))


def legend(ax: Axes) -> list[str]:
    found = ax.get_legend()
    return [text.get_text() for text in found.get_texts()] if found else []


def names(ax: Axes) -> list[str]:
    return [tick.get_text() for tick in ax.get_yticklabels()]


def boxes(ax: Axes) -> list[Rectangle]:
    return [patch for patch in ax.patches if isinstance(patch, Rectangle)]


def rendered(ax: Axes) -> FigureCanvasAgg:
    canvas = FigureCanvasAgg(ax.get_figure(root=True))
    canvas.draw()
    return canvas


def ink(ax: Axes) -> int:
    """How many pixels are dark."""
    pixels = np.asarray(rendered(ax).buffer_rgba())[..., :3]
    return int((pixels.min(axis=-1) < 128).sum())


WORDS = {
    "status_line": {"state": ["up", "down", "open"]},
    "reachability_map": {
        "outcome": ["answers", "silent", "refused", "no-banner", "name", "contradictory",
                    "untested"],
    },
    "feature_matrix": {"state": ["active", "dormant", "expired", "missing", "not captured"]},
    "level_matrix": {"state": ["own", "none", "disputed", "not read"]},
}  # fmt: skip


def made(kind: str, count: int, text: str = "name") -> pd.DataFrame:
    """A table of so many rows with every word in turn, its names made of this text."""
    each = range(count)
    words = {name: np.resize(np.array(found, object), count) for name, found in WORDS[kind].items()}
    common = {"source": "a.txt", "line": 1, **words}
    if kind == "status_line":
        when = pd.Series(pd.Timestamp("2024-05-01") + pd.to_timedelta(list(each), unit="h"))
        return pd.DataFrame(
            common
            | {
                "order": each,
                "time": when.where(when.index % 3 > 0),
                "host": [f"{text}{n % 3}" for n in each],
                "role": ["sma" if n % 3 == 0 else "esa" for n in each],
                "subject": ["system" if n % 2 else "port 7025" for n in each],
                "told": [f"{text} told {n}" for n in each],
                "standing": [n % 4 == 1 for n in each],
                "known_newer": [n % 5 != 4 for n in each],
            }
        )
    if kind == "reachability_map":
        return pd.DataFrame(
            common
            | {
                "host": [f"{text}{n // 8}" for n in each],
                "kind": "interface",
                "name": [f"{text} {n}" for n in each],
                "address": [f"192.0.2.{n % 250}" for n in each],
                "network": "192.0.2.0/24",
                "hostname": text,
                "gateway": "",
                "default": [n % 8 == 0 for n in each],
                "target": "198.51.100.7",
                "port": 7025,
                "leads": pd.array([[True, False, None][n % 3] for n in each], "boolean"),
                "via": [text if n % 2 else "" for n in each],
            }
        )
    if kind == "feature_matrix":
        return pd.DataFrame(
            common
            | {
                "feature": [f"{text} {n // 3}" for n in each],
                "label": [f"{text} {n // 3}" for n in each],
                "member": [f"{text} member {n % 3}" for n in each],
                "differs": [n // 3 == 1 for n in each],
            }
        )
    return pd.DataFrame(
        common
        | {
            "setting": [f"{text} {n // 4}" for n in each],
            "level": ["machine", "machine", "group", "cluster"] * (count // 4),
            "place": [f"{text} place {n % 4}" for n in each],
            "below": [n % 4 < 3 for n in each],
        }
    )


# On every bundled case


@each_kind
@each_case
def test_every_bundled_case_gives_a_picture_with_ink_and_a_description(kind, case):
    frame = table(kind, case)
    ax = draw(kind, frame)
    said = charts.describe(kind, frame)
    assert ink(ax) > (300 if "nothing to draw" in ax.get_title(loc="left") else 1000)
    assert ("An empty " in said) == ("nothing to draw" in ax.get_title(loc="left"))
    assert said.isprintable()


@each_kind
@each_case
def test_no_text_leaves_the_figure_or_covers_another(kind, case):
    _is_legible(draw(kind, table(kind, case)))


def _is_legible(ax: Axes) -> None:
    canvas = rendered(ax)
    width, height = canvas.get_width_height()
    title = [text for text in ax.findobj(Text) if text.get_text() == ax.get_title(loc="left")]
    ticks = [tick.label1 for axis in (ax.xaxis, ax.yaxis) for tick in axis.get_major_ticks()]
    entries = ax.get_legend().get_texts() if ax.get_legend() else []
    shown = [*title, *ax.texts, *(ticks if ax.axison else []), *entries]
    slanted = [one for one in shown if one.get_rotation()]
    found = [
        one.get_window_extent(canvas.get_renderer())
        for one in shown
        if one.get_text().strip() and one not in slanted
    ]
    for box in found:
        assert box.x0 >= -1
        assert box.x1 <= width + 1
        assert box.y0 >= -1
        assert box.y1 <= height + 1
    for number, box in enumerate(found):
        for other in found[number + 1 :]:
            assert not box.padded(-2).overlaps(other.padded(-2))


@each_kind
@pytest.mark.parametrize("count", [4, 12, 24, 120])
def test_any_number_of_rows_is_legible(kind, count):
    ax = draw(kind, made(kind, count))
    assert ink(ax) > 1000
    _is_legible(ax)


# The line of states


def test_a_state_lasts_until_the_next_reading_of_its_lane():
    ax = draw("status_line", table("status_line", "technote"))
    offline, resumed = boxes(ax)
    assert offline.get_y() + offline.get_height() == resumed.get_y()
    assert offline.get_facecolor() != resumed.get_facecolor()
    assert offline.get_hatch() != resumed.get_hatch()


def test_a_try_at_the_port_is_a_sign_alone():
    ax = draw("status_line", table("status_line", "subnet-rule"))
    assert boxes(ax) == []
    assert "telnet from Public: no-route" in texts(ax)


def test_a_reading_without_a_clock_says_so_and_one_of_unknown_order_has_a_question_mark():
    ax = draw("status_line", table("status_line", "sma-offline"))
    assert names(ax).count("no clock") == 1
    assert "2024-03-12 09:22:51" in names(ax)
    assert [text.get_text() for text in ax.texts].count("?") == 2
    assert "?: nothing tells that it is newer" in texts(ax)


def test_a_fault_that_stands_is_bold_and_says_so():
    ax = draw("status_line", table("status_line", "listener-suspended"))
    (bold,) = [text for text in ax.texts if "(stands)" in text.get_text()]
    assert bold.get_fontweight() == "bold"
    assert "1 standing fault" in ax.get_title(loc="left")
    assert "suspended by suspendlistener (cpq_listener)" in bold.get_text()


def test_the_newest_thirty_readings_are_drawn():
    ax = draw("status_line", made("status_line", 45))
    assert len(names(ax)) == 30
    assert "name told 44" in texts(ax)
    assert "15 older readings not drawn." in texts(ax)


def test_each_state_has_its_colour_its_hatch_and_its_sign():
    ax = draw("status_line", made("status_line", 12))
    assert len({patch.get_facecolor() for patch in boxes(ax)}) == 3
    assert len({patch.get_hatch() for patch in boxes(ax)}) == 3
    signs = {str(line.get_label()): line.get_marker() for line in ax.lines
             if str(line.get_label()).startswith("sign of")}  # fmt: skip
    assert len(set(signs.values())) == 3
    assert len(legend(ax)) == 3


@pytest.mark.parametrize("lanes", [2, 3, 4, 5, 7])
def test_long_host_names_stand_apart_and_stay_apart(lanes):
    ax = draw("status_line", of_hosts(lanes, LONG))
    _is_legible(ax)
    below = [tick.get_text() for tick in ax.get_xticklabels()]
    assert len(set(below)) == lanes
    assert "Host names without their domain, mail-gateway.corp.example.com." in texts(ax)
    canvas = rendered(ax)
    height = canvas.get_width_height()[1]
    for tick in ax.get_xticklabels():
        box = tick.get_window_extent(canvas.get_renderer())
        assert -1 <= box.y0 <= box.y1 <= height


def test_short_host_names_are_shown_in_full():
    ax = draw("status_line", of_hosts(2, "esa-{}.example.com"))
    assert [tick.get_text().split("\n")[0] for tick in ax.get_xticklabels()] == [
        "esa-0.example.com", "esa-1.example.com",
    ]  # fmt: skip
    assert "without their domain" not in texts(ax)


LONG = "esa-frankfurt-0{}.mail-gateway.corp.example.com"


def of_hosts(count: int, name: str) -> pd.DataFrame:
    """A table of states in which each of so many hosts has a lane."""
    frame = made("status_line", 14)
    return frame.assign(
        host=[name.format(n % count) for n in range(14)], subject="port 7025", role="esa"
    )


@pytest.mark.parametrize("kind", ["feature_matrix", "level_matrix"])
def test_columns_of_long_host_names_are_told_apart(kind):
    column = {"feature_matrix": "member", "level_matrix": "place"}[kind]
    frame = made(kind, 12)
    count = frame[column].nunique()
    names = {old: LONG.format(number) for number, old in enumerate(sorted(set(frame[column])))}
    ax = draw(kind, frame.assign(**{column: frame[column].map(names)}))
    below = [tick.get_text() for tick in ax.get_xticklabels()]
    assert len(set(below)) == count
    assert all("esa-frankfurt-0" in name and "example" not in name for name in below)
    assert "Host names without their domain, mail-gateway.corp.example.com." in texts(ax)
    _is_legible(ax)


# The map of ways


def lines(ax: Axes) -> dict[str, Line2D]:
    return {str(line.get_gid()): line for line in ax.lines if line.get_gid()}


def test_the_default_interface_and_what_reaches_the_sma_are_drawn():
    ax = draw("reachability_map", table("reachability_map", "delivery-interface"))
    found = lines(ax)
    assert set(found) == {"silent", "answers"}
    assert found["silent"].get_linestyle() != found["answers"].get_linestyle()
    assert found["silent"].get_xdata()[1] < found["answers"].get_xdata()[1]
    (default,) = [text for text in ax.texts if "[default]" in text.get_text()]
    assert default.get_text().startswith("Data 1 198.51.100.25/28")
    assert default.get_fontweight() == "bold"
    assert max(patch.get_linewidth() for patch in boxes(ax)) > 2


def test_routes_and_subnets_are_named_on_the_lines():
    told = texts(draw("reachability_map", table("reachability_map", "subnet-rule")))
    assert "route DataCentre leads there" in told
    assert "no subnet or route leads there" in told
    assert "10.71.4.17\nport 7025" in told
    told = texts(draw("reachability_map", table("reachability_map", "technote")))
    assert "its subnet holds the address" in told
    assert "172.16.0.94: answers with 220" in told
    assert "3 addresses tried" in told


def test_every_way_to_end_has_a_line_of_its_own():
    ax = draw("reachability_map", made("reachability_map", 7))
    looks = {
        (str(line.get_color()), str(line.get_linestyle()), line.get_linewidth(), gid)
        for gid, line in lines(ax).items()
    }
    assert len(looks) == 7
    assert all(words in texts(ax) for words in ("no answer", "refused", "not tried", "but no 220"))


def test_more_than_24_interfaces_are_counted():
    ax = draw("reachability_map", made("reachability_map", 30))
    assert "6 more interfaces not drawn." in texts(ax)
    assert "30 interfaces of 4 ESAs" in ax.get_title(loc="left").replace("\n", " ")


def test_the_default_gateway_is_in_the_note():
    frame = made("reachability_map", 2)
    gateway = frame.tail(1).assign(
        kind="gateway", gateway="192.0.2.254", via="Data 1", default=False
    )
    ax = draw("reachability_map", pd.concat([frame, gateway]))
    told = "Default gateway of name0: 192.0.2.254, on the subnet of Data 1."
    assert told in texts(ax)
    assert told in charts.describe("reachability_map", pd.concat([frame, gateway]))


# The matrices


def test_modules_that_differ_are_on_top_and_bold():
    ax = draw("feature_matrix", table("feature_matrix", "expired-key"))
    assert names(ax)[0] == "Data Loss Prevention"
    weights = [tick.get_fontweight() for tick in ax.get_yticklabels()]
    assert weights == ["bold"] + ["normal"] * 4
    assert [text.get_text() for text in ax.texts].count("expired") == 1
    assert legend(ax) == ["active", "expired"]


def test_they_are_on_top_wherever_the_table_has_them():
    ax = draw("feature_matrix", made("feature_matrix", 9))
    assert names(ax) == ["name 1", "name 0", "name 2"]


def test_a_word_without_room_is_a_letter_that_the_legend_explains():
    frame = made("feature_matrix", 60)
    frame["member"] = [f"esa{number % 20}.example.com" for number in range(60)]
    ax = draw("feature_matrix", frame)
    assert "missing (M)" in legend(ax)
    assert {"A", "D", "E", "M", "?"} <= {text.get_text() for text in ax.texts}


def test_a_long_printed_name_gives_way_to_the_one_that_is_compared():
    assert "data loss prevention" in names(
        draw("feature_matrix", table("feature_matrix", "cluster-levels"))
    )


def test_what_stands_below_is_marked_and_its_row_bold():
    ax = draw("level_matrix", table("level_matrix", "override-notice"))
    assert [text.get_text() for text in ax.texts].count("own, below") == 1
    bold = [tick.get_text() for tick in ax.get_yticklabels() if tick.get_fontweight() == "bold"]
    assert bold == ["incoming content filters"]
    columns = [tick.get_text() for tick in ax.get_xticklabels()]
    assert columns[0] == "machine\nesa1.example.com"
    assert columns[-1] == "cluster\nMain"


@pytest.mark.parametrize("kind", KINDS[2:])
def test_every_word_of_a_matrix_has_its_colour_and_hatch(kind):
    ax = draw(kind, made(kind, 40))
    looks = {(patch.get_facecolor(), patch.get_hatch()) for patch in boxes(ax)}
    assert len(looks) == len({hatch for _, hatch in looks if hatch}) + len(
        {colour for colour, hatch in looks if not hatch}
    )
    assert len(looks) >= 4


def test_too_many_rows_and_columns_are_counted():
    frame = pd.concat([made("feature_matrix", 3).assign(feature=f"f{n}", label=f"f{n}",
                       member=[f"m{n}a", f"m{n}b", f"m{n}c"]) for n in range(33)])  # fmt: skip
    told = texts(draw("feature_matrix", frame))
    assert "3 more modules not drawn." in told
    assert "75 more members not drawn." in told


# Nothing to draw

EMPTY = [
    ("status_line", "status on the SMA and telnet on the ESA show them"),
    ("reachability_map", "deliveryconfig, interfaceconfig and telnet on the ESA show them"),
    ("feature_matrix", "featurekey, or license_smart > SUMMARY, on every member shows them"),
    ("level_matrix", "filters, policyconfig and dmarcconfig under each mode of the cluster"),
]


@pytest.mark.parametrize(("kind", "why"), EMPTY)
@pytest.mark.parametrize("has_columns", [True, False])
def test_an_empty_picture_says_why_and_what_to_ask_for(kind, why, has_columns):
    frame = made(kind, 4).head(0) if has_columns else pd.DataFrame()
    ax = draw(kind, frame)
    assert why in texts(ax).replace("\n", " ")
    assert "nothing to draw" in ax.get_title(loc="left")
    assert why in charts.describe(kind, frame)
    assert ink(ax) > 300


def test_modes_of_which_nothing_was_read_are_counted():
    ax = draw("level_matrix", table("level_matrix", "tls-log-only-cluster"))
    assert "The cluster has 4 modes" in texts(ax).replace("\n", " ")


@each_kind
def test_a_frame_of_something_else_is_refused(kind):
    with pytest.raises(InputError, match=rf"lacks .*tables\.{TABLES[kind]}"):
        draw(kind, pd.DataFrame({"a": [1]}))
    with pytest.raises(InputError, match="lacks "):
        charts.describe(kind, pd.DataFrame({"a": [1]}))


# Hostile text

HOSTILE = "<img src=x onerror=alert(1)>$x^2$ \\frac{\x1b[31m\u202e\u4e2d %s"


@each_kind
@pytest.mark.parametrize("usetex", [False, True])
def test_hostile_text_is_drawn_as_text(kind, usetex):
    with mpl.rc_context({"text.usetex": usetex}):
        ax = draw(kind, made(kind, 8, HOSTILE))
        told = [text for text in ax.findobj(Text) if isinstance(text, Text)]
        assert not any(text.get_usetex() or text.get_parse_math() for text in told)
    assert ink(ax) > 1000
    assert set(re.sub(r"[\x00-\x7f]", "", texts(ax))) <= {"\N{HORIZONTAL ELLIPSIS}"}
    assert "\x1b" not in texts(ax)


@each_kind
@pytest.mark.parametrize("text", [HOSTILE, "x" * 20_000])
def test_a_description_steers_no_terminal_and_has_an_end(kind, text):
    said = charts.describe(kind, made(kind, 24, text))
    assert said.isprintable()
    assert len(said) < 20_000


@each_kind
def test_long_names_stay_in_the_figure(kind):
    _is_legible(draw(kind, made(kind, 12, "a-very-long-name.example.com " * 4)))


# Descriptions


def test_descriptions_tell_what_is_seen():
    said = charts.describe("status_line", table("status_line", "listener-suspended"))
    assert "sma.example.com, listener: suspended by suspendlistener (cpq_listener), a fault" in said
    said = charts.describe("reachability_map", table("reachability_map", "delivery-interface"))
    assert (
        "esa.example.com, Data 1 198.51.100.25/28, the default delivery interface to 10.9.0.40"
        " port 7025: no answer; no subnet or route leads there."
    ) in said
    said = charts.describe("feature_matrix", table("feature_matrix", "feature-key-mismatch"))
    assert "Data Loss Prevention: active on esa1.example.com, missing on esa2.example.com." in said
    said = charts.describe("level_matrix", table("level_matrix", "override-notice"))
    assert "below the quarantines' level: incoming content filters at group Branch." in said


@each_kind
@each_case
def test_picture_and_description_give_the_same_title(kind, case):
    frame = table(kind, case)
    title = draw(kind, frame).get_title(loc="left").replace("\n", " ")
    if "nothing to draw" not in title:
        assert title in charts.describe(kind, frame)


# Any Axes, any style; bytes


@each_kind
def test_the_axes_given_are_drawn_on(kind):
    upper, lower = Figure(figsize=(9, 9), layout="constrained").subplots(2)
    assert draw(kind, made(kind, 8), lower) is lower
    assert not upper.patches
    assert draw(kind, pd.DataFrame(), upper) is upper


@each_kind
def test_a_narrow_figure_is_legible(kind):
    ax = Figure(figsize=(6.4, 5), layout="constrained").add_subplot()
    _is_legible(draw(kind, made(kind, 8), ax))


@each_kind
def test_the_same_table_gives_the_same_bytes(kind):
    frame = made(kind, 12)
    first = charts.to_png(draw(kind, frame))
    assert charts.to_png(draw(kind, frame.copy())) == first
    assert first.startswith(b"\x89PNG")


@each_kind
def test_the_table_is_not_changed_and_no_setting_either(kind):
    frame, before = made(kind, 12), dict(mpl.rcParams)
    copy = frame.copy(deep=True)
    draw(kind, frame)
    charts.describe(kind, frame)
    pd.testing.assert_frame_equal(frame, copy)
    assert dict(mpl.rcParams) == before


@each_kind
def test_it_can_be_read_in_black_and_white(kind, tmp_path):
    """Words, signs and hatches differ where the colours would not."""
    charts.save(draw(kind, made(kind, 12)), tmp_path / "a.png")
    grey = np.asarray(Image.open(tmp_path / "a.png").convert("L"))
    assert (grey < 110).sum() > 1000
    assert (grey > 200).sum() > 10_000


def test_pyplot_is_never_imported():
    code = (
        "import sys, pvo_kit as pvo\n"
        "evidence = pvo.load(pvo.example('technote'))\n"
        "for kind, name in {'status_line': 'statuses', 'reachability_map': 'reachability',\n"
        "                   'feature_matrix': 'features', 'level_matrix': 'levels'}.items():\n"
        "    frame = getattr(pvo.tables, name)(evidence)\n"
        "    pvo.charts.show_figure(getattr(pvo.charts, kind)(frame),"
        " pvo.charts.describe(kind, frame))\n"
        "assert 'matplotlib.pyplot' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)  # noqa: S603
