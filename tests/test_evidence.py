"""The order of moments, citations that are the lines themselves, and dialogues."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

import pvo_kit as pvo
from pvo_kit.evidence import Answer, Citation, Moment, Row, Transcript, cite_rows

NOON = datetime(2014, 7, 21, 12)


def minutes(count: int) -> datetime:
    return NOON + timedelta(minutes=count)


def at(line: int = 1, time: int | None = None, *, file: str = "a", session: str = "s",
       low: int | None = None, high: int | None = None) -> Moment:  # fmt: skip
    """A moment with its times in minutes after noon."""
    exact, first, last = (None if at is None else minutes(at) for at in (time, low, high))
    return Moment(file, line, session, exact, first, last)


# Moments


@pytest.mark.parametrize(
    ("newer", "older"),
    [
        (at(time=2, file="b"), at(time=1)),
        (at(1, time=2), at(9, time=1)),  # the clock outranks the place
        (at(2), at(1)),
        (at(2, time=1), at(1, time=1)),
        (at(2, low=1), at(1, time=1)),
        (at(2, time=1), at(1, high=1)),
        (at(3, low=1, high=5), at(2, low=1, high=5)),
        (at(3, low=2), at(2, low=1)),
        (at(3, high=5), at(2, high=4)),
        (at(low=2, file="b"), at(time=1)),
        (at(time=2, file="b"), at(high=1)),
        (at(low=2, file="b"), at(high=1)),
        # Below a clock is after what that clock dates, even in a log that is another session.
        (at(5, low=1), at(3, time=1, session="")),
        (at(low=1, file="b"), at(high=1)),
    ],
)
def test_newer(newer: Moment, older: Moment) -> None:
    assert newer.after(older)
    assert not older.after(newer)


@pytest.mark.parametrize(
    ("one", "two"),
    [
        (at(2), at(1, file="b")),
        (at(2), at(1, session="t")),
        (at(time=1), at(time=1, file="b")),
        (at(time=1, line=2, session="t"), at(time=1)),
        (at(low=1, high=4, file="b"), at(low=2, high=3)),
        (at(low=1, file="b"), at(time=2)),
        (at(low=1, high=1, file="b"), at(time=1)),
        (at(time=5, file="b"), at()),
        # Lines say one thing, bounds may say another: no order is proved.
        (at(2, low=1), at(1, low=2)),
        (at(2), at(1, time=1)),
        # Bounds that contradict each other are none.
        (at(low=9, high=1, file="b"), at(time=5)),
    ],
)
def test_unordered(one: Moment, two: Moment) -> None:
    assert not one.after(two)
    assert not two.after(one)


TIMES = st.none() | st.integers(0, 3)
MOMENTS = st.builds(
    at,
    st.integers(1, 4),
    TIMES,
    file=st.sampled_from("ab"),
    session=st.sampled_from("st"),
    low=TIMES,
    high=TIMES,
)


@given(st.lists(MOMENTS, min_size=3, max_size=3))
def test_after_is_a_strict_partial_order(three: list[Moment]) -> None:
    for moment in three:
        assert not moment.after(moment)
    for one, two in permutations(three, 2):
        assert not (one.after(two) and two.after(one))
    for one, two, three_ in permutations(three, 3):
        if one.after(two) and two.after(three_):
            assert one.after(three_)


@given(st.lists(MOMENTS, min_size=1, max_size=8))
def test_something_is_always_newest(many: list[Moment]) -> None:
    assert [one for one in many if not any(other.after(one) for other in many)]


# Transcripts


def transcript(*output: str, prompt: str = "mx.example.com> status", start: int = 5) -> Transcript:
    """A transcript whose raw lines are its rows, quoted."""
    found = [prompt, *output]
    rows = tuple(Row(text, ((start + n, f"> {text}"),)) for n, text in enumerate(found))
    return Transcript("mx.example.com", None, None, prompt.partition("> ")[2],
                      Moment("f.txt", start), rows)  # fmt: skip


def test_a_transcript_knows_its_place() -> None:
    cut = transcript("", "System status:   Online")
    assert (cut.file, cut.first_line, cut.last_line) == ("f.txt", 5, 7)
    assert cut.text == "\nSystem status:   Online"
    assert [row.text for row in cut.output] == ["", "System status:   Online"]
    assert cut.cite_prompt() == (Citation("f.txt", 5, "> mx.example.com> status"),)


def test_a_cut_one_has_no_prompt() -> None:
    cut = replace(transcript("Online"), cut=True)
    assert cut.text == "mx.example.com> status\nOnline"
    assert replace(cut, rows=()).text == ""
    assert replace(cut, rows=()).last_line == 5


@pytest.mark.parametrize(
    ("command", "verb"),
    [
        ("status", "status"),
        ("STATUS detail", "status"),
        ("clustermode machine esa1; featurekey", "featurekey"),
        ("status;", ""),
        ("", ""),
    ],
)
def test_verb(command: str, verb: str) -> None:
    assert replace(transcript(), command=command).verb == verb


def test_a_match_over_rows_cites_their_lines_and_no_blank_ones() -> None:
    cut = transcript("Status as of:", "", "Mon Jul 21", "Up since: never")
    match = re.search(r"as of:\s+Mon", cut.text)
    assert match
    assert [(line.line, line.text) for line in cut.cite(match)] == [
        (6, "> Status as of:"),
        (8, "> Mon Jul 21"),
    ]


def test_a_joined_row_cites_all_its_lines() -> None:
    raw = ((1, "Append the po"), (2, ""), (3, "rt"))
    cut = replace(transcript(), rows=(Row("Append the port", raw),), cut=True)
    match = re.search("port", cut.text)
    assert match
    assert [line.line for line in cut.cite(match)] == [1, 3]
    assert list(cite_rows("f", [Row("", ((1, ""),)), Row("x", ((2, "x"),))])) == [
        Citation("f", 2, "x")
    ]


ROWS = st.lists(st.text(st.characters(exclude_characters="\n"), max_size=6), max_size=8)


@given(ROWS, st.data())
def test_rows_of_a_span_are_those_it_touches(texts: list[str], data: st.DataObject) -> None:
    cut = transcript(*texts)
    start = data.draw(st.integers(0, len(cut.text)))
    end = data.draw(st.integers(start, len(cut.text)))
    offsets = [sum(len(text) + 1 for text in texts[:n]) for n in range(len(texts))]
    touched = [
        n
        for n, (offset, text) in enumerate(zip(offsets, texts, strict=True))
        if offset <= max(start, end - 1) and start <= offset + len(text)
    ]
    assert list(cut.rows_of(start, end)) == touched


# Questions and answers


def answers(*output: str) -> list[tuple[str, str, str, int]]:
    found: tuple[Answer, ...] = transcript(*output).answers
    return [(each.question, each.default, each.typed, each.citation.line) for each in found]


CIPHERS = "ECDH+aRSA:ECDH+ECDSA:DHE+DSS+AES:AES128:AES256:!SRP:!AESGCM+DH+aRSA:-aNULL:-EXPORT"


@pytest.mark.parametrize(
    ("output", "expected"),
    [
        (["Enter the remote port.", "[25]> 7025"], ("Enter the remote port.", "25", "7025", 7)),
        (["Enter the remote port.", "[25]>"], ("Enter the remote port.", "25", "", 7)),
        (["Enter it.", "[]>"], ("Enter it.", "", "", 7)),
        (["[]> 10.172.12.17"], ("", "", "10.172.12.17", 6)),
        (["Which?", "[the.cpq.host]> a:7025"], ("Which?", "the.cpq.host", "a:7025", 7)),
        (['Enable "Possible Delivery" (recommended)? [Y]> n'],
         ('Enable "Possible Delivery" (recommended)?', "Y", "n", 6)),
        (["Delivery [all] [of it]? [Y]>"], ("Delivery [all] [of it]?", "Y", "", 6)),
        (["Append the port (example:26) if you are not", "", "connecting on port 25:", "[a]> b"],
         ("Append the port (example:26) if you are not connecting on port 25:", "a", "b", 9)),
        ([f"[{CIPHERS}]> HIGH:!aNULL"], ("", CIPHERS, "HIGH:!aNULL", 6)),
        # A default that a terminal of any width has cut.
        (["Which?", f"[{CIPHERS[:60]}", f"{CIPHERS[60:]}]> HIGH"], ("Which?", CIPHERS, "HIGH", 7)),
        ([f"[{CIPHERS[:30]}", "", CIPHERS[30:60], "", f"{CIPHERS[60:]}]>"], ("", CIPHERS, "", 6)),
        (["[1]> ^C"], ("", "1", "^C", 6)),
        (["   [1]> 2"], ("", "1", "2", 6)),
        (["[1]>2"], ("", "1", "2", 6)),
    ],
)  # fmt: skip
def test_an_answer(output: list[str], expected: tuple[str, str, str, int]) -> None:
    assert answers(*output) == [expected]


@pytest.mark.parametrize(
    "row",
    [
        "Info: MID 5 Message-ID '<a[1]>'",
        "Delivery start DCID 5 MID 9 to RID [0]",
        "see [Management Appliance] > [Centralized Services]",
        "220 mx.example.com ESMTP",
        "]>",
        "text]> text",
    ],
)
def test_no_answer(row: str) -> None:
    assert answers("Which?", row) == []


def test_questions_follow_each_other() -> None:
    found = answers("1. Auto", "2. In", "[1]> 2", "", "Enter the port.", "[25]> 7025", "Trying...")
    assert found == [("1. Auto 2. In", "1", "2", 8), ("Enter the port.", "25", "7025", 11)]


def test_an_entry_in_brackets_is_no_open_default() -> None:
    assert answers("[1] one", "odd]> x") == []
    assert answers("[one", "two [3]", "odd]> x") == []


@given(st.lists(st.text("[]> a1:", max_size=12), max_size=12))
def test_no_rows_break_the_dialogue(texts: list[str]) -> None:
    for answer in transcript(*texts).answers:
        assert not {"[", "]"} & set(answer.default)
        assert answer.citation.text == f"> {texts[answer.citation.line - 6]}"


# The zone of printed log lines


@pytest.mark.parametrize(
    ("status", "opened"),
    [
        ("Status as of:                  Tue Apr 08 01:00:00 2014 JST", "2014-04-07T15:48:42"),
        ("Status as of:                  Tue Apr 08 01:00:00 2014 GMT", "2014-04-08T00:48:42"),
        ("System is as it was.", "2014-04-08T00:48:42"),
    ],
    ids=["JST", "GMT", "none"],
)
def test_log_lines_that_a_session_printed_are_in_the_zone_that_it_shows(tmp_path, status, opened):
    path = tmp_path / "session.txt"
    path.write_text(
        'esa1.example.com> grep "DCID 5" mail_logs\n'
        "Tue Apr  8 00:48:42 2014 Info: New SMTP DCID 5 interface 192.0.2.1 address 192.0.2.2"
        " port 7025\n"
        "Tue Apr  8 00:48:43 2014 Info: DCID 5 close\n"
        f"esa1.example.com> status\n{status}\n",
        encoding="utf-8",
    )
    (link,) = pvo.load(path).connections
    assert link.opened.isoformat() == opened
