"""The boxes of a pair as SSH servers on loopback, in this process.

One port a box; password, keyboard-interactive and key; host keys are made anew each time. It is a
model to talk to, no server to leave open: it listens on 127.0.0.1 only.
"""

from __future__ import annotations

import logging
import os
import queue
import socket
import threading
from base64 import b64decode
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import paramiko
from paramiko.common import (
    AUTH_FAILED,
    AUTH_SUCCESSFUL,
    OPEN_FAILED_ADMINISTRATIVELY_PROHIBITED,
    OPEN_SUCCEEDED,
)
from paramiko.server import InteractiveQuery

from pvo_kit.errors import InputError
from pvo_kit.simulator.pair import Appliance, Pair
from pvo_kit.simulator.session import Session
from pvo_kit.simulator.terminal import NEWLINE, Terminal

LOOPBACK = "127.0.0.1"
HEIGHT = 24
_LOG = "pvo_kit.simulator"
_WAIT = 0.2  # seconds between looks at the order to stop
_GONE = (OSError, EOFError, paramiko.SSHException)  # what a lost connection raises

Around = Callable[[bool], object]


@dataclass(frozen=True)
class Door:
    """Where a box can be reached, and its host key."""

    host: str
    port: int
    key: paramiko.PKey

    @property
    def fingerprint(self) -> str:
        """The host key's fingerprint, as OpenSSH shows it."""
        return f"{self.key.get_name()} {self.key.fingerprint}"


class _Login(paramiko.ServerInterface):
    """Who may log in, and what a channel asks for."""

    def __init__(self, box: Appliance, keys: Sequence[paramiko.PKey]) -> None:
        self.user = ""
        self.requests: queue.Queue[tuple[paramiko.Channel, str | None]] = queue.Queue()
        self._box = box
        self._keys = keys

    def get_allowed_auths(self, username: str) -> str:
        return "publickey,password,keyboard-interactive"

    def check_auth_password(self, username: str, password: str) -> int:
        user = self._box.users.get(username)
        return self._answer(username, user is not None and user.passphrase == password)

    def check_auth_publickey(self, username: str, key: paramiko.PKey) -> int:
        known = any(key == each for each in self._keys)
        return self._answer(username, known and username in self._box.users)

    def check_auth_interactive(self, username: str, submethods: str) -> int | InteractiveQuery:
        self.user = username
        query = InteractiveQuery()
        query.add_prompt("Passphrase: ", echo=False)
        return query

    def check_auth_interactive_response(self, responses: list[str]) -> int:
        return self.check_auth_password(self.user, responses[0] if responses else "")

    def _answer(self, username: str, good: bool) -> int:
        self.user = username if good else ""
        return AUTH_SUCCESSFUL if good else AUTH_FAILED

    def check_channel_request(self, kind: str, chanid: int) -> int:
        return OPEN_SUCCEEDED if kind == "session" else OPEN_FAILED_ADMINISTRATIVELY_PROHIBITED

    def check_channel_pty_request(self, *_: object) -> bool:
        return True

    def check_channel_shell_request(self, channel: paramiko.Channel) -> bool:
        self.requests.put((channel, None))
        return True

    def check_channel_exec_request(self, channel: paramiko.Channel, command: bytes) -> bool:
        self.requests.put((channel, command.decode("utf-8", "replace")))
        return True


class Server:
    """All boxes of a pair, each at a port of its own. Use it as ``with Server(pair) as server``."""

    def __init__(
        self,
        pair: Pair,
        port: int = 0,
        keys: Sequence[paramiko.PKey] = (),
        around: Around = lambda before: None,
    ) -> None:
        """Bind the ports from ``port`` on (0: free ones). Raises InputError where one is taken."""
        self.doors: list[Door] = []
        self._pair = pair
        self._keys = keys
        self._around = around
        self._lock = threading.Lock()
        self._stopped = threading.Event()
        self._sockets: list[socket.socket] = []
        self._threads: list[threading.Thread] = []
        logger = logging.getLogger(_LOG)
        logger.addHandler(logging.NullHandler())
        logger.propagate = False
        for number, host in enumerate(pair.appliances):
            bound = _bound(port + number if port else 0)
            self._sockets.append(bound)
            self.doors.append(Door(host, bound.getsockname()[1], paramiko.ECDSAKey.generate()))

    def __enter__(self) -> Server:
        """Begin to listen."""
        for bound, door in zip(self._sockets, self.doors, strict=True):
            self._start(self._listen, bound, door)
        return self

    def __exit__(self, *_: object) -> None:
        """End every session and close the ports."""
        self._stopped.set()
        for bound in self._sockets:
            bound.close()
        for thread in self._threads:
            thread.join(timeout=5)

    def door(self, host: str) -> Door:
        """Return where a host can be reached."""
        return next(door for door in self.doors if door.host == host)

    def _start(self, target: Callable[..., None], *arguments: object) -> None:
        thread = threading.Thread(target=target, args=arguments, daemon=True)
        self._threads = [each for each in self._threads if each.is_alive()] + [thread]
        thread.start()

    def _listen(self, bound: socket.socket, door: Door) -> None:
        while not self._stopped.is_set():
            try:
                client, _ = bound.accept()
            except TimeoutError:
                continue
            except OSError:
                return
            self._start(self._serve, client, door)

    def _serve(self, client: socket.socket, door: Door) -> None:
        login = _Login(self._pair.appliances[door.host], self._keys)
        with _transport(client, door.key, login) as transport:
            while transport and transport.is_active() and not self._stopped.is_set():
                try:
                    channel, command = login.requests.get(timeout=_WAIT)
                except queue.Empty:
                    continue
                self._start(self._session, channel, command, door.host, login.user)

    def _session(
        self, channel: paramiko.Channel, command: str | None, host: str, user: str
    ) -> None:
        with self._lock:
            session = Session(self._pair.appliances[host], user, self._around)
        try:
            if command is not None:
                self._execute(channel, session, command)
            else:
                self._shell(channel, session)
        except (*_GONE, InputError):
            pass  # the client is gone, or the state file is
        finally:
            with suppress(*_GONE):
                channel.close()

    def _execute(self, channel: paramiko.Channel, session: Session, command: str) -> None:
        with self._lock:
            said = session.type(command).removesuffix(session.prompt)
        channel.sendall(said.encode("utf-8").replace(b"\n", NEWLINE))
        channel.send_exit_status(0)

    def _shell(self, channel: paramiko.Channel, session: Session) -> None:
        shown = bytearray()
        terminal = Terminal(session, shown.extend, HEIGHT)
        channel.settimeout(_WAIT)
        while not self._stopped.is_set():
            if shown:
                channel.sendall(bytes(shown))
                shown.clear()
            if terminal.is_over:
                channel.send_exit_status(0)
                return
            try:
                keys = channel.recv(4096)
            except TimeoutError:
                continue
            if not keys:
                return
            with self._lock:
                terminal.keys(keys)


def _bound(port: int) -> socket.socket:
    bound = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    if os.name == "posix":  # a port that was just left; elsewhere it would share one in use
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((LOOPBACK, port))
    except (OSError, OverflowError) as error:
        bound.close()
        raise InputError(f"port {port} of {LOOPBACK} cannot be used ({error})") from error
    bound.listen(16)
    bound.settimeout(_WAIT)
    return bound


@contextmanager
def _transport(
    client: socket.socket, key: paramiko.PKey, login: _Login
) -> Iterator[paramiko.Transport | None]:
    """The server's side of a connection; None where its client does not speak SSH."""
    client.settimeout(None)
    transport = paramiko.Transport(client)
    transport.set_log_channel(_LOG)
    transport.add_server_key(key)
    try:
        try:
            transport.start_server(server=login)
        except (paramiko.SSHException, OSError, EOFError):
            yield None
            return
        yield transport
    finally:
        transport.close()


def public_key(path: Path) -> paramiko.PKey:
    """Return the key of a ``.pub`` file; raises InputError for anything else."""
    try:
        kind, encoded, *_ = path.read_text(encoding="utf-8").split()
        return paramiko.PKey.from_type_string(kind, b64decode(encoded, validate=True))
    except (OSError, ValueError, paramiko.SSHException) as error:
        raise InputError(f"{path.name}: no public key ({error}); give the .pub file") from error
