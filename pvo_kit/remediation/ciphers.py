"""Which cipher strings to offer instead of the one in force, and what each of them costs.

Every string that is offered was run over the anonymous suites of all OpenSSL generations first
(``pvo_kit.tls``): none may leave one. The classes that a change drops are compared by the words of
the two strings, over what a word may select in any release: enough to tell a person which old
peers to think of, not the appliance's own list (``sslconfig`` > VERIFY prints that).

Sources: the technote (its string, for 8.x), the article on methods and ciphers of 2016 (9.5), for
11 and later the usual hardening words; which classes a word holds from ``ssl_ciph.c``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pvo_kit import tls

TECHNOTE = "HIGH:MEDIUM:ALL:-aNULL:-SSLv2"
MINIMAL = ":-aNULL:-SSLv2"
OF_2016 = "MEDIUM:HIGH:-SSLv2:-aNULL:!RC4:@STRENGTH:-EXPORT"
HARDENED = "HIGH:!aNULL:!eNULL:!EXPORT:!RC4:!3DES:!MD5:!IDEA:@STRENGTH"

GENERATIONS = ("1.0", "1.1", "3.0")

_OLD = frozenset({"RC4", "EXPORT", "SSLv2", "3DES", "single DES", "MD5", "SEED", "IDEA"})
_HOLDS: dict[str, frozenset[str]] = {
    **dict.fromkeys(("ALL", "DEFAULT", "COMPLEMENTOFDEFAULT"), _OLD),
    "HIGH": frozenset({"3DES", "SSLv2", "MD5"}),
    "MEDIUM": frozenset({"RC4", "SSLv2", "MD5", "SEED", "IDEA", "3DES"}),
    "LOW": frozenset({"single DES", "SSLv2", "MD5"}),
    **dict.fromkeys(("EXP", "EXPORT", "EXPORT40", "EXPORT56"),
                    frozenset({"EXPORT", "RC4", "single DES", "SSLv2", "MD5"})),
    "RC4": frozenset({"RC4", "MD5", "EXPORT", "SSLv2"}),
    "MD5": frozenset({"MD5", "RC4", "EXPORT", "SSLv2", "3DES", "single DES", "IDEA"}),
    "3DES": frozenset({"3DES", "SSLv2", "MD5"}),
    "DES": frozenset({"single DES", "SSLv2", "MD5", "EXPORT"}),
    "SEED": frozenset({"SEED"}),
    "IDEA": frozenset({"IDEA", "SSLv2", "MD5"}),
    "SSLv2": frozenset({"SSLv2", "RC4", "EXPORT", "3DES", "single DES", "MD5", "IDEA"}),
    **dict.fromkeys(("SSLv3", "TLSv1", "TLSv1.0", "RSA", "kRSA", "aRSA", "SHA", "SHA1"),
                    _OLD - {"SSLv2"}),
    **dict.fromkeys(("EDH", "kEDH", "DHE", "kDHE", "DH", "aDSS", "DSS", "aNULL", "ADH"),
                    frozenset({"3DES", "single DES", "EXPORT", "SEED"})),
    **dict.fromkeys(("ECDH", "kECDH", "kECDHE", "kEECDH", "ECDHE", "EECDH", "aECDSA", "ECDSA",
                     "AECDH"), frozenset({"RC4", "3DES"})),
    **dict.fromkeys(("eNULL", "NULL", "COMPLEMENTOFALL"), frozenset({"NULL (no encryption)"})),
    "FIPS": frozenset({"3DES"}),
}  # fmt: skip
_DROPS: dict[str, frozenset[str]] = {
    "ALL": _OLD,
    "RC4": frozenset({"RC4"}),
    **dict.fromkeys(("EXP", "EXPORT"), frozenset({"EXPORT"})),
    "SSLv2": frozenset({"SSLv2"}),
    "3DES": frozenset({"3DES"}),
    "DES": frozenset({"single DES"}),
    "MD5": frozenset({"MD5", "SSLv2"}),
    "SEED": frozenset({"SEED"}),
    "IDEA": frozenset({"IDEA"}),
    **dict.fromkeys(("eNULL", "NULL"), frozenset({"NULL (no encryption)"})),
}
"""Words that, with ``-`` or ``!``, leave nothing of a class. Every SSL v2 suite has MD5."""

_IN_A_NAME = {
    "RC4": r"RC4", "EXPORT": r"^EXP", "3DES": r"DES-CBC3|3DES", "single DES": r"DES-CBC-",
    "MD5": r"MD5$", "SEED": r"SEED", "IDEA": r"IDEA", "NULL (no encryption)": r"NULL",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Proposal:
    """A cipher string to set, what it is called, and when to prefer it."""

    string: str
    name: str
    when: str


def is_clean(string: str) -> bool:
    """Return True where no OpenSSL generation leaves an anonymous suite of the string."""
    left = any(tls.anonymous_suites(string, generation) for generation in GENERATIONS)
    return not left and tls.offers_anonymous(string) == "no"


def proposals(old: str | None, release: tuple[int, int, int] | None) -> list[Proposal]:
    """Return the strings to offer, the one that fits the release first; all of them clean.

    Where the release is not known, the minimal change to a known string comes first, since it is
    right in any release.
    """
    fit = Proposal(*_fitting(release)) if release else None
    minimal = Proposal(
        f"{old}{MINIMAL}", "the smallest change: the string now in force with -aNULL and -SSLv2 "
        "appended", "Prefer it where peers must lose nothing but anonymous suites and SSL v2.",
    ) if old else None  # fmt: skip
    technote = Proposal(TECHNOTE, "the technote's string",
                        "Prefer it on 8.x to 9.1, or to follow the technote to the letter; it "
                        "leaves RC4 and export suites on.")  # fmt: skip
    hardened = Proposal(HARDENED, "a hardened string",
                        "Prefer it on AsyncOS 11 and later, where old peers need no RC4 or 3DES; "
                        "try it with sslconfig > VERIFY first.")  # fmt: skip
    offered = [fit, minimal, technote, hardened if not release or release >= (11, 0, 0) else None]
    first = {each.string: each for each in reversed(offered) if each}
    return [each for each in offered if each and first[each.string] is each
            and each.string != old and is_clean(each.string)]  # fmt: skip


def _fitting(release: tuple[int, int, int]) -> tuple[str, str, str]:
    if release >= (11, 0, 0):
        return HARDENED, "fit for AsyncOS 11 and later", "Prefer it where no old peer needs more."
    if release >= (9, 5, 0):
        return OF_2016, "fit for AsyncOS 9.5 to 10", "Prefer it on 9.5 to 10."
    return TECHNOTE, "the technote's string", "Prefer it on 8.x to 9.1."


def anonymous(string: str, generations: Iterable[str]) -> list[str]:
    """Return the anonymous suites that a string leaves in any of these generations, by name."""
    found = {
        name for generation in generations for name in tls.anonymous_suites(string, generation)
    }
    return [suite.name for suite in tls.SUITES if suite.name in found]


def classes(string: str) -> frozenset[str]:
    """Return the old classes (RC4, EXPORT...) of which a string may leave a suite."""
    left: set[str] = set()
    banned: set[str] = set()
    for element in re.findall(r"[^:,;\s]+", string):
        if element[0] in "+@":
            continue
        if element[0] in "-!":
            dropped = _DROPS.get(element[1:], frozenset())
            left -= dropped
            banned |= dropped if element[0] == "!" else frozenset()
        else:
            left |= _held(element) - banned
    return frozenset(left)


def _held(element: str) -> frozenset[str]:
    """What a plain element may select; of ``A+B`` only what both may."""
    held = [_HOLDS.get(token) for token in element.split("+")]
    if len(held) == 1 and held[0] is None:
        return frozenset(
            name for name, pattern in _IN_A_NAME.items() if re.search(pattern, element)
        )
    return frozenset.intersection(*(each or frozenset() for each in held))


def cost(old: str | None, new: str, generations: Iterable[str]) -> Iterator[str]:
    """Yield sentences on what goes with a change of string, and what stays on."""
    if old is None:
        yield "The string now in force is not known, so what else goes cannot be told."
        return
    names = anonymous(old, generations)
    if names:
        yield f"Anonymous suites that go: {', '.join(names)}."
    gone, stay = classes(old) - classes(new), classes(new)
    if gone:
        yield f"Other classes that go, where the release has them: {_listed(gone)}."
    else:
        yield "No other old class goes."
    if stay:
        yield f"Still on, where the release has them: {_listed(stay)}."


def _listed(names: Iterable[str]) -> str:
    return ", ".join(sorted(names, key=str.lower))
