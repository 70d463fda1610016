"""Which finding explains the evidence of another: an offline SMA explains a refused connection."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pvo_kit.case import Case
from pvo_kit.findings import Finding
from pvo_kit.scenarios import delivery_interface, tls_sessions

_UNREACHED = ("refused", "timeout", "no-route")


def mask(case: Case, findings: Sequence[Finding]) -> list[Finding]:
    """Return the findings, those that another one explains marked with ``masked_by``."""
    failing = {found.scenario for found in findings if found.status == "fail"}
    return [_masked(found, _explained_by(case, found, failing)) for found in findings]


def _masked(found: Finding, by: int | None) -> Finding:
    if by is None:
        return found
    told = f"{found.summary} Scenario {by} explains this: mend it first, then judge again."
    return replace(found, masked_by=by, summary=told)


def _explained_by(case: Case, found: Finding, failing: set[int]) -> int | None:
    if found.status != "unknown":
        return None
    if found.scenario == 3 and 1 in failing and delivery_interface.refused(case):
        return 1
    if found.scenario == 4 and _unreached(case):
        return next((number for number in (1, 3) if number in failing), None)
    return None


def _unreached(case: Case) -> bool:
    """The ESA tried and got no TCP connection, so no TLS session could be judged."""
    if tls_sessions.decided(case):
        return False
    return (
        any(link.outcome == "connection-error" for link in case.connections)
        or any(probe.outcome in _UNREACHED for probe in case.probes())
        or any(probe.outcome == "unreachable" for probe in case.tls_probes())
    )
