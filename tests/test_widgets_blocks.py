"""Blocks: the same content as HTML and as text; text stays text in both."""

from __future__ import annotations

import base64
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from pvo_kit.report.story import Excerpt, Line
from pvo_kit.widgets.blocks import (
    Block,
    Cited,
    Code,
    Download,
    Folded,
    Heading,
    Listing,
    Paragraph,
    Picture,
    Shown,
    State,
    Table,
    to_html,
    to_text,
)
from pvo_kit.widgets.markup import element


class Tags(HTMLParser):
    """The elements and attributes in some HTML."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, tuple[str, ...]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, tuple(name for name, _ in attrs)))


def every(text: str) -> list[Block]:
    """One block of each kind that holds this text wherever it may hold any."""
    excerpt = Excerpt(text, (Line(1, text, cited=True), Line(2, text, cited=False)))
    return [
        Heading(text),
        Paragraph(text, text),
        State("?", text, text),
        Listing([text, text], text),
        Listing([text], ordered=True),
        Code([text, text], text),
        Cited(excerpt, text),
        Table((text, text), [(text, text)], text),
        Picture(b"png", text),
        Download(text, text),
        Folded(text, [Paragraph(text)]),
    ]


@given(st.text(min_size=1, max_size=60), st.booleans())
def test_no_text_becomes_an_element_or_an_attribute(text: str, live: bool) -> None:
    assert Tags(to_html(every(text), live)).found == Tags(to_html(every("x"), live)).found


@given(st.text(max_size=60))
def test_no_text_steers_a_terminal(text: str) -> None:
    told = to_text(every(text))
    assert not [char for char in told if (ord(char) < 32 and char != "\n") or ord(char) == 127]


@pytest.mark.parametrize("block", every("words"), ids=lambda block: type(block).__name__)
def test_both_forms_say_the_same(block: Block) -> None:
    if not isinstance(block, Download):
        assert "words" in to_text([block])
    assert "words" in to_html([block])


def test_an_element_escapes_what_is_no_markup() -> None:
    made = element("p", "<b>", element("b", "&"), aria_label='"x"', class_="a")
    assert made == '<p aria-label="&quot;x&quot;" class="a">&lt;b&gt;<b>&amp;</b></p>'
    assert isinstance(made, Markup)


def test_the_copy_button_stands_on_live_pages_alone() -> None:
    code = Code(["a", "b"], "a dialogue")
    assert "<button" not in code.html(live=False)
    assert 'aria-label="Copy a dialogue"' in code.html(live=True)
    assert "a\nb" in code.html(live=False)


def test_a_cited_line_is_marked_by_a_sign_and_a_word() -> None:
    lines = (Line(7, "proof", cited=True), Line(8, "beside", cited=False))
    block = Cited(Excerpt("a.txt", lines), "mx.example.com, status")
    proof, beside = block.html(live=False).split("</mark>")
    assert "\u25b6 7" in proof
    assert "cited " in proof
    assert "\u25b6" not in beside
    assert block.text() == [
        "a.txt, lines 7 to 8 (mx.example.com, status)",
        "  >     7  proof",
        "        8  beside",
    ]


def test_a_download_holds_its_text() -> None:
    html = Download("a.txt", "one\ntwo \u2714\n").html(live=False)
    data = html.partition("base64,")[2].partition('"')[0]
    assert base64.b64decode(data).decode("utf-8") == "one\ntwo \u2714\n"


def test_empty_lists_and_tables_break_nothing() -> None:
    assert to_text([Listing([]), Table(("a", "b"), [])]) == "a  b"
    assert to_html([Listing([])]) == ""


def test_what_is_folded_is_open_where_no_page_folds_it() -> None:
    block = Folded("more", [Paragraph("inside")])
    assert block.html(live=True).startswith("<details><summary>")
    assert block.html(live=False).startswith('<details open="open">')


def test_an_object_of_the_kit_shows_itself() -> None:
    block = Shown("<b>bold</b>", "bold\n")
    assert to_html([block]) == "<b>bold</b>"
    assert to_text([block]) == "bold"
