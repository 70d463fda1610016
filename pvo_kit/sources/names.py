"""Names of files: decoded from any encoding, printable, and no two the same."""

from __future__ import annotations

import os
import re
import unicodedata

_JAPANESE = re.compile("[\u3005\u3041-\u30ff\u4e00-\u9fff]{2}")
_LEADS_OUT = re.compile(r"[/\\]|[A-Za-z]:|(.*[/\\])?\.\.([/\\]|$)", re.DOTALL)
_UNSEEN = ("Cc", "Cf", "Cs", "Zl", "Zp")  # controls, directions, unknown bytes, line ends


def decoded(raw: bytes, other: str = "") -> str:
    """Decode a name: UTF-8, else CP932 if it gives Japanese, else ``other`` (or surrogates)."""
    for encoding in ("utf-8", "cp932"):
        try:
            name = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        # One accent before a letter looks like a kanji in CP932: only two in a row are Japanese.
        if encoding == "utf-8" or _JAPANESE.search(name):
            return name
    return raw.decode(other) if other else raw.decode("utf-8", "surrogateescape")


def printable(name: str) -> str:
    """Escape what changes or hides the text around it."""
    return "".join(_escaped(c) if unicodedata.category(c) in _UNSEEN else c for c in name)


def _escaped(character: str) -> str:
    code = ord(character)
    if 0xDC80 <= code <= 0xDCFF:  # how Python keeps a byte that is in no encoding
        return f"\\x{code - 0xDC00:02x}"
    return character.encode("unicode_escape").decode()


def on_disk(name: str) -> str:
    """Return the name of a file or folder on disk as it is shown."""
    return printable(decoded(os.fsencode(name)))


def below(path: str) -> str:
    """Return a member's path as it is shown, without empty parts and dots."""
    return printable("/".join(part for part in path.split("/") if part not in ("", ".")))


def leads_out(path: str) -> bool:
    """Tell whether a member's path leads out of its archive."""
    return _LEADS_OUT.match(path) is not None


def unique(name: str, seen: dict[str, int]) -> str:
    """Return the name, with ``~2`` and so on behind it where it was seen before."""
    result = name
    while result in seen:
        seen[name] += 1
        result = f"{name}~{seen[name]}"
    seen[result] = 1
    return result
