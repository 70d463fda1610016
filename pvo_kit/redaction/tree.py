"""The files of an escalation, written again in the same folders and archives under new names."""

from __future__ import annotations

import gzip
import os
import tarfile
import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO, cast

from pvo_kit import seal
from pvo_kit.errors import InputError
from pvo_kit.evidence import Evidence
from pvo_kit.progress import Told
from pvo_kit.redaction import texts
from pvo_kit.redaction.lines import Lines
from pvo_kit.sources import SourceError, Unread, walk
from pvo_kit.sources.streams import blocks

Paths = Sequence[str | os.PathLike[str]]


@dataclass
class Written:
    """What was written: by new name, how much was replaced; and what could not be."""

    counts: dict[str, Counter[str]] = field(default_factory=dict)
    stubs: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    cut: list[str] = field(default_factory=list)


class _Hashed:
    """A stream that hashes what is read from it and remembers why it broke off."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._hash = sha256()
        self.damage = ""

    def read(self, size: int) -> bytes:
        if self.damage:
            return b""
        try:
            data = self._stream.read(size)
        except SourceError as error:
            self.damage = str(error)
            return b""
        self._hash.update(data)
        return data

    def digest(self) -> str:
        return self._hash.hexdigest()


def write(
    paths: Paths,
    evidence: Evidence,
    renamed: Mapping[str, str],
    lines: Lines,
    target: Path,
    told: Told,
) -> Written:
    """Write every file of the paths, redacted, below ``target``.

    ``told`` learns how many bytes were written. A PATH that is an archive becomes a folder;
    archives in it become archives again. Raises InputError where a file is no longer what it was
    when the evidence was loaded.
    """
    entries = {entry.file: entry for entry in evidence.files}
    pure = {file for file, _ in evidence.coverage}
    packed: dict[tuple[str, str, int], None] = {}
    written = Written()
    for item in walk(paths):
        entry = entries.get(item.file)
        if entry is None:
            if isinstance(item, Unread) or not evidence.redacted:
                raise InputError(
                    f"{item.file} was not there before; do it again, on a copy at rest"
                )
            continue  # the seal of a redacted folder
        if seal.is_broken(entry):
            continue  # of one that was changed: the copy gets a seal of its own
        new = renamed[item.file]
        if isinstance(item, Unread):
            written.left_out.append(new)
            continue
        before = lines.counts.copy()
        stream = _Hashed(item.stream)
        content = texts.redact(lines, item.file, entry.kind, item.file in pure,
                               cast(BinaryIO, stream))  # fmt: skip
        _put(target / new, content, told)
        if stream.digest() != entry.digest:
            raise InputError(f"{item.file} has changed meanwhile; do it again, on a copy at rest")
        written.counts[new] = lines.counts - before
        if entry.encoding is None and entry.lines == 0 and (target / new).stat().st_size:
            written.stubs.append(new)
        if stream.damage:
            written.cut.append(new)
        packed.update({(*each, depth): None for depth, each in enumerate(item.packed)})
    for name, form, _ in sorted(packed, key=lambda each: -each[2]):
        _pack(target / renamed.get(name, name), form)
    return written


def _put(path: Path, content: Iterator[bytes], told: Told) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("xb") as file:
        for block in content:
            file.write(block)
            told(len(block))


def _pack(path: Path, form: str) -> None:
    """Make an archive of a folder or a gz of a file; a PATH's own archive stays a folder."""
    made = path.with_name(path.name + ".part")
    if form == "gz" and path.is_file():
        with (
            path.open("rb") as plain,
            made.open("xb") as raw,
            gzip.GzipFile("", "wb", 9, raw, mtime=0) as file,
        ):
            for block in blocks(plain):
                file.write(block)
        path.unlink()
    elif form != "gz" and path.is_dir():
        files = sorted(each for each in path.rglob("*") if each.is_file())
        if form == "zip":
            _zip(path, files, made)
        else:
            _tar(path, files, made, is_packed=form == "tar.gz")
        _remove(path)
    else:
        return
    made.rename(path)


def _zip(folder: Path, files: Sequence[Path], made: Path) -> None:
    with zipfile.ZipFile(made, "x", zipfile.ZIP_DEFLATED) as archive:
        for each in files:
            info = zipfile.ZipInfo(each.relative_to(folder).as_posix(), (1980, 1, 1, 0, 0, 0))
            info.create_system, info.external_attr = 3, 0o100644 << 16  # the same on every system
            info.compress_type = zipfile.ZIP_DEFLATED
            is_large = each.stat().st_size > 1 << 30
            with archive.open(info, "w", force_zip64=is_large) as member, each.open("rb") as plain:
                for block in blocks(plain):
                    member.write(block)


def _tar(folder: Path, files: Sequence[Path], made: Path, *, is_packed: bool) -> None:
    with made.open("xb") as raw:
        stream = gzip.GzipFile("", "wb", 9, raw, mtime=0) if is_packed else raw
        with tarfile.open(fileobj=stream, mode="w", format=tarfile.PAX_FORMAT) as archive:
            for each in files:
                info = tarfile.TarInfo(each.relative_to(folder).as_posix())
                info.size = each.stat().st_size
                with each.open("rb") as plain:
                    archive.addfile(info, plain)
        if stream is not raw:
            stream.close()


def _remove(folder: Path) -> None:
    for each in sorted(folder.rglob("*"), reverse=True):
        if each.is_dir():
            each.rmdir()
        else:
            each.unlink()
    folder.rmdir()
