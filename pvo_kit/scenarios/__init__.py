"""The six scenarios and the diagnosis over them. One module a scenario; this is their registry."""

from __future__ import annotations

from collections.abc import Iterable

from pvo_kit import case as cases
from pvo_kit.errors import InputError
from pvo_kit.evidence import Evidence
from pvo_kit.findings import Diagnosis
from pvo_kit.scenarios import (
    cluster_levels,
    delivery_interface,
    feature_key_mismatch,
    migration_not_committed,
    releases,
    sma_offline,
    tls_no_certificate,
)
from pvo_kit.scenarios.masking import mask
from pvo_kit.scenarios.verdict import finding

SCENARIOS = (
    sma_offline.SCENARIO,
    migration_not_committed.SCENARIO,
    delivery_interface.SCENARIO,
    tls_no_certificate.SCENARIO,
    feature_key_mismatch.SCENARIO,
    cluster_levels.SCENARIO,
)


def diagnose(
    evidence: Evidence, scenarios: Iterable[int] | None = None, pvo_port: int | None = None
) -> Diagnosis:
    """Judge the evidence: exactly one finding for each scenario asked for, in their order.

    ``scenarios`` are numbers 1 to 6 (None: all); ``pvo_port`` overrules the port that the evidence
    tells. Raises InputError for a scenario or a port that does not exist. Never raises for
    anything in the evidence: a rule that breaks is a finding with the status ``error``.
    """
    asked = _numbers(scenarios)
    if pvo_port is not None and not 0 < pvo_port < 65536:
        raise InputError(f"{pvo_port} is not a TCP port; give a number from 1 to 65535")
    case = cases.build(evidence, pvo_port)
    # All six are judged, since one that was not asked for may explain one that was.
    findings = mask(case, [finding(scenario, case) for scenario in SCENARIOS])
    return Diagnosis(
        evidence.hash,
        evidence.files,
        case.appliances,
        case.unparsed,
        tuple(found for found in findings if found.scenario in asked),
        tuple(releases.notes(case)),
        evidence.damage,
    )


def _numbers(scenarios: Iterable[int] | None) -> set[int]:
    known = {scenario.number for scenario in SCENARIOS}
    asked = known if scenarios is None else set(scenarios)
    if unknown := asked - known:
        raise InputError(f"there is no scenario {min(unknown)}; they are numbered 1 to {max(known)}")
    if not asked:
        raise InputError("no scenario was asked for; they are numbered 1 to 6")
    return asked
