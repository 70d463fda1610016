"""A panel: widgets over one open case, that can also be read where no widget is drawn.

A panel tells its content as blocks (``pvo_kit.widgets.blocks``). Beside the live widget it gives
them as HTML and as text: a saved or exported notebook shows these. They say what the panel said
when its cell ran.

A widget's event calls one method of the panel through ``calling``. What goes wrong there is shown
in the panel's message: what a user can mend (InputError) as it is told, a mistake of the kit with
its name, and then ``error`` keeps the exception. Nothing is swallowed, nothing becomes a traceback.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from importlib.resources import files
from typing import Any, ClassVar, TypeVar

import ipywidgets
from markupsafe import Markup

from pvo_kit.errors import InputError
from pvo_kit.widgets import blocks
from pvo_kit.widgets.blocks import Block
from pvo_kit.widgets.markup import element
from pvo_kit.widgets.opened import OpenCase


class Panel(ABC):
    """Widgets over an open case. ``name`` begins the CSS classes: ``pvo-<name>-...``.

    ``widget`` holds them all; ``say`` writes the message below them.
    """

    name: ClassVar[str]
    title: str

    def __init__(self, case: OpenCase) -> None:
        """Stand ready for a case; the widgets are made by the panel itself."""
        self.case = case
        self.error: Exception | None = None
        self._is_filling = False
        self.message = ipywidgets.HTML()
        self.message.add_class("pvo-message")
        self.message.add_class(f"pvo-{self.name}-message")
        self.widget = ipywidgets.VBox()
        self.widget.add_class("pvo-panel")
        self.widget.add_class(f"pvo-{self.name}")

    @abstractmethod
    def blocks(self) -> Sequence[Block]:
        """Return what the panel shows now."""

    @abstractmethod
    def refresh(self) -> None:
        """Show the case as it is now; called after each change of it."""

    def arrange(self, *children: ipywidgets.Widget) -> None:
        """Put the panel's widgets below its title, and show the case.

        The message is at their end where it is not among them.
        """
        head = ipywidgets.HTML(style() + element("h3", self.title))
        last = () if self.message in children else (self.message,)
        self.widget.children = (head, *children, *last)
        self.follow()
        self.case.follow(self.follow)

    def follow(self) -> None:
        """Show the case as it is now; what goes wrong in it costs no other panel anything."""
        self.run(self.refresh)

    def say(self, text: str, kind: str = "done") -> None:
        """Write the message, '' to clear it. ``kind`` is done, or problem for what went wrong."""
        sign, role = ("\u2716", "alert") if kind == "problem" else ("\u2714", "status")
        rows = Markup().join(element("div", line) for line in text.split("\n"))
        shown = element("span", sign, aria_hidden="true") + element("div", rows)
        self.message.value = element("div", shown, role=role, class_=f"pvo-{kind}") if text else ""

    def calling(self, function: Callable[[], None]) -> Callable[[Any], None]:
        """Return a widget's callback that calls one function and shows what goes wrong in it."""

        def called(_: Any) -> None:
            with self.case.lock:
                if not self._is_filling:
                    self.run(function)

        return called

    def content(self) -> Sequence[Block]:
        """Return what the panel shows; what goes wrong in it, where it cannot be told."""
        try:
            return self.blocks()
        except Exception as error:
            self.error = error
            return (blocks.Paragraph(_mistake(error)),)

    @contextmanager
    def filling(self) -> Iterator[None]:
        """Set values in here: no callback runs, since nobody chose them."""
        self._is_filling = True
        try:
            yield
        finally:
            self._is_filling = False

    def run(self, function: Callable[[], None]) -> None:
        """Call a function; what goes wrong becomes the panel's message."""
        self.error = None
        try:
            function()
        except InputError as error:
            self.say(str(error), "problem")
        except Exception as error:
            self.error = error
            self.say(_mistake(error), "problem")

    def __repr__(self) -> str:
        """Return the panel as text."""
        return f"{self.title}\n\n{blocks.to_text(self.content())}"

    def _repr_html_(self) -> str:
        head = element("h3", self.title)
        shown = element("div", head, blocks.to_html(self.content()), class_="pvo-panel pvo-still")
        return style() + shown

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        """Return the widget, and beside it HTML and text that need no kernel."""
        shown = self.widget._repr_mimebundle_()
        # ipywidgets gives the data alone, or the data and metadata.
        data = dict(shown[0] if isinstance(shown, tuple) else shown)
        return {**data, "text/html": self._repr_html_(), "text/plain": repr(self)}


def _mistake(error: Exception) -> str:
    """Return what is said of an exception that nobody expected."""
    return (
        f"This did not work: {type(error).__name__}: {error}\n"
        "It is a mistake in pvo_kit; what was captured is untouched. Please report it."
    )


@cache
def style() -> Markup:
    """Return the style sheet of all panels; it speaks of classes that begin with ``pvo-``."""
    text = (files("pvo_kit.widgets") / "panels.css").read_text(encoding="utf-8")
    return Markup(f"<style>{text}</style>")  # noqa: S704 - a file of the kit's own


P = TypeVar("P", bound=Panel)


def the_panel(case: OpenCase, kind: Callable[..., P], *about: Any) -> P:
    """Return a case's panel of this kind, made at the first call and the same one ever after."""
    key = (kind, *about)
    if key not in case.panels:
        case.panels[key] = kind(case, *about)
    found: P = case.panels[key]
    return found
