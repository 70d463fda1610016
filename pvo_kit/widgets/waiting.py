"""A bar inside a panel, for what takes longer than two seconds."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import ipywidgets

from pvo_kit.progress import DELAY, Told


class Waiting:
    """The place of a bar: empty until a work has lasted DELAY seconds, and after it.

    A bar of tqdm's own would be drawn at the cell, or nowhere: a callback has no cell.
    """

    def __init__(self) -> None:
        """Make an empty place."""
        self.widget = ipywidgets.VBox()
        self.widget.add_class("pvo-waiting")

    @contextmanager
    def reading(self, total: int | None) -> Iterator[Told]:
        """Draw how many bytes were read; ``total`` is how many there are, where that is known."""
        from tqdm.notebook import tqdm

        begun = time.monotonic()
        bar: Any = tqdm(
            desc="reading", total=total, unit="B", unit_scale=True, display=False, leave=False
        )

        def told(count: int) -> None:
            bar.update(count)
            if not self.widget.children and time.monotonic() - begun > DELAY:
                self.widget.children = (bar.container,)

        try:
            yield told
        finally:
            self.widget.children = ()
            bar.close()
