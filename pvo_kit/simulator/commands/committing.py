"""``commit``, ``clear``, ``showchanges``, ``commitdetail``, ``rollbackconfig``.

Pending changes belong to the session. Only an ESA of 12.0 and later asks whether to keep a copy
for a rollback; whether ``rollbackconfig`` runs in a cluster is not known, so here it does not.
"""

from __future__ import annotations

from dataclasses import asdict, fields, is_dataclass
from pprint import pformat
from typing import Any

from pvo_kit.simulator.commands import asking
from pvo_kit.simulator.gate import stamp
from pvo_kit.simulator.pair import Appliance, Commit
from pvo_kit.simulator.session import Dialogue, Session
from pvo_kit.simulator.settings import Settings, changed

_COPY_SINCE = (12,)
_KEPT = 10


def commit(session: Session, words: list[str]) -> Dialogue:
    """Write what is pending in this session."""
    session.say("")
    if not session.pending:
        session.say("There is no data to commit.")
        return
    comment = yield from asking.value(
        session, "Please enter some comments describing your changes:"
    )
    if session.box.role == "esa" and session.box.release >= _COPY_SINCE:
        question = "Do you want to save the current configuration for rollback? [Y]> "
        yield from asking.yes(session, question)
        session.say("")
    write(session.box, session.pending, comment)
    session.pending = {}
    session.say(f"Changes committed: {stamp(session.pair.clock)} GMT")


def write(box: Appliance, pending: dict[str, dict[str, Any]], comment: str) -> None:
    """Make changes the box's (or its cluster's) configuration and remember what was before."""
    before = dict(box.configuration)
    after = changed(before, pending)
    box.commits = [Commit(box.pair.clock, comment, before), *box.commits][:_KEPT]
    box.configuration.clear()
    box.configuration.update(after)


def clear(session: Session, words: list[str]) -> Dialogue:
    """Drop what is pending in this session."""
    session.say("")
    if not session.pending:
        session.say("No changes have been made since the last commit.")
        return
    question = "Are you sure you want to clear all changes since the last commit?  [Y]> "
    if (yield from asking.yes(session, question)):
        session.pending = {}
        session.say("", f"Changes cleared: {stamp(session.pair.clock)} GMT")


def showchanges(session: Session, words: list[str]) -> None:
    """Print what is pending as a nested dictionary, ``{}`` where nothing is."""
    levels = session.box.configuration
    found: dict[str, dict[str, Any]] = {}
    for mode, values in session.pending.items():
        before = levels.get(mode, Settings())
        found[mode] = {
            name: _difference(value, getattr(before, name)) for name, value in values.items()
        }
    session.say("", *pformat({"config": found} if found else {}, width=76).split("\n"))


def _difference(new: Any, old: Any) -> dict[str, Any]:
    """What differs, down to the single value: ``{'new': ..., 'old': ...}``."""
    if is_dataclass(new) and type(new) is type(old):
        pairs = {each.name: (getattr(new, each.name), getattr(old, each.name))
                 for each in fields(new)}  # fmt: skip
        return {name: _difference(*pair) for name, pair in pairs.items() if pair[0] != pair[1]}
    return {"new": _plain(new), "old": _plain(old)}


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    return [_plain(item) for item in value] if isinstance(value, tuple) else value


def commitdetail(session: Session, words: list[str]) -> None:
    """Print the newest commit."""
    session.say("")
    for last in session.box.commits[:1]:
        session.say(f'Commit at {stamp(last.time)} GMT with comments: "{last.comment}".')


def rollbackconfig(session: Session, words: list[str]) -> Dialogue:
    """Go back to what was configured before one of the last commits."""
    session.say("")
    if session.login.clustered:
        session.say("rollbackconfig is not simulated in a cluster.")
        return
    if not (yield from asking.operation(session, {"ROLLBACK": "Roll back to a commit."})):
        return
    commits = session.box.commits
    if not commits:
        session.say("There is no commit to roll back.")
        return
    session.say("Choose the commit to take back, with all later ones.")
    index = yield from asking.pick(
        session, [f"{stamp(each.time)} GMT  {each.comment}" for each in commits]
    )
    if (yield from asking.yes(session, "Are you sure you want to roll back? [N]> ")):
        session.box.levels = {
            mode: Settings(**{each.name: getattr(settings, each.name) for each in fields(Settings)})
            for mode, settings in commits[index].before.items()
        }
        session.box.commits = commits[index + 1 :]
        session.pending = {}
        session.say("", "Reverted to the configuration before that commit.")
