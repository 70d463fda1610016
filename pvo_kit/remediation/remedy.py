"""A remedy: who does what where, step by step, what it does to mail, how to check, the way back.

It is text and nothing runs it. In steps and sentences ``<...>`` is a place to fill in, or what
only the appliance can show (``[<number>]> `` where the default of a menu is not known).
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

WIDTH = 100


@dataclass(frozen=True, slots=True)
class Step:
    """One answer in a dialogue, one entry picked from a menu, or one thing to do in a GUI.

    ``prompt`` is the end of the line at which the appliance waits, ``send`` what to type there
    ('' is Enter). Where a menu is answered ``choose`` is the entry's text, and ``send`` its number
    only where the evidence shows that menu: numbers move. ``asks`` is the question above the
    prompt, ``note`` a remark for the person who types.
    """

    prompt: str | None = None
    send: str | None = None
    choose: str | None = None
    gui: str | None = None
    asks: str = ""
    note: str = ""

    def to_dict(self) -> dict[str, str | None]:
        """Return the JSON form: prompt and send, with choose between them, or gui alone."""
        if self.gui is not None:
            return {"gui": self.gui}
        if self.choose is not None:
            return {"prompt": self.prompt, "choose": self.choose, "send": self.send}
        return {"prompt": self.prompt, "send": self.send}

    def to_text(self) -> str:
        """Return the line as it stands on the screen, or what to do in the GUI."""
        if self.gui is not None:
            return f"GUI: {self.gui}"
        if self.choose is None:
            return f"{self.prompt}{self.send or '(Enter)'}"
        number = f"{self.send} " if self.send else ""
        return f"{self.prompt}{number}(the entry {self.choose})"


@dataclass(frozen=True, slots=True)
class Remedy:
    """What mends one finding. ``alternatives`` are remedies too; ``when`` says when to take one."""

    title: str
    appliance: tuple[str, ...]
    steps: tuple[Step, ...]
    effect: str
    risk: str
    precondition: tuple[str, ...] = ()
    verify: tuple[str, ...] = ()
    rollback: tuple[str, ...] = ()
    alternatives: tuple[Remedy, ...] = ()
    when: str = ""
    role: str = "administrator"

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form; what an alternative is and when to prefer it stands first in it."""
        preference = [self.in_short()] if self.when else []
        return {
            "role": self.role,
            "appliance": list(self.appliance),
            "precondition": [*preference, *self.precondition],
            "steps": [step.to_dict() for step in self.steps],
            "effect": self.effect,
            "risk": self.risk,
            "verify": list(self.verify),
            "rollback": list(self.rollback),
            "alternatives": [other.to_dict() for other in self.alternatives],
        }

    def to_text(self) -> list[str]:
        """Return lines for a terminal: the dialogue as it is typed, the alternatives in short."""
        where = ", ".join(self.appliance)
        return [
            *_wrapped(self.title, ""),
            *_wrapped(f"as {self.role} on {where}", "  "),
            *_section("Before", self.precondition),
            "  Steps",
            *(line for number, step in enumerate(self.steps, 1) for line in _lines(number, step)),
            *_wrapped(self.effect, "  Effect: ", "    "),
            *_wrapped(self.risk, "  Risk: ", "    "),
            *_section("Verify", self.verify),
            *_section("Way back", self.rollback),
            *_section("Other ways", (other.in_short() for other in self.alternatives)),
        ]

    def in_short(self) -> str:
        """Return the title and when to prefer it, as one sentence or two."""
        return f"{self.title}. {self.when}".strip()


def _lines(number: int, step: Step) -> Iterator[str]:
    """A numbered step: the question, the line as typed, the remark. The typed line never wraps."""
    head = f"  {number:>4}  "
    indent = " " * len(head)
    if step.gui is not None:
        yield from _wrapped(step.to_text(), head, indent)
    elif step.asks:
        yield from _wrapped(step.asks, head, indent)
        yield indent + step.to_text()
    else:
        yield head + step.to_text()
    if step.note:
        yield from _wrapped(step.note, f"{indent}- ", f"{indent}  ")


def _section(title: str, rows: Iterable[str]) -> list[str]:
    lines = [line for row in rows for line in _wrapped(row, "    - ", "      ")]
    return [f"  {title}", *lines] if lines else []


def _wrapped(text: str, first: str, indent: str | None = None) -> list[str]:
    return textwrap.wrap(text, WIDTH, initial_indent=first,
                         subsequent_indent=first if indent is None else indent,
                         break_long_words=False, break_on_hyphens=False)  # fmt: skip
