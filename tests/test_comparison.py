"""Before and after: what went, came and stayed; and that missing evidence is no repair."""

from __future__ import annotations

import json
import re

import laws
import pytest

import pvo_kit as pvo
from pvo_kit import cli
from pvo_kit.comparison import ORDER, Comparison

OFFLINE = """\
sma.example.com> status

Status as of:                  Tue Jun 04 09:15:02 2024 GMT
System status:                 Offline
sma.example.com>
"""
RESUMED = (
    OFFLINE
    + """\
sma.example.com> resume

Receiving resumed for euq_listener, cpq_listener.
sma.example.com>
"""
)
NOTHING = "mx.example.com> whoami\n\nUsername: admin\nGroups: admin\nmx.example.com>\n"


def written(tmp_path, name, text):
    path = tmp_path / name
    path.write_text(text)
    return path


def kinds(comparison):
    return {change.finding.scenario: change.kind for change in comparison.changes}


@pytest.fixture
def files(tmp_path):
    """The same escalation offline, resumed, and with nothing of the SMA."""
    return {
        "offline": written(tmp_path, "offline.txt", OFFLINE),
        "resumed": written(tmp_path, "resumed.txt", RESUMED),
        "nothing": written(tmp_path, "nothing.txt", NOTHING),
    }


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [
        ("offline", "resumed", "went"),
        ("resumed", "offline", "came"),
        ("nothing", "offline", "came"),
        ("offline", "offline", "stayed"),
        ("offline", "nothing", "open"),
        ("nothing", "resumed", "changed"),
        ("nothing", "nothing", "same"),
    ],
)
def test_each_change_has_its_kind(files, before, after, kind):
    assert kinds(pvo.compare(files[before], files[after]))[1] == kind


def test_a_fault_that_is_no_longer_shown_has_not_gone(files):
    comparison = pvo.compare(files["offline"], files["nothing"])
    assert comparison.of("went") == ()
    assert "neither shown nor ruled out" in repr(comparison)


def test_paths_evidence_and_diagnoses_compare_alike(files):
    before, after = files["offline"], files["resumed"]
    loaded = [pvo.load(path) for path in (before, after)]
    judged = [pvo.diagnose(evidence) for evidence in loaded]
    told = [repr(pvo.compare(*sides)) for sides in ((before, after), loaded, judged)]
    told += [repr(pvo.compare(str(before), judged[1]))]
    assert len(set(told)) == 1


def test_anything_else_is_refused(files):
    with pytest.raises(pvo.InputError, match="give Evidence, a Diagnosis, or a path"):
        pvo.compare(files["offline"], 7)


def test_what_the_newer_side_leaves_undecided_is_told(files):
    words = " ".join(repr(pvo.compare(files["offline"], files["nothing"])).split())
    assert words.startswith("1 cause is open (scenario 1). Not decided on the newer side: ")
    numbers = re.findall("[0-9]", words.partition("newer side: scenarios ")[2].partition(";")[0])
    after = pvo.diagnose(pvo.load(files["nothing"]))
    open_ = {"unknown", "manual", "error"}
    assert numbers == [str(each.scenario) for each in after.findings if each.status in open_]
    assert "Not decided" not in repr(pvo.compare(pvo.example("technote"), pvo.example("healthy")))


def test_several_causes_are_told_in_the_plural():
    text = repr(pvo.compare(pvo.example("two-faults"), pvo.example("too-little")))
    assert text.startswith("2 causes are open (scenarios ")


def test_the_evidence_that_changed_is_what_one_side_alone_cites(files):
    [change] = pvo.compare(files["offline"], files["resumed"]).of("went")
    assert change.lost == ()
    assert [line.text for line in change.new] == [
        "sma.example.com> resume",
        "Receiving resumed for euq_listener, cpq_listener.",
    ]
    [back] = pvo.compare(files["resumed"], files["offline"]).of("came")
    assert back.lost == change.new


def test_the_same_evidence_elsewhere_is_no_change(tmp_path):
    one = written(tmp_path, "one.txt", OFFLINE)
    two = written(tmp_path, "two.txt", "\n\n" + OFFLINE)
    [change] = pvo.compare(one, two).of("stayed")
    assert (change.lost, change.new) == ((), ())


def test_scenarios_that_one_side_was_not_asked_for_are_told(files):
    before = pvo.diagnose(pvo.load(files["offline"]), [1])
    after = pvo.diagnose(pvo.load(files["offline"]), [1, 2])
    changes = {change.finding.scenario: change for change in pvo.compare(before, after).changes}
    assert changes[1].kind == "stayed"
    assert changes[2].before is None
    assert "not asked" in repr(pvo.compare(before, after))


@pytest.mark.parametrize("before", pvo.examples())
@pytest.mark.parametrize("after", ["healthy", "technote", "two-faults"])
def test_every_pair_of_bundled_cases_compares_lawfully(before, after):
    comparison = pvo.compare(pvo.example(before), pvo.example(after))
    assert isinstance(comparison, Comparison)
    assert comparison.exit_code == comparison.after.exit_code
    text = repr(comparison)
    laws.assert_plain(text)
    for change in comparison.changes:
        assert change.kind in ORDER
        fails = (change.before.status == "fail", change.after.status == "fail")
        expected = {
            (True, True): {"stayed"},
            (False, True): {"came"},
            (True, False): {"went", "open"},
            (False, False): {"changed", "same"},
        }
        assert change.kind in expected[fails]
        assert set(change.new) <= set(change.after.citations)
        assert set(change.lost) <= set(change.before.citations)
    document = json.loads(comparison.to_json())
    assert document["schema"] == 1
    assert [item["change"] for item in document["changes"]] == [
        change.kind for change in comparison.changes
    ]
    assert comparison.to_json() == pvo.compare(pvo.example(before), pvo.example(after)).to_json()


def test_a_comparison_cannot_be_changed(files):
    comparison = pvo.compare(files["offline"], files["resumed"])
    with pytest.raises(AttributeError):
        comparison.changes = ()


def test_the_table_escapes_what_evidence_holds(tmp_path):
    hostile = OFFLINE.replace("Offline", "Offline").replace(
        "System status:                 Offline",
        "System status:                 Offline\nreceiving <script>alert(1)</script>",
    )
    hostile += (
        "sma.example.com> resume\n\nReceiving resumed for <b>x</b>, cpq_listener.\n"
        "sma.example.com>\n"
    )
    html = pvo.compare(
        written(tmp_path, "a.txt", OFFLINE), written(tmp_path, "b.txt", hostile)
    )._repr_html_()
    assert "<script" not in html
    assert "<b>x" not in html
    assert html.count("<tr>") == 7
    assert ">Change</th>" in html


# The command line


@pytest.fixture
def run(capsys):
    """Run the command line in this process."""

    def runs(*argv):
        try:
            code = cli.main(["compare", *map(str, argv)])
        except SystemExit as stop:
            code = stop.code
        captured = capsys.readouterr()
        assert "Traceback" not in captured.err
        return code, captured.out, captured.err

    return runs


@pytest.mark.parametrize(
    ("before", "after", "code"),
    [("technote", "healthy", 0), ("healthy", "technote", 1), ("technote", "too-little", 3)],
)
@pytest.mark.parametrize("form", ["text", "json"])
def test_the_exit_code_is_that_of_the_newer_diagnosis(run, before, after, code, form):
    done = run(pvo.example(before), pvo.example(after), "--format", form)
    assert done[0] == code
    assert done[1]
    assert done[2] == ""


def test_the_result_goes_into_a_file_where_asked(run, tmp_path):
    out = tmp_path / "out.txt"
    code, told, _ = run(pvo.example("technote"), pvo.example("healthy"), "--out", out)
    assert (code, told) == (0, "")
    assert out.read_text().startswith("2 causes went")


@pytest.mark.parametrize(
    "argv",
    [[], ["a"], ["no-such-path", "."], ["-", "-"], [".", ".", "--format", "html"],
     ["{case}", "{case}", "--out", "{case}"], ["{case}", "{case}", "--pvo-port", "0"]],
    ids=" ".join,
)  # fmt: skip
def test_a_usage_error_is_2_with_empty_output(run, argv):
    case = str(pvo.example("technote"))
    code, told, errors = run(*(word.replace("{case}", case) for word in argv))
    assert (code, told) == (2, "")
    assert errors
