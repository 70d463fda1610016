"""Saved configurations (XML), redacted: elements stay, and of their content what is no secret."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pvo_kit.redaction.lines import Lines

_PIECES = re.compile(r"(<[^<>]*>)")
_ELEMENT = re.compile(r"(</?[A-Za-z_][\w.:-]*)([^<>]*>)")
_DECLARED = ("<?xml", "<!DOCTYPE")
_ROOT = "<config"


def redact(lines: Lines, shown: Sequence[str]) -> list[str]:
    """Redact the lines of a configuration: the header comment is understood, content is not."""
    new: list[str] = []
    is_header = True
    for line in shown:
        is_header = is_header and _ROOT not in line
        new.append(_line(lines, line, is_header))
    return new


def _line(lines: Lines, line: str, is_header: bool) -> str:
    parts = _PIECES.split(line)
    for place, part in enumerate(parts):
        if place % 2:
            parts[place] = _tag(lines, part)
        else:
            parts[place] = lines.told(part) if is_header else lines.free(part)
    return "".join(parts)


def _tag(lines: Lines, tag: str) -> str:
    if tag.startswith(_DECLARED):
        return tag
    element = _ELEMENT.fullmatch(tag)
    if not element:
        return lines.free(tag)
    lines.structure.update(re.findall(r"[^\W_]+", element[1].lower()))
    return element[1] + lines.free(element[2])
