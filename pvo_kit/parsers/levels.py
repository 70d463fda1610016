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

from pvo_kit.facts import Fact, Setting, SettingLevel, SettingMoved
from pvo_kit.parsers import clustershow, modes
from pvo_kit.parsers.dialogue import Question, questions
from pvo_kit.parsers.reading import Reading
from pvo_kit.parsers.refusals import RESTRICTED, is_refused

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
_UNDER = re.compile(
    r"^[ \t]*1\.\s+Switch\s+modes\s+to\s+edit\s+at\s+mode\s+"
    r"[\"'\u201c]?(?P<level>Group|Cluster)\s+(?P<name>[^\n\"'\u201d]*\w)",
    re.M | re.I,
)
_OWN = re.compile(
    r"^[ \t]*(?:Choose\s+the\s+operation\b[^\n]*|-\s+[A-Z_]+\s+-\s[^\n]*|Num\s+Active\s+[^\n]*|"
    r"(?P<direction>Incoming|Outgoing)\s+Mail\s+Polic(?:y|ies)\s+Configuration[^\n]*)",
    re.M | re.I,
)
_DIRECTION = re.compile(r"configure\s+Incoming", re.I)
_MENU = re.compile(r"perform:\s+- [A-Z]", re.I)
_REST = re.compile(
    r"^[ \t]*(?:What\s+would\s+you\s+like\s+to\s+do\?|(?:DLP\s+(?:Engine|should)|Component|"
    r"Enter\s+filter\s+script|\d+\s+filters?\s+\w|\d+\s+[YN]\s+[YN]\s)[^\n]*)[ \t]*$",
    re.M,
)


def parse(reading: Reading) -> list[Fact]:
    """Read one run of a configuration command."""
    reading.skip(_REST)
    asked = list(questions(reading.transcript))
    direction = next((each for each in asked if each.asks(_DIRECTION)), None)
    notices, own = list(reading.finditer(_NOTICE)), list(reading.finditer(_OWN))
    facts: list[Fact] = []
    for notice in notices:
        row = reading.transcript.rows_of(*notice.span()).start
        chosen = direction if direction and direction.row < row else None
        facts += _levels(reading, chosen, notice, own=False)
    offered = RESTRICTED.search(reading.text) or is_refused(reading)
    # dlpstatus has no menu: what it prints is the engine, not a configuration.
    if own and not notices and not offered and reading.verb != "dlpstatus":
        head = next((match for match in own if match["direction"]), None)
        if direction or head or reading.verb != "policyconfig":
            facts += _levels(reading, direction, head or own[0], own=True)
    facts += clustershow.parse(reading, asked, _names(reading, direction))
    return facts + list(_moved(reading, asked))


def _levels(
    reading: Reading, direction: Question | None, match: re.Match[str], *, own: bool
) -> Iterator[SettingLevel]:
    mode = modes.of(reading) if own else modes.named(match) or modes.of(reading)
    if mode is None:
        return
    cited = (direction.answer.citation,) if direction else ()
    origin = reading.origin(match, citations=(*reading.transcript.cite_prompt(), *cited))
    head = match["direction"] if own and not direction else None
    offer = None if own else _UNDER.search(reading.text, match.end())
    under = modes.named(offer) if offer else None
    for setting in _names(reading, direction, head):
        yield SettingLevel(setting=setting, command=reading.verb, at=mode[0], name=mode[1], own=own,
                           source="menu" if own else "notice", under=under, **origin)  # fmt: skip


def _names(
    reading: Reading, direction: Question | None, head: str | None = None
) -> tuple[Setting, ...]:
    """The settings that an answer is about: one direction where it was asked or is headed."""
    names = _SETTINGS.get(reading.verb, ())
    if direction:
        by_number = {"1": "incoming", "2": "outgoing"}
        head = direction.chosen or by_number.get(direction.value, "neither")
    return tuple(name for name in names if head is None or name.split()[0] in head.lower())


def _moved(reading: Reading, asked: list[Question]) -> Iterator[SettingMoved]:
    """``clusterset`` was chosen and its questions answered: copied, moved or deleted."""
    typed = [each.answer.typed.lower() for each in asked]
    if "clusterset" not in typed:
        return
    start = typed.index("clusterset")
    menu = next((n for n in range(start + 1, len(asked)) if asked[n].asks(_MENU)), len(asked))
    answers = asked[start + 1 : menu]
    if answers and answers[0].value and not answers[-1].value.lower().startswith(("n", "^c")):
        cited = tuple(each.answer.citation for each in asked[start:menu])
        yield SettingMoved(command=reading.verb, **reading.origin(citations=cited))
