"""What the end of an appliance's output means: only the last line of the buffer is looked at.

A prompt inside the output is followed by more text; a prompt at the end waits for a person.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from pvo_kit import screen
from pvo_kit.evidence import Level
from pvo_kit.sessions import PROMPT

Kind = Literal["prompt", "question", "pager", "secret"]

TAIL = 4096
"""Bytes. A longer last line is output, no prompt."""

_PAGER = re.compile(r"-+\s*Press\s+Any\s+Key\s+For\s+More[-\s]*(?:\x1b\[[0-9;]*[A-Za-z])*$", re.I)
_QUESTION = re.compile(r"\]>\s*$|[(\[](?:y(?:es)?/no?|y/n)[)\]]\s*[?:]?\s*$", re.I)
_SECRET = re.compile(r"\b(?:pass(?:word|phrase|code)|PIN|token|challenge)\b[^\n]{0,60}:\s*$", re.I)
_LEVELS: dict[str, Level] = {"Machine": "machine", "Group": "group", "Cluster": "cluster"}


@dataclass(frozen=True, slots=True)
class Ending:
    """What the appliance waits for, and the line as it is seen.

    Of a prompt, ``level`` and ``place`` are the cluster mode and its name; ``host`` is the name of
    an appliance outside a cluster.
    """

    kind: Kind
    shown: str
    level: Level | None = None
    place: str | None = None
    host: str | None = None

    def is_same_box(self, other: Ending) -> bool:
        """Return True where two prompts can be of one appliance: any mode of one cluster can."""
        if self.level or other.level:
            return bool(self.level and other.level)
        return (self.host or "").lower() == (other.host or "").lower()


def ending(buffer: bytes | bytearray) -> Ending | None:
    """Return what the end of the output waits for; None where more is to come."""
    tail = bytes(buffer[-TAIL:]).rpartition(b"\n")[2]
    if not tail.strip():
        return None
    text = tail.decode("utf-8", "replace")
    if _PAGER.search(text.rpartition("\r")[2]):
        return Ending("pager", "")
    shown = screen.seen(text)
    prompt = PROMPT.match(shown) if len(tail) < TAIL else None
    if prompt and not prompt["command"]:
        level = _LEVELS.get(prompt["level"] or "")
        place = " ".join(prompt["name"].split()) if level else None
        return Ending("prompt", shown, level, place, prompt["host"])
    if _QUESTION.search(shown):
        return Ending("question", shown)
    return Ending("secret", shown) if _SECRET.search(shown) else None
