"""Batches from archives to a table: the run as a whole, with any executor."""

from __future__ import annotations

import csv
import errno
import os
import shutil
import subprocess
import sys
import threading
from collections import namedtuple
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from pathlib import Path

import made_escalations
import pytest
from filelock import FileLock

import pvo_kit as pvo
from pvo_kit import cli
from pvo_kit.batching import drafts, folder, outcomes, run
from pvo_kit.batching.archive import escalations
from pvo_kit.batching.folder import LOCK
from pvo_kit.batching.outcomes import outcomes as results
from pvo_kit.batching.task import Work, run_case
from pvo_kit.batching.workers import Crew, local
from pvo_kit.commands import batch as verb


class Here(Executor):
    """Does the work at once, in this thread: only what every executor has is used."""

    def __init__(self):
        self.done = []

    def submit(self, function, /, *args):
        future = Future()
        self.done.append(args[0].escalation.name)
        try:
            future.set_result(function(*args))
        except BaseException as error:
            future.set_exception(error)
        return future

    def shutdown(self, wait=True):
        raise AssertionError("an executor that was given is not ours to end")


@pytest.fixture
def archive(tmp_path):
    """Three cases: one fails, one is not decided, one is well."""
    for name in ("technote", "too-little", "healthy"):
        shutil.copytree(pvo.example(name), tmp_path / "archive" / name)
    return tmp_path / "archive"


def tree(runs):
    """The results of a run by name: all but the log and the lock."""
    return {
        path.relative_to(runs).as_posix(): path.read_bytes()
        for path in sorted(runs.rglob("*"))
        if path.is_file() and path.name not in (folder.LOG, LOCK)
    }


def rows(runs):
    with (runs / "fleet.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


# What a run leaves


def test_a_run_leaves_each_case_the_table_the_page_and_a_log(archive, tmp_path):
    fleet = pvo.batch(archive, tmp_path / "runs", Here())
    assert [case.case for case in fleet.cases] == ["healthy", "technote", "too-little"]
    assert fleet.exit_code == 1
    found = set(tree(tmp_path / "runs"))
    cases = {f"cases/{case.case}/" for case in fleet.cases}
    assert found == {
        "fleet.csv",
        "index.html",
        folder.MARK,
        *(
            f"{case}{name}"
            for case in cases
            for name in ("findings.json", "report.html", "done.json")
        ),
    }
    assert len(rows(tmp_path / "runs")) == 18
    for row in rows(tmp_path / "runs"):
        assert (tmp_path / "runs" / row["report"]).is_file()


def test_one_archive_and_a_list_of_one_are_the_same(archive, tmp_path):
    pvo.batch(str(archive), tmp_path / "a", Here())
    pvo.batch([archive], tmp_path / "b", Here())
    assert tree(tmp_path / "a") == tree(tmp_path / "b")


def test_any_executor_leaves_the_same_bytes(archive, tmp_path):
    pvo.batch(archive, tmp_path / "a", Here())
    with ThreadPoolExecutor(3) as threads:
        pvo.batch(archive, tmp_path / "b", threads)
    pvo.batch(archive, tmp_path / "c", workers=1)
    assert tree(tmp_path / "a") == tree(tmp_path / "b") == tree(tmp_path / "c")


def test_the_order_in_which_cases_end_changes_nothing(archive, tmp_path):
    last = threading.Event()

    class Backwards(Here):
        """The first case ends when the last one has."""

        def submit(self, function, /, work):
            if work.escalation.name != "healthy":
                future = super().submit(function, work)
                if work.escalation.name == "too-little":
                    last.set()
                return future
            future = Future()

            def later():
                last.wait()
                future.set_result(function(work))

            threading.Thread(target=later).start()
            return future

    pvo.batch(archive, tmp_path / "a", Here())
    pvo.batch(archive, tmp_path / "b", Backwards())
    assert tree(tmp_path / "a") == tree(tmp_path / "b")


def test_a_second_run_does_nothing_and_leaves_the_same(archive, tmp_path):
    runs = tmp_path / "runs"
    pvo.batch(archive, runs, Here())
    first = tree(runs)
    stamps = {path: path.stat().st_mtime_ns for path in (runs / "cases").rglob("*")}
    pvo.batch(archive, runs, Here())
    assert tree(runs) == first
    assert {path: path.stat().st_mtime_ns for path in (runs / "cases").rglob("*")} == stamps
    assert "3 cases had been done before" in (runs / folder.LOG).read_text()


def test_a_new_case_is_the_only_one_done(archive, tmp_path):
    runs = tmp_path / "runs"
    pvo.batch(archive, runs, Here())
    shutil.copytree(pvo.example("sma-offline"), archive / "acme")
    pvo.batch(archive, runs, Here())
    pvo.batch(archive, tmp_path / "fresh", Here())
    assert tree(runs) == tree(tmp_path / "fresh")
    assert "3 cases had been done before" in (runs / folder.LOG).read_text()


def test_a_case_that_left_the_archive_leaves_the_table_and_is_told(archive, tmp_path):
    runs = tmp_path / "runs"
    pvo.batch(archive, runs, Here())
    shutil.rmtree(archive / "technote")
    pvo.batch(archive, runs, Here())
    assert {row["case"] for row in rows(runs)} == {"healthy", "too-little"}
    assert "technote" not in (runs / "index.html").read_text(encoding="utf-8")
    assert "1 folder of other runs not listed: technote" in (runs / folder.LOG).read_text()


def test_junk_beside_good_cases_is_a_row_each(archive, tmp_path):
    (archive / "empty").mkdir()
    (archive / "junk.bin").write_bytes(bytes(range(256)) * 20)
    (archive / "cut.zip").write_bytes(b"PK\x03\x04" + bytes(40))
    fleet = pvo.batch(archive, tmp_path / "runs", Here())
    broken = {row["case"]: row["error"] for row in rows(tmp_path / "runs") if row["error"]}
    assert set(broken) == {"empty", "junk.bin", "cut.zip"}
    assert broken["empty"] == "empty holds no file; give the folder or archive with the captures"
    assert fleet.states == {"fail": 1, "open": 1, "well": 1, "broken": 3}


def test_an_archive_of_junk_alone_ends_with_2_and_a_list(tmp_path):
    for number in range(200):
        (tmp_path / "junk" / f"{number:03}").mkdir(parents=True)
    fleet = pvo.batch(tmp_path / "junk", tmp_path / "runs", Here())
    assert fleet.exit_code == 2
    assert len(rows(tmp_path / "runs")) == 200


def test_a_file_may_be_an_archive_among_folders(archive, tmp_path):
    made = shutil.make_archive(str(tmp_path / "case"), "zip", pvo.example("resolved"))
    fleet = pvo.batch([archive, made], tmp_path / "runs", Here())
    assert [case.case for case in fleet.cases] == ["healthy", "technote", "too-little", "case.zip"]


# The log


def test_the_log_can_be_read_and_grows(archive, tmp_path):
    (archive / "empty\nx").mkdir()
    runs = tmp_path / "runs"
    pvo.batch(archive, runs, Here())
    lines = (runs / folder.LOG).read_text().splitlines()
    assert lines[0].endswith(f"pvo-kit {pvo.__version__} begins: 4 cases")
    assert any("1/4  empty-x-e3b0c442 (empty\\nx): empty x holds" in line for line in lines)
    assert any("technote: 2 causes are shown: fix scenario 3 first" in line for line in lines)
    assert "ends: 4 cases, 1 a cause is shown, 1 not decided yet" in lines[-1]
    pvo.batch(archive, runs, Here())
    assert len((runs / folder.LOG).read_text().splitlines()) > len(lines)


def test_a_traceback_stands_in_the_log_and_nowhere_else(archive, tmp_path, monkeypatch):
    def breaks(*_, **__):
        raise ValueError("nobody foresaw this")

    monkeypatch.setattr("pvo_kit.hints.diagnose", breaks)
    fleet = pvo.batch(archive, tmp_path / "runs", Here())
    assert fleet.states == {"broken": 3}
    assert (tmp_path / "runs" / folder.LOG).read_text().count("    Traceback (most recent") == 3
    assert not [name for name, data in tree(tmp_path / "runs").items() if b"Traceback" in data]


# RUNS: whose it is


def test_a_folder_of_somebody_else_is_refused_and_left(archive, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("years")
    with pytest.raises(
        pvo.InputError, match=r"mine exists and is no folder of pvo-kit batch .*thesis"
    ):
        pvo.batch(archive, tmp_path / "mine", Here())
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["thesis.txt"]


def test_an_empty_folder_may_be_used(archive, tmp_path):
    (tmp_path / "runs").mkdir()
    assert pvo.batch(archive, tmp_path / "runs", Here()).exit_code == 1


def test_a_folder_of_a_run_that_was_killed_at_once_may_be_used(archive, tmp_path):
    (tmp_path / "runs").mkdir()
    (tmp_path / "runs" / LOCK).touch()
    (tmp_path / "runs" / f"{drafts.DRAFT}1").touch()
    pvo.batch(archive, tmp_path / "runs", Here())
    assert not drafts.left_over(tmp_path / "runs")


def test_a_file_in_the_place_of_runs_is_refused(archive, tmp_path):
    (tmp_path / "runs").write_text("")
    with pytest.raises(pvo.InputError, match="runs is a file"):
        pvo.batch(archive, tmp_path / "runs", Here())


@pytest.mark.parametrize("place", ["", "runs", "technote/runs", ".."])
def test_runs_and_an_archive_never_lie_in_each_other(archive, place):
    with pytest.raises(pvo.InputError, match=r"lie in each other; choose an --out"):
        pvo.batch(archive, archive / place, Here())
    assert sorted(path.name for path in archive.iterdir()) == ["healthy", "technote", "too-little"]


def test_a_second_run_at_the_same_time_is_refused(archive, tmp_path):
    runs = tmp_path / "runs"
    pvo.batch(archive, runs, Here())
    before = tree(runs)
    with FileLock(runs / LOCK), pytest.raises(pvo.InputError, match="another run is writing"):
        pvo.batch(archive, runs, Here())
    assert tree(runs) == before


def test_drafts_of_a_killed_run_are_removed(archive, tmp_path):
    runs = tmp_path / "runs"
    pvo.batch(archive, runs, Here())
    whole = tree(runs)
    for place in (runs, runs / "cases" / "technote"):
        (place / f"{drafts.DRAFT}0123").write_bytes(b"half")
    pvo.batch(archive, runs, Here())
    assert tree(runs) == whole


# Room on the disk

Usage = namedtuple("Usage", "total used free")


def test_a_disk_without_room_is_told_before_anything_is_written(archive, tmp_path, monkeypatch):
    monkeypatch.setattr(folder.shutil, "disk_usage", lambda _: Usage(10, 9, 1))
    with pytest.raises(drafts.DiskFull, match="the disk of runs is full"):
        pvo.batch(archive, tmp_path / "runs", Here())
    assert [path.name for path in (tmp_path / "runs").iterdir()] == [LOCK]


def test_a_disk_that_fills_up_ends_the_run_and_the_next_one_goes_on(archive, tmp_path, monkeypatch):
    runs = tmp_path / "runs"
    pvo.batch(archive / "healthy", tmp_path / "other", Here())
    calls = iter([folder.SPARE, folder.SPARE, folder.SPARE - 1])
    monkeypatch.setattr(folder.shutil, "disk_usage", lambda _: Usage(9, 9, next(calls)))
    monkeypatch.setattr(run, "Crew", lambda executor: Crew(executor, 1))
    with pytest.raises(drafts.DiskFull, match=r"1 of 3 cases are done: free some space and run"):
        pvo.batch(archive, runs, Here())
    assert not (runs / "fleet.csv").exists()
    assert "1 of 3 cases are done" in (runs / folder.LOG).read_text()
    monkeypatch.undo()
    pvo.batch(archive, runs, Here())
    assert "1 case had been done before" in (runs / folder.LOG).read_text()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_a_log_that_does_not_fit_costs_no_more_than_itself(archive, tmp_path):
    runs = tmp_path / "runs"
    pvo.batch(archive, runs, Here())
    whole = tree(runs)
    (runs / folder.LOG).unlink()
    (runs / folder.LOG).symlink_to("/dev/full")
    pvo.batch(archive, runs, Here())
    assert tree(runs) == whole


def test_a_table_that_does_not_fit_leaves_the_old_one(archive, tmp_path, monkeypatch):
    runs = tmp_path / "runs"
    pvo.batch(archive, runs, Here())
    before = tree(runs)
    whole = Path.write_bytes

    def full(path, data):
        if path.parent == runs and path.name != folder.MARK and b"case,day" in data:
            whole(path, data[:7])
            raise OSError(errno.ENOSPC, "No space left on device")
        return whole(path, data)

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(drafts.DiskFull, match="3 of 3 cases are done"):
        pvo.batch(archive, runs, Here())
    assert tree(runs) == before


# What is refused before any work


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"workers": 0}, "0 workers cannot be"),
        ({"workers": 61}, "61 workers cannot be"),
        ({"workers": 1, "scheduler": "tcp://127.0.0.1:1"}, "give one of executor, workers"),
        ({"parameters": {"a": 1}}, "give --notebook too"),
        ({"notebook": "missing.ipynb"}, r"missing.ipynb cannot be read"),
        ({"notebook": "thesis.txt"}, r"thesis.txt is no notebook"),
        ({"scheduler": "nonsense://1"}, r"no Dask scheduler answers \(ValueError\)"),
    ],
    ids=["none", "too many", "two ways", "parameters", "missing", "no notebook", "scheduler"],
)
def test_what_cannot_be_used_is_refused(archive, tmp_path, given, told):
    with pytest.raises(pvo.InputError, match=told):
        pvo.batch(archive, tmp_path / "runs", **given)
    assert not (tmp_path / "runs" / "cases" / "technote").exists()


# Executors that break


def deadly(work):
    """Ends its process on a case of that name, as a lack of memory does."""
    if "deadly" in work.escalation.name:
        os._exit(9)
    return run_case(work)


@pytest.fixture
def works(archive, tmp_path):
    for name in ("deadly-1", "deadly-2"):
        shutil.copytree(archive / "healthy", archive / name)
    return [Work(each, str(tmp_path / each.name)) for each in escalations([archive])]


def test_a_case_that_kills_its_worker_is_the_only_one_that_breaks(works, monkeypatch):
    monkeypatch.setattr(outcomes, "run_case", deadly)
    with local(2) as crew:
        found = {each.result.case: each.result for each in results(crew, works)}
    assert set(found) == {work.escalation.name for work in works}
    broken = {name: each.error for name, each in found.items() if each.state == "broken"}
    assert set(broken) == {"deadly-1", "deadly-2"}
    assert "its worker ended without a word" in broken["deadly-1"]


def test_an_executor_that_broke_gives_every_other_case_a_row(works):
    from concurrent.futures.process import BrokenProcessPool

    class Breaks(Here):
        def submit(self, function, /, work):
            if len(self.done) == 2:
                raise BrokenProcessPool("gone")
            return super().submit(function, work)

    found = [each.result for each in results(Crew(Breaks()), works)]
    assert len(found) == len(works)
    assert [each.state for each in found].count("broken") == 3


def test_a_future_that_fails_or_is_cancelled_is_a_row(works):
    class Loses(Here):
        def submit(self, function, /, work):
            future = super().submit(function, work)
            if work.escalation.name == "technote":
                future = Future()
                future.set_exception(RuntimeError("lost\nit"))
            if work.escalation.name == "healthy":
                future = Future()
                future.cancel()
                future.set_running_or_notify_cancel()
            return future

    found = {each.result.case: each.result.error for each in results(Crew(Loses()), works)}
    assert found["technote"] == "RuntimeError: lost it"
    assert found["healthy"].endswith("is gone; run again")


def test_an_executor_that_takes_nothing_more_gives_every_other_case_a_row(works):
    class Ends(Here):
        def submit(self, function, /, work):
            if len(self.done) == 2:
                raise RuntimeError("the scheduler is gone")
            return super().submit(function, work)

    found = [each.result for each in results(Crew(Ends()), works)]
    assert len(found) == len(works)
    assert [bool(each.verdicts) for each in found].count(True) == 2
    assert all(each.verdicts or "is gone; run again" in each.error for each in found)


def test_an_executor_that_is_gone_is_not_waited_for(works):
    class Silent(Here):
        def submit(self, function, /, work):
            self.done.append(work.escalation.name)
            return Future()

    executor = Silent()
    crew = Crew(executor, 2, lambda: len(executor.done) < 2)
    found = [each.result for each in results(crew, works)]
    assert len(executor.done) == 2
    assert {each.case for each in found} == {work.escalation.name for work in works}
    assert all("is gone; run again" in each.error for each in found)


def test_no_more_works_are_handed_out_than_the_crew_takes(works):
    most = []

    class Counts(ThreadPoolExecutor):
        waiting = 0

        def submit(self, function, /, work):
            self.waiting += 1
            most.append(self.waiting)
            future = super().submit(function, work)
            future.add_done_callback(self.ended)
            return future

        def ended(self, _):
            self.waiting -= 1

    with Counts(1) as pool:
        assert len(list(results(Crew(pool, 2), works))) == len(works)
    assert max(most) == 2


def test_a_run_that_is_interrupted_cancels_what_waits(archive, tmp_path, monkeypatch):
    futures = []

    class Never(Here):
        def submit(self, function, /, work):
            futures.append(Future())
            return futures[-1]

    def interrupted(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(
        outcomes, "SimpleQueue", lambda: type("Q", (), {"get": interrupted, "put": None})()
    )
    with pytest.raises(KeyboardInterrupt):
        pvo.batch(archive, tmp_path / "runs", Never())
    assert [future.cancelled() for future in futures] == [True] * 3
    with FileLock(tmp_path / "runs" / LOCK, timeout=0):
        pass


# The command


def command(*words, **options):
    return subprocess.run(  # noqa: S603
        [sys.executable, "-m", "pvo_kit", "batch", *map(str, words)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        **options,
    )


def test_the_command_tells_the_result_on_standard_output_and_progress_on_the_other(tmp_path):
    archive = made_escalations.make(tmp_path / "archive", 6)
    done = command(archive, "--out", tmp_path / "runs", "--workers", 2)
    assert done.returncode == 1
    told = done.stdout.splitlines()
    assert told[0] == "6 cases"
    assert told[-1] == f"see {tmp_path / 'runs' / 'index.html'}"
    assert "6/6" in done.stderr
    assert "fail=" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("name", "code"), [("technote", 1), ("too-little", 3), ("healthy", 0)], ids=["1", "3", "0"]
)
def test_the_command_ends_as_diagnose_does(tmp_path, monkeypatch, name, code):
    monkeypatch.setattr(run, "local", lambda _: Lent(Crew(Here())))
    shutil.copytree(pvo.example(name), tmp_path / "archive" / name)
    assert cli.main(["batch", str(tmp_path / "archive"), "--out", str(tmp_path / "runs")]) == code


class Lent:
    """A crew to be lent by ``with``."""

    def __init__(self, crew):
        self.crew = crew

    def __enter__(self):
        return self.crew

    def __exit__(self, *_):
        pass


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["missing"], "missing cannot be listed"),
        (["{a}", "--parameter", "x"], "write NAME=VALUE"),
        (["{a}", "--parameter", "x=1"], "give --notebook too"),
        (["{a}", "--workers", "0"], "0 workers cannot be"),
        (["{a}", "--workers", "1", "--scheduler", "tcp://127.0.0.1:1"], "not allowed with"),
        (["-"], "cannot be listed"),
        ([], "required"),
    ],
    ids=["missing", "no value", "no notebook", "no workers", "two ways", "stdin", "nothing"],
)
def test_the_command_refuses_with_2_and_an_empty_output(archive, tmp_path, capsys, words, told):
    words = [word.format(a=archive) for word in words]
    try:
        code = cli.main(["batch", *words, "--out", str(tmp_path / "runs")])
    except SystemExit as stop:
        code = stop.code
    captured = capsys.readouterr()
    assert (code, captured.out) == (2, "")
    assert told in captured.err


@pytest.mark.parametrize(
    ("text", "value"),
    [("a=1", 1), ("a=x", "x"), ('a="1"', "1"), ("a=true", True), ("a=", ""), ("a=b=c", "b=c")],
    ids=["number", "text", "quoted", "true", "empty", "equals"],
)
def test_a_parameter_is_json_or_text(text, value):
    assert verb._parameter(text) == ("a", value)
