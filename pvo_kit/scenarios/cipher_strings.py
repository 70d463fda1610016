"""The outbound cipher string of an ESA, as last read or set: a setting, never an effect."""

from __future__ import annotations

from collections.abc import Sequence

from pvo_kit import tls
from pvo_kit.case import Case, newest
from pvo_kit.facts import CipherChange, CipherSetting, Release

String = CipherSetting | CipherChange


def changes(case: Case, host: str | None) -> list[CipherChange]:
    """Return every change of the string, at any level that holds for the ESA."""
    return [
        item
        for item in case.holding(CipherChange, host)
        if item.service == "outbound" and item.ciphers
    ]


def outbound(case: Case, host: str | None, changed: Sequence[CipherChange]) -> String | None:
    """Return the string of the nearest level, or what one of these changes made of it."""
    read = [
        item
        for item in case.in_force(CipherSetting, host)
        if item.service == "outbound" and item.ciphers
    ]
    found: list[String] = [*read, *changed]
    return newest(found)[-1] if found else None


def offers(case: Case, host: str | None, string: String) -> tls.Verdict:
    """Return whether it lets anonymous suites in on this ESA's release."""
    releases = [item for item in case.all(Release, host) if item.version]
    version = newest(releases)[-1].version if releases else None
    return tls.offers_anonymous(string.ciphers or "", version)
