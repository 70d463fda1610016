"""The manifest of a case folder: whose evidence, read with what, and a digest of each file."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from hashlib import sha256
from pathlib import Path
from typing import Any

from pvo_kit import resources
from pvo_kit.case_folder.contents import Contents
from pvo_kit.errors import InputError
from pvo_kit.evidence import Evidence
from pvo_kit.hints import Hints, hints
from pvo_kit.report.study import Preface
from pvo_kit.version import __version__

FILE = "case.json"
KIND = "pvo_kit case"
SCHEMA = 1
LARGEST = 8 << 20  # bytes


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a case folder was when it was made.

    ``lock`` is the digest of the requirements that the kit was released with, None where the
    installation has none. ``hints`` are what was told beside the evidence, by its own host names.
    ``evidence`` and ``files`` are digests by name.
    """

    pvo_kit: str
    evidence_hash: str
    lock: str | None
    hints: Hints
    preface: Preface
    evidence: Mapping[str, str]
    files: Mapping[str, str]


def of(evidence: Evidence, made: Contents, told: Hints, preface: Preface) -> Manifest:
    """Return the manifest of a folder with this evidence and these contents."""
    return Manifest(
        __version__,
        evidence.hash,
        lock(),
        told,
        preface,
        {entry.file: entry.digest or "" for entry in evidence.files},
        {name: digest(data) for name, data in sorted(made.files.items())},
    )


def lock() -> str | None:
    """Return the digest of the installation's requirements.lock, None where it has none."""
    path = resources.lock()
    return digest(path.read_bytes()) if path else None


def digest(data: bytes) -> str:
    """Return the SHA-256 of bytes."""
    return sha256(data).hexdigest()


def write(manifest: Manifest) -> bytes:
    """Return a manifest as the bytes of its file."""
    document = {KIND: SCHEMA, **asdict(manifest), "hints": manifest.hints.given()}
    return (json.dumps(document, indent=2, ensure_ascii=False) + "\n").encode()


def is_case_folder(folder: Path) -> bool:
    """Return True for a folder that has a manifest of ours."""
    try:
        read(folder)
    except InputError:
        return False
    return True


def read(folder: Path) -> Manifest:
    """Return the manifest in a folder; InputError where there is none that can be read."""
    path = folder / FILE
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
    except OSError as error:
        raise InputError(
            f"{folder.name} is no case folder of pvo-kit: its {FILE} cannot be read "
            f"({error.strerror}); choose another folder"
        ) from None
    try:
        return _manifest(json.loads(data) if len(data) <= LARGEST else None)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError, InputError):
        raise InputError(
            f"{folder.name} is no case folder of this pvo-kit: its {FILE} is none of schema "
            f"{SCHEMA}; choose another folder, or verify it with the pvo-kit that made it"
        ) from None


def _manifest(document: Any) -> Manifest:
    if document[KIND] != SCHEMA:
        raise ValueError(KIND)
    names = {each.name for each in fields(Preface)}
    preface = Preface(**{name: _text(document["preface"][name]) for name in names})
    return Manifest(
        _text(document["pvo_kit"]),
        _text(document["evidence_hash"]),
        None if document["lock"] is None else _text(document["lock"]),
        _hints(document["hints"]),
        preface,
        _texts(document["evidence"]),
        _texts(document["files"]),
    )


def _hints(given: Any) -> Hints:
    for number in (given.get("year"), given.get("pvo_port")):
        if number is not None and type(number) is not int:
            raise TypeError(f"{number!r} is no number")
    return hints(**given)


def _texts(table: Any) -> dict[str, str]:
    return {_text(name): _text(value) for name, value in table.items()}


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is no text")
    return value
