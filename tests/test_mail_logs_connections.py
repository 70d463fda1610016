"""From events to connections: keys, outcomes, rotated files, missing ends, citations."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pvo_kit.evidence import Citation, Moment
from pvo_kit.mail_logs import DELIVERY, Connection, connections, in_order, read, read_set

SHARED = Path(__file__).parents[2] / "shared"
START = datetime(2014, 4, 7, 15, 0, 0)


def log(*bodies: str, start: datetime = START) -> list[str]:
    """Log lines, one a second."""
    stamps = (start + timedelta(seconds=number) for number in range(len(bodies)))
    return [f"{stamp:%a %b} {stamp.day:2} {stamp:%H:%M:%S %Y} Info: {body}"
            for stamp, body in zip(stamps, bodies, strict=True)]  # fmt: skip


def opening(dcid: int, port: int | None = 7025) -> str:
    told = "" if port is None else f" port {port}"
    return f"New SMTP DCID {dcid} interface 172.16.0.179 address 172.16.0.94{told}"


def failed(dcid: int) -> str:
    return f"DCID {dcid} TLS failed: verify error: no certificate from server"


def required(dcid: int) -> str:
    return f"DCID {dcid} TLS was required but could not be successfully negotiated"


def success(dcid: int) -> str:
    return f"DCID {dcid} TLS success protocol TLSv1.2 cipher AES256-SHA for the.cpq.host"


def delivery(dcid: int, mid: int = 9) -> list[str]:
    return [f"Delivery start DCID {dcid} MID {mid} to RID [0, 1]",
            f"Message done DCID {dcid} MID {mid} to RID [0, 1]"]  # fmt: skip


def error(dcid: int, port: int = 7025) -> str:
    return (f"Connection Error: DCID {dcid} domain: the.cpq.host IP: 10.172.12.17 port: {port}"
            " details: timeout interface: 192.168.1.1 reason: network error")  # fmt: skip


def links(*bodies: str, file: str = "mail.log") -> list[Connection]:
    return connections(read(log(*bodies), file))


def test_a_failure_with_everything_that_is_known_of_it() -> None:
    lines = log(opening(41), failed(41), required(41), "DCID 41 close")
    events = list(read(lines, "mail.log", appliance="mx"))
    assert connections(events) == [
        Connection(
            appliance="mx", session=0, dcid=41, opened=START,
            closed=START + timedelta(seconds=3), interface="172.16.0.179",
            address="172.16.0.94", port=7025, domain=None, tls="failed", tls_protocol=None,
            tls_cipher=None, tls_reason="verify error: no certificate from server",
            tls_required=True, messages=0, recipients=0, outcome="tls-failed", detail=None,
            source="mail.log", first_line=1, last_line=4, complete=True, decided=events[1],
            lines=tuple(Citation("mail.log", n + 1, lines[n]) for n in range(3)),
            moment=Moment("mail.log", 2, time=START + timedelta(seconds=1)),
        )
    ]  # fmt: skip


def test_a_wrapped_failure_cites_every_physical_line() -> None:
    lines = [*log(opening(41)), log(failed(41))[0][:70], "", log(failed(41))[0][70:].strip()]
    (link,) = connections(read(lines, "mail.log"))
    assert [(cited.line, cited.text) for cited in link.lines] == [
        (1, lines[0]), (2, lines[1]), (4, lines[3])]  # fmt: skip
    assert link.last_line == 4


@pytest.mark.parametrize(
    ("bodies", "tls", "outcome"),
    [
        ([opening(5), success(5), *delivery(5), "DCID 5 close"], "success", "delivered"),
        ([opening(5), *delivery(5), "DCID 5 close"], "none", "delivered"),
        ([opening(5), failed(5), *delivery(5), "DCID 5 close"], "failed", "delivered"),
        ([opening(5), failed(5)], "failed", "tls-failed"),
        ([opening(5), required(5)], "failed", "tls-failed"),
        ([opening(5), success(5), required(5)], "failed", "tls-failed"),
        ([opening(5), error(5), "DCID 5 close"], "unknown", "connection-error"),
        ([error(5)], "unknown", "connection-error"),
        (
            [opening(5), success(5), "Bounced: DCID 5 MID 4 to RID 0 - 5.1.0 - x ('550', ['y'])"],
            "success",
            "bounced",
        ),
        (
            [opening(5), "Delayed: DCID 5 MID 4 to RID 0 - 4.3.2 - x ('421', ['y'])"],
            "none",
            "delayed",
        ),
        ([opening(5), success(5), "DCID 5 close"], "success", "no-message"),
        ([opening(5), "DCID 5 close"], "none", "no-message"),
        ([opening(5), "SMTP client connection killed DCID: 5"], "none", "no-message"),
        ([opening(5)], "unknown", "cut"),
        (["DCID 5 close"], "unknown", "cut"),
        ([delivery(5)[1]], "unknown", "delivered"),
        ([failed(5)], "failed", "tls-failed"),
    ],
)
def test_tls_and_outcome(bodies: list[str], tls: str, outcome: str) -> None:
    (link,) = links(*bodies)
    assert (link.tls, link.outcome) == (tls, outcome)
    ends = any(word in bodies[-1] for word in ("close", "killed", "Connection Error"))
    assert link.complete == (bodies[0] == opening(5) and ends)
    assert link.lines


def test_a_success_keeps_its_suite_and_domain() -> None:
    (link,) = links(opening(5), success(5), *delivery(5), *delivery(5))
    assert (link.tls_protocol, link.tls_cipher, link.domain) == (
        "TLSv1.2", "AES256-SHA", "the.cpq.host")  # fmt: skip
    assert (link.messages, link.recipients) == (2, 4)
    assert link.decided
    assert link.decided.event == "tls-success"


def test_a_connection_error_without_an_opening_is_a_connection_of_its_own() -> None:
    first, second = links(error(5), error(5))
    assert (first.dcid, first.address, first.port, first.interface, first.domain) == (
        5, "10.172.12.17", 7025, "192.168.1.1", "the.cpq.host")  # fmt: skip
    assert (first.opened, first.closed, first.complete) == (None, START, False)
    assert (first.detail, first.outcome) == ("timeout", "connection-error")
    assert first.decided
    assert first.decided.event == "connection-error"
    assert second.first_line == 2


def test_an_error_on_an_open_connection_belongs_to_it_and_one_after_its_close_does_not() -> None:
    (link,) = links(opening(5), error(5), "DCID 5 close")
    assert (link.outcome, link.closed) == ("connection-error", START + timedelta(seconds=2))
    assert [link.outcome for link in links(opening(5), "DCID 5 close", error(5))] == [
        "no-message", "connection-error"]  # fmt: skip


def test_what_is_logged_after_an_error_belongs_to_it() -> None:
    (link,) = links(error(5), "Delayed: DCID: 5 Message 4 to 0 - 4.4.0 - x ('000', ['y']) []")
    assert (link.outcome, link.last_line) == ("connection-error", 2)


def test_dcid_0_is_never_a_connection() -> None:
    assert links("Bounced: DCID 0 MID 8 to RID 0 - 5.1.2 - x ('000', ['y'])") == []


def test_counters_and_quotes_are_no_connections() -> None:
    assert links("Status: CPULd 3 CrtDCID 5", f"MID 5 Subject '{failed(5)}'",
                 f"MID 5 Custom Log Entry: {opening(5)}") == []  # fmt: skip


def test_a_port_is_unknown_without_an_opening_or_in_old_versions() -> None:
    assert [link.port for link in links(failed(5), opening(6, port=None), failed(6))] == [None] * 2


def test_a_number_that_is_opened_again_is_another_connection() -> None:
    found = links(opening(5), failed(5), opening(5), success(5), "DCID 5 close")
    assert [(link.tls, link.complete, link.session) for link in found] == [
        ("failed", False, 0), ("success", True, 0)]  # fmt: skip


def test_after_a_boot_a_line_does_not_belong_to_the_run_before() -> None:
    found = links(opening(500), opening(900), opening(1), failed(500))
    assert [(link.session, link.dcid, link.tls) for link in found] == [
        (0, 500, "unknown"), (0, 900, "unknown"),
        (1, 1, "unknown"), (1, 500, "failed")]  # fmt: skip


def test_two_appliances_with_the_same_numbers() -> None:
    lines = [
        f"Apr  7 15:48:42 2014 {box} mail_logs: Info: {body}"
        for body in (opening(5), failed(5))
        for box in ("a", "b")
    ]
    assert [(link.appliance, link.tls) for link in connections(read(lines, "x"))] == [
        ("a", "failed"), ("b", "failed")]  # fmt: skip


def test_connections_over_rotated_files_in_any_order() -> None:
    begin = ["Begin Logfile", "Version: 8.0.1 SN: x", "Time offset from UTC: 7200 seconds"]
    files = {
        "mail.current": log(*begin, failed(6), "DCID 6 close", opening(1), "DCID 1 close",
                            start=START + timedelta(hours=1)),
        "mail.@20140407T150000.s": log(*begin, opening(500), failed(500), opening(501)),
        "mail.@20140407T153000.s": log(*begin, required(500), "DCID 500 close", opening(502),
                                       start=START + timedelta(minutes=30)),
    }  # fmt: skip
    in_set = connections(
        read_set({file: lambda lines=lines: lines for file, lines in files.items()}),  # type: ignore[misc]
        ordered=True,
    )
    assert [(link.session, link.dcid, link.complete) for link in in_set] == [
        (0, 500, True), (0, 501, False), (0, 502, False), (0, 6, False), (1, 1, True)]  # fmt: skip
    assert in_set[0].tls_required
    assert {cited.file for cited in in_set[0].lines} == set(sorted(files)[:2])
    for order in itertools.permutations(files):
        assert connections(event for file in order for event in read(files[file], file)) == in_set


def test_runs_that_were_seen_while_reading_hold_when_events_were_left_out() -> None:
    lines = log(opening(3000), opening(9000, 25), opening(1, 25), opening(8000), failed(3000))
    kept = [event for event in read(lines, "x") if event.port != 25]
    assert [event.session for event in in_order(kept)] == [0, 1, 1]
    # One that took long to open, after many to port 25: a lower number, but no boot.
    slow = log(opening(100, 25), opening(140), opening(123), failed(140))
    kept = [event for event in read(slow, "x") if event.port != 25]
    assert {event.session for event in in_order(kept)} == {0}


def test_only_those_asked_for_are_kept() -> None:
    lines = log(opening(5, 25), opening(6), opening(7, 6025), failed(6))
    found = connections(read(lines, "x"), keep=lambda link: link.port not in (25, 6025))
    assert [link.dcid for link in found] == [6]


def test_memory_is_bounded_while_events_come_one_by_one() -> None:
    come, finished = 0, []

    def bodies() -> Iterator[str]:
        nonlocal come
        for come in range(1, 3000):
            yield f"Info: {opening(come)}"
            yield f"Info: DCID {come} close"

    def keep(link: Connection) -> bool:
        finished.append((link.dcid, come))
        return link.dcid == 7

    found = connections(read(bodies(), "x"), keep=keep, ordered=True)
    assert [link.dcid for link in found] == [7]
    assert len(finished) == 2999
    assert finished[-1001][0] == 1999  # the last thousand were held to the end


@pytest.mark.skipif(not (SHARED / "seed").is_dir(), reason="the technote is not here")
def test_the_technote_holds_one_failure() -> None:
    (file,) = (SHARED / "seed").iterdir()
    lines = file.read_text("utf-8").split("\n")
    (link,) = connections(read(lines, file.name, mixed=True))
    assert (link.dcid, link.port, link.tls, link.tls_required, link.outcome) == (
        3385734, 7025, "failed", True, "tls-failed")  # fmt: skip
    assert link.tls_reason == "verify error: no certificate from server"
    assert [lines[cited.line - 1] for cited in link.lines] == [cited.text for cited in link.lines]
    assert len(link.lines) == 6


@pytest.mark.skipif(not (SHARED / "real").is_dir(), reason="the real log is not here")
def test_the_real_log_cuts_connections() -> None:
    (file,) = (SHARED / "real").iterdir()
    found = connections(read(file.read_text("utf-8").split("\n"), file.name))
    assert len(found) == 13
    assert sum(link.opened is None for link in found) == 9
    assert not any(link.complete for link in found)


# Generated: what was written is what is found


@st.composite
def runs(draw: st.DrawFn) -> tuple[list[str], Counter[tuple[int, int, str]]]:
    """Bodies of interleaved connections over some boots, and what they should give."""
    bodies: list[str] = []
    expected: Counter[tuple[int, int, str]] = Counter()
    for run in range(draw(st.integers(1, 3))):
        first = draw(st.integers(1, 5)) if run else draw(st.integers(1, 4_000_000))
        count = draw(st.integers(40, 60))
        tails = []
        for dcid in range(first, first + count):
            tls = draw(st.sampled_from(["success", "failed", "none"]))
            middle = {"success": [success(dcid), *delivery(dcid)], "failed": [failed(dcid)],
                      "none": delivery(dcid)}[tls]  # fmt: skip
            tails.append([opening(dcid), *middle, f"DCID {dcid} close"])
            expected[run, dcid, tls] += 1
        lanes = draw(st.integers(1, 4))
        for lane in range(0, count, lanes):
            together = tails[lane : lane + lanes]
            mixed = itertools.zip_longest(*together)
            bodies += [body for row in mixed for body in row if body]
    return bodies, expected


@given(runs(), st.data())
def test_every_connection_is_found_over_boots_and_files(
    generated: tuple[list[str], Counter[tuple[int, int, str]]], data: st.DataObject
) -> None:
    bodies, expected = generated
    lines = log(*bodies)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(lines)), max_size=3)))
    parts = [lines[start:end] for start, end in itertools.pairwise([0, *cuts, len(lines)])]
    files = data.draw(st.permutations(list(enumerate(parts))))
    events = [event for number, part in files for event in read(part, f"mail.{number}")]
    found = connections(events)
    assert Counter((link.session, link.dcid, link.tls) for link in found) == expected
    assert all(link.complete for link in found)


@given(st.lists(st.sampled_from(["open", "failed", "success", "error", "close", "done"])),
       st.integers(1, 3))  # fmt: skip
def test_no_order_of_lines_loses_an_event(kinds: list[str], numbers: int) -> None:
    lines: dict[str, Callable[[int], str]] = {
        "open": opening,
        "failed": failed,
        "success": success,
        "error": error,
        "close": lambda dcid: f"DCID {dcid} close",
        "done": lambda dcid: delivery(dcid)[1],
    }
    bodies = [lines[kind](7 + place % numbers) for place, kind in enumerate(kinds)]
    events = list(read(log(*bodies), "x"))
    found = connections(events)
    assert all(event.event in DELIVERY for event in events)
    assert [link.first_line for link in found] == sorted({link.first_line for link in found})
    assert sum(link.messages for link in found) == kinds.count("done")
    assert sum(link.opened is not None for link in found) == kinds.count("open")
    assert all(link.first_line <= link.last_line for link in found)
