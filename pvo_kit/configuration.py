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
_FIELD = re.compile(r"\s*(Product|Version|Current Time):\s*(\S.*)")
_FEATURE = re.compile(
    r'\s*Feature\s+"(?P<name>[^"]+)"\s*:.*?Time Remaining\s*=\s*"(?P<remaining>[^"]*)"'
)
_BEGINS = ("<?xml", "<!DOCTYPE config", "<!--")
_ROOT = re.compile(r"<!DOCTYPE config\b|<config>")
_HEADER_LINES = 300


def is_configuration(lines: Sequence[str]) -> bool:
    """Return True for the XML of ``saveconfig``: an XML head and a ``<config>`` element."""
    head = [unquoted(line).strip() for line in lines[:_HEADER_LINES]]
    first = next((line for line in head if line), "").lstrip("\ufeff")
    return first.startswith(_BEGINS) and any(map(_ROOT.match, head))


def parse(file: str, lines: Sequence[str], host: str | None = None) -> Configuration:
    """Return what the configuration says of its box; ``host`` where it is known already."""
    fields: dict[str, tuple[str, Citation]] = {}
    features: list[FeatureLine] = []
    for number, line in enumerate(lines, start=1):
        header = unquoted(line) if number <= _HEADER_LINES else ""
        if field := _FIELD.match(header):
            fields.setdefault(field[1], (field[2].rstrip(), Citation(file, number, line)))
        elif feature := _FEATURE.match(header):
            cited = Citation(file, number, line)
            features.append(FeatureLine(feature["name"], feature["remaining"], cited))
        elif host is None and (named := _HOST.search(line)):
            host = named[1].lower()
            fields["host"] = host, Citation(file, number, line)
    values = {name: value for name, (value, _) in fields.items()}
    return Configuration(
        host,
        values.get("Product"),
        values.get("Version"),
        tuple(features),
        Moment(file, 1, "configuration", time=read_stamp(values.get("Current Time", ""))),
        tuple(cited for _, cited in fields.values()) or _first(file, lines),
    )


def _first(file: str, lines: Sequence[str]) -> tuple[Citation, ...]:
    return tuple(Citation(file, 1, line) for line in lines[:1])
