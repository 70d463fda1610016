"""One line of text, redacted: every token by its form, every word that is not the appliance's own.

Two degrees. What the kit has understood (*told*) keeps its words apart: other words get a new form
under the key, so that two listeners stay two. Of free text (*free*) nothing is left but the
appliance's own words and what every token stands for.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from ipaddress import IPv4Address, IPv6Address
from typing import Literal

from pvo_kit.redaction.addresses import to_address
from pvo_kit.redaction.names import Names, blanked
from pvo_kit.redaction.tokens import PART, TOKEN
from pvo_kit.redaction.vocabulary import CONSTANTS, is_own

Degree = Literal["told", "free"]
Kind = Literal["host", "label", "user", "serial", "place", "name"]

_LONG_NUMBER = 7
"""Digits from which on a number in understood text may be a person's: a telephone, an account."""

# What a mail program and a pager put before a line, with or without a blank behind it.
_BEFORE = re.compile(r"\s{0,3}(?:>\s?|-+\s*Press Any Key For More(?:\s*-+)?)+", re.IGNORECASE)

_PORTS = frozenset(
    ("22", "25", "53", "80", "82", "83", "123", "443", "465", "514", "587", "6025", "6080", "6443",
     "7025")
)  # fmt: skip
_YEAR = re.compile("(?:19|20)[0-9]{2}")
_TELEPHONE = re.compile(r"(?=(?:[.-]*[0-9]){9})[0-9]+(?:[.-]+[0-9]+)+")
"""Groups of nine digits or more, whatever each of them looks like alone."""
_MOST_REMEMBERED = 1 << 17


class Lines:
    """Redacts lines with the names of one run; ``known`` are the values found by structure.

    ``structure`` are words that were left because they name no value: the elements of XML.
    """

    def __init__(self, names: Names, known: Mapping[str, Kind]) -> None:
        """Start with nothing counted; the keys of ``known`` are in lower case."""
        self.names = names
        self.counts: Counter[str] = Counter()
        self.structure: set[str] = set()
        self._known = known
        # What hosts of this case end in is known by them, though no public suffix.
        dotted = (value for value, kind in known.items() if kind == "host" and "." in value)
        self._suffixes = {value.rpartition(".")[2] for value in dotted}
        self._places = _places(name for name, kind in known.items() if kind == "place")
        self._done: dict[Degree, dict[str, tuple[str, str]]] = {"told": {}, "free": {}}
        self._stamps: set[str] = set()
        self._degree: Degree = "told"

    def told(self, text: str) -> str:
        """Redact text that the kit has understood."""
        return self._redacted(text, "told")

    def stamp(self, text: str) -> str:
        """Redact a log line's header; one that stays as it is, as most do, is looked at once."""
        if text in self._stamps:
            return text
        new = self.told(text)
        if new == text and len(self._stamps) < _MOST_REMEMBERED:
            self._stamps.add(text)
        return new

    def free(self, text: str) -> str:
        """Redact free text."""
        return self._redacted(text, "free")

    def whole(self, kind: str, text: str) -> str:
        """Replace a text whole by a name of its own; quotes and brackets around it stay."""
        inner = text.strip("\"'<> ")
        if not inner:
            return text
        self.counts[kind] += 1
        start = text.index(inner)
        new = self.names.text(kind, inner)
        return text[:start] + new + text[start + len(inner) :]

    def as_host(self, text: str) -> str:
        """Redact what stands in a host's place, whatever it is called."""
        address = to_address(text.strip("[]"))
        if address or not re.search("[A-Za-z]", text):
            return self.told(text)
        self.counts["host"] += 1
        return self.names.host(text)

    def _redacted(self, text: str, degree: Degree) -> str:
        self._degree = degree
        before = _BEFORE.match(text) if text[:1] in (" ", "\t", ">", "-") else None
        if before:
            return before.group() + self._redacted(text[before.end() :], degree)
        if not self._places:
            return TOKEN.sub(self._token, text)
        # Every third part is a place's name, behind the word that makes it one.
        parts = self._places.split(text)
        parts[::3] = [TOKEN.sub(self._token, part) for part in parts[::3]]
        parts[2::3] = [self._place(name) for name in parts[2::3]]
        return "".join(parts)

    def _place(self, name: str) -> str:
        self.counts["name"] += 1
        return re.sub(r"[^\W_]+", lambda word: self.names.word(word.group(), "name"), name)

    def _token(self, match: re.Match[str]) -> str:
        text = match.group()
        done = self._done[self._degree]
        found = done.get(text)
        if found is None:
            found = self._new(match, text)
            if len(done) < _MOST_REMEMBERED:
                done[text] = found
        new, kind = found
        if kind:
            self.counts[kind] += 1
        return new

    def _new(self, match: re.Match[str], text: str) -> tuple[str, str]:
        """Return what stands for a token, and what it is counted as ('' where nothing changed)."""
        form = match.lastgroup or ""
        known = self._known.get(text.lower())
        if known and known != "place":
            return self._named(known, text)
        if text.lower() in CONSTANTS:
            return text, ""
        if form in ("release", "id", "date", "entity", "error", "escape"):
            return ("x", "name") if text.startswith("&#") else (text, "")
        if form == "mailbox":
            return self._mailbox(match["local"], match["domain"]), "e-mail address"
        if form == "host":
            new = self.names.host(text)
            return new, "host" if new != text else ""
        if form in ("four", "six"):
            return self._address(text)
        if form == "compound" and text.lower().rpartition(".")[2] in self._suffixes:
            return self.names.host(text), "host"
        if form == "serial":
            return self.names.serial(text), "serial number"
        if form == "hexadecimal":
            return self.names.serial(text), "fingerprint"
        if form == "number":
            return self._number(text)
        if form == "word":
            return self._word(text)
        if self._degree == "free" and _TELEPHONE.fullmatch(text):
            return re.sub("[0-9]", "0", text), "number"
        return self._parts(text)

    def _named(self, kind: Kind, text: str) -> tuple[str, str]:
        if kind in ("host", "label"):
            return self.names.host(text), "host"
        if kind == "user":
            return self.names.user(text), "user"
        if kind == "serial":
            return self.names.serial(text), "serial number"
        return self.names.word(text, "name"), "name"

    def _mailbox(self, local: str, domain: str) -> str:
        bare = domain.strip("[]")
        address = to_address(bare)
        new = self.names.address(address) if address else self.names.host(bare)
        return self.names.mailbox(local, domain.replace(bare, new))

    def _address(self, text: str) -> tuple[str, str]:
        bare, slash, length = text.partition("/")
        rest = bare[len(bare.rstrip(":")) :] if not bare.endswith("::") else ""
        bare = bare.removesuffix(rest)
        address = _read(bare)
        if address is None:
            return self._parts(text)
        new = self.names.network(address, int(length)) if slash else self.names.address(address)
        return f"{new}{rest}{slash}{length}", "address" if new != str(address) else ""

    def _parts(self, text: str) -> tuple[str, str]:
        """Redact a token that is no name as a whole, part by part."""
        changed: list[str] = []

        def part(match: re.Match[str]) -> str:
            if match.lastgroup == "joined":
                new, kind = self._word(match.group())
            elif match.lastgroup == "four":
                new, kind = self._address(match.group())
            elif match.lastgroup == "number":
                new, kind = self._number(match.group())
            else:
                new, kind = self._word(match.group())
            changed.append(kind)
            return new

        new = PART.sub(part, text)
        return new, next(filter(None, changed), "")

    def _word(self, word: str) -> tuple[str, str]:
        known = self._known.get(word.lower())
        if known and known != "place":
            return self._named(known, word)
        if is_own(word):
            return word, ""
        if self._degree == "free":
            return "".join(map(blanked, word)), "word of free text"
        return self.names.word(word), "word"

    def _number(self, text: str) -> tuple[str, str]:
        if self._degree == "told":
            if len(text) < _LONG_NUMBER:
                return text, ""
            return self.names.word(text, "number"), "number"
        if len(text) < 3 or text in _PORTS or _YEAR.fullmatch(text):
            return text, ""
        return "0" * len(text), "number"


def _places(names: Iterable[str]) -> re.Pattern[str] | None:
    """A pattern of the names of clusters and groups that are words, where they stand for one."""
    longest = sorted(names, key=lambda name: (-len(name), name))
    every = "|".join(map(re.escape, longest))
    return (
        re.compile(rf"((?i:\b(?:cluster|group)[ :]+[\"']?))({every})(?![\w-])(?!\.\w)", re.I)
        if every
        else None
    )


def _read(text: str) -> IPv4Address | IPv6Address | None:
    """Read an address; the octets of an old one may have leading zeros."""
    octets = text.split(".")
    if len(octets) == 4 and all(octet.isdigit() for octet in octets):
        text = ".".join(str(int(octet)) for octet in octets)
    return to_address(text)
