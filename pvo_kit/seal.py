"""The seal of a redacted folder: the report of its redaction, which names the files' hash.

``load`` reads it and leaves it out of the evidence, so that it changes neither hash nor findings.
Evidence counts as redacted only where it holds exactly the files that were sealed: one that was
added or changed afterwards makes the whole of it unredacted again.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from pvo_kit.evidence import EvidenceFile, hash_of

FILE = "pvo-redaction.json"
KIND = "pvo_kit redaction"
SCHEMA = 1
LARGEST = 8 << 20  # bytes

BROKEN = "does not fit the files beside it: they count as unredacted; redact again, or leave it out"


def write(report: Mapping[str, Any]) -> bytes:
    """Return a report as the seal's bytes; ``evidence_hash`` in it is what is sealed."""
    text = json.dumps({KIND: SCHEMA, **report}, indent=2, ensure_ascii=False)
    return (text + "\n").encode("utf-8")


def read(data: bytes) -> dict[str, Any] | None:
    """Return the report in a seal, None for any other file."""
    if len(data) > LARGEST or not data.startswith(f'{{\n  "{KIND}": '.encode()):
        return None
    try:
        report = json.loads(data)
    except ValueError:
        return None
    return report if report.get(KIND) == SCHEMA else None


def is_broken(entry: EvidenceFile) -> bool:
    """Return True for a seal that does not fit the files beside it: a report and no evidence."""
    return entry.reason == BROKEN


def fits(report: Mapping[str, Any], file: str, entries: Iterable[EvidenceFile]) -> bool:
    """Return True where the files are the sealed ones and no others.

    ``file`` is the seal's own name, ``entries`` are all files of the evidence, by their names below
    the seal's folder.
    """
    folder = file.rpartition("/")[0]
    prefix = f"{folder}/" if folder else ""
    found = hash_of((entry.file.removeprefix(prefix), entry.digest or "") for entry in entries)
    return bool(found == report.get("evidence_hash"))
