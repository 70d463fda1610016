"""How an appliance is reached: what the command line says, then ``~/.ssh/config``."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pvo_kit.collect.console import is_terminal
from pvo_kit.collect.targets import USER, Target
from pvo_kit.errors import InputError
from pvo_kit.remediation import values
from pvo_kit.remediation.values import Refused


@dataclass(frozen=True, slots=True)
class Route:
    """Where a connection goes and with what.

    ``proxy`` is a command whose input and output are the connection: words, or one line for the
    shell as ``ProxyCommand`` has it. ``key_files`` are those that ``~/.ssh/config`` names for this
    host. ``trust_name`` is its name in known_hosts where that is another (HostKeyAlias).
    """

    host: str
    port: int
    user: str
    key_files: tuple[Path, ...] = ()
    agent: bool = True
    proxy: str | tuple[str, ...] | None = None
    trust_name: str | None = None
    known_hosts: tuple[Path, ...] = ()


def resolve(target: Target, config: Path | None = None) -> Route:
    """Return the route to an appliance; raises InputError for a configuration that is no good."""
    path = config or Path.home() / ".ssh" / "config"
    found = _lookup(path, target) if path.is_file() else {}
    host = _word(found, "hostname") or target.host
    port = target.port or _port(found, path)
    jump = _word(found, "proxyjump")
    command = _word(found, "proxycommand")
    proxy: str | tuple[str, ...] | None = None
    if jump and jump.lower() != "none":
        proxy = _jump(jump, host, port, path)
    elif command and command.lower() != "none":
        proxy = command
    files = tuple(Path(name).expanduser() for name in _words(found, "identityfile"))
    trusted = (_word(found, "userknownhostsfile") or "").split()
    return Route(
        host,
        port,
        target.user or _word(found, "user") or USER,
        tuple(file for file in files if file.is_file()),
        agent=(_word(found, "identityagent") or "").lower() != "none",
        proxy=proxy,
        trust_name=_word(found, "hostkeyalias"),
        known_hosts=tuple(Path(name).expanduser() for name in trusted if name.lower() != "none"),
    )


def _lookup(path: Path, target: Target) -> Mapping[str, object]:
    """Look a host up; what the command line gave comes first, so that %p and %r are right."""
    import paramiko

    given = f"  Port {target.port}\n" if target.port else ""
    given += f"  User {target.user}\n" if target.user else ""
    try:
        text = path.read_text(encoding="utf-8")
        return paramiko.SSHConfig.from_text(f"Host *\n{given}{text}").lookup(target.host)
    except Exception as error:  # its parser raises many kinds, of a file that is not ours
        told = f"{path} cannot be used ({type(error).__name__}: {error})"
        raise InputError(f"{told}; correct it, or name a host that it does not mention") from None


def _word(found: Mapping[str, object], key: str) -> str | None:
    value = found.get(key)
    return value if isinstance(value, str) and value else None


def _words(found: Mapping[str, object], key: str) -> Sequence[str]:
    value = found.get(key)
    return [str(item) for item in value] if isinstance(value, list) else []


def _port(found: Mapping[str, object], path: Path) -> int:
    text = _word(found, "port") or "22"
    port = values.port(text)
    if isinstance(port, Refused):
        raise InputError(f"{path}: Port {text!r} {port.reason}; correct it")
    return int(port)


def _jump(jump: str, host: str, port: int, path: Path) -> tuple[str, ...]:
    """``ssh -W``: the jump hosts' own keys and logins are OpenSSH's affair."""
    *before, last = [hop.strip() for hop in jump.split(",")]
    if not last or any(hop.startswith("-") for hop in (*before, last)):
        raise InputError(f"{path}: ProxyJump {jump!r} names no host; correct it")
    through = ("-J", ",".join(before)) if before else ()
    place = f"[{host}]:{port}"
    user, at, rest = last.rpartition("@")
    name, colon, hop_port = rest.rpartition(":")
    # Without a terminal nothing is asked: a password of the jump host would be, on /dev/tty.
    batch = () if is_terminal() else ("-o", "BatchMode=yes")
    plain = colon and hop_port.isdecimal() and "]" not in hop_port and name
    where = ("-p", hop_port, "--", f"{user}{at}{name.strip('[]')}") if plain else ("--", last)
    return (_ssh(), *batch, *through, "-W", place, *where)


def _ssh() -> str:
    return "ssh.exe" if os.name == "nt" else "ssh"
