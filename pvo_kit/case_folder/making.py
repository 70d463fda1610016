"""Making a case folder: redact, diagnose, tell, and only when all of it is there, keep it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

from pvo_kit.case_folder import manifest
from pvo_kit.case_folder.contents import EVIDENCE, PICTURE, Contents, contents
from pvo_kit.errors import InputError
from pvo_kit.evidence import Evidence
from pvo_kit.hints import Hints, hints, refuse_unknown_hosts
from pvo_kit.loading import load
from pvo_kit.redaction import Redaction, places, redact
from pvo_kit.report.study import Preface

Paths = Sequence[str | os.PathLike[str]]


def make(
    folder: str | os.PathLike[str],
    paths: Paths,
    preface: Preface | None = None,
    key: bytes | None = None,
    map: str | os.PathLike[str] | None = None,
    told: Hints | None = None,
) -> Redaction | None:
    """Make a case folder of an escalation; it holds nothing that names anybody.

    ``paths``, ``key`` and ``map`` are those of ``redact``. A single folder that was redacted before
    is copied as it is: there is no redaction to return then. ``told`` are hints to diagnose with,
    by which the folder is verified too; they name hosts as ``paths`` do. Raises InputError where
    ``folder`` exists, and where the redaction refuses. Nothing is kept then.
    """
    target, map_file = Path(folder), Path(map) if map is not None else None
    _check(target, paths, map_file)
    given, told = preface or Preface(), told or Hints()
    done = None
    with places.draft(target) as draft:
        if places.is_ours(Path(paths[0])) and len(paths) == 1:
            _copy(Path(paths[0]), draft / EVIDENCE, has_options=bool(key or map_file))
        else:
            done = redact(paths, draft / EVIDENCE, key, map_file, **told.given())
            told = done.hints
        _write(draft, _read(draft, told), told, given)
        places.put(draft, target)
    return done


def _check(target: Path, paths: Paths, map_file: Path | None) -> None:
    if manifest.is_case_folder(target):
        raise InputError(
            f"{target.name} is a case folder already: verify or renew it, or choose another folder"
        )
    for path in map(Path, paths):
        if manifest.is_case_folder(path):
            raise InputError(
                f"{path.name} is a case folder: its reports are no evidence; give {path.name}/"
                f"{EVIDENCE}"
            )
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise InputError(f"{target.name} exists and is no case folder; choose another one")
    places.check(paths, target, map_file)


def _copy(source: Path, target: Path, *, has_options: bool) -> None:
    """Copy a redacted folder; what its seal does not cover would show."""
    if has_options:
        raise InputError(f"{source.name} is redacted already: leave out the key and the map")
    shutil.copytree(source, target)
    if not load(target).redacted:
        raise InputError(f"{source.name} changed while it was copied; do it again")


def _read(folder: Path, told: Hints) -> Evidence:
    """Read the evidence; a host that it does not name would be somebody's."""
    evidence = told.load(folder / EVIDENCE)
    refuse_unknown_hosts(told, evidence)
    return evidence


def renew(
    folder: str | os.PathLike[str],
    changes: Mapping[str, str] | None = None,
    told: Hints | None = None,
) -> None:
    """Write findings, reports, charts, notebook and manifest anew, from the folder's own evidence.

    For a newer kit, or with ``changes`` of the preface, or with other hints: those of ``told`` that
    are given take the place of the folder's. Raises InputError where the folder is no case folder,
    or its evidence is no longer what was redacted.
    """
    place = Path(folder)
    old = manifest.read(place)
    used = hints(**{**old.hints.given(), **(told or Hints()).given()})
    evidence = _read(place, used)
    if not evidence.redacted:
        raise InputError(
            f"the evidence of {place.name} is no longer what was redacted; make the case again"
        )
    given = Preface(**{**_preface(old), **(changes or {})})
    try:
        made = _write(place, evidence, used, given)
        for name in old.files:
            if PICTURE.fullmatch(name) and name not in made.files:
                (place / name).unlink(missing_ok=True)
    except OSError as error:
        raise InputError(f"{place.name} cannot be written ({error.strerror})") from None


def _preface(old: manifest.Manifest) -> dict[str, str]:
    given = old.preface
    return {"title": given.title, "symptom": given.symptom, "note": given.note, "fix": given.fix}


def _write(folder: Path, evidence: Evidence, told: Hints, preface: Preface) -> Contents:
    """Write the files, the manifest last: it speaks of files that are there."""
    made = contents(evidence, told, preface)
    listed = manifest.write(manifest.of(evidence, made, told, preface))
    for name, data in {**made.files, manifest.FILE: listed}.items():
        part = folder / f"{name}.part"
        part.write_bytes(data)
        part.replace(folder / name)
    return made
