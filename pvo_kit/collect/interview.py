"""The asking of one appliance: its plan, over as many shells as it takes."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from pvo_kit.collect import allowed, dialogue, plan
from pvo_kit.collect.allowed import NotAllowedError, Request
from pvo_kit.collect.endings import Ending
from pvo_kit.collect.folder import Asked
from pvo_kit.collect.learnt import Learnt, learn
from pvo_kit.collect.plan import Options, Step, Turn
from pvo_kit.collect.shell import Answer, Shell
from pvo_kit.collect.stream import SessionLostError
from pvo_kit.errors import PvoError

REOPENED = 2
"""Shells opened anew at most, after one that got out of step or took too long."""


class Sink(Protocol):
    """Where the answers go."""

    def write(self, text: str) -> None:
        """Add to the transcript."""
        ...

    def cut(self, command: str, reason: str, output: str) -> None:
        """Keep an answer that broke off."""
        ...

    def asked(self, item: Asked) -> None:
        """Note a command and how it ended."""
        ...


class StoppedError(Exception):
    """The user has stopped the collection."""


@dataclass(frozen=True, slots=True)
class _FailedError(Exception):
    """A command that could not be asked; ``reason`` completes a sentence."""

    reason: str


class Interview:
    """One appliance's plan; a command that fails does not cost the ones after it."""

    def __init__(
        self,
        given: str,
        options: Options,
        open_shell: Callable[[], Shell],
        sink: Sink,
        progress: Callable[[str], None] = lambda _: None,
    ) -> None:
        """``given`` is the host as the user named it; ``progress`` is told each step's name."""
        self.learnt = Learnt(given.lower())
        self._options = options
        self._open_shell = open_shell
        self._sink = sink
        self._progress = progress
        self._shell: Shell | None = None
        self._shells_left = 1 + REOPENED
        self._lost = ""

    def run(self, steps: Sequence[Step]) -> None:
        """Ask everything. Raises StoppedError where the user stopped it; the shell is left well."""
        try:
            for step in steps:
                self._progress(step.name)
                self._step(step)
        finally:
            self._leave()

    def _step(self, step: Step) -> None:
        turns = plan.requests(step.name, self.learnt, self._options)
        asked = 0
        while True:
            try:
                turn = next(turns, None)
            except NotAllowedError as error:  # a name that the appliance printed
                self._sink.asked(Asked(step.name, "failed", str(error)))
                return
            if turn is None:
                break
            asked += 1
            self._turn(turn)
        if not asked:
            self._sink.asked(Asked(step.name, "skipped", "nothing to ask here"))

    def _turn(self, turn: Turn) -> None:
        """Ask one command, and again at the mode that a NOTICE names."""
        answer = self._noted(turn)
        under = dialogue.UNDER.search(answer.text) if answer and turn.follows else None
        if under and dialogue.NOTICE.search(answer.text if answer else ""):
            level = "cluster" if under["level"].lower() == "cluster" else "group"
            name = None if level == "cluster" else under["name"]
            self._noted(Turn(turn.request, level, name))  # type: ignore[arg-type]

    def _noted(self, turn: Turn) -> Answer | None:
        started = time.monotonic()
        answer, reason = None, ""
        try:
            answer = self._asked(turn)
            reason = answer.remark
        except _FailedError as failed:
            reason = failed.reason
        mode = _mode(self._shell.prompt) if self._shell and self._shell.prompt else ""
        seconds = round(time.monotonic() - started, 3)
        status = "failed" if reason else "captured"
        self._sink.asked(Asked(turn.request.shown, status, reason, mode, seconds))  # type: ignore[arg-type]
        return answer

    def _asked(self, turn: Turn) -> Answer:
        shell = self._ready()
        self._switch(shell, turn)
        return self._run(shell, turn.request)

    def _ready(self) -> Shell:
        """Return a shell at its prompt; opens one where there is none, a few times."""
        if self._shell and self._shell.is_open:
            return self._shell
        if not self._shells_left:
            raise _FailedError(f"not asked: {self._lost}")
        self._shells_left -= 1
        try:
            self._shell = self._open_shell()
            banner = self._shell.login()
        except PvoError as error:
            if isinstance(error, SessionLostError) and error.why == "stopped":
                self._stop("login", error)
            if isinstance(error, SessionLostError) and error.output.strip():
                self._sink.cut("login", str(error), error.output)
            # What cannot be opened now cannot be a moment later: another try may be a lock-out.
            self._shells_left, self._lost = 0, str(error)
            raise _FailedError(str(error)) from None
        self._sink.write("".join(f"{line}\n" for line in banner))
        self._see(self._shell)
        return self._shell

    def _see(self, shell: Shell) -> None:
        if shell.prompt:
            self.learnt = self.learnt.at(shell.prompt)

    def _switch(self, shell: Shell, turn: Turn) -> None:
        """Go to the cluster mode that a command needs."""
        if turn.mode is None or not self.learnt.clustered or _is_at(shell.prompt, turn):
            return
        if turn.mode != "cluster" and not turn.place:
            told = "name is not known; give the machine's name as HOST"
            raise _FailedError(f"the {turn.mode}'s {told}")
        try:
            request = allowed.mode(turn.mode, turn.place)
        except NotAllowedError:
            raise _FailedError(f"the {turn.mode}'s name cannot stand in a command") from None
        self._run(shell, request)
        if not _is_at(shell.prompt, turn):
            raise _FailedError(f"the session could not be switched to {turn.mode} mode")

    def _run(self, shell: Shell, request: Request) -> Answer:
        before = shell.prompt
        try:
            answer = shell.run(request)
        except SessionLostError as lost:
            command = request.line.text
            if lost.why == "stopped":
                self._stop(command, lost)
            self._lost = f"the session was lost at {command} ({lost})"
            self._sink.cut(command, str(lost), lost.output)
            # The prompt ends the answer above it, whatever comes next in the file.
            self._sink.write(f"{before.shown if before else ''}\n")
            raise _FailedError(str(lost)) from None
        self._sink.write(answer.text)
        self.learnt = learn(self.learnt, answer.lines)
        self._see(shell)
        return answer

    def _stop(self, command: str, lost: SessionLostError) -> None:
        if lost.output.strip():
            self._sink.cut(command, str(lost), lost.output)
        raise StoppedError

    def _leave(self) -> None:
        if self._shell:
            prompt = self._shell.prompt
            try:
                if self._shell.is_open and prompt:
                    self._sink.write(f"{prompt.shown} exit\n")
            finally:
                self._shell.leave()


def _is_at(prompt: Ending | None, turn: Turn) -> bool:
    if prompt is None or prompt.level != turn.mode:
        return False
    place = (prompt.place or "").lower()
    return turn.mode == "cluster" or place == (turn.place or "").lower()


def _mode(prompt: Ending) -> str:
    return f"{prompt.level} {prompt.place}" if prompt.level else ""
