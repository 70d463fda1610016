"""Whole saved log files of one appliance, over SCP, or SFTP where the box offers that.

Only files that are saved (``.s``) are fetched: the one being written is what grep reads. A file
comes under another name first and gets its own when it is complete, so what is there is complete
and is not fetched again.
"""

from __future__ import annotations

import contextlib
import posixpath
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Any

from pvo_kit.collect.folder import Asked
from pvo_kit.collect.refused import in_words
from pvo_kit.errors import InputError

if TYPE_CHECKING:
    import paramiko

ALL = "*"
"""Stands for the saved files of every mail log that ``logconfig`` lists."""

TIMEOUT = 30.0
"""Seconds without a byte after which a transfer has failed."""

_PART = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.@-]{0,99}")
_NAME = re.compile(rf"/?(?:{_PART.pattern}/)?{_PART.pattern}")
_SAVED = re.compile(r".+\.s(?:\.gz)?")
_WRITTEN = re.compile(r".+\.(?:c|current)")


@dataclass(frozen=True, slots=True)
class Wanted:
    """Logs to fetch: names of files (``mail_logs/mail.@...s``) or of logs; ``size`` in bytes."""

    names: tuple[str, ...] = ()
    size: int = 1 << 30


class _NotFetchedError(Exception):
    """A transfer that did not come about; the text completes a sentence."""


def check(names: Sequence[str]) -> tuple[str, ...]:
    """Return the names; raises InputError for one that is no log's or log file's."""
    for name in names:
        if name != ALL and not _is_name(name):
            raise InputError(
                f"--log-file {name!r}: write it like mail_logs/mail.@20240604T101500.s"
            )
        if _WRITTEN.fullmatch(name):
            told = "is still being written, and grep reads it; give a saved file (.s)"
            raise InputError(f"--log-file {name} {told}")
    return tuple(names)


def _is_name(path: str) -> bool:
    return ".." not in path and _NAME.fullmatch(path) is not None


def _is_inside(path: str) -> bool:
    parts = path.strip("/").split("/")
    return ".." not in path and all(map(_PART.fullmatch, parts))


def fetch(
    transport: paramiko.Transport,
    wanted: Wanted,
    logs: Sequence[str],
    folder: Path,
    stop: Event,
) -> Iterator[Asked]:
    """Fetch what is wanted into ``folder``; yields how each file ended, the refused ones too.

    ``logs`` are the mail logs that the appliance lists. The size limit is for all of them.
    """
    left = wanted.size
    for name in wanted.names:
        for path in _files(transport, name, logs):
            if isinstance(path, Asked):
                yield path
                continue
            if not _is_inside(path):  # an appliance could name what lies elsewhere
                yield Asked(path, "failed", "is no name of a log file")
                continue
            if stop.is_set():
                yield Asked(path, "failed", "stopped")
                continue
            target = folder.joinpath(*path.strip("/").split("/"))
            if target.exists():
                yield Asked(path, "skipped", "is already here, complete")
                continue
            done = _fetched(transport, path, target, left, stop)
            left -= target.stat().st_size if done.status == "captured" else 0
            yield done


def _files(transport: paramiko.Transport, name: str, logs: Sequence[str]) -> Iterator[str | Asked]:
    """Yield the files that a name stands for."""
    if name != ALL and _SAVED.fullmatch(name):
        yield name
        return
    for log in logs if name == ALL else [name]:
        try:
            found = _listed(transport, f"/{log.strip('/')}")
        except _NotFetchedError as error:
            way_out = f"name its files: --log-file {log}/mail.@20240604T101500.s"
            yield Asked(log, "failed", f"cannot be listed ({error}); {way_out}")
            continue
        if not found:
            yield Asked(log, "failed", "holds no saved file yet; grep has what is being written")
        yield from (f"{log.strip('/')}/{entry}" for entry in found)


def _fetched(
    transport: paramiko.Transport, path: str, target: Path, size: int, stop: Event
) -> Asked:
    draft = target.with_name(f"{target.name}.part")
    remote = path if path.startswith("/") else f"/{path}"
    reasons = []
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        for way in (_over_scp, _over_sftp):
            try:
                way(transport, remote, draft, _Meter(size, stop))
                draft.replace(target)
                return Asked(path, "captured")
            except _NotFetchedError as error:
                reasons.append(str(error))
    except OSError as error:
        reasons.append(f"cannot be written ({error.strerror})")
    finally:
        with contextlib.suppress(OSError):
            draft.unlink()
    return Asked(path, "failed", "; ".join(dict.fromkeys(reasons)))


class _Meter:
    """Counts what comes of one file, and stops it at the limit."""

    def __init__(self, size: int, stop: Event) -> None:
        self._size = size
        self._stop = stop

    def check(self, announced: int, received: int) -> None:
        """Refuse a file that is, or grows, beyond the limit."""
        if max(announced, received) > self._size:
            mib = self._size / (1 << 20)
            raise _NotFetchedError(f"is larger than what is left of the limit ({mib:.1f} MiB)")
        if self._stop.is_set():
            raise _NotFetchedError("stopped")


def _over_scp(transport: paramiko.Transport, remote: str, draft: Path, meter: _Meter) -> None:
    from scp import SCPException  # type: ignore[import-untyped]

    def run() -> None:
        client = _scp_client(transport, meter)
        try:
            client.get(remote, str(draft))
        except (SCPException, AssertionError) as error:
            raise _NotFetchedError(f"SCP: {_line(error)}") from None
        finally:
            client.close()
        if not draft.exists():
            raise _NotFetchedError("SCP: the file did not come")

    _guarded("SCP", run)


def _scp_client(transport: paramiko.Transport, meter: _Meter) -> Any:
    """A client that takes one file and no folder: the other side could name what it likes."""
    from scp import SCPClient, SCPException

    class OneFile(SCPClient):  # type: ignore[misc]
        is_taken = False

        def _recv_file(self, announced: bytes) -> None:
            _, size, _ = announced.split(b" ", 2)
            meter.check(int(size), 0)
            if self.is_taken:
                raise SCPException("a second file was sent")
            self.is_taken = True
            super()._recv_file(announced)

        def _recv_pushd(self, _: bytes) -> None:
            raise SCPException("it is a folder")

    def progress(_name: bytes, _size: int, received: int) -> None:
        if received:  # before that the library could not close its file
            meter.check(0, received)

    return OneFile(transport, socket_timeout=TIMEOUT, progress=progress)


def _over_sftp(transport: paramiko.Transport, remote: str, draft: Path, meter: _Meter) -> None:
    def run() -> None:
        with _sftp(transport) as client:
            announced = client.stat(remote).st_size or 0
            meter.check(announced, 0)
            client.get(remote, str(draft), callback=lambda got, _: meter.check(0, got))

    _guarded("SFTP", run)


def _listed(transport: paramiko.Transport, folder: str) -> list[str]:
    """Return the names of a log's saved files, oldest first."""
    names: list[str] = []

    def run() -> None:
        with _sftp(transport) as client:
            names.extend(client.listdir(folder))

    _guarded("SFTP", run)
    plain = (name for name in names if posixpath.basename(name) == name)
    return sorted(name for name in plain if _SAVED.fullmatch(name) and _NAME.fullmatch(name))


def _sftp(transport: paramiko.Transport) -> paramiko.SFTPClient:
    import paramiko

    channel = transport.open_session(timeout=TIMEOUT)
    channel.settimeout(TIMEOUT)
    try:
        channel.invoke_subsystem("sftp")
    except paramiko.SSHException:
        if transport.is_active():
            raise _NotFetchedError("SFTP is not offered") from None
        raise
    return paramiko.SFTPClient(channel)


def _guarded(way: str, run: Callable[[], None]) -> None:
    import paramiko

    try:
        run()
    except (paramiko.SSHException, OSError, EOFError, ValueError) as error:
        raise _NotFetchedError(f"{way}: {_line(error)}") from None


def _line(error: BaseException) -> str:
    if isinstance(error, TimeoutError):
        return f"nothing came for {TIMEOUT:g} s"
    return in_words(error)
