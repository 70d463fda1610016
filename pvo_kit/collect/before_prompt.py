"""What an appliance may ask between login and its first prompt, and why that is not answered."""

from __future__ import annotations

import re

from pvo_kit.collect.endings import Ending

_BY_HAND = "log in once by hand and settle it there, then collect again"
_QUESTIONS = (
    (
        re.compile(
            r"(?:pass(?:word|phrase)\s+(?:has\s+|is\s+)?expired|(?:must|need\s+to)\s+change\s+"
            r"(?:your|the)\s+pass|(?:new|old|current)\s+pass(?:word|phrase)\s*:?\s*$)",
            re.I | re.M,
        ),
        f"the passphrase of this account has expired; {_BY_HAND}",
    ),
    (
        re.compile(r"licen[cs]e\s+agreement|\bEULA\b|accept\s+the\s+(?:terms|licen[cs]e)", re.I),
        f"asks to accept a licence; {_BY_HAND}",
    ),
    (
        re.compile(r"passcode|RADIUS|two-factor|one-time|second\s+factor|\btoken\b", re.I),
        "asks for a second factor, which the kit cannot give; use a key (--key FILE)",
    ),
    (
        re.compile(r"system\s+setup\s+wizard|systemsetup", re.I),
        f"was not set up yet; {_BY_HAND}",
    ),
)


def refusal(text: str, end: Ending | None) -> str | None:
    """Return why a login is given up, in words; None where its text shows no such question.

    A banner may hold the words of a rule too, so they count only where the appliance waits for
    something else than a command.
    """
    for pattern, told in _QUESTIONS:
        if pattern.search(text):
            return told
    if end and end.kind == "secret":
        return f"asks for a secret after the login; {_BY_HAND}"
    if end:
        question = " ".join(end.shown.split())[-80:]
        return f"asks a question before its first prompt ({question}); {_BY_HAND}"
    return None
