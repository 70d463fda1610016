"""The simulated boxes over SSH, and ``pvo-kit simulate``."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import paramiko
import pytest
from proving import collected
from simulated import diagnosed, looked_at, pasted, statuses

from pvo_kit.cli import main
from pvo_kit.collect.known_hosts import fingerprint
from pvo_kit.errors import InputError
from pvo_kit.simulator import broken, healthy
from pvo_kit.simulator.running import introduction, prepared
from pvo_kit.simulator.server import Door, Server, public_key
from pvo_kit.simulator.terminal import PAGER

WRONG = "not this"


@contextmanager
def client(server: Server, host: str, **more: object) -> Iterator[paramiko.SSHClient]:
    door = server.door(host)
    made = paramiko.SSHClient()
    made.get_host_keys().add(f"[127.0.0.1]:{door.port}", door.key.get_name(), door.key)
    options = {"username": "admin", "password": "simulated", **more}
    try:
        made.connect("127.0.0.1", door.port, look_for_keys=False, allow_agent=False, **options)  # type: ignore[arg-type]
        yield made
    finally:
        made.close()


def until(channel: paramiko.Channel, end: bytes) -> bytes:
    """Read until the output ends so."""
    channel.settimeout(30)
    shown = bytearray()
    while not shown.endswith(end):
        shown += channel.recv(65536)
    return bytes(shown)


def test_a_shell_speaks_as_the_terminal_does() -> None:
    pair = broken(3)
    with Server(pair) as server, client(server, pair.esa.host) as box:
        shell = box.invoke_shell(term="dumb", width=500)
        until(shell, b"mx.example.com> ")
        shell.send(b"status\n")
        assert until(shell, PAGER).startswith(b"status\r\r\n")
        shell.send(b" ")
        until(shell, b"mx.example.com> ")
        shell.send(b"exit\n")
        assert shell.recv_exit_status() == 0


def test_one_command_is_answered_without_prompt_and_pager() -> None:
    pair = healthy()
    with Server(pair) as server, client(server, pair.sma.host) as box:
        _, out, _ = box.exec_command("status")
        said = out.read().decode()

    assert "System status:                 Online" in said
    assert "Press Any Key" not in said
    assert "sma.example.com>" not in said


def test_sessions_of_all_boxes_share_one_pair() -> None:
    pair = broken(1)
    with (
        Server(pair) as server,
        client(server, pair.esa.host) as esa,
        client(server, pair.sma.host) as sma,
    ):
        assert b"refused" in esa.exec_command("telnet 198.51.100.17 7025")[1].read()
        assert b"cpq_listener" in sma.exec_command("resume")[1].read()
        assert b"220 sma.example.com" in esa.exec_command("telnet 198.51.100.17 7025")[1].read()


def test_passwords_keys_and_keyboard_interactive_let_in_and_nothing_else(tmp_path: Path) -> None:
    pair = healthy()
    known, other = paramiko.ECDSAKey.generate(), paramiko.ECDSAKey.generate()
    path = tmp_path / "id.pub"
    path.write_text(f"{known.get_name()} {known.get_base64()} someone\n", encoding="ascii")
    with Server(pair, keys=[public_key(path)]) as server:
        host = pair.esa.host
        with client(server, host, password=None, pkey=known) as box:
            assert b"C100V" in box.exec_command("version")[1].read()
        for wrong in ({"password": WRONG}, {"password": None, "pkey": other},
                      {"username": "nobody"}):  # fmt: skip
            with pytest.raises(paramiko.AuthenticationException), client(server, host, **wrong):
                pass
        door = server.door(host)
        with paramiko.Transport(("127.0.0.1", door.port)) as transport:
            transport.start_client(timeout=30)
            transport.auth_interactive("jdoe", lambda *_: ["simulated"])
            assert transport.is_authenticated()


def test_a_file_that_is_no_public_key_is_refused(tmp_path: Path) -> None:
    for text in ("", "ssh-ed25519 !!!", "-----BEGIN OPENSSH PRIVATE KEY-----\nabc"):
        path = tmp_path / "id"
        path.write_text(text, encoding="ascii")
        with pytest.raises(InputError, match="no public key"):
            public_key(path)


def test_a_port_that_is_taken_is_told() -> None:
    with Server(healthy()) as server:
        taken = server.doors[0].port
        with pytest.raises(InputError, match=str(taken)):
            Server(healthy(), taken)


def test_ports_follow_the_first_one_and_close_at_the_end() -> None:
    pair = healthy()
    with Server(pair) as server:
        door = server.door(pair.esa.host)
        socket.create_connection(("127.0.0.1", door.port), timeout=30).close()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", door.port), timeout=30)


@pytest.mark.parametrize("number", range(1, 7))
def test_a_collected_folder_is_diagnosed_as_the_same_box_pasted(
    number: int, tmp_path: Path
) -> None:
    """Not the same bytes (times pass), but the same findings."""
    over_ssh = statuses(diagnosed(collected(broken(number), tmp_path / "collected")))

    by_hand = statuses(diagnosed(pasted(broken(number), tmp_path / "pasted")))

    assert over_ssh == by_hand


# pvo-kit simulate


def test_how_to_connect_and_to_collect_is_printed() -> None:
    keys = [paramiko.ECDSAKey.generate() for _ in range(2)]
    doors = [Door("mx.example.com", 2201, keys[0]), Door("sma.example.com", 2202, keys[1])]

    told = introduction(broken(2), doors)

    for key in keys:
        assert f"      host key {key.get_name()} {fingerprint(key)}\n" in told
    assert "--accept-new --known-hosts NEW_FILE --out FOLDER" in told
    assert "ESA mx.example.com     ssh -p 2201 jdoe@127.0.0.1" in told
    assert "--esa jdoe@127.0.0.1:2201 --sma jdoe@127.0.0.1:2202 --sma-address 198.51.100.17" in told
    assert "Nothing here is an appliance" in told


def test_the_printed_addresses_answer_until_it_is_ended(tmp_path: Path) -> None:
    with started("--scenario", "3") as (process, said):
        ports = [int(port) for port in re.findall(r"ssh -p (\d+)", said)]
        assert len(ports) == 2
        for port in ports:
            with paramiko.Transport(("127.0.0.1", port)) as transport:
                transport.start_client(timeout=30)
                assert transport.get_remote_server_key().get_name().startswith("ecdsa")
        assert process.poll() is None


@contextmanager
def started(*words: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    command = [sys.executable, "-m", "pvo_kit", "simulate", *words]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)  # noqa: S603
    try:
        assert process.stdout is not None
        lines = []
        for line in process.stdout:
            lines.append(line)
            if "Ctrl-C ends it." in line:
                break
        yield process, "".join(lines)
    finally:
        process.terminate()
        process.communicate(timeout=30)


def test_one_box_speaks_on_standard_input_and_output_and_its_state_stays(tmp_path: Path) -> None:
    state = tmp_path / "state.json"
    first = stdio("sma.example.com", "resume\nexit\n", "--scenario", "1", "--state", str(state))
    assert "Receiving resumed for euq_listener, cpq_listener." in first

    second = stdio("mx.example.com", "telnet 198.51.100.17 7025\nQUIT\nexit\n",
                   "--state", str(state))  # fmt: skip

    assert "220 sma.example.com ESMTP" in second


def test_what_a_client_asks_of_a_forced_command_is_answered_alone() -> None:
    said = stdio("mx.example.com", "", asked="version")

    assert "Model: C100V" in said
    assert "mx.example.com>" not in said


def stdio(host: str, typed: str, *words: str, asked: str = "") -> str:
    environment = {**os.environ, **({"SSH_ORIGINAL_COMMAND": asked} if asked else {})}
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-m", "pvo_kit", "simulate", "--stdio", host, *words],
        input=typed.encode(), capture_output=True, check=True, env=environment, timeout=60,
    )  # fmt: skip
    return done.stdout.decode().replace("\r\r\n", "\n")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        pytest.param(["--scenario", "9"], "no scenario 9", id="scenario"),
        pytest.param(["--era", "12"], "no era 12", id="era"),
        pytest.param(
            ["--variant", "router", "--stdio", "mx.example.com"],
            "name its scenario too",
            id="variant",
        ),
        pytest.param(["--stdio", "x.example.com"], "no box x.example.com", id="box"),
        pytest.param(["--key", "missing.pub"], "missing.pub: no public key", id="key"),
    ],
)
def test_what_it_cannot_do_ends_with_2_and_the_way_out(
    words: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["simulate", *words]) == 2

    captured = capsys.readouterr()
    assert told in captured.err
    assert captured.out == ""


def test_a_damaged_state_file_is_left_alone_and_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "state.json"
    path.write_text("{", encoding="ascii")

    assert main(["simulate", "--stdio", "mx.example.com", "--state", str(path)]) == 2

    assert "state.json: no state of the simulator" in capsys.readouterr().err
    assert path.read_text(encoding="ascii") == "{"


def test_a_state_file_that_is_there_is_gone_on_with(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    pair, around = prepared(3, "8", "", path)
    looked_at(pair.esa)
    around(False)

    again, _ = prepared(1, "14", "", path)

    assert (again.era, again.clock) == ("8", pair.clock)


def test_going_on_with_a_state_file_is_told(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    for told in ("", f"going on with {path}"):
        process = subprocess.Popen(  # noqa: S603
            [sys.executable, "-m", "pvo_kit", "simulate", "--state", str(path)],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert process.stdout is not None
        assert any("Ctrl-C ends it." in line for line in process.stdout)
        process.terminate()
        _, errors = process.communicate(timeout=30)
        assert told in errors
        assert bool(errors) == bool(told)


def test_a_port_that_was_just_left_can_be_taken_again() -> None:
    with Server(healthy()) as server, client(server, "mx.example.com") as box:
        box.exec_command("version")
        port = server.doors[0].port
        server.__exit__()
    with Server(healthy(), port) as again:
        assert again.doors[0].port == port
