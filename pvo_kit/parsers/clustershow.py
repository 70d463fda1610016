"""What ``clustershow``, chosen in a command's menu, says of where that setting is configured.

No capture of its output is public. Read is what any form of it must hold, a line that names a
mode, alone or as where something is configured::

    Message filters are configured at:
    Cluster Main
    Machine esa1.example.com
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from pvo_kit.evidence import Citation, Level
from pvo_kit.facts import Setting, SettingLevel
from pvo_kit.parsers.dialogue import Question
from pvo_kit.parsers.reading import Reading

_MODE = r"\(?\"?(?P<at>Machine|Group|Cluster)[ :]+\"?(?P<name>[\w.-]*\w)\"?\)?"
_LINES = (
    re.compile(rf"^[ \t]*(?:[-*]\s+|\d+\.\s+)?{_MODE}[:.,]?[ \t]*$", re.M),
    re.compile(
        rf"^[^\n]*\b(?:configured|defined|overridden|settings?)\b[^\n]*?{_MODE}[^\n]*$", re.M
    ),
    re.compile(rf"^[^\n]*?{_MODE}[^\n]*\b(?:configured|defined|overridden)\b[^\n]*$", re.M),
)
_HEAD = re.compile(r"^[^\n]*\bconfigured\s+(?:at|in):?[ \t]*$", re.M)
_NO = re.compile(r"\b(?:not|no|none|inherit\w*|never)\b", re.I)
_NOT_A_NAME = {"mode", "level", "settings", "configuration", "name"}

Span = tuple[int, int, tuple[Citation, ...]]


def parse(
    reading: Reading, asked: Sequence[Question], settings: Sequence[Setting]
) -> Iterator[SettingLevel]:
    """Yield the modes that the lines below a ``clustershow`` name."""
    seen: set[tuple[str, str]] = set()
    for start, end, cited in _spans(reading, asked):
        reading.skip(_HEAD)
        for pattern in _LINES:
            for match in reading.finditer(pattern):
                if not start <= reading.transcript.rows_of(*match.span()).start < end:
                    continue
                at: Level = match["at"].lower()  # type: ignore[assignment]
                name = match["name"].lower() if at == "machine" else match["name"]
                if _NO.search(match.group()) or name.lower() in _NOT_A_NAME or (at, name) in seen:
                    continue
                seen.add((at, name))
                origin = reading.origin(match, citations=cited)
                for setting in settings:
                    yield SettingLevel(setting=setting, command=reading.verb, at=at, name=name,
                                       own=True, source="clustershow", **origin)  # fmt: skip


def _spans(reading: Reading, asked: Sequence[Question]) -> Iterator[Span]:
    """The rows between each ``clustershow`` and the next answer."""
    last = len(reading.transcript.output)
    if reading.arguments.lower() == "clustershow":
        yield 0, asked[0].row if asked else last, reading.transcript.cite_prompt()
    for index, each in enumerate(asked):
        if each.answer.typed.lower() == "clustershow":
            end = asked[index + 1].row if index + 1 < len(asked) else last
            yield each.row + 1, end, (each.answer.citation,)
