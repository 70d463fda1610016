"""Records what a person saw: one more table in the escalation folder's ``observations.toml``."""

from __future__ import annotations

import os
import re
import tomllib
from datetime import UTC, datetime
from pathlib import Path

from pvo_kit.errors import InputError
from pvo_kit.observations import WHAT

FILE = "observations.toml"

_HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]{0,252}[A-Za-z0-9])?")
_YES_NO = ("yes", "no")
VALUES = {"wizard": ("finished", "not-finished"), "pending_changes": _YES_NO}
"""The words that count where an observation answers a question; any text elsewhere."""


def record(
    folder: str | os.PathLike[str],
    host: str,
    what: str,
    value: str,
    time: str | None = None,
    by: str = "",
) -> Path:
    """Append an observation and return the file's path.

    ``time`` is when it was seen, ISO 8601 (UTC where it has no offset); without one only its place
    in the file orders it. Raises InputError for a folder, host, kind, value or time that cannot
    be recorded, and where the file that is there is damaged: nothing is written then.
    """
    import tomli_w

    path = _folder(Path(folder)) / FILE
    _check(host, what, value)
    table: dict[str, object] = {"host": host.lower(), "what": what, "value": value}
    if time:
        table["time"] = _time(time)
    if by:
        table["by"] = by
    text = f"{_present(path)}[[observation]]\n{tomli_w.dumps(table)}"
    _replace(path, text)
    return path


def _folder(folder: Path) -> Path:
    if not folder.is_dir():
        raise InputError(f"{folder.name or folder} is no folder; unpack the archive and give that")
    return folder


def is_host(text: str) -> bool:
    """Return True for a host name, which alone may stand in a command line."""
    return _HOST.fullmatch(text) is not None


def _check(host: str, what: str, value: str) -> None:
    if not is_host(host):
        raise InputError(f"--host {host!r} is no host name; give it as the prompt shows it")
    if what not in WHAT:
        raise InputError(f"--what {what!r} is not known; give one of {', '.join(WHAT)}")
    allowed = VALUES.get(what)
    if allowed and value not in allowed:
        raise InputError(f"--value {value!r}: for {what} give one of {', '.join(allowed)}")
    if what == "port" and not (value.isdecimal() and 0 < int(value) < 65536):
        raise InputError(f"--value {value!r} is no TCP port; give a number from 1 to 65535")
    if not value.strip():
        raise InputError("--value is empty; give what was seen")


def _time(text: str) -> datetime:
    try:
        seen = datetime.fromisoformat(text)
    except ValueError:
        raise InputError(f"--time {text!r}: write it like 2014-07-21T12:05:00+02:00") from None
    return seen.astimezone(UTC) if seen.tzinfo else seen.replace(tzinfo=UTC)


def _present(path: Path) -> str:
    """Return the file as it is, ready for one more table; it must be good TOML."""
    if not path.exists():
        return ""
    try:
        text = path.read_text(encoding="utf-8")
        tables = tomllib.loads(text.lstrip("\ufeff")).get("observation", [])
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InputError(f"{path.name} cannot be added to ({error}); correct or move it") from None
    if not isinstance(tables, list):
        raise InputError(f"{path.name} holds no list of [[observation]] tables; correct or move it")
    return text.rstrip("\n") + "\n\n" if text.strip() else ""


def _replace(path: Path, text: str) -> None:
    """Write beside the file and rename, so that a full disk leaves the old one."""
    draft = path.with_suffix(".toml.part")
    try:
        draft.write_text(text, encoding="utf-8", newline="\n")
        draft.replace(path)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise InputError(f"{path.name} cannot be written ({error.strerror})") from None
