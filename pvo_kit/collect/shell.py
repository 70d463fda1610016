"""One shell session of an appliance, as a state machine over bytes.

It knows four states that the end of the output can be in (``endings``): a prompt, a question, the
pager, a question for a secret. Everything that it types goes through ``_type``, which takes only
what ``allowed`` allows. It knows nothing of SSH: a channel is anything that can send and receive.

A session that is out of step is never used again: after a time-out, a flood or an unexpected echo
``SessionLostError`` is raised and the channel is closed.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from threading import Event
from typing import Literal, Protocol

from pvo_kit.collect import dialogue, recording
from pvo_kit.collect.allowed import Key, Line, NotAllowedError, Reply, Request, is_answer, is_line
from pvo_kit.collect.endings import Ending, ending
from pvo_kit.collect.logins import refusal
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
    settle: float = 0.05
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


@dataclass(frozen=True, slots=True)
class Answer:
    """A command's answer: its lines, the prompt's with the command first.

    ``remark`` is empty where the command went as planned.
    """

    lines: tuple[str, ...]
    remark: str = ""

    @property
    def text(self) -> str:
        """The lines, each with its ending."""
        return "".join(f"{line}\n" for line in self.lines)


_BREAKS = 3
_ENTERS = 8
_GREETING = re.compile(rb"Escape character[^\n]*\n\s*[\d*][^\n]*\n\Z")
_CONNECTED = re.compile(rb"^\s*Connected to ", re.M)
_SLICE = 0.2  # seconds between looks at the order to stop


class Shell:
    """A session from its login to its end; one command at a time."""

    def __init__(
        self,
        channel: Channel,
        limits: Limits | None = None,
        stop: Event | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Take over a channel on which a shell was just opened; ``stop`` ends it from outside."""
        self._channel = channel
        self._limits = limits or Limits()
        self._stop = stop or Event()
        self._clock = clock
        self._ends = clock() + self._limits.session
        self._output = bytearray()
        self._typed: list[tuple[int, str]] = [(0, "")]
        self._echoes: bool | None = None
        self._open = True
        self.prompt: Ending | None = None

    @property
    def is_open(self) -> bool:
        """Whether another command can be run."""
        return self._open and self.prompt is not None

    def login(self) -> tuple[str, ...]:
        """Wait for the first prompt and return the banner's lines.

        Raises SessionLostError where a question comes first (an expired passphrase, a licence, a
        second factor). Nothing is typed then.
        """
        deadline = self._clock() + self._limits.login
        settle = 6 * self._limits.settle
        try:
            end = self._wait(deadline, "before a prompt", settle)
        except SessionLostError as lost:
            if lost.why == "timeout" and (told := refusal(self._text(), None)):
                raise SessionLostError("refused", told, lost.output) from None
            raise
        if end.kind != "prompt":
            told = refusal(self._text(), end) or "asks a question before its first prompt"
            raise self._lost("refused", told)
        self.prompt = end
        *banner, _ = recording.lines(self._text())
        return tuple(banner)

    def run(self, request: Request) -> Answer:
        """Run a command and return its answer; raises SessionLostError where there is none."""
        if not self.is_open or self.prompt is None:
            raise SessionLostError("dropped", "the session is closed")
        before, line = self.prompt, request.line
        self._output, self._typed = bytearray(), [(0, line.text)]
        self._type(line)
        deadline = self._clock() + self._limits.command
        remark = self._answered(request, deadline)
        self._check_echo(line)
        *lines, _ = recording.lines(f"{before.shown} {self._text()}")
        return Answer(tuple(lines), remark)

    def _answered(self, request: Request, deadline: float) -> str:
        """Answer what is asked until the prompt is back; return what did not go as planned."""
        replies = list(request.replies)
        remarks: list[str] = []
        breaks = enters = 0
        hang_up = request.hangs_up
        while True:
            name = request.line.text
            end = self._wait(deadline, f"after {name}", self._limits.settle, hang_up)
            if end.kind == "prompt":
                self.prompt = end
                return "; ".join(remarks)
            asked = self._output[self._typed[-1][0] :].decode("utf-8", "replace")
            typed = dialogue.respond(self._text(), asked, end, replies)
            if typed.reply:
                replies.remove(typed.reply)
            if typed.remark and typed.remark not in remarks:
                remarks.append(typed.remark)
            breaks += typed.key is Key.BREAK
            enters += typed.key is Key.ENTER
            if breaks > _BREAKS or enters > _ENTERS:
                raise self._lost("out-of-step", f"the dialogue of {name} could not be left")
            self._type(typed.key or typed.reply or Key.BREAK, typed.text)

    def leave(self) -> None:
        """Go back to the prompt, say ``exit`` and close; never raises."""
        try:
            if self._open and self.prompt is not None:
                self._stop = Event()  # the way out is to be gone to its end
                self._ends = self._clock() + 5.0
                self._back()
                self._type(Key.EXIT)
                self._drain(1.0)
        except (SessionLostError, OSError):
            pass
        finally:
            self.close()

    def close(self) -> None:
        """Close the channel."""
        self._open = False
        self._channel.close()

    def _back(self) -> None:
        """Leave what was interrupted: menus with Enter, everything else with Ctrl-C."""
        for _ in range(_BREAKS + _ENTERS):
            end = ending(self._output)
            if end and end.kind == "prompt" and self._is_mine(end):
                return
            if end and end.kind == "question":
                self._type(dialogue.respond(self._text(), self._text(), end, ()).key or Key.BREAK)
            else:
                self._type(Key.BREAK)
            self._drain(1.0)

    def _drain(self, seconds: float) -> None:
        """Read until the output stands at an ending, or for some seconds."""
        until = self._clock() + seconds
        while self._clock() < until:
            if not self._receive(min(_SLICE, seconds)) and ending(self._output):
                return

    # Typing

    def _type(self, what: Line | Key | Reply, text: str = "") -> None:
        """Send a command at a prompt, or a key or an answer at a question; nothing else."""
        if isinstance(what, Line):
            if not is_line(what.text):
                raise NotAllowedError("not a read-only command of the catalog")
            data = what.text.encode("ascii") + b"\n"
        elif isinstance(what, Reply):
            if not is_answer(text):
                raise NotAllowedError("not an answer that the kit gives")
            data = text.encode("ascii") + b"\n"
            self._typed.append((len(self._output), text))
        else:
            data = what.value
            if what is not Key.BLANK:
                shown = "^C" if what is Key.BREAK else data.decode("ascii").strip()
                self._typed.append((len(self._output), shown))
        self._channel.settimeout(self._limits.login)
        try:
            self._channel.sendall(data)
        except (OSError, EOFError):
            raise self._lost("dropped", "the connection was closed") from None

    def _check_echo(self, line: Line) -> None:
        """Find out with the first command whether there is an echo; from then on it must come.

        Output before it shows that the last answer had not ended: a prompt was within it.
        """
        ends = [offset for offset, _ in self._typed[1:]] or [len(self._output)]
        first = self._output[: ends[0]].decode("utf-8", "replace")
        echoed = recording.is_echoed(first, line.text)
        if self._echoes and not echoed:
            raise self._lost("out-of-step", f"{line.text} was not echoed: the session is confused")
        self._echoes = echoed if self._echoes is None else self._echoes

    # Waiting

    def _wait(self, deadline: float, when: str, settle: float, hang_up: bool = False) -> Ending:
        """Read until the appliance waits for something, and go on at the pager."""
        deadline = min(deadline, self._ends)
        asked_pager = 0
        last = self._clock()
        while True:
            end = ending(self._output)
            if end and end.kind == "pager" and self.prompt is not None:
                asked_pager = self._page(asked_pager, deadline, when)
                continue
            if end and (end.kind != "prompt" or self._is_mine(end)):
                if not self._receive(settle):
                    return end
                last = self._clock()
                continue
            if hang_up and self._is_reached(last):
                self._type(Key.QUIT)
                hang_up = False
            if self._clock() > deadline:
                raise self._late(when)
            if self._receive(min(_SLICE, max(0.01, deadline - self._clock()))):
                last = self._clock()

    def _page(self, asked: int, deadline: float, when: str) -> int:
        """Send a blank and wait for data; a key that the pager swallowed is sent once more."""
        self._type(Key.BLANK)
        until = min(deadline, self._clock() + self._limits.pager)
        if asked:
            until = deadline
        while self._clock() <= until:
            if self._receive(min(_SLICE, self._limits.pager)):
                return 0
        if asked:
            raise self._late(when)
        return asked + 1

    def _is_mine(self, end: Ending) -> bool:
        return self.prompt is None or end.is_same_box(self.prompt)

    def _is_reached(self, last: float) -> bool:
        """Whether telnet is connected and its server has spoken, or has nothing to say."""
        if _GREETING.search(self._output):
            return True
        quiet = self._clock() - last > self._limits.silence
        return quiet and _CONNECTED.search(self._output) is not None

    def _receive(self, seconds: float) -> bool:
        """Take what comes within some seconds; return whether anything did."""
        if self._stop.is_set():
            raise SessionLostError("stopped", "stopped", self._shown())
        self._channel.settimeout(seconds)
        try:
            data = self._channel.recv(65536)
        except TimeoutError:
            return False
        except (OSError, EOFError):
            data = b""
        if not data:
            raise self._lost("dropped", "the connection was closed")
        self._output += data
        if len(self._output) > self._limits.size:
            raise self._lost("flood", f"more than {self._limits.size >> 20} MiB of output")
        return True

    def _late(self, when: str) -> SessionLostError:
        if self._clock() > self._ends:
            return self._lost("timeout", f"the session took longer than {self._limits.session:g} s")
        seconds = self._limits.command if self.prompt else self._limits.login
        return self._lost("timeout", f"no prompt within {seconds:g} s {when}")

    def _lost(self, why: Why, message: str) -> SessionLostError:
        self.close()
        return SessionLostError(why, message, self._shown())

    def _text(self) -> str:
        return recording.assembled(bytes(self._output), self._typed)

    def _shown(self) -> str:
        text = f"{self.prompt.shown} {self._text()}" if self.prompt else self._text()
        return "\n".join(recording.lines(text))
