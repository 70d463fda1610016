"""End to end against a real OpenSSH server whose forced command is a simulated appliance."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
import threading
import time

import openssh
import pytest
from fake_appliance import INTERRUPTIBLE

import pvo_kit as pvo
from pvo_kit.collect import connection, credentials, logs
from pvo_kit.collect.known_hosts import KnownHosts
from pvo_kit.collect.route import Route
from pvo_kit.collect.run import Settings, collect
from pvo_kit.collect.targets import Target
from pvo_kit.simulator.broken import broken
from pvo_kit.simulator.gate import quarantine_port, sma_address

if os.name == "nt":
    pytest.skip("OpenSSH's server is set up for POSIX here", allow_module_level=True)


class Nobody:
    """A console without a person."""

    is_interactive = False

    def __init__(self):
        self.told = []

    def say(self, text):
        self.told.append(text)

    def secret(self, question):
        raise AssertionError(question)

    confirm = secret


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    """A home of its own and no agent."""
    folder = tmp_path / "home"
    (folder / ".ssh").mkdir(parents=True)
    monkeypatch.setenv("HOME", str(folder))
    monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)
    return folder


@pytest.fixture
def pair(tmp_path):
    """Serve every box of a simulated pair; gives targets, the key, known hosts and the address."""
    servers = []

    def serve(scenario, era="14"):
        model = broken(scenario, era, "")
        key = tmp_path / "id_test"
        public = openssh.keygen(key)
        state = tmp_path / "state"
        targets, places = [], []
        for host, box in model.appliances.items():
            place = tmp_path / host
            command = openssh.simulated(host, state, scenario, era)
            server = openssh.sshd(place, public, command)
            port = server.__enter__()
            servers.append(server)
            targets.append(Target(box.role, "127.0.0.1", openssh.user(), port))
            places.append((place, port))
        known = openssh.known_hosts(tmp_path, *places)
        settings = Settings(
            probe=True,
            sma_address=sma_address(model),
            pvo_port=quarantine_port(model),
            known_hosts=known,
        )
        return targets, key, settings

    yield serve
    for server in servers:
        server.__exit__(None, None, None)


def test_a_simulated_pair_is_collected_with_a_key_and_diagnosed(tmp_path, pair):
    targets, key, settings = pair(3)
    settings = _with(settings, key=key)
    done = collect(targets, tmp_path / "out", settings, Nobody())
    assert done.exit_code == 0, [(box.reason, box.commands) for box in done.boxes]
    diagnosis = pvo.diagnose(pvo.load(tmp_path / "out"), pvo_port=settings.pvo_port)
    assert [found.scenario for found in diagnosis.failing] == [3]
    pasted = tmp_path / "pasted.txt"
    sessions = sorted((tmp_path / "out").glob("*/session.txt"))
    pasted.write_text("".join(file.read_text() for file in sessions))
    again = pvo.diagnose(pvo.load(pasted), pvo_port=settings.pvo_port)
    assert _told(again) == _told(diagnosis)


def _with(settings, **changes):
    from dataclasses import replace

    return replace(settings, **changes)


def _told(diagnosis):
    return [
        (found.scenario, found.status, found.summary, [line.text for line in found.citations])
        for found in diagnosis.findings
    ]


def test_an_agents_key_logs_in(tmp_path, pair, monkeypatch):
    targets, key, settings = pair(1)
    with openssh.agent(tmp_path, key) as address:
        monkeypatch.setenv("SSH_AUTH_SOCK", address)
        done = collect(targets[:1], tmp_path / "out", settings, Nobody())
    assert done.exit_code == 0, done.boxes[0].reason


def test_an_empty_agent_is_no_credential(tmp_path, pair, monkeypatch):
    targets, _, settings = pair(1)
    with openssh.agent(tmp_path) as address:
        monkeypatch.setenv("SSH_AUTH_SOCK", address)
        with pytest.raises(pvo.InputError, match="nothing to log in with"):
            collect(targets[:1], tmp_path / "out", settings, Nobody())


def test_a_wrong_key_is_refused_and_tried_once(tmp_path, pair):
    targets, _, settings = pair(1)
    other = tmp_path / "id_other"
    openssh.keygen(other)
    done = collect(targets[:1], tmp_path / "out", _with(settings, key=other), Nobody())
    assert "was refused" in done.boxes[0].reason
    log = next(tmp_path.glob("*/log")).read_text()
    assert log.count("Failed publickey") <= 1


class Typing(Nobody):
    """A console with a person who types one password."""

    is_interactive = True

    def __init__(self, password):
        super().__init__()
        self._password = password

    def secret(self, question):
        return self._password


@pytest.mark.parametrize("right", [True, False], ids=["right", "wrong"])
def test_a_password_is_tried_once_and_stands_nowhere(tmp_path, right):
    public = openssh.keygen(tmp_path / "id_test")
    place, out = tmp_path / "box", tmp_path / "out"
    command = openssh.simulated("sma.example.com", tmp_path / "state", 0)
    typed = "made-password" if right else "another-password"
    console = Typing(typed)
    with openssh.sshd(place, public, command, password="made-password") as port:  # noqa: S106
        settings = Settings(known_hosts=openssh.known_hosts(tmp_path, (place, port)))
        target = Target("sma", "127.0.0.1", openssh.user(), port)
        done = collect([target], out, settings, console)
    assert done.exit_code == (0 if right else 2), done.boxes[0].reason
    log = (place / "log").read_text()
    assert log.count("Accepted password") == right
    assert log.count("Failed password") == (not right)
    files = [path.read_text() for path in out.rglob("*") if path.is_file()]
    assert not any(typed in text for text in [*files, *console.told, repr(done)])


def test_a_jump_host_is_gone_through_with_ssh(tmp_path, pair, home, monkeypatch):
    targets, key, settings = pair(1)
    inner = targets[0]
    place = tmp_path / "jump"
    public = key.with_name("id_test.pub").read_text()
    with openssh.sshd(place, public, None, "AllowTcpForwarding yes") as port:
        known = openssh.known_hosts(home, (place, port))
        options = tmp_path / "options"
        options.write_text(
            f"Host *\n  UserKnownHostsFile {known}\n  IdentityFile {key}\n  BatchMode yes\n"
            f"  User {openssh.user()}\n  StrictHostKeyChecking yes\n"
        )
        shim = tmp_path / "bin" / "ssh"
        shim.parent.mkdir()
        shim.write_text(f'#!/bin/sh\nexec {openssh.program("ssh")} -F {options} "$@"\n')
        shim.chmod(shim.stat().st_mode | stat.S_IXUSR)
        monkeypatch.setenv("PATH", f"{shim.parent}:{os.environ['PATH']}")
        (home / ".ssh" / "config").write_text(f"Host *\n  ProxyJump 127.0.0.1:{port}\n")
        done = collect([inner], tmp_path / "out", _with(settings, key=key), Nobody())
    assert done.exit_code == 0, done.boxes[0].reason
    assert "127.0.0.1 port" in (place / "log").read_text()


@pytest.mark.parametrize(
    "more", [("Subsystem sftp internal-sftp",), ()], ids=["scp-and-sftp", "scp-alone"]
)
def test_saved_logs_come_over_scp_and_are_listed_over_sftp(tmp_path, more):
    key, place, out = tmp_path / "id_test", tmp_path / "box", tmp_path / "out"
    public = openssh.keygen(key)
    data = os.urandom(200_000)
    folder = tmp_path / "mail_logs"
    folder.mkdir()
    for name in ("a.s", "b.s.gz", "mail.current"):
        (folder / name).write_bytes(data)
    with openssh.sshd(place, public, None, *more) as port:
        file = openssh.known_hosts(tmp_path, (place, port))
        route = Route("127.0.0.1", port, openssh.user())
        credential = credentials.choose(route, key, False, Nobody())
        link = connection.connect(route, credential, KnownHosts([file], file), False, Nobody())
        wanted = logs.Wanted((f"{folder}/a.s", str(folder)))
        items = list(logs.fetch(link.transport, wanted, (), out, threading.Event()))
        link.close()
    got = {path.name: path.read_bytes() for path in out.rglob("*") if path.is_file()}
    if more:
        assert [item.status for item in items] == ["captured", "skipped", "captured"]
        assert got == {"a.s": data, "b.s.gz": data}
    else:
        assert [item.status for item in items] == ["captured", "failed"]
        assert "cannot be listed (SFTP is not offered)" in items[1].reason
        assert got == {"a.s": data}


OLD = ("KexAlgorithms diffie-hellman-group14-sha1", "HostKeyAlgorithms ssh-ed25519")
WEAK = ("Ciphers aes128-cbc", "MACs hmac-sha1")


def _alone(tmp_path, *more):
    key = tmp_path / "id_test"
    public = openssh.keygen(key)
    place = tmp_path / "box"
    command = openssh.simulated("sma.example.com", tmp_path / "state", 0)
    return key, place, openssh.sshd(place, public, command, *more)


def test_a_server_with_sha1_alone_is_explained_or_spoken_to(tmp_path):
    import paramiko

    key, place, server = _alone(tmp_path, *OLD)
    with server as port:
        known = openssh.known_hosts(tmp_path, (place, port))
        settings = Settings(known_hosts=known, key=key)
        target = Target("sma", "127.0.0.1", openssh.user(), port)
        done = collect([target], tmp_path / "out", settings, Nobody())
    if int(paramiko.__version__.split(".")[0]) >= 5:
        assert done.exit_code == 2
        reason = done.boxes[0].reason
        assert "key exchange: diffie-hellman-group14-sha1" in reason
        assert "pip install 'paramiko>=4,<5'" in reason
    else:
        assert done.exit_code == 0, done.boxes[0].reason


def test_weak_ciphers_are_taken_only_where_nothing_else_is_offered_and_told(tmp_path):
    key, place, server = _alone(tmp_path, *WEAK)
    console = Nobody()
    with server as port:
        known = openssh.known_hosts(tmp_path, (place, port))
        settings = Settings(known_hosts=known, key=key)
        target = Target("sma", "127.0.0.1", openssh.user(), port)
        done = collect([target], tmp_path / "out", settings, console)
    assert done.exit_code == 0, done.boxes[0].reason
    assert any("only weak ciphers" in text for text in console.told)


def test_ctrl_c_ends_the_session_in_order_and_the_folder_is_complete_up_to_there(tmp_path, pair):
    targets, key, settings = pair(1)
    esa = targets[0]
    out = tmp_path / "out"
    argv = [
        sys.executable, "-c", INTERRUPTIBLE, "collect", "--esa",
        f"{esa.user}@127.0.0.1:{esa.port}", "--out", str(out), "--key", str(key),
        "--known-hosts", str(settings.known_hosts),
    ]  # fmt: skip
    environment = {**os.environ, "PYTHONPATH": str(openssh.ROOT)}
    with subprocess.Popen(  # noqa: S603 - the kit itself
        argv, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        for _ in range(400):
            if any("> whoami" in file.read_text() for file in out.glob("*/session.txt")):
                break
            time.sleep(0.02)
        process.send_signal(signal.SIGINT)
        told, errors = process.communicate(timeout=30)
    assert process.returncode == 3, errors
    assert "Traceback" not in errors
    assert "stopped" in told
    [box] = json.loads((out / "manifest.json").read_text())["runs"][0]["appliances"]
    assert box["status"] == "partly"
    assert box["ended"]
    text = next(out.glob("*/session.txt")).read_text()
    assert text.endswith("> exit\n")
    assert pvo.load(out).transcripts
