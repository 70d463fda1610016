"""One CLI session of a simulated box: prompts, cluster modes, pending changes, dialogues.

Lines go in, text comes out; echo, pager and keys are the terminal's (``terminal``). A command is a
function of the session and its arguments. One that asks is a generator: it yields a question and
gets back the line that was typed. Ctrl-C drops what the running command has changed so far.
"""

from __future__ import annotations

import shlex
from collections.abc import Callable, Generator, Iterable
from typing import Any

from pvo_kit.simulator import gate
from pvo_kit.simulator.eras import era
from pvo_kit.simulator.pair import Appliance, Pair, User
from pvo_kit.simulator.settings import Levels, Mode, Settings, changed

Dialogue = Generator[str, str, None]
"""Yields questions, each the end of a line at which the box waits; receives typed lines."""

CONTROL_C = "^C"


class BreakError(Exception):
    """Ctrl-C, raised inside a command at its question; one that catches it goes on."""


class Secret(str):
    """A question whose answer is not shown."""

    __slots__ = ()


class Session:
    """A login at one box. ``mode`` is where commands act; without a cluster it never changes.

    ``asks`` is the question at which a command waits, ``said`` what came last.
    """

    def __init__(
        self,
        box: Appliance,
        user: str | None = None,
        around: Callable[[bool], object] = lambda before: None,
    ) -> None:
        """Log in; ``around`` is called before (True) and after (False) every command."""
        self.pair = box.pair
        self.host = box.host
        self.user: User = box.users[user or box.pair.login]
        self.mode: Mode = box.own_mode
        self.pending: dict[str, dict[str, Any]] = {}
        self.is_over = False
        self.asks = ""
        self.said = ""
        self._around = around
        self._dialogue: Dialogue | None = None
        self._output: list[str] = []
        self._shown: list[str] = [self.banner, self._wait()]

    # What commands use

    @property
    def login(self) -> Appliance:
        """The box that was logged in to."""
        return self.pair.appliances[self.host]

    @property
    def box(self) -> Appliance:
        """The box that a command acts on: the machine of the mode, else the one of the login."""
        return self.pair.appliances[self.mode.name] if self.mode.level == "machine" else self.login

    @property
    def modes(self) -> tuple[Mode, ...]:
        """The mode and those above it, from which a value comes where it has none."""
        every = self.box.modes
        if self.mode in every:
            return every[every.index(self.mode) :]
        return (self.mode, *every[-1:]) if self.mode.level == "group" else every

    @property
    def configuration(self) -> Levels:
        """The settings by mode, with what is pending in this session."""
        return changed(self.box.configuration, self.pending)

    def read(self, name: str) -> Any:
        """Return a setting as it is in force at the mode, pending changes included."""
        values = (self._at(mode, name) for mode in self.modes)
        return next((value for value in values if value is not None), None)

    def own(self, name: str) -> Any:
        """Return what is configured at the mode itself; None where nothing is."""
        return self._at(self.mode, name)

    def write(self, name: str, value: Any, mode: Mode | None = None) -> None:
        """Change a setting at a mode (None: this one); it is pending until ``commit``."""
        self.pending.setdefault(str(mode or self.mode), {})[name] = value

    def say(self, *lines: str) -> None:
        """Print lines."""
        self._output += [f"{line}\n" for line in lines]

    # What terminals and people use

    @property
    def prompt(self) -> str:
        """The prompt at which commands are typed."""
        if not self.login.clustered:
            return f"{self.login.host}> "
        cluster = self.pair.cluster
        away = cluster is not None and self.host in cluster.disconnected
        return f"({self.mode}) [Disconnected]> " if away else f"({self.mode})> "

    @property
    def banner(self) -> str:
        """What a login prints above the first prompt."""
        box, version = self.login, self.login.version
        number, _, build = version.partition("-")
        return "\n".join((
            f"Last login: {gate.stamp(self.pair.clock)} from 192.0.2.50",
            f"AsyncOS {number} for {self._product} build {build}", "",
            f"Welcome to the {era(self.pair.era).box(box.role).welcome}", "",
            "NOTE: This session will expire if left idle for 30 minutes. Any uncommitted",
            "configuration changes will be lost. Commit the configuration changes as soon as",
            "they are made.", "", "",
        ))  # fmt: skip

    @property
    def _product(self) -> str:
        return f"Cisco {self.login.model}"

    def type(self, line: str) -> str:
        """Type a line at the prompt or at a question; return what comes, up to what it waits for.

        Raises ValueError where the session is over.
        """
        if self.is_over:
            raise ValueError("the session is over")
        is_secret = isinstance(self.asks, Secret)
        self._shown.append("\n" if is_secret else f"{line}\n")
        if self._dialogue is None:
            self._dialogue = self._line(line)
            return self._step(lambda dialogue: next(dialogue))
        return self._step(lambda dialogue: dialogue.send(line))

    def interrupt(self) -> str:
        """Type Ctrl-C."""
        self._shown.append(f"{CONTROL_C}\n")
        if self._dialogue is None:
            return self._come()
        return self._step(lambda dialogue: dialogue.throw(BreakError()))

    @property
    def is_asking(self) -> bool:
        """Whether a command waits for an answer (a connection of ``telnet`` does so too)."""
        return self._dialogue is not None

    @property
    def text(self) -> str:
        """Everything that the screen has shown, as a person would copy it."""
        return "".join(self._shown)

    # Within

    def _at(self, mode: Mode, name: str) -> Any:
        return getattr(self.configuration.get(str(mode), Settings()), name)

    def _step(self, go: Callable[[Dialogue], str]) -> str:
        if self._dialogue is None:
            return self._come()
        try:
            self.asks = go(self._dialogue)
        except StopIteration:
            self._dialogue, self.asks = None, ""
        return self._come()

    def _come(self) -> str:
        text = "".join(self._output) + self._wait()
        self._output = []
        self._shown.append(text)
        self.said = text
        return text

    def _wait(self) -> str:
        if self._dialogue is not None:
            return self.asks
        return "" if self.is_over else self.prompt

    def _line(self, line: str) -> Dialogue:
        for words in map(_words, [line] if line.startswith("gui ") else line.split(";")):
            if not words:
                continue
            before = {mode: dict(values) for mode, values in self.pending.items()}
            self._around(True)
            try:
                yield from self._command(words)
            except BreakError:
                self.pending = before
                self.say("")
                return
            finally:
                self._around(False)

    def _command(self, words: list[str]) -> Dialogue:
        from pvo_kit.simulator.commands.table import (
            run,
        )  # the commands know the session, not it them

        self.pair.advance()
        gate.attempt_deliveries(self.pair)
        dialogue = run(self, words[0].lower(), words[1:])
        if dialogue is not None:
            yield from dialogue


def _words(part: str) -> list[str]:
    if part.startswith("gui "):
        return part.split()  # a sentence, whose quotes and semicolons are its own
    try:
        return shlex.split(part)
    except ValueError:
        return part.split()


def transcript_text(pair: Pair, host: str, commands: Iterable[str]) -> str:
    """Return what a person copies who logs in to a host and types these lines.

    ``^C`` is Ctrl-C. Raises KeyError for a host that the pair does not have.
    """
    session = Session(pair.appliances[host])
    for line in commands:
        if line == CONTROL_C:
            session.interrupt()
        else:
            session.type(line)
    return f"{session.text}\n"
