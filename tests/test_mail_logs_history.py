"""The frame of connections holds what the records of the plain reader hold."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_logs import files

import pvo_kit as pvo
from pvo_kit import frames
from pvo_kit.errors import InputError
from pvo_kit.mail_logs import Connection, read_set
from pvo_kit.mail_logs import connections as records
from pvo_kit.mail_logs.failures import normalised, suggestion
from pvo_kit.mail_logs.history import within
from pvo_kit.mail_logs.logfiles import LogFiles
from pvo_kit.mail_logs.relevance import OTHER_PORTS
from pvo_kit.text import detect, lines

NAMES = st.sampled_from(["mail.current", "mail.@20140407T154842.s", "b.log"])


def log(folder: Path, *rows: str) -> Path:
    path = folder / "mail.log"
    path.write_text("".join(f"Mon Apr  7 {row}\n" for row in rows), encoding="utf-8")
    return path


def opened(second: int, dcid: int, port: int = 7025) -> str:
    return (
        f"15:48:{second:02} 2014 Info: New SMTP DCID {dcid} interface 192.0.2.1"
        f" address 192.0.2.2 port {port}"
    )


def expected(link: Connection) -> dict[str, Any]:
    """The row that a record should be."""
    ends = (link.opened, link.closed)
    detail = (link.tls_reason if link.tls == "failed" else None) or link.detail
    return {
        "appliance": link.appliance,
        "session": link.session,
        "dcid": link.dcid,
        "opened": link.opened,
        "closed": link.closed,
        "duration": link.closed - link.opened if link.closed and link.opened else None,
        "interface": link.interface,
        "address": link.address,
        "port": link.port,
        "tls": link.tls,
        "tls_protocol": link.tls_protocol,
        "tls_cipher": link.tls_cipher,
        "tls_reason": None if link.tls_reason is None else normalised(link.tls_reason),
        "tls_required": link.tls_required,
        "messages": link.messages,
        "recipients": link.recipients,
        "outcome": link.outcome,
        "detail": detail,
        "source": link.source,
        "first_line": link.first_line,
        "complete": link.complete,
    } | ({} if all(ends) else {"duration": None})


def told(frame: pd.DataFrame) -> list[dict[str, Any]]:
    columns = {
        name: [None if pd.isna(value) else value for value in frame[name].astype(object)]
        for name in frame
    }
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


@given(st.dictionaries(NAMES, files(30), min_size=1, max_size=3))
def test_the_frame_holds_what_the_records_hold(logs: dict[str, bytes]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        for name, data in logs.items():
            Path(folder, name).write_bytes(data)
        if not any(logs.values()):
            return
        if len({log.mixed for log in LogFiles(folder).logs.values()}) > 1:
            return
        mixed = any(log.mixed for log in LogFiles(folder).logs.values())
        frame = pvo.connections(pvo.read_mail_logs(folder, year=2014))
        openers = {}
        for name, data in logs.items():
            encoding = detect(data, complete=True).encoding
            if encoding and data:
                with Path(folder, name).open("rb") as file:
                    found = list(lines(file, encoding))
                openers[name] = lambda found=found: found
        links = records(read_set(openers, 2014, mixed=mixed), ordered=True)
    # A record counts the last line of an entry that was wrapped, a row of events its first.
    assert all(frame["last_line"] <= [link.last_line for link in links])
    assert told(frame.drop(columns="last_line")) == [expected(link) for link in links]


@given(files(30))
def test_frames_have_their_columns_and_dtypes(data: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "mail.log")
        path.write_bytes(data or b"x")
        links = pvo.connections(pvo.read_mail_logs(path))
        failures = pvo.tls_failures(links)
    for frame, schema in ((links, frames.CONNECTIONS), (failures, frames.TLS_FAILURES)):
        assert {name: str(dtype) for name, dtype in frame.dtypes.items()} == {
            name: column.dtype for name, column in schema.items()
        }


def test_an_empty_frame_gives_empty_frames_of_the_same_shape(tmp_path: Path) -> None:
    path = tmp_path / "mail.log"
    path.write_text("Mon Apr  7 15:48:42 2014 Info: MID 5 queued for delivery\n", encoding="utf-8")
    links = pvo.connections(pvo.read_mail_logs(path))
    assert list(links) == list(frames.CONNECTIONS)
    assert list(pvo.tls_failures(links)) == list(frames.TLS_FAILURES)
    assert len(links) == len(pvo.tls_failures(links)) == 0


def test_a_frame_of_another_kind_is_refused() -> None:
    with pytest.raises(InputError, match="lacks time, event"):
        pvo.connections(pd.DataFrame({"dcid": [1]}))


def test_the_same_number_after_a_boot_is_another_connection(tmp_path: Path) -> None:
    rows = [opened(1, 5000), "15:48:02 2014 Info: DCID 5000 close", opened(3, 1), opened(4, 5000)]
    links = pvo.connections(pvo.read_mail_logs(log(tmp_path, *rows)))
    assert links[["dcid", "session"]].values.tolist() == [[5000, 0], [1, 1], [5000, 1]]


def test_a_connection_goes_on_in_the_next_file_whatever_the_order_given(tmp_path: Path) -> None:
    first, second = tmp_path / "mail.current", tmp_path / "mail.@20140407T154800.s"
    second.write_text(f"Mon Apr  7 {opened(1, 5)}\n", encoding="utf-8")
    first.write_text("Mon Apr  7 15:49:09 2014 Info: DCID 5 close\n", encoding="utf-8")
    for paths in ([first, second], [second, first], [tmp_path]):
        (row,) = told(pvo.connections(pvo.read_mail_logs(paths)))
        assert row["complete"]
        assert row["duration"] == pd.Timedelta(seconds=68)


def test_a_failure_tells_the_reason_the_raw_text_and_what_it_suggests(tmp_path: Path) -> None:
    text = (
        "(336151568, 'error:14094410:SSL routines:SSL3_READ_BYTES:sslv3 alert handshake failure')"
    )
    rows = [opened(1, 5), f"15:48:02 2014 Info: DCID 5 TLS failed: {text}"]
    rows += [opened(3, 6, 25), "15:48:04 2014 Info: DCID 6 TLS failed: STARTTLS refused"]
    links = pvo.connections(pvo.read_mail_logs(log(tmp_path, *rows)))
    quarantine, other = told(pvo.tls_failures(links))
    assert (quarantine["tls_reason"], quarantine["detail"]) == (normalised(text), text)
    assert quarantine["suggests"] == suggestion(text) == "E6"
    assert 25 in OTHER_PORTS
    assert other["suggests"] is None


@pytest.mark.parametrize(
    ("since", "until", "kept"),
    [
        (None, None, [5, 6, 7]),
        ("2014-04-07 15:48:05", None, [5, 6, 7]),
        ("2014-04-07 15:48:21", None, [6, 7]),
        (None, "2014-04-07 15:48:09", [5]),
        ("2014-04-07 15:48:40", "2014-04-07 15:48:50", [7]),
        ("2014-04-07T17:48:40+02:00", None, [7]),
    ],
    ids=["all", "open-then", "later", "until", "span", "zone"],
)
def test_connections_that_were_open_at_some_time_of_a_span_are_kept_whole(
    tmp_path: Path, since: str | None, until: str | None, kept: list[int]
) -> None:
    rows = [opened(1, 5), opened(10, 6), "15:48:20 2014 Info: DCID 5 close"]
    rows += ["15:48:30 2014 Info: DCID 6 close", opened(40, 7)]
    links = pvo.connections(pvo.read_mail_logs(log(tmp_path, *rows)))
    assert within(links, since, until)["dcid"].tolist() == kept
