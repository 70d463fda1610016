"""Recording what a person saw, and reading it back."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import pvo_kit as pvo
from pvo_kit.cli import main
from pvo_kit.observations import WHAT
from pvo_kit.recording import record


def _tables(folder: Path) -> list[dict[str, object]]:
    text = (folder / "observations.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)["observation"]


def test_each_record_adds_one_table_and_keeps_the_others(tmp_path: Path) -> None:
    record(tmp_path, "SMA.example.com", "wizard", "finished", "2014-07-21T14:05:00+02:00", "J. Doe")
    path = record(tmp_path, "sma.example.com", "pending_changes", "no")
    first, second = _tables(tmp_path)
    assert path.name == "observations.toml"
    assert first["host"] == "sma.example.com"
    assert str(first["time"]) == "2014-07-21 12:05:00+00:00"
    assert first["by"] == "J. Doe"
    assert second == {"host": "sma.example.com", "what": "pending_changes", "value": "no"}


def test_a_comment_in_the_file_stays(tmp_path: Path) -> None:
    (tmp_path / "observations.toml").write_text("# seen on Monday\n", encoding="utf-8")
    record(tmp_path, "sma.example.com", "port", "7026")
    assert (tmp_path / "observations.toml").read_text().startswith("# seen on Monday\n")


@pytest.mark.parametrize(
    ("host", "what", "value", "time", "told"),
    [
        ("sma; reboot", "wizard", "finished", None, "is no host name"),
        ("sma.example.com", "mood", "good", None, "is not known"),
        ("sma.example.com", "wizard", "maybe", None, "for wizard give one of"),
        ("sma.example.com", "pending_changes", "perhaps", None, "for pending_changes give"),
        ("sma.example.com", "port", "70255", None, "is no TCP port"),
        ("sma.example.com", "error_text", "  ", None, "is empty"),
        ("sma.example.com", "wizard", "finished", "yesterday", "write it like"),
    ],
)
def test_what_cannot_be_recorded_is_refused_and_nothing_written(
    tmp_path: Path, host: str, what: str, value: str, time: str | None, told: str
) -> None:
    with pytest.raises(pvo.InputError, match=told):
        record(tmp_path, host, what, value, time)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("present", ["[[observation]\n", "observation = 3\n"])
def test_a_damaged_file_is_left_alone(tmp_path: Path, present: str) -> None:
    (tmp_path / "observations.toml").write_text(present, encoding="utf-8")
    with pytest.raises(pvo.InputError, match=r"observations\.toml"):
        record(tmp_path, "sma.example.com", "wizard", "finished")
    assert (tmp_path / "observations.toml").read_text(encoding="utf-8") == present


def test_an_archive_is_told_to_be_unpacked(tmp_path: Path) -> None:
    archive = tmp_path / "case.zip"
    archive.write_bytes(b"PK\5\6" + bytes(18))
    with pytest.raises(pvo.InputError, match="unpack"):
        record(archive, "sma.example.com", "wizard", "finished")


@given(value=st.text(min_size=1).filter(str.strip), by=st.text())
def test_any_text_comes_back_as_it_was_recorded(
    tmp_path_factory: pytest.TempPathFactory, value: str, by: str
) -> None:
    folder = tmp_path_factory.mktemp("case")
    record(folder, "sma.example.com", "service_status", value, by=by)
    (seen,) = pvo.load(folder).observations
    assert (seen.what, seen.value, seen.by) == ("service_status", value, by)


def test_the_verb_records_and_diagnose_reads_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["--host", "sma.example.com", "--what", "port", "--value", "7026"]
    assert main(["observe", str(tmp_path), *words]) == 0
    assert capsys.readouterr().out == ""
    assert pvo.load(tmp_path).files[0].kind == "observations"


def test_the_recorded_sentence_of_the_wizard_counts_like_a_pasted_one(tmp_path: Path) -> None:
    sentence = (
        "Unable to proceed with Centralized Policy, Virus and Outbreak Quarantines configuration "
        "as esa1.example.com and esa2.example.com in Cluster have content filters / DLP actions "
        "available at a level different from the cluster level."
    )
    record(tmp_path, "sma.example.com", "error_text", sentence)
    (found,) = pvo.load(tmp_path).error_texts
    assert found.hosts == ("esa1.example.com", "esa2.example.com")


def test_the_kinds_are_those_that_the_reader_knows() -> None:
    assert set(WHAT) == {
        "wizard",
        "pending_changes",
        "error_text",
        "service_status",
        "port",
        "role",
    }
