"""Joining a cluster from a machine that stands alone: the questions in their public order.

The machine keeps its network; everything else, users and passphrases too, becomes the cluster's.
It is done at once, without a commit.
"""

from __future__ import annotations

from dataclasses import replace

from pvo_kit.simulator.commands import asking
from pvo_kit.simulator.network import SSH, connect
from pvo_kit.simulator.pair import Appliance, Cluster
from pvo_kit.simulator.session import Dialogue, Secret, Session
from pvo_kit.simulator.settings import AUTO, NETWORK, Mode, Settings

_CHOICES = (
    "No, configure as standalone.",
    "Create a new cluster.",
    "Join an existing cluster over SSH.",
    "Join an existing cluster over CCS.",
)
_SHARED_KEY_SINCE = (11,)
_AT_ONCE = "Joining a cluster takes effect immediately, there is no need to commit."
_FINGERPRINT = "3f:1c:0d:9e:52:aa:41:70:00:6b:de:ad:be:ef:12:34"


def join(session: Session) -> Dialogue:
    """Ask whether to join or create a cluster, and do it."""
    box = session.box
    session.say("Do you want to join or create a cluster?")
    choice = yield from asking.pick(session, _CHOICES)
    if choice == 0:
        return
    if choice == 1 and session.pair.cluster and session.pair.cluster.members:
        session.say("A second cluster is not simulated.")
        return
    if choice == 1:
        name = yield from asking.value(session, "Enter the name of the new cluster.", "Main")
        _create(box, name)
        session.mode = Mode("cluster", name)
        return
    if session.user.name != "admin":
        session.say("Only the user admin can join a cluster.")
        return
    if choice == 2:
        question = (f"Do you want to enable the Cluster Communication Service on {box.host}? "
                    "[N]> ")  # fmt: skip
        yield from asking.yes(session, question)
        session.say("")
    peer = yield from _peer(session)
    if peer is None:
        return
    yield from _log_in(session)
    if peer.version != box.version:
        session.say("Failed to join the cluster.",
                    f"Error was: \"Cannot join the cluster as the machine version {box.version} is "
                    f"not {peer.version}.\"")  # fmt: skip
        return
    yield from _enter(session, peer)


def _create(box: Appliance, name: str) -> None:
    own = box.levels[str(box.own_mode)]
    network = {each: getattr(own, each) for each in NETWORK}
    shared = replace(own, **dict.fromkeys(NETWORK))
    box.pair.cluster = Cluster(name, {box.host: "Main_Group"}, {
        f"Cluster {name}": shared, str(box.own_mode): Settings(**network)})  # fmt: skip


def _peer(session: Session) -> asking.Asking[Appliance | None]:
    """Ask for a machine of the cluster until one is reached that belongs to it."""
    while True:
        address = yield from asking.value(
            session, "Enter the IP address of a machine in the cluster."
        )
        if not address:
            return None
        question = "Enter the remote port to connect to. This must be the normal admin ssh port."
        port = yield from asking.number(session, question, SSH)
        attempt = connect(session.box, AUTO, address, port)
        if attempt.outcome == "connected" and attempt.peer and attempt.peer.clustered:
            return attempt.peer
        session.say("Failed to join the cluster.", 'Error was: "Unexpected EOF on connect"')


def _log_in(session: Session) -> Dialogue:
    if session.box.release >= _SHARED_KEY_SINCE:
        yield from asking.yes(session, "Would you like to join with a pre-shared key? [N]> ")
        session.say("")
    yield from asking.value(
        session, "Enter the name of an administrator present on the remote machine", "admin"
    )
    yield Secret("Enter passphrase: ")
    session.say("", _FINGERPRINT)
    yield from asking.yes(session, "Is this a valid key for this host? [Y]> ")
    session.say("")


def _enter(session: Session, peer: Appliance) -> Dialogue:
    box, cluster = session.box, session.pair.cluster
    if cluster is None:
        return
    group = cluster.groups[0]
    if len(cluster.groups) > 1:
        session.say("Choose the group to join.")
        group = cluster.groups[(yield from asking.pick(session, cluster.groups))]
    network = {each: getattr(box.levels[str(box.own_mode)], each) for each in NETWORK}
    cluster.members[box.host] = group
    cluster.levels[str(box.own_mode)] = Settings(**network)
    box.levels = {}
    box.users = dict(peer.users)
    session.pending = {}
    session.mode = Mode("cluster", cluster.name)
    session.say(f"Joining cluster group {group}.", _AT_ONCE)
