"""Works handed to an executor, outcomes taken back as they come; nothing that breaks ends it."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import BrokenExecutor, CancelledError, Future
from queue import Empty, SimpleQueue

from pvo_kit.batching.drafts import DiskFull
from pvo_kit.batching.result import CaseResult
from pvo_kit.batching.task import Outcome, Work, run_case
from pvo_kit.batching.workers import Crew

_SECONDS = 1.0
_DIED = "its worker ended without a word (out of memory?); run again, or with fewer workers"


def outcomes(
    crew: Crew, works: Sequence[Work], check: Callable[[], None] = lambda: None
) -> Iterator[Outcome]:
    """Yield the outcome of each work, in the order in which they end.

    ``check`` is called before works are handed out, and may raise. A worker that dies takes the
    others of its pool with it: what was in work is then done once more, one by one, so that only
    the case that kills its worker breaks. Raises DiskFull as soon as one case does.
    """
    waiting = deque(works)
    while waiting:
        suspects = yield from _round(crew, waiting, check)
        for work in suspects:
            yield from _alone(crew, work)
        if suspects and crew.renew:
            crew = Crew(crew.renew(max(1, crew.in_flight // 2)), crew.in_flight, crew.renew)
        elif suspects:
            yield from (_failed(work, BrokenExecutor("the executor broke")) for work in waiting)
            return


def _round(
    crew: Crew, waiting: deque[Work], check: Callable[[], None]
) -> Generator[Outcome, None, list[Work]]:
    """Work until all is done or the executor breaks; return what was in work when it broke."""
    in_work: dict[Future[Outcome], Work] = {}
    ended: SimpleQueue[Future[Outcome]] = SimpleQueue()
    suspects: list[Work] = []
    try:
        while in_work or (waiting and not suspects):
            check()
            while waiting and not suspects and len(in_work) < crew.in_flight:
                try:
                    future = crew.executor.submit(run_case, waiting[0])
                except BrokenExecutor:
                    suspects.append(waiting.popleft())
                    break
                in_work[future] = waiting.popleft()
                future.add_done_callback(ended.put)
            try:
                # Not for ever: on Windows only a wait that ends can be interrupted.
                future = ended.get(timeout=_SECONDS)
            except Empty:
                continue
            work = in_work.pop(future)
            try:
                yield future.result()
            except BrokenExecutor:
                suspects.append(work)
            except (Exception, CancelledError) as error:
                if isinstance(error, DiskFull):
                    raise
                yield _failed(work, error)
    finally:
        for future in in_work:
            future.cancel()
    return suspects


def _alone(crew: Crew, work: Work) -> Iterator[Outcome]:
    """Do a work that may have killed its worker in a worker of its own."""
    if crew.renew is None:
        yield _failed(work, BrokenExecutor("the executor broke"))
        return
    executor = crew.renew(1)
    try:
        yield executor.submit(run_case, work).result()
    except BrokenExecutor:
        yield _failed(work, ChildProcessError(_DIED))
    finally:
        executor.shutdown()


def _failed(work: Work, error: BaseException) -> Outcome:
    each = work.escalation
    told = f"{type(error).__name__}: {' '.join(str(error).split())}".rstrip(": ")
    return Outcome(CaseResult(each.name, error=told, source=each.source))
