"""Bars for what takes longer than two seconds, where a person looks on."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

DELAY = 2.0
"""Seconds before a bar is drawn: what ends sooner shows none."""

Told = Callable[[int], object]
"""Is told how many more bytes were read."""


@contextmanager
def progress(size: int | None, about: str) -> Iterator[Told]:
    """Draw a bar while bytes are read: on a terminal's standard error, or below a notebook's cell.

    ``size`` is how many there are, None where that is not known. What is yielded is to be told of
    each block; where nobody looks on it does nothing.
    """
    if _in_notebook():
        with _below_the_cell(size, about) as told:
            yield told
    elif sys.stderr.isatty():
        from tqdm import tqdm  # not a cheap import, and of no use without anyone looking

        bar = tqdm(total=size, desc=about, unit="B", unit_scale=True, delay=DELAY, leave=False)
        with bar:
            yield bar.update
    else:
        yield unseen


@contextmanager
def _below_the_cell(size: int | None, about: str) -> Iterator[Told]:
    """Draw a bar of which nothing is left: one of tqdm's own would stay in a saved cell as text."""
    from IPython.display import HTML, DisplayHandle

    handle: Any = DisplayHandle()  # type: ignore[no-untyped-call]
    shown: list[Any] = []

    def show(bar: Any) -> None:
        shown.append(bar)
        handle.display(bar)

    try:
        with late_bar(size, about, show) as told:
            yield told
    finally:
        if shown:
            handle.update(HTML(""))  # type: ignore[no-untyped-call]


@contextmanager
def late_bar(size: int | None, about: str, show: Callable[[Any], None]) -> Iterator[Told]:
    """Make a widget with a bar once DELAY seconds are over, and give it to ``show``."""
    begun, before = time.monotonic(), 0
    bar: Any = None

    def told(count: int) -> None:
        nonlocal bar, before
        if bar is not None:
            bar.update(count)
            return
        before += count
        if time.monotonic() - begun > DELAY:
            from tqdm.notebook import tqdm

            bar = tqdm(
                total=size, initial=before, desc=about, unit="B", unit_scale=True, display=False
            )
            show(bar.container)

    try:
        yield told
    finally:
        if bar is not None:
            bar.close()


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
    """Return True where a terminal or a notebook shows what is written."""
    return _in_notebook() or sys.stderr.isatty()


def _in_notebook() -> bool:
    # Nothing of Jupyter is loaded to find out: in a kernel it is there already.
    return "ipykernel.zmqshell" in sys.modules and find_spec("ipywidgets") is not None


def unseen(_: int) -> None:
    """Draw nothing."""
