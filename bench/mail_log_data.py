"""Make mail logs for the benchmark: the mix of kinds of a busy appliance, every value made up.

About 12 % of the lines carry a DCID, connections are interleaved, 1 in 200 fails at TLS, some
Subjects quote log lines, and the appliance boots once in the middle, so that its DCIDs start again.
The same size and seed give the same bytes.

    python bench/mail_log_data.py mail.log --megabytes 100
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

_START = datetime(2024, 2, 5, 6, 0, 0)
_LINES_A_SECOND = 60
_BLOCK = 20_000  # lines written at a time
_FAILURES = (
    "verify error: no certificate from server",
    "verify error: certificate has expired",
    "(336151568, 'error:14094410:SSL routines:SSL3_READ_BYTES:sslv3 alert handshake failure')",
    "STARTTLS unexpected response",
    "[Errno 54] Connection reset by peer",
)
_SUITES = ("TLSv1.2 cipher ECDHE-RSA-AES256-GCM-SHA384", "TLSv1.3 cipher TLS_AES_256_GCM_SHA384",
           "TLSv1.2 cipher ECDHE-RSA-AES128-GCM-SHA256", "TLSv1 cipher AES256-SHA")  # fmt: skip
_ACCEPTED = (
    "MID {mid} ICID {icid} From: <sender{n}@example.com>",
    "MID {mid} ICID {icid} RID 0 To: <user{n}@example.net>",
    "MID {mid} Message-ID '<{mid}.{n}@mail.example.com>'",
    "MID {mid} Subject 'Quarterly figures number {n}'",
    "MID {mid} SPF: mailfrom identity sender{n}@example.com Pass (v=spf1)",
    "MID {mid} DKIM: pass signature verified (d=example.com s=s1 i=@example.com)",
    "MID {mid} ready {n} bytes from <sender{n}@example.com>",
    "MID {mid} matched all recipients for per-recipient policy DEFAULT in the inbound table",
    "MID {mid} interim verdict using engine: CASE spam negative",
    "MID {mid} using engine: CASE spam negative",
    "MID {mid} interim AV verdict using Sophos CLEAN",
    "MID {mid} antivirus negative ",
    "MID {mid} AMP file reputation verdict : CLEAN",
    "MID {mid} Outbreak Filters: verdict negative",
    "MID {mid} queued for delivery",
)
_QUOTED = "MID {mid} Subject 'Fwd: DCID {n} TLS failed: verify error: no certificate from server'"
_REJECTED = (
    "New SMTP ICID {icid} interface Data 1 (192.0.2.1) address 203.0.113.{low} reverse dns host"
    " host{n}.example.org verified no",
    "ICID {icid} REJECT SG BLACKLIST match sbrs[-10.0:-2.5] SBRS -9.5",
    "ICID {icid} close",
)


class _Appliance:
    """Counters of one appliance, and what it writes: forty connections at a time, interleaved."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)  # noqa: S311 (made data)
        self.mid, self.icid, self.dcid = 24_000_000, 60_000_000, 6_500_000
        self._running = [self.connection() for _ in range(40)]

    def boot(self) -> None:
        """Begin again: all connections are cut, and DCIDs start from 1."""
        self.dcid = 0
        self._running = [self.connection() for _ in self._running]

    def bodies(self) -> Iterator[str]:
        """Yield the texts of log lines without end."""
        while True:
            lane = int(self.chance.random() * len(self._running))
            turn = next(self._running[lane], None)
            if turn is None:
                self._running[lane] = self.connection()
            else:
                yield from turn

    def connection(self) -> Iterator[list[str]]:
        """Yield, turn by turn, the bodies of two received messages and of their delivery."""
        chance = self.chance
        low = chance.randrange(1, 255)
        port = 7025 if chance.random() < 0.02 else 25
        messages = []
        for _ in range(2):
            yield from self._rejected(6)
            self.mid, self.icid = self.mid + 1, self.icid + 1
            messages.append(self.mid)
            values = {"mid": self.mid, "icid": self.icid, "n": chance.randrange(100, 99_999),
                      "low": low}  # fmt: skip
            yield [f"Start MID {self.mid} ICID {self.icid}"]
            yield [line.format_map(values) for line in _ACCEPTED]
            if chance.random() < 0.02:
                yield [_QUOTED.format_map(values)]
        self.dcid += 1
        dcid = self.dcid
        yield [f"New SMTP DCID {dcid} interface 192.0.2.1 address 198.51.100.{low} port {port}"]
        if chance.random() < 0.005:
            yield [
                f"DCID {dcid} TLS failed: {chance.choice(_FAILURES)}",
                f"DCID {dcid} TLS was required but could not be successfully negotiated",
            ]
        else:
            yield [f"DCID {dcid} TLS success protocol {chance.choice(_SUITES)}"]
            for mid in messages:
                yield [f"Delivery start DCID {dcid} MID {mid} to RID [0]"]
                yield [f"Message done DCID {dcid} MID {mid} to RID [0] ",
                       f"MID {mid} RID [0] Response '2.0.0 Ok: queued as {dcid:X}'",
                       f"Message finished MID {mid} done"]  # fmt: skip
        yield [f"DCID {dcid} close"]

    def _rejected(self, count: int) -> Iterator[list[str]]:
        for _ in range(self.chance.randrange(count)):
            self.icid += 1
            values = {"icid": self.icid, "low": self.icid % 255, "n": self.icid % 10_000}
            yield [line.format_map(values) for line in _REJECTED]


def make(path: Path, megabytes: int, seed: int = 1) -> None:
    """Write a log of about this many megabytes (of a million bytes); it boots in the middle."""
    appliance = _Appliance(seed)
    texts = appliance.bodies()
    wanted, written, number, booted = megabytes * 1_000_000, 0, 0, False
    with path.open("w", encoding="ascii", newline="\n") as file:
        stamp = _stamp(0)
        for text in ("Begin Logfile", "Version: 15.0.0-104 SN: 0123456789AB-ABCDEF",
                     "Time offset from UTC: 3600 seconds"):  # fmt: skip
            written += file.write(f"{stamp}{text}\n")
        while written < wanted:
            lines = []
            for _ in range(_BLOCK):
                if number % _LINES_A_SECOND == 0:
                    stamp = _stamp(number // _LINES_A_SECOND)
                lines.append(stamp + next(texts))
                number += 1
            written += file.write("\n".join(lines) + "\n")
            if not booted and written * 2 > wanted:
                booted = True
                appliance.boot()


def _stamp(seconds: int) -> str:
    time = _START + timedelta(seconds=seconds)
    return f"{time:%a %b} {time.day:2} {time:%H:%M:%S %Y} Info: "


def main() -> None:
    """Write one log."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("path", type=Path)
    parser.add_argument("--megabytes", type=int, default=1000)
    options = parser.parse_args()
    make(options.path, options.megabytes)


if __name__ == "__main__":
    main()
