"""``sslconfig``: TLS methods and cipher strings, in the forms of five eras.

8.x, one line a setting (before 8 without GUI lines and in lower case)::

    sslconfig settings:
     Outbound SMTP method:  sslv3tlsv1
     Outbound SMTP ciphers: RC4-SHA:RC4-MD5:ALL
    ...
    []> OUTBOUND
    Enter the outbound SMTP ssl method you want to use.
    ...
    [5]>
    Enter the outbound SMTP ssl cipher you want to use.
    [RC4-SHA:RC4-MD5:ALL]> HIGH:MEDIUM:ALL:-aNULL:-SSLv2

9.5 and later, one element a line::

    Outbound SMTP ciphers:
           MEDIUM
           HIGH
           -aNULL

VERIFY lists suites as ``openssl ciphers -v`` does. The first summary of a run is the setting in
force; the one after a change repeats what was typed. Sources: the technote, Cisco's articles on
altering methods and ciphers (2014, 2016) and on newer releases; VERIFY's form is OpenSSL's own.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Literal

from pvo_kit.facts import CipherChange, CipherList, CipherSetting, Fact
from pvo_kit.parsers.dialogue import questions
from pvo_kit.parsers.reading import Reading

Service = Literal["gui", "inbound", "outbound"]
SERVICES: tuple[Service, ...] = ("gui", "inbound", "outbound")

_NAME = r"(?P<service>GUI|Inbound|Outbound)\s+(?:HTTPS|SMTP)"
_ELEMENT = r"[!+@-]?[A-Za-z0-9][\w+=.-]*"
_STRING = rf"{_ELEMENT}(?:[:,]+{_ELEMENT})*:?"
_METHOD = re.compile(
    rf"^[ \t]*{_NAME}\s+method:[ \t]*(?:\n\s*)?(?P<value>(?:ssl|tls)[^\n]*?)[ \t]*$", re.M | re.I
)
_CIPHERS = re.compile(
    rf"^[ \t]*{_NAME}\s+ciphers?:(?P<value>[ \t]*{_STRING}[ \t]*$|"
    rf"[ \t]*$(?:\s*^[ \t]*{_STRING}[ \t]*$)+)",
    re.M | re.I,
)
_TYPED = re.compile(
    r"Enter\s+the\s+(?P<service>GUI|inbound|outbound)\s+(?:HTTPS\s+|SMTP\s+)?ssl\s+ciphers?\b"
    r"[^\[]{0,200}\[(?P<old>[^\]]*)\]>"
    rf"(?:[ \t]*(?P<new>\S+)|[ \t]*\n\s*(?P<wrapped>{_ELEMENT}:{_STRING})[ \t]*$)?",
    re.M | re.I,
)
_SUITE = re.compile(r"^[ \t]*(?P<suite>[A-Z][\w-]+)\s+(?:SSL|TLS)v[\d.]+\s+Kx=\S[^\n]*$", re.M)
_REST = re.compile(
    r"^[ \t]*(?:sslconfig\s+settings:|TLS\s+Renegotiation|You\s+cannot\s+change\s+server|"
    r"Currently\s+enabled\s+protocol|Other\s+TLS\s+Client|Peer\s+Certificate|NOTE:|Note:)[^\n]*$",
    re.M | re.I,
)


def parse(reading: Reading) -> list[Fact]:
    """Read one run: the settings as first printed, strings that were typed, lists of suites."""
    typed = list(reading.finditer(_TYPED))
    reading.skip(_REST)
    # A capture that begins within the dialogue shows the new setting only: no reading.
    end = typed[0].start() if typed else len(reading.text)
    facts: list[Fact] = [*_settings(reading, end), *_lists(reading)]
    for match in typed:
        new = match["new"] or match["wrapped"]
        kept = not new or new == match["old"]
        facts.append(CipherChange(service=_service(match), ciphers=None if kept else new,
                                  **reading.origin(match)))  # fmt: skip
    return facts


def _settings(reading: Reading, end: int) -> list[CipherSetting]:
    methods: dict[Service, re.Match[str]] = {}
    ciphers: dict[Service, re.Match[str]] = {}
    for pattern, found in ((_METHOD, methods), (_CIPHERS, ciphers)):
        for match in reading.finditer(pattern):
            if match.start() < end:
                found.setdefault(_service(match), match)
    settings = []
    for service in SERVICES:
        method, string = methods.get(service), ciphers.get(service)
        matches = [match for match in (method, string) if match]
        if matches:
            words = method["value"] if method else None
            joined = _joined(string["value"]) if string else None
            origin = reading.origin(*matches)
            setting = CipherSetting(service=service, method=words, ciphers=joined, **origin)
            settings.append(setting)
    return settings


def _lists(reading: Reading) -> list[CipherList]:
    """What VERIFY printed below the string that was typed for it."""
    suites = [(reading.transcript.rows_of(*match.span())[-1], match)
              for match in reading.finditer(_SUITE)]  # fmt: skip
    asked = list(questions(reading.transcript))
    found = []
    for index, (before, question) in enumerate(pairwise(asked), start=1):
        if before.answer.typed.lower() != "verify" or not question.value:
            continue
        end = asked[index + 1].row if index + 1 < len(asked) else len(reading.transcript.output)
        own = [match for row, match in suites if question.row < row < end]
        if own:
            origin = reading.origin(*own, citations=(question.answer.citation,))
            names = tuple(match["suite"] for match in own)
            found.append(CipherList(ciphers=question.value, suites=names, **origin))
    return found


def _service(match: re.Match[str]) -> Service:
    return {"gui": SERVICES[0], "inbound": SERVICES[1], "outbound": SERVICES[2]}[
        match["service"].lower()
    ]


def _joined(value: str) -> str | None:
    """One element a line, or one line: the string as OpenSSL reads it."""
    return re.sub(r"[:,\s]+", ":", value.strip()).strip(":") or None
