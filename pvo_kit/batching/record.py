"""The record of a finished case, from which a later run knows that nothing is left to do."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from pvo_kit.batching import drafts, result
from pvo_kit.batching.result import CaseResult

FILE = "done.json"


@dataclass(frozen=True, slots=True)
class Key:
    """What a result follows from: where all of it is the same, so is the result."""

    evidence_hash: str
    notebook_hash: str
    parameters: str
    hints: str
    pvo_kit: str


def write(folder: Path, key: Key, done: CaseResult, files: dict[str, bytes]) -> None:
    """Record that these files are the whole result; written last of all."""
    table = {
        "key": asdict(key),
        "files": {name: sha256(data).hexdigest() for name, data in sorted(files.items())},
        "result": done.to_dict(),
    }
    text = json.dumps(table, indent=1, ensure_ascii=False) + "\n"
    drafts.write(folder / FILE, text.encode("utf-8", "backslashreplace"))


def finished(folder: Path, key: Key) -> CaseResult | None:
    """Return the result of this key if its files are all there, byte for byte, and none broke."""
    table = _read(folder)
    try:
        is_whole = table["key"] == asdict(key) and all(
            sha256((folder / name).read_bytes()).hexdigest() == digest
            for name, digest in table["files"].items()
        )
        found = result.from_dict(table["result"]) if is_whole else None
    except (OSError, KeyError, TypeError, AttributeError):
        return None
    return None if found is None or found.error else found


def remove_stale(folder: Path, kept: dict[str, bytes]) -> None:
    """Remove the files of an older record that are not among those kept, and that record."""
    files = _read(folder).get("files")
    for name in files if isinstance(files, dict) else ():
        if name not in kept and Path(name).name == name:
            (folder / name).unlink(missing_ok=True)
    (folder / FILE).unlink(missing_ok=True)


def _read(folder: Path) -> dict[str, Any]:
    try:
        table = json.loads((folder / FILE).read_bytes())
    except (OSError, ValueError):
        return {}
    return table if isinstance(table, dict) else {}
