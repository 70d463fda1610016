"""One shell session of an appliance, as a state machine over bytes.

It knows four states that the end of the output can be in (``endings``): a prompt, a question, the
pager, a question for a secret. It knows nothing of SSH: a channel is anything that can send and
receive.

A session that is out of step is never used again: after a time-out, a flood or an unexpected echo
``SessionLostError`` is raised and the channel is closed.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from threading import Event

from pvo_kit.collect import dialogue, recording
from pvo_kit.collect.allowed import Key, Line, Request
from pvo_kit.collect.before_prompt import refusal
from pvo_kit.collect.endings import Ending
from pvo_kit.collect.stream import Channel, Limits, SessionLostError, Stream


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
_LEAVING = 5.0  # seconds for the way out


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
        self._stream = Stream(channel, limits or Limits(), stop or Event(), clock)
        self._echoes: bool | None = None
        self.prompt: Ending | None = None

    @property
    def is_open(self) -> bool:
        """Whether another command can be run."""
        return self._stream.is_open and self.prompt is not None

    def login(self) -> tuple[str, ...]:
        """Wait for the first prompt and return the banner's lines.

        Raises SessionLostError where a question comes first (an expired passphrase, a licence, a
        second factor). Nothing is typed then.
        """
        stream = self._stream
        deadline = stream.clock() + stream.limits.login
        try:
            end = self._wait(deadline, "before a prompt", 6 * stream.limits.settle)
        except SessionLostError as lost:
            told = refusal(stream.text(), None) if lost.why == "timeout" else None
            if told:
                raise SessionLostError("refused", told, lost.output) from None
            raise
        if end.kind != "prompt":
            told = refusal(stream.text(), end) or "asks a question before its first prompt"
            raise stream.lost("refused", told)
        self.prompt = end
        *banner, _ = recording.lines(stream.output.decode("utf-8", "replace"))
        return tuple(banner)

    def run(self, request: Request) -> Answer:
        """Run a command and return its answer; raises SessionLostError where there is none."""
        before = self.prompt
        if not self.is_open or before is None:
            raise SessionLostError("dropped", "the session is closed")
        self._stream.begin(request.line)
        deadline = self._stream.clock() + self._stream.limits.command
        remark = self._answered(request, deadline)
        self._check_echo(request.line)
        *lines, _ = recording.lines(f"{before.shown} {self._stream.text()}")
        return Answer(tuple(lines), remark)

    def _answered(self, request: Request, deadline: float) -> str:
        """Answer what is asked until the prompt is back; return what did not go as planned."""
        stream, name = self._stream, request.line.text
        replies = list(request.replies)
        remarks: list[str] = []
        breaks = enters = 0
        while True:
            end = self._wait(deadline, f"after {name}", stream.limits.settle, request.hangs_up)
            if end.kind == "prompt":
                self.prompt = end
                return "; ".join(remarks)
            typed = dialogue.respond(stream.text(), stream.since_typed(), end, replies)
            if typed.reply:
                replies.remove(typed.reply)
            if typed.remark and typed.remark not in remarks:
                remarks.append(typed.remark)
            breaks += typed.key is Key.BREAK
            enters += typed.key is Key.ENTER
            if breaks > _BREAKS or enters > _ENTERS:
                raise stream.lost("out-of-step", f"the dialogue of {name} could not be left")
            stream.type(typed.key or typed.reply or Key.BREAK, typed.text)

    def _check_echo(self, line: Line) -> None:
        """Find out with the first command whether there is an echo; from then on it must come.

        Output before it shows that the last answer had not ended: a prompt was within it.
        """
        echoed = recording.is_echoed(self._stream.first_echo(), line.text)
        if self._echoes and not echoed:
            told = f"{line.text} was not echoed: the session is out of step"
            raise self._stream.lost("out-of-step", told)
        self._echoes = echoed if self._echoes is None else self._echoes

    # Leaving

    def leave(self) -> None:
        """Go back to the prompt, say ``exit`` and close; never raises."""
        try:
            if self.is_open:
                self._stream.stop = Event()  # the way out is gone to its end
                self._stream.ends = self._stream.clock() + _LEAVING
                self._back()
                self._stream.type(Key.EXIT)
                self._drain(1.0)
        except (SessionLostError, OSError):
            pass
        finally:
            self.close()

    def close(self) -> None:
        """Close the channel."""
        self._stream.close()

    def _back(self) -> None:
        """Leave what was interrupted: menus with Enter, everything else with Ctrl-C."""
        stream = self._stream
        while stream.clock() < stream.ends:
            end = stream.end()
            if end and end.kind == "prompt" and self._is_mine(end):
                return
            key = Key.BREAK
            if end and end.kind == "question":
                key = dialogue.respond(stream.text(), stream.since_typed(), end, ()).key or key
            stream.type(key)
            self._drain(1.0)
        raise stream.lost("timeout", "the session could not be left in order")

    def _drain(self, seconds: float) -> None:
        """Read until the output stands at an ending, or for some seconds."""
        until = self._stream.clock() + seconds
        while self._stream.clock() < until:
            if not self._stream.receive(_SLICE) and self._stream.end():
                return

    # Waiting

    def _wait(self, deadline: float, when: str, settle: float, hangs_up: bool = False) -> Ending:
        """Read until the appliance waits for something, and go on at the pager."""
        stream = self._stream
        deadline = min(deadline, stream.ends)
        last = stream.clock()
        while True:
            # Before all else: output that ends at a prompt again and again has no end either.
            if stream.clock() > deadline:
                raise self._late(when)
            end = stream.end()
            if end and end.kind == "pager" and self.prompt is not None:
                self._page(deadline, when)
                continue
            if end and (end.kind != "prompt" or self._is_mine(end)):
                if not stream.receive(settle):
                    return end
                last = stream.clock()
                continue
            if hangs_up and self._is_reached(last):
                stream.type(Key.QUIT)
                hangs_up = False
            if stream.receive(min(_SLICE, max(0.01, deadline - stream.clock()))):
                last = stream.clock()

    def _page(self, deadline: float, when: str) -> None:
        """Send a blank and wait for data; a key that the pager swallowed is sent once more."""
        stream = self._stream
        for until in (min(deadline, stream.clock() + stream.limits.pager), deadline):
            stream.type(Key.BLANK)
            while stream.clock() <= until:
                if stream.receive(min(_SLICE, stream.limits.pager)):
                    return
        raise self._late(when)

    def _is_mine(self, end: Ending) -> bool:
        return self.prompt is None or end.is_same_box(self.prompt)

    def _is_reached(self, last: float) -> bool:
        """Whether telnet is connected and its server has spoken, or has nothing to say."""
        if _GREETING.search(self._stream.output):
            return True
        quiet = self._stream.clock() - last > self._stream.limits.silence
        return quiet and _CONNECTED.search(self._stream.output) is not None

    def _late(self, when: str) -> SessionLostError:
        limits = self._stream.limits
        if self._stream.clock() > self._stream.ends:
            told = f"the session took longer than {limits.session:g} s"
            return self._stream.lost("timeout", told)
        seconds = limits.command if self.prompt else limits.login
        return self._stream.lost("timeout", f"no prompt within {seconds:g} s {when}")
