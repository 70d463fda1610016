"""Redaction of whole escalations: what is refused, what is written, and the two laws on every case.

The laws are checked here by code that shares nothing with the kit's own check: the map of names
turns the original's JSON into what the copy's must be.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import os
import re
import shutil
import tarfile
import textwrap
import zipfile
from pathlib import Path

import laws
import pytest
import test_cases
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import pvo_kit as pvo
from pvo_kit import seal, text
from pvo_kit.cli import main
from pvo_kit.collect import manifest
from pvo_kit.redaction import keys, leaks, running, texts
from pvo_kit.redaction.names import Names
from pvo_kit.report import pages

KEY = b"a key of tests only, never more."
CASES = laws.cases(pvo.example("technote").parent)
SHARED = Path(__file__).resolve().parents[2] / "shared"
AT_HAND = [path for folder in ("seed", "real") for path in sorted((SHARED / folder).glob("*.*"))]

each_case = pytest.mark.parametrize("case", CASES, ids=str)


# The laws, checked independently


def lawful(paths, folder, key=KEY):
    """Redact, check both laws and return the folder of the copy, the map and the report."""
    out, map_file = folder / "out", folder / "map.json"
    done = pvo.redact(paths, out, key, map_file)
    names = json.loads(map_file.read_text(encoding="utf-8"))["names"]
    given = paths if isinstance(paths, list) else [paths]
    nothing_is_left(out, names)
    the_same_story(pvo.load(*given), pvo.load(out), names)
    return out, names, done


def nothing_is_left(out, names):
    """Law 1: no original value stands anywhere in the copy as a whole token."""
    texts = list(laws.unpacked(out))
    for data in _written(out):
        texts += [data.decode(encoding, "replace") for encoding in ("utf-8", "utf-16", "cp932")]
    whole = "\n".join(texts).lower()
    new = {name.lower() for kind in names.values() for name in kind.values()}
    kinds = ("address", "host", "user", "serial number", "subject", "name", "attachment name")
    for kind in kinds:
        for value in names.get(kind, {}):
            if leaks.is_secret(value) and value.lower() not in new:
                token = rf"(?<![\w.-]){re.escape(value.lower())}(?![\w-])(?!\.\w)"
                assert not re.search(token, whole), f"{kind} {value} is left"


def _written(out):
    """What was written; the seal without its keys, since a host may be called ``mark`` too."""
    for file, data in laws.unpacked(out).items():
        yield re.sub(rb'"[a-z_ ]+":', b"", data) if file == seal.FILE else data


def the_same_story(before, after, names):
    """Law 2: the findings are equal, word by word, once the old names are replaced by the new."""
    assert after.redacted
    assert not before.redacted
    old, new = (json.loads(pvo.diagnose(each).to_json()) for each in (before, after))
    paths = names.get("path", {})
    expected = json.loads(json.dumps(old["findings"]))
    for finding in expected:
        for cited in finding["citations"]:
            cited["file"] = paths.get(cited["file"], cited["file"])
    texts = {(file, number): line for file, lines in after.lines.items()
             for number, line in lines.items()}  # fmt: skip
    for mine, other in zip(new["findings"], expected, strict=True):
        for cited in mine["citations"]:
            known = texts.get((cited["file"], cited["line"]), cited["text"])
            assert known == cited["text"]
        _equal(_without_text(other), _without_text(mine), names)
    _equal(old["evidence"]["appliances"], new["evidence"]["appliances"], names)
    assert [(paths.get(each["file"], each["file"]), each["kind"], each["lines"])
            for each in old["evidence"]["files"]] == [
        (each["file"], each["kind"], each["lines"]) for each in new["evidence"]["files"]
    ]  # fmt: skip


def _without_text(finding):
    cited = [(each["file"], each["line"]) for each in finding["citations"]]
    return json.loads(json.dumps({**finding, "citations": cited}))


def _equal(old, new, names):
    """Check that a value is the same but for names; a name may be a word of the kit's own too."""
    if isinstance(old, dict):
        assert set(old) == set(new)
        for key in old:
            _equal(old[key], new[key], names)
    elif isinstance(old, list):
        assert len(old) == len(new)
        for one, other in zip(old, new, strict=True):
            _equal(one, other, names)
    elif isinstance(old, str):
        words = zip(old.split(), _renamed(old, names).split(), new.split(), strict=True)
        assert all(mine in (word, renamed) for word, renamed, mine in words), f"{old!r} {new!r}"
    else:
        assert old == new


def _renamed(text, names):
    table = {old.lower(): new for kind in ("address", "network", "host", "user", "serial number")
             for old, new in names.get(kind, {}).items()}  # fmt: skip
    exact, words = names.get("name", {}), names.get("word", {})
    forms = [rf"(?<![\w.-])(?:{_any({*table, *exact})})(?![\w-])(?!\.\w)",
             rf"(?<![A-Za-z0-9])(?:{_any(words)})(?![A-Za-z0-9])"]  # fmt: skip
    found = re.compile("|".join(forms), re.IGNORECASE)
    every = {**table, **words, **exact}
    return found.sub(
        lambda match: every.get(match[0]) or every.get(match[0].lower(), match[0]), text
    )


def _any(values):
    """A pattern of these values, the longest first; one that nothing matches where none is."""
    longest = sorted(values, key=lambda old: (-len(old), old))
    return "|".join(map(re.escape, longest)) or "(?!)"


@each_case
def test_a_copy_names_nobody_and_tells_the_same_story(case, tmp_path):
    before = _snapshot(case.path)
    out, _, done = lawful(case.path, tmp_path)
    assert _snapshot(case.path) == before, "the input was changed"
    assert sorted(each.name for each in tmp_path.iterdir()) == ["map.json", "out"]
    assert done.folder == out
    assert done.evidence_hash == pvo.load(out).hash
    assert sum(map(len, done.counts.values())) > 0


@pytest.mark.parametrize("change", test_cases.CHANGES)
def test_the_laws_hold_in_whatever_form_a_case_comes(change, tmp_path):
    # A third of the cases in each form; over all forms every case has its turn.
    for case in CASES[list(test_cases.CHANGES).index(change) % 3 :: 3]:
        files = test_cases.CHANGES[change](laws.unpacked(case.path))
        folder = tmp_path / case.path.name
        folder.mkdir()
        test_cases._written(files, folder / "in")
        lawful(folder / "in", folder)


@pytest.mark.parametrize("path", AT_HAND, ids=lambda path: path.name)
def test_the_laws_hold_for_a_real_log_and_the_technote(path, tmp_path):
    lawful(path, tmp_path)


CAPTURES = Path(__file__).parent / "captures"


@pytest.mark.parametrize(
    "folder", sorted(each.name for each in CAPTURES.iterdir() if each.is_dir())
)
def test_the_laws_hold_for_every_command(folder, tmp_path):
    for number, file in enumerate(sorted((CAPTURES / folder).glob("*.txt"))):
        (tmp_path / str(number)).mkdir()
        lawful(file, tmp_path / str(number))


# The laws on generated cases

LETTERS = "abcdefghijklmnopqrstuvwxyz"
labels = st.from_regex(r"[a-z][a-z0-9]{2,8}(-[a-z0-9]{1,4})?", fullmatch=True)
words = st.from_regex(r"[A-Z][a-z]{3,9}", fullmatch=True)
address = st.one_of(
    st.tuples(st.just(10), *[st.integers(0, 255)] * 2, st.integers(1, 254)),
    st.tuples(st.just(172), st.integers(16, 31), st.integers(0, 255), st.integers(1, 254)),
    st.tuples(st.integers(11, 126), *[st.integers(0, 255)] * 2, st.integers(1, 254)),
).map(lambda octets: ".".join(map(str, octets)))
suffixes = st.sampled_from(["com", "co.jp", "de", "local", "intern"])

SESSION = """\
Hello {person},
here is what we have at {company}. Please call {phone}.

{box}> whoami

Username: {user}
Full Name: {person}
Groups: Administrators

{box}> deliveryconfig

Default interface to deliver mail: {interface}

Choose the operation you want to perform:
- SETUP - Configure mail delivery.
[]>

{box}> telnet

Please select which interface you want to telnet from.
1. Auto
2. {interface} ({own}/24: {box})
[1]> 2

Enter the remote hostname or IP address.
[]> {other}

Enter the remote port.
[25]> 7025

Trying {other}...
telnet: connect to address {other}: Operation timed out
telnet: Unable to connect to remote host

{box}> version

Product: Cisco C300V Email Security Virtual Appliance
Model: C300V
Version: 14.2.0-620
Serial #: {serial}

(Machine {box})> clustermode cluster; clusterconfig list

Cluster {cluster}
============
Group {group}:
    Machine {box} (Serial #: {serial})
    Machine {sister} (Serial #: {serial})

(Cluster {cluster})> exit

Regards, {user} ({person} at {company})
"""

LOG = """\
New SMTP ICID 88214 interface {interface} ({own}) address {other} reverse dns host {sister} verified yes
MID 12 ICID 88214 From: <{user}@{domain}>
MID 12 Subject '{company} for {person}: {phone}'
MID 12 attachment '{company} {person}.pdf'
New SMTP DCID 5 interface {own} address {other} port 7025
Delivery start DCID 5 MID 12 to RID [0]
DCID 5 TLS success protocol TLSv1.2 cipher ADH-AES256-GCM-SHA384 the.cpq.host
DCID 5 TLS failed: verify error: no certificate from server
DCID 5 TLS failed: {reason}
Connection Error: DCID 5 domain: the.cpq.host IP: {other} port: 7025 details: [Errno 60] Operation timed out interface: {own} reason: connection timed out
Something about {company} that nobody knows: {other}.
Nobody at {sister} told {user}@{domain} or {person} why the {company} of {other} is {box}
DCID 5 close
"""  # noqa: E501

PRINTED = """

{box}> grep -e 7025 mail_logs

{log}
{box}> exit"""

HEADS = {
    "plain": "Mon Apr  7 15:48:42 2014 Info: ",
    "level": "Info: ",
    "syslog": "Apr  7 15:48:42 {short} mail_logs: Info: ",
    "priority": "<94>Apr  7 15:48:42 {short} mail_logs: Info: ",
    "ISO": "2014-04-07T15:48:42+02:00 {short} mail_logs: Info: ",
    "nested": "Apr  7 15:48:43 relay mail_logs: Apr  7 15:48:42 2014 {short} mail_logs: Info: ",
}

ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "cp932", "latin-1")


REASONS = (
    "verify error: unable to get local issuer certificate",
    "verify error: hostname mismatch (CN: {sister})",
    "(336151568, 'error:14094410:SSL routines:ssl3_read_bytes:sslv3 alert handshake failure')",
    "network error",
)


def _wrapped(line):
    """Wrap a line as a mail program does: at blanks only."""
    return textwrap.wrap(line, 72, break_on_hyphens=False, break_long_words=False)


@st.composite
def made_logs(draw, values):
    """A log in one of the header forms: whole, cut by a terminal, or wrapped by a mail program.

    With it comes whether the terminal cut its headers too.
    """
    head = HEADS[draw(st.sampled_from(sorted(HEADS)))].format(**values)
    reason = draw(st.sampled_from(REASONS)).format(**values)
    bodies = LOG.format(**values, reason=reason).splitlines()
    if not draw(st.booleans()):
        chosen = draw(st.lists(st.sampled_from(bodies), min_size=1, max_size=8, unique=True))
        bodies = sorted(chosen, key=bodies.index)
    lines = [head + body for body in bodies]
    wrapped = draw(st.sampled_from(["whole", 80, 132, 80, "words"]))
    if isinstance(wrapped, int):
        lines = [line[at : at + wrapped] for line in lines for at in range(0, len(line), wrapped)]
    elif wrapped == "words":
        lines = [part for line in lines for part in _wrapped(line)]
    return "\n".join(lines) + "\n", isinstance(wrapped, int) and len(head.rstrip()) > wrapped


@st.composite
def escalations(draw):
    """The files of a made escalation, the values in it that are somebody's, and whether its log
    is one of which no header stands on one line.
    """
    domain = f"{draw(labels)}.{draw(suffixes)}"
    first, second = draw(st.lists(labels, min_size=2, max_size=2, unique=True))
    own, other = draw(st.lists(address, min_size=2, max_size=2, unique=True))
    values = {
        "domain": domain,
        "box": f"{first}.{domain}",
        "short": first,
        "sister": f"{second}.{domain}",
        "own": own,
        "other": other,
        "user": draw(labels),
        "person": f"{draw(words)} {draw(words)}",
        "company": draw(words),
        "cluster": draw(words),
        "group": draw(st.one_of(words, st.just("Main_Group"))),
        "interface": draw(st.one_of(words, st.sampled_from(["Data 1", "Management"]))),
        "serial": draw(st.from_regex("[0-9A-F]{12}-[0-9A-F]{7}", fullmatch=True)),
        "phone": draw(st.from_regex("0[0-9]{2}-[1-9][0-9]{3}-[1-9][0-9]{3}", fullmatch=True)),
    }
    log, is_head_cut = draw(made_logs(values))
    session = SESSION.format(**values)
    encoding = draw(st.sampled_from(ENCODINGS))
    greeting = {"cp932": "ご参考までに。\n", "latin-1": "Grüße\n"}.get(encoding, "")
    ending = draw(st.sampled_from(["\n", "\r\n"]))
    files = {}
    if draw(st.booleans()):
        files["mail_logs/mail.current"] = log.encode()
    else:
        is_head_cut = False  # the session's prompts tell what its file is
        session = session.replace("\n\nRegards", PRINTED.format(**values, log=log) + "\n\nRegards")
    files[f"{values['company']}/session of {values['user']}.txt"] = (
        (greeting + session).replace("\n", ending).encode(encoding)
    )
    return files, values, is_head_cut


def _packed(files, how, folder):
    """Write the files, as they are or in one of the archives that the kit reads."""
    folder.mkdir()
    if how == "gz":
        files = {f"{name}.gz": gzip.compress(data) for name, data in files.items()}
    if how in ("zip", "zip in a tar"):
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            for name, data in files.items():
                archive.writestr(name, data)
        files = {"upload.zip": packed.getvalue()}
    if how in ("tar.gz", "zip in a tar"):
        packed = io.BytesIO()
        with tarfile.open(fileobj=packed, mode="w:gz" if how == "tar.gz" else "w") as archive:
            for name, data in files.items():
                info = tarfile.TarInfo(name)
                info.size = len(data)
                archive.addfile(info, io.BytesIO(data))
        files = {"upload.tar": packed.getvalue()}
    return test_cases._written(files, folder)


_HOW = ("files", "gz", "zip", "tar.gz", "zip in a tar")


def _lawful_or_too_long(place, folder, key, *, is_head_cut):
    """Check both laws; None where the copy is refused, which only one kind of log may be.

    That lines are a log whose headers are cut is known by nothing but their width, so that such a
    line cannot be made longer. It must be said, and nothing be kept.
    """
    try:
        return lawful(place, folder, key)
    except pvo.InputError as refusal:
        if not is_head_cut or not TOO_LONG.search(str(refusal)):
            raise
    assert not (folder / "out").exists()
    return None


TOO_LONG = re.compile(r"files \d\.kind: mail_log before, unused after\); nothing is kept")


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(made=escalations(), how=st.sampled_from(_HOW), key=st.binary(min_size=32, max_size=32))
def test_the_laws_hold_for_made_escalations(made, how, key, tmp_path_factory):
    files, values, is_head_cut = made
    folder = tmp_path_factory.mktemp("made")
    place = _packed(files, how, folder / "in")
    copy = _lawful_or_too_long(place, folder, key, is_head_cut=is_head_cut)
    if copy is None:
        return
    out, names, _ = copy
    texts = list(laws.unpacked(out))
    texts += [laws.text_of(data) or "" for data in _written(out)]
    whole = "\n".join(texts)
    new = {name.lower() for kind in names.values() for name in kind.values()}
    for kind, value in values.items():
        for part in [value, *value.split()] if kind == "person" else [value]:
            if leaks.is_secret(part) and part.lower() not in new:
                token = rf"(?<![A-Za-z0-9]){re.escape(part)}(?![A-Za-z0-9])"
                assert not re.search(token, whole, re.I), f"{kind} {part} is left"
    if values["phone"] in "".join(laws.text_of(data) or "" for data in files.values()):
        assert values["phone"] not in whole
    shutil.rmtree(folder)


VALUES = {
    "domain": "contoso.de", "box": "mailgate-01.contoso.de", "short": "mailgate-01",
    "sister": "mx7.contoso.de", "own": "10.20.1.25", "other": "10.20.9.7", "user": "lholm",
    "person": "Lena Holm", "company": "Contoso", "cluster": "Nordost", "group": "Hafen",
    "interface": "Data 1", "serial": "564D2C0FFEE0-0000A1B", "phone": "030-1234-5678",
    "reason": "verify error: hostname mismatch (CN: mx7.contoso.de)",
}  # fmt: skip


def _cut(form, width, number, folder):
    """Write a case with a log that a terminal cut: whole (0), or one line of it alone.

    Where it is alone, nothing else tells that it is a log.
    """
    bodies = LOG.format(**VALUES).splitlines()
    chosen = bodies[number - 1 : number] if number else bodies
    lines = [HEADS[form].format(**VALUES) + body for body in chosen]
    cut = [line[at : at + width] for line in lines for at in range(0, len(line), width)]
    files = {"mail.current": "\n".join(cut).encode(), "a.txt": SESSION.format(**VALUES).encode()}
    return _packed(files, "files", folder / "in")


TOO_LONG_ALONE = ("nested", 80, 9)
CUTS = [(form, width, number) for form in HEADS for width in (80, 132)
        for number in range(len(LOG.splitlines()) + 1)]  # fmt: skip


@pytest.mark.parametrize(
    ("form", "width", "number"), [each for each in CUTS if each != TOO_LONG_ALONE]
)
def test_a_log_that_a_terminal_cut_tells_the_same_story(form, width, number, tmp_path):
    lawful(_cut(form, width, number, tmp_path), tmp_path)


def test_a_line_of_a_printed_log_that_is_not_known_is_free_text(tmp_path):
    log = "Mon Apr  7 15:48:42 2014 Info: Lena of Contoso, 030-1234-5678, knows why\nand Holm too"
    session = SESSION.format(**VALUES).replace("\n\nRegards", "{printed}\n\nRegards")
    text = session.format(printed=PRINTED.format(**VALUES, log=log)).encode()
    out, _, _ = lawful(_packed({"a.txt": text}, "files", tmp_path / "in"), tmp_path)
    copy = "\n".join(laws.text_of(data) for data in laws.unpacked(out).values())
    assert "Mon Apr  7 15:48:42 2014 Info: Xxxx of Xxxxxxx, 000-0000-0000, knows why\n" in copy


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("000-1900-2000", "000-0000-0000"),
        ("+49.40.2010.2525", "+00.00.0000.0000"),
        ("2019-2020", "2019-2020"),
        ("2024-03-12", "2024-03-12"),
        ("14.2.0-620", "14.2.0-000"),
    ],
)
def test_a_telephone_number_goes_whatever_its_groups_look_like(said, shown, tmp_path):
    text = f"Please call {said} now.\n\nmx.contoso.de> whoami\n\nUsername: lholm\n"
    (tmp_path / "ticket.txt").write_text(text)
    out, _, _ = lawful(tmp_path / "ticket.txt", tmp_path)
    (copy,) = (data for name, data in laws.unpacked(out).items() if name != seal.FILE)
    assert f" {shown} " in copy.decode()


def test_a_line_cut_within_its_header_and_too_long_to_be_cut_again_is_refused(tmp_path):
    place = _cut(*TOO_LONG_ALONE, tmp_path)
    assert _lawful_or_too_long(place, tmp_path, KEY, is_head_cut=True) is None


# What is written


def _snapshot(path):
    files = [path] if path.is_file() else sorted(each for each in path.rglob("*") if each.is_file())
    return {str(each): (each.stat().st_mtime_ns, each.read_bytes()) for each in files}


def _bytes(folder):
    return {each.relative_to(folder).as_posix(): each.read_bytes()
            for each in sorted(folder.rglob("*")) if each.is_file()}  # fmt: skip


@each_case
def test_the_same_key_gives_the_same_bytes(case, tmp_path):
    one = pvo.redact(case.path, tmp_path / "one", KEY)
    two = pvo.redact(case.path, tmp_path / "two", KEY)
    assert _bytes(tmp_path / "one") == _bytes(tmp_path / "two")
    assert one.evidence_hash == two.evidence_hash


def test_two_cases_under_one_key_call_a_host_alike_and_under_others_not(tmp_path):
    names = {}
    for name, key in (("healthy", KEY), ("resolved", KEY), ("sma-offline", b"0" * 32)):
        pvo.redact(pvo.example(name), tmp_path / name, key, tmp_path / f"{name}.json")
        table = json.loads((tmp_path / f"{name}.json").read_text(encoding="utf-8"))["names"]
        names[name] = table["host"]["mx.example.com"]
    assert names["healthy"] == names["resolved"] != names["sma-offline"]


def test_without_a_key_each_run_has_names_of_its_own(tmp_path):
    one, two = (pvo.redact(pvo.example("healthy"), tmp_path / each) for each in "ab")
    assert not one.lasting
    assert one.evidence_hash != two.evidence_hash
    assert "random" in one.text


def test_a_copy_of_a_copy_tells_the_same_story(tmp_path):
    pvo.redact(pvo.example("cluster-levels"), tmp_path / "once", KEY)
    again = pvo.redact(tmp_path / "once", tmp_path / "twice", b"2" * 32)
    assert seal.FILE not in again.counts
    assert {finding.status for finding in pvo.diagnose(pvo.load(tmp_path / "twice")).findings} == {
        finding.status for finding in pvo.diagnose(pvo.load(tmp_path / "once")).findings
    }


@pytest.mark.parametrize("form", ["folder", "zip", "two"])
def test_a_copy_that_was_changed_is_redacted_like_any_case(form, tmp_path):
    pvo.redact(pvo.example("resolved"), tmp_path / "once", KEY)
    (tmp_path / "once" / "more.txt").write_text("mx9.example.org> whoami\n\nUsername: carla\n")
    paths = [tmp_path / "once"]
    if form == "zip":
        paths = [Path(shutil.make_archive(str(tmp_path / "case"), "zip", tmp_path / "once"))]
    elif form == "two":
        paths.append(pvo.redact(pvo.example("healthy"), tmp_path / "beside", KEY).folder)
    done = pvo.redact(paths, tmp_path / "twice", b"2" * 32)
    evidence = pvo.load(tmp_path / "twice")
    assert evidence.redacted
    # The old seal is a report of the kit's and no evidence; there is one again, that fits.
    assert [path.name for path in done.folder.rglob("*.json")] == [seal.FILE]
    assert not done.left_out
    before = pvo.diagnose(pvo.load(*paths))
    assert [each.status for each in pvo.diagnose(evidence).findings] == [
        each.status for each in before.findings
    ]
    assert b"carla" not in b"".join(
        path.read_bytes() for path in done.folder.rglob("*") if path.is_file()
    )


def test_archives_stay_archives_and_a_path_that_is_one_becomes_a_folder(tmp_path):
    files = {"mail.current": b"Info: New SMTP DCID 5 interface 10.1.1.1 address 10.2.2.2 port 25\n"}
    for how, name, magic in (
        ("zip", "upload.zip", b"PK\3\4"),
        ("tar.gz", "upload.tar", b"\x1f\x8b"),
        ("gz", "mail.current.gz", b"\x1f\x8b"),
    ):
        place = _packed(files, how, tmp_path / how)
        pvo.redact(place, tmp_path / f"{how} out", KEY)
        assert (tmp_path / f"{how} out" / name).read_bytes().startswith(magic)
        pvo.redact(place / name, tmp_path / f"{how} alone", KEY)
        assert (tmp_path / f"{how} alone" / files.popitem()[0]).exists() or how == "gz"
        files = {"mail.current": b"Info: DCID 5 close\n"}


def test_times_and_owners_of_archives_do_not_go_along(tmp_path):
    place = _packed({"mail.current": b"Info: DCID 5 close\n"}, "zip in a tar", tmp_path / "in")
    pvo.redact(place, tmp_path / "out", KEY)
    with tarfile.open(tmp_path / "out" / "upload.tar") as archive:
        [info] = archive
        assert (info.mtime, info.uid, info.uname) == (0, 0, "")
        inner = archive.extractfile(info)
        assert inner
        with zipfile.ZipFile(io.BytesIO(inner.read())) as packed:
            assert [each.date_time for each in packed.infolist()] == [(1980, 1, 1, 0, 0, 0)]


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize(
    "ending", ["\n", "\r\n", "\r\r\n", "\r"], ids=["LF", "CRLF", "CRCRLF", "CR"]
)
def test_encoding_and_line_endings_stay(encoding, ending, tmp_path):
    greeting = {"cp932": "ご参考までに。", "latin-1": "Grüße"}.get(encoding, "Hello")
    text = f"{greeting}{ending}mx1.example.com> status{ending}{ending}System status: Online"
    (tmp_path / "a.txt").write_bytes(text.encode(encoding))
    pvo.redact(tmp_path / "a.txt", tmp_path / "out", KEY)
    data = (tmp_path / "out" / "a.txt").read_bytes()
    assert data.decode(encoding).count(ending) == 3
    before, after = pvo.load(tmp_path / "a.txt").files[0], pvo.load(tmp_path / "out").files[0]
    assert (before.encoding, before.lines) == (after.encoding, after.lines)


def test_what_is_no_text_leaves_its_kind_alone(tmp_path):
    shutil.copytree(pvo.example("too-little"), tmp_path / "in")
    done = pvo.redact(tmp_path / "in", tmp_path / "out", KEY)
    assert list(done.stubs) == ["screenshot.png"]
    assert (tmp_path / "out" / "screenshot.png").read_bytes() == b"\x89PNG\r\n\x1a\n"
    assert "screenshot.png" in done.text


@pytest.mark.parametrize("start", [b"jmuelle\0\1\2", b"Weber\1\2\3\4\5"])
def test_a_binary_file_that_begins_with_a_name_leaves_nothing_of_it(start):
    data = start * 50
    reason = text.detect(data, complete=True).reason
    assert "is a binary file" in reason
    left = texts.stub(data, reason)
    assert text.detect(left, complete=True).reason == reason
    assert not re.search(rb"[A-Za-z]{3}", left)


def test_what_was_typed_and_erased_again_goes(tmp_path):
    typed = "secretword" + "\b" * 10 + "status"
    line = f"mx1.example.com> {typed}\n\nSystem status: \x1b[1mOnline\x1b[0m\n"
    (tmp_path / "a.txt").write_text(line, encoding="utf-8")
    pvo.redact(tmp_path / "a.txt", tmp_path / "out", KEY)
    text = (tmp_path / "out" / "a.txt").read_text(encoding="utf-8")
    assert re.fullmatch(r"h-\w{8}\.d-\w{8}\.com> status\n\nSystem status: Online\n", text)


def test_a_saved_configuration_keeps_its_elements_and_loses_its_content(tmp_path):
    text = """<?xml version="1.0" encoding="ISO-8859-1"?>
<!DOCTYPE config SYSTEM "config.dtd">
<!--
Product: Cisco C100V Email Security Virtual Appliance
Version: 11.0.0-264
Serial Number: 564D0000AAAA-BBBBBB1
-->
<config>
<hostname>gateway7</hostname>
<user name="lholm"><full_name>Lars Holm</full_name><hash>$1$ab$Zyx81</hash></user>
<body>&#12354; MIIBIjANBgkq</body>
</config>
"""
    (tmp_path / "saved.xml").write_text(text, encoding="latin-1")
    out, _, _ = lawful(tmp_path / "saved.xml", tmp_path)
    new = (out / "saved.xml").read_text(encoding="latin-1")
    assert "<full_name>Xxxx Xxxx</full_name>" in new
    assert re.search("<hostname>h-.{8}</hostname>", new)
    assert "Cisco C100V Email Security Virtual Appliance" in new
    for secret in ("lholm", "Zyx81", "MIIBIj", "12354", "gateway7"):
        assert secret not in new


def test_observations_stay_good_and_name_nobody(tmp_path):
    text = """# for Ms Smith
[[observation]]
host = "sma7.contoso.com"
what = "service_status"
value = "Not active at \\u0043ontoso"
time = 2014-07-21T12:05:00Z
by = 'Jane Roe' # of Contoso
mood = "fine"
"""
    (tmp_path / "seen.toml").write_text(text, encoding="utf-8")
    out, _, _ = lawful(tmp_path / "seen.toml", tmp_path)
    [seen] = pvo.load(out).observations
    assert seen.what == "service_status"
    assert re.fullmatch(r"Not active at [A-Z][a-z]{6}", seen.value)
    new = next(out.glob("*.toml")).read_text(encoding="utf-8")
    for secret in ("Smith", "contoso", "jane", "roe", "u0043"):
        assert secret not in new.lower()


def test_subjects_and_attachments_are_replaced_whole(tmp_path):
    text = (
        "Info: MID 5 Subject 'Price list of Contoso for mail'\n"
        "Info: MID 6 Subject 'Price list of Contoso for mail'\n"
        "Info: MID 5 attachment 'Price list 2024.xlsx'\n"
        "Info: MID 5 Custom Log Entry: mail for Contoso\n"
        "Info: MID 5 ready 20 bytes from <a@contoso.com>\n"
    )
    (tmp_path / "mail.log").write_text(text, encoding="utf-8")
    out, _, _ = lawful(tmp_path / "mail.log", tmp_path)
    first, second, third, fourth, _ = (out / "mail.log").read_text(encoding="utf-8").splitlines()
    assert re.fullmatch(r"Info: MID 5 Subject 'subject-\w{8}'", first)
    assert second == first.replace("MID 5", "MID 6")
    assert re.fullmatch(r"Info: MID 5 attachment 'attachment-\w{8}\.xlsx'", third)
    assert re.fullmatch(r"Info: MID 5 Custom Log Entry: log-\w{8}", fourth)


# The seal


def test_a_copy_counts_as_redacted_until_anything_is_changed(tmp_path):
    out = pvo.redact(pvo.example("healthy"), tmp_path / "out", KEY).folder
    evidence = pvo.load(out)
    assert evidence.redacted
    assert seal.FILE not in {entry.file for entry in evidence.files}
    assert "UNREDACTED" not in pages.to_html(pvo.diagnose(evidence), evidence)
    (out / "note.txt").write_text("jane", encoding="utf-8")
    changed = pvo.load(out)
    assert not changed.redacted
    assert "UNREDACTED" in pages.to_html(pvo.diagnose(changed), changed)
    assert any(entry.file == seal.FILE and entry.reason for entry in changed.files)
    assert any(seal.FILE in told for told in changed.damage)


def test_a_copy_counts_as_redacted_in_archives_and_in_a_folder_of_its_own(tmp_path):
    out = pvo.redact(pvo.example("healthy"), tmp_path / "out", KEY).folder
    (tmp_path / "more").mkdir()
    shutil.copytree(out, tmp_path / "more" / "case")
    assert pvo.load(tmp_path / "more").redacted
    zipped = shutil.make_archive(str(tmp_path / "case"), "zip", out)
    assert pvo.load(zipped).redacted
    assert pvo.load(zipped).hash == pvo.load(out).hash
    (tmp_path / "more" / "beside.txt").write_text("jane", encoding="utf-8")
    assert not pvo.load(tmp_path / "more").redacted
    assert not pvo.load(out, pvo.example("healthy")).redacted


def test_a_report_in_the_folder_tells_what_was_done_and_no_original(tmp_path):
    done = pvo.redact(pvo.example("sma-offline"), tmp_path / "out", KEY)
    report = seal.read((tmp_path / "out" / seal.FILE).read_bytes())
    assert report
    assert report["evidence_hash"] == done.evidence_hash
    assert report["values"]["address"] == 5
    assert set(report["files"]) == {entry.file for entry in pvo.load(tmp_path / "out").files}
    assert "Data 1" in report["kept"]
    assert report["not_covered"]
    assert KEY.decode() not in json.dumps(report)


def test_another_json_is_no_seal():
    assert seal.read(b'{"pvo_kit redaction": 1}') is None
    assert seal.read(b'{\n  "pvo_kit redaction": 2\n}') is None
    assert seal.read(b'{\n  "pvo_kit redaction": 1,') is None


# What is refused; nothing is kept then


@pytest.fixture
def case(tmp_path):
    return Path(shutil.copytree(pvo.example("healthy"), tmp_path / "case"))


def _refused(capsys, *arguments):
    assert main(["redact", *map(str, arguments)]) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    return shown.err


def test_the_command_writes_a_copy_and_says_what_it_did(case, tmp_path, capsys):
    key = tmp_path / "key"
    key.write_bytes(b"0123456789abcdef0123")
    key.chmod(0o600)
    arguments = [str(case), "--out", str(tmp_path / "out"), "--key-file", str(key)]
    assert main(["redact", *arguments, "--map", str(tmp_path / "map")]) == 0
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "redacted and verified" in shown.err
    assert "not covered" in shown.err
    assert "mx.example.com" in (tmp_path / "map").read_text(encoding="utf-8")
    assert pvo.load(tmp_path / "out").redacted
    if os.name == "posix":
        assert (tmp_path / "map").stat().st_mode & 0o77 == 0


def test_without_a_key_file_the_command_says_that_the_key_is_gone(case, tmp_path, capsys):
    assert main(["redact", str(case), "--out", str(tmp_path / "out")]) == 0
    assert "random" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("out", "reason"),
    [
        ("case/out", "lies in case"),
        ("case", "lies in case"),
        (".", "lies in"),
        ("file", "exists and is no untouched folder"),
        ("full", "exists and is no untouched folder"),
        ("none/out", "does not exist"),
    ],
)
def test_an_output_that_would_do_harm_is_refused(out, reason, case, tmp_path, capsys):
    (tmp_path / "file").write_text("mine", encoding="utf-8")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine.txt").write_text("mine", encoding="utf-8")
    before = _bytes(tmp_path)
    assert reason in _refused(capsys, case, "--out", tmp_path / out)
    assert _bytes(tmp_path) == before


def test_an_output_of_ours_is_replaced_unless_somebody_changed_it(case, tmp_path, capsys):
    out = tmp_path / "out"
    first = pvo.redact(case, out, KEY)
    second = pvo.redact(pvo.example("technote"), out, KEY)
    assert pvo.load(out).hash == second.evidence_hash != first.evidence_hash
    (out / "mine.txt").write_text("mine", encoding="utf-8")
    assert "no untouched folder" in _refused(capsys, case, "--out", out)
    assert (out / "mine.txt").exists()


def test_a_symbolic_link_does_not_lead_the_output_into_the_input(case, tmp_path, capsys):
    try:
        (tmp_path / "link").symlink_to(case, target_is_directory=True)
    except OSError:
        return  # a Windows that allows no links
    assert "lies in case" in _refused(capsys, case, "--out", tmp_path / "link" / "out")


@pytest.mark.parametrize(
    ("place", "reason"),
    [
        ("case/map", "never changed"),
        ("out/map", "must not go along"),
        ("taken", "is no map of pvo-kit"),
        ("none/map", "cannot be written"),
    ],
)
def test_a_map_is_written_nowhere_but_to_a_file_of_its_own(place, reason, case, tmp_path, capsys):
    (tmp_path / "taken").write_text("mine", encoding="utf-8")
    before = _bytes(tmp_path)
    told = _refused(capsys, case, "--out", tmp_path / "out", "--map", tmp_path / place)
    assert reason in told
    assert _bytes(tmp_path) == before


def test_a_map_of_ours_is_replaced(case, tmp_path):
    for name in ("one", "two"):
        pvo.redact(case, tmp_path / name, KEY, tmp_path / "map")
    assert json.loads((tmp_path / "map").read_text(encoding="utf-8"))["names"]["host"]


@pytest.mark.parametrize("place", ["case/key", "out/key"])
def test_a_key_in_the_input_or_the_output_is_refused(place, case, tmp_path, capsys):
    key = tmp_path / place
    key.parent.mkdir(exist_ok=True)
    key.write_bytes(b"0123456789abcdef0123")
    key.chmod(0o600)
    told = _refused(capsys, case, "--out", tmp_path / "out", "--key-file", key)
    assert "keep it elsewhere" in told


def test_standard_input_and_nothing_at_all_are_refused(tmp_path, capsys):
    assert "standard input" in _refused(capsys, "-", "--out", tmp_path / "out")
    (tmp_path / "empty").mkdir()
    assert "holds no file" in _refused(capsys, tmp_path / "empty", "--out", tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_value_that_is_left_keeps_nothing_and_is_not_told(case, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(running.tree.texts, "shown", lambda line: line)
    monkeypatch.setattr(running.Lines, "free", lambda _, text: text)
    (case / "note.txt").write_text("A. Kovac of mx.example.com was here", encoding="utf-8")
    told = _refused(capsys, case, "--out", tmp_path / "out", "--map", tmp_path / "map")
    assert "an original value of 5 letters would be left in line 1 of note.txt" in told
    assert "in a copy, and redact that" in told
    assert "kovac" not in told.lower()
    assert sorted(each.name for each in tmp_path.iterdir()) == ["case"]


def test_another_diagnosis_keeps_nothing(case, tmp_path, monkeypatch, capsys):
    told = running.Lines.told
    monkeypatch.setattr(
        running.Lines, "told", lambda self, text: told(self, text).replace("Online", "Offline")
    )
    assert "another one (findings 1.status)" in _refused(capsys, case, "--out", tmp_path / "out")
    assert sorted(each.name for each in tmp_path.iterdir()) == ["case"]


def test_a_full_disk_keeps_nothing_and_is_told(case, tmp_path, monkeypatch, capsys):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(running.tree, "_put", full)
    assert "No space left on device" in _refused(capsys, case, "--out", tmp_path / "out")
    assert sorted(each.name for each in tmp_path.iterdir()) == ["case"]


def test_a_file_that_changes_meanwhile_is_told(case, tmp_path, monkeypatch, capsys):
    put = running.tree._put

    def changing(path, content, told):
        put(path, content, told)
        (case / "observations.toml").write_text("# changed\n", encoding="utf-8")

    monkeypatch.setattr(running.tree, "_put", changing)
    assert "has changed meanwhile" in _refused(capsys, case, "--out", tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_new_names_that_fall_together_get_another_random_key(case, tmp_path, monkeypatch):
    tried = []
    word = running.Names.host

    def clashing(self, name):
        if self._key not in tried:
            tried.append(self._key)
        if len(tried) < 3:
            raise running.ClashError
        return word(self, name)

    monkeypatch.setattr(running.Names, "host", clashing)
    assert pvo.redact(case, tmp_path / "out").lasting is False
    assert len(tried) >= 3


def test_what_takes_longer_shows_a_bar_where_a_person_looks_on(case, tmp_path, monkeypatch, capsys):
    pvo.redact(case, tmp_path / "out", KEY)
    assert capsys.readouterr().err == ""
    monkeypatch.setattr("pvo_kit.progress.DELAY", 0.0)
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    pvo.redact(case, tmp_path / "two", KEY)
    shown = capsys.readouterr().err
    assert "redacting" in shown
    assert "checking" in shown


def test_what_cannot_be_read_is_left_out_and_told(tmp_path):
    shutil.copytree(pvo.example("healthy"), tmp_path / "in")
    with zipfile.ZipFile(tmp_path / "in" / "half.zip", "w") as archive:
        archive.writestr("mail.log", b"Info: DCID 5 close\n" * 100)
    whole = (tmp_path / "in" / "half.zip").read_bytes()
    (tmp_path / "in" / "half.zip").write_bytes(whole[:-30])
    done = pvo.redact(tmp_path / "in", tmp_path / "out", KEY)
    assert any(".zip" in name for name in done.left_out)
    assert "left out" in done.text


def _with_a_failure(path, entries):
    """Write a log of these entries, and behind them a delivery to the quarantine that fails."""
    failure = [
        "New SMTP DCID 5 interface 10.1.1.1 address 10.2.2.2 port 7025",
        "DCID 5 TLS failed: verify error: no certificate from server",
    ]
    lines = [f"Mon Apr  7 15:48:42 2014 Info: {entry}\n" for entry in [*entries, *failure]]
    path.write_text("".join(lines), encoding="utf-8")


def test_a_log_larger_than_memory_allows_is_read_line_by_line(tmp_path, monkeypatch):
    from pvo_kit import loading
    from pvo_kit.redaction import texts

    monkeypatch.setattr(loading, "WHOLE", 10_000)
    monkeypatch.setattr(texts, "WHOLE", 10_000)
    entries = [f"MID {n} ICID {n} From: <user{n}@contoso{n % 7}.com>" for n in range(2000)]
    _with_a_failure(tmp_path / "mail.log", entries)
    out, names, _ = lawful(tmp_path / "mail.log", tmp_path)
    assert len(names["user"]) == 2000
    assert "contoso" not in (out / "mail.log").read_text(encoding="utf-8")
    digest = hashlib.sha256((out / "mail.log").read_bytes()).hexdigest()
    assert pvo.load(out).files[0].digest == digest


def test_a_log_of_many_numbers_tells_the_same_story(tmp_path):
    """So many that the key gives some of them the same name of their form."""
    entries = [f"MID {n} ready {n * 317 + 2_000_000} bytes from <>" for n in range(12_000)]
    _with_a_failure(tmp_path / "mail.log", entries)
    _, names, _ = lawful(tmp_path / "mail.log", tmp_path)
    numbers = names["number"]
    assert len(set(numbers.values())) == len(numbers) == 12_000
    key = keys.given(KEY)
    assert len({Names(key).word(number) for number in numbers}) < 12_000  # each by itself


def _crowded(folder):
    """A log with so many addresses of one small range that new ones meet old ones."""
    lines = [f"Info: New SMTP DCID {n} interface 192.168.{n % 256}.{n % 251} address "
             f"192.168.{n * 7 % 256}.{n * 3 % 251} port 25\n" for n in range(1, 2000)]  # fmt: skip
    (folder / "mail.log").write_text("".join(lines), encoding="utf-8")
    return folder / "mail.log"


def test_new_addresses_that_are_old_ones_too_are_counted(tmp_path):
    done = pvo.redact(_crowded(tmp_path), tmp_path / "out", KEY)
    assert done.coincidences > 0
    assert f"original value here: {done.coincidences}" in done.text
    report = seal.read((tmp_path / "out" / seal.FILE).read_bytes())
    assert report
    assert report["coincidences"] == done.coincidences


def test_a_random_key_is_tried_again_where_new_addresses_meet_old_ones(tmp_path, monkeypatch):
    used = []
    fresh = running.keys.fresh

    def counted():
        used.append(fresh())
        return used[-1]

    monkeypatch.setattr(running.keys, "fresh", counted)
    assert pvo.redact(_crowded(tmp_path), tmp_path / "out").coincidences > 0
    assert len(used) == running.ATTEMPTS
    used.clear()
    monkeypatch.setattr(running, "MANY", 10)
    pvo.redact(tmp_path / "mail.log", tmp_path / "two")
    assert len(used) == 1


def test_a_copy_has_the_rights_of_any_new_folder(tmp_path):
    out = pvo.redact(pvo.example("healthy"), tmp_path / "out", KEY).folder
    (tmp_path / "any").mkdir()
    assert out.stat().st_mode == (tmp_path / "any").stat().st_mode


# Folders of a collection


@pytest.mark.parametrize("first", [manifest.MARK, manifest.CUT], ids=["manifest", "cut"])
def test_the_collectors_own_files_are_known_in_the_copy_too(tmp_path, first):
    folder = tmp_path / "got"
    folder.mkdir()
    (folder / "session.txt").write_text(
        "esa1.mallory.example.com> version\n\nVersion: 14.2.0-620\n", encoding="utf-8"
    )
    told = f'{{\n{first}\n  "host": "esa1.mallory.example.com"\n}}\n'
    told = told if first == manifest.MARK else f"{first}\n> esa1.mallory.example.com> status\n"
    (folder / "own.txt").write_text(told, encoding="utf-8")
    pvo.redact([folder], tmp_path / "copy", KEY)
    copied = [path.read_text(encoding="utf-8") for path in (tmp_path / "copy").glob("*.txt")]
    assert any(first in text for text in copied)
    assert not any("mallory" in text for text in copied)
