"""Menus and defaults as the evidence shows them: the numbers that a remedy may print.

Menu entries move from release to release and with every interface that is added, so a number is
only given where a capture of this box shows that very menu.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pvo_kit.case import Case
from pvo_kit.parsers.dialogue import Question, entry_name, questions
from pvo_kit.remediation import values
from pvo_kit.remediation.remedy import Step
from pvo_kit.remediation.values import Refused

UNKNOWN = "[<number>]> "


@dataclass(frozen=True, slots=True)
class Pattern:
    """A question of a command's dialogue, recognised by its words."""

    command: str
    asks: str

    def matches(self, question: Question) -> bool:
        """Return True where an answered question has these words."""
        return bool(re.search(self.asks, question.answer.question, re.I))


def pick(case: Case, host: str | None, where: Pattern, entry: str, asks: str) -> Step:
    """Return the step that picks ``entry`` from a menu, with what the evidence shows of it."""
    for question in _asked(case, host, where):
        numbers = [number for number, label in question.menu.items()
                   if entry_name(label).lower() == entry.lower()]  # fmt: skip
        if numbers and not isinstance(values.count(numbers[0]), Refused):
            return Step(_prompt(question), numbers[0], choose=entry, asks=asks)
    return Step(default(case, host, where), choose=entry, asks=asks)


def default(case: Case, host: str | None, where: Pattern) -> str:
    """Return the prompt of a question that takes a number, with the default seen in a capture."""
    found = next(_asked(case, host, where), None)
    return _prompt(found) if found else UNKNOWN


def _asked(case: Case, host: str | None, where: Pattern) -> Iterator[Question]:
    """The questions of this host's captures with these words, the newest capture first."""
    for cut in reversed(case.evidence.transcripts):
        if cut.host == host and cut.verb == where.command:
            yield from (each for each in reversed(list(questions(cut))) if where.matches(each))


def _prompt(question: Question) -> str:
    checked = values.count(question.answer.default)
    return UNKNOWN if isinstance(checked, Refused) else f"[{checked}]> "
