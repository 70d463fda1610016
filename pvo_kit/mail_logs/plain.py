"""The plain reader of mail logs: line by line, every line accounted for.

The tests keep it as the oracle of the fast reader, so each rule is said here once.

Entries. A line with a header begins an entry; a line without one continues the entry before it,
blank lines between them left out (pasted logs are wrapped like that). The pieces are joined with
one blank. Where every continued line of the file is exactly as wide as its widest line, 80 or 132
columns, a terminal cut the lines: then pieces are joined without a blank, unless one of them has
one, or the text reads as a known line only with one. An entry is the longest run of its pieces
that is of a known kind, the others are foreign. The first 5,000 lines tell cuts and years.

Mixed text (a terminal transcript, an e-mail, a technote). Prose must not flow into an entry: it
also ends at a prompt, at a line with a character that is not ASCII, and six lines after its
header. A kind that ends in free text (``TLS failed: <reason>``) takes at most two more lines once
it is recognised, and none that reads as a sentence or a list, nor any when its reason is complete.
A line with only a level in front counts only if its text is of a known kind.

Time. ``Time offset from UTC`` holds from that line on: ``time`` is ``local_time`` less ``offset``.

Runs (``session``). DCIDs grow while an appliance runs, nearly in order, also over rotated files,
and start again after a boot. An opening begins a new run if its number is not above the run's
first (or 16) and clearly below its highest (under half of it, or 16 below), or if it is a quarter
of the highest (at least 1,000) below that.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain, islice
from typing import Any, NamedTuple

from pvo_kit.mail_logs.header import (
    Header,
    Runs,
    Years,
    begins_with_stamp,
    cut_column,
    first_dated,
    is_foreign,
    normalise,
    parse_header,
    stamp_in_name,
)
from pvo_kit.mail_logs.kinds import Coverage, Kind, free_text_goes_on, glued, recognise

LARGEST_PORT = 65_535
"""A larger number is no port."""

HEAD = 5000  # lines that decide how a file is wrapped and which year it is of


@dataclass(frozen=True, slots=True)
class Event:
    """One entry of a mail log that is of a known kind, with the events frame's columns.

    ``time`` is UTC (naive); ``lines`` are the physical lines it stands on, number and raw text.
    """

    time: datetime | None
    local_time: datetime | None
    offset: int | None
    level: str
    event: str
    interface: str | None
    tls_protocol: str | None
    tls_cipher: str | None
    appliance: str | None
    source: str
    dcid: int | None
    icid: int | None
    mid: int | None
    rids: str | None
    address: str | None
    domain: str | None
    detail: str | None
    port: int | None
    session: int
    line: int
    lines: tuple[tuple[int, str], ...]


class Piece(NamedTuple):
    """A physical line: its number, the raw text, and the text that is looked at."""

    number: int
    raw: str
    text: str


class Entry(NamedTuple):
    """A header, the joined text behind it, its kind (None: not known) and the lines under it."""

    header: Header
    body: str
    kind: Kind | None
    fields: Mapping[str, str | None]
    pieces: Sequence[Piece]


def read(
    lines: Iterable[str],
    file: str,
    year: int | None = None,
    appliance: str | None = None,
    *,
    mixed: bool = False,
    kinds: frozenset[str] | None = None,
    dated: datetime | None = None,
    runs: Runs | None = None,
    coverage: Coverage | None = None,
) -> Iterator[Event]:
    """Yield the events of one file, given as lines without their endings.

    ``appliance`` names the box where the lines do not. ``kinds`` are the kinds asked for (all).
    ``dated`` is a time with a year from the same set of files, and ``runs`` what was learnt from
    the files before this one. ``coverage`` is filled on the way.
    """
    remaining = iter(lines)
    head = list(islice(remaining, HEAD))
    years = Years(first_dated(head) or dated or stamp_in_name(file), year)
    runs = Runs() if runs is None else runs
    coverage = Coverage() if coverage is None else coverage
    offset: int | None = None
    for found in entries(chain(head, remaining), mixed, cut_column(head)):
        account(found, file, kinds, mixed, coverage)
        if isinstance(found, Piece):
            continue
        local_time = years.local_time(found.header)  # also of unknown kinds: the year goes on
        if not found.kind:
            continue
        if found.kind.name == "utc-offset":
            offset = int(found.fields["detail"] or 0)
        zone = offset if found.header.offset is None else found.header.offset
        box = found.header.host or appliance
        opened = number(found.fields["dcid"]) if found.kind.name == "dcid-open" else None
        session = runs.session(box, opened)
        if kinds is None or found.kind.name in kinds:
            yield _event(found, file, local_time, zone, box, session)


def read_set(
    files: Mapping[str, Callable[[], Iterable[str]]],
    year: int | None = None,
    appliances: Mapping[str, str | None] | None = None,
    *,
    mixed: bool = False,
    kinds: frozenset[str] | None = None,
    coverage: Coverage | None = None,
) -> Iterator[Event]:
    """Yield the events of a set of files in the order of their first times, whatever their names.

    Each file is given as a function that opens it (it is opened up to three times). Files without
    any time come last, by name. A dated line of any file gives the others their year, and runs of
    an appliance go on from file to file.
    """
    dated = next(filter(None, (first_dated(files[file]()) for file in sorted(files))), None)
    first = {file: _first_time(opener(), file, year, dated) for file, opener in files.items()}
    runs = Runs()
    for file in sorted(files, key=lambda file: (first[file] or datetime.max, file)):
        appliance = (appliances or {}).get(file)
        yield from read(files[file](), file, year, appliance, mixed=mixed, kinds=kinds,
                        dated=dated, runs=runs, coverage=coverage)  # fmt: skip


def _first_time(
    lines: Iterable[str], file: str, year: int | None, dated: datetime | None
) -> datetime | None:
    head = list(islice(lines, HEAD))
    years = Years(first_dated(head) or dated or stamp_in_name(file), year)
    headers = filter(None, (parse_header(normalise(line)) for line in head))
    return next(filter(None, map(years.local_time, headers)), None)


def _event(
    entry: Entry, file: str, local_time: datetime | None, offset: int | None, box: str | None,
    session: int,
) -> Event:  # fmt: skip
    pieces = tuple((piece.number, piece.raw) for piece in entry.pieces)
    values: dict[str, Any] = dict.fromkeys(_TEXT_FIELDS) | dict(entry.fields)
    values |= numbers(entry.fields)
    return Event(_utc(local_time, offset), local_time, offset, entry.header.level,
                 entry.kind.name if entry.kind else "", appliance=box, source=file,
                 session=session, line=pieces[0][0], lines=pieces, **values)  # fmt: skip


_TEXT_FIELDS = ("interface", "tls_protocol", "tls_cipher", "rids", "address", "domain", "detail")
NUMBERS = ("dcid", "icid", "mid", "port")
"""Fields that are numbers."""


def _utc(local_time: datetime | None, offset: int | None) -> datetime | None:
    if local_time is None or offset is None:
        return local_time
    try:
        return local_time - timedelta(seconds=offset)
    except OverflowError:
        return None


def number(value: str | None) -> int | None:
    """Digits as a number; None where there are none, or too many for the frame's columns."""
    return int(value) if value and len(value) < 19 else None  # more does not fit an Int64


def numbers(fields: Mapping[str, str | None]) -> dict[str, int | None]:
    """The fields of an entry that are numbers, by name."""
    found = {name: number(fields.get(name)) for name in NUMBERS}
    if (found["port"] or 0) > LARGEST_PORT:
        found["port"] = None
    return found


def account(
    found: Entry | Piece, file: str, kinds: frozenset[str] | None, mixed: bool, into: Coverage
) -> None:
    """Account for the physical lines of an entry, or for a line that belongs to none."""
    if isinstance(found, Piece):
        into.lines += 1
        if not found.text:
            into.blank += 1
        elif mixed:
            into.foreign += 1
        else:
            into.miss(file, found.number, found.raw, found.text)
        return
    into.lines += len(found.pieces)
    into.wrapped += len(found.pieces) - 1
    if not found.kind:
        into.miss(file, found.pieces[0].number, found.pieces[0].raw, found.body)
        return
    into.recognised += 1
    into.kinds[found.kind.name] += 1
    if kinds is not None and found.kind.name not in kinds:
        into.not_asked[found.kind.name] += 1


_MOST_PIECES, _MOST_AMONG_PROSE = 32, 6
_MOST_FREE_PIECES = 2


def entries(lines: Iterable[str], mixed: bool, column: int | None) -> Iterator[Entry | Piece]:
    """Cut lines into entries; blank lines, and lines that belong to no entry, come as pieces."""
    most = _MOST_AMONG_PROSE if mixed else _MOST_PIECES
    header: Header | None = None
    pieces: list[Piece] = []
    for number, raw in enumerate(lines, start=1):
        piece = Piece(number, raw, normalise(raw))
        if not piece.text:
            yield piece
            continue
        begins = parse_header(piece.text)
        if header and not begins and len(pieces) < most and not (mixed and is_foreign(piece.text)):
            pieces.append(piece)
            continue
        if header:
            yield from _closed(header, pieces, mixed, column)
        header, pieces = begins, [piece]
        if not header:
            yield piece
    if header:
        yield from _closed(header, pieces, mixed, column)


def _closed(
    header: Header, pieces: list[Piece], mixed: bool, column: int | None
) -> Iterator[Entry | Piece]:
    """The entry that these pieces hold, then the pieces that are not part of it."""
    entry = _longest(header, pieces, mixed, column)
    if entry.kind or header.stamped or not mixed:
        yield entry
        pieces = pieces[len(entry.pieces) :]
    yield from pieces


def _longest(header: Header, pieces: list[Piece], mixed: bool, column: int | None) -> Entry:
    """The entry of the most pieces that is of a known kind.

    Where none is known: all of them; among prose, which is likelier to follow, the first alone.
    """
    body, best, since = header.body, None, 0
    for count in range(1, len(pieces) + 1):
        if count > 1:
            before, piece = pieces[count - 2], pieces[count - 1]
            cut = column is not None and len(before.raw) == column
            if best and not _reads_on(best, piece.text, since, mixed and not cut):
                break
            body = _joined(body, before, piece, cut)
        if found := recognise(body):
            best = Entry(header, body, *found, pieces[:count])
        since += best is not None
    if best:
        return best
    if mixed:
        return Entry(header, header.body, None, {}, pieces[:1])
    return Entry(header, body, None, {}, pieces)


def _joined(body: str, before: Piece, piece: Piece, cut: bool) -> str:
    blank = before.raw.endswith(" ") or piece.raw.startswith(" ")
    return glued(body, piece.text) if cut and not blank else f"{body} {piece.text}"


def _reads_on(entry: Entry, text: str, since: int, prose: bool) -> bool:
    """Whether a line may go on with an entry that is of a known kind already."""
    if begins_with_stamp(text):
        return False
    if not prose or not entry.kind or not entry.kind.open_ended:
        return True
    if since > _MOST_FREE_PIECES and entry.fields.get("detail"):
        return False
    return free_text_goes_on(entry.body, entry.fields.get("detail"), text)
