"""What an SMA's answers say of its receiving: faults, and what takes each of them back.

``status`` knows the system as a whole; listeners and transfers are suspended beside it and leave
``status`` Online. So each kind of fault has answers of its own that clear it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pvo_kit.case import Case, newest
from pvo_kit.evidence import Moment, Observation
from pvo_kit.facts import Suspension, SystemStatus

LISTENER = "cpq_listener"
ALL = "all"

State = SystemStatus | Observation
"""The system as a whole: by ``status``, or as seen on the page Shutdown/Suspend."""

Reading = State | Suspension

_STOPPED = re.compile(
    r"\s*(?:offline|suspended|receiving suspend|(?:all|policy|pvo|cpq)\b.*\bsuspended)"
)
_RUNNING = re.compile(r"\s*(?:online|running|none|(?:no|not|nothing)\b.*\bsuspended)")


@dataclass(frozen=True)
class Fault:
    """A reading that the SMA does not receive, and the readings that could take it back."""

    reading: Reading
    clears: tuple[Reading, ...]

    @property
    def moment(self) -> Moment:
        """When it was read."""
        return self.reading.moment

    @property
    def cleared_by(self) -> list[Reading]:
        """What took it back: newer, by what the evidence shows."""
        return [item for item in self.clears if item.moment.after(self.moment)]

    @property
    def disputed_by(self) -> list[Reading]:
        """What might have taken it back: neither newer nor older."""
        return [
            item
            for item in self.clears
            if not item.moment.after(self.moment) and not self.moment.after(item.moment)
        ]


def faults(case: Case, host: str | None) -> Iterator[Fault]:
    """Yield every fault that the SMA's answers ever showed, in their order."""
    answers = case.all(Suspension, host)
    resumed = tuple(item for item in answers if resumes_listener(item))
    system: tuple[Reading, ...] = (*resumed, *(item for item in answers if _names_others(item)))
    online = tuple(item for item in states(case, host) if is_online(item))
    transfers = tuple(
        item for item in answers if item.action == "resumed" and item.subject == "transfers"
    )
    for state in states(case, host):
        if stops_receiving(state):
            yield Fault(state, (*online, *system))
    for item in filter(suspends, answers):
        if item.subject == "system":
            yield Fault(item, system)
        elif item.subject == "listener" and {LISTENER, ALL} & set(item.listeners):
            yield Fault(item, resumed)
        elif item.subject == "transfers":
            yield Fault(item, transfers)


def states(case: Case, host: str | None) -> list[State]:
    """Return every reading of the system as a whole."""
    seen = [item for item in case.observed("service_status") if item.host == host]
    return [*case.all(SystemStatus, host), *seen]


def is_online(state: State) -> bool:
    """Return True for ``Online``, and where a person saw that nothing is suspended."""
    if isinstance(state, SystemStatus):
        return state.state.lower() == "online"
    return bool(_RUNNING.match(state.value.lower()))


def stops_receiving(state: State) -> bool:
    """Return True for ``Offline`` and ``Receiving suspended``, or as a person saw it."""
    if isinstance(state, SystemStatus):
        return state.state.lower().startswith(("offline", "receiving suspend"))
    return bool(_STOPPED.match(state.value.lower()))


def without_quarantine(case: Case, host: str | None) -> list[Suspension]:
    """Return the newest ``resume`` that named listeners, but never the quarantine's since."""
    answers = case.all(Suspension, host)
    resumed = [item for item in answers if resumes_listener(item)]
    return newest([item for item in answers if _names_others(item) and not _undone(item, resumed)])


def unnamed(case: Case, host: str | None) -> list[Suspension]:
    """Return each ``suspendlistener`` of which nothing tells what it suspended."""
    answers = case.all(Suspension, host)
    resumed = [item for item in answers if resumes_listener(item)]
    return [
        item
        for item in answers
        if item.subject == "listener" and suspends(item) and not item.listeners
        if not _undone(item, resumed)
    ]


def _undone(item: Suspension, resumed: list[Suspension]) -> bool:
    return any(answer.moment.after(item.moment) for answer in resumed)


def _names_others(item: Suspension) -> bool:
    named = item.action == "resumed" and item.subject == "system" and bool(item.listeners)
    return named and not {LISTENER, ALL} & set(item.listeners)


def resumes_listener(item: Suspension) -> bool:
    """Return True for an answer that names the quarantine's listener, or all, as resumed."""
    concerns_listeners = item.subject in ("system", "listener")
    named = {LISTENER, ALL} & set(item.listeners)
    return item.action == "resumed" and concerns_listeners and bool(named)


def suspends(item: Suspension) -> bool:
    """Return True where something was suspended, or the answer to that was not captured."""
    return item.verb.startswith("suspend") and item.action in ("suspended", "unanswered")


def told(reading: Reading) -> str:
    """Return a reading in words: ``Offline``, ``suspended by suspendlistener (cpq_listener)``."""
    if isinstance(reading, SystemStatus):
        return reading.state
    if isinstance(reading, Observation):
        return f"{reading.value} as seen in the GUI"
    named = f" ({', '.join(reading.listeners)})" if reading.listeners else ""
    state = "suspended" if reading.action == "unanswered" else reading.action
    return f"{state} by {reading.verb}{named}"
