"""The bytes of one session: what came, what was typed, and the gate before everything typed.

``Stream.type`` is the only place of the kit that writes to an appliance's shell.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from threading import Event
from typing import Literal, Protocol

from pvo_kit.collect import recording
from pvo_kit.collect.allowed import Key, Line, NotAllowedError, Reply, is_answer, is_line
from pvo_kit.collect.endings import TAIL, Ending, ending
from pvo_kit.errors import PvoError

Why = Literal["timeout", "dropped", "flood", "out-of-step", "refused", "stopped"]


class Channel(Protocol):
    """What a shell needs of a connection; paramiko's channel is one."""

    def recv(self, size: int, /) -> bytes:
        """Return what has come, b"" at its end; raises TimeoutError after the time set."""
        ...

    def sendall(self, data: bytes, /) -> object:
        """Send all of it; raises OSError where the connection is gone."""
        ...

    def settimeout(self, seconds: float, /) -> object:
        """Set how long ``recv`` and ``sendall`` wait, in seconds."""
        ...

    def close(self) -> object:
        """Close it; may be called twice."""
        ...


@dataclass(frozen=True, slots=True)
class Limits:
    """How long and how much, in seconds and bytes.

    ``settle`` is how long the end of the output must stand before it counts; ``pager`` when a key
    that the pager swallowed is sent again; ``silence`` when a server that telnet has reached but
    that says nothing is left.
    """

    login: float = 60.0
    command: float = 120.0
    session: float = 1500.0
    settle: float = 0.03
    pager: float = 1.0
    silence: float = 10.0
    size: int = 16 << 20


class SessionLostError(PvoError):
    """The session cannot go on. ``why`` names the kind, ``output`` is what came of the answer."""

    def __init__(self, why: Why, message: str, output: str = "") -> None:
        """Keep the kind and the part of the answer that did come."""
        super().__init__(message)
        self.why = why
        self.output = output


class Stream:
    """A channel with the output since the last command, and what was typed in it.

    ``ends`` is when the whole session has taken too long, by ``clock``.
    """

    def __init__(
        self, channel: Channel, limits: Limits, stop: Event, clock: Callable[[], float]
    ) -> None:
        """Take over a channel on which a shell was just opened."""
        self._channel = channel
        self.limits = limits
        self.stop = stop
        self.clock = clock
        self.ends = clock() + limits.session
        self.output = bytearray()
        self.typed: list[tuple[int, str]] = [(0, "")]
        self.is_open = True

    def begin(self, line: Line) -> None:
        """Forget the last answer and type a command."""
        self.output, self.typed = bytearray(), []
        self.type(line)

    def type(self, what: Line | Key | Reply, text: str = "") -> None:
        """Send a command at a prompt, or a key or an answer at a question; nothing else.

        ``text`` is the answer that a Reply has become.
        """
        if isinstance(what, Line):
            if not is_line(what.text):
                raise NotAllowedError("not a read-only command of the catalog")
            self._send(what.text.encode("ascii") + b"\n", what.text)
        elif isinstance(what, Reply):
            if not is_answer(text):
                raise NotAllowedError("not an answer that the kit gives")
            self._send(text.encode("ascii") + b"\n", text)
        elif what is Key.BLANK:
            self._send(what.value, None)
        else:
            self._send(what.value, "^C" if what is Key.BREAK else what.value.decode().strip())

    def _send(self, data: bytes, shown: str | None) -> None:
        if shown is not None:
            self.typed.append((len(self.output), shown))
        self._channel.settimeout(self.limits.login)
        try:
            self._channel.sendall(data)
        except (OSError, EOFError):
            raise self.lost("dropped", "the connection was closed") from None

    def receive(self, seconds: float) -> bool:
        """Take what comes within some seconds; return whether anything did."""
        if self.stop.is_set():
            raise SessionLostError("stopped", "stopped", self.shown())
        self._channel.settimeout(seconds)
        try:
            data = self._channel.recv(65536)
        except TimeoutError:
            return False
        except (OSError, EOFError):
            data = b""
        if not data:
            raise self.lost("dropped", "the connection was closed")
        self.output += data
        if len(self.output) > self.limits.size:
            raise self.lost("flood", f"more than {self.limits.size >> 20} MiB of output")
        return True

    def close(self) -> None:
        """Close the channel."""
        self.is_open = False
        self._channel.close()

    def lost(self, why: Why, message: str) -> SessionLostError:
        """Close the channel and return the error to raise."""
        self.close()
        return SessionLostError(why, message, self.shown())

    def text(self) -> str:
        """The output with what was typed in it."""
        return recording.assembled(bytes(self.output), self.typed)

    def shown(self) -> str:
        """The same as it was seen on a screen."""
        return "\n".join(recording.lines(self.text()))

    def end(self) -> Ending | None:
        """What the appliance waits for now: what came before the last answer is answered."""
        start = max(self.typed[-1][0], len(self.output) - TAIL)
        return ending(self.output[start:])

    def since_typed(self) -> str:
        """The output since something was typed last."""
        return self.output[self.typed[-1][0] :].decode("utf-8", "replace")

    def first_echo(self) -> str:
        """The output between the command and what was typed next."""
        ends = [offset for offset, _ in self.typed[1:]] or [len(self.output)]
        return self.output[: ends[0]].decode("utf-8", "replace")
