"""``pvo-kit simulate``: a pair to log in to, over SSH on loopback or on this very terminal."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

from pvo_kit.errors import InputError
from pvo_kit.simulator.broken import broken
from pvo_kit.simulator.gate import quarantine_port, sma_address
from pvo_kit.simulator.pair import Pair
from pvo_kit.simulator.session import Session
from pvo_kit.simulator.statefile import StateFile
from pvo_kit.simulator.terminal import Terminal

if TYPE_CHECKING:
    from pvo_kit.simulator.server import Door

ORIGINAL_COMMAND = "SSH_ORIGINAL_COMMAND"
"""Where OpenSSH leaves what a client asked for beside a forced command."""

_BLOCK = 4096


def prepared(
    scenario: int, era: str, variant: str, state: Path | None
) -> tuple[Pair, Callable[[bool], object]]:
    """Return the pair, and what goes around every command of its sessions.

    A state file that is there already is gone on with; the scenario is for a new one.
    """
    file = StateFile(state) if state else None
    pair = file.load() if file else None
    if pair is None:
        pair = broken(scenario, era, variant)
        if file:
            file.save(pair)
    if file is None:
        return pair, lambda before: None
    kept, held = pair, file
    return pair, lambda before: held.around(kept, before=before)


def serve(pair: Pair, port: int, keys: list[Path], around: Callable[[bool], object]) -> int:
    """Serve every box on loopback until Ctrl-C."""
    try:
        from pvo_kit.simulator.server import Server, public_key
    except ImportError as error:
        raise InputError(
            "simulate needs paramiko: pip install 'pvo_kit[collect]'; without it use --stdio HOST"
        ) from error
    with Server(pair, port, [public_key(path) for path in keys], around) as server:
        print(introduction(pair, server.doors), flush=True)
        ended = Event()
        with suppress(KeyboardInterrupt):
            # A wait without an end would keep Ctrl-C out on Windows.
            while not ended.wait(timeout=0.5):
                pass
    return 0


def introduction(pair: Pair, doors: Sequence[Door]) -> str:
    """Return how to connect, and how to collect from it."""
    lines = [
        f"A simulated pair of the AsyncOS {pair.era} era. Nothing here is an appliance: names, "
        "addresses and keys are made up.",
        "",
    ]
    options = []
    for door in doors:
        role = pair.appliances[door.host].role
        lines.append(f"  {role.upper()} {door.host:<18} ssh -p {door.port} {pair.login}@127.0.0.1")
        lines.append(f"      host key {door.fingerprint}")
        options.append(f"--{role} {pair.login}@127.0.0.1:{door.port}")
    users = pair.esa.users
    secrets = {user.passphrase for user in users.values()}
    address = f"--sma-address {sma_address(pair)}"
    number = quarantine_port(pair)
    where = "" if number == 7025 else f" --pvo-port {number}"
    return "\n".join([
        *lines,
        "",
        f"Users: {', '.join(users)}. Passphrase: {', '.join(sorted(secrets))}",
        f"pvo-kit collect {' '.join(options)} {address}{where} --probe --accept-new "
        "--known-hosts NEW_FILE --out FOLDER",
        "(Host keys are new at every start: NEW_FILE keeps them out of your own known_hosts.)",
        "The verb gui does what is done in a web interface; gui why tells why [Enable...] is grey.",
        "Ctrl-C ends it.",
    ])  # fmt: skip


def talk(pair: Pair, host: str, around: Callable[[bool], object]) -> int:
    """Be one box on standard input and output, as a forced command of an SSH server is."""
    if host not in pair.appliances:
        raise InputError(f"no box {host}: there are {', '.join(pair.appliances)}")
    session = Session(pair.appliances[host], around=around)
    if command := os.environ.get(ORIGINAL_COMMAND):
        said = session.type(command).removesuffix(session.prompt)
        _write(said.encode("utf-8"))
        return 0
    with _raw_keys() as is_raw:
        terminal = Terminal(session, _write, echo=is_raw)
        while not terminal.is_over:
            keys = os.read(sys.stdin.fileno(), _BLOCK)
            if not keys:
                break
            terminal.keys(keys)
    return 0


def _write(data: bytes) -> None:
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()


@contextmanager
def _raw_keys() -> Iterator[bool]:
    """Let a terminal hand over key by key without an echo of its own, where the system can."""
    try:
        import termios
        import tty
    except ImportError:
        yield False
        return
    if not sys.stdin.isatty():
        yield True
        return
    number = sys.stdin.fileno()
    before = termios.tcgetattr(number)
    tty.setraw(number, termios.TCSANOW)
    try:
        yield True
    finally:
        termios.tcsetattr(number, termios.TCSANOW, before)
