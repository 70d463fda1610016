"""What a feature key is called and what state it is in, wherever it is listed.

Names differ by release and by list (``RSA Email Data Loss Prevention``, ``Email Security
Appliance Data Loss Prevention``): members can only be compared without the vendors' words.
Sources: key rows and licence names in public CLI test code; older names from memory.
"""

from __future__ import annotations

import re
from typing import Literal

from pvo_kit.evidence import Citation, FeatureLine
from pvo_kit.facts import Key

State = Literal["active", "dormant", "expired"]

_VENDOR = re.compile(
    r"\b(?:email\s+security\s+appliance|content\s+security\s+management(?:\s+appliance)?|"
    r"secure\s+email\s+(?:gateway|and\s+web\s+manager)|rsa\s+email|cisco|ironport|rsa)\b|"
    r"\((?:r|tm)\)|[\u00ae\u2122]|\s+licen[cs]e$",
    re.I,
)
_SAME = {
    "virus outbreak filters": "outbreak filters",
    "sophos": "sophos anti-virus",
    "sophos anti-malware": "sophos anti-virus",
    "mcafee": "mcafee anti-virus",
    "mcafee anti-malware": "mcafee anti-virus",
    "receiving": "incoming mail handling",
    "mail handling": "incoming mail handling",
}
_FEATURE = re.compile(
    r'^\W*Feature\s+"(?P<name>[^"\n]+)":[^\n]*?Time\s+Remaining\s*=\s*"?(?P<left>[^"\n]*)"?', re.I
)


def key_name(label: str) -> str:
    """Return the name by which a module's key is compared: lower case, no vendors' words."""
    name = " ".join(_VENDOR.sub(" ", label).lower().split()).strip(" :.-")
    return _SAME.get(name, name)


def key_state(*words: str | None) -> State:
    """Return the state from a row's words; expired outranks dormant (``Dormant + Expired``)."""
    text = " ".join(word for word in words if word).lower()
    if re.search(r"expired|out\s+of\s+compliance", text) or re.fullmatch(r"\s*(?:0|-\d.*)", text):
        return "expired"
    return "dormant" if re.search(r"dormant|not\s+requested|in\s+progress", text) else "active"


def make_key(label: str, citation: Citation, *words: str | None) -> Key:
    """Return the key of one row."""
    shown = " ".join(label.split())
    return Key(key_name(shown), shown, key_state(*words), citation)


def feature_line(citation: Citation) -> FeatureLine | None:
    """Read a line of a saved configuration's header comment, or None.

    ``Feature "Data Loss Prevention": Quantity = 1, Time Remaining = "Perpetual"``
    """
    match = _FEATURE.match(citation.text)
    return FeatureLine(match["name"].strip(), match["left"].strip(), citation) if match else None


def key_of(line: FeatureLine) -> Key:
    """Return the key that a saved configuration's line stands for."""
    return make_key(line.name, line.citation, line.remaining)
