"""Which anonymous TLS suites a cipher string lets through, and which suites are anonymous.

An OpenSSL cipher string is evaluated exactly, but over the 21 anonymous suites only: whatever
else it selects cannot cause scenario 4. The local OpenSSL is not asked: it is not the appliance's,
and it no longer has half of these suites.

Where the facts come from: generation "3.0" was measured with OpenSSL 3.0.19 (the tests compare
thousands of random strings with the local OpenSSL). "1.1" and "1.0" were read in the sources
(``ssl_ciph.c``, ``s3_lib.c`` of 0.9.8, 1.0.1, 1.0.2 and 1.1.1), default builds; never run.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from pvo_kit.errors import InputError

Verdict = Literal["yes", "no", "unknown"]

#: The releases that read a string differently, oldest first, with the generation each stands in.
#: Within "1.0": 0.9.8 knows fewer tokens, and ECDH only where a string names it (left out here);
#: 1.0.1 stands for 1.0.0 too; the last 1.0.2 lost export and single DES, and calls 3DES MEDIUM.
RELEASES = {"0.9.8": "1.0", "1.0.1": "1.0", "1.0.2": "1.0", "1.1": "1.1", "3.0": "3.0"}


@dataclass(frozen=True, slots=True)
class Suite:
    """One anonymous suite with the attributes that the tokens of a cipher string look at.

    ``protocol`` is the one that brought the suite. ``strength`` is its class (HIGH, MEDIUM, LOW,
    EXP, NONE) in each of RELEASES, "" where the release does not have the suite.
    """

    name: str
    iana: str
    code: int
    kx: Literal["DH", "ECDH"]
    encryption: str
    bits: int
    mac: str
    protocol: Literal["SSLv3", "TLSv1", "TLSv1.2"]
    strength: tuple[str, str, str, str, str]

    @property
    def export(self) -> bool:
        """Whether this is one of the weakened export suites."""
        return self.name.startswith("EXP-")

    @property
    def generations(self) -> tuple[str, ...]:
        """The generations that have the suite, oldest first."""
        return tuple(dict.fromkeys(RELEASES[r] for r in RELEASES if self.strength_in(r)))

    def strength_in(self, release: str) -> str:
        """Give the strength class in one of RELEASES, "" where the suite does not exist."""
        return self.strength[list(RELEASES).index(release)]


# Columns of strength: 0.9.8, 1.0.1, 1.0.2, 1.1, 3.0. Measured: the last one. 1.1 and 3.0 leave out
# RC4 and 3DES unless built with enable-weak-ssl-ciphers; in 3.0 SEED takes the legacy provider.
_HIGH = ("HIGH", "HIGH", "HIGH", "HIGH", "HIGH")
_HIGH_SINCE_1_0 = ("", "HIGH", "HIGH", "HIGH", "HIGH")
_HIGH_SINCE_1_1 = ("", "", "", "HIGH", "HIGH")
_EXPORT = ("EXP", "EXP", "", "", "")
_LOW = ("LOW", "LOW", "", "", "")

SUITES = (
    Suite("EXP-ADH-RC4-MD5", "TLS_DH_anon_EXPORT_WITH_RC4_40_MD5",
          0x0017, "DH", "RC4", 40, "MD5", "SSLv3", _EXPORT),
    Suite("ADH-RC4-MD5", "TLS_DH_anon_WITH_RC4_128_MD5",
          0x0018, "DH", "RC4", 128, "MD5", "SSLv3", ("MEDIUM", "MEDIUM", "MEDIUM", "", "")),
    Suite("EXP-ADH-DES-CBC-SHA", "TLS_DH_anon_EXPORT_WITH_DES40_CBC_SHA",
          0x0019, "DH", "DES", 40, "SHA1", "SSLv3", _EXPORT),
    Suite("ADH-DES-CBC-SHA", "TLS_DH_anon_WITH_DES_CBC_SHA",
          0x001A, "DH", "DES", 56, "SHA1", "SSLv3", _LOW),
    Suite("ADH-DES-CBC3-SHA", "TLS_DH_anon_WITH_3DES_EDE_CBC_SHA",
          0x001B, "DH", "3DES", 168, "SHA1", "SSLv3", ("HIGH", "HIGH", "MEDIUM", "", "")),
    Suite("ADH-AES128-SHA", "TLS_DH_anon_WITH_AES_128_CBC_SHA",
          0x0034, "DH", "AES", 128, "SHA1", "SSLv3", _HIGH),
    Suite("ADH-AES256-SHA", "TLS_DH_anon_WITH_AES_256_CBC_SHA",
          0x003A, "DH", "AES", 256, "SHA1", "SSLv3", _HIGH),
    Suite("ADH-CAMELLIA128-SHA", "TLS_DH_anon_WITH_CAMELLIA_128_CBC_SHA",
          0x0046, "DH", "CAMELLIA", 128, "SHA1", "SSLv3", _HIGH),
    Suite("ADH-AES128-SHA256", "TLS_DH_anon_WITH_AES_128_CBC_SHA256",
          0x006C, "DH", "AES", 128, "SHA256", "TLSv1.2", _HIGH_SINCE_1_0),
    Suite("ADH-AES256-SHA256", "TLS_DH_anon_WITH_AES_256_CBC_SHA256",
          0x006D, "DH", "AES", 256, "SHA256", "TLSv1.2", _HIGH_SINCE_1_0),
    Suite("ADH-CAMELLIA256-SHA", "TLS_DH_anon_WITH_CAMELLIA_256_CBC_SHA",
          0x0089, "DH", "CAMELLIA", 256, "SHA1", "SSLv3", _HIGH),
    Suite("ADH-SEED-SHA", "TLS_DH_anon_WITH_SEED_CBC_SHA", 0x009B, "DH", "SEED", 128, "SHA1",
          "SSLv3", ("MEDIUM", "MEDIUM", "MEDIUM", "MEDIUM", "")),
    Suite("ADH-AES128-GCM-SHA256", "TLS_DH_anon_WITH_AES_128_GCM_SHA256",
          0x00A6, "DH", "AESGCM", 128, "AEAD", "TLSv1.2", _HIGH_SINCE_1_0),
    Suite("ADH-AES256-GCM-SHA384", "TLS_DH_anon_WITH_AES_256_GCM_SHA384",
          0x00A7, "DH", "AESGCM", 256, "AEAD", "TLSv1.2", _HIGH_SINCE_1_0),
    Suite("ADH-CAMELLIA128-SHA256", "TLS_DH_anon_WITH_CAMELLIA_128_CBC_SHA256",
          0x00BF, "DH", "CAMELLIA", 128, "SHA256", "TLSv1.2", _HIGH_SINCE_1_1),
    Suite("ADH-CAMELLIA256-SHA256", "TLS_DH_anon_WITH_CAMELLIA_256_CBC_SHA256",
          0x00C5, "DH", "CAMELLIA", 256, "SHA256", "TLSv1.2", _HIGH_SINCE_1_1),
    Suite("AECDH-NULL-SHA", "TLS_ECDH_anon_WITH_NULL_SHA",
          0xC015, "ECDH", "NULL", 0, "SHA1", "TLSv1", ("", "NONE", "NONE", "NONE", "NONE")),
    Suite("AECDH-RC4-SHA", "TLS_ECDH_anon_WITH_RC4_128_SHA",
          0xC016, "ECDH", "RC4", 128, "SHA1", "TLSv1", ("", "MEDIUM", "MEDIUM", "", "")),
    Suite("AECDH-DES-CBC3-SHA", "TLS_ECDH_anon_WITH_3DES_EDE_CBC_SHA",
          0xC017, "ECDH", "3DES", 168, "SHA1", "TLSv1", ("", "HIGH", "MEDIUM", "", "")),
    Suite("AECDH-AES128-SHA", "TLS_ECDH_anon_WITH_AES_128_CBC_SHA",
          0xC018, "ECDH", "AES", 128, "SHA1", "TLSv1", _HIGH_SINCE_1_0),
    Suite("AECDH-AES256-SHA", "TLS_ECDH_anon_WITH_AES_256_CBC_SHA",
          0xC019, "ECDH", "AES", 256, "SHA1", "TLSv1", _HIGH_SINCE_1_0),
)  # fmt: skip


def _protocol(name: str) -> Callable[[Suite, str], bool]:
    # Before 1.1, TLSv1 was only another name of SSLv3.
    def selects(suite: Suite, release: str) -> bool:
        same = RELEASES[release] == "1.0" and {name, suite.protocol} == {"SSLv3", "TLSv1"}
        return same or suite.protocol == name

    return selects


def _strength(name: str) -> Callable[[Suite, str], bool]:
    return lambda suite, release: suite.strength_in(release) == name


_AES = ("AES", "AESGCM")

#: Token -> which of the suites it selects. Case counts, as it does for OpenSSL.
_TOKENS: dict[str, Callable[[Suite, str], bool]] = {
    "ALL": lambda s, _: s.encryption != "NULL",
    "COMPLEMENTOFALL": lambda s, _: s.encryption == "NULL",
    "COMPLEMENTOFDEFAULT": lambda s, _: s.encryption != "NULL",
    "aNULL": lambda s, _: True,
    **dict.fromkeys(("kEDH", "kDHE", "DH", "ADH"), lambda s, _: s.kx == "DH"),
    **dict.fromkeys(("kEECDH", "kECDHE", "ECDH", "AECDH"), lambda s, _: s.kx == "ECDH"),
    **dict.fromkeys(("eNULL", "NULL"), lambda s, _: s.encryption == "NULL"),
    "AES": lambda s, _: s.encryption in _AES,
    "AES128": lambda s, _: s.encryption in _AES and s.bits == 128,
    "AES256": lambda s, _: s.encryption in _AES and s.bits == 256,
    "AESGCM": lambda s, _: s.encryption == "AESGCM",
    "CAMELLIA": lambda s, _: s.encryption == "CAMELLIA",
    "CAMELLIA128": lambda s, _: s.encryption == "CAMELLIA" and s.bits == 128,
    "CAMELLIA256": lambda s, _: s.encryption == "CAMELLIA" and s.bits == 256,
    "3DES": lambda s, _: s.encryption == "3DES",
    "DES": lambda s, _: s.encryption == "DES",
    "RC4": lambda s, _: s.encryption == "RC4",
    "SEED": lambda s, _: s.encryption == "SEED",
    "CBC": lambda s, _: s.encryption not in ("NULL", "RC4", "AESGCM"),
    "MD5": lambda s, _: s.mac == "MD5",
    **dict.fromkeys(("SHA1", "SHA"), lambda s, _: s.mac == "SHA1"),
    "SHA256": lambda s, _: s.mac == "SHA256",
    "SSLv3": _protocol("SSLv3"),
    **dict.fromkeys(("TLSv1", "TLSv1.0"), _protocol("TLSv1")),
    "TLSv1.2": _protocol("TLSv1.2"),
    **dict.fromkeys(("EXP", "EXPORT", "EXPORT40"), lambda s, _: s.export),
    "LOW": _strength("LOW"),
    "MEDIUM": _strength("MEDIUM"),
    "HIGH": _strength("HIGH"),
    "FIPS": lambda s, _: s.encryption in (*_AES, "3DES"),
}

#: The first release that knows a token (of those where it matters). Older ones ignore it, even
#: where it should remove: ``ALL:!kDHE:!kECDHE`` keeps everything before 1.0.2.
_SINCE = {
    **dict.fromkeys(("AES128", "AES256", "CAMELLIA128", "CAMELLIA256"), "1.0.1"),
    **dict.fromkeys(("kDHE", "kECDHE", "TLSv1.2"), "1.0.2"),
    "TLSv1.0": "1.1",
    "CBC": "3.0",
}

#: Tokens of any release that select no anonymous suite (EDH, ECDHE... mean authenticated ones).
_NO_ANONYMOUS = {
    "EDH", "DHE", "EECDH", "ECDHE", "kRSA", "aRSA", "RSA", "kDHr", "kDHd", "kDH", "aDH", "kECDHr",
    "kECDHe", "kECDH", "aECDH", "aECDSA", "ECDSA", "aDSS", "DSS", "kPSK", "kRSAPSK", "kDHEPSK",
    "kECDHEPSK", "aPSK", "PSK", "kSRP", "aSRP", "SRP", "kKRB5", "aKRB5", "KRB5", "kFZA", "aFZA",
    "eFZA", "FZA", "kGOST", "kGOST18", "aGOST", "aGOST94", "aGOST01", "aGOST12", "GOST", "GOST94",
    "GOST89MAC", "GOST12", "GOST2012", "MAGMA", "KUZNYECHIK", "AESCCM", "AESCCM8", "ARIA",
    "ARIA128", "ARIA256", "ARIAGCM", "CHACHA20", "RC2", "IDEA", "SHA384", "SSLv2", "TLSv1.1",
    "TLSv1.3", "EXPORT56", "DEFAULT", "SUITEB128", "SUITEB128ONLY", "SUITEB128C2",
    "SUITEB192",
}  # fmt: skip

#: First AsyncOS version -> the releases that it and its successors may carry [M]. From memory,
#: and wide on purpose: Cisco names no release. 9.5 brought TLS 1.2 (not in 0.9.8), 15.5 TLS 1.3
#: (not before 1.1.1); the years of 11 and 14 are those in which 1.1 and 3.0 came out, or earlier.
_CARRIED = {
    (15, 5): ("1.1", "3.0"),
    (14, 0): ("1.0.1", "1.0.2", "1.1", "3.0"),
    (11, 0): ("1.0.1", "1.0.2", "1.1"),
    (9, 5): ("1.0.1", "1.0.2"),
    (0, 0): ("0.9.8", "1.0.1", "1.0.2"),
}

_NOTHING: frozenset[Suite] = frozenset()
_ANONYMOUS = re.compile(r"^(EXP-)?(ADH|AECDH)-|_anon_", re.IGNORECASE)


def is_anonymous(suite: str) -> bool:
    """Tell whether an OpenSSL or IANA suite name is anonymous, i.e. works without certificates.

    >>> is_anonymous("ADH-CAMELLIA256-SHA"), is_anonymous("TLS_ECDH_anon_WITH_NULL_SHA")
    (True, True)
    >>> is_anonymous("ECDH-RSA-AES128-SHA"), is_anonymous("TLS_AES_256_GCM_SHA384")
    (False, False)
    """
    return _ANONYMOUS.search(suite) is not None


def generations(asyncos: str | None) -> tuple[str, ...]:
    """Give the OpenSSL generations that an AsyncOS version may carry, oldest first.

    All of them where the version is unknown or cannot be read.
    """
    return tuple(dict.fromkeys(RELEASES[release] for release in _releases(asyncos)))


def anonymous_suites(cipher_string: str, openssl: str = "3.0") -> frozenset[str]:
    """Give the OpenSSL names of the anonymous suites that a cipher string leaves.

    ``openssl`` is a generation: "1.0" (0.9.8 to 1.0.2: what any of these leaves), "1.1" or "3.0".
    A token that the table does not know selects nothing. A string that OpenSSL refuses for its
    form (``ALL:*``, ``@SORT``) is not noticed: only the piece in question has no effect here.

    >>> sorted(anonymous_suites("ALL:!ADH"))
    ['AECDH-AES128-SHA', 'AECDH-AES256-SHA']
    """
    releases = [release for release in RELEASES if RELEASES[release] == openssl]
    if not releases:
        raise InputError(f"openssl is one of 1.0, 1.1 and 3.0, not {openssl!r}")
    left = _NOTHING.union(*(_left(cipher_string, release) for release in releases))
    return frozenset(suite.name for suite in left)


def offers_anonymous(cipher_string: str, asyncos: str | None = None) -> Verdict:
    """Tell whether a cipher string offers an anonymous suite on an AsyncOS version.

    "yes" where every generation that the version may carry leaves one, "no" where none does, else
    "unknown". A token that the table does not know might add any suite, so it turns a "no" into
    "unknown", unless a later ``-aNULL`` or any ``!aNULL`` takes it back.

    >>> offers_anonymous("HIGH:-aNULL:MEDIUM"), offers_anonymous("HIGH:MEDIUM:-aNULL")
    ('unknown', 'no')
    """
    releases = _releases(asyncos)
    leaving = {RELEASES[release] for release in releases if _left(cipher_string, release)}
    if leaving == {RELEASES[release] for release in releases}:
        return "yes"
    if any(_left(cipher_string, release, frozenset(SUITES)) for release in releases):
        return "unknown"
    return "no"


def _releases(asyncos: str | None) -> tuple[str, ...]:
    found = re.search(r"\b(\d+)(?:\.(\d+))?", asyncos or "")
    if found is None:
        return tuple(RELEASES)
    version = (int(found[1]), int(found[2] or 0))
    return next(releases for first, releases in _CARRIED.items() if version >= first)


def _left(
    cipher_string: str, release: str, unknown: frozenset[Suite] = _NOTHING
) -> frozenset[Suite]:
    """Run the string as OpenSSL does; a plain token that nobody knows adds ``unknown``."""
    # Honoured at the very beginning only, whatever follows: DEFAULT is ALL:!aNULL:!eNULL, and
    # what "!" bans never returns; SUITEB128... replaces the whole string (1.0.2 wants it alone).
    if cipher_string.startswith("DEFAULT"):
        return _NOTHING
    if release in ("1.1", "3.0") and cipher_string.startswith(("SUITEB128", "SUITEB192")):
        return _NOTHING
    left, banned = _NOTHING, _NOTHING
    # Line ends are no separators for OpenSSL; but sslconfig prints one element per line.
    for element in re.findall(r"[^:,;\s]+", cipher_string):
        if element[0] in "+@":  # these only re-order what is there
            continue
        if element[0] in "-!":
            chosen = _selected(element[1:], release, _NOTHING)
            left -= chosen
            if element[0] == "!":
                banned |= chosen
        else:
            left |= _selected(element, release, unknown) - banned
    return left


def _selected(element: str, release: str, unknown: frozenset[Suite]) -> frozenset[Suite]:
    """Select the suites that match every token of a compound ``A+B``."""
    tokens = element.split("+")
    # OpenSSL keeps FIPS in one field with the strength classes: together they exclude each other.
    if "FIPS" in tokens and not {"HIGH", "MEDIUM", "LOW"}.isdisjoint(tokens):
        return _NOTHING
    selected = frozenset(suite for suite in SUITES if suite.strength_in(release))
    for token in tokens:
        selected &= _matching(token, release, unknown)
    return selected


def _matching(token: str, release: str, unknown: frozenset[Suite]) -> frozenset[Suite]:
    if selects := _TOKENS.get(token):
        order = list(RELEASES)
        if order.index(release) < order.index(_SINCE.get(token, order[0])):
            return _NOTHING
        return frozenset(suite for suite in SUITES if selects(suite, release))
    named = frozenset(suite for suite in SUITES if suite.name == token)
    # A token with "-" or "_" is the name of a suite; any that is not anonymous is without effect.
    is_other_suite = re.search("[-_]", token) and not is_anonymous(token)
    return named if named or token in _NO_ANONYMOUS or is_other_suite else unknown
