"""Mail logs of AsyncOS: what each line is, and what became of each delivery connection.

``kinds`` is the table of line kinds, ``header`` knows what stands before a line's text, ``plain``
reads line by line into events, ``connections`` makes one record for each delivery connection.

    events = list(read(lines, "mail.current"))
    failed = [link for link in connections(events) if link.tls == "failed"]
"""

from pvo_kit.mail_logs.connections import Connection, connections, in_order
from pvo_kit.mail_logs.header import Header, parse_header
from pvo_kit.mail_logs.kinds import DELIVERY, KINDS, Coverage, Kind, recognise
from pvo_kit.mail_logs.plain import Event, read, read_set

__all__ = [
    "DELIVERY",
    "KINDS",
    "Connection",
    "Coverage",
    "Event",
    "Header",
    "Kind",
    "connections",
    "in_order",
    "parse_header",
    "read",
    "read_set",
    "recognise",
]
