"""The folder of a collection: transcripts and logs of each appliance, and the manifest.

    manifest.json                           who was asked what, when, and how it ended
    esa1.example.com/session.txt            everything typed and answered; session-2.txt ...
    esa1.example.com/session.cut.txt        an answer that broke off: no evidence
    esa1.example.com/mail_logs/mail.@...s   saved log files

Everything is written as it comes, so that whatever fails costs only what had not come yet.
"""

from __future__ import annotations

import json
import time
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock
from typing import Any, Literal

from pvo_kit.collect import manifest
from pvo_kit.collect.targets import Target
from pvo_kit.errors import InputError
from pvo_kit.evidence import Role
from pvo_kit.version import __version__

SCHEMA = 1
Status = Literal["captured", "failed", "skipped"]
_DEVICES = {f"{name}{number}" for name in ("com", "lpt") for number in range(1, 10)}
_RESERVED = {"con", "prn", "aux", "nul", *_DEVICES}  # no file names on Windows
_WAITS = (0.05, 0.2, 0.5)  # seconds
_NOT_IN_NAMES = str.maketrans({":": "-", "[": None, "]": None, "%": "-"})


@dataclass(frozen=True, slots=True)
class Asked:
    """One command or one log file that was asked for, and how it ended (``reason`` where not well).

    ``mode`` is the cluster mode in words, '' outside a cluster. ``seconds`` is how long it took.
    """

    command: str
    status: Status
    reason: str = ""
    mode: str = ""
    seconds: float = 0.0


@dataclass
class Box:
    """The manifest's entry of one appliance, filled while it is asked."""

    role: Role
    host: str
    port: int | None
    user: str | None
    fingerprint: str | None = None
    started: str = ""
    ended: str | None = None
    status: Literal["running", "captured", "partly", "failed"] = "running"
    reason: str = ""
    pending_changes: bool | None = None
    transcript: str = ""
    commands: list[Asked] = field(default_factory=list)
    log_files: list[Asked] = field(default_factory=list)


class Folder:
    """A folder that is collected into; one run adds to what earlier runs left."""

    def __init__(self, path: Path) -> None:
        """Create the folder; raises InputError where that cannot be, or a manifest is damaged."""
        self.path = path
        self._lock = Lock()
        self._boxes: list[Box] = []
        self._started = now()
        try:
            path.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise InputError(f"--out {path}: {error.strerror}; choose another folder") from None
        self._earlier = self._read()
        self._write()

    def box(self, target: Target) -> BoxFolder:
        """Open the part of one appliance."""
        entry = Box(target.role, target.host, target.port, target.user, started=now())
        with self._lock:
            self._boxes.append(entry)
        return BoxFolder(self, entry, target)

    def save(self) -> None:
        """Write the manifest as it is now."""
        with self._lock:
            self._write()

    def _read(self) -> list[Any]:
        path = self.path / manifest.FILE
        if not path.exists():
            return []
        way_out = "move it away, or choose another --out"
        try:
            runs = json.loads(path.read_text(encoding="utf-8"))["runs"]
        except (OSError, ValueError, KeyError, TypeError):
            raise InputError(f"{path.name} is no manifest of a collection; {way_out}") from None
        if not isinstance(runs, list):
            raise InputError(f"{path.name} holds no list of runs; {way_out}")
        return runs

    def _write(self) -> None:
        """Raises InputError where the disk does not take it."""
        boxes = [asdict(box) for box in self._boxes]
        run = {"started": self._started, "pvo_kit": __version__, "appliances": boxes}
        # The order of the first two lines is what ``manifest.told`` knows the file by.
        document = {"made_by": "pvo-kit collect", "schema": SCHEMA, "runs": [*self._earlier, run]}
        path = self.path / manifest.FILE
        draft = path.with_suffix(".json.part")
        try:
            draft.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8", newline="\n")
            _rename(draft, path)
        except OSError as error:
            draft.unlink(missing_ok=True)
            raise _not_written(path, error) from None


class BoxFolder:
    """What one appliance's collection writes."""

    def __init__(self, folder: Folder, entry: Box, target: Target) -> None:
        """Choose names that no earlier run used; the files come with their first line."""
        self.entry = entry
        self._folder = folder
        self.path = folder.path / _name(target)
        stem = next(name for name in _stems() if not (self.path / f"{name}.txt").exists())
        self._session = self.path / f"{stem}.txt"
        self._cut = self.path / f"{stem}.cut.txt"
        entry.transcript = f"{self.path.name}/{self._session.name}"

    def write(self, text: str) -> None:
        """Add to the transcript, at once on the disk."""
        self._append(self._session, text)

    def cut(self, command: str, reason: str, output: str) -> None:
        """Keep an answer that broke off where nothing takes it for evidence."""
        head = "" if self._cut.exists() else f"{manifest.CUT}\n"
        marked = "".join(f"| {line}\n" for line in output.split("\n"))
        self._append(self._cut, f"{head}{command}: {reason}\n{marked}")

    def asked(self, item: Asked, *, is_log: bool = False) -> None:
        """Note a command or a log file in the manifest."""
        (self.entry.log_files if is_log else self.entry.commands).append(item)
        self._folder.save()

    def end(self) -> None:
        """Note how it ended."""
        self.entry.ended = now()
        self._folder.save()

    def _append(self, path: Path, text: str) -> None:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("a", encoding="utf-8", newline="\n") as file:
                file.write(text)
        except OSError as error:
            raise _not_written(path, error) from None


def _rename(draft: Path, path: Path) -> None:
    """Give a finished file its name; on Windows whoever reads the old one keeps it a while."""
    for seconds in _WAITS:
        try:
            draft.replace(path)
        except PermissionError:
            time.sleep(seconds)
        else:
            return
    draft.replace(path)


def _not_written(path: Path, error: OSError) -> InputError:
    return InputError(f"{path} cannot be written ({error.strerror}); choose another --out")


def now() -> str:
    """Return the time in UTC, to the second, as the manifest has it."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _name(target: Target) -> str:
    name = target.name.translate(_NOT_IN_NAMES).rstrip(".").lower()
    return f"{name}-box" if name.partition(".")[0] in _RESERVED else name


def _stems() -> Any:
    yield "session"
    number = 2
    while True:
        yield f"session-{number}"
        number += 1
