"""Read-only by construction: the only texts that can ever be typed at an appliance.

``COMMANDS`` is the allow-list: rows of the catalog with the arguments each may have. A ``Line``
cannot be made of anything else, and a ``Reply`` only of a menu entry's number or of an address, a
port or the quarantine's name; the shell types nothing but those and the keys of ``Key``. Changes
(``commit``, ``suspend``...) are not in it, nor are commands whose only use is to set something
(``setgateway``) or that do not end by themselves (``tail``). No operation of a menu is ever chosen.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import Enum
from ipaddress import ip_address
from typing import Literal

from pvo_kit.case import CPQ_DOMAIN
from pvo_kit.remediation import values
from pvo_kit.remediation.values import Refused

_LABEL = r"[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?"
_HOST = rf"{_LABEL}(?:\.{_LABEL})*"
_PLACE = r"[A-Za-z0-9](?:[A-Za-z0-9_.-]{0,62}[A-Za-z0-9_])?"
_LOG = r"[A-Za-z0-9][A-Za-z0-9_-]{0,62}"
_PORT = r"[1-9][0-9]{0,4}"
_DCID = r"[1-9][0-9]{0,17}"

COMMANDS: dict[str, str] = {
    "showchanges": "",
    "version": "",
    "whoami": "",
    "status": "",
    "clusterconfig": r" (?:list|connstatus)",
    "clustermode": rf" (?:cluster|machine {_HOST}|group {_PLACE})",
    "interfaceconfig": "",
    "routeconfig": "",
    "deliveryconfig": "",
    "sslconfig": "",
    "logconfig": "",
    "featurekey": "",
    "license_smart": r" summary",
    "filters": "",
    "policyconfig": "",
    "dlpconfig": "",
    "dlpstatus": "",
    "dmarcconfig": "",
    "grep": rf' "(?:port:? {_PORT}|DCID {_DCID} )" {_LOG}',
    "telnet": "",
    "tlsverify": "",
}
"""Name in the catalog to the pattern of what may stand behind it on the line."""

_LINES = re.compile("|".join(f"(?:{name}{rest})" for name, rest in COMMANDS.items()))
_NUMBER = re.compile(r"[1-9][0-9]{0,2}")
_DOTTED = re.compile(rf"(?=[^.]*\.){_HOST}")


class NotAllowedError(ValueError):
    """A text that may not be typed at an appliance; a mistake in the kit, or hostile evidence."""


class Key(Enum):
    """What may be typed beside commands and answers."""

    ENTER = b"\n"
    BREAK = b"\x03"
    BLANK = b" "  # at the pager
    DECLINE = b"N\n"  # an offer to switch the cluster mode
    QUIT = b"QUIT\n"  # the mail server that telnet has reached
    EXIT = b"exit\n"


def is_line(text: str) -> bool:
    """Return True for a command of the catalog with arguments of its declared syntax."""
    return text.isascii() and _LINES.fullmatch(text) is not None


def is_log(name: str) -> bool:
    """Return True for a log's name that may stand in a command, and in a path."""
    return name.isascii() and re.fullmatch(_LOG, name) is not None


def is_answer(text: str) -> bool:
    """Return True for a menu entry's number, a port, an address or full host name, host and port.

    A single word is none: so no menu's operation (``SETUP``, ``NEW``) can be one.
    """
    if not text.isascii():
        return False
    host, colon, port = text.rpartition(":")
    if colon and re.fullmatch(_PORT, port) and int(port) < 65536 and _is_place(host):
        return True
    is_port = bool(re.fullmatch(_PORT, text)) and int(text) < 65536
    return bool(_NUMBER.fullmatch(text)) or is_port or _is_place(text)


def _is_place(text: str) -> bool:
    inner = text[1:-1] if text[:1] == "[" and text[-1:] == "]" else text
    try:
        ip_address(inner)
    except ValueError:
        return inner == text and len(text) < 254 and _DOTTED.fullmatch(text) is not None
    return "%" not in inner


@dataclass(frozen=True, slots=True)
class Line:
    """A command as it is typed at a prompt. Raises NotAllowedError for any other text."""

    text: str

    def __post_init__(self) -> None:
        """Refuse what is not on the allow-list."""
        if not is_line(self.text):
            raise NotAllowedError("not a read-only command of the catalog")


@dataclass(frozen=True, slots=True)
class Reply:
    """The answer to one question of a dialogue, which is known by its words.

    Either ``text`` is typed as it stands, or the number that the menu on the screen gives to
    ``entry`` (the beginning of its label is enough where ``starts`` is set).
    """

    question: re.Pattern[str]
    text: str = ""
    entry: str = ""
    starts: bool = False

    def __post_init__(self) -> None:
        """Refuse an answer that is not on the allow-list."""
        if not self.entry and not is_answer(self.text):
            raise NotAllowedError("not an answer that the kit gives")


@dataclass(frozen=True, slots=True)
class Request:
    """One command with the answers to its questions; ``hangs_up`` ends a connection with QUIT."""

    line: Line
    replies: tuple[Reply, ...] = field(default=(), repr=False)
    hangs_up: bool = False

    @property
    def shown(self) -> str:
        """The command and its answers, for a plan or a manifest."""
        answers = [reply.text or reply.entry for reply in self.replies]
        return " / ".join([self.line.text, *answers])


def plain(name: str) -> Request:
    """Return a command that needs no argument."""
    return Request(Line(name))


def cluster(what: Literal["list", "connstatus"]) -> Request:
    """Return the batch form of ``clusterconfig``."""
    return Request(Line(f"clusterconfig {what}"))


def mode(level: str, name: str | None = None) -> Request:
    """Return the change of this session's cluster mode; ``name`` of the machine or group."""
    return Request(Line(f"clustermode {level} {name}" if name else f"clustermode {level}"))


def licences() -> Request:
    """Return the batch form of the summary of licences."""
    return Request(Line("license_smart summary"))


def grep_port(port: int, log: str, *, errors: bool = False) -> Request:
    """Return the search for connections to a port, or for those that failed (``port: 7025``)."""
    return Request(Line(f'grep "port{":" if errors else ""} {port}" {log}'))


def grep_dcid(dcid: int, log: str) -> Request:
    """Return the search for one connection's lines; the blank keeps longer numbers out."""
    return Request(Line(f'grep "DCID {dcid} " {log}'))


_WHICH_ROUTES = re.compile(r"configure\s+routes\s+for", re.I)
_WHICH_POLICIES = re.compile(r"configure\s+Incoming", re.I)
_FROM = re.compile(r"interface\s+you\s+want\s+to\s+telnet\s+from", re.I)
_TO = re.compile(r"remote\s+hostname\s+or\s+IP", re.I)
_AT = re.compile(r"remote\s+port", re.I)
_DOMAIN = re.compile(r"TLS\s+domain\s+to\s+verify", re.I)
_DESTINATION = re.compile(r"destination\s+host\s+to\s+connect", re.I)


def routes(version: Literal["IPv4", "IPv6"]) -> Request:
    """Return ``routeconfig``; newer releases ask for which version of IP."""
    return Request(Line("routeconfig"), (Reply(_WHICH_ROUTES, entry=version, starts=True),))


def policies(direction: Literal["Incoming", "Outgoing"]) -> Request:
    """Return ``policyconfig`` for one direction."""
    reply = Reply(_WHICH_POLICIES, entry=direction, starts=True)
    return Request(Line("policyconfig"), (reply,))


def telnet(interface: str, target: str, port: int) -> Request:
    """Return a test connection; the interface is picked by its name in the menu, never typed."""
    replies = (Reply(_FROM, entry=interface), Reply(_TO, target), Reply(_AT, str(port)))
    return Request(Line("telnet"), replies, hangs_up=True)


def tlsverify(target: str, port: int) -> Request:
    """Return the test of the TLS session to the quarantine."""
    place = f"[{target}]:{port}" if ":" in target else f"{target}:{port}"
    return Request(Line("tlsverify"), (Reply(_DOMAIN, CPQ_DOMAIN), Reply(_DESTINATION, place)))


def probe_address(text: str) -> str | Refused:
    """Return the address of an SMA that a probe may name, or why it may not."""
    found = values.target(text)
    if isinstance(found, Refused) or is_answer(found):
        return found
    return Refused(text, "is neither an address nor a full host name")
