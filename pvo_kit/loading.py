"""From paths to Evidence: what each file is, by its content and never by its name."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from hashlib import sha256
from io import BytesIO
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO, cast

from pvo_kit import catalog, clock, configuration, observations, seal, sessions, text
from pvo_kit.collect import manifest
from pvo_kit.errors import InputError
from pvo_kit.evidence import (
    Configuration,
    ErrorText,
    Evidence,
    EvidenceFile,
    Kind,
    Observation,
    Role,
    Row,
    Transcript,
)
from pvo_kit.mail_logs import Coverage, Event, connections, read
from pvo_kit.mail_logs.header import first_dated
from pvo_kit.mail_logs.plain import HEAD
from pvo_kit.mail_logs.relevance import relevant
from pvo_kit.mail_logs.telling import has_prompt, holds_entry, is_log, is_log_line
from pvo_kit.parsers import wizard
from pvo_kit.progress import Told, is_watched, progress, size_on_disk
from pvo_kit.sources import LIMITS, Limits, Source, SourceError, Unread, walk

WHOLE = 32 << 20
"""Bytes. A larger file is read as a stream, which only a mail log can be."""

LARGE = 4 << 20
"""Bytes. From here on a log is read faster than the libraries of the fast reader are loaded."""

AROUND = 3
"""Lines kept before and after each log line that matters, to show it in its surroundings."""

_MEMBER = re.compile(r"\bMachine\s+([A-Za-z0-9][\w-]*(?:\.[\w-]+)+)")
_STREAM_TOO_LONG = (
    f"is larger than {WHOLE >> 20} MiB and no mail log; cut out the session and give that"
)
_NOTHING_IN_IT = (
    "holds no prompt, no log line, no error text of the wizard and no configuration; paste the "
    "commands with their prompts"
)


@dataclass(frozen=True)
class _Log:
    """Log lines that are read when the whole set is known: another file may tell their year."""

    file: str
    lines: Sequence[str]
    cuts: Sequence[Transcript] | None
    """The transcripts of a file that is no pure log; None for one that is."""
    data: bytes = b""
    encoding: str = ""


@dataclass
class _Found:
    """What the files gave so far."""

    files: list[EvidenceFile] = field(default_factory=list)
    transcripts: list[Transcript] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    error_texts: list[ErrorText] = field(default_factory=list)
    observations: list[Observation] = field(default_factory=list)
    configurations: list[Configuration] = field(default_factory=list)
    coverage: dict[str, Coverage] = field(default_factory=dict)
    damage: list[str] = field(default_factory=list)
    lines: dict[str, dict[int, str]] = field(default_factory=dict)
    dated: list[datetime] = field(default_factory=list)
    undated: list[_Log] = field(default_factory=list)
    seals: list[tuple[EvidenceFile, dict[str, Any]]] = field(default_factory=list)


def load(
    *paths: str | os.PathLike[str],
    roles: Mapping[str, Role] | None = None,
    limits: Limits = LIMITS,
    stdin: BinaryIO | None = None,
    year: int | None = None,
    told: Told | None = None,
) -> Evidence:
    """Load one escalation from folders, files, archives or ``-`` (standard input).

    ``roles`` sets the role of hosts by name, ``year`` is taken for syslog lines that no other line
    and no file name dates, ``limits`` bounds what archives may unpack to, ``told`` learns of each
    block how many bytes it has (None: a bar is drawn where a person looks on). Raises InputError,
    which names the files and the way out, where nothing at all could be read.
    """
    if not paths:
        raise InputError("nothing to load: give a folder, files, an archive or - (standard input)")
    if told is None:
        with progress(size_on_disk(paths) if is_watched() else None, "reading") as told:
            return load(*paths, roles=roles, limits=limits, stdin=stdin, year=year, told=told)
    found = _Found()
    for item in walk(paths, limits, stdin):
        if isinstance(item, Unread):
            found.files.append(EvidenceFile(item.file, "unused", None, 0, item.reason, item.digest))
            found.damage.append(f"{item.file} {item.reason}")
        else:
            _read(found, item, year, told)
    _refuse_nothing(paths, found.files)
    is_redacted = _sealed(found)
    for log in found.undated:
        _read_log(found, log, year, min(found.dated, default=None))
    return replace(_evidence(found, roles or {}), redacted=is_redacted)


def _sealed(found: _Found) -> bool:
    """Tell whether a seal of a redaction fits the files; one that does not is a file like any."""
    fitting = [entry for entry, report in found.seals if seal.fits(report, entry.file, found.files)]
    if len(found.seals) == len(fitting) == 1:
        return True
    found.files += [entry for entry, _ in found.seals]
    found.damage += [f"{entry.file} {entry.reason}" for entry, _ in found.seals]
    return False


def _refuse_nothing(paths: Sequence[str | os.PathLike[str]], files: Sequence[EvidenceFile]) -> None:
    if any(entry.encoding for entry in files):
        return
    if not files:
        names = ", ".join(Path(path).name or str(path) for path in paths)
        raise InputError(f"{names} holds no file; give the folder or archive with the captures")
    told = [f"{entry.file} {entry.reason}" for entry in files[:20]]
    more = [f"... and {len(files) - 20} more"] if len(files) > 20 else []
    raise InputError("\n".join(["nothing could be read:", *told, *more]))


class _Hashed:
    """A stream that hashes what is read from it, and tells how much that was."""

    def __init__(self, stream: BinaryIO, told: Told) -> None:
        self._stream = stream
        self._hash = sha256()
        self._told = told

    def read(self, size: int) -> bytes:
        data = self._stream.read(size)
        self._hash.update(data)
        self._told(len(data))
        return data

    def drain(self) -> None:
        """Read what is left."""
        while self.read(text.BLOCK):
            pass

    def digest(self) -> str:
        """Return the hash of what was read so far."""
        return self._hash.hexdigest()


def _read(found: _Found, source: Source, year: int | None, told: Told) -> None:
    stream = _Hashed(source.stream, told)
    data, damage = _whole(stream)
    if report := seal.read(data):
        entry = EvidenceFile(source.file, "unused", "utf-8", 0, seal.BROKEN, stream.digest())
        found.seals.append((entry, report))
        return
    detected = text.detect(data[: text.HEAD], complete=len(data) <= text.HEAD)
    kind: Kind = "unused"
    reason, count = detected.reason or None, 0
    if not data:
        reason = "is empty; ask for it again"
    elif detected.encoding and len(data) <= WHOLE:
        lines = list(text.lines(BytesIO(data), detected.encoding))
        kind, reason = _take(found, _Log(source.file, lines, None, data, detected.encoding), year)
        count = len(lines)
    elif detected.encoding:
        large = _Large(source.file, detected.encoding, data, cast(BinaryIO, stream))
        kind, reason, count, damage = _take_stream(found, large, year)
    digest, late = _digest(stream)
    damage = damage or late
    if damage:
        found.damage.append(f"{source.file} {damage}")
    encoding = detected.encoding if data else None
    found.files.append(EvidenceFile(source.file, kind, encoding, count, damage or reason, digest))


def _whole(stream: _Hashed) -> tuple[bytes, str | None]:
    """Return the file, or its first bytes where it is larger than WHOLE; and why it broke off."""
    blocks, length = [], 0
    try:
        while length <= WHOLE and (block := stream.read(text.BLOCK)):
            blocks.append(block)
            length += len(block)
    except SourceError as error:
        return b"".join(blocks), str(error)
    return b"".join(blocks), None


def _digest(stream: _Hashed) -> tuple[str, str | None]:
    """Return the hash of the whole file, and why its end could not be read."""
    try:
        stream.drain()
    except SourceError as error:
        return stream.digest(), str(error)
    return stream.digest(), None


@dataclass(frozen=True)
class _Large:
    """A file too large to hold: its first bytes, and the stream of the rest."""

    file: str
    encoding: str
    data: bytes
    stream: BinaryIO

    def lines(self) -> Iterator[str]:
        """All lines; they can be taken once."""
        return text.lines(self.stream, self.encoding, head=self.data)


def _take_stream(
    found: _Found, large: _Large, year: int | None
) -> tuple[Kind, str | None, int, str | None]:
    """Read a file too large to hold: a mail log, or nothing."""
    head = list(islice(text.lines(BytesIO(large.data), large.encoding), HEAD))
    if not is_log(head):
        return "unused", _STREAM_TOO_LONG, 0, None
    damage = _read_fast(found, large, head, year, None)
    if damage is None:
        coverage = found.coverage[large.file] = Coverage()
        try:
            found.events += relevant(read(large.lines(), large.file, year, coverage=coverage))
        except SourceError as error:
            damage = str(error)
    return "mail_log", None, found.coverage[large.file].lines, damage or None


def _read_fast(
    found: _Found, large: _Large, head: Sequence[str], year: int | None, dated: datetime | None
) -> str | None:
    """Read a log with the fast reader; return the damage ('': none), None: it cannot be read so."""
    from pvo_kit.mail_logs import citing, logfiles, streams
    from pvo_kit.mail_logs.batches import Logs

    log = logfiles.look(large.file, large.encoding, large.data, head, mixed=False)
    if not log.forms:
        return None
    stream = streams.decoded(large.data, large.stream, large.encoding)
    logs = Logs()
    found.coverage[large.file] = logs.totals.coverage
    held = found.lines.setdefault(large.file, {})
    years = log.years(year, dated)
    found.events += citing.cited(log, stream, years, held, AROUND, logs)
    return "; ".join(reason for _, reason in logs.totals.unread)


def _take(found: _Found, log: _Log, year: int | None) -> tuple[Kind, str | None]:
    """Put what the file holds where it belongs; return what it was taken for."""
    file, lines = log.file, log.lines
    if told := manifest.told(lines):
        return "unused", told
    if configuration.is_configuration(lines):
        found.configurations.append(configuration.parse(file, lines))
        return "configuration", None
    if observations.is_observations(lines):
        seen, notes = observations.parse(file, lines)
        found.observations += seen
        found.error_texts += _observed_texts(file, seen)
        found.lines[file] = dict(enumerate(lines, start=1))
        return ("observations" if seen else "unused"), "; ".join(notes) or None
    if is_log(lines) and not has_prompt(lines):
        _take_log(found, log, year)
        return "mail_log", None
    return _take_mixed(found, file, lines, year)


def _observed_texts(file: str, seen: Iterable[Observation]) -> Iterator[ErrorText]:
    """The wizard's sentence where a person recorded it instead of pasting it."""
    for item in seen:
        if item.what == "error_text":
            raw = tuple((line.line, line.text) for line in item.citations)
            for sentence in wizard.parse(file, [Row(item.value, raw)]):
                yield replace(sentence, moment=item.moment)


def _take_log(found: _Found, log: _Log, year: int | None) -> None:
    """Read a log at once where it tells its own year, else when the whole set is known."""
    dated = first_dated(log.lines)
    if dated:
        found.dated.append(dated)
        _read_log(found, log, year, None)
    else:
        found.undated.append(log)


def _read_log(found: _Found, log: _Log, year: int | None, dated: datetime | None) -> None:
    if len(log.data) > LARGE:
        large = _Large(log.file, log.encoding, log.data, BytesIO())
        if _read_fast(found, large, log.lines[:HEAD], year, dated) is not None:
            return
    cuts = log.cuts or ()
    coverage = Coverage()
    if log.cuts is None:
        found.coverage[log.file] = coverage
    events = list(
        relevant(
            read(
                log.lines,
                log.file,
                year,
                mixed=log.cuts is not None,
                dated=dated,
                coverage=coverage,
            )
        )
    )
    found.events += [_printed(cuts, event) for event in events]
    held = found.lines.setdefault(log.file, {})
    for event in events:
        first, last = event.lines[0][0], event.lines[-1][0]
        for number in range(max(1, first - AROUND), min(len(log.lines), last + AROUND) + 1):
            held[number] = log.lines[number - 1]


def _take_mixed(
    found: _Found, file: str, lines: Sequence[str], year: int | None
) -> tuple[Kind, str | None]:
    rows = sessions.rows(lines)
    cuts = sessions.split(file, rows)
    texts = wizard.parse(file, rows)
    found.transcripts += cuts
    found.error_texts += texts
    holds_log = any(is_log_line(row.text) for row in rows) or holds_entry(lines)
    if holds_log:
        _take_log(found, _Log(file, lines, cuts), year)
    if cuts or texts:
        found.lines.setdefault(file, {}).update(enumerate(lines, start=1))
    if cuts:
        return "transcript", None
    if holds_log:
        return "mail_log", None
    return ("error_text", None) if texts else ("unused", _NOTHING_IN_IT)


def _printed(cuts: Sequence[Transcript], event: Event) -> Event:
    """A log line that grep, findevent or tail printed: its box, and that box's time zone."""
    for cut in cuts:
        if cut.first_line <= event.line <= cut.last_line and cut.verb in catalog.LOG_COMMANDS:
            event = replace(event, appliance=event.appliance or cut.host)
            ahead = clock.offset(cut.zone)
            if event.local_time and event.offset is None and ahead is not None:
                time, seconds = event.local_time - ahead, int(ahead.total_seconds())
                event = replace(event, time=time, offset=seconds)
            break
    return event


def _evidence(found: _Found, roles: Mapping[str, Role]) -> Evidence:
    cuts = sorted(found.transcripts, key=lambda cut: (cut.file, cut.first_line, cut.command))
    return Evidence(
        files=tuple(sorted(found.files, key=lambda entry: entry.file)),
        transcripts=tuple(cuts),
        connections=tuple(connections(_named(found.events, _hosts(found)))),
        error_texts=tuple(sorted(found.error_texts, key=lambda item: item.citations)),
        observations=tuple(sorted(found.observations, key=lambda item: item.citations)),
        configurations=tuple(sorted(found.configurations, key=lambda item: item.citations)),
        roles=tuple(sorted((host.lower(), role) for host, role in roles.items())),
        coverage=tuple(sorted(found.coverage.items())),
        damage=tuple(sorted(found.damage)),
        lines=found.lines,
    )


def _hosts(found: _Found) -> Iterator[str]:
    """Yield the host names that prompts, cluster lists, the wizard, forms and files show."""
    for cut in found.transcripts:
        if cut.host:
            yield cut.host
        if "clusterconfig" in cut.command.lower():
            yield from (match.lower() for match in _MEMBER.findall(cut.text))
    for told in found.error_texts:
        yield from told.hosts
    for saved in found.configurations:
        yield saved.host or ""
    for seen in found.observations:
        yield seen.host


def _named(events: Sequence[Event], hosts: Iterable[str]) -> Iterator[Event]:
    """Give syslog's short host names the full names that the rest of the evidence shows."""
    full: dict[str, set[str]] = {}
    for host in hosts:
        if "." in host:
            full.setdefault(host.split(".")[0], set()).add(host)
    for event in events:
        name = event.appliance.lower() if event.appliance else None
        longer = full.get(name or "", set())
        yield replace(event, appliance=next(iter(longer)) if len(longer) == 1 else name)
