"""TLS between simulated boxes: cipher strings as OpenSSL reads them, and what is negotiated."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pvo_kit import tls
from pvo_kit.simulator.suites import Side, negotiate, offered, suites, versions

NOW, OLD = (14, 0, 0), (8, 0, 1)
TOKENS = (
    "ALL", "HIGH", "aNULL", "ADH", "AECDH", "AES", "AES128", "AES256", "AESGCM", "CAMELLIA",
    "kDHE", "kECDHE", "SHA1", "SHA256", "TLSv1.2", "SSLv3", "eNULL", "DHE", "ECDHE", "kRSA",
    "kDHE+AES", "ECDH+AES", "COMPLEMENTOFALL", "3DES", "RC4",
)  # fmt: skip


def anonymous(string: str, release: tuple[int, ...] = NOW) -> set[str]:
    return {suite.name for suite in offered(string, release) if suite.is_anonymous}


@given(st.lists(st.tuples(st.sampled_from(["", "-", "!", "+"]), st.sampled_from(TOKENS)),
                min_size=1, max_size=6))  # fmt: skip
def test_a_string_leaves_the_anonymous_suites_that_the_kits_own_table_says(
    tokens: list[tuple[str, str]],
) -> None:
    string = ":".join(sign + token for sign, token in tokens)

    assert anonymous(string) == tls.anonymous_suites(string, "3.0")


@pytest.mark.parametrize(
    ("string", "count"),
    [
        pytest.param("HIGH:!aNULL:ALL", 0, id="banned-for-good"),
        pytest.param("HIGH:-aNULL:ALL", 12, id="taken-away-and-added-again"),
        pytest.param("ALL:-ADH", 2, id="only-DH"),
        pytest.param("DEFAULT", 0, id="default"),
        pytest.param("ALL:!ADH:HIGH", 2, id="high-holds-them-too"),
    ],
)
def test_order_and_sign_count(string: str, count: int) -> None:
    assert len(anonymous(string)) == count


def test_strength_sorts_and_plus_moves_to_the_end() -> None:
    by_strength = [suite.bits for suite in offered("AES128:AES256:@STRENGTH", NOW)]
    assert by_strength == sorted(by_strength, reverse=True)
    assert offered("AES256-SHA:AES128-SHA:+AES256-SHA", NOW)[-1].name == "AES256-SHA"


def test_old_releases_have_no_ecdh_and_no_tls_1_2() -> None:
    assert {suite.since for suite in suites(OLD)} == {"SSLv3"}
    assert any(suite.enc == "RC4" for suite in suites((11, 0, 1)))
    assert not any(suite.enc == "RC4" for suite in suites(NOW))


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        pytest.param("sslv3tlsv1", ["SSLv3", "TLSv1"], id="8"),
        pytest.param("tlsv1/tlsv1.2", ["TLSv1", "TLSv1.2"], id="9.5"),
        pytest.param("tlsv1_1tlsv1_2", ["TLSv1.1", "TLSv1.2"], id="11"),
    ],
)
def test_methods_are_read_in_the_words_of_each_release(words: str, expected: list[str]) -> None:
    assert versions(words) == expected


def test_the_technotes_session_is_negotiated_as_the_technote_shows_it() -> None:
    side = Side("sslv3tlsv1", "RC4-SHA:RC4-MD5:ALL", OLD)

    came = negotiate(side, side)

    assert (came.protocol, came.suite, came.is_anonymous) == ("TLSv1", "ADH-CAMELLIA256-SHA", True)


def test_one_side_without_anonymous_suites_is_enough() -> None:
    open_ = Side("sslv3tlsv1", "RC4-SHA:RC4-MD5:ALL", OLD)
    clean = Side("sslv3tlsv1", "HIGH:MEDIUM:ALL:-aNULL:-SSLv2", OLD)
    for client, server in ((open_, clean), (clean, open_), (clean, clean)):
        came = negotiate(client, server)
        assert came.suite
        assert not came.is_anonymous


def test_without_a_common_version_or_suite_nothing_comes_up() -> None:
    new, old = Side("tlsv1_2", "HIGH", NOW), Side("sslv3tlsv1", "HIGH", OLD)
    assert "unsupported protocol" in negotiate(new, old).failure
    other = Side("tlsv1_2", "AES128-SHA", NOW)
    assert "handshake failure" in negotiate(Side("tlsv1_2", "AES256-SHA", NOW), other).failure


def test_tls_1_3_is_never_anonymous() -> None:
    side = Side("tlsv1_2tlsv1_3", "ALL", NOW)

    came = negotiate(side, side)

    assert (came.protocol, came.is_anonymous) == ("TLSv1.3", False)
