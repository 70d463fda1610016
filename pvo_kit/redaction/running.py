"""``redact``: load, rename, write, look for leaks, diagnose again, and only then keep it."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path

from pvo_kit import seal, text
from pvo_kit.errors import InputError
from pvo_kit.evidence import Evidence, Role
from pvo_kit.findings import Diagnosis
from pvo_kit.hashing import evidence_hash
from pvo_kit.hints import Hints, hints, refuse_unknown_hosts
from pvo_kit.progress import Told, is_watched, progress, size_on_disk
from pvo_kit.redaction import filenames, keys, places, texts, tree
from pvo_kit.redaction.collecting import Known, collect
from pvo_kit.redaction.equality import difference
from pvo_kit.redaction.hosts import public_labels
from pvo_kit.redaction.keys import Key
from pvo_kit.redaction.leaks import Leaks, is_secret
from pvo_kit.redaction.lines import Lines
from pvo_kit.redaction.names import Names
from pvo_kit.redaction.report import Redaction
from pvo_kit.sources import Source, walk

ATTEMPTS = 8
"""Random keys that are tried where a new name happens to be an original value too."""

MANY = 5_000
"""Original values from which on no key would avoid that."""


class ClashError(Exception):
    """A new name is an original value of the case too, so that another key would do better."""


@dataclass(frozen=True)
class _Original:
    """An escalation as it was given, and what is known of it."""

    paths: tree.Paths
    hints: Hints
    evidence: Evidence
    diagnosis: Diagnosis
    known: Known


def redact(
    paths: str | os.PathLike[str] | Sequence[str | os.PathLike[str]],
    out: str | os.PathLike[str],
    key: bytes | None = None,
    map: str | os.PathLike[str] | None = None,
    *,
    roles: Mapping[str, Role] | None = None,
    year: int | None = None,
    pvo_port: int | None = None,
) -> Redaction:
    """Write a redacted copy of one escalation into a new folder and return what was done.

    ``paths`` are as for ``load``, without standard input. The same ``key`` (16 bytes or more; see
    ``read_key``) gives the same names in every case; without one a random key is used, which is
    gone with the run. ``map`` is a file for the old and new names; nothing else holds them.
    ``roles``, ``year`` and ``pvo_port`` are those of ``load`` and ``diagnose``: the diagnosis that
    is compared is made with them.

    Raises InputError where something may not be read or written, and where the copy does not
    verify: an original value is left, or its diagnosis is another one. Nothing is kept then.
    """
    given = [paths] if isinstance(paths, str | os.PathLike) else list(paths)
    folder, map_file = Path(out), Path(map) if map is not None else None
    places.check(given, folder, map_file)
    told = hints(roles, year, pvo_port)
    evidence = told.load(*given)
    refuse_unknown_hosts(told, evidence)
    original = _Original(given, told, evidence, told.diagnose(evidence), collect(evidence))
    for attempt, used in enumerate(_keys(key), start=1):
        with places.draft(folder) as made:
            try:
                done = _write(original, used, made, is_last=used.lasting or attempt == ATTEMPTS)
            except ClashError:
                continue
            if map_file:
                places.write_map(map_file, _map(done))
            places.put(made, folder)
            return replace(done, folder=folder)
    raise AssertionError("a last attempt returns or raises")


def _keys(key: bytes | None) -> Iterator[Key]:
    if key is not None:
        yield keys.given(key)
    else:
        yield from (keys.fresh() for _ in range(ATTEMPTS))


def _write(original: _Original, key: Key, made: Path, *, is_last: bool) -> Redaction:
    """Write and verify one attempt; raise ClashError where another key would do better."""
    known, evidence = original.known, original.evidence
    names = Names(key)
    lines = Lines(names, known.kinds)
    files = (entry.file for entry in evidence.files if not seal.is_broken(entry))
    renamed = filenames.rename(names, files, known.kinds)
    with _watched(original.paths, "redacting") as told:
        written = tree.write(original.paths, evidence, renamed, lines, made, told)
    if not written.counts:
        raise InputError("nothing of it can be read, so nothing is kept")
    secrets = _secrets(names, known) - lines.structure
    together = _leaks(made, secrets, names, renamed)
    if together and not is_last and len(secrets) < MANY:
        raise ClashError
    given = _renamed(original.hints, lines)
    redacted = given.load(made)
    _refuse_another(original.diagnosis, given.diagnose(redacted), renamed,
                    Lines(names.going_on(), known.kinds))  # fmt: skip
    done = Redaction(
        folder=made,
        evidence_hash=redacted.hash,
        key_mark=key.mark,
        lasting=key.lasting,
        values={kind: len(values) for kind, values in names.given.items() if values},
        counts=written.counts,
        kept=_kept(known, names),
        stubs=written.stubs,
        left_out=written.left_out,
        cut=written.cut,
        coincidences=together,
        hints=given,
        map={**names.given, "path": {old: new for old, new in renamed.items() if old != new}},
    )
    _seal(done)
    return done


def _watched(paths: tree.Paths, about: str) -> AbstractContextManager[Told]:
    return progress(size_on_disk(paths) if is_watched() else None, about)


def _refuse_another(
    before: Diagnosis, after: Diagnosis, renamed: Mapping[str, str], lines: Lines
) -> None:
    if told := difference(before, after, renamed, lines):
        raise InputError(
            f"the diagnosis of the redacted copy is another one ({told}); nothing is kept"
        )


def _seal(done: Redaction) -> None:
    (done.folder / seal.FILE).write_bytes(seal.write(done.to_dict()))
    if evidence_hash(done.folder) != done.evidence_hash:
        raise InputError("the redacted copy changed while it was written; nothing is kept")


def _renamed(told: Hints, lines: Lines) -> Hints:
    """What was told of the original, told of its copy."""
    return replace(
        told, roles=tuple(sorted((lines.as_host(host), role) for host, role in told.roles))
    )


def _secrets(names: Names, known: Known) -> set[str]:
    """All original values: those that were replaced, and those that were found by structure.

    The public end of a host's name stays: no secret where a wrap made it a word of its own.
    """
    hosts = [host.lower().split(".") for host in names.given.get("host", ())]
    public = {label for labels in hosts for label in labels[len(labels) - public_labels(labels) :]}
    values = {value for each in names.given.values() for value in each}
    kinds = {value for value, kind in known.kinds.items() if kind != "place"}
    return {value.lower() for value in values | kinds | known.names if is_secret(value)} - public


def _leaks(made: Path, secrets: set[str], names: Names, renamed: Mapping[str, str]) -> int:
    """Look for original values in everything that was written.

    Returns how many are there because they are new names too. Raises InputError for any other.
    """
    old = {name: file for file, name in renamed.items()}
    new = {name.lower() for each in names.given.values() for name in each.values()}
    leaks = Leaks(secrets)
    together: set[str] = set()
    with _watched([made], "checking") as told:
        for file, number, line, raw in _written(made, told):
            for value in leaks.found(line, raw):
                if value not in new:
                    place = f"line {number} of {old.get(file, file)}" if number else "a file's name"
                    raise _left(value, place)
                together.add(value)
    return len(together)


def _left(value: str, place: str) -> InputError:
    # The value itself must not get into a message: it is what was to be hidden.
    return InputError(
        f"an original value of {len(value)} letters would be left in {place}; nothing is kept: "
        "write it otherwise there, in a copy, and redact that"
    )


def _written(made: Path, told: Told) -> Iterator[tuple[str, int, str, bytes | None]]:
    """Yield every line that was written with its file and number, and the paths as line 0."""
    for item in walk([made]):
        if not isinstance(item, Source):
            raise InputError(f"{item.file} {item.reason}; nothing is kept")
        yield item.file, 0, item.file, None
        head = item.stream.read(text.HEAD)
        encoding = text.detect(head, complete=len(head) < text.HEAD).encoding or "latin-1"
        blocks = _seen(texts.chained(head, item.stream), told)
        for number, (line, _) in enumerate(texts.split(texts.decoded(blocks, encoding)), start=1):
            yield item.file, number, line, line.encode(encoding, "replace")


def _seen(blocks: Iterable[bytes], told: Told) -> Iterator[bytes]:
    for block in blocks:
        told(len(block))
        yield block


def _kept(known: Known, names: Names) -> list[str]:
    """The words found where a name stands that were kept."""
    same = {old for each in names.given.values() for old, new in each.items() if old == new}
    return sorted((known.kept | same) - known.names)[:200]


def _map(done: Redaction) -> str:
    names: Mapping[str, Mapping[str, str]] = {
        kind: dict(sorted(values.items())) for kind, values in sorted(done.map.items()) if values
    }
    document = {"pvo_kit map": 1, "evidence_hash": done.evidence_hash, "names": names}
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"
