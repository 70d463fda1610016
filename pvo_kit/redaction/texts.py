"""One file, redacted: as what the kit takes it for, in its encoding, with its line endings."""

from __future__ import annotations

import codecs
import re
from collections import deque
from collections.abc import Iterable, Iterator
from itertools import chain, islice
from typing import BinaryIO

from pvo_kit import configuration, observations, screen, text
from pvo_kit.evidence import Kind
from pvo_kit.mail_logs.header import cut_column
from pvo_kit.mail_logs.plain import HEAD, Entry, entries
from pvo_kit.redaction import configurations, logs, notes, transcripts
from pvo_kit.redaction.lines import Lines

Line = tuple[str, str]
"""A line and its ending."""

WHOLE = 32 << 20
"""Bytes. A larger file is read line by line, as a log or as free text."""

# Steering and unseen characters, a carriage return within the line, marks of the writing direction.
_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f\xad\u061c\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]"
)
_UNKNOWN_TO_SCREEN = re.compile("[\xad\u061c\u200c\u200d\u202a-\u202e\u2066-\u2069]")
_NO_TEXT = b"\x00\x01\x02\x03"
_HYPHEN = re.compile("(?<=[A-Za-z0-9])[\u2010-\u2013\u2212](?=[A-Za-z0-9])")


def redact(lines: Lines, file: str, kind: Kind, is_log: bool, stream: BinaryIO) -> Iterator[bytes]:
    """Yield the redacted bytes of a file; something that is no text becomes a stub of its kind.

    ``kind`` and ``is_log`` (every line of it is a log's) are what ``load`` took the file for.
    """
    data = _up_to(stream, WHOLE + 1)
    detected = text.detect(data[: text.HEAD], complete=len(data) <= text.HEAD)
    if detected.encoding is None:
        yield stub(data, detected.reason)
        return
    encoder = codecs.getincrementalencoder(detected.encoding)("replace")
    found = split(decoded(chained(data, stream), detected.encoding))
    new = _lines(lines, file, kind, is_log, found, is_large=len(data) > WHOLE)
    for line, ending in new:
        yield encoder.encode(line + ending)
    yield encoder.encode("", True)


def _lines(
    lines: Lines, file: str, kind: Kind, is_log: bool, found: Iterator[Line], *, is_large: bool
) -> Iterator[Line]:
    if is_log:
        yield from _log(lines, found)
    elif is_large:
        yield from ((lines.free(shown(line)), ending) for line, ending in found)
    else:
        whole = list(found)
        old = [shown(line) for line, _ in whole]
        new = _whole(lines, file, kind, old)
        yield from ((line, ending) for line, (_, ending) in zip(new, whole, strict=True))


def _whole(lines: Lines, file: str, kind: Kind, old: list[str]) -> list[str]:
    if kind == "configuration" or configuration.is_configuration(old):
        return configurations.redact(lines, old)
    if kind == "observations" or observations.is_observations(old):
        return notes.redact(lines, old)
    return transcripts.redact(lines, file, old)


def _log(lines: Lines, found: Iterator[Line]) -> Iterator[Line]:
    """Redact a log entry by entry; lines wait until the reader has told what they belong to."""
    waiting: deque[tuple[int, str, str]] = deque()
    head = list(islice(found, HEAD))
    column = cut_column([shown(line) for line, _ in head])

    def passing() -> Iterator[str]:
        for number, (line, ending) in enumerate(chain(head, found), start=1):
            waiting.append((number, shown(line), ending))
            yield waiting[-1][1]

    for each in entries(passing(), False, column):
        if not isinstance(each, Entry):
            continue
        numbers = [piece.number for piece in each.pieces]
        while waiting and waiting[0][0] < numbers[0]:
            _, line, ending = waiting.popleft()
            yield logs.other(lines, line), ending
        if len(numbers) == 1:
            _, line, ending = waiting.popleft()
            yield logs.line_of(lines, line, each), ending
            continue
        old = [waiting.popleft() for _ in range(numbers[-1] - numbers[0] + 1)]
        taken = [line for number, line, _ in old if number in numbers]
        new = dict(zip(numbers, logs.entry(lines, taken, column), strict=True))
        yield from ((new.get(number, line), ending) for number, line, ending in old)
    for _, line, ending in waiting:
        yield logs.other(lines, line), ending


def shown(line: str) -> str:
    """Return a line without what nobody saw: colours, erased letters, signs without a width.

    A line that holds nothing of the kind stays as it is. The kit reads either alike.
    """
    if not line.isascii():
        line = _HYPHEN.sub("-", line)
    if not _UNSEEN.search(line):
        return line
    return screen.seen(_UNKNOWN_TO_SCREEN.sub("", line))


def split(blocks: Iterable[str]) -> Iterator[Line]:
    """Yield the lines of a text with their endings, cut as ``text.lines`` cuts them."""
    remaining = iter(blocks)
    head = next(remaining, "")
    mark = "\n" if "\n" in head else "\r" if "\r" in head else "\n"
    rest = ""
    for block in chain([head], remaining):
        *whole, rest = (rest + block).split(mark)
        for piece in whole:
            line = piece.removesuffix("\r").removesuffix("\r")
            yield line, piece[len(line) :] + mark
    if rest:
        yield rest, ""


def stub(data: bytes, reason: str) -> bytes:
    """Return a file of the same kind with nothing in it: the first letters tell what it was.

    What is binary without a known beginning may begin with a name, of which nothing is taken.
    """
    starts = [data[:length] for length in range(2, 11)]
    for start in (_NO_TEXT, *starts):
        if text.detect(start, complete=True).reason == reason:
            return start
    return b""


def _up_to(stream: BinaryIO, size: int) -> bytes:
    blocks, length = [], 0
    while length < size and (block := stream.read(min(text.BLOCK, size - length))):
        blocks.append(block)
        length += len(block)
    return b"".join(blocks)


def decoded(blocks: Iterable[bytes], encoding: str) -> Iterator[str]:
    """Yield text block by block; bytes that the encoding does not know stand as U+FFFD."""
    return codecs.iterdecode(blocks, encoding, "replace")


def chained(data: bytes, stream: BinaryIO) -> Iterator[bytes]:
    """Yield a file of which the beginning was read; the first block is all of a small one."""
    yield data
    while block := stream.read(text.BLOCK):
        yield block
