"""``tlsverify``: a TLS session to a destination, step by step.

::

    Enter the TLS domain to verify against:
    []> the.cpq.host
    Enter the destination host to connect to.  Append the port ...
    [the.cpq.host]> 192.0.2.18:7025
    Connecting to 192.0.2.18 on port 7025.
    Connected to 192.0.2.18 from interface 192.0.2.17.
    TLS connection established: protocol TLSv1, cipher ADH-CAMELLIA256-SHA.
    Certificate verification failed: no certificate from server.
    TLS connection to 192.0.2.18 failed: verify error.
    ...
    TLS verification completed.

The batch form is ``tlsverify DOMAIN HOST[:PORT]``. A failure is the technote's; success is from
memory, with the words of ``daneverify`` (a technote) accepted too.
"""

from __future__ import annotations

import re
from typing import Literal

from pvo_kit.evidence import Answer
from pvo_kit.facts import TlsProbe
from pvo_kit.parsers.dialogue import last_asked
from pvo_kit.parsers.reading import Reading

Outcome = Literal["success", "failed", "unreachable", "unknown"]
Found = dict[str, re.Match[str]]

_DOMAIN = re.compile(r"TLS\s+domain\s+to\s+verify", re.I)
_TARGET = re.compile(r"destination\s+host\s+to\s+connect", re.I)
# A reason that the paste wrapped goes on in lower case, unless its sentence had ended.
_REASON = r"(?P<reason>[^\n]+(?:(?<![.\n])[ \t]*\n\s*[a-z][^\n]*)*)"
_LINES = {
    "connecting": r"Connecting\s+to\s+(?P<address>\S+)\s+on\s+port\s+(?P<port>\d+)",
    "connected": r"Connected\s+to\s+\S+\s+from\s+interface\s+(?P<interface>\S+?)\.?(?=\s|\Z)",
    "suite": r"TLS\s+connection\s+established:\s+protocol\s+(?P<protocol>[\w.]+),?\s+"
             r"cipher\s+(?P<cipher>[\w-]+)",
    "unverified": rf"Certificate\s+verification\s+failed:\s+{_REASON}",
    "failed": rf"TLS\s+connection\s+(?:to\s+\S+\s+)?failed:\s+{_REASON}",
    "required": r"TLS\s+was\s+required\s+but\s+could\s+not\s+be\s+successfully\s+negotiated",
    "success": r"TLS\s+(?:successfully\s+connected|connection\s+(?:to\s+\S+\s+)?succeeded)[^\n]*",
    "no_way": r"(?:(?:Failed|Error|Unable|Could\s+not|Cannot)[^\n]*\b(?:connect|resolve)[^\n]*|"
              r"Connection\s+[^\n]*(?P<why>timed\s+out|refused|unreachable|no\s+route)[^\n]*)",
}  # fmt: skip
_PATTERNS = {name: re.compile(rf"^[ \t]*{line}", re.M) for name, line in _LINES.items()}
_COMPLETED = re.compile(r"^[ \t]*TLS\s+verification\s+completed", re.M)
_REST = re.compile(
    r"^[ \t]*(?:Checking\s+TLS|Verifying\s+(?:peer\s+)?certificate|TLS\s+certificate\s+\w+|"
    r"Certificate\s+verification\s+successful|(?:you\s+are\s+not\s+)?connecting\s+on)\b[^\n]*$",
    re.M,
)


def parse(reading: Reading) -> list[TlsProbe]:
    """Read one run; of several addresses that were tried, the last."""
    found = _last_attempt(reading)
    completed = reading.search(_COMPLETED)
    reading.skip(_REST)
    domain, target, answers = _asked(reading)
    if not found and not answers and not reading.arguments:
        return []
    host, port = _split(target)
    connecting, connected, suite = map(found.get, ("connecting", "connected", "suite"))
    address = connecting["address"].strip("[]") if connecting else None
    cited = tuple(answer.citation for answer in answers) or reading.transcript.cite_prompt()
    return [TlsProbe(
        domain=domain,
        target=host or address,
        port=int(connecting["port"]) if connecting else port,
        address=address,
        interface=connected["interface"].strip("[]") if connected else None,
        protocol=suite["protocol"] if suite else None,
        cipher=suite["cipher"] if suite else None,
        outcome=_outcome(found, completed is not None),
        reason=_reason(found),
        **reading.origin(*found.values(), citations=cited),
    )]  # fmt: skip


def _last_attempt(reading: Reading) -> Found:
    every = {name: list(reading.finditer(pattern)) for name, pattern in _PATTERNS.items()}
    start = max((match.start() for match in every["connecting"]), default=0)
    after = {name: [match for match in matches if match.start() >= start]
             for name, matches in every.items()}  # fmt: skip
    return {name: matches[0] for name, matches in after.items() if matches}


def _asked(reading: Reading) -> tuple[str | None, str | None, list[Answer]]:
    domain, target = (last_asked(reading.transcript, each) for each in (_DOMAIN, _TARGET))
    words = [*reading.arguments.split(), "", ""]
    name = domain.value if domain else words[0]
    host = target.value if target else words[1]
    return name or None, host or None, [each.answer for each in (domain, target) if each]


def _split(target: str | None) -> tuple[str | None, int | None]:
    """``192.0.2.18:7025`` to its parts; an IPv6 address with a port stands in brackets."""
    match = re.fullmatch(r"\[?(?P<host>[^\[\]]+?)\]?(?::(?P<port>\d+))?", target or "")
    if not match:
        return target, None
    if ":" in match["host"] and target and not target.startswith("["):
        return target, 25
    return match["host"], int(match["port"] or 25)


def _outcome(found: Found, completed: bool) -> Outcome:
    if "success" in found:
        return "success"
    if found.keys() & {"connected", "suite"}:
        ended = found.keys() & {"unverified", "failed", "required", "no_way"}
        return "failed" if ended else "unknown"
    return "unreachable" if "no_way" in found or (found and completed) else "unknown"


def _reason(found: Found) -> str | None:
    match = found.get("unverified") or found.get("failed")
    text = match["reason"] if match else found["no_way"]["why"] if "no_way" in found else None
    return " ".join(text.split()).rstrip(".") if text else None
