"""The suspend and resume family: at once, without a commit, and it outlives a reboot.

Which words ask for the seconds is from the SMA's guide, the answers from the technote and from
public CLI test code; that a box with transfers suspended refuses the quarantine's port is an
assumption (the guide says only that it takes no quarantined mail).
"""

from __future__ import annotations

from pvo_kit.simulator.commands import asking
from pvo_kit.simulator.session import Dialogue, Session

_SECONDS = "Enter the number of seconds to wait before abruptly closing connections."
_DOMAINS_SINCE = (13, 5)


def suspend(session: Session, words: list[str]) -> Dialogue:
    """Suspend receiving on every listener, and delivery."""
    session.say("")
    yield from asking.number(session, _SECONDS, 30)
    _stop(session, session.box.listening())
    session.say("Waiting for outgoing deliveries to finish...", "Mail delivery suspended.")
    session.box.delivery_suspended = True


def resume(session: Session, words: list[str]) -> None:
    """Resume what ``suspend`` stopped; the answer names the listeners."""
    session.say("")
    _start(session, session.box.suspended)
    if session.box.role == "esa" and session.box.delivery_suspended:
        session.say("Mail delivery resumed.")
    session.box.delivery_suspended = False


def suspendlistener(session: Session, words: list[str]) -> Dialogue:
    """Suspend chosen listeners."""
    chosen = yield from _listeners(session, words, "suspend", session.box.listening())
    if chosen:
        yield from asking.number(session, _SECONDS, 30)
        _stop(session, chosen)


def resumelistener(session: Session, words: list[str]) -> Dialogue:
    """Resume chosen listeners."""
    chosen = yield from _listeners(session, words, "resume", session.box.listening())
    if chosen:
        _start(session, tuple(name for name in chosen if name in session.box.suspended))


def suspenddel(session: Session, words: list[str]) -> Dialogue:
    """Suspend delivery."""
    session.say("")
    yield from asking.number(session, _SECONDS, 30)
    yield from _domains(session, "suspend")
    session.say("Waiting for outgoing deliveries to finish...", "Mail delivery suspended.")
    session.box.delivery_suspended = True


def resumedel(session: Session, words: list[str]) -> Dialogue:
    """Resume delivery."""
    session.say("")
    yield from _domains(session, "resume")
    session.say("Mail delivery resumed.")
    session.box.delivery_suspended = False


def suspendtransfers(session: Session, words: list[str]) -> None:
    """Suspend what comes from and goes to the ESAs; ``status`` shows nothing of it."""
    session.box.transfers_suspended = True
    session.say("", "Transfers suspended")


def resumetransfers(session: Session, words: list[str]) -> None:
    """Resume transfers."""
    session.box.transfers_suspended = False
    session.say("", "Transfers resumed")


def _domains(session: Session, verb: str) -> Dialogue:
    if session.box.role == "esa" and session.box.release >= _DOMAINS_SINCE:
        yield from asking.value(session, f"Enter one or more domains to {verb}.", "ALL")


def _listeners(
    session: Session, words: list[str], verb: str, names: tuple[str, ...]
) -> asking.Asking[tuple[str, ...]]:
    session.say("")
    if not names:
        session.say("There are no listeners configured.")
        return ()
    if words:
        asked = [part.lower() for word in words for part in word.split(",")]
        return tuple(name for name in names if name.lower() in asked or "all" in asked)
    session.say(f"Choose the listener(s) you wish to {verb}.",
                "Separate multiple entries with commas.")  # fmt: skip
    index = yield from asking.pick(session, ["All", *names])
    return names if index == 0 else (names[index - 1],)


def _stop(session: Session, names: tuple[str, ...]) -> None:
    box = session.box
    new = [name for name in names if name not in box.suspended]
    session.say("Waiting for listeners to exit...")
    if new:
        session.say(f"Receiving suspended for {', '.join(new)}.")
    box.suspended = (*box.suspended, *new)


def _start(session: Session, names: tuple[str, ...]) -> None:
    box = session.box
    if names:
        session.say(f"Receiving resumed for {', '.join(names)}.")
    else:
        session.say("No listeners were resumed.")
    box.suspended = tuple(name for name in box.suspended if name not in names)
