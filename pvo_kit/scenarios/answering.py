"""Whether the SMA's quarantine port answers, by the tests and deliveries of all ESAs together."""

from __future__ import annotations

from pvo_kit.case import Case, newest
from pvo_kit.facts import PortProbe, TlsProbe
from pvo_kit.mail_logs import Connection
from pvo_kit.mail_logs.relevance import OTHER_PORTS

SILENT = ("timeout", "no-route")

Attempt = PortProbe | TlsProbe | Connection


def answers(case: Case) -> list[Attempt]:
    """Return the newest proofs of each kind that the port answers: a 220, or a word of TLS.

    A refusal takes an answer back unless it is older, or came to another interface: there a
    firewall may refuse what the SMA takes.
    """
    refused = _refused(case)
    return [
        item
        for kind in _answered(case)
        for item in newest([yes for yes in kind if not any(_takes_back(no, yes) for no in refused)])
    ]


def refusals(case: Case) -> list[Attempt]:
    """Return the newest refusals that no answer of the port is newer than."""
    yes = answers(case)
    return [
        no for no in newest(_refused(case)) if not any(item.moment.after(no.moment) for item in yes)
    ]


def other_ports(case: Case) -> list[int]:
    """Return the ports beside the quarantine's that a telnet got a 220 from, mail's left out."""
    ports = {
        probe.port
        for probe in case.all(PortProbe)
        if probe.outcome == "banner" and case.role(probe.host) != "sma"
    }
    return sorted(port for port in ports if port and port not in {*OTHER_PORTS, case.port})


def unreached(case: Case, host: str | None) -> tuple[list[Attempt], tuple[int, ...]]:
    """Return one ESA's newest attempts that got no connection, and what would explain them.

    A stopped SMA (1) explains a refusal and never a silence, a wrong interface (3) the reverse.
    """
    tried: list[Attempt] = [
        *(probe for probe in case.probes(host) if probe.outcome in ("refused", *SILENT)),
        *(probe for probe in case.tls_probes(host) if probe.outcome == "unreachable"),
        *(
            link
            for link in case.connections
            if link.appliance == host and link.outcome == "connection-error"
        ),
    ]
    found = newest(tried)
    refused = [item for item in found if is_refused(item)]
    explained = ((1, refused), (3, len(found) > len(refused)))
    return found, tuple(number for number, shown in explained if shown)


def _answered(case: Case) -> list[list[Attempt]]:
    return [
        [probe for probe in case.probes() if probe.outcome == "banner"],
        [probe for probe in case.tls_probes() if probe.outcome in ("success", "failed")],
        [*newest([link for link in case.connections if link.tls in ("success", "failed")])],
    ]


def _refused(case: Case) -> list[Attempt]:
    return [
        *filter(is_refused, case.probes()),
        *filter(is_refused, case.tls_probes()),
        *newest(list(filter(is_refused, case.connections))),
    ]


def is_refused(item: Attempt) -> bool:
    """Return True where the connection did not come up because it was refused."""
    if isinstance(item, PortProbe):
        return item.outcome == "refused"
    if isinstance(item, Connection):
        return item.outcome == "connection-error" and "refused" in (item.detail or "").lower()
    return item.outcome == "unreachable" and "refused" in (item.reason or "").lower()


def _takes_back(refusal: Attempt, answer: Attempt) -> bool:
    if answer.moment.after(refusal.moment):
        return False
    if isinstance(refusal, PortProbe) and isinstance(answer, PortProbe):
        where = (refusal.host, refusal.interface), (answer.host, answer.interface)
        return where[0] == where[1] or None in (refusal.interface, answer.interface)
    return True
