"""What is typed at a question: decided by the question's words, never by counting.

Menus of operations are left with Enter. An offer to switch the cluster mode is declined. At the
NOTICE that a command is not configured at this mode only Ctrl-C is typed: Enter would switch the
session's mode and the other entries create a configuration. What is not known gets Ctrl-C.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pvo_kit.collect.allowed import Key, Reply, is_answer
from pvo_kit.collect.endings import Ending
from pvo_kit.parsers.dialogue import entry_name

NOTICE = re.compile(
    r"NOTICE:\s+This\s+configuration\s+command\s+has\s+not|Start\s+a\s+new,\s+empty\s+configuration",
    re.I,
)
UNDER = re.compile(
    r"Switch\s+modes\s+to\s+edit\s+at\s+mode\s+[\"']?(?P<level>Group|Cluster)\s+(?P<name>[\w.-]+)",
    re.I,
)
_OPERATIONS = re.compile(
    r"Choose\s+the\s+operation\s+you\s+want\s+to\s+perform|^[ \t]*- [A-Z][A-Z0-9_ ]* - ",
    re.I | re.M,
)
_SWITCH = re.compile(r"would\s+you\s+like\s+to\s+switch|command\s+is\s+restricted\s+to", re.I)
_STAND_ALONE = re.compile(r"configure\s+as\s+stand-?alone", re.I)
_ENTRY = re.compile(r"^[ \t]*(?P<number>\d{1,3})\.\s+(?P<label>\S.*?)[ \t]*$", re.M)


@dataclass(frozen=True, slots=True)
class Typed:
    """What to type: a key, or an answer (``text``). ``remark`` says what did not go as planned."""

    key: Key | None = None
    text: str = ""
    reply: Reply | None = None
    remark: str = ""


def respond(output: str, asked: str, end: Ending, replies: Sequence[Reply]) -> Typed:
    """Return what to type at a question.

    ``output`` is everything since the command, ``asked`` what came since the last answer, the
    question included; ``replies`` are the answers that were not given yet.
    """
    if NOTICE.search(output):
        return Typed(Key.BREAK)
    if end.kind == "secret":
        return Typed(Key.BREAK, remark="asked for a passphrase, which the kit does not give")
    if _SWITCH.search(asked):
        return Typed(Key.DECLINE)
    if _OPERATIONS.search(asked) and end.shown.endswith("[]>"):
        return Typed(Key.ENTER)
    if _STAND_ALONE.search(asked):
        return Typed(Key.BREAK)
    for reply in replies:
        if reply.question.search(asked):
            return _answered(asked, reply)
    question = " ".join(asked.split())[-120:]
    return Typed(Key.BREAK, remark=f"asked what the kit does not know ({question})")


def _answered(asked: str, reply: Reply) -> Typed:
    if not reply.entry:
        return Typed(text=reply.text, reply=reply)
    wanted = reply.entry.lower()
    for match in _ENTRY.finditer(asked):
        name = entry_name(match["label"]).lower()
        is_meant = name.startswith(wanted) if reply.starts else name == wanted
        if is_meant and is_answer(match["number"]):
            return Typed(text=match["number"], reply=reply)
    return Typed(Key.BREAK, remark=f"the menu names no entry {reply.entry}")
