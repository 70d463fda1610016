"""What an appliance answers when it does not run a command.

Looked for in every transcript::

    Unknown command or missing feature key: dlpconfig
    Unknown command: foo
    Invalid arguments when processing telnet:
    You are not in the correct access group to use the commit command.
    clustermode command is only available on cluster system.
    This command is restricted to "machine" mode.  Would you like to switch to "machine" mode? [Y]>

Source: fragments that public CLI test code waits for; the words of the last one are from memory.
"""

from __future__ import annotations

import re

from pvo_kit.evidence import Transcript
from pvo_kit.facts import Refusal
from pvo_kit.parsers.reading import Reading

_UNKNOWN = re.compile(
    r"^[ \t]*Unknown\s+command(?:\s+or\s+missing\s+feature\s+key)?:\s*(?P<what>[^\n]*?)[ \t.]*$",
    re.M,
)
_ARGUMENTS = re.compile(
    r"^[ \t]*Invalid\s+arguments\s+when\s+processing\s+(?P<what>[^\n:]*)", re.M | re.I
)
_PRIVILEGE = re.compile(
    r"^[ \t]*You\s+are\s+not\s+in\s+the\s+correct\s+access\s+group\s+to\s+use"
    r"(?:\s+(?P<what>[^\n]*?))?[ \t.]*$",
    re.M | re.I,
)
_STANDALONE = re.compile(
    r"^[ \t]*(?:This|(?:The\s+)?[\"']?(?P<what>\w+)[\"']?)\s+command\s+is\s+only\s+available"
    r"\s+on\s+(?:a\s+)?cluster",
    re.M | re.I,
)
RESTRICTED = re.compile(
    r"""^[ \t]*This\s+command\s+is\s+restricted\s+to\s+["']?(?P<what>\w+)["']?(?:\s+mode)?[^\n]*""",
    re.M | re.I,
)
_SWITCH = re.compile(r"would\s+you\s+like\s+to\s+switch|restricted\s+to", re.I)
_PLAIN = {"unknown_command": _UNKNOWN, "arguments": _ARGUMENTS, "privilege": _PRIVILEGE,
          "standalone": _STANDALONE}  # fmt: skip


def parse(reading: Reading) -> list[Refusal]:
    """Return the refusals of one transcript."""
    found: list[Refusal] = []
    for kind, pattern in _PLAIN.items():
        if match := reading.search(pattern):
            detail = " ".join((match["what"] or "").split()) or reading.verb
            found.append(Refusal(kind=kind, detail=detail, **reading.origin(match)))  # type: ignore[arg-type]
    offers = list(reading.finditer(RESTRICTED))
    if offers and not _switched(reading.transcript):
        detail = offers[-1]["what"].lower()
        found.append(Refusal(kind="wrong_mode", detail=detail, **reading.origin(*offers)))
    return found


def is_refused(reading: Reading) -> bool:
    """Return True where the appliance ran nothing."""
    return bool(parse(reading))


def _switched(transcript: Transcript) -> bool:
    """The offer to switch modes was taken: not denied, and the command went on."""
    asked = [answer for answer in transcript.answers if _SWITCH.search(answer.question)]
    if not asked or (asked[-1].typed or asked[-1].default).lower().startswith(("n", "^c")):
        return False
    after = [row for row in transcript.output if row.raw[0][0] > asked[-1].citation.line]
    return any(row.text.strip() for row in after)
