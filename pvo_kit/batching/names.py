"""Names of cases: safe as a folder on every system, in a link and in a table."""

from __future__ import annotations

import re
import unicodedata

LONGEST = 100  # bytes of a name that is kept; Windows and drafts need room for more
_SLUG = 40  # characters
_SAFE = re.compile(r"\w(?:[\w .,()+-]*[\w)])?")
_DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)


def is_safe(name: str) -> bool:
    """Tell whether a folder may have this name: letters, digits and a few signs, in any script."""
    return (
        _SAFE.fullmatch(name) is not None
        and ".." not in name
        and not _DEVICES.fullmatch(name)
        and unicodedata.is_normalized("NFC", name)
        and len(name.encode()) <= LONGEST
    )


def same(name: str) -> str:
    """Return what two names have in common that are one name on some system."""
    return unicodedata.normalize("NFC", name).casefold()


def slug(name: str) -> str:
    """Return the letters and digits of a name, with ``-`` for everything between them."""
    words = re.findall(r"[^\W_]+", unicodedata.normalize("NFKC", name))
    return "-".join(words)[:_SLUG].encode()[:LONGEST].decode(errors="ignore").strip("-") or "case"
