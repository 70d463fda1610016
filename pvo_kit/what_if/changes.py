"""The changes that a what-if may try: what a person would do, as plain values.

A change names what is changed and nothing of how; ``choices`` tells what may be chosen.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DeliverFrom:
    """Another default delivery interface of an ESA (scenario 3): a name, or ``Auto``."""

    host: str | None
    interface: str

    @property
    def told(self) -> str:
        """The change as a clause: ``mx.example.com delivered from Auto by default``."""
        return f"{self.host or 'the ESA'} delivered from {self.interface} by default"


@dataclass(frozen=True, slots=True)
class Ciphers:
    """Another outbound cipher string of an ESA, and perhaps another TLS method (scenario 4).

    ``method`` is written as ``sslconfig`` prints it (``tlsv1/tlsv1.2``); None keeps it.
    """

    host: str | None
    string: str
    method: str | None = None

    @property
    def told(self) -> str:
        """The change as a clause."""
        method = f" with the method {self.method}" if self.method else ""
        return f"{self.host or 'the ESA'} had the outbound cipher string {self.string}{method}"


@dataclass(frozen=True, slots=True)
class AddKey:
    """A feature key in use on a member of a cluster that lacks it (scenario 5).

    ``feature`` is a module's name as any release prints it, ``Data Loss Prevention``.
    """

    host: str
    feature: str

    @property
    def told(self) -> str:
        """The change as a clause."""
        return f"{self.host} had a key for {self.feature}"


@dataclass(frozen=True, slots=True)
class MoveSetting:
    """A setting moved from a machine or a group to the level of the cluster (scenario 6).

    ``setting`` is one of ``scenarios.setting_levels.COMMANDS`` (``message filters``, ``dlp``);
    ``host`` is the machine, or the name of the group, where it stands now.
    """

    setting: str
    host: str

    @property
    def told(self) -> str:
        """The change as a clause."""
        return f"the {self.setting} of {self.host} stood at the cluster's level"


Change = DeliverFrom | Ciphers | AddKey | MoveSetting
