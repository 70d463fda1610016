"""Files and pastes on their way into a case's folder: tried, then kept, nothing overwritten."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pvo_kit import resources
from pvo_kit.errors import InputError
from pvo_kit.evidence import Evidence
from pvo_kit.loading import load
from pvo_kit.progress import Told

NEEDED = (
    "What is needed: a terminal session with its prompts (mx.example.com> status), lines of a mail "
    "log, the wizard's error text, or a saved configuration; a folder or a .zip, .tar.gz with them."
)

_NOT_IN_A_NAME = re.compile(r"[^\w.()+ -]+")
# Names that Windows takes for devices.
_DEVICE = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\..*)?$")


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that a browser sent, or a paste: a name and its bytes."""

    name: str
    data: bytes


def paste(text: str) -> Upload:
    """Return a paste as a file; its name says nothing, since content alone counts."""
    return Upload("pasted.txt", text.encode("utf-8", "surrogatepass"))


def tried(uploads: Sequence[Upload], told: Told | None = None) -> Evidence:
    """Return the evidence in these files alone; InputError where there is none in them."""
    if not any(upload.data for upload in uploads):
        raise empty("There is nothing in it.")
    with tempfile.TemporaryDirectory() as folder:
        keep(uploads, Path(folder))
        found = load(folder, told=told)
    refuse_unusable(found)
    return found


def empty(told: str) -> InputError:
    """Return the error for nothing at all, with what is needed."""
    return InputError(f"{told}\n{NEEDED}")


def refuse_unusable(evidence: Evidence) -> None:
    """Raise InputError, which tells what was found in each file, where nothing can be used."""
    used = [entry for entry in evidence.files if entry.kind != "unused"]
    if used or not evidence.files:
        return
    told = [f"{entry.file}: {entry.reason or 'cannot be used'}" for entry in evidence.files[:10]]
    more = len(evidence.files) - len(told)
    rest = [f"... and {more} more"] if more else []
    raise InputError("\n".join(["Nothing in it can be used.", *told, *rest, NEEDED]))


def keep(uploads: Sequence[Upload], folder: Path) -> None:
    """Write files into a folder under names of its own; one that is there already stays alone."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for upload in uploads:
            if upload.data:
                _write(folder, safe_name(upload.name), upload.data)
    except OSError as error:
        raise InputError(
            f"{folder} cannot be written to ({error.strerror}); start the notebook in a folder of "
            "your own"
        ) from None


def _write(folder: Path, name: str, data: bytes) -> None:
    for path in _places(folder, name):
        if not path.exists():
            path.write_bytes(data)
            return
        if path.is_file() and path.read_bytes() == data:
            return  # the same file, uploaded once more


def _places(folder: Path, name: str) -> Iterator[Path]:
    """Yield the name and, where it is taken, ``name-2.txt`` and so on."""
    yield folder / name
    stem, suffix = Path(name).stem, Path(name).suffix
    number = 2
    while True:
        yield folder / f"{stem}-{number}{suffix}"
        number += 1


def safe_name(name: str) -> str:
    """Return the last component of a stranger's file name, without what a system takes amiss."""
    last = re.split(r"[/\\]", name)[-1]
    shown = _NOT_IN_A_NAME.sub("_", last).strip(" .")[-120:].lstrip(" .")
    return f"_{shown}" if not shown or _DEVICE.match(shown) else shown


def copy(source: Path, folder: Path) -> None:
    """Copy a case into a folder; where that is there already, it is that copy and stays."""
    if folder.exists():
        return
    draft = folder.with_name(f"{folder.name}.part")
    try:
        shutil.rmtree(draft, ignore_errors=True)
        if source.is_dir():
            shutil.copytree(source, draft)
        else:
            draft.mkdir(parents=True)
            shutil.copy(source, draft)
        draft.rename(folder)
    except OSError as error:
        raise InputError(
            f"{folder} cannot be written ({error.strerror}); start the notebook in a folder of "
            "your own"
        ) from None


def unused(home: Path, name: str) -> Path:
    """Return a folder's path of this name that holds no transcript yet: ``name``, ``name-2`` ..."""
    number, path = 1, home / name
    while any(path.rglob("*.txt")):
        number += 1
        path = home / f"{name}-{number}"
    return path


def is_bundled(path: Path) -> bool:
    """Return True for a case that came with the kit."""
    cases = {resources.example(name).parent.resolve() for name in resources.examples()[:1]}
    return any(home in path.resolve().parents for home in cases)


def state(path: Path) -> tuple[object, ...]:
    """Return what changes when a file below the path does: names, sizes, times of change."""
    files = [path] if path.is_file() else sorted(path.rglob("*"))
    found = []
    for file in files:
        about = os.lstat(file)
        found.append((str(file), about.st_size, about.st_mtime_ns))
    return tuple(found)
