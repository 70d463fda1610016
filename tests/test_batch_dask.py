"""A batch on a real Dask cluster: a scheduler and two workers, each a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import ExitStack, contextmanager

import made_escalations
import pytest
from test_batch_killed import PATIENCE, begin, done, tree, until

import pvo_kit as pvo

CASES = 120


@contextmanager
def program(module, *words):
    """Run a program of Dask until the end of the block."""
    command = [sys.executable, "-m", f"distributed.cli.{module}", *map(str, words)]
    process = subprocess.Popen(  # noqa: S603
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


@pytest.fixture
def cluster(tmp_path):
    """The address of a scheduler, its process and those of its two workers."""
    place = tmp_path / "scheduler.json"
    with ExitStack() as stack:
        scheduler = stack.enter_context(
            program(
                "dask_scheduler",
                *("--host", "127.0.0.1", "--port", 0, "--no-dashboard", "--scheduler-file", place),
            )
        )
        until(place.exists, "the scheduler")
        workers = [
            stack.enter_context(
                program(
                    "dask_worker",
                    *("--scheduler-file", place, "--no-nanny", "--nthreads", 1, "--no-dashboard"),
                    *("--host", "127.0.0.1", "--local-directory", tmp_path / f"worker-{number}"),
                )
            )
            for number in range(2)
        ]
        yield json.loads(place.read_text())["address"], scheduler, workers


def test_a_cluster_that_loses_a_worker_gives_the_bytes_of_one_machine(cluster, tmp_path):
    address, _, workers = cluster
    archive = made_escalations.make(tmp_path / "archive", CASES)
    process = begin(archive, tmp_path / "far", "--scheduler", address)
    until(lambda: done(tmp_path / "far") >= CASES // 4, "a quarter of the cases")
    assert done(tmp_path / "far") < CASES
    workers[0].kill()
    _, told = process.communicate()
    assert process.returncode == 1, told
    assert workers[1].poll() is None
    near = pvo.batch(archive, tmp_path / "near", workers=1)
    assert near.states["broken"] == 0
    assert tree(tmp_path / "far") == tree(tmp_path / "near")


def test_a_scheduler_that_is_lost_ends_the_run_and_the_next_one_goes_on(cluster, tmp_path):
    address, scheduler, _ = cluster
    archive = made_escalations.make(tmp_path / "archive", CASES)
    process = begin(archive, tmp_path / "runs", "--scheduler", address)
    until(lambda: done(tmp_path / "runs") >= CASES // 4, "a quarter of the cases")
    scheduler.kill()
    _, told = process.communicate(timeout=PATIENCE)
    assert process.returncode == 1, told
    log = (tmp_path / "runs" / "batch.log").read_text()
    assert "is gone; run again" in log
    again = pvo.batch(archive, tmp_path / "runs", workers=1)
    assert again.states["broken"] == 0


def test_an_address_without_a_scheduler_is_refused(tmp_path):
    archive = made_escalations.make(tmp_path / "archive", 1)
    process = begin(archive, tmp_path / "runs", "--scheduler", "tcp://127.0.0.1:9")
    out, told = process.communicate()
    assert (process.returncode, out) == (2, "")
    assert "no Dask scheduler answers" in told
    assert "Traceback" not in told
