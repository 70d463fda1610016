"""One case of a batch: its files, what a later run does again, and what breaks."""

from __future__ import annotations

import errno
import json
import pickle
import shutil
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

import pvo_kit as pvo
from pvo_kit import cli
from pvo_kit.batching import drafts, record, result, task
from pvo_kit.batching.archive import Escalation, escalations
from pvo_kit.batching.notebooks import Notebook
from pvo_kit.batching.task import Work, run_case


@pytest.fixture
def work(tmp_path):
    """A case that is a copy of a bundled one."""
    shutil.copytree(pvo.example("technote"), tmp_path / "archive" / "acme")
    (escalation,) = escalations([tmp_path / "archive"])
    return Work(escalation, str(tmp_path / "cases" / "acme"))


def files(work):
    folder = Path(work.folder)
    return {path.name: path.read_bytes() for path in folder.iterdir()} if folder.exists() else {}


@pytest.fixture
def executed(monkeypatch):
    """Notebooks that are executed without a kernel, and how often."""
    calls = []

    def execute(notebook, path, told):
        calls.append((notebook.name, path))
        return f"executed {notebook.text}".encode(), ""

    monkeypatch.setattr(task.notebooks, "execute", execute)
    return calls


NOTEBOOK = Notebook("n.ipynb", "{}", "1", {})


# Files


@pytest.mark.parametrize("name", pvo.examples())
def test_findings_are_the_bytes_of_diagnose(tmp_path, name, capsysbinary):
    path = pvo.example(name)
    run_case(Work(Escalation(name, name, str(path)), str(tmp_path / name)))
    cli.main(["diagnose", str(path), "--format", "json", "--out", str(tmp_path / "json")])
    cli.main(["diagnose", str(path), "--format", "html", "--out", str(tmp_path / "html")])
    assert (tmp_path / name / "findings.json").read_bytes() == (tmp_path / "json").read_bytes()
    assert (tmp_path / name / "report.html").read_bytes() == (tmp_path / "html").read_bytes()


def test_a_case_leaves_its_two_files_and_a_record(work):
    outcome = run_case(work)
    assert set(files(work)) == {"findings.json", "report.html", "done.json"}
    assert not outcome.was_done
    assert outcome.seconds > 0


def test_a_case_draws_no_bar_beside_that_of_the_run(work, monkeypatch, capsys):
    monkeypatch.setattr("pvo_kit.progress.DELAY", 0.0)
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    pvo.load(work.escalation.path)
    assert "reading" in capsys.readouterr().err
    run_case(work)
    assert capsys.readouterr().err == ""


def test_a_work_and_its_outcome_go_to_another_process(work):
    assert pickle.loads(pickle.dumps(work)) == work  # noqa: S301 - our own
    outcome = run_case(work)
    assert pickle.loads(pickle.dumps(outcome)) == outcome  # noqa: S301


def test_no_file_names_where_the_run_was(work, tmp_path):
    run_case(work)
    assert not [name for name, data in files(work).items() if str(tmp_path).encode() in data]


def test_the_result_tells_day_headline_and_appliances(work):
    found = run_case(work).result
    diagnosis = pvo.diagnose(pvo.load(pvo.example("technote")))
    assert found.day == "2014-07-21"
    assert found.headline == "2 causes are shown: fix scenario 3 first, then 4."
    assert found.evidence_hash == diagnosis.evidence_hash
    assert found.appliances == tuple((box.name, box.role) for box in diagnosis.appliances)
    assert [each.status for each in found.verdicts] == [f.status for f in diagnosis.findings]
    assert [each.masked_by for each in found.verdicts] == [f.masked_by for f in diagnosis.findings]


def test_the_day_is_that_of_the_newest_clock_and_empty_without_one():
    assert result.day(pvo.load(pvo.example("resolved"))) == "2014-06-12"
    assert result.day(pvo.load(pvo.example("tls-no-certificate"))) == "2016-09-06"


def test_without_a_clock_there_is_no_day(tmp_path):
    (tmp_path / "a.txt").write_text("sma.example.com> version\n")
    assert result.day(pvo.load(tmp_path)) == ""


def test_what_is_asked_for_names_no_appliance(work):
    shutil.copytree(pvo.example("cluster-levels"), Path(work.escalation.path), dirs_exist_ok=True)
    asked = [each for found in run_case(work).result.verdicts for each in found.asked]
    assert asked
    assert not [each for each in asked if "example.com" in each.what]


# Again


def test_what_is_done_is_not_done_again(work, monkeypatch):
    first = run_case(work)
    before = {path: path.stat().st_mtime_ns for path in Path(work.folder).iterdir()}
    monkeypatch.setattr(task, "_done", None)
    again = run_case(work)
    assert again.was_done
    assert again.result == first.result
    assert before == {path: path.stat().st_mtime_ns for path in Path(work.folder).iterdir()}


def again(work):
    """Return True where a second run does a case again and ends with the same kind of files."""
    before = set(files(work))
    outcome = run_case(work)
    assert set(files(work)) == before
    return not outcome.was_done


def test_changed_evidence_is_done_again(work):
    run_case(work)
    (Path(work.escalation.path) / "more.txt").write_text("sma.example.com> version\n")
    assert again(work)
    assert b"more.txt" in files(work)["findings.json"]


def test_another_version_of_the_kit_does_it_again(work, monkeypatch):
    run_case(work)
    monkeypatch.setattr(task, "__version__", "9.9.9")
    assert again(replace(work, pvo_kit="9.9.9"))


@pytest.mark.parametrize(
    "other",
    [
        replace(NOTEBOOK, hash="2"),
        replace(NOTEBOOK, parameters={"a": 1}),
    ],
    ids=["notebook", "parameters"],
)
def test_another_notebook_or_parameter_does_it_again(work, executed, other):
    run_case(replace(work, notebook=NOTEBOOK))
    assert not again(replace(work, notebook=NOTEBOOK))
    assert again(replace(work, notebook=other))
    assert len(executed) == 2


@pytest.mark.parametrize("name", ["findings.json", "report.html", "done.json"])
@pytest.mark.parametrize("harm", ["cut", "lost"])
def test_a_file_that_was_harmed_is_made_again(work, name, harm):
    run_case(work)
    whole = files(work)
    path = Path(work.folder, name)
    path.unlink() if harm == "lost" else path.write_bytes(whole[name][:100])
    assert not run_case(work).was_done
    assert files(work) == whole


@pytest.mark.parametrize("text", ["[]", "{}", "null", '{"key": 1, "files": [], "result": {}}'])
def test_a_record_that_is_none_is_replaced(work, text):
    run_case(work)
    whole = files(work)
    Path(work.folder, record.FILE).write_text(text)
    assert not run_case(work).was_done
    assert files(work) == whole


def test_the_same_case_under_another_name_says_so(work):
    run_case(work)
    other = replace(work, escalation=replace(work.escalation, source="b/acme"))
    outcome = run_case(other)
    assert outcome.was_done
    assert outcome.result.source == "b/acme"


def test_two_at_once_leave_the_same_files(work):
    run_case(work)
    whole = files(work)
    shutil.rmtree(work.folder)
    with ThreadPoolExecutor(4) as pool:
        outcomes = list(pool.map(run_case, [work] * 4))
    assert {outcome.result for outcome in outcomes} == {outcomes[0].result}
    assert files(work) == whole


# Notebooks


def test_a_notebook_stands_beside_and_knows_the_case(work, executed):
    outcome = run_case(replace(work, notebook=NOTEBOOK))
    assert executed == [("n.ipynb", work.escalation.path)]
    assert files(work)["n.ipynb"] == b"executed {}"
    assert outcome.result.notebook == "n.ipynb"


def test_a_run_without_the_notebook_removes_it(work, executed):
    run_case(replace(work, notebook=NOTEBOOK))
    run_case(work)
    assert set(files(work)) == {"findings.json", "report.html", "done.json"}


def test_a_notebook_that_breaks_keeps_the_diagnosis_and_is_tried_again(work, monkeypatch):
    told = "n.ipynb: ZeroDivisionError: division by zero"
    monkeypatch.setattr(task.notebooks, "execute", lambda *_: (b"broken", told))
    outcome = run_case(replace(work, notebook=NOTEBOOK))
    assert outcome.result.error == told
    assert outcome.result.state == "fail"
    assert {"findings.json", "report.html", "n.ipynb"} < set(files(work))
    assert not run_case(replace(work, notebook=NOTEBOOK)).was_done


def test_a_kernel_that_does_not_start_keeps_the_diagnosis_and_tells_why(work, monkeypatch):
    def execute(*_):
        raise RuntimeError("no such kernel")

    monkeypatch.setattr(task.notebooks, "execute", execute)
    outcome = run_case(replace(work, notebook=NOTEBOOK))
    assert outcome.result.error == "n.ipynb: RuntimeError: no such kernel"
    assert outcome.result.verdicts
    assert "Traceback" in outcome.trace


# What breaks


def test_evidence_that_cannot_be_read_is_a_result_with_its_error(work):
    shutil.rmtree(work.escalation.path)
    Path(work.escalation.path).mkdir()
    outcome = run_case(work)
    assert outcome.result.state == "broken"
    assert outcome.result.error.startswith("acme holds no file; give the folder")
    assert "\n" not in outcome.result.error
    assert outcome.trace == ""
    assert files(work) == {}


def test_a_case_that_cannot_be_read_any_more_keeps_no_old_findings(work):
    run_case(work)
    Path(work.folder, "mine.txt").write_text("a person's own")
    shutil.rmtree(work.escalation.path)
    Path(work.escalation.path).mkdir()
    run_case(work)
    assert set(files(work)) == {"mine.txt"}


def test_a_link_is_a_result_with_its_error(work):
    outcome = run_case(replace(work, escalation=replace(work.escalation, is_link=True)))
    assert "is a link; give the file that it points to" in outcome.result.error


def test_what_nobody_foresaw_is_a_result_with_its_error_and_a_traceback(work, monkeypatch):
    def breaks(*_, **__):
        raise ValueError("of a kind\nthat nobody foresaw")

    monkeypatch.setattr("pvo_kit.hints.diagnose", breaks)
    outcome = run_case(work)
    assert outcome.result.error == "ValueError: of a kind that nobody foresaw"
    assert "Traceback" in outcome.trace
    assert outcome.result.evidence_hash == pvo.load(work.escalation.path).hash


def test_a_worker_of_another_version_says_so_and_writes_nothing(work):
    outcome = run_case(replace(work, pvo_kit="0.0.1"))
    assert "install the same version on every worker" in outcome.result.error
    assert files(work) == {}


def test_a_full_disk_ends_it_and_harms_nothing(work, monkeypatch):
    run_case(work)
    whole = files(work)
    (Path(work.escalation.path) / "more.txt").write_text("sma.example.com> version\n")

    def full(path, data):
        path.open("wb").close()
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(drafts.DiskFull):
        run_case(work)
    monkeypatch.undo()
    left = files(work)
    assert left == {name: whole[name] for name in left}
    assert not drafts.left_over(Path(work.folder))


def test_another_fault_of_the_disk_is_a_result_with_its_error(work, monkeypatch):
    def fails(path, data):
        raise OSError(errno.EIO, "Input/output error", str(path))

    monkeypatch.setattr(Path, "write_bytes", fails)
    outcome = run_case(work)
    assert outcome.result.error == "OSError: Input/output error"


# The record


def test_a_result_comes_back_from_its_record_as_it_was(work):
    found = run_case(work).result
    table = json.loads(json.dumps(found.to_dict()))
    assert result.from_dict(table) == found


@pytest.mark.parametrize("name", ["../x", "a/b", "\\..\\x"])
def test_a_record_removes_no_file_elsewhere(work, name, tmp_path):
    run_case(work)
    Path(work.folder, "sub").mkdir()
    outside = tmp_path / "cases" / "x"
    outside.write_text("")
    Path(work.folder, record.FILE).write_text(json.dumps({"files": {name: "0"}}))
    run_case(work)
    assert outside.exists()
