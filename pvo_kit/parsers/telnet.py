"""``telnet`` from an appliance: which interface, which target, how it ended.

::

    Please select which interface you want to telnet from.
    1. Auto
    2. In (192.0.2.1/24: mx.example.com)
    [1]> 2
    Enter the remote hostname or IP address.
    []> 198.51.100.17
    Enter the remote port.
    [25]> 7025
    Trying 198.51.100.17...
    telnet: connect to address 198.51.100.17: Operation timed out
    telnet: Unable to connect to remote host

The batch form is ``telnet HOST PORT``. A connection prints ``Connected to``, ``Escape character``
and, from a mail server, a ``220`` line. Sources: the technote, the batch form's technote, and
public CLI test code (names that are not resolved); ``No route to host`` is from memory.
"""

from __future__ import annotations

import re
from typing import Literal

from pvo_kit.evidence import Answer
from pvo_kit.facts import AUTO, Fact, PortProbe
from pvo_kit.parsers.dialogue import last_asked
from pvo_kit.parsers.interfaces import read_menu
from pvo_kit.parsers.reading import Reading
from pvo_kit.parsers.refusals import is_refused

Outcome = Literal["timeout", "refused", "no-route", "banner", "no-banner", "name", "unknown"]

_WHERE = re.compile(r"interface\s+you\s+want\s+to\s+telnet\s+from", re.I)
_TARGET = re.compile(r"remote\s+hostname\s+or\s+IP", re.I)
_PORT = re.compile(r"remote\s+port", re.I)

_TRYING = re.compile(r"^[ \t]*Trying\s+(?P<address>[0-9A-Fa-f.:]*[0-9A-Fa-f])\.*", re.M)
_CONNECTED = re.compile(r"^[ \t]*Connected\s+to\s+\S+", re.M)
_REPLY = re.compile(r"^[ \t]*(?P<reply>\d{3}(?:[ -][^\n]*?)?|\*[\d* ]*)[ \t]*$", re.M)
_WORDS: dict[Outcome, str] = {
    "timeout": r"(?:operation|connection)\s+timed\s+out",
    "refused": r"connection\s+refused",
    "no-route": r"no\s+route\s+to\s+host|network\s+is\s+unreachable|host\s+is\s+down",
    "name": r"(?:host|node)name\s+nor\s+servname\s+provided(?:,\s+or\s+not\s+known)?|"
            r"name\s+or\s+service\s+not\s+known|unknown\s+host|cannot\s+resolve[^\n]*",
}  # fmt: skip
_FAILURES = {
    outcome: re.compile(
        rf"^[ \t]*(?:telnet:[^\n]*?|[^\n:]{{1,80}}:\s*)?(?:{words})\.?[ \t]*$", re.M | re.I
    )
    for outcome, words in _WORDS.items()
}
_UNABLE = re.compile(r"^[ \t]*telnet:\s+Unable\s+to\s+connect[^\n]*$", re.M)
_REST = re.compile(
    r"^[ \t]*(?:Escape\s+character|Connection\s+closed|QUIT\b|Telnet\s+)[^\n]*$", re.M | re.I
)


def parse(reading: Reading) -> list[Fact]:
    """Read one ``telnet``, interactive or batch."""
    facts: list[Fact] = [*read_menu(reading)]
    interface, target, port, answers = _asked(reading)
    connected, tried = reading.search(_CONNECTED), list(reading.finditer(_TRYING))
    trying = tried[-1] if tried else None
    outcome, failed, reply = _outcome(reading, connected)
    reading.skip(_UNABLE)
    reading.skip(_REST)
    address = trying["address"] if trying else None
    nothing_known = (target or address) is None and outcome == "unknown"
    if nothing_known or (outcome == "unknown" and is_refused(reading)):
        return facts
    matches = [match for match in (trying, connected, *failed, reply) if match]
    cited = tuple(answer.citation for answer in answers) or reading.transcript.cite_prompt()
    facts.append(
        PortProbe(
            interface=interface,
            target=target or address,
            port=port,
            outcome=outcome,
            reply=reply["reply"] if reply else None,
            address=address,
            **reading.origin(*matches, citations=cited),
        )
    )
    return facts


def _asked(reading: Reading) -> tuple[str | None, str | None, int | None, list[Answer]]:
    source = reading.transcript
    where, target, port = (last_asked(source, each) for each in (_WHERE, _TARGET, _PORT))
    words = reading.arguments.split()
    interface = (where.chosen if where else AUTO if words else None) or None
    if interface and interface.lower() == AUTO.lower():
        interface = AUTO
    host = target.value if target else words[0] if words else None
    number = port.value if port else words[1] if len(words) > 1 else ""
    answers = [each.answer for each in (where, target, port) if each]
    return interface, host or None, int(number) if number.isdecimal() else None, answers


def _outcome(
    reading: Reading, connected: re.Match[str] | None
) -> tuple[Outcome, list[re.Match[str]], re.Match[str] | None]:
    """How it ended; of several addresses that were tried, a connection or the last failure."""
    failures = [(match.start(), outcome, match) for outcome, pattern in _FAILURES.items()
                for match in reading.finditer(pattern)]  # fmt: skip
    if connected:
        replies = [each for each in reading.finditer(_REPLY) if each.start() >= connected.end()]
        reply = replies[0] if replies else None
        greeted = reply is not None and reply["reply"].startswith("220")
        return ("banner" if greeted else "no-banner"), [], reply
    if not failures:
        return "unknown", [], None
    last = max(failures, key=lambda each: each[0])
    unable = list(_UNABLE.finditer(reading.text))
    return last[1], [last[2], *unable], None
