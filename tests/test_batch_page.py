"""index.html: what it tells, where it leads, what hostile names can do to it, and a browser's view.

The tests of the browser need Chromium (``PVO_CHROMIUM``, or one on the PATH). Without it they are
skipped, under ``PVO_CI`` they fail.
"""

from __future__ import annotations

import re
import shutil
from base64 import b64encode
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from chromium import needs_browser
from hypothesis import given
from hypothesis import strategies as st

import pvo_kit as pvo
from pvo_kit.batching.fleet import Fleet
from pvo_kit.batching.page import to_html
from pvo_kit.batching.result import Asked, CaseResult, Verdict

VOID = {"br", "input", "meta"}


@dataclass
class Page(HTMLParser):
    """The elements of a page, in order, with the text in each."""

    text: str
    nodes: list = field(default_factory=list)

    def __post_init__(self):
        super().__init__(convert_charrefs=True)
        self.open = []
        self.feed(self.text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        assert len(dict(attrs)) == len(attrs)
        node = {"tag": tag, "text": "", **dict(attrs)}
        self.nodes.append(node)
        if tag not in VOID:
            self.open.append(node)

    def handle_endtag(self, tag):
        assert self.open.pop()["tag"] == tag

    def handle_data(self, data):
        for node in self.open:
            node["text"] += data

    def all(self, tag):
        return [node for node in self.nodes if node["tag"] == tag]

    @property
    def shape(self):
        """The elements with what evidence must not change."""
        kept = ("tag", "id", "class", "role", "scope", "data-scenario", "data-status")
        return [tuple(node.get(name) for name in kept) for node in self.nodes]


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """The results of all bundled cases and of some that are broken or oddly named."""
    home = tmp_path_factory.mktemp("page")
    for name in pvo.examples():
        shutil.copytree(pvo.example(name), home / "archive" / name)
    shutil.copytree(pvo.example("two-faults"), home / "archive" / "Acme (2), 688231")
    shutil.copytree(pvo.example("two-faults"), home / "archive" / "電話の記録")
    (home / "archive" / "empty").mkdir()
    with ThreadPoolExecutor(1) as threads:
        pvo.batch(home / "archive", home / "runs", threads)
    return home / "runs"


@pytest.fixture(scope="module")
def page(runs):
    return Page((runs / "index.html").read_text(encoding="utf-8"))


# What it tells


def test_each_case_is_a_row_with_a_cell_for_each_scenario(page):
    rows = [node for node in page.all("tr") if "data-place" in node]
    assert len(rows) == len(pvo.examples()) + 3
    verdicts = [node for node in page.all("td") if "data-scenario" in node]
    assert len(verdicts) == 6 * (len(rows) - 1)


def test_a_cell_says_what_the_finding_says(page):
    labels = {
        node["aria-label"]: node["text"].strip()
        for node in page.all("a")
        if node.get("aria-label", "").startswith("scenario")
    }
    for name in pvo.examples():
        for finding in pvo.diagnose(pvo.load(pvo.example(name))).findings:
            (label,) = (
                each
                for each in labels
                if each.startswith(f"scenario {finding.scenario} of {name}:")
            )
            word = label.rpartition(": ")[2].split(",")[0]
            assert word in labels[label]


def test_a_masked_finding_names_what_explains_it(page):
    (row,) = (n for n in page.all("tr") if n["text"].strip().startswith("two-faults"))
    assert "behind 1" in row["text"]


def test_every_link_leads_to_a_part_of_a_file_that_is_there(page, runs):
    links = [node["href"] for node in page.all("a")]
    assert len(links) > 100
    ids = {node["id"] for node in page.nodes if "id" in node}
    reports = {}
    for link in links:
        parts = urlsplit(link)
        assert not parts.scheme
        assert not parts.netloc
        if not parts.path:
            assert parts.fragment in ids
            continue
        path = runs / unquote(parts.path)
        assert path.is_file(), link
        if parts.fragment:
            text = reports.setdefault(path, path.read_text(encoding="utf-8"))
            assert f'id="{parts.fragment}"' in text, link


def test_a_broken_case_tells_why_and_leads_nowhere(page):
    (row,) = (node for node in page.all("tr") if node.get("data-status") == "broken")
    assert "empty holds no file" in row["text"]
    assert not [n for n in page.all("a") if "cases/empty" in n["href"]]


def test_the_most_common_cause_is_named_first(page):
    assert re.search(r"Most often it is scenario \d, .*: in \d+ of 20 cases\.", page.text)


def test_what_to_ask_for_names_the_command_and_how_many_cases(page):
    assert "telnet" in [node["text"] for node in page.all("kbd")]
    assert [n for n in page.all("summary") if re.fullmatch(r"\d+ cases?", n["text"])]


def test_a_page_of_unredacted_cases_says_so_and_one_of_redacted_cases_does_not():
    case = CaseResult("acme", verdicts=(Verdict(1, "x", "pass", "s", None, None, ()),), source="a")
    plain = to_html(Fleet((case,), Path()))
    masked = to_html(Fleet((replace(case, is_redacted=True),), Path()))
    mixed = to_html(Fleet((case, replace(case, is_redacted=True)), Path()))
    assert ["UNREDACTED" in text for text in (plain, masked, mixed)] == [True, False, True]


def test_a_page_without_any_diagnosis_is_a_page():
    text = to_html(Fleet((CaseResult("a", error="a holds no file", source="a"),), Path()))
    assert "No cause is shown in any case." in text
    assert "UNREDACTED" not in text
    Page(text)


# Self-contained and safe


def test_nothing_is_asked_for_from_outside(page):
    (policy,) = (n["content"] for n in page.all("meta") if "http-equiv" in n)
    assert policy.startswith("default-src 'none'; ")
    for tag in ("style", "script"):
        (node,) = page.all(tag)
        digest = b64encode(sha256(node["text"].encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy
    assert not [n for n in page.nodes if {"src", "style", "onclick", "srcset"} & set(n)]
    assert not page.all("img") + page.all("link") + page.all("iframe")
    assert "url(" not in page.text
    assert "@import" not in page.text


def hostile(text):
    verdict = Verdict(1, "sma-offline", "unknown", text, 2, text, (Asked("esa", text, False),))
    case = CaseResult(
        "acme", text, text, text, False, ((text, "esa"),), (verdict,) * 6, text, "", text
    )
    return to_html(Fleet((case, CaseResult("b", error=text, source=text)), Path()))


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "</script><script>alert(1)</script>",
        "</style><b>",
        "\"' onmouseover=alert(1) x=",
        "{{ 7 * 7 }}{% raw %}",
        "<!-- ",
        "a\u202eb\x00c\x1b[31m",
    ],
)
def test_hostile_text_stays_text(text):
    assert Page(hostile(text)).shape == Page(hostile("harmless")).shape
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f\u202e]", hostile(text))


@given(st.text(min_size=1))
def test_any_text_stays_text(text):
    assert Page(hostile(text)).shape == Page(hostile("harmless")).shape


def test_the_page_is_the_same_bytes_for_the_same_cases():
    assert hostile("x") == hostile("x")


# Accessible


def test_every_control_has_a_label_and_every_table_heads(page):
    controls = page.all("input") + page.all("select")
    inside = [n["text"].split()[0] for n in page.all("label")]
    assert len(controls) == len(inside) == 4
    assert all("scope" in node for node in page.all("th"))
    ids = [node["id"] for node in page.nodes if "id" in node]
    assert len(ids) == len(set(ids))
    named = [n["aria-labelledby"] for n in page.nodes if "aria-labelledby" in n]
    assert set(named) <= set(ids)
    assert page.all("html")[0]["lang"] == "en"


def test_no_meaning_hangs_on_colour(page):
    for node in page.all("td"):
        if "data-scenario" in node:
            assert re.match(r"\W+ ?[A-Za-z/]+", node["text"].strip()), node["text"]


# In a browser


@pytest.fixture
def opened(browser, runs):
    """Open the page, as wide as asked for; at the end nothing went wrong and nothing went out."""
    wrong, contexts = [], []

    def open_page(width=1400, **options):
        context = browser.new_context(viewport={"width": width, "height": 900}, **options)
        contexts.append(context)
        view = context.new_page()
        view.on("console", lambda message: wrong.append(message.text))
        view.on("pageerror", lambda error: wrong.append(str(error)))
        view.on("request", lambda request: asked.append(request.url))
        view.goto((runs / "index.html").as_uri())
        return view

    asked = []
    yield open_page
    for context in contexts:
        context.close()
    assert wrong == []
    assert {urlsplit(url).scheme for url in asked} == {"file"}


def shown(view):
    return [
        row.locator("th").first.inner_text().split("\n")[0]
        for row in view.locator("#fleet tbody tr").all()
        if row.is_visible()
    ]


@needs_browser
def test_words_scenario_and_verdict_filter_together(opened):
    view = opened()
    assert len(shown(view)) == 20
    view.locator("#scenario").select_option("4")
    view.locator("#status").select_option("fail")
    failing = shown(view)
    assert "tls-no-certificate" in failing
    assert "healthy" not in failing
    assert view.locator("#shown").inner_text() == f"{len(failing)} of 20 shown"
    view.locator("#words").fill("LOG-only")
    assert shown(view) == ["tls-log-only-cluster"]
    view.get_by_role("button", name="Show all").click()
    view.get_by_text("20 of 20 shown").wait_for()  # a form's reset takes effect a moment later
    assert len(shown(view)) == 20
    view.locator("#status").select_option("broken")
    assert shown(view) == ["empty"]
    view.locator("#status").select_option("")
    view.get_by_role("link", name="1 not diagnosed").click()
    assert shown(view) == ["empty"]


@needs_browser
def test_a_number_filters_the_cases_that_it_counts(opened):
    view = opened()
    number = view.locator("a.pick[data-scenario='3'][data-status='fail']")
    count = int(number.inner_text())
    number.click()
    assert len(shown(view)) == count
    assert view.locator("#status").input_value() == "fail"


@needs_browser
def test_heads_sort_up_and_down_and_say_so(opened):
    view = opened()
    head = view.locator("#fleet thead th").nth(1)
    head.get_by_role("button").click()
    days = [cell.inner_text() for cell in view.locator("#fleet tbody td[data-label=Day]").all()]
    assert days == sorted(days)
    assert head.get_attribute("aria-sort") == "ascending"
    head.get_by_role("button").press("Enter")
    again = [cell.inner_text() for cell in view.locator("#fleet tbody td[data-label=Day]").all()]
    assert again == sorted(days, reverse=True)
    assert head.get_attribute("aria-sort") == "descending"


@needs_browser
def test_the_worst_come_first_in_the_order_of_a_scenario(opened):
    view = opened()
    view.locator("#order").select_option("scenario 4, worst first")
    words = [
        cell.inner_text().split()[1]
        for cell in view.locator("#fleet tbody td[data-scenario='4']").all()
    ]
    ranks = [
        ["FAIL", "ERROR", "unknown", "look", "resolved", "pass", "n/a"].index(w) for w in words
    ]
    assert ranks == sorted(ranks)
    assert shown(view)[-1] == "empty"  # without a verdict


@needs_browser
@pytest.mark.parametrize("width", [320, 390, 768, 1400])
def test_the_page_fits_its_window(opened, width):
    view = opened(width)
    assert view.evaluate("document.documentElement.scrollWidth") <= width


@needs_browser
def test_the_table_of_cases_shows_its_last_column_on_a_usual_screen_and_in_print(opened):
    view = opened(1280)
    table = view.locator("#cases .wide")
    assert table.evaluate("it => it.scrollWidth <= it.clientWidth")
    view.emulate_media(media="print")
    view.set_viewport_size({"width": 720, "height": 900})  # A4 less its margins
    assert table.evaluate("it => it.scrollWidth <= it.clientWidth")


@needs_browser
def test_without_its_script_it_is_a_plain_table(opened):
    view = opened(java_script_enabled=False)
    assert len(shown(view)) == 20
    assert not view.locator("#filters").is_visible()
    assert view.locator("#fleet thead button").count() == 0
