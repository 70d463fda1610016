"""Logs for property tests: every header form, and everything that befalls a log on its way."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from hypothesis import assume
from hypothesis import strategies as st

from pvo_kit.mail_logs.kinds import DELIVERY, KINDS
from pvo_kit.text import detect

_DELIVERIES = [example for kind in KINDS if kind.name in DELIVERY for example in kind.examples]
_OTHERS = [example for kind in KINDS if kind.name not in DELIVERY for example in kind.examples]
_ODD = [
    "Foo DCID 5 bar", "DCID", "DCID 5", "DCID x close", "Foo 5 bar", "Time flies", "",
    "New SMTP DCID 99999999999999999999 interface 1 address 2 port 99999999999",
    "New SMTP DCID 7 interface () address 10.1.1.1", "DCID 5 TLS failed:", "DCID  5   close",
    "DCID 5 TLS failed: x\u3000y\u00a0z", "D\u200bCID 5 close",
    "DC-Press Any Key For More-ID 5 close",
    "MID 5 Subject '\u65e5\u672c\u3000\u8a9e DCID 5 close'", "MID 5 Subject 'gr\u00fc\u00df'",
    "DCID 5 TLS failed: gr\u00fc\u00df", "DC\x00ID 5 close", "DCID\t5 close", "x\b\bDCID 5 close",
    "DCID 5 close\x1b[0m", "DCID 5 \rDCID 6 close", "DCID 5 TLS failed: " + "long " * 20,
    "Apr  7 15:48:42 mx mail_logs: Info: DCID 6 close",
    "Mon Apr  7 15:48:42 2014 Info: DCID 6 close",
]  # fmt: skip
_FORMS = (
    "{:%a %b} {day:2} {:%H:%M:%S %Y} Info: ",
    "{:%a %b} {day} {:%H:%M:%S %Y} Info: ",
    "{:%a %b} {day:2} {:%H:%M:%S %Y} Warning: ",
    "Fri {:%b} {day:02} {:%H:%M:%S %Y} Notice: ",
    "{:%b} {day:2} {:%H:%M:%S} mx mail_logs: Info: ",
    "{:%b} {day} {:%H:%M:%S} mx mail_logs: Info: ",
    "{:%b} {day:2} {:%H:%M:%S} other mail_logs: Info: ",
    "{:%b} {day:2} {:%H:%M:%S %Y} mx smail: Info: ",
    "<94>{:%b} {day:2} {:%H:%M:%S} mail_logs: Info: ",
    "{:%b} {day:2} {:%H:%M:%S} relay log: {:%a %b} {day:2} {:%H:%M:%S %Y} Info: ",
    "{:%b} {day:2} {:%H:%M:%S %Y} relay log: {:%b} {day:2} {:%H:%M:%S} mx mail_logs: Info: ",
    "{:%Y-%m-%dT%H:%M:%S}+02:00 mx mail_logs: Info: ",
    "{:%a %b} {day:2} {:%H:%M:%S %Y}  Info:  ",
    "{:%a %b} 31 25:{:%M:%S %Y} Info: ",
    "> {:%a %b} {day:2} {:%H:%M:%S %Y} Info: ",
    "Info: ",
    "",
)
_STARTS = [datetime(2014, 4, 7, 15), datetime(2013, 12, 31, 23, 59), datetime(2016, 2, 28, 23, 59),
           datetime(2024, 9, 9, 23, 59)]  # fmt: skip
_STEPS = [timedelta(0), timedelta(0), timedelta(seconds=1), timedelta(seconds=-2),
          timedelta(hours=9), timedelta(days=23), timedelta(days=-40),
          timedelta(days=200)]  # fmt: skip

_BODIES = st.one_of(
    st.sampled_from(_DELIVERIES),
    st.sampled_from(_DELIVERIES),
    st.sampled_from(_OTHERS),
    st.sampled_from(_ODD),
    st.integers(-90_000, 90_000).map(lambda n: f"Time offset from UTC: {n} seconds"),
    st.integers(0, 60).map(
        lambda n: f"New SMTP DCID {n} interface 10.1.1.1 address 10.1.1.2 port 7025"),
)  # fmt: skip
_NUMBER = re.compile(r"(?<=DCID )[0-9]+(?= )")


@st.composite
def lines(draw: st.DrawFn, most: int = 40) -> list[str]:
    """Lines of one log, as they would be decoded."""
    main = draw(st.sampled_from(_FORMS))
    forms = st.one_of(st.just(main), st.just(main), st.just(main), st.sampled_from(_FORMS))
    time = draw(st.sampled_from(_STARTS))
    result: list[str] = []
    for _ in range(draw(st.integers(0, most))):
        time += draw(st.sampled_from(_STEPS))
        number = str(draw(st.integers(0, 40)))
        body = _NUMBER.sub(number, draw(_BODIES))
        header = draw(forms)
        fields = header.count("{:")
        line = header.format(*[time] * fields, day=time.day) + body
        result += draw(_WAYS)(line)
    return result


def _wrapped(line: str) -> list[str]:
    at = line.rfind(" ", 0, max(len(line) - 8, 0))
    return [line[:at], line[at + 1 :]] if at > 40 else [line]


_WAYS = st.sampled_from(
    [lambda line: [line]] * 12
    + [
        _wrapped,
        lambda line: [line + " "],
        lambda line: [line, ""],
        lambda line: ["", line],
        lambda line: [line + "\r"],
        lambda line: [f"\x00\x00{line}"],
        lambda line: [line[: len(line) // 2]],
        lambda line: [line, "  "],
        lambda line: [line] * 3,
    ]
)


@st.composite
def files(draw: st.DrawFn, most: int = 40) -> bytes:
    """A log as it lies on disk; empty, or one that is text: others are refused by name."""
    ending = draw(st.sampled_from(["\n", "\n", "\n", "\r\n", "\r\r\n", "\r"]))
    text = ending.join(draw(lines(most))) + draw(st.sampled_from(["", ending, ending]))
    encoding = draw(st.sampled_from(["utf-8"] * 6 + ["utf-8-sig", "utf-16", "cp1252", "cp932"]))
    data = text.encode(encoding, "replace")
    if encoding == "utf-8" and draw(st.booleans()):
        place = draw(st.integers(0, len(data)))
        data = (
            data[:place]
            + draw(st.sampled_from([b"\xff", b"\xe3\x81", b"\x80", b"\xe2\x80"]))
            + data[place:]
        )
    assume(not data or detect(data, complete=True).encoding)
    return data
