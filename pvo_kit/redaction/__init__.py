"""Redaction: a copy of an escalation in which nobody is named, and which says the same.

    load ──▶ collect: what is somebody's by structure ──▶ Lines: every token by its form
                                                            │
    walk ──▶ texts: log, session, configuration, notes ─────┴──▶ tree: same folders and archives
                                                                   │
    seal ◀── equality: the same diagnosis ◀── leaks: no value left ┘

``keys``, ``addresses`` and ``names`` make pseudonyms from a key, ``vocabulary`` knows the
appliance's own words, which stay.
"""

from pvo_kit.redaction.keys import read_key
from pvo_kit.redaction.report import Redaction
from pvo_kit.redaction.running import redact

__all__ = ["Redaction", "read_key", "redact"]
