"""A chart as bytes, as a file, and with its text in a notebook."""

from __future__ import annotations

import base64
import io
from copy import deepcopy
from pathlib import Path
from typing import TYPE_CHECKING

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from pvo_kit import escape
from pvo_kit.errors import InputError

if TYPE_CHECKING:
    from IPython.display import HTML


def to_png(chart: Axes | Figure) -> bytes:
    """The figure of a chart as PNG; the same chart gives the same bytes."""
    figure = chart if isinstance(chart, Figure) else chart.get_figure(root=True)
    if figure is None:
        raise InputError("this Axes has been removed from its figure")
    # Each drawing lays a figure out anew, from where the last one left it: by a hair other bytes.
    # A copy of a figure that pyplot manages would become another window.
    fresh = figure if figure.canvas.manager else deepcopy(figure)
    picture = io.BytesIO()
    # Else the file would tell the version of matplotlib.
    fresh.savefig(picture, format="png", metadata={"Software": None})
    return picture.getvalue()


def save(chart: Axes | Figure, path: str | Path) -> None:
    """Write the figure of a chart to a ``.png`` file."""
    target = Path(path)
    if target.suffix.lower() != ".png":
        raise InputError(f"{target.name}: charts are saved as .png")
    target.write_bytes(to_png(chart))


def show_figure(chart: Axes | Figure, alt: str) -> HTML | str:
    """A chart with its alternative text for a notebook; plain HTML text where IPython is missing.

    An ``<img>`` of its own, because notebooks drop the alternative text of other pictures.
    """
    data = base64.b64encode(to_png(chart)).decode("ascii")
    html = f'<img alt="{escape.html(alt)}" src="data:image/png;base64,{data}">'
    try:
        from IPython.display import HTML
    except ImportError:
        return html
    return HTML(html)  # type: ignore[no-untyped-call]
