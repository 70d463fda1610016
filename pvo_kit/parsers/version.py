"""``version`` and the login banner: product, model and AsyncOS version.

::

    Current Version
    ===============
    Product: Cisco C100V Secure Email Gateway Virtual
    Model: C100V
    Version: 14.0.0-698
    Serial #: 564D0000000000000000-000000000000

    AsyncOS 11.0.1 for Cisco IronPort C170 build 027

    Welcome to the Cisco IronPort C170 Messaging Gateway(tm) Appliance

The banner's form was seen in public configuration-backup drivers; ``version`` is from memory.
"""

from __future__ import annotations

import re
from typing import Any

from pvo_kit.evidence import Transcript, cite_rows
from pvo_kit.facts import Release
from pvo_kit.parsers.reading import Reading


def _field(label: str, value: str) -> re.Pattern[str]:
    return re.compile(rf"^[ \t]*{label}:[ \t]*(?P<value>{value})", re.M)


_FIELDS = {
    "product": _field("Product", r"[A-Z][^\n]*?(?=[ \t]*$)"),
    "model": _field(r"Model(?:\s+Number)?", r"[A-Z]+\d\w*"),
    "version": _field("Version", r"\d+(?:\.\d+)+(?:-\d+)?"),
    "serial": _field(r"Serial\s*(?:#|Number)", r"[\w-]+"),
}
_REST = re.compile(r"^[ \t]*(?:Current\s+Version|(?:Build|Install)\s+Date:|BIOS:|RAID(?:\s+\w+)?:|"
                   r"CPUs:|Memory:|BMC:|Hostname:|Last\s+Reboot)[^\n]*$", re.M)  # fmt: skip

_ASYNCOS = re.compile(
    r"^[ \t]*AsyncOS\s+(?P<version>\d+(?:\.\d+)+)\s+for\s+(?P<product>\S[^\n]{0,80}?)"
    r"\s+build\s+(?P<build>\d+)",
    re.M,
)
_WELCOME = re.compile(
    r"^[ \t]*Welcome\s+to\s+the\s+(?P<product>(?:Cisco|IronPort)\s[^\n]+?)[ \t.]*$", re.M
)
_MODEL = re.compile(r"\b[CXMS]\d{3}\w*")


def parse(reading: Reading) -> list[Release]:
    """Read ``version``."""
    found = {name: match for name, pattern in _FIELDS.items() if (match := reading.search(pattern))}
    reading.skip(_REST)
    if not found.keys() & {"product", "model", "version"}:
        return []
    values: dict[str, Any] = {name: found[name]["value"] if name in found else None
                              for name in _FIELDS}  # fmt: skip
    return [Release(source="version", **values, **reading.origin(*found.values()))]


def parse_banner(transcript: Transcript) -> Release | None:
    """Read the banner that a login printed before this transcript's prompt, if there is one."""
    text = "\n".join(row.text for row in transcript.banner)
    asyncos, welcome = _ASYNCOS.search(text), _WELCOME.search(text)
    if not asyncos and not welcome:
        return None
    named = welcome or asyncos
    product = " ".join(named["product"].split()) if named else None
    model = _MODEL.search(product or "")
    version = f"{asyncos['version']}-{asyncos['build']}" if asyncos else None
    told = [row for row in transcript.banner
            if row.text.strip() and any(match and row.text.strip() in match.group()
                                        for match in (asyncos, welcome))]  # fmt: skip
    return Release(
        product=product,
        version=version,
        model=model.group() if model else None,
        source="banner",
        host=transcript.host,
        level=transcript.level,
        place=transcript.place,
        moment=transcript.moment,
        citations=tuple(cite_rows(transcript.file, told)),
    )
