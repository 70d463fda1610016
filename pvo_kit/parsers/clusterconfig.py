"""``clusterconfig``: who belongs to the cluster, who is connected, who was removed.

::

    Cluster Main
    ============
    Group Main_Group:
        Machine esa1.example.com (Serial #: 000C29AAAAAA-AAAAAAA)
        Machine esa2.example.com (Serial #: 000C29BBBBBB-BBBBBBB)

A machine outside a cluster is asked ``1. No, configure as standalone.`` ``2. Create a new
cluster.`` and so on. The list's form is from memory, the stand-alone menu and the batch forms
``list``, ``connstatus``, ``removemachine M`` from public CLI test code; of ``connstatus`` only
its words are known, so any line that names a machine and one of them is read.
"""

from __future__ import annotations

import re

from pvo_kit.facts import Connected, Fact, MachineRemoved, Membership, StandAlone
from pvo_kit.parsers.dialogue import Question, entry_name, questions
from pvo_kit.parsers.reading import Reading
from pvo_kit.parsers.refusals import is_refused

_HOST = r"[A-Za-z0-9][\w-]{0,62}(?:\.[\w-]{1,63}){1,9}"
_CLUSTER = re.compile(r"^[ \t]*Cluster\s+(?P<name>\S[^\n]*?)[ \t]*\n\s*=+[ \t]*$", re.M)
_MEMBER = re.compile(
    r"^[ \t]*(?:Group\s+(?P<group>\S[^\n:]*?):[ \t]*$|"
    r"Machine\s+(?P<machine>\S+)\s*(?:\(Serial\b[^\n]*|\(\w[^\n]*|[ \t]*$))",
    re.M,
)
_CONNECTION = re.compile(
    rf"^[ \t]*(?:\d+\.\s+)?(?:Machine\s+)?(?P<machine>{_HOST})\b"
    r"(?:[^\n]|\n\s*(?=\(|is\b|connected|disconnected|not\b))*?"
    r"\b(?P<no>not\s+|dis)?connected\b[^\n]*$",
    re.M | re.I,
)
_STAND_ALONE = re.compile(r"^[ \t]*1\.\s+No,\s+configure\s+as\s+stand-?alone[^\n]*$", re.M | re.I)
_FAILED = re.compile(r"ailed\s+to\s+join|annot\s+join", re.I)
_CHOICE = re.compile(r"configure\s+as\s+stand-?alone", re.I)
# What the dialogue of joining or removing says beside: nothing that a scenario needs.
_SAID = (
    r"Cluster \S+", r"Do you want to (?:join|create).*", r"Failed to join.*", r"Error was:.*",
    r"Cannot join.*", r"Joining .*", r"Joined .*", r"Is this a valid key.*", r"WARNING.*",
    r"The machine .*", r"(?:To join|SSH host key) .*", r"Enter passphrase:?",
    r"[0-9a-f]{2}(?::[0-9a-f]{2}){7,}",
    r"\S.*(?:takes? effect immediately|pending changes that|pre-?shared key|annot join the|"
    r"resynchroni[sz]ed with the cluster|joined the cluster).*",
)  # fmt: skip
_JOINING = re.compile(rf"^[ \t]*(?:{'|'.join(_SAID)})[ \t]*$", re.M | re.I)


def parse(reading: Reading) -> list[Fact]:
    """Read one run, interactive or batch."""
    reading.skip(_JOINING)
    facts: list[Fact] = [*_membership(reading), *_connections(reading)]
    menu = reading.search(_STAND_ALONE)
    if menu and not _joined(reading):
        facts.append(StandAlone(**reading.origin(menu)))
    return facts + list(_removed(reading))


def _membership(reading: Reading) -> list[Membership]:
    cluster = reading.search(_CLUSTER)
    members = list(reading.finditer(_MEMBER))
    group = ""
    machines: dict[str, str] = {}
    for member in members:
        group = member["group"] or group
        if member["machine"]:
            machines.setdefault(member["machine"].rstrip(".,:").lower(), group)
    if not machines:
        return []
    matches = [match for match in (cluster, *members) if match]
    name = cluster["name"] if cluster else None
    return [Membership(cluster=name, machines=tuple(machines), groups=tuple(machines.values()),
                       **reading.origin(*matches))]  # fmt: skip


def _connections(reading: Reading) -> list[Connected]:
    return [Connected(machine=match["machine"].lower(), connected=not match["no"],
                      **reading.origin(match))
            for match in reading.finditer(_CONNECTION)]  # fmt: skip


def _joined(reading: Reading) -> bool:
    """The answer to the stand-alone menu made or joined a cluster, as far as can be seen."""
    asked = [each for each in questions(reading.transcript) if each.asks(_CHOICE)]
    took = bool(asked) and asked[-1].value in ("2", "3", "4")
    return took and not _FAILED.search(reading.text)


def _removed(reading: Reading) -> list[MachineRemoved]:
    words = reading.arguments.split()
    batch = bool(words) and words[0].lower() == "removemachine"
    asked = list(questions(reading.transcript))
    start = next((index for index, each in enumerate(asked)
                  if each.answer.typed.lower() == "removemachine"), None)  # fmt: skip
    if start is None and not batch:
        return []
    after = asked if start is None else asked[start:]
    if _declined(after) or is_refused(reading):
        return []
    picked = (each.chosen for each in after[1:] if each.value.lower() not in ("y", "yes"))
    name = words[1] if batch and len(words) > 1 else next(filter(None, picked), None)
    if start is not None and len(after) == 1:
        return []  # chosen from the menu, but cut before a machine was
    cited = tuple(each.answer.citation for each in after)
    origin = reading.origin(citations=(*reading.transcript.cite_prompt(), *cited))
    return [MachineRemoved(machine=entry_name(name).lower() if name else None, **origin)]


def _declined(asked: list[Question]) -> bool:
    return any(each.value.lower() in ("n", "no") or "^C" in each.answer.typed for each in asked)
