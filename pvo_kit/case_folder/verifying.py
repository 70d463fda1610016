"""Verifying a case folder: read its evidence again, and tell what is no longer the same."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pvo_kit import seal
from pvo_kit.case_folder import manifest, notebook
from pvo_kit.case_folder.contents import (
    EVIDENCE,
    FINDINGS,
    PAGE,
    TEXT,
    Contents,
    contents,
    is_ours,
)
from pvo_kit.case_folder.manifest import Manifest
from pvo_kit.errors import InputError
from pvo_kit.escape import terminal
from pvo_kit.evidence import Evidence
from pvo_kit.hints import Hints
from pvo_kit.version import __version__

_PICTURE = re.compile(rb"data:image/png;base64,[A-Za-z0-9+/=]*")
_PARTS = ("title", "masked_by", "summary", "citations", "needs", "resolved_at", "error", "remedy")


@dataclass(frozen=True, slots=True)
class Verification:
    """Whether a case folder still tells its story. ``remarks`` are no differences."""

    folder: str
    differences: tuple[str, ...]
    remarks: tuple[str, ...]

    @property
    def same(self) -> bool:
        """True where nothing differs."""
        return not self.differences

    @property
    def text(self) -> str:
        """The result for a person, a line each."""
        told = "tells the same story" if self.same else "no longer tells the same story:"
        lines = [f"{self.folder} {told}", *(f"  {line}" for line in self.differences)]
        return "\n".join(map(terminal, [*lines, *(f"  ({line})" for line in self.remarks)]))


def verify(folder: Path, run_notebook: bool = True) -> Verification:
    """Read the evidence of a case folder again, tell it again, and compare.

    ``run_notebook`` executes the notebook too, where Jupyter is installed and it is the kit's own.
    Raises InputError where the folder is no case folder, or its evidence cannot be read at all.
    """
    was = manifest.read(folder)
    evidence = was.hints.load(folder / EVIDENCE)
    again = contents(evidence, was.hints, was.preface)
    names = {name for name in (*was.files, *again.files) if is_ours(name)}
    files = {name: _read(folder / name) for name in names}
    differences = [
        *_evidence(was, evidence),
        *_findings(files.get(FINDINGS), again),
        *_files(was, files, again),
    ]
    remarks = list(_remarks(was))
    if notebook.NAME in was.files and run_notebook:
        told, noted = _notebook(folder, was.hints, files[notebook.NAME], again)
        differences += told
        remarks += noted
    return Verification(folder.name or str(folder), tuple(differences), tuple(remarks))


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None


def _evidence(was: Manifest, evidence: Evidence) -> Iterator[str]:
    # A seal that no longer fits is a file like any other, but none that came in addition.
    now = {entry.file: entry.digest or "" for entry in evidence.files if entry.file != seal.FILE}
    for name in sorted({*was.evidence, *now}):
        if name not in now:
            yield f"evidence: {name} is missing"
        elif name not in was.evidence:
            yield f"evidence: {name} was not there"
        elif now[name] != was.evidence[name]:
            yield f"evidence: {name} is another one"
    if evidence.hash != was.evidence_hash:
        yield f"evidence: its hash is {evidence.hash}, and was {was.evidence_hash}"
    if not evidence.redacted:
        yield "evidence: it is not what was redacted, so it counts as UNREDACTED"


def _findings(stored: bytes | None, again: Contents) -> Iterator[str]:
    """Compare the expected findings with those of now, one line a scenario."""
    if stored is None:
        return
    try:
        document = json.loads(stored)
        expected = {found["scenario"]: found for found in document["findings"]}
        captured = document["evidence"]
        told = [*_scenarios(expected, again), *_captured(captured, again)]
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        yield f"{FINDINGS} holds no findings"
        return
    yield from told


def _scenarios(expected: Mapping[Any, Any], again: Contents) -> Iterator[str]:
    now = {found.scenario: found.to_dict() for found in again.diagnosis.findings}
    for scenario in sorted({*expected, *now}, key=str):
        old, new = expected.get(scenario), now.get(scenario)
        if old is None or new is None:
            yield f"scenario {scenario} is {'not expected' if old is None else 'not judged'}"
        elif old["status"] != new["status"]:
            yield f"scenario {scenario} is {new['status']}, and was {old['status']}"
        elif parts := [name for name in _PARTS if old.get(name) != new[name]]:
            yield f"scenario {scenario} is {new['status']} still, with other {', '.join(parts)}"


def _captured(old: Mapping[str, Any], again: Contents) -> Iterator[str]:
    new = again.diagnosis.to_dict()["evidence"]
    for name in ("appliances", "files", "unparsed"):
        if old[name] != new[name]:
            yield f"other {name} are recognised in the evidence"


def _files(was: Manifest, files: Mapping[str, bytes | None], again: Contents) -> Iterator[str]:
    for name, digest in sorted(was.files.items()):
        data = files.get(name)
        if not is_ours(name):
            yield f"{name} is no file of a case"
        elif data is None:
            yield f"{name} is missing"
        elif manifest.digest(data) != digest:
            yield f"{name} was changed after the case was made"
    if was.pvo_kit != __version__:
        return  # another kit may tell the same in other words
    for name in (PAGE, TEXT):
        data = files.get(name)
        if data is not None and _without_pictures(data) != _without_pictures(again.files[name]):
            yield f"{name} tells something else than this evidence"


def _without_pictures(data: bytes) -> bytes:
    """A page without its pictures: another matplotlib draws them a little otherwise."""
    return _PICTURE.sub(b"", data)


def _remarks(was: Manifest) -> Iterator[str]:
    if was.pvo_kit != __version__:
        yield (
            f"made with pvo-kit {was.pvo_kit}, verified with {__version__}; --renew writes it anew"
        )
    now = manifest.lock()
    if was.lock and not now:
        yield "this installation has no requirements.lock to compare with"
    elif was.lock != now:
        yield "the kit's requirements.lock is another one than when it was made"


def _notebook(
    folder: Path, told: Hints, stored: bytes | None, again: Contents
) -> tuple[list[str], list[str]]:
    """Run the notebook; what it differs in, and why it was not run."""
    if stored is None:
        return [], []
    if stored != again.files.get(notebook.NAME):
        return [], [f"{notebook.NAME} is not this kit's own, so it was not run"]
    try:
        shown = notebook.run(folder / EVIDENCE, told)
    except InputError as error:
        return [str(error)], []
    if shown is None:
        return [], [f"{notebook.NAME} was not run: pip install 'pvo_kit[lab]'"]
    expected = repr(again.diagnosis).strip()
    if any(expected in text for text in shown):
        return [], []
    return [f"{notebook.NAME} shows another diagnosis"], []
