"""What a session has told so far, as far as the commands that follow need it. Pure.

Everything here came from an appliance, so it is a stranger's text: a name is kept only where it
satisfies its own syntax, and goes into a command only through ``allowed``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from pvo_kit import sessions
from pvo_kit.collect import allowed
from pvo_kit.collect.endings import Ending
from pvo_kit.evidence import Transcript
from pvo_kit.facts import (
    DeliveryInterface,
    Fact,
    LogSubscription,
    Membership,
    PendingChanges,
    Release,
)
from pvo_kit.parsers import clusterconfig, deliveryconfig, logs, showchanges, version
from pvo_kit.parsers.reading import Reading

LOG = "mail_logs"
"""The mail log where ``logconfig`` tells none."""

_PARSERS: dict[str, Callable[[Reading], Sequence[Fact]]] = {
    "clusterconfig": clusterconfig.parse,
    "deliveryconfig": deliveryconfig.parse,
    "logconfig": logs.parse_subscriptions,
    "showchanges": showchanges.parse,
    "version": version.parse,
}
_MAIL_LOG = re.compile(r"(?:IronPort\s+)?Text\s+Mail\s+Logs?", re.I)
_SERIAL = re.compile(
    r"^[ \t]*Machine\s+(?P<machine>\S+)\s+\(Serial\s*#?:?\s*(?P<serial>[\w-]+)\)", re.M
)
_LOGS = 2
"""Mail logs searched at most: a box has one, and sometimes a second at another level."""


@dataclass(frozen=True, slots=True)
class Learnt:
    """``given`` is the host's name as the user typed it; the rest is what the box printed.

    ``clustered`` tells that the prompt is a cluster's; ``machine`` and ``group`` are this box's own
    (None: not known). ``dcids`` are the connections found by grep, by log, oldest first.
    ``pending`` is what ``showchanges`` said first.
    """

    given: str
    clustered: bool = False
    machine: str | None = None
    group: str | None = None
    members: tuple[str, ...] = ()
    serial: str | None = None
    logs: tuple[str, ...] = ()
    interface: str | None = None
    dcids: tuple[tuple[str, int], ...] = ()
    pending: bool | None = None

    def at(self, prompt: Ending) -> Learnt:
        """Return it with what the prompt tells."""
        if prompt.level == "machine":
            return replace(self, clustered=True, machine=self.machine or prompt.place)
        return replace(self, clustered=self.clustered or prompt.level is not None)

    @property
    def mail_logs(self) -> tuple[str, ...]:
        """The logs to search: of several the one with the usual name first.

        ``error_logs`` is of the same type, but holds no connection.
        """
        names = [name for name in self.logs if name != "error_logs" and allowed.is_log(name)]
        return tuple(sorted(names, key=lambda name: name != LOG)[:_LOGS]) or (LOG,)


def learn(learnt: Learnt, lines: Sequence[str]) -> Learnt:
    """Return what is known after an answer (its lines, the prompt's with the command first)."""
    for cut in sessions.split("", sessions.rows(lines)):
        parser = _PARSERS.get(cut.verb)
        if parser:
            for fact in parser(Reading(cut)):
                learnt = _with(learnt, fact)
        if cut.verb == "clusterconfig":
            learnt = _own(learnt, cut)
        if cut.verb == "grep":
            learnt = replace(learnt, dcids=tuple(dict.fromkeys([*learnt.dcids, *_dcids(cut)])))
    return learnt


def _with(learnt: Learnt, fact: Fact) -> Learnt:
    if isinstance(fact, DeliveryInterface):
        return replace(learnt, interface=fact.name)
    if isinstance(fact, LogSubscription) and _MAIL_LOG.fullmatch(fact.kind):
        return replace(learnt, logs=tuple(dict.fromkeys([*learnt.logs, fact.name])))
    if isinstance(fact, PendingChanges) and learnt.pending is None:
        return replace(learnt, pending=fact.pending)
    if isinstance(fact, Release) and fact.serial:
        return replace(learnt, serial=fact.serial)
    if isinstance(fact, Membership):
        groups = dict(zip(fact.machines, fact.groups, strict=False))
        machine = learnt.machine or _by_name(learnt.given, fact.machines)
        group = groups.get((machine or "").lower()) or learnt.group
        return replace(learnt, members=fact.machines, machine=machine, group=group)
    return learnt


def _by_name(given: str, machines: Sequence[str]) -> str | None:
    """The member that was meant: by its name, or the only one."""
    if len(machines) == 1:
        return machines[0]
    return next((name for name in machines if name == given.lower()), None)


def _own(learnt: Learnt, cut: Transcript) -> Learnt:
    """Find this box among the members by its serial number, where its name did not tell."""
    if learnt.machine or not learnt.serial:
        return learnt
    for match in _SERIAL.finditer(cut.text):
        if match["serial"] == learnt.serial:
            known = replace(learnt, machine=match["machine"].lower())
            return learn(known, [row.text for row in cut.rows])
    return learnt


_SEARCHED = re.compile(r'grep\s+"port:?\s+(?P<port>\d+)"\s+(?P<log>\S+)', re.I)
_NEW = re.compile(r"\bNew\s+SMTP\s+DCID\s+(?P<dcid>[1-9]\d{0,17})\b[^\n]*\bport\s+(?P<port>\d+)\b")


def _dcids(cut: Transcript) -> Iterator[tuple[str, int]]:
    searched = _SEARCHED.search(cut.command)
    if searched:
        for match in _NEW.finditer(cut.text):
            if match["port"] == searched["port"]:
                yield searched["log"], int(match["dcid"])
