"""The panel of a batch: which cases it shows, where its links lead, and that text stays text."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import ipywidgets
import pandas as pd
import pytest

import pvo_kit as pvo
from pvo_kit import widgets
from pvo_kit.errors import InputError
from pvo_kit.widgets.fleet_choice import FleetChoice, parse_day

HOSTILE = '<script>alert(1)</script>{{ 7*7 }}\x1b[31m\u202e" onclick=alert(3)'


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A batch over the bundled cases."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path_factory.mktemp("batch"))
        return pvo.locate_runs().absolute()


@pytest.fixture
def fleet(runs: Path) -> pd.DataFrame:
    return pvo.read_fleet(runs)


def chosen(fleet: pd.DataFrame, **choice: object) -> list[str]:
    return list(FleetChoice(**choice).of(fleet)["case"].unique())  # type: ignore[arg-type]


def shown(panel: widgets.FleetFilter) -> list[str]:
    return re.findall(r'<th scope="row">(.*?)</th>', panel.rows.value)


# The choice


def test_an_open_choice_takes_every_case(fleet: pd.DataFrame) -> None:
    assert chosen(fleet) == pvo.examples()


def test_scenario_and_verdict_are_those_of_one_row(fleet: pd.DataFrame) -> None:
    cases = chosen(fleet, scenario=1, status="fail")
    assert cases == ["listener-suspended", "sma-offline", "two-faults"]
    fails = fleet[(fleet["scenario"] == 1) & (fleet["status"].astype("str") == "fail")]
    assert cases == list(fails["case"])
    # technote fails elsewhere, and its scenario 1 is resolved
    assert "technote" in chosen(fleet, status="fail")
    assert "technote" in chosen(fleet, scenario=1, status="resolved")


def test_a_chosen_case_keeps_all_its_rows(fleet: pd.DataFrame) -> None:
    assert len(FleetChoice(scenario=1, status="fail").of(fleet)) == 18


def test_each_word_is_looked_for_whatever_its_letters(fleet: pd.DataFrame) -> None:
    assert chosen(fleet, words="TECHnote") == ["technote"]
    assert chosen(fleet, words="technote nowhere") == []
    assert "technote" in chosen(fleet, words="ADH-CAMELLIA256")
    assert chosen(fleet, words=".*") == []


def test_a_case_without_a_day_is_in_no_range(fleet: pd.DataFrame) -> None:
    day = date(2014, 7, 21)
    assert chosen(fleet, since=day, until=day) == ["technote"]
    assert "subnet-rule" not in chosen(fleet, since=date(1990, 1, 1))
    assert "subnet-rule" in chosen(fleet)


def test_a_case_that_broke_is_found_by_its_status(fleet: pd.DataFrame) -> None:
    row = fleet.head(1).assign(case="acme", scenario=pd.NA, status="error", error="InputError: no")
    both = pd.concat([fleet, row.astype(fleet.dtypes.to_dict())])
    assert chosen(both, status="error") == ["acme"]
    assert chosen(both, words="inputerror") == ["acme"]
    assert "something broke in 1" in repr(widgets.fleet_filter(both))


@pytest.mark.parametrize("text", ["yesterday", "2014-13-01", "21.7.2014"])
def test_a_day_is_shown_how_to_be_written(text: str) -> None:
    with pytest.raises(InputError, match="no day; write it like 2014-07-21"):
        parse_day(text)


# The panel


def test_the_panel_shows_the_cases_of_its_fields(fleet: pd.DataFrame) -> None:
    panel = widgets.fleet_filter(fleet)
    assert shown(panel) == pvo.examples()
    panel.scenario.value = "1"
    panel.status.value = "fail"
    assert shown(panel) == ["listener-suspended", "sma-offline", "two-faults"]
    assert "3 cases of 17 chosen; a cause is shown in 3 of 3." in panel.count.value
    panel.words.value = "two"
    assert shown(panel) == ["two-faults"]
    panel.words.value = "two nowhere"
    assert shown(panel) == []
    assert "0 cases of 17 chosen" in panel.count.value


def test_days_choose_too_and_a_wrong_one_is_told(fleet: pd.DataFrame) -> None:
    panel = widgets.fleet_filter(fleet)
    panel.since.value, panel.until.value = "2014-07-21", "2014-07-21"
    assert shown(panel) == ["technote"]
    panel.until.value = "2013-01-01"
    assert "The first day is later" in panel.message.value
    panel.until.value = "soon"
    assert "soon is no day" in panel.message.value
    assert panel.error is None
    assert shown(panel) == ["technote"]


def test_a_case_that_is_looked_at_tells_its_verdicts(fleet: pd.DataFrame) -> None:
    panel = widgets.fleet_filter(fleet)
    assert panel.verdicts.value == ""
    panel.one.value = "technote"
    for found in pvo.diagnose(pvo.load(pvo.example("technote"))).findings:
        assert found.id in panel.verdicts.value
        assert found.summary in repr(panel)


def test_links_lead_to_what_the_batch_wrote(
    fleet: pd.DataFrame, runs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(runs.parent)
    (runs / "cases" / "technote" / "n 1.ipynb").touch()
    panel = widgets.fleet_filter(fleet, runs)
    links = re.findall('href="([^"]+)"', panel.rows.value)
    assert "pvo-runs/cases/technote/report.html#scenario-4" in links
    assert "pvo-runs/cases/technote/findings.json" in links
    assert "pvo-runs/cases/technote/n%201.ipynb" in links
    for link in links:
        path, _, part = link.replace("%20", " ").partition("#")
        assert Path(path).is_file()
        assert not part or f'id="{part}"' in Path(path).read_text(encoding="utf-8")


def test_without_a_folder_there_is_no_link(fleet: pd.DataFrame) -> None:
    assert "<a " not in widgets.fleet_filter(fleet)._repr_html_()


def test_a_cell_that_runs_again_shows_the_same_panel(fleet: pd.DataFrame, runs: Path) -> None:
    panel = widgets.fleet_filter(fleet, runs / ".." / runs.name / ".")
    panel.scenario.value = "5"
    again = widgets.fleet_filter(fleet.copy(), runs / ".." / runs.name / ".")
    assert again is panel
    assert shown(again) == shown(panel) == chosen(fleet, scenario=5)


def test_a_hundred_cases_are_listed_and_the_others_counted(fleet: pd.DataFrame) -> None:
    many = pd.concat(
        [fleet[fleet["case"] == "technote"].assign(case=f"case {n}") for n in range(101)]
    )
    panel = widgets.fleet_filter(many)
    assert len(shown(panel)) == 100
    assert "The first 100 of 101 cases" in panel.rows.value
    assert "The first 100 of 101 cases" in repr(panel)


def test_an_empty_fleet_is_told(fleet: pd.DataFrame) -> None:
    panel = widgets.fleet_filter(fleet.head(0))
    assert panel.error is None
    assert "0 cases of 0 chosen" in repr(panel)


def test_text_of_a_fleet_stays_text(fleet: pd.DataFrame, tmp_path: Path) -> None:
    row = fleet[fleet["case"] == "technote"].assign(
        case=HOSTILE, summary=HOSTILE, appliances=HOSTILE, report=f"javascript:{HOSTILE}"
    )
    broken = row.head(1).assign(scenario=pd.NA, status="error", error=HOSTILE)
    panel = widgets.fleet_filter(pd.concat([row, broken.astype(row.dtypes.to_dict())]), tmp_path)
    panel.one.value = HOSTILE
    assert panel.error is None
    for html in (panel.rows.value, panel.verdicts.value, panel._repr_html_()):
        assert "<script" not in html
        assert '" onclick' not in html
        assert 'href="javascript' not in html
        assert "&lt;script&gt;" in html
    for text in (panel._repr_html_(), repr(panel)):
        assert "\x1b" not in text
        assert "\u202e" not in text
    assert all("\x1b" not in label for label in panel.one._options_labels)


def test_it_can_be_read_without_a_kernel(fleet: pd.DataFrame) -> None:
    bundle = widgets.fleet_filter(fleet)._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in bundle
    assert "technote" in bundle["text/html"]
    assert "technote  2014-07-21  1 \u2714 resolved" in bundle["text/plain"]


def test_every_control_has_a_label_and_the_classes_are_documented(fleet: pd.DataFrame) -> None:
    panel = widgets.fleet_filter(fleet)
    there: set[str] = set()
    open_ = [panel.widget]
    while open_:
        one = open_.pop()
        there |= set(one._dom_classes)
        open_.extend(getattr(one, "children", ()))
        if isinstance(one, ipywidgets.Text | ipywidgets.Dropdown):
            assert one.description
    told = set(re.findall(r"pvo-fleet-[\w-]+", widgets.FleetFilter.__doc__ or ""))
    assert told == {name for name in there if name.startswith("pvo-fleet-")} - {"pvo-fleet-filter"}
