"""From evidence to a Diagnosis: every scenario judged, masked, and given its remedy."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace

from pvo_kit import case as cases
from pvo_kit import remediation
from pvo_kit.case import Case
from pvo_kit.errors import InputError
from pvo_kit.evidence import Evidence
from pvo_kit.findings import Diagnosis, Finding
from pvo_kit.scenarios import SCENARIOS, masking
from pvo_kit.scenarios.verdict import finding


def diagnose(
    evidence: Evidence, scenarios: Iterable[int] | None = None, pvo_port: int | None = None
) -> Diagnosis:
    """Judge the evidence: exactly one finding for each scenario asked for, in their order.

    ``scenarios`` are numbers 1 to 6 (None: all); ``pvo_port`` overrules the port that the evidence
    tells. Raises InputError for a scenario or a port that does not exist. Never raises for
    anything in the evidence: a rule that breaks is a finding with the status ``error``.
    """
    asked = _numbers(scenarios)
    check_port(pvo_port)
    return judge(cases.build(evidence, pvo_port), asked)


def check_port(pvo_port: int | None) -> None:
    """Raise InputError for a number that is no TCP port."""
    if pvo_port is not None and not 0 < pvo_port < 65536:
        raise InputError(f"{pvo_port} is not a TCP port; give a number from 1 to 65535")


def judge(case: Case, scenarios: Collection[int] | None = None) -> Diagnosis:
    """Judge a case that is built already; ``scenarios`` are known numbers (None: all)."""
    evidence = case.evidence
    # All six are judged, since one that was not asked for may explain one that was.
    findings = masking.mask([finding(scenario, case) for scenario in SCENARIOS])
    return Diagnosis(
        evidence.hash,
        evidence.files,
        case.appliances,
        case.unparsed,
        tuple(
            _remedied(case, found)
            for found in findings
            if scenarios is None or found.scenario in scenarios
        ),
        evidence.damage,
    )


def _numbers(scenarios: Iterable[int] | None) -> set[int]:
    known = {scenario.number for scenario in SCENARIOS}
    asked = known if scenarios is None else set(scenarios)
    if unknown := asked - known:
        raise InputError(
            f"there is no scenario {min(unknown)}; they are numbered 1 to {max(known)}"
        )
    if not asked:
        raise InputError(f"no scenario was asked for; they are numbered 1 to {max(known)}")
    return asked


def _remedied(case: Case, found: Finding) -> Finding:
    """Add the remedy; a remedy that breaks must not cost the verdict."""
    try:
        return replace(found, remedy=remediation.remedy(case, found))
    except Exception as error:
        told = f"no remedy could be written: {type(error).__name__}: {error}"
        return replace(found, error=told)
