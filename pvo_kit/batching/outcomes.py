"""Works handed to an executor, outcomes taken back as they come; nothing that breaks ends it."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, CancelledError, Future
from queue import Empty, SimpleQueue

from pvo_kit.batching.drafts import DiskFull
from pvo_kit.batching.result import CaseResult
from pvo_kit.batching.task import Outcome, Work, run_case
from pvo_kit.batching.workers import Crew

_SECONDS = 1.0
_DIED = ChildProcessError("its worker ended without a word (out of memory?); run again")
_GONE = ConnectionError("its worker, or what sends work there, is gone; run again")


def outcomes(
    crew: Crew, works: Sequence[Work], check: Callable[[], None] = lambda: None
) -> Iterator[Outcome]:
    """Yield the outcome of each work, in the order in which they end.

    ``check`` is called again and again, and may raise. A worker that dies takes the others of its
    pool with it: what was in work is then done once more, one by one, so that only the case that
    kills its worker breaks. Raises DiskFull as soon as one case does.
    """
    waiting = deque(works)
    while waiting:
        shift = _Shift(crew, waiting)
        yield from shift.work(check)
        if crew.renew is None:
            yield from (_failed(work, _GONE) for work in (*shift.suspects, *waiting))
            return
        for work in shift.suspects:
            yield _alone(crew.renew, work)
        if waiting:
            crew = crew.renew(crew.workers)


class _Shift:
    """Works in the hands of one executor, until all are done or it breaks.

    ``suspects`` were in work when it broke.
    """

    def __init__(self, crew: Crew, waiting: deque[Work]) -> None:
        self.suspects: list[Work] = []
        self._crew = crew
        self._waiting = waiting
        self._in_work: dict[Future[Outcome], Work] = {}
        self._ended: SimpleQueue[Future[Outcome]] = SimpleQueue()

    def work(self, check: Callable[[], None]) -> Iterator[Outcome]:
        """Yield outcomes; what is left in ``waiting`` was not handed out."""
        try:
            while True:
                check()
                if not self._crew.is_there():
                    self.suspects += self._in_work.values()
                    return
                if not self.suspects:
                    self._hand_out()
                if not self._in_work:
                    return
                yield from self._take_back()
        finally:
            for future in self._in_work:
                future.cancel()

    def _hand_out(self) -> None:
        while self._waiting and len(self._in_work) < self._crew.in_flight:
            work = self._waiting.popleft()
            try:
                future = self._crew.executor.submit(run_case, work)
            except (BrokenExecutor, RuntimeError, OSError):  # shut down, cut off
                self.suspects.append(work)
                return
            self._in_work[future] = work
            future.add_done_callback(self._ended.put)

    def _take_back(self) -> Iterator[Outcome]:
        try:
            # Not for ever: on Windows only a wait that ends can be interrupted.
            future = self._ended.get(timeout=_SECONDS)
        except Empty:
            return
        work = self._in_work.pop(future)
        try:
            yield future.result()
        except BrokenExecutor:
            self.suspects.append(work)
        except DiskFull:
            raise
        except CancelledError:
            yield _failed(work, _GONE)
        except Exception as error:
            yield _failed(work, error)


def _alone(renew: Callable[[int], Crew], work: Work) -> Outcome:
    """Do a work that may have killed its worker in a worker of its own."""
    executor = renew(1).executor
    try:
        return executor.submit(run_case, work).result()
    except BrokenExecutor:
        return _failed(work, _DIED)
    except DiskFull:
        raise
    except Exception as error:
        return _failed(work, error)
    finally:
        executor.shutdown()


def _failed(work: Work, error: BaseException) -> Outcome:
    each = work.escalation
    told = f"{type(error).__name__}: {' '.join(str(error).split())}".rstrip(": ")
    return Outcome(CaseResult(each.name, error=told, source=each.source))
