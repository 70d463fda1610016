"""What a person tells where the evidence does not, in every verb that makes something of a case."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace

import pytest

import pvo_kit as pvo
from pvo_kit import case_folder, cli
from pvo_kit.batching import notebooks
from pvo_kit.batching.archive import Escalation
from pvo_kit.batching.task import Work, run_case
from pvo_kit.case_folder import manifest
from pvo_kit.hints import Hints, hints, refuse_unknown_hosts, with_known_hosts
from pvo_kit.redaction.keys import given
from pvo_kit.redaction.names import Names

KEY = b"a key of tests only, never more."
BOX = "box.example.com"
TOLD = {"roles": {BOX: "sma"}, "year": 2023, "pvo_port": 7026}
OPTIONS = ("--role", f"{BOX.upper()}=sma", "--year", "2023", "--pvo-port", "7026")

SESSION = f"""{BOX}> status

Status as of:                  Sun Jun 04 09:30:00 2023 GMT
System status:                 Offline
"""
BODIES = (
    "New SMTP DCID 7 interface 10.1.1.1 address 10.1.1.2 port 7026",
    "DCID 7 TLS failed: verify error: no certificate from server",
    "New SMTP DCID 9 interface 10.1.1.1 address 10.1.1.2 port 7026",
    "DCID 9 TLS success protocol TLSv1.2 cipher AES256-SHA",
)
RESOLVED = "2023-06-04T09:03:00Z"


@pytest.fixture
def upload(tmp_path):
    """A case that says neither what the box is, nor the year, nor the port."""
    folder = tmp_path / "upload"
    folder.mkdir()
    (folder / "box.txt").write_text(SESSION)
    lines = [f"Jun  4 09:0{at}:00 mx mail_logs: Info: {body}\n" for at, body in enumerate(BODIES)]
    (folder / "mail_log").write_text("".join(lines))
    return folder


def judged(document):
    """What of a diagnosis follows from the hints."""
    first, fourth = document["findings"][0], document["findings"][3]
    return first["status"], fourth["status"], fourth["resolved_at"]


def read(path):
    return json.loads(path.read_text(encoding="utf-8"))


def command(capsys, *words):
    code = cli.main([*map(str, words)])
    return code, capsys.readouterr()


def test_the_case_is_one_that_needs_each_of_them(upload):
    told = hints(**TOLD)
    assert judged(told.diagnose(told.load(upload)).to_dict()) == ("fail", "resolved", RESOLVED)
    for name, other in (
        ("roles", ("unknown", "resolved", RESOLVED)),
        ("year", ("fail", "resolved", None)),
        ("pvo_port", ("fail", "unknown", None)),
    ):
        fewer = hints(**{**TOLD, name: None})
        assert judged(fewer.diagnose(fewer.load(upload)).to_dict()) == other


def test_hints_are_what_load_and_diagnose_make_of_them(upload):
    told = hints({BOX.upper(): "sma"}, 2023, 7026)
    evidence = pvo.load(upload, roles={BOX: "sma"}, year=2023)
    assert told.load(upload) == evidence
    assert told.diagnose(evidence) == pvo.diagnose(evidence, pvo_port=7026)
    assert told.given() == TOLD
    assert Hints().given() == {}


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"year": 0}, "0 is no year"),
        ({"year": 10000}, "10000 is no year"),
        ({"pvo_port": 65536}, "65536 is not a TCP port"),
        ({"roles": {"box": "wsa"}}, "wsa is no role of box; give esa or sma"),
    ],
    ids=["before all years", "after", "port", "role"],
)
def test_hints_that_cannot_be_are_refused_before_any_work(wrong, told, upload, tmp_path):
    for make in (
        lambda: hints(**wrong),
        lambda: pvo.batch(upload.parent, tmp_path.with_name("runs"), **wrong),
        lambda: pvo.redact(upload, tmp_path / "out", **wrong),
    ):
        with pytest.raises(pvo.InputError, match=told):
            make()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["upload"]


def test_the_role_of_a_host_that_is_not_there_is_refused_or_left_out(upload):
    told = hints({BOX: "sma", "other.example.com": "esa"})
    with pytest.raises(pvo.InputError, match=r"no host other\.example\.com .* box\.example\.com"):
        refuse_unknown_hosts(told, told.load(upload))
    known, evidence = with_known_hosts(told, told.load(upload))
    assert known == hints({BOX: "sma"})
    assert evidence == known.load(upload)


# Redaction and case folders


def test_a_copy_tells_the_same_under_the_new_name_of_the_host(upload, tmp_path, capsys):
    key = tmp_path / "key"
    key.write_bytes(KEY)
    key.chmod(0o600)
    code, _ = command(
        capsys, "redact", upload, "--out", tmp_path / "out", "--key-file", key, *OPTIONS
    )
    assert code == 0
    done = pvo.redact(upload, tmp_path / "other", KEY, **TOLD)
    assert done.hints == hints({Names(given(KEY)).host(BOX): "sma"}, 2023, 7026)
    evidence = done.hints.load(tmp_path / "out")
    assert judged(done.hints.diagnose(evidence).to_dict()) == ("fail", "resolved", RESOLVED)
    with pytest.raises(pvo.InputError, match=r"no host nobody\.example\.com"):
        pvo.redact(upload, tmp_path / "third", KEY, roles={"nobody.example.com": "esa"})


def test_a_case_folder_is_verified_with_the_hints_that_it_was_made_with(upload, tmp_path, capsys):
    folder = tmp_path / "case"
    code, _ = command(capsys, "case", folder, "--from", upload, *OPTIONS)
    assert code == 0
    told = manifest.read(folder).hints
    ((host, role),) = told.roles
    assert (role, told.year, told.pvo_port) == ("sma", 2023, 7026)
    assert not [path for path in folder.rglob("*")
                if path.is_file() and BOX.encode() in path.read_bytes()]  # fmt: skip
    assert judged(read(folder / "findings.json")) == ("fail", "resolved", RESOLVED)
    assert "7026" in (folder / "report.md").read_text(encoding="utf-8")
    book = (folder / "30_case_study.ipynb").read_text(encoding="utf-8")
    assert f"roles = {{'{host}': 'sma'}}" in book
    code, printed = command(capsys, "case", folder)  # the notebook is run too
    assert (code, printed.out) == (0, "case tells the same story\n")


def test_another_hint_in_the_manifest_is_another_story(upload, tmp_path):
    folder = tmp_path / "case"
    case_folder.make(folder, [upload], key=KEY, told=hints(**TOLD))
    document = read(folder / "case.json")
    document["hints"]["year"] = 2022
    (folder / "case.json").write_text(json.dumps(document))
    done = case_folder.verify(folder, run_notebook=False)
    assert "scenario 4 is resolved still, with other summary, resolved_at" in done.differences


@pytest.mark.parametrize(
    "wrong",
    [{"year": "2023"}, {"year": True}, {"pvo_port": 0.5}, {"roles": ["a"]}, {"more": 1},
     {"roles": {"a": "wsa"}}, {"year": 0}],
    ids=["text", "truth", "fraction", "list", "unknown", "role", "no year"],
)  # fmt: skip
def test_hints_of_another_shape_are_no_case_folder(wrong, upload, tmp_path):
    folder = tmp_path / "case"
    case_folder.make(folder, [upload], key=KEY)
    document = read(folder / "case.json")
    document["hints"] = wrong
    (folder / "case.json").write_text(json.dumps(document))
    with pytest.raises(pvo.InputError, match="no case folder of this pvo-kit"):
        case_folder.verify(folder, run_notebook=False)


def test_renewing_keeps_the_hints_and_takes_others(upload, tmp_path, capsys):
    folder = tmp_path / "case"
    case_folder.make(folder, [upload], key=KEY, told=hints(**TOLD))
    before = manifest.read(folder).hints
    case_folder.renew(folder)
    assert manifest.read(folder).hints == before
    assert command(capsys, "case", folder, "--renew", "--year", 2021)[0] == 0
    assert manifest.read(folder).hints == replace(before, year=2021)
    assert judged(read(folder / "findings.json"))[2] == "2021-06-04T09:03:00Z"
    assert case_folder.verify(folder, run_notebook=False).same
    # A name that is not in the evidence would be one of before.
    code, printed = command(capsys, "case", folder, "--renew", "--role", f"{BOX}=sma")
    assert code == 2
    assert "is in the evidence, which names" in printed.err


def test_verifying_takes_no_hints(upload, tmp_path, capsys):
    case_folder.make(tmp_path / "case", [upload], key=KEY)
    code, printed = command(capsys, "case", tmp_path / "case", "--year", 2023)
    assert code == 2
    assert "with --from PATH or with --renew" in printed.err


def test_a_redacted_folder_is_told_with_its_own_names(upload, tmp_path):
    copy = pvo.redact(upload, tmp_path / "copy", KEY, **TOLD)
    with pytest.raises(pvo.InputError, match=r"no host box\.example\.com is in the"):
        case_folder.make(tmp_path / "case", [tmp_path / "copy"], told=hints(**TOLD))
    assert not (tmp_path / "case").exists()
    case_folder.make(tmp_path / "case", [tmp_path / "copy"], told=copy.hints)
    assert judged(read(tmp_path / "case" / "findings.json")) == ("fail", "resolved", RESOLVED)


# Batches


def test_a_batch_writes_the_bytes_of_diagnose_with_the_same_options(upload, tmp_path, capsys):
    runs = tmp_path.with_name(tmp_path.name + "-runs")
    command(capsys, "batch", upload.parent, "--out", runs, "--workers", 1, *OPTIONS)
    assert '"year": 2023' in (runs / "batch.log").read_text(encoding="utf-8")
    done = runs / "cases" / "upload"
    for form, name in (("json", "findings.json"), ("html", "report.html")):
        _, printed = command(capsys, "diagnose", upload, "--format", form, *OPTIONS)
        assert (done / name).read_text(encoding="utf-8") == printed.out
    assert judged(read(done / "findings.json")) == ("fail", "resolved", RESOLVED)


def test_a_role_counts_in_the_cases_that_name_the_host(upload, tmp_path):
    other = shutil.copytree(pvo.example("healthy"), tmp_path / "healthy")
    for path in (upload, other):
        escalation = Escalation(path.name, path.name, str(path))
        runs = tmp_path / "cases" / path.name
        run_case(Work(escalation, str(runs), hints=hints({BOX: "sma"})))
    document = read(tmp_path / "cases" / "healthy" / "findings.json")
    assert document == json.loads(pvo.diagnose(pvo.load(other)).to_json())
    assert judged(read(tmp_path / "cases" / "upload" / "findings.json"))[0] == "fail"


@pytest.mark.parametrize(("name", "other"), [("roles", {}), ("year", 2022), ("pvo_port", 7025)])
def test_a_case_is_done_again_with_other_hints_alone(name, other, upload, tmp_path):
    work = Work(Escalation("u", "u", str(upload)), str(tmp_path / "u"), hints=hints(**TOLD))
    assert [run_case(work).was_done, run_case(work).was_done] == [False, True]
    assert not run_case(replace(work, hints=hints(**{**TOLD, name: other}))).was_done


def test_a_notebook_is_given_the_hints_of_its_case(upload, tmp_path, monkeypatch):
    calls = []

    def execute(source, target, parameters):
        calls.append(parameters)
        target.write_bytes(source.read_bytes())

    monkeypatch.setattr(notebooks, "_papermill", execute)
    told = hints({BOX: "sma", "other.example.com": "esa"}, 2023)
    book = notebooks.read("30_case_study.ipynb", {}, told)
    run_case(Work(Escalation("u", "u", str(upload)), str(tmp_path / "u"), book, told))
    assert calls == [{"case": str(upload), "roles": {BOX: "sma"}, "year": 2023}]


def test_a_notebook_that_would_pass_over_a_hint_is_refused(upload, tmp_path):
    with pytest.raises(pvo.InputError, match=r"no parameter year, .* leave out --year"):
        pvo.batch(upload, tmp_path / "runs", notebook="04_tls_no_certificate.ipynb", year=2023)
    assert not (tmp_path / "runs").exists()
