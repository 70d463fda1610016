"""``showchanges``: ``{}`` with nothing pending, else a nested dictionary.

::

    {'config': {'hostname': {'new': 'a.example.com', 'old': 'b.example.com'}}}

Source: public CLI test code, which evaluates the answer as a Python literal.
"""

from __future__ import annotations

import re

from pvo_kit.facts import PendingChanges
from pvo_kit.parsers.reading import Reading

_NONE = re.compile(r"^[ \t]*\{\s*\}[ \t]*$", re.M)
_SOME = re.compile(r"^[ \t]*\{\s*[\"'\w][^\n]*", re.M)
_ALL = re.compile(r"^[ \t]*\{.*\}", re.M | re.S)


def parse(reading: Reading) -> list[PendingChanges]:
    """Read ``showchanges``."""
    some = reading.search(_SOME)
    none = None if some else reading.search(_NONE)
    reading.skip(_ALL)
    match = some or none
    if not match:
        return []
    return [PendingChanges(pending=some is not None, **reading.origin(match))]
