"""A table as HTML that reads from left to right wherever it is shown.

A notebook's own style sheet sets the cells of a table to the right. The styles here stand in the
elements, since a notebook that is saved and not trusted loses a style sheet of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

CELL = "text-align: left; vertical-align: top"


def table(head: Sequence[str], rows: Iterable[Sequence[str]], caption: str = "") -> str:
    """Return a table; the first cell of a row heads it. Everything given is HTML already."""
    above = f'<caption style="text-align: left">{caption}</caption>' if caption else ""
    titles = "".join(f'<th scope="col" style="{CELL}">{title}</th>' for title in head)
    body = "".join(f"<tr>{_row(*cells)}</tr>" for cells in rows)
    parts = f"<thead><tr>{titles}</tr></thead><tbody>{body}</tbody>" if body else ""
    # A table wider than the page is scrolled on its own; a $ in it begins no formula.
    return (
        '<div style="overflow-x: auto"><table class="pvo-table tex2jax_ignore mathjax_ignore">'
        f"{above}{parts}</table></div>"
    )


def _row(first: str, *rest: str) -> str:
    cells = "".join(f'<td style="{CELL}">{cell}</td>' for cell in rest)
    return f'<th scope="row" style="{CELL}; font-weight: inherit">{first}</th>{cells}'
