"""RUNS: whose it is, that only one run writes to it, and whether there is room left."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from io import FileIO
from pathlib import Path

from pvo_kit.batching import drafts
from pvo_kit.batching.notebooks import missing
from pvo_kit.errors import InputError
from pvo_kit.escape import terminal

CASES = "cases"
LOG = "batch.log"
MARK = "pvo-kit-batch.txt"
LOCK = "pvo-kit-batch.lock"

SPARE = 32 << 20
"""Bytes that must be free on the disk of RUNS for another case to begin."""

_MARKED = "Results of pvo-kit batch; see index.html. Other runs may go on here.\n"


@contextmanager
def claimed(
    out: str | os.PathLike[str], archives: Iterable[str | os.PathLike[str]]
) -> Iterator[Path]:
    """Lend RUNS to this run alone, made where it is new, without the drafts of a killed run.

    Raises InputError for a folder that is not ours, that another run uses, or that lies in an
    archive (its results would be cases), and DiskFull.
    """
    folder = Path(os.path.abspath(out))
    _refuse_overlap(folder, archives)
    _refuse_strange(folder)
    with _locked(folder):
        try:
            _prepare(folder)
        except OSError as error:
            raise _unwritable(folder, error) from None
        yield folder


def _prepare(folder: Path) -> None:
    check_room(folder)
    drafts.write(folder / MARK, _MARKED.encode())
    (folder / CASES).mkdir(exist_ok=True)
    for path in (*drafts.left_over(folder), *drafts.left_over(folder / CASES)):
        path.unlink(missing_ok=True)


def _unwritable(folder: Path, error: OSError) -> InputError:
    return InputError(
        f"{folder.name} cannot be written ({error.strerror or error}); choose another --out"
    )


def _refuse_overlap(folder: Path, archives: Iterable[str | os.PathLike[str]]) -> None:
    own = os.path.realpath(folder)
    for archive in archives:
        other = os.path.realpath(archive)
        if own == other or Path(other) in Path(own).parents or Path(own) in Path(other).parents:
            raise InputError(
                f"{folder.name} and {os.path.basename(other)} lie in each other; choose an --out "
                "beside the archives"
            )


def _refuse_strange(folder: Path) -> None:
    if folder.exists() and not folder.is_dir():
        raise InputError(f"{folder.name} is a file; choose another --out")
    if (folder / MARK).exists() or not folder.exists():
        return
    # A run that was killed before it left its mark leaves these.
    names = sorted(entry.name for entry in folder.iterdir())
    others = [name for name in names if name != LOCK and not name.startswith(drafts.DRAFT)]
    if others:
        raise InputError(
            f"{folder.name} exists and is no folder of pvo-kit batch (it holds "
            f"{terminal(others[0])}); choose another --out"
        )


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    try:
        from filelock import FileLock, Timeout
    except ImportError as error:
        raise missing("batch", error) from None
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = FileLock(folder / LOCK)
        lock.acquire(timeout=0)
    except Timeout:
        raise InputError(
            f"another run is writing to {folder.name}; wait for it, or choose another --out"
        ) from None
    except (OSError, NotImplementedError) as error:  # a disk that knows no locks
        raise _unwritable(folder, OSError(*error.args)) from None
    try:
        yield
    finally:
        lock.release()


def check_room(folder: Path) -> None:
    """Raise DiskFull while there is still room for what has begun."""
    if shutil.disk_usage(folder).free < SPARE:
        raise drafts.DiskFull(f"the disk of {folder.name} is full")


@contextmanager
def log(folder: Path) -> Iterator[Log]:
    """Open the log of RUNS, to add to it."""
    with (folder / LOG).open("ab", buffering=0) as file:
        yield Log(file)


class Log:
    """Lines for a person, each with the time of day; a full disk costs no more than them."""

    def __init__(self, file: FileIO) -> None:
        """Write to a file that is open."""
        self._file = file

    def tell(self, text: str, trace: str = "") -> None:
        """Add a line, and a traceback below it."""
        now = datetime.now().astimezone().isoformat(" ", "seconds")
        lines = [
            f"{now}  {terminal(text)}",
            *(f"    {terminal(row)}" for row in trace.splitlines()),
        ]
        text = "".join(f"{line}\n" for line in lines)
        with suppress(OSError):
            self._file.write(text.encode("utf-8", "backslashreplace"))
