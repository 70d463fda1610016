"""What every change has in common: a saved configuration before, a review and a commit behind.

Sources: ``saveconfig`` asks for a masked passphrase on older releases and offers a menu on newer
ones, of which masked files cannot be loaded again (public backup drivers); ``commit`` asks for a
comment, and from AsyncOS 12 on an ESA also whether to keep a copy for ``rollbackconfig`` (public
CLI test code), which 8.x and an SMA do not ask.
"""

from __future__ import annotations

from collections.abc import Iterable

from pvo_kit.remediation.boxes import Box
from pvo_kit.remediation.remedy import Step

TICKET = "<ticket>"
COMMENT = "Please enter some comments describing your changes:"
KEEP_COPY = "Do you want to save the current configuration for rollback? [Y]> "
CLEAR = "Before the commit: clear (Enter at its question) drops everything pending in this session."

DATED = (
    "Capture the checks in one session that begins with status: its clock shows that they are "
    "newer than the fault."
)

_MASKED = (
    "Save the configuration of {names} twice with saveconfig and keep both files safe: once with "
    "masked passphrases for the ticket, once loadable for the way back. Older releases ask whether "
    "to mask the passphrase (first Y, then N); newer ones show a menu (first the entry Mask "
    "passphrases, then Encrypt passphrases). A masked file cannot be loaded again."
)


def save(*boxes: Box) -> str:
    """Return the precondition to save the configuration, masked and loadable."""
    return _MASKED.format(names=" and ".join(dict.fromkeys(box.called for box in boxes)))


def review_and_commit(box: Box, prompt: str, about: str) -> list[Step]:
    """Return the steps from the review of what is pending to the end of ``commit``."""
    steps = [
        Step(prompt, "showchanges",
             note="commit takes everything pending in this session: go on only where nothing but "
                  "this change is listed"),
        Step(prompt, "commit"),
        Step("[]> ", f"{TICKET}: {about}", asks=COMMENT),
    ]  # fmt: skip
    if box.role == "esa" and box.since(12):
        steps.append(Step(KEEP_COPY, ""))
    elif box.role == "esa" and box.release is None:
        last = steps.pop()
        steps.append(Step(last.prompt, last.send, asks=last.asks,
                          note="12 and later ask then whether to save the configuration for "
                               "rollback: Enter (Y)"))  # fmt: skip
    return steps


def way_back(box: Box, *dialogue: str) -> tuple[str, ...]:
    """Return the ways back of a committed change: its own dialogue, then the copies."""
    return (CLEAR, *dialogue, *_copies(box))


def _copies(box: Box) -> Iterable[str]:
    if box.mode:
        yield ("rollbackconfig (one of the last ten commits) may not run in a cluster; nothing "
               "public tells.")  # fmt: skip
    else:
        yield ("Or rollbackconfig > ROLLBACK: pick the commit before this one by its comment; it "
               "takes back later commits too.")  # fmt: skip
