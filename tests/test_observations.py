"""What a person saw: read from TOML with its lines, and what is wrong with it told."""

from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pvo_kit import observations
from pvo_kit.evidence import Observation
from pvo_kit.observations import WHAT

WIZARD = [
    "[[observation]]",
    'host = "SMA.example.com"',
    'what = "wizard"',
    'value = "finished"',
    "time = 2014-07-21T12:05:00Z",
    'by = "J. Doe"',
    "",
]
PORT = ["[[observation]]", 'what = "port"', "value = 7026", ""]


def parse(*lines: str) -> tuple[list[Observation], list[str]]:
    return observations.parse("seen.toml", lines)


def one(*lines: str) -> Observation:
    found, notes = parse(*lines)
    assert notes == []
    assert len(found) == 1
    return found[0]


def test_an_observation() -> None:
    seen = one(*WIZARD)
    assert (seen.host, seen.what, seen.value, seen.by) == (
        "sma.example.com", "wizard", "finished", "J. Doe",
    )  # fmt: skip
    assert seen.moment.time == datetime(2014, 7, 21, 12, 5)
    assert seen.moment.line == 1
    assert [(line.line, line.text) for line in seen.citations] == list(enumerate(WIZARD[:-1], 1))


def test_each_cites_its_own_lines() -> None:
    lines = ["# seen on Monday", "", *WIZARD, "", *PORT, "  "]
    found, notes = parse(*lines)
    assert notes == []
    assert [[line.line for line in seen.citations] for seen in found] == [
        [3, 4, 5, 6, 7, 8],
        [11, 12, 13],
    ]
    for seen in found:
        assert all(lines[line.line - 1] == line.text for line in seen.citations)


@pytest.mark.parametrize(
    "change",
    [
        lambda line: f"> {line}",
        lambda line: f">> {line}",
        lambda line: f"  {line}",
        lambda line: line + "\r",
        lambda line: line.replace("[[observation]]", "[[ observation ]]  # in the GUI"),
    ],
)
def test_however_it_came(change: object) -> None:
    lines = [change(line) for line in (*WIZARD, *PORT)]  # type: ignore[operator]
    assert observations.is_observations(lines)
    found, notes = parse(*lines)
    assert notes == []
    assert [(seen.what, seen.value) for seen in found] == [("wizard", "finished"), ("port", "7026")]
    assert all(lines[line.line - 1] == line.text for seen in found for line in seen.citations)


@pytest.mark.parametrize(
    ("written", "time"),
    [
        ("2014-07-21T12:05:00Z", datetime(2014, 7, 21, 12, 5)),
        ("2014-07-21T14:05:00+02:00", datetime(2014, 7, 21, 12, 5)),
        ("2014-07-21T12:05:00", datetime(2014, 7, 21, 12, 5)),
        ("2014-07-21 12:05:00", datetime(2014, 7, 21, 12, 5)),
        ("2014-07-21", datetime(2014, 7, 21)),
        ('"2014-07-21T14:05:00+02:00"', datetime(2014, 7, 21, 12, 5)),
        ('"2014-07-21 12:05"', datetime(2014, 7, 21, 12, 5)),
    ],
)
def test_a_time_is_utc(written: str, time: datetime) -> None:
    assert one(*PORT, f"time = {written}").moment.time == time


@pytest.mark.parametrize(
    "written", ['"on Monday"', "12:05:00", "1405940700", "true", '""', "0001-01-01T00:00:00+14:00"]
)
def test_a_time_that_is_none_is_told(written: str) -> None:
    found, notes = parse(*PORT, f"time = {written}")
    assert [seen.moment.time for seen in found] == [None]
    assert notes == ["time of observation 1 is no date; write it like 2014-07-21T12:05:00+02:00"]


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ('"no"', "no"),
        ("true", "yes"),
        ("false", "no"),
        ("7026", "7026"),
        ("1.5", "1.5"),
        ("2014-07-21", "2014-07-21"),
        ('"""\ntwo\nlines"""', "two\nlines"),
        ("'C:\\path'", "C:\\path"),
    ],
)
def test_a_value_is_text(written: str, value: str) -> None:
    lines = [*PORT[:2], *f"value = {written}".split("\n")]
    assert one(*lines).value == value


@pytest.mark.parametrize(
    "lines",
    [
        ['what = "port"'],
        ['value = "7026"'],
        ['what = "gossip"', "value = 1"],
        ["what = 5", "value = 1"],
        ['what = ["port"]', "value = 1"],
        ['what = "port"', 'value = ""'],
        ['what = "port"', 'value = " "'],
        ['what = "port"', "value = [7026]"],
        ['what = "port"', "value = {a = 1}"],
        ['what = "port"', "value = 0x" + "f" * 5000],
    ],
)
def test_without_what_and_value_it_is_no_observation(lines: list[str]) -> None:
    found, notes = parse("[[observation]]", *lines, *WIZARD)
    assert [seen.what for seen in found] == ["wizard"]
    assert notes == [f"observation 1 needs a value and one of what: {', '.join(WHAT)}"]


def test_keys_that_are_not_known_are_told_and_the_rest_counts() -> None:
    found, notes = parse('case = "x"', *WIZARD, 'mood = "grim"', "[meta]", "a = 1", *PORT, "zip=1")
    assert [seen.what for seen in found] == ["wizard", "port"]
    assert notes == [
        "key case is not known",
        "key meta is not known",
        "key mood of observation 1 is not known",
        "key zip of observation 2 is not known",
    ]


@pytest.mark.parametrize(
    "lines",
    [
        [*WIZARD, "value = unquoted"],
        [*WIZARD, "Hello, this is what I saw."],
        ["[[observation]]", 'value = "not closed'],
        ["[[observation]]", "a = 1", "a = 2"],
        ["[[observation]]", "a = " + "[" * 9000],
        ["[[observation]]", "a = " + "9" * 9000],
        ["[[observation]]", "a." * 4000 + "b = \x00"],
        ["observation = 1", "[[observation]]"],
    ],
)
def test_damage_is_told(lines: list[str]) -> None:
    found, notes = parse(*lines)
    assert found == []
    assert len(notes) == 1
    assert notes[0].startswith("is not valid TOML (")
    assert notes[0].endswith("; correct it or record again")


@pytest.mark.parametrize(
    "lines",
    [
        ["a = 1"],
        [],
        ["observation = []"],
        ["observation = [1, 2]"],
        ['observation = [{what = "port", value = 1}]'],
        ["observation = [1]", 'a = """', "[[observation]]", '"""'],
        ["[observation]", 'what = "port"', "value = 1"],
        ['[["observation"]]', 'what = "port"', "value = 1"],
    ],
)
def test_tables_of_another_form_are_told(lines: list[str]) -> None:
    found, notes = parse(*lines)
    assert found == []
    assert notes == ["holds no list of [[observation]] tables; correct it or record again"]


def test_a_very_long_line_is_not_read() -> None:
    found, notes = parse(*PORT, "a." * 50_000 + "b = 1")
    assert found == []
    assert notes == ["holds a line of more than 10,000 characters; record again"]


def test_what_only_looks_like_a_head_opens_no_table() -> None:
    lines = [
        *PORT[:2],
        'value = """',
        "[[observation]]",
        '"""',
        "# [[observation]]",
        "#[[observation]]",
        "by = '''",
        "[[observation]] # here too",
        "'''",
        *WIZARD,
    ]
    assert observations.is_observations(lines)
    found, notes = parse(*lines)
    assert notes == []
    assert [seen.value for seen in found] == ["[[observation]]\n", "finished"]
    assert [[line.line for line in seen.citations] for seen in found] == [
        list(range(1, 11)),
        list(range(11, 17)),
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[[observation]]", True),
        ("  [[ observation ]] # x", True),
        ("> [[observation]]", True),
        ("\ufeff[[observation]]", True),
        ("# seen\n\ncase = 5\n[meta]\nx.y = 'z'\n[[observation]]", True),
        ("[[observation]]\nthis is damaged", True),
        ("", False),
        ("# [[observation]]", False),
        ("[observation]", False),
        ("[[observations]]", False),
        ("Hello,\n\nrecord it like this:\n\n[[observation]]\nhost = 'a'", False),
        ("mx.example.com> status\n[[observation]]", False),
        ("[]> setup\n\nChoose the default interface\n[[observation]]", False),
    ],
)
def test_observations_are_told_by_their_content(text: str, expected: bool) -> None:
    assert observations.is_observations(text.split("\n")) is expected


# Order


def seen_at(*times: str) -> list[Observation]:
    lines = [
        line
        for time in times
        for line in ("[[observation]]", 'what = "port"', "value = 1", f"time = {time}" * bool(time))
    ]
    found, notes = parse(*lines)
    assert notes == []
    return found


def test_times_order_whatever_the_place() -> None:
    first, second = seen_at("2014-07-21", "2014-07-20")
    assert first.moment.after(second.moment)
    assert not second.moment.after(first.moment)


def test_the_place_orders_what_has_no_time() -> None:
    found = [seen.moment for seen in seen_at("", "2014-07-20", "", "", "2014-07-21", "")]
    for index, moment in enumerate(found):
        assert [moment.after(other) for other in found] == [
            other < index for other in range(len(found))
        ]


def test_where_times_go_back_the_place_proves_nothing() -> None:
    first, second, third = (seen.moment for seen in seen_at("2014-07-21", "", "2014-07-20"))
    assert first.after(third)
    for one_, two in ((first, second), (second, third)):
        assert not one_.after(two)
        assert not two.after(one_)


LINES = st.lists(
    st.text(max_size=30)
    | st.sampled_from([*WIZARD, *PORT, '"""', "'''", "a = [", "]", "[[ observation ]]", "x = {"]),
    max_size=15,
)


@given(LINES)
def test_no_lines_break_it(lines: list[str]) -> None:
    for given_ in (lines, [*WIZARD, *lines]):
        observations.is_observations(given_)
        found, notes = parse(*given_)
        assert found or notes
        for seen in found:
            assert seen.what in WHAT
            assert seen.citations
            assert seen.citations[0].line == seen.moment.line
            assert all(given_[line.line - 1] == line.text for line in seen.citations)
