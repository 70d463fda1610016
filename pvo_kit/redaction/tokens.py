"""What stands in a line, as one pattern: the most telling form of a token is tried first.

A token is looked at where it stands, without its surroundings, so that every text that names a
host or an address names it alike: a log, a prompt, a finding's sentence.
"""

from __future__ import annotations

import re

from pvo_kit.redaction.hosts import LABEL, SUFFIX

_WEEKDAY = "(?:Mon|Tues?|Wed(?:nes)?|Thu(?:rs)?|Fri|Sat(?:ur)?|Sun)(?:day)?,?"
_MONTH = (
    "(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|"
    "Sep(?:t|tember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)"
)
_CLOCK = r"[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:[.,][0-9]+)?)?"
_ZONE = (
    r"(?:GMT|UTC|WET|BST|WEST|CET|CEST|MET|MEST|EET|EEST|SAST|MSK|IST|SGT|HKT|AWST|JST|KST|AEST|"
    r"AEDT|NZST|NZDT|BRT|AST|EDT|EST|CDT|CST|MDT|MST|PDT|PST|Z|[+-][0-9]{2}:?(?:[0-9]{2})?)"
)
DATE_WORD = re.compile(rf"{_WEEKDAY}|{_MONTH}|{_ZONE}", re.IGNORECASE)
"""A word that stands in dates, which stay; it may be somebody's name elsewhere."""

_DATES = (
    rf"(?:{_WEEKDAY}\s+)?{_MONTH}\s+[0-9]{{1,2}},?\s+{_CLOCK}(?:\s+[0-9]{{4}})?"
    rf"(?:\s+{_ZONE}(?![\w:]))?",
    rf"(?:{_WEEKDAY}\s+)?[0-9]{{1,2}}\s+{_MONTH},?\s+[0-9]{{4}}",
    rf"(?:{_WEEKDAY}\s+)?{_MONTH}\s+[0-9]{{1,2}}(?:,?\s+[0-9]{{4}})?",
    rf"[0-9]{{4}}[-./][0-9]{{2}}[-./][0-9]{{2}}(?:[T ]{_CLOCK}(?:{_ZONE})?)?",
    r"[0-9]{8}T[0-9]{6}(?![0-9])",
    rf"{_CLOCK}(?:\s+{_ZONE}(?![\w:]))?",
)
_DATE = "|".join(_DATES)

_QUAD = r"[0-9]{1,3}(?:\.[0-9]{1,3}){3}(?![0-9])(?!\.[0-9]+\.[0-9])"
_HEX = "[0-9A-Fa-f]"
_CJK = "\u3005\u3041-\u30ff\u3400-\u9fff\uac00-\ud7af\uff66-\uff9f"
_WORD = rf"[^\W_{_CJK}]+|[{_CJK}]+"

_FORMS = (
    # A release is no address, though 8.5.6.106 looks like one.
    ("release", r"(?i:\b(?:version|asyncos|release|build)(?:: *| +))[0-9]+(?:[.-][0-9]+){2,}"),
    # The numbers of connections, messages and recipients belong to the appliance.
    (
        "id",
        r"(?:(?<=MID )|(?<=CID )|(?<=RID )|(?<=MID: )|(?<=CID: )|(?<=Message ))[0-9]{1,18}"
        r"(?!\.?[0-9])",
    ),
    ("date", rf"(?<![\w.:-])(?:{_DATE})(?!\w)"),
    (
        "mailbox",
        r"(?<![A-Za-z0-9])(?P<local>[A-Za-z0-9](?:(?:[A-Za-z0-9.%+&~#$!^_-]|'(?=[A-Za-z0-9])){0,62}"
        r"[A-Za-z0-9+_-])?)@(?!STRENGTH|SECLEVEL)"
        rf"(?P<domain>\[?{_QUAD}\]?|{LABEL}(?:\.{LABEL})*(?![A-Za-z0-9_-]))(?!\.[A-Za-z0-9])",
    ),
    (
        "host",
        rf"(?<![A-Za-z0-9_-])(?<![A-Za-z0-9_-]\.)(?:{LABEL}\.)+{SUFFIX}(?![A-Za-z0-9_-])"
        r"(?!\.[A-Za-z0-9])",
    ),
    ("hexadecimal", rf"(?<![\w:])(?:{_HEX}{{2}}[:-]){{5,63}}{_HEX}{{2}}(?![\w:])"),
    (
        "six",
        rf"(?<![\w:.])(?={_HEX}*:{_HEX}*:)(?:{_HEX}{{0,4}}:){{2,8}}"
        rf"(?:{_QUAD}|{_HEX}{{1,4}}(?!\w))?(?!:?\w)(?:/[0-9]{{1,3}}(?![0-9]))?",
    ),
    # An address may stand behind a letter that a URL or quoted-printable text writes as digits.
    ("escape", rf"[%=](?!{_QUAD}){_HEX}{{2}}(?={_QUAD})"),
    (
        "four",
        rf"(?:(?<![0-9])(?<![0-9]\.)|(?<=[%=]{_HEX}{{2}})){_QUAD}(?:/[0-9]{{1,3}}(?![0-9.]))?",
    ),
    ("serial", r"(?<![A-Za-z0-9-])(?=[A-F]*[0-9])[0-9A-F]{8,24}-[0-9A-Z]{6,16}(?![A-Za-z0-9-])"),
    ("compound", r"(?<![A-Za-z0-9_])[A-Za-z0-9_]+(?:[.-]+[A-Za-z0-9_]+)+(?![A-Za-z0-9_])"),
    ("underscored", r"(?<![A-Za-z0-9_])[A-Za-z0-9]+(?:_+[A-Za-z0-9]+)+_*(?![A-Za-z0-9_])"),
    ("entity", r"&(?:amp|lt|gt|quot|apos|#[0-9]+|#x[0-9A-Fa-f]+);"),
    # OpenSSL's number of an error, in both ways in which a log writes it.
    ("error", r"(?<=error:)[0-9A-F]{8}(?=:)|(?<=\()[0-9]{6,10}(?=, 'error:)"),
    ("number", r"(?<![A-Za-z0-9])[0-9]+(?![A-Za-z0-9])"),
    ("word", _WORD),
)

# What no token begins with is passed over at once: most forms look behind themselves first.
_BEGINS = rf"(?=[\w:&%={_CJK}])"

TOKEN = re.compile(f"{_BEGINS}(?:{'|'.join(f'(?P<{name}>{form})' for name, form in _FORMS)})")
"""Every token of a line; ``lastgroup`` names its form."""

PART = re.compile(
    rf"(?P<four>(?<![0-9])(?<![0-9]\.){_QUAD})|(?P<joined>[A-Za-z]+(?={_QUAD}))|"
    rf"(?P<number>(?<![A-Za-z0-9])[0-9]+(?![A-Za-z0-9]))|(?P<word>{_WORD})"
)
"""The parts of a token that is no name as a whole."""
