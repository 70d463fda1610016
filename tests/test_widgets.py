"""Panels: what each shows and does, without a browser; and that none breaks or runs evidence."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import ipywidgets
import pandas as pd
import pytest

import pvo_kit as pvo
from pvo_kit import lab, resources, widgets
from pvo_kit.errors import InputError
from pvo_kit.widgets import OpenCase, Panel, picker
from pvo_kit.widgets.logs import CHARTS

PANELS: dict[str, Callable[[OpenCase], Panel]] = {
    "case_picker": widgets.case_picker,
    "observation_form": widgets.observation_form,
    "evidence_browser": widgets.evidence_browser,
    "live_panel": widgets.live_panel,
    "log_filter": widgets.log_filter,
    "what_if_panel": widgets.what_if_panel,
    **{f"walkthrough_{n}": lambda case, n=n: widgets.walkthrough(case, n) for n in range(1, 7)},
    **{f"remedy_card_{n}": lambda case, n=n: widgets.remedy_card(case, n) for n in range(1, 7)},
    **{f"what_if_{n}": lambda case, n=n: widgets.what_if_panel(case, n) for n in (3, 4, 5, 6)},
}

HOSTILE = (
    "<script>alert(1)</script><img src=x onerror=alert(2)> **bold** $$x$$ {{ 7*7 }} {% raw %}"
    " </pre></style>\x1b[31m\u202e&lt; '\" onclick=alert(3)"
)


@pytest.fixture
def opened(tmp_path: Path) -> Callable[[str], OpenCase]:
    """Open bundled cases that keep what is recorded in this test's own folder."""

    def open_(name: str) -> OpenCase:
        return OpenCase(name, keep=tmp_path / "cases") if name else OpenCase(keep=tmp_path)

    return open_


def texts(widget: Any) -> Iterator[str]:
    """Every text that a widget and those in it give to the page."""
    for name in ("value", "description", "placeholder", "options"):
        held = getattr(widget, name, None)
        for text in held if isinstance(held, list | tuple) else [held]:
            yield from text if isinstance(text, tuple) else [text]
    for child in getattr(widget, "children", ()):
        yield from texts(child)


def every(widget: Any) -> Iterator[Any]:
    """A widget and all those in it."""
    yield widget
    for child in getattr(widget, "children", ()):
        yield from every(child)


ELEMENTS = {
    "a", "b", "button", "caption", "details", "div", "figcaption", "figure", "h3", "h4", "i", "img",
    "li", "mark", "ol", "output", "p", "pre", "section", "small", "span", "strong", "style",
    "summary", "table", "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip
ATTRIBUTES = {
    "alt", "aria-hidden", "aria-label", "class", "download", "href", "onclick", "open", "role",
    "scope", "src", "style", "tabindex", "type",
}  # fmt: skip
"""What the kit's own pages are made of."""


class Page(HTMLParser):
    """The elements and attributes of some HTML."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: set[str] = set()
        self.attributes: set[str] = set()
        self.data: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.add(tag)
        self.attributes |= {name for name, _ in attrs}

    def handle_data(self, data: str) -> None:
        self.data.append(data)


@pytest.mark.parametrize("name", ["", "technote", "too-little", "cluster-levels", "two-faults"])
@pytest.mark.parametrize("panel", PANELS)
def test_each_panel_of_each_case_has_html_and_text_that_need_no_kernel(
    opened: Callable[[str], OpenCase], panel: str, name: str
) -> None:
    made = PANELS[panel](opened(name))
    assert made.error is None
    bundle = made._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in bundle
    assert made.title in bundle["text/html"]
    assert bundle["text/plain"].startswith(made.title)
    assert "VBox" not in bundle["text/plain"]
    assert len(bundle["text/plain"].splitlines()) > 2


def test_the_forms_say_what_the_panel_was_told_since(opened: Callable[[str], OpenCase]) -> None:
    panel = widgets.what_if_panel(opened("technote"), 4)
    before = panel._repr_html_()
    panel.cipher.value = "HIGH:!aNULL"
    after = panel._repr_mimebundle_()
    assert "HIGH:!aNULL?" not in before
    assert "HIGH:!aNULL?" in after["text/html"]
    assert "HIGH:!aNULL?" in after["text/plain"]


def test_every_control_has_a_label_and_a_stable_class(opened: Callable[[str], OpenCase]) -> None:
    case = opened("technote")
    for make in PANELS.values():
        for widget in every(make(case).widget):
            is_control = isinstance(widget, ipywidgets.DOMWidget) and hasattr(widget, "description")
            if is_control and not isinstance(widget, ipywidgets.HTML):
                assert widget.description.strip(), type(widget)
                assert any(name.startswith("pvo-") for name in widget._dom_classes)


def test_no_panel_has_a_password_field(opened: Callable[[str], OpenCase]) -> None:
    case = opened("technote")
    for make in PANELS.values():
        assert not any(isinstance(one, ipywidgets.Password) for one in every(make(case).widget))


def test_the_documented_classes_are_those_of_the_widgets(
    opened: Callable[[str], OpenCase],
) -> None:
    case = opened("technote")
    told, there, html = set(), set(), ""
    for make in PANELS.values():
        panel = make(case)
        told |= set(re.findall(r"pvo-[\w-]+", type(panel).__doc__ or ""))
        there |= {name for widget in every(panel.widget) for name in widget._dom_classes}
        html += "".join(text for text in texts(panel.widget) if isinstance(text, str))
    assert len(told) > 40
    assert not {name for name in told - there if f'class="{name}' not in html}


@pytest.fixture
def hostile(tmp_path: Path) -> Path:
    """An escalation in which everything that may hold text holds markup."""
    session = f"""mx.example.com> deliveryconfig

Default interface to deliver mail: {HOSTILE}

mx.example.com> status {HOSTILE}

Status as of:                  Mon Jul 21 11:57:38 2014 GMT
System status:                 Offline {HOSTILE}

mx.example.com> sslconfig

sslconfig settings:
  Outbound SMTP method:  sslv3tlsv1
  Outbound SMTP ciphers: ALL:{HOSTILE}

mx.example.com> tlsverify

[]> the.cpq.host {HOSTILE}
[the.cpq.host]> 192.0.2.9:7025

Connecting to 192.0.2.9 on port 7025.
TLS connection established: protocol TLSv1, cipher ADH-<b>AES</b>.
Certificate verification failed: no certificate from server. {HOSTILE}
"""
    log = "\n".join(
        [
            "Mon Apr  7 15:48:42 2014 Info: New SMTP DCID 7 interface <i>in</i> address "
            "<b>192.0.2.9</b> port 7025",
            f"Mon Apr  7 15:48:42 2014 Info: DCID 7 TLS failed: verify error: {HOSTILE}",
            f"Mon Apr  7 15:49:42 2014 Info: New SMTP DCID 8 interface 192.0.2.1 address "
            f"192.0.2.9 port 7025\nMon Apr  7 15:49:43 2014 Info: DCID 8 TLS success protocol "
            f"TLSv1 cipher {HOSTILE}",
        ]
    )
    observed = (
        '[[observation]]\nhost = "<script>alert(4)</script>"\nwhat = "service_status"\n'
        'value = "<img src=x onerror=alert(5)>"\nby = "{{ 7*7 }} <b>"\n'
    )
    path = tmp_path / "hostile.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("<img src=x onerror=alert(6)>.txt", session)
        archive.writestr("mail<script>.log", log)
        archive.writestr("observations.toml", observed)
        archive.writestr("empty<b>.txt", "")
    return path


@pytest.mark.parametrize("panel", PANELS)
def test_evidence_that_holds_markup_is_shown_as_text(
    hostile: Path, tmp_path: Path, panel: str
) -> None:
    made = PANELS[panel](OpenCase(hostile, keep=tmp_path / "cases"))
    assert made.error is None
    live = [one.value for one in every(made.widget) if isinstance(one, ipywidgets.HTML)]
    for html in [*live, made._repr_html_()]:
        page = Page(html)
        assert page.elements <= ELEMENTS
        assert page.attributes <= ATTRIBUTES
        assert "\x1b" not in html + repr(made)
        assert "\u202e" not in html + repr(made)
        pictures = re.findall("<img [^>]*>", html)
        assert all('src="data:image/png;base64,' in picture for picture in pictures)
        handlers = set(re.findall(r'onclick="[^"]*"', html))
        assert len(handlers) <= 1, "the copy button's words are the same for every text"


def test_hostile_evidence_reaches_the_pages_at_all(hostile: Path, tmp_path: Path) -> None:
    case = OpenCase(hostile, keep=tmp_path)
    shown = widgets.evidence_browser(case)._repr_html_()
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in shown
    assert "{{ 7*7 }}" in shown
    assert "onerror=alert(6)&gt;.txt" in shown


def test_what_is_offered_in_a_list_cannot_steer_a_page(hostile: Path, tmp_path: Path) -> None:
    case = OpenCase(hostile, keep=tmp_path)
    for make in PANELS.values():
        for text in texts(make(case).widget):
            assert "\x1b" not in str(text)
            assert "\u202e" not in str(text)


def test_an_exception_in_a_callback_is_shown_in_the_panel(
    opened: Callable[[str], OpenCase], monkeypatch: pytest.MonkeyPatch
) -> None:
    case = opened("technote")
    panel = widgets.case_picker(case)

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("the disk <b>melted</b>")

    monkeypatch.setattr(case, "open", broken)
    panel.load.click()
    assert isinstance(panel.error, RuntimeError)
    assert "RuntimeError: the disk &lt;b&gt;melted&lt;/b&gt;" in panel.message.value
    assert 'role="alert"' in panel.message.value


def test_what_a_user_can_mend_is_no_mistake_of_the_kit(opened: Callable[[str], OpenCase]) -> None:
    panel = widgets.case_picker(opened(""))
    panel.load.click()
    assert panel.error is None
    assert "No path was given" in panel.message.value


def test_a_panel_that_breaks_costs_no_other_one_anything(
    opened: Callable[[str], OpenCase], monkeypatch: pytest.MonkeyPatch
) -> None:
    case = opened("technote")
    browser, form = widgets.evidence_browser(case), widgets.observation_form(case)

    def broken(*_: object) -> None:
        raise RuntimeError("no lines")

    monkeypatch.setattr("pvo_kit.widgets.browsing.captured_lines", broken)
    case.open(pvo.example("feature-key-mismatch"))
    assert isinstance(browser.error, RuntimeError)
    assert "no lines" in browser.message.value
    assert form.error is None
    assert form.host.options == tuple(box.host for box in case.diagnosis.appliances)
    assert "esa2.example.com" in form.host.options


def test_a_panel_whose_content_breaks_says_so_instead_of_ending_the_cell(
    opened: Callable[[str], OpenCase], monkeypatch: pytest.MonkeyPatch
) -> None:
    panel = widgets.remedy_card(opened("technote"), 4)

    def broken(*_: object) -> None:
        raise RuntimeError("no card")

    monkeypatch.setattr("pvo_kit.widgets.remedies.remedy_blocks", broken)
    assert "RuntimeError: no card" in panel._repr_html_()
    assert "RuntimeError: no card" in repr(panel)


def test_running_a_cell_again_gives_the_same_panel(opened: Callable[[str], OpenCase]) -> None:
    case = opened("technote")
    assert widgets.walkthrough(case, 4) is widgets.walkthrough(case, 4)
    assert widgets.walkthrough(case, 4) is not widgets.walkthrough(case, 3)
    assert widgets.case_picker(case) is not widgets.case_picker(opened("technote"))


# The case picker.


def test_the_picker_opens_a_folder_and_says_what_it_holds(
    opened: Callable[[str], OpenCase],
) -> None:
    case = opened("")
    panel = widgets.case_picker(case)
    assert "No case is open" in panel.found.value
    assert "What is needed" in panel.found.value
    panel.folder.value = str(pvo.example("technote"))
    panel.load.click()
    assert case.source == pvo.example("technote")
    assert "Open is" in panel.message.value
    assert "2 causes are shown" in panel.found.value
    assert "technote.txt" in panel.found.value


@pytest.mark.parametrize(
    ("path", "told"),
    [("nowhere at all", "no such file or folder"), ("  ", "No path was given")],
    ids=["nowhere", "blank"],
)
def test_a_path_that_cannot_be_opened_leaves_the_case_open(
    opened: Callable[[str], OpenCase], path: str, told: str
) -> None:
    case = opened("technote")
    panel = widgets.case_picker(case)
    panel.folder.value = path
    panel.load.click()
    assert told in panel.message.value
    assert case.source == pvo.example("technote")


def test_a_pasted_session_is_a_new_case(opened: Callable[[str], OpenCase], tmp_path: Path) -> None:
    case = opened("technote")
    panel = widgets.case_picker(case)
    panel.paste.value = (
        "sma.example.com> status\n\nStatus as of:    Mon Jul 21 11:57:38 2014 GMT\n"
        "System status:   Offline\n"
    )
    panel.paste_load.click()
    assert panel.error is None
    assert case.diagnosis.finding(1).status == "fail"
    assert case.source is not None
    assert case.source.parent == tmp_path / "cases"
    assert panel.paste.value == ""
    assert "technote" not in panel.found.value


@pytest.mark.parametrize("name", pvo.examples())
def test_the_picker_names_the_notebooks_to_go_on_with(
    opened: Callable[[str], OpenCase], name: str
) -> None:
    case = opened(name)
    told = picker.next_step(case.diagnosis)
    assert told in repr(widgets.case_picker(case)).replace("\n", " ")
    named = re.findall(r"\b\d\d_\w+", told)
    assert named
    for book in named:
        assert (resources.notebooks() / f"{book}.ipynb").is_file()
    failing = [found.scenario for found in case.diagnosis.failing]
    if failing:
        assert [int(book[:2]) for book in named] == failing


def test_another_case_than_the_notebooks_gives_the_line_that_opens_it_in_the_others(
    opened: Callable[[str], OpenCase], tmp_path: Path
) -> None:
    case = opened("technote")
    panel = widgets.case_picker(case)
    assert "case = " not in panel.found.value
    panel.where.value = "add"
    panel.paste.value = "sma.example.com> whoami\n\nUsername: admin\n"
    panel.paste_load.click()
    (line,) = re.findall("case = .*", repr(panel))
    assert line == f"case = {str(case.source)!r}"
    again = OpenCase(ast.literal_eval(line.removeprefix("case = ")), keep=tmp_path)
    assert again.evidence.hash == case.evidence.hash
    case.open("technote")
    assert "case = " not in panel.found.value


def test_how_large_files_may_be_is_told_before_and_after_they_are_chosen(
    opened: Callable[[str], OpenCase],
) -> None:
    panel = widgets.case_picker(opened("technote"))
    limit = f"{lab.UPLOAD // 2**20} MB where pvo-kit lab started it"
    assert [text for text in texts(panel.widget) if isinstance(text, str) and limit in text]
    panel.upload_load.click()
    assert limit in panel.message.value


def test_a_paste_can_be_added_to_the_open_case(opened: Callable[[str], OpenCase]) -> None:
    case = opened("too-little")
    before = len(case.evidence.files)
    panel = widgets.case_picker(case)
    panel.where.value = "add"
    panel.paste.value = (
        "sma.example.com> status\n\nStatus as of:    Mon Jul 21 11:57:38 2014 GMT\n"
        "System status:   Offline\n"
    )
    panel.paste_load.click()
    assert len(case.evidence.files) == before + 1
    assert "Scenario 1: unknown before, now FAIL." in panel.message.value


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "is empty"),
        ("   \n ", "is empty"),
        ("Dear support,\nthe button is grey. Please help.\n", "Nothing in it can be used"),
    ],
    ids=["nothing", "blanks", "prose"],
)
def test_a_paste_that_holds_nothing_is_answered_and_kept_nowhere(
    opened: Callable[[str], OpenCase], tmp_path: Path, text: str, told: str
) -> None:
    case = opened("technote")
    panel = widgets.case_picker(case)
    panel.paste.value = text
    panel.paste_load.click()
    assert told in panel.message.value
    assert "What is needed" in panel.message.value
    assert panel.paste.value == text
    assert case.source == pvo.example("technote")
    assert not (tmp_path / "cases").exists()


def upload(name: str, data: bytes) -> dict[str, object]:
    """A file as the browser's widget gives it."""
    return {
        "name": name, "type": "", "size": len(data), "content": memoryview(data),
        "last_modified": pd.Timestamp("2014-07-21", tz="UTC").to_pydatetime(),
    }  # fmt: skip


def test_uploaded_files_are_a_new_case(opened: Callable[[str], OpenCase], tmp_path: Path) -> None:
    case = opened("")
    panel = widgets.case_picker(case)
    session = pvo.example("technote") / "technote.txt"
    panel.upload.value = (upload("a/b\\session.txt", session.read_bytes()), upload("no.txt", b""))
    panel.upload_load.click()
    assert panel.error is None
    assert [entry.file for entry in case.evidence.files] == ["session.txt"]
    assert case.diagnosis.finding(4).status == "fail"
    assert panel.upload.value == ()


@pytest.mark.parametrize(
    ("files", "told"),
    [
        ([], "No file has arrived"),
        ([("empty.txt", b"")], "There is nothing in it"),
        ([("picture.png", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8)], "picture.png"),
        ([("broken.zip", b"PK\x03\x04 and then nothing")], "broken.zip"),
        ([("letter.txt", b"Dear support, it is grey.")], "letter.txt"),
    ],
    ids=["none", "empty", "picture", "damaged", "prose"],
)
def test_a_wrong_upload_is_answered_in_the_panel(
    opened: Callable[[str], OpenCase],
    tmp_path: Path,
    files: list[tuple[str, bytes]],
    told: str,
) -> None:
    case = opened("technote")
    panel = widgets.case_picker(case)
    panel.upload.value = tuple(upload(name, data) for name, data in files)
    panel.upload_load.click()
    assert panel.error is None
    assert told in panel.message.value
    assert 'role="alert"' in panel.message.value
    assert panel.upload.value == ()
    assert case.source == pvo.example("technote")
    assert not (tmp_path / "cases").exists()


# The walkthrough.


def test_a_walkthrough_goes_from_the_question_to_the_way_back(
    opened: Callable[[str], OpenCase],
) -> None:
    panel = widgets.walkthrough(opened("technote"), 4)
    states = [stage.state for stage in panel.stages]
    assert states == ["done", "done", "missing", "failing", "to do", "to do", "not needed"]
    assert panel.back.disabled
    for _ in range(6):
        panel.next.click()
    assert panel.next.disabled
    assert panel.place == 6
    assert "rollbackconfig" in panel.shown.value
    panel.back.click()
    assert panel.place == 5


def test_each_step_can_be_chosen_and_is_marked_by_more_than_colour(
    opened: Callable[[str], OpenCase],
) -> None:
    panel = widgets.walkthrough(opened("technote"), 4)
    for place, step in enumerate(panel.steps):
        step.click()
        assert panel.place == place
        assert [one.description.startswith("\u25b8") for one in panel.steps] == [
            number == place for number in range(7)
        ]
    assert [step.description.split(": ")[1] for step in panel.steps] == [
        "\u2714 done", "\u2714 done", "? missing", "\u2716 failing", "\u25a1 to do", "\u25a1 to do",
        "\u2013 not needed",
    ]  # fmt: skip


def test_the_evidence_at_hand_tells_file_line_appliance_and_time(
    opened: Callable[[str], OpenCase],
) -> None:
    panel = widgets.walkthrough(opened("tls-no-certificate"), 4)
    panel.go(1)
    assert "mx.example.com, tlsverify" in panel.shown.value
    assert "2016-09-06 13:02:19" in panel.shown.value
    assert "\u25b6" in panel.shown.value
    assert "cited " in panel.shown.value


def test_what_is_missing_is_the_exact_command(opened: Callable[[str], OpenCase]) -> None:
    panel = widgets.walkthrough(opened("technote"), 4)
    panel.go(2)
    assert "grep &quot;port 7025&quot; mail_logs" in panel.shown.value
    assert panel.inner.children == ()


def test_what_only_a_person_sees_is_recorded_in_the_walkthrough(
    opened: Callable[[str], OpenCase],
) -> None:
    case = opened("technote")
    panel = widgets.walkthrough(case, 2)
    panel.go(2)
    assert panel.inner.children == (widgets.observation_form(case).widget,)


def test_ticked_steps_show_in_the_walkthrough(opened: Callable[[str], OpenCase]) -> None:
    case = opened("technote")
    panel = widgets.walkthrough(case, 4)
    panel.go(4)
    assert panel.inner.children == (panel.card.widget,)
    for box in panel.card.steps.children:
        box.value = True
    assert panel.stages[4].state == "done"
    assert panel.steps[4].description.endswith("\u2714 done")


def test_a_cause_that_is_ruled_out_needs_no_remedy(opened: Callable[[str], OpenCase]) -> None:
    panel = widgets.walkthrough(opened("healthy"), 4)
    assert [stage.state for stage in panel.stages][3:] == ["done", *["not needed"] * 3]


# The observation form.


def test_an_observation_is_written_and_changes_the_verdict(
    opened: Callable[[str], OpenCase], tmp_path: Path
) -> None:
    case = opened("technote")
    form = widgets.observation_form(case)
    assert form.host.value == "sma.example.com"
    assert "whether the migration wizard is finished" in form.seen.value
    form.what.value, form.value.value = "wizard", "not-finished"
    form.save.click()
    assert form.error is None
    assert case.diagnosis.finding(2).status == "fail"
    assert "Scenario 2: look before, now FAIL." in form.message.value
    assert "1 observation recorded" in form.seen.value
    assert form.value.value == ""
    assert list(tmp_path.rglob("observations.toml"))
    assert not (pvo.example("technote") / "observations.toml").exists()


@pytest.mark.parametrize(
    ("host", "value", "time", "told"),
    [
        ("sma.example.com", "perhaps", "", "for wizard give one of finished, not-finished"),
        ("not a host", "finished", "", "is no host name"),
        ("sma.example.com", "finished", "noon", "time &#x27;noon&#x27;"),
        ("", "finished", "", "is no host name"),
    ],
    ids=["value", "host", "time", "no host"],
)
def test_an_observation_that_cannot_be_recorded_is_answered_in_the_words_of_the_form(
    opened: Callable[[str], OpenCase], host: str, value: str, time: str, told: str
) -> None:
    case = opened("technote")
    form = widgets.observation_form(case)
    form.host.value, form.value.value, form.time.value = host, value, time
    form.save.click()
    assert told in form.message.value
    assert "--" not in form.message.value
    assert case.evidence.observations == ()


def test_the_words_that_count_are_offered(opened: Callable[[str], OpenCase]) -> None:
    form = widgets.observation_form(opened("technote"))
    form.what.value = "pending_changes"
    assert form.value.options == ("yes", "no")
    form.what.value = "error_text"
    assert form.value.options == ()


def test_without_a_case_nothing_is_recorded(opened: Callable[[str], OpenCase]) -> None:
    form = widgets.observation_form(opened(""))
    form.save.click()
    assert "No case is open" in form.message.value


# The evidence browser.


def test_the_browser_shows_the_lines_of_one_command(opened: Callable[[str], OpenCase]) -> None:
    panel = widgets.evidence_browser(opened("technote"))
    everything = panel.lines.value
    panel.command.value = "tlsverify"
    assert "ADH-CAMELLIA256-SHA" in panel.lines.value
    assert "Default interface to deliver mail" not in panel.lines.value
    assert "Default interface to deliver mail" in everything
    assert "proof of scenario 4" in panel.lines.value


def test_cited_lines_are_marked_by_a_sign_and_a_word(opened: Callable[[str], OpenCase]) -> None:
    panel = widgets.evidence_browser(opened("technote"))
    panel.cited.value = True
    rows = re.findall(r'<(mark|span) class="pvo-line">(.*?)</\1>\n?', panel.lines.value)
    assert rows
    assert {kind for kind, _ in rows} == {"mark"}
    assert panel.lines.value.count("\u25b6 ") == panel.lines.value.count(">cited <")


def test_a_time_that_is_none_is_answered_and_the_lines_stay(
    opened: Callable[[str], OpenCase],
) -> None:
    panel = widgets.evidence_browser(opened("technote"))
    before = panel.lines.value
    panel.since.value = "yesterday"
    assert "yesterday is no time" in panel.message.value
    assert panel.lines.value == before
    panel.since.value = "2014-07-21 11:00:00"
    panel.button.click()
    assert panel.message.value == ""
    assert "System status" in panel.lines.value
    assert "3385734" not in panel.lines.value


def test_nothing_chosen_is_said(opened: Callable[[str], OpenCase]) -> None:
    panel = widgets.evidence_browser(opened("technote"))
    panel.words.value = "no line says this"
    assert "None of 137 lines is chosen" in panel.lines.value


def test_many_lines_are_shown_in_parts(
    opened: Callable[[str], OpenCase], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pvo_kit.widgets.browsing.PAGE", 50)
    panel = widgets.evidence_browser(opened("technote"))
    assert panel.earlier.disabled
    assert "Shown are 1 to 50." in panel.lines.value
    panel.later.click()
    panel.later.click()
    assert "Shown are 101 to 137." in panel.lines.value
    assert panel.later.disabled
    panel.earlier.click()
    assert "Shown are 51 to 100." in panel.lines.value


# The log filter.


def test_the_log_filter_draws_what_is_chosen(opened: Callable[[str], OpenCase]) -> None:
    panel = widgets.log_filter(opened("tls-no-certificate"))
    first = panel.chart.value
    assert "3 connections of 3 chosen" in panel.count.value
    panel.since.value = "2016-09-06"
    assert "1 connection of 3 chosen" in panel.count.value
    assert panel.chart.value != first
    assert 'alt="A timeline of 1 delivery connection' in panel.chart.value
    assert "118412" not in panel.rows.value


@pytest.mark.parametrize("words", CHARTS)
def test_each_chart_can_be_chosen(opened: Callable[[str], OpenCase], words: str) -> None:
    panel = widgets.log_filter(opened("tls-no-certificate"))
    panel.kind.value = words
    assert panel.error is None
    assert panel.chart_kind == CHARTS[words]
    assert 'src="data:image/png;base64,' in panel.chart.value


def test_address_port_and_outcome_choose_too(opened: Callable[[str], OpenCase]) -> None:
    panel = widgets.log_filter(opened("resolved"))
    of = len(panel.case.evidence.connections)
    assert of > 1
    panel.outcome.value = "tls-failed"
    failed = sum(link.outcome == "tls-failed" for link in panel.case.evidence.connections)
    assert f"{failed} connection{'s' if failed > 1 else ''} of {of} chosen" in panel.count.value
    panel.outcome.value = ""
    panel.port.value = "7025"
    panel.address.value = panel.address.options[1][1]
    assert panel.choice.port == 7025
    assert panel.error is None


def test_times_in_the_wrong_order_are_answered(opened: Callable[[str], OpenCase]) -> None:
    panel = widgets.log_filter(opened("tls-no-certificate"))
    panel.since.value, panel.until.value = "2016-09-06", "2016-09-05"
    assert "later than the last" in panel.message.value


def test_a_case_without_connections_says_so(opened: Callable[[str], OpenCase]) -> None:
    panel = widgets.log_filter(opened(""))
    assert panel.error is None
    assert "0 connections of 0 chosen" in panel.count.value
    assert "An empty chart" in panel.chart.value


def test_a_frame_of_mail_logs_can_be_drawn_instead(
    opened: Callable[[str], OpenCase],
) -> None:
    case = opened("")
    logs = pvo.example("tls-no-certificate") / "mail_logs"
    frame = pvo.connections(pvo.read_mail_logs(logs))
    panel = widgets.log_filter(case, frame)
    assert f"of {len(frame):,} chosen" in panel.count.value
    case.open(pvo.example("technote"))
    assert f"of {len(frame):,} chosen" in panel.count.value


# The remedy card.


def test_the_card_holds_the_dialogue_to_copy_and_to_keep(
    opened: Callable[[str], OpenCase],
) -> None:
    panel = widgets.remedy_card(opened("technote"), 4)
    assert "mx.example.com&gt; sslconfig" in panel.dialogue.value
    assert 'class="pvo-copy"' in panel.dialogue.value
    assert 'download="technote-scenario-4.txt"' in panel.dialogue.value
    assert panel.steps.children[0].description == "1. mx.example.com> sslconfig"


def test_ticked_steps_stay_and_are_told(opened: Callable[[str], OpenCase]) -> None:
    case = opened("technote")
    panel = widgets.remedy_card(case, 4)
    panel.steps.children[0].value = True
    panel.steps.children[1].value = True
    panel.steps.children[1].value = False
    assert "1 of 8 steps done" in panel.message.value
    assert len(case.ticked) == 1
    case.observe("sma.example.com", "wizard", "finished")
    assert [box.value for box in panel.steps.children] == [True, *[False] * 7]
    assert repr(panel).count("\u2714 done:") == 1


def test_another_case_has_nothing_ticked(opened: Callable[[str], OpenCase]) -> None:
    case = opened("technote")
    panel = widgets.remedy_card(case, 4)
    panel.steps.children[0].value = True
    case.open(pvo.example("tls-no-certificate"))
    case.open(pvo.example("technote"))
    assert not any(box.value for box in panel.steps.children)


def test_without_a_remedy_the_card_says_why(opened: Callable[[str], OpenCase]) -> None:
    case = opened("technote")
    assert "verdict comes first" in widgets.remedy_card(case, 5).above.value
    assert "nothing to mend" in widgets.remedy_card(opened("healthy"), 4).above.value


# The what-if panel.


def test_a_cipher_string_is_tried_at_once(opened: Callable[[str], OpenCase]) -> None:
    panel = widgets.what_if_panel(opened("technote"), 4)
    panel.cipher.value = "HIGH:!aNULL"
    assert "Scenario 4 would clear" in panel.answer.value
    assert "not evidence" in panel.answer.value
    panel.cipher.value = ""
    assert "Choose a change" in panel.answer.value


def test_an_interface_a_key_and_a_level_are_tried(opened: Callable[[str], OpenCase]) -> None:
    for name, number in (("technote", 3), ("feature-key-mismatch", 5), ("cluster-levels", 6)):
        panel = widgets.what_if_panel(opened(name), number)
        choice = panel.lists[number]
        assert choice.options[0] == ("as it is", "")
        choice.value = choice.options[1][1]
        assert f"Scenario {number} would clear" in panel.answer.value


def test_all_changes_can_be_tried_together(opened: Callable[[str], OpenCase]) -> None:
    panel = widgets.what_if_panel(opened("technote"))
    panel.lists[3].value = panel.lists[3].options[1][1]
    panel.cipher.value = "HIGH:!aNULL"
    assert "scenarios 3, 4 would clear" in panel.answer.value.lower()


def test_a_string_that_cannot_be_judged_is_answered_without_an_older_answer(
    opened: Callable[[str], OpenCase],
) -> None:
    panel = widgets.what_if_panel(opened("technote"), 4)
    panel.cipher.value = "HIGH:!aNULL"
    panel.cipher.value = "<script>alert(1)</script> \x1b[31m"
    assert "would clear" not in panel.answer.value
    assert "<script" not in panel.answer.value + panel.message.value


def test_what_was_tried_is_forgotten_with_the_case(opened: Callable[[str], OpenCase]) -> None:
    case = opened("technote")
    panel = widgets.what_if_panel(case, 4)
    panel.cipher.value = "HIGH:!aNULL"
    case.open(pvo.example("too-little"))
    assert panel.error is None
    assert panel.cipher.value == ""
    assert panel.cipher.disabled
    assert "would" not in panel.answer.value.replace("What would", "")


def test_a_scenario_without_a_what_if_is_refused(opened: Callable[[str], OpenCase]) -> None:
    with pytest.raises(InputError, match="scenario 1 has no what-if"):
        widgets.what_if_panel(opened("technote"), 1)


def test_the_package_loads_no_widgets_before_they_are_asked_for() -> None:
    code = (
        "import sys, pvo_kit; assert 'ipywidgets' not in sys.modules; "
        "pvo_kit.widgets.case; assert 'matplotlib.pyplot' not in sys.modules"
    )
    done = subprocess.run(  # noqa: S603 - this Python, on a text of our own
        [sys.executable, "-c", code], capture_output=True, text=True, env=os.environ, check=False
    )
    assert done.returncode == 0, done.stderr


def test_a_long_read_shows_its_bar_in_the_panel(
    opened: Callable[[str], OpenCase], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pvo_kit.progress.DELAY", -1.0)
    panel = widgets.case_picker(opened(""))
    seen: list[int] = []
    panel.waiting.widget.observe(lambda change: seen.append(len(change["new"])), "children")
    panel.folder.value = "technote"
    panel.load.click()
    assert panel.error is None
    assert seen == [1, 0]
