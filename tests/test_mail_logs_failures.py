"""The reason of a TLS failure in one word, and the cause that it suggests."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pvo_kit.mail_logs.failures import REASONS, normalised, reason_name, suggestion

SSL2 = "(336109761, 'error:1408A0C1:SSL routines:SSL3_GET_CLIENT_HELLO:no shared cipher')"
ALERT = "(336151568, 'error:14094410:SSL routines:SSL3_READ_BYTES:sslv3 alert handshake failure')"


@pytest.mark.parametrize(
    ("text", "reason", "cause"),
    [
        ("verify error: no certificate from server", "no certificate", "4"),
        ("verify error: certificate has expired", "expired", "E7"),
        ("verify error: self signed certificate", "self-signed", "E7"),
        ("verify error: self-signed certificate in certificate chain", "self-signed", "E7"),
        ("verify error: unable to get local issuer certificate", "unknown CA", "E7"),
        ("verify error: unable to verify the first certificate", "unknown CA", "E7"),
        ("verify error: hostname mismatch", "host name", "E7"),
        ("verify error: certificate is not yet valid", "other", "E21"),
        ("verify error: certificate revoked", "other", "E7"),
        ("STARTTLS unexpected response", "STARTTLS refused", "E4"),
        ("[Errno 54] Connection reset by peer", "reset", "E2"),
        ("[Errno 54]", "reset", "E2"),
        ("[Errno 60] Operation timed out", "timeout", "E2"),
        ("[Errno 61] Connection refused", "other", "E1"),
        ("[Errno 65] No route to host", "other", "E2"),
        ("timeout", "timeout", "E2"),
        (SSL2, "no shared cipher", "E6"),
        (ALERT, "no shared cipher", "E6"),
        ("(336130315, 'error:1408F10B:SSL routines:SSL3_GET_RECORD:wrong version number')",
         "protocol", "E5"),
        ("(336032002, 'error:14077102:SSL routines:SSL23_GET_SERVER_HELLO:unsupported protocol')",
         "protocol", "E5"),
        ("(336151598, 'error:1409442E:SSL routines:ssl3_read_bytes:tlsv1 alert protocol version')",
         "protocol", "E5"),
        ("(336134278, 'error:14090086:SSL routines:SSL3_GET_SERVER_CERTIFICATE:certificate verify"
         " failed')", "other", "E7"),
        ("(336151573, 'error:14094415:SSL routines:ssl3_read_bytes:sslv3 alert certificate"
         " expired')", "expired", "E7"),
        ("(336151576, 'error:14094418:SSL routines:ssl3_read_bytes:tlsv1 alert unknown ca')",
         "unknown CA", "E7"),
        ("(336027804, 'error:1407609C:SSL routines:SSL23_GET_CLIENT_HELLO:http request')",
         "other", None),
        ("(1, '[SSL: X] error:0A0000C1:SSL routines::no shared cipher')", "no shared cipher", "E6"),
        ("(336109761, 'error:1408A0C1:lib(20):func(138):reason(193)')", "no shared cipher", "E6"),
        ("(167772353, 'error:0A0000C1:SSL routines::reason(193)')", "no shared cipher", "E6"),
        ("error:1408A0C1:SSL routines:SSL3_GET_CLIENT_HELLO:no shared cipher", "no shared cipher",
         "E6"),
        ("something else", "other", None),
        ("", "other", None),
        (None, "other", None),
    ],
)  # fmt: skip
def test_reasons_and_causes(text: str | None, reason: str, cause: str | None) -> None:
    assert (normalised(text), suggestion(text)) == (reason, cause)


def test_a_tuple_is_told_by_its_name() -> None:
    assert reason_name(SSL2) == "no shared cipher"
    assert reason_name(ALERT) == "sslv3 alert handshake failure"
    assert reason_name("verify error: x") == "verify error: x"


@given(st.one_of(st.text(), st.from_regex(r"\([0-9]{1,12}, '(error:[0-9A-F]{8}:)?.*'\)")))
def test_every_text_has_a_reason(text: str) -> None:
    assert normalised(text) in REASONS
