"""The rules of the six scenarios: one made escalation a rule, with the status it must give.

``scenarios/<number>.toml`` holds them. ``text`` is a file, ``files`` holds more; in both
``{word}`` stands for a fragment of the same document. ``says`` must stand in the summary, ``needs``
among what is asked for.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

import pvo_kit as pvo

FOLDER = Path(__file__).parent / "scenarios"
STATUSES = {
    1: {"fail", "pass", "unknown", "resolved"},
    2: {"fail", "pass", "unknown", "resolved", "manual"},
    3: {"fail", "pass", "unknown", "resolved"},
    4: {"fail", "pass", "unknown", "resolved"},
    5: {"fail", "pass", "unknown", "resolved", "not_applicable"},
    6: {"fail", "pass", "unknown", "resolved", "not_applicable"},
}
"""What each scenario can say, so that no status is left without a case."""


def _documents() -> dict[int, dict[str, Any]]:
    paths = sorted(FOLDER.glob("*.toml"))
    return {int(path.stem): tomllib.loads(path.read_text(encoding="utf-8")) for path in paths}


DOCUMENTS = _documents()
CASES = [
    pytest.param(number, case, id=f"{number}: {case['name']}")
    for number, document in DOCUMENTS.items()
    for case in document["case"]
]


def _written(number: int, case: dict[str, Any], folder: Path) -> Path:
    fragments = DOCUMENTS[number].get("fragments", {})

    def filled(text: str) -> str:
        return re.sub(r"\{(\w+)\}", lambda word: fragments.get(word[1], word[0]), text)

    for name, text in {"session.txt": case["text"], **case.get("files", {})}.items():
        (folder / name).write_text(filled(text), encoding="utf-8")
    return folder


def _judged(number: int, case: dict[str, Any], folder: Path) -> pvo.Finding:
    evidence = pvo.load(_written(number, case, folder), roles=case.get("roles"))
    diagnosis = pvo.diagnose(evidence, [number], case.get("port"))
    assert [found.scenario for found in diagnosis.findings] == [number]
    return diagnosis.findings[0]


@pytest.mark.parametrize(("number", "case"), CASES)
def test_rule(number: int, case: dict[str, Any], tmp_path: Path) -> None:
    found = _judged(number, case, tmp_path)
    assert found.status == case["status"], found.summary
    assert found.masked_by == case.get("masked_by")
    assert found.error is None
    for words in case.get("says", []):
        assert words in found.summary
    if "resolved_at" in case:
        assert found.to_dict()["resolved_at"] == case["resolved_at"]
    asked = [f"{need.appliance} {need.host or ''} {need.command or need.where}".replace("  ", " ")
             for need in found.needs]  # fmt: skip
    for need in case.get("needs", []):
        assert any(text.startswith(need) for text in asked), asked


@pytest.mark.parametrize(("number", "case"), CASES)
def test_proof(number: int, case: dict[str, Any], tmp_path: Path) -> None:
    found = _judged(number, case, tmp_path)
    for line in found.citations:
        text = (tmp_path / line.file).read_text(encoding="utf-8")
        assert text.split("\n")[line.line - 1] == line.text
    if found.status in ("fail", "pass", "not_applicable"):
        assert found.citations
    if found.status == "resolved":
        assert len(found.citations) > 1
    if found.status == "unknown":
        assert any(need.command or need.where for need in found.needs)
    if found.status == "manual":
        assert any(need.where and need.record for need in found.needs)


@pytest.mark.parametrize("number", sorted(DOCUMENTS))
def test_every_status_has_a_case(number: int) -> None:
    assert {case["status"] for case in DOCUMENTS[number]["case"]} == STATUSES[number]


def test_a_name_that_is_no_host_name_gets_into_no_command_line(tmp_path: Path) -> None:
    text = "(sma $(reboot))> resumetransfers\n\nTransfers resumed.\n"
    (tmp_path / "session.txt").write_text(text, encoding="utf-8")
    diagnosis = pvo.diagnose(pvo.load(tmp_path, roles={"sma;reboot": "sma"}))
    records = [need.record for need in diagnosis.needs if need.record]
    assert records
    assert not any("reboot" in record for record in records)


def test_every_scenario_has_cases() -> None:
    assert set(DOCUMENTS) == set(STATUSES)
