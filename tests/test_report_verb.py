"""``pvo-kit report``: a case study of every bundled case, with charts, redacted and hostile ones.

The tests of the page in a browser need Chromium (``PVO_CHROMIUM`` names it); without one they are
skipped, under ``PVO_CI`` they fail.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from base64 import b64decode, b64encode
from hashlib import sha256
from pathlib import Path
from urllib.parse import unquote, urlsplit

import laws
import pytest
import test_report
from chromium import needs_browser
from hypothesis import example, given
from test_report import ATTRIBUTES, PHRASING, TAGS, escalation, hostile, live, outside_fences

import pvo_kit as pvo
from pvo_kit.cli import main
from pvo_kit.escape import terminal
from pvo_kit.report import markdown, study
from pvo_kit.report.background import BACKGROUND
from pvo_kit.report.study import Preface

KEY = b"a key of tests only, never more."
FIX = "2014-06-12 07:48:20"
PNG = b"\x89PNG\r\n\x1a\n"


class Parser(test_report.Parser):
    """That of the other pages, for pictures too."""

    def handle_starttag(self, tag, attrs):
        super().handle_starttag(tag, attrs)
        if tag == "img":
            self.open.pop()


def parsed(page):
    parser = Parser()
    parser.feed(page)
    parser.close()
    assert parser.open == [parser.root], "an element is not closed"
    return parser.root


@pytest.fixture
def report(capsys):
    """Run the verb; return the exit code and what it printed."""

    def runs(*words):
        try:
            code = main(["report", *map(str, words)])
        except SystemExit as stop:  # argparse
            code = stop.code
        printed = capsys.readouterr()
        assert "Traceback" not in printed.err
        return code, printed.out, printed.err

    return runs


def told(name, preface=None):
    evidence = pvo.load(pvo.example(name))
    return study.study(pvo.diagnose(evidence), evidence, preface)


@pytest.fixture(params=pvo.examples())
def case(request):
    return told(request.param)


# Every bundled case


def test_a_page_is_well_formed_and_asks_for_nothing_outside(case):
    html = study.to_html(case)
    page = parsed(html)
    for node in page:
        assert node.tag in TAGS | {"", "img"}
        assert set(node.attributes) <= ATTRIBUTES | {"src", "alt"}
        if node.tag in PHRASING | {"p", "pre", "h1", "h2", "h3", "summary", "dt", "figcaption"}:
            assert {child.tag for child in node} <= PHRASING | {node.tag}, node.tag
        for name, value in node.attributes.items():
            assert name != "href" or re.fullmatch(r"#[\w-]+", value)
            assert name != "src" or value.startswith("data:image/png;base64,")
            assert not name.startswith("on")
    (style,) = page.all("style")
    digest = b64encode(sha256(style.text.encode()).digest()).decode()
    (policy,) = (n.attributes["content"] for n in page.all("meta") if "http-equiv" in n.attributes)
    assert policy == (
        f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; base-uri 'none'; "
        "form-action 'none'"
    )
    assert not re.search(r"url\(|@import|//", style.text)
    laws.assert_plain(html)


def test_headings_links_and_ids_of_a_page_hold(case):
    page = parsed(study.to_html(case))
    levels = [int(node.tag[1]) for node in page.all("h1", "h2", "h3")]
    assert levels.count(1) == 1
    assert all(below - above <= 1 for above, below in zip([0, *levels], levels, strict=False))
    ids = [node.attributes["id"] for node in page if "id" in node.attributes]
    assert len(set(ids)) == len(ids)
    assert {node.attributes["href"][1:] for node in page.all("a")} <= set(ids)
    named = (node.attributes.get("aria-labelledby") for node in page)
    assert set(filter(None, named)) <= set(ids)


def test_a_case_is_told_in_the_order_of_a_story(case):
    html, text = study.to_html(case), study.to_markdown(case)
    sections = [node.attributes["id"] for node in parsed(html).all("main")[0].inside
                if isinstance(node, test_report.Node)]  # fmt: skip
    about = ["evidence", "charts", "cause", "remedy", "verification", "rollback"]
    about = [name for name in about if case.told or name == "charts"]
    order = ["symptom", "environment", *about, "others", "ask", "references"]
    there = {"charts": case.pictures, "others": case.others, "ask": case.story.asks}
    assert sections == [name for name in order if there.get(name, True)]
    titles = [node.text for node in parsed(html).all("h2") if node.text != "In short"]
    assert [line[3:] for line in outside_fences(text) if line.startswith("## ")] == titles


def test_every_scenario_is_told_once_and_each_cause_whole(case):
    html, text = parsed(study.to_html(case)), study.to_markdown(case)
    numbers = [each.finding.scenario for each in case.told]
    assert sorted([*numbers, *(found.scenario for found in case.others)]) == [1, 2, 3, 4, 5, 6]
    assert {found.status for found in case.others}.isdisjoint({"fail", "resolved"})
    for each in case.told:
        found, background = each.finding, BACKGROUND[each.finding.scenario]
        assert background.cause in html.of_id("cause").text
        assert found.summary in html.of_id("cause").text
        article = html.of_id(f"scenario-{found.scenario}")
        cited = {terminal(line.text) for line in found.citations}
        assert {row.inside[2].text for row in article.all("mark")} == cited
        for line in found.citations:
            assert f">{line.line:>6}  {terminal(line.text)}".expandtabs() in text.splitlines()
        _is_told(found.remedy, html, found.scenario)
        for row in (*found.remedy.verify, *found.remedy.rollback):
            assert f"- {markdown.text(row)}" in text.splitlines()
        for step in found.remedy.steps:
            assert step.gui or step.to_text() in text
        for name in background.references:
            assert name in html.of_id("references").text
            assert markdown.text(name) in text
    for found in case.others:
        assert found.summary in html.of_id("others").text
        assert markdown.text(found.summary) in text


def _is_told(remedy, html, scenario):
    card = html.of_id(f"remedy-{scenario}")
    words = " ".join(card.text.split())
    for part in (remedy.title, remedy.effect, remedy.risk, *remedy.precondition):
        assert part in words
    # How to verify it and the way back have their own sections.
    parts = [node.text for node in card.all("dl")[0].all("dt")]
    assert parts == ["Effect", "Risk", *["Before"][: len(remedy.precondition)], "Steps"]
    (steps, *_) = card.all("ol")
    assert len(steps.all("li")) == len(remedy.steps)
    for part in remedy.verify:
        assert part in html.of_id("verification").text
    for part in remedy.rollback:
        assert part in html.of_id("rollback").text


def test_the_environment_names_boxes_files_version_and_hash(case):
    html, text = parsed(study.to_html(case)), study.to_markdown(case)
    place = html.of_id("environment").text
    diagnosis = case.story.diagnosis
    for box in diagnosis.appliances:
        assert {box.name, box.role.upper(), box.version or "not shown"} <= {
            cell.text for cell in html.of_id("appliances").all("th", "td")
        } | {"UNKNOWN"}
        assert box.why in place
    for entry in diagnosis.files:
        assert entry.file in html.of_id("files").text
        assert markdown.code(entry.file) in text
    assert diagnosis.evidence_hash in place
    assert f"pvo-kit {pvo.__version__}, evidence {diagnosis.evidence_hash}" in html.text
    assert text.endswith(f"pvo-kit {pvo.__version__}, evidence {diagnosis.evidence_hash}\n")


def test_markdown_has_no_html_and_closes_its_fences(case):
    text = study.to_markdown(case)
    for line in outside_fences(text):
        assert not re.search(r"[<|]|\[\^|\]\(|^\t", live(line)), line
    assert "\n\n\n" not in text
    laws.assert_plain(text)


# What is told


@pytest.mark.parametrize(
    ("name", "cluster", "period"),
    [
        ("resolved", "the ESA stands alone", "2014-06-11 15:31:09 to 2014-06-12 08:20:09 UTC"),
        (
            "cluster-levels",
            "a cluster of 2: esa1.example.com, esa2.example.com",
            "2023-11-15 13:05:44 UTC",
        ),
        ("subnet-rule", "not shown by the evidence", None),
    ],
)
def test_cluster_and_period_are_what_the_evidence_shows(name, cluster, period):
    place = told(name).environment
    assert place.cluster == cluster
    if period:
        assert place.period == period


def test_without_a_clock_no_period_is_made_up(tmp_path, report):
    (tmp_path / "a.txt").write_text("mx.example.com> whoami\n\nUsername: admin\n")
    code, page, _ = report(tmp_path / "a.txt")
    assert code == 0
    assert "no clock is seen in the evidence" in page
    assert "not shown by the evidence" in page  # whether there is a cluster


def test_several_causes_are_told_in_the_order_of_fixing():
    case = told("two-faults")
    assert [each.finding.scenario for each in case.told] == [1, 4]
    assert case.title == "; ".join(each.finding.title for each in case.told)
    page = study.to_html(case)
    assert case.story.order in page
    assert page.index('id="remedy-1"') < page.index('id="remedy-4"')


def test_a_resolved_cause_tells_when_it_was_seen_to_be_gone():
    case = told("resolved")
    assert [each.finding.status for each in case.told] == ["resolved"]
    for form in (study.to_html(case), study.to_markdown(case)):
        assert "Seen to be gone at 2014-06-12T08:15:02Z" in form
    assert "Seen to be gone" not in study.to_html(told("tls-no-certificate"))


def test_the_sentence_of_the_wizard_is_shown_with_its_lines():
    page = parsed(study.to_html(told("cluster-levels")))
    marks = [row.text for row in page.of_id("symptom").all("mark")]
    assert any("Unable to proceed with Centralized Policy" in row for row in marks)
    assert not parsed(study.to_html(told("resolved"))).of_id("symptom").all("mark")


def test_without_any_cause_the_page_says_so_and_what_to_ask_for():
    case = told("too-little")
    page = parsed(study.to_html(case))
    assert case.told == ()
    assert case.story.headline in page.of_id("short").text
    assert page.of_id("ask").all("kbd")
    assert "pvo_kit, docs/scenarios.md" in page.of_id("references").text


def test_the_authors_words_take_the_place_of_the_kits(report):
    own = ("--title", "Our title", "--symptom", "As <we> saw it.", "--note", "A *made* case.")
    code, html, _ = report(pvo.example("sma-offline"), *own)
    page = parsed(html)
    assert code == 0
    assert [node.text for node in page.all("h1")] == ["Our title"]
    assert "As <we> saw it." in page.of_id("symptom").text
    assert BACKGROUND[1].symptom not in page.text
    assert page.of_id("note").text == "A *made* case."
    _, text, _ = report(pvo.example("sma-offline"), *own, "--format", "md")
    assert text.startswith("# Our title\n")
    assert "\nAs \\<we> saw it.\n" in text
    assert "A \\*made\\* case." in text


def test_options_that_judge_are_those_of_diagnose(tmp_path, report):
    (tmp_path / "log").write_text(
        "Jun  4 09:00:00 box mail_logs: Info: New SMTP DCID 7 interface 10.1.1.1 address 10.1.1.2 "
        "port 7026\n"
        "Jun  4 09:00:00 box mail_logs: Info: DCID 7 TLS failed: verify error: no certificate from "
        "server\n"
    )
    _, page, _ = report(tmp_path, "--pvo-port", 7026, "--role", "box=esa", "--year", 2024)
    assert "TCP 7026 (not 7025)" in page
    assert "2024-06-04 09:00:00" in page
    assert 'id="scenario-4"' in page
    code, out, err = report(tmp_path, "--role", "box")
    assert (code, out) == (2, "")
    assert "write HOST=esa" in err


# Charts


def test_charts_stand_in_the_page_with_their_alternative_text():
    case = told("resolved", Preface(fix=FIX))
    page = parsed(study.to_html(case))
    assert [picture.name for picture in case.pictures] == ["timeline", "tls-failures", "ciphers"]
    images = page.of_id("charts").all("img")
    for picture, image in zip(case.pictures, images, strict=True):
        assert b64decode(image.attributes["src"].partition(",")[2]) == picture.png
        assert picture.png.startswith(PNG)
        assert image.attributes["alt"] == picture.alt
        assert "TLS failed on 3" in picture.alt
        assert f"Before the fix at {FIX}" in picture.alt
    assert "before the fix" not in told("resolved").pictures[0].alt.lower()


def test_charts_hold_deliveries_to_the_quarantine_alone(tmp_path):
    line = "Jun  4 09:00:0{0} {1} mail_logs: Info: New SMTP DCID {0} interface {2} "
    line += "address {3} port {4}"
    rows = (
        ("mx", "10.1.1.1", "10.1.1.2", 7025),
        ("mx", "10.1.1.1", "10.1.1.3", 25),
        ("sma", "10.1.1.2", "10.1.1.1", 7025),  # the SMA gives back a released message
    )
    logged = [line.format(number, *row) for number, row in enumerate(rows, start=1)]
    (tmp_path / "log").write_text("\n".join(logged))
    evidence = pvo.load(tmp_path, roles={"mx": "esa", "sma": "sma"}, year=2024)
    assert len(evidence.connections) == 2
    case = study.study(pvo.diagnose(evidence), evidence)
    assert "A timeline of 1 delivery connection:" in case.pictures[0].alt
    assert "10.1.1.2:7025 1" in case.pictures[0].alt


def test_a_case_without_connections_has_no_charts_and_never_loads_them():
    code = (
        "import sys\nfrom pvo_kit.cli import main\n"
        f"main(['report', {str(pvo.example('cluster-levels'))!r}])\n"
        "assert not {'matplotlib', 'pandas'} & set(sys.modules)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)  # noqa: S603
    assert (done.returncode, done.stderr) == (0, b"")
    page = parsed(done.stdout.decode())
    assert not page.all("img")
    assert "charts" not in {node.attributes.get("id") for node in page}


def test_markdown_on_standard_output_tells_the_charts_in_words(report):
    _, text, _ = report(pvo.example("resolved"), "--format", "md")
    (sentence,) = (line for line in text.splitlines() if "A timeline of 4 delivery" in line)
    assert sentence.startswith("Delivery connections to the quarantine port: A timeline")
    assert "](" not in text


def test_markdown_in_a_file_has_its_charts_beside_it(tmp_path, report):
    out = tmp_path / "case (1) [a].md"
    assert report(pvo.example("resolved"), "--format", "md", "--out", out) == (0, "", "")
    links = re.findall(r"^!\[(.+)\]\(([^()\s]+)\)$", out.read_text(encoding="utf-8"), re.M)
    assert len(links) == 3
    for alt, link in links:
        assert (tmp_path / unquote(link)).read_bytes().startswith(PNG)
        assert alt.endswith(".")
    assert len(list(tmp_path.iterdir())) == 4


@pytest.mark.parametrize("fix", ["tomorrow", "2014-13-01", "noon at the SMA"])
def test_a_fix_that_is_no_time_is_refused(fix, report):
    code, out, err = report(pvo.example("resolved"), "--fix", fix)
    assert (code, out) == (2, "")
    assert "fix is a time" in err


# Redaction


def test_unredacted_evidence_is_marked_in_both_forms(report):
    for form in ("html", "md"):
        _, text, _ = report(pvo.example("sma-offline"), "--format", form)
        assert "UNREDACTED" in text


def test_redacted_evidence_is_not_marked_until_something_is_added(tmp_path, report):
    pvo.redact(pvo.example("resolved"), tmp_path / "copy", KEY)
    for form in ("html", "md"):
        assert "UNREDACTED" not in report(tmp_path / "copy", "--format", form)[1]
    (tmp_path / "copy" / "more.txt").write_text("mx.example.com> whoami\n")
    for form in ("html", "md"):
        assert "UNREDACTED" in report(tmp_path / "copy", "--format", form)[1]


# The same bytes


def test_the_same_evidence_gives_the_same_bytes_elsewhere(tmp_path):
    shutil.copytree(pvo.example("resolved"), tmp_path / "another place" / "upload")
    pages = []
    for path, seed in ((pvo.example("resolved"), "1"), (tmp_path / "another place/upload", "2")):
        done = subprocess.run(  # noqa: S603
            [sys.executable, "-m", "pvo_kit", "report", str(path), "--fix", FIX],
            capture_output=True,
            check=True,
            env={**os.environ, "PYTHONHASHSEED": seed, "TZ": f"UTC+{seed}"},
        )
        pages.append(done.stdout)
    assert pages[0] == pages[1]
    assert b"another place" not in pages[1]


# Bad input


def test_what_cannot_be_read_or_written_is_told(tmp_path, report):
    code, out, err = report(tmp_path / "nothing")
    assert (code, out) == (2, "")
    assert "nothing" in err
    for form in ("html", "md"):
        target = tmp_path / "no" / "such" / "file"
        code, out, err = report(pvo.example("resolved"), "--format", form, "--out", target)
        assert (code, out) == (2, "")
        assert "choose another --out" in err


def test_damage_is_a_warning_and_the_case_is_told(tmp_path, report):
    shutil.copy(pvo.example("sma-offline") / "putty-mx.log", tmp_path)
    (tmp_path / "broken.zip").write_bytes(b"PK\x03\x04 and nothing more")
    code, page, err = report(tmp_path)
    assert code == 0
    assert "warning: broken.zip" in err
    assert "broken.zip" in page


# Hostile evidence


def of(host, file, line, words):
    diagnosis, evidence = escalation(host, file, line, words)
    return study.study(diagnosis, evidence, Preface(words, words, words))


def harmless():
    case = of("mx", "file", "line", "words")
    return parsed(study.to_html(case)).shape, test_report.skeleton(study.to_markdown(case))


@given(host=hostile, file=hostile, line=hostile, words=hostile)
@example(host="```", file="``x`", line="````", words="```")
@example(host="<b>", file="<b>", line="</pre>", words="</style><script>")
@example(host="mx", file="f", line="x", words="1. one")
@example(host="mx", file="f", line="x", words="a >! b !< c")
def test_evidence_and_author_change_the_words_of_a_case_and_nothing_else(host, file, line, words):
    case = of(host, file, line, words)
    html, text = study.to_html(case), study.to_markdown(case)
    page = parsed(html)
    shape, skeleton = harmless()
    assert page.shape == shape
    for value in (file, line, words):
        assert terminal(value) in page.text
    laws.assert_plain(html.replace("\t", ""))
    assert test_report.skeleton(text) == skeleton
    for row in outside_fences(text):
        assert not re.search(r"[<|*~$^]", live(row).replace("**", "")), row
    laws.assert_plain(text)


def test_hostile_addresses_stay_text_in_the_charts_words(tmp_path):
    link = "address 10.1.1.2](javascript:alert(1))<script> port 7025"
    (tmp_path / "log").write_text(
        f"Tue Jun  4 09:00:00 2024 Info: New SMTP DCID 7 interface 10.1.1.1 {link}\n"
        "Tue Jun  4 09:00:00 2024 Info: New SMTP DCID 8 interface 10.1.1.1 address 10.1.1.2 "
        "port 7025\n"
        "Tue Jun  4 09:00:01 2024 Info: DCID 8 TLS success protocol TLSv1 cipher <b>](x)\n"
    )
    evidence = pvo.load(tmp_path)
    case = study.study(pvo.diagnose(evidence), evidence)
    assert case.pictures
    parsed(study.to_html(case))
    files = study.picture_files(case.pictures, "x")
    for line in outside_fences(study.to_markdown(case, files)):
        assert line.startswith("![") or not re.search(r"[<|]|\]\(", live(line)), line
        if line.startswith("!["):
            assert re.fullmatch(r"!\[[^\[\]]*\]\(x-[a-z-]+\.png\)", live(line)), line


# The page in a browser


@pytest.fixture
def opened(browser, tmp_path):
    """Open a case's page at a width; at the end nothing went wrong and nothing went out."""
    wrong, asked, contexts = [], [], []

    def open_page(name, width=1200):
        page = tmp_path / f"{name}.html"
        page.write_text(study.to_html(told(name, Preface(fix=FIX))), encoding="utf-8")
        context = browser.new_context(viewport={"width": width, "height": 900})
        contexts.append(context)
        view = context.new_page()
        view.on("console", lambda message: wrong.append(message.text))
        view.on("pageerror", lambda error: wrong.append(str(error)))
        view.on("request", lambda request: asked.append(request.url))
        view.goto(page.as_uri())
        return view

    yield open_page
    for context in contexts:
        context.close()
    assert wrong == []
    assert {urlsplit(url).scheme for url in asked} <= {"file", "data"}
    assert len([url for url in asked if url.startswith("file:")]) == len(contexts)


@needs_browser
@pytest.mark.parametrize("width", [360, 800, 1200])
def test_the_page_shows_its_charts_and_fits_a_screen(width, opened):
    view = opened("resolved", width)
    sizes = view.evaluate("[...document.images].map(image => [image.naturalWidth, image.width])")
    assert len(sizes) == 3
    assert all(natural > 0 and shown <= width for natural, shown in sizes)
    assert view.evaluate("document.documentElement.scrollWidth") <= width


@needs_browser
@pytest.mark.parametrize("name", ["resolved", "cluster-levels"])
def test_the_printed_page_is_a4_and_cuts_nothing_off(name, opened, tmp_path):
    view = opened(name, 700)
    view.emulate_media(media="print")
    assert view.evaluate("document.documentElement.scrollWidth") <= 700
    lost = view.evaluate(
        "[...document.querySelectorAll('main *')].filter(e => e.scrollWidth > e.clientWidth + 1"
        " && getComputedStyle(e).overflowX != 'visible').length"
    )
    assert lost == 0
    pdf = Path(tmp_path, "case.pdf")
    view.pdf(path=pdf, prefer_css_page_size=True)
    boxes = set(re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", pdf.read_bytes()))
    assert {(round(float(w)), round(float(h))) for w, h in boxes} == {(595, 842)}
    assert view.locator("nav").is_hidden()
    for details in view.locator("#remedy details").all():
        assert details.locator("dl").first.is_visible()
