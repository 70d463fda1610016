"""The collector over SSH, against a server in this process: trust, logins, faults, folders."""

from __future__ import annotations

import io
import json
import logging
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import traceback
from dataclasses import replace

import keyring
import paramiko
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519
from fake_appliance import (
    BANNER,
    INTERRUPTIBLE,
    LOGS,
    Cli,
    Faults,
    Member,
    esa,
    menu,
    served,
    sma_cli,
)
from homes import Ring, home_of_its_own

import pvo_kit as pvo
from pvo_kit import cli
from pvo_kit.collect import logs
from pvo_kit.collect.known_hosts import fingerprint
from pvo_kit.collect.run import Settings, collect
from pvo_kit.collect.stream import Limits
from pvo_kit.collect.targets import Target

SECRET = "made-password"  # noqa: S105 - a made one
HOST_KEY = paramiko.ECDSAKey.generate()
OTHER_KEY = paramiko.ECDSAKey.generate()


class Nobody:
    """A console without a person; it keeps what it was told."""

    is_interactive = False

    def __init__(self):
        self.told = []

    def say(self, text):
        self.told.append(text)

    def secret(self, question):
        raise AssertionError(f"asked without a terminal: {question}")

    confirm = secret


class Somebody(Nobody):
    """A console with a person who gives one answer to everything."""

    is_interactive = True

    def __init__(self, secret=SECRET, says_yes=True):
        super().__init__()
        self._secret, self._says_yes = secret, says_yes
        self.asked = []

    def secret(self, question):
        self.asked.append(question)
        return self._secret

    def confirm(self, question):
        self.asked.append(question)
        return self._says_yes


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    """A home of its own, no agent, an empty keyring."""
    yield from home_of_its_own(tmp_path / "home", monkeypatch)


@pytest.fixture
def key_file(tmp_path):
    """A key to log in with, and its public part."""
    return _key_file(tmp_path / "id_test", None)


def _key_file(path, passphrase):
    key = ed25519.Ed25519PrivateKey.generate()
    locked = (
        serialization.BestAvailableEncryption(passphrase)
        if passphrase
        else serialization.NoEncryption()
    )
    form = serialization.PrivateFormat.OpenSSH
    path.write_bytes(key.private_bytes(serialization.Encoding.PEM, form, locked))
    path.chmod(0o600)
    public = key.public_key().public_bytes(
        serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH
    )
    return path, public.decode().split()[1]


@pytest.fixture
def known(home):
    """Write known_hosts for servers; returns the file."""
    path = home / ".ssh" / "known_hosts"

    def write(*servers, key=HOST_KEY):
        lines = [f"[127.0.0.1]:{one.port} {key.get_name()} {key.get_base64()}\n" for one in servers]
        path.write_text("".join(lines))
        return path

    return write


def target(server, role="esa", user="admin"):
    return Target(role, "127.0.0.1", user, server.port)


FAST = Limits(login=5, command=5, settle=0.005, pager=0.3, silence=1)


def settings(**changes):
    return replace(Settings(limits=FAST), **changes)


def everything(folder):
    """Return every byte of a folder."""
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


def manifest(folder):
    return json.loads((folder / "manifest.json").read_text())["runs"][-1]["appliances"]


# A whole collection


def test_two_appliances_are_collected_in_parallel_and_diagnosed(tmp_path, known, key_file):
    path, public = key_file
    faults = Faults(keys=frozenset({public}))
    out = tmp_path / "out"
    with (
        served(lambda: Cli(esa()), HOST_KEY, faults) as one,
        served(sma_cli, HOST_KEY, faults) as two,
    ):
        known(one, two)
        done = collect(
            [target(one), target(two, "sma")],
            out,
            settings(key=path, probe=True, sma_address="198.51.100.17"),
            Nobody(),
        )
    assert done.exit_code == 0, [box.reason for box in done.boxes]
    diagnosis = pvo.diagnose(pvo.load(out))
    statuses = {found.scenario: found.status for found in diagnosis.findings}
    assert statuses == {
        1: "fail", 2: "fail", 3: "fail", 4: "fail", 5: "not_applicable", 6: "not_applicable",
    }  # fmt: skip
    assert {box.name: box.role for box in diagnosis.appliances} == {
        "mx.example.com": "esa",
        "sma.example.com": "sma",
    }
    assert not [row for row in diagnosis.unparsed if row.command != "license_smart summary"]


def test_the_manifest_tells_who_was_asked_what_and_is_no_evidence(tmp_path, known, key_file):
    path, public = key_file
    out = tmp_path / "out"
    with served(lambda: Cli(esa()), HOST_KEY, Faults(keys=frozenset({public}))) as server:
        known(server)
        collect([target(server)], out, settings(key=path), Nobody())
    [box] = manifest(out)
    assert box["host"] == "127.0.0.1"
    assert box["port"] == server.port
    assert box["user"] == "admin"
    assert box["fingerprint"] == fingerprint(HOST_KEY)
    assert box["status"] == "captured"
    assert box["pending_changes"] is False
    assert box["started"] <= box["ended"]
    assert [item["command"] for item in box["commands"]][:3] == ["showchanges", "version", "whoami"]
    document = json.loads((out / "manifest.json").read_text())
    assert document["runs"][0]["pvo_kit"] == pvo.__version__
    listed = {entry.file: entry for entry in pvo.load(out).files}
    assert listed["manifest.json"].kind == "unused"
    assert "manifest" in listed["manifest.json"].reason


def test_a_collected_folder_diagnosed_equals_the_same_transcripts_in_one_file(
    tmp_path, known, key_file
):
    path, public = key_file
    faults = Faults(keys=frozenset({public}))
    out = tmp_path / "out"
    with (
        served(lambda: Member(esa(), page=9), HOST_KEY, faults) as one,
        served(sma_cli, HOST_KEY, faults) as two,
    ):
        known(one, two)
        collect(
            [target(one), target(two, "sma")],
            out,
            settings(key=path, probe=True, sma_address="198.51.100.17"),
            Nobody(),
        )
    pasted = tmp_path / "pasted.txt"
    pasted.write_text("".join(file.read_text() for file in sorted(out.glob("*/session.txt"))))
    assert _told(out) == _told(pasted)


def _told(path):
    """A diagnosis without the names of files and the numbers of lines."""
    document = pvo.diagnose(pvo.load(path)).to_dict()
    for finding in document["findings"]:
        finding["citations"] = [line["text"] for line in finding["citations"]]
    return document["findings"], document["evidence"]["appliances"]


def test_a_second_run_adds_to_the_folder_and_loses_nothing(tmp_path, known, key_file):
    path, public = key_file
    out = tmp_path / "out"
    with served(lambda: Cli(esa()), HOST_KEY, Faults(keys=frozenset({public}))) as server:
        known(server)
        for _ in range(2):
            collect([target(server)], out, settings(key=path), Nobody())
    folder = out / f"127.0.0.1-{server.port}"
    assert {file.name for file in folder.iterdir()} == {"session.txt", "session-2.txt"}
    assert len(json.loads((out / "manifest.json").read_text())["runs"]) == 2


# Trust


def test_an_unknown_host_key_is_refused_with_its_fingerprint_and_how_to_add_it(tmp_path, key_file):
    path, public = key_file
    with served(lambda: Cli(esa()), HOST_KEY, Faults(keys=frozenset({public}))) as server:
        done = collect([target(server)], tmp_path / "out", settings(key=path), Nobody())
        assert server.logins == []
    assert done.exit_code == 2
    reason = done.boxes[0].reason
    assert fingerprint(HOST_KEY) in reason
    assert "--accept-new" in reason
    assert f"[127.0.0.1]:{server.port} {HOST_KEY.get_name()}" in reason


def test_a_changed_host_key_is_refused_even_with_accept_new(tmp_path, known, key_file):
    path, public = key_file
    console = Somebody()
    with served(lambda: Cli(esa()), HOST_KEY, Faults(keys=frozenset({public}))) as server:
        file = known(server, key=OTHER_KEY)
        before = file.read_text()
        asked = settings(key=path, accept_new=True)
        done = collect([target(server)], tmp_path / "out", asked, console)
        assert server.logins == []
    assert "is not the one that is known" in done.boxes[0].reason
    assert f"{file}:1" in done.boxes[0].reason
    assert console.asked == []
    assert file.read_text() == before


def test_accept_new_asks_shows_and_stores(tmp_path, home, key_file):
    path, public = key_file
    console = Somebody()
    with served(lambda: Cli(esa()), HOST_KEY, Faults(keys=frozenset({public}))) as server:
        asked = settings(key=path, accept_new=True)
        done = collect([target(server)], tmp_path / "out", asked, console)
        again = collect([target(server)], tmp_path / "again", settings(key=path), Nobody())
    assert (done.exit_code, again.exit_code) == (0, 0)
    assert any(fingerprint(HOST_KEY) in text for text in console.told)
    stored = (home / ".ssh" / "known_hosts").read_text()
    assert stored == f"[127.0.0.1]:{server.port} {HOST_KEY.get_name()} {HOST_KEY.get_base64()}\n"


def test_a_host_key_is_asked_about_in_the_thread_that_began(tmp_path, key_file):
    class Here(Somebody):
        def confirm(self, question):
            self.asked.append(threading.current_thread())
            return True

    path, public = key_file
    console = Here()
    with (
        served(lambda: Cli(esa()), HOST_KEY, Faults(keys=frozenset({public}))) as one,
        served(sma_cli, HOST_KEY, Faults(keys=frozenset({public}))) as two,
    ):
        asked = settings(key=path, accept_new=True)
        done = collect([target(one), target(two, "sma")], tmp_path / "out", asked, console)
    assert done.exit_code == 0, done.boxes
    assert console.asked == [threading.main_thread()] * 2


def test_ctrl_c_at_the_question_for_a_host_key_ends_all_and_stores_nothing(
    tmp_path, home, key_file
):
    class Leaving(Somebody):
        def confirm(self, question):
            self.asked.append(question)
            raise KeyboardInterrupt

    path, public = key_file
    console = Leaving()
    with (
        served(lambda: Cli(esa()), HOST_KEY, Faults(keys=frozenset({public}))) as one,
        served(sma_cli, HOST_KEY, Faults(keys=frozenset({public}))) as two,
    ):
        asked = settings(key=path, accept_new=True)
        done = collect([target(one), target(two, "sma")], tmp_path / "out", asked, console)
        assert one.logins == two.logins == []
    assert done.exit_code == 2
    assert [box.status for box in done.boxes] == ["failed", "failed"]
    assert len(console.asked) == 1
    assert not (home / ".ssh" / "known_hosts").exists()


@pytest.mark.parametrize("console", [Somebody(says_yes=False), Nobody()], ids=["no", "nobody"])
def test_accept_new_stores_nothing_without_a_yes(tmp_path, home, key_file, console):
    path, public = key_file
    with served(lambda: Cli(esa()), HOST_KEY, Faults(keys=frozenset({public}))) as server:
        asked = settings(key=path, accept_new=True)
        done = collect([target(server)], tmp_path / "out", asked, console)
        assert server.logins == []
    assert done.exit_code == 2
    assert not (home / ".ssh" / "known_hosts").exists()


def test_known_hosts_named_replaces_the_users(tmp_path, known, key_file):
    path, public = key_file
    empty = tmp_path / "empty"
    empty.write_text("")
    with served(lambda: Cli(esa()), HOST_KEY, Faults(keys=frozenset({public}))) as server:
        known(server)
        asked = settings(key=path, known_hosts=empty)
        done = collect([target(server)], tmp_path / "out", asked, Nobody())
    assert "not known" in done.boxes[0].reason


# Logins


def test_a_password_from_the_keyring_logs_in(tmp_path, known):
    keyring.set_keyring(Ring({("pvo-kit", "admin@127.0.0.1"): SECRET}))
    with served(lambda: Cli(esa()), HOST_KEY) as server:
        known(server)
        done = collect([target(server)], tmp_path / "out", settings(), Nobody())
        assert server.logins == ["password"]
    assert done.exit_code == 0


def test_a_password_is_asked_for_in_a_terminal(tmp_path, known):
    console = Somebody()
    with served(lambda: Cli(esa()), HOST_KEY) as server:
        known(server)
        done = collect([target(server)], tmp_path / "out", settings(), console)
    assert done.exit_code == 0
    assert console.asked == ["Password of admin@127.0.0.1: "]


def test_keyboard_interactive_takes_the_password(tmp_path, known):
    with served(lambda: Cli(esa()), HOST_KEY, Faults(methods="keyboard-interactive")) as server:
        known(server)
        done = collect([target(server)], tmp_path / "out", settings(), Somebody())
        assert server.logins.count("keyboard-interactive") == 1
    assert done.exit_code == 0


def test_a_second_factor_is_refused_and_the_password_not_sent_twice(tmp_path, known):
    faults = Faults(methods="keyboard-interactive", second_factor=True)
    with served(lambda: Cli(esa()), HOST_KEY, faults) as server:
        known(server)
        done = collect([target(server)], tmp_path / "out", settings(), Somebody())
    assert "second factor" in done.boxes[0].reason


def test_a_refused_password_is_tried_once(tmp_path, known):
    with served(lambda: Cli(esa()), HOST_KEY) as server:
        known(server)
        done = collect([target(server)], tmp_path / "out", settings(), Somebody("wrong"))
        assert server.logins == ["password"]
    assert "password of admin was refused" in done.boxes[0].reason
    assert done.exit_code == 2


@pytest.mark.parametrize("credential", ["password", "key"])
@pytest.mark.parametrize(
    ("faults", "why"),
    [({"login_delay": 5.0}, "timeout"), ({"login_hangs_up": True}, "EOF")],
    ids=["no-answer", "hangs-up"],
)
def test_a_login_without_an_answer_is_no_wrong_password(
    tmp_path, known, key_file, monkeypatch, credential, faults, why
):
    monkeypatch.setattr("pvo_kit.collect.connection.CONNECT", 1.0)
    key = key_file[0] if credential == "key" else None
    with served(lambda: Cli(esa()), HOST_KEY, Faults(**faults)) as server:
        known(server)
        done = collect([target(server)], tmp_path / "out", settings(key=key), Somebody())
        assert len(server.logins) == 1
    assert "the login as admin broke off (Authentication" in done.boxes[0].reason
    assert why in done.boxes[0].reason


def test_a_refused_key_is_tried_once_and_no_password_after_it(tmp_path, known, key_file):
    path, _ = key_file
    with served(lambda: Cli(esa()), HOST_KEY) as server:
        known(server)
        done = collect([target(server)], tmp_path / "out", settings(key=path), Somebody())
        assert len(server.logins) == 1
    assert "was refused" in done.boxes[0].reason


def test_nothing_is_asked_without_a_terminal_and_no_connection_made(tmp_path, known):
    with served(lambda: Cli(esa()), HOST_KEY) as server:
        known(server)
        with pytest.raises(pvo.InputError, match=r"standard input is no terminal.*--key FILE"):
            collect([target(server)], tmp_path / "out", settings(), Nobody())
        assert server._transports == []
    assert not (tmp_path / "out").exists()


def test_a_locked_key_needs_its_passphrase(tmp_path, known):
    path, public = _key_file(tmp_path / "locked", b"made-passphrase")
    with served(lambda: Cli(esa()), HOST_KEY, Faults(keys=frozenset({public}))) as server:
        known(server)
        asked = settings(key=path)
        with pytest.raises(pvo.InputError, match="passphrase is missing"):
            collect([target(server)], tmp_path / "a", asked, Nobody())
        with pytest.raises(pvo.InputError, match="does not fit"):
            collect([target(server)], tmp_path / "b", asked, Somebody("wrong"))
        done = collect([target(server)], tmp_path / "c", asked, Somebody("made-passphrase"))
    assert done.exit_code == 0


@pytest.mark.parametrize("locked", [True, False], ids=["passphrase", "password"])
def test_a_secret_that_is_not_given_ends_it_before_a_connection(tmp_path, locked):
    path, _ = _key_file(tmp_path / "locked", b"made-passphrase")
    asked = settings(key=path if locked else None)
    with pytest.raises(pvo.InputError, match="was given"):
        collect([Target("esa", "e.example.com")], tmp_path / "out", asked, Somebody(secret=""))


@pytest.mark.parametrize("content", [None, b"", b"no key at all", b"\x00\xff" * 40])
def test_a_key_file_that_is_none_is_told(tmp_path, content):
    path = tmp_path / "key"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(pvo.InputError, match=r"the key .*--key"):
        collect([Target("esa", "127.0.0.1", "admin", 1)], tmp_path / "out",
                settings(key=path), Nobody())  # fmt: skip


def test_the_agents_first_two_keys_are_tried_and_no_more(tmp_path, known, monkeypatch):
    keys = tuple(paramiko.ECDSAKey.generate() for _ in range(4))

    class Agent:
        def get_keys(self):
            return keys

        def close(self):
            pass

    monkeypatch.setattr(paramiko, "Agent", Agent)
    with served(lambda: Cli(esa()), HOST_KEY) as server:
        known(server)
        done = collect([target(server)], tmp_path / "out", settings(), Somebody())
        assert [entry.split()[1] for entry in server.logins] == [
            key.get_base64()[-8:] for key in keys[:2]
        ]
        done_without = collect(
            [target(server)], tmp_path / "other", settings(agent=False), Somebody()
        )
    assert "--no-agent" in done.boxes[0].reason
    assert done_without.exit_code == 0


def test_the_agents_second_key_logs_in(tmp_path, known, monkeypatch):
    keys = tuple(paramiko.ECDSAKey.generate() for _ in range(3))
    members = {"get_keys": lambda _: keys, "close": lambda _: None}
    monkeypatch.setattr(paramiko, "Agent", lambda: type("Agent", (), members)())
    faults = Faults(keys=frozenset({keys[1].get_base64()}))
    with served(lambda: Cli(esa()), HOST_KEY, faults) as server:
        known(server)
        done = collect([target(server)], tmp_path / "out", settings(), Nobody())
    assert done.exit_code == 0


# ~/.ssh/config


def _configured(home, server, path):
    (home / ".ssh" / "config").write_text(
        f"Host esa1.example.com\n  HostName 127.0.0.1\n  Port {server.port}\n"
        f"  IdentityFile {path}\n"
    )
    return Target("esa", "esa1.example.com")


def test_a_configured_key_that_is_locked_is_looked_for_in_the_agent(
    tmp_path, home, known, monkeypatch
):
    path, _ = _key_file(tmp_path / "locked", b"made-passphrase")
    held = paramiko.ECDSAKey.generate()
    members = {"get_keys": lambda _: (held,), "close": lambda _: None}
    monkeypatch.setattr(paramiko, "Agent", lambda: type("Agent", (), members)())
    faults = Faults(keys=frozenset({held.get_base64()}))
    with served(lambda: Cli(esa()), HOST_KEY, faults) as server:
        known(server)
        named = _configured(home, server, path)
        done = collect([named], tmp_path / "out", settings(), Nobody())
    assert done.exit_code == 0, done.boxes[0].reason


def test_a_configured_key_that_is_locked_is_asked_for_without_an_agent(tmp_path, home, known):
    path, public = _key_file(tmp_path / "locked", b"made-passphrase")
    console = Somebody("made-passphrase")
    with served(lambda: Cli(esa()), HOST_KEY, Faults(keys=frozenset({public}))) as server:
        known(server)
        named = _configured(home, server, path)
        done = collect([named], tmp_path / "out", settings(), console)
    assert done.exit_code == 0
    assert console.asked == [f"Passphrase of {path}: "]


def test_the_users_configuration_names_host_port_user_and_key(tmp_path, home, known, key_file):
    path, public = key_file
    with served(lambda: Cli(esa()), HOST_KEY, Faults(keys=frozenset({public}))) as server:
        known(server)
        (home / ".ssh" / "config").write_text(
            f"Host esa1.example.com\n  HostName 127.0.0.1\n  Port {server.port}\n  User support\n"
            f"  IdentityFile {path}\n"
        )
        named = Target("esa", "esa1.example.com")
        done = collect([named], tmp_path / "out", settings(), Nobody())
    assert done.exit_code == 0
    assert done.boxes[0].user == "support"
    assert (tmp_path / "out" / "esa1.example.com" / "session.txt").exists()


PIPE = """\
import socket, sys, threading
link = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
def up():
    while data := sys.stdin.buffer.raw.read(65536):
        link.sendall(data)
threading.Thread(target=up, daemon=True).start()
while data := link.recv(65536):
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()
"""


def test_a_proxy_command_is_the_connection(tmp_path, home, known, key_file):
    path, public = key_file
    pipe = tmp_path / "pipe.py"
    pipe.write_text(PIPE)
    with served(lambda: Cli(esa()), HOST_KEY, Faults(keys=frozenset({public}))) as server:
        (home / ".ssh" / "known_hosts").write_text(
            f"esa1.example.com {HOST_KEY.get_name()} {HOST_KEY.get_base64()}\n"
        )
        (home / ".ssh" / "config").write_text(
            f"Host esa1.example.com\n  ProxyCommand {sys.executable} {pipe} {server.port}\n"
        )
        named = Target("esa", "esa1.example.com")
        done = collect([named], tmp_path / "out", settings(key=path), Nobody())
    assert done.exit_code == 0, done.boxes[0].reason


@pytest.mark.skipif(os.name == "nt", reason="Windows has no signal for a group of processes")
def test_ctrl_c_leaves_a_session_in_order_through_a_proxy_command_too(tmp_path, home, key_file):
    path, public = key_file
    pipe = tmp_path / "pipe.py"
    pipe.write_text(PIPE)
    out = tmp_path / "out"
    faults = Faults(keys=frozenset({public}), gap=0.1)
    with served(lambda: Cli(esa()), HOST_KEY, faults) as server:
        line = f"esa1.example.com {HOST_KEY.get_name()} {HOST_KEY.get_base64()}\n"
        (home / ".ssh" / "known_hosts").write_text(line)
        command = f"{sys.executable} {pipe} {server.port}"
        (home / ".ssh" / "config").write_text(f"Host *\n  ProxyCommand {command}\n")
        argv = [sys.executable, "-c", INTERRUPTIBLE, "collect", "--esa", "esa1.example.com",
                "--out", str(out), "--key", str(path)]  # fmt: skip
        with subprocess.Popen(  # noqa: S603 - the kit itself
            argv, start_new_session=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        ) as process:  # fmt: skip
            for _ in range(400):
                if any("> whoami" in file.read_text() for file in out.glob("*/session.txt")):
                    break
                time.sleep(0.02)
            os.killpg(process.pid, signal.SIGINT)  # what a terminal does at Ctrl-C
            told, errors = process.communicate(timeout=30)
        assert process.returncode == 3, errors
        assert "stopped" in told
        assert server.sessions[-1].lines[-1] == "exit"


def test_a_proxy_command_that_does_not_exist_is_told(tmp_path, home, key_file):
    (home / ".ssh" / "config").write_text(
        "Host esa1.example.com\n  ProxyCommand no-such-program x\n"
    )
    named = Target("esa", "esa1.example.com")
    done = collect([named], tmp_path / "out", settings(key=key_file[0]), Nobody())
    assert "no-such-program cannot be started" in done.boxes[0].reason


# Faults of the line


def test_one_boxs_failure_loses_nothing_of_the_others(tmp_path, known, key_file):
    path, public = key_file
    faults = Faults(keys=frozenset({public}))
    broken = replace(faults, drop=len(BANNER) + 900)
    out = tmp_path / "out"
    with (
        served(lambda: Cli(esa()), HOST_KEY, broken) as one,
        served(sma_cli, HOST_KEY, faults) as two,
    ):
        known(one, two)
        console = Nobody()
        done = collect([target(one), target(two, "sma")], out, settings(key=path), console)
    assert done.exit_code == 3
    first, second = done.boxes
    assert (first.status, second.status) == ("partly", "captured")
    assert any(str(one.port) in text and "connection was closed" in text for text in console.told)
    assert (out / f"127.0.0.1-{one.port}" / "session.cut.txt").exists()
    evidence = pvo.load(out)
    kinds = {entry.file.partition("/")[2]: entry for entry in evidence.files}
    assert kinds["session.cut.txt"].kind == "unused"
    assert "half an answer is no evidence" in kinds["session.cut.txt"].reason
    assert {cut.host for cut in evidence.transcripts} == {"mx.example.com", "sma.example.com"}


@pytest.mark.parametrize("drop", [1, 40, 400, 900, 1500, 2500])
def test_wherever_the_line_drops_the_folder_is_valid(tmp_path, known, key_file, drop):
    path, public = key_file
    out = tmp_path / "out"
    faults = Faults(keys=frozenset({public}), drop=drop)
    with served(lambda: Cli(esa()), HOST_KEY, faults) as server:
        known(server)
        done = collect([target(server)], out, settings(key=path), Nobody())
    first_answer = len(Cli(esa()).start()) + len("showchanges\r\n{}\r\r\n")
    assert done.exit_code == (2 if drop < first_answer else 3)
    [box] = manifest(out)
    assert box["status"] in ("partly", "failed")
    assert box["ended"]
    for entry in pvo.load(out).files:
        assert entry.encoding == "utf-8"


def test_packets_of_one_byte_make_no_difference(tmp_path, known, key_file):
    path, public = key_file
    faults = Faults(keys=frozenset({public}), cut=1)
    with served(sma_cli, HOST_KEY, faults) as server:
        known(server)
        one = settings(key=path, topics={"sma": frozenset()})
        done = collect([target(server, "sma")], tmp_path / "out", one, Nobody())
    assert done.exit_code == 0


def test_a_box_that_cannot_be_left_after_ctrl_c_is_told(tmp_path, key_file, monkeypatch):
    def interrupts(_):
        raise KeyboardInterrupt

    monkeypatch.setattr("pvo_kit.collect.questions.Questions.answer", interrupts)
    monkeypatch.setattr("pvo_kit.collect.run._LEAVING", 0.1)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        place = Target("esa", "127.0.0.1", "admin", silent.getsockname()[1])
        done = collect([place], tmp_path / "out", settings(key=key_file[0]), Nobody())
    [box] = done.boxes
    assert (done.exit_code, box.status) == (2, "failed")
    assert box.reason == "stopped; its session could not be left within 0.1 s"


def test_a_port_where_nothing_listens_is_told(tmp_path, key_file):
    named = Target("esa", "127.0.0.1", "admin", 1)
    done = collect([named], tmp_path / "out", settings(key=key_file[0]), Nobody())
    assert done.exit_code == 2
    assert "127.0.0.1:1: cannot be reached" in done.boxes[0].reason
    assert json.loads((tmp_path / "out" / "manifest.json").read_text())


def test_a_port_that_speaks_no_ssh_is_told(tmp_path, key_file):
    import socket
    import threading

    with socket.create_server(("127.0.0.1", 0)) as server:

        def speak():
            client, _ = server.accept()
            client.sendall(b"220 mx.example.com ESMTP\r\n")
            client.close()

        threading.Thread(target=speak, daemon=True).start()
        named = Target("esa", "127.0.0.1", "admin", server.getsockname()[1])
        done = collect([named], tmp_path / "out", settings(key=key_file[0]), Nobody())
    assert "is that its SSH port?" in done.boxes[0].reason


def test_an_old_appliance_is_explained_with_what_it_offers(tmp_path, known, key_file, monkeypatch):
    path, public = key_file
    with served(lambda: Cli(esa()), HOST_KEY, Faults(keys=frozenset({public}))) as server:
        known(server)
        monkeypatch.setattr(
            paramiko.Transport, "_preferred_kex", ("diffie-hellman-group16-sha512",)
        )
        real = paramiko.Transport.start_server

        def old(self, *args, **options):
            self.get_security_options().kex = ("diffie-hellman-group14-sha256",)
            return real(self, *args, **options)

        monkeypatch.setattr(
            paramiko.Transport,
            "start_server",
            lambda self, *a, **k: (
                setattr(self, "_preferred_kex", ("diffie-hellman-group14-sha256",)),
                real(self, *a, **k),
            )[1],
        )
        done = collect([target(server)], tmp_path / "out", settings(key=path), Nobody())
    reason = done.boxes[0].reason
    assert "diffie-hellman-group14-sha256" in reason
    assert "paramiko>=4,<5" in reason
    assert "paste the transcript" in reason


# Logs


SAVED = b"Tue Jun  4 09:00:00 2024 Info: Begin Logfile\n" * 1000
NAME = "mail_logs/mail.@20240604T090000.s"


def _with_logs(tmp_path, known, key_file, faults, *names, size=1 << 20, out="out"):
    path, public = key_file
    faults.keys = frozenset({public})
    with served(lambda: Cli(esa()), HOST_KEY, faults) as server:
        known(server)
        wanted = settings(key=path, topics={"esa": frozenset()}, logs=logs.Wanted(names, size))
        done = collect([target(server)], tmp_path / out, wanted, Nobody())
    folders = [entry for entry in (tmp_path / out).iterdir() if entry.is_dir()]
    return done, folders[0] / NAME, server


def test_a_saved_log_file_comes_over_scp(tmp_path, known, key_file):
    faults = Faults(files={f"/{NAME}": SAVED})
    done, file, server = _with_logs(tmp_path, known, key_file, faults, NAME)
    assert done.exit_code == 0
    assert file.read_bytes() == SAVED
    assert server.executed == [f"scp -f /{NAME}"]
    kinds = {entry.file: entry.kind for entry in pvo.load(tmp_path / "out").files}
    assert "mail_log" in kinds.values()


def test_a_refused_transfer_is_listed_and_the_rest_goes_on(tmp_path, known, key_file):
    faults = Faults(files={f"/{NAME}": SAVED})
    other = "mail_logs/mail.@20240603T090000.s"
    done, file, _ = _with_logs(tmp_path, known, key_file, faults, other, NAME)
    assert done.exit_code == 3
    assert file.read_bytes() == SAVED
    failed = {item.command: item.reason for item in done.boxes[0].log_files if item.reason}
    assert "No such file" in failed[other]


def test_a_file_beyond_the_limit_is_refused_and_leaves_nothing(tmp_path, known, key_file):
    faults = Faults(files={f"/{NAME}": SAVED})
    done, file, _ = _with_logs(tmp_path, known, key_file, faults, NAME, size=1000)
    assert done.exit_code == 3
    assert "limit" in done.boxes[0].log_files[0].reason
    assert list(file.parent.iterdir()) == []


def test_a_disconnect_in_a_download_leaves_no_half_file(tmp_path, known, key_file):
    faults = Faults(files={f"/{NAME}": SAVED}, break_download=20_000)
    done, file, _ = _with_logs(tmp_path, known, key_file, faults, NAME)
    assert done.exit_code == 3
    assert done.boxes[0].log_files[0].status == "failed"
    assert list(file.parent.iterdir()) == []


def test_a_file_that_is_complete_is_not_fetched_again(tmp_path, known, key_file):
    path, public = key_file
    faults = Faults(keys=frozenset({public}), files={f"/{NAME}": SAVED})
    with served(lambda: Cli(esa()), HOST_KEY, faults) as server:
        known(server)
        wanted = settings(key=path, topics={"esa": frozenset()}, logs=logs.Wanted((NAME,)))
        for _ in range(2):
            done = collect([target(server)], tmp_path / "out", wanted, Nobody())
        assert len(server.executed) == 1
    assert done.exit_code == 0
    assert done.boxes[0].log_files[0].reason == "is already here, complete"


def test_an_empty_log_file_is_a_file_too(tmp_path, known, key_file):
    faults = Faults(files={f"/{NAME}": b""})
    done, file, _ = _with_logs(tmp_path, known, key_file, faults, NAME)
    assert done.exit_code == 0
    assert file.read_bytes() == b""


def test_where_scp_is_not_offered_sftp_is_taken(tmp_path, known, key_file):
    faults = Faults(files={f"/{NAME}": SAVED}, scp=False, sftp=True)
    done, file, _ = _with_logs(tmp_path, known, key_file, faults, NAME)
    assert done.exit_code == 0, done.boxes[0].log_files
    assert file.read_bytes() == SAVED


def test_the_saved_files_of_a_log_are_listed_over_sftp(tmp_path, known, key_file):
    names = ["a.s", "b.s.gz", "mail.current", "mail.c", "..s", "x y.s"]
    files = {f"/mail_logs/{name}": SAVED for name in names}
    faults = Faults(files=files, sftp=True)
    done, file, _ = _with_logs(tmp_path, known, key_file, faults, "mail_logs")
    assert done.exit_code == 0
    assert {entry.name for entry in file.parent.iterdir()} == {"a.s", "b.s.gz"}


def test_the_logs_that_logconfig_lists_are_fetched(tmp_path, known, key_file):
    faults = Faults(files={f"/{NAME}": SAVED}, sftp=True)
    done, file, _ = _with_logs(tmp_path, known, key_file, faults, logs.ALL)
    assert done.exit_code == 0
    assert file.read_bytes() == SAVED
    assert "logconfig" in {item.command for item in done.boxes[0].commands}


def test_a_log_that_cannot_be_listed_is_told_with_the_way_out(tmp_path, known, key_file):
    faults = Faults(files={f"/{NAME}": SAVED})
    done, _, _ = _with_logs(tmp_path, known, key_file, faults, "mail_logs")
    assert done.exit_code == 3
    reason = done.boxes[0].log_files[0].reason
    assert "cannot be listed (SFTP is not offered)" in reason
    assert "--log-file mail_logs/" in reason


def test_a_logs_name_that_leads_out_of_the_folder_writes_nothing_there(tmp_path, known, key_file):
    rows = LOGS.replace("mail_logs ", "../../up ").replace("antispam ", "/etc/x ")
    commands = {**esa(), "logconfig": menu(rows)}
    path, public = key_file
    faults = Faults(
        keys=frozenset({public}), files={"/../../up/a.s": SAVED, "/up/a.s": SAVED}, sftp=True
    )
    with served(lambda: Cli(commands), HOST_KEY, faults) as server:
        known(server)
        wanted = settings(
            key=path, topics={"esa": frozenset()}, logs=logs.Wanted((logs.ALL, "../../up/a.s"))
        )
        done = collect([target(server)], tmp_path / "deep" / "out", wanted, Nobody())
    assert not list(tmp_path.rglob("*.s"))
    assert done.boxes[0].log_files[-1].reason == "is no name of a log file"


def test_a_second_file_that_a_server_sends_is_not_taken(tmp_path, known, key_file, monkeypatch):
    import scp

    faults = Faults(files={f"/{NAME}": SAVED})
    real = scp.SCPClient._recv_file

    def twice(self, announced):
        real(self, announced)
        self._recv_file(b"0644 5 ../evil")

    monkeypatch.setattr(scp.SCPClient, "_recv_file", twice)
    done, file, _ = _with_logs(tmp_path, known, key_file, faults, NAME)
    assert "a second file was sent" in done.boxes[0].log_files[0].reason
    assert list(file.parent.iterdir()) == []


@pytest.mark.parametrize(
    "name",
    ["../x.s", "/etc/passwd/../x.s", "a/b/c.s", "mail_logs/mail.current", "mail_logs/mail.c", "-r",
     "mail logs/x.s", "x;commit", "$(id).s", "C:\\x.s", "a/../b.s", "\u202e.s", "x\n.s"],
    ids=repr,
)  # fmt: skip
def test_a_name_that_is_no_saved_log_file_is_refused_before_a_connection(name):
    with pytest.raises(pvo.InputError, match="--log-file"):
        logs.check([name])


# Secrets


def test_no_secret_is_in_any_file_log_message_or_repr(tmp_path, known, caplog, capsys):
    caplog.set_level(logging.DEBUG)
    console = Somebody()
    with (
        served(lambda: Cli(esa()), HOST_KEY) as one,
        served(sma_cli, HOST_KEY, Faults(password="another")) as two,  # noqa: S106
    ):
        known(one, two)
        done = collect([target(one), target(two, "sma")], tmp_path / "out", settings(), console)
    assert done.exit_code == 3
    captured = capsys.readouterr()
    texts = [captured.out, captured.err, caplog.text, repr(done), *console.told, *console.asked]
    assert not any(SECRET in text for text in texts)
    assert SECRET.encode() not in everything(tmp_path / "out")


class Broken:
    """In place of a paramiko method: keeps what it was given, and breaks with it in the message."""

    def __init__(self, kind):
        self._kind = kind
        self.given = []

    def __call__(self, *words, **_options):
        self.given += words
        raise self._kind(f"broken with {words}")


@pytest.mark.parametrize(
    "kind", [RuntimeError, paramiko.SSHException, OSError, UnicodeError], ids=lambda k: k.__name__
)
@pytest.mark.parametrize("method", ["auth_password", "auth_interactive"])
def test_no_secret_is_shown_where_the_login_itself_breaks(
    tmp_path, known, monkeypatch, capfd, caplog, method, kind
):
    caplog.set_level(logging.DEBUG)
    broken = Broken(kind)
    monkeypatch.setattr(paramiko.Transport, method, broken)
    methods = "password" if method == "auth_password" else "keyboard-interactive"
    with served(lambda: Cli(esa()), HOST_KEY, Faults(methods=methods)) as server:
        known(server)
        console = Somebody()
        done = collect([target(server)], tmp_path / "out", settings(), console)
    assert broken.given  # it was asked to log in
    assert done.exit_code == 2
    assert "127.0.0.1" in console.told[-1]
    captured = capfd.readouterr()
    texts = [captured.out, captured.err, caplog.text, repr(done), *console.told]
    assert not any(SECRET in text for text in texts)
    assert SECRET.encode() not in everything(tmp_path / "out")


def test_no_secret_is_in_the_traceback_of_a_mistake_before_a_login(tmp_path, monkeypatch):
    monkeypatch.setattr("pvo_kit.collect.run.Folder", Broken(RuntimeError))
    with pytest.raises(RuntimeError) as broken:
        collect([Target("esa", "e.example.com")], tmp_path / "out", settings(), Somebody())
    captured = traceback.TracebackException.from_exception(broken.value, capture_locals=True)
    assert "_Ready" in "".join(captured.format())  # what holds the password is among the locals
    assert SECRET not in "".join(captured.format())


def test_a_credential_shows_no_secret():
    from pvo_kit.collect.credentials import Credential

    shown = repr(Credential("password", "the password", password=SECRET))
    assert SECRET not in shown


# The command line


@pytest.fixture
def run(capsys, monkeypatch):
    """Run the command line in this process, without a terminal."""

    def runs(*argv):
        monkeypatch.setattr(sys, "stdin", io.StringIO())
        try:
            code = cli.main(["collect", *map(str, argv)])
        except SystemExit as stop:
            code = stop.code
        captured = capsys.readouterr()
        assert "Traceback" not in captured.err
        return code, captured.out, captured.err

    return runs


def test_the_verb_collects_and_says_what_to_do_next(run, tmp_path, known, key_file):
    path, public = key_file
    out = tmp_path / "out"
    with (
        served(lambda: Cli(esa()), HOST_KEY, Faults(keys=frozenset({public}))) as one,
        served(sma_cli, HOST_KEY,
               Faults(keys=frozenset({public}))) as two,
    ):  # fmt: skip
        file = known(one, two)
        code, told, _ = run(
            "--esa", f"admin@127.0.0.1:{one.port}", "--sma", f"127.0.0.1:{two.port}",
            "--out", out, "--key", path, "--known-hosts", file, "--timeout", "5",
        )  # fmt: skip
    assert code == 0
    assert f"Next: pvo-kit diagnose {out}" in told
    assert "Changes were pending at the start; they were left alone." in told
    assert "  left out: telnet: add --probe\n  left out: tlsverify: add --probe\nSMA " in told
    assert ", 5 do not apply here, in " in told


def test_the_verb_says_what_failed_where_and_why(run, tmp_path, known, key_file):
    path, public = key_file
    out = tmp_path / "out"
    commands = {**esa(), "sslconfig": lambda _: (yield "Which one? []> ")}
    with (
        served(lambda: Cli(commands), HOST_KEY, Faults(keys=frozenset({public}))) as one,
        served(sma_cli, HOST_KEY, Faults()) as two,
    ):
        file = known(one, two)
        code, told, _ = run(
            "--esa", f"127.0.0.1:{one.port}", "--sma", f"127.0.0.1:{two.port}", "--scenario", "4",
            "--out", out, "--key", path, "--known-hosts", file, "--timeout", "5",
            "--log-file", NAME,
        )  # fmt: skip
    assert code == 3
    rows = told.split("\n")
    assert rows[0].startswith(f"ESA 127.0.0.1:{one.port}: ")
    assert rows[0].endswith(f", in 127.0.0.1-{one.port}/session.txt")
    assert " 2 failed, " in rows[0]
    assert any(row.startswith("  sslconfig: asked what the kit does not know (") for row in rows)
    assert any(row.startswith(f"  {NAME}: SCP: ") and "No such file" in row for row in rows)
    assert f"SMA 127.0.0.1:{two.port}: 0 captured" in rows
    assert any(
        "was refused" in row for row in rows[rows.index(f"SMA 127.0.0.1:{two.port}: 0 captured") :]
    )


def test_a_plan_connects_to_nothing_and_needs_no_folder(run, monkeypatch):
    import socket

    def refuses(*_args, **_options):
        raise AssertionError("the plan connected")

    monkeypatch.setattr(socket, "create_connection", refuses)
    monkeypatch.setattr(socket.socket, "connect", refuses)
    code, told, _ = run("--plan", "--esa", "support@esa1.example.com:2222", "--sma",
                        "sma.example.com", "--probe", "--scenario", "3")  # fmt: skip
    assert code == 0
    assert "ESA esa1.example.com:2222, as support at esa1.example.com:2222:" in told
    assert "telnet / Auto / sma.example.com / 7025 / QUIT" in told
    assert "sslconfig" not in told


def test_a_plan_tells_of_a_configuration_that_is_no_good(run, home):
    (home / ".ssh" / "config").write_text("Host *\n  Port abc\n")
    code, told, errors = run("--plan", "--esa", "esa1.example.com")
    assert (code, told) == (2, "")
    assert "Port 'abc'" in errors


def test_missing_says_where_no_command_would_tell_more(run, tmp_path):
    case = tmp_path / "diagnosis.json"
    document = pvo.diagnose(pvo.load(pvo.example("healthy"))).to_dict()
    case.write_text(json.dumps(document))
    code, told, errors = run("--plan", "--esa", "esa1.example.com", "--missing", case)
    assert code == 0
    assert "no command would tell more" in errors
    assert "grep" not in told


def test_missing_asks_for_what_a_diagnosis_said_is_unknown(run, tmp_path):
    case = pvo.example("too-little")
    code, told, _ = run("--plan", "--esa", "esa1.example.com", "--missing", case)
    assert code == 0
    wanted = {need.command.split()[0] for need in pvo.diagnose(pvo.load(case)).needs
              if need.command and need.appliance == "esa"}  # fmt: skip
    for name in wanted - {"telnet", "tlsverify"}:
        assert f"  {name}" in told
    document = tmp_path / "diagnosis.json"
    document.write_text(pvo.diagnose(pvo.load(case)).to_json())
    again = run("--plan", "--esa", "esa1.example.com", "--missing", document)
    assert again[1] == told


@pytest.mark.parametrize(
    ("argv", "told"),
    [
        ([], "no appliance was named"),
        (["--esa", "esa1.example.com"], "--out is missing"),
        (["--esa", "a b", "--plan"], "write it like"),
        (["--esa", "x;commit", "--plan"], "host"),
        (["--esa", "admin@esa1.example.com:99999", "--plan"], "port"),
        (["--esa", "esa1.example.com", "--esa", "ESA1.example.com", "--plan"], "named twice"),
        (["--esa", "e.example.com", "--scenario", "7", "--plan"], "no scenario 7"),
        (["--esa", "e.example.com", "--pvo-port", "0", "--plan"], "not a TCP port"),
        (["--esa", "e.example.com", "--timeout", "0", "--plan"], "--timeout"),
        (["--esa", "e.example.com", "--timeout", "1501", "--plan"], "from 1 to 1500"),
        (["--esa", "e.example.com", "--timeout", "nan", "--plan"], "from 1 to 1500"),
        (["--esa", "e.example.com", "--known-hosts", "no-such-file", "--plan"], "no such file"),
        (["--esa", "e.example.com", "--sma", "sma", "--probe", "--plan"], "--sma-address"),
        (["--esa", "e.example.com", "--log-file", "../x.s", "--plan"], "--log-file"),
        (["--esa", "e.example.com", "--missing", "no-such-path", "--plan"], "no-such-path"),
        (["--esa", "e.example.com", "--out", "out"], "nothing to log in with"),
        (["--esa", "e.example.com", "--password", "x"], "unrecognized arguments"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_a_usage_error_is_2_with_empty_output(run, tmp_path, monkeypatch, argv, told):
    monkeypatch.chdir(tmp_path)
    code, output, errors = run(*argv)
    assert (code, output) == (2, "")
    assert told in errors


@pytest.mark.parametrize("name", ["paramiko", "keyring", "scp"])
def test_what_is_not_installed_is_named_with_the_way_out(run, tmp_path, monkeypatch, name):
    monkeypatch.setitem(sys.modules, name, None)
    code, output, errors = run("--esa", "e.example.com", "--out", tmp_path / "out")
    assert (code, output) == (2, "")
    assert f"collect needs {name}" in errors
    assert "pip install 'pvo_kit[collect]'" in errors


def test_an_out_that_is_a_file_and_a_damaged_manifest_are_told(run, tmp_path, key_file):
    file = tmp_path / "file"
    file.write_text("")
    base = ["--esa", "e.example.com", "--key", key_file[0], "--out"]
    code, _, errors = run(*base, file)
    assert code == 2
    assert "choose another" in errors
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "manifest.json").write_text("[]")
    code, _, errors = run(*base, folder)
    assert code == 2
    assert "is no manifest" in errors


def test_the_environment_of_the_test_is_not_the_users():
    assert "SSH_AUTH_SOCK" not in os.environ
