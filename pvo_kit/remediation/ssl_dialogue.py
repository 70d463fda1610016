"""The dialogue of ``sslconfig`` that sets a cipher string, by era, and the same in the GUI.

Five forms of the menu of methods are known: six entries to 10 (with other words from 9.5), a list
of versions that takes ranges from 11, and from 15.5 the GUI, where nothing public shows the CLI's
words. In all of them the method is kept with Enter and the cipher question shows the string in
force between brackets. Sources: the technote (8.x), the articles on methods and ciphers of 2014
and 2016 and on newer releases, the article on TLS 1.3.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from pvo_kit.case import Case
from pvo_kit.remediation import boxes, committing, pages, seen, values
from pvo_kit.remediation.boxes import Box, Mode, Number
from pvo_kit.remediation.remedy import Step
from pvo_kit.remediation.values import Refused

IN_FORCE = "[<the string in force>]> "
VERIFY_ASKS = "Enter the ssl cipher you want to verify."
ABOUT = "{service} SMTP ciphers without anonymous suites"

Service = Literal["outbound", "inbound"]

# The six entries of the method menu, as the words of the setting name them (8.x, then 9.5).
_ENTRIES = {
    "sslv2": 1, "sslv3": 2, "tlsv1": 3, "sslv2sslv3": 4, "sslv3tlsv1": 5, "sslv2sslv3tlsv1": 6,
    "tlsv1/tlsv1.2": 3, "sslv3tlsv1/tlsv1.2": 5, "sslv2sslv3tlsv1/tlsv1.2": 6,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Setting:
    """One service of one box: where its string is set, and what it is now (checked).

    ``old`` is None where the evidence does not show the string.
    """

    host: str | None
    box: Box
    service: Service
    mode: Mode | None = None
    old: str | Refused | None = None
    method: str | None = None

    @property
    def known(self) -> str | None:
        """The string in force where it may be printed."""
        return self.old if isinstance(self.old, str) else None

    @property
    def era(self) -> Number | None:
        """The release, or the oldest one whose words the method is told in."""
        return self.box.release or era_of(self.method)


def era_of(method: str | None) -> Number | None:
    """Return the first release that words a TLS method so: ``tlsv1/tlsv1.2`` is 9.5."""
    text = (method or "").lower()
    if "_" in text:
        return 11, 0, 0
    if "/" in text or "." in text:
        return 9, 5, 0
    return (8, 0, 0) if text in _ENTRIES else None


def in_cli(case: Case, setting: Setting, string: str) -> Iterator[Step]:
    """Yield the steps in the CLI, from the mode's prompt to the commit."""
    box, service = setting.box, setting.service
    prompt = boxes.prompt(setting.mode) if setting.mode else box.prompt
    operation = Step("[]> ", service.upper(), asks="Choose the operation you want to perform:")
    yield from boxes.switch(box.prompt, box.mode, setting.mode)
    yield Step(prompt, "sslconfig")
    if setting.era and setting.era >= (11, 0, 0):
        yield Step("[]> ", "VERIFY", asks=operation.asks)
        yield Step("[]> ", string, asks=VERIFY_ASKS,
                   note="no line may begin with ADH- or AECDH-")  # fmt: skip
    yield operation
    yield Step(_method_prompt(case, setting), "", note="Enter keeps the methods",
               asks=f"Enter the {service} SMTP ssl method you want to use.")  # fmt: skip
    yield Step(f"[{setting.known}]> " if setting.known else IN_FORCE, string,
               asks=f"Enter the {service} SMTP ssl cipher you want to use.")  # fmt: skip
    if service == "inbound" and box.role == "esa" and box.since(13):
        yield Step("<TLS Renegotiation> ", "", note="Enter keeps it")
    yield Step("[]> ", "", note="the summary above must show the new string; Enter leaves the menu")
    yield from committing.review_and_commit(box, prompt, ABOUT.format(service=service))


def _method_prompt(case: Case, setting: Setting) -> str:
    """The prompt of the method's menu: as seen, else the entry that the method in force has."""
    asks = seen.Pattern("sslconfig", rf"the\s+{setting.service}\s+smtp\s+ssl\s+method")
    shown = seen.default(case, setting.host, asks)
    entry = _ENTRIES.get((setting.method or "").lower())
    return f"[{entry}]> " if shown == seen.UNKNOWN and entry else shown


def in_gui(setting: Setting, string: str) -> list[Step]:
    """Return the steps in the GUI."""
    box = setting.box
    mode = f"Mode: {boxes.words(setting.mode)}; " if setting.mode else ""
    field = f"{setting.service.capitalize()} SMTP: SSL cipher(s) to use"
    return [
        Step(gui=pages.on(box, f"{pages.SSL} > {mode}Edit Settings > {field}: {string}, Submit. "
                               "Keep the TLS versions.")),
        Step(gui=pages.commit(box, ABOUT.format(service=setting.service))),
    ]  # fmt: skip


def old_value(text: str | None) -> str | Refused | None:
    """Return a string from the evidence, checked."""
    return values.cipher_string(text) if text else None
