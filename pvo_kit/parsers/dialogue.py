"""What a dialogue's numbered menus turn a typed answer into."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pvo_kit.evidence import Answer, Transcript

_ENTRY = re.compile(r"^[ \t]*(?P<number>\d+)\.\s+(?P<label>\S.*)$")


@dataclass(frozen=True, slots=True)
class Question:
    """An answered question with the numbered menu that stood above it (number to label).

    ``row`` is the index of the answer's row in the transcript's output.
    """

    answer: Answer
    menu: Mapping[str, str]
    row: int

    @property
    def value(self) -> str:
        """What was typed, or the default that Enter took."""
        return self.answer.typed or self.answer.default

    @property
    def chosen(self) -> str | None:
        """The name of the entry that was chosen; None where the menu does not tell.

        A number counts by the menu that was printed, never by what it usually means.
        """
        return self._name(self.value)

    @property
    def all_chosen(self) -> tuple[str, ...]:
        """The entries of an answer like ``2,3``; what the menu does not tell is left out."""
        names = (self._name(part.strip()) for part in self.value.split(","))
        return tuple(name for name in names if name)

    def _name(self, value: str) -> str | None:
        if value.isdigit():
            return entry_name(self.menu[value]) if value in self.menu else None
        names = {entry_name(label).lower(): entry_name(label) for label in self.menu.values()}
        return names.get(value.lower(), None if self.menu else value or None)

    def asks(self, pattern: re.Pattern[str]) -> bool:
        """Return True where the question's own text holds ``pattern``."""
        return bool(pattern.search(self.answer.question))


def entry_name(label: str) -> str:
    """Return a menu label without the remark in brackets: ``In (192.0.2.1/24: mx)`` is ``In``."""
    return label.partition("(")[0].strip().rstrip(".")


def questions(transcript: Transcript) -> Iterator[Question]:
    """Yield the answered questions in order; a question asked again keeps the menu above it."""
    answers = {answer.citation.line: answer for answer in transcript.answers}
    menu: dict[str, str] = {}
    fresh: dict[str, str] = {}
    for index, row in enumerate(transcript.output):
        if answer := answers.get(row.raw[0][0]):
            menu, fresh = fresh or menu, {}
            yield Question(answer, menu, index)
        elif entry := _ENTRY.match(row.text):
            if entry["number"] == "1":
                fresh = {}
            fresh[entry["number"]] = entry["label"].strip()


def last_asked(transcript: Transcript, pattern: re.Pattern[str]) -> Question | None:
    """Return the last answered question with these words: an earlier one was asked again."""
    found = [question for question in questions(transcript) if question.asks(pattern)]
    return found[-1] if found else None
