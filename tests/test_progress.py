"""Bars: only where a person looks on, only for what lasts, and every byte is told."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest

import pvo_kit as pvo
from pvo_kit import progress


class Terminal(io.StringIO):
    """A standard error that says that it is a terminal."""

    def isatty(self) -> bool:
        return True


def test_nothing_is_written_where_nobody_looks_on(capsys: pytest.CaptureFixture[str]) -> None:
    pvo.load(pvo.example("technote"))
    assert capsys.readouterr() == ("", "")


def test_a_terminal_sees_a_bar_of_what_lasts(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setattr(progress, "DELAY", 0.0)
    with progress.progress(1000, "reading") as told:
        told(500)
        told(500)
    assert "reading" in terminal.getvalue()


def test_what_ends_soon_shows_no_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    pvo.load(pvo.example("technote"))
    assert "reading" not in terminal.getvalue()


def test_every_byte_that_is_read_is_told() -> None:
    case = pvo.example("tls-no-certificate")
    counts: list[int] = []
    pvo.load(case, told=counts.append)
    assert sum(counts) == progress.size_on_disk([case])


def test_the_size_of_what_is_not_there_is_not_known(tmp_path: Path) -> None:
    assert progress.size_on_disk([tmp_path / "nowhere", "a\x00b", "-"]) is None
    (tmp_path / "a").write_bytes(b"123")
    assert progress.size_on_disk([tmp_path, tmp_path / "a"]) == 6
