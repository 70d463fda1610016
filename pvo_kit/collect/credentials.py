"""One credential a connection: a key file, else the agent's first two keys, else one password.

More than ten failed logins within two minutes black-list a station for about a day, and each key
that is offered counts as one. So nothing is tried that was not chosen, and nothing twice. Secrets
live in memory only: no ``repr``, message or file of the kit holds one.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from pvo_kit.collect.console import Console
from pvo_kit.collect.route import Route
from pvo_kit.errors import InputError

if TYPE_CHECKING:
    import paramiko

SERVICE = "pvo-kit"
"""The keyring's service; the user name in it is ``USER@HOST``."""

AGENT_KEYS = 2


@dataclass(frozen=True, slots=True)
class Credential:
    """What one login is tried with; ``told`` says it in words, without the secret."""

    kind: Literal["key", "agent", "password"]
    told: str
    keys: tuple[paramiko.PKey, ...] = field(default=(), repr=False)
    password: str = field(default="", repr=False)
    agent: paramiko.Agent | None = field(default=None, repr=False)

    def close(self) -> None:
        """Let the agent go; its keys cannot be used any more."""
        if self.agent is not None:
            self.agent.close()


def choose(route: Route, key: Path | None, agent: bool, console: Console) -> Credential:
    """Return the credential for a route.

    ``key`` is the file named on the command line, ``agent`` False leaves the agent out. Asks on
    the console where a secret is needed; raises InputError where nobody is there to answer.
    """
    if key is not None:
        return _key_file(key, console)
    configured = route.key_files[0] if route.key_files else None
    plain = _plain(configured) if configured else None
    if configured and plain:
        return Credential("key", f"the key file {configured}", (plain,))
    found = _agent() if agent and route.agent else None
    if found:
        return found
    # Only now: a configured key that is locked is mostly in the agent too.
    return _key_file(configured, console) if configured else _password(route, console)


def _plain(path: Path) -> paramiko.PKey | None:
    """Return a key that ``~/.ssh/config`` names; None for one that is locked or not readable."""
    import paramiko

    try:
        return _load(path, None)
    except (paramiko.PasswordRequiredException, OSError):
        return None


def _key_file(path: Path, console: Console) -> Credential:
    import paramiko

    try:
        loaded = _load(path, None)
    except paramiko.PasswordRequiredException:
        loaded = _unlocked(path, console)
    except OSError as error:
        told = f"{error.strerror}; give a private key's file"
        raise InputError(f"the key {path}: {told} (--key)") from None
    if loaded is None:
        told = "is no private key that this paramiko reads (Ed25519, ECDSA or RSA)"
        raise InputError(f"the key {path} {told}; give another with --key")
    return Credential("key", f"the key file {path}", (loaded,))


def _unlocked(path: Path, console: Console) -> paramiko.PKey | None:
    import paramiko

    if not console.is_interactive:
        raise InputError(
            f"the key {path}: its passphrase is missing, and standard input is no terminal; "
            "load the key into an agent (ssh-add) or run this in a terminal"
        )
    passphrase = console.secret(f"Passphrase of {path}: ")
    if not passphrase:
        raise InputError(f"no passphrase for {path} was given")
    try:
        return _load(path, passphrase)
    except (paramiko.SSHException, ValueError):
        raise InputError(f"the key {path}: the passphrase does not fit; try again") from None


def _load(path: Path, passphrase: str | None) -> paramiko.PKey | None:
    import paramiko

    kinds: tuple[type[paramiko.PKey], ...] = (
        paramiko.Ed25519Key,
        paramiko.ECDSAKey,
        paramiko.RSAKey,
    )
    wrong = 0
    for kind in kinds:
        try:
            return kind.from_private_key_file(str(path), password=passphrase)
        except paramiko.PasswordRequiredException:
            raise
        except (paramiko.SSHException, ValueError):
            wrong += 1  # a key of another kind, or the wrong passphrase: the classes tell no more
    if passphrase is not None and wrong == len(kinds):
        raise paramiko.SSHException("no kind of key could be read")
    return None


def _agent() -> Credential | None:
    """Return the agent's first keys; no agent that answers, and one without keys, is none."""
    import paramiko

    try:
        agent = paramiko.Agent()
    except (paramiko.SSHException, OSError, EOFError):
        return None
    keys = tuple(agent.get_keys()[:AGENT_KEYS])
    if not keys:
        agent.close()
        return None
    count = "key" if len(keys) == 1 else f"{len(keys)} keys"
    return Credential("agent", f"the agent's first {count}", keys, agent=agent)


def _password(route: Route, console: Console) -> Credential:
    name = f"{route.user}@{route.host}"
    stored = _stored(name)
    if stored:
        return Credential("password", "the keyring's password", password=stored)
    if not console.is_interactive:
        raise InputError(
            f"nothing to log in with as {name}: no --key, no agent with a key, no password in the "
            f"keyring, and standard input is no terminal; give --key FILE, start an agent, or "
            f"store one: keyring set {SERVICE} {name}"
        )
    password = console.secret(f"Password of {name}: ")
    if not password:
        raise InputError(f"no password for {name} was given")
    return Credential("password", "the password", password=password)


def _stored(name: str) -> str | None:
    import keyring
    import keyring.errors

    try:
        return keyring.get_password(SERVICE, name)
    except (keyring.errors.KeyringError, OSError, RuntimeError):
        return None  # no keyring here, or one that is locked
