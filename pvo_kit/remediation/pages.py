"""Where things stand in the web interfaces, by release. Steps in a GUI name these paths.

Sources: the technote and the SMA online help for the SMA's pages, user guides 8.0 and 9.7 for the
ESA's and for Centralized Management Options, the SMA guide 12.5 for the gear icon. Which release
renamed a page is not told anywhere public, so both names are given.
"""

from __future__ import annotations

from pvo_kit.remediation.boxes import Box

SMA_PVO = (
    "Management Appliance > Centralized Services > Policy, Virus, and Outbreak Quarantines "
    "(newer releases write it without the comma before and)"
)
ESA_PVO = "Security Services > Policy, Virus and Outbreak Quarantines"
SHUTDOWN = (
    "Management Appliance > System Administration > Shutdown/Suspend (Shutdown/Reboot on older "
    "releases)"
)
SSL = "System Administration > SSL Configuration"
KEYS = "System Administration > Feature Keys"
LICENSES = "System Administration > Licenses"
ROUTING = "Network > Routing"

_GEAR = " In the new web interface click the gear icon first: these pages are in the legacy one."
_COMMIT = (
    "Commit Changes (top right): read the list of uncommitted changes first, since it takes all of "
    "them; comment <ticket>: {about}."
)


def on(box: Box, text: str) -> str:
    """Return a GUI step's text on an appliance, with the way to the page on newer SMAs."""
    gear = _GEAR if box.role == "sma" and box.since(12) else ""
    return f"{box.label}: {text}{gear}"


def commit(box: Box, about: str) -> str:
    """Return the GUI step that reviews and commits."""
    return f"{box.label}: {_COMMIT.format(about=about)}"
