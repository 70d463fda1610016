"""Lines of the evidence: which appliance, command and time they are of, and which are chosen."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest

import pvo_kit as pvo
from pvo_kit.widgets.captured import (
    NO_HOST,
    CapturedLine,
    LineChoice,
    about,
    captured_lines,
    stamp,
    values,
)


def lines_of(path: Path) -> dict[tuple[str, int], CapturedLine]:
    evidence = pvo.load(path)
    found = captured_lines(evidence, pvo.diagnose(evidence))
    return {(line.file, line.number): line for line in found}


@pytest.mark.parametrize("name", pvo.examples())
def test_every_cited_line_is_among_them_with_its_text(name: str) -> None:
    evidence = pvo.load(pvo.example(name))
    diagnosis = pvo.diagnose(evidence)
    lines = {(line.file, line.number): line for line in captured_lines(evidence, diagnosis)}
    for found in diagnosis.findings:
        for cited in found.citations:
            line = lines[cited.file, cited.line]
            assert line.text == cited.text
            assert found.scenario in line.scenarios
    cites = {(c.file, c.line) for found in diagnosis.findings for c in found.citations}
    assert {place for place, line in lines.items() if line.scenarios} == cites


def test_a_session_tells_appliance_command_and_time() -> None:
    lines = lines_of(pvo.example("technote"))
    status = lines["technote.txt", 13]
    assert (status.appliance, status.command) == ("sma.example.com", "status")
    assert status.time == datetime(2014, 7, 21, 11, 57, 38)
    assert about([status]) == "sma.example.com, status, 2014-07-21 11:57:38"
    assert lines["technote.txt", 1].appliance == NO_HOST


def test_the_banner_belongs_to_the_session_below_it() -> None:
    lines = lines_of(pvo.example("tls-no-certificate"))
    assert lines["esa-session.txt", 2].appliance == "mx.example.com"


def test_a_log_line_has_its_own_time(tmp_path: Path) -> None:
    (tmp_path / "mail.log").write_text(
        "Mon Apr  7 15:48:42 2014 Info: New SMTP DCID 7 interface 192.0.2.1 address 192.0.2.9 "
        "port 7025\n"
        "Mon Apr  7 15:48:43 2014 Info: DCID 7 TLS failed: verify error: no certificate\n",
        encoding="utf-8",
    )
    lines = lines_of(tmp_path)
    assert lines["mail.log", 2].time == datetime(2014, 4, 7, 15, 48, 43)
    assert lines["mail.log", 2].command == ""


def test_all_lines_of_a_log_are_told_in_utc_where_it_tells_its_offset() -> None:
    lines = lines_of(pvo.example("tls-no-certificate"))
    log = {number: line for (file, number), line in lines.items() if file.endswith("mail.current")}
    assert log[9].text.startswith("Tue Sep  6 09:02:19 2016")
    assert [log[number].time for number in (9, 10, 11)] == [datetime(2016, 9, 6, 13, 2, 19)] * 3
    # A line of which the evidence holds no event.
    assert log[8].text.startswith("Tue Sep  6 08:12:46 2016")
    assert log[8].time == datetime(2016, 9, 6, 12, 12, 46)


def test_syslog_names_the_appliance_and_another_line_the_year() -> None:
    lines = lines_of(pvo.example("tls-log-only-cluster"))
    log = {place[1]: line for place, line in lines.items() if place[0] == "syslog/messages"}
    assert log[3].appliance == "esa1.example.com"
    assert log[3].time == datetime(2024, 9, 12, 10, 2, 46)
    assert {line.appliance for line in log.values()} == {"esa1.example.com", "esa2.example.com"}


def test_an_observation_is_of_the_appliance_that_was_looked_at(tmp_path: Path) -> None:
    (tmp_path / "observations.toml").write_text(
        '[[observation]]\nhost = "sma.example.com"\nwhat = "wizard"\nvalue = "finished"\n'
        'time = 2014-07-21T12:05:00Z\n\n[[observation]]\nhost = "esa.example.com"\n'
        'what = "pending_changes"\nvalue = "no"\n',
        encoding="utf-8",
    )
    lines = lines_of(tmp_path)
    assert lines["observations.toml", 3].appliance == "sma.example.com"
    assert lines["observations.toml", 3].time == datetime(2014, 7, 21, 12, 5)
    assert lines["observations.toml", 9].appliance == "esa.example.com"


@pytest.mark.parametrize(
    ("text", "near", "ahead", "time"),
    [
        ("Mon Apr  7 15:48:42 2014 Info: x", None, None, datetime(2014, 4, 7, 15, 48, 42)),
        (
            "Mon Apr  7 15:48:42 2014 Info: x",
            None,
            timedelta(hours=2),
            datetime(2014, 4, 7, 13, 48, 42),
        ),
        ("2024-05-01T10:00:00+02:00 mx mail_logs: Info: x", None, None, datetime(2024, 5, 1, 8)),
        ("Dec 31 23:59:59 mx mail_logs: Info: x", None, None, None),
        (
            "Dec 31 23:59:59 mx mail_logs: Info: x",
            datetime(2015, 1, 1),
            None,
            datetime(2014, 12, 31, 23, 59, 59),
        ),
        (
            "Feb 29 10:00:00 mx mail_logs: Info: x",
            datetime(2015, 1, 1),
            None,
            datetime(2016, 2, 29, 10),
        ),
        ("no log line at all", datetime(2015, 1, 1), None, None),
        ("Info: a level alone", datetime(2015, 1, 1), None, None),
    ],
    ids=["plain", "zone", "offset", "no year", "new year", "leap day", "prose", "level"],
)
def test_the_stamp_of_a_line(
    text: str, near: datetime | None, ahead: timedelta | None, time: datetime | None
) -> None:
    assert stamp(text, near, ahead) == time


def test_a_choice_holds_what_it_names_and_nothing_else() -> None:
    lines = list(lines_of(pvo.example("technote")).values())
    noon = datetime(2014, 7, 21, 11, 57, 38)
    assert LineChoice().of(lines) == lines
    assert {line.command for line in LineChoice(command="telnet").of(lines)} == {"telnet"}
    boxes = {line.appliance for line in LineChoice(appliance="mx.example.com").of(lines)}
    assert boxes == {"mx.example.com"}
    assert all(line.scenarios for line in LineChoice(cited=True).of(lines))
    assert [line.number for line in LineChoice(words="ADH-camellia").of(lines)] == [83]
    inside = LineChoice(since=noon, until=noon).of(lines)
    assert {line.time for line in inside} == {noon}
    assert LineChoice(since=noon + timedelta(seconds=1)).of(lines) == []


def test_the_values_of_a_field_are_sorted_and_no_blank_is_among_them() -> None:
    lines = list(lines_of(pvo.example("technote")).values())
    assert values(lines, "command") == [
        "commit", "deliveryconfig", "resume", "sslconfig", "status", "telnet", "tlsverify",
    ]  # fmt: skip
