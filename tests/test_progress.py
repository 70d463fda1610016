"""Bars: only where a person looks on, only for what lasts, and every byte is told."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import ipywidgets
import pytest
from IPython.display import DisplayHandle

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


def test_a_bar_in_a_notebook_comes_late_and_knows_what_was_read_before(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shown: list[ipywidgets.Widget] = []
    with progress.late_bar(1000, "reading", shown.append) as told:
        told(200)
        assert not shown
        monkeypatch.setattr(progress, "DELAY", 0.0)
        told(300)
        (box,) = shown
        assert "50%" in box.children[0].value
        told(250)
    assert box.children[1].value == 750


def test_nothing_of_a_bar_is_left_below_a_cell(monkeypatch: pytest.MonkeyPatch) -> None:
    told_of: list[object] = []
    monkeypatch.setattr(DisplayHandle, "display", lambda self, bar: told_of.append(bar))
    monkeypatch.setattr(DisplayHandle, "update", lambda self, bar: told_of.append(bar.data))
    monkeypatch.setattr(progress, "_in_notebook", lambda: True)
    monkeypatch.setattr(progress, "DELAY", -1.0)
    pvo.load(pvo.example("technote"))
    assert isinstance(told_of[0], ipywidgets.Widget)
    assert told_of[1:] == [""]


def test_a_quick_read_leaves_a_notebook_untouched(monkeypatch: pytest.MonkeyPatch) -> None:
    def unexpected(*_: object) -> None:
        raise AssertionError("nothing is displayed")

    monkeypatch.setattr(DisplayHandle, "display", unexpected)
    monkeypatch.setattr(DisplayHandle, "update", unexpected)
    monkeypatch.setattr(progress, "_in_notebook", lambda: True)
    assert pvo.load(pvo.example("technote")).files
