"""Which finding explains the evidence of another: an offline SMA explains a refused connection."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pvo_kit.case import Case
from pvo_kit.facts import PortProbe, TlsProbe
from pvo_kit.findings import Finding
from pvo_kit.scenarios import delivery_interface, tls_no_certificate


def mask(case: Case, findings: Sequence[Finding]) -> list[Finding]:
    """Return the findings, those that another one explains marked with ``masked_by``."""
    failing = {found.scenario for found in findings if found.status == "fail"}
    return [_masked(case, found, failing) for found in findings]


def _masked(case: Case, found: Finding, failing: set[int]) -> Finding:
    if found.status not in ("fail", "unknown"):
        return found
    by = None
    if found.scenario == 3 and 1 in failing and delivery_interface.refused(case):
        by = 1
    if found.scenario == 4 and found.status == "unknown" and _unreached(case):
        by = next((number for number in (1, 3) if number in failing), None)
    if by is None:
        return found
    return replace(
        found,
        masked_by=by,
        summary=f"{found.summary} Scenario {by} explains this: mend it first, then judge again.",
    )


def _unreached(case: Case) -> bool:
    """The ESA tried and got no TCP connection, so no TLS session could be judged."""
    if tls_no_certificate.decided(case):
        return False
    failed = [link for link in case.connections if link.outcome == "connection-error"]
    probes = [
        probe
        for probe in case.all(PortProbe)
        if probe.port == case.port and probe.outcome in ("refused", "timeout", "no-route")
    ]
    verified = [
        probe
        for probe in case.all(TlsProbe)
        if probe.port == case.port and probe.outcome == "unreachable"
    ]
    return bool(failed or probes or verified)
