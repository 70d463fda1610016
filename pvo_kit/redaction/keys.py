"""The key of the pseudonyms: read from a file that nobody else can read, or made for one run."""

from __future__ import annotations

import hmac
import os
import secrets
import stat
from dataclasses import dataclass, field
from pathlib import Path

from pvo_kit.errors import InputError

SHORTEST = 16
"""Bytes. Whoever guesses the key turns every pseudonym back."""

_MAKE = 'python -c "import secrets; print(secrets.token_hex(32))" > FILE'


@dataclass(frozen=True, slots=True)
class Key:
    """The secret behind the pseudonyms; ``lasting`` where it is kept for more than one run."""

    secret: bytes = field(repr=False)
    lasting: bool = True

    def digest(self, kind: str, value: bytes) -> bytes:
        """Return the 32 bytes that stand for a value of a kind: HMAC-SHA256."""
        return hmac.digest(self.secret, kind.encode("ascii") + b"\x00" + value, "sha256")

    @property
    def mark(self) -> str:
        """Eight digits that tell two keys apart and tell nothing of either."""
        return self.digest("mark", b"").hex()[:8]


def fresh() -> Key:
    """Return a random key, which is gone with the run."""
    return Key(secrets.token_bytes(32), lasting=False)


def given(secret: bytes) -> Key:
    """Return a key that was given; raise InputError where it could be guessed."""
    if len(secret) < SHORTEST:
        raise InputError(f"the key has less than {SHORTEST} bytes; make one with {_MAKE}")
    return Key(secret)


def read_key(path: str | os.PathLike[str]) -> bytes:
    """Return the key in a file, without the blanks and line ends around it.

    Raises InputError where the file is missing, too short, or readable by others (POSIX only).
    """
    file = Path(path)
    try:
        status = file.stat()
        secret = file.read_bytes().strip()
    except OSError as error:
        raise InputError(
            f"the key file {file.name} cannot be read ({error.strerror}); make one with {_MAKE}"
        ) from None
    if os.name == "posix" and status.st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise InputError(
            f"the key file {file.name} can be read or changed by others; chmod 600 {file.name}, "
            "and make a new key if it may have been read"
        )
    return given(secret).secret
