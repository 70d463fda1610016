"""``sslconfig``: TLS methods and cipher strings, in the words of the release.

Before 9.5 (and on every SMA) a string stands on one line; later an ESA prints one element a line.
The menu of methods has six entries to 10, and versions that are picked in ranges from 11.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from pvo_kit.simulator.commands import asking, moving
from pvo_kit.simulator.session import Dialogue, Session
from pvo_kit.simulator.settings import Service, Tls
from pvo_kit.simulator.suites import offered

_LISTED_SINCE = (9, 5)
_RANGES_SINCE = (11,)
_RENEGOTIATION_SINCE = (13,)
_SMA_VERSIONS_SINCE = (13, 6)
_SERVICES = {"gui": "GUI HTTPS", "inbound": "Inbound SMTP", "outbound": "Outbound SMTP"}
_SIX = (
    ("SSL v2", "sslv2"), ("SSL v3", "sslv3"), ("{tls}", "{word}"), ("SSL v2 and v3", "sslv2sslv3"),
    ("SSL v3 and {tls}", "sslv3{word}"), ("SSL v2, v3 and {tls}", "sslv2sslv3{word}"),
)  # fmt: skip
_VERSIONS = (
    ("TLS v1.0", "tlsv1_0"), ("TLS v1.1", "tlsv1_1"), ("TLS v1.2", "tlsv1_2"),
    ("SSL v2", "sslv2"), ("SSL v3", "sslv3"),
)  # fmt: skip


def sslconfig(session: Session, words: list[str]) -> Dialogue:
    """Print the settings; GUI, INBOUND and OUTBOUND set one service, VERIFY lists suites."""
    yield from moving.configured(session, "tls")
    session.say("")
    while True:
        now: Tls = session.read("tls")
        session.say("sslconfig settings:", *_summary(session, now), "")
        chosen = yield from moving.operation(session, _operations(session), "tls", "ssl settings")
        if not chosen:
            return
        if chosen == "VERIFY":
            string = yield from asking.value(session, "Enter the ssl cipher you want to verify.")
            session.say(*(suite.listed() for suite in offered(string, session.box.release)), "")
        elif chosen == "VERSIONS":
            services = "Management Web User Interface, Secure LDAP Services, Updater Service"
            session.say(f"Currently enabled protocol(s) for {services} are TLSv1.1, TLSv1.2", "")
        else:
            service = chosen.lower()
            edited = yield from _edited(session, service, getattr(now, service))
            session.write("tls", replace(now, **{service: edited}))


def _operations(session: Session) -> dict[str, str]:
    found = {name.upper(): f"Edit {called} ssl settings." for name, called in _SERVICES.items()}
    found["VERIFY"] = "Verify and show ssl cipher list."
    if session.box.role == "sma" and session.box.release >= _SMA_VERSIONS_SINCE:
        found["VERSIONS"] = "Enable or disable SSL/TLS versions."
    return found


def _summary(session: Session, now: Tls) -> Iterator[str]:
    box = session.box
    is_listed = box.role == "esa" and box.release >= _LISTED_SINCE
    pad = "  " if is_listed else " "
    for name, called in _SERVICES.items():
        service: Service = getattr(now, name)
        yield f"{pad}{called} method:  {service.method}"
        if is_listed:
            yield f"{pad}{called} ciphers:"
            yield from (f"         {element}" for element in service.ciphers.split(":"))
        else:
            yield f"{pad}{called} ciphers: {service.ciphers}"
        if name != "outbound" and box.role == "esa" and box.release >= _RENEGOTIATION_SINCE:
            said = "GUI HTTPS" if name == "gui" else "inbound SMTP"
            yield f"{pad}TLS Renegotiation for {said}: Disabled"


def _edited(session: Session, name: str, now: Service) -> asking.Asking[Service]:
    box = session.box
    called = "GUI HTTPS" if name == "gui" else f"{name} SMTP"
    session.say(f"Enter the {called} ssl method you want to use.")
    if box.role == "esa" and box.release >= _RANGES_SINCE:
        method = yield from _ranges(session, now.method)
    else:
        entries = _six(box.release >= _LISTED_SINCE)
        methods = [word for _, word in entries]
        default = methods.index(now.method) + 1 if now.method in methods else 5
        index = yield from asking.pick(session, [label for label, _ in entries], default)
        method = methods[index]
    question = f"Enter the {called} ssl cipher you want to use."
    ciphers = yield from asking.value(session, question, now.ciphers)
    if name != "outbound" and box.role == "esa" and box.release >= _RENEGOTIATION_SINCE:
        said = "GUI HTTPS" if name == "gui" else "inbound SMTP"
        yield from asking.yes(session, f"Would you like to enable TLS Renegotiation for {said}? "
                                       "[N]> ")  # fmt: skip
        session.say("")
    return Service(method, ciphers)


def _six(is_newer: bool) -> list[tuple[str, str]]:
    words = {"tls": "TLS v1/TLS v1.2", "word": "tlsv1/tlsv1.2"} if is_newer else {
        "tls": "TLS v1", "word": "tlsv1"}  # fmt: skip
    return [(label.format(**words), word.format(**words)) for label, word in _SIX]


def _ranges(session: Session, now: str) -> asking.Asking[str]:
    """Ask for versions as ``1-3`` or ``2,3``; 1.0 and 1.2 need 1.1 between them."""
    mine = [number for number, (_, word) in enumerate(_VERSIONS, 1) if word in now]
    default = f"{mine[0]}-{mine[-1]}" if len(mine) > 1 else str(mine[0])
    while True:
        session.say(*(f"{number}. {label}" for number, (label, _) in enumerate(_VERSIONS, 1)))
        typed = (yield f"[{default}]> ").strip() or default
        session.say("")
        chosen = _numbers(typed)
        if chosen and (2 in chosen or not {1, 3} <= chosen):
            return "".join(word for number, (_, word) in enumerate(_VERSIONS, 1)
                           if number in chosen)  # fmt: skip
        session.say("That choice of versions is not valid.", "")


def _numbers(typed: str) -> set[int]:
    found: set[int] = set()
    for part in typed.split(","):
        match = re.fullmatch(r"\s*([1-5])(?:\s*-\s*([1-5]))?\s*", part)
        if not match:
            return set()
        found |= set(range(int(match[1]), int(match[2] or match[1]) + 1))
    return found
