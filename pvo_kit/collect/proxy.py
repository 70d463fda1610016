"""A command's input and output as a connection: ``ProxyCommand`` and ``ssh -W``, on every system.

paramiko's own class waits with ``select`` on pipes, which Windows cannot; a thread reads here.
"""

from __future__ import annotations

import contextlib
import errno
import os
import queue
import shlex
import shutil
import subprocess
import sys
import threading

from pvo_kit.errors import InputError

_STEP = 32768
_ENDING = 2.0  # seconds
_DEAF = """trap '' INT; exec "$@\""""
"""It stays in the terminal's group, so that ssh can ask there; an ignored signal is inherited."""


def _words(command: str | tuple[str, ...]) -> str | list[str]:
    """The command as the system starts it; raises ValueError for quotes that do not end."""
    if isinstance(command, tuple):
        return list(command)
    plain = command.removeprefix("exec ").strip()
    words = plain if os.name == "nt" else shlex.split(plain)
    if not words:
        raise ValueError("it is empty")
    return words


def _started(words: str | list[str]) -> subprocess.Popen[bytes]:
    """Start the command; Ctrl-C does not reach it, since sessions are left through it then."""
    flags = 0
    if sys.platform == "win32":
        flags = subprocess.CREATE_NEW_PROCESS_GROUP
    else:
        if shutil.which(words[0]) is None:
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT))
        words = ["sh", "-c", _DEAF, "sh", *words]
    return subprocess.Popen(  # noqa: S603 - the user's own configuration
        words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0, creationflags=flags
    )


class ProxySocket:
    """What paramiko needs of a socket: send, recv, a time-out, and its end."""

    def __init__(self, command: str | tuple[str, ...]) -> None:
        """Start the command; raises InputError where there is no such program."""
        try:
            self._process = _started(_words(command))
        except (OSError, ValueError) as error:
            name = command.split(" ")[0] if isinstance(command, str) else command[0]
            why = error.strerror if isinstance(error, OSError) else error
            raise InputError(f"{name} cannot be started ({why})") from None
        self._timeout: float | None = None
        self._parts: queue.Queue[bytes] = queue.Queue()
        self._rest = b""
        self._ended = False
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        """Pass on what the command prints, until its end."""
        with contextlib.suppress(OSError, ValueError):  # closed from the other side
            while self._process.stdout and (data := self._process.stdout.read(_STEP)):
                self._parts.put(data)
        self._parts.put(b"")

    def settimeout(self, seconds: float | None) -> None:
        """Set how long ``recv`` waits."""
        self._timeout = seconds

    def gettimeout(self) -> float | None:
        """Return how long ``recv`` waits."""
        return self._timeout

    def send(self, data: bytes) -> int:
        """Write to the command's input."""
        if self._process.stdin is None:
            raise OSError("the connection is closed")
        return self._process.stdin.write(data) or 0

    def recv(self, size: int) -> bytes:
        """Return what the command printed; b"" at its end; raises TimeoutError."""
        if not self._rest and not self._ended:
            try:
                self._rest = self._parts.get(timeout=self._timeout)
            except queue.Empty:
                raise TimeoutError from None
            self._ended = not self._rest
        part, self._rest = self._rest[:size], self._rest[size:]
        return part

    def close(self) -> None:
        """End the command."""
        if self._process.stdin:
            # What was written last does not reach a command that is gone.
            with contextlib.suppress(OSError):
                self._process.stdin.close()
        if self._process.poll() is None:
            self._process.terminate()
        try:
            self._process.wait(timeout=_ENDING)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        # The pipe ends with the command; a child that it left may hold it open.
        self._reader.join(timeout=_ENDING)
        if self._process.stdout and not self._reader.is_alive():
            self._process.stdout.close()

    @property
    def closed(self) -> bool:
        """Whether the command has ended."""
        return self._process.poll() is not None

    @property
    def _closed(self) -> bool:
        """What paramiko asks of a socket when it ends its thread."""
        return self.closed
