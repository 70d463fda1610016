"""One case from its evidence to its files: a plain function that knows of no other case."""

from __future__ import annotations

import json
import traceback
from dataclasses import dataclass, field, replace
from pathlib import Path
from time import perf_counter

from pvo_kit.batching import drafts, notebooks, record
from pvo_kit.batching.archive import Escalation
from pvo_kit.batching.notebooks import Notebook
from pvo_kit.batching.record import Key
from pvo_kit.batching.result import CaseResult, summarise
from pvo_kit.errors import InputError, PvoError
from pvo_kit.hashing import evidence_hash
from pvo_kit.hints import Hints, with_known_hosts
from pvo_kit.progress import unseen
from pvo_kit.sources import reasons
from pvo_kit.version import __version__

FINDINGS = "findings.json"
REPORT = "report.html"


@dataclass(frozen=True, slots=True)
class Work:
    """A case to be done: its results go into ``folder``. ``pvo_kit`` is the version to do it.

    ``hints`` are those of the whole batch: a role counts where the evidence names its host.
    """

    escalation: Escalation
    folder: str
    notebook: Notebook | None = None
    hints: Hints = field(default_factory=Hints)
    pvo_kit: str = __version__


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of it: ``was_done`` by an earlier run, or in so many seconds; a traceback."""

    result: CaseResult
    was_done: bool = False
    seconds: float = 0.0
    trace: str = ""


def run_case(work: Work) -> Outcome:
    """Diagnose a case, write its files, and return what is kept of it.

    What an earlier run finished is left as it is. A case that breaks is a result with its error
    and without files, and is tried again in every run. Raises DiskFull and nothing else. The same
    work done twice, even at once, leaves the same files.
    """
    started = perf_counter()
    hashed = ""
    try:
        _check_version(work)
        hashed = _hashed(work.escalation)
        outcome = _finished(work, hashed) or _done(work)
    except drafts.DiskFull:
        raise
    except Exception as error:
        trace = "" if isinstance(error, PvoError) else traceback.format_exc()
        outcome = Outcome(_broken(work, hashed, _told(error)), trace=trace)
    result = replace(outcome.result, case=work.escalation.name, source=work.escalation.source)
    return replace(outcome, result=result, seconds=perf_counter() - started)


def _check_version(work: Work) -> None:
    if work.pvo_kit != __version__:
        raise PvoError(
            f"this worker has pvo_kit {__version__}, the run is of {work.pvo_kit}; install the "
            "same version on every worker"
        )


def _hashed(escalation: Escalation) -> str:
    if escalation.is_link:
        raise InputError(f"{escalation.source} {reasons.LINK}")
    return evidence_hash(escalation.path)


def _key(work: Work, hashed: str) -> Key:
    notebook, told = work.notebook, json.dumps(work.hints.given(), sort_keys=True)
    if notebook is None:
        return Key(hashed, "", "{}", told, __version__)
    parameters = json.dumps(dict(notebook.parameters), sort_keys=True)
    return Key(hashed, f"{notebook.name} {notebook.hash}", parameters, told, __version__)


def _finished(work: Work, hashed: str) -> Outcome | None:
    found = record.finished(Path(work.folder), _key(work, hashed))
    return None if found is None else Outcome(found, was_done=True)


def _done(work: Work) -> Outcome:
    """Do all of it in memory, then write it."""
    from pvo_kit.report.pages import to_html

    # No bar of its own: it would tear that of the run.
    evidence = work.hints.load(work.escalation.path, told=unseen)
    told, evidence = with_known_hosts(work.hints, evidence)
    diagnosis = told.diagnose(evidence)
    result = summarise(work.escalation.name, diagnosis, evidence)
    files = {
        FINDINGS: diagnosis.to_json().encode("utf-8", "backslashreplace"),
        REPORT: to_html(diagnosis, evidence).encode("utf-8", "backslashreplace"),
    }
    trace = ""
    if work.notebook:
        result, trace = _executed(work.notebook, work.escalation.path, told, result, files)
    _write(work, result, files)
    return Outcome(result, trace=trace)


def _executed(
    notebook: Notebook, path: str, told: Hints, result: CaseResult, files: dict[str, bytes]
) -> tuple[CaseResult, str]:
    """Add the executed notebook to the files; where it breaks, the diagnosis stays."""
    try:
        files[notebook.name], broke = notebooks.execute(notebook, path, told)
    except Exception as error:  # no kernel, a kernel that died
        return replace(result, error=f"{notebook.name}: {_told(error)}"), traceback.format_exc()
    return replace(result, notebook=notebook.name, error=broke), ""


def _write(work: Work, result: CaseResult, files: dict[str, bytes]) -> None:
    folder = Path(work.folder)
    folder.mkdir(parents=True, exist_ok=True)
    record.remove_stale(folder, files)
    for name, data in files.items():
        drafts.write(folder / name, data)
    record.write(folder, _key(work, result.evidence_hash), result, files)


def _broken(work: Work, hashed: str, error: str) -> CaseResult:
    """Leave no files that tell of other evidence than there is now."""
    folder = Path(work.folder)
    try:
        record.remove_stale(folder, {})
        folder.rmdir()
    except OSError:
        pass  # no folder, or a person's own files in it
    return CaseResult(work.escalation.name, hashed, error=error)


def _told(error: BaseException) -> str:
    text = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    if isinstance(error, PvoError):
        return " ".join(text.split())
    return f"{type(error).__name__}: {' '.join(text.split())}".rstrip(": ")
