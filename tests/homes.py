"""A person's home in a test: nothing of the machine's own is read, and no secret is stored."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import keyring
import keyring.backend
import pytest


class Ring(keyring.backend.KeyringBackend):
    """A keyring in memory, which takes nothing."""

    priority = 1

    def __init__(self, passwords: Mapping[tuple[str, str], str] | None = None) -> None:
        super().__init__()
        self.passwords = dict(passwords or {})

    def get_password(self, service: str, username: str) -> str | None:
        return self.passwords.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        raise AssertionError("the kit stored a password")

    def delete_password(self, service: str, username: str) -> None:
        raise AssertionError("the kit deleted a password")


def home_of_its_own(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Make the folder the home, without an agent and with an empty keyring, until it goes on."""
    (folder / ".ssh").mkdir(parents=True)
    for name in ("HOME", "USERPROFILE"):
        monkeypatch.setenv(name, str(folder))
    monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)
    before = keyring.get_keyring()
    keyring.set_keyring(Ring())
    yield folder
    keyring.set_keyring(before)
