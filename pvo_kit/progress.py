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
def reading(paths: Sequence[str | os.PathLike[str]]) -> Iterator[Told]:
    """Draw a bar on standard error while files are read, where a person looks on.

    That is a terminal, or a notebook. What is yielded is to be told of each block that was read.
    """
    if not is_watched():
        yield _unseen
        return
    from tqdm.auto import tqdm

    with tqdm(
        desc="reading",
        total=size(paths),
        unit="B",
        unit_scale=True,
        unit_divisor=1024,
        delay=DELAY,
        leave=False,
    ) as bar:
        yield bar.update


def size(paths: Sequence[str | os.PathLike[str]]) -> int | None:
    """Return the bytes of the files below these paths as they lie on disk, None for none.

    An archive unpacks to more: a bar that runs over its end goes on without one.
    """
    found = (file for path in paths for file in (Path(path), *Path(path).rglob("*")))
    return sum(file.stat().st_size for file in found if file.is_file()) or None


def is_watched() -> bool:
    """Return True where standard error is a terminal, or a notebook's kernel runs this."""
    # Nothing of Jupyter is loaded to find out: in a kernel it is there already.
    return sys.stderr.isatty() or "ipykernel.zmqshell" in sys.modules


def _unseen(_: int) -> None:
    pass
