"""The few kinds of control that panels use: labelled, reachable by the keyboard, with a class."""

from __future__ import annotations

from collections.abc import Sequence

import ipywidgets

from pvo_kit.escape import terminal
from pvo_kit.widgets.blocks import Block, to_html

_LABEL = {"description_width": "10.5em"}
_WIDE = {"width": "auto", "max_width": "52em"}


def row(*children: ipywidgets.Widget) -> ipywidgets.Box:
    """Return widgets beside each other, or below each other where a page is narrow."""
    made = ipywidgets.Box(children, layout={"display": "flex", "flex_flow": "row wrap"})
    made.add_class("pvo-row")
    return made


def text(label: str, css: str) -> ipywidgets.Text:
    """Return a line to type in; it speaks when Enter is pressed or it is left."""
    field = ipywidgets.Text(
        description=label,
        continuous_update=False,
        style=_LABEL,
        layout=_WIDE,
    )
    field.add_class(css)
    return field


def area(label: str, css: str) -> ipywidgets.Textarea:
    """Return a box for several lines."""
    field = ipywidgets.Textarea(description=label, rows=6, style=_LABEL, layout=_WIDE)
    field.add_class(css)
    return field


def combo(label: str, css: str) -> ipywidgets.Combobox:
    """Return a line to type in that offers what is known."""
    field = ipywidgets.Combobox(
        description=label,
        ensure_option=False,
        continuous_update=False,
        style=_LABEL,
        layout=_WIDE,
    )
    field.add_class(css)
    return field


def choice(label: str, css: str, options: Sequence[tuple[str, str]] = ()) -> ipywidgets.Dropdown:
    """Return a list to choose from: texts with their values."""
    field = ipywidgets.Dropdown(description=label, options=options, style=_LABEL, layout=_WIDE)
    field.add_class(css)
    return field


def offer(field: ipywidgets.Dropdown, options: Sequence[str], every: str, value: str) -> None:
    """Give a list other entries; a value that is no longer among them becomes the first.

    ``every`` is the entry that leaves the choice open, with the value ''. The others' value is
    their text itself; what is shown of it cannot steer a page.
    """
    first = [(every, "")] if every else []
    field.options = first + [(terminal(option), option) for option in options]
    known = [each for _, each in field.options]
    field.value = value if value in known else known[0] if known else None


def button(label: str, css: str, *, main: bool = False) -> ipywidgets.Button:
    """Return a button; a panel's main one stands out."""
    made = ipywidgets.Button(
        description=label,
        button_style="primary" if main else "",
        layout={"width": "auto", "align_self": "flex-start"},
    )
    made.add_class(css)
    return made


def tick(label: str, css: str, value: bool = False) -> ipywidgets.Checkbox:
    """Return a box to tick; its label is plain text."""
    made = ipywidgets.Checkbox(
        description=terminal(label), value=value, indent=False, layout={"width": "100%"}
    )
    made.add_class(css)
    return made


def page(css: str, content: Sequence[Block] = ()) -> ipywidgets.HTML:
    """Return a place for blocks."""
    made = ipywidgets.HTML(to_html(content, live=True))
    made.add_class(css)
    return made


def show(place: ipywidgets.HTML, content: Sequence[Block]) -> None:
    """Show blocks in a place."""
    place.value = to_html(content, live=True)
