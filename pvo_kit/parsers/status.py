"""``status`` and ``status detail``.

::

    Enter "status detail" for more information.

    Status as of:                  Mon Jul 21 11:57:38 2014 GMT
    Up since:                      Mon Jul 21 11:07:04 2014 GMT (50m 34s)
    Last counter reset:            Never
    System status:                 Offline
    Oldest Message:                No Messages

The head is the technote's (an SMA); an ESA adds ``Feature - <name>: <time left>`` lines,
counters and gauges (from memory), which say nothing for the diagnosis.
"""

from __future__ import annotations

import re

from pvo_kit.clock import STAMP, read_stamp
from pvo_kit.facts import Fact, SystemStatus
from pvo_kit.parsers.features import parse_status_lines
from pvo_kit.parsers.reading import Reading

_STATE = re.compile(
    r"^[ \t]*System\s+status:\s+(?P<state>[A-Za-z][\w/()-]*(?:(?:,? )[\w/()-]+)*)\.?"
    r"(?:[ \t]{2,}[^\n]*)?[ \t]*$",
    re.M | re.I,
)
_AS_OF = re.compile(rf"^[ \t]*Status\s+as\s+of:\s+{STAMP}", re.M | re.I)
_HEAD = re.compile(
    r"^[ \t]*(?:Enter\s+\"status\s+detail\"|Up\s+since:|Last\s+counter\s+reset:|Oldest\s+Message:|"
    r"for\s+more\s+information)[^\n]*$",
    re.M | re.I,
)
_FIGURES = re.compile(
    r"^[ \t]*(?:[A-Z][^\n:]*?(?:\s{2,}|\s)[\d,.]+[KMGT%]*(?:\s+[\d,.]+[KMGT%]*)*|"
    r"(?:Counters|Gauges|Rates|Events)\b[^\n]*|"
    r"(?:Receiving|Rejection|Queue|Completion|Current\s+IDs|Connections|Quarantine|"
    r"CPU\s+Utilization|"
    r"Messages\s+In\s+Quarantine|System|Features|DNS[^\n]*|[A-Z][a-z]+))[ \t]*$",
    re.M,
)


def parse(reading: Reading) -> list[Fact]:
    """Read the status and, where they are shown, the feature keys."""
    state, as_of = reading.search(_STATE), reading.search(_AS_OF)
    for pattern in (_HEAD, _FIGURES):
        reading.skip(pattern)
    facts: list[Fact] = []
    if state:
        matches = [match for match in (as_of, state) if match]
        facts.append(SystemStatus(state=" ".join(state["state"].split()),
                                  as_of=read_stamp(as_of.group()) if as_of else None,
                                  **reading.origin(*matches)))  # fmt: skip
    return facts + list(parse_status_lines(reading))
