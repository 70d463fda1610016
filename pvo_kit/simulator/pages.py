"""The pages of the web interfaces that the remedies name, as functions of a session.

Each returns what a person sees then, or raises NotDoneError with the reason.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from pvo_kit.simulator import gate
from pvo_kit.simulator.session import Session
from pvo_kit.simulator.settings import Mode, Quarantine, Settings, changed

_FIELDS = {
    "Incoming Content Filters": "incoming",
    "Outgoing Content Filters": "outgoing",
    "DLP Policy Manager": "dlp",
    "DMARC": "dmarc",
}
_FIVE_MINUTES = 300


class NotDoneError(Exception):
    """Why something could not be done in the web interface."""


def wizard(session: Session, match: re.Match[str]) -> str:
    """Launch the migration wizard on the SMA for every ESA; it is pending then."""
    sma = session.login
    if sma.role != "sma":
        raise NotDoneError("the migration wizard is on the SMA")
    if sma.in_force("quarantine") is None:
        raise NotDoneError("the quarantine service is not enabled on this SMA")
    if error := gate.wizard_error(session.pair):
        raise NotDoneError(error)
    migrated = {esa.host: sma.gui.user for esa in session.pair.esas}
    _pend(session, str(sma.own_mode), "migrated", migrated)
    return "the wizard's choices are submitted. Commit Changes is lit."


def enable(session: Session, match: re.Match[str]) -> str:
    """Press [Enable...] on the page of the quarantines and submit interface and port."""
    box = session.login
    if box.role == "esa" and gate.grey(box):
        raise NotDoneError("[Enable...] is grey.")
    mode = _mode(session, match)
    interface = box.in_force("interfaces")[-1].name
    _pend(session, str(mode), "quarantine", Quarantine(interface))
    return "the service is enabled. Commit Changes is lit."


def disable(session: Session, match: re.Match[str]) -> str:
    """Disable the service."""
    box = session.login
    for mode, _ in box.found("quarantine"):
        _pend(session, str(mode), "quarantine", None)
        return "the service is disabled. Commit Changes is lit."
    raise NotDoneError("the service is not enabled")


def listen(session: Session, match: re.Match[str]) -> str:
    """Let the service listen elsewhere."""
    box = session.login
    names = [each.name for each in box.in_force("interfaces")]
    if match["interface"] not in names:
        raise NotDoneError(f"the interfaces are {', '.join(names)}: name one of them")
    quarantine = Quarantine(match["interface"], int(match["port"]))
    _pend(session, str(box.own_mode), "quarantine", quarantine)
    return "Commit Changes is lit."


def commit(session: Session, match: re.Match[str]) -> str:
    """Commit what this web session has changed."""
    from pvo_kit.simulator.commands.committing import write

    box = session.login
    if not box.gui.pending:
        return "nothing is uncommitted."
    if box.users[box.gui.user].role in ("readonly", "guest"):
        raise NotDoneError("this account may not commit")
    write(box, box.gui.pending, "GUI")
    box.gui.pending = {}
    return "Your changes have been committed."


def abandon(session: Session, match: re.Match[str]) -> str:
    """Drop what this web session has changed."""
    session.login.gui.pending = {}
    return "Your changes have been abandoned."


def log_in(session: Session, match: re.Match[str]) -> str:
    """Log in to the web interface; the changes of the user before are gone."""
    box = session.login
    user = match["user"] or "admin"
    if user not in box.users:
        raise NotDoneError(f"there is no user {user}")
    if user != box.gui.user:
        box.gui.pending = {}
    box.gui.user = user
    if match["wait"]:
        session.pair.advance(_FIVE_MINUTES)
    return f"logged in as {user}."


def set_ciphers(session: Session, match: re.Match[str]) -> str:
    """Set the cipher string of one service on the page SSL Configuration."""
    service = match["service"].lower()
    mode, now = next(session.login.found("tls"))
    if match["mode"]:
        mode = _mode(session, match)
    edited = replace(getattr(now, service), ciphers=match["ciphers"])
    _pend(session, str(mode), "tls", replace(now, **{service: edited}))
    return "Commit Changes is lit."


def move(session: Session, match: re.Match[str]) -> str:
    """Move the settings of a page from one mode to another (Centralized Management Options)."""
    name, here = _FIELDS[match["page"]], _mode(session, match)
    value = _at(session, here, name)
    if value is None:
        return f"no settings are defined at {here}: they are inherited."
    to = _named(session, match["to"])
    _pend(session, str(to), name, value)
    _pend(session, str(here), name, None)
    return f"the settings are moved to {to}. Commit Changes is lit."


def override(session: Session, match: re.Match[str]) -> str:
    """Copy the settings in force to a mode below (Override Settings)."""
    name, here = _FIELDS[match["page"]], _mode(session, match)
    value = session.login.in_force(name)
    _pend(session, str(here), name, value or ())
    return f"{here} has settings of its own. Commit Changes is lit."


def same_policies(session: Session, match: re.Match[str]) -> str:
    """Make the policies of a page at a mode the same as those in force."""
    name, here = _FIELDS[match["page"]], _mode(session, match)
    _pend(session, str(here), name, session.login.in_force(name) or ())
    return "the policies are the same. Commit Changes is lit."


def enable_module(session: Session, match: re.Match[str]) -> str:
    """Enable a feature for all members: a dormant key wakes, a missing one stays missing."""
    wanted = match["module"]
    members = [box for box in session.pair.esas if box.clustered] or [session.login]
    for box in members:
        state = {key.label: key.state for key in box.keys}.get(wanted, "missing")
        if state in ("missing", "Expired"):
            raise NotDoneError(f"{wanted} has no valid key on {box.host}")
    for box in members:
        box.keys = tuple(replace(key, state="Active") if key.label == wanted else key
                         for key in box.keys)  # fmt: skip
    return f"{wanted} is enabled."


def resume(session: Session, match: re.Match[str]) -> str:
    """Resume every service on the page Shutdown/Suspend."""
    box = session.login
    box.suspended, box.delivery_suspended, box.transfers_suspended = (), False, False
    return "no service is suspended."


def open_firewall(session: Session, match: re.Match[str]) -> str:
    """Take away every firewall rule between two boxes: whoever runs the firewall does it."""
    pair = session.pair
    ends = {match["one"], match["other"]}
    pair.firewall = tuple(rule for rule in pair.firewall
                          if not (rule.port in (0, int(match["port"])) and
                                  rule.target.partition("/")[0] in ends))  # fmt: skip
    return "the firewall lets the port through."


def show(session: Session, match: re.Match[str]) -> str:
    """Look at the page of the quarantines."""
    box = session.login
    if box.role == "esa":
        return f"[Enable...] is {'grey' if gate.grey(box) else 'active'}."
    migrated = box.in_force("migrated") or {}
    rows = [f"{esa.host}: {'migrated' if esa.host in migrated else 'not active, action required'}"
            for esa in session.pair.esas]  # fmt: skip
    lit = "lit" if box.gui.pending else "not lit"
    return "\n".join([*rows, f"Commit Changes is {lit}."])


def why(session: Session, match: re.Match[str]) -> str:
    """Tell what no appliance tells: why the button is grey."""
    reasons = [f"{esa.host}: {gate.grey(esa) or 'the button is active'}"
               for esa in session.pair.esas]  # fmt: skip
    return "\n".join(reasons)


def _pend(session: Session, mode: str, name: str, value: Any) -> None:
    session.login.gui.pending.setdefault(mode, {})[name] = value


def _at(session: Session, mode: Mode, name: str) -> Any:
    levels = changed(session.login.configuration, session.login.gui.pending)
    return getattr(levels.get(str(mode), Settings()), name)


def _mode(session: Session, match: re.Match[str]) -> Mode:
    """The mode that a step names, else the box's own."""
    words = match.groupdict().get("mode")
    return _named(session, words) if words else session.login.own_mode


def _named(session: Session, words: str) -> Mode:
    level, _, name = words.partition(" ")
    found = [mode for box in session.pair.esas for mode in box.modes
             if (mode.level, mode.name.lower()) == (level, name.lower())]  # fmt: skip
    if not found:
        raise NotDoneError(f"there is no {words}")
    return found[0]
