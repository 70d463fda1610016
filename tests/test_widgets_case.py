"""An open case: what it reads, keeps and forgets, and where it writes."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import pvo_kit as pvo
from pvo_kit import widgets
from pvo_kit.errors import InputError
from pvo_kit.widgets import OpenCase, keeping
from pvo_kit.widgets.keeping import Upload
from pvo_kit.widgets.opened import changes

SESSION = (
    "sma.example.com> status\n\nStatus as of:    Mon Jul 21 11:57:38 2014 GMT\n"
    "System status:   Offline\n"
)


def _folder(tmp_path: Path) -> Path:
    folder = tmp_path / "ticket"
    folder.mkdir()
    (folder / "session.txt").write_text(SESSION, encoding="utf-8")
    return folder


def test_the_same_parameter_gives_the_same_case_and_its_choices(tmp_path: Path) -> None:
    folder = _folder(tmp_path)
    first = widgets.case(folder, keep=tmp_path)
    first.choices["log-filter"] = "mine"
    second = widgets.case(str(folder) + os.sep, keep=tmp_path)
    assert second is first
    assert second.choices == {"log-filter": "mine"}
    assert widgets.case(pvo.example("technote"), keep=tmp_path) is not first


def test_a_case_that_was_picked_stays_when_the_cell_runs_again(tmp_path: Path) -> None:
    folder = _folder(tmp_path)
    case = widgets.case(folder, keep=tmp_path)
    case.open("technote")
    assert widgets.case(folder, keep=tmp_path).source == pvo.example("technote")


def test_files_that_changed_are_read_again(tmp_path: Path) -> None:
    folder = _folder(tmp_path)
    case = widgets.case(folder, keep=tmp_path)
    evidence = case.evidence
    assert widgets.case(folder, keep=tmp_path).evidence is evidence
    (folder / "more.txt").write_text("sma.example.com> whoami\n", encoding="utf-8")
    assert len(widgets.case(folder, keep=tmp_path).evidence.files) == 2


def test_a_bundled_case_is_opened_by_its_name(tmp_path: Path) -> None:
    case = OpenCase("technote", keep=tmp_path)
    assert case.source == pvo.example("technote")
    assert case.name == "technote"
    assert case.diagnosis.to_json() == pvo.diagnose(pvo.load(case.source)).to_json()


def test_without_a_path_all_is_unknown_and_something_is_asked_for(tmp_path: Path) -> None:
    case = OpenCase(keep=tmp_path)
    assert case.source is None
    assert {found.status for found in case.diagnosis.findings} <= {"unknown", "manual"}
    assert case.diagnosis.needs


def test_a_path_that_is_not_there_is_refused_when_it_is_given_in_code(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file or folder"):
        widgets.case(tmp_path / "nowhere")


def test_another_case_forgets_what_was_chosen_and_ticked(tmp_path: Path) -> None:
    case = OpenCase("technote", keep=tmp_path)
    case.choices["x"] = 1
    case.tick("a step", True)
    case.open(str(_folder(tmp_path)))
    assert not case.choices
    assert not case.ticked


def test_evidence_that_is_added_keeps_what_was_chosen_and_ticked(tmp_path: Path) -> None:
    case = OpenCase(_folder(tmp_path), keep=tmp_path)
    case.choices["x"] = 1
    case.tick("a step", True)
    case.take_in([keeping.paste("sma.example.com> whoami\n")], add=True)
    assert case.choices == {"x": 1}
    assert case.ticked == {"a step"}
    case.tick("a step", False)
    assert not case.ticked


def test_a_folder_of_ones_own_is_written_to(tmp_path: Path) -> None:
    folder = _folder(tmp_path)
    case = OpenCase(folder, keep=tmp_path / "cases")
    path = case.observe("sma.example.com", "wizard", "finished")
    assert path == folder.resolve() / "observations.toml"
    assert case.source == folder.resolve()
    assert len(case.evidence.observations) == 1
    assert not (tmp_path / "cases").exists()


def test_a_bundled_case_is_copied_before_anything_is_written(tmp_path: Path) -> None:
    before = sorted(path.name for path in pvo.example("technote").iterdir())
    case = OpenCase("technote", keep=tmp_path / "cases")
    path = case.observe("sma.example.com", "wizard", "finished")
    assert path.parent.parent == tmp_path / "cases"
    assert path.parent.name.startswith("technote-")
    assert sorted(path.name for path in pvo.example("technote").iterdir()) == before
    assert case.diagnosis.finding(4).status == "fail"


def test_an_archive_is_copied_before_anything_is_written(tmp_path: Path) -> None:
    archive = tmp_path / "ticket.zip"
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("session.txt", SESSION)
    whole = archive.read_bytes()
    case = OpenCase(archive, keep=tmp_path / "cases")
    case.observe("sma.example.com", "wizard", "finished")
    assert archive.read_bytes() == whole
    assert [entry.file for entry in case.evidence.files] == [
        "observations.toml",
        "ticket.zip/session.txt",
    ]
    assert case.diagnosis.finding(1).status == "fail"


def test_what_was_recorded_is_there_when_the_case_is_opened_another_day(tmp_path: Path) -> None:
    OpenCase("technote", keep=tmp_path).observe("sma.example.com", "wizard", "finished")
    again = OpenCase("technote", keep=tmp_path)
    again.observe("sma.example.com", "pending_changes", "no")
    assert [seen.what for seen in again.evidence.observations] == ["wizard", "pending_changes"]


def test_a_damaged_record_is_told_and_left_as_it_is(tmp_path: Path) -> None:
    folder = _folder(tmp_path)
    (folder / "observations.toml").write_text("[[observation", encoding="utf-8")
    case = OpenCase(folder, keep=tmp_path)
    with pytest.raises(InputError, match="cannot be added to"):
        case.observe("sma.example.com", "wizard", "finished")
    assert (folder / "observations.toml").read_text(encoding="utf-8") == "[[observation"


def test_a_folder_that_cannot_be_written_is_told_with_the_way_out(tmp_path: Path) -> None:
    blocked = tmp_path / "cases"
    blocked.write_text("a file where the folder should be", encoding="utf-8")
    case = OpenCase("technote", keep=blocked)
    with pytest.raises(InputError, match="start the notebook in a folder of your own"):
        case.take_in([keeping.paste(SESSION)], add=False)
    with pytest.raises(InputError, match="start the notebook in a folder of your own"):
        case.observe("sma.example.com", "wizard", "finished")
    assert case.source == pvo.example("technote")


def test_the_same_paste_twice_is_one_case_with_one_file(tmp_path: Path) -> None:
    case = OpenCase(keep=tmp_path / "cases")
    case.take_in([keeping.paste(SESSION)], add=False)
    first = case.source
    case.take_in([keeping.paste(SESSION)], add=False)
    case.take_in([keeping.paste(SESSION)], add=True)
    assert case.source == first
    assert [entry.file for entry in case.evidence.files] == ["pasted.txt"]


def test_another_paste_takes_another_name(tmp_path: Path) -> None:
    case = OpenCase(keep=tmp_path / "cases")
    case.take_in([keeping.paste(SESSION)], add=True)
    case.take_in([keeping.paste("sma.example.com> whoami\n")], add=True)
    assert [entry.file for entry in case.evidence.files] == ["pasted-2.txt", "pasted.txt"]


def test_a_folder_in_which_nothing_can_be_used_leaves_the_case_open(tmp_path: Path) -> None:
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "a.txt").write_text("Dear all, it is grey.", encoding="utf-8")
    case = OpenCase("technote", keep=tmp_path)
    with pytest.raises(InputError, match=r"a\.txt: holds no prompt") as caught:
        case.open(tmp_path / "letters")
    assert "What is needed" in str(caught.value)
    assert case.source == pvo.example("technote")


def test_a_path_in_quotation_marks_is_opened(tmp_path: Path) -> None:
    case = OpenCase(keep=tmp_path)
    case.open(f' "{_folder(tmp_path)}" ')
    assert case.diagnosis.finding(1).status == "fail"


def test_a_source_that_is_gone_keeps_what_was_read(tmp_path: Path) -> None:
    folder = _folder(tmp_path)
    case = widgets.case(folder, keep=tmp_path)
    shutil.rmtree(folder)
    assert widgets.case(folder, keep=tmp_path) is case
    assert case.diagnosis.finding(1).status == "fail"


def test_followers_are_told_of_each_change(tmp_path: Path) -> None:
    case = OpenCase("technote", keep=tmp_path)
    told: list[str] = []
    case.follow(lambda: told.append(case.name))
    case.open(str(_folder(tmp_path)))
    case.tick("a step", True)
    assert told == ["ticket", "ticket"]


def test_changes_are_told_by_scenario_and_status() -> None:
    before = pvo.diagnose(pvo.load(pvo.example("tls-no-certificate")))
    after = pvo.diagnose(pvo.load(pvo.example("technote")))
    told = changes(before, after)
    assert "Scenario 3: pass before, now FAIL." in told
    assert not [line for line in told if line.startswith(("Scenario 2", "Scenario 4"))]
    assert changes(before, before) == []


def test_progress_is_told_every_byte(tmp_path: Path) -> None:
    folder = _folder(tmp_path)
    counts: list[int] = []
    OpenCase(keep=tmp_path).open(folder, counts.append)
    assert sum(counts) == (folder / "session.txt").stat().st_size


@pytest.mark.parametrize(
    ("given_name", "kept"),
    [
        ("session.txt", "session.txt"),
        ("../../etc/passwd", "passwd"),
        ("C:\\temp\\mail.log", "mail.log"),
        ("<img src=x>.txt", "_img src_x_.txt"),
        ("", "_"),
        ("..", "_"),
        (".bashrc", "bashrc"),
        ("con.txt", "_con.txt"),
        ("a\x00b\n.txt", "a_b_.txt"),
        ("\u30e1\u30fc\u30eb.txt", "\u30e1\u30fc\u30eb.txt"),
    ],
    ids=["plain", "up", "windows", "markup", "empty", "dots", "hidden", "device", "nul", "kana"],
)
def test_a_strangers_file_name_becomes_one_of_our_own(given_name: str, kept: str) -> None:
    assert keeping.safe_name(given_name) == kept


@given(st.text(max_size=300))
def test_no_file_name_leaves_the_folder(name: str) -> None:
    kept = keeping.safe_name(name)
    assert kept == Path(kept).name
    assert kept not in (".", "..", "")
    assert len(kept) <= 121
    assert not kept.startswith(".")


def test_files_of_one_name_are_both_kept(tmp_path: Path) -> None:
    keeping.keep([Upload("a.txt", b"1"), Upload("b/a.txt", b"2"), Upload("a.txt", b"1")], tmp_path)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {
        "a.txt": b"1",
        "a-2.txt": b"2",
    }


def test_a_notebook_shows_a_wrong_path_without_a_traceback(tmp_path: Path) -> None:
    code = "import pvo_kit as pvo; pvo.widgets.case('nowhere\\x1b')"
    done = subprocess.run(  # noqa: S603 - this Python, on a text of our own
        [sys.executable, "-m", "IPython", "--no-banner", "-c", code],
        capture_output=True,
        text=True,
        env={**os.environ, "IPYTHONDIR": str(tmp_path), "PYTHONUTF8": "1"},
        check=False,
    )
    assert done.returncode == 1
    told = (done.stdout + done.stderr).strip()
    assert told.startswith("InputError: nowhere\\x1b: no such file or folder")
    assert "Traceback" not in told
