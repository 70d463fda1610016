"""No evidence steers a terminal, computes in a spreadsheet or becomes HTML."""

from __future__ import annotations

import html
import sys
import unicodedata
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pvo_kit import escape

ANYTHING = st.text(st.characters())  # halves of surrogate pairs too
BIDI = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


def is_unsafe(character: str) -> bool:
    return unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp") or character in BIDI


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain text", "plain text"),
        ("Größe 検疫\u3000\u00a0🙂", "Größe 検疫\u3000\u00a0🙂"),
        ("\x1b[31mred\x1b[0m", "\\x1b[31mred\\x1b[0m"),
        ("\x9b31m", "\\x9b31m"),
        ("a\rb\nc", "a\\rb\\nc"),
        ("a\tb", "a b"),
        ("a\x00b\x7f", "a\\x00b\\x7f"),
        ("\u202egpj.exe", "\\u202egpj.exe"),
        ("pay\u200bpal", "pay\\u200bpal"),
        ("\U000e0041", "\\U000e0041"),
        ("\ud800", "\\ud800"),
    ],
)
def test_terminal(text: str, expected: str) -> None:
    assert escape.terminal(text) == expected


def test_every_character_that_steers_is_spelled_out() -> None:
    for character in map(chr, range(sys.maxunicode + 1)):
        shown = escape.terminal(character)
        assert not any(map(is_unsafe, shown))
        if character.isprintable():
            assert shown == character


@given(ANYTHING)
def test_terminal_holds_nothing_that_steers(text: str) -> None:
    shown = escape.terminal(text)
    assert not any(map(is_unsafe, shown))
    assert escape.terminal(shown) == shown
    shown.encode("utf-8")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("DCID 5", "DCID 5"),
        ("=1+1", "'=1+1"),
        ("+1", "'+1"),
        ("-aNULL", "'-aNULL"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "' =1"),
        ("  =1", "'  =1"),
        ("\uff1d1", "'\uff1d1"),
        ("a=1", "a=1"),
        ("'=1", "'=1"),
        ("two\nlines", "two\\nlines"),
        ("", ""),
    ],
)
def test_csv_cell(text: str, expected: str) -> None:
    assert escape.csv_cell(text) == expected


@given(st.text(st.sampled_from("=+-@\t\r\n \u3000\u00a0\ufeff\uff1da'")) | ANYTHING)
def test_no_cell_is_a_formula(text: str) -> None:
    cell = escape.csv_cell(text)
    assert not cell.strip().startswith(("=", "+", "-", "@", "\t", "\r", "\uff1d"))
    assert len(cell.splitlines()) <= 1


def test_html() -> None:
    assert escape.html("<b>&\"'\x1b") == "&lt;b&gt;&amp;&quot;&#x27;\\x1b"


class Reader(HTMLParser):
    """What a browser would see: the tags, and the value of the title attribute."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.title: str | None = None
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.title = dict(attrs)["title"]

    def handle_data(self, data: str) -> None:
        self.text += data


@given(ANYTHING | st.text("<>&\"'/ab =;#x27"))
def test_html_is_only_text(text: str) -> None:
    shown = escape.html(text)
    assert not set("<>\"'") & set(shown)
    assert html.unescape(shown) == escape.terminal(text)
    reader = Reader()
    reader.feed(f'<i title="{shown}">{shown}</i>')
    reader.close()
    assert (reader.tags, reader.title) == (["i"], escape.terminal(text))
    assert reader.text == escape.terminal(text)
