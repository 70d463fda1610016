"""Which TLS sessions of an ESA a new outbound string outdates, and what stays true of them.

What TLS ended in under the old string is older than the change. A session is kept only where the
new string would end it the same way: a failure for want of a certificate where the anonymous suite
in question would still be offered, a failure that no string decides (a certificate that came and
was bad), a success in TLS 1.3, whose suites no string touches. Of the others one thing stays true:
the port had answered.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from pvo_kit.case import Case, newest
from pvo_kit.evidence import Moment
from pvo_kit.facts import Interface, PortProbe, TlsProbe
from pvo_kit.mail_logs import Connection
from pvo_kit.scenarios.tls_sessions import Session, last, of_delivery, of_probe, sessions
from pvo_kit.what_if.altering import with_facts

_BY_STRING = ("E6", "E5 to E8")
"""Causes of a failure that another string may mend, or that nobody knows."""

_TLS_1_3 = ("TLS_AES_", "TLS_CHACHA20_")


@dataclass(frozen=True, slots=True)
class Strings:
    """The anonymous suites that the old string left (None: not known) and that the new one leaves.

    ``latest`` are the moments of the newest sessions: the old string is theirs.
    """

    left_before: frozenset[str] | None
    left_after: frozenset[str]
    latest: frozenset[Moment]

    def keep(self, session: Session, suite: str | None) -> bool:
        """Return whether a session would end the same way under the new string."""
        if session.kind == "success":
            return (suite or "").startswith(_TLS_1_3)
        if session.kind not in ("anonymous", "unclear"):
            return not any(cause in session.cause for cause in _BY_STRING)
        # A session that ended otherwise since, with the suite still on offer, takes it back.
        before = self.left_before or frozenset()
        if session.moment not in self.latest and (suite is None or suite in before):
            return False
        if suite:
            return suite in self.left_after
        return bool(before) and before <= self.left_after


def without_outdated(
    case: Case, host: str | None, before: Sequence[str] | None, after: Sequence[str]
) -> Case:
    """Return the case without the sessions of an ESA that the new string may end otherwise."""
    strings = Strings(
        None if before is None else frozenset(before),
        frozenset(after),
        frozenset(session.moment for session in last(sessions(case, host))),
    )
    probes = [
        probe
        for probe in case.tls_probes(host)
        if (session := of_probe(probe)) and not strings.keep(session, probe.cipher)
    ]
    links = [
        link
        for link in case.connections
        if link.appliance == host
        and (session := of_delivery(link))
        and not strings.keep(session, link.tls_cipher)
    ]
    gone = {id(link) for link in links}
    answered = [
        *(_answer(case, host, probe) for probe in probes),
        *(_answer(case, host, link) for link in _newest_each(links)),
    ]
    kept = tuple(link for link in case.connections if id(link) not in gone)
    return replace(with_facts(case, answered, probes), connections=kept)


def _answer(case: Case, host: str | None, item: TlsProbe | Connection) -> PortProbe:
    """What stays true of a session that reached TLS: the port had answered with 220."""
    own = [each.name for each in case.all(Interface, host)
           if each.address and str(each.address.ip) == item.interface]  # fmt: skip
    return PortProbe(
        interface=own[-1] if own else None,
        target=item.address,
        port=case.port,
        outcome="banner",
        address=item.address,
        host=host,
        moment=item.moment,
        citations=item.lines if isinstance(item, Connection) else item.citations,
    )


def _newest_each(links: Sequence[Connection]) -> list[Connection]:
    """The newest deliveries from each interface to each address."""
    ways: dict[tuple[str | None, str | None], list[Connection]] = {}
    for link in links:
        ways.setdefault((link.interface, link.address), []).append(link)
    return [link for each in ways.values() for link in newest(each)]
