"""The hash of an escalation without reading what its files say."""

from __future__ import annotations

import os
from hashlib import sha256

from pvo_kit import seal
from pvo_kit.evidence import EvidenceFile, hash_of
from pvo_kit.sources import Source, SourceError, Unread, walk

_BLOCK = 1 << 18


def evidence_hash(path: str | os.PathLike[str]) -> str:
    """Return the hash that ``load(path)`` gives, in the time it takes to read the bytes."""
    entries: list[EvidenceFile] = []
    seals: list[tuple[EvidenceFile, dict[str, object]]] = []
    for item in walk([path]):
        digest, report = _unread(item) if isinstance(item, Unread) else _read(item)
        entry = EvidenceFile(item.file, "unused", None, 0, None, digest)
        if report:
            seals.append((entry, report))
        else:
            entries.append(entry)
    if len(seals) != 1 or not seal.fits(seals[0][1], seals[0][0].file, entries):
        entries += [entry for entry, _ in seals]
    return hash_of((entry.file, entry.digest or "") for entry in entries)


def _unread(item: Unread) -> tuple[str | None, None]:
    return item.digest, None


def _read(source: Source) -> tuple[str, dict[str, object] | None]:
    """Return the digest of a file, up to where it breaks off, and the report if it is a seal."""
    found, start = sha256(), b""
    try:
        while block := source.stream.read(_BLOCK):
            found.update(block)
            if not start or (start[:1] == b"{" and len(start) <= seal.LARGEST):
                start += block
    except SourceError:
        pass  # the bytes before it count, as they do for load
    return found.hexdigest(), seal.read(start)
