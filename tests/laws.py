"""What holds for every escalation: its expected findings, and laws that know no exception.

A case is a folder of evidence and, beside it, a file of the same name and ``.toml``::

    made = true
    title = "..."
    story = "..."                          # two sentences
    exit_code = 1
    [findings]                             # every scenario
    4 = "fail"
    [masked_by]                            # complete: what is not named is masked by nothing
    3 = 1
    [resolved_at]                          # ISO 8601 in UTC; "" where no clock tells
    4 = "2014-06-12T08:15:02Z"
    [cites]                                # lines that must be among the citations
    4 = ["mail.current:12"]
    [needs]                                # what must be asked for: appliance, host (- for none),
    3 = ["esa mx.example.com telnet"]      # and a command or the beginning of a place
    [remedies]                             # complete: what is typed ("" is Enter), the entry that
    4 = ["sslconfig", "OUTBOUND", ""]      # is picked, or GUI, step by step
    [options]                              # of load() and diagnose()
    pvo_port = 7026
    roles = { "mail01.example.com" = "esa" }

``verify`` checks one diagnosis against its case. Files are decoded here once more, by code that
shares nothing with the kit's.
"""

from __future__ import annotations

import gzip
import io
import json
import re
import tarfile
import tomllib
import zipfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pvo_kit as pvo

SCENARIOS = {
    1: "sma-offline",
    2: "migration-not-committed",
    3: "delivery-interface",
    4: "tls-no-certificate",
    5: "feature-key-mismatch",
    6: "cluster-levels",
}
STATUSES = {"fail", "resolved", "pass", "unknown", "manual", "not_applicable", "error"}
PROVEN = {"fail", "resolved", "pass", "not_applicable"}
OPEN = {"unknown", "manual"}
KINDS = {"transcript", "mail_log", "error_text", "configuration", "observations", "unused"}
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


@dataclass(frozen=True)
class Expected:
    """What a case's sidecar says."""

    title: str
    story: str
    findings: dict[int, str]
    exit_code: int
    masked_by: dict[int, int] = field(default_factory=dict)
    resolved_at: dict[int, str] = field(default_factory=dict)
    cites: dict[int, list[str]] = field(default_factory=dict)
    needs: dict[int, list[str]] = field(default_factory=dict)
    remedies: dict[int, list[str]] = field(default_factory=dict)
    options: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Case:
    """A folder of evidence (or one file) and what is expected of it."""

    path: Path
    expected: Expected

    def __str__(self) -> str:
        return self.path.name


def cases(folder: Path) -> list[Case]:
    """Return the cases of a folder: everything in it that has a sidecar."""
    return [
        Case(sidecar.with_suffix(""), expected(sidecar))
        for sidecar in sorted(folder.glob("*.toml"))
    ]


def expected(sidecar: Path) -> Expected:
    """Read a sidecar; a key that is not known is a mistake in it."""
    table = tomllib.loads(sidecar.read_text(encoding="utf-8"))
    assert table.pop("made") is True, f"{sidecar.name} does not say that it is made"
    numbered = ("findings", "masked_by", "resolved_at", "cites", "needs", "remedies")
    for key in numbered:
        table[key] = {int(number): value for number, value in table.get(key, {}).items()}
    return Expected(**table)


def diagnose(path: Path, expected: Expected | None = None) -> pvo.Diagnosis:
    """Diagnose with the options that the sidecar names."""
    options = dict(expected.options) if expected else {}
    evidence = pvo.load(path, roles=options.pop("roles", None), year=options.pop("year", None))
    return pvo.diagnose(evidence, **options)


def verify(case: Case) -> pvo.Diagnosis:
    """Diagnose a case, check all laws and everything that its sidecar expects."""
    diagnosis = diagnose(case.path, case.expected)
    lawful(diagnosis, decoded(case.path))
    as_expected(diagnosis, case.expected)
    return diagnosis


# What is expected


def as_expected(diagnosis: pvo.Diagnosis, expected: Expected) -> None:
    """Check a diagnosis against a sidecar."""
    found = {finding.scenario: finding for finding in diagnosis.findings}
    told = "\n".join(f"{number}: {finding.summary}" for number, finding in found.items())
    assert {number: finding.status for number, finding in found.items()} == expected.findings, told
    masked = {number: finding.masked_by for number, finding in found.items() if finding.masked_by}
    assert masked == expected.masked_by, told
    assert diagnosis.exit_code == expected.exit_code
    for number, time in expected.resolved_at.items():
        assert (found[number].to_dict()["resolved_at"] or "") == time, found[number].summary
    for number, places in expected.cites.items():
        cited = {f"{line.file}:{line.line}" for line in found[number].citations}
        assert set(places) <= cited, (
            f"{number} does not cite {set(places) - cited}: {sorted(cited)}"
        )
    for number, asked in expected.needs.items():
        needed = {_asked(need) for need in found[number].to_dict()["needs"]}
        for text in asked:
            assert any(
                need == text or (": " in text and need.startswith(text)) for need in needed
            ), f"{number} does not ask for {text}: {sorted(needed)}"

    mended = {number: _typed(finding) for number, finding in found.items() if finding.remedy}
    assert mended == expected.remedies


def _typed(finding: pvo.Finding) -> list[str]:
    steps = finding.remedy.steps if finding.remedy else ()
    return ["GUI" if step.gui else step.choose or step.send or "" for step in steps]


def _asked(need: Mapping[str, Any]) -> str:
    return f"{need['appliance']} {need['host'] or '-'} {need.get('command') or need['where']}"


# Laws


def lawful(
    diagnosis: pvo.Diagnosis, files: Mapping[str, list[str]], asked: Iterable[int] = SCENARIOS
) -> None:
    """Check what holds for every diagnosis; ``files`` are the lines of the evidence by file."""
    assert [finding.scenario for finding in diagnosis.findings] == sorted(asked)
    for finding in diagnosis.findings:
        _proof(finding, files)
        _question(finding)
    shape(json.loads(diagnosis.to_json()))
    assert {entry.file for entry in diagnosis.files} >= set(files), "a file was dropped"
    assert_plain(repr(diagnosis))


def _proof(finding: pvo.Finding, files: Mapping[str, list[str]]) -> None:
    assert finding.summary.strip()
    if finding.status in PROVEN:
        assert finding.citations, f"{finding.id} is {finding.status} without a citation"
    assert len(set(finding.citations)) == len(finding.citations), f"{finding.id} cites a line twice"
    for cited in finding.citations:
        assert cited.file in files, f"{finding.id} cites {cited.file}, which is no file"
        assert 1 <= cited.line <= len(files[cited.file]), f"no line {cited.line} in {cited.file}"
        assert files[cited.file][cited.line - 1] == cited.text, f"{cited.file}:{cited.line}"
    if finding.status == "resolved":
        assert len(finding.citations) > 1, f"{finding.id} cites no fault or no newer evidence"
    else:
        assert finding.resolved_at is None
    if finding.status == "error":
        assert re.match(r"\w+: ", finding.error or "")


def _question(finding: pvo.Finding) -> None:
    if finding.status in OPEN:
        assert finding.needs, f"{finding.id} is {finding.status} and asks for nothing"
    for need in finding.needs:
        assert bool(need.command) != bool(need.where), need
        assert need.why.strip(), need
    if finding.status == "manual":
        assert any(need.where and need.record for need in finding.needs), f"{finding.id}: no place"
    if finding.masked_by is not None:
        assert finding.status in ("fail", "unknown")
        assert finding.masked_by != finding.scenario


def assert_plain(text: str) -> None:
    """Check that a text holds nothing that steers a terminal."""
    steering = re.findall(
        "[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]", text
    )
    assert not steering, steering


# The shape of the JSON


@dataclass(frozen=True)
class List:
    """A list of one shape."""

    of: Any


def _null_or(kind: type) -> Callable[[Any], bool]:
    return lambda value: value is None or type(value) is kind


def _one_of(values: Iterable[Any]) -> Callable[[Any], bool]:
    known = set(values)
    return lambda value: value in known


def _matching(pattern: str | re.Pattern[str]) -> Callable[[Any], bool]:
    return lambda value: type(value) is str and re.fullmatch(pattern, value) is not None


def _time(value: Any) -> bool:
    return value is None or _matching(TIME)(value)


_CITATION = {"file": str, "line": int, "text": str}
_NEED = {
    "appliance": _one_of(("esa", "sma", "unknown")),
    "host": _null_or(str),
    "mode": _one_of(("machine", "group", "cluster", None)),
    "role": str,
    "why": str,
}
_FINDING = {
    "scenario": _one_of(SCENARIOS),
    "id": _one_of(SCENARIOS.values()),
    "title": str,
    "status": _one_of(STATUSES),
    "summary": str,
    "citations": List(_CITATION),
    "needs": List(dict),
    "masked_by": _one_of((*SCENARIOS, None)),
    "resolved_at": _time,
    "error": _null_or(str),
    "doc": _matching(r"docs/scenarios\.md#scenario-[1-6]"),
    "remedy": _null_or(dict),
}
_DOCUMENT = {
    "schema": _one_of((1,)),
    "pvo_kit": _one_of((pvo.__version__,)),
    "evidence": {
        "hash": _matching("sha256:[0-9a-f]{64}"),
        "files": List(
            {
                "file": str,
                "kind": _one_of(KINDS),
                "encoding": _null_or(str),
                "lines": int,
                "reason": _null_or(str),
            }
        ),
        "appliances": List({"host": str, "role": _one_of(("esa", "sma", "unknown")), "why": str}),
        "unparsed": List(
            {"file": str, "line": int, "host": _null_or(str), "command": str, "reason": str}
        ),
    },
    "findings": List(_FINDING),
}
_REMEDY = {
    "role": str,
    "appliance": List(str),
    "precondition": List(str),
    "steps": List(dict),
    "effect": str,
    "risk": str,
    "verify": List(str),
    "rollback": List(str),
    "alternatives": List(dict),
}
_STEPS = (
    {"gui": str},
    {"prompt": str, "send": str},
    {"prompt": str, "choose": str, "send": _null_or(str)},
)


def shape(document: Any) -> None:
    """Check that a JSON document has exactly the keys of the contract, of the right types."""
    _is(document, _DOCUMENT, "document")
    for finding in document["findings"]:
        assert SCENARIOS[finding["scenario"]] == finding["id"]
        for need in finding["needs"]:
            what = {"where": str} if "where" in need else {"command": str}
            told = {"record": str} if "record" in need else {}
            _is(need, {**_NEED, **what, **told}, f"need of {finding['id']}")
        if finding["remedy"] is not None:
            assert finding["status"] in ("fail", "resolved")
            _is_remedy(finding["remedy"], f"remedy of {finding['id']}")


def _is_remedy(remedy: Any, where: str) -> None:
    _is(remedy, _REMEDY, where)
    for step in remedy["steps"]:
        form = next((form for form in _STEPS if set(form) == set(step)), _STEPS[1])
        _is(step, form, f"{where}, step")
    for other in remedy["alternatives"]:
        _is_remedy(other, f"{where}, alternative")


def _is(value: Any, form: Any, where: str) -> None:
    if isinstance(form, dict):
        assert isinstance(value, dict), where
        assert set(value) == set(form), f"{where}: {set(value) ^ set(form)}"
        for key, inner in form.items():
            _is(value[key], inner, f"{where}.{key}")
    elif isinstance(form, List):
        assert isinstance(value, list), where
        for item in value:
            _is(item, form.of, where)
    elif isinstance(form, type):
        assert type(value) is form, f"{where}: {value!r}"
    else:
        assert form(value), f"{where}: {value!r}"


# The evidence, read once more


def unpacked(path: Path) -> dict[str, bytes]:
    """Return the files below a path by name, those in archives too."""
    if path.is_file():
        return dict(_members(path.name, path.read_bytes()))
    files: dict[str, bytes] = {}
    for entry in sorted(path.rglob("*")):
        if entry.is_file():
            files.update(_members(entry.relative_to(path).as_posix(), entry.read_bytes()))
    return files


def _members(name: str, data: bytes) -> Iterable[tuple[str, bytes]]:
    if data.startswith(b"PK\3\4"):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for info in archive.infolist():
                if not info.is_dir():
                    yield from _members(f"{name}/{info.filename}", archive.read(info))
    elif data.startswith(b"\x1f\x8b"):
        yield from _members(name, gzip.decompress(data))
    elif data[257:262] == b"ustar":
        with tarfile.open(fileobj=io.BytesIO(data)) as archive:
            for info in archive:
                member = archive.extractfile(info) if info.isfile() else None
                if member:
                    yield from _members(f"{name}/{info.name}", member.read())
    else:
        yield name, data


def text_of(data: bytes) -> str | None:
    """Return the text of a file, None for a binary one."""
    for bom, encoding in (
        (b"\xff\xfe", "utf-16"),
        (b"\xfe\xff", "utf-16"),
        (b"\xef\xbb\xbf", "utf-8-sig"),
    ):
        if data.startswith(bom):
            return data.decode(encoding)
    if b"\x00" in data:
        return None
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    try:
        japanese = data.decode("cp932")
    except UnicodeDecodeError:
        japanese = ""
    return japanese if re.search("[\u3040-\u30ff]", japanese) else data.decode("latin-1")


def decoded(path: Path) -> dict[str, list[str]]:
    """Return the lines of every text file below a path, through archives."""
    texts = {name: text_of(data) for name, data in unpacked(path).items()}
    return {name: split_lines(text) for name, text in texts.items() if text is not None}


def split_lines(text: str) -> list[str]:
    """Split at LF, CRLF and CR CR LF; at CR in a text without any LF; at nothing else."""
    lines = re.split("\r?\r?\n" if "\n" in text else "\r", text)
    return lines[:-1] if lines[-1] == "" else lines
