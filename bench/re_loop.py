"""The reader that everybody writes first: one `re` after the other over the lines with a DCID.

It is what the kit's reader is measured against, so it is written with care: lines without the word
are left out before any regex runs, regexes are compiled and in the order of their frequency, and a
stamp is read once a second. It builds the same table as the kit does, but knows only the nine kinds
and the one header form of the benchmark's data.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from pathlib import Path

import polars as pl

_HEADER = re.compile(
    r"[A-Z][a-z]{2} (?P<stamp>[A-Z][a-z]{2} [ 0-9][0-9] [0-9:]{8} [0-9]{4}) "
    r"(?P<level>[A-Z][a-z]+): "
)
_KINDS = (
    ("delivery-start", re.compile(
        r"Delivery start DCID (?P<dcid>\d+) MID (?P<mid>\d+) to RID \[(?P<rids>[^\]]*)\]"
        r"(?: (?P<detail>.+?))? *$")),
    ("message-done", re.compile(
        r"Message done DCID (?P<dcid>\d+) MID (?P<mid>\d+) to RID \[(?P<rids>[^\]]*)\]"
        r"(?: (?P<detail>.+?))? *$")),
    ("dcid-close", re.compile(r"DCID (?P<dcid>\d+) close *$")),
    ("tls-success", re.compile(
        r"DCID (?P<dcid>\d+) TLS success protocol (?P<tls_protocol>\S+) cipher (?P<tls_cipher>\S+)"
        r"(?: for (?P<domain>\S+))? *$")),
    ("dcid-open", re.compile(
        r"New SMTP DCID (?P<dcid>\d+) interface (?P<interface>\S+) address (?P<address>\S+)"
        r"(?: port (?P<port>\d+))? *$")),
    ("tls-failed", re.compile(r"DCID (?P<dcid>\d+) TLS failed(?:: (?P<detail>.+?))? *$")),
    ("tls-required", re.compile(r"DCID (?P<dcid>\d+) TLS was required but could not be")),
    ("connection-error", re.compile(
        r"Connection Error: DCID:? (?P<dcid>\d+)(?: domain: (?P<domain>\S+))? IP: (?P<address>\S+)"
        r"(?: port: (?P<port>\d+))? details: (?P<detail>.*?)(?: interface: (?P<interface>\S+))?"
        r"(?: reason: .*)?$")),
    ("bounced", re.compile(
        r"Bounced: DCID:? (?P<dcid>\d+) MID (?P<mid>\d+) to RID (?P<rids>\d+) - "
        r"(?P<detail>.*?) *$")),
)  # fmt: skip
_OFFSET = re.compile(r"Time offset from UTC: (-?\d+) seconds")
_TEXTS = ("interface", "tls_protocol", "tls_cipher", "rids", "address", "domain", "detail")
_NUMBERS = ("dcid", "mid", "port")
_CATEGORIES = ("level", "event", "interface", "tls_protocol", "tls_cipher", "source")


def _told(line: str, begin: int) -> tuple[str, re.Match[str] | None]:
    """The first kind that takes the line."""
    for event, pattern in _KINDS:
        if found := pattern.match(line, begin):
            return event, found
    return "", None


def read(path: Path) -> pl.DataFrame:
    """Return one row for each line of a known kind."""
    columns: dict[str, list[object]] = {
        name: [] for name in ("time", "local_time", "offset", "level", "event", "source",
                              *_TEXTS, *_NUMBERS, "session", "line")
    }  # fmt: skip
    offset, session, highest = None, 0, 0
    stamp, local_time = "", datetime.min
    with path.open(encoding="utf-8", errors="replace") as file:
        for number, line in enumerate(file, start=1):
            if "DCID" not in line:
                if "Time offset" in line and (told := _OFFSET.search(line)):
                    offset = int(told[1])
                continue
            header = _HEADER.match(line)
            if not header:
                continue
            event, found = _told(line, header.end())
            if not found:
                continue
            if header["stamp"] != stamp:
                stamp = header["stamp"]
                local_time = datetime.strptime(stamp, "%b %d %H:%M:%S %Y")
            values = found.groupdict()
            dcid = int(values["dcid"])
            if event == "dcid-open":
                if highest - dcid > max(1000, highest // 4):
                    session, highest = session + 1, 0
                highest = max(highest, dcid)
            columns["time"].append(local_time - timedelta(seconds=offset or 0))
            columns["local_time"].append(local_time)
            columns["offset"].append(offset)
            columns["level"].append(header["level"])
            columns["event"].append(event)
            columns["source"].append(path.name)
            for name in _TEXTS:
                columns[name].append(values.get(name))
            columns["dcid"].append(dcid)
            columns["mid"].append(int(values["mid"]) if values.get("mid") else None)
            columns["port"].append(int(values["port"]) if values.get("port") else None)
            columns["session"].append(session)
            columns["line"].append(number)
    return pl.DataFrame(
        {name: pl.Series(name, values, _TYPES[name]) for name, values in columns.items()}
    )


_TYPES: dict[str, pl.DataType] = {
    "time": pl.Datetime("us"), "local_time": pl.Datetime("us"), "offset": pl.Int32(),
    **dict.fromkeys(_TEXTS, pl.String()), **dict.fromkeys(_CATEGORIES, pl.Categorical()),
    "dcid": pl.Int64(), "mid": pl.Int64(), "port": pl.Int32(), "session": pl.Int32(),
    "line": pl.Int64(),
}  # fmt: skip
