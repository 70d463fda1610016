"""``logconfig``, ``grep``, ``tail``, ``findevent``: log subscriptions and the mail log."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pvo_kit.simulator.commands import asking
from pvo_kit.simulator.session import BreakError, Dialogue, Session

MAIL_LOG = "mail_logs"
_SUBSCRIPTIONS = (
    ("authentication", "Authentication Logs"),
    ("cli_logs", "CLI Audit Logs"),
    ("error_logs", "IronPort Text Mail Logs"),
    (MAIL_LOG, "IronPort Text Mail Logs"),
    ("system_logs", "System Logs"),
)
_LAST = 10


def logconfig(session: Session, words: list[str]) -> Dialogue:
    """List the log subscriptions."""
    session.say("", "Currently configured logs:",
                f"{'Log Name':<19}{'Log Type':<28}{'Retrieval':<19}Interval", "-" * 75)  # fmt: skip
    session.say(
        *(
            f"{f'{number}. {name}':<19}{kind:<28}{'Manual Download':<19}None"
            for number, (name, kind) in enumerate(_SUBSCRIPTIONS, 1)
        ),
        "",
    )
    yield from asking.operation(session, {})


def grep(session: Session, words: list[str]) -> Dialogue:
    """Print the lines of a log that match: ``grep [-i] [-e] PATTERN LOG``, or ask for both."""
    session.say("")
    options = [word for word in words if word.startswith("-")]
    rest = [word for word in words if word not in options]
    if not rest:
        names = [name for name, _ in _SUBSCRIPTIONS]
        session.say("Currently configured logs:")
        index = yield from asking.pick(session, names, names.index(MAIL_LOG) + 1)
        pattern = yield from asking.value(session, "Enter the regular expression to grep.")
        rest = [pattern, names[index]]
    if len(rest) != 2:
        session.say("Invalid arguments when processing grep:")
        return
    session.say(*_found(session, rest[0], rest[1], ignore_case="-i" in options))


def findevent(session: Session, words: list[str]) -> None:
    """Print the lines of one message: ``findevent -m MID LOG``."""
    session.say("")
    if len(words) != 3 or words[0] != "-m":
        session.say("Invalid arguments when processing findevent:")
        return
    session.say(*_found(session, rf"\bMID {re.escape(words[1])}\b", words[2], ignore_case=False))


def tail(session: Session, words: list[str]) -> Dialogue:
    """Print the end of a log and wait for Ctrl-C."""
    name = words[0] if words else MAIL_LOG
    session.say("", "Press Ctrl-C to stop.", *_lines(session, name)[-_LAST:])
    try:
        while True:
            yield ""
    except BreakError:
        return


def _found(session: Session, pattern: str, name: str, ignore_case: bool) -> Iterator[str]:
    try:
        wanted = re.compile(pattern, re.IGNORECASE if ignore_case else 0)
    except re.error:
        wanted = re.compile(re.escape(pattern))
    return (line for line in _lines(session, name) if wanted.search(line))


def _lines(session: Session, name: str) -> list[str]:
    return session.box.log if name == MAIL_LOG else []
