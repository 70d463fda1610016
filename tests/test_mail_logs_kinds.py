"""The table of line kinds: each row by its own examples, and none takes another's lines."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pvo_kit.mail_logs.kinds import (
    BY_NAME,
    DELIVERY,
    KINDS,
    Coverage,
    Kind,
    recognise,
    recognise_in_order,
    shape,
)

SHARED = Path(__file__).parents[2] / "shared"
SAMPLES_BEGIN = "## Injection connection"
TOLD = [file.read_text("utf-8") for file in SHARED.glob("*.md")]
SAMPLES = [text for text in TOLD if SAMPLES_BEGIN in text]
EXAMPLES = [(kind, example) for kind in KINDS for example in kind.examples]


def fields(body: str) -> dict[str, str]:
    """The fields that are filled, with the name of the kind."""
    found = recognise(body)
    assert found, body
    kind, values = found
    return {"event": kind.name} | {name: value for name, value in values.items() if value}


@pytest.mark.parametrize(("kind", "example"), EXAMPLES, ids=lambda value: str(value)[:60])
def test_an_example_is_of_its_own_kind_and_of_no_other(kind: Kind, example: str) -> None:
    assert [row.name for row in KINDS if row.regex.match(example)] == [kind.name]
    assert recognise(example) == recognise_in_order(example)


def test_names_are_unique_and_every_row_has_an_example() -> None:
    assert len(BY_NAME) == len(KINDS)
    assert all(kind.examples for kind in KINDS)


def test_patterns_use_only_what_the_rust_regex_crate_has_too() -> None:
    foreign = re.compile(r"(?<!\\)\(\?(?!:|P<)|\\[1-9dswbSWDAZ]|[*+?]\+")
    assert [kind.name for kind in KINDS if foreign.search(kind.pattern)] == []
    assert all(kind.pattern[0] == "^" and kind.pattern[-1] == "$" for kind in KINDS)
    allowed = {"dcid", "icid", "mid", "rids", "address", "interface", "port", "domain",
               "tls_protocol", "tls_cipher", "detail"}  # fmt: skip
    assert {name for kind in KINDS for name in kind.fields} == allowed


def test_the_delivery_kinds_are_those_that_carry_a_dcid() -> None:
    assert {"dcid-open", "dcid-close", "tls-success", "tls-failed", "tls-required"} < DELIVERY
    assert not DELIVERY & {"status", "consolidated-event", "subject", "icid-tls-failed"}


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (
            "New SMTP DCID 63 interface (10.1.1.1) address 10.1.1.2 port 7025",
            {"event": "dcid-open", "dcid": "63", "interface": "10.1.1.1",
             "address": "10.1.1.2", "port": "7025"},
        ),
        (
            "New  SMTP DCID: 63  interface 10.1.1.1 address 10.1.1.2",
            {"event": "dcid-open", "dcid": "63", "interface": "10.1.1.1", "address": "10.1.1.2"},
        ),
        (
            "DCID 112095 TLS success protocol TLSv1 cipher AES128-SHA for the.cpq.host",
            {"event": "tls-success", "dcid": "112095", "tls_protocol": "TLSv1",
             "tls_cipher": "AES128-SHA", "domain": "the.cpq.host"},
        ),
        (
            "DCID 12 TLS success CN: <Messaging Gateway Appliance Demo Cert>",
            {"event": "tls-success", "dcid": "12",
             "detail": "CN: <Messaging Gateway Appliance Demo Cert>"},
        ),
        ("DCID 5 TLS failed", {"event": "tls-failed", "dcid": "5"}),
        ("DCID 5 TLS failed: ", {"event": "tls-failed", "dcid": "5"}),
        (
            "DCID 5 TLS failed: (336109761, 'error:1408A0C1:SSL routines:x:no shared cipher')",
            {"event": "tls-failed", "dcid": "5",
             "detail": "(336109761, 'error:1408A0C1:SSL routines:x:no shared cipher')"},
        ),
        (
            "DCID 8 IP 10.1.1.2 TLS was required but could not be successfully negotiated",
            {"event": "tls-required", "dcid": "8", "address": "10.1.1.2"},
        ),
        (
            "Message done DCID 5 MID 9 to RID  [0, 1, 2] (centralized policy quarantine) ",
            {"event": "message-done", "dcid": "5", "mid": "9", "rids": "0, 1, 2",
             "detail": "(centralized policy quarantine)"},
        ),
        (
            "Connection Error: DCID 41 domain: the.cpq.host IP: 10.172.12.17 port: 7025 details:"
            " timeout interface: 192.168.1.1 reason: network error",
            {"event": "connection-error", "dcid": "41", "domain": "the.cpq.host",
             "address": "10.172.12.17", "port": "7025", "detail": "timeout",
             "interface": "192.168.1.1"},
        ),
        (
            "Connection Error: DCID 41 domain: IP: 10.1.1.2 port: 25 details: [Errno 0] Error"
            " interface: reason: network error",
            None,
        ),
        (
            "Bounced: DCID: 3 Message 4 to 0 - 5.1.0 - Unknown address error ('550', ['no']) []",
            {"event": "bounced", "dcid": "3", "mid": "4", "rids": "0",
             "detail": "5.1.0 - Unknown address error ('550', ['no']) []"},
        ),
        (
            "New SMTP ICID 7 interface Data 1 (10.1.1.1) address 10.1.1.2 reverse dns host"
            " x.example.com verified no",
            {"event": "icid-open", "icid": "7", "interface": "Data 1", "address": "10.1.1.2",
             "domain": "x.example.com"},
        ),
    ],
)  # fmt: skip
def test_fields(body: str, expected: dict[str, str] | None) -> None:
    if expected is None:  # a log whose values were cut out: seen and counted, not guessed
        assert recognise(body) is None
    else:
        assert fields(body) == expected


@pytest.mark.parametrize(
    "body",
    [
        "DCID 5",
        "DCID close",
        "XDCID 5 close",
        "DCID 5 closed",
        "DCID 5 TLS succeeded",
        "New SMTP DCID 5 interface 10.1.1.1 address",
        "New SMTP DCID 5 interface 10.1.1.1 address 10.1.1.2 port",
        "Time offset from UTC: 99999999999 seconds",
        "",
        "some words",
    ],
)
def test_what_no_kind_takes(body: str) -> None:
    assert recognise(body) is None


@pytest.mark.parametrize("quote", ["'", '"', ""])
def test_a_subject_that_quotes_a_log_line_is_a_subject(quote: str) -> None:
    line = "Info: New SMTP DCID 5 interface 10.1.1.1 address 10.1.1.2 port 7025"
    assert fields(f"MID 6 Subject {quote}{line}{quote}") == {
        "event": "subject", "mid": "6", "detail": f"{quote}{line}{quote}"}  # fmt: skip


@given(st.sampled_from(EXAMPLES), st.text(max_size=20), st.integers(min_value=0))
def test_dispatch_gives_what_the_whole_table_gives(
    chosen: tuple[Kind, str], text: str, number: int
) -> None:
    body = chosen[1]
    renumbered = re.sub("[0-9]+", str(number), body)
    for changed in (renumbered, f"{body} {text}", body[: len(text)], text, text + body):
        assert recognise(changed) == recognise_in_order(changed)
        assert sum(bool(kind.regex.match(changed)) for kind in KINDS) <= 1


PLACEHOLDERS = {
    "<yes\\|no>": "no",
    "<in\\|outbound>": "inbound",
    "<positive\\|repaired>": "positive",
    "<Bounce\\|Drop\\|Reroute>": "Drop",
    "<rids>": "[0, 1]",
    "<range>": "-10.0:-2.5",
    "<time>": "Wed Jul 20 10:15:41 2005",
    "<ip>": "10.1.1.2",
    "<proto>": "TLSv1.2",
    "<reason>": "x y",
    "<n>": "5",
}
NUMBERS = {"dcid", "icid", "mid", "rid", "rcid", "port"}


def filled(template: str) -> str:
    """A template with values in its placeholders."""
    for placeholder, value in PLACEHOLDERS.items():
        template = template.replace(placeholder, value)
    return re.sub("<([^<>]+)>", lambda found: "7" if found[1] in NUMBERS else "word", template)


@pytest.mark.skipif(not SAMPLES, reason="the public log samples are not here")
def test_every_template_of_the_public_log_samples_is_recognised() -> None:
    text = SAMPLES[0].partition(SAMPLES_BEGIN)[2]
    rows = [row for row in text.splitlines() if row.startswith("| ") and "`" in row]
    templates = [found for row in rows for found in re.findall("`([^`]+)`", row)]
    known = [found for found in templates if " " in found and not found.startswith("...")]
    assert len(known) > 150
    missed = [line for line in map(filled, known) if not recognise(line)]
    missed = [line for line in missed if line not in ("by System Quarantine", "New smtp ICID ...")]
    assert missed == []


@pytest.mark.parametrize("long", [" ", "(", "x ", " To:", " interface: ", " MID 5", "<", "' "])
def test_long_lines_take_no_long_time(long: str) -> None:
    for kind, example in EXAMPLES:
        for words in range(1, 9):
            begin = " ".join(example.split(" ")[:words])
            recognise(begin + long * (4000 // len(long)))
        assert recognise(example + " " * 4000) == recognise(example), kind.name
    assert recognise("MID 5 Subject " + long * 10_000_000) is None


def test_alike_lines_have_one_shape() -> None:
    one = shape("foo 5 of <a@example.com> at 10.1.1.2 'x y' 0123456789abcdef0 -1.5")
    assert one == shape("foo 66 of <b@example.org> at 172.16.0.9 'z' fedcba98765432100 7")
    assert one == "foo <n> of <addr> at <ip> <text> <hex> <n>"


def test_coverage_counts_exactly_and_keeps_a_bounded_number_of_samples() -> None:
    coverage = Coverage()
    for number in range(3000):
        coverage.miss("a.log", number + 1, f"raw {number}", "x" * (number % 1500))
    rows = coverage.not_recognised
    assert sum(row.count for row in rows) == 3000
    assert len(rows) <= 1001
    assert all(len(row.shape) <= 300 for row in rows)
    coverage.miss("a.log", 1, "y" * 5000, "y" * 5000)
    assert max(len(row.text) for row in coverage.not_recognised) <= 1000
