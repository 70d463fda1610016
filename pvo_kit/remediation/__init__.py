"""Remedies: what to do about a finding, as a dialogue that a person types.

One module a scenario, under the same name as its rule; this is their registry. A remedy is text:
nothing runs it, and no value of the evidence gets into it that does not satisfy its own syntax.
"""

from __future__ import annotations

from collections.abc import Callable

from pvo_kit.case import Case
from pvo_kit.findings import Finding
from pvo_kit.remediation import (
    cluster_levels,
    delivery_interface,
    feature_key_mismatch,
    migration_not_committed,
    sma_offline,
    tls_no_certificate,
)
from pvo_kit.remediation.remedy import Remedy, Step
from pvo_kit.remediation.values import Refused

__all__ = ["Refused", "Remedy", "Step", "remedy"]

_REMEDIES: dict[int, Callable[[Case, Finding], Remedy]] = {
    1: sma_offline.remedy,
    2: migration_not_committed.remedy,
    3: delivery_interface.remedy,
    4: tls_no_certificate.remedy,
    5: feature_key_mismatch.remedy,
    6: cluster_levels.remedy,
}


def remedy(case: Case, finding: Finding) -> Remedy | None:
    """Return the remedy of a failing finding, or what was done beside a resolved one; else None."""
    if finding.status not in ("fail", "resolved"):
        return None
    return _REMEDIES[finding.scenario](case, finding)
