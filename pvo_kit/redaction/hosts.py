"""Which labels of a host name are public: ``co.jp`` of ``mx.example.co.jp`` is nobody's."""

from __future__ import annotations

import re

LABEL = r"[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?"

_GENERIC = (
    "com|net|org|edu|gov|mil|int|info|biz|name|pro|aero|coop|museum|jobs|mobi|travel|asia|post|"
    "app|dev|cloud|online|site|shop|store|tech|xyz|email|agency|group|company|bank|global|systems|"
    "arpa|local|localdomain|lan|internal|intranet|corp|home|private|test|invalid|example|onion"
)
SUFFIX = rf"(?:{_GENERIC}|[A-Za-z]{{2}})"
"""Top-level domains that a name in running text is known by; two letters are a country."""

_SUFFIX = re.compile(SUFFIX, re.IGNORECASE)
_SECOND = frozenset(
    (
        "ac", "ad", "co", "com", "ed", "edu", "go", "gob", "gouv", "gov", "gr", "lg", "ltd", "mil",
        "ne", "net", "nom", "or", "org", "plc", "sch",
    )
)  # fmt: skip
"""Labels that are no domain of somebody's below a country, as in ``co.jp``."""

_REVERSE = frozenset({"in-addr", "ip6"})


def public_labels(labels: list[str]) -> int:
    """Return how many labels at the end of a name are public: 2 of ``mx.example.co.jp``.

    A single label is a host's own name, and a suffix that is not known may be somebody's.
    """
    if len(labels) < 2 or not _SUFFIX.fullmatch(labels[-1]):
        return 0
    below, last = labels[-2].lower(), labels[-1].lower()
    is_second = len(labels) > 2 and len(last) == 2 and below in _SECOND
    return 2 if is_second or (last == "arpa" and below in _REVERSE) else 1
