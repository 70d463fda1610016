"""What was captured: the lines that can be cited, when they were true, and by which box.

Everything downstream (parsers, scenarios, reports) speaks of these few types. They hold no
knowledge of any command: a Transcript is one command and its answer as it stood in a file.
"""

from __future__ import annotations

import bisect
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from hashlib import sha256
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from pvo_kit.mail_logs import Connection, Coverage

Role = Literal["esa", "sma", "unknown"]
Level = Literal["machine", "group", "cluster"]
Kind = Literal["transcript", "mail_log", "error_text", "configuration", "observations", "unused"]


@dataclass(frozen=True, order=True, slots=True)
class Citation:
    """One line of one file, as it stands there.

    ``file`` is the path below the PATH that was given, through archives too. ``line`` counts the
    lines of the decoded file from 1. ``text`` is the line without its ending, otherwise untouched.
    """

    file: str
    line: int
    text: str


@dataclass(frozen=True, slots=True)
class Moment:
    """When and where something was read, as far as the evidence tells.

    ``time`` is exact (a status stamp, a log line; UTC, naive). ``not_before`` and ``not_after``
    bound a reading without a stamp of its own by the clocks seen around it in the same session.
    ``session`` names the run of prompts that a reading belongs to; readings of one session are
    ordered by their lines as far as its clocks do not speak against it.
    """

    file: str
    line: int
    session: str = ""
    time: datetime | None = None
    not_before: datetime | None = None
    not_after: datetime | None = None

    def after(self, other: Moment) -> bool:
        """Return True only where the evidence shows that this is newer than ``other``.

        Clocks come first, then the place in a session. A strict partial order: nothing is newer
        than itself, of two at most one is newer, and what is newer than something newer is newer.
        """
        if self.time and other.time and self.time != other.time:
            return self.time > other.time
        first, last = self._span()
        other_first, other_last = other._span()
        # What was read below a clock is newer than what shows the same second; two clocks that
        # show the same second tell nothing.
        both_exact = first == last and other_first == other_last
        if first > other_last or (first == other_last and not both_exact):
            return True
        # Lines count only as far as no bound says the opposite: a paste may put sessions together.
        in_order = first >= other_first and last >= other_last
        same_session = (self.file, self.session) == (other.file, other.session)
        return same_session and in_order and self.line > other.line

    def _span(self) -> tuple[datetime, datetime]:
        """The earliest and the latest time; bounds that contradict each other say nothing."""
        first = self.time or self.not_before or datetime.min
        last = self.time or self.not_after or datetime.max
        return (first, last) if first <= last else (datetime.min, datetime.max)


@dataclass(frozen=True, slots=True)
class Row:
    """A line of terminal text, cleaned of what the terminal added, with the raw lines under it."""

    text: str
    raw: tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """A question of a dialogue, the default it offered and what was typed ('' is Enter)."""

    question: str
    default: str
    typed: str
    citation: Citation


@dataclass(frozen=True)
class Transcript:
    """One command typed at a prompt and everything the appliance printed until the next prompt.

    ``host`` is None where no prompt of the file names a machine. ``level`` and ``place`` come from
    a cluster's prompt (``(Group Main_Group)>`` gives ``group`` and ``Main_Group``). ``rows`` holds
    the prompt's own line first, except where the start is cut off (``cut``). ``zone`` is the box's
    time zone where its session shows it: the lines of its logs are in it and do not tell it.
    """

    host: str | None
    level: Level | None
    place: str | None
    command: str
    moment: Moment
    rows: tuple[Row, ...]
    banner: tuple[Row, ...] = ()
    cut: bool = False
    zone: str = ""

    @property
    def file(self) -> str:
        """The file that holds it."""
        return self.moment.file

    @property
    def verb(self) -> str:
        """The first word of the command (the last one of several on a line), in lower case."""
        words = self.command.rpartition(";")[2].split()
        return words[0].lower() if words else ""

    @property
    def first_line(self) -> int:
        """The number of its first line in the file."""
        return self.moment.line

    @property
    def last_line(self) -> int:
        """The number of its last line in the file."""
        return self.rows[-1].raw[-1][0] if self.rows else self.moment.line

    @cached_property
    def text(self) -> str:
        """The cleaned output: the rows below the prompt, one a line."""
        return "\n".join(row.text for row in self.output)

    @cached_property
    def output(self) -> tuple[Row, ...]:
        """The rows below the prompt."""
        return self.rows if self.cut else self.rows[1:]

    @cached_property
    def _starts(self) -> list[int]:
        starts, offset = [], 0
        for row in self.output:
            starts.append(offset)
            offset += len(row.text) + 1
        return starts

    def rows_of(self, start: int, end: int) -> range:
        """Return the indices in ``output`` of the rows that ``text[start:end]`` stands on."""
        first = bisect.bisect_right(self._starts, start) - 1
        last = bisect.bisect_right(self._starts, max(start, end - 1)) - 1
        return range(max(first, 0), last + 1)

    def cite(self, match: re.Match[str]) -> tuple[Citation, ...]:
        """Return the lines that a match in ``text`` stands on, blank ones left out."""
        rows = (self.output[index] for index in self.rows_of(*match.span()))
        return tuple(cite_rows(self.file, rows))

    def cite_prompt(self) -> tuple[Citation, ...]:
        """Return the line on which the command was typed (or the first line of a cut one)."""
        return tuple(cite_rows(self.file, self.rows[:1]))

    @cached_property
    def answers(self) -> tuple[Answer, ...]:
        """The questions that the dialogue asked and what was typed, in order."""
        return tuple(_answers(self))


_ASKED = re.compile(r"^(?P<question>(?:.*?\s)??)\[(?P<default>[^\[\]]*)\]>\s?(?P<typed>.*)$")
_DEFAULT_ROWS = 8  # that a long default may be cut into, blank ones too


def _answers(transcript: Transcript) -> Iterator[Answer]:
    above: list[Row] = []
    for row in transcript.output:
        first, text = row, row.text
        if "]>" in text and "[" not in text.partition("]>")[0] and (cut := _open_default(above)):
            first, text = cut[0], "".join(part.text.strip() for part in [*cut, row])
        match = _ASKED.match(text) if "]>" in text else None
        if not match:
            above.append(row)
            continue
        question = [part.text.strip() for part in above] + [match["question"].strip()]
        yield Answer(
            " ".join(part for part in question if part),
            match["default"].strip(),
            match["typed"].strip(),
            Citation(transcript.file, *first.raw[0]),
        )
        above = []


def _open_default(above: list[Row]) -> list[Row]:
    """Take off the rows from ``[`` on of a default that was cut at the terminal's width."""
    for index in range(len(above) - 1, max(-1, len(above) - 1 - _DEFAULT_ROWS), -1):
        text = above[index].text.lstrip()
        if "]" in text:
            break
        if text.startswith("["):
            taken = above[index:]
            del above[index:]
            return taken
    return []


def cite_rows(file: str, rows: Iterable[Row]) -> Iterator[Citation]:
    """Cite every raw line of the rows, those left out that show nothing (blank, a bare quote)."""
    for row in rows:
        for number, text in row.raw if row.text.strip() else ():
            if text.strip():
                yield Citation(file, number, text)


@dataclass(frozen=True, slots=True)
class EvidenceFile:
    """One file that was given: what it was taken for, and why it was not used where it was not."""

    file: str
    kind: Kind
    encoding: str | None
    lines: int
    reason: str | None
    digest: str | None


@dataclass(frozen=True, slots=True)
class ErrorText:
    """The wizard's sentence that members differ (domain: scenarios 5 and 6)."""

    hosts: tuple[str, ...]
    cluster: str | None
    level: Level
    moment: Moment
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class Observation:
    """What a person saw in a GUI, recorded in an ``observations.toml``."""

    host: str
    what: str
    value: str
    by: str
    moment: Moment
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class FeatureLine:
    """One ``Feature "..."`` line in the header comment of a saved configuration."""

    name: str
    remaining: str
    citation: Citation


@dataclass(frozen=True, slots=True)
class Configuration:
    """What a saved XML configuration says of its box: host, product, version, time, keys."""

    host: str | None
    product: str | None
    version: str | None
    features: tuple[FeatureLine, ...]
    moment: Moment
    citations: tuple[Citation, ...]


def hash_of(digests: Iterable[tuple[str, str]]) -> str:
    """Return the hash of a set of files, given as pairs of a name and the digest of its bytes."""
    lines = "".join(f"{digest}  {file}\n" for file, digest in sorted(digests))
    return "sha256:" + sha256(lines.encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(frozen=True)
class Evidence:
    """Everything that was loaded of one escalation.

    ``connections`` are the delivery connections found in mail logs and in transcripts whose port
    may be the quarantine's. ``coverage`` tells for each mail log what became of its lines.
    ``lines`` holds, by file and number, what can be shown around a citation: whole transcripts, and
    of a mail log the neighbourhood of the lines that matter. ``redacted``: the files are exactly
    those that a redaction sealed.
    """

    files: tuple[EvidenceFile, ...]
    transcripts: tuple[Transcript, ...] = ()
    connections: tuple[Connection, ...] = ()
    error_texts: tuple[ErrorText, ...] = ()
    observations: tuple[Observation, ...] = ()
    configurations: tuple[Configuration, ...] = ()
    roles: tuple[tuple[str, Role], ...] = ()
    coverage: tuple[tuple[str, Coverage], ...] = ()
    damage: tuple[str, ...] = ()
    lines: Mapping[str, Mapping[int, str]] = field(default_factory=dict, repr=False)
    redacted: bool = False

    @cached_property
    def hash(self) -> str:
        """SHA-256 over the sorted pairs of file name and SHA-256 of the file's bytes."""
        return hash_of((entry.file, entry.digest or "") for entry in self.files)

    def around(self, file: str, line: int, count: int) -> list[tuple[int, str]]:
        """Return the lines from ``count`` before to ``count`` after a line, those that are held."""
        held = self.lines.get(file, {})
        return [
            (number, held[number])
            for number in range(line - count, line + count + 1)
            if number in held
        ]

    def with_transcripts(self, transcripts: Iterable[Transcript]) -> Evidence:
        """Return the same evidence with other transcripts."""
        return replace(self, transcripts=tuple(transcripts))
