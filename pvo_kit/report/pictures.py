"""The charts of a case: its delivery connections as pictures, each with the same in words."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pvo_kit.frames import connections_frame
from pvo_kit.mail_logs import Connection

if TYPE_CHECKING:
    from pvo_kit.charts.columns import Fix


@dataclass(frozen=True, slots=True)
class Picture:
    """A chart as PNG. ``alt`` tells in sentences what is seen, ``title`` what it is about."""

    name: str
    title: str
    alt: str
    png: bytes = field(repr=False)

    @property
    def uri(self) -> str:
        """The picture as the address that a page holds it under."""
        return f"data:image/png;base64,{b64encode(self.png).decode('ascii')}"


def pictures(connections: Sequence[Connection], fix: Fix = None) -> tuple[Picture, ...]:
    """Draw what these connections have to show: their life, their TLS failures, their suites.

    ``fix`` is a time (UTC) that parts the charts into before and after; InputError for none.
    Connections without any time are in no chart.
    """
    if not any(link.opened or link.closed for link in connections):
        return ()
    # matplotlib and pandas take half a second: only for a case that has something to draw.
    from pvo_kit import charts

    frame = connections_frame(connections)
    found = [
        Picture(
            "timeline",
            "Delivery connections to the quarantine port",
            charts.describe("dcid_timeline", frame, fix=fix),
            charts.to_png(charts.dcid_timeline(frame, fix=fix)),
        )
    ]
    if any(link.tls == "failed" for link in connections):
        found.append(
            Picture(
                "tls-failures",
                "Failures of TLS on the quarantine port over time",
                charts.describe("tls_failures_over_time", frame, fix=fix),
                charts.to_png(charts.tls_failures_over_time(frame, fix=fix)),
            )
        )
    if any(link.tls_cipher for link in connections):
        found.append(
            Picture(
                "ciphers",
                "Cipher suites negotiated with the quarantine port",
                charts.describe("cipher_use", frame, fix=fix),
                charts.to_png(charts.cipher_use(frame, fix=fix)),
            )
        )
    return tuple(found)
