"""``clustermode`` and ``clusterconfig``: where commands act, and who belongs to the cluster.

Removing a machine is permanent: it keeps the settings that were in force for it. Both are done at
once, without a commit. Forms of ``list`` and of the removal are from memory, batch forms public.
"""

from __future__ import annotations

from dataclasses import fields

from pvo_kit.simulator.commands import asking, joining
from pvo_kit.simulator.pair import Cluster
from pvo_kit.simulator.session import Dialogue, Session
from pvo_kit.simulator.settings import Level, Mode, Settings

_OPERATIONS = {
    "REMOVEMACHINE": "Remove a machine from the cluster.",
    "LIST": "List the machines in the cluster.",
    "CONNSTATUS": "Show the status of connections between machines in the cluster.",
    "DISCONNECT": "Temporarily detach machines from the cluster.",
    "RECONNECT": "Restore connections with machines that were previously detached.",
}
_LEVELS: tuple[Level, ...] = ("cluster", "group", "machine")


def clustermode(session: Session, words: list[str]) -> Dialogue:
    """Choose the mode of the session: ``clustermode machine NAME``, or from menus."""
    cluster = session.pair.cluster
    if cluster is None or not session.login.clustered:
        session.say("", "The clustermode command is only available on cluster systems.")
        return
    names = {"cluster": [cluster.name], "group": list(cluster.groups),
             "machine": list(cluster.members)}  # fmt: skip
    if not words:
        session.say("", "Choose the configuration mode.")
        index = yield from asking.pick(session, [level.capitalize() for level in _LEVELS])
        level = _LEVELS[index]
        name = names[level][0]
        if len(names[level]) > 1:
            session.say(f"Choose the {level} to configure.")
            name = names[level][(yield from asking.pick(session, names[level]))]
        session.mode = Mode(level, name)
        return
    level = next((each for each in _LEVELS if each == words[0].lower()), "machine")
    wanted = " ".join(words[1:]).lower()
    found = [name for name in names[level] if not wanted or name.lower() == wanted]
    if words[0].lower() not in _LEVELS or len(found) != 1:
        session.say("", "Invalid arguments when processing clustermode:")
    else:
        session.mode = Mode(level, found[0])


def clusterconfig(session: Session, words: list[str]) -> Dialogue:
    """Run one operation given on the line, or offer them; outside a cluster offer to join one."""
    cluster = session.pair.cluster
    if cluster is None or not session.login.clustered:
        session.say("")
        if words:
            session.say("The clusterconfig command is only available on cluster systems.")
        else:
            yield from joining.join(session)
        return
    if words:
        session.say("")
        yield from _run(session, cluster, words[0].upper(), words[1:])
        return
    session.say("", f"Cluster {cluster.name}", "")
    while session.login.clustered:
        chosen = yield from asking.operation(session, _OPERATIONS)
        if not chosen:
            return
        yield from _run(session, cluster, chosen, [])
        session.say("")


def _run(session: Session, cluster: Cluster, name: str, words: list[str]) -> Dialogue:
    if name == "LIST":
        session.say(*_listed(session, cluster))
    elif name == "CONNSTATUS":
        for host in cluster.members:
            away = " Not connected" if host in cluster.disconnected else " Connected"
            session.say(f"Machine {host:<30}{away}")
    elif name in ("REMOVEMACHINE", "DISCONNECT", "RECONNECT"):
        host = yield from _which(session, cluster, name, words)
        if host:
            _change(session, cluster, name, host)
    else:
        session.say("Invalid arguments when processing clusterconfig:")


def _listed(session: Session, cluster: Cluster) -> list[str]:
    lines = [f"Cluster {cluster.name}", "=" * (8 + len(cluster.name))]
    for group in cluster.groups:
        lines.append(f"Group {group}:")
        for host, own in cluster.members.items():
            if own == group:
                away = " (administratively disconnected)" if host in cluster.disconnected else ""
                serial = session.pair.appliances[host].serial
                lines.append(f"    Machine {host} (Serial #: {serial}){away}")
    return lines


def _which(session: Session, cluster: Cluster, name: str, words: list[str]) -> asking.Asking[str]:
    hosts = list(cluster.members)
    if words:
        named = [host for host in hosts if host == words[0].lower()]
        if not named:
            session.say("Invalid arguments when processing clusterconfig:")
        return named[0] if named else ""
    what = {"REMOVEMACHINE": "to remove from the cluster.", "DISCONNECT": "to disconnect.",
            "RECONNECT": "to reconnect."}[name]  # fmt: skip
    session.say(f"Choose the machine {what}")
    labels = [f"{host} (group {cluster.members[host]})" for host in hosts]
    host = hosts[(yield from asking.pick(session, labels))]
    if name == "REMOVEMACHINE":
        session.say("WARNING: this cannot be undone.")
    sure = yield from asking.yes(session, "Are you sure you want to continue? [N]> ")
    session.say("")
    return host if sure else ""


def _change(session: Session, cluster: Cluster, name: str, host: str) -> None:
    if name == "DISCONNECT":
        cluster.disconnected = tuple(dict.fromkeys((*cluster.disconnected, host)))
        session.say(f"The machine {host} was disconnected from the cluster.")
    elif name == "RECONNECT":
        cluster.disconnected = tuple(each for each in cluster.disconnected if each != host)
        session.say(f"The machine {host} was reconnected to the cluster.")
    else:
        remove(session, cluster, host)
        session.say(f"The machine {host} was removed from the cluster.")


def remove(session: Session, cluster: Cluster, host: str) -> None:
    """Take a machine out; it keeps as its own what was in force for it."""
    box = session.pair.appliances[host]
    flat = {field.name: box.in_force(field.name) for field in fields(Settings)}
    box.levels = {str(box.own_mode): Settings(**flat)}
    del cluster.members[host]
    cluster.levels.pop(str(box.own_mode), None)
    session.pending = {}
    if session.host == host:
        session.mode = box.own_mode
    elif session.mode == box.own_mode:
        session.mode = Mode("machine", session.host)
