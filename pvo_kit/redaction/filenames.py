"""New names of files and folders: their order stays, since the order of reading rests on it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from pvo_kit.redaction.lines import Kind
from pvo_kit.redaction.names import Names
from pvo_kit.redaction.vocabulary import is_own

_STAMP = re.compile(r"@[0-9]{8}T[0-9]{6}(?![0-9])")
_PLAIN = re.compile(r"[A-Za-z0-9 ._@-]+")
_WORD = re.compile(r"[A-Za-z0-9]+")
_NUMBER = re.compile(r"[0-9]{1,2}")
_SUFFIXES = re.compile(r"(?:\.[A-Za-z0-9]{1,7}){0,2}$")

Folder = dict[str, "Folder"]


def rename(names: Names, files: Iterable[str], known: Mapping[str, Kind]) -> dict[str, str]:
    """Return the new path of every file and of every folder or archive above it.

    What consists of the appliance's own words stays (``mail_logs/mail.current``); anything else
    becomes ``f-7xk2qd5v.log``. Where that would change the order among the files of one folder, or
    make two names alike, all of them get a number in front.
    """
    root: Folder = {}
    for file in files:
        folder = root
        for part in file.split("/"):
            folder = folder.setdefault(part, {})
    renamed: dict[str, str] = {}
    _rename(names, known, root, "", "", renamed)
    return renamed


def _rename(
    names: Names, known: Mapping[str, Kind], folder: Folder, old: str, new: str,
    into: dict[str, str],
) -> None:  # fmt: skip
    # As the paths below them are ordered: a folder's name counts with its slash.
    order = sorted(folder, key=lambda name: name + "/" if folder[name] else name)
    called = [_name(names, known, name) for name in order]
    shown = [name + "/" if folder[part] else name for part, name in zip(order, called, strict=True)]
    if shown != sorted(shown) or len({name.casefold() for name in called}) < len(called):
        digits = len(str(len(called)))
        called = [f"{number:0{digits}}-{name}" for number, name in enumerate(called, start=1)]
    for part, name in zip(order, called, strict=True):
        into[old + part] = new + name
        _rename(names, known, folder[part], f"{old}{part}/", f"{new}{name}/", into)


def _name(names: Names, known: Mapping[str, Kind], name: str) -> str:
    if _is_plain(name, known):
        return name
    stamp = _STAMP.search(name)
    suffix = "".join(
        part
        for part in re.findall(r"\.[A-Za-z0-9]+", (_SUFFIXES.search(name) or name)[0])
        if is_own(part[1:]) and part[1:].lower() not in known
    )
    return names.text("file", name) + (stamp.group() if stamp else "") + suffix.lower()


def _is_plain(name: str, known: Mapping[str, Kind]) -> bool:
    """Whether a name tells nothing but what an appliance or any person would call its file."""
    if not _PLAIN.fullmatch(name) or name.strip(" .") != name:
        return False
    words = _WORD.findall(_STAMP.sub("", name))
    return all(
        (is_own(word) and word.lower() not in known) or _NUMBER.fullmatch(word) for word in words
    )
