"""Evidence as people send it: ``scenarios/<number>/<status>/<case>.txt``, or a folder of files.

The folders tell what the scenario must say of it. A file ``<case>.toml`` beside it says why, and
may tell more::

    # The rule in one sentence.
    [scenario]
    masked_by = 1                       # 0: by nothing
    resolved_at = "2014-07-21T12:00:00Z"  # "": no clock tells
    summary_contains = ["E2"]           # and summary_lacks
    cites = ["mail.current:12"]         # lines that must be among the citations
    needs = ["esa mx.example.com telnet"]  # appliance, host (- for none), command or place
    pvo_port = 7026                     # options of diagnose() and load()
    roles = { "box.example.com" = "esa" }

    [findings]                          # what other scenarios say
    4 = "fail"

``laws.lawful`` holds for every case besides.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import laws
import pytest

import pvo_kit as pvo

FOLDER = Path(__file__).parent / "scenarios"
CASES = sorted(path for path in FOLDER.glob("[1-6]/*/*") if path.suffix != ".toml")
NAMES = [path.relative_to(FOLDER).as_posix() for path in CASES]
KEYS = {
    "masked_by", "resolved_at", "summary_contains", "summary_lacks", "cites", "needs", "pvo_port",
    "roles",
}  # fmt: skip
POSSIBLE = {
    1: {"fail", "pass", "unknown", "resolved"},
    2: {"fail", "pass", "unknown", "resolved", "manual"},
    3: {"fail", "pass", "unknown", "resolved"},
    4: {"fail", "pass", "unknown", "resolved"},
    5: {"fail", "pass", "unknown", "resolved", "not_applicable"},
    6: {"fail", "pass", "unknown", "resolved", "not_applicable"},
}

each_case = pytest.mark.parametrize("path", CASES, ids=NAMES)


def sidecar(path: Path) -> dict[str, Any]:
    """What the file beside a case tells, with every key of ``[scenario]``."""
    name = path.name if path.is_dir() else path.stem
    told = path.with_name(f"{name}.toml")
    table = tomllib.loads(told.read_text(encoding="utf-8")) if told.exists() else {}
    assert set(table) <= {"scenario", "findings"}, told
    assert set(table.get("scenario", {})) <= KEYS, told
    return table


@cache
def diagnosis(path: Path) -> pvo.Diagnosis:
    options = sidecar(path).get("scenario", {})
    evidence = pvo.load(path, roles=options.get("roles"))
    return pvo.diagnose(evidence, pvo_port=options.get("pvo_port"))


def finding(path: Path) -> pvo.Finding:
    return diagnosis(path).finding(int(path.parent.parent.name))


@each_case
def test_status(path: Path) -> None:
    told = diagnosis(path)
    found = finding(path)
    assert found.status == path.parent.name, found.summary
    for number, status in sidecar(path).get("findings", {}).items():
        other = told.finding(int(number))
        assert other.status == status, f"{number}: {other.summary}"
    statuses = {each.status for each in told.findings}
    open_ = 3 if statuses & {"unknown", "manual", "error"} else 0
    assert told.exit_code == (1 if "fail" in statuses else open_)


@each_case
def test_what_it_says(path: Path) -> None:
    found, told = finding(path), sidecar(path).get("scenario", {})
    for words in told.get("summary_contains", []):
        assert words in found.summary
    for words in told.get("summary_lacks", []):
        assert words not in found.summary
    if "masked_by" in told:
        assert (found.masked_by or 0) == told["masked_by"], found.summary
    if "resolved_at" in told:
        assert (found.to_dict()["resolved_at"] or "") == told["resolved_at"]


@each_case
def test_what_it_stands_on_and_asks_for(path: Path) -> None:
    found, told = finding(path), sidecar(path).get("scenario", {})
    cited = {f"{line.file}:{line.line}" for line in found.citations}
    assert set(told.get("cites", [])) <= cited
    asked = {_asked(need) for need in found.to_dict()["needs"]}
    for text in told.get("needs", []):
        assert any(need == text or (": " in text and need.startswith(text)) for need in asked), (
            f"{text} is not among {sorted(asked)}"
        )


def _asked(need: Mapping[str, Any]) -> str:
    return f"{need['appliance']} {need['host'] or '-'} {need.get('command') or need['where']}"


@each_case
def test_laws(path: Path) -> None:
    laws.lawful(diagnosis(path), laws.decoded(path))


@each_case
def test_the_values_are_made(path: Path) -> None:
    for name, lines in laws.decoded(path).items():
        for line in lines:
            for host in re.findall(r"[\w-]+\.(?:com|net|org)\b", line):
                assert host in ("example.com", "example.net"), f"{name}: {line}"


def test_every_status_has_a_case_and_every_sidecar_its_case() -> None:
    statuses: dict[int, set[str]] = {}
    for path in CASES:
        statuses.setdefault(int(path.parent.parent.name), set()).add(path.parent.name)
    assert statuses == POSSIBLE
    names = {path.with_suffix("") if path.is_file() else path for path in CASES}
    for told in FOLDER.glob("[1-6]/*/*.toml"):
        assert told.with_suffix("") in names, told
