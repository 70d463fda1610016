"""The kit's own files in a collected folder: the manifest, and answers that broke off.

Neither is evidence. ``load`` asks ``told`` what a file is and lists it with that as unused.
"""

from __future__ import annotations

from collections.abc import Sequence

FILE = "manifest.json"
MARK = '  "made_by": "pvo-kit collect",'
"""The manifest's second line: what tells it from any other JSON."""

CUT = "pvo-kit collect: an answer that broke off, kept for people."
"""The first line of a file with an answer that broke off; the answer's lines follow, marked."""


def told(lines: Sequence[str]) -> str | None:
    """Return what a file of the kit's own is, in words; None for any other file."""
    if list(lines[:2]) == ["{", MARK]:
        return "is the manifest of a collection: who was asked what, and when"
    if lines and lines[0] == CUT:
        return "is an answer that broke off; half an answer is no evidence, collect it again"
    return None
