"""The collector's small parts: known hosts, routes, offers, targets, the folder."""

from __future__ import annotations

import io
import os
import struct
import sys
import threading
from pathlib import Path

import paramiko
import pytest
from hypothesis import given
from hypothesis import strategies as st
from paramiko.hostkeys import HostKeys

from pvo_kit.collect import offer, plan
from pvo_kit.collect.console import Terminal
from pvo_kit.collect.folder import Asked, Folder
from pvo_kit.collect.known_hosts import KnownHosts, fingerprint, host_name
from pvo_kit.collect.learnt import Learnt, learn
from pvo_kit.collect.proxy import ProxySocket
from pvo_kit.collect.route import resolve
from pvo_kit.collect.targets import Target, parse
from pvo_kit.errors import InputError

KEY, OTHER = paramiko.ECDSAKey.generate(), paramiko.ECDSAKey.generate()


# Known hosts


def trust(tmp_path, line, name="esa1.example.com", key=KEY):
    path = tmp_path / "known_hosts"
    path.write_text(line.format(key=f"{KEY.get_name()} {KEY.get_base64()}") + "\n")
    return KnownHosts([path], path).trust(name, key)[0]


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("esa1.example.com {key}", "known"),
        ("ESA1.example.com {key} a remark", "known"),
        ("a.example.com,esa1.example.com {key}", "known"),
        ("*.example.com {key}", "known"),
        ("esa?.example.com {key}", "known"),
        ("*.example.com,!esa1.example.com {key}", "unknown"),
        ("!esa1.example.com,*.example.com {key}", "unknown"),
        ("[esa1.example.com]:22 {key}", "unknown"),
        ("[esa1.example.com]:2222 {key}", "unknown"),
        ("esa1.example.com.evil.example.com {key}", "unknown"),
        ("@revoked esa1.example.com {key}", "revoked"),
        ("@cert-authority *.example.com {key}", "unknown"),
        ("# esa1.example.com {key}", "unknown"),
        ("esa1.example.com ssh-dss AAAAB3NzaC1kc3MAAACB", "unknown"),
        ("esa1.example.com ecdsa-sha2-nistp256 !!!", "unknown"),
        ("esa1.example.com", "unknown"),
        ("", "unknown"),
    ],
)
def test_a_line_of_known_hosts_means_what_openssh_says(tmp_path, line, told):
    assert trust(tmp_path, line) == told


def test_a_hashed_name_is_found(tmp_path):
    hashed = HostKeys.hash_host("[esa1.example.com]:2222")
    assert trust(tmp_path, hashed + " {key}", "[esa1.example.com]:2222") == "known"
    assert trust(tmp_path, hashed + " {key}") == "unknown"


def test_another_key_is_a_changed_one_whatever_lines_come_after(tmp_path):
    assert trust(tmp_path, "esa1.example.com {key}", key=OTHER) == "changed"
    two = f"esa1.example.com {{key}}\n*.example.com {OTHER.get_name()} {OTHER.get_base64()}"
    assert trust(tmp_path, two, key=OTHER) == "known"


def test_a_revoked_key_stays_revoked_beside_a_trusted_line(tmp_path):
    assert trust(tmp_path, "@revoked * {key}\nesa1.example.com {key}") == "revoked"
    assert trust(tmp_path, "esa1.example.com {key}\n@revoked * {key}") == "revoked"


@given(st.text(max_size=80))
def test_no_text_in_known_hosts_breaks_the_reading_or_trusts_a_key(tmp_path_factory, text):
    path = tmp_path_factory.mktemp("known") / "known_hosts"
    path.write_text(text, encoding="utf-8", errors="replace")
    assert KnownHosts([path], path).trust("esa1.example.com", KEY)[0] == "unknown"


def test_an_entry_is_added_on_a_line_of_its_own(tmp_path):
    path = tmp_path / "new" / "known_hosts"
    known = KnownHosts([path], path)
    known.add("a.example.com", KEY)
    path.write_text(path.read_text().rstrip("\n"))
    known.add("b.example.com", OTHER)
    assert [line.split()[0] for line in path.read_text().splitlines()] == [
        "a.example.com",
        "b.example.com",
    ]
    again = KnownHosts([path], path)
    assert again.trust("b.example.com", OTHER) == ("known", "")


def test_a_fingerprint_is_ssh_keygens():
    assert fingerprint(KEY).startswith("SHA256:")
    assert fingerprint(KEY) == KEY.fingerprint


@pytest.mark.parametrize(
    ("host", "port", "name"),
    [("ESA1.example.com", 22, "esa1.example.com"), ("192.0.2.1", 2222, "[192.0.2.1]:2222"),
     ("2001:db8::1", 22, "2001:db8::1")],
)  # fmt: skip
def test_a_hosts_name_in_the_file(host, port, name):
    assert host_name(host, port) == name


# Routes


def route(tmp_path, text, target):
    path = tmp_path / "config"
    path.write_text(text)
    return resolve(target, path)


def test_without_a_configuration_the_account_is_admin_and_the_port_22(tmp_path):
    found = resolve(Target("esa", "esa1.example.com"), tmp_path / "none")
    assert (found.host, found.port, found.user, found.proxy) == (
        "esa1.example.com", 22, "admin", None,
    )  # fmt: skip


class Keyboard(io.StringIO):
    """A standard input that is a terminal."""

    def isatty(self):
        return True


def test_the_command_line_comes_before_the_configuration(tmp_path):
    text = "Host *\n  User support\n  Port 2222\n"
    given = route(tmp_path, text, Target("esa", "esa1.example.com", "admin", 22))
    assert (given.user, given.port) == ("admin", 22)
    left = route(tmp_path, text, Target("esa", "esa1.example.com"))
    assert (left.user, left.port) == ("support", 2222)


@pytest.mark.parametrize(
    ("jump", "words"),
    [
        ("jump.example.com", ["-W", "[esa1.example.com]:22", "--", "jump.example.com"]),
        ("me@jump.example.com", ["-W", "[esa1.example.com]:22", "--", "me@jump.example.com"]),
        ("me@jump.example.com:2222",
         ["-W", "[esa1.example.com]:22", "-p", "2222", "--", "me@jump.example.com"]),
        ("a.example.com,b.example.com",
         ["-J", "a.example.com", "-W", "[esa1.example.com]:22", "--", "b.example.com"]),
    ],
)  # fmt: skip
def test_a_jump_is_ssh_with_w(tmp_path, monkeypatch, jump, words):
    monkeypatch.setattr(sys, "stdin", Keyboard())
    found = route(tmp_path, f"Host *\n  ProxyJump {jump}\n", Target("esa", "esa1.example.com"))
    assert list(found.proxy[1:]) == words


def test_without_a_terminal_a_jump_asks_for_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    found = route(tmp_path, "Host *\n  ProxyJump jump\n", Target("esa", "esa1.example.com"))
    assert found.proxy[1:] == (
        "-o", "BatchMode=yes", "-W", "[esa1.example.com]:22", "--", "jump",
    )  # fmt: skip


def test_a_proxy_command_has_its_names_filled_in(tmp_path):
    text = "Host *\n  ProxyCommand nc %h %p\n"
    assert route(tmp_path, text, Target("esa", "esa1.example.com", None, 2222)).proxy == (
        "nc esa1.example.com 2222"
    )
    text = "Host *\n  ProxyCommand none\n"
    assert route(tmp_path, text, Target("esa", "esa1.example.com")).proxy is None


@pytest.mark.parametrize(
    "text",
    [
        "Host *\n  Port abc\n",
        "Host *\n  ProxyJump -oProxyCommand=x\n",
        "Match no-such-word\n",
        "Bad\n",
    ],
)
def test_a_configuration_that_is_no_good_is_told(tmp_path, text):
    with pytest.raises(InputError, match="config"):
        route(tmp_path, text, Target("esa", "esa1.example.com"))


# Targets


def test_a_password_in_a_target_is_refused_and_not_repeated():
    with pytest.raises(InputError, match="holds a password") as refused:
        parse("admin:made-password@esa1.example.com", "esa")
    assert "made-password" not in str(refused.value)
    assert parse("admin@[2001:db8::1]:22", "esa").port == 22


@pytest.mark.parametrize(
    ("text", "user", "host", "port"),
    [
        ("esa1.example.com", None, "esa1.example.com", None),
        ("admin@esa1.example.com", "admin", "esa1.example.com", None),
        ("admin@esa1.example.com:2222", "admin", "esa1.example.com", 2222),
        ("192.0.2.1:22", None, "192.0.2.1", 22),
        ("2001:db8::1", None, "2001:db8::1", None),
        ("admin@[2001:db8::1]:2222", "admin", "2001:db8::1", 2222),
    ],
)
def test_a_target_is_read(text, user, host, port):
    assert parse(text, "esa") == Target("esa", host, user, port)


@given(st.text(max_size=40))
def test_any_text_is_a_target_or_refused(text):
    try:
        target = parse(text, "esa")
    except InputError:
        return
    assert target.host.isascii()
    assert not set(target.host) & set(" ;|&$`'\"\\/\n\r<>()")
    assert not target.host.startswith("-")


# What is learnt


def test_only_connections_to_the_port_that_was_searched_are_followed():
    answer = [
        'mx.example.com> grep "port 7025" mail_logs',
        "Tue Jun  4 09:00:00 2024 Info: New SMTP DCID 7 address 192.0.2.2 port 25",
        "Tue Jun  4 09:00:00 2024 Info: New SMTP DCID 8 address 192.0.2.2 port 7025",
        "Tue Jun  4 09:00:00 2024 Info: New SMTP DCID 9 address 192.0.2.2 port 7025",
        "Tue Jun  4 09:00:01 2024 Info: New SMTP DCID 9 address 192.0.2.2 port 7025",
    ]
    assert learn(Learnt("x"), answer).dcids == (("mail_logs", 8), ("mail_logs", 9))


@pytest.mark.parametrize(
    ("listed", "searched"),
    [((), ("mail_logs",)), (("error_logs", "mail_logs"), ("mail_logs",)),
     (("a", "b", "mail_logs"), ("mail_logs", "a")), (("own_name",), ("own_name",))],
)  # fmt: skip
def test_the_usual_mail_log_is_searched_first(listed, searched):
    assert Learnt("x", logs=listed).mail_logs == searched


def test_of_many_connections_the_newest_ten_are_asked_for():
    learnt = Learnt("x", dcids=tuple(("mail_logs", number) for number in range(1, 40)))
    turns = list(plan.requests(plan.DCIDS, learnt, plan.Options()))
    assert [turn.request.line.text for turn in turns] == [
        f'grep "DCID {number} " mail_logs' for number in range(30, 40)
    ]


# Offers


class Fed:
    """A connection that says what it was given."""

    def __init__(self, data):
        self.data = data

    def send(self, data):
        return len(data)

    def recv(self, size):
        part, self.data = self.data[:size], self.data[size:]
        return part


def kexinit(*lists):
    body = b"\x14" + b"c" * 16
    for names in (*lists, *[""] * (10 - len(lists))):
        body += struct.pack(">I", len(names)) + names.encode()
    body += b"\0" * 5 + b"p" * 4
    return struct.pack(">IB", len(body) + 1, 4) + body


def test_an_offer_is_read():
    lists = (
        "diffie-hellman-group1-sha1",
        "ssh-dss,ssh-rsa",
        "3des-cbc",
        "3des-cbc",
        "",
        "hmac-md5",
    )
    found = offer.read(Fed(b"Welcome\r\nSSH-2.0-OpenSSH_4.7\r\n" + kexinit(*lists)))
    assert found.software == "SSH-2.0-OpenSSH_4.7"
    assert found.host_keys == ("ssh-dss", "ssh-rsa")
    assert "key exchange: diffie-hellman-group1-sha1" in str(found)


@given(st.binary(max_size=300))
def test_no_bytes_break_the_reading_of_an_offer(data):
    for fed in (data, b"SSH-2.0-x\r\n" + data, b"SSH-2.0-x\r\n" + struct.pack(">I", 200) + data):
        try:
            offer.read(Fed(fed))
        except ValueError:
            continue


# Proxies


def test_a_proxys_output_is_received_and_its_end_is_an_end():
    code = "import sys; sys.stdout.write(sys.stdin.readline())"
    link = ProxySocket((sys.executable, "-c", code))
    link.settimeout(20)
    link.send(b"hello\n")
    assert link.recv(3) == b"hel"
    assert link.recv(100).strip() == b"lo"
    assert link.recv(100) == b""
    assert link.recv(100) == b""
    link.close()
    assert link.closed


@pytest.mark.parametrize("command", ["nc 'x", "exec ", "no-such-program x"])
def test_a_proxy_that_cannot_be_started_is_told(command):
    with pytest.raises(InputError, match="cannot be started"):
        ProxySocket(command)


def test_a_proxy_that_says_nothing_times_out_and_can_be_ended():
    link = ProxySocket((sys.executable, "-c", "import time; time.sleep(60)"))
    link.settimeout(0.05)
    with pytest.raises(TimeoutError):
        link.recv(10)
    link.close()
    assert link.closed


# The terminal


class Bar:
    """A bar that counts how often it was drawn."""

    def __init__(self):
        self.calls = []
        self.n = 0

    def clear(self):
        self.calls.append("clear")

    def refresh(self):
        self.calls.append("refresh")

    def set_postfix_str(self, s, refresh):
        self.calls.append(s)

    def update(self):
        self.n += 1
        self.calls.append("update")


def test_what_is_told_goes_to_standard_error_and_cannot_steer_the_terminal(capsys):
    bar = Bar()
    Terminal(bar).say("esa1: \x1b[2J\u202ebad")
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err == "esa1: \\x1b[2J\\u202ebad\n"
    assert bar.calls == ["clear", "refresh"]


def test_the_bar_is_not_drawn_over_a_question(capsys, monkeypatch):
    bar = Bar()
    person = Terminal(bar)

    class Slow:
        def readline(self):
            elsewhere = threading.Thread(target=person.advance, args=("esa1: status",))
            elsewhere.start()
            elsewhere.join()
            return "yes\n"

    monkeypatch.setattr(sys, "stdin", Slow())
    assert person.confirm("Is it? ")
    assert (bar.calls, bar.n) == (["clear"], 1)
    person.advance("esa1: \x1bversion")
    assert (bar.calls, bar.n) == (["clear", "esa1: \\x1bversion", "update"], 2)


@pytest.mark.parametrize(
    ("typed", "yes"),
    [("yes\n", True), (" YES \n", True), ("y\n", False), ("\n", False), ("", False)],
)
def test_only_a_whole_yes_affirms(capsys, monkeypatch, typed, yes):
    monkeypatch.setattr(sys, "stdin", io.StringIO(typed))
    assert Terminal().confirm("Is it? ") is yes
    assert capsys.readouterr() == ("", "Is it? ")


def test_an_end_of_input_at_a_secret_is_no_secret(capsys, monkeypatch):
    def ends(*_args, **_options):
        raise EOFError

    monkeypatch.setattr("getpass.getpass", ends)
    assert Terminal().secret("Password: ") == ""


def test_without_a_standard_input_nobody_is_there(monkeypatch):
    for stdin in (None, io.StringIO("yes\n")):
        monkeypatch.setattr(sys, "stdin", stdin)
        assert not Terminal().is_interactive


# The folder


@pytest.mark.parametrize(
    ("target", "name"),
    [
        (Target("esa", "ESA1.example.com"), "esa1.example.com"),
        (Target("esa", "esa1.example.com", "admin", 2222), "esa1.example.com-2222"),
        (Target("esa", "2001:db8::1"), "2001-db8--1"),
        (Target("esa", "2001:db8::1", None, 22), "2001-db8--1-22"),
        (Target("esa", "con.example.com"), "con.example.com-box"),
    ],
)
def test_a_boxs_folder_has_a_name_that_every_system_takes(tmp_path, target, name):
    assert Folder(tmp_path).box(target).path.name == name


def test_an_answer_that_broke_off_holds_no_line_that_could_be_evidence(tmp_path):
    from pvo_kit.loading import load

    box = Folder(tmp_path).box(Target("sma", "sma.example.com"))
    status = "sma.example.com> status\nSystem status:   Offline\nsma.example.com> "
    box.cut("status", "the connection was closed", status)
    box.cut("version", "the connection was closed", "more")
    kept = (box.path / "session.cut.txt").read_text().splitlines()
    assert [line for line in kept if "Offline" in line] == ["| System status:   Offline"]
    evidence = load(tmp_path)
    assert evidence.transcripts == ()
    assert all(entry.reason for entry in evidence.files)


def test_a_disk_that_takes_nothing_more_is_told_with_the_files_name(tmp_path, monkeypatch):
    def full(*_args, **_options):
        raise OSError(28, "No space left on device")

    folder = Folder(tmp_path / "out")
    box = folder.box(Target("esa", "esa1.example.com"))
    monkeypatch.setattr(Path, "open", full)
    with pytest.raises(InputError, match=r"session\.txt cannot be written \(No space left"):
        box.write("x")
    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(InputError, match=r"manifest\.json cannot be written \(No space left"):
        box.end()


def test_a_manifest_that_somebody_reads_is_written_a_moment_later(tmp_path, monkeypatch):
    folder = Folder(tmp_path / "out")
    box = folder.box(Target("esa", "esa1.example.com"))
    held, real = [1, 2], Path.replace

    def replace(self, target):
        if held:
            held.pop()
            raise PermissionError(13, "Permission denied")
        return real(self, target)

    monkeypatch.setattr(Path, "replace", replace)
    box.end()
    assert held == []
    assert "esa1.example.com" in (tmp_path / "out" / "manifest.json").read_text()
    assert [file.name for file in (tmp_path / "out").iterdir()] == ["manifest.json"]


def test_the_manifest_is_whole_after_every_command(tmp_path):
    import json

    folder = Folder(tmp_path)
    box = folder.box(Target("esa", "esa1.example.com", "admin", 22))
    for number in range(3):
        box.asked(Asked(f"status {number}", "captured"))
        document = json.loads((tmp_path / "manifest.json").read_text())
        assert len(document["runs"][-1]["appliances"][0]["commands"]) == number + 1
    assert not list(tmp_path.glob("*.part"))
    assert document["runs"][-1]["appliances"][0]["status"] == "running"


def test_the_package_loads_no_ssh_library_before_a_connection(tmp_path):
    import subprocess

    code = (
        "import sys, pvo_kit, pvo_kit.commands.collect, pvo_kit.collect.run, pvo_kit.cli\n"
        "print([name for name in ('paramiko', 'scp', 'keyring', 'pandas') if name in sys.modules])"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(  # noqa: S603 - this very Python
        [sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=True
    )
    assert done.stdout.strip() == "[]"
