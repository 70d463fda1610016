"""How far archives are followed, and what was taken out of one so far."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from pvo_kit.sources.reasons import UNPACK, SourceError


@dataclass(frozen=True)
class Limits:
    """How far archives are followed; what is beyond is refused as a bomb.

    ``depth`` counts the archives inside a PATH (a PATH that is an archive counts like a folder).
    A member may expand ``ratio`` times once it is beyond ``free_bytes``. ``total_bytes`` and
    ``members`` hold for an archive together with the archives in it.
    """

    depth: int = 3
    ratio: int = 200
    free_bytes: int = 64 << 20
    total_bytes: int = 64 << 30
    members: int = 100_000


LIMITS = Limits()


@dataclass
class Budget:
    """What was taken out of one archive and the archives in it so far."""

    limits: Limits
    unpacked: int = 0
    members: int = 0

    def refusal(self) -> str:
        """Return why the archive is not read any further, or an empty string."""
        if self.unpacked > self.limits.total_bytes:
            return f"holds more than {self.limits.total_bytes:,} bytes; {UNPACK}"
        if self.members > self.limits.members:
            return f"holds more than {self.limits.members:,} members; {UNPACK}"
        return ""

    def watch(self, blocks: Iterator[bytes], packed: Callable[[], int]) -> Iterator[bytes]:
        """Pass on what is unpacked from ``packed`` bytes until it is beyond a limit."""
        size = 0
        for block in blocks:
            size += len(block)
            self.unpacked += len(block)
            if size > self.limits.free_bytes and size > self.limits.ratio * packed():
                raise SourceError(
                    f"expands more than {self.limits.ratio} times, as a bomb does; {UNPACK}"
                )
            if self.unpacked > self.limits.total_bytes:
                raise SourceError(self.refusal())
            yield block
