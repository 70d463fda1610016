"""``commit``.

::

    Please enter some comments describing your changes:
    []> central quarantines
    Do you want to save the current configuration for rollback? [Y]>
    Changes committed: Fri May 23 11:42:12 2014 GMT

With nothing pending: ``There is no data to commit``. Releases before 12 do not ask for a
rollback copy, and some ask ``Are you ready to discard all of your changes?``. From memory, with
fragments of public CLI test code.
"""

from __future__ import annotations

import re
from typing import Literal

from pvo_kit.facts import Commit
from pvo_kit.parsers.dialogue import last_asked
from pvo_kit.parsers.reading import Reading
from pvo_kit.parsers.refusals import is_refused

Outcome = Literal["committed", "nothing", "discarded", "unanswered"]

_COMMITTED = re.compile(r"^[ \t]*Changes\s+committed:[^\n]*$", re.M)
_NOTHING = re.compile(
    r"^[ \t]*(?:There\s+is\s+no\s+data\s+to\s+commit|No\s+changes\s+have\s+been\s+made)[^\n]*$",
    re.M,
)
_COMMENT = re.compile(r"^[ \t]*Please\s+enter\s+some\s+comments[^\n]*$", re.M)
_ASKED = re.compile(r"comments\s+describing|some\s+comments", re.I)
_DISCARD = re.compile(r"ready\s+to\s+discard", re.I)


def parse(reading: Reading) -> list[Commit]:
    """Read one ``commit``; without any answer it is ``unanswered``."""
    if is_refused(reading):
        return []
    committed, nothing = reading.search(_COMMITTED), reading.search(_NOTHING)
    comment = reading.search(_COMMENT)
    asked = last_asked(reading.transcript, _ASKED)
    discard = last_asked(reading.transcript, _DISCARD)
    if reading.transcript.cut and not (committed or nothing or comment or asked):
        return []
    outcome: Outcome = "unanswered"
    if committed:
        outcome = "committed"
    elif discard and discard.value.lower().startswith("y"):
        outcome = "discarded"
    elif nothing:
        outcome = "nothing"
    matches = [match for match in (comment, committed, nothing) if match]
    cited = tuple(each.answer.citation for each in (asked, discard) if each)
    origin = reading.origin(*matches, citations=(*reading.transcript.cite_prompt(), *cited))
    return [Commit(asked=bool(comment or asked), outcome=outcome, **origin)]
