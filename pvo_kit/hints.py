"""What a person tells where the evidence does not: roles of hosts, a year, the port."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from pvo_kit import appliances
from pvo_kit.diagnosis import check_port, diagnose
from pvo_kit.errors import InputError
from pvo_kit.evidence import Evidence, Role
from pvo_kit.findings import Diagnosis
from pvo_kit.interpretation import interpret
from pvo_kit.loading import load
from pvo_kit.progress import Told
from pvo_kit.sources import LIMITS, Limits

_MOST_NAMED = 10


@dataclass(frozen=True, slots=True)
class Hints:
    """What is told beside the evidence; the same hints and evidence give the same diagnosis.

    ``roles`` are pairs of host, in lower case, and role. ``year`` is that of log lines that name
    none. ``pvo_port`` is the quarantine's port.
    """

    roles: tuple[tuple[str, Role], ...] = ()
    year: int | None = None
    pvo_port: int | None = None

    def load(
        self,
        *paths: str | os.PathLike[str],
        limits: Limits = LIMITS,
        told: Told | None = None,
    ) -> Evidence:
        """Return the evidence of one escalation, read with these hints."""
        return load(*paths, roles=dict(self.roles), limits=limits, year=self.year, told=told)

    def diagnose(self, evidence: Evidence) -> Diagnosis:
        """Judge evidence that was read with these hints."""
        return diagnose(evidence, pvo_port=self.pvo_port)

    def given(self) -> dict[str, Any]:
        """Return the hints that were given, by the names of the parameters of ``load``."""
        named = {"roles": dict(self.roles), "year": self.year, "pvo_port": self.pvo_port}
        return {name: value for name, value in named.items() if value}


def hints(
    roles: Mapping[str, Role] | None = None, year: int | None = None, pvo_port: int | None = None
) -> Hints:
    """Return hints in one form; raise InputError for a year, a port or a role that cannot be."""
    check_port(pvo_port)
    if year is not None and not 0 < year < 10_000:
        raise InputError(f"{year} is no year; give one of four digits")
    for host, role in (roles or {}).items():
        if role not in ("esa", "sma"):
            raise InputError(f"{role} is no role of {host}; give esa or sma")
    known = {host.lower(): role for host, role in (roles or {}).items()}
    return Hints(tuple(sorted(known.items())), year, pvo_port)


def with_known_hosts(given: Hints, evidence: Evidence) -> tuple[Hints, Evidence]:
    """Return the hints less the roles of hosts that the evidence does not name, and it with them.

    The role of any other host would add an appliance to the case.
    """
    if not given.roles:
        return given, evidence
    hosts = _hosts(replace(evidence, roles=()))
    roles = tuple((host, role) for host, role in given.roles if host in hosts)
    return replace(given, roles=roles), replace(evidence, roles=roles)


def refuse_unknown_hosts(told: Hints, evidence: Evidence) -> None:
    """Raise InputError for the role of a host that the evidence does not name."""
    if not told.roles:
        return
    hosts = _hosts(replace(evidence, roles=()))
    for host, _ in told.roles:
        if host not in hosts:
            named = ", ".join(sorted(hosts)[:_MOST_NAMED]) or "none"
            raise InputError(f"no host {host} is in the evidence, which names {named}")


def _hosts(evidence: Evidence) -> set[str]:
    boxes = appliances.recognise(evidence, interpret(evidence)[0])
    return {box.host for box in boxes if box.host}
