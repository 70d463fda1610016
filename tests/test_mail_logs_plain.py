"""The plain reader: headers, wraps, years, runs, mixed text; every line accounted for."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import datetime
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pvo_kit import screen
from pvo_kit.mail_logs import DELIVERY, Coverage, Event, Header, parse_header, read, read_set
from pvo_kit.mail_logs.header import cut_column, first_dated, normalise, stamp_in_name
from pvo_kit.mail_logs.kinds import KINDS
from pvo_kit.mail_logs.telling import holds_entry

SHARED = Path(__file__).parents[2] / "shared"
APRIL = datetime(2014, 4, 7, 15, 48, 42)
STAMP = "Mon Apr  7 15:48:42 2014"
OPEN = "New SMTP DCID 3385734 interface 172.16.0.179 address 172.16.0.94 port 7025"
FAILED = "DCID 3385734 TLS failed: verify error: no certificate from server"
REQUIRED = "DCID 3385734 TLS was required but could not be successfully negotiated"


def events(text: str | Iterable[str], file: str = "mail.log", **options: object) -> list[Event]:
    """The events of a text, after checking that no line of it was lost."""
    lines = text.split("\n") if isinstance(text, str) else list(text)
    coverage = Coverage()
    found = list(read(lines, file, coverage=coverage, **options))  # type: ignore[arg-type]
    check_coverage(coverage, lines, found)
    return found


def check_coverage(coverage: Coverage, lines: list[str], found: list[Event]) -> None:
    """Every physical line is counted once, and every event stands on lines as they are."""
    missed = sum(row.count for row in coverage.not_recognised)
    told = coverage.recognised + coverage.wrapped + coverage.blank + coverage.foreign + missed
    assert coverage.lines == len(lines) == told
    assert coverage.recognised == coverage.kinds.total()
    assert len(found) == coverage.recognised - coverage.not_asked.total()
    numbers = [number for event in found for number, _ in event.lines]
    assert len(set(numbers)) == len(numbers)
    assert all(lines[number - 1] == raw for event in found for number, raw in event.lines)
    assert all(event.line == event.lines[0][0] for event in found)
    assert all(lines[row.line - 1].startswith(row.text) for row in coverage.not_recognised)


def told(found: list[Event]) -> list[tuple[str, int | None, str | None]]:
    """Kind, DCID and detail of each event."""
    return [(event.event, event.dcid, event.detail) for event in found]


HEADERS = [
    (f"{STAMP} Info: x", Header(APRIL, True, "Info", None, None, "x")),
    ("Mon Apr 7 15:48:42 2014 Warning: x", Header(APRIL, True, "Warning", None, None, "x")),
    ("Info: x", Header(None, False, "Info", None, None, "x", stamped=False)),
    ("Trace:", Header(None, False, "Trace", None, None, "", stamped=False)),
    (
        "Apr  7 15:48:42 mx mail_logs: Info: x",
        Header(APRIL.replace(year=2000), False, "Info", "mx", "mail_logs", "x"),
    ),
    (
        "Apr 7 15:48:42 10.0.1.1 MAIL_SecurityAudit: Debug: x",
        Header(APRIL.replace(year=2000), False, "Debug", "10.0.1.1", "MAIL_SecurityAudit", "x"),
    ),
    (
        "Apr  7 15:48:42 2014 mx.example.com smail: Info: x",
        Header(APRIL, True, "Info", "mx.example.com", "smail", "x"),
    ),
    (
        "<94>Apr  7 15:48:42 mx mail_logs: Info: x",
        Header(APRIL.replace(year=2000), False, "Info", "mx", "mail_logs", "x"),
    ),
    (
        "<166> Apr  7 15:48:42 mail_logs: Info: x",
        Header(APRIL.replace(year=2000), False, "Info", None, "mail_logs", "x"),
    ),
    (
        f"Apr  7 15:48:43 mx mail_logs: {STAMP} Critical: x",
        Header(APRIL, True, "Critical", "mx", "mail_logs", "x"),
    ),
    (
        "Apr  7 15:48:43 relay mail: Apr  7 15:48:42 mx mail_logs: Info: x",
        Header(APRIL.replace(year=2000), False, "Info", "mx", "mail_logs", "x"),
    ),
    (
        "Apr  7 15:48:43 relay <94>Apr  7 15:48:42 mx mail_logs: Info: x",
        Header(APRIL.replace(year=2000), False, "Info", "mx", "mail_logs", "x"),
    ),
    (
        "Apr  7 15:48:43 2014 relay mail: Apr  7 15:48:42 mx mail_logs: Info: x",
        Header(APRIL, True, "Info", "mx", "mail_logs", "x"),
    ),
    (
        "2014-04-07T15:48:42+02:00 mx mail_logs: Info: x",
        Header(APRIL, True, "Info", "mx", "mail_logs", "x", offset=7200),
    ),
    (
        "2014-04-07T15:48:42Z mx mail_logs: Info: x",
        Header(APRIL, True, "Info", "mx", "mail_logs", "x", offset=0),
    ),
    (
        "2014-04-07 15:48:42 mx mail_logs: Info: x",
        Header(APRIL, True, "Info", "mx", "mail_logs", "x"),
    ),
    (
        f"2014-04-07T13:48:42Z mx mail_logs: {STAMP} Info: x",
        Header(APRIL, True, "Info", "mx", "mail_logs", "x"),
    ),
    ("Mon Feb 31 15:48:42 2014 Info: x", Header(None, True, "Info", None, None, "x")),
]


@pytest.mark.parametrize(("line", "header"), HEADERS, ids=[line for line, _ in HEADERS])
def test_header_forms(line: str, header: Header) -> None:
    assert parse_header(line) == header


@pytest.mark.parametrize(
    "line",
    [
        "",
        "address 172.16.0.94 port 7025",
        "Mon Jul 21 11:57:38 2014 GMT",
        "Status as of:                  Mon Jul 21 11:57:38 2014 GMT",
        "Apr  7 15:48:42 mx sshd[5]: session opened",
        "Information: x",
        "info: x",
        "Info x",
        "Mon Apr  7 15:48:42 20",
        "mx.example.com> grep x mail_logs",
    ],
)
def test_what_is_no_header(line: str) -> None:
    assert parse_header(line) is None


def test_one_event_with_all_its_columns() -> None:
    lines = [f"{STAMP} Info: Time offset from UTC: -21600 seconds", f"{STAMP} Info: {OPEN}"]
    assert events(lines, appliance="mx")[1] == Event(
        time=datetime(2014, 4, 7, 21, 48, 42), local_time=APRIL, offset=-21600, level="Info",
        event="dcid-open", interface="172.16.0.179", tls_protocol=None, tls_cipher=None,
        appliance="mx", source="mail.log", dcid=3385734, icid=None, mid=None, rids=None,
        address="172.16.0.94", domain=None, detail=None, port=7025, session=0, line=2,
        lines=((2, lines[1]),),
    )  # fmt: skip


def test_an_offset_holds_from_its_line_on_and_may_change() -> None:
    found = events(
        f"{STAMP} Info: DCID 1 close\n"
        f"{STAMP} Info: Time offset from UTC: 3600 seconds\n{STAMP} Info: DCID 2 close\n"
        f"{STAMP} Info: Time offset from UTC: 7200 seconds\n{STAMP} Info: DCID 3 close\n"
        "2014-04-07T15:48:42+00:00 mx mail_logs: Info: DCID 4 close"
    )
    assert [(event.offset, event.time.hour) for event in found if event.time and event.dcid] == [
        (None, 15), (3600, 14), (7200, 13), (0, 15)]  # fmt: skip


def test_a_log_name_is_no_appliance_and_a_host_is() -> None:
    line = "Apr  7 15:48:42 2014 {}mail_logs: Info: DCID 1 close"
    assert [event.appliance for event in events(line.format("mx "), appliance="box")] == ["mx"]
    assert [event.appliance for event in events(line.format(""), appliance="box")] == ["box"]


@pytest.mark.parametrize("blanks", [0, 1])
def test_wrapped_lines_are_joined_over_blank_lines(blanks: int) -> None:
    between = "\n" * (blanks + 1)
    text = between.join(
        [
            f"{STAMP} Info: New SMTP DCID 3385734 interface 172.16.0.179",
            "address 172.16.0.94 port 7025",
            f"{STAMP} Info: DCID 3385734 TLS failed: verify error: no certificate",
            "from server ",
            f"{STAMP} Info: DCID 3385734 TLS was required but",
            "could not be successfully",
            "negotiated",
        ]
    )
    for mixed in (False, True):
        assert told(events(text, mixed=mixed)) == [
            ("dcid-open", 3385734, None),
            ("tls-failed", 3385734, "verify error: no certificate from server"),
            ("tls-required", 3385734, None),
        ]


@pytest.mark.parametrize("width", [80, 132])
@pytest.mark.parametrize("mixed", [False, True])
def test_lines_cut_by_a_terminal_are_joined_where_they_were_cut(width: int, mixed: bool) -> None:
    reply = f"DCID 5 TLS failed: (336151568, 'error:14094410:{'SSL routines:' * 9}handshake')"
    cut = 0
    for pad in range(1, 40):
        subject = f"MID 7 Custom Log Entry: {'y' * pad} z DCID 9 close"
        lines = [f"{STAMP} Info: {body}" for body in (reply, subject, OPEN, FAILED, REQUIRED)]
        rows = [line[i : i + width] for line in lines for i in range(0, len(line), width)]
        cut += len(rows) - len(lines)
        assert [event.detail for event in events(rows, mixed=mixed)] == [
            reply[19:], subject[24:], None, FAILED[25:], None]  # fmt: skip
        assert events(rows, mixed=mixed)[2].port == 7025
    assert cut


@pytest.mark.parametrize("mixed", [False, True])
def test_words_wrapped_where_a_terminal_would_cut_keep_their_blank(mixed: bool) -> None:
    wide = f"{STAMP} Info: DCID 338 TLS failed: verify error: no certificate"
    assert len(wide) == 80
    reason = "verify error: no certificate from server"
    assert [event.detail for event in events([wide, "from server"], mixed=mixed)] == [reason]
    # Another continued line that is not as wide shows that no terminal cut these lines.
    lines = [f"{STAMP} Info: DCID 338 TLS failed: odd".ljust(80, "x"), "end", wide[:40], wide[41:]]
    assert events(lines, mixed=mixed)[0].detail == lines[0][52:] + " end"


def test_what_an_entry_cannot_hold_is_not_part_of_it() -> None:
    coverage = Coverage()
    lines = [f"{STAMP} Info: DCID 5 close", "stray", f"{STAMP} Info: DCID 6 close", "Mon Ap"]
    found = list(read(lines, "a.log", coverage=coverage))
    assert told(found) == [("dcid-close", 5, None), ("dcid-close", 6, None)]
    assert [(row.shape, row.count, row.line) for row in coverage.not_recognised] == [
        ("Mon Ap", 1, 4), ("stray", 1, 2)]  # fmt: skip


def test_a_line_cut_off_at_the_end_does_not_flow_into_free_text() -> None:
    found = events(f"{STAMP} Info: {FAILED}\nMon Apr  7 15:48:4")
    assert told(found) == [("tls-failed", 3385734, "verify error: no certificate from server")]


def test_lines_that_are_not_recognised_are_counted_by_shape() -> None:
    coverage = Coverage()
    lines = ["foreign", "", f"{STAMP} Info: Foo 5 bar", f"{STAMP} Info: Foo 66 bar", "more",
             f"{STAMP} Notice: Foo 7 bar", f"{STAMP} Info: DCID 5 close"]  # fmt: skip
    found = list(read(lines, "a.log", kinds=frozenset({"dcid-open"}), coverage=coverage))
    check_coverage(coverage, lines, found)
    assert [(row.shape, row.count, row.source, row.line, row.text) for row in
            coverage.not_recognised] == [
        ("Foo <n> bar", 2, "a.log", 3, f"{STAMP} Info: Foo 5 bar"),
        ("Foo <n> bar more", 1, "a.log", 4, f"{STAMP} Info: Foo 66 bar"),
        ("foreign", 1, "a.log", 1, "foreign"),
    ]  # fmt: skip
    assert coverage.not_asked == {"dcid-close": 1}
    assert coverage.share == pytest.approx(1 / 5)


def test_a_very_long_line_and_odd_characters_do_no_harm() -> None:
    lines = ["x" * 1_000_000, "\0\0\0", f"{STAMP} Info: MID 5 Subject '{'y' * 1_000_000}",
             f"{STAMP} Info: DCID {'9' * 5000} close", f"{STAMP} Info: DCID 5 close"]  # fmt: skip
    lines += ["-" * 1_000_000, "\b" * 1_000_000, "a\b" * 100_000, "\x1b]" * 500_000, "> " * 500_000]
    for mixed in (False, True):
        assert [event.dcid for event in events(lines, mixed=mixed)] == [None, 5]


def test_what_was_erased_is_not_there() -> None:
    assert told(events(f"x\b{STAMP} Info: DCID 56\b cloze\b\bse")) == [("dcid-close", 5, None)]


# Years


def undated(*stamps: str) -> list[str]:
    return [f"{stamp} mx mail_logs: Info: DCID 5 close" for stamp in stamps]


def years(lines: list[str], file: str = "mail.log", **options: object) -> list[int | None]:
    found = events(lines, file, **options)
    return [event.local_time.year if event.local_time else None for event in found]


def test_a_year_comes_from_a_dated_line_then_the_name_then_the_option() -> None:
    line = undated("Apr  7 15:48:42")
    dated = ["Apr  8 15:48:42 2012 mx mail_logs: Info: DCID 5 close"]
    name = "mail.@20140407T154842.s"
    assert years(line) == [None]
    assert years(line, year=2011) == [2011]
    assert years(line, name, year=2011) == [2014]
    assert years(line, name, year=2011, dated=datetime(2013, 1, 1)) == [2013]
    assert years(line + dated, name, year=2011) == [2012, 2012]


def test_new_year_raises_the_year_once() -> None:
    stamps = undated("Dec 31 23:59:59", "Jan  1 00:00:00", "Dec 31 23:59:58", "Jan  1 00:00:01",
                     "Feb  1 00:00:00")  # fmt: skip
    assert years(stamps, year=2013) == [2013, 2014, 2013, 2014, 2014]
    assert years(stamps, dated=datetime(2014, 2, 1)) == [2013, 2014, 2013, 2014, 2014]
    assert years(stamps, "mail.@20140102T000000.s") == [2013, 2014, 2013, 2014, 2014]


def test_a_clock_that_runs_back_at_a_rollover_is_no_new_year() -> None:
    assert years(undated("Apr  1 00:00:01", "Mar 31 23:59:59"), year=2014) == [2014, 2014]


def test_a_leap_day_in_another_year_has_no_time() -> None:
    assert years(undated("Feb 29 00:00:00"), year=2016) == [2016]
    assert years(undated("Feb 29 00:00:00", "Mar  1 00:00:00"), year=2014) == [None, 2014]


def test_stamp_in_name() -> None:
    assert stamp_in_name("a/mail.@20140407T154842.s.gz") == APRIL
    assert stamp_in_name("mail.current") is None
    assert stamp_in_name("mail.@20149907T154842.s") is None


def test_first_dated() -> None:
    assert first_dated(["x", *undated("Apr  7 15:48:42"), f"> {STAMP} Info: x"]) == APRIL


# Runs of an appliance


def sessions(*opened: int) -> list[int]:
    line = f"{STAMP} Info: New SMTP DCID {{}} interface 10.1.1.1 address 10.1.1.2 port 25"
    return [event.session for event in events([line.format(dcid) for dcid in opened])]


@pytest.mark.parametrize(
    ("opened", "expected"),
    [
        ((3385734, 3385735, 12, 13), [0, 0, 1, 1]),
        ((1, 2, 3, 40, 1, 2), [0, 0, 0, 0, 1, 1]),
        ((100, 120, 150, 100, 101), [0, 0, 0, 1, 1]),
        ((5, 6, 7, 1), [0, 0, 0, 1]),
        ((1, 2, 40, 2, 1), [0, 0, 0, 1, 1]),
        ((9000, 20000, 9001), [0, 0, 1]),
        ((100, 102, 101, 103, 99, 104), [0] * 6),  # written out of order
        ((3385000, 3390000, 3389100, 3390001), [0] * 4),  # a slow one among many
        ((7, 7), [0, 0]),
        ((5, 50, 1, 30, 1), [0, 0, 1, 1, 2]),
    ],
)
def test_a_run_begins_where_dcids_start_again(opened: tuple[int], expected: list[int]) -> None:
    assert sessions(*opened) == expected


def test_a_rollover_is_no_new_run_and_each_appliance_has_its_own() -> None:
    line = "Apr  7 15:48:42 2014 {} mail_logs: Info: New SMTP DCID {} interface 10.1.1.1 address 1"
    boot = f"{STAMP} Info: Begin Logfile"
    found = events([line.format("a", 900), line.format("b", 5), boot, line.format("a", 901),
                    line.format("b", 6), line.format("a", 3), line.format("b", 7)])  # fmt: skip
    assert [(event.appliance, event.session) for event in found if event.dcid] == [
        ("a", 0), ("b", 0), ("a", 0), ("b", 0), ("a", 1), ("b", 0)]  # fmt: skip


# Sets of files


def opener(lines: list[str]) -> Callable[[], list[str]]:
    return lambda: lines


def test_a_set_is_read_in_the_order_of_time_with_runs_and_years_over_all() -> None:
    def opening(stamp: str, dcid: int) -> str:
        return f"{stamp} mx mail_logs: Info: New SMTP DCID {dcid} interface 1 address 2 port 25"

    files = {
        "a": opener([opening("Jan  2 00:00:00", 7)]),
        "b": opener([opening("Dec 30 00:00:00", 900), opening("Dec 31 00:00:00", 901)]),
        "c": opener(["", f"{STAMP.replace('2014', '2013').replace('Apr', 'Jan')} Info: x"]),
        "d": opener(["Info: DCID 5 close"]),
    }
    coverage = Coverage()
    found = list(read_set(files, appliances={"d": "box"}, coverage=coverage))
    assert [(event.source, event.appliance, event.session) for event in found] == [
        ("b", "mx", 0), ("b", "mx", 0), ("a", "mx", 1), ("d", "box", 0)]  # fmt: skip
    assert [event.time.year if event.time else None for event in found] == [2012, 2012, 2013, None]
    assert coverage.lines == 6


# Log lines among other text

CONVERSATION = f"""Hello,

here is what the customer sees. Info: nothing to see. DCID 5 close.
mx.example.com> grep "port 7025" mail_logs

{STAMP} Info: New SMTP DCID 3385734 interface 172.16.0.179
address 172.16.0.94 port 7025
{STAMP} Info: DCID 3385734 close

mx.example.com> grep "DCID 3385734 " mail_logs
{STAMP} Info: {FAILED}

If you run tlsverify, the result is the same.
Info: DCID 5 TLS failed: STARTTLS unexpected
response
Info: all is well
{STAMP} Info: something that no kind takes
{STAMP} Info: DCID 6 TLS failed: [Errno 54]
Connection reset by peer
Regards, a friend of yours
{STAMP} Info: Message done DCID 6 MID 7 to RID [0]
(external quarantine)
{STAMP} Info: Message done DCID 6 MID 8 to RID [0]
and this is what I think of it
{STAMP} Info: DCID 6 TLS failed: verify error: certificate
has expired
so there
(Machine esa1.example.com)> commit"""


def test_log_lines_among_other_text() -> None:
    coverage = Coverage()
    found = list(read(CONVERSATION.split("\n"), "ticket.txt", mixed=True, coverage=coverage))
    check_coverage(coverage, CONVERSATION.split("\n"), found)
    assert told(found) == [
        ("dcid-open", 3385734, None),
        ("dcid-close", 3385734, None),
        ("tls-failed", 3385734, "verify error: no certificate from server"),
        ("tls-failed", 5, "STARTTLS unexpected response"),
        ("tls-failed", 6, "[Errno 54] Connection reset by peer"),
        ("message-done", 6, "(external quarantine)"),
        ("message-done", 6, None),
        ("tls-failed", 6, "verify error: certificate has expired"),
    ]
    assert [row.shape for row in coverage.not_recognised] == ["something that no kind takes"]


@pytest.mark.parametrize(
    "decorate",
    [
        lambda line: f"> {line}",
        lambda line: f">> > {line}",
        lambda line: f"  {line}  ",
        lambda line: f"\ufeff{line}",
        lambda line: f"\x1b[32m{line}\x1b[0m",
        lambda line: line.replace(" ", "\u00a0"),
        lambda line: "\u3000" + line.replace(" ", "\u3000"),
        lambda line: f"\t{line}\r",
        lambda line: f"-Press Any Key For More-\r                        \r{line}",
    ],
)
@pytest.mark.parametrize("mixed", [False, True])
def test_what_pasting_adds(decorate: Callable[[str], str], mixed: bool) -> None:
    pieces = [f"{STAMP} Info: New SMTP DCID 3385734 interface 172.16.0.179",
              "address 172.16.0.94 port 7025", "", f"{STAMP} Info: {FAILED}",
              f"{STAMP} Info: {REQUIRED}"]  # fmt: skip
    found = events(map(decorate, pieces), mixed=mixed)
    assert [event.event for event in found] == ["dcid-open", "tls-failed", "tls-required"]
    assert found[0].port == 7025
    assert found[1].detail == "verify error: no certificate from server"


@pytest.mark.parametrize(
    "after",
    ["これに基づき、SMA とネゴシエートする", "ESA CLI で tlsverify を実行する", "mx.example.com> x",
     "(Machine esa1.example.com)> commit", "(Cluster Main)> x", "[]> ", "- GUI - Edit",
     "The cause is simple.", "from server mx.example.com> "],
)  # fmt: skip
def test_prose_and_prompts_stop_an_entry(after: str) -> None:
    text = f"{STAMP} Info: DCID 5 TLS failed: odd reason\n\n{after}"
    joined = [] if "from server" not in after else ["odd reason from server mx.example.com>"]
    assert [event.detail for event in events(text, mixed=True)] == (joined or ["odd reason"])


def test_free_text_takes_two_more_lines_at_most() -> None:
    text = f"{STAMP} Info: DCID 5 TLS failed: a\nb\nc\nd\ne"
    assert [event.detail for event in events(text, mixed=True)] == ["a b c"]
    assert [event.detail for event in events(text)] == ["a b c d e"]


@pytest.mark.skipif(not (SHARED / "seed").is_dir(), reason="the technote is not here")
def test_the_technote_holds_three_events() -> None:
    (file,) = (SHARED / "seed").iterdir()
    found = events(file.read_text("utf-8"), file.name, mixed=True)
    assert told(found) == [
        ("dcid-open", 3385734, None),
        ("tls-failed", 3385734, "verify error: no certificate from server"),
        ("tls-required", 3385734, None),
    ]
    assert [len(event.lines) for event in found] == [2, 2, 2]
    assert (found[0].interface, found[0].address, found[0].port) == (
        "172.16.0.179", "172.16.0.94", 7025)  # fmt: skip


@pytest.mark.skipif(not (SHARED / "real").is_dir(), reason="the real log is not here")
def test_the_real_log_is_recognised() -> None:
    for file in (SHARED / "real").iterdir():
        lines = file.read_text("utf-8").removesuffix("\n").split("\n")
        coverage = Coverage()
        found = list(read(lines, file.name, coverage=coverage))
        check_coverage(coverage, lines, found)
        assert coverage.recognised / coverage.lines >= 0.99
        carrying = [line for line in lines if re.search(r" Info: (?!MID).*\bDCID \d", line)]
        assert sum(event.event in DELIVERY for event in found) == len(carrying)
        assert {event.offset for event in found[2:]} == {-21600}


# Generated logs

BODIES = st.sampled_from([example for kind in KINDS for example in kind.examples])


@st.composite
def logs(draw: st.DrawFn) -> tuple[list[str], list[str]]:
    """Bodies, and the lines of a log that holds them: header forms and blanks as they come."""
    bodies = draw(st.lists(BODIES, max_size=12))
    forms = st.sampled_from([f"{STAMP} Info: ", "Apr  7 15:48:42 2014 mx mail_logs: Info: ",
                             "<94>Apr 7 15:48:42 mx smail: Info: ", "Info: "])  # fmt: skip
    lines: list[str] = []
    for body in bodies:
        lines.append(draw(forms) + body + draw(st.sampled_from(["", " "])))
        lines.extend([""] * draw(st.integers(0, 2)))
    return bodies, lines


@given(logs())
def test_each_generated_line_is_one_event(log: tuple[list[str], list[str]]) -> None:
    bodies, lines = log
    assert [event.lines[0][1].split("Info: ", 1)[1].strip() for event in events(lines)] == [
        body.strip() for body in bodies]  # fmt: skip


@given(logs(), st.randoms(use_true_random=False))
def test_wrapping_at_blanks_changes_nothing_but_the_lines(
    log: tuple[list[str], list[str]], random: object
) -> None:
    _, lines = log
    wrapped: list[str] = []
    for line in lines:
        at = random.choice([index for index, char in enumerate(line) if char == " "] or [-1])  # type: ignore[attr-defined]
        inside = at > line.find("Info: ") + 5 and line[at:].strip() and at not in (80, 132)
        wrapped += [line[:at], "", line[at + 1 :]] if inside else [line]
    assert [plainly(event) for event in events(wrapped)] == [
        plainly(event) for event in events(lines)]  # fmt: skip


def plainly(event: Event) -> tuple[object, ...]:
    """An event without its place; blanks inside its text count as one."""
    detail = " ".join((event.detail or "").split())
    return (event.time, event.event, event.dcid, event.mid, event.rids, event.port, detail)


@given(st.lists(st.one_of(st.text(max_size=30), BODIES, logs().map(lambda log: " ".join(log[1])))),
       st.booleans())  # fmt: skip
def test_no_text_breaks_the_reader_or_loses_a_line(lines: list[str], mixed: bool) -> None:
    events(lines, mixed=mixed)


@given(st.text())
def test_normalising_twice_changes_nothing_more(text: str) -> None:
    once = normalise(text)
    assert once == once.strip(" ")
    assert normalise(once) == once or any(char in text for char in "\x1b\b\r->")


@pytest.mark.parametrize(
    ("line", "seen"),
    [
        ("Info: foo\b\b\bbar", "Info: bar"),
        ("\b\bInfo: x", "Info: x"),
        ("-Press Any Key For More-" + "\b" * 24 + " " * 24 + "\b" * 24 + "Info: x", "Info: x"),
        ("-Press Any Key For More-\b \bInfo: x", "Info: x"),
        ("> -- press any key for more --Info: x", "Info: x"),
        ("Info: x\r\x00", "Info: x"),
        ("\x1b(BInfo:\x1b]0;title\x07 x\x1b[K", "Info: x"),
        ("Info: Subject '-Press Any Key For More-'", "Info: Subject '-Press Any Key For More-'"),
        ("      > Info: x", "Info: x"),
    ],
)
def test_a_line_is_read_as_it_was_seen(line: str, seen: str) -> None:
    assert normalise(line) == seen
    assert screen.seen(line.strip(" ")) == seen


@pytest.mark.parametrize(
    "line",
    [
        "a" * 200_000 + "\b" * 200_000,
        "\b" * 400_000,
        "-" * 400_000,
        "> " * 200_000,
        "- " * 200_000,
        "\r" * 400_000,
        "\x1b[" + "0" * 400_000,
        "\x1b]" * 200_000,
        "-Press Any Key For More" * 20_000,
    ],
    ids=lambda line: repr(line[:8]),
)
def test_a_hostile_line_takes_no_long_time(line: str) -> None:
    assert len(normalise(line)) <= len(line)  # hangs where the time is quadratic


def test_numbers_of_lines_rise() -> None:
    found = events([f"{STAMP} Info: DCID {number} close" for number in range(9)])
    assert all(one.line < other.line for one, other in pairwise(found))


# A file that holds one entry, on several lines

BROKEN = [
    "Info: Connection Error: DCID 5 domain: the.cpq.host IP: 192.0.2.7 port: 7025",
    "details: [Errno 60] Operation timed out interface: 192.0.2.1 reason:",
    "connection timed out",
]


def test_an_entry_is_found_though_none_of_its_lines_tells_that_it_is_one() -> None:
    assert holds_entry(["Hello,", "", *BROKEN])
    assert not holds_entry(["Hello,", "", *BROKEN[1:]])
    assert not holds_entry(["Info: we had a", "meeting"])


def test_what_follows_a_prompt_does_not_hide_that_a_terminal_cut_the_log_above() -> None:
    line = "Mon Apr  7 15:48:42 2014 Info: New SMTP DCID 5 interface 192.0.2.1 address 198.51.100.7"
    printed = [line[:80], line[80:] + " port 7025", "", "esa.example.com> exit", "", "Regards, me"]
    assert cut_column(printed) == 80
    [event] = read(printed, "session.txt", mixed=True)
    assert [number for number, _ in event.lines] == [1, 2]
    assert cut_column([*printed[:2], "Regards, me"]) is None
    wide = f"(Machine {'esa' * 20}.example.com)> grep -e 7025 mail_logs"
    assert cut_column([wide, "", *printed]) == 80
