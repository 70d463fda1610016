"""From paths to their files, through folders."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

from pvo_kit.sources import reasons
from pvo_kit.sources.archives import Place, content
from pvo_kit.sources.items import Items, Unread
from pvo_kit.sources.limits import LIMITS, Budget, Limits
from pvo_kit.sources.names import on_disk, unique
from pvo_kit.sources.streams import Stream, blocks

_JUNCTION = 0xA0000003  # the link of Windows that lstat takes for a folder


def walk(
    paths: Sequence[str | os.PathLike[str]], limits: Limits = LIMITS, stdin: BinaryIO | None = None
) -> Items:
    """Yield every file below the paths; ``-`` is standard input.

    Paths come in the order given, the files of a folder or a zip sorted, those of a tar as they
    stand in it. Several paths each give their last component as the first of the names.
    """
    seen: dict[str, int] = {}
    for path in (os.fspath(path) for path in paths):
        last = path if path == "-" else Path(os.path.abspath(path)).name or path
        name = unique(on_disk(last), seen)
        prefix = "" if len(paths) == 1 else f"{name}/"
        place = Place(name, prefix, 0, Budget(limits))
        if path == "-":
            yield from content(place, Stream(blocks(stdin or sys.stdin.buffer)))
        else:
            yield from _path(path, place)


def _path(path: str, place: Place) -> Items:
    """Yield the files of one PATH; a link is followed."""
    try:
        mode = os.stat(path).st_mode
    except PermissionError as error:
        yield Unread(place.name, reasons.reason(error))
    except (OSError, ValueError):  # ValueError: a NUL in the path
        yield Unread(place.name, reasons.ABSENT)
    else:
        if stat.S_ISDIR(mode):
            yield from _folder(os.path.realpath(path), place)
        elif stat.S_ISREG(mode):
            yield from _file(path, place)
        else:
            yield Unread(place.name, reasons.SPECIAL)


def _folder(path: str, place: Place) -> Items:
    """Yield the files below a folder, sorted; links are not followed."""
    seen: dict[str, int] = {}
    waiting = [(path, place.prefix.removesuffix("/"))]
    while waiting:
        path, name = waiting.pop()
        try:
            status = os.lstat(path)
            if stat.S_ISDIR(status.st_mode) and not is_junction(status):
                last = sorted(os.listdir(path), reverse=True)
                waiting += [(os.path.join(path, each), _joined(name, each)) for each in last]
                continue
        except OSError as error:
            yield Unread(name or place.name, reasons.reason(error))
            continue
        name = unique(name, seen)
        if stat.S_ISREG(status.st_mode):
            yield from _file(path, Place(name, f"{name}/", 1, Budget(place.budget.limits)))
        else:
            link = stat.S_ISLNK(status.st_mode) or stat.S_ISDIR(status.st_mode)
            yield Unread(name, reasons.LINK if link else reasons.SPECIAL)


def _joined(folder: str, last: str) -> str:
    return f"{folder}/{on_disk(last)}" if folder else on_disk(last)


def is_junction(status: os.stat_result) -> bool:
    """Tell whether a folder is a junction."""
    return getattr(status, "st_reparse_tag", 0) == _JUNCTION


def _file(path: str, place: Place) -> Items:
    """Yield a file on disk, or the files in it."""
    try:
        with open(path, "rb") as file:
            yield from content(place, Stream(blocks(file)), file)
    except OSError as error:
        yield Unread(place.name, reasons.reason(error))
