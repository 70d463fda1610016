"""Dates of appliances, to UTC."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pvo_kit.clock import STAMP, offset, read_stamp, to_iso

NOON = datetime(2014, 7, 21, 12, 0, 0)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Mon Jul 21 12:00:00 2014 GMT", NOON),
        ("Mon Jul 21 12:00:00 2014", NOON),
        ("Jul 21 12:00:00 2014 GMT", NOON),
        ("Mon, Jul 21 12:00:00 2014 UTC", NOON),
        ("Mon Jul 21 14:00:00 2014 CEST", NOON),
        ("Mon Jul 21 21:00:00 2014 JST", NOON),
        ("Mon Jul 21 08:00:00 2014 EDT", NOON),
        ("Mon Jul 21 17:30:00 2014 IST", NOON),
        ("Mon Jul 21 14:00:00 2014 +0200", NOON),
        ("Mon Jul 21 08:30:00 2014 -0330", NOON),
        ("Mon Jul 21 09:00:00 2014 -03", NOON),
        ("Mon Jul 21 00:30:00 2014 JST", datetime(2014, 7, 20, 15, 30)),
        ("Mon  Jul\t21\n12:00:00   2014  GMT", NOON),
        ("Tue Jul  1 02:03:04 2014 GMT", datetime(2014, 7, 1, 2, 3, 4)),
        ("Status as of:                  Mon Jul 21 12:00:00 2014 GMT", NOON),
        ("Up since: Mon Jul 21 12:00:00 2014 GMT (50m 34s)", NOON),
        ("Last login: Mon Jul 21 12:00:00 2014 from 10.1.1.1", NOON),
        ("Mon Jul 21 12:00:00 2014 Info: New SMTP DCID 5", NOON),
        ("Mon Jul 21 12:00:00 2014 QQT", NOON),  # a zone that is not known
        ("Mon Jul 21 12:00:00 2014 GMT, then Tue Jul 22 12:00:00 2014 GMT", NOON),
        ("Sat Feb 29 12:00:00 2020 GMT", datetime(2020, 2, 29, 12)),
    ],
)
def test_read(text: str, expected: datetime) -> None:
    assert read_stamp(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Never",
        "2014-07-21T12:00:00Z",
        "Mon Jul 32 12:00:00 2014 GMT",
        "Sun Feb 29 12:00:00 2015 GMT",
        "Mon Jul 21 24:00:00 2014 GMT",
        "Mon Jul 21 12:60:00 2014 GMT",
        "Mon Jul 21 12:00:00 0000 GMT",
        "Sat Jan  1 00:00:00 0001 JST",
        "Fri Dec 31 23:59:59 9999 PST",
        "Mon Foo 21 12:00:00 2014 GMT",
        "Mon Jul 21 12:00:00 20145",
        "Mon jul 21 12:00:00 2014",
        "Mon Jul 21 12:00 2014",
        "Apr  7 15:48:42 mx mail_logs: Info: x",
    ],
)
def test_no_date(text: str) -> None:
    assert read_stamp(text) is None


@pytest.mark.parametrize(
    ("text", "zone", "hour"),
    [
        ("Mon Jul 21 12:00:00 2014", "JST", 3),
        ("Mon Jul 21 12:00:00 2014", "-03", 15),
        ("Mon Jul 21 12:00:00 2014 Info: x", "CEST", 10),
        ("Mon Jul 21 12:00:00 2014 GMT", "JST", 12),  # its own zone counts
        ("Mon Jul 21 12:00:00 2014", "QQT", 12),
    ],
)
def test_a_stamp_without_a_zone_is_read_in_that_of_its_box(text: str, zone: str, hour: int) -> None:
    found = read_stamp(text, zone)
    assert found
    assert found.hour == hour


def test_the_pattern_can_be_part_of_another() -> None:
    match = re.search(rf"committed: (?P<when>{STAMP})$", "committed: Fri May 23 11:42:12 2014 GMT")
    assert match
    assert match["when"] == "Fri May 23 11:42:12 2014 GMT"
    assert (match["month"], match["day"], match["year"], match["zone"]) == (
        "May", "23", "2014", "GMT",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("zone", "hours"),
    [("GMT", 0), ("JST", 9), ("EST", -5), ("IST", 5.5), ("-03", -3), ("+0530", 5.5)],
)
def test_offset(zone: str, hours: float) -> None:
    assert offset(zone) == timedelta(hours=hours)


@pytest.mark.parametrize("zone", ["", "QQT", "+", "-1", "+xx", "+123", "jst"])
def test_no_offset(zone: str) -> None:
    assert offset(zone) is None


def test_iso() -> None:
    assert to_iso(None) is None
    assert to_iso(datetime(2014, 7, 21, 11, 57, 38)) == "2014-07-21T11:57:38Z"
    assert to_iso(datetime(2014, 7, 21, 11, 57, 38, 999)) == "2014-07-21T11:57:38Z"


MINUTES = st.integers(-14 * 60, 14 * 60)


@given(st.datetimes(datetime(1990, 1, 2), datetime(2100, 1, 1)), MINUTES)
def test_what_a_box_prints_is_read_back(time: datetime, minutes: int) -> None:
    time = time.replace(microsecond=0)
    local = time + timedelta(minutes=minutes)
    sign, zone = "-" if minutes < 0 else "+", abs(minutes)
    months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    stamp = f"{months[local.month - 1]} {local.day:2} {local:%H:%M:%S %Y}"
    assert read_stamp(f"Mon {stamp} {sign}{zone // 60:02}{zone % 60:02}") == time


@given(st.text(), st.text(max_size=5))
def test_no_text_breaks_it(text: str, zone: str) -> None:
    read_stamp(text, "")
    read_stamp(f"Mon Jul 21 12:00:00 2014 {text}", "")
    read_stamp(f"Mon Jul 21 12:00:00 2014 {zone}{text}", "UTC")
