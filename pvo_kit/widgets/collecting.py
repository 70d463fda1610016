"""What the live panel's fields ask for, as a collection's targets and settings; and its words.

Nothing here connects to anything. A field's value is saved with the notebook, so what looks like a
secret is refused without being repeated.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pvo_kit.collect import missing, plan
from pvo_kit.collect.missing import Missing
from pvo_kit.collect.run import Settings
from pvo_kit.collect.targets import Target, distinct, parse, probed
from pvo_kit.errors import InputError
from pvo_kit.evidence import Evidence, Role
from pvo_kit.remediation import values
from pvo_kit.remediation.values import Refused

EVERYTHING, MISSING = "everything", "missing"
IN_CELL = "widgets.collect_here(opened)"
"""The cell that may ask for a password."""


@dataclass(frozen=True, slots=True)
class Fields:
    """The fields as they were filled in; ``what`` is everything, missing or a scenario's number."""

    esa: str = ""
    sma: str = ""
    known_hosts: str = ""
    key: str = ""
    agent: bool = True
    probe: bool = False
    sma_address: str = ""
    port: str = ""
    what: str = EVERYTHING


@dataclass(frozen=True, slots=True)
class Order:
    """Whom to ask, how, and what only a person can look up."""

    targets: tuple[Target, ...]
    settings: Settings
    by_hand: tuple[str, ...] = ()

    @property
    def steps(self) -> int:
        """How many steps of progress there will be, the log files left out."""
        settings = self.settings
        return sum(len(plan.steps(one.role, settings.options(one.role))) for one in self.targets)


def holds_key(text: str) -> bool:
    """Return True for a private key's own text, where its file's path belongs."""
    return "PRIVATE KEY" in text


def order(fields: Fields, evidence: Evidence) -> Order:
    """Return what the fields ask for; raises InputError where that cannot be."""
    targets = distinct(list(_targets(fields)))
    if not targets:
        raise InputError("No appliance was named; fill in ESA or SMA.")
    found = _topics(fields, evidence)
    named = fields.sma_address.strip()
    settings = Settings(
        topics=found.topics,
        probe=fields.probe,
        sma_address=probed(named or None, targets) if fields.probe or named else None,
        pvo_port=found.port or 7025,
        key=_path(fields.key),
        agent=fields.agent,
        known_hosts=_known_hosts(fields.known_hosts),
    )
    return Order(targets, settings, found.by_hand)


def _targets(fields: Fields) -> Iterator[Target]:
    roles: tuple[tuple[Role, str], ...] = (("esa", fields.esa), ("sma", fields.sma))
    for role, text in roles:
        for name in re.split(r"[\s,;]+", text.strip()):
            if name:
                yield parse(name, role)


def _topics(fields: Fields, evidence: Evidence) -> Missing:
    port = _port(fields.port)
    if fields.what == MISSING:
        found = missing.of(evidence, port)
        return Missing(found.topics, port or found.port, found.by_hand)
    if fields.what == EVERYTHING:
        return Missing({}, port)
    topics = plan.scenario_topics([int(fields.what)])
    return Missing({"esa": topics, "sma": topics}, port)


def _port(text: str) -> int | None:
    if not text.strip():
        return None
    port = values.port(text.strip())
    if isinstance(port, Refused):
        raise InputError(f"The quarantine's port {port.reason}; give a number from 1 to 65535.")
    return int(port)


def _path(text: str) -> Path | None:
    return Path(text.strip().strip("\"'")).expanduser() if text.strip() else None


def _known_hosts(text: str) -> Path | None:
    path = _path(text)
    if path and not path.is_file():
        raise InputError(f"Known hosts {path}: there is no such file; check it.")
    return path


_WORDS = {
    "run this in a terminal with --accept-new": "run pvo-kit collect --accept-new in a terminal",
    "(--key FILE)": "(Key file)",
    "(--key)": "(Key file)",
    "another with --key": "another Key file",
    "--no-agent takes a password": "without the tick at SSH agent a password is taken",
    "add --probe": "tick Probe",
    "add --sma or --sma-address": "fill in SMA, or SMA for probes",
    "--sma-address": "SMA for probes",
    "--known-hosts": "Known hosts",
    "--out ": "",
    "--esa ": "ESA ",
    "--sma ": "SMA ",
}


def in_panel_words(message: str) -> str:
    """Return a message of ``pvo-kit collect`` with the fields' labels in place of its options."""
    for option, label in _WORDS.items():
        message = message.replace(option, label)
    return message
