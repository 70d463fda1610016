"""The new name of everything that is redacted: the same key gives the same name, in any case.

    mx1.corp.example.com   -> h-7xk2qd5v.h-3mzt8rcf.d-m5kxr7tq.com    (hierarchy and suffix stay)
    esa1.example.com       -> esa-k3f9x2qd.d-m5kxr7tq.com             (what tells the role stays)
    mail.example.com       -> mail.d-m5kxr7tq.com                     (a word of the appliance's)
    jane.roe@example.com   -> u-4n8vq6zd@d-m5kxr7tq.com
    564D2C0FFEE0-0000A1    -> 8B07D43A91C2-5F1E07                      (same form)
    Hauptsitz              -> Qvkdzrfmt                                (same form, no vowels)

Letters are without vowels, so that no word comes about by chance.
"""

from __future__ import annotations

import re
from collections import ChainMap
from collections.abc import Callable, MutableMapping
from ipaddress import ip_network
from itertools import count

from pvo_kit.redaction.addresses import Address, Addresses, is_kept
from pvo_kit.redaction.hosts import public_labels
from pvo_kit.redaction.keys import Key
from pvo_kit.redaction.vocabulary import CONSTANTS, USERS, role_of, words

_LETTERS = "bcdfghjkmnpqrstvwxz"
_SIGNS = _LETTERS + "23456789"
_HEXADECIMAL = "0123456789ABCDEF"
_LENGTH = 8
_SHORTEST = 6
"""Letters of a word's new form: two short words must not get the same one."""

_SCRIPTS = (
    (re.compile("[\u0370-\u03ff]"), "βγδζθκλμνξπρστφχψ"),
    (re.compile("[\u0400-\u04ff]"), "бвгджзклмнпрстфхцчш"),
    (re.compile("[\u00c0-\u024f]"), "éèêëàâîïôûüçñòùìáí"),
    (re.compile("."), "あかさたなはまやらわいきしちにひみり"),
)
"""What letters of other scripts become: a letter of the same kind, which its encoding has too."""


_SAME_LENGTH = 8
"""Names of a length that are tried for a value, until one is free, before longer ones are."""

Make = Callable[[str, int], str]
"""Makes a value's new name; a number from 0 on tells how many were taken already."""


class Names:
    """The new names of one run: made when asked for, remembered with their kind.

    No two values get the same one: where the key gives a name that another value has
    already, the next one that it gives is taken.
    """

    def __init__(self, key: Key) -> None:
        """Start with no name given."""
        self._key = key
        self._addresses = Addresses(key)
        self._labels: MutableMapping[str, str] = {}
        self._taken: MutableMapping[str, str] = {}
        self.given: dict[str, MutableMapping[str, str]] = {}

    def going_on(self) -> Names:
        """Return names that go on from these; what they add is not added here."""
        other = Names(self._key)
        other._labels, other._taken = ChainMap({}, self._labels), ChainMap({}, self._taken)
        other.given = {kind: ChainMap({}, names) for kind, names in self.given.items()}
        return other

    def address(self, address: Address) -> str:
        """Return the address that stands for this one; one that names nobody stays."""
        if is_kept(address):
            return str(address)
        return self._once("address", str(address), lambda _: str(self._addresses.of(address)))

    def network(self, address: Address, length: int) -> str:
        """Return the address before ``/length``: a network, without a bit behind it, stays one.

        With one bit or none behind it, it may be a host's as well.
        """
        new = self.address(address)
        if length > address.max_prefixlen - 2:
            return new
        if new == str(address) or ip_network((address, length), strict=False)[0] != address:
            return new
        bare = str(ip_network(f"{new}/{length}", strict=False)[0])
        self._once("network", f"{address}/{length}", lambda _: f"{bare}/{length}")
        return bare

    def host(self, name: str) -> str:
        """Return a host's or a domain's new name, label by label."""
        known = name.lower().rstrip(".")
        if known in CONSTANTS:
            return name
        return self._once("host", known, self._host) + name[len(known) :]

    def _host(self, name: str) -> str:
        labels = name.split(".")
        public = public_labels(labels)
        own = len(labels) - public
        kept = labels[own:]
        # A single label is a host; else the last one that is not public is somebody's domain.
        domain = own - 1 if len(labels) > 1 else own
        return ".".join([*map(self._label, labels[:domain]), *map(self._domain, labels[domain:own]),
                         *kept])  # fmt: skip

    def _label(self, label: str) -> str:
        """Return a host's label; one that is a word of the appliance's (mx, mail, sma) stays."""
        if not label or label in words():
            return label
        return f"{role_of(label) or 'h'}-{self._coined(label)}"

    def _domain(self, label: str) -> str:
        return f"d-{self._coined(label)}" if label else label

    def _coined(self, label: str) -> str:
        if label not in self._labels:
            self._labels[label] = self._free(
                label, lambda each, tried: self._sign("label", each, tried)
            )
        return self._labels[label]

    def mailbox(self, local: str, domain: str) -> str:
        """Return an e-mail address; ``domain`` is the new name of what stands behind the @."""
        return f"{self.user(local)}@{domain}"

    def user(self, name: str) -> str:
        """Return a user's or a mailbox's new name; accounts that every appliance has stay."""
        known = name.lower()
        return name if known in USERS else self._coin("user", known, self._user)

    def _user(self, name: str, tried: int) -> str:
        return f"u-{self._sign('user', name, tried)}"

    def serial(self, text: str) -> str:
        """Return a serial number of the same form; hexadecimal digits stay such."""
        return self._coin("serial number", text, self._serial)

    def _serial(self, text: str, tried: int) -> str:
        digest = self._key.digest("serial", _numbered(text.upper(), tried)) * 4
        signs = []
        for sign, byte in zip(_longer(text, tried), digest, strict=False):
            pool = _HEXADECIMAL if sign.upper() in _HEXADECIMAL else _LETTERS.upper()
            new = pool[byte % len(pool)]
            signs.append(new.lower() if sign.islower() else new if sign.isalnum() else sign)
        return "".join(signs)

    def word(self, word: str, kind: str = "word") -> str:
        """Return a word of the same form: as long, capitals and digits where they were."""
        return self._coin(kind, word, self._word)

    def _word(self, word: str, tried: int) -> str:
        digest = self._key.digest("word", _numbered(word.lower(), tried))
        word = _longer(word, tried)
        while len(digest) < max(len(word), _SHORTEST):
            digest += self._key.digest("more", digest)
        new = "".join(map(formed, word, digest))
        if len(word) < _SHORTEST and word.isascii() and not word.isdigit():
            rest = "".join(_LETTERS[byte % len(_LETTERS)] for byte in digest[len(word) : _SHORTEST])
            new += rest.upper() if word.isupper() else rest
        return new

    def text(self, kind: str, value: str) -> str:
        """Return what stands for a whole text, such as ``subject-7xk2qd5v``."""
        start = kind.split()[0]
        return self._coin(
            kind, value, lambda each, tried: f"{start}-{self._sign(kind, each, tried)}"
        )

    def _sign(self, kind: str, value: str, tried: int) -> str:
        digest = self._key.digest(kind, _numbered(value, tried))
        number, signs = int.from_bytes(digest, "big"), ""
        for _ in range(_LENGTH):
            number, place = divmod(number, len(_SIGNS))
            signs += _SIGNS[place]
        return signs

    def _once(self, kind: str, value: str, make: Callable[[str], str]) -> str:
        known = self.given.setdefault(kind, {})
        if value not in known:
            known[value] = make(value)
        return known[value]

    def _coin(self, kind: str, value: str, make: Make) -> str:
        return self._once(kind, value, lambda each: self._free(each, make))

    def _free(self, value: str, make: Make) -> str:
        """Return the first name of those that the key gives which is no other value's, nor its own.

        It differs between cases only for the few values that meet another one in one of them.
        """
        own = value.lower()
        for tried in count():
            new = make(value, tried)
            if new.lower() != own and self._taken.setdefault(new.lower(), own) == own:
                return new
        raise AssertionError("names become longer, so that one is free")


def _numbered(value: str, tried: int) -> bytes:
    """A value as the key takes it; numbered from its second new name on."""
    return value.encode("utf-8", "surrogatepass") + (f"\0{tried}".encode() if tried else b"")


def _longer(text: str, tried: int) -> str:
    return text + text[-1:] * (tried // _SAME_LENGTH)


def formed(sign: str, byte: int) -> str:
    """Return a letter or digit for one of the same form, chosen by a byte."""
    if sign.isascii():
        if not sign.isalnum():
            return sign
        pool = "0123456789" if sign.isdigit() else _LETTERS
    elif not sign.isalpha():
        return "0" if sign.isdigit() else sign
    else:
        pool = next(letters for script, letters in _SCRIPTS if script.match(sign))
    new = pool[byte % len(pool)]
    return new.upper() if sign.isupper() and len(new.upper()) == 1 else new


def blanked(sign: str) -> str:
    """Return what free text is left of: x for a letter, 0 for a digit, other signs as they are."""
    if sign.isascii():
        if not sign.isalnum():
            return sign
        return "0" if sign.isdigit() else "X" if sign.isupper() else "x"
    return formed(sign, 0)
