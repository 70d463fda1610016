"""The usual questions of the CLI: yes or no, an entry of a menu, an operation, a value.

Each is used as ``answer = yield from asking.pick(...)``. What does not fit is asked again.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from typing import TypeVar

from pvo_kit.simulator.session import Session

T = TypeVar("T")
Asking = Generator[str, str, T]


def yes(session: Session, question: str) -> Asking[bool]:
    """Ask a question that ends in ``[Y]> `` or ``[N]> ``."""
    default = question.rpartition("[")[2][:1]
    while True:
        typed = (yield question).strip().lower() or default.lower()
        if typed in ("y", "yes"):
            return True
        if typed in ("n", "no"):
            return False
        session.say("", "Please answer Yes or No.", "")


def pick(session: Session, entries: Sequence[str], default: int = 1) -> Asking[int]:
    """Print a numbered menu and return the index (from 0) of the entry that was chosen."""
    while True:
        session.say(*(f"{number}. {entry}" for number, entry in enumerate(entries, 1)))
        typed = (yield f"[{default}]> ").strip() or str(default)
        names = [entry.partition(" (")[0].rstrip(".").lower() for entry in entries]
        if typed.isdecimal() and 1 <= int(typed) <= len(entries):
            session.say("")
            return int(typed) - 1
        if typed.lower() in names:
            session.say("")
            return names.index(typed.lower())
        session.say("", f"The value must be from 1 to {len(entries)}.", "")


def operation(session: Session, operations: Mapping[str, str]) -> Asking[str]:
    """Print a menu of operations and return the one chosen; '' where Enter leaves the menu."""
    while True:
        session.say("Choose the operation you want to perform:")
        session.say(*(f"- {name} - {about}" for name, about in operations.items()))
        typed = (yield "[]> ").strip().upper()
        session.say("")
        if not typed or typed in operations:
            return typed
        session.say(f"Unknown option: {typed}", "")


def value(session: Session, question: str, default: str = "") -> Asking[str]:
    """Ask for a text; Enter takes the default."""
    session.say(question)
    typed = (yield f"[{default}]> ").strip()
    session.say("")
    return typed or default


def number(session: Session, question: str, default: int) -> Asking[int]:
    """Ask for a whole number; Enter takes the default."""
    while True:
        typed = yield from value(session, question, str(default))
        if typed.isdecimal():
            return int(typed)
        session.say("The value must be a number.", "")
