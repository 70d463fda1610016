"""Evidence is untrusted text: one function each makes it safe for a terminal, CSV and HTML.

No other code writes evidence out.
"""

from __future__ import annotations

import html as _html
import re

_UNSAFE = re.compile(
    "[\x00-\x08\x0a-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]"
)
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def terminal(text: str) -> str:
    """Return text that cannot steer a terminal: control and bidi characters become visible."""
    return _UNSAFE.sub(lambda match: match.group().encode("unicode_escape").decode("ascii"), text)


def csv_cell(text: str) -> str:
    """Return text that no spreadsheet takes for a formula, on one line."""
    safe = terminal(text)
    return "'" + safe if safe.startswith(_FORMULA) else safe


def html(text: str) -> str:
    """Return text that is only text in HTML, in elements and in quoted attributes."""
    return _html.escape(terminal(text), quote=True)
