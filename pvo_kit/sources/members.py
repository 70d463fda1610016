"""What an archive holds: one member after the other."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple


class Member(NamedTuple):
    """A member of an archive; its bytes can be had until the next one is asked for.

    ``refusal`` is the reason why it cannot be read, or empty.
    """

    name: str
    folder: bool
    refusal: str
    blocks: Iterator[bytes]
