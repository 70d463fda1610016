"""Logs that are kept: read back as they were, and what is stale or damaged is told."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_logs import files

import pvo_kit as pvo
from pvo_kit.errors import InputError
from pvo_kit.mail_logs import keep

LINE = "Mon Apr  7 15:48:4{} 2014 Info: New SMTP DCID {} interface 192.0.2.1 address 192.0.2.{}"


def write(path: Path, dcid: int, count: int = 5) -> None:
    lines = [LINE.format(n, dcid + n, n) + " port 7025\n" for n in range(count)]
    path.write_text("".join(lines), encoding="utf-8")


@pytest.fixture
def logs(tmp_path: Path) -> Path:
    folder = tmp_path / "logs"
    folder.mkdir()
    write(folder / "mail.a", 10)
    write(folder / "mail.b", 20)
    return folder


def same(left: pd.DataFrame, right: pd.DataFrame) -> None:
    pd.testing.assert_frame_equal(left, right, check_categorical=False)
    assert [str(dtype) for dtype in left.dtypes] == [str(dtype) for dtype in right.dtypes]


@settings(max_examples=40)
@given(files(), st.sampled_from(["delivery", "all"]))
def test_what_is_kept_reads_back_as_it_was(data: bytes, kinds: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        log, kept = Path(folder, "mail.log"), Path(folder, "kept")
        log.write_bytes(data or b"x")
        pvo.to_parquet(log, kept, kinds)
        back, told = pvo.read_mail_logs(kept, kinds), pvo.read_mail_logs(log, kinds)
    same(back, told)
    assert back.attrs == told.attrs


def test_connections_of_kept_logs_are_those_of_the_logs(logs: Path, tmp_path: Path) -> None:
    pvo.to_parquet(logs, tmp_path / "kept")
    back = pvo.connections(pvo.read_mail_logs(tmp_path / "kept"))
    same(back, pvo.connections(pvo.read_mail_logs(logs)))
    assert len(back) == 10


def test_filters_and_kinds_hold_for_kept_logs(logs: Path, tmp_path: Path) -> None:
    pvo.to_parquet(logs, tmp_path / "kept")
    assert len(pvo.read_mail_logs(tmp_path / "kept", address="192.0.2.3")) == 2
    assert len(pvo.read_mail_logs(tmp_path / "kept", "dcid-close")) == 0


def test_a_kind_that_was_not_kept_is_refused(logs: Path, tmp_path: Path) -> None:
    pvo.to_parquet(logs, tmp_path / "kept")
    with pytest.raises(InputError, match="was kept without subject; keep it again"):
        pvo.read_mail_logs(tmp_path / "kept", "subject")


def test_a_log_that_changed_since_makes_its_parts_stale(
    logs: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    pvo.to_parquet(logs, tmp_path / "kept")
    write(logs / "mail.b", 30)
    frame = pvo.read_mail_logs(tmp_path / "kept")
    assert len(frame) == 10
    (stale,) = frame.attrs["coverage"]["stale"]
    assert stale["reason"] == "its log changed"
    assert stale["part"] in caplog.text


def test_another_parser_makes_all_parts_stale(
    logs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pvo.to_parquet(logs, tmp_path / "kept")
    monkeypatch.setattr(keep, "parser", lambda: "another")
    stale = pvo.read_mail_logs(tmp_path / "kept").attrs["coverage"]["stale"]
    assert len(stale) == 2


@pytest.mark.parametrize("harm", ["cut", "changed", "gone"])
def test_a_damaged_part_is_left_out_and_named(logs: Path, tmp_path: Path, harm: str) -> None:
    pvo.to_parquet(logs, tmp_path / "kept")
    part = tmp_path / "kept" / "part-00001.parquet"
    data = part.read_bytes()
    part.unlink()
    if harm == "cut":
        part.write_bytes(data[: len(data) // 2])
    elif harm == "changed":
        part.write_bytes(data[:-20] + bytes([data[-20] ^ 1]) + data[-19:])
    frame = pvo.read_mail_logs(tmp_path / "kept")
    assert set(frame["source"]) == {"mail.a"}
    (unread,) = frame.attrs["coverage"]["unread"]
    assert unread["source"] == part.name
    assert "5 rows of mail.b are missing" in unread["reason"]


@pytest.mark.parametrize("text", ["", "[]", '{"schema": 99, "parts": [], "sources": {}}'], ids=len)
def test_a_broken_manifest_is_refused_by_name(logs: Path, tmp_path: Path, text: str) -> None:
    pvo.to_parquet(logs, tmp_path / "kept")
    (tmp_path / "kept" / keep.MANIFEST).write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=r"manifest\.json cannot be used"):
        pvo.read_mail_logs(tmp_path / "kept")


def test_a_folder_with_other_things_in_it_is_left_alone(logs: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is not empty"):
        pvo.to_parquet(logs, logs)
    assert sorted(path.name for path in logs.iterdir()) == ["mail.a", "mail.b"]


def test_the_manifest_tells_what_each_part_was_made_from(logs: Path, tmp_path: Path) -> None:
    pvo.to_parquet(logs, tmp_path / "kept")
    manifest = json.loads((tmp_path / "kept" / keep.MANIFEST).read_text(encoding="utf-8"))
    assert [part["source"] for part in manifest["parts"]] == ["mail.a", "mail.b"]
    assert manifest["sources"]["mail.a"]["size"] == (logs / "mail.a").stat().st_size
    assert manifest["parser"] == keep.parser()
