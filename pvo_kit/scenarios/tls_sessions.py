"""The decided attempts at TLS with the SMA, from the mail log and from ``tlsverify``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from pvo_kit import tls
from pvo_kit.case import Case, newest
from pvo_kit.evidence import Citation, Moment
from pvo_kit.facts import Interface, TlsProbe
from pvo_kit.mail_logs import Connection

NO_CERTIFICATE = "no certificate from server"

OTHER_CAUSES = (
    (
        ("expired", "not yet valid", "self signed", "self-signed", "issuer", "hostname",
         "host name", "mismatch", "unknown ca", "bad certificate", "verify failed"),
        "the SMA's certificate (E7): renew or replace it on the SMA",
    ),
    (("starttls",), "a middlebox that rewrites SMTP, or STARTTLS off on the SMA (E4)"),
    (
        ("no shared cipher", "handshake failure"),
        "no common cipher after hardening (E6): compare sslconfig on both boxes",
    ),
    (
        ("protocol", "wrong version"),
        "no common TLS version (E5): compare sslconfig methods on both boxes",
    ),
    (("reset", "timed out", "eof"), "the connection broke during the handshake (E2, E4)"),
)  # fmt: skip
"""Words of a failure's reason and what they point to; the first that fits counts."""

Kind = Literal["anonymous", "success", "named", "unverified", "other", "unclear"]


@dataclass(frozen=True, slots=True)
class Session:
    """A decided attempt at TLS with the SMA, and what it means for scenario 4.

    ``kind``: anonymous (no certificate came), success, named (no certificate although the suite is
    not anonymous), unverified (``tlsverify`` did not like the certificate that came), other (it
    failed for another reason), unclear (success with an anonymous suite).
    """

    kind: Kind
    moment: Moment
    citations: tuple[Citation, ...]
    told: str
    address: str | None
    is_probe: bool

    @property
    def cause(self) -> str:
        """What a failure of another kind points to."""
        text = self.told.lower()
        causes = (cause for words, cause in OTHER_CAUSES if any(word in text for word in words))
        return next(causes, "sslconfig and the certificate on both boxes (E5 to E8)")


def sessions(case: Case, host: str | None) -> list[Session]:
    """Return the decided sessions of one ESA to the quarantine port, deliveries first.

    Where the SMA's own addresses are known, a port alone is not enough.
    """
    links = [link for link in case.connections if link.appliance == host]
    tried = [of_delivery(link) for link in links]
    tried += [of_probe(probe) for probe in case.tls_probes(host)]
    found = [session for session in tried if session]
    own = _interfaces(case)
    return [session for session in found if session.address in own] or found


def _interfaces(case: Case) -> set[str]:
    """The SMAs' own addresses; none where an SMA's are not known."""
    listed = {box.host: case.all(Interface, box.host) for box in case.boxes("sma")}
    if not all(listed.values()):
        return set()
    return {str(item.address.ip) for items in listed.values() for item in items if item.address}


def last(every: Sequence[Session]) -> list[Session]:
    """Return the newest sessions.

    ``tlsverify`` checks certificates more strictly than delivery does: where delivery works, what
    only ``tlsverify`` does not like is left out.
    """
    deliveries = newest([session for session in every if not session.is_probe])
    if deliveries and all(session.kind == "success" for session in deliveries):
        every = [session for session in every if session.kind != "unverified"]
    return newest(every)


def of_delivery(link: Connection) -> Session | None:
    """Return the session that a delivery was, None where it did not get as far as TLS."""
    reason = link.tls_reason or "no reason given"
    if link.tls == "success":
        kind: Kind = "unclear" if tls.is_anonymous(link.tls_cipher or "") else "success"
        told = f"DCID {link.dcid} succeeded"
    elif link.tls == "failed":
        kind = "anonymous" if NO_CERTIFICATE in reason.lower() else "other"
        told = f"DCID {link.dcid} failed: {reason}"
    else:
        return None
    return Session(kind, link.moment, link.lines, told, link.address, is_probe=False)


def of_probe(probe: TlsProbe) -> Session | None:
    """Return the session that a ``tlsverify`` was, None where it was cut or got no connection."""
    kind = _probe_kind(probe, probe.cipher or "", (probe.reason or "").lower())
    if kind is None:
        return None
    told = f"tlsverify with {probe.cipher or 'no suite'}: {probe.reason or probe.outcome}"
    address = probe.address or probe.target
    return Session(kind, probe.moment, probe.citations, told, address, is_probe=True)


def _probe_kind(probe: TlsProbe, suite: str, reason: str) -> Kind | None:
    if probe.outcome == "success":
        return "unclear" if tls.is_anonymous(suite) else "success"
    if probe.outcome != "failed":
        return None
    if tls.is_anonymous(suite) or (not suite and NO_CERTIFICATE in reason):
        return "anonymous"
    if NO_CERTIFICATE in reason:
        return "named"
    return "unverified" if suite else "other"
