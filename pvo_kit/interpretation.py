"""From evidence to facts: every transcript through its parser, and what was not understood."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pvo_kit import catalog
from pvo_kit.evidence import Evidence, Transcript
from pvo_kit.facts import Fact, KeyTable, Release
from pvo_kit.parsers import features, refusals, version
from pvo_kit.parsers.reading import Reading

_SHAPES_SHOWN = 20
_LEAVING = frozenset({"exit", "quit", "logout"})


@dataclass(frozen=True, slots=True)
class Unparsed:
    """What no parser reads: a transcript, rows of one, or log lines of one shape."""

    file: str
    line: int
    host: str | None
    command: str
    reason: str


def interpret(evidence: Evidence) -> tuple[tuple[Fact, ...], tuple[Unparsed, ...]]:
    """Return all facts in a stable order, and everything that was not understood."""
    facts: list[Fact] = []
    unparsed: list[Unparsed] = []
    for cut in evidence.transcripts:
        found, left = _read(cut)
        facts += found
        unparsed += left
    return (*facts, *_configured(evidence)), (*unparsed, *_unrecognised(evidence))


def _read(cut: Transcript) -> tuple[list[Fact], list[Unparsed]]:
    command = catalog.find(cut.command)
    reading = Reading(cut)
    facts: list[Fact] = list(refusals.parse(reading))
    if banner := version.parse_banner(cut):
        facts.append(banner)
    if command is None or command.parser is None:
        if cut.verb in _LEAVING or not cut.text.strip():
            return facts, []
        reason = "refused by the appliance" if facts else "no parser for this command"
        return facts, [_unparsed(cut, reason)]
    try:
        facts += command.parser(reading)
    except Exception as error:  # a parser that breaks must not cost the rest of the evidence
        return facts, [_unparsed(cut, f"the parser broke: {type(error).__name__}: {error}")]
    return facts, [_unparsed(cut, reason) for reason in _left_over(reading, bool(facts))]


def _left_over(reading: Reading, understood: bool) -> Iterator[str]:
    left = reading.rest
    if left and not understood:
        yield f"nothing understood in {_count(len(left))}"
    elif left:
        yield f"{_count(len(left))} not understood, the first is line {left[0].raw[0][0]}"


def _count(lines: int) -> str:
    return "1 line" if lines == 1 else f"{lines} lines"


def _unparsed(cut: Transcript, reason: str) -> Unparsed:
    return Unparsed(cut.file, cut.first_line, cut.host, cut.command, reason)


def _unrecognised(evidence: Evidence) -> Iterator[Unparsed]:
    """The log lines that no kind takes: a row for each shape, the most frequent first."""
    for file, coverage in evidence.coverage:
        shapes = coverage.not_recognised
        for row in shapes[:_SHAPES_SHOWN]:
            reason = f"{_count(row.count)} not recognised, such as: {row.shape}"
            yield Unparsed(file, row.line, None, "mail log", reason)
        rest = shapes[_SHAPES_SHOWN:]
        if rest:
            reason = f"{_count(sum(row.count for row in rest))} more of {len(rest)} other shapes"
            yield Unparsed(file, rest[0].line, None, "mail log", reason)


def _configured(evidence: Evidence) -> Iterator[Fact]:
    """What saved configurations say, as facts like any other."""
    for saved in evidence.configurations:
        yield Release(
            product=saved.product,
            version=saved.version,
            source="configuration",
            host=saved.host,
            moment=saved.moment,
            citations=saved.citations,
        )
        if saved.features:
            yield KeyTable(
                keys=tuple(features.key_of(line) for line in saved.features),
                source="configuration",
                host=saved.host,
                moment=saved.moment,
                citations=tuple(line.citation for line in saved.features),
            )
