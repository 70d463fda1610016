"""Whether an original value is left as a whole token, in any of the encodings it may hide in."""

from __future__ import annotations

import quopri
import re
from collections.abc import Iterable, Iterator
from urllib.parse import unquote_to_bytes

from pvo_kit.redaction.tokens import DATE_WORD
from pvo_kit.redaction.vocabulary import CONSTANTS, USERS, is_own

_RUN = re.compile(r"[\w.@:%+~'-]+")
_WORD = re.compile(r"[^\W_]+")
_JOINTS = re.compile(r"[@:%+~'/]")
_OTHERS = ("cp932", "utf-16-le", "utf-16-be")
_MOST_REMEMBERED = 1 << 18


class Leaks:
    """Looks for the original values in what was written; for secrets, see ``is_secret``."""

    def __init__(self, values: Iterable[str]) -> None:
        """Sort the values into tokens and texts of several."""
        self._tokens: set[str] = set()
        self._texts: dict[str, list[tuple[str, int]]] = {}
        self._clean: set[str] = set()
        for value in values:
            known = value.lower().strip(".:")
            if _RUN.fullmatch(known):
                self._tokens.add(known)
            elif word := next(filter(_is_telling, _WORD.finditer(known)), None):
                # By a word of its own: the appliance's words stand in every line.
                self._texts.setdefault(word.group(), []).append((known, word.start()))

    def found(self, line: str, raw: bytes | None = None) -> Iterator[str]:
        """Yield the original values in a line, also those that are written in another way."""
        yield from self._found(line)
        for other in _readings(line, raw):
            yield from self._found(other)

    def _found(self, line: str) -> Iterator[str]:
        lower = line.lower()
        for text in sorted(set(_RUN.findall(lower)) - self._clean):
            hits = {part for part in _parts(text) if part in self._tokens}
            yield from sorted(hits)
            if not hits and len(self._clean) < _MOST_REMEMBERED:
                self._clean.add(text)
        if self._texts.keys().isdisjoint(_WORD.findall(lower)):
            return
        for word in _WORD.finditer(lower):
            for text, ahead in self._texts.get(word.group(), ()):
                start = word.start() - ahead
                if start >= 0 and lower.startswith(text, start) and _ends(lower, start, text):
                    yield text


def is_secret(value: str) -> bool:
    """Return True for a value that tells somebody.

    None are numbers, what blanked text looks like, and words that stand in any case: the
    appliance's own, and those of dates.
    """
    if value.lower().rstrip(".") in CONSTANTS | USERS:
        return False
    return _is_address(value) or any(map(_is_telling, _WORD.finditer(value)))


def _is_telling(word: re.Match[str]) -> bool:
    text = word.group()
    return not (
        is_own(text) or text.isdigit() or not text.strip("xX0") or DATE_WORD.fullmatch(text)
    )


def _is_address(value: str) -> bool:
    return value.count(".") == 3 and value.replace(".", "").isdigit()


def _parts(run: str) -> Iterator[str]:
    """A run of letters and joints as a whole, and every token that it may be made of."""
    bare = run.strip(".:'-+~%")
    if bare in CONSTANTS:
        return
    yield bare
    for part in _JOINTS.split(bare):
        yield part.strip(".-")
    yield from _WORD.findall(bare)


def _ends(line: str, start: int, text: str) -> bool:
    before, behind = line[max(0, start - 1) : start], line[start + len(text) :][:1]
    return not (behind.isalnum() and text[-1:].isalnum()) and not (
        before.isalnum() and text[:1].isalnum()
    )


def _readings(line: str, raw: bytes | None) -> Iterator[str]:
    """A line as URL and quoted-printable text would decode, and its bytes in other encodings."""
    encoded = line.encode("utf-8", "replace")
    decoded = []
    if "%" in line:
        decoded.append(unquote_to_bytes(encoded))
    if "=" in line:
        decoded.append(quopri.decodestring(encoded))
    for data in decoded:
        if data != encoded:
            yield data.decode("utf-8", "replace")
            yield data.decode("cp932", "replace")
    if raw is not None and (b"\x00" in raw or not raw.isascii()):
        for encoding in _OTHERS:
            yield raw.decode(encoding, "replace")
            yield raw[1:].decode(encoding, "replace")
