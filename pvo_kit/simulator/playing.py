"""Types the dialogue of a remedy word for word into sessions of a simulated pair.

It does what a careful person does with the printed steps: it compares the end of the screen with
the step's prompt before it types, finds a menu's entry by its text, logs in to the box that a
prompt names, leaves a NOTICE with Ctrl-C, and skips a question that the step says may not come.
Anything else that does not fit raises MismatchError: remedy and model do not agree.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

from pvo_kit.simulator.gui import NOT_DONE
from pvo_kit.simulator.pair import Pair
from pvo_kit.simulator.session import Session


class Step(Protocol):
    """A step of a dialogue: what the screen ends with, and what to type or to choose there."""

    @property
    def prompt(self) -> str | None:
        """The end of the line at which the box waits; ``<...>`` stands for anything."""

    @property
    def send(self) -> str | None:
        """What to type; '' is Enter, ``<...>`` is filled in."""

    @property
    def choose(self) -> str | None:
        """The text of a menu's entry."""

    @property
    def gui(self) -> str | None:
        """What to do in the web interface."""

    @property
    def note(self) -> str:
        """A remark for the person who types."""


@dataclass(frozen=True, slots=True)
class Typed:
    """A step as plain text, for what is typed beside a remedy."""

    prompt: str | None = None
    send: str | None = None
    choose: str | None = None
    gui: str | None = None
    note: str = ""


class MismatchError(AssertionError):
    """The screen is not what a step says."""


_PLACE = re.compile(r"<[^<>]*>")
_ENTRY = re.compile(r"^[ \t]*(?P<number>\d+)\.\s+(?P<label>\S.*?)[ \t]*$", re.M)
_MAY_NOT_COME = "not "
"""How the note of a step begins whose question is not always asked."""


class Desk:
    """The person: sessions of a pair by host, and what is filled in for ``<...>``."""

    def __init__(self, pair: Pair, fills: Mapping[str, str], user: str = "admin") -> None:
        """Log in nowhere yet; ``user`` is the account."""
        self._pair = pair
        self._fills = fills
        self._user = user
        self._sessions: dict[str, Session] = {}
        self._now: Session | None = None
        self._skips = False

    @property
    def text(self) -> str:
        """Everything that the screens have shown."""
        return "".join(f"{session.text}\n" for session in self._sessions.values())

    def text_of(self, host: str) -> str:
        """What the screen of one host's session has shown, '' where nobody logged in."""
        session = self._sessions.get(host)
        return f"{session.text}\n" if session else ""

    def play(self, steps: Iterable[Step]) -> None:
        """Type the steps; raises MismatchError where one does not fit."""
        for number, step in enumerate(steps, 1):
            try:
                self._step(step)
            except MismatchError as error:
                raise MismatchError(f"step {number}: {error}") from None
        if self._now is not None and self._now.is_asking:
            raise MismatchError(f"the dialogue ends at a question: {self._now.asks!r}")

    def session(self, host: str) -> Session:
        """Return the session of a host; logs in the first time."""
        if host not in self._sessions:
            self._sessions[host] = Session(self._pair.appliances[host], self._user)
        return self._sessions[host]

    def _step(self, step: Step) -> None:
        if step.gui is not None:
            self._skips = False
            self._in_gui(step.gui)
            return
        prompt = step.prompt or ""
        if self._skips and not self._is_begin(step):
            return
        self._skips = False
        session = self._waiting_at(prompt)
        if session is None:
            if step.note.startswith(_MAY_NOT_COME):
                return
            shown = self._now.said.rpartition("\n")[2] if self._now else "no session"
            raise MismatchError(f"expected {prompt!r}, the screen ends with {shown!r}")
        self._now = session
        said = session.type(self._answer(session, step))
        if _is_refused(said):
            raise MismatchError(f"{step.send!r} was answered: {said.strip()}")
        if "NOTICE" in step.note and "NOTICE" in said:
            session.interrupt()
            self._skips = True

    def _is_begin(self, step: Step) -> bool:
        """Whether a step begins another command of the dialogue at a prompt, not its commit."""
        is_prompt = "[" not in (step.prompt or "[")
        return is_prompt and step.send not in ("showchanges", "commit")

    def _in_gui(self, text: str) -> None:
        named = [host for host in self._pair.appliances if host in text.partition(":")[0]]
        role = "sma" if text.startswith(("SMA", "the SMA")) else "esa"
        box = self._pair.sma if role == "sma" else self._pair.esa
        said = self.session(named[0] if named else box.host).type(f"gui {text}")
        if NOT_DONE in said:
            raise MismatchError(f"GUI: {said.strip()}")

    def _waiting_at(self, prompt: str) -> Session | None:
        """The session whose screen ends with a prompt: this one, else one of the box it names."""
        if self._now is not None and _ends(self._now, prompt):
            return self._now
        if self._now is not None and self._now.is_asking:
            return None
        for host in self._pair.appliances:
            if host in prompt and _ends(self.session(host), prompt):
                return self.session(host)
        if self._now is None and "[" not in prompt:
            found = map(self.session, self._pair.appliances)
            return next((session for session in found if _ends(session, prompt)), None)
        return None

    def _answer(self, session: Session, step: Step) -> str:
        if step.choose is None:
            return self._filled(step.send or "")
        number = _number(session.said, self._filled(step.choose))
        if step.send and step.send != number:
            raise MismatchError(f"{step.choose} is entry {number} here, not {step.send}")
        return number

    def _filled(self, text: str) -> str:
        def fill(match: re.Match[str]) -> str:
            if match.group() not in self._fills:
                raise MismatchError(f"nothing is known to fill in for {match.group()}")
            return self._fills[match.group()]

        return _PLACE.sub(fill, text)


def _ends(session: Session, prompt: str) -> bool:
    """Whether a screen ends with a prompt; ``<...>`` in it is anything."""
    pieces = [re.escape(piece) for piece in _PLACE.split(prompt)]
    line = session.asks.rpartition("\n")[2] if session.is_asking else session.prompt
    return re.search(f"{'.*'.join(pieces)}$", line) is not None


def _number(said: str, entry: str) -> str:
    """The number of a menu's entry: of this very name, else the only one that has its words."""
    labels = {match["number"]: match["label"] for match in _ENTRY.finditer(said)}
    exact = [number for number, label in labels.items()
             if label.partition(" (")[0].rstrip(".").lower() == entry.lower()]  # fmt: skip
    words = re.compile(rf"(?<![\w.-]){re.escape(entry)}(?![\w-])", re.I)
    found = exact or [number for number, label in labels.items() if words.search(label)]
    if len(found) != 1:
        raise MismatchError(f"{len(found)} entries of the menu are {entry!r}: {labels}")
    return found[0]


def _is_refused(said: str) -> bool:
    wrong = ("Unknown command", "Unknown option", "Invalid arguments", "not in the correct access",
             "malformed", "must be from", "Failed to join")  # fmt: skip
    return any(words in said for words in wrong)
