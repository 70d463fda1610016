"""What may be chosen in a what-if: read from the evidence, ready for a menu."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from pvo_kit import case as cases
from pvo_kit.case import Case
from pvo_kit.evidence import Evidence
from pvo_kit.remediation import boxes
from pvo_kit.remediation.ciphers import proposals
from pvo_kit.scenarios import cipher_strings, key_tables
from pvo_kit.scenarios.setting_levels import Levels
from pvo_kit.what_if import ciphers, interfaces, settings
from pvo_kit.what_if.changes import AddKey, Change, Ciphers, DeliverFrom, MoveSetting


@dataclass(frozen=True, slots=True)
class Option:
    """An entry of a menu: its text, the change that it stands for, and whether it is so now."""

    label: str
    change: Change
    current: bool = False


@dataclass(frozen=True, slots=True)
class CipherChoice:
    """The outbound string and method of an ESA as last read or set, and strings to offer.

    ``string`` is None where the evidence does not hold it. ``proposals`` leave no anonymous suite
    in any release.
    """

    string: str | None
    method: str | None
    proposals: tuple[Option, ...] = ()


@dataclass(frozen=True, slots=True)
class Choices:
    """What may be chosen: by host, except ``settings``. Empty where the evidence tells nothing.

    ``interfaces``: ``Auto`` and the listed interfaces of each ESA. ``ciphers``: of each ESA.
    ``keys``: every module that any member has a key for, ``current`` where this one may use it.
    ``settings``: each setting with a configuration of its own below the quarantines' level.
    """

    interfaces: Mapping[str | None, tuple[Option, ...]] = field(default_factory=dict)
    ciphers: Mapping[str | None, CipherChoice] = field(default_factory=dict)
    keys: Mapping[str, tuple[Option, ...]] = field(default_factory=dict)
    settings: tuple[Option, ...] = ()


def choices(evidence: Evidence, pvo_port: int | None = None) -> Choices:
    """Return what may be chosen for this evidence."""
    case = cases.build(evidence, pvo_port)
    return Choices(
        {host: tuple(_interfaces(case, host)) for host in case.esas},
        {host: _ciphers(case, host) for host in ciphers.hosts_of(case)},
        {host: options for host in key_tables.compared(case)
         if (options := tuple(_keys(case, host)))},
        tuple(_settings(case)),
    )  # fmt: skip


def _interfaces(case: Case, host: str | None) -> Iterator[Option]:
    now = interfaces.default(case, host)
    listed = {item.name.lower(): item for item in interfaces.listed(case, host)}
    for name in interfaces.known(case, host):
        item = listed.get(name.lower())
        label = f"{name} ({item.address})" if item and item.address else name
        current = now is not None and now.name.lower() == name.lower()
        yield Option(label, DeliverFrom(host, name), current)


def _ciphers(case: Case, host: str | None) -> CipherChoice:
    string = cipher_strings.outbound(case, host, cipher_strings.changes(case, host))
    setting = ciphers.setting_of(case, host)
    now = string.ciphers if string else None
    # What was typed since is no ground to start from: the sessions know the string before.
    base = ciphers.before(case, host)
    offers = proposals(base.ciphers if base else None, boxes.release(case, host, "esa"))
    return CipherChoice(
        now,
        setting.method if setting else None,
        tuple(
            Option(f"{each.name}: {each.string}", Ciphers(host, each.string), each.string == now)
            for each in offers
        ),
    )


def _keys(case: Case, host: str) -> Iterator[Option]:
    tables = key_tables.current(case)
    labels = {row.name: row.label for table in tables.values() for row in table.keys}
    for name, label in sorted(labels.items()):
        row = key_tables.key(tables[host], name) if host in tables else None
        yield Option(label, AddKey(host, label), row is not None and row.state == "active")


def _settings(case: Case) -> Iterator[Option]:
    levels = Levels(case)
    for cell in settings.movable(levels):
        if levels.is_below(cell):
            setting, level, name = cell
            yield Option(f"{setting} at {level} {name}", MoveSetting(setting, name))
