"""Which events a diagnosis needs of a mail log: those of connections that may be a quarantine's.

Most deliveries go to port 25. Their events are dropped while reading, so that a log of any size
is read in little memory.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pvo_kit.mail_logs.plain import Event

OTHER_PORTS = frozenset({25, 465, 587, 6025})
"""Ports that are never the policy quarantine's: mail, and the spam quarantine."""

ORPHANS = frozenset({"tls-success", "tls-failed", "tls-required", "connection-error", "dcid-close"})
"""Kinds that matter of a connection which was opened before the log begins."""


def relevant(events: Iterable[Event]) -> Iterator[Event]:
    """Yield the events of delivery connections that are not to one of OTHER_PORTS."""
    kept: dict[tuple[str | None, int], bool] = {}
    for event in events:
        if not event.dcid:
            continue
        key = (event.appliance, event.dcid)
        if event.port is not None:
            kept[key] = event.port not in OTHER_PORTS
        if kept.get(key, event.event in ORPHANS):
            yield event
        if event.event == "dcid-close":
            kept.pop(key, None)
