"""A progress bar in a terminal or a notebook, for what takes more than moments."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

_DELAY = 2  # seconds


@contextmanager
def progress(size: int | None) -> Iterator[Callable[[int], object]]:
    """Give what takes the number of bytes that were read since it was told last."""
    if not (sys.stderr.isatty() or "ipykernel" in sys.modules):
        yield lambda _: None
        return
    from tqdm.auto import tqdm  # not a cheap import, and of no use without anyone looking

    with tqdm(total=size, unit="B", unit_scale=True, delay=_DELAY, desc="mail logs") as bar:
        yield bar.update
