"""The appliance's own words, which are no secrets: commands, menus, roles, engines, answers.

``words.txt`` holds them. Every other word of an escalation may be somebody's and is replaced. So
a missing word costs readability, and one too many may leave a name: names of people, places and
companies do not belong into the list, even where they are words of the language too.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from importlib.resources import files

CONSTANTS = frozenset(
    {
        "the.cpq.host", "the.cpq.release.host", "the.euq.queue", "the.euq.release.queue",
        "the.encryption.queue", "localhost", "localhost.localdomain", "config.dtd",
        "smartreceiver.cisco.com", "main_group",
    }
)  # fmt: skip
"""Names that every appliance has."""

USERS = frozenset({"admin", "root", "monitor", "operator", "guest", "support", "technician"})
"""Accounts that every appliance has or that are called like a role."""

ROLES: dict[str, frozenset[str]] = {
    "sma": frozenset({"sma", "sewm"}),
    "esa": frozenset({"esa", "seg", "ces"}),
}
"""Words of host names that tell what a box is."""

_NUMBERED = re.compile(r"([A-Za-z]{2,})([0-9]{1,4})")
_FORMS = re.compile(
    r"[0-9]{1,5}(?:st|nd|rd|th|[smhdwkMGT]|[KMGTkmgt]i?[Bb]|ms)"  # 3rd, 50m, 64KB
    r"|[CXMSxcms][0-9]{3,4}[VvX]?"  # C670, M300V
    r"|0x[0-9A-Fa-f]{1,8}"  # a netmask
    r"|(?i:(?:(?:ssl|tls)v[0-9]+)+)"  # sslv3tlsv1
    r"|[vV][0-9]{1,2}"
    r"|[A-Za-z]"
)


@cache
def words() -> frozenset[str]:
    """Return the appliance's own words in lower case."""
    text = files("pvo_kit.redaction").joinpath("words.txt").read_text(encoding="ascii")
    return frozenset(text.split())


@lru_cache(maxsize=1 << 16)
def is_own(word: str) -> bool:
    """Return True for a word that any appliance may print: ``Offline``, ``TLSv1``, ``C670``."""
    if word.lower() in words() or _FORMS.fullmatch(word):
        return True
    numbered = _NUMBERED.fullmatch(word)
    return numbered is not None and numbered[1].lower() in words()


def role_of(label: str) -> str:
    """Return ``sma`` or ``esa`` where a host's label says so, '' where it says both or neither."""
    parts = set(re.split(r"[^a-z]+", label.lower()))
    found = [role for role, known in ROLES.items() if parts & known]
    return found[0] if len(found) == 1 else ""
