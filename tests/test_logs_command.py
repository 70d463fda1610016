"""pvo-kit logs: rows, connections, failures, coverage, pictures and kept logs."""

from __future__ import annotations

import csv
import gzip
import io
import os
import re
import tarfile
import zipfile

import pandas as pd
import pytest

import pvo_kit as pvo
from pvo_kit import frames
from pvo_kit.mail_logs import KINDS

LINES = """\
Mon Apr  7 15:48:40 2014 Info: Begin Logfile
Mon Apr  7 15:48:41 2014 Info: Time offset from UTC: 7200 seconds
Mon Apr  7 15:48:42 2014 Info: New SMTP DCID 5 interface 192.0.2.1 address 192.0.2.7 port 7025
Mon Apr  7 15:48:43 2014 Info: DCID 5 TLS failed: verify error: no certificate from server
Mon Apr  7 15:48:44 2014 Info: DCID 5 close
Mon Apr  7 15:49:42 2014 Info: New SMTP DCID 6 interface 192.0.2.1 address 192.0.2.9 port 25
Mon Apr  7 15:49:43 2014 Info: Delivery start DCID 6 MID 8 to RID [0]
Mon Apr  7 15:49:44 2014 Info: Message done DCID 6 MID 8 to RID [0]
Mon Apr  7 15:49:45 2014 Info: MID 8 Subject '=cmd DCID 5 TLS failed: no'
Mon Apr  7 15:49:46 2014 Info: Sing a song of sixpence
Mon Apr  7 15:49:47 2014 Info: DCID 6 close
"""


@pytest.fixture
def log(tmp_path):
    path = tmp_path / "mail.current"
    path.write_text(LINES, encoding="utf-8")
    return path


def rows(text):
    return list(csv.DictReader(io.StringIO(text)))


# Rows


def test_a_row_for_each_line_that_carries_a_dcid(run, log):
    done = run("logs", log)
    head, *lines = done.out.splitlines()
    assert done.code == 0
    assert head.split() == ["time", "event", "dcid", "mid", "to", "at", "detail"]
    assert len(lines) == 7
    assert "2014-04-07T13:48:43Z  tls-failed" in lines[1]
    assert lines[1].endswith("mail.current:4   verify error: no certificate from server")


def test_csv_holds_all_columns(run, log):
    found = rows(run("logs", log, "--format", "csv").out)
    assert list(found[0]) == list(frames.EVENTS)
    assert found[0]["time"] == "2014-04-07T13:48:42Z"
    assert found[0]["local_time"] == "2014-04-07T15:48:42"
    assert found[0]["mid"] == ""


def test_no_csv_cell_starts_a_formula(run, tmp_path):
    path = tmp_path / "mail.log"
    text = "Mon Apr  7 15:48:42 2014 Info: MID 8 Subject '=HYPERLINK(1)'\n"
    text += "Mon Apr  7 15:48:42 2014 Info: DCID 5 TLS failed: =1+1\n"
    path.write_text(text, encoding="utf-8")
    found = rows(run("logs", path, "--kinds", "all", "--format", "csv").out)
    assert [row["detail"] for row in found] == ["'=HYPERLINK(1)'", "'=1+1"]


def test_json_is_an_array_of_one_object_a_line(run, log):
    done = run("logs", log, "--format", "json")
    assert len(done.document) == 7
    assert done.document[1]["detail"] == "verify error: no certificate from server"
    assert done.document[1]["mid"] is None
    assert done.document[0]["port"] == 7025


def test_json_of_nothing_is_an_empty_array(run, log):
    assert run("logs", log, "--kinds", "bounced", "--format", "json").document == []


def test_parquet_reads_back_as_the_frame(run, log, tmp_path):
    out = tmp_path / "rows.parquet"
    assert run("logs", log, "--format", "parquet", "--out", out).out == ""
    back = pd.read_parquet(out)
    pd.testing.assert_frame_equal(
        back, pvo.read_mail_logs(log), check_categorical=False, check_dtype=False
    )


def test_out_writes_the_same_bytes_as_standard_output(run, log, tmp_path):
    out = tmp_path / "rows.csv"
    run("logs", log, "--format", "csv", "--out", out)
    assert out.read_bytes().decode() == run("logs", log, "--format", "csv").out


# Filters


@pytest.mark.parametrize(
    ("words", "events"),
    [
        (["--address", "192.0.2.7"], ["dcid-open", "tls-failed", "dcid-close"]),
        (["--port", "25"], ["dcid-open", "delivery-start", "message-done", "dcid-close"]),
        (["--since", "2014-04-07 13:49:44"], ["message-done", "dcid-close"]),
        (["--until", "2014-04-07 13:48:42"], ["dcid-open"]),
        (["--kinds", "tls-failed"], ["tls-failed"]),
        (["--kinds", "tls-failed,subject"], ["tls-failed", "subject"]),
    ],
    ids=["address", "port", "since", "until", "kind", "kinds"],
)
def test_filters(run, log, words, events):
    found = rows(run("logs", log, "--format", "csv", *words).out)
    assert [row["event"] for row in found] == events


def test_a_line_without_a_year_takes_the_year_given(run, tmp_path):
    path = tmp_path / "log"
    path.write_text("Apr  7 15:48:42 mx mail_logs: Info: DCID 5 close\n", encoding="utf-8")
    assert rows(run("logs", path, "--format", "csv").out)[0]["time"] == ""
    found = rows(run("logs", path, "--format", "csv", "--year", "2014").out)
    assert found[0]["time"] == "2014-04-07T15:48:42Z"


# Connections and failures


def test_connections_are_one_row_each(run, log):
    found = rows(run("logs", log, "--connections", "--format", "csv").out)
    assert list(found[0]) == list(frames.CONNECTIONS)
    assert [(row["dcid"], row["outcome"]) for row in found] == [
        ("5", "tls-failed"),
        ("6", "delivered"),
    ]
    assert found[0]["duration"] == "2.0"


def test_failures_tell_what_they_suggest(run, log):
    (row,) = rows(run("logs", log, "--tls-failures", "--format", "csv").out)
    assert (row["tls_reason"], row["suggests"]) == ("no certificate", "4")


def test_a_span_keeps_whole_connections(run, log):
    words = ["--connections", "--format", "csv", "--since", "2014-04-07 13:49:45"]
    (row,) = rows(run("logs", log, *words).out)
    assert (row["dcid"], row["opened"]) == ("6", "2014-04-07T13:49:42Z")


# Pictures


@pytest.mark.parametrize(
    "words",
    [[], ["--connections"], ["--tls-failures"], ["--chart", "ciphers"], ["--chart", "failures"]],
    ids=" ".join,
)
def test_a_picture_is_drawn_and_told_in_words(run, log, tmp_path, words):
    out = tmp_path / "chart.png"
    done = run("logs", log, *words, "--plot", out, "--fix", "2014-04-07 13:49:00")
    assert done.code == 0
    assert done.out == ""
    assert re.search(r"\b[12] (delivery )?connections?\b", done.err)
    assert out.read_bytes().startswith(b"\x89PNG")


def test_a_picture_and_rows_where_both_are_asked_for(run, log, tmp_path):
    done = run("logs", log, "--plot", tmp_path / "chart.png", "--format", "csv")
    assert len(rows(done.out)) == 2


# Coverage


def test_coverage_counts_every_line_and_shows_what_no_kind_takes(run, log):
    out = run("logs", log, "--coverage").out
    assert out.startswith("11 lines; 90.90 % of the entries recognised\n")
    assert "mail.current:10: Mon Apr  7 15:49:46 2014 Info: Sing a song of sixpence" in out
    assert "DCID 5 TLS failed: no" not in out


def test_coverage_as_json_names_every_kind_of_the_table(run, log):
    found = run("logs", log, "--coverage", "--format", "json").document
    assert list(found["kinds"]) == [kind.name for kind in KINDS]
    assert found["kinds"]["dcid-close"] == 2
    assert found["lines"] == 11
    assert found["share"] == round(10 / 11, 6)


# Sets, archives, standard input


def test_every_way_to_hand_over_a_log_gives_the_same_rows(run, log, tmp_path):
    packed = tmp_path / "packed"
    packed.mkdir()
    with gzip.open(packed / "mail.gz", "wb") as file:
        file.write(log.read_bytes())
    with zipfile.ZipFile(packed / "mail.zip", "w") as archive:
        archive.write(log, "logs/mail.current")
    with tarfile.open(packed / "mail.tgz", "w:gz") as archive:
        archive.add(log, "logs/mail.current")
    expected = run("logs", log).out.count("DCID") or len(run("logs", log).out.splitlines())
    for path in [*packed.iterdir(), tmp_path / "mail.c*"]:
        assert len(run("logs", path).out.splitlines()) == expected, path
    done = run("logs", "-", stdin=log.read_bytes())
    assert len(done.out.splitlines()) == expected


# Kept logs


def test_kept_logs_read_back_as_they_were(run, log, tmp_path):
    kept = tmp_path / "kept"
    done = run("logs", log, "--keep", kept)
    assert (done.code, done.out) == (0, "")
    assert "kept 7 rows" in done.err
    assert run("logs", kept, "--format", "csv").out == run("logs", log, "--format", "csv").out


def test_nothing_is_kept_unless_asked_for(run, log, tmp_path):
    before = sorted(tmp_path.rglob("*"))
    run("logs", log)
    assert sorted(tmp_path.rglob("*")) == before


# Bad input


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--coverage", "--port", "25"], "leave out filters"),
        (["--coverage", "--plot", "x.png"], "leave out filters"),
        (["--coverage", "--format", "csv"], "--format json"),
        (["--connections", "--kinds", "all"], "leave out --kinds"),
        (["--fix", "2014-04-07"], "give --plot"),
        (["--format", "parquet"], "give --out"),
        (["--keep", "x", "--format", "csv"], "leave out --plot"),
        (["--kinds", "tls-faild"], "no kind of line is called tls-faild"),
        (["--since", "yesterdy"], "since is a time such as"),
        (["--connections", "--until", "x"], "until is a time such as"),
        (["--plot", "x.gif"], "charts are saved as .png"),
        (["--plot", "no/such/folder.png"], "choose another --plot"),
        (["--plot", "x.png", "--fix", "noon-ish"], "fix is a time such as"),
        (["--out", "no/such/folder.csv"], "choose another --out"),
        (["--format", "parquet", "--out", "no/such/folder"], "choose another --out"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_what_cannot_be_done_is_refused_with_a_way_out(run, log, words, told, monkeypatch):
    monkeypatch.chdir(log.parent)
    done = run("logs", log, *words)
    assert (done.code, done.out) == (2, "")
    assert told in done.err
    assert not (log.parent / "x.png").exists()


def test_a_folder_without_a_log_is_refused_with_the_reasons(run, tmp_path):
    (tmp_path / "core").write_bytes(bytes(range(256)) * 40)
    (tmp_path / "empty").write_bytes(b"")
    done = run("logs", tmp_path)
    assert (done.code, done.out) == (2, "")
    assert "core" in done.err
    assert "is empty" in done.err


def test_a_path_that_is_not_there_is_named(run, tmp_path):
    done = run("logs", tmp_path / "nothing.log")
    assert (done.code, done.out) == (2, "")
    assert "nothing.log" in done.err


def test_what_is_readable_of_a_cut_gz_is_read_and_the_cut_is_told(run, log, tmp_path):
    noise = "".join(f"Mon Apr  7 15:50:00 2014 Info: MID {os.urandom(8).hex()} x\n"
                    for _ in range(9000))  # fmt: skip
    data = gzip.compress((LINES + noise).encode())
    path = tmp_path / "cut.log.gz"
    path.write_bytes(data[: len(data) // 2])
    done = run("logs", path)
    assert done.code == 0
    assert len(done.out.splitlines()) == 8
    assert "warning: cut.log.gz" in done.err


def test_binary_files_beside_logs_are_named_and_the_rest_is_read(run, log, tmp_path):
    (tmp_path / "core").write_bytes(bytes(range(256)) * 40)
    done = run("logs", tmp_path)
    assert done.code == 0
    assert len(done.out.splitlines()) == 8
    assert "warning: core" in done.err


def test_a_line_of_ten_megabytes_and_nul_bytes_lose_no_other_line(run, tmp_path):
    path = tmp_path / "mail.log"
    long = "Mon Apr  7 15:48:41 2014 Info: MID 3 Subject '" + "x" * 10_000_000 + "'\n"
    nul = "Mon Apr  7 15:48:41 2014 Info: MID 3 \0\0\0 ready\n"
    path.write_text(LINES + long + nul + LINES, encoding="utf-8")
    done = run("logs", path, "--format", "csv")
    assert done.code == 0
    assert len(rows(done.out)) == 14
    assert f"{24} lines;" in run("logs", path, "--coverage").out


def test_a_log_that_grows_while_it_is_read_is_read_to_where_it_was(log):
    blocks = pvo.iter_mail_logs(log)
    first = next(blocks)
    with log.open("a", encoding="utf-8") as file:
        file.write("Mon Apr  7 15:50:00 2014 Info: DCID 7 clo")
    rest = list(blocks)
    assert len(first) + sum(map(len, rest)) == 7


def test_the_blocks_are_the_frame(log):
    blocks = list(pvo.iter_mail_logs(log))
    together = pd.concat(blocks, ignore_index=True)
    assert together["line"].tolist() == pvo.read_mail_logs(log)["line"].tolist()
    assert blocks[-1].attrs["coverage"] == pvo.read_mail_logs(log).attrs["coverage"]
