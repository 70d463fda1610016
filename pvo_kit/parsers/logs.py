"""Logs in transcripts: ``grep``, ``findevent``, ``tail`` and the list of ``logconfig``.

::

    Currently configured logs:
    Log Name       Log Type                  Retrieval         Interval
    -------------------------------------------------------------------
    13. mail_logs  IronPort Text Mail Logs   Manual Download   None

The list's form is that of Cisco's article on log subscriptions. The log's lines themselves are
read by the mail-log reader.
"""

from __future__ import annotations

import re

from pvo_kit.facts import LogSubscription
from pvo_kit.parsers.reading import Reading

_EVERYTHING = re.compile(r"\S.*", re.S)
_SUBSCRIPTION = re.compile(
    r"^[ \t]*\d+\.\s+(?P<name>\S+)\s+(?P<kind>[A-Z][\w/&() -]*?)\s+"
    r"(?:Manual\s+Download|(?:FTP|SCP|Syslog|AWS\s+S3)\s+\w+|FTP|Disabled)\b[^\n]*$",
    re.M,
)
_REST = re.compile(r"^[ \t]*(?:Currently\s+configured\s+logs|Log\s+Name\s)[^\n]*$", re.M)


def parse(reading: Reading) -> list[LogSubscription]:
    """Leave a log's lines to the mail-log reader, which counts those that it does not know."""
    reading.skip(_EVERYTHING)
    return []


def parse_subscriptions(reading: Reading) -> list[LogSubscription]:
    """Read ``logconfig``."""
    reading.skip(_REST)
    return [LogSubscription(name=match["name"], kind=" ".join(match["kind"].split()),
                            **reading.origin(match))
            for match in reading.finditer(_SUBSCRIPTION)]  # fmt: skip
