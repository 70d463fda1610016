"""What all commands for settings with cluster levels share: the NOTICE, and the two operations.

A command typed at a mode where nothing is configured answers with the NOTICE; Enter switches the
session to the mode in force, 2 and 3 begin a configuration here. CLUSTERSET copies, moves or
deletes the settings of the mode, CLUSTERSHOW lists where they are configured. The NOTICE's first
line and entry 1 are public, the rest of the words is from memory.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pvo_kit.simulator.commands import asking
from pvo_kit.simulator.session import Dialogue, Session
from pvo_kit.simulator.settings import Mode, Settings

SET, SHOW = "CLUSTERSET", "CLUSTERSHOW"


def configured(session: Session, name: str, empty: Any = ()) -> Dialogue:
    """Ask at a mode that has no setting ``name`` of its own where to edit; else nothing."""
    if not session.login.clustered or session.own(name) is not None:
        return
    above = _in_force(session, name)
    if above is None:
        return
    session.say(
        "",
        "NOTICE: This configuration command has not yet been configured for the current cluster "
        "mode",
        f"({session.mode}).",
        "",
        "What would you like to do?",
    )
    index = yield from asking.pick(session, [
        f'Switch modes to edit at mode "{above}".',
        f"Start a new, empty configuration at the current mode ({session.mode}).",
        f"Copy settings from another cluster mode to the current mode ({session.mode}).",
    ])  # fmt: skip
    if index == 0:
        session.mode = above
    else:
        has_empty = index == 1 and isinstance(session.read(name), tuple)
        session.write(name, empty if has_empty else session.read(name))


def operation(
    session: Session, operations: Mapping[str, str], name: str, called: str
) -> asking.Asking[str]:
    """Return the operation chosen; the two of a cluster are done here and the menu shown again."""
    offered = dict(operations)
    if session.login.clustered:
        offered[SET] = f"Set how {called} are configured in a cluster."
        offered[SHOW] = f"Display how {called} are configured in a cluster."
    while True:
        chosen = yield from asking.operation(session, offered)
        if chosen == SHOW:
            session.say(f"{called.capitalize()} are configured at:")
            session.say(*(str(mode) for mode in _everywhere(session, name)), "")
        elif chosen == SET:
            yield from _set(session, name)
        else:
            return chosen


def _in_force(session: Session, name: str) -> Mode | None:
    return next((mode for mode in session.modes if _has(session, mode, name)), None)


def _everywhere(session: Session, name: str) -> list[Mode]:
    return [mode for mode in _modes(session) if _has(session, mode, name)]


def _has(session: Session, mode: Mode, name: str) -> bool:
    return getattr(session.configuration.get(str(mode), Settings()), name) is not None


def _modes(session: Session) -> list[Mode]:
    cluster = session.pair.cluster
    if cluster is None:
        return [session.mode]
    return [Mode("cluster", cluster.name), *(Mode("group", name) for name in cluster.groups),
            *(Mode("machine", name) for name in cluster.members)]  # fmt: skip


def _set(session: Session, name: str) -> Dialogue:
    """Copy, move or delete the settings of this mode."""
    here = session.mode
    session.say(f"You can copy the current settings of {here}, move or delete them.")
    action = yield from asking.pick(session, [
        "Copy the settings to another mode.",
        "Move the settings to another mode.",
        f"Delete the settings from the {here.level}.",
    ])  # fmt: skip
    if action > 0 and here.level == "cluster":
        # What an appliance does then is not known: members would be left without settings.
        session.say("The settings of the cluster are only copied by the simulator.", "")
        return
    if action < 2:
        others = [mode for mode in _modes(session) if mode != here]
        verb = "copy" if action == 0 else "move"
        session.say(f"Choose the group, machine or cluster name or number to {verb} to.")
        index = yield from asking.pick(session, [str(mode) for mode in others])
        session.write(name, session.own(name), others[index])
    if action > 0:
        session.write(name, None, here)
