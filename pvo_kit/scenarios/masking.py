"""Which finding explains the evidence of another: an offline SMA explains a refused connection.

A rule says with its verdict which scenarios would explain what it saw; here it shows whether one
of them fails.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pvo_kit.findings import Finding


def mask(findings: Sequence[Finding]) -> list[Finding]:
    """Return the findings, those that another one explains marked with ``masked_by``."""
    failing = {found.scenario for found in findings if found.status == "fail"}
    return [_masked(found, failing) for found in findings]


def _masked(found: Finding, failing: set[int]) -> Finding:
    by = next((number for number in found.behind if number in failing), None)
    if by is None:
        return found
    told = f"{found.summary} Scenario {by} explains this: mend it first, then judge again."
    return replace(found, masked_by=by, summary=told)
