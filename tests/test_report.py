"""Reports: the pages of every bundled case, and what hostile evidence can do to them (nothing)."""

from __future__ import annotations

import gzip
import os
import re
import subprocess
import sys
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cache
from hashlib import sha256
from html.parser import HTMLParser

import laws
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import pvo_kit as pvo
from pvo_kit.appliances import Appliance
from pvo_kit.escape import terminal
from pvo_kit.evidence import Citation, Evidence, EvidenceFile
from pvo_kit.findings import Diagnosis, Finding, Need
from pvo_kit.interpretation import Unparsed
from pvo_kit.remediation.remedy import Remedy, Step
from pvo_kit.report import markdown
from pvo_kit.report.asking import Ask, asks, records, reply
from pvo_kit.report.pages import to_html, to_markdown
from pvo_kit.report.story import excerpts, headline, tell
from pvo_kit.report.text import to_html_table, to_text

# One parsing of HTML that shares nothing with the kit

VOID = {"br", "meta"}
PHRASING = {"a", "b", "br", "code", "i", "kbd", "mark", "small", "span", "strong"}
TAGS = PHRASING | {
    "article",
    "body",
    "dd",
    "details",
    "dl",
    "dt",
    "figcaption",
    "figure",
    "footer",
    "h1",
    "h2",
    "h3",
    "head",
    "header",
    "html",
    "li",
    "main",
    "meta",
    "nav",
    "ol",
    "p",
    "pre",
    "section",
    "style",
    "summary",
    "table",
    "tbody",
    "td",
    "th",
    "thead",
    "title",
    "tr",
    "ul",
}
ATTRIBUTES = {
    "aria-label",
    "aria-labelledby",
    "charset",
    "class",
    "content",
    "href",
    "http-equiv",
    "id",
    "lang",
    "name",
    "role",
    "scope",
    "tabindex",
}


@dataclass
class Node:
    """An element: what stands in it, in order."""

    tag: str
    attributes: dict[str, str | None]
    inside: list[Node | str] = field(default_factory=list)

    def __iter__(self) -> Iterator[Node]:
        yield self
        for child in self.inside:
            if isinstance(child, Node):
                yield from child

    @property
    def text(self) -> str:
        return "".join(child if isinstance(child, str) else child.text for child in self.inside)

    def all(self, *tags: str) -> list[Node]:
        return [node for node in self if node.tag in tags]

    def of_id(self, name: str) -> Node:
        (found,) = (node for node in self if node.attributes.get("id") == name)
        return found

    @property
    def shape(self) -> tuple[object, ...]:
        """The elements with all that evidence must not change."""
        kept = {"id", "href", "class", "role", "scope", "tabindex"}
        own = tuple(
            (name, value if name in kept else "") for name, value in self.attributes.items()
        )
        inside = (child.shape for child in self.inside if isinstance(child, Node))
        return self.tag, own, *inside


class Parser(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Node("", {})
        self.open = [self.root]

    def handle_starttag(self, tag, attrs):
        assert len(dict(attrs)) == len(attrs), f"an attribute twice: {attrs}"
        node = Node(tag, dict(attrs))
        self.open[-1].inside.append(node)
        if tag not in VOID:
            self.open.append(node)

    def handle_endtag(self, tag):
        assert self.open.pop().tag == tag, f"</{tag}> closes another element"

    def handle_data(self, data):
        self.open[-1].inside.append(data)

    def handle_decl(self, decl):
        assert (decl, self.open, self.root.inside) == ("doctype html", [self.root], [])

    def handle_comment(self, data):
        raise AssertionError(f"a comment: {data}")

    handle_pi = unknown_decl = handle_comment


def parsed(page: str) -> Node:
    parser = Parser()
    parser.feed(page)
    parser.close()
    assert parser.open == [parser.root], "an element is not closed"
    return parser.root


# The bundled cases


@dataclass(frozen=True)
class Told:
    """A bundled case with all that is said of it."""

    evidence: Evidence
    diagnosis: Diagnosis
    html: str
    page: Node
    markdown: str
    text: str


@cache
def told(name: str) -> Told:
    evidence = pvo.load(pvo.example(name))
    diagnosis = pvo.diagnose(evidence)
    page = to_html(diagnosis, evidence)
    return Told(
        evidence,
        diagnosis,
        page,
        parsed(page),
        to_markdown(diagnosis, evidence),
        to_text(diagnosis),
    )


@pytest.fixture(params=pvo.examples())
def case(request) -> Told:
    return told(request.param)


def test_a_page_is_well_formed(case):
    for node in case.page:
        assert node.tag in TAGS | {""}, node.tag
        assert set(node.attributes) <= ATTRIBUTES, node
        if node.tag in PHRASING | {"p", "pre", "h1", "h2", "h3", "summary", "dt", "figcaption"}:
            assert {child.tag for child in node} <= PHRASING | {node.tag}, node.tag
        if node.tag == "th":
            assert node.attributes["scope"] in ("col", "row")
        if node.tag == "pre":
            assert node.attributes["tabindex"] == "0", "not reachable with the keyboard"
            assert node.attributes["aria-label"]
    assert [node.attributes["lang"] for node in case.page.all("html")] == ["en"]
    assert case.html.startswith("<!doctype html>")


def test_headings_and_links_of_a_page_hold(case):
    levels = [int(node.tag[1]) for node in case.page.all("h1", "h2", "h3")]
    assert levels.count(1) == 1
    assert all(below - above <= 1 for above, below in zip([0, *levels], levels, strict=False))
    assert all(node.text.strip() for node in case.page.all("h1", "h2", "h3", "summary", "th", "a"))
    ids = [node.attributes["id"] for node in case.page if "id" in node.attributes]
    assert len(set(ids)) == len(ids)
    targets = [node.attributes["href"] for node in case.page.all("a")]
    assert {target.removeprefix("#") for target in targets} <= set(ids), targets
    named = [node.attributes.get("aria-labelledby") for node in case.page]
    assert set(filter(None, named)) <= set(ids)
    for found in case.diagnosis.findings:
        assert found.title in case.page.of_id(f"scenario-{found.scenario}").text


def test_a_page_asks_for_nothing_outside(case):
    policy = "".join(
        node.attributes["content"]
        for node in case.page.all("meta")
        if node.attributes.get("http-equiv") == "Content-Security-Policy"
    )
    (style,) = case.page.all("style")
    digest = b64encode(sha256(style.text.encode()).digest()).decode()
    assert policy.startswith(f"default-src 'none'; style-src 'sha256-{digest}';")
    assert not re.search(r"url\(|@import|//|expression", style.text)
    for node in case.page:
        for name, value in node.attributes.items():
            assert name not in ("src", "style")
            assert not name.startswith("on")
            assert name != "href" or re.fullmatch(r"#[\w-]+", value), value
    assert "<script" not in case.html.lower()


def test_every_cited_line_is_shown_among_its_neighbours(case):
    for found in case.diagnosis.findings:
        article = case.page.of_id(f"scenario-{found.scenario}")
        shown = set()
        for figure in article.all("figure"):
            file = figure.all("figcaption")[0].text.rpartition(", line")[0]
            for row in figure.all("mark"):
                number, text = row.inside[0].text.removeprefix("▶ "), row.inside[2].text
                shown.add((file, int(number), text))
        cited = {(terminal(c.file), c.line, terminal(c.text)) for c in found.citations}
        assert shown == cited, found.id
        lines = case.markdown.splitlines()
        for _, number, text in cited:
            assert f">{number:>6}  {text}".expandtabs() in lines


def test_lines_around_a_citation_come_from_the_file(case):
    neighbours = 0
    for found in case.diagnosis.findings:
        for excerpt in excerpts(found.citations, case.evidence):
            numbers = [line.number for line in excerpt.lines]
            assert numbers == sorted(set(numbers))
            cited = [line.number for line in excerpt.lines if line.cited]
            for line in excerpt.lines:
                assert min(abs(line.number - number) for number in cited) <= 2
                if not line.cited:
                    assert case.evidence.lines[excerpt.file][line.number] == line.text
                    neighbours += 1
    assert neighbours


def test_every_form_names_the_version_the_hash_and_every_verdict(case):
    for form in (case.page.text, case.markdown, case.text):
        assert f"pvo-kit {pvo.__version__}, evidence {case.diagnosis.evidence_hash}" in form
    rows = case.page.of_id("verdicts").all("tr")[1:]
    for found, row in zip(case.diagnosis.findings, rows, strict=True):
        assert found.summary in row.text
        assert markdown.text(found.summary) in case.markdown
        assert row.attributes["class"] == found.status
    for entry in case.diagnosis.files:
        assert entry.file in case.page.of_id("files").text
        assert entry.file in case.text
        assert markdown.code(entry.file) in case.markdown
    for row in case.diagnosis.unparsed:
        assert row.reason in case.page.of_id("captured").text


def test_every_remedy_is_told_in_full(case):
    for found in case.diagnosis.findings:
        assert (found.remedy is None) == (found.status not in ("fail", "resolved"))
        if found.remedy:
            card = case.page.of_id(f"remedy-{found.scenario}")
            _tells(case, card, found.remedy)
            for number, other in enumerate(found.remedy.alternatives, 1):
                details = card.of_id(f"remedy-{found.scenario}-or-{number}")
                assert details.tag == "details"
                _tells(case, details, other)


def _tells(case, card, remedy):
    told_of = " ".join(card.text.split())
    words = [*remedy.precondition, *remedy.verify, *remedy.rollback, remedy.effect, remedy.risk]
    for text in (*words, remedy.title, remedy.when, *(step.asks for step in remedy.steps)):
        assert " ".join(text.split()) in told_of
    (steps,) = (node for node in card.all("ol")[:1])
    for step, item in zip(remedy.steps, (n for n in steps.inside if n != "\n"), strict=True):
        typed = [node.text for node in item.all("kbd")]
        if step.gui is not None:
            assert (step.gui in item.text, typed) == (True, [])
        elif step.choose is None:
            assert typed == [step.send or "Enter"]
        else:
            assert step.choose in item.text
            assert typed == ([step.send] if step.send else [])
        assert (step.prompt or "") in item.text
        assert step.note in item.text
        assert step.gui or step.to_text() in case.markdown
    assert markdown.text(remedy.when) in case.markdown


def test_the_first_section_tells_what_to_do_next_in_order(case):
    first = case.page.of_id("next")
    failing = [found.scenario for found in case.diagnosis.failing]
    targets = [node.attributes["href"] for node in first.all("a")]
    fixes = [f"#remedy-{scenario}" for scenario in failing]
    asked = ["#ask"] if case.diagnosis.needs else []
    assert targets == (fixes + asked or ["#verdicts"])
    sentence = f"Order of fixing: {', then '.join(map(str, failing))}."
    for form in (first.text, case.markdown, case.text):
        assert (sentence in " ".join(form.split())) == (len(failing) > 1)
    (title,) = case.page.all("h1")
    assert case.html.index("What to do next") < case.html.index('id="verdicts"')
    for form in (title.text, " ".join(case.text.partition("\nApp")[0].split()), case.markdown):
        assert headline(case.diagnosis) in form


def test_pages_of_unredacted_evidence_say_so(case):
    hidden = replace(case.evidence, redacted=True)
    assert not case.evidence.redacted
    for render in (to_html, to_markdown):
        assert "UNREDACTED" in render(case.diagnosis, case.evidence)
        assert "UNREDACTED" not in render(case.diagnosis, hidden)


def test_a_damaged_archive_is_told_in_every_form():
    some = told("technote")
    damaged = replace(some.diagnosis, damage=("upload.zip: ends in the middle of a member",))
    assert "ends in the middle" in to_html(damaged, some.evidence)
    assert "ends in the middle" in to_markdown(damaged, some.evidence)
    assert "ends in the middle" in to_text(damaged)
    assert "amaged" not in some.html + some.markdown + some.text


def test_an_appliance_that_no_line_names_is_told_in_words(tmp_path):
    (tmp_path / "mail.log").write_text(
        "Info: New SMTP DCID 5 interface 192.0.2.1 address 192.0.2.2 port 7025\n"
    )
    evidence = pvo.load(tmp_path)
    diagnosis = pvo.diagnose(evidence)
    assert "Appliances: one that no line names\n" in to_text(diagnosis)
    assert "unknown role unknown" not in to_html(diagnosis, evidence)


def test_what_is_damaged_is_told_once(tmp_path):
    (tmp_path / "mail.log.gz").write_bytes(gzip.compress(b"Info: New SMTP DCID 5\n" * 9000)[:-9])
    (tmp_path / "a.bin").write_bytes(bytes(range(256)))
    text = to_text(pvo.diagnose(pvo.load(tmp_path)))
    assert text.count("mail.log.gz is cut off") == 1
    assert "mail.log.gz:" not in text.partition("Not used")[2]
    assert "a.bin: " in text.partition("Not used")[2]


RENDER_ALL = """
import sys
import pvo_kit as pvo
from pvo_kit.report import pages
for name in sys.argv[1:]:
    evidence = pvo.load(pvo.example(name))
    diagnosis = pvo.diagnose(evidence)
    for form in (pages.to_html, pages.to_markdown, lambda one, _: repr(one)):
        sys.stdout.buffer.write(form(diagnosis, evidence).encode())
"""


def test_the_same_input_gives_the_same_bytes_in_every_process():
    names = ["two-faults", "expired-key", "resolved"]
    here = "".join(told(name).html + told(name).markdown + told(name).text for name in names)
    environment = {**os.environ, "PYTHONHASHSEED": "7", "TZ": "XXX7"}
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-c", RENDER_ALL, *names], env=environment, capture_output=True, check=True
    )
    assert done.stdout.decode() == here


# What to ask for


def test_everything_missing_is_asked_for_once(case):
    found = asks(case.diagnosis.needs)
    for ask in found:
        assert len(set(ask.hosts)) == len(ask.hosts)
        typed = [
            (turn.switch, name)
            for turn in ask.turns
            for group in turn.typed
            for name in group.commands
        ]
        assert len(set(typed)) == len(typed), "a command twice"
    lines = set(records(found))
    for need in case.diagnosis.needs:
        (ask,) = _asked_of(found, need)

        def said(text: str, need: Need = need, together: bool = len(ask.hosts) > 1) -> str:
            return text.replace(need.host, "HOST") if together else text

        why, _, how = said(need.why).partition(" (")
        if need.command:
            (told_of,) = (
                group
                for turn in ask.turns
                if bool(turn.switch) == bool(need.mode) and (need.mode or "") in turn.switch
                for group in turn.typed
                if need.command in group.commands
            )
        else:
            where = said(need.where)
            (told_of,) = (place for place in ask.places if where.endswith(place.where))
            assert where.removesuffix(told_of.where) in ("", "ESA: ", "SMA: ")
        assert any(why in reason and reason.endswith(how) for reason in told_of.reasons)
        assert not need.record or said(need.record) in lines


def _asked_of(found: tuple[Ask, ...], need: Need) -> list[Ask]:
    return [
        ask
        for ask in found
        if ask.kind == need.appliance and (need.host in ask.hosts if need.host else not ask.hosts)
    ]


def test_every_form_asks_for_the_same_in_the_same_order(case):
    found = asks(case.diagnosis.needs)
    pasted = reply(found)
    assert all(len(line) <= 76 for line in pasted)
    assert ("\n".join(pasted) + "\n-" in case.text) == bool(found)
    assert "\n".join(pasted) in case.markdown
    for number, ask in enumerate(found, 1):
        article = case.page.of_id(f"ask-{number}")
        typed = [line for turn in ask.turns for line in (turn.switch, *_commands(turn)) if line]
        assert [node.text for node in article.all("kbd")] == typed
        assert all(place.where in article.text for place in ask.places)
        groups = [group for turn in ask.turns for group in turn.typed]
        for reason in (why for item in (*groups, *ask.places) for why in item.reasons):
            assert reason in article.text
            assert reason in " ".join(case.text[case.text.index("To ask for") :].split())
        assert ask.name in article.text
        where = case.text.index(f"\n{ask.name}".partition(",")[0])
        for line in typed:  # each behind the one before, though a command may come in two modes
            where = case.text.index(f"\n  {line}\n", where) + 1
    for line in pasted:
        assert not line or line in case.page.of_id("reply").text.split("\n")
    for line in records(found):
        assert line in case.page.of_id("record").text.split("\n")
        assert f"\n{line}\n" in case.markdown
        assert f"\n  {line}\n" in case.text


def _commands(turn) -> list[str]:
    return [command for group in turn.typed for command in group.commands]


def test_members_that_are_asked_for_the_same_are_asked_together():
    hosts = [f"esa{number}.example.com" for number in (1, 2, 3)]
    keys = [
        Need("esa", host, f"keys of {host} (Enter)", command="featurekey", mode="machine")
        for host in hosts
    ]
    needs = [*keys, *(Need("esa", host, "its account", command="whoami") for host in hosts)]
    (members, sma) = asks([*needs, Need("sma", None, "its state", command="status")])
    assert members.name == "ESA esa1.example.com, esa2.example.com, esa3.example.com"
    assert members.hints == ("the same on each of them", "HOST is the appliance's own name")
    assert [turn.switch for turn in members.turns] == ["", "clustermode machine HOST"]
    assert members.commands == ("whoami", "featurekey")
    assert members.turns[1].typed[0].reasons == ("keys of HOST (Enter)",)
    assert (sma.name, sma.commands) == ("The SMA", ("status",))
    assert [ask.hosts for ask in asks(needs[:-1])] == [tuple(hosts[:2]), (hosts[2],)]


def test_commands_come_in_the_order_of_the_catalog_and_modes_last():
    names = ["grep", "filters", "status", "policyconfig"]
    needs = [Need("esa", "mx.example.com", "why", command=name) for name in names]
    needs.append(Need("esa", "mx.example.com", "why", command="featurekey", mode="machine"))
    needs.append(Need("esa", "mx.example.com", "why", command="filters", mode="group"))
    (ask,) = asks(needs)
    assert [(turn.switch, _commands(turn)) for turn in ask.turns] == [
        ("", ["status", "filters", "policyconfig", "grep"]),
        ("clustermode group GROUP", ["filters"]),
        ("clustermode machine mx.example.com", ["featurekey"]),
    ]
    assert ask.hints == ("GROUP is the group named below the command",)


def test_a_command_that_several_scenarios_miss_is_asked_for_once_with_all_reasons():
    reasons = ("whether it is online", "its clock (then Enter)", "its name (then Enter)")
    needs = [Need("sma", "sma.example.com", why, command="status") for why in reasons]
    needs += [Need("sma", "sma.example.com", why, where="SMA: a page") for why in reasons]
    (ask,) = asks(needs * 2)
    told_of = (reasons[0], "its clock; its name (then Enter)")
    assert ask.commands == ("status",)
    assert ask.turns[0].typed[0].reasons == told_of
    assert [(place.where, place.reasons) for place in ask.places] == [("a page", told_of)]


@pytest.mark.parametrize("host", ["a;reboot", "$(id)", "-x", "a b", "a\nb", "<b>", "`id`", "ä"])
def test_what_is_no_host_name_gets_into_no_line_to_type(host):
    record = f"pvo-kit observe FOLDER --host {host} --what wizard --value finished|not-finished"
    needs = [
        Need("esa", host, "why", command="featurekey", mode="machine"),
        Need("esa", host, "why", where="a page", record=record),
    ]
    (ask,) = asks(needs)
    assert [turn.switch for turn in ask.turns] == ["clustermode machine HOST"]
    assert ask.records == (record.replace(host, "HOST"),)


# The text


def test_the_text_has_one_line_a_scenario_and_no_control_character(case):
    laws.assert_plain(case.text)
    head, scenarios, *_ = case.text.split("\n\n")
    assert head.startswith("Why is [Enable...] grey? ")
    for found, line in zip(case.diagnosis.findings, scenarios.split("\n"), strict=True):
        assert line.startswith(f"{found.scenario}  ")
        assert len(line) <= 100
        said, more = line[13:].removesuffix(" ..."), line.endswith(" ...")
        assert found.summary.startswith(said)
        # Whatever is left out of the line stands below, where it matters.
        if more and found.status not in ("pass", "not_applicable"):
            assert found.summary in " ".join(case.text.split())


def test_the_text_tells_proof_and_remedy_of_a_failure_together(case):
    for found in case.diagnosis.failing:
        proof = case.text.index(f"\n{found.scenario}  FAIL  {found.title}\n")
        remedy = case.text.index(f"\n{found.scenario}  Remedy: ")
        others = [
            case.text.find(f"\n{other.scenario}  FAIL  {other.title}\n")
            for other in case.diagnosis.failing
            if other is not found
        ]
        assert proof < remedy
        assert not any(proof < place < remedy for place in others)
        for cited in found.citations[:12]:
            assert f" {cited.file}:{cited.line} " in case.text[proof:remedy]
        assert found.remedy.when in " ".join(case.text[remedy:].split())
        for step in found.remedy.steps:
            assert step.gui or step.to_text() in case.text[remedy:]


def test_a_long_line_is_cut_in_the_text_alone():
    some = told("technote")
    found = some.diagnosis.finding(4)
    cited = Citation(found.citations[0].file, found.citations[0].line, "x" * 5000)
    long = replace(found, citations=(cited,))
    diagnosis = replace(some.diagnosis, findings=(long,))
    assert f"{'x' * 300} ... (4,700 characters more)\n" in to_text(diagnosis)
    assert "x" * 5000 in to_html(diagnosis, some.evidence)
    assert "x" * 5000 in to_markdown(diagnosis, some.evidence)


def test_the_verdict_in_one_sentence():
    finding = told("technote").diagnosis.finding

    def verdict(**statuses: str) -> str:
        findings = tuple(
            replace(finding(int(key[1])), status=status, remedy=None, masked_by=None)
            for key, status in statuses.items()
        )
        return headline(replace(told("technote").diagnosis, findings=findings))

    title = finding(4).title
    assert verdict(s1="pass", s4="fail", s5="unknown") == f"Scenario 4: {title}."
    assert verdict(s1="fail", s2="fail", s3="fail") == (
        "3 causes are shown: fix scenario 1 first, then 3 and 2."
    )
    assert verdict(s1="pass", s2="manual") == "No cause is shown yet: scenario 2 is not decided."
    assert verdict(s1="error", s2="manual") == (
        "No cause is shown yet: scenarios 1 and 2 are not decided."
    )
    assert verdict(s1="pass", s4="resolved").startswith("No cause is left")


def test_the_table_of_a_notebook_is_well_formed(case):
    table = parsed(to_html_table(case.diagnosis))
    rows = table.all("tr")
    assert len(rows) == 1 + len(case.diagnosis.findings)
    for found, row in zip(case.diagnosis.findings, rows[1:], strict=True):
        assert found.summary in row.text
    assert {node.attributes["scope"] for node in table.all("th")} == {"col", "row"}


# Markdown


def outside_fences(text: str) -> list[str]:
    """Return the lines outside of fences; a fence closes at as many backticks, alone."""
    fence, lines = "", []
    for line in text.splitlines():
        ticks = re.match("`{3,}", line)
        if fence:
            fence = "" if re.fullmatch("`+", line) and len(line) >= len(fence) else fence
        elif ticks:
            assert line == ticks.group(), f"no plain fence: {line}"
            fence = line
        else:
            lines.append(line)
    assert not fence, "a fence is not closed"
    return lines


def live(line: str) -> str:
    """Return a line without its code and without what a backslash makes plain."""
    return re.sub(r"\\.", "", re.sub(r"(?<![\\`])(`+)(?!`).*?(?<!`)\1(?!`)", "", line))


def skeleton(text: str) -> tuple[object, ...]:
    """Return what a Markdown reader with everything switched on makes of a text, less its words."""
    mistune = pytest.importorskip("mistune")
    reader = mistune.create_markdown(
        renderer=None,
        plugins=[
            "strikethrough",
            "mark",
            "insert",
            "superscript",
            "subscript",
            "math",
            "ruby",
            "spoiler",
            "table",
            "task_lists",
            "url",
            "footnotes",
            "abbr",
            "def_list",
        ],
    )
    return tuple(_shape(token) for token in reader(text) if token["type"] != "blank_line")


def _shape(token) -> tuple[object, ...]:
    if "children" not in token:
        return (token["type"],)
    children = [_shape(child) for child in token["children"]]
    merged = [c for n, c in enumerate(children) if c != ("text",) or children[n - 1 : n] != [c]]
    return (token["type"], token.get("attrs", {}).get("level"), *merged)


def _kinds(shape) -> Iterator[str]:
    yield shape[0]
    for child in shape[1:]:
        if isinstance(child, tuple):
            yield from _kinds(child)


def test_markdown_has_no_html_and_closes_its_fences(case):
    for line in outside_fences(case.markdown):
        assert not re.search(r"[<|]|\[\^|\]\(|^\t", live(line)), line
    assert case.markdown.endswith("\n")
    assert "\n\n\n" not in case.markdown
    laws.assert_plain(case.markdown)
    kinds = {kind for shape in skeleton(case.markdown) for kind in _kinds(shape)}
    assert kinds <= {
        "heading",
        "paragraph",
        "text",
        "list",
        "list_item",
        "block_text",
        "strong",
        "codespan",
        "block_code",
        "softbreak",
    }


def test_markdown_headings_do_not_skip_levels(case):
    levels = [
        len(line.split(" ")[0]) for line in outside_fences(case.markdown) if re.match("#+ ", line)
    ]
    assert levels.count(1) == 1
    assert all(below - above <= 1 for above, below in zip([0, *levels], levels, strict=False))


# Hostile evidence

PAYLOADS = (
    *("<script>alert(1)</script>", "</pre></main><h1>x</h1>", "<!--", "]]>", "<img src=//x.test>"),
    *("' onmouseover='x", '" style="x', "{{ 7*7 }}", "{% raw %}", "&lt;b&gt;", "&#60;b&#62;"),
    *("`", "``", "```", "````\n", "~~~", "```html", "# head", "- [ ] item", "1. one", "12) two"),
    *("> quote", "===", "---", "***", "__init__", "*bold*", "_it_", "~~gone~~", "~sub~", "^sup^"),
    *("==marked==", "++in++", "$x$", "$$", "||spoiler||", ">! secret !<", "[a](//x.test)", "![i]"),
    *("[^1]", "[^1]: note", "[x]: //x.test", "*[HTML]: x", "<x@x.test>", "https://x.test"),
    *("www.x.test", "a|b", "-|-", ": term", "\x1b[31m", "\x1b]0;x\x07", "\r", "\n", "\n\n", "\t"),
    *("\x00", "\x0b", "\x85", "\u202e", "\u2066", "\u200b", "\u2028", "\ufeff", "\ud800", "\u3000"),
    *(
        "\\",
        "\\`",
        "%s",
        "{0}",
        "%{x}",
        "|id",
        "$(id)",
        ";reboot",
        "漢字",
        "[漢字(かんじ)]",
        "x" * 150,
    ),
)
hostile = (
    st.lists(st.sampled_from(PAYLOADS) | st.text(max_size=6), min_size=1, max_size=6)
    .map("".join)
    # A value that shows nothing may be left out.
    .filter(lambda text: bool(text.strip("> \t") and terminal(text).split()))
)


def escalation(host: str, file: str, line: str, words: str) -> tuple[Diagnosis, Evidence]:
    """Return a diagnosis with every status, whatever comes from evidence set to the given."""
    remedy = Remedy(
        words,
        (host, host),
        (
            Step(words, words, asks=words, note=words),
            Step(gui=words),
            Step(words, None, choose=words),
            Step(words, words, choose=words),
        ),
        words,
        words,
        (words,),
        (words,),
        (words,),
        when=words,
        role=words,
    )
    remedy = replace(remedy, alternatives=(remedy,))
    cited = (Citation(file, 3, line), Citation(file, 9, line))
    command = Need("esa", host, words, words, command=f"telnet {words}", mode="machine")
    place = Need("sma", host, words, words, where=words, record=words)
    common = {"id": "id", "title": words, "summary": words, "citations": cited}
    findings = (
        Finding(1, status="fail", remedy=remedy, needs=(command,), **common),
        Finding(2, status="manual", needs=(place,), **common),
        Finding(3, status="unknown", masked_by=1, **common),
        Finding(4, status="resolved", remedy=remedy, **common),
        Finding(5, status="error", error=words, **common),
        Finding(6, status="pass", **common),
    )
    files = (EvidenceFile(file, "transcript", "utf-8", 9, words, None),)
    boxes = (Appliance(host, "esa", words, words), Appliance(host, "unknown", words))
    unparsed = (Unparsed(file, 5, host, words, words),)
    evidence = Evidence(files, lines={file: {2: line, 3: line, 4: line, 9: line}})
    return Diagnosis("sha256:0", files, boxes, unparsed, findings, (words,)), evidence


@cache
def harmless() -> tuple[tuple[object, ...], tuple[object, ...]]:
    diagnosis, evidence = escalation("mx", "file", "line", "words")
    return parsed(to_html(diagnosis, evidence)).shape, skeleton(to_markdown(diagnosis, evidence))


@given(host=hostile, file=hostile, line=hostile, words=hostile)
@example(host="```", file="``x`", line="````", words="```")
@example(host="<b>", file="<b>", line="</pre>", words="</style><script>")
def test_evidence_changes_the_words_of_a_page_and_nothing_else(host, file, line, words):
    diagnosis, evidence = escalation(host, file, line, words)
    html = to_html(diagnosis, evidence)
    page = parsed(html)
    assert page.shape == harmless()[0]
    laws.assert_plain(html.replace("\t", ""))
    assert [terminal(line)] * 2 == [
        row.inside[2].text for row in page.of_id("scenario-1").all("mark")
    ]
    for value in (host, file, line, words):
        assert terminal(value) in page.text
    table = parsed(to_html_table(diagnosis))
    assert {node.tag for node in table} <= {
        "",
        "div",
        "table",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
        "b",
    }
    assert terminal(words) in table.text


@given(host=hostile, file=hostile, line=hostile, words=hostile)
@example(host="```", file="``x`", line="````", words="```")
@example(host="mx", file="f", line="x", words="1. one")
@example(host="mx", file="f", line="x", words="= x")
def test_evidence_changes_the_words_of_markdown_and_nothing_else(host, file, line, words):
    diagnosis, evidence = escalation(host, file, line, words)
    text = to_markdown(diagnosis, evidence)
    for told_of in outside_fences(text):
        assert not re.search(r"[<|*~$^]", live(told_of).replace("**", "")), told_of
    laws.assert_plain(text)
    assert skeleton(text) == harmless()[1]
    for number in (3, 9):
        assert f">{number:>6}  {terminal(line)}".expandtabs() in text.split("\n")


@given(words=hostile)
@example(words="12. x")
@example(words="a_b __c__ d_")
def test_escaped_markdown_reads_as_what_it_was(words):
    mistune = pytest.importorskip("mistune")
    (paragraph,) = mistune.create_markdown(renderer=None)(markdown.text(words))
    read = "".join(token.get("raw", "\n") for token in paragraph["children"])
    assert (paragraph["type"], read) == ("paragraph", " ".join(terminal(words).split()))
    (paragraph,) = mistune.create_markdown(renderer=None)(f"In {markdown.code(words)}")
    assert [token["type"] for token in paragraph["children"]] == ["text", "codespan"]


@given(host=hostile, file=hostile, line=hostile, words=hostile)
def test_hostile_text_stays_on_its_lines_in_a_terminal(host, file, line, words):
    diagnosis, _ = escalation(host, file, line, words)
    text = to_text(diagnosis)
    laws.assert_plain(text)
    _, scenarios, *_ = text.split("\n\n")
    assert [row[0] for row in scenarios.split("\n")] == list("123456")
    assert all(len(row) <= 100 for row in scenarios.split("\n"))


def test_a_hostile_capture_goes_through_the_whole_kit(tmp_path):
    folder = tmp_path / "upload"
    folder.mkdir()
    (folder / "a & `b` {{ 7*7 }}.txt").write_text(
        "mx.example.com> clustermode machine <script>alert(1)</script>\nNo such machine.\n"
        "mx.example.com> featurekey\n\n"
        "Module                        Quantity  Status    Remaining  Expiration Date\n"
        "<img src=x onerror=alert(1)>  1         Active    Perpetual  N/A\n"
        "mx.example.com> status\n```\n\x1b[31mSystem status: \u202eOnline\n"
        "mx.example.com> frobnicate `id` {{ 7*7 }} [x](https://x.test)\n</pre>\n"
        "mx.example.com> deliveryconfig\nDefault interface to deliver mail: <b>Data 1</b>\n",
        encoding="utf-8",
    )
    evidence = pvo.load(folder)
    diagnosis = pvo.diagnose(evidence)
    page = parsed(to_html(diagnosis, evidence))
    assert {node.tag for node in page} <= TAGS | {""}
    assert "a & `b` {{ 7*7 }}.txt" in page.text
    assert "<script>alert(1)</script>" in page.text
    text = to_markdown(diagnosis, evidence)
    for line in outside_fences(text):
        assert not re.search(r"[<|]|\]\(", live(line)), line
    laws.assert_plain(text + to_text(diagnosis))


def test_a_story_tells_every_finding_once(case):
    story = tell(case.diagnosis, case.evidence)
    proofs = [*story.failing, *story.open, *story.settled]
    assert sorted(proof.finding.scenario for proof in proofs) == list(range(1, 7))
