"""Whether two diagnoses are equal up to the renaming: every difference is found and named."""

from __future__ import annotations

from dataclasses import replace

import pytest

import pvo_kit as pvo
from pvo_kit.evidence import Citation
from pvo_kit.redaction import keys
from pvo_kit.redaction.collecting import collect
from pvo_kit.redaction.equality import difference
from pvo_kit.redaction.lines import Lines
from pvo_kit.redaction.names import Names

KEY = keys.given(b"a key of tests only, never more.")


@pytest.fixture(scope="module")
def evidence():
    return pvo.load(pvo.example("two-faults"))


@pytest.fixture(scope="module")
def diagnosis(evidence):
    return pvo.diagnose(evidence)


def _differ(evidence, before, after, renamed=None):
    same = {entry.file: entry.file for entry in evidence.files}
    return difference(before, after, renamed or same, Lines(Names(KEY), collect(evidence).kinds))


def _with(diagnosis, number, **changes):
    findings = [
        replace(found, **changes) if found.scenario == number else found
        for found in diagnosis.findings
    ]
    return replace(diagnosis, findings=tuple(findings))


def test_a_diagnosis_equals_itself_and_itself_under_new_names(evidence, diagnosis):
    assert _differ(evidence, diagnosis, diagnosis) is None
    names = Names(KEY)
    told = diagnosis.finding(1).summary
    new = told.replace("sma.example.com", names.host("sma.example.com"))
    assert _differ(evidence, diagnosis, _with(diagnosis, 1, summary=new)) is None


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"status": "pass"}, "findings 1.status"),
        ({"summary": "All is well."}, "findings 1.summary"),
        ({"masked_by": 3}, "findings 1.masked_by"),
        ({"remedy": None}, "findings 1.remedy"),
        ({"needs": ()}, r"findings 1.needs (1 before, 0 after)"),
        ({"citations": (Citation("sma.txt", 1, ""),)}, "findings 1.citations"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_a_difference_in_a_finding_is_named(changes, where, evidence, diagnosis):
    assert _differ(evidence, diagnosis, _with(diagnosis, 1, **changes)).startswith(where)


def test_another_line_of_a_citation_is_named(evidence, diagnosis):
    first, *others = diagnosis.finding(1).citations
    moved = (replace(first, line=first.line + 1), *others)
    told = _differ(evidence, diagnosis, _with(diagnosis, 1, citations=moved))
    assert told == "findings 1.citations 1.line"


def test_another_host_than_the_renaming_makes_is_named(evidence, diagnosis):
    first, *others = diagnosis.appliances
    changed = replace(diagnosis, appliances=(replace(first, host="other.example.com"), *others))
    assert _differ(evidence, diagnosis, changed) == "appliances 1.host"


def test_files_are_compared_by_their_new_names_and_those_left_out_are_not(evidence, diagnosis):
    first, *others = diagnosis.files
    renamed = {entry.file: entry.file for entry in diagnosis.files} | {first.file: "new.txt"}
    moved = replace(diagnosis, files=(replace(first, file="new.txt"), *others))
    told = _differ(evidence, diagnosis, moved, renamed)
    assert told is None or told.startswith("findings")
    fewer = replace(diagnosis, files=diagnosis.files[1:])
    assert _differ(evidence, diagnosis, fewer) is None
    other = replace(diagnosis, files=(replace(first, lines=first.lines + 1), *others))
    assert _differ(evidence, diagnosis, other) == "files 1.lines"
