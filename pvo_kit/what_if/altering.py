"""An altered case: facts that a change would give, newer than all evidence.

The facts and their lines are marked as made up (``(what if)`` stands for the file), so that nobody
takes one for a line of the evidence.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from pvo_kit.case import Case
from pvo_kit.evidence import Citation, Moment
from pvo_kit.facts import Fact

WHERE = "(what if)"
"""Stands for a file in the citations of made-up facts."""


@dataclass(frozen=True, slots=True)
class Altered:
    """A case after a change, and what to say of it: ``doubts`` on what the evidence leaves open."""

    case: Case
    effects: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()


def origin(case: Case, text: str) -> dict[str, Any]:
    """Return moment and citation of a made-up fact: newer than all evidence and all changes."""
    number = 1 + sum(fact.moment.file == WHERE for fact in case.facts)
    # Nothing can be read later than the last moment of the calendar.
    moment = Moment(WHERE, number, not_before=datetime.max)
    return {"moment": moment, "citations": (Citation(WHERE, number, text),)}


def with_facts(case: Case, new: Iterable[Fact], without: Iterable[Fact] = ()) -> Case:
    """Return the case with more facts, and without some (by identity: equal ones may stay)."""
    gone = {id(fact) for fact in without}
    kept = [fact for fact in case.facts if id(fact) not in gone]
    return replace(case, facts=(*kept, *new))


def names(hosts: Iterable[str | None]) -> str:
    """Return hosts as a sentence has them: ``esa1 and esa2``."""
    every = [host or "the ESA without a name" for host in hosts]
    return " and ".join(part for part in (", ".join(every[:-1]), *every[-1:]) if part) or "none"
