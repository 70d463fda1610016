"""Why TLS failed, in one of a few words, and what that suggests.

A line tells the reason in one of four ways:

    verify error: certificate has expired          what the appliance found wrong with a certificate
    (336151568, 'error:14094410:SSL routines:SSL3_READ_BYTES:sslv3 alert handshake failure')
    [Errno 54] Connection reset by peer            the system; its numbers are FreeBSD's
    STARTTLS unexpected response                   the dialogue before TLS
"""

from __future__ import annotations

import re
from functools import lru_cache

REASONS = (
    "no certificate", "expired", "self-signed", "unknown CA", "host name", "protocol",
    "no shared cipher", "STARTTLS refused", "reset", "timeout", "other",
)  # fmt: skip

_NO_CAUSE = ""
_WORDS = (
    # words (a regex), reason, the cause that it suggests
    (r"not (?:yet )?valid|not before", "other", "E21"),
    (r"no certificate (?:from|was)|(?:did not|didn't) return a certificate", "no certificate", "4"),
    (r"expired", "expired", "E7"),
    (r"self.signed", "self-signed", "E7"),
    (r"unknown ca|issuer certificate|unable to verify the first", "unknown CA", "E7"),
    (r"host ?name|name mismatch|does not match", "host name", "E7"),
    (
        r"no shared cipher|handshake failure|no ciphers? (?:available|match)",
        "no shared cipher",
        "E6",
    ),
    (r"protocol|wrong (?:ssl )?version|version too low", "protocol", "E5"),
    (r"starttls", "STARTTLS refused", "E4"),
    (r"reset", "reset", "E2"),
    (r"timed? ?out", "timeout", "E2"),
    (r"refused", "other", "E1"),
    (r"no route|unreachable", "other", "E2"),
    (r"verify|bad certificate|certificate (?:unknown|revoked)", "other", "E7"),
)
_TABLE = tuple((re.compile(words, re.IGNORECASE), reason, cause) for words, reason, cause in _WORDS)

_OPENSSL = {
    134: "certificate verify failed",
    156: "http request",
    193: "no shared cipher",
    199: "peer did not return a certificate",
    252: "unknown protocol",
    258: "unsupported protocol",
    267: "wrong version number",
    1040: "sslv3 alert handshake failure",
    1042: "sslv3 alert bad certificate",
    1045: "sslv3 alert certificate expired",
    1046: "sslv3 alert certificate unknown",
    1048: "tlsv1 alert unknown ca",
    1070: "tlsv1 alert protocol version",
}
"""OpenSSL's names of the reasons in an error's number."""

_SSL = 20  # the library's number in an error's number
_TUPLE = re.compile(r"\((?P<number>[0-9]{1,12}), *['\"](?P<text>.*)['\"]\)?$")
_ERROR = re.compile(r"error:(?P<number>[0-9A-Fa-f]{8}):(?P<where>[^:]*:[^:]*):(?P<reason>.*)")

_ERRNO = {
    32: "Broken pipe", 51: "Network is unreachable", 54: "Connection reset by peer",
    60: "Operation timed out", 61: "Connection refused", 64: "Host is down",
    65: "No route to host", 104: "Connection reset by peer", 110: "Connection timed out",
    111: "Connection refused", 113: "No route to host",
}  # fmt: skip
"""FreeBSD's names, and those of Linux above 100."""

_ERRNO_FORM = re.compile(r"\[Errno (?P<number>[0-9]+)\] *(?P<text>.*)")


def reason_name(text: str) -> str:
    """What an OpenSSL tuple or an errno form says in words; any other text as it is."""
    if found := _TUPLE.search(text):
        told = _ERROR.search(found["text"])
        named = told["reason"].strip() if told else found["text"]
        return _by_number(int(found["number"])) if _is_number(named) else named
    if found := _ERROR.search(text):
        named = found["reason"].strip()
        return _by_number(int(found["number"], 16)) if _is_number(named) else named
    if found := _ERRNO_FORM.search(text):
        return _ERRNO.get(int(found["number"]), "") if not found["text"] else found["text"]
    return text


def _is_number(text: str) -> bool:
    """Whether OpenSSL had no words for it: ``reason(193)``, or nothing."""
    return not text or text.startswith("reason(")


def _by_number(number: int) -> str:
    """The reason in an error's number, as OpenSSL packs it before 3 and since."""
    if number >> 24 == _SSL:
        return _OPENSSL.get(number & 0xFFF, "")
    return _OPENSSL.get(number & 0x7FFFFF, "") if number >> 23 == _SSL else ""


@lru_cache(maxsize=1024)
def normalised(text: str | None) -> str:
    """The reason of a failure as one of REASONS."""
    return _told(text)[0]


@lru_cache(maxsize=1024)
def suggestion(text: str | None) -> str | None:
    """The cause that a reason suggests: 4 is scenario 4, E1 to E25 are the others; None: none."""
    return _told(text)[1] or None


def _told(text: str | None) -> tuple[str, str]:
    words = reason_name(text or "")
    for pattern, reason, cause in _TABLE:
        if pattern.search(words):
            return reason, cause
    return "other", _NO_CAUSE
