"""The picture of a batch: which causes its cases show, and when."""

from __future__ import annotations

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.text import Text

import pvo_kit as pvo
from pvo_kit import charts
from pvo_kit.errors import InputError
from pvo_kit.scenarios import SCENARIOS

KIND = "scenarios_over_time"


def fleet(*rows: tuple[str, str | None, int | None, str]) -> pd.DataFrame:
    """Rows of case, day, scenario and status, with the dtypes of a fleet."""
    frame = pd.DataFrame(rows, columns=["case", "day", "scenario", "status"])
    frame["day"] = pd.to_datetime(frame["day"]).astype("datetime64[us]")
    return frame.astype({"scenario": "Int64", "status": "category"})


def texts(ax: Axes) -> str:
    told = [text.get_text() for text in ax.findobj(Text) if isinstance(text, Text)]
    return " ".join(" ".join(told).split())


def legend(ax: Axes) -> list[str]:
    found = ax.get_legend()
    return [text.get_text() for text in found.get_texts()] if found else []


def ink(ax: Axes) -> int:
    canvas = FigureCanvasAgg(ax.get_figure(root=True))
    canvas.draw()
    return int((np.asarray(canvas.buffer_rgba())[..., :3].min(axis=-1) < 128).sum())


@pytest.fixture(scope="module")
def bundled(tmp_path_factory: pytest.TempPathFactory) -> pd.DataFrame:
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path_factory.mktemp("fleet"))
        return pvo.read_fleet(pvo.locate_runs())


def test_each_cause_of_the_bundled_cases_is_counted(bundled: pd.DataFrame) -> None:
    ax = charts.scenarios_over_time(bundled)
    fails = bundled[bundled["status"].astype("str") == "fail"]
    assert legend(ax) == [
        f"{each.number} {each.id}: {(fails['scenario'] == each.number).sum()}" for each in SCENARIOS
    ]
    dated = fails["day"].notna().sum()
    assert sum(patch.get_height() for patch in ax.patches) == dated  # type: ignore[attr-defined]
    assert ink(ax) > 1000


def test_a_case_counts_at_its_day_and_once_for_each_cause() -> None:
    ax = charts.scenarios_over_time(
        fleet(
            ("a", "2024-05-01", 1, "fail"),
            ("a", "2024-05-01", 4, "fail"),
            ("b", "2024-05-03", 1, "fail"),
            ("c", "2024-05-03", 1, "pass"),
        )
    )
    bars = [(mpl.dates.num2date(patch.get_x()).day, patch.get_y(), patch.get_height())
            for patch in ax.patches]  # type: ignore[attr-defined]  # fmt: skip
    assert bars == [(1, 0, 1), (3, 0, 1), (1, 1, 1)]
    assert ax.get_title(loc="left") == "A cause is shown in 2 of 3 cases"
    assert "counted per 1 day" in texts(ax)


def test_bars_are_of_whole_days_and_the_axis_is_a_week_at_least() -> None:
    ax = charts.scenarios_over_time(fleet(("a", "2024-05-01", 2, "fail")))
    (bar,) = ax.patches
    assert bar.get_width() == 1  # type: ignore[attr-defined]
    first, last = ax.get_xlim()
    assert last - first >= 7


def test_the_axis_covers_days_without_a_cause() -> None:
    ax = charts.scenarios_over_time(
        fleet(("a", "2024-05-01", 2, "fail"), ("b", "2024-08-01", 2, "pass"))
    )
    assert mpl.dates.num2date(ax.get_xlim()[1]).strftime("%Y-%m-%d") >= "2024-08-01"


def test_a_scenario_looks_the_same_in_every_picture_and_like_no_other() -> None:
    rows = [(f"c{n}", "2024-05-01", n, "fail") for n in range(1, 7)]
    every = charts.scenarios_over_time(fleet(*rows)).patches
    looks = [(patch.get_facecolor(), patch.get_hatch()) for patch in every]
    assert len({colour for colour, _ in looks}) == len({hatch for _, hatch in looks}) == 6
    (alone,) = charts.scenarios_over_time(fleet(rows[4])).patches
    assert (alone.get_facecolor(), alone.get_hatch()) == looks[4]


def test_cases_without_a_date_are_counted_and_not_drawn() -> None:
    frame = fleet(("a", "2024-05-01", 2, "fail"), ("b", None, 2, "fail"), ("c", None, 2, "pass"))
    ax = charts.scenarios_over_time(frame)
    assert sum(patch.get_height() for patch in ax.patches) == 1  # type: ignore[attr-defined]
    told = "1 case with a cause but without a date not drawn."
    assert told in texts(ax)
    assert told in charts.describe(KIND, frame)


def test_what_broke_is_no_cause() -> None:
    frame = fleet(("a", "2024-05-01", 2, "fail"), ("b", "2024-05-02", None, "error"))
    assert "1 of 2 cases" in charts.describe(KIND, frame)
    assert legend(charts.scenarios_over_time(frame)) == ["2 migration-not-committed: 1"]


def test_the_description_tells_causes_days_and_the_highest_bar() -> None:
    said = charts.describe(
        KIND,
        fleet(
            ("a", "2024-05-01", 6, "fail"),
            ("b", "2024-05-04", 6, "fail"),
            ("b", "2024-05-04", 3, "fail"),
        ),
    )
    assert "A cause is shown in 2 of 2 cases." in said
    assert "The first is of 2024-05-01, the last of 2024-05-04." in said
    six = "Scenario 6, Settings are configured below the level of the quarantines: 2."
    assert said.index(six) < said.index("Scenario 3, ")
    assert "The highest bar is 2, from 2024-05-04 on." in said


@pytest.mark.parametrize(
    ("frame", "why"),
    [
        (pd.DataFrame(), "The batch has no case."),
        (fleet(("a", "2024-05-01", 1, "pass")), "No cause is shown in any of 1 case."),
        (fleet(("a", None, 1, "fail")), "A cause is shown in 1 case, but none"),
    ],
    ids=["no case", "no cause", "no date"],
)
def test_an_empty_picture_says_why(frame: pd.DataFrame, why: str) -> None:
    ax = charts.scenarios_over_time(frame)
    assert why in texts(ax)
    assert "nothing to draw" in ax.get_title(loc="left")
    assert why in charts.describe(KIND, frame)
    assert ink(ax) > 300


def test_a_frame_of_something_else_is_refused() -> None:
    with pytest.raises(InputError, match=r"lacks case, day, scenario, status: .*read_fleet"):
        charts.scenarios_over_time(pd.DataFrame({"a": [1]}))
    with pytest.raises(InputError, match="lacks "):
        charts.describe(KIND, pd.DataFrame({"a": [1]}))


def test_the_same_fleet_gives_the_same_bytes(bundled: pd.DataFrame) -> None:
    first = charts.to_png(charts.scenarios_over_time(bundled))
    assert charts.to_png(charts.scenarios_over_time(bundled)) == first
