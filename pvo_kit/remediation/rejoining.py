"""The last resort of scenario 6: remove a machine from the cluster and let it join again.

Sources: the technote (the way), user guides 8.0 and 9.1.2 (removal is permanent, what joining
overwrites, no commit), public CLI test code (the order of the questions; a pre-shared key is asked
for from AsyncOS 11), the article on clusters (versions, certificates).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from pvo_kit.case import Case, newest
from pvo_kit.facts import Membership
from pvo_kit.remediation import boxes, seen, values
from pvo_kit.remediation.boxes import Box, Mode
from pvo_kit.remediation.remedy import Remedy, Step
from pvo_kit.remediation.values import Refused

REMOVE = seen.Pattern("clusterconfig", r"machine\s+to\s+remove")
JOIN = seen.Pattern("clusterconfig", r"(?:join\s+or\s+create|configure\s+as\s+standalone)")
OVER_SSH = "Join an existing cluster over SSH"
ANY = "<machine>"
PEER = "<address of a machine that stays in the cluster>"


def ways(case: Case, overrides: Sequence[tuple[Box, Mode]], *, known: bool) -> list[Remedy]:
    """Return removal and re-join of each machine that has settings of its own.

    Nothing where only a group has: a machine that comes back into it inherits them again. Where no
    override is known (``known`` is False), the machine is left to be filled in.
    """
    own = list(dict.fromkeys(box for box, mode in overrides if mode[0] == "machine"))
    if not known:
        own = [replace(box, host=ANY, hidden="") for box in own[:1]]
    return [_remedy(case, own)] if own else []


def _remedy(case: Case, members: Sequence[Box]) -> Remedy:
    return Remedy(
        title="Last resort: remove the machine from the cluster and let it join again",
        when="Only where moving the settings does not work or their owner wants none of them.",
        appliance=tuple(box.name for box in members),
        precondition=(
            "A file of saveconfig that can be loaded again (passphrases encrypted or plain, not "
            "masked) of this machine is kept elsewhere; without it there is no way back.",
            "The passphrase of the user admin: nobody else can let a machine join.",
            "A change window: the machine runs alone between the two steps.",
            "The same AsyncOS build on all members, DNS names (or addresses) of all members, and "
            "at most 20 members.",
            "Machine-level certificates are exported.",
        ),
        steps=tuple(step for box in members for step in _steps(case, box)),
        effect="At once, without a commit: the machine leaves with the settings in force, then "
               "takes over those of the cluster.",
        risk="Irreversible. Joining overwrites all settings of the machine that are not its "
             "network's, users and passphrases included; certificates of the machine's own level "
             "are lost.",
        verify=("clusterconfig list and connstatus: the machine is listed and connected.",
                "The commands and pages of the other remedies: nothing is overridden."),
        rollback=("There is no way back, except with the loadable file: REMOVEMACHINE again, then "
                  "loadconfig on the machine.",),
    )  # fmt: skip


def _steps(case: Case, box: Box) -> Iterator[Step]:
    cluster = boxes.cluster(case)
    yield from boxes.switch(box.prompt, box.mode, cluster)
    yield Step(boxes.prompt(cluster), "clusterconfig")
    yield Step("[]> ", "REMOVEMACHINE", asks="Choose the operation you want to perform:")
    yield seen.pick(case, box.host, REMOVE, box.host, "Choose the machine to remove.")
    yield Step("[N]> ", "Y", asks="Whether to continue (it cannot be undone)")
    yield from _join(case, box)


def _join(case: Case, box: Box) -> Iterator[Step]:
    yield Step(f"{box.host}> ", "clusterconfig", note="log in to the machine itself")
    yield seen.pick(case, box.host, JOIN, OVER_SSH, "Do you want to join or create a cluster?")
    yield Step("[N]> ", "", asks="Whether to enable the Cluster Communication Service")
    yield Step("[]> ", PEER, asks="Enter the IP address of a machine in the cluster.")
    yield Step(
        "[22]> ", "", asks="Enter the remote port to connect to (the normal admin ssh port)."
    )
    if box.since(11):
        yield Step("[N]> ", "", asks="Whether to join with a pre-shared key")
    yield Step("[admin]> ", "", asks="Enter the name of an administrator on the remote machine.")
    yield Step("Enter passphrase: ", "<passphrase>", note="it is not shown; keep it out of tickets")
    yield Step(
        "[Y]> ",
        "",
        asks="Is this a valid key for this host?",
        note="compare the fingerprint with sshconfig on the other machine first",
    )
    group = _group(case, box.host)
    yield Step(seen.UNKNOWN, choose=group, asks="The group to join",
               note="not asked in a cluster of one group")  # fmt: skip


def _group(case: Case, host: str) -> str:
    """The machine's group by the newest member list."""
    for fact in newest(case.all(Membership))[-1:]:
        groups = dict(zip(fact.machines, fact.groups, strict=False))
        name = groups.get(host)
        checked = values.place_name(name) if name else Refused("", "is empty")
        if not isinstance(checked, Refused):
            return checked
    return "<group>"
