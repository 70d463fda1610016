"""Bars for what takes longer than two seconds, where a person looks on."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

DELAY = 2.0
"""Seconds before a bar is drawn: what ends sooner shows none."""

Told = Callable[[int], object]
"""Is told how many more bytes were read."""


@contextmanager
def progress(size: int | None, about: str) -> Iterator[Told]:
    """Draw a bar on standard error (in a notebook, below the cell) while bytes are read.

    ``size`` is how many there are, None where that is not known. What is yielded is to be told of
    each block; where nobody looks on it does nothing.
    """
    if not is_watched():
        yield _unseen
        return
    from tqdm.auto import tqdm  # not a cheap import, and of no use without anyone looking

    with tqdm(
        total=size,
        desc=about,
        unit="B",
        unit_scale=True,
        delay=DELAY,
        leave=False,
    ) as bar:
        yield bar.update


def size_on_disk(paths: Sequence[str | os.PathLike[str]]) -> int | None:
    """Return the bytes of the files at and below these paths, None where there are none.

    An archive unpacks to more: a bar that runs over its end goes on without one.
    """
    found = (file for path in paths for file in (Path(path), *Path(path).rglob("*")))
    return sum(_size(file) for file in found) or None


def _size(file: Path) -> int:
    try:
        return file.stat().st_size if file.is_file() else 0
    except (OSError, ValueError):  # who reads it tells what is wrong with it
        return 0


def is_watched() -> bool:
    """Return True where standard error is a terminal, or a notebook's kernel runs this."""
    # Nothing of Jupyter is loaded to find out: in a kernel it is there already.
    return sys.stderr.isatty() or "ipykernel.zmqshell" in sys.modules


def _unseen(_: int) -> None:
    pass
