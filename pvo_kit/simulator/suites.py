"""TLS as the two boxes make it: cipher strings, protocol versions, the suite that is negotiated.

A cipher string is read as OpenSSL reads it: a plain token adds what it selects, ``-`` takes away,
``!`` takes away for good, ``+`` moves to the end, ``@STRENGTH`` sorts. The table holds the usual
suites with RSA certificates and all anonymous ones. The technote's boxes had RC4-SHA first on both
sides and negotiated ADH-CAMELLIA256-SHA: so the SMA takes an anonymous suite, the strongest, as
soon as both sides offer one.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

VERSIONS = ("SSLv2", "SSLv3", "TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3")
_WORDS = {
    "sslv2": "SSLv2", "sslv3": "SSLv3", "tlsv1": "TLSv1", "tlsv1_0": "TLSv1",
    "tlsv1.1": "TLSv1.1", "tlsv1_1": "TLSv1.1", "tlsv1.2": "TLSv1.2", "tlsv1_2": "TLSv1.2",
    "tlsv1_3": "TLSv1.3",
}  # fmt: skip
_WORD = re.compile(r"sslv[23]|tlsv1(?:[._]\d)?")


@dataclass(frozen=True, slots=True)
class Suite:
    """A cipher suite as ``openssl ciphers -v`` lists it; ``since`` is the version it needs."""

    name: str
    since: str
    kx: str
    au: str
    enc: str
    bits: int
    mac: str
    strength: str

    @property
    def is_anonymous(self) -> bool:
        """Whether it works without a certificate."""
        return self.au == "None"

    def listed(self) -> str:
        """Return its line of ``openssl ciphers -v``."""
        bits = f"({self.bits})" if self.bits else ""
        enc = "None" if self.enc == "NULL" else f"{self.enc}{bits}"
        return (f"{self.name:<23} {self.since.replace('TLSv1.0', 'TLSv1')} Kx={self.kx:<8} "
                f"Au={self.au:<4} Enc={enc:<9} Mac={self.mac}")  # fmt: skip


def _suite(name: str, since: str, kx: str, au: str, enc: str, mac: str, strength: str) -> Suite:
    cipher, _, bits = enc.partition("/")
    return Suite(name, since, kx, au, cipher, int(bits or 0), mac, strength)


_TABLE = """
ADH-AES256-GCM-SHA384 TLSv1.2 DH None AESGCM/256 AEAD HIGH
ECDHE-RSA-AES256-GCM-SHA384 TLSv1.2 ECDH RSA AESGCM/256 AEAD HIGH
DHE-RSA-AES256-GCM-SHA384 TLSv1.2 DH RSA AESGCM/256 AEAD HIGH
ADH-AES256-SHA256 TLSv1.2 DH None AES/256 SHA256 HIGH
ADH-CAMELLIA256-SHA256 TLSv1.2 DH None Camellia/256 SHA256 HIGH
ECDHE-RSA-AES256-SHA384 TLSv1.2 ECDH RSA AES/256 SHA384 HIGH
DHE-RSA-AES256-SHA256 TLSv1.2 DH RSA AES/256 SHA256 HIGH
AES256-GCM-SHA384 TLSv1.2 RSA RSA AESGCM/256 AEAD HIGH
AES256-SHA256 TLSv1.2 RSA RSA AES/256 SHA256 HIGH
ADH-CAMELLIA256-SHA SSLv3 DH None Camellia/256 SHA1 HIGH
ADH-AES256-SHA SSLv3 DH None AES/256 SHA1 HIGH
AECDH-AES256-SHA TLSv1 ECDH None AES/256 SHA1 HIGH
ECDHE-RSA-AES256-SHA TLSv1 ECDH RSA AES/256 SHA1 HIGH
DHE-RSA-AES256-SHA SSLv3 DH RSA AES/256 SHA1 HIGH
DHE-RSA-CAMELLIA256-SHA SSLv3 DH RSA Camellia/256 SHA1 HIGH
AES256-SHA SSLv3 RSA RSA AES/256 SHA1 HIGH
CAMELLIA256-SHA SSLv3 RSA RSA Camellia/256 SHA1 HIGH
ADH-DES-CBC3-SHA SSLv3 DH None 3DES/168 SHA1 HIGH
AECDH-DES-CBC3-SHA TLSv1 ECDH None 3DES/168 SHA1 HIGH
EDH-RSA-DES-CBC3-SHA SSLv3 DH RSA 3DES/168 SHA1 HIGH
DES-CBC3-SHA SSLv3 RSA RSA 3DES/168 SHA1 HIGH
ADH-AES128-GCM-SHA256 TLSv1.2 DH None AESGCM/128 AEAD HIGH
ADH-AES128-SHA256 TLSv1.2 DH None AES/128 SHA256 HIGH
ADH-CAMELLIA128-SHA256 TLSv1.2 DH None Camellia/128 SHA256 HIGH
ECDHE-RSA-AES128-GCM-SHA256 TLSv1.2 ECDH RSA AESGCM/128 AEAD HIGH
DHE-RSA-AES128-GCM-SHA256 TLSv1.2 DH RSA AESGCM/128 AEAD HIGH
AES128-GCM-SHA256 TLSv1.2 RSA RSA AESGCM/128 AEAD HIGH
AES128-SHA256 TLSv1.2 RSA RSA AES/128 SHA256 HIGH
ADH-AES128-SHA SSLv3 DH None AES/128 SHA1 HIGH
ADH-CAMELLIA128-SHA SSLv3 DH None Camellia/128 SHA1 HIGH
AECDH-AES128-SHA TLSv1 ECDH None AES/128 SHA1 HIGH
DHE-RSA-AES128-SHA SSLv3 DH RSA AES/128 SHA1 HIGH
AES128-SHA SSLv3 RSA RSA AES/128 SHA1 HIGH
ADH-SEED-SHA SSLv3 DH None SEED/128 SHA1 MEDIUM
ADH-RC4-MD5 SSLv3 DH None RC4/128 MD5 MEDIUM
AECDH-RC4-SHA TLSv1 ECDH None RC4/128 SHA1 MEDIUM
RC4-SHA SSLv3 RSA RSA RC4/128 SHA1 MEDIUM
RC4-MD5 SSLv3 RSA RSA RC4/128 MD5 MEDIUM
ADH-DES-CBC-SHA SSLv3 DH None DES/56 SHA1 LOW
DES-CBC-SHA SSLv3 RSA RSA DES/56 SHA1 LOW
EXP-ADH-DES-CBC-SHA SSLv3 DH None DES/40 SHA1 EXP
EXP-ADH-RC4-MD5 SSLv3 DH None RC4/40 MD5 EXP
EXP-RC4-MD5 SSLv3 RSA RSA RC4/40 MD5 EXP
AECDH-NULL-SHA TLSv1 ECDH None NULL SHA1 NONE
"""

_ALL = tuple(_suite(*line.split()) for line in _TABLE.split("\n") if line)
_GONE = ("RC4", "DES", "3DES", "SEED")  # no longer built into the OpenSSL of newer releases
_SINCE_1_1 = ("ADH-CAMELLIA256-SHA256", "ADH-CAMELLIA128-SHA256")
_OLDEST_WITHOUT = (14, 0, 0)
_FIRST_TLS_1_2 = (9, 5, 0)
_TLS_1_3 = "TLS_AES_256_GCM_SHA384"


def suites(release: tuple[int, ...]) -> tuple[Suite, ...]:
    """Return the suites that a release has, in OpenSSL's order."""
    if release >= _OLDEST_WITHOUT:
        return tuple(suite for suite in _ALL if suite.enc not in _GONE)
    if release >= _FIRST_TLS_1_2:
        return tuple(suite for suite in _ALL if suite.name not in _SINCE_1_1)
    return tuple(suite for suite in _ALL if suite.since != "TLSv1.2" and suite.kx != "ECDH")


Test = Callable[[Suite], bool]


def _encrypts(name: str) -> Test:
    return lambda suite: suite.enc == name


def _needs(version: str) -> Test:
    return lambda suite: suite.since == version


def _class(name: str) -> Test:
    return lambda suite: suite.strength == name


_TOKENS: dict[str, Test] = {
    "ALL": lambda s: s.enc != "NULL",
    "COMPLEMENTOFALL": lambda s: s.enc == "NULL",
    "COMPLEMENTOFDEFAULT": lambda s: s.is_anonymous and s.enc != "NULL",
    "aNULL": lambda s: s.is_anonymous,
    "aRSA": lambda s: s.au == "RSA",
    **dict.fromkeys(("kRSA", "RSA"), lambda s: s.kx == "RSA"),
    **dict.fromkeys(("kEDH", "kDHE", "DH"), lambda s: s.kx == "DH"),
    **dict.fromkeys(("kEECDH", "kECDHE", "ECDH"), lambda s: s.kx == "ECDH"),
    **dict.fromkeys(("EDH", "DHE"), lambda s: s.kx == "DH" and not s.is_anonymous),
    **dict.fromkeys(("EECDH", "ECDHE"), lambda s: s.kx == "ECDH" and not s.is_anonymous),
    "ADH": lambda s: s.kx == "DH" and s.is_anonymous,
    "AECDH": lambda s: s.kx == "ECDH" and s.is_anonymous,
    **dict.fromkeys(("eNULL", "NULL"), lambda s: s.enc == "NULL"),
    "AES": lambda s: s.enc.startswith("AES"),
    "AES128": lambda s: s.enc.startswith("AES") and s.bits == 128,
    "AES256": lambda s: s.enc.startswith("AES") and s.bits == 256,
    "AESGCM": lambda s: s.enc == "AESGCM",
    "CAMELLIA": lambda s: s.enc == "Camellia",
    "CAMELLIA128": lambda s: s.enc == "Camellia" and s.bits == 128,
    "CAMELLIA256": lambda s: s.enc == "Camellia" and s.bits == 256,
    **{name: _encrypts(name) for name in ("3DES", "DES", "RC4", "SEED")},
    "MD5": lambda s: s.mac == "MD5",
    **dict.fromkeys(("SHA1", "SHA"), lambda s: s.mac == "SHA1"),
    "SHA256": lambda s: s.mac == "SHA256",
    "SHA384": lambda s: s.mac == "SHA384",
    **{name: _needs(name) for name in ("SSLv3", "TLSv1", "TLSv1.2")},
    **dict.fromkeys(("EXP", "EXPORT", "EXPORT40"), lambda s: s.strength == "EXP"),
    **{name: _class(name) for name in ("LOW", "MEDIUM", "HIGH")},
}  # fmt: skip
_DEFAULT = "ALL:!aNULL:!eNULL"


def offered(string: str, release: tuple[int, ...]) -> list[Suite]:
    """Return the suites of a cipher string in its order; what it does not know selects nothing."""
    have = suites(release)
    chosen: list[Suite] = []
    banned: set[str] = set()
    tokens = [token for token in re.split(r"[:,; ]+", string.strip()) if token]
    if tokens[:1] == ["DEFAULT"]:
        tokens = [*_DEFAULT.split(":"), *tokens[1:]]
    for token in tokens:
        if token == "@STRENGTH":  # noqa: S105
            chosen.sort(key=lambda suite: -suite.bits)
        sign = token[0] if token[0] in "+-!@" else ""
        if sign == "@":
            continue
        meant = [suite for suite in have if _selects(token.removeprefix(sign), suite)]
        if sign in ("-", "!"):
            chosen = [suite for suite in chosen if suite not in meant]
            banned |= {suite.name for suite in meant} if sign == "!" else set()
        elif sign == "+":
            chosen = [each for each in chosen if each not in meant] + [
                each for each in chosen if each in meant
            ]
        else:
            new = [each for each in meant if each not in chosen]
            chosen += [each for each in new if each.name not in banned]
    return chosen


def _selects(token: str, suite: Suite) -> bool:
    if token == suite.name:
        return True
    parts = token.split("+")
    return all(part in _TOKENS and _TOKENS[part](suite) for part in parts)


def versions(method: str) -> list[str]:
    """Return the TLS versions that a method's words name, oldest first."""
    return [version for version in VERSIONS
            if version in {_WORDS[word] for word in _WORD.findall(method.lower())}]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Side:
    """One end of a session: its method, its cipher string, its release."""

    method: str
    ciphers: str
    release: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Handshake:
    """How a session came up: protocol and suite, or ``failure`` as the client logs it."""

    protocol: str = ""
    suite: str = ""
    is_anonymous: bool = False
    failure: str = ""


def negotiate(client: Side, server: Side) -> Handshake:
    """Return how the two sides agree; the server's order decides, anonymous suites first."""
    common = [version for version in versions(client.method) if version in versions(server.method)]
    if not common:
        return Handshake(failure="(336032002, 'error:14077102:SSL routines:"
                                 "SSL23_GET_SERVER_HELLO:unsupported protocol')")  # fmt: skip
    protocol = common[-1]
    if protocol == "TLSv1.3":
        return Handshake(protocol, _TLS_1_3)
    known = {suite.name for suite in offered(client.ciphers, client.release)}
    both = [suite for suite in offered(server.ciphers, server.release) if suite.name in known]
    usable = [suite for suite in both if VERSIONS.index(suite.since) <= VERSIONS.index(protocol)]
    if not usable:
        return Handshake(failure="(336151568, 'error:14094410:SSL routines:SSL3_READ_BYTES:"
                                 "sslv3 alert handshake failure')")  # fmt: skip
    anonymous = sorted((suite for suite in usable if suite.is_anonymous),
                       key=lambda suite: -suite.bits)  # fmt: skip
    chosen = (anonymous or usable)[0]
    return Handshake(protocol, chosen.name, chosen.is_anonymous)
