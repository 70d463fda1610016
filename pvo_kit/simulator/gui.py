"""The simulator's own verb ``gui``: what is done in the web interface, told in a line.

``gui`` takes a step as a remedy prints it (``SMA sma.example.com: Management Appliance > ... >
Launch Migration Wizard: ..., Submit.``) or a short word (``gui`` alone lists them). The web
interface is a session of its own: it has its user and its uncommitted changes. No appliance has
such a verb.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from pvo_kit.simulator import pages
from pvo_kit.simulator.pages import NotDoneError
from pvo_kit.simulator.session import Session

DONE = "GUI: "
NOT_DONE = "GUI, not done: "

_MODE = r"(?:, Mode: (?P<mode>(?:machine|group|cluster) [\w.-]+))?"
_PVO = r"Policy, Virus,? and Outbreak Quarantines.*?"
_RULES = (
    r"Mail Policies > (?P<page>Incoming Content Filters|Outgoing Content Filters|"
    r"DLP Policy Manager|DMARC)[^,:]*"
)

Page = Callable[[Session, re.Match[str]], str]

PAGES: tuple[tuple[str, Page], ...] = (
    (rf"(?:.*{_PVO}> )?Launch Migration Wizard|wizard$", pages.wizard),
    (rf"(?:.*{_PVO}{_MODE} > )?Enable\.\.\.|enable$", pages.enable),
    (rf".*{_PVO}> Disable|disable$", pages.disable),
    (rf".*{_PVO}> Edit Settings: .*?(?P<interface>\w[\w ]*\w), port (?P<port>\d+)", pages.listen),
    (r"Commit Changes|commit$", pages.commit),
    (r"Abandon Changes|abandon$", pages.abandon),
    (r"log in as (?:an administrator|(?P<user>\w+))(?P<wait>; wait five minutes)?", pages.log_in),
    (
        r".*SSL Configuration > (?:Mode: (?P<mode>\w+ [\w.-]+); )?Edit Settings > "
        r"(?P<service>Inbound|Outbound) SMTP: SSL cipher\(s\) to use: (?P<ciphers>\S+), Submit",
        pages.set_ciphers,
    ),
    (rf"{_RULES}(?:\([^)]*\))?{_MODE}: .*Move to (?P<to>(?:cluster|group) [\w.-]+)", pages.move),
    (rf"{_RULES}(?:\([^)]*\))?{_MODE}: .*Override Settings", pages.override),
    (rf"{_RULES}(?:\([^)]*\))?{_MODE}: the same policies", pages.same_policies),
    (rf"Security Services > [^,]*{_MODE} > Enable (?P<module>[^:]+):", pages.enable_module),
    (r".*Shutdown/Suspend.*Resume|resume$", pages.resume),
    (
        r"Firewall between (?P<one>\S+) and (?P<other>\S+): allow TCP (?P<port>\d+)",
        pages.open_firewall,
    ),
    (r"pvo$", pages.show),
    (r"why$", pages.why),
)
"""What a step begins with, the name of its box taken away, and what it does."""

_SHORT = "commit, abandon, wizard, enable, disable, resume, pvo, why, log in as NAME"


def gui(session: Session, words: list[str]) -> None:
    """Do one thing in the web interface of the session's box."""
    text = re.sub(r"^(?:GUI: )?(?:ESA|SMA|the ESA|the SMA)(?: [\w.-]+)?: ", "", " ".join(words))
    session.say("")
    if not text:
        session.say(f"{DONE}a step as a remedy prints it, or one of: {_SHORT}")
        return
    for pattern, page in PAGES:
        if match := re.match(pattern, text):
            try:
                session.say(*f"{DONE}{page(session, match)}".split("\n"))
            except NotDoneError as why:
                session.say(*f"{NOT_DONE}{why}".split("\n"))
            return
    session.say(f"{NOT_DONE}the simulator has no page for: {text}")
