"""``deliveryconfig``: the interface that mail is delivered from by default.

::

    Default interface to deliver mail: In
    "Possible Delivery": Enabled
    ...
    []> setup
    Choose the default interface to deliver mail.
    1. Auto
    2. In (192.0.2.1/24: mx.example.com)
    [1]> 1

The number in brackets is no proof of the interface in force (the technote shows 1 although In is
set). After SETUP the summary is printed again: it repeats the change and is no new reading.
"""

from __future__ import annotations

import re

from pvo_kit.facts import AUTO, DeliveryChange, DeliveryInterface, Fact
from pvo_kit.parsers.dialogue import questions
from pvo_kit.parsers.interfaces import read_menu
from pvo_kit.parsers.reading import Reading

_SUMMARY = re.compile(
    r"^[ \t]*Default\s+interface\s+to\s+deliver\s+mail:[ \t]*(?:\n\s*)?(?P<name>\S[^\n]*?)[ \t]*$",
    re.M,
)
_CHOOSE = re.compile(r"choose\s+the\s+default\s+interface", re.I)
_REST = re.compile(
    r'^[ \t]*(?:"Possible\s+Delivery":[^\n]*|Default\s+system\s+wide[^\n]*|concurrency:[^\n]*|'
    r"(?:Enter|Please\s+enter)\s+the\s+default\s+system\s+wide[^\n]*|delivery\s+concurrency[^\n]*|"
    r'Enable\s+"Possible[^\n]*|\S[^\n]*\bwithout\s+TLS\b[^\n]*)$',
    re.M | re.I,
)


def parse(reading: Reading) -> list[Fact]:
    """Read one run: the interface printed first, the menu's interfaces, a different choice."""
    summaries = list(reading.finditer(_SUMMARY))
    reading.skip(_REST)
    facts: list[Fact] = []
    asked = [each for each in questions(reading.transcript) if each.asks(_CHOOSE)]
    first = summaries[0] if summaries else None
    # A capture that begins within the dialogue shows the new setting only.
    late = first and asked and reading.transcript.rows_of(*first.span()).start > asked[0].row
    printed = _spelled(first["name"]) if first and not late else None
    if first and printed:
        facts.append(DeliveryInterface(name=printed, **reading.origin(first)))
    facts += read_menu(reading)
    for question in asked[-1:]:
        name, typed = question.chosen, question.answer.typed
        if not typed or (name is None and question.menu) or (name and _same(name, printed)):
            continue
        origin = reading.origin(citations=(question.answer.citation,))
        facts.append(DeliveryChange(name=_spelled(name) if name else None, **origin))
    return facts


def _spelled(name: str) -> str:
    return AUTO if name.lower() == AUTO.lower() else name


def _same(name: str, printed: str | None) -> bool:
    return printed is not None and name.lower() == printed.lower()
