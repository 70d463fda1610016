"""What an SSH server offers, read from the first packet, which is not encrypted.

It is asked for only after a connection failed for want of a common algorithm.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Protocol

_KEXINIT = 20
_LONGEST = 35_000  # bytes a packet may have by RFC 4253
_BANNER_LINES = 50


class Socket(Protocol):
    """What is needed of a connection."""

    def send(self, data: bytes, /) -> int:
        """Send some of it."""
        ...

    def recv(self, size: int, /) -> bytes:
        """Return what has come."""
        ...


@dataclass(frozen=True, slots=True)
class Offer:
    """A server's software and the names of its algorithms, in its order."""

    software: str
    kex: tuple[str, ...]
    host_keys: tuple[str, ...]
    ciphers: tuple[str, ...]
    macs: tuple[str, ...]

    def __str__(self) -> str:
        """Return it in words."""
        parts = {
            "key exchange": self.kex,
            "host keys": self.host_keys,
            "ciphers": self.ciphers,
            "MACs": self.macs,
        }
        return "; ".join(f"{name}: {', '.join(names) or 'none'}" for name, names in parts.items())


def read(socket: Socket) -> Offer:
    """Return the offer of a server on a fresh connection; raises ValueError for anything else."""
    socket.send(b"SSH-2.0-pvo_kit\r\n")
    software = _software(socket)
    length = struct.unpack(">I", _exactly(socket, 4))[0]
    if not 0 < length <= _LONGEST:
        raise ValueError("no SSH packet")
    packet = _exactly(socket, length)
    payload = packet[1 : length - packet[0]]
    if not payload or payload[0] != _KEXINIT:
        raise ValueError("no list of algorithms")
    lists = list(_lists(payload[17:], 6))
    return Offer(software, lists[0], lists[1], lists[3], lists[5])


def _software(socket: Socket) -> str:
    for _ in range(_BANNER_LINES):
        line = b""
        while not line.endswith(b"\n") and len(line) < 1024:
            line += _exactly(socket, 1)
        if line.startswith(b"SSH-"):
            return line.strip().decode("ascii", "replace")
    raise ValueError("no SSH server")


def _exactly(socket: Socket, size: int) -> bytes:
    data = b""
    while len(data) < size:
        part = socket.recv(size - len(data))
        if not part:
            raise ValueError("the connection was closed")
        data += part
    return data


def _lists(data: bytes, count: int) -> list[tuple[str, ...]]:
    found = []
    for _ in range(count):
        if len(data) < 4:
            raise ValueError("a list of algorithms is cut")
        length = struct.unpack(">I", data[:4])[0]
        names = data[4 : 4 + length].decode("ascii", "replace")
        found.append(tuple(name for name in names.split(",") if name))
        data = data[4 + length :]
    return found
