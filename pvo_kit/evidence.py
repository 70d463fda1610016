"""What was captured: the lines that can be cited, when they were true, and by which box.

Everything downstream (parsers, scenarios, reports) speaks of these few types. They hold no logic
of any command: a Transcript is one command and its answer, a LogFile is one mail log.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, order=True, slots=True)
class Citation:
    """One line of one file, as it stands there.

    ``file`` is the path below the PATH that was given, through archives too. ``line`` counts the
    lines of the decoded file from 1. ``text`` is the line without its ending, otherwise untouched.
    """

    file: str
    line: int
    text: str


@dataclass(frozen=True, slots=True)
class Moment:
    """When and where something was read, as far as the evidence tells.

    ``time`` is exact (a status stamp, a log line; UTC, naive). ``not_before`` and ``not_after``
    bound a reading without a stamp of its own by the clocks seen around it in the same session.
    """

    file: str
    line: int
    session: int = 0
    time: datetime | None = None
    not_before: datetime | None = None
    not_after: datetime | None = None
