"""Text made ready for a page or a terminal: elements, lines, and the button that copies.

Evidence reaches HTML through ``element`` alone, which escapes every text that is not already
markup.
"""

from __future__ import annotations

import textwrap

from markupsafe import Markup

from pvo_kit import escape

WIDTH = 100


def element(name: str, *content: str, **attributes: str) -> Markup:
    """Return an element; content and attributes are escaped unless they are Markup.

    ``class_`` and ``aria_label`` are the attributes ``class`` and ``aria-label``.
    """
    pairs = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{_safe(value)}"'
        for key, value in attributes.items()
    )
    # Both parts are safe: the names are the kit's own, the rest went through _safe.
    return Markup(f"<{name}{pairs}>{''.join(map(_safe, content))}</{name}>")  # noqa: S704


def _safe(text: str) -> str:
    return text if isinstance(text, Markup) else escape.html(text)


def wrapped(text: str, first: str = "", indent: str = "") -> list[str]:
    """Return text in lines of WIDTH."""
    return textwrap.wrap(
        escape.terminal(text),
        WIDTH,
        initial_indent=first,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )


# The same words for every text: what is copied is looked up on the page, never written in here.
_COPY = (
    "var box=this.parentNode,pre=box.querySelector('pre'),told=box.querySelector('output');"
    "var range=document.createRange();range.selectNodeContents(pre);"
    "var chosen=getSelection();chosen.removeAllRanges();chosen.addRange(range);"
    "var done=function(){told.textContent='Copied.'};"
    "var kept=function(){told.textContent=document.execCommand('copy')?'Copied.'"
    ":'Selected: press Ctrl+C or Cmd+C.'};"
    "navigator.clipboard?navigator.clipboard.writeText(pre.textContent).then(done,kept):kept()"
)


def copy_button(label: str) -> Markup:
    """Return a button that copies the lines beside it, and the place where it says so."""
    button = element(
        "button",
        "Copy",
        type="button",
        class_="pvo-copy",
        onclick=_COPY,
        aria_label=f"Copy {label}",
    )
    return button + element("output", class_="pvo-told")
