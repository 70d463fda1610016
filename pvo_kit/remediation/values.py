"""What a value must look like before a remedy prints it, and why one is refused.

Whatever came from a capture is a stranger's text. A remedy is typed by hand or pasted into an
appliance's prompt, so a value is printed only where it satisfies its own syntax: a host name,
an address, an interface's name... Anything else becomes a ``Refused``: the reason is told in
words, the value never.

Sources: host names as RFC 1123 has them (and the underscore that AsyncOS accepts), cipher strings
as OpenSSL's ``ciphers`` manual page has them, joined by colons as ``sslconfig`` asks for them.
What AsyncOS allows in names of interfaces, clusters and groups is from memory, and kept narrow.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from ipaddress import ip_address

_LABEL = r"[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?"
_NAME = r"[A-Za-z0-9](?:[A-Za-z0-9 _.-]*[A-Za-z0-9_])?"
_ELEMENT = r"[!+@-]?[A-Za-z0-9][A-Za-z0-9_+=.-]*"

_HOST = re.compile(rf"{_LABEL}(?:\.{_LABEL})*\.?")
_PLACE = re.compile(_NAME)
_CIPHERS = re.compile(rf"{_ELEMENT}(?:[:,]{_ELEMENT})*")
_MODULE = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9 _.,/()+-]*[A-Za-z0-9)])?")
_COUNT = re.compile(r"[1-9][0-9]{0,6}")
_SHELL = re.compile(r"[;&|$`<>(){}\[\]*?#~^\\\"']")

LONGEST_HOST = 253
LONGEST_NAME = 64
LONGEST_CIPHERS = 1024


@dataclass(frozen=True, slots=True)
class Refused:
    """A value that is not printed. ``reason`` completes a sentence: ``holds a line break``."""

    value: str = field(repr=False)
    reason: str

    def __str__(self) -> str:
        """Return what stands in the place of the value in a sentence."""
        return f"not shown here, since it {self.reason}"


def host(value: str) -> str | Refused:
    """Return a host name (a domain name or a single label)."""
    return _checked(value, _HOST, LONGEST_HOST, "is no host name")


def address(value: str) -> str | Refused:
    """Return an IP address in its usual spelling; one with a zone (``fe80::1%em0``) is refused."""
    if refused := _unprintable(value, 64):
        return refused
    try:
        return Refused(value, "is no IP address") if "%" in value else str(ip_address(value))
    except ValueError:
        return Refused(value, "is no IP address")


def target(value: str) -> str | Refused:
    """Return what a connection may go to: an address or a host name."""
    found = address(value)
    return host(value) if isinstance(found, Refused) else found


def interface_name(value: str) -> str | Refused:
    """Return the name of an IP interface, such as ``Management`` or ``Data 1``."""
    return _checked(value, _PLACE, LONGEST_NAME, "is no interface's name")


def place_name(value: str) -> str | Refused:
    """Return the name of a cluster or of a group."""
    return _checked(value, _PLACE, LONGEST_NAME, "is no cluster's or group's name")


def machine_name(value: str) -> str | Refused:
    """Return the name of a cluster's machine, which is a host name."""
    return host(value)


def cipher_string(value: str) -> str | Refused:
    """Return a cipher string. ``-`` and ``!`` before an element belong to its syntax."""
    if refused := _unprintable(value, LONGEST_CIPHERS):
        return refused
    matched = _CIPHERS.fullmatch(value)
    return value if matched else Refused(value, "holds what no cipher string has")


def module_name(value: str) -> str | Refused:
    """Return the name of a feature key's module, such as ``Data Loss Prevention``."""
    return _checked(value, _MODULE, LONGEST_NAME, "is no feature's name", shell=False)


def port(value: int | str) -> str | Refused:
    """Return a TCP port as text."""
    text = str(value)
    found = _COUNT.fullmatch(text)
    return text if found and int(text) < 65536 else Refused(text, "is no TCP port")


def count(value: str) -> str | Refused:
    """Return a number as a menu or a limit has it."""
    return value if _COUNT.fullmatch(value) else Refused(value, "is no number")


def _checked(
    value: str, syntax: re.Pattern[str], longest: int, otherwise: str, *, shell: bool = True
) -> str | Refused:
    if refused := _unprintable(value, longest):
        return refused
    if value.startswith("-"):
        return Refused(value, "begins with a hyphen")
    if shell and _SHELL.search(value):
        return Refused(value, "holds characters that a command line would act on")
    return value if syntax.fullmatch(value) else Refused(value, otherwise)


def _unprintable(value: str, longest: int) -> Refused | None:
    """Refuse what no syntax here allows: nothing, too much, control characters, other scripts."""
    if not value:
        return Refused(value, "is empty")
    if any(character in "\n\r\v\f\x85\u2028\u2029" for character in value):
        return Refused(value, "holds a line break")
    if any(unicodedata.category(character)[0] == "C" for character in value):
        return Refused(value, "holds a control character")
    if len(value) > longest:
        return Refused(value, f"is longer than {longest} characters")
    if not value.isascii():
        return Refused(value, "holds characters other than plain Latin ones")
    return None
