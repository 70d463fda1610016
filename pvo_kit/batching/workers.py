"""Who does the work: processes on this machine, or the workers of a Dask cluster.

Both are a ``concurrent.futures.Executor``, of which only submit and shutdown are used; map would
do in order what may end in any.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from pvo_kit.batching.notebooks import missing
from pvo_kit.errors import InputError, PvoError

MOST_LOCAL = 60
"""Processes: Windows waits for no more at once."""

_IN_FLIGHT = 1_000
_CONNECT_SECONDS = 10


@dataclass(frozen=True)
class Crew:
    """An executor and how it is used.

    At most ``in_flight`` cases are handed to it at a time. ``is_there``: what was handed to it may
    still come back. ``renew`` makes another crew of so many ``workers``, for one that broke; None
    where it is not ours to make.
    """

    executor: Executor
    in_flight: int = _IN_FLIGHT
    is_there: Callable[[], bool] = lambda: True
    renew: Callable[[int], Crew] | None = None
    workers: int = 1


@contextmanager
def local(workers: int | None = None) -> Iterator[Crew]:
    """Lend a pool of processes that ends with the run, even where the run is killed.

    Raises InputError for a number of workers that cannot be, PvoError where none starts.
    """
    count = min(available(), MOST_LOCAL) if workers is None else workers
    if not 1 <= count <= MOST_LOCAL:
        raise InputError(f"{count} workers cannot be; give a number from 1 to {MOST_LOCAL}")
    pools: list[Executor] = []

    def renew(size: int) -> Crew:
        pools.append(_pool(size))
        return Crew(pools[-1], 2 * size, renew=renew, workers=size)

    try:
        crew = renew(count)
        _see_it_start(crew.executor)
        yield crew
    finally:
        for pool in pools:
            pool.shutdown(wait=True, cancel_futures=True)


def available() -> int:
    """Return how many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _pool(size: int) -> Executor:
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    # Spawned on every system: a forked worker hangs in libraries that had started threads.
    return ProcessPoolExecutor(size, get_context("spawn"), _end_with_parent)


def _see_it_start(pool: Executor) -> None:
    """Wait until a worker answers: one that cannot start would fail every case."""
    from concurrent.futures.process import BrokenProcessPool

    try:
        pool.submit(os.getpid).result()
    except BrokenProcessPool:
        raise PvoError(
            "no worker process starts; in a script, call batch below "
            'if __name__ == "__main__":, and see what stands above this line'
        ) from None


def _end_with_parent() -> None:
    """Let this worker end when the run is gone, and leave Ctrl-C to the run."""
    from multiprocessing import parent_process

    parent = parent_process()
    if parent is not None:
        threading.Thread(target=_wait_and_end, args=(parent.sentinel,), daemon=True).start()
    signal.signal(signal.SIGINT, _ignore)


def _wait_and_end(sentinel: int) -> None:
    from multiprocessing.connection import wait

    wait([sentinel])
    os._exit(1)


def _ignore(_number: int, _frame: object) -> None:
    # Not SIG_IGN, which a notebook's kernel would inherit.
    pass


@contextmanager
def dask(address: str) -> Iterator[Crew]:
    """Lend the workers of the Dask cluster whose scheduler listens at an address.

    Raises InputError where none answers, PvoError where distributed is not installed.
    """
    try:
        from distributed import Client
    except ImportError as error:
        raise missing("--scheduler", error) from None
    try:
        client: Any = Client(address, timeout=_CONNECT_SECONDS, set_as_default=False)  # type: ignore[no-untyped-call]
    except (OSError, ValueError) as error:
        raise InputError(
            f"--scheduler {address}: no Dask scheduler answers ({type(error).__name__}); check "
            "the address (tcp://HOST:8786)"
        ) from None
    with client:
        # Once the scheduler is lost, some futures of this client never end.
        yield Crew(client.get_executor(), is_there=lambda: client.status == "running")
