"""Runs that are killed again and again: nothing is lost, nothing is half, and nobody lives on."""

from __future__ import annotations

import subprocess
import sys
import time

import made_escalations
import psutil
import pytest

from pvo_kit.batching.folder import LOCK, LOG

CASES = 60
KILLS = 10
PATIENCE = 120  # seconds, for machines that are busy with other things


def begin(archive, runs, *words):
    command = [sys.executable, "-m", "pvo_kit", "batch", archive, "--out", runs, *words]
    return subprocess.Popen(  # noqa: S603
        [str(word) for word in command], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def tree(runs):
    return {
        path.relative_to(runs).as_posix(): path.read_bytes()
        for path in sorted(runs.rglob("*"))
        if path.is_file() and path.name not in (LOG, LOCK)
    }


def until(holds, what):
    end = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < end, f"waited in vain for {what}"
        time.sleep(0.02)


def done(runs):
    return len(list(runs.glob("cases/*/done.json")))


def kill(process):
    """Kill a run as the system does, and see that its processes end by themselves."""
    family = psutil.Process(process.pid).children(recursive=True)
    process.kill()
    process.communicate()
    until(lambda: not any(map(lives, family)), f"the end of {family}")
    return len(family)


def lives(process):
    """A zombie has ended; who has not taken note of it is not ours."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    return made_escalations.make(tmp_path_factory.mktemp("made") / "archive", CASES)


@pytest.fixture(scope="module")
def undisturbed(archive, tmp_path_factory):
    runs = tmp_path_factory.mktemp("undisturbed") / "runs"
    process = begin(archive, runs, "--workers", 2)
    _, told = process.communicate()
    assert process.returncode == 1, told
    return tree(runs)


def test_a_run_that_was_killed_ten_times_ends_with_the_bytes_of_one_that_was_not(
    archive, undisturbed, tmp_path
):
    runs = tmp_path / "runs"
    seen = []
    for number in range(KILLS):
        before = done(runs)
        goal = max(before, number * CASES // (KILLS + 2)) + 1
        process = begin(archive, runs, "--workers", 2)
        until(lambda goal=goal: done(runs) >= goal, "a case")
        assert process.poll() is None, "the run ended before it could be killed"
        assert kill(process) >= 2
        seen.append(done(runs))
        assert not (runs / "fleet.csv").exists()
    assert seen == sorted(seen)
    assert seen[-1] < CASES
    process = begin(archive, runs, "--workers", 2)
    process.communicate()
    assert process.returncode == 1
    assert tree(runs) == undisturbed
    assert "had been done before" in (runs / LOG).read_text()


def test_no_worker_outlives_a_run_that_ends(archive, tmp_path):
    process = begin(archive, tmp_path / "runs", "--workers", 2)
    until(lambda: done(tmp_path / "runs") >= 5, "five cases")
    family = psutil.Process(process.pid).children(recursive=True)
    assert len(family) >= 2
    process.communicate()
    assert process.returncode == 1
    until(lambda: not any(map(lives, family)), f"the end of {family}")


def test_a_second_run_beside_one_is_refused_and_harms_nothing(archive, undisturbed, tmp_path):
    first = begin(archive, tmp_path / "runs", "--workers", 1)
    until(lambda: done(tmp_path / "runs") >= 2, "two cases")
    second = begin(archive, tmp_path / "runs", "--workers", 1)
    out, told = second.communicate()
    assert (second.returncode, out) == (2, "")
    assert "another run is writing to runs" in told
    first.communicate()
    assert first.returncode == 1
    assert tree(tmp_path / "runs") == undisturbed
