"""``whoami``.

::

    Username: admin
    Full Name: Administrator
    Groups: admin, operators, config, log, guest

From memory; the groups may also be displayed names (``Administrators``).
"""

from __future__ import annotations

import re

from pvo_kit.facts import Account
from pvo_kit.parsers.reading import Reading

_USER = re.compile(r"^[ \t]*User\s?name:[ \t]*(?P<user>\S+)", re.M | re.I)
_GROUPS = re.compile(
    r"^[ \t]*(?:Groups?|Roles?):[ \t]*(?P<groups>\w[^\n]*(?:(?<=,)\s*\n\s*\w[^\n]*)*)", re.M | re.I
)
_REST = re.compile(r"^[ \t]*Full\s*Name:[^\n]*$", re.M | re.I)


def parse(reading: Reading) -> list[Account]:
    """Read ``whoami``."""
    user, groups = reading.search(_USER), reading.search(_GROUPS)
    reading.skip(_REST)
    if not groups:
        return []
    names = tuple(" ".join(part.split()).rstrip(".") for part in groups["groups"].split(","))
    matches = [match for match in (user, groups) if match]
    known = tuple(name for name in names if name)
    return [Account(user=user["user"] if user else None, groups=known, **reading.origin(*matches))]
