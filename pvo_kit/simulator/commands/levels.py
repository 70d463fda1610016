"""``filters``, ``policyconfig``, ``dlpconfig``, ``dlpstatus``, ``dmarcconfig``: rules for mail.

Each has a configuration of its own at any cluster mode, and shows by its menu or by the NOTICE
whether there is one at the session's. Rules are names only here; menus are from memory.
"""

from __future__ import annotations

from pvo_kit.simulator.commands import asking, moving
from pvo_kit.simulator.gate import usable
from pvo_kit.simulator.session import Dialogue, Session

_MENU = {"NEW": "Create a new {what}.", "DELETE": "Remove a {what}.", "LIST": "List the {what}s."}
_EXCEPTIONS_SINCE = (14,)
_DLP = "Data Loss Prevention"


def filters(session: Session, words: list[str]) -> Dialogue:
    """Message filters."""
    yield from moving.configured(session, "filters")
    session.say("")
    if [word.lower() for word in words] == ["list"]:
        session.say(*_list(session, "filters"))
        return
    while True:
        operations = {name: about.format(what="filter") for name, about in _MENU.items()}
        chosen = yield from moving.operation(session, operations, "filters", "filters")
        if not chosen:
            return
        if chosen == "LIST":
            session.say(*_list(session, "filters"), "")
        elif chosen == "DELETE":
            yield from _delete(session, "filters")
        else:
            session.say("Enter filter script.  Enter '.' on its own line to end.")
            yield from _script(session)


def _script(session: Session) -> Dialogue:
    """Read filters up to a lone full stop; a line ``name:`` begins one."""
    names: list[str] = []
    while (line := (yield "").strip()) != ".":
        if line.endswith((":", "!")) and " " not in line:
            names.append(line[:-1])
    session.write("filters", (*(session.read("filters") or ()), *names))
    session.say(f"{len(names)} filters added.", "")


def _list(session: Session, name: str) -> list[str]:
    rows = [f"{number:>3}    Y     Y   {rule}"
            for number, rule in enumerate(session.read(name) or (), 1)]  # fmt: skip
    return ["Num Active Valid Name", *rows]


def _delete(session: Session, name: str) -> Dialogue:
    rules: tuple[str, ...] = session.read(name)
    if not rules:
        session.say("There is nothing to delete.", "")
        return
    session.say("Choose what to delete.")
    index = yield from asking.pick(session, rules)
    session.write(name, rules[:index] + rules[index + 1 :])


def policyconfig(session: Session, words: list[str]) -> Dialogue:
    """Mail policies of one direction; FILTERS edits its content filters."""
    session.say("")
    if session.box.release >= _EXCEPTIONS_SINCE:
        session.say("Would you like to configure Incoming Mail Policies, Outgoing Mail Policies or "
                    "Match Exceptions?")  # fmt: skip
        entries = ["Incoming Mail Policies", "Outgoing Mail Policies", "Match Exceptions"]
    else:
        session.say("Would you like to configure Incoming or Outgoing Mail Policies?")
        entries = ["Incoming", "Outgoing"]
    index = yield from asking.pick(session, entries)
    if index == 2:
        yield from asking.operation(session, {})
        return
    name = ("incoming", "outgoing")[index]
    yield from moving.configured(session, name)
    while True:
        session.say(*_policies(session, name))
        operations = {"FILTERS": "Edit content filters."}
        chosen = yield from moving.operation(session, operations, name, "policies")
        if not chosen:
            return
        yield from _rules(session, name, "content filter")


def _policies(session: Session, name: str) -> tuple[str, ...]:
    has_any = "Enabled" if session.read(name) else "Off"
    return (
        f"{name.capitalize()} Mail Policy Configuration",
        "",
        "Name:      Anti-Spam:     Anti-Virus:    Content Filter:   DLP:",
        "-----      ----------     -----------    ---------------   ----",
        f"DEFAULT    Off            Sophos         {has_any:<18}Off",
        "",
    )


def dlpconfig(session: Session, words: list[str]) -> Dialogue:
    """DLP policies, where the release has the command."""
    yield from moving.configured(session, "dlp")
    session.say("")
    yield from _rules(session, "dlp", "DLP policy")


def dlpstatus(session: Session, words: list[str]) -> Dialogue:
    """The version of the DLP engine."""
    if not any(_DLP in label for label in usable(session.box)):
        session.say("", "DLP should be enabled to run this command")
        return
    yield from moving.configured(session, "dlp")
    session.say("", "Component    Version    Last Updated", "DLP Engine   1.0.18     Never updated")


def dmarcconfig(session: Session, words: list[str]) -> Dialogue:
    """DMARC verification profiles."""
    yield from moving.configured(session, "dmarc")
    session.say("")
    yield from _rules(session, "dmarc", "DMARC profile")


def _rules(session: Session, name: str, what: str) -> Dialogue:
    while True:
        operations = {each: about.format(what=what) for each, about in _MENU.items()}
        chosen = yield from moving.operation(session, operations, name, f"{what}s")
        if not chosen:
            return
        if chosen == "LIST":
            session.say(*_list(session, name), "")
        elif chosen == "DELETE":
            yield from _delete(session, name)
        else:
            rule = yield from asking.value(session, f"Enter a name for the {what}.")
            session.write(name, (*(session.read(name) or ()), rule))
