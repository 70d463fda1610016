"""The fleet as a table: its rows, as CSV and as a frame, and what it tells as a whole."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import pvo_kit as pvo
from pvo_kit.batching import overview
from pvo_kit.batching.fleet import COLUMNS, Fleet
from pvo_kit.batching.result import CaseResult, Verdict, summarise

GOOD = ("pass", "not_applicable", "resolved")


def case(name, *statuses, **other):
    verdicts = tuple(
        Verdict(number, f"id-{number}", status, f"{status}.", None, None, ())
        for number, status in enumerate(statuses, start=1)
    )
    return CaseResult(name, verdicts=verdicts, source=name, **other)


def bundled(name):
    evidence = pvo.load(pvo.example(name))
    return replace(summarise(name, pvo.diagnose(evidence), evidence), source=name)


def fleet(*cases):
    return Fleet(cases, Path("RUNS"))


def table(text):
    return list(csv.DictReader(io.StringIO(text)))


# Rows


def test_there_is_a_row_for_each_case_and_scenario_in_order():
    rows = table(fleet(bundled("two-faults"), bundled("healthy")).to_csv())
    assert [(row["case"], row["scenario"]) for row in rows] == [
        (name, str(number)) for name in ("two-faults", "healthy") for number in range(1, 7)
    ]


def test_a_row_holds_what_the_finding_tells():
    found = pvo.diagnose(pvo.load(pvo.example("sma-offline")))
    for row, finding in zip(
        table(fleet(bundled("sma-offline")).to_csv()), found.findings, strict=True
    ):
        assert list(row) == list(COLUMNS)
        assert row == {
            "case": "sma-offline",
            "day": "2024-03-12",
            "scenario": str(finding.scenario),
            "id": finding.id,
            "status": finding.status,
            "summary": finding.summary,
            "masked_by": str(finding.masked_by or ""),
            "appliances": "sma sma.example.com; esa mx.example.com",
            "evidence_hash": found.evidence_hash,
            "error": finding.error or "",
            "report": "cases/sma-offline/report.html",
        }


def test_a_broken_case_is_one_row_with_its_error():
    (row,) = table(fleet(CaseResult("acme", "sha256:1", error="holds no file")).to_csv())
    assert {name: cell for name, cell in row.items() if cell} == {
        "case": "acme",
        "status": "error",
        "evidence_hash": "sha256:1",
        "error": "holds no file",
    }


def test_a_notebook_that_broke_is_a_row_beside_the_findings():
    rows = table(fleet(case("acme", "pass", "fail", error="n.ipynb: KeyError: 1")).to_csv())
    assert [(row["scenario"], row["status"], row["error"]) for row in rows] == [
        ("1", "pass", ""),
        ("2", "fail", ""),
        ("", "error", "n.ipynb: KeyError: 1"),
    ]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\uff1d1", " =1", "\t=1", "\r=1"])
def test_no_cell_is_a_formula(text):
    hostile = replace(case("acme", "fail"), appliances=((text, "esa"),), error=text)
    shown = replace(hostile.verdicts[0], summary=text)
    for row in table(fleet(replace(hostile, verdicts=(shown,))).to_csv()):
        for cell in row.values():
            assert not cell.lstrip().startswith(("=", "+", "-", "@", "\uff1d"))


@given(st.text())
def test_a_row_is_one_line_whatever_stands_in_it(text):
    hostile = replace(case("acme", "fail"), error=text, appliances=((text, "sma"),))
    lines = fleet(hostile).to_csv().split("\n")
    assert len(lines) == 2 + 1 + bool(text)
    assert lines[-1] == ""


def test_the_table_is_the_same_bytes_for_the_same_cases():
    cases = [bundled(name) for name in pvo.examples()]
    assert fleet(*cases).to_csv() == fleet(*cases).to_csv()


# As a frame


def test_the_frame_has_the_declared_columns():
    frame = fleet(bundled("two-faults"), CaseResult("acme", error="holds no file")).to_frame()
    assert {name: str(kind) for name, kind in frame.dtypes.items()} == COLUMNS
    assert frame["scenario"].tolist() == [1, 2, 3, 4, 5, 6, pd.NA]
    assert frame["day"].isna().tolist() == [False] * 6 + [True]
    assert frame["masked_by"].dropna().tolist() == [1]


def test_an_empty_frame_has_the_declared_columns():
    frame = fleet().to_frame()
    assert {name: str(kind) for name, kind in frame.dtypes.items()} == COLUMNS
    assert len(frame) == 0


def test_the_frame_is_read_from_disk_as_it_was(tmp_path):
    made = fleet(*(bundled(name) for name in pvo.examples()), CaseResult("acme", error="E: no"))
    (tmp_path / "fleet.csv").write_text(made.to_csv(), encoding="utf-8")
    pd.testing.assert_frame_equal(pvo.read_fleet(tmp_path), made.to_frame())


def test_a_folder_without_a_table_is_refused(tmp_path):
    with pytest.raises(pvo.InputError, match="give a folder of pvo-kit batch"):
        pvo.read_fleet(tmp_path)


@pytest.mark.parametrize("text", ["", "a,b\n1,2\n", ",".join(COLUMNS) + "\n" + "x," * 10 + "\n"])
def test_a_table_of_another_kind_is_refused(tmp_path, text):
    (tmp_path / "fleet.csv").write_text(text)
    with pytest.raises(pvo.InputError, match="run it again"):
        pvo.read_fleet(tmp_path)


# What it tells as a whole


@pytest.mark.parametrize(
    ("cases", "code"),
    [
        ([case("a", *GOOD), case("b", "fail")], 1),
        ([case("a", "fail", "unknown"), CaseResult("b", error="E: no")], 1),
        ([case("a", *GOOD), case("b", "unknown")], 3),
        ([case("a", *GOOD), case("b", "manual")], 3),
        ([case("a", *GOOD), case("b", "error")], 3),
        ([case("a", *GOOD), CaseResult("b", error="E: no")], 3),
        ([case("a", *GOOD, error="n.ipynb: E: no")], 3),
        ([case("a", *GOOD), case("b", *GOOD)], 0),
        ([CaseResult("a", error="E: no"), CaseResult("b", error="E: no")], 2),
    ],
    ids=[
        "fail",
        "fail and broken",
        "unknown",
        "manual",
        "error",
        "one broken",
        "notebook",
        "well",
        "all broken",
    ],
)
def test_the_exit_code_is_that_of_diagnose_over_all_cases(cases, code):
    assert fleet(*cases).exit_code == code


@pytest.mark.parametrize("name", pvo.examples())
def test_the_exit_code_of_one_case_is_that_of_diagnose(name):
    assert fleet(bundled(name)).exit_code == pvo.diagnose(pvo.load(pvo.example(name))).exit_code


def test_the_summary_counts_each_case_once():
    cases = case("a", "fail"), case("b", "unknown"), case("c", *GOOD), CaseResult("d", error="E")
    assert repr(fleet(*cases)).splitlines() == [
        "4 cases",
        "      1  a cause is shown",
        "      1  not decided yet",
        "      1  nothing is left to mend",
        "      1  could not be diagnosed",
    ]


def test_the_most_common_cause_comes_first():
    cases = [bundled(name) for name in pvo.examples()]
    rows = overview.causes(cases)
    fails = [row.fails for row in rows]
    assert fails == sorted(fails, reverse=True)
    assert fails[0] > 0
    assert {row.scenario for row in rows} == set(range(1, 7))
    for row in rows:
        assert sum(count for _, count in row.counts) == len(cases)


def test_what_most_cases_lack_is_asked_for_first_and_names_each_case_once():
    cases = [bundled(name) for name in pvo.examples()]
    rows = overview.missing(cases)
    sizes = [len(row.cases) for row in rows]
    assert sizes == sorted(sizes, reverse=True)
    asked = {
        (need.appliance, need.command or need.where.replace(need.host or "\0", "HOST"))
        for name in pvo.examples()
        for need in pvo.diagnose(pvo.load(pvo.example(name))).needs
    }
    assert {(row.asked.appliance, row.asked.what) for row in rows} == asked
    for row in rows:
        assert len({each.case for each in row.cases}) == len(row.cases)
