"""The commands of the simulated CLI, one table.

A command is ``function(session, words)``: it prints with ``session.say`` and, where it asks
something, is a generator that yields questions (``asking`` has the usual ones). To add one, write
the function in the module of its kind and add its line here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from pvo_kit.simulator.commands import (
    about,
    asking,
    cluster,
    committing,
    delivery,
    keys,
    levels,
    logs,
    network,
    probes,
    ssl,
    suspension,
)
from pvo_kit.simulator.eras import DMARC_SINCE, SMART_SINCE
from pvo_kit.simulator.gui import gui
from pvo_kit.simulator.pair import Role
from pvo_kit.simulator.session import Dialogue, Session
from pvo_kit.simulator.settings import Mode

NEVER = (99,)


@dataclass(frozen=True, slots=True)
class Command:
    """A command: where it is known, the cluster mode it is restricted to, who may use it.

    ``since`` and ``until`` are the releases that have it; ``admin`` keeps it from other roles.
    """

    run: Callable[[Session, list[str]], Dialogue | None]
    roles: tuple[Role, ...] = ("esa", "sma")
    mode: Literal["machine", "cluster"] | None = None
    since: tuple[int, ...] = ()
    until: tuple[int, ...] = NEVER
    admin: bool = False


_ESA: tuple[Role, ...] = ("esa",)
_SMA: tuple[Role, ...] = ("sma",)

COMMANDS: dict[str, Command] = {
    "version": Command(about.version),
    "whoami": Command(about.whoami),
    "who": Command(about.who),
    "status": Command(about.status, mode="machine"),
    "interfaceconfig": Command(network.interfaceconfig, mode="machine"),
    "routeconfig": Command(network.routeconfig, mode="machine"),
    "setgateway": Command(network.setgateway, mode="machine"),
    "telnet": Command(probes.telnet, mode="machine"),
    "ping": Command(probes.ping, mode="machine"),
    "nslookup": Command(probes.nslookup),
    "tlsverify": Command(probes.tlsverify, _ESA),
    "deliveryconfig": Command(delivery.deliveryconfig, _ESA),
    "sslconfig": Command(ssl.sslconfig),
    "featurekey": Command(keys.featurekey, mode="machine", until=SMART_SINCE),
    "license_smart": Command(keys.license_smart, mode="machine", since=SMART_SINCE),
    "clusterconfig": Command(cluster.clusterconfig, _ESA, mode="cluster"),
    "clustermode": Command(cluster.clustermode, _ESA),
    "filters": Command(levels.filters, _ESA),
    "policyconfig": Command(levels.policyconfig, _ESA),
    "dlpconfig": Command(levels.dlpconfig, _ESA, since=(14,)),
    "dlpstatus": Command(levels.dlpstatus, _ESA),
    "dmarcconfig": Command(levels.dmarcconfig, _ESA, since=DMARC_SINCE),
    "suspend": Command(suspension.suspend, mode="machine"),
    "resume": Command(suspension.resume, mode="machine"),
    "suspendlistener": Command(suspension.suspendlistener, mode="machine"),
    "resumelistener": Command(suspension.resumelistener, mode="machine"),
    "suspenddel": Command(suspension.suspenddel, mode="machine"),
    "resumedel": Command(suspension.resumedel, mode="machine"),
    "suspendtransfers": Command(suspension.suspendtransfers, _SMA),
    "resumetransfers": Command(suspension.resumetransfers, _SMA),
    "commit": Command(committing.commit),
    "clear": Command(committing.clear),
    "clearchanges": Command(committing.clear),
    "showchanges": Command(committing.showchanges),
    "commitdetail": Command(committing.commitdetail),
    "rollbackconfig": Command(committing.rollbackconfig, admin=True),
    "logconfig": Command(logs.logconfig),
    "grep": Command(logs.grep),
    "tail": Command(logs.tail),
    "findevent": Command(logs.findevent, _ESA),
    "gui": Command(gui),
    **dict.fromkeys(("exit", "quit"), Command(about.leave)),
}

CHANGES = frozenset({"commit", "rollbackconfig"})
"""What accounts that only read may not do."""

_READERS = ("readonly", "guest")


def run(session: Session, name: str, words: list[str]) -> Dialogue | None:
    """Return the dialogue of a command (None where it asked nothing and is done)."""
    command = COMMANDS.get(name)
    box = session.box
    if command is None or box.role not in command.roles or box.release < command.since:
        session.say("", f"Unknown command: {name}")
        return None
    if box.release >= command.until:
        session.say("", f"Unknown command or missing feature key: {name}")
        return None
    role = session.user.role
    if (command.admin and role != "admin") or (name in CHANGES and role in _READERS):
        session.say("", f"You are not in the correct access group to use the {name} command.")
        return None
    if command.mode and session.login.clustered and session.mode.level != command.mode:
        return _offered(session, command, words)
    return command.run(session, words)


def _offered(session: Session, command: Command, words: list[str]) -> Dialogue:
    """Offer to switch to the mode that a command is restricted to."""
    level = command.mode
    session.say("")
    answer = yield from asking.yes(
        session,
        f'This command is restricted to "{level}" mode.  Would you like to switch to "{level}" '
        "mode? [Y]> ",
    )
    session.say("")
    cluster = session.pair.cluster
    if not answer or cluster is None or not session.login.clustered:
        return
    if level == "cluster":
        session.mode = Mode("cluster", cluster.name)
    else:
        session.say("Choose a machine.")
        members = list(cluster.members)
        chosen = yield from asking.pick(session, members, members.index(session.host) + 1)
        session.mode = Mode("machine", members[chosen])
    dialogue = command.run(session, words)
    if dialogue is not None:
        yield from dialogue
