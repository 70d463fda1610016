"""Recorded observations (TOML), redacted: hosts, who saw it, and the words of the value."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Sequence

from pvo_kit.redaction.lines import Lines

_PAIR = re.compile(r"(?P<head>[\s>]*(?P<key>[A-Za-z0-9_-]+)\s*=\s*)(?P<value>\S.*)")
_STRING = re.compile(r"(?P<text>\"(?:[^\"\\]|\\.)*\"|'[^']*')(?P<rest>\s*(?:#.*)?)")
_PLAIN = ("what", "time")


def redact(lines: Lines, shown: Sequence[str]) -> list[str]:
    """Redact the lines of an ``observations.toml``; tables and keys stay."""
    return [_line(lines, line) for line in shown]


def _line(lines: Lines, line: str) -> str:
    pair = _PAIR.fullmatch(line)
    if not pair:
        return lines.told(line) if "#" not in line else lines.free(line)
    key, value = pair["key"], pair["value"]
    string = _STRING.fullmatch(value)
    if key in _PLAIN or not string:
        return lines.told(pair["head"]) + lines.told(value)
    text = _decoded(string["text"])
    return lines.told(pair["head"]) + _quoted(_value(lines, key, text)) + lines.free(string["rest"])


def _value(lines: Lines, key: str, text: str) -> str:
    if key == "host" and text:
        return lines.as_host(text)
    if key == "by" and text:
        lines.counts["user"] += 1
        return lines.names.user(text)
    return lines.told(text)


def _decoded(text: str) -> str:
    try:
        return str(tomllib.loads(f"text = {text}")["text"])
    except tomllib.TOMLDecodeError:
        return text[1:-1]


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
