"""The person at the terminal: what is told, and the few questions that only they can answer."""

from __future__ import annotations

import getpass
import sys
from threading import RLock
from typing import Protocol

from pvo_kit.escape import terminal


class Person(Protocol):
    """Who is told, and asked for a yes; one question at a time, whoever asks."""

    @property
    def is_interactive(self) -> bool:
        """Whether there is somebody to answer."""
        ...

    def say(self, text: str) -> None:
        """Tell one line."""
        ...

    def confirm(self, question: str) -> bool:
        """Ask a question that only a whole ``yes`` affirms."""
        ...


class Console(Person, Protocol):
    """Who can be asked for a secret too."""

    def secret(self, question: str) -> str:
        """Ask for a password or a passphrase, which is not shown; '' where none is given."""
        ...


class Bar(Protocol):
    """A bar of progress on the same stream; tqdm's is one."""

    n: float

    def set_postfix_str(self, s: str, refresh: bool) -> object:
        """Set what stands behind it."""
        ...

    def update(self) -> object:
        """Move it on by one step, and draw it where that is due."""
        ...

    def clear(self) -> object:
        """Take it off the screen."""
        ...

    def refresh(self) -> object:
        """Draw it again."""
        ...


def is_terminal() -> bool:
    """Return True where standard input is a terminal, so that somebody can answer."""
    return sys.stdin is not None and sys.stdin.isatty()


class Terminal:
    """Tells on standard error; asks on standard input, if that is a terminal."""

    def __init__(self, bar: Bar | None = None) -> None:
        """Make the lock that keeps questions and progress apart."""
        self._lock = RLock()
        self._bar = bar

    @property
    def is_interactive(self) -> bool:
        """Whether standard input is a terminal."""
        return is_terminal()

    def say(self, text: str) -> None:
        """Write one line to standard error; evidence in it cannot steer the terminal."""
        with self._lock:
            self._clear()
            print(terminal(text), file=sys.stderr, flush=True)
            if self._bar:
                self._bar.refresh()

    def advance(self, text: str) -> None:
        """Move the bar on; while a question is on the screen it is not drawn over it."""
        if self._bar is None:
            return
        if not self._lock.acquire(blocking=False):
            self._bar.n += 1
            return
        try:
            self._bar.set_postfix_str(terminal(text), refresh=False)
            self._bar.update()
        finally:
            self._lock.release()

    def _clear(self) -> None:
        if self._bar:
            self._bar.clear()

    def secret(self, question: str) -> str:
        """Ask without an echo."""
        with self._lock:
            self._clear()
            try:
                return getpass.getpass(terminal(question), stream=sys.stderr)
            except EOFError:  # Ctrl-D
                print(file=sys.stderr)
                return ""

    def confirm(self, question: str) -> bool:
        """Ask on standard error; anything but ``yes`` is no."""
        with self._lock:
            self._clear()
            print(terminal(question), end="", file=sys.stderr, flush=True)
            return sys.stdin.readline().strip().lower() == "yes"
