"""From bytes to lines: which encoding a file has, and where its lines end.

The numbers of all citations rest on ``lines``: a line ends at LF, CRLF or CR CR LF; at a lone CR
only in a file without any LF; at nothing else. The rest of a line is left as it stands.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

from pvo_kit.sources import SourceError

HEAD = 1 << 20  # bytes that decide what a file is
BLOCK = 1 << 20  # bytes read at a time
LONGEST = 64 << 20  # characters; whoever writes longer lines writes no log


@dataclass(frozen=True, slots=True)
class Detected:
    """The encoding of a text by Python's name; None for a binary file, with the reason."""

    encoding: str | None
    reason: str = ""


_AS_TEXT = "save it as text and give that"
_UNPACK = "unpack it and give the folder"
_FORMATS = (
    (b"\xff\xfe\x00\x00", "UTF-32", "save it as UTF-8 and give that"),
    (b"\x00\x00\xfe\xff", "UTF-32", "save it as UTF-8 and give that"),
    (b"%PDF-", "a PDF document", _AS_TEXT),
    (b"\x89PNG\r\n\x1a\n", "a PNG picture", "type its text into a file and give that"),
    (b"\xff\xd8\xff", "a JPEG picture", "type its text into a file and give that"),
    (b"GIF8", "a GIF picture", "type its text into a file and give that"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an Office document or a saved message", _AS_TEXT),
    (b"\x7fELF", "a program", "leave it out"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive", _UNPACK),
    (b"Rar!\x1a\x07", "a RAR archive", _UNPACK),
    (b"\xfd7zXZ\x00", "an xz archive", _UNPACK),
    (b"\x28\xb5\x2f\xfd", "a Zstandard archive", _UNPACK),
)
_BZIP2 = re.compile(rb"BZh[1-9]1AY&SY")
_QUOTED = re.compile(r"^\s{0,3}(?:>\s?)+")
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CONTROLS = bytes(set(range(0x20)) - set(b"\t\n\r\b\v\f\x1b") | {0x7F})
_NUL_RUN = re.compile(rb"\x00{16,}")
_JAPANESE = re.compile("[\u3000-\u303f\u3041-\u30ff]")  # CJK punctuation, hiragana, katakana
_NO_LETTERS = b"\x81\x8d\x8f\x90\x9d\xff"  # undefined in cp1252; telnet's IAC, not a written y
_C1 = bytes(range(0x80, 0xA0))


def detect(head: bytes, complete: bool) -> Detected:
    """Tell the encoding of a file from its first bytes (``HEAD`` of them; fewer if ``complete``).

    In this order: formats that are no text; a BOM; UTF-16 without BOM by its NULs (text that is
    mostly ASCII); UTF-8, also with a few foreign bytes as long as it explains most of them; CP932
    that holds kana or Japanese punctuation; cp1252 and Latin-1. What is left (no letters in any of
    these) is read as UTF-8: unknown bytes then stand as U+FFFD, and nothing is guessed.
    """
    if kind := _format(head):
        return Detected(None, kind)
    for bom, name in _BOMS:
        if head.startswith(bom):
            return Detected(name) if _is_text(_as_utf8(head, name)) else _binary()
    if name := _utf16_by_nuls(head):
        return Detected(name)
    if not _is_text(head):
        return _binary()
    if _is_utf8(head, complete):
        return Detected("utf-8")
    if _is_cp932(head, complete):
        return Detected("cp932")
    return Detected(_western(head))


def _format(head: bytes) -> str:
    for magic, kind, way_out in _FORMATS:
        if head.startswith(magic):
            return f"is {kind}, not plain text; {way_out}"
    if _BZIP2.match(head):
        return f"is a bzip2 archive, not plain text; {_UNPACK}"
    # Two letters alone may start a text: a program has NULs right behind them.
    if head.startswith(b"MZ") and 0 in head[:64]:
        return "is a program, not plain text; leave it out"
    return ""


def _binary() -> Detected:
    return Detected(None, f"is a binary file, not plain text; {_AS_TEXT}")


def _is_text(data: bytes) -> bool:
    """Tell whether control characters are rare.

    Runs of NULs do not count: a log that was copied while it was being written holds them.
    """
    rest = _NUL_RUN.sub(b"", data)
    controls = len(rest) - len(rest.translate(None, _CONTROLS))
    return controls * 20 <= len(rest) and (bool(rest) or not data)


def _as_utf8(head: bytes, encoding: str) -> bytes:
    return head.decode(encoding, "replace").encode("utf-8")


def _utf16_by_nuls(head: bytes) -> str:
    """Return the UTF-16 whose high bytes would be the NULs here, or an empty string."""
    pairs, first, second = len(head) // 2, head[0::2].count(0), head[1::2].count(0)
    name = "utf-16-le" if second > first else "utf-16-be"
    many, few = max(first, second), min(first, second)
    mostly_ascii = pairs > 0 and many * 10 >= pairs * 4 and few * 20 <= pairs
    return name if mostly_ascii and _is_text(_as_utf8(head, name)) else ""


def _decode(head: bytes, encoding: str, complete: bool) -> str:
    """Decode a head; a character cut at its end counts only where nothing follows."""
    return codecs.getincrementaldecoder(encoding)("replace").decode(head, complete)


def _is_utf8(head: bytes, complete: bool) -> bool:
    text = _decode(head, "utf-8", complete)
    written = head.count("\ufffd".encode())  # as a character of its own
    unknown = text.count("\ufffd") - written
    characters = len(text) - len(text.encode("ascii", "ignore")) - unknown
    return unknown == 0 or characters >= unknown


def _is_cp932(head: bytes, complete: bool) -> bool:
    # Nearly any bytes decode as kanji. Kana do not come about by chance, Japanese without them does
    # not either, and a terminal that wraps in the middle of a character leaves a few errors.
    text = _decode(head, "cp932", complete)
    japanese = len(_JAPANESE.findall(text))
    return japanese > 0 and text.count("\ufffd") * 10 <= japanese


def _western(head: bytes) -> str:
    high = sum(map(head.count, range(0x80, 0x100)))
    if sum(map(head.count, _NO_LETTERS)) * 4 >= high:
        return "utf-8"
    # cp1252 is Latin-1 with quotes and dashes where Latin-1 has control characters.
    return "cp1252" if len(head.translate(None, _C1)) < len(head) else "latin-1"


def lines(stream: BinaryIO, encoding: str, head: bytes = b"") -> Iterator[str]:
    """Yield the decoded lines of ``head`` (already read from the stream) and the stream.

    A lone CR ends lines where no LF is met: exact for files up to ``HEAD`` bytes; in longer ones,
    up to the block that holds the first LF. Where the stream breaks with a ``SourceError``, the
    lines before it come first, the one that was cut too.
    """
    ending, length = "", 0
    pending: list[str] = []
    damage: list[SourceError] = []
    for chunk in _whole_endings(_decoded(stream, encoding, head, damage)):
        ending = _ending(ending, chunk)
        *whole, rest = chunk.split(ending) if ending else [chunk]
        if whole:
            whole[0] = "".join([*pending, whole[0]])
            pending, length = [], 0
            yield from (line.removesuffix("\r").removesuffix("\r") for line in whole)
        pending.append(rest)
        length += len(rest)
        if length > LONGEST:
            raise SourceError(f"holds a line of more than {LONGEST:,} characters; split it")
    if last := "".join(pending):
        yield last
    if damage:
        raise damage[0]


def _decoded(
    stream: BinaryIO, encoding: str, head: bytes, damage: list[SourceError]
) -> Iterator[str]:
    """Yield the decoded text in blocks; the error that ended it early goes into ``damage``."""
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    try:
        block = head or stream.read(BLOCK)
        while block:
            yield decoder.decode(block)
            block = stream.read(BLOCK)
    except SourceError as error:
        damage.append(error)
    yield decoder.decode(b"", True)


def _whole_endings(chunks: Iterable[str]) -> Iterator[str]:
    """Move the CRs at the end of a chunk to the next one, so that no line ending is cut."""
    held = ""
    for chunk in chunks:
        text = held + chunk
        body = text.rstrip("\r")
        held = text[len(body) :]
        if len(held) > HEAD:  # a desert of CRs: not worth the memory
            body, held = text, ""
        yield body
    yield held


def _ending(known: str, chunk: str) -> str:
    if known == "\n" or "\n" in chunk:
        return "\n"
    return "\r" if "\r" in chunk else known


def unquoted(line: str) -> str:
    """Return a line without the marks that a mail program puts before what it quotes."""
    return _QUOTED.sub("", line)
