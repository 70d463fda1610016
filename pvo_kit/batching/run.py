"""A batch from archives to a table: ``batch()``."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Executor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pvo_kit.batching import drafts, folder, notebooks
from pvo_kit.batching.archive import Escalation, escalations
from pvo_kit.batching.fleet import FILE, Fleet
from pvo_kit.batching.folder import Log
from pvo_kit.batching.notebooks import Notebook
from pvo_kit.batching.outcomes import outcomes
from pvo_kit.batching.page import FILE as PAGE
from pvo_kit.batching.page import to_html
from pvo_kit.batching.progress import Progress
from pvo_kit.batching.result import CaseResult
from pvo_kit.batching.task import Work
from pvo_kit.batching.workers import Crew, dask, local
from pvo_kit.errors import InputError
from pvo_kit.evidence import Role
from pvo_kit.hints import Hints, hints
from pvo_kit.report.story import counted
from pvo_kit.version import __version__

Paths = str | os.PathLike[str] | Sequence[str | os.PathLike[str]]

_NAMED = 20


def batch(
    paths: Paths,
    out: str | os.PathLike[str],
    executor: Executor | None = None,
    notebook: str | os.PathLike[str] | None = None,
    *,
    parameters: Mapping[str, Any] | None = None,
    workers: int | None = None,
    scheduler: str | None = None,
    roles: Mapping[str, Role] | None = None,
    year: int | None = None,
    pvo_port: int | None = None,
    progress: bool = False,
) -> Fleet:
    """Diagnose every escalation of the archives and write the results below ``out``.

    ``paths`` are archives: each child of a folder is an escalation, and so is a file. ``executor``
    does the work; without one, so many ``workers`` on this machine (a process for each processor),
    or those of the Dask cluster whose ``scheduler`` listens at an address. ``notebook`` is executed
    for every case, with ``parameters``; both are those of ``pvo-kit batch``. ``roles``,
    ``year`` and ``pvo_port`` are those of ``load`` and ``diagnose``, for every case; a role counts
    in the cases whose evidence names its host. ``progress`` shows a bar on standard error. A run
    that was interrupted or killed goes on where it was.

    Raises InputError for what cannot be used, before any work begins, and PvoError where a package
    is missing, no worker starts or the disk is full. A case that breaks is a row with its error.
    """
    archives = [paths] if isinstance(paths, str | os.PathLike) else list(paths)
    if [executor, workers, scheduler].count(None) < 2:
        raise InputError("give one of executor, workers and scheduler (--workers, --scheduler)")
    if parameters and notebook is None:
        raise InputError("parameters are those of a notebook; give --notebook too")
    given = hints(roles, year, pvo_port)
    executed = notebooks.read(os.fspath(notebook), parameters or {}, given) if notebook else None
    cases = escalations(archives)
    with (
        folder.claimed(out, archives) as runs,
        folder.log(runs) as log,
        _crew(executor, workers, scheduler) as crew,
    ):
        return _run(cases, runs, crew, executed, given, log, progress)


@contextmanager
def _crew(executor: Executor | None, count: int | None, address: str | None) -> Iterator[Crew]:
    if executor:
        yield Crew(executor)
        return
    with dask(address) if address else local(count) as crew:
        yield crew


def _run(
    cases: Sequence[Escalation],
    runs: Path,
    crew: Crew,
    notebook: Notebook | None,
    given: Hints,
    log: Log,
    progress: bool,
) -> Fleet:
    works = [Work(case, str(runs / folder.CASES / case.name), notebook, given) for case in cases]
    log.tell(_beginning(works, notebook, given))
    with Progress(len(works), log, progress) as shown:
        try:
            results = _results(crew, works, runs, shown)
            fleet = Fleet(tuple(results[case.name] for case in cases), runs)
            drafts.write(runs / FILE, fleet.to_csv().encode("utf-8", "backslashreplace"))
            drafts.write(runs / PAGE, to_html(fleet).encode("utf-8", "backslashreplace"))
        except drafts.DiskFull as error:
            told = (
                f"{error}; {shown.done:,} of {counted(len(works), 'case')} are done: free some "
                "space and run the same command again"
            )
            log.tell(told)
            raise drafts.DiskFull(told) from None
    _conclude(fleet, runs, shown.were_done, log)
    return fleet


def _beginning(works: Sequence[Work], notebook: Notebook | None, given: Hints) -> str:
    executing = f", executing {notebook.name}" if notebook else ""
    told = f", told {json.dumps(given.given())}" if given.given() else ""
    return f"pvo-kit {__version__} begins: {counted(len(works), 'case')}{executing}{told}"


def _results(
    crew: Crew, works: Sequence[Work], runs: Path, shown: Progress
) -> dict[str, CaseResult]:
    """Return what became of each case, by its name."""
    results: dict[str, CaseResult] = {}
    for outcome in outcomes(crew, works, lambda: folder.check_room(runs)):
        results[outcome.result.case] = outcome.result
        shown.count(outcome)
    return results


def _conclude(fleet: Fleet, runs: Path, were_done: int, log: Log) -> None:
    known = {case.case for case in fleet.cases}
    others = sorted(path.name for path in (runs / folder.CASES).iterdir() if path.name not in known)
    if others:
        first = ", ".join(others[:_NAMED])
        log.tell(f"{counted(len(others), 'folder')} of other runs not listed: {first}")
    log.tell(f"ends: {', '.join(' '.join(line.split()) for line in fleet.summary())}")
    if were_done:
        log.tell(f"{counted(were_done, 'case')} had been done before")
