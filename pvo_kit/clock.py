"""Dates as AsyncOS prints them, read to UTC."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

STAMP = (
    rf"(?:[A-Z][a-z]{{2}},?\s+)?(?P<month>{'|'.join(_MONTHS)})\s+(?P<day>\d{{1,2}})\s+"
    r"(?P<clock>\d{1,2}:\d{2}:\d{2})\s+(?P<year>\d{4})(?!\d)"
    r"(?:\s+(?P<zone>[A-Z]{2,5}|[+-]\d{2}(?:\d{2})?)(?![\w:]))?"
)
"""``Mon Jul 21 11:57:38 2014 GMT``; the zone is missing in banners and in mail logs."""

_STAMP = re.compile(STAMP)
_NUMBER = re.compile(r"[+-]\d{2}(?:\d{2})?")
_ZONE_HOURS = {
    "GMT": 0.0, "UTC": 0.0, "WET": 0.0, "BST": 1.0, "WEST": 1.0, "CET": 1.0, "CEST": 2.0,
    "MET": 1.0, "MEST": 2.0, "EET": 2.0, "EEST": 3.0, "SAST": 2.0, "MSK": 3.0, "IST": 5.5,
    "SGT": 8.0, "HKT": 8.0, "AWST": 8.0, "JST": 9.0, "KST": 9.0, "AEST": 10.0, "AEDT": 11.0,
    "NZST": 12.0, "NZDT": 13.0, "BRT": -3.0, "AST": -4.0, "EDT": -4.0, "EST": -5.0,
    "CDT": -5.0, "CST": -6.0, "MDT": -6.0, "MST": -7.0, "PDT": -7.0, "PST": -8.0,
}  # fmt: skip


def read_stamp(text: str, zone: str = "") -> datetime | None:
    """Return the first date in ``text`` in UTC (naive), or None where there is none.

    A stamp without a zone is read in ``zone``, where the same box shows it elsewhere. A zone that
    is missing or not known counts as UTC: what is compared with it comes from the same appliance
    as a rule, and a wrong guess would be worse than none.
    """
    match = _STAMP.search(text)
    if not match:
        return None
    hour, minute, second = (int(part) for part in match["clock"].split(":"))
    month = _MONTHS.index(match["month"]) + 1
    try:
        local = datetime(int(match["year"]), month, int(match["day"]), hour, minute, second)
        return local - (offset(match["zone"] or zone) or timedelta())
    except (ValueError, OverflowError):  # 31 February; a zone at either end of the calendar
        return None


def offset(zone: str) -> timedelta | None:
    """Return how far a zone of a stamp is ahead of UTC, or None where it is not known."""
    if _NUMBER.fullmatch(zone):
        ahead = timedelta(hours=int(zone[1:3]), minutes=int(zone[3:5] or 0))
        return -ahead if zone[0] == "-" else ahead
    return timedelta(hours=_ZONE_HOURS[zone]) if zone in _ZONE_HOURS else None


def to_iso(time: datetime | None) -> str | None:
    """Return ISO 8601 in UTC with a trailing Z, or None."""
    return None if time is None else time.isoformat(timespec="seconds") + "Z"
