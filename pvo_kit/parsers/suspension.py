"""The suspend and resume family.

::

    sma.example.com> resume
    Receiving resumed for euq_listener, cpq_listener.

    sma.example.com> suspendlistener
    Choose the listener(s) you wish to suspend.
    1. All
    2. cpq_listener
    [1]> 2
    Enter the number of seconds to wait before abruptly closing connections.
    [30]>
    Waiting for listeners to exit...
    Receiving suspended for cpq_listener.

Also ``Mail delivery resumed.``, ``Transfers suspended``, ``No listeners were resumed.``. Sources:
the technote (resume), the SMA guide (30 seconds) and public CLI test code (fragments); the list
of listeners is from memory.
"""

from __future__ import annotations

import re
from typing import Literal

from pvo_kit.facts import Suspension
from pvo_kit.parsers.dialogue import last_asked
from pvo_kit.parsers.reading import Reading
from pvo_kit.parsers.refusals import is_refused

Subject = Literal["system", "listener", "delivery", "transfers"]
Action = Literal["suspended", "resumed", "nothing", "unanswered"]

_LISTENERS = re.compile(
    r"^[ \t]*Receiving\s+(?P<action>resumed|suspended)\s+for\s+"
    r"(?P<names>[^\n]+?(?:,\s*\n\s*[^\n]+?)*)(?:\.(?=\s|\Z)|[ \t]*$)",
    re.M,
)
_OTHERS = re.compile(
    r"^[ \t]*(?:Mail\s+delivery|Transfers)\s+(?P<action>resumed|suspended)\b", re.M
)
_NOTHING = re.compile(r"^[ \t]*(?:No\s+listeners\s+were\s+(?:resumed|suspended)|"
                      r"There\s+are\s+no\s+listeners\s+configured)", re.M)  # fmt: skip
_WENT_ON = re.compile(
    r"^[ \t]*Waiting\s+for\s+(?:listeners\s+to\s+exit|outgoing\s+deliveries\s+to\s+finish)", re.M
)
_WHICH = re.compile(r"choose\s+the\s+listener", re.I)
_REST = re.compile(
    r"^[ \t]*(?:Separate\s+multiple\s+entries[^\n]*|\S[^\n]*\bcannot\s+resume\b[^\n]*)$", re.M
)


def parse(reading: Reading) -> list[Suspension]:
    """Read one run: what the answer says, for the listeners that it or the dialogue names."""
    named = list(reading.finditer(_LISTENERS))
    others = list(reading.finditer(_OTHERS))
    nothing, waits = reading.search(_NOTHING), list(reading.finditer(_WENT_ON))
    reading.skip(_REST)
    action: Action = "unanswered"
    if named or (others and not nothing):
        resumed = (named or others)[-1]["action"] == "resumed"
        action = "resumed" if resumed else "suspended"
    elif nothing:
        action = "nothing"
    elif waits:
        action = "suspended"
    elif (
        reading.transcript.cut
        or is_refused(reading)
        or any("^C" in each.typed for each in reading.transcript.answers)
    ):
        return []
    which = last_asked(reading.transcript, _WHICH)
    listeners = [part.strip() for match in named for part in re.split(r",\s*", match["names"])]
    if not listeners:
        listeners = list(which.all_chosen) if which else _arguments(reading)
    matches = [match for match in (*named, *others, *waits, nothing) if match]
    cited = (which.answer.citation,) if which else ()
    origin = reading.origin(*matches, citations=(*reading.transcript.cite_prompt(), *cited))
    names = tuple(dict.fromkeys(name.lower() for name in listeners if name))
    return [Suspension(verb=reading.verb, action=action, subject=_subject(reading.verb),
                       listeners=("all",) if "all" in names else names, **origin)]  # fmt: skip


def _subject(verb: str) -> Subject:
    rest = verb.removeprefix("resume").removeprefix("suspend")
    subjects: dict[str, Subject] = {"listener": "listener", "del": "delivery",
                                    "transfers": "transfers"}  # fmt: skip
    return subjects.get(rest, "system")


def _arguments(reading: Reading) -> list[str]:
    """``suspendlistener cpq_listener 30``: the words that are no number of seconds."""
    if _subject(reading.verb) != "listener":
        return []
    return [word for word in re.split(r"[,\s]+", reading.arguments) if not word.isdigit()]
