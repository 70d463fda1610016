"""Feature keys and licences: ``featurekey``, ``license_smart`` and the lines of ``status``.

::

    Module                        Quantity  Status    Remaining  Expiration Date
    Outbreak Filters              1         Active    28 days    Tue Feb 25 06:40:53 2014
    Sophos Anti-Virus             1         Dormant   30 days    Wed Feb 26 07:56:57 2014
    Bounce Verification           1         Active    Perpetual  N/A

    FeatureName                                LicenseAuthorisationStatus  ...ExpiryDate  Count
    Email Security Appliance Outbreak Filters  In Compliance               N/A            1

    Feature - Data Loss Prevention:                25 days

Columns ``Quantity`` and ``Status`` may be missing: a row is read by its values. Sources: rows
and fragments in public CLI test code; the table's head is from memory.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

from pvo_kit.clock import STAMP
from pvo_kit.facts import Fact, Key, KeyActivation, KeyTable
from pvo_kit.parsers.keys import feature_line, key_name, key_of, make_key
from pvo_kit.parsers.reading import Reading

__all__ = ["feature_line", "key_name", "key_of", "parse_keys", "parse_licences",
           "parse_status_lines"]  # fmt: skip

Source = Literal["featurekey", "license_smart", "status"]

_STATUS = r"(?:Active|Dormant|Expired|Pending)(?:\s*\+\s*\w+)?"
_LEFT = r"Perpetual|Expired|Dormant|N/A|-?\d+\s+[a-z]+(?:\s+\d+\s+[a-z]+)*"
_HEAD = re.compile(r"^[ \t]*(?:Module|Feature)\b[^\n]*\bRemaining\b[^\n]*$", re.M)
_ROW = re.compile(
    r"^[ \t]*(?P<label>[A-Za-z][^\n]{0,80}?)\s+(?:(?:\d+|N/A)\s+)?"
    r"(?:(?P<status>" + _STATUS + r")\s+)?"
    r"(?P<left>" + _LEFT + r")\s+(?:N/A|Never|" + STAMP + r")[ \t]*$",
    re.M,
)
_LICENCE_HEAD = re.compile(
    r"^[ \t]*Feature\s?Name\s+License\s?Authori[sz]ation\s?Status[^\n]*$", re.M | re.I
)
_LICENCE = re.compile(
    r"^[ \t]*(?P<label>[A-Z][^\n]{0,80}?)\s+(?P<state>Eval(?:uation)?(?:\s+(?:Mode|Expired))?|"
    r"In\s+Compliance|Out\s+Of\s+Compliance|Not\s+requested|Request\s+in\s+progress|"
    r"Authori[sz]ation\s+Expired)\b[^\n]*$",
    re.M | re.I,
)
_NO_LICENCES = re.compile(r"^[ \t]*There\s+are\s+no\s+active\s+licen[cs]es[^\n]*$", re.M | re.I)
_LINE = re.compile(r"^[ \t]*Feature\s+-\s+(?P<label>[^:\n]+):\s+(?P<left>\w[^\n]*?)[ \t]*$", re.M)
_ACTIVATED = re.compile(
    r"^[ \t]*(?P<answer>(?:The\s+)?Feature\s+key\s+(?:was\s+)?accepted)\b[^\n]*$", re.M | re.I
)
_REST = re.compile(
    r"^[ \t]*(?:\S[^\n]*(?:\bmalformed\b|has\s+already\s+been\s+used)[^\n]*|"
    r"Expiration\s+Date|Smart\s+Licensing\s+is[^\n]*|Registration:[^\n]*|Status:[^\n]*|"
    r"License\s+Authori[sz]ation:[^\n]*|No\s+new\s+feature[^\n]*)[ \t]*$",
    re.M | re.I,
)


def parse_keys(reading: Reading) -> list[Fact]:
    """Read ``featurekey``: its first table and keys that ACTIVATE accepted."""
    heads = list(reading.finditer(_HEAD))
    # A table printed again after ACTIVATE tells what is so then, not what the run began with.
    end = heads[1].start() if len(heads) > 1 else len(reading.text)
    rows = [row for row in reading.finditer(_ROW) if row.start() < end]
    reading.skip(_REST)
    keys = [_key(reading, row, row["status"], row["left"]) for row in rows]
    facts: list[Fact] = list(_table(reading, heads[:1], rows, keys, "featurekey"))
    facts += [KeyActivation(answer=" ".join(match["answer"].split()), **reading.origin(match))
              for match in reading.finditer(_ACTIVATED)]  # fmt: skip
    return facts


def parse_licences(reading: Reading) -> list[KeyTable]:
    """Read ``license_smart`` > SUMMARY."""
    reading.skip(_REST)
    if none := reading.search(_NO_LICENCES):
        return [KeyTable(keys=(), source="license_smart", **reading.origin(none))]
    head = reading.search(_LICENCE_HEAD)
    if not head:
        return []
    rows = [row for row in reading.finditer(_LICENCE) if row.start() >= head.end()]
    keys = [_key(reading, row, row["state"]) for row in rows]
    return list(_table(reading, [head], rows, keys, "license_smart"))


def parse_status_lines(reading: Reading) -> list[KeyTable]:
    """Read the ``Feature - <name>: <time left>`` lines of ``status``."""
    rows = list(reading.finditer(_LINE))
    keys = [_key(reading, row, row["left"]) for row in rows]
    return list(_table(reading, [], rows, keys, "status"))


def _key(reading: Reading, row: re.Match[str], *words: str | None) -> Key:
    return make_key(row["label"], reading.transcript.cite(row)[0], *words)


def _table(
    reading: Reading, head: list[re.Match[str]], rows: list[re.Match[str]], keys: list[Key],
    source: Source,
) -> Iterator[KeyTable]:  # fmt: skip
    """One table; the head comes first in its citations, where a missing key is cited."""
    unique = {key.name: key for key in reversed(keys)}
    if unique:
        kept = tuple(key for key in keys if unique[key.name] is key)
        yield KeyTable(keys=kept, source=source, **reading.origin(*head, *rows))
