"""What may be chosen in a what-if: read from the evidence, ready for a menu."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from pvo_kit.evidence import Evidence
from pvo_kit.what_if.changes import Change


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
    raise NotImplementedError
