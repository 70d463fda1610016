"""A real OpenSSH server on loopback, with its own configuration and keys, as this very user.

Where it is not installed, tests are skipped with the way to get it; under PVO_CI=1 they fail.
"""

from __future__ import annotations

import getpass
import os
import shlex
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
HOW = "OpenSSH's server is not installed: make sshd"


def program(name: str) -> str:
    """Return a program of OpenSSH; skips, or fails where everything must be there."""
    found = shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
    if found is None:
        if os.environ.get("PVO_CI") == "1":
            pytest.fail(HOW)
        pytest.skip(HOW)
    return found


def user() -> str:
    """Return the user that this runs as, the only one such a server can log in."""
    return getpass.getuser()


def keygen(path: Path) -> str:
    """Make a key pair and return the public line."""
    subprocess.run(  # noqa: S603 - a program that this test found
        [program("ssh-keygen"), "-q", "-t", "ed25519", "-N", "", "-f", str(path)], check=True
    )
    return path.with_name(path.name + ".pub").read_text()


@contextmanager
def sshd(
    folder: Path, authorised: str, command: str | None, *more: str, password: str = ""
) -> Iterator[int]:
    """Serve ``command`` to whoever has the key; yields the port. ``more`` are lines of its file.

    ``password`` logs in too, at this server alone (see ``_with_password``).
    """
    server = program("sshd")
    folder.mkdir(parents=True)
    keygen(folder / "host_key")
    (folder / "authorized_keys").write_text(authorised)
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    lines = [
        f"Port {port}",
        "ListenAddress 127.0.0.1",
        f"HostKey {folder / 'host_key'}",
        f"AuthorizedKeysFile {folder / 'authorized_keys'}",
        f"PidFile {folder / 'pid'}",
        "UsePAM no",
        "StrictModes no",
        f"PasswordAuthentication {'yes' if password else 'no'}",
        "KbdInteractiveAuthentication no",
        f"PermitRootLogin {'yes' if password else 'prohibit-password'}",
        "MaxStartups 50",
        "PrintMotd no",
        *([f"ForceCommand {command}"] if command else []),
        *more,
    ]
    file = folder / "sshd_config"
    file.write_text("\n".join(lines) + "\n")
    if os.geteuid() == 0:
        Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)
    words = [server, "-D", "-e", "-f", str(file)]
    words = [*_with_password(folder, password), *words] if password else words
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(words, stderr=log)  # noqa: S603 - what this test found
        try:
            _await(process, port, folder / "log")
            yield port
        finally:
            process.terminate()
            process.wait(timeout=10)


def _with_password(folder: Path, password: str) -> list[str]:
    """Return the words before a server that let it see a shadow file of its own.

    A server checks a password against the system's accounts, which a test leaves alone. Where it
    may, the server gets a mount of its own over that file; elsewhere the test is skipped.
    """
    hashed = subprocess.run(  # noqa: S603 - a program that this test found
        [program("openssl"), "passwd", "-6", "-stdin"],
        input=password, capture_output=True, text=True, check=True,
    )  # fmt: skip
    shadow = folder / "shadow"
    shadow.write_text(f"{user()}:{hashed.stdout.strip()}:19000:0:99999:7:::\n")
    shadow.chmod(0o600)
    if shutil.which("unshare") is None or os.geteuid() != 0:
        pytest.skip("only root on Linux can give a server a password of its own")
    mount = f"mount --bind {shlex.quote(str(shadow))} /etc/shadow"
    words = [program("unshare"), "--mount", "sh", "-c", f'{mount} && exec "$@"', "sh"]
    if subprocess.run([*words, "true"], capture_output=True, check=False).returncode:  # noqa: S603
        pytest.skip("this container may not mount a file: no password can be made up")
    return words


def _await(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    for _ in range(200):
        if process.poll() is not None:
            raise AssertionError(f"sshd ended: {log.read_text()}")
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError("sshd does not listen")


def known_hosts(folder: Path, *servers: tuple[Path, int]) -> Path:
    """Write a known_hosts file for servers (their folder and port)."""
    lines = []
    for place, port in servers:
        kind, key = (place / "host_key.pub").read_text().split()[:2]
        lines.append(f"[127.0.0.1]:{port} {kind} {key}\n")
    path = folder / "known_hosts"
    path.write_text("".join(lines))
    return path


def simulated(host: str, state: Path, scenario: int, era: str = "14") -> str:
    """Return the command that is one box of a simulated pair on its input and output."""
    return (
        f"env PYTHONPATH={ROOT} {sys.executable} -m pvo_kit simulate --stdio {host} "
        f"--scenario {scenario} --era {era} --state {state}"
    )


@contextmanager
def agent(folder: Path, *keys: Path) -> Iterator[str]:
    """Run an agent with some keys; yields the address of its socket."""
    address = str(folder / "agent")
    process = subprocess.Popen(  # noqa: S603 - a program that this test found
        [program("ssh-agent"), "-D", "-a", address], stdout=subprocess.DEVNULL
    )
    try:
        for _ in range(200):
            if Path(address).exists():
                break
            time.sleep(0.02)
        environment = {**os.environ, "SSH_AUTH_SOCK": address}
        for key in keys:
            subprocess.run(  # noqa: S603 - a program that this test found
                [program("ssh-add"), "-q", str(key)], env=environment, check=True,
                stderr=subprocess.DEVNULL,
            )  # fmt: skip
        yield address
    finally:
        process.terminate()
        process.wait(timeout=10)
