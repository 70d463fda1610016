"""Where a redaction may write: never over anything of somebody's, nor into what it reads."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from pvo_kit import seal
from pvo_kit.errors import InputError, PvoError

MAP = '{\n  "pvo_kit map": 1'
"""How a map of ours begins."""


def check(paths: Sequence[str | os.PathLike[str]], out: Path, map_file: Path | None) -> None:
    """Raise InputError where something may not be read or written, with the reason."""
    if not paths:
        raise InputError("nothing to redact: give a folder, an archive or files")
    for path in paths:
        if os.fspath(path) == "-":
            raise InputError(
                "standard input cannot be read twice; write it to a file and give that"
            )
        place = Path(path)
        if _inside(out, place):
            raise InputError(
                f"{out.name} lies in {place.name}, which is read; choose another --out"
            )
        if _inside(place, out):
            raise InputError(f"{place.name} lies in {out.name}; choose another --out")
        if map_file and _inside(map_file, place):
            raise InputError(f"the map would lie in {place.name}, which is never changed")
    if map_file and _inside(map_file, out):
        raise InputError(f"the map would lie in {out.name}, which it must not go along with")
    if map_file and map_file.exists() and not _is_map(map_file):
        raise InputError(f"{map_file.name} exists and is no map of pvo-kit; choose another --map")
    if out.exists() and not (out.is_dir() and (not any(out.iterdir()) or is_ours(out))):
        raise InputError(
            f"{out.name} exists and is no untouched folder of a redaction; choose another --out"
        )
    if not out.absolute().parent.is_dir():
        raise InputError(f"the folder for {out.name} does not exist; make it first")


def check_key(key_file: Path, paths: Sequence[str | os.PathLike[str]], out: Path) -> None:
    """Raise InputError where the key lies in what is redacted or written."""
    for place in (*map(Path, paths), out):
        if _inside(key_file, place):
            raise InputError(f"the key lies in {place.name}; keep it elsewhere")


def is_ours(folder: Path) -> bool:
    """Return True for a folder that a redaction made and nobody changed."""
    from pvo_kit.loading import load

    if not (folder / seal.FILE).is_file():
        return False
    try:
        return load(folder).redacted
    except PvoError:
        return False


def _inside(path: Path, folder: Path) -> bool:
    inner, outer = Path(os.path.realpath(path)), Path(os.path.realpath(folder))
    return inner == outer or outer in inner.parents


def _is_map(file: Path) -> bool:
    try:
        with file.open("r", encoding="utf-8") as text:
            return text.read(len(MAP)) == MAP
    except (OSError, UnicodeDecodeError):
        return False


@contextmanager
def draft(out: Path) -> Iterator[Path]:
    """Yield a folder beside ``out`` to write into; whatever is left of it at the end goes."""
    try:
        place = Path(tempfile.mkdtemp(prefix=f".{out.name}-", dir=out.absolute().parent))
        made = place / "copy"  # with the rights of any new folder, which mkdtemp does not give
        made.mkdir()
    except OSError as error:
        raise InputError(f"{out.name} cannot be made ({error.strerror})") from None
    try:
        yield made
    except OSError as error:
        raise InputError(f"{out.name} cannot be written ({error.strerror}); nothing is kept") from (
            error
        )
    finally:
        shutil.rmtree(place, ignore_errors=True)


def put(made: Path, out: Path) -> None:
    """Move a finished folder to its place; an older one of ours goes with the draft."""
    if out.exists():
        out.rename(made.with_name("old"))
    made.rename(out)


def write_map(file: Path, text: str) -> None:
    """Write a map that only its owner can read, whole or not at all."""
    part = file.with_name(file.name + ".part")
    try:
        part.unlink(missing_ok=True)
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with open(handle, "w", encoding="utf-8", newline="\n") as target:
            target.write(text)
        part.replace(file)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise InputError(f"the map {file.name} cannot be written ({error.strerror})") from None
