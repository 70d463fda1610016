"""The folder of a batch: the one that is named, or that of a batch over the bundled cases."""

from __future__ import annotations

from pathlib import Path

import pytest

import pvo_kit as pvo
from pvo_kit import resources
from pvo_kit.errors import InputError


def test_without_a_folder_the_bundled_cases_are_diagnosed_below_the_current_one(
    tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    folder = pvo.locate_runs()
    assert folder == Path("pvo-runs")
    assert list(pvo.read_fleet(folder)["case"].unique()) == pvo.examples()
    found = pvo.diagnose(pvo.load(pvo.example("technote")))
    written = folder / "cases" / "technote" / "findings.json"
    assert written.read_text(encoding="utf-8") == found.to_json()


def test_a_second_call_takes_the_same_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    first = (pvo.locate_runs() / "fleet.csv").read_bytes()
    assert (pvo.locate_runs() / "fleet.csv").read_bytes() == first
    assert [path.name for path in tmp_path.iterdir()] == ["pvo-runs"]


@pytest.mark.parametrize("part", [".", "notebooks"])
def test_nothing_is_left_in_the_folder_of_the_kit(part, monkeypatch, tmp_path):
    home = resources.notebooks().parent / part
    monkeypatch.chdir(home)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    before = sorted(home.iterdir())
    folder = pvo.locate_runs()
    assert folder.is_relative_to(tmp_path)
    assert (folder / "fleet.csv").is_file()
    assert sorted(home.iterdir()) == before


def test_a_folder_that_is_named_is_taken_as_it_is(tmp_path):
    (tmp_path / "fleet.csv").touch()
    assert pvo.locate_runs(str(tmp_path)) == tmp_path
    assert [path.name for path in tmp_path.iterdir()] == ["fleet.csv"]


def test_a_folder_without_a_batch_is_refused(tmp_path):
    with pytest.raises(InputError, match=r"holds no fleet\.csv; give a folder that pvo-kit batch"):
        pvo.locate_runs(tmp_path)
