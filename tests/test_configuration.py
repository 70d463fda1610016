"""Saved configurations: told from other XML, and what their head says."""

from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pvo_kit import configuration
from pvo_kit.evidence import Citation, Configuration

SAVED = [
    '<?xml version="1.0" encoding="ISO-8859-1"?>',
    '<!DOCTYPE config SYSTEM "config.dtd">',
    "",
    "<!--",
    "  Product: Cisco C100V Email Security Virtual Appliance",
    "  Model Number: C100V",
    "  Version: 11.0.0-264",
    "  Serial Number: 421AAAAAAAAAAAAAAAAA-AAAAAAAAAAAA",
    "  Current Time: Mon Jul 21 11:57:38 2014",
    '  Feature "Data Loss Prevention": Quantity = 1, Time Remaining = "Perpetual"',
    '  Feature "Outbreak Filters": Quantity = 1, Time Remaining = "301 days"',
    "-->",
    "<config>",
    "  <hostname>ESA1.example.com</hostname>",
    "  <interfaces>",
    "    <interface><interface_hostname>other.example.com</interface_hostname></interface>",
    "  </interfaces>",
    "</config>",
]


def parse(lines: list[str]) -> Configuration:
    return configuration.parse("saved.xml", lines)


def test_everything_in_it_is_cited() -> None:
    saved = parse(SAVED)
    assert (saved.host, saved.product, saved.version) == (
        "esa1.example.com",
        "Cisco C100V Email Security Virtual Appliance",
        "11.0.0-264",
    )
    assert saved.moment.time == datetime(2014, 7, 21, 11, 57, 38)
    assert [(key.name, key.remaining, key.citation.line) for key in saved.features] == [
        ("Data Loss Prevention", "Perpetual", 10),
        ("Outbreak Filters", "301 days", 11),
    ]
    assert [line.line for line in saved.citations] == [5, 7, 9, 14]


def exact(saved: Configuration, lines: list[str]) -> bool:
    cited = [*saved.citations, *(key.citation for key in saved.features)]
    return all(lines[line.line - 1] == line.text and line.file == "saved.xml" for line in cited)


CHANGES = {
    "quoted": [f"> {line}" for line in SAVED],
    "double-spaced": [part for line in SAVED for part in (line, "")],
    "indented": [f"   {line}" for line in SAVED],
    "with a BOM": ["\ufeff" + SAVED[0], *SAVED[1:]],
    "blanks at the end": [line + "  " for line in SAVED],
    "without its head": SAVED[1:],
    "without a document type": [SAVED[0], *SAVED[2:]],
}


@pytest.mark.parametrize("change", CHANGES)
def test_however_it_came(change: str) -> None:
    lines = CHANGES[change]
    assert configuration.is_configuration(lines)
    saved, plain = parse(lines), parse(SAVED)
    assert exact(saved, lines)
    assert (saved.host, saved.product, saved.version) == (plain.host, plain.product, plain.version)
    assert len(saved.features) == 2


@pytest.mark.parametrize(
    "text",
    [
        "",
        "mx.example.com> status",
        '<?xml version="1.0"?>\n<html>\n</html>',
        '<?xml version="1.0"?>\n<config version="9.1.0" urldb="x">\n</config>',  # a firewall's
        '<?xml version="1.0"?>\n<configuration>',
        "<config>",
        "We saved it:\n<config>\n</config>",
        "(Machine esa1.example.com)> showconfig\n\n" + "\n".join(SAVED),
        '{"config": "<config>"}',
    ],
)
def test_no_configuration(text: str) -> None:
    assert not configuration.is_configuration(text.split("\n"))


def test_a_host_that_is_known_stays() -> None:
    saved = configuration.parse("saved.xml", SAVED, host="mx.example.com")
    assert saved.host == "mx.example.com"
    assert [line.line for line in saved.citations] == [5, 7, 9]


def test_little_is_no_error() -> None:
    lines = ["<!DOCTYPE config>", "<config>"]
    saved = parse(lines)
    assert (saved.host, saved.product, saved.version, saved.features) == (None, None, None, ())
    assert saved.moment.time is None
    assert saved.citations == (Citation("saved.xml", 1, lines[0]),)
    assert parse([]).citations == ()


def test_entities_stay_as_they_are() -> None:
    lines = [
        '<?xml version="1.0"?>',
        "<!DOCTYPE config [",
        '  <!ENTITY a "lol">',
        *(f'  <!ENTITY b{n} "{"&a;" * 10}">' for n in range(10)),
        '  <!ENTITY file SYSTEM "file:///etc/passwd">',
        "]>",
        "<!-- Product: none -->",
        "<!--",
        "Product: &file; &b9;",
        "-->",
        "<config><hostname>&file;</hostname></config>",
    ]
    assert configuration.is_configuration(lines)
    saved = parse(lines)
    assert saved.host is None
    assert saved.product == "&file; &b9;"


LINES = st.lists(
    st.text(max_size=40)
    | st.sampled_from(SAVED)
    | st.sampled_from(SAVED).map(lambda line: line[: len(line) // 2]),
    max_size=20,
)


@given(LINES)
def test_no_lines_break_it(lines: list[str]) -> None:
    configuration.is_configuration(lines)
    assert exact(parse(lines), lines)
