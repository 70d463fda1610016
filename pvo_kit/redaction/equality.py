"""Whether two diagnoses are equal up to the renaming, and where not, what differs first."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pvo_kit.findings import Diagnosis
from pvo_kit.redaction.lines import Lines

_WESTERN = {"cp1252", "latin-1"}


def difference(
    before: Diagnosis, after: Diagnosis, renamed: Mapping[str, str], lines: Lines
) -> str | None:
    """Return where a diagnosis differs from what the renaming makes of the other one.

    Compared are findings whole (status, summary, cited lines, needs, remedy), appliances, and the
    files that are in both. What is cited is compared by file and line: the text of a line is what
    was redacted.
    """
    old, new = before.to_dict(), after.to_dict()
    check = _Check(renamed, lines)
    names = {entry["file"] for entry in new["evidence"]["files"]}
    files = [each for each in old["evidence"]["files"] if renamed.get(each["file"]) in names]
    return (
        check.differ(old["findings"], new["findings"], "findings")
        or check.differ(old["evidence"]["appliances"], new["evidence"]["appliances"], "appliances")
        or check.differ(files, new["evidence"]["files"], "files")
    )


class _Check:
    """Compares values of two JSON documents; a path tells where they differ."""

    def __init__(self, renamed: Mapping[str, str], lines: Lines) -> None:
        self._renamed = renamed
        self._lines = lines

    def differ(self, old: Any, new: Any, where: str) -> str | None:
        if isinstance(old, dict) and isinstance(new, dict):
            if set(old) != set(new):
                return where
            return self._first((old[key], new[key], f"{where}.{key}") for key in old)
        if isinstance(old, list) and isinstance(new, list):
            if len(old) != len(new):
                return f"{where} ({len(old)} before, {len(new)} after)"
            each = zip(old, new, range(1, len(old) + 1), strict=True)
            return self._first((one, other, f"{where} {number}") for one, other, number in each)
        key = where.rpartition(".")[2]
        if self._same(old, new, key):
            return None
        return f"{where}: {old} before, {new} after" if key == "kind" else where

    def _first(self, pairs: Any) -> str | None:
        return next(filter(None, (self.differ(*pair) for pair in pairs)), None)

    def _same(self, old: Any, new: Any, key: str) -> bool:
        if not isinstance(old, str) or not isinstance(new, str):
            return bool(old == new)
        if key == "file":
            return self._renamed.get(old, old) == new
        if key == "encoding":
            return old == new or {old, new} <= _WESTERN
        return key == "text" or self._same_text(old, new)

    def _same_text(self, old: str, new: str) -> bool:
        """Whether each word of a sentence is the same, or what the renaming makes of it."""
        if old == new:
            return True
        told = self._lines.told(old)
        words = zip(old.split(), told.split(), new.split(), strict=False)
        return told == new or (
            len(old.split()) == len(told.split()) == len(new.split())
            and all(mine in (word, other) for word, other, mine in words)
        )
