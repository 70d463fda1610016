"""A transcript under a parser's eyes: what was matched, and what was left over."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property
from typing import Any

from pvo_kit.evidence import Citation, Row, Transcript
from pvo_kit.parsers.dialogue import last_asked

_MENU = re.compile(
    r"^[ \t]*(?:- [A-Z_0-9 ]+ - |\d+\. |[-=]{3,}[-= ]*$|"
    r"(?:Enter|Choose|Select) (?:the|an?|new|one) |"
    r"Please (?:enter|select|choose) |Would you like |Do you (?:want|wish) |Are you sure|"
    r"NOTICE: This configuration command has not |What would you like to do\?|"
    r"\((?:Machine|Group|Cluster) [^()]+\)\.$)",
    re.IGNORECASE,
)
_WHICH_MACHINE = re.compile(r"\bchoose\s+(?:a|the)\s+machine\b(?!\s+to\b)", re.I)


class Reading:
    """A transcript that remembers which of its rows a parser has understood."""

    def __init__(self, transcript: Transcript) -> None:
        """Start with every row but blank ones and the dialogue's own furniture left over."""
        self.transcript = transcript
        self.text = transcript.text
        self._seen: set[int] = set()

    @cached_property
    def host(self) -> str | None:
        """The box that answered: the machine that an offer to switch modes was told, if any."""
        asked = last_asked(self.transcript, _WHICH_MACHINE) if self.transcript.level else None
        chosen = asked.chosen if asked else None
        return chosen.lower() if chosen else self.transcript.host

    @property
    def command(self) -> str:
        """The command itself: of several on one line the last (``clustermode ...; status``)."""
        return self.transcript.command.rpartition(";")[2].strip()

    @property
    def verb(self) -> str:
        """The command's first word, in lower case."""
        return self.command.partition(" ")[0].lower()

    @property
    def arguments(self) -> str:
        """What was typed behind the first word."""
        return self.command.partition(" ")[2].strip()

    def search(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        """Return the first match in the cleaned output and mark its rows as understood."""
        return next(self.finditer(pattern), None)

    def finditer(self, pattern: re.Pattern[str]) -> Iterator[re.Match[str]]:
        """Yield every match in the cleaned output and mark its rows as understood."""
        for match in pattern.finditer(self.text):
            self._seen.update(self.transcript.rows_of(*match.span()))
            yield match

    def skip(self, pattern: re.Pattern[str]) -> None:
        """Mark rows as understood that say nothing for the diagnosis."""
        for _ in self.finditer(pattern):
            pass

    def origin(
        self, *matches: re.Match[str], citations: tuple[Citation, ...] = ()
    ) -> dict[str, Any]:
        """Return the fields that every Fact shares, citing the lines of the matches."""
        cited = [line for match in matches for line in self.transcript.cite(match)]
        unique = tuple(sorted({*citations, *cited})) or self.transcript.cite_prompt()
        source = self.transcript
        return {
            "host": self.host,
            "level": source.level,
            "place": source.place,
            "moment": source.moment,
            "citations": unique,
        }

    @property
    def rest(self) -> list[Row]:
        """The rows that no pattern of the parser stood on."""
        asked = {answer.citation.line for answer in self.transcript.answers}
        return [
            row
            for index, row in enumerate(self.transcript.output)
            if index not in self._seen
            and row.text.strip()
            and row.raw[0][0] not in asked
            and not _MENU.match(row.text)
        ]
