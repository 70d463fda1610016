"""At which cluster mode filters, content filters, DLP and DMARC are configured.

A configuration command typed under ``(Machine x)>`` or ``(Group g)>`` answers, where nothing is
overridden there::

    NOTICE: This configuration command has not yet been configured for the current cluster mode
    (Machine esa1.example.com).

    What would you like to do?
    1. Switch modes to edit at mode "Cluster Main".
    ...
    [1]>

Its own menu or list at once means a configuration of its own at that mode. ``policyconfig`` asks
for a direction first. Sources: the notice's first line, the question and entry 1 are in public
CLI test code; the other entries, and what ``clustershow`` prints, are from memory.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pvo_kit.evidence import Level
from pvo_kit.facts import Fact, Setting, SettingLevel, SettingMoved
from pvo_kit.parsers import clustershow
from pvo_kit.parsers.dialogue import Question, questions
from pvo_kit.parsers.reading import Reading
from pvo_kit.parsers.refusals import RESTRICTED, is_refused

Mode = tuple[Level, str]

_SETTINGS: dict[str, tuple[Setting, ...]] = {
    "filters": ("message filters",),
    "policyconfig": ("incoming content filters", "outgoing content filters"),
    "dlpconfig": ("dlp",),
    "dlpstatus": ("dlp",),
    "dmarcconfig": ("dmarc",),
}
_NOTICE = re.compile(
    r"^[ \t]*NOTICE:\s+This\s+configuration\s+command\s+has\s+not\s+(?:yet\s+)?been\s+configured"
    r"\s+for\s+the\s+current\s+(?:cluster\s+)?mode\b"
    r"(?:\s*\(\s*(?P<level>Machine|Group|Cluster)\s+(?P<name>[^()\n]+?)\s*\))?",
    re.M | re.I,
)
_OWN = re.compile(
    r"^[ \t]*(?:Choose\s+the\s+operation\b[^\n]*|-\s+[A-Z_]+\s+-\s[^\n]*|Num\s+Active\s+[^\n]*|"
    r"(?P<direction>Incoming|Outgoing)\s+Mail\s+Polic(?:y|ies)\s+Configuration[^\n]*)",
    re.M | re.I,
)
_DIRECTION = re.compile(r"configure\s+Incoming", re.I)
_BATCH_MODE = re.compile(
    r"clustermode\s+(?P<level>machine|group|cluster)\s*(?P<name>[^\s;]*)", re.I
)
_REST = re.compile(
    r"^[ \t]*(?:What\s+would\s+you\s+like\s+to\s+do\?|DLP\s+(?:Engine|should)[^\n]*|"
    r"Component\s[^\n]*|"
    r"Enter\s+filter\s+script[^\n]*|\d+\s+filters?\s+\w+[^\n]*)[ \t]*$",
    re.M,
)
_FILTER_ROW = re.compile(r"^[ \t]*\d+\s+[YN]\s+[YN]\s+\S[^\n]*$", re.M)


def parse(reading: Reading) -> list[Fact]:
    """Read one run of a configuration command."""
    for pattern in (_REST, _FILTER_ROW):
        reading.skip(pattern)
    asked = list(questions(reading.transcript))
    direction = next((each for each in asked if each.asks(_DIRECTION)), None)
    notices = list(reading.finditer(_NOTICE))
    facts: list[Fact] = []
    for notice in notices:
        row = reading.transcript.rows_of(*notice.span()).start
        chosen = direction if direction and direction.row < row else None
        mode = _mode_of(notice) or _mode(reading)
        facts += _levels(reading, chosen, mode, own=False, match=notice)
    own = reading.search(_OWN)
    for _ in reading.finditer(_OWN):
        pass
    if own and not notices and not RESTRICTED.search(reading.text) and not is_refused(reading):
        facts += _own(reading, direction, own)
    return [*facts, *clustershow.parse(reading, asked, _names(reading, direction)),
            *_moved(reading, asked)]  # fmt: skip


def _own(
    reading: Reading, direction: Question | None, own: re.Match[str]
) -> Iterator[SettingLevel]:
    """The command's own menu at once; ``dlpstatus`` has none, it only shows the engine."""
    told = next((match for match in _OWN.finditer(reading.text) if match["direction"]), None)
    if reading.verb == "dlpstatus" or (reading.verb == "policyconfig" and not (direction or told)):
        return
    mode = _mode(reading)
    if direction is None and told:
        names: tuple[Setting, ...] = (
            "incoming content filters" if told["direction"].lower() == "incoming"
            else "outgoing content filters",
        )  # fmt: skip
        yield from _levels(reading, None, mode, own=True, match=own, names=names)
    else:
        yield from _levels(reading, direction, mode, own=True, match=own)


def _levels(
    reading: Reading, direction: Question | None, mode: Mode | None, *, own: bool,
    match: re.Match[str], names: tuple[Setting, ...] = (),
) -> Iterator[SettingLevel]:  # fmt: skip
    if mode is None:
        return
    cited = (direction.answer.citation,) if direction else ()
    origin = reading.origin(match, citations=(*reading.transcript.cite_prompt(), *cited))
    for setting in names or _names(reading, direction):
        yield SettingLevel(setting=setting, command=reading.verb, at=mode[0], name=mode[1], own=own,
                           source="menu" if own else "notice", **origin)  # fmt: skip


def _names(reading: Reading, direction: Question | None) -> tuple[Setting, ...]:
    """The settings that an answer is about: one direction where it was asked for."""
    names = _SETTINGS.get(reading.verb, ())
    if direction is None:
        return names
    chosen = (
        direction.chosen or {"1": "incoming", "2": "outgoing"}.get(direction.value, "")
    ).lower()
    return tuple(name for name in names if name.split()[0] in chosen)


def _mode_of(match: re.Match[str]) -> Mode | None:
    if not match["level"] or not match["name"]:
        return None
    level: Level = match["level"].lower()  # type: ignore[assignment]
    name = " ".join(match["name"].split())
    return level, name.lower() if level == "machine" else name


def _mode(reading: Reading) -> Mode | None:
    """The mode that the command ran in: of a ``clustermode`` on its line, else the prompt's."""
    source = reading.transcript
    switched = list(_BATCH_MODE.finditer(source.command.rpartition(";")[0]))
    if switched:
        return _mode_of(switched[-1]) or (("cluster", source.place) if source.level == "cluster"
                                          and source.place else None)  # fmt: skip
    if source.level is None or source.place is None:
        return None
    return source.level, source.place.lower() if source.level == "machine" else source.place


def _moved(reading: Reading, asked: list[Question]) -> Iterator[SettingMoved]:
    """``clusterset`` was chosen and its questions answered: copied, moved or deleted."""
    start = next(
        (i for i, each in enumerate(asked) if each.answer.typed.lower() == "clusterset"), None
    )
    if start is None or len(asked) < start + 2 or any("^C" in each.answer.typed for each in asked):
        return
    cited = tuple(each.answer.citation for each in asked[start:])
    yield SettingMoved(command=reading.verb, **reading.origin(citations=cited))
