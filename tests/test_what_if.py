"""What-ifs: the same rules on an altered case; what stays valid, what is said and left open."""

from __future__ import annotations

import re
import subprocess
import sys
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_scenarios import CASES as RULES
from test_scenarios import _written

import pvo_kit as pvo
from pvo_kit import loading, tls
from pvo_kit.case import build
from pvo_kit.errors import InputError
from pvo_kit.evidence import Evidence
from pvo_kit.findings import Diagnosis
from pvo_kit.what_if import MARK, AddKey, Change, Ciphers, DeliverFrom, MoveSetting, WhatIf, methods
from pvo_kit.what_if.altering import WHERE, origin

KINDS = ("cleared", "undecided", "remaining", "arisen")
CLEAN = "HIGH:MEDIUM:ALL:-aNULL:-SSLv2"

each_case = pytest.mark.parametrize("name", pvo.examples())


def evidence(text: str) -> Evidence:
    return loading.load("-", stdin=BytesIO(text.encode()))


def bundled(name: str) -> Evidence:
    return pvo.load(pvo.example(name))


def changes(given_: Evidence) -> list[Change]:
    """Everything that may be chosen, and a string that lets anonymous suites in."""
    found = pvo.choices(given_)
    return [
        *(option.change for options in found.interfaces.values() for option in options),
        *(option.change for each in found.ciphers.values() for option in each.proposals),
        *(Ciphers(host, "ALL") for host in found.ciphers),
        *(option.change for options in found.keys.values() for option in options),
        *(option.change for option in found.settings),
    ]


def lawful(given_: Evidence, answer: WhatIf) -> None:
    """What holds for every answer."""
    assert answer.before == pvo.diagnose(given_)
    told = [number for kind in KINDS for number in getattr(answer, kind)]
    assert len(told) == len(set(told))
    for old, new in zip(answer.before.findings, answer.after.findings, strict=True):
        assert old.scenario == new.scenario
        assert new.status != "error" or old.status == "error"
        assert bool(new.error) <= bool(old.error)
        fails = (old.status == "fail", new.status == "fail")
        assert (old.scenario in answer.remaining) == (fails == (True, True))
        assert (old.scenario in answer.arisen) == (fails == (False, True))
        if old.scenario in answer.cleared:
            assert fails == (True, False)
        if new.status == "unknown":
            assert new.needs
        if new.status in ("fail", "pass", "resolved", "not_applicable"):
            assert new.citations
    assert "not evidence" in answer.after.evidence_hash
    assert repr(answer).startswith(MARK)
    assert MARK in answer._repr_html_()


def text_of(answer: WhatIf) -> str:
    return re.sub(r"\s+", " ", repr(answer))


# Laws over all cases


@each_case
def test_every_choice_of_a_bundled_case_has_a_lawful_answer(name):
    given_ = bundled(name)
    for change in changes(given_):
        lawful(given_, pvo.what_if(given_, change))


@pytest.mark.parametrize(("number", "case"), RULES)
def test_every_choice_of_a_rules_case_has_a_lawful_answer(number, case, tmp_path):
    given_ = pvo.load(_written(number, case, tmp_path), roles=case.get("roles"))
    for change in changes(given_)[:10]:
        lawful(given_, pvo.what_if(given_, change))


@each_case
def test_the_evidence_is_not_touched_and_the_answer_is_the_same_each_time(name):
    given_ = bundled(name)
    before = pvo.diagnose(given_)
    for change in changes(given_)[:4]:
        assert repr(pvo.what_if(given_, change)) == repr(pvo.what_if(given_, change))
    assert pvo.diagnose(given_) == before


@each_case
def test_a_cipher_string_changes_nothing_but_scenario_4(name):
    given_ = bundled(name)
    for host in pvo.choices(given_).ciphers:
        for string in (CLEAN, "ALL", "ALL:-ADH"):
            changed = pvo.what_if(given_, Ciphers(host, string)).changed
            assert {old.scenario for old, _ in changed} <= {4}


@each_case
def test_an_interface_changes_nothing_but_scenario_3(name):
    given_ = bundled(name)
    for options in pvo.choices(given_).interfaces.values():
        for option in options:
            changed = pvo.what_if(given_, option.change).changed
            # 4 may be told to be masked by 3, and no longer is.
            judged = {old.scenario for old, new in changed if old.status != new.status}
            assert judged <= {3}


@each_case
def test_what_is_so_already_changes_nothing(name):
    given_ = bundled(name)
    found = pvo.choices(given_)
    for options in (*found.keys.values(),):
        for option in options:
            if option.current:
                answer = pvo.what_if(given_, option.change)
                assert not answer.changed
                assert "already" in answer.effects[0]


# Scenario 3: another default interface

MENU = """
mx.example.com> deliveryconfig

Default interface to deliver mail: In

mx.example.com> telnet

Please select which interface you want to telnet from.
1. Auto
2. In (192.0.2.1/24: mx.example.com)
3. Management (198.51.100.18/24: mgmt.example.com)
[1]> 2

Enter the remote hostname or IP address.
[]> 198.51.100.17

Enter the remote port.
[25]> 7025

Trying 198.51.100.17...
telnet: connect to address 198.51.100.17: Operation timed out
telnet: Unable to connect to remote host
"""


def telnet(entry: int, end: str) -> str:
    ends = {
        "banner": "Connected to 198.51.100.17.\nEscape character is '^]'.\n220 sma ESMTP\n",
        "timeout": "telnet: connect to address 198.51.100.17: Operation timed out\n"
        "telnet: Unable to connect to remote host\n",
        "refused": "telnet: connect to address 198.51.100.17: Connection refused\n"
        "telnet: Unable to connect to remote host\n",
    }
    head = MENU[MENU.index("mx.example.com> telnet") : MENU.index("[1]> 2")]
    return (
        f"\n{head}[1]> {entry}\n\nEnter the remote hostname or IP address.\n[]> 198.51.100.17\n\n"
        f"Enter the remote port.\n[25]> 7025\n\nTrying 198.51.100.17...\n{ends[end]}"
    )


def test_an_interface_that_was_seen_to_reach_the_sma_clears_scenario_3():
    answer = pvo.what_if(
        evidence(MENU + telnet(3, "banner")), DeliverFrom("mx.example.com", "management")
    )
    assert answer.cleared == (3,)
    assert answer.after.finding(3).status == "resolved"
    assert "which did not reach the SMA" in answer.after.finding(3).summary


def test_the_new_address_of_outbound_mail_is_told_with_its_subnet():
    answer = pvo.what_if(evidence(MENU), DeliverFrom("mx.example.com", "Management"))
    assert (
        "Outbound mail of mx.example.com would leave from Management, 198.51.100.18 (subnet"
        " 198.51.100.0/24, HELO mgmt.example.com) instead of In, 192.0.2.1 (subnet 192.0.2.0/24,"
        " HELO mx.example.com)"
    ) in answer.effects[0]


def test_a_telnet_from_the_old_interface_says_nothing_of_the_new_one():
    answer = pvo.what_if(evidence(MENU), DeliverFrom("mx.example.com", "Management"))
    assert (answer.cleared, answer.undecided) == ((), (3,))
    assert answer.after.finding(3).status == "unknown"
    assert any("Nothing was tried from Management" in line for line in answer.doubts)
    assert any(line.startswith("Subnets and routes") for line in answer.effects)


@pytest.mark.parametrize(
    ("end", "kind"), [("timeout", "undecided"), ("refused", "undecided"), ("banner", "cleared")]
)
def test_a_telnet_from_the_new_interface_decides(end, kind):
    answer = pvo.what_if(
        evidence(MENU + telnet(3, end)), DeliverFrom("mx.example.com", "Management")
    )
    failing = pvo.diagnose(evidence(MENU + telnet(3, end))).finding(3).status == "fail"
    assert getattr(answer, kind) == ((3,) if failing else ())
    assert answer.after.finding(3).status == {"banner": "resolved"}.get(end, "unknown")


def test_an_interface_without_a_way_brings_scenario_3_up():
    given_ = MENU.replace("mail: In", "mail: Management") + telnet(3, "banner")
    answer = pvo.what_if(evidence(given_), DeliverFrom("mx.example.com", "In"))
    assert answer.before.finding(3).status == "pass"
    assert answer.arisen == (3,)


def test_auto_clears_by_the_rule_and_says_which_way_it_takes_and_that_nobody_tried_it():
    answer = pvo.what_if(evidence(MENU), DeliverFrom("mx.example.com", "Auto"))
    assert answer.cleared == (3,)
    assert "AsyncOS would take Management, 198.51.100.18" in answer.effects[0]
    assert any("No telnet from Auto or Management" in line for line in answer.doubts)
    assert any("setgateway" in line for line in answer.doubts)
    assert "as far as the evidence tells" in text_of(answer)


def test_auto_is_doubted_where_the_interface_that_it_takes_was_seen_to_fail():
    answer = pvo.what_if(
        evidence(MENU + telnet(3, "timeout")), DeliverFrom("mx.example.com", "Auto")
    )
    assert any("would not be reached either (E2)" in line for line in answer.doubts)


def test_auto_is_not_doubted_where_a_telnet_from_it_answers():
    answer = pvo.what_if(
        evidence(MENU + telnet(1, "banner")), DeliverFrom("mx.example.com", "Auto")
    )
    assert not any("telnet" in line for line in answer.doubts)


def test_with_the_default_gateway_auto_tells_where_other_mail_leaves():
    gateway = (
        "\nmx.example.com> setgateway\n\nEnter new default gateway:\n[192.0.2.254]>\n"
        "\nmx.example.com> exit\n"
    )
    answer = pvo.what_if(evidence(MENU + gateway), DeliverFrom("mx.example.com", "Auto"))
    assert any("to the internet would leave from In, 192.0.2.1" in line for line in answer.effects)
    assert not any("setgateway" in line for line in answer.doubts)


CLUSTER = """
(Cluster Main)> clusterconfig list

Cluster Main
============
Group Main_Group:
    Machine esa1.example.com (Serial #: 111111111111-AAAAAA1)
    Machine esa2.example.com (Serial #: 111111111111-AAAAAA2)

(Cluster Main)> deliveryconfig

Default interface to deliver mail: Auto

(Cluster Main)> sslconfig

sslconfig settings:
 Outbound SMTP method:  tlsv1
 Outbound SMTP ciphers: RC4-SHA:RC4-MD5:ALL

(Machine esa1.example.com)> interfaceconfig

Currently configured interfaces:
1. Data (192.0.2.21/24 on Data 1: esa1.example.com)
"""


def test_a_setting_at_the_clusters_level_tells_all_members_that_it_changes():
    answer = pvo.what_if(evidence(CLUSTER), DeliverFrom("esa1.example.com", "Data"))
    told = "It is set at cluster Main: it holds for esa1.example.com and esa2.example.com at once"
    assert any(line.startswith(told) for line in answer.effects)
    answer = pvo.what_if(evidence(CLUSTER), Ciphers("esa2.example.com", CLEAN))
    assert any(line.startswith(told) for line in answer.effects)


# Scenario 4: another cipher string

OLD = "RC4-SHA:RC4-MD5:ALL"


def sslconfig(string: str = OLD, method: str = "tlsv1") -> str:
    return (
        "\nmx.example.com> sslconfig\n\nsslconfig settings:\n"
        f" Outbound SMTP method:  {method}\n Outbound SMTP ciphers: {string}\n"
    )


def verify(suite: str, *, success: bool = False) -> str:
    end = (
        "Certificate verification successful\nTLS connection succeeded the.cpq.host.\n"
        if success
        else "Certificate verification failed: no certificate from server.\n"
        "TLS connection to 192.0.2.17 failed: verify error.\n"
    )
    return (
        "\nmx.example.com> tlsverify the.cpq.host 192.0.2.17:7025\n\n"
        "Connecting to 192.0.2.17 on port 7025.\n"
        "Connected to 192.0.2.17 from interface 192.0.2.25.\nChecking TLS connection.\n"
        f"TLS connection established: protocol TLSv1.2, cipher {suite}.\n{end}"
        "TLS verification completed.\n"
    )


def delivery(dcid: int, end: str, at: str = "15:48:42") -> str:
    head = f"Mon Apr  7 {at} 2014 Info:"
    return (
        f"{head} New SMTP DCID {dcid} interface 192.0.2.25 address 192.0.2.17 port 7025\n"
        f"{head} DCID {dcid} TLS {end}\n"
    )


def ciphers(text: str, string: str, method: str | None = None) -> WhatIf:
    return pvo.what_if(evidence(text), Ciphers("mx.example.com", string, method))


def test_a_string_without_anonymous_suites_takes_the_cause_away_and_proves_nothing():
    answer = ciphers(sslconfig() + verify("ADH-AES256-SHA"), CLEAN)
    assert answer.cleared == (4,)
    assert answer.after.finding(4).status == "unknown"
    assert "a setting is not an effect" in answer.after.finding(4).summary
    assert any("only tlsverify after the change" in line for line in answer.doubts)
    assert "tlsverify on mx.example.com" in text_of(answer)


def test_the_suites_that_go_stay_and_come_are_told():
    answer = ciphers(sslconfig("HIGH") + verify("ADH-AES256-SHA"), "AECDH:RC4")
    text = " ".join(answer.effects)
    assert "Anonymous suites that go: " in text
    assert re.search(r"suites that stay: [^.]*AECDH-AES128-SHA", text)
    assert re.search(r"suites that come: [^.]*ADH-RC4-MD5", text)
    assert "It applies to all outbound SMTP with TLS" in text


def test_a_suite_that_would_still_be_offered_keeps_scenario_4():
    text = sslconfig() + verify("ADH-AES256-SHA")
    assert ciphers(text, "ALL:-AECDH").remaining == (4,)
    assert ciphers(text, OLD + ":@STRENGTH").remaining == (4,)


def test_other_anonymous_suites_leave_it_open():
    answer = ciphers(sslconfig() + verify("ADH-AES256-SHA"), "ALL:-ADH")
    assert (answer.cleared, answer.undecided) == ((), (4,))
    assert "which makes this likely" in answer.after.finding(4).summary


def test_a_failure_of_the_log_names_no_suite_and_stays_only_where_all_suites_stay():
    text = sslconfig() + "\nmx.example.com> grep 7025 mail_logs\n\n"
    text += delivery(7, "failed: verify error: no certificate from server")
    assert pvo.diagnose(evidence(text)).finding(4).status == "fail"
    assert ciphers(text, "ALL:RC4").remaining == (4,)
    assert ciphers(text, "ALL:-ADH").undecided == (4,)
    assert ciphers(text, CLEAN).cleared == (4,)


def test_without_the_old_string_a_failure_of_the_log_tells_nothing_of_an_unclean_one():
    text = "mx.example.com> grep 7025 mail_logs\n\n"
    text += delivery(7, "failed: verify error: no certificate from server")
    answer = ciphers(text, "ALL")
    assert answer.undecided == (4,)
    assert any("is not in the evidence" in line for line in answer.doubts)


def test_a_success_is_older_than_the_change():
    answer = ciphers(sslconfig() + verify("AES256-SHA", success=True), CLEAN)
    assert answer.before.finding(4).status == "pass"
    assert answer.undecided == (4,)
    assert any("works now" in line for line in answer.doubts)


def test_a_success_in_tls_1_3_outlives_any_string():
    answer = ciphers(sslconfig() + verify("TLS_AES_256_GCM_SHA384", success=True), CLEAN)
    assert answer.after.finding(4).status == "pass"


def test_a_failure_that_a_success_took_back_does_not_come_again():
    text = sslconfig() + verify("ADH-AES256-SHA") + verify("AES256-SHA", success=True)
    answer = ciphers(text, "ALL")
    assert answer.before.finding(4).status == "resolved"
    assert answer.arisen == ()
    assert answer.undecided == (4,)


def test_the_old_string_brings_a_failure_back_that_another_string_mended():
    text = sslconfig() + verify("ADH-AES256-SHA") + sslconfig(CLEAN)
    text += verify("AES256-SHA", success=True)
    assert pvo.diagnose(evidence(text)).finding(4).status == "resolved"
    assert ciphers(text, OLD).arisen == (4,)


def test_a_clean_string_that_failed_all_the_same_makes_no_promise():
    answer = ciphers(sslconfig(CLEAN) + verify("ADH-AES256-SHA"), "HIGH:!aNULL")
    assert answer.before.finding(4).status == "fail"
    assert (answer.cleared, answer.undecided) == ((), (4,))
    assert any("may mend nothing" in line for line in answer.doubts)


def test_a_bad_certificate_stays_bad_with_any_string():
    text = sslconfig() + verify("AES256-SHA").replace(
        "no certificate from server", "certificate has expired"
    )
    answer = ciphers(text, CLEAN)
    assert "certificate (E7)" in answer.after.finding(4).summary
    assert not any(old.status != new.status for old, new in answer.changed)


def test_the_port_answered_whatever_becomes_of_the_session():
    sma = "\nsma.example.com> status\n\nSystem status:                 Online\n"
    text = sslconfig() + verify("AES256-SHA", success=True) + sma
    answer = ciphers(text, CLEAN)
    assert answer.before.finding(1).status == answer.after.finding(1).status == "pass"


def test_the_string_in_force_changes_nothing():
    answer = ciphers(sslconfig() + verify("ADH-AES256-SHA"), OLD)
    assert not answer.changed
    assert answer.effects == ("That is the outbound string in force already.",)


def test_a_string_that_was_typed_and_not_seen_to_work_is_a_change():
    answer = pvo.what_if(bundled("technote"), Ciphers("mx.example.com", CLEAN))
    assert answer.cleared == (4,)


def test_other_members_keep_their_failure():
    answer = pvo.what_if(bundled("tls-log-only-cluster"), Ciphers("esa1.example.com", CLEAN))
    assert answer.remaining == (4,)
    answer = pvo.what_if(bundled("tls-log-only-cluster"), Ciphers("esa2.example.com", CLEAN))
    assert answer.cleared == (4,)


def two_boxes() -> str:
    text = sslconfig() + verify("ADH-AES256-SHA")
    return text.replace("mx.example.com>", "esa1.example.com>") + text.replace(
        "mx.example.com>", "esa2.example.com>"
    )


@pytest.mark.parametrize(
    ("strings", "kind"),
    [
        ((CLEAN, CLEAN), "cleared"),
        ((CLEAN, "ALL:-ADH"), "undecided"),
        (("ALL:-ADH", CLEAN), "undecided"),
        ((CLEAN, "ALL"), "remaining"),
    ],
)
def test_the_cause_is_gone_only_where_it_is_gone_on_every_box_that_fails(strings, kind):
    made = [Ciphers(f"esa{number}.example.com", each) for number, each in enumerate(strings, 1)]
    answer = pvo.what_if(evidence(two_boxes()), *made)
    assert {each: getattr(answer, each) for each in KINDS if getattr(answer, each)} == {kind: (4,)}


def test_of_two_strings_for_one_box_the_last_one_counts():
    given_ = evidence(sslconfig() + verify("ADH-AES256-SHA"))
    made = [Ciphers("mx.example.com", each) for each in (CLEAN, "ALL:-ADH")]
    assert pvo.what_if(given_, *made).undecided == (4,)
    assert pvo.what_if(given_, *reversed(made)).cleared == (4,)


def test_methods_are_compared_with_the_smas_inbound_one():
    sma = (
        "\nsma.example.com> sslconfig\n\nsslconfig settings:\n Inbound SMTP method:  tlsv1\n"
        " Inbound SMTP ciphers: ALL\n"
    )
    text = sslconfig(method="sslv3tlsv1") + verify("ADH-AES256-SHA") + sma
    effects = " ".join(
        pvo.what_if(evidence(text), Ciphers("mx.example.com", CLEAN, "tlsv1.2")).effects
    )
    assert "TLS versions that go for all outbound mail: SSL 3, TLS 1.0." in effects
    assert "No version in common with sma.example.com (inbound tlsv1)" in effects
    effects = " ".join(ciphers(text, CLEAN, "tlsv1/tlsv1.2").effects)
    assert "In common with sma.example.com: TLS 1.0." in effects
    assert "not understood" in " ".join(ciphers(text, CLEAN, "quickly").effects)


@pytest.mark.parametrize(
    ("method", "found"),
    [
        ("sslv3tlsv1", {"SSL 3", "TLS 1.0"}),
        ("tlsv1/tlsv1.2", {"TLS 1.0", "TLS 1.2"}),
        ("TLS v1.1", {"TLS 1.1"}),
        ("sslv2sslv3tlsv1", {"SSL 2", "SSL 3", "TLS 1.0"}),
        ("", set()),
        (None, set()),
    ],
)
def test_methods_name_versions(method, found):
    assert methods.versions(method) == found


STRINGS = st.lists(
    st.sampled_from(["ALL", "HIGH", "-aNULL", "!aNULL", "-ADH", "RC4", "MEDIUM", "AECDH", "NEW9"]),
    min_size=1,
    max_size=5,
).map(":".join)


@settings(max_examples=40, deadline=None)
@given(STRINGS)
def test_scenario_4_clears_only_where_no_release_leaves_an_anonymous_suite(string):
    answer = ciphers(sslconfig() + verify("ADH-AES256-SHA"), string)
    assert (answer.cleared == (4,)) == (tls.offers_anonymous(string) == "no")
    assert (answer.after.finding(4).status == "fail") == (4 in answer.remaining)


# Scenario 5: one more key


def test_the_missing_key_clears_scenario_5_and_does_not_bring_6_up():
    answer = pvo.what_if(
        bundled("feature-key-mismatch"), AddKey("esa2.example.com", "data loss prevention")
    )
    assert answer.cleared == (5,)
    assert answer.arisen == ()
    assert answer.after.finding(5).status == "resolved"
    assert "in use on esa1.example.com and esa2.example.com" in answer.effects[0]


def test_a_key_by_another_releases_name_is_the_same_key():
    change = AddKey("esa2.example.com", "RSA Email Data Loss Prevention")
    assert pvo.what_if(bundled("feature-key-mismatch"), change).cleared == (5,)


def test_an_expired_key_is_replaced():
    change = AddKey("esa2.example.com", "Data Loss Prevention")
    assert pvo.what_if(bundled("expired-key"), change).cleared == (5,)


def test_a_key_that_only_one_member_gets_brings_scenario_5_up():
    answer = pvo.what_if(bundled("cluster-levels"), AddKey("esa1.example.com", "Image Analysis"))
    assert answer.arisen == (5,)
    assert "still not on esa2.example.com" in answer.effects[0]


def test_a_key_that_does_not_suffice_tells_what_still_differs():
    two = (
        CLUSTER
        + "\n(Machine esa1.example.com)> featurekey\n\n"
        + "Module                Quantity  Status    Remaining  Expiration Date\n"
        + "Outbreak Filters      1         Active    Perpetual  N/A\n"
        + "Data Loss Prevention  1         Active    Perpetual  N/A\n"
        + "\n(Machine esa2.example.com)> featurekey\n\n"
        + "Module                Quantity  Status    Remaining  Expiration Date\n"
        + "Bounce Verification   1         Active    Perpetual  N/A\n"
    )
    answer = pvo.what_if(evidence(two), AddKey("esa2.example.com", "Outbreak Filters"))
    assert answer.remaining == (5,)
    assert any(
        line.startswith("Modules that would still differ: Bounce Verification is")
        and "Data Loss Prevention is" in line
        for line in answer.effects
    )


def test_a_member_whose_keys_were_not_captured_cannot_be_told():
    answer = pvo.what_if(evidence(CLUSTER), AddKey("esa1.example.com", "Outbreak Filters"))
    assert not answer.changed
    assert "were not captured" in answer.doubts[0]


# Scenario 6: a setting moved


def test_the_override_that_moves_clears_scenario_6_and_names_what_was_not_read():
    answer = pvo.what_if(
        bundled("cluster-levels"), MoveSetting("message filters", "esa2.example.com")
    )
    assert answer.cleared == (6,)
    assert answer.after.finding(6).status == "resolved"
    assert any(line.startswith("Not read, so another override may stand") for line in answer.doubts)
    assert any("only the wizard, run again" in line for line in answer.doubts)
    assert any(
        line.endswith("acts on the mail of esa1.example.com and esa2.example.com.")
        for line in answer.effects
    )


def test_a_groups_override_is_named_by_the_group():
    change = MoveSetting("incoming content filters", "branch")
    assert pvo.what_if(bundled("override-notice"), change).cleared == (6,)


TWO_OVERRIDES = CLUSTER + "".join(
    f"\n(Machine {host})> filters\n\nChoose the operation you want to perform:\n"
    "- NEW - Create a new filter.\n- LIST - List the filters.\n[]>\n"
    for host in ("esa1.example.com", "esa2.example.com")
)


def test_another_override_remains_and_is_told():
    answer = pvo.what_if(
        evidence(TWO_OVERRIDES), MoveSetting("message filters", "esa1.example.com")
    )
    assert answer.remaining == (6,)
    assert any("would stay at machine esa2.example.com" in line for line in answer.effects)


def test_several_changes_are_made_together():
    answer = pvo.what_if(
        evidence(TWO_OVERRIDES),
        MoveSetting("message filters", "esa1.example.com"),
        MoveSetting("message filters", "esa2.example.com"),
    )
    assert answer.cleared == (6,)
    assert " and the message filters of esa2.example.com " in answer.question


def test_faults_of_two_scenarios_are_mended_together():
    answer = pvo.what_if(
        bundled("technote"),
        DeliverFrom("mx.example.com", "Auto"),
        Ciphers("mx.example.com", CLEAN),
    )
    assert answer.cleared == (3, 4)
    assert answer.remaining == ()


def test_of_two_changes_of_one_thing_the_last_one_counts():
    answer = pvo.what_if(
        evidence(MENU + telnet(3, "banner")),
        DeliverFrom("mx.example.com", "Management"),
        DeliverFrom("mx.example.com", "In"),
    )
    assert answer.remaining == (3,)


# What cannot be asked


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (DeliverFrom("nobody.example.com", "Auto"), "no ESA of this evidence; it knows: mx"),
        (DeliverFrom("mx.example.com", "Data 7"), "it knows: Auto, In, Management"),
        (Ciphers("sma.example.com", "ALL"), "no ESA of this evidence"),
        (Ciphers("mx.example.com", " : , "), "the cipher string is empty"),
        (AddKey("nobody.example.com", "Sophos"), "no member of this evidence"),
        (AddKey("mx.example.com", "Cisco (R)"), "the feature has no name"),
        (MoveSetting("dmarc", "mx.example.com"), "it knows: none below the cluster"),
        ("Auto", "'Auto' is no change"),
    ],
)
def test_what_the_evidence_does_not_know_is_refused_with_what_it_knows(change, words):
    with pytest.raises(InputError, match=re.escape(words)):
        pvo.what_if(bundled("technote"), change)


def test_no_change_and_no_port_are_refused():
    with pytest.raises(InputError, match="needs a change"):
        pvo.what_if(bundled("technote"))
    with pytest.raises(InputError, match="70000 is not a TCP port"):
        pvo.what_if(bundled("technote"), DeliverFrom("mx.example.com", "Auto"), pvo_port=70000)


def test_the_port_counts():
    answer = pvo.what_if(evidence(MENU), DeliverFrom("mx.example.com", "Auto"), pvo_port=7026)
    assert answer.before == pvo.diagnose(evidence(MENU), pvo_port=7026)
    assert answer.before.finding(3).status == "unknown"


# Choices


def test_choices_list_interfaces_strings_keys_and_settings():
    found = pvo.choices(bundled("technote"))
    assert [(option.label, option.current) for option in found.interfaces["mx.example.com"]] == [
        ("Auto", False),
        ("In (192.168.1.1/24)", True),
        ("Management (10.172.12.18/24)", False),
    ]
    assert found.ciphers["mx.example.com"].string == CLEAN
    assert found.ciphers["mx.example.com"].method == "sslv3tlsv1"
    assert all(
        tls.offers_anonymous(option.change.string) == "no"
        for option in found.ciphers["mx.example.com"].proposals
    )
    keys = pvo.choices(bundled("feature-key-mismatch")).keys["esa2.example.com"]
    assert [option.label for option in keys if not option.current] == ["Data Loss Prevention"]
    settings_ = pvo.choices(bundled("cluster-levels")).settings
    assert [option.change for option in settings_] == [
        MoveSetting("message filters", "esa2.example.com")
    ]


def test_evidence_of_nothing_offers_nothing():
    found = pvo.choices(evidence("nothing at all\n"))
    assert (found.interfaces, found.ciphers, found.keys, found.settings) == ({}, {}, {}, ())


# The altered facts


def test_a_made_up_fact_is_newer_than_everything_and_says_that_it_is_made_up():
    for name in pvo.examples():
        case = build(bundled(name))
        made = origin(case, "Default interface to deliver mail: Auto")
        for item in (*case.facts, *case.connections, *case.evidence.observations):
            assert made["moment"].after(item.moment)
            assert not item.moment.after(made["moment"])
        assert made["citations"][0].file == WHERE


def test_lines_of_the_answer_that_are_no_evidence_are_marked():
    answer = pvo.what_if(bundled("technote"), DeliverFrom("mx.example.com", "Auto"))
    files = {entry.file for entry in answer.before.files}
    cited = {line.file for found in answer.after.findings for line in found.citations}
    assert cited - files == {WHERE}
    assert answer.after.finding(3).summary.startswith("What if: ")
    assert not answer.after.finding(2).summary.startswith("What if: ")


def test_a_diagnosis_of_an_altered_case_cannot_be_taken_for_one_of_the_evidence():
    answer = pvo.what_if(bundled("technote"), DeliverFrom("mx.example.com", "Auto"))
    assert isinstance(answer.after, Diagnosis)
    assert "(what if: not evidence, nothing was changed)" in repr(answer.after)
    assert answer.after.to_json() != answer.before.to_json()


# Forms


def test_the_answer_is_a_frame_too():
    frame = pvo.what_if(bundled("technote"), DeliverFrom("mx.example.com", "Auto")).to_frame()
    assert list(frame.columns) == ["scenario", "title", "before", "after", "change"]
    assert frame.set_index("scenario").loc[3, "change"] == "would clear"
    assert list(frame["scenario"]) == [1, 2, 3, 4, 5, 6]


def test_an_answer_without_any_effect_says_so():
    given_ = evidence(MENU.replace("mail: In", "mail: Auto"))
    answer = pvo.what_if(given_, DeliverFrom("mx.example.com", "Auto"))
    assert "No scenario would be judged otherwise." in text_of(answer)


HOSTILE = "<img src=x onerror=alert(1)>$x^2$\x1b[31m\u202e"


def test_hostile_words_are_text_in_every_form():
    given_ = bundled("technote")
    answer = pvo.what_if(given_, Ciphers("mx.example.com", HOSTILE, HOSTILE))
    html = answer._repr_html_()
    assert "<img" not in html
    assert "&lt;img src=x" in html
    assert "tex2jax_ignore" in html
    for form in (html, repr(answer)):
        assert "\x1b" not in form
        assert "\u202e" not in form


def test_hostile_names_of_the_evidence_are_text_too():
    text = MENU.replace("Management", "<b>$M$</b>\u202e")
    answer = pvo.what_if(evidence(text), DeliverFrom("mx.example.com", "Auto"))
    assert "<b>$" not in answer._repr_html_()
    assert "\u202e" not in answer._repr_html_() + repr(answer)


def test_it_takes_no_pandas():
    code = (
        "import sys, pvo_kit as pvo\n"
        "evidence = pvo.load(pvo.example('technote'))\n"
        "answer = pvo.what_if(evidence, pvo.DeliverFrom('mx.example.com', 'Auto'))\n"
        "repr(answer), answer._repr_html_(), pvo.choices(evidence)\n"
        "assert not {'pandas', 'matplotlib'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)  # noqa: S603
