"""Evidence is untrusted text: one function each makes it safe for a terminal, CSV and HTML.

No other code writes evidence out.
"""

from __future__ import annotations

import html as _html
import re

# Control characters, those that turn the direction of writing or are not seen at all (zero width,
# soft hyphens, tags), line and paragraph separators, and halves of surrogate pairs.
_UNSAFE = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\U000e0000-\U000e007f]"
)
_FORMULA = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""What a spreadsheet computes; a Japanese one does so with the wide forms too."""


def terminal(text: str) -> str:
    """Return text that cannot steer a terminal: what would do so or is not seen is spelled out.

    A tab becomes a blank.
    """
    return _UNSAFE.sub(_spelled, text)


def _spelled(match: re.Match[str]) -> str:
    character = match.group()
    return " " if character == "\t" else character.encode("unicode_escape").decode("ascii")


def csv_cell(text: str) -> str:
    """Return text that no spreadsheet takes for a formula, on one line."""
    safe = terminal(text)
    return "'" + safe if safe.lstrip().startswith(_FORMULA) else safe


def html(text: str) -> str:
    """Return text that is only text in HTML, in elements and in quoted attributes."""
    return _html.escape(terminal(text), quote=True)
