"""The files in an archive and in the archives in it; a file that is none is given as it is."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Iterator
from itertools import islice
from typing import IO, BinaryIO, NamedTuple, cast

from pvo_kit.sources.formats import HEAD, Format, archive_format
from pvo_kit.sources.items import Items, Source, Unread
from pvo_kit.sources.limits import Budget
from pvo_kit.sources.members import Member
from pvo_kit.sources.names import below, leads_out, on_disk, printable, unique
from pvo_kit.sources.reasons import DAMAGE, OUTSIDE, UNPACK, reason
from pvo_kit.sources.streams import Stream, blocks, digest, gunzipped
from pvo_kit.sources.tars import tar_members
from pvo_kit.sources.zips import zip_members

IN_MEMORY = 16 << 20  # bytes of a zip in an archive; a larger one is spooled to disk
_SUFFIX = re.compile(r"\.(zip|tar|tgz|tar\.gz)$", re.IGNORECASE)


class Place(NamedTuple):
    """A file, the prefix of what lies in it if it is an archive, and how deep it lies in what."""

    name: str
    prefix: str
    level: int
    budget: Budget
    packed: tuple[tuple[str, str], ...] = ()

    def inside(self, name: str) -> Place:
        """Return the place of a member of this archive."""
        return Place(name, f"{name}/", self.level + 1, self.budget, self.packed)


def content(place: Place, stream: Stream, file: BinaryIO | None = None) -> Items:
    """Yield the stream as a file or, if it is an archive, the files in it.

    ``file`` is the file on disk that the stream comes from, if it comes straight from there.
    """
    found = archive_format(stream.peek(HEAD))
    depth = place.budget.limits.depth
    if not found:
        yield Source(place.name, cast(BinaryIO, stream), place.packed)
        return
    place = place._replace(packed=(*place.packed, (place.name, found)))
    if place.level > depth:
        yield Unread(place.name, f"lies more than {depth} archives deep; {UNPACK}", digest(stream))
    elif found == "gz":
        unpacked = Stream(place.budget.watch(gunzipped(stream), stream.tell))
        yield from content(place._replace(level=place.level + 1), unpacked)
    elif found != "zip":
        yield from _tar(place, found, stream, file)
    elif file:
        yield from _zip(place, file)
    else:
        yield from _spooled(place, stream)


def _zip(place: Place, file: BinaryIO) -> Items:
    """Yield the files in a zip on disk."""
    top = _top(file, zip_members(file, place.budget), place)
    yield from _members(place, zip_members(file, place.budget), top, file)


def _spooled(place: Place, stream: Stream) -> Items:
    """Yield the files in a zip that is read forward: a zip needs seeks."""
    try:
        with tempfile.SpooledTemporaryFile(IN_MEMORY) as spool:
            for block in blocks(stream):
                spool.write(block)
            yield from _members(place, zip_members(spool, place.budget), "", spool)
    except DAMAGE as error:
        yield Unread(place.name, reason(error))


def _tar(place: Place, found: Format, stream: Stream, file: BinaryIO | None) -> Items:
    """Yield the files in a tar as they come by; nothing is unpacked to disk."""
    top = ""
    if file and place.level == 0:  # twice through it: the names come first
        budget = Budget(place.budget.limits)
        top = _top(file, _unpacked(found, _from_start(file), budget), place)
        stream = _from_start(file)
    yield from _members(place, _unpacked(found, stream, place.budget), top, file)


def _unpacked(found: Format, stream: Stream, budget: Budget) -> Iterator[Member]:
    """Yield the members of a tar, packed or not, within the limits."""
    unpacked = gunzipped(stream) if found == "tar.gz" else blocks(stream)
    return tar_members(Stream(budget.watch(unpacked, stream.tell)))


def _from_start(file: BinaryIO) -> Stream:
    file.seek(0)
    return Stream(blocks(file))


def _top(file: BinaryIO, members: Iterator[Member], place: Place) -> str:
    """Return the folder that all members of a PATH lie below, if it is named like the archive.

    Without it, ``case.zip`` gives the names that its folder ``case`` gives.
    """
    if place.level > 0:
        return ""
    stem = below(on_disk(_SUFFIX.sub("", os.path.basename(file.name))))
    found = ""
    try:
        for member in islice(members, place.budget.limits.members):
            name = below(member.name)
            if not (name.startswith(f"{stem}/") or (member.folder and name in ("", stem))):
                return ""
            found = f"{stem}/"
    except DAMAGE:
        pass  # told when the archive is read; the names before it decide
    return found


def _members(place: Place, members: Iterator[Member], top: str, whole: IO[bytes] | None) -> Items:
    """Yield the members of an archive; ``top`` is taken off their names.

    ``whole`` is the archive, where it can be read again: it is hashed if nothing comes out of it.
    """
    seen: dict[str, int] = {}
    try:
        for member in members:
            place.budget.members += 1
            if refusal := place.budget.refusal():
                yield Unread(place.name, refusal)
                return
            yield from _member(place, member, top, seen)
    except DAMAGE as error:
        hashed = None
        if whole and not seen:
            whole.seek(0)
            hashed = digest(whole)
        yield Unread(place.name, reason(error), hashed)


def _member(place: Place, member: Member, top: str, seen: dict[str, int]) -> Items:
    """Yield a member as a file or, if it is an archive, the files in it."""
    name, refusal = below(member.name).removeprefix(top), member.refusal
    if leads_out(member.name):
        name, refusal = printable(member.name), OUTSIDE
    elif member.folder:
        return
    name = unique(place.prefix + name, seen)
    if refusal:
        yield Unread(name, refusal)
    else:
        yield from content(place.inside(name), Stream(member.blocks))
