"""Which appliances to ask: ``[USER@]HOST[:PORT]`` as it is typed on the command line."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pvo_kit.errors import InputError
from pvo_kit.evidence import Role
from pvo_kit.remediation import values
from pvo_kit.remediation.values import Refused

USER = "admin"
"""The account of an appliance where neither the command line nor ``~/.ssh/config`` names one."""

_TARGET = re.compile(
    r"(?:(?P<user>[^@\s:]+)@)?(?:\[(?P<address>[^\[\]]+)\]|(?P<host>[^@\s:\[\]]+))(?::(?P<port>\d+))?"
)
_WITH_PASSWORD = re.compile(r"[^@\s,:]+:[^@\s,]+@")
_USER = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.@-]{0,63}")


@dataclass(frozen=True, slots=True)
class Target:
    """An appliance as it was named; ``user`` and ``port`` are None where it did not say."""

    role: Role
    host: str
    user: str | None = None
    port: int | None = None

    @property
    def name(self) -> str:
        """Its name in messages: the host, and the port where one was given."""
        host = f"[{self.host}]" if ":" in self.host and self.port else self.host
        return f"{host}:{self.port}" if self.port else host


def holds_password(text: str) -> bool:
    """Return True where somebody put a password before the host (USER:PASSWORD@HOST)."""
    return bool(_WITH_PASSWORD.search(text))


def parse(text: str, role: Role) -> Target:
    """Read ``[USER@]HOST[:PORT]``; IPv6 addresses with a port stand in square brackets."""
    if holds_password(text):
        raise InputError(
            f"--{role} holds a password, which is not repeated here; it may stand in the shell's "
            "history now. Give USER@HOST: the password is asked for, or taken from the keyring"
        )
    option = f"--{role} {text!r}"
    bare = values.address(text)
    if not isinstance(bare, Refused):
        return Target(role, bare)
    found = _TARGET.fullmatch(text)
    if not found:
        raise InputError(f"{option}: write it like admin@esa1.example.com:22")
    host = values.target(found["address"] or found["host"])
    if isinstance(host, Refused):
        raise InputError(f"{option}: the host {host.reason}; write it like esa1.example.com")
    port = values.port(found["port"]) if found["port"] else None
    if isinstance(port, Refused):
        raise InputError(f"{option}: the port {port.reason}; give a number from 1 to 65535")
    user = found["user"]
    if user and not _USER.fullmatch(user):
        raise InputError(f"{option}: {user!r} is no user name; write it like admin@HOST")
    return Target(role, host, user, int(port) if port else None)


def probed(text: str | None, targets: Sequence[Target]) -> str | None:
    """Return the SMA's address that probes name: as given, else the SMA's host; None for none.

    Raises InputError for an address that no probe may name.
    """
    from pvo_kit.collect.allowed import probe_address

    named = text or next((one.host for one in targets if one.role == "sma"), None)
    if named is None:
        return None
    address = probe_address(named)
    if isinstance(address, Refused):
        way_out = "give --sma-address with its address as the ESA reaches it"
        raise InputError(f"{named!r} {address.reason}; {way_out}")
    return address


def distinct(targets: list[Target]) -> tuple[Target, ...]:
    """Return the targets; raises InputError where one is named twice."""
    seen: set[tuple[str, int | None]] = set()
    for target in targets:
        key = (target.host.lower(), target.port)
        if key in seen:
            raise InputError(f"{target.name} is named twice; give each appliance once")
        seen.add(key)
    return tuple(targets)
