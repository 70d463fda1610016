"""The migration wizard's sentence that members of a cluster differ, in any text.

::

    Unable to proceed with Centralized Policy, Virus and Outbreak Quarantines configuration as
    esa1.example.com and esa2.example.com in Cluster have content filters / DLP actions available
    at a level different from the cluster level.

The wording is from memory (the technote's own copy is lost), so it is matched loosely: wraps,
commas, a cluster's name, singular and plural.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from pvo_kit.evidence import ErrorText, Moment, Row, Transcript

_START = "unable to proceed with"
_SENTENCE = re.compile(
    r"Unable to proceed with Centrali[sz]ed Policy ?,? Virus ?,? and Outbreak Quarantines? "
    r"configuration as (?P<hosts>.{1,2000}?) in (?:the )?Cluster(?: (?P<cluster>\S+))? ha(?:ve|s) "
    r"content filters? ?/ ?DLP (?:message )?actions? available at a level different from the "
    r"(?P<level>cluster|group|machine) level".replace(" ?", r"\s*").replace(" ", r"\s+"),
    re.I | re.S,
)
_BETWEEN = re.compile(r"[\s,;&\"']+")
_WORDS = {"", "and", "the", "host", "hosts", "machine", "machines", "appliance", "appliances"}


def parse(file: str, rows: Sequence[Row]) -> list[ErrorText]:
    """Return every occurrence of the sentence in the cleaned rows of a file."""
    if not any(_START.split()[0] in row.text.lower() for row in rows):
        return []
    text = Transcript(None, None, None, "", Moment(file, 1), tuple(rows), cut=True)
    found = []
    for match in _SENTENCE.finditer(text.text):
        cited = text.cite(match)
        hosts = (part.rstrip(".").lower() for part in _BETWEEN.split(match["hosts"]))
        found.append(ErrorText(
            hosts=tuple(dict.fromkeys(host for host in hosts if host not in _WORDS)),
            cluster=match["cluster"].strip("\"'") if match["cluster"] else None,
            level=match["level"].lower(),  # type: ignore[arg-type]
            moment=Moment(file, cited[0].line),
            citations=cited,
        ))  # fmt: skip
    return found
