"""From archives to escalations: one each, with a name that is safe and no other has."""

from __future__ import annotations

import os
import stat
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from pvo_kit.batching import names
from pvo_kit.errors import InputError
from pvo_kit.hashing import evidence_hash
from pvo_kit.sources.names import decoded, on_disk
from pvo_kit.sources.paths import is_junction


@dataclass(frozen=True, slots=True)
class Escalation:
    """One case to be diagnosed.

    ``name`` is that of its results, once it is safe and no other's. ``source`` tells where it lies,
    as it is shown. ``path`` is absolute. ``is_link``: it is a link, which is not followed.
    """

    name: str
    source: str
    path: str
    is_link: bool = False


def escalations(paths: Sequence[str | os.PathLike[str]]) -> list[Escalation]:
    """Return the escalations of the archives, in their order, those of a folder sorted.

    Each child of a folder is one, whatever it is; a file is one. A name that is not safe, or that
    more than one has, becomes a slug and the first eight digits of the evidence hash. Raises
    InputError for an archive that does not exist or cannot be listed, and where there is no
    escalation at all.
    """
    if not paths:
        raise InputError("no ARCHIVE; give folders of escalations, or files")
    found = [each for path in paths for each in _of(os.path.abspath(path), len(paths) > 1)]
    if not found:
        shown = ", ".join(on_disk(Path(path).name or str(path)) for path in paths)
        raise InputError(f"{shown} holds no escalation; give the folder that holds them")
    return list(_named(found))


def _of(path: str, is_one_of_many: bool) -> Iterator[Escalation]:
    last = os.path.basename(path) or path
    archive = on_disk(last)
    try:
        if not stat.S_ISDIR(os.stat(path).st_mode):
            yield Escalation(decoded(os.fsencode(last)), archive, path)
            return
        children = sorted(os.scandir(path), key=lambda child: child.name)
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        why = error.strerror if isinstance(error, OSError) else error
        raise InputError(f"{archive} cannot be listed ({why}); check the path") from None
    for child in children:
        shown = on_disk(child.name)
        source = f"{archive}/{shown}" if is_one_of_many else shown
        yield Escalation(decoded(os.fsencode(child.name)), source, child.path, _is_link(child))


def _is_link(child: os.DirEntry[str]) -> bool:
    return child.is_symlink() or is_junction(child.stat(follow_symlinks=False))


def _named(found: Sequence[Escalation]) -> Iterator[Escalation]:
    """Give each its own name; the same ones whatever the order of the archives."""
    often = Counter(names.same(each.name) for each in found)
    taken = {names.same(each.name) for each in found if _keeps(each, often)}
    for each in found:
        if _keeps(each, often):
            yield each
            continue
        name = _free(f"{names.slug(each.name)}-{_digits(each)}", taken)
        taken.add(names.same(name))
        yield replace(each, name=name)


def _keeps(each: Escalation, often: Counter[str]) -> bool:
    return names.is_safe(each.name) and often[names.same(each.name)] == 1


def _digits(each: Escalation) -> str:
    hashed = evidence_hash(os.devnull if each.is_link else each.path)
    return hashed.removeprefix("sha256:")[:8]


def _free(name: str, taken: Iterable[str]) -> str:
    """Return the name, with ``-2`` and so on behind it where the same evidence is there twice."""
    number, result = 1, name
    while names.same(result) in taken:
        number += 1
        result = f"{name}-{number}"
    return result
