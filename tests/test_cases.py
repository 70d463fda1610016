"""The bundled escalations: their findings, and what may never change a verdict."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import os
import random
import re
import shutil
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from collections.abc import Callable
from pathlib import Path

import laws
import pytest

import pvo_kit as pvo
from pvo_kit.evidence import EvidenceFile

ESCALATIONS = pvo.example("technote").parent
CASES = laws.cases(ESCALATIONS)
SHARED = Path(__file__).resolve().parents[2] / "shared"
TECHNOTE = sorted((SHARED / "seed").glob("*.txt"))
REAL = sorted((SHARED / "real").glob("*.log"))

each_case = pytest.mark.parametrize("case", CASES, ids=str)


# What each case shows


@each_case
def test_a_case_has_exactly_its_expected_findings(case):
    laws.verify(case)


def test_every_case_has_a_sidecar_and_every_sidecar_a_case():
    assert [case.path.name for case in CASES] == pvo.examples()
    assert all(case.path.is_dir() for case in CASES)


def test_the_set_is_whole():
    assert len(CASES) >= 14
    for number in laws.SCENARIOS:
        failing = [case for case in CASES if case.expected.findings[number] == "fail"]
        assert len(failing) >= 2, f"scenario {number} fails in {failing}"
    statuses = {status for case in CASES for status in case.expected.findings.values()}
    assert statuses == laws.STATUSES - {"error"}
    assert {case.expected.exit_code for case in CASES} == {0, 1, 3}
    assert any(case.expected.masked_by for case in CASES)


@each_case
def test_a_case_is_small_made_and_told(case):
    assert sum(len(data) for data in laws.unpacked(case.path).values()) < 60_000
    assert case.expected.title
    assert len(re.findall(r"\.(?:\s|$)", case.expected.story)) == 2, "two sentences"
    readme = (ESCALATIONS.parent / "README.md").read_text(encoding="utf-8")
    assert re.search(rf"^\| `{case}` \|.*\bmade\b", readme, re.M), "no line in data/README.md"


@each_case
def test_a_case_names_only_places_that_nobody_lives_at(case):
    for name, lines in laws.decoded(case.path).items():
        for line in (line for line in lines if "BIOS:" not in line):
            for address in re.findall(r"(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?![\d.])", line):
                assert _is_private(address), f"{name}: {address}"
            for host in re.findall(r"[\w-]+\.(?:com|net|org)\b", line):
                assert host in ("example.com", "example.net", "example.org"), f"{name}: {host}"


def _is_private(address: str) -> bool:
    first, second, third, _ = map(int, address.split("."))
    documentation = ((192, 0, 2), (198, 51, 100), (203, 0, 113))
    return (
        first == 10
        or (first, second) == (192, 168)
        or (first == 172 and 16 <= second < 32)
        or (first, second, third) in documentation
    )


# The same evidence in another wrapping gives the same JSON


def _zip(folder: Path, target: Path, top: str = "", shuffle: int | None = None) -> Path:
    entries = sorted(entry for entry in folder.rglob("*") if entry.is_file())
    if shuffle is not None:
        random.Random(shuffle).shuffle(entries)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for entry in entries:
            archive.write(entry, top + entry.relative_to(folder).as_posix())
    return target


def _tar(folder: Path, target: Path, mode: str, top: str = "") -> Path:
    with tarfile.open(target, mode) as archive:
        for entry in sorted(folder.rglob("*"), reverse=True):
            archive.add(entry, top + entry.relative_to(folder).as_posix(), recursive=False)
    return target


WRAPPINGS = {
    "zip": lambda folder, to: _zip(folder, to / "upload.zip"),
    "zip with a folder, shuffled": lambda folder, to: _zip(
        folder, to / f"{folder.name}.zip", f"{folder.name}/", shuffle=7
    ),
    "tar": lambda folder, to: _tar(folder, to / "upload.tar", "w"),
    "tar with a folder": lambda folder, to: _tar(
        folder, to / f"{folder.name}.tar", "w", f"{folder.name}/"
    ),
    "tar.gz": lambda folder, to: _tar(folder, to / "upload.tar.gz", "w:gz"),
    "tgz with another name": lambda folder, to: _tar(folder, to / "upload", "w:gz"),
    "copy": lambda folder, to: Path(shutil.copytree(folder, to / "another name")),
}


@each_case
def test_a_folder_and_its_archives_give_the_same_json(case, tmp_path):
    told = laws.diagnose(case.path, case.expected).to_json()
    for name, wrap in WRAPPINGS.items():
        to = tmp_path / name
        to.mkdir()
        assert laws.diagnose(wrap(case.path, to), case.expected).to_json() == told, name


@each_case
def test_the_hash_is_that_of_the_files(case):
    pairs = sorted(
        (name, hashlib.sha256(data).hexdigest()) for name, data in laws.unpacked(case.path).items()
    )
    text = "".join(f"{digest}  {name}\n" for name, digest in pairs)
    found = laws.diagnose(case.path).evidence_hash
    assert found == "sha256:" + hashlib.sha256(text.encode("utf-8")).hexdigest()


DIAGNOSE_ALL = """
import sys
import pvo_kit as pvo
for name in sys.argv[1:]:
    diagnosis = pvo.diagnose(pvo.load(pvo.example(name)))
    sys.stdout.buffer.write((diagnosis.to_json() + repr(diagnosis)).encode("utf-8"))
"""


def test_the_same_input_gives_the_same_bytes_in_every_process(tmp_path):
    told = []
    for seed, cwd in (("1", tmp_path), ("2", Path(__file__).parent)):
        environment = {**os.environ, "PYTHONHASHSEED": seed, "TZ": f"XXX{seed}"}
        done = subprocess.run(  # noqa: S603
            [sys.executable, "-c", DIAGNOSE_ALL, *pvo.examples()],
            cwd=cwd, env=environment, capture_output=True, check=True,
        )  # fmt: skip
        told.append(done.stdout)
    assert told[0] == told[1]
    assert len(told[0]) > 100_000


@each_case
def test_no_place_of_this_machine_gets_into_the_output(case, tmp_path):
    place = tmp_path / "a-place-of-mine"
    shutil.copytree(case.path, place / "folder")
    (place / "more").mkdir()
    (place / "more" / "empty.txt").touch()
    for paths in ([place / "folder"], [place / "folder", place / "more"]):
        diagnosis = pvo.diagnose(pvo.load(*paths))
        for output in (diagnosis.to_json(), repr(diagnosis), diagnosis._repr_html_()):
            assert "a-place-of-mine" not in output
            assert str(Path.home()) not in output or str(Path.home()) == "/"


# What people and programs do to text changes no verdict


Files = dict[str, bytes]


def _each_text(change: Callable[[str], str], encoding: str = "utf-8") -> Callable[[Files], Files]:
    """Return a function that changes every text file and leaves binary ones alone."""

    def changed(files: Files) -> Files:
        return {name: _encoded(change, data, encoding) for name, data in files.items()}

    return changed


def _encoded(change: Callable[[str], str], data: bytes, encoding: str) -> bytes:
    text = laws.text_of(data)
    if text is None:
        return data
    lines = laws.split_lines(text)
    new = change("".join(f"{line}\n" for line in lines))
    try:
        return new.encode(encoding)
    except UnicodeEncodeError:  # a letter that the encoding does not have
        return new.encode("utf-8")


def _same(text: str) -> str:
    return text


def _renamed(files: Files) -> Files:
    chance = random.Random(4711)
    return {f"{chance.randbytes(6).hex()}/{chance.randbytes(9).hex()}": data
            for data in files.values()}  # fmt: skip


def _in_reverse(files: Files) -> Files:
    return {f"{len(files) - number:03}.txt": data for number, data in enumerate(files.values())}


def _classic_mac(text: str) -> str:
    """CR alone, which a text that holds CRs of its own cannot have."""
    return text if "\r" in text else text.replace("\n", "\r")


PAGER = "-Press Any Key For More-"


def _on_screen(change: Callable[[str, int], str]) -> Callable[[str], str]:
    """Change each line as a terminal would show it; some files never come from one."""

    def changed(text: str) -> str:
        if text.startswith(("[[observation]]", "<?xml")):
            return text
        return "".join(f"{change(line, at)}\n" for at, line in enumerate(text.split("\n")[:-1]))

    return changed


def _cut(text: str, width: int) -> str:
    """Cut as a terminal does; a text whose log lines were wrapped by hand cannot be cut again."""
    if "\nfrom server" in text:
        return text
    return re.sub(f"(.{{{width}}})(?=.)", r"\1\n", text)


def _gzipped(files: Files) -> Files:
    return {f"{name}.gz": gzip.compress(data, mtime=0) for name, data in files.items()}


def _nested(files: Files) -> Files:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    outer = io.BytesIO()
    with zipfile.ZipFile(outer, "w") as archive:
        archive.writestr("inner.zip", packed.getvalue())
    return {"ticket/upload.zip": outer.getvalue()}


CHANGES: dict[str, Callable[[Files], Files]] = {
    "unpacked": lambda files: files,
    "other names": _renamed,
    "names in reverse order": _in_reverse,
    "CRLF": _each_text(lambda text: text.replace("\n", "\r\n")),
    "CR CR LF": _each_text(lambda text: text.replace("\n", "\r\r\n")),
    "CR": _each_text(_classic_mac),
    "a blank line after every line": _each_text(lambda text: text.replace("\n", "\n\n")),
    "quoted": _each_text(lambda text: re.sub("^", "> ", text, flags=re.M).removesuffix("> ")),
    "quoted twice": _each_text(lambda text: re.sub("^", "> > ", text, flags=re.M)),
    "quoted and spaced": _each_text(
        lambda text: re.sub("^", "> ", text.replace("\n", "\n\n"), flags=re.M)
    ),
    "UTF-8 with BOM": _each_text(_same, "utf-8-sig"),
    "UTF-16": _each_text(lambda text: text.replace("\n", "\r\n"), "utf-16"),
    "UTF-16 big-endian": _each_text(lambda text: "\ufeff" + text, "utf-16-be"),
    "Latin-1": _each_text(lambda text: "# Grüße aus Köln\n" + text, "latin-1"),
    "CP932": _each_text(lambda text: "# ご参考までに、ログです。\n" + text, "cp932"),
    "colours": _each_text(_on_screen(lambda line, _: line and f"\x1b[0;32m\x1b[K{line}")),
    "pager marks": _each_text(_on_screen(lambda line, at: line if at % 7 else PAGER + line)),
    "pager marks, erased": _each_text(
        _on_screen(lambda line, at: line if at % 7 else f"{PAGER}\r{' ' * len(PAGER)}\r{line}")
    ),
    "cut at 80 columns": _each_text(lambda text: _cut(text, 80)),
    "cut at 132 columns": _each_text(lambda text: _cut(text, 132)),
    "blanks at the end": _each_text(lambda text: text.replace("\n", "  \n")),
    "zipped twice": _nested,
    "gzipped one by one": _gzipped,
}


def _verdicts(diagnosis: pvo.Diagnosis) -> list[tuple[object, ...]]:
    return [(found.scenario, found.status, found.masked_by, found.resolved_at)
            for found in diagnosis.findings]  # fmt: skip


def _written(files: Files, folder: Path) -> Path:
    for name, data in files.items():
        place = folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data)
    return folder


@pytest.mark.parametrize("change", CHANGES)
@each_case
def test_no_change_of_form_changes_a_verdict(case, change, tmp_path):
    files = CHANGES[change](laws.unpacked(case.path))
    folder = _written(files, tmp_path / "case")
    diagnosis = laws.diagnose(folder, case.expected)
    assert _verdicts(diagnosis) == _verdicts(laws.diagnose(case.path, case.expected))
    laws.lawful(diagnosis, laws.decoded(folder))


@each_case
def test_the_order_of_the_paths_changes_no_verdict(case):
    paths = sorted(case.path.iterdir())
    told = {
        str(_verdicts(pvo.diagnose(pvo.load(*order))))
        for order in (paths, paths[::-1], random.Random(3).sample(paths, len(paths)))
    }
    assert told == {str(_verdicts(laws.diagnose(case.path)))}


@each_case
def test_a_scenario_alone_is_judged_as_among_all(case):
    evidence = pvo.load(case.path)
    whole = pvo.diagnose(evidence)
    for number in laws.SCENARIOS:
        [finding] = pvo.diagnose(evidence, [number]).findings
        assert finding == whole.finding(number)


@each_case
def test_evidence_cut_anywhere_still_gives_a_lawful_diagnosis(case, tmp_path):
    files = laws.unpacked(case.path)
    chance = random.Random(str(case))
    for number in range(3):
        cut = {name: data[chance.randrange(len(data)) :] for name, data in files.items()}
        folder = _written(cut, tmp_path / str(number))
        laws.lawful(pvo.diagnose(pvo.load(folder)), laws.decoded(folder))


# The technote's own text and a real log, where they are at hand


@pytest.mark.parametrize("path", TECHNOTE, ids=lambda path: path.name)
@pytest.mark.parametrize("wrapping", ["text", "zip"])
def test_the_technote_itself_is_diagnosed(path, wrapping, tmp_path):
    if wrapping == "zip":
        (tmp_path / "case").mkdir()
        shutil.copy(path, tmp_path / "case")
        path = _zip(tmp_path / "case", tmp_path / "technote.zip")
    diagnosis = pvo.diagnose(pvo.load(path))
    statuses = {found.scenario: found.status for found in diagnosis.findings}
    assert statuses == {
        1: "resolved",
        2: "manual",
        3: "fail",
        4: "fail",
        5: "unknown",
        6: "unknown",
    }
    for number in (3, 4):
        assert "Changed since (committed: " in diagnosis.finding(number).summary
    files = laws.decoded(path)
    if wrapping == "zip":  # a PATH that is an archive counts like a folder
        files = {name.removeprefix("technote.zip/"): lines for name, lines in files.items()}
    laws.lawful(diagnosis, files)


@pytest.mark.parametrize("path", REAL, ids=lambda path: path.name)
def test_a_real_log_is_read_to_its_last_line(path):
    evidence = pvo.load(path)
    assert [(entry.kind, entry.lines) for entry in evidence.files] == [
        ("mail_log", len(laws.decoded(path)[path.name]))
    ]
    [(_, coverage)] = evidence.coverage
    assert coverage.lines == evidence.files[0].lines
    diagnosis = pvo.diagnose(evidence)
    assert {found.status for found in diagnosis.findings} == {"unknown", "manual"}
    laws.lawful(diagnosis, laws.decoded(path))


# The checks themselves


def test_a_law_that_is_broken_is_told():
    case = CASES[0]
    diagnosis, files = laws.diagnose(case.path), laws.decoded(case.path)
    cited = next(found.citations[0] for found in diagnosis.findings if found.citations)
    files[cited.file][cited.line - 1] += "!"
    with pytest.raises(AssertionError):
        laws.lawful(diagnosis, files)
    document = json.loads(diagnosis.to_json())
    laws.shape(document)
    for spoil in (
        lambda table: table.update(more=1),
        lambda table: table.pop("schema"),
        lambda table: table["findings"][0].update(masked_by="1"),
        lambda table: table["evidence"].update(hash="sha256:0"),
    ):
        spoiled = json.loads(json.dumps(document))
        spoil(spoiled)
        with pytest.raises(AssertionError):
            laws.shape(spoiled)


def test_the_sidecars_are_no_evidence():
    for case in CASES:
        names = {entry.file for entry in laws.diagnose(case.path).files}
        assert f"{case}.toml" not in names
    assert EvidenceFile  # the kinds that laws.KINDS lists are this class's
    assert tomllib.loads((ESCALATIONS / "technote.toml").read_text(encoding="utf-8"))["made"]


# The documentation that findings point to


DOCUMENT = Path(__file__).resolve().parents[1] / "docs" / "scenarios.md"


def test_every_scenario_and_every_cause_has_its_anchor():
    text = DOCUMENT.read_text(encoding="utf-8")
    for number in laws.SCENARIOS:
        assert re.search(f'^<a id="scenario-{number}"></a>\n## Scenario {number}: ', text, re.M)
    for number in range(1, 26):
        assert text.count(f'<a id="E{number}"></a>E{number} |') == 1
    anchors = set(re.findall(r'<a id="([^"]+)"></a>', text)) | {
        re.sub(r"[^a-z0-9 -]", "", head.lower()).replace(" ", "-")
        for head in re.findall(r"^##+ (.+)$", text, re.M)
    }
    assert set(re.findall(r"\]\(#([^)]+)\)", text)) <= anchors


def test_every_scenario_is_told_whole():
    text = DOCUMENT.read_text(encoding="utf-8")
    chapters = re.split(r'<a id="scenario-\d"></a>\n', text)[1:]
    assert len(chapters) == len(laws.SCENARIOS)
    for chapter in chapters:
        chapter = chapter.partition("\n## Other causes")[0]
        for part in ("Symptom", "Proof", "Fix", "Risk", "Verify", "Way back", "Alternatives"):
            assert f"**{part}" in chapter, f"{part} is missing in {chapter[:40]}"
        assert "*Sources:*" in chapter
        assert "technote" in chapter
        assert "From memory" in chapter


def test_the_causes_that_findings_name_are_in_the_document():
    package = Path(pvo.__file__).parent
    named = {cause for module in (package / "scenarios").glob("*.py")
             for cause in re.findall(r"\bE\d+\b", module.read_text(encoding="utf-8"))}  # fmt: skip
    assert named
    text = DOCUMENT.read_text(encoding="utf-8")
    assert all(f'<a id="{cause}"></a>' in text for cause in named)
