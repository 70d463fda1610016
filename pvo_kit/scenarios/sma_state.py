"""What an SMA's answers say of its receiving: faults, and what takes each of them back.

``status`` knows the system as a whole; listeners and transfers are suspended beside it and leave
``status`` Online. So each kind of fault has answers of its own that clear it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pvo_kit.case import Case
from pvo_kit.evidence import Moment
from pvo_kit.facts import Suspension, SystemStatus

LISTENER = "cpq_listener"
ALL = "all"

Reading = SystemStatus | Suspension


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
    statuses = case.all(SystemStatus, host)
    answers = case.all(Suspension, host)
    resumed = tuple(item for item in answers if _resumes_listener(item))
    system: tuple[Reading, ...] = (*resumed, *(item for item in answers if names_others(item)))
    online = tuple(item for item in statuses if is_online(item))
    transfers = tuple(
        item for item in answers if item.action == "resumed" and item.subject == "transfers"
    )
    for status in statuses:
        if stops_receiving(status):
            yield Fault(status, (*online, *system))
    for item in answers:
        if not _suspends(item):
            continue
        if item.subject == "system":
            yield Fault(item, system)
        elif item.subject == "listener" and {LISTENER, ALL} & set(item.listeners):
            yield Fault(item, resumed)
        elif item.subject == "transfers":
            yield Fault(item, transfers)


def is_online(status: SystemStatus) -> bool:
    """Return True for ``Online``."""
    return status.state.lower() == "online"


def stops_receiving(status: SystemStatus) -> bool:
    """Return True for ``Offline`` and ``Receiving suspended``."""
    return status.state.lower().startswith(("offline", "receiving suspend"))


def names_others(item: Suspension) -> bool:
    """Return True for a ``resume`` whose answer names listeners, but not the quarantine's."""
    named = item.action == "resumed" and item.subject == "system" and bool(item.listeners)
    return named and not {LISTENER, ALL} & set(item.listeners)


def _resumes_listener(item: Suspension) -> bool:
    concerns_listeners = item.subject in ("system", "listener")
    named = {LISTENER, ALL} & set(item.listeners)
    return item.action == "resumed" and concerns_listeners and bool(named)


def _suspends(item: Suspension) -> bool:
    return item.verb.startswith("suspend") and item.action in ("suspended", "unanswered")


def told(reading: Reading) -> str:
    """Return a reading in words: ``Offline``, ``suspended by suspendlistener (cpq_listener)``."""
    if isinstance(reading, SystemStatus):
        return reading.state
    named = f" ({', '.join(reading.listeners)})" if reading.listeners else ""
    state = "suspended" if reading.action == "unanswered" else reading.action
    return f"{state} by {reading.verb}{named}"
