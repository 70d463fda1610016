"""The command line: exit codes, options, bad input, hostile input."""

from __future__ import annotations

import gzip
import io
import json
import struct
import subprocess
import sys
import tarfile
import zipfile

import laws
import pytest

import pvo_kit as pvo
from pvo_kit.catalog import COMMANDS
from pvo_kit.sources import Limits

OFFLINE = """\
sma.example.com> status

Status as of:                  Tue Jun 04 09:15:02 2024 GMT
System status:                 Offline
Oldest Message:                No Messages
sma.example.com>
"""
FAILING = """\
Tue Jun  4 09:00:00 2024 Info: New SMTP DCID 7 interface 10.1.1.1 address 10.1.1.2 port 7026
Tue Jun  4 09:00:00 2024 Info: DCID 7 TLS failed: verify error: no certificate from server
"""
BINARY = bytes(range(256)) * 8
WAY_OUT = ("give", "unpack", "check", "ask for it again", "save", "choose", "paste", "write")


@pytest.fixture
def refused(run):
    """Run diagnose on what cannot be read: exit 2, no output, the file and a way out are told."""

    def refuses(path, *words):
        done = run("diagnose", path)
        assert (done.code, done.out) == (2, "")
        _is_told(done.err, *words)
        return done

    return refuses


def _is_told(message, *words):
    for word in words:
        assert word in message
    assert any(way in message for way in WAY_OUT), message
    laws.assert_plain(message)


def _folder(tmp_path, **files):
    folder = tmp_path / "case"
    folder.mkdir()
    for name, data in files.items():
        (folder / name.replace("_", ".")).write_bytes(
            data if isinstance(data, bytes) else data.encode()
        )
    return folder


# Exit codes


@pytest.mark.parametrize(
    ("name", "code"),
    [("sma-offline", 1), ("technote", 1), ("too-little", 3), ("healthy", 0), ("resolved", 0)],
)
@pytest.mark.parametrize("form", ["text", "json", "md", "html"])
def test_the_exit_code_tells_the_verdict_in_every_format(run, name, code, form):
    done = run("diagnose", pvo.example(name), "--format", form)
    assert done.code == code
    assert done.out
    assert done.err == ""


def test_readable_text_without_usable_evidence_gives_six_unknowns(run, tmp_path):
    folder = _folder(tmp_path, note_txt="The button is grey, what now?\n")
    done = run("diagnose", folder, "--format", "json")
    assert done.code == 3
    assert done.statuses == ["unknown", "manual", "unknown", "unknown", "unknown", "unknown"]
    [file] = done.document["evidence"]["files"]
    assert file["kind"] == "unused"
    assert "holds no prompt" in file["reason"]


@pytest.mark.parametrize(
    "argv",
    [
        [],
        ["diagnose"],
        ["undo", "."],
        ["diagnose", ".", "--format", "xml"],
        ["diagnose", ".", "--scenario", "four"],
        ["diagnose", ".", "--no-such-option"],
        ["diagnose", "{case}", "--scenario", "7"],
        ["diagnose", "{case}", "--scenario", "0"],
        ["diagnose", "{case}", "--pvo-port", "0"],
        ["diagnose", "{case}", "--pvo-port", "65536"],
        ["diagnose", "{case}", "--role", "mx.example.com"],
        ["diagnose", "{case}", "--role", "mx.example.com=wsa"],
        ["diagnose", "{case}", "--role", "=esa"],
        ["diagnose", "{case}", "--out", "{case}/no/such/folder/out.txt"],
        ["diagnose", "{case}", "--out", "{case}"],
    ],
    ids=" ".join,
)
def test_a_usage_error_is_2_with_empty_output(run, argv):
    case = str(pvo.example("technote"))
    done = run(*(word.replace("{case}", case) for word in argv))
    assert (done.code, done.out) == (2, "")
    assert done.err.strip()


# Options


def test_scenario_asks_for_some_in_their_order(run):
    done = run("diagnose", pvo.example("technote"), "--scenario", 4, "--scenario", 2,
               "--format", "json")  # fmt: skip
    assert [found["scenario"] for found in done.document["findings"]] == [2, 4]
    assert done.code == 1
    assert run("diagnose", pvo.example("technote"), "--scenario", 1).code == 0
    assert run("diagnose", pvo.example("technote"), "--scenario", 5).code == 3


def test_json_is_that_of_the_python_interface(run):
    path = pvo.example("two-faults")
    done = run("diagnose", path, "--format", "json")
    assert done.out == pvo.diagnose(pvo.load(path)).to_json()
    laws.shape(done.document)


def test_text_is_the_default_and_that_of_repr(run):
    path = pvo.example("two-faults")
    assert run("diagnose", path).out == repr(pvo.diagnose(pvo.load(path)))


@pytest.mark.parametrize("form", ["text", "json"])
def test_out_writes_the_same_to_a_file(run, tmp_path, form):
    path, out = pvo.example("technote"), tmp_path / "out file"
    told = run("diagnose", path, "--format", form).out
    done = run("diagnose", path, "--format", form, "--out", out)
    assert (done.code, done.out) == (1, "")
    assert out.read_bytes().decode("utf-8") == told


def test_role_overrules(run, tmp_path):
    folder = _folder(tmp_path, box_txt=OFFLINE.replace("sma.example.com", "box.example.com"))
    statuses = {
        role: run("diagnose", folder, "--format", "json", *role).statuses[0]
        for role in ((), ("--role", "box.example.com=sma"), ("--role", "BOX.example.com=ESA"))
    }
    assert list(statuses.values()) == ["unknown", "fail", "unknown"]
    done = run("diagnose", folder, "--format", "json", "--role", "box.example.com=sma")
    assert done.document["evidence"]["appliances"] == [
        {"host": "box.example.com", "role": "sma", "why": "given with --role"}
    ]


def test_pvo_port_decides_which_connections_count(run, tmp_path):
    folder = _folder(tmp_path, mail_log=FAILING)
    assert run("diagnose", folder, "--format", "json").statuses[3] == "unknown"
    done = run("diagnose", folder, "--format", "json", "--pvo-port", 7026)
    assert done.statuses[3] == "fail"
    assert done.code == 1


def test_year_dates_lines_without_one(run, tmp_path):
    bodies = [
        "New SMTP DCID 7 interface 10.1.1.1 address 10.1.1.2 port 7025",
        "DCID 7 TLS failed: verify error: no certificate from server",
        "New SMTP DCID 9 interface 10.1.1.1 address 10.1.1.2 port 7025",
        "DCID 9 TLS success protocol TLSv1.2 cipher AES256-SHA",
    ]
    lines = [f"Jun  4 09:0{at}:00 mx mail_logs: Info: {body}\n" for at, body in enumerate(bodies)]
    folder = _folder(tmp_path, mail_log="".join(lines))
    words = ("diagnose", folder, "--format", "json")
    assert run(*words).document["findings"][3]["resolved_at"] is None
    assert run(*words, "--year", 2023).document["findings"][3]["resolved_at"] == (
        "2023-06-04T09:03:00Z"
    )


def test_several_paths_are_one_escalation(run, tmp_path):
    case = pvo.example("two-faults")
    done = run("diagnose", case / "esa", case / "sma.txt", "--format", "json")
    assert done.statuses == run("diagnose", case, "--format", "json").statuses
    names = [entry["file"] for entry in done.document["evidence"]["files"]]
    assert "esa/session.txt" in names
    assert all(name.split("/")[0] in ("esa", "sma.txt") for name in names)


def test_standard_input_is_text_or_an_archive(run, tmp_path):
    for stdin in (OFFLINE.encode(), OFFLINE.encode("utf-16"), gzip.compress(OFFLINE.encode())):
        done = run("diagnose", "-", "--format", "json", stdin=stdin)
        assert done.code == 1
        assert done.statuses[0] == "fail"
        assert {cited["file"] for cited in done.document["findings"][0]["citations"]} == {"-"}
    done = run("diagnose", "-", stdin=b"")
    assert (done.code, done.out) == (2, "")


def test_a_single_file_is_cited_by_its_name(run, tmp_path):
    folder = _folder(tmp_path, sma_txt=OFFLINE)
    done = run("diagnose", folder / "sma.txt", "--format", "json")
    assert done.document["findings"][0]["citations"][-1] == {
        "file": "sma.txt", "line": 4, "text": "System status:                 Offline",
    }  # fmt: skip


def test_verbose_says_more_on_standard_error_only(run):
    path = pvo.example("technote")
    quiet, loud = run("diagnose", path), run("diagnose", path, "-v")
    assert quiet.out == loud.out
    assert quiet.err == ""
    assert "technote" in loud.err


def test_commands_prints_the_catalog(run):
    done = run("commands")
    assert done.code == 0
    lines = done.out.splitlines()
    assert len(lines) == len(COMMANDS) + 1
    for command in COMMANDS:
        assert any(line.startswith(f"{command.typed} ") for line in lines)


def test_version_and_help(run):
    assert run("--version").out == f"pvo-kit {pvo.__version__}\n"
    assert run("--version").code == 0
    assert "diagnose" in run("--help").out
    assert "Exit codes" in run("diagnose", "--help").out


def test_a_process_of_its_own_reads_its_standard_input():
    done = subprocess.run(
        [sys.executable, "-m", "pvo_kit", "diagnose", "-", "--format", "json"],
        input=OFFLINE.encode(), capture_output=True,
    )  # fmt: skip
    assert done.returncode == 1
    assert done.stderr == b""
    laws.shape(json.loads(done.stdout.decode("utf-8")))


# Bad input: nothing can be read


def test_a_missing_path(refused, tmp_path):
    refused(tmp_path / "no-such-folder", "no-such-folder")


def test_an_empty_folder(refused, tmp_path):
    (tmp_path / "nothing in it").mkdir()
    refused(tmp_path / "nothing in it", "nothing in it")


def test_only_binary_files(refused, tmp_path):
    folder = _folder(tmp_path, mail_log=BINARY, picture_png=b"\x89PNG\r\n\x1a\n" + BINARY)
    refused(folder, "mail.log", "picture.png", "binary", "picture")


def test_an_empty_file(refused, tmp_path):
    refused(_folder(tmp_path, mail_log=b"") / "mail.log", "mail.log")


@pytest.mark.parametrize(("form", "kept"), [("zip", 36), ("tar", 300), ("tar.gz", 40), ("gz", 10)])
def test_a_damaged_archive_of_which_nothing_is_left(refused, tmp_path, form, kept):
    data = _archive({"sma.txt": OFFLINE.encode(), "x": bytes(1000)}, form)
    (tmp_path / f"upload.{form}").write_bytes(data[:kept])
    refused(tmp_path / f"upload.{form}", f"upload.{form}")


def test_an_encrypted_zip(refused, tmp_path):
    (tmp_path / "secret.zip").write_bytes(_encrypted({"sma.txt": OFFLINE.encode()}))
    refused(tmp_path / "secret.zip", "sma.txt", "encrypted", "password")


def test_archives_too_deep(run, tmp_path):
    data = _archive({"sma.txt": OFFLINE.encode()}, "zip")
    for _ in range(3):
        data = _archive({"inner.zip": data}, "zip")
    (tmp_path / "three.zip").write_bytes(data)
    assert run("diagnose", tmp_path / "three.zip").code == 1
    (tmp_path / "four.zip").write_bytes(_archive({"inner.zip": data}, "zip"))
    done = run("diagnose", tmp_path / "four.zip")
    assert (done.code, done.out) == (2, "")
    _is_told(done.err, "inner.zip", "deep")
    assert run("diagnose", tmp_path / "four.zip", "--max-depth", 4).code == 1


def test_a_member_that_expands_like_a_bomb(run, tmp_path):
    (tmp_path / "bomb.zip").write_bytes(_archive({"zeros.log": bytes(66 << 20)}, "zip"))
    done = run("diagnose", tmp_path / "bomb.zip")
    assert (done.code, done.out) == (2, "")
    _is_told(done.err, "zeros.log", "200 times")


def test_an_archive_with_too_many_members(run, tmp_path):
    members = {f"{number}.txt": OFFLINE.encode() for number in range(9)}
    (tmp_path / "many.zip").write_bytes(_archive(members, "zip"))
    done = run("diagnose", tmp_path / "many.zip", "--max-members", 5)
    assert done.code == 1  # what came before the limit is diagnosed
    _is_told(done.err, "many.zip")
    assert run("diagnose", tmp_path / "many.zip").err == ""


def test_an_archive_that_is_too_large_unpacked(tmp_path):
    (tmp_path / "large.zip").write_bytes(_archive({"zeros.log": bytes(1 << 20)}, "zip"))
    with pytest.raises(pvo.InputError, match=r"large\.zip|zeros\.log") as caught:
        pvo.load(tmp_path / "large.zip", limits=Limits(total_bytes=1 << 16))
    _is_told(str(caught.value))
    with pytest.raises(pvo.InputError, match="5 times"):
        pvo.load(tmp_path / "large.zip", limits=Limits(ratio=5, free_bytes=1 << 16))


# Bad input: the rest is diagnosed and the damage is listed


def _archive(members, form):
    """Return an archive; a member's content is bytes, or a TarInfo for something special."""
    if form == "gz":
        return gzip.compress(next(iter(members.values())), mtime=0)
    buffer = io.BytesIO()
    if form == "zip":
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, data in members.items():
                archive.writestr(name, data)
        return buffer.getvalue()
    with tarfile.open(fileobj=buffer, mode="w:gz" if form == "tar.gz" else "w") as archive:
        for name, data in members.items():
            if isinstance(data, bytes):
                info = tarfile.TarInfo(name)
                info.size = len(data)
                archive.addfile(info, io.BytesIO(data))
            else:
                archive.addfile(data)
    return buffer.getvalue()


def _encrypted(members):
    """Return a zip whose members say that they are encrypted (bit 0 of the flags)."""
    data = bytearray(_archive(members, "zip"))
    for magic, place in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        found = data.find(magic)
        while found >= 0:
            [flags] = struct.unpack_from("<H", data, found + place)
            struct.pack_into("<H", data, found + place, flags | 1)
            found = data.find(magic, found + 4)
    return bytes(data)


def _special(name, kind, target=""):
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, target
    return info


BROKEN = {
    "a binary file named .log": ({"mail.log": BINARY}, ["mail.log", "binary"]),
    "a truncated zip": (
        {"cut.zip": _archive({"a.txt": bytes(999), "b.txt": b"x"}, "zip")[:60]},
        ["cut.zip"],
    ),
    "an encrypted zip": ({"secret.zip": _encrypted({"a.txt": b"hello"})}, ["secret.zip/a.txt"]),
    "a gzip that is cut": (
        {"old.log.gz": gzip.compress(BINARY * 50, mtime=0)[:-200]},
        ["old.log.gz"],
    ),
    "a tar that is cut": (
        {"old.tar": _archive({"a.txt": b"text\n" * 400}, "tar")[:1200]},
        ["old.tar"],
    ),
    "a path that leaves a zip": (
        {"out.zip": _archive({"../../etc/cron.d/x": b"text"}, "zip")},
        ["out.zip", "leads out"],
    ),
    "an absolute path in a tar": (
        {"out.tar": _archive({"/etc/passwd": b"text"}, "tar")},
        ["out.tar", "leads out"],
    ),
    "a link in a tar": (
        {"link.tar": _archive({"l": _special("mail.log", tarfile.SYMTYPE, "/etc/passwd")}, "tar")},
        ["link.tar/mail.log", "is a link"],
    ),
    "a hard link in a tar": (
        {"link.tar": _archive({"l": _special("mail.log", tarfile.LNKTYPE, "x")}, "tar")},
        ["link.tar/mail.log", "is a link"],
    ),
    "a device in a tar": (
        {"dev.tar": _archive({"d": _special("mail.log", tarfile.CHRTYPE)}, "tar")},
        ["dev.tar/mail.log", "device"],
    ),
    "a pipe in a tar.gz": (
        {"dev.tgz": _archive({"d": _special("mail.log", tarfile.FIFOTYPE)}, "tar.gz")},
        ["dev.tgz/mail.log", "pipe"],
    ),
    "archives too deep": (
        {"a.zip": _archive({"b.zip": _archive({"c.zip": _archive({"d.zip": _archive(
            {"x": b"x"}, "zip")}, "zip")}, "zip")}, "zip")},
        ["a.zip/b.zip/c.zip/d.zip", "deep"],
    ),
    "an office document": (
        {"report.docx": _archive({"[Content_Types].xml": b"<x/>", "word/a.xml": b""}, "zip")},
        ["report.docx", "Office"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_beside_what_is_broken_the_rest_is_diagnosed(run, tmp_path, name):
    files, words = BROKEN[name]
    folder = _folder(tmp_path, sma_txt=OFFLINE)
    for file, data in files.items():
        (folder / file).write_bytes(data)
    done = run("diagnose", folder, "--format", "json")
    assert done.code == 1
    assert done.statuses[0] == "fail"
    told = [f"{entry['file']} {entry['reason']}" for entry in done.document["evidence"]["files"]
            if entry["reason"]]  # fmt: skip
    assert any(all(word in line for word in words) for line in told), told
    for line in told:
        _is_told(line)
    text = run("diagnose", folder)
    assert words[0] in text.out
    if name not in ("a binary file named .log",):
        assert words[0] in text.err, "damage is a warning too"
    assert sorted(entry.name for entry in folder.iterdir()) == sorted(["sma.txt", *files])


def test_nothing_is_written_outside_and_beside(run, tmp_path):
    (tmp_path / "inner").mkdir()
    names = ("../outside.txt", "..\\outside.txt", f"{tmp_path}/outside.txt", "C:\\outside.txt")
    (tmp_path / "inner" / "a.zip").write_bytes(_archive(dict.fromkeys(names, b"x\n" * 99), "zip"))
    run("diagnose", tmp_path / "inner" / "a.zip")
    assert sorted(entry.name for entry in tmp_path.rglob("*")) == ["a.zip", "inner"]


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")
def test_links_in_a_folder_are_not_followed(run, tmp_path):
    folder = _folder(tmp_path, sma_txt=OFFLINE)
    (folder / "away.log").symlink_to("/etc/passwd")
    (folder / "round").symlink_to(folder)
    done = run("diagnose", folder, "--format", "json")
    files = {entry["file"]: entry["reason"] for entry in done.document["evidence"]["files"]}
    assert set(files) == {"away.log", "round", "sma.txt"}
    assert "is a link" in files["away.log"]


def test_a_missing_path_beside_a_good_one_is_told(run, tmp_path):
    folder = _folder(tmp_path, sma_txt=OFFLINE)
    done = run("diagnose", folder, tmp_path / "no-such.log")
    assert done.code == 1
    _is_told(done.err, "no-such.log")


# Hostile input

HOSTILE = (
    "sma.example.com> status\x1b]0;owned\x07\n"
    "\n"
    "System status:                 Off\x1b[31mline\x1b[0m\x1b[2J\n"
    "Oldest Message:                No \u202eMessages\u2066 <script>alert(1)</script>\n"
    "sma.example.com> who\u200bami\n"
    "\n"
    "Username: <img src=x onerror=alert(1)>\n"
    "Groups: operators\x9b31m, \u2028=cmd|' /C calc'!A0\n"
    "sma.example.com> frob\u202enicate <b>\n"
    "sma.example.com>\n"
)


@pytest.mark.parametrize("form", ["text", "md"])
def test_hostile_evidence_steers_no_terminal(run, tmp_path, form):
    done = run("diagnose", _folder(tmp_path, evil_txt=HOSTILE), "--format", form)
    assert done.code == 1
    laws.assert_plain(done.out)
    laws.assert_plain(done.err)
    assert "1  FAIL" in done.out or form == "md"


def test_hostile_evidence_is_only_text_in_html(run, tmp_path):
    done = run("diagnose", _folder(tmp_path, evil_txt=HOSTILE), "--format", "html")
    for tag in ("<script>alert", "<img src=x"):
        assert tag not in done.out
    laws.assert_plain(done.out)


def test_hostile_names_of_files_steer_no_terminal(run, tmp_path):
    names = ("\x1b[2Jred.txt", "a\u202etxt.exe", "<script>alert(1)<.txt", "new\nline.txt")
    data = _archive({**dict.fromkeys(names, OFFLINE.encode()), "b\x07.log": BINARY}, "zip")
    (tmp_path / "a.zip").write_bytes(data)
    for form in ("text", "html", "md"):
        done = run("diagnose", tmp_path / "a.zip", "--format", form)
        assert done.code == 1
        laws.assert_plain(done.out)
        laws.assert_plain(done.err)
        assert "<script>alert" not in (done.out if form == "html" else "")


def test_hostile_evidence_is_kept_as_it_stands_in_json(run, tmp_path):
    folder = _folder(tmp_path, evil_txt=HOSTILE)
    done = run("diagnose", folder, "--format", "json")
    laws.shape(done.document)
    laws.lawful(pvo.diagnose(pvo.load(folder)), laws.decoded(folder))
