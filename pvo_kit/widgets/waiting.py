"""A bar inside a panel, for what takes longer than two seconds: a callback has no cell."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import ipywidgets

from pvo_kit.progress import Told, late_bar


class Waiting:
    """The place of a bar: empty until a work has lasted some seconds, and after it."""

    def __init__(self) -> None:
        """Make an empty place."""
        self.widget = ipywidgets.VBox()
        self.widget.add_class("pvo-waiting")

    @contextmanager
    def reading(self, size: int | None) -> Iterator[Told]:
        """Draw how many bytes were read; ``size`` is how many there are, where that is known."""
        try:
            with late_bar(size, "reading", self._show) as told:
                yield told
        finally:
            self.widget.children = ()

    def _show(self, bar: ipywidgets.Widget) -> None:
        self.widget.children = (bar,)
