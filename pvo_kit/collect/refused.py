"""A connection or a login that did not come about, in words."""

from __future__ import annotations

from pvo_kit.errors import PvoError


class RefusedError(PvoError):
    """A connection or a login that did not come about; the message says why and what to do."""


def in_words(error: BaseException) -> str:
    """An error in words, on one line."""
    if isinstance(error, TimeoutError):
        return "timed out"
    text = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return " ".join(text.split()) or type(error).__name__
