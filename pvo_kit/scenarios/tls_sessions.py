"""The decided attempts at TLS with the SMA, from the mail log and from ``tlsverify``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from pvo_kit import tls
from pvo_kit.case import Case, newest
from pvo_kit.evidence import Citation, Moment
from pvo_kit.facts import TlsProbe
from pvo_kit.mail_logs import Connection

NO_CERTIFICATE = "no certificate from server"

Kind = Literal["anonymous", "success", "named", "other", "unclear"]


@dataclass(frozen=True, slots=True)
class Session:
    """A decided attempt at TLS with the SMA, and what it means for scenario 4.

    ``kind``: anonymous (no certificate came), success, named (no certificate although the suite is
    not anonymous), other (it failed for another reason), unclear (success with an anonymous suite).
    """

    kind: Kind
    moment: Moment
    citations: tuple[Citation, ...]
    told: str
    is_probe: bool


def sessions(case: Case, host: str | None) -> list[Session]:
    """Return the decided sessions of one ESA to the quarantine port, deliveries first."""
    links = [link for link in case.connections if link.appliance == host]
    found = [_of_delivery(link) for link in links]
    found += [_of_probe(probe) for probe in case.tls_probes(host)]
    return [session for session in found if session]


def last(every: Sequence[Session]) -> list[Session]:
    """Return the newest sessions.

    A log is in order, so of each file only the last delivery counts. ``tlsverify`` checks names
    more strictly than delivery does: a delivery's success outranks its other failures.
    """
    by_file = {session.moment.file: session for session in every if not session.is_probe}
    found = newest([*by_file.values(), *(session for session in every if session.is_probe)])
    delivered = any(session.kind == "success" and not session.is_probe for session in found)
    if delivered:
        return [item for item in found if not (item.is_probe and item.kind == "other")]
    return found


def decided(case: Case) -> bool:
    """Return True where any ESA's session with the SMA got as far as TLS."""
    hosts = {link.appliance for link in case.connections}
    hosts |= {probe.host for probe in case.tls_probes()}
    return any(sessions(case, host) for host in hosts)


def _of_delivery(link: Connection) -> Session | None:
    name = f"DCID {link.dcid}"
    if link.tls == "success":
        kind: Kind = "unclear" if tls.is_anonymous(link.tls_cipher or "") else "success"
        return Session(kind, link.moment, link.lines, f"{name} succeeded", is_probe=False)
    if link.tls == "failed":
        reason = link.tls_reason or "no reason given"
        kind = "anonymous" if NO_CERTIFICATE in reason.lower() else "other"
        return Session(kind, link.moment, link.lines, f"{name} failed: {reason}", is_probe=False)
    return None


def _of_probe(probe: TlsProbe) -> Session | None:
    kind = _probe_kind(probe, probe.cipher or "", (probe.reason or "").lower())
    if kind is None:
        return None
    told = f"tlsverify with {probe.cipher or 'no suite'}: {probe.reason or probe.outcome}"
    return Session(kind, probe.moment, probe.citations, told, is_probe=True)


def _probe_kind(probe: TlsProbe, suite: str, reason: str) -> Kind | None:
    if probe.outcome == "success":
        return "unclear" if tls.is_anonymous(suite) else "success"
    if probe.outcome != "failed":
        return None
    if tls.is_anonymous(suite) or (not suite and NO_CERTIFICATE in reason):
        return "anonymous"
    return "named" if NO_CERTIFICATE in reason else "other"
