"""pvo_kit.tls against measured strings, the sources' classes, and the local OpenSSL."""

from __future__ import annotations

import re
import ssl

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pvo_kit import tls
from pvo_kit.errors import InputError

# --- Strings whose count of anonymous suites was measured with OpenSSL 3.0.19 ---------------------

MEASURED = {
    # met in the field
    "RC4-SHA:RC4-MD5:ALL": 12,
    "HIGH:MEDIUM:ALL:-aNULL:-SSLv2": 0,
    "MEDIUM:HIGH:-SSLv2:-aNULL:@STRENGTH": 0,
    "MEDIUM:HIGH:-SSLv2:-aNULL:!RC4:@STRENGTH:-EXPORT": 0,
    "RC4-SHA:RC4-MD5:ALL:-aNULL:-EXPORT": 0,
    "HIGH:!aNULL:ALL": 0,
    "HIGH:-aNULL:ALL": 12,
    "ALL:-aNULL:HIGH": 12,
    "ALL": 12,
    "HIGH": 12,
    "ALL:-ADH": 2,
    "ALL:!ADH:HIGH": 2,
    "DEFAULT": 0,
    "SSLv2": 0,
    "EXPORT": 0,
    "ALL:-SSLv2:-EXPORT": 12,
    "HIGH:!aNULL:!eNULL:!EXPORT:!RC4:!3DES:!MD5:!IDEA:@STRENGTH": 0,
    "MEDIUM:HIGH:-SSLv2:-aNULL:!RC4:@STRENGTH:-EXPORT:-IDEA": 0,
    "ECDH+aRSA:ECDH+ECDSA:DHE+DSS+AES:AES128:AES256:!SRP:!AESGCM+DH+aRSA:!AESGCM+RSA:!aNULL:"
    "!eNULL:!kRSA:@STRENGTH:-aNULL:-EXPORT:-IDEA": 0,
    # class tokens, one by one
    **dict.fromkeys(("kEDH", "kDHE", "DH"), 10),
    "AES": 8,
    **dict.fromkeys(("SHA1", "SHA"), 7),
    "TLSv1.2": 6,
    "kDHE+AES": 6,
    "CAMELLIA": 4,
    "SSLv3": 4,
    "AES+SHA": 4,
    **dict.fromkeys(("kECDHE", "ECDH", "TLSv1"), 3),
    "AESGCM": 2,
    "COMPLEMENTOFDEFAULT": 12,
    "COMPLEMENTOFALL": 1,
    **dict.fromkeys(("MEDIUM", "3DES", "EDH", "DHE", "ECDHE", "ALL+aRSA", "kDHE+aRSA"), 0),
    "ALL:-kDHE": 2,
    "ALL:-kDHE:-kECDHE": 0,
    "ALL:-SHA": 6,
    "ALL:-HIGH": 0,
    # more rows
    **dict.fromkeys(("AES128", "AES256", "SHA256"), 4),
    **dict.fromkeys(("CAMELLIA128", "CAMELLIA256", "ECDH+AES"), 2),
    "FIPS": 8,
    **dict.fromkeys(("TLSv1.0", "kEECDH"), 3),
    **dict.fromkeys(("eNULL", "NULL"), 1),
    "DH+AES": 6,
    "HIGH:-aNULL:AES128:AES256": 8,
    "-aNULL:ALL": 12,
    "ALL:!aNULL+AES": 4,
    "DEFAULT:HIGH": 0,
    "HIGH:DEFAULT": 12,
    "ALL:DEFAULT": 12,
    **dict.fromkeys(("SHA384", "EECDH", "ARIA", "AESCCM", "RSA", "kRSA", "aRSA", "PSK"), 0),
    **dict.fromkeys(("ECDSA", "ALL+ECDSA", "AES+ECDSA", "ALL+DSS", "AES+DSS"), 0),
    **dict.fromkeys(("ALL:-ADH", "ALL,-ADH", "ALL -ADH", "ALL;-ADH", "::ALL, -ADH;"), 2),
    # not in the fact sheet; measured for this table
    "HIGH+FIPS": 0,
    "ALL:-HIGH+FIPS": 12,
    "CBC": 10,
    "ADH-AES128-SHA": 1,
    "ADH-AES128-SHA+TLSv1": 0,
    "TLS_DH_anon_WITH_AES_128_CBC_SHA": 0,
    " DEFAULT:ALL": 12,
    "DEFAULTALL": 0,
    "SUITEB128:ALL": 0,
    "ALL:SUITEB128": 12,
    "ALL:+AES+SHA:@STRENGTH": 12,
    "ALL:--ALL": 12,
}

# --- Recognising names ------------------------------------------------------------------------

LOOK_ALIKES = [
    "DHE-RSA-AES256-SHA", "EDH-RSA-DES-CBC3-SHA", "EXP-EDH-RSA-DES-CBC-SHA", "DH-RSA-AES128-SHA",
    "ECDH-RSA-AES128-SHA", "ECDHE-RSA-AES256-SHA384", "AES128-SHA", "NULL-SHA",
    "PSK-AES128-CBC-SHA", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256",
    "TLS_AES_128_GCM_SHA256", "TLS_DH_RSA_WITH_AES_128_CBC_SHA",
    "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", "ADH", "",
]  # fmt: skip

NEVER_ANONYMOUS = [
    "EDH", "DHE", "EECDH", "ECDHE", "RSA", "kRSA", "aRSA", "DSS", "ECDSA", "PSK", "SRP", "IDEA",
    "SHA384", "SSLv2", "EXPORT56", "CHACHA20", "AESCCM", "RC4-SHA", "TLS_AES_256_GCM_SHA384",
]  # fmt: skip

# --- Random strings ---------------------------------------------------------------------------

TOKENS = [
    *sorted(tls._TOKENS), *sorted(tls._NO_ANONYMOUS), *(suite.name for suite in tls.SUITES),
    "NOSUCH", "high", "ECDHE-RSA-AES128-GCM-SHA256", "AES128-SHA", "DHE-RSA-AES256-SHA", "NULL-SHA",
    "ECDH-RSA-AES128-SHA", "RC4-MD5",
]  # fmt: skip
# Most random tokens select little; the big ones make the others matter.
TOKEN = st.sampled_from(TOKENS) | st.sampled_from(["ALL", "HIGH", "aNULL", "DH", "ECDH", "AES"])
COMPOUND = st.lists(TOKEN, min_size=1, max_size=3).map("+".join)
ELEMENT = st.tuples(st.sampled_from(["", "", "", "-", "!", "+"]), COMPOUND).map("".join)
ELEMENTS = ELEMENT | st.sampled_from(["@STRENGTH", "@SECLEVEL=0", "DEFAULT"])
SEPARATOR = st.sampled_from([":", ":", ",", " ", ";", "::", ": "])
CIPHER_STRING = st.builds(
    lambda start, pairs: start + "".join(element + separator for element, separator in pairs),
    st.sampled_from(["", "", "", ":", " "]),
    st.lists(st.tuples(ELEMENTS, SEPARATOR), min_size=1, max_size=6),
)
VERSION = st.sampled_from([None, "8.5.6-074", "9.7.2", "11.0.0-274", "14.2.0-620", "15.5.2-018"])

LOCAL = "3.0" if ssl.OPENSSL_VERSION_INFO >= (3,) else "1.1"


def local_ciphers(cipher_string: str) -> list[dict[str, object]]:
    """Give what the local OpenSSL makes of a string: nothing where it refuses it as empty."""
    # A context of its own each time: a SUITEB string would rule all later ones.
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    try:
        context.set_ciphers(cipher_string + ":@SECLEVEL=0")
    except ssl.SSLError:
        return []
    ciphers = [dict(cipher) for cipher in context.get_ciphers()]
    return [cipher for cipher in ciphers if tls.is_anonymous(str(cipher["name"]))]


def local_names(cipher_string: str) -> frozenset[str]:
    """Give the names of the anonymous suites that the local OpenSSL leaves."""
    return frozenset(str(cipher["name"]) for cipher in local_ciphers(cipher_string))


# What both have: the local build may lack suites, or have weak ones that a default build lacks.
COMPARED = local_names("ALL:COMPLEMENTOFALL").intersection(
    suite.name for suite in tls.SUITES if LOCAL in suite.generations
)


@pytest.mark.parametrize(("cipher_string", "count"), MEASURED.items())
def test_measured_strings(cipher_string: str, count: int) -> None:
    assert len(tls.anonymous_suites(cipher_string)) == count


@settings(max_examples=3000, deadline=None)
@given(CIPHER_STRING)
def test_no_difference_from_the_local_openssl(cipher_string: str) -> None:
    # One known difference, in a string that nobody writes: OpenSSL forgets COMPLEMENTOFDEFAULT
    # when the name of the NULL suite follows in the same compound.
    if re.search(r"COMPLEMENTOFDEFAULT\+[^:,; ]*AECDH-NULL-SHA", cipher_string):
        return
    ours = tls.anonymous_suites(cipher_string, LOCAL)
    assert ours & COMPARED == local_names(cipher_string) & COMPARED


def test_the_table_describes_the_local_suites() -> None:
    table = {suite.name: suite for suite in tls.SUITES}
    assert COMPARED
    for cipher in local_ciphers("ALL:COMPLEMENTOFALL"):
        suite = table[str(cipher["name"])]
        description = str(cipher["description"])
        assert int(str(cipher["id"])) & 0xFFFF == suite.code
        assert cipher["alg_bits"] == suite.bits
        assert cipher["protocol"] in (suite.protocol, "TLSv1.0")
        for word in (f"Kx={suite.kx} ", "Au=None", f"Mac={suite.mac}"):
            assert word in description


def test_the_table_holds_21_suites_that_are_all_recognised() -> None:
    assert len(tls.SUITES) == len({suite.code for suite in tls.SUITES}) == 21
    for suite in tls.SUITES:
        assert tls.is_anonymous(suite.name)
        assert tls.is_anonymous(suite.name.lower())
        assert tls.is_anonymous(suite.iana)
        assert tls.is_anonymous(suite.iana.upper())


@pytest.mark.parametrize("name", LOOK_ALIKES)
def test_look_alikes_are_not_anonymous(name: str) -> None:
    assert not tls.is_anonymous(name)


# Read in the sources of OpenSSL, never run.
@pytest.mark.parametrize(
    ("cipher_string", "openssl", "left"),
    [
        ("MEDIUM:!3DES", "1.0", "ADH-RC4-MD5 ADH-SEED-SHA AECDH-RC4-SHA"),
        ("MEDIUM+3DES", "1.0", "ADH-DES-CBC3-SHA AECDH-DES-CBC3-SHA"),
        ("HIGH+3DES", "1.0", "ADH-DES-CBC3-SHA AECDH-DES-CBC3-SHA"),
        ("MEDIUM", "1.1", "ADH-SEED-SHA"),
        ("SEED", "3.0", ""),
        ("RC4:3DES:DES", "1.1", ""),
        ("LOW", "1.0", "ADH-DES-CBC-SHA"),
        ("DES", "1.0", "ADH-DES-CBC-SHA EXP-ADH-DES-CBC-SHA"),
        ("EXP", "1.0", "EXP-ADH-DES-CBC-SHA EXP-ADH-RC4-MD5"),
        ("EXPORT40", "1.0", "EXP-ADH-DES-CBC-SHA EXP-ADH-RC4-MD5"),
        ("EXPORT56", "1.0", ""),
        ("MD5", "1.0", "ADH-RC4-MD5 EXP-ADH-RC4-MD5"),
        ("ALL:!DH+SHA:!SHA256:!AESGCM:!ECDH:!EXP", "1.0", "ADH-RC4-MD5"),
        ("TLSv1+SEED", "1.0", "ADH-SEED-SHA"),  # TLSv1 was another name of SSLv3
        ("TLSv1+SEED", "1.1", ""),
        ("SHA256", "1.0", "ADH-AES128-SHA256 ADH-AES256-SHA256"),  # no CAMELLIA before 1.1
        ("CBC", "1.1", ""),
        ("TLSv1.0", "1.0", ""),
        ("SUITEB128:AECDH-AES128-SHA", "1.0", "AECDH-AES128-SHA"),
    ],
)
def test_other_generations(cipher_string: str, openssl: str, left: str) -> None:
    assert tls.anonymous_suites(cipher_string, openssl) == frozenset(left.split())


def test_an_unknown_generation_is_refused() -> None:
    with pytest.raises(InputError, match=r"not .2\.0"):
        tls.anonymous_suites("ALL", "2.0")


@pytest.mark.parametrize(
    ("cipher_string", "asyncos", "verdict"),
    [
        ("RC4-SHA:RC4-MD5:ALL", None, "yes"),
        ("RC4-SHA:RC4-MD5:ALL", "8.5.6-074", "yes"),
        ("RC4-SHA:RC4-MD5:ALL:-aNULL:-EXPORT", None, "no"),
        ("HIGH:MEDIUM:ALL:-aNULL:-SSLv2", "8.5.6-074", "no"),
        ("HIGH:-aNULL:ALL", None, "yes"),
        ("DEFAULT", None, "no"),
        ("", None, "no"),
        ("MEDIUM", None, "unknown"),
        ("MEDIUM", "8.5.6-074", "yes"),
        ("HIGH:-aNULL:MEDIUM", None, "unknown"),
        ("HIGH:-aNULL:MEDIUM", "9.7.2", "yes"),
        ("HIGH:-aNULL:MEDIUM:-aNULL", None, "no"),
        ("HIGH:!aNULL:MEDIUM", None, "no"),
        ("RC4", "8.5.6-074", "yes"),
        ("RC4", "15.5.2-018", "no"),
        ("RC4", "14.2.0-620", "unknown"),
        # a different suite in each generation is still an anonymous suite in each
        ("ADH-RC4-MD5:ADH-AES128-GCM-SHA256", "14.2.0-620", "yes"),
        # old releases ignore a token that they do not know, also when it should remove
        ("ALL:!kDHE:!kECDHE", None, "unknown"),
        ("ALL:!kDHE:!kECDHE", "15.5.2-018", "no"),
        # a generation counts by what any of its releases leaves (0.9.8 has no AECDH in ALL)
        ("ALL:!ADH", "8.5.6-074", "yes"),
        ("AECDH", None, "yes"),
        *((token, "9.7.2", "yes") for token in ("kDHE", "kECDHE", "kEDH", "kEECDH", "TLSv1.2")),
        # known tokens that never select an anonymous suite: sure, unlike those below
        *((token, None, "no") for token in NEVER_ANONYMOUS),
        # tokens that the table does not know
        ("NOSUCH", None, "unknown"),
        ("high", None, "unknown"),
        ("ECDHE:NOSUCH", "15.5.2-018", "unknown"),
        ("ALL:NOSUCH", None, "yes"),
        ("NOSUCH:-aNULL", None, "no"),
        ("!aNULL:NOSUCH", None, "no"),
        ("NOSUCH:-ADH", None, "unknown"),
        ("-NOSUCH:!NOSUCH:+NOSUCH", None, "no"),
        ("aRSA+NOSUCH", None, "no"),
        ("ADH-ARIA128-SHA256", None, "unknown"),
        ("ECDHE-RSA-AES128-GCM-SHA256:NOSUCH-SUITE", None, "no"),
    ],
)
def test_verdicts(cipher_string: str, asyncos: str | None, verdict: str) -> None:
    assert tls.offers_anonymous(cipher_string, asyncos) == verdict


@settings(max_examples=300, deadline=None)
@given(CIPHER_STRING, VERSION)
def test_anull_removed_last_or_banned_first_is_always_no(
    cipher_string: str, asyncos: str | None
) -> None:
    assert tls.offers_anonymous(cipher_string + ":-aNULL", asyncos) == "no"
    assert tls.offers_anonymous("!aNULL:" + cipher_string, asyncos) == "no"


@settings(max_examples=300, deadline=None)
@given(CIPHER_STRING, VERSION)
def test_a_sure_verdict_holds_in_every_generation(cipher_string: str, asyncos: str | None) -> None:
    verdict = tls.offers_anonymous(cipher_string, asyncos)
    left = [
        bool(tls.anonymous_suites(cipher_string, openssl)) for openssl in tls.generations(asyncos)
    ]
    assert verdict == "unknown" or set(left) == {verdict == "yes"}


def test_one_element_per_line_as_sslconfig_prints_it() -> None:
    assert tls.anonymous_suites("ALL\r\n-ADH\r\n") == tls.anonymous_suites("ALL:-ADH")


@pytest.mark.parametrize(
    ("asyncos", "generations"),
    [
        (None, ("1.0", "1.1", "3.0")),
        ("", ("1.0", "1.1", "3.0")),
        ("phoebe", ("1.0", "1.1", "3.0")),
        ("7.6.3-019", ("1.0",)),
        ("8.5.6-074", ("1.0",)),
        ("9.7.2-145", ("1.0",)),
        ("10.0", ("1.0",)),
        ("11.0.0-274", ("1.0", "1.1")),
        ("AsyncOS 13.5.1 for Cisco C390 build 277", ("1.0", "1.1")),
        ("14.2.0-620", ("1.0", "1.1", "3.0")),
        ("15.0.1-030", ("1.0", "1.1", "3.0")),
        ("15.5.2-018", ("1.1", "3.0")),
        ("16", ("1.1", "3.0")),
    ],
)
def test_generations(asyncos: str | None, generations: tuple[str, ...]) -> None:
    assert tls.generations(asyncos) == generations
