"""Case folders: made of an escalation, verified, renewed; and what is refused.

Also the published case studies in docs/case-studies.
"""

from __future__ import annotations

import hashlib
import json
import os
import runpy
import shutil
import tomllib
import zipfile
from pathlib import Path

import pytest

import pvo_kit as pvo
from pvo_kit import case_folder, resources, seal
from pvo_kit.case_folder import manifest, notebook, verifying
from pvo_kit.cli import main
from pvo_kit.report.study import Preface

KEY = b"a key of tests only, never more."
FIX = "2014-06-12 07:48:20"
ROOT = Path(__file__).resolve().parent.parent
STUDIES = ROOT / "docs" / "case-studies"
PUBLISHED = sorted(path.parent for path in STUDIES.glob("*/case.json"))


@pytest.fixture
def case(capsys):
    """Run the verb; return the exit code, standard output and standard error."""

    def runs(*words):
        try:
            code = main(["case", *map(str, words)])
        except SystemExit as stop:  # argparse
            code = stop.code
        printed = capsys.readouterr()
        assert "Traceback" not in printed.err
        return code, printed.out, printed.err

    return runs


@pytest.fixture(scope="module")
def original(tmp_path_factory):
    folder = tmp_path_factory.mktemp("made") / "original"
    case_folder.make(folder, [pvo.example("resolved")], Preface(title="Ours", fix=FIX), KEY)
    return folder


@pytest.fixture
def folder(original, tmp_path):
    """A case folder of our own to spoil."""
    return Path(shutil.copytree(original, tmp_path / "a case"))


def differs(folder):
    done = case_folder.verify(folder, run_notebook=False)
    assert done.same == (not done.differences)
    return done.differences


def bytes_of(folder):
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def edited(path, change):
    """Change the JSON of a file."""
    document = json.loads(path.read_text(encoding="utf-8"))
    change(document)
    path.write_text(json.dumps(document), encoding="utf-8")


# Made


def test_a_made_folder_holds_the_case_and_names_nobody(folder):
    told = json.loads((folder / "case.json").read_text(encoding="utf-8"))
    evidence = pvo.load(folder / "evidence")
    assert evidence.redacted
    assert told["evidence_hash"] == evidence.hash
    assert told["pvo_kit"] == pvo.__version__
    assert told["lock"] == hashlib.sha256((ROOT / "requirements.lock").read_bytes()).hexdigest()
    assert told["preface"] == {"title": "Ours", "symptom": "", "note": "", "fix": FIX}
    names = {path.name for path in folder.iterdir()}
    assert names == {"case.json", "evidence", *told["files"]}
    assert {"findings.json", "report.html", "report.md", "report-timeline.png"} <= names
    for name, digest in told["files"].items():
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest
    findings = (folder / "findings.json").read_text(encoding="utf-8")
    assert findings == pvo.diagnose(evidence).to_json()
    for data in bytes_of(folder).values():
        assert b"mx.example.com" not in data
        assert b"172.20.8.40" not in data
    assert "UNREDACTED" not in (folder / "report.html").read_text(encoding="utf-8")


def test_pictures_of_the_text_stand_beside_it(folder):
    text = (folder / "report.md").read_text(encoding="utf-8")
    for name in ("report-timeline.png", "report-tls-failures.png", "report-ciphers.png"):
        assert f"]({name})" in text
        assert (folder / name).read_bytes().startswith(b"\x89PNG")


def test_the_same_key_makes_the_same_folder(original, tmp_path):
    preface = Preface(title="Ours", fix=FIX)
    case_folder.make(tmp_path / "again", [pvo.example("resolved")], preface, KEY)
    assert bytes_of(tmp_path / "again") == bytes_of(original)
    case_folder.make(tmp_path / "other", [pvo.example("resolved")], preface)
    assert manifest.read(tmp_path / "other").evidence_hash != manifest.read(original).evidence_hash


def test_the_command_makes_a_folder_and_verifies_it(tmp_path, case):
    key, names = tmp_path / "key", tmp_path / "map.json"
    key.write_bytes(KEY)
    key.chmod(0o600)
    target = tmp_path / "case"
    code, out, err = case(
        target, "--from", pvo.example("sma-offline"), "--key-file", key, "--map", names,
        "--title", "A title",
    )  # fmt: skip
    assert (code, out) == (0, "")
    assert "redacted and verified" in err
    assert "mx.example.com" in names.read_text(encoding="utf-8")
    assert not list(target.rglob("map*"))
    assert "<h1>A title</h1>" in (target / "report.html").read_text(encoding="utf-8")
    assert case(target, "--no-notebook")[:2] == (0, "case tells the same story\n")


def test_an_original_value_in_ones_own_words_is_told(tmp_path, case):
    words = ("--title", "Grey at MX.example.com", "--note", "Not of anybody, on the SMA.")
    code, _, err = case(tmp_path / "case", "--from", pvo.example("resolved"), *words)
    assert code == 0
    assert "your own words hold mx.example.com, an original value" in err
    assert err.count("your own words hold") == 1


def test_several_paths_are_one_case(tmp_path, case):
    paths = sorted(pvo.example("sma-offline").iterdir())
    words = [word for path in paths for word in ("--from", path)]
    assert case(tmp_path / "case", *words)[0] == 0
    assert len(pvo.load(tmp_path / "case" / "evidence").files) == len(paths)
    assert differs(tmp_path / "case") == ()


def test_an_empty_folder_is_as_good_as_none(tmp_path):
    (tmp_path / "case").mkdir()
    case_folder.make(tmp_path / "case", [pvo.example("too-little")], key=KEY)
    assert differs(tmp_path / "case") == ()


def test_a_redacted_folder_is_copied_as_it_is(tmp_path, case):
    pvo.redact(pvo.example("resolved"), tmp_path / "copy", KEY)
    code, _, err = case(tmp_path / "case", "--from", tmp_path / "copy")
    assert code == 0
    assert "redacted and verified" not in err
    assert bytes_of(tmp_path / "case" / "evidence") == bytes_of(tmp_path / "copy")
    assert differs(tmp_path / "case") == ()
    code, _, err = case(
        tmp_path / "other", "--from", tmp_path / "copy", "--map", tmp_path / "map.json"
    )
    assert code == 2
    assert "redacted already" in err
    assert not (tmp_path / "other").exists()


def test_a_copy_that_somebody_changed_is_redacted_again(tmp_path):
    pvo.redact(pvo.example("resolved"), tmp_path / "copy", KEY)
    (tmp_path / "copy" / seal.FILE).unlink()
    (tmp_path / "copy" / "more.txt").write_text("mx9.example.org> whoami\n\nUsername: carla\n")
    case_folder.make(tmp_path / "case", [tmp_path / "copy"], key=KEY)
    assert pvo.load(tmp_path / "case" / "evidence").redacted
    whole = b"".join(bytes_of(tmp_path / "case").values())
    assert b"carla" not in whole
    assert b"mx9.example.org" not in whole


# Verified: the same


@pytest.mark.parametrize("name", pvo.examples())
def test_every_bundled_case_makes_a_folder_that_verifies(name, tmp_path):
    case_folder.make(tmp_path / "case", [pvo.example(name)], key=KEY)
    assert differs(tmp_path / "case") == ()


def test_a_folder_verifies_wherever_and_however_named(folder, tmp_path):
    moved = folder.rename(tmp_path / "näher & <b>weiter")
    done = case_folder.verify(moved, run_notebook=False)
    assert (done.same, done.remarks) == (True, ())


def test_verifying_changes_nothing(folder):
    before = bytes_of(folder)
    case_folder.verify(folder, run_notebook=False)
    assert bytes_of(folder) == before


def test_another_version_or_lock_is_a_remark(folder):
    def older(document):
        document.update(pvo_kit="0.0.9", lock="0" * 64)

    edited(folder / "case.json", older)
    done = case_folder.verify(folder, run_notebook=False)
    assert done.same
    assert [word for line in done.remarks for word in ("0.0.9", "lock") if word in line] == [
        "0.0.9",
        "lock",
    ]
    assert "--renew" in done.text


def test_another_matplotlib_is_no_difference(folder, monkeypatch):
    from pvo_kit import charts

    monkeypatch.setattr(charts, "to_png", lambda chart: b"\x89PNG\r\n\x1a\ndrawn otherwise")
    assert differs(folder) == ()


def test_an_installation_without_the_lock_says_so(folder, monkeypatch):
    monkeypatch.setattr(resources, "lock", lambda: None)
    done = case_folder.verify(folder, run_notebook=False)
    assert done.same
    assert done.remarks == ("this installation has no requirements.lock to compare with",)
    case_folder.renew(folder)
    assert manifest.read(folder).lock is None
    assert case_folder.verify(folder, run_notebook=False).remarks == ()


def test_the_lock_is_found_beside_the_package_or_in_it(tmp_path, monkeypatch):
    assert resources.lock() == ROOT / "requirements.lock"
    monkeypatch.setattr(resources, "_PACKAGE", tmp_path / "pvo_kit")
    assert resources.lock() is None
    (tmp_path / "pvo_kit").mkdir()
    (tmp_path / "pvo_kit" / "requirements.lock").write_text("")
    assert resources.lock() == tmp_path / "pvo_kit" / "requirements.lock"


@pytest.mark.parametrize(("version", "count"), [("standard", 1), ("editable", 0)])
def test_a_wheel_brings_the_lock_and_an_installation_in_place_does_not(version, count, tmp_path):
    from hatchling.builders.wheel import WheelBuilder

    (wheel,) = WheelBuilder(str(ROOT)).build(directory=str(tmp_path), versions=[version])
    with zipfile.ZipFile(wheel) as archive:
        names = [name for name in archive.namelist() if name.endswith("requirements.lock")]
    assert names == ["pvo_kit/requirements.lock"] * count


# Verified: what differs


def test_changed_evidence_differs_by_file_and_finding(folder, case):
    path = folder / "evidence" / "esa before and after.txt"
    path.write_text(path.read_text().replace("no certificate from server", "has expired"))
    code, out, _ = case(folder, "--no-notebook")
    assert code == 1
    assert out.startswith("a case no longer tells the same story:\n")
    assert "  evidence: esa before and after.txt is another one\n" in out
    assert "  evidence: its hash is sha256:" in out
    assert "UNREDACTED" in out
    assert "  scenario 4 is resolved still, with other citations\n" in out
    assert seal.FILE not in out


def test_evidence_that_changes_a_verdict_names_both(folder):
    shutil.rmtree(folder / "evidence")
    pvo.redact(pvo.example("tls-no-certificate"), folder / "evidence", KEY)
    told = differs(folder)
    assert "scenario 4 is fail, and was resolved" in told
    assert "scenario 2 is manual, and was pass" in told
    assert "other appliances are recognised in the evidence" in told
    assert "evidence: sma.txt is missing" in told
    assert not any("UNREDACTED" in line for line in told)


@pytest.mark.parametrize("name", ["sma.txt", "seen-in-the-gui.toml"])
def test_evidence_that_is_gone_is_named(folder, name):
    (folder / "evidence" / name).unlink()
    assert f"evidence: {name} is missing" in differs(folder)


def test_evidence_that_came_in_addition_is_named(folder):
    (folder / "evidence" / "more.txt").write_text("mx.example.com> whoami\n")
    told = differs(folder)
    assert "evidence: more.txt was not there" in told
    assert any("UNREDACTED" in line for line in told)


def test_evidence_without_its_seal_counts_as_unredacted(folder):
    (folder / "evidence" / seal.FILE).unlink()
    (line,) = (line for line in differs(folder) if line.startswith("evidence"))
    assert "UNREDACTED" in line


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda found: found.update(status="fail"), "scenario 4 is resolved, and was fail"),
        (
            lambda found: found.update(summary="All is well."),
            "scenario 4 is resolved still, with other summary",
        ),
        (
            lambda found: found["citations"].pop(),
            "scenario 4 is resolved still, with other citations",
        ),
        (
            lambda found: found["remedy"]["steps"][0].update(send="reboot"),
            "scenario 4 is resolved still, with other remedy",
        ),
        (lambda found: found.update(scenario=9), "scenario 9 is not judged"),
    ],
    ids=["status", "summary", "citation", "remedy", "scenario"],
)
def test_a_changed_finding_is_named(folder, change, told):
    edited(folder / "findings.json", lambda document: change(document["findings"][3]))
    # Whoever changes a finding may change its digest too.
    data = (folder / "findings.json").read_bytes()
    digest = hashlib.sha256(data).hexdigest()
    assert "findings.json was changed after the case was made" in differs(folder)
    edited(folder / "case.json", lambda d: d["files"].update({"findings.json": digest}))
    found = differs(folder)
    assert told in found
    assert "findings.json was changed after the case was made" not in found


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"findings": [4]}', "[" * 9999, "\xff"])
def test_findings_that_are_none_differ(folder, text):
    (folder / "findings.json").write_text(text, encoding="latin-1")
    assert "findings.json holds no findings" in differs(folder)


@pytest.mark.parametrize(
    "name", ["findings.json", "report.html", "report.md", "report-ciphers.png"]
)
def test_a_missing_and_a_changed_file_are_named(folder, name):
    path = folder / name
    data = path.read_bytes()
    path.write_bytes(data + b" ")
    assert f"{name} was changed after the case was made" in differs(folder)
    path.unlink()
    assert differs(folder) == (f"{name} is missing",)
    path.mkdir()
    assert differs(folder) == (f"{name} is missing",)


@pytest.mark.parametrize("name", ["report.html", "report.md"])
def test_a_report_of_something_else_differs_even_with_its_digest(folder, name):
    path = folder / name
    path.write_bytes(path.read_bytes().replace(b"anonymous", b"wonderful"))
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    edited(folder / "case.json", lambda d: d["files"].update({name: digest}))
    assert differs(folder) == (f"{name} tells something else than this evidence",)
    # Another kit may tell the same in other words.
    edited(folder / "case.json", lambda d: d.update(pvo_kit="0.0.9"))
    assert differs(folder) == ()


def test_a_rule_that_judges_otherwise_differs(folder, monkeypatch):
    from dataclasses import replace

    from pvo_kit import hints
    from pvo_kit.diagnosis import diagnose

    def judged(evidence, pvo_port):
        found = diagnose(evidence)
        first = replace(found.findings[0], status="unknown")
        return replace(found, findings=(first, *found.findings[1:]))

    monkeypatch.setattr(hints, "diagnose", judged)
    assert "scenario 1 is unknown, and was pass" in differs(folder)


def test_hostile_names_and_words_cannot_steer_the_terminal(folder, case):
    edited(
        folder / "case.json",
        lambda d: d["evidence"].update({"\x1b[31mgone\u202e\n": "0"}),
    )
    code, out, _ = case(folder, "--no-notebook")
    assert code == 1
    assert "evidence: \\x1b[31mgone\\u202e\\n is missing" in out
    assert "\x1b" not in out


def test_a_manifest_cannot_lead_out_of_its_folder(folder, tmp_path):
    (tmp_path / "secret").write_text("secret")
    digest = hashlib.sha256(b"secret").hexdigest()
    edited(folder / "case.json", lambda d: d["files"].update({"../secret": digest}))
    assert "../secret is no file of a case" in differs(folder)
    case_folder.renew(folder)
    assert (tmp_path / "secret").read_text() == "secret"
    assert differs(folder) == ()


# Refused


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "null",
        '"text"',
        "{}",
        '{"pvo_kit case": 2}',
        '{"pvo_kit case": 1}',
        "[" * 99999,
        "no JSON",
        "\xff\xfe",
    ],
    ids=["empty", "list", "null", "text", "table", "schema", "bare", "deep", "words", "bytes"],
)
def test_a_manifest_that_is_none_is_refused(tmp_path, text, case):
    (tmp_path / "case.json").write_bytes(text.encode("latin-1"))
    code, out, err = case(tmp_path)
    assert (code, out) == (2, "")
    assert "is no case folder of this pvo-kit" in err
    assert not case_folder.is_case_folder(tmp_path)


@pytest.mark.parametrize(
    "name", ["pvo_kit", "evidence_hash", "lock", "hints", "preface", "evidence", "files"]
)
@pytest.mark.parametrize("value", [3, [], {"a": 3}, {"title": None}], ids=str)
def test_a_manifest_with_wrong_values_is_refused(folder, name, value, case):
    if name in ("evidence", "files") and value == []:
        value = "text"
    edited(folder / "case.json", lambda d: d.update({name: value}))
    assert case(folder)[0] == 2


def test_what_is_no_case_folder_is_refused_and_untouched(tmp_path, case):
    foreign = tmp_path / "foreign"
    foreign.mkdir()
    (foreign / "thesis.txt").write_text("mine")
    for words in ([], ["--renew"], ["--from", pvo.example("resolved")]):
        code, out, err = case(foreign, *words)
        assert (code, out) == (2, "")
        assert "is no case folder" in err
    assert bytes_of(foreign) == {"thesis.txt": b"mine"}
    code, _, err = case(foreign / "thesis.txt", "--from", pvo.example("resolved"))
    assert code == 2
    assert "is no case folder" in err
    assert (foreign / "thesis.txt").read_text() == "mine"


def test_a_case_folder_is_never_made_over(folder, case):
    before = bytes_of(folder)
    code, _, err = case(folder, "--from", pvo.example("sma-offline"))
    assert code == 2
    assert "is a case folder already" in err
    assert bytes_of(folder) == before


def test_a_case_folder_is_no_evidence(folder, tmp_path, case):
    code, _, err = case(tmp_path / "new", "--from", folder)
    assert code == 2
    assert "is a case folder: its reports are no evidence; give a case/evidence" in err
    assert not (tmp_path / "new").exists()
    assert case(tmp_path / "new", "--from", folder / "evidence")[0] == 0


def test_a_new_folder_needs_something_to_be_made_of(tmp_path, case):
    code, _, err = case(tmp_path / "new")
    assert code == 2
    assert "give --from PATH" in err
    assert not (tmp_path / "new").exists()


def test_a_folder_without_evidence_cannot_be_verified(folder, case):
    shutil.rmtree(folder / "evidence")
    code, out, err = case(folder)
    assert (code, out) == (2, "")
    assert "evidence" in err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--key-file", "K"], "give --from PATH too"),
        (["--map", "M"], "give --from PATH too"),
        (["--renew", "--map", "M"], "give --from PATH too"),
        (["--title", "T"], "--renew"),
        (["--fix", FIX], "--renew"),
        (["--renew", "--no-notebook"], "--no-notebook is for verifying"),
        (["--from", "x", "--no-notebook"], "--no-notebook is for verifying"),
        (["--from", "x", "--renew"], "not allowed with"),
    ],
    ids=" ".join,
)
def test_options_that_would_be_passed_over_are_refused(folder, words, told, case):
    before = bytes_of(folder)
    code, out, err = case(folder, *words)
    assert (code, out) == (2, "")
    assert told in err
    assert bytes_of(folder) == before


@pytest.mark.parametrize(
    "words",
    [
        ["--fix", "tomorrow"],
        ["--key-file", "{home}/short"],
        ["--key-file", "{home}/none"],
        ["--map", "{home}/no/such/map.json"],
        ["--map", "{home}/new/map.json"],
    ],
    ids=["fix", "short key", "no key", "no folder for the map", "map in the case"],
)
def test_when_it_fails_nothing_is_kept(tmp_path, words, case):
    (tmp_path / "short").write_text("short")
    (tmp_path / "short").chmod(0o600)
    given = [word.format(home=tmp_path) for word in words]
    code, out, _ = case(tmp_path / "new", "--from", pvo.example("resolved"), *given)
    assert (code, out) == (2, "")
    assert [path.name for path in tmp_path.iterdir()] == ["short"]


@pytest.mark.skipif(os.name != "posix", reason="rights of other users are POSIX's")
def test_a_key_that_others_can_read_is_refused(tmp_path, case):
    (tmp_path / "key").write_bytes(KEY)
    (tmp_path / "key").chmod(0o644)
    code, _, err = case(
        tmp_path / "new", "--from", pvo.example("resolved"), "--key-file", tmp_path / "key"
    )
    assert code == 2
    assert "can be read or changed by others" in err
    assert not (tmp_path / "new").exists()


def test_a_folder_inside_what_is_read_is_refused(tmp_path, case):
    source = shutil.copytree(pvo.example("resolved"), tmp_path / "upload")
    code, _, err = case(source / "case", "--from", source)
    assert code == 2
    assert "lies in" in err
    assert bytes_of(source) == bytes_of(pvo.example("resolved"))


# Renewed


def test_renewing_writes_all_but_the_evidence_in_other_words(folder, case):
    evidence = bytes_of(folder / "evidence")
    edited(folder / "case.json", lambda d: d.update(pvo_kit="0.0.9", lock=None))
    (folder / "report.md").write_text("outdated")
    code, out, _ = case(folder, "--renew", "--note", "A remark.", "--fix", "")
    assert (code, out) == (0, "")
    assert bytes_of(folder / "evidence") == evidence
    done = case_folder.verify(folder, run_notebook=False)
    assert (done.same, done.remarks) == (True, ())
    told = manifest.read(folder).preface
    assert told == Preface(title="Ours", note="A remark.")
    text = (folder / "report.md").read_text(encoding="utf-8")
    assert "A remark." in text
    assert "Before the fix" not in text


def test_renewing_takes_away_pictures_that_are_no_longer_drawn(folder, monkeypatch):
    from pvo_kit.report import study

    (folder / "report-mine.png").write_bytes(b"mine")
    monkeypatch.setattr(study, "pictures", lambda connections, fix: ())
    case_folder.renew(folder)
    assert sorted(path.name for path in folder.glob("*.png")) == ["report-mine.png"]


def test_renewing_refuses_evidence_that_is_no_longer_redacted(folder, case):
    (folder / "evidence" / "more.txt").write_text("mx.example.com> whoami\n")
    before = bytes_of(folder)
    code, _, err = case(folder, "--renew")
    assert code == 2
    assert "no longer what was redacted" in err
    assert bytes_of(folder) == before


@pytest.mark.skipif(os.name != "posix", reason="links need rights elsewhere")
def test_renewing_writes_through_no_link(folder, tmp_path):
    (tmp_path / "mine").write_text("mine")
    (folder / "report.md").unlink()
    (folder / "report.md").symlink_to(tmp_path / "mine")
    case_folder.renew(folder)
    assert (tmp_path / "mine").read_text() == "mine"
    assert differs(folder) == ()


# The notebook

CELLS = [
    {"cell_type": "markdown", "id": "a", "metadata": {}, "source": ["# A case\n"]},
    {
        "cell_type": "code",
        "id": "b",
        "metadata": {"tags": ["parameters"]},
        "execution_count": 3,
        "outputs": [{"output_type": "stream", "name": "stdout", "text": ["old\n"]}],
        "source": ["# A path.\n", 'case = "technote"'],
    },
    {
        "cell_type": "code",
        "id": "c",
        "metadata": {},
        "execution_count": None,
        "outputs": [],
        "source": ["import pvo_kit as pvo\n", "pvo.diagnose(pvo.load(case))"],
    },
]


@pytest.fixture
def bundle(tmp_path, monkeypatch):
    """Bundle a small notebook, with a last cell of this source."""

    def bundles(source="1 + 1"):
        cells = json.loads(json.dumps(CELLS))
        cells.append({**cells[-1], "id": "d", "source": [source]})
        kernel = {"name": "python3", "display_name": "Python 3"}
        document = {"cells": cells, "metadata": {"kernelspec": kernel}, "nbformat": 4}
        home = tmp_path / "notebooks"
        home.mkdir(exist_ok=True)
        text = json.dumps({**document, "nbformat_minor": 5})
        (home / notebook.NAME).write_text(text, encoding="utf-8")
        monkeypatch.setattr(resources, "notebooks", lambda: home)

    return bundles


@pytest.fixture
def bundled(bundle, tmp_path):
    bundle()
    case_folder.make(tmp_path / "case", [pvo.example("resolved")], key=KEY)
    return tmp_path / "case"


def test_the_notebook_is_about_the_folders_evidence_and_shows_nothing_yet(bundled):
    document = json.loads((bundled / notebook.NAME).read_text(encoding="utf-8"))
    _, given, *others = document["cells"]
    assert "".join(given["source"]) == "# A path.\ncase = 'evidence'"
    assert given["outputs"] == []
    assert given["execution_count"] is None
    assert [cell["source"] for cell in others] == [CELLS[2]["source"], ["1 + 1"]]
    assert notebook.NAME in manifest.read(bundled).files


def test_verifying_runs_the_notebook_and_compares_what_it_shows(bundled):
    before = bytes_of(bundled)
    done = case_folder.verify(bundled)
    assert (done.differences, done.remarks) == ((), ())
    assert bytes_of(bundled) == before


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("1 / 0", "30_case_study.ipynb fails: ZeroDivisionError: division by zero"),
        ("", None),
    ],
    ids=["broken", "silent"],
)
def test_a_notebook_that_fails_or_shows_another_diagnosis_differs(
    bundle, bundled, source, told, monkeypatch
):
    bundle(source)
    case_folder.renew(bundled)
    if told is None:
        told = "30_case_study.ipynb shows another diagnosis"
        prepared = notebook.prepared
        monkeypatch.setattr(
            notebook, "prepared", lambda _, told: prepared(str(pvo.example("healthy")), told)
        )
        case_folder.renew(bundled)
    assert case_folder.verify(bundled).differences == (told,)


def test_a_kernel_that_does_not_start_is_a_difference(bundled, monkeypatch):
    def fails(notebook):
        raise RuntimeError("Kernel died before\nreplying")

    monkeypatch.setattr(notebook, "_execute", fails)
    assert case_folder.verify(bundled).differences == (
        "30_case_study.ipynb fails: RuntimeError: Kernel died before replying",
    )


def test_a_strangers_notebook_and_modules_are_never_run(bundled, tmp_path):
    trace = tmp_path / "trace"
    planted = f"open({str(trace)!r}, 'w').close()\n"
    for place in (bundled, bundled / "evidence"):
        for name in ("pandas.py", "pvo_kit.py", "IPython.py", "sitecustomize.py"):
            (place / name).write_text(planted)
    case_folder.verify(bundled)
    edited(
        bundled / notebook.NAME,
        lambda document: document["cells"][-1].update(source=[planted]),
    )
    done = case_folder.verify(bundled)
    assert "30_case_study.ipynb was changed after the case was made" in done.differences
    assert "30_case_study.ipynb is not this kit's own, so it was not run" in done.remarks
    assert not trace.exists()


def test_a_notebook_that_is_gone_is_missing_and_not_run(bundled, monkeypatch):
    monkeypatch.setattr(verifying.notebook, "run", lambda *_: pytest.fail("it was run"))
    (bundled / notebook.NAME).unlink()
    assert case_folder.verify(bundled).differences == ("30_case_study.ipynb is missing",)


def test_without_jupyter_the_notebook_is_not_run_and_that_is_said(bundled, monkeypatch):
    import builtins

    real = builtins.__import__

    def lacking(name, *words, **more):
        if name.startswith(("nbclient", "nbformat")):
            raise ImportError(name)
        return real(name, *words, **more)

    monkeypatch.setattr(builtins, "__import__", lacking)
    done = case_folder.verify(bundled)
    assert done.same
    assert done.remarks == ("30_case_study.ipynb was not run: pip install 'pvo_kit[lab]'",)


def test_an_installation_without_the_notebook_makes_a_folder_without_it(tmp_path, monkeypatch):
    monkeypatch.setattr(resources, "notebooks", lambda: tmp_path / "none")
    case_folder.make(tmp_path / "case", [pvo.example("too-little")], key=KEY)
    assert not (tmp_path / "case" / notebook.NAME).exists()
    done = case_folder.verify(tmp_path / "case")
    assert (done.differences, done.remarks) == ((), ())


# The published case studies


def test_three_case_studies_are_published_and_listed():
    build = runpy.run_path(str(STUDIES / "build.py"))
    assert sorted(path.name for path in PUBLISHED) == sorted(build["CASES"])
    listed = (STUDIES / "README.md").read_text(encoding="utf-8")
    assert len(PUBLISHED) == 3
    for path in PUBLISHED:
        assert f"({path.name}/report.md)" in listed
        assert f"`{build['CASES'][path.name][0]}`" in listed


@pytest.mark.parametrize("folder", PUBLISHED, ids=lambda path: path.name)
def test_a_published_case_study_verifies(folder):
    assert differs(folder) == ()


@pytest.mark.parametrize("folder", PUBLISHED, ids=lambda path: path.name)
def test_a_published_case_study_says_that_it_is_made_and_tells_its_case(folder):
    build = runpy.run_path(str(STUDIES / "build.py"))
    name, _ = build["CASES"][folder.name]
    for form in ("report.md", "report.html"):
        text = (folder / form).read_text(encoding="utf-8")
        assert "The data of this case study is made, not captured" in text
        assert "UNREDACTED" not in text
    expected = tomllib.loads((resources.example(name).parent / f"{name}.toml").read_text("utf-8"))
    findings = json.loads((folder / "findings.json").read_text(encoding="utf-8"))["findings"]
    statuses = {str(found["scenario"]): found["status"] for found in findings}
    assert statuses == expected["findings"]


def test_the_case_studies_are_of_three_kinds():
    causes = []
    for folder in PUBLISHED:
        findings = json.loads((folder / "findings.json").read_text(encoding="utf-8"))["findings"]
        causes += [
            found["scenario"] for found in findings if found["status"] in ("fail", "resolved")
        ]
    assert sorted(causes) == [1, 4, 6]
    assert any(list(folder.glob("*.png")) for folder in PUBLISHED)


def test_the_case_studies_are_built_from_the_bundled_escalations(tmp_path):
    (tmp_path / "anonymous-cipher").mkdir()
    build = runpy.run_path(str(STUDIES / "build.py"))
    for _ in range(2):  # also over what it built before
        build["build"](tmp_path)
    for folder in PUBLISHED:
        assert differs(tmp_path / folder.name) == ()
        old, new = manifest.read(folder), manifest.read(tmp_path / folder.name)
        assert new.preface == old.preface


def test_make_builds_them():
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert "\ncase-studies: $(READY) ##" in text
    assert "docs/case-studies/build.py" in text
