"""The question and its answer: alter the case, judge it with the scenarios' own rules, compare."""

from __future__ import annotations

from dataclasses import replace
from functools import singledispatch

from pvo_kit import case as cases
from pvo_kit.case import Case
from pvo_kit.diagnosis import check_port, judge
from pvo_kit.errors import InputError
from pvo_kit.evidence import Evidence
from pvo_kit.findings import Diagnosis, Finding, Status
from pvo_kit.remediation import affected
from pvo_kit.scenarios import tls_no_certificate
from pvo_kit.what_if import ciphers, interfaces, keys, settings
from pvo_kit.what_if.altering import Altered
from pvo_kit.what_if.changes import AddKey, Change, Ciphers, DeliverFrom, MoveSetting
from pvo_kit.what_if.result import WhatIf

_GOOD: tuple[Status, ...] = ("pass", "resolved", "not_applicable")


def what_if(evidence: Evidence, *changes: Change, pvo_port: int | None = None) -> WhatIf:
    """Tell what the scenarios would say if these changes were made, and what else would change.

    Several changes are made together. Raises InputError for no change, or one that names a box,
    interface, module or setting that the evidence does not know: the message says which it does
    (``choices`` lists them). ``pvo_port`` is that of ``diagnose``.
    """
    if not changes:
        raise InputError("a what-if needs a change, such as DeliverFrom(HOST, INTERFACE)")
    check_port(pvo_port)
    case = cases.build(evidence, pvo_port)
    altered = Altered(case)
    for change in changes:
        step = _alter(change, altered.case)
        altered = Altered(
            step.case,
            (*altered.effects, *step.effects),
            (*altered.doubts, *step.doubts),
        )
    return _compared(changes, case, altered)


@singledispatch
def _alter(change: object, case: Case) -> Altered:
    raise InputError(f"{change!r} is no change that a what-if knows")


@_alter.register
def _(change: DeliverFrom, case: Case) -> Altered:
    return interfaces.alter(case, change)


@_alter.register
def _(change: Ciphers, case: Case) -> Altered:
    return ciphers.alter(case, change)


@_alter.register
def _(change: AddKey, case: Case) -> Altered:
    return keys.alter(case, change)


@_alter.register
def _(change: MoveSetting, case: Case) -> Altered:
    return settings.alter(case, change)


def _compared(changes: tuple[Change, ...], case: Case, altered: Altered) -> WhatIf:
    before = judge(case)
    after = _marked(before, judge(altered.case))
    kinds: dict[str, list[int]] = {
        "cleared": [], "undecided": [], "remaining": [], "arisen": []
    }  # fmt: skip
    for old, new in zip(before.findings, after.findings, strict=True):
        kind = _kind(old, new, is_gone=_is_gone(case, old, altered.case))
        if kind:
            kinds[kind].append(old.scenario)
    return WhatIf(
        changes,
        before,
        after,
        **{kind: tuple(numbers) for kind, numbers in kinds.items()},
        effects=tuple(dict.fromkeys(altered.effects)),
        doubts=tuple(dict.fromkeys(altered.doubts)),
    )


def _marked(before: Diagnosis, after: Diagnosis) -> Diagnosis:
    """Mark the diagnosis of an altered case: its hash, and every summary that differs."""
    findings = tuple(
        new
        if (old.status, old.summary) == (new.status, new.summary)
        else replace(new, summary=f"What if: {new.summary}")
        for old, new in zip(before.findings, after.findings, strict=True)
    )
    told = f"{before.evidence_hash} (what if: not evidence, nothing was changed)"
    return replace(after, evidence_hash=told, findings=findings)


def _kind(old: Finding, new: Finding, *, is_gone: bool) -> str:
    if new.status == "fail":
        return "remaining" if old.status == "fail" else "arisen"
    if new.status in _GOOD:
        return "cleared" if old.status == "fail" else ""
    if old.status == "fail" and is_gone and new.status == "unknown":
        return "cleared"
    return "undecided" if old.status in ("fail", *_GOOD) else ""


def _is_gone(case: Case, old: Finding, altered: Case) -> bool:
    """Whether the cause itself is taken away on every box that fails, though nothing shows it."""
    if old.scenario != ciphers.SCENARIO or old.status != "fail":
        return False
    hosts = affected.hosts(tls_no_certificate.SCENARIO, case, old)
    return all(ciphers.takes_away(case, altered, host) for host in hosts)
