"""A saved configuration (XML): its host, and from its header comment product, version, keys.

    Product: Cisco C100V Email Security Virtual Appliance
    Version: 11.0.0-264
    Current Time: Mon Jul 21 11:57:38 2014
    Feature "Data Loss Prevention": Quantity = 1, Time Remaining = "Perpetual"

Nothing else of it is used. It is read with patterns only: no XML parser, so no entity and no DTD
of a stranger's file is ever followed. Source: configuration files as public backup drivers show.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from pvo_kit.clock import read_stamp
from pvo_kit.evidence import Citation, Configuration, FeatureLine, Moment
from pvo_kit.text import unquoted

_HOST = re.compile(r"<hostname>\s*([A-Za-z0-9._-]+)\s*</hostname>")
_FIELD = re.compile(r"^\s*(Product|Version|Current Time):\s*(.+?)\s*$")
_FEATURE = re.compile(
    r'^\s*Feature\s+"(?P<name>[^"]+)"\s*:.*?Time Remaining\s*=\s*"(?P<remaining>[^"]*)"'
)
_HEADER_LINES = 300


def is_configuration(lines: Sequence[str]) -> bool:
    """Return True for the XML of ``saveconfig``: an XML head and a ``<config>`` element."""
    head = [unquoted(line).strip() for line in lines[:_HEADER_LINES]]
    first = next((line for line in head if line), "")
    return first.lstrip("\ufeff").startswith(("<?xml", "<!DOCTYPE config", "<!--")) and any(
        line.startswith(("<config>", "<!DOCTYPE config", "<config ")) for line in head
    )


def parse(file: str, lines: Sequence[str], host: str | None = None) -> Configuration:
    """Return what the configuration says of its box."""
    fields: dict[str, tuple[str, Citation]] = {}
    features = []
    for number, line in enumerate(lines, start=1):
        if number <= _HEADER_LINES:
            shown = unquoted(line)
            if match := _FIELD.match(shown):
                fields.setdefault(match[1], (match[2], Citation(file, number, line)))
            if match := _FEATURE.match(shown):
                cited = Citation(file, number, line)
                features.append(FeatureLine(match["name"], match["remaining"], cited))
        if host is None and (match := _HOST.search(line)):
            host = match[1].lower()
            fields["host"] = (host, Citation(file, number, line))
    time = read_stamp(fields["Current Time"][0]) if "Current Time" in fields else None
    cited_lines = tuple(line for _, line in fields.values()) or (Citation(file, 1, lines[0]),)
    return Configuration(
        host,
        fields["Product"][0] if "Product" in fields else None,
        fields["Version"][0] if "Version" in fields else None,
        tuple(features),
        Moment(file, 1, "configuration", time=time),
        cited_lines,
    )
