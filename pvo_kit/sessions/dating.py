"""When a transcript was true, as far as the clocks in its session tell."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from pvo_kit import catalog
from pvo_kit.clock import STAMP, read_stamp
from pvo_kit.evidence import Transcript
from pvo_kit.sessions.lines import LOG_LINE

_PRESENT = re.compile(
    rf"^[ \t]*(?:Status\s+as\s+of|Changes\s+committed):\s+(?P<stamp>{STAMP})", re.MULTILINE
)
_LAST_LOGIN = re.compile(rf"^[ \t]*Last\s+login:\s+(?P<stamp>{STAMP})", re.MULTILINE)


def dated(cuts: Sequence[Transcript]) -> list[Transcript]:
    """Bound each transcript by the clocks seen in its session (see Moment)."""
    sessions: dict[str, list[Transcript]] = {}
    for cut in cuts:
        sessions.setdefault(cut.moment.session, []).append(cut)
    bounded = [cut for session in sessions.values() for cut in _not_after(_not_before(session))]
    return sorted(bounded, key=lambda cut: cut.first_line)


def _not_before(session: Sequence[Transcript]) -> list[Transcript]:
    """Date what shows the box's present time; the rest is not older than the clocks above it.

    A present time that goes back shows that an older session was pasted below a newer one.
    """
    zone = _zone(session)
    found: list[Transcript] = []
    part, clock = 0, datetime.min
    for cut in session:
        banner = "\n".join(row.text for row in cut.banner)
        present = list(_times(_PRESENT, cut.text, zone))
        clock = max([clock, *_times(_LAST_LOGIN, banner, zone)])
        if present and present[0] < clock:
            part, clock = part + 1, datetime.min
        moment = replace(
            cut.moment,
            session=f"{cut.moment.session}.{part}" if part else cut.moment.session,
            time=present[0] if present else None,
            not_before=None if present or clock == datetime.min else clock,
        )
        found.append(replace(cut, moment=moment, zone=zone))
        logged = _times(LOG_LINE, cut.text, zone) if cut.verb in catalog.LOG_COMMANDS else ()
        clock = max([clock, *present, *logged])
    return found


def _zone(session: Sequence[Transcript]) -> str:
    """The box's time zone by its present times; its logs and logins are in it but tell none."""
    zones = (found["zone"] for cut in session for found in _PRESENT.finditer(cut.text))
    return next(filter(None, zones), "")


def _times(pattern: re.Pattern[str], text: str, zone: str) -> Iterator[datetime]:
    stamps = dict.fromkeys(found["stamp"] for found in pattern.finditer(text))
    return filter(None, (read_stamp(stamp, zone) for stamp in stamps))


def _not_after(session: Sequence[Transcript]) -> list[Transcript]:
    """What has no stamp is not newer than the next present time of its session."""
    bounds: dict[str, datetime] = {}
    bounded: list[Transcript] = []
    for cut in reversed(session):
        moment = cut.moment
        if moment.time:
            bounds[moment.session] = moment.time
        elif moment.session in bounds:
            cut = replace(cut, moment=replace(moment, not_after=bounds[moment.session]))
        bounded.append(cut)
    return bounded[::-1]
