"""Host keys that are trusted: OpenSSH's ``known_hosts``, read as OpenSSH reads it.

Hashed names, wildcards, negations, ``[host]:port`` and ``@revoked`` are understood; certificate
authorities are not (their lines are passed over). Nothing is ever trusted by itself.
"""

from __future__ import annotations

import base64
import fnmatch
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Literal

from pvo_kit.errors import InputError

if TYPE_CHECKING:
    import paramiko

Trust = Literal["known", "unknown", "changed", "revoked"]
_WRITING = Lock()


@dataclass(frozen=True, slots=True)
class _Entry:
    names: tuple[str, ...]
    key: paramiko.PKey
    revoked: bool
    place: str


class KnownHosts:
    """The entries of some files; ``store`` is the file that a new one would be added to."""

    def __init__(self, paths: Sequence[Path], store: Path) -> None:
        """Read the files that exist; raises InputError for one that cannot be read."""
        self.paths = tuple(paths)
        self.store = store
        self._entries = [entry for path in paths for entry in _entries(path)]

    def keys(self, name: str) -> list[paramiko.PKey]:
        """Return the trusted keys of a host."""
        found = (entry for entry in self._entries if not entry.revoked)
        return [entry.key for entry in found if _matches(name, entry.names)]

    def trust(self, name: str, key: paramiko.PKey) -> tuple[Trust, str]:
        """Tell what is known of the key that a host shows, and where a differing one stands."""
        data = key.asbytes()
        places: list[str] = []
        for entry in self._entries:
            if _matches(name, entry.names):
                if entry.key.asbytes() == data:
                    if entry.revoked:
                        return "revoked", entry.place
                    places.insert(0, "")
                elif not entry.revoked:
                    places.append(entry.place)
        if not places:
            return "unknown", ""
        return ("known", "") if places[0] == "" else ("changed", places[0])

    def add(self, name: str, key: paramiko.PKey) -> None:
        """Append an entry to ``store``; raises InputError where that cannot be."""
        line = f"{name} {key.get_name()} {key.get_base64()}\n"
        with _WRITING:
            try:
                self.store.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                text = self.store.read_text(encoding="utf-8") if self.store.exists() else ""
                head = "" if not text or text.endswith("\n") else "\n"
                with self.store.open("a", encoding="utf-8", newline="\n") as file:
                    file.write(head + line)
            except (OSError, UnicodeDecodeError) as error:
                raise InputError(f"{self.store} cannot be written ({error})") from None
            self._entries.append(_Entry((name,), key, False, str(self.store)))


def default_paths() -> tuple[Path, ...]:
    """Return the user's and the system's files, the user's first."""
    if sys.platform == "win32":
        system = Path(os.environ.get("PROGRAMDATA", "C:/ProgramData")) / "ssh"
    else:
        system = Path("/etc/ssh")
    user = Path.home() / ".ssh"
    return user / "known_hosts", user / "known_hosts2", system / "ssh_known_hosts"


def host_name(host: str, port: int) -> str:
    """Return the name under which a host stands in the files."""
    return host.lower() if port == 22 else f"[{host.lower()}]:{port}"


def fingerprint(key: paramiko.PKey) -> str:
    """Return ``SHA256:...`` as ssh-keygen prints it."""
    digest = base64.b64encode(sha256(key.asbytes()).digest()).decode("ascii")
    return f"SHA256:{digest.rstrip('=')}"


def _entries(path: Path) -> Iterator[_Entry]:
    if not path.exists():
        return
    try:
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError as error:
        raise InputError(f"{path} cannot be read ({error.strerror}); check --known-hosts") from None
    for number, line in enumerate(lines, start=1):
        yield from _entry(line.strip(), f"{path}:{number}")


def _entry(line: str, place: str) -> Iterable[_Entry]:
    from paramiko import SSHException
    from paramiko.hostkeys import HostKeyEntry, InvalidHostKey

    words = line.split()
    if not words or words[0].startswith("#") or words[0] == "@cert-authority":
        return ()
    revoked = words[0] == "@revoked"
    words = words[1:] if revoked else words
    try:
        found = HostKeyEntry.from_line(" ".join(words[:3])) if len(words) > 2 else None
    except (InvalidHostKey, SSHException, ValueError, IndexError):
        return ()  # a damaged line trusts nobody
    if found is None or found.key is None:
        return ()
    return (_Entry(tuple(words[0].split(",")), found.key, revoked, place),)


def _matches(name: str, patterns: Sequence[str]) -> bool:
    """Whether a line is of this host: one pattern matches and no negated one does."""
    hits = [pattern for pattern in patterns if _matches_one(name, pattern.removeprefix("!"))]
    return bool(hits) and not any(pattern.startswith("!") for pattern in hits)


def _matches_one(name: str, pattern: str) -> bool:
    if pattern.startswith("|1|"):
        from paramiko.hostkeys import HostKeys

        try:
            return HostKeys.hash_host(name, pattern) == pattern
        except (ValueError, TypeError, AssertionError):
            return False
    # Brackets are part of a name with a port here, no class of characters.
    escaped = pattern.lower().replace("[", "[[]")
    return fnmatch.fnmatchcase(name.lower(), escaped)
