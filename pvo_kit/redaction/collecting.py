"""What is somebody's by structure: hosts, accounts, names that the kit has read as such.

Patterns find an address anywhere; that ``esa1`` in a sentence is a host is known only because a
prompt said so. Names that are the appliance's own words (``Data 1``, ``Management``) are kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from pvo_kit.evidence import Evidence
from pvo_kit.facts import (
    Account,
    Connected,
    DeliveryChange,
    DeliveryInterface,
    Fact,
    Interface,
    MachineRemoved,
    Membership,
    PortProbe,
    Release,
    SettingLevel,
    Suspension,
    TlsProbe,
)
from pvo_kit.interpretation import interpret
from pvo_kit.network import to_address
from pvo_kit.redaction.lines import Kind
from pvo_kit.redaction.vocabulary import CONSTANTS, USERS, is_own, words

_LABELS = re.compile(r"[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*\.?")
_PARTS = re.compile(r"[^\W_]+")
_LOGIN = re.compile(r"\s*(?:login as:\s*|Using username \")(?P<user>[\w.-]+)")


@dataclass
class Known:
    """The values found by structure: what they are, and those that were kept with the reason."""

    kinds: dict[str, Kind] = field(default_factory=dict)
    kept: set[str] = field(default_factory=set)
    names: set[str] = field(default_factory=set)
    """Names of several words; they are replaced word by word."""

    def host(self, name: str | None) -> None:
        """Note a host, and its first label, by which people call it."""
        if not name or to_address(name) or not _LABELS.fullmatch(name):
            return
        known = name.lower().rstrip(".")
        if known in CONSTANTS:
            self.kept.add(known)
            return
        label = known.partition(".")[0]
        if "." in known:
            self.kinds[known] = "host"
        # A label that is a word (mail, mx, sma) is replaced where it stands for a host alone.
        if label in words() or len(label) < 2 or label.isdigit():
            self.kept.add(label)
        else:
            self.kinds.setdefault(label, "label")

    def user(self, name: str | None) -> None:
        """Note an account."""
        if name and (name.lower() in USERS or is_own(name)):
            self.kept.add(name)
        elif name:
            self.kinds.setdefault(name.lower(), "user")

    def serial(self, text: str | None) -> None:
        """Note a serial number of whatever form."""
        if text and any(sign.isdigit() for sign in text):
            self.kinds.setdefault(text.lower(), "serial")

    def place(self, text: str | None) -> None:
        """Note the name of a cluster or a group, which is somebody's even where it is a word."""
        if text and text.lower() not in CONSTANTS and all(map(is_own, _PARTS.findall(text))):
            self.kinds.setdefault(text.lower(), "place")
        self.name(text)

    def name(self, text: str | None) -> None:
        """Note the name of an interface, a listener, a role, a person, and its words."""
        parts = [each for each in _PARTS.findall(text or "") if not is_own(each)]
        telling = [each for each in parts if not each.isdigit()]
        for word in telling:
            self.kinds.setdefault(word.lower(), "name")
        if text:
            (self.names if telling else self.kept).add(text)


def collect(evidence: Evidence) -> Known:
    """Return what the evidence shows to be somebody's."""
    known = Known()
    for cut in evidence.transcripts:
        known.host(cut.host)
        if cut.level in ("group", "cluster"):
            known.place(cut.place)
    for link in evidence.connections:
        known.host(link.appliance)
        known.host(link.domain)
    for text in evidence.error_texts:
        known.place(text.cluster)
        for host in text.hosts:
            known.host(host)
    for seen in evidence.observations:
        known.host(seen.host)
        known.name(seen.by)
    for saved in evidence.configurations:
        known.host(saved.host)
    for lines in evidence.lines.values():
        for line in lines.values():
            if typed := _LOGIN.match(line):
                known.user(typed["user"])
    for fact in interpret(evidence)[0]:
        known.host(fact.host)
        _note(known, fact)
    return known


def _note(known: Known, fact: Fact) -> None:
    for host in _hosts(fact):
        known.host(host)
    for name in _names(fact):
        known.name(name)
    for place in _places(fact):
        known.place(place)
    if isinstance(fact, Account):
        known.user(fact.user)
    if isinstance(fact, Release):
        known.serial(fact.serial)


def _hosts(fact: Fact) -> Iterator[str | None]:
    if isinstance(fact, Membership):
        yield from fact.machines
    elif isinstance(fact, Connected | MachineRemoved):
        yield fact.machine
    elif isinstance(fact, Interface):
        yield fact.hostname
    elif isinstance(fact, PortProbe):
        yield fact.target
    elif isinstance(fact, TlsProbe):
        yield from (fact.domain, fact.target)
    elif isinstance(fact, SettingLevel) and fact.at == "machine":
        yield fact.name


def _names(fact: Fact) -> Iterator[str | None]:
    if isinstance(fact, Interface | DeliveryInterface | DeliveryChange):
        yield fact.name
    elif isinstance(fact, Suspension):
        yield from fact.listeners
    elif isinstance(fact, Account):
        yield from fact.groups


def _places(fact: Fact) -> Iterator[str | None]:
    if isinstance(fact, Membership):
        yield from (fact.cluster, *fact.groups)
    elif isinstance(fact, SettingLevel) and fact.at != "machine":
        yield fact.name
