"""What a diagnosis needs of a large log: the plain reader's events, and the lines as they stand."""

from __future__ import annotations

import tempfile
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from made_logs import files

import pvo_kit as pvo
from pvo_kit import loading, text
from pvo_kit.evidence import Evidence
from pvo_kit.mail_logs import Coverage, Event, citing, logfiles, read
from pvo_kit.mail_logs.batches import Logs
from pvo_kit.mail_logs.plain import HEAD
from pvo_kit.mail_logs.reading import Sizes
from pvo_kit.mail_logs.relevance import relevant
from pvo_kit.mail_logs.streams import decoded

AROUND = 3
SIZES = st.builds(Sizes, st.integers(1, 2000), st.integers(1, 60))


def plainly(lines: list[str]) -> tuple[list[Event], Coverage]:
    coverage = Coverage()
    return list(relevant(read(lines, "mail.log", 2014, coverage=coverage))), coverage


@given(files(), SIZES)
def test_the_same_events_and_lines_as_the_plain_reader(data: bytes, sizes: Sizes) -> None:
    encoding = text.detect(data[: text.HEAD], complete=True).encoding
    assume(data and encoding)
    lines = list(text.lines(BytesIO(data), encoding))
    log = logfiles.look("mail.log", encoding, data, lines[:HEAD], mixed=False)
    assume(log.forms)
    logs = Logs()
    stream = decoded(b"", BytesIO(data), encoding)
    held: dict[int, str] = {}
    found = list(citing.cited(log, stream, log.years(2014, None), held, AROUND, logs, sizes))
    events, coverage = plainly(lines)
    assert found == events
    numbers = {
        number
        for event in events
        for number in range(event.lines[0][0] - AROUND, event.lines[-1][0] + AROUND + 1)
        if 0 < number <= len(lines)
    }
    assert held == {number: lines[number - 1] for number in numbers}
    assert logs.totals.coverage.lines == coverage.lines
    assert logs.totals.coverage.kinds == coverage.kinds
    assert logs.totals.coverage.not_recognised == coverage.not_recognised


def loaded(monkeypatch: pytest.MonkeyPatch, path: str, large: int, whole: int) -> Evidence:
    monkeypatch.setattr(loading, "LARGE", large)
    monkeypatch.setattr(loading, "WHOLE", whole)
    return pvo.load(path)


@pytest.mark.parametrize("case", pvo.examples())
def test_a_case_reads_alike_whichever_reader_takes_its_logs(
    monkeypatch: pytest.MonkeyPatch, case: str
) -> None:
    path = pvo.example(case)
    slow = loaded(monkeypatch, path, 1 << 40, 1 << 40)
    fast = loaded(monkeypatch, path, 0, 1 << 40)
    assert fast == slow
    assert fast.lines == slow.lines
    assert pvo.diagnose(fast).to_json() == pvo.diagnose(slow).to_json()


@pytest.mark.parametrize("ending", ["\n", "\r\n"], ids=["lf", "crlf"])
def test_a_log_too_large_to_hold_is_cited_exactly(
    monkeypatch: pytest.MonkeyPatch, ending: str
) -> None:
    rows = [
        f"Mon Apr  7 15:48:{n % 60:02} 2014 Info: MID {n} queued for delivery" for n in range(900)
    ]
    rows[700:700] = [
        "Mon Apr  7 15:50:42 2014 Info: New SMTP DCID 5 interface 192.0.2.1 address 192.0.2.2"
        " port 7025",
        "Mon Apr  7 15:50:43 2014 Info: DCID 5 TLS failed: verify error: no certificate from",
        "server",
        "Mon Apr  7 15:50:44 2014 Info: DCID 5 close",
    ]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "mail.log")
        path.write_bytes(ending.join([*rows, ""]).encode())
        evidence = loaded(monkeypatch, str(path), 0, 1 << 12)
    (link,) = evidence.connections
    assert link.tls_reason == "verify error: no certificate from server"
    assert [(cited.line, cited.text) for cited in link.lines] == [
        (701, rows[700]),
        (702, rows[701]),
        (703, rows[702]),
    ]
    assert evidence.files[0].lines == len(rows)
    assert evidence.around("mail.log", 701, 2) == [
        (number, rows[number - 1]) for number in range(699, 704)
    ]
