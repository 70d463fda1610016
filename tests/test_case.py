"""What the scenarios stand on (roles, port, directions, levels), and how verdicts add up."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from itertools import permutations
from pathlib import Path

import pytest

import pvo_kit as pvo
from pvo_kit import case as cases
from pvo_kit.case import Case, newest
from pvo_kit.evidence import Citation, Moment, Role
from pvo_kit.facts import DeliveryInterface, Fact, PortProbe
from pvo_kit.findings import FIXING_ORDER, WORST_FIRST, Diagnosis, Finding, Need, Status, worst
from pvo_kit.scenarios import SCENARIOS, masking
from pvo_kit.scenarios.verdict import Missing, Scenario, Verdict, finding

SESSION = "session.txt"
Build = Callable[..., Case]


@pytest.fixture
def build(tmp_path: Path) -> Build:
    """A case of these files; a text alone is a session."""

    def built(
        text: str = "",
        files: dict[str, str] | None = None,
        roles: dict[str, Role] | None = None,
        port: int | None = None,
    ) -> Case:
        for name, content in {SESSION: text, **(files or {})}.items():
            (tmp_path / name).write_text(content, encoding="utf-8")
        return cases.build(pvo.load(tmp_path, roles=roles), port)

    return built


def opening(dcid: int, port: int = 7025, source: str = "192.0.2.1", to: str = "192.0.2.9") -> str:
    return (
        f"Mon Apr  7 15:48:{dcid:02} 2014 Info: New SMTP DCID {dcid} interface {source} address "
        f"{to} port {port}\n"
    )


def error(dcid: int, port: int) -> str:
    return (
        f"Mon Apr  7 15:48:{dcid:02} 2014 Info: Connection Error: DCID {dcid} domain: the.cpq.host "
        f"IP: 192.0.2.9 port: {port} details: timeout interface: 192.0.2.1 reason: network error\n"
    )


def telnet(host: str = "mx.example.com", port: int = 7025, address: str = "192.0.2.9") -> str:
    return (
        f"{host}> telnet {address} {port}\n\nTrying {address}...\nConnected to {address}.\n"
        "220 sma.example.com ESMTP\n"
    )


def tlsverify(host: str = "mx.example.com", port: int = 7025, source: str = "192.0.2.1") -> str:
    return (
        f"{host}> tlsverify the.cpq.host 192.0.2.9:{port}\n\nConnecting to 192.0.2.9 on port "
        f"{port}.\nConnected to 192.0.2.9 from interface {source}.\n"
        "TLS connection established: protocol TLSv1, cipher AES256-SHA.\n"
        "TLS connection to 192.0.2.9 succeeded.\nTLS verification completed.\n"
    )


def delivery(name: str, prompt: str = "mx.example.com") -> str:
    return f"{prompt}> deliveryconfig\n\nDefault interface to deliver mail: {name}\n"


def interfaces(host: str, address: str) -> str:
    return (
        f"{host}> interfaceconfig\n\nCurrently configured interfaces:\n"
        f"1. Management ({address}/24 on Management: {host})\n"
    )


def observed(what: str, value: str, time: str = "") -> str:
    when = f"time = {time}\n" if time else ""
    return (
        f'[[observation]]\nhost = "sma.example.com"\nwhat = "{what}"\nvalue = "{value}"\n{when}\n'
    )


LIST = """(Cluster Main)> clusterconfig list

Cluster Main
============
Group Main_Group:
    Machine esa1.example.com (Serial #: 000C29AAAAAA-AAAAAAA)
Group Branch:
    Machine esa2.example.com (Serial #: 000C29BBBBBB-BBBBBBB)
"""


# Roles

BANNER_SMA = (
    "AsyncOS 8.1.0 for Cisco M670 build 476\n\n"
    "Welcome to the Cisco M670 Content Security Management Appliance\n\n"
)
BANNER_ESA = (
    "AsyncOS 11.0.0 for Cisco C190 build 274\n\n"
    "Welcome to the Cisco C190 Email Security Appliance\n\n"
)


def version(host: str, product: str) -> str:
    return f"{host}> version\n\nProduct: {product}\nModel: X\nVersion: 14.0.0-698\n"


M_SERIES = "Cisco M690 Secure Email and Web Manager"
C_SERIES = "Cisco C690 Secure Email Gateway"
REFUSED = "box> deliveryconfig\n\nUnknown command: deliveryconfig\n"
RESUMED = "sma.example.com> resumetransfers\n\nTransfers resumed\n"
SUSPENDED = "box> suspendlistener cpq_listener\n\nReceiving suspended for cpq_listener.\n"


STATUS = "{}> status\n\nSystem status: Online\n"


@pytest.mark.parametrize(
    ("text", "host", "role", "why"),
    [
        (STATUS.format("box.example.com"), "box.example.com", "unknown", "nothing tells"),
        (STATUS.format("sma.example.com"), "sma.example.com", "sma", "host name"),
        (STATUS.format("prod-sma02.example.com"), "prod-sma02.example.com", "sma", "host name"),
        (STATUS.format("sma-lab.example.com"), "sma-lab.example.com", "sma", "host name"),
        (STATUS.format("esa01.example.com"), "esa01.example.com", "esa", "host name"),
        (STATUS.format("plasma.example.com"), "plasma.example.com", "unknown", "nothing tells"),
        (STATUS.format("mx.esa.example.com"), "mx.esa.example.com", "unknown", "nothing tells"),
        (STATUS.format("esa-sma.example.com"), "esa-sma.example.com", "unknown", "nothing tells"),
        (SUSPENDED, "box", "sma", "listener: cpq_listener"),
        (delivery("Auto", "sma.example.com"), "sma.example.com", "esa", "command: deliveryconfig"),
        (delivery("Auto", "box") + SUSPENDED, "box", "esa", "command: deliveryconfig"),
        ("box> suspendtransfers\n\nTransfers suspended\n", "box", "sma", "command: suspendtransf"),
        (REFUSED + SUSPENDED, "box", "sma", "listener"),
        (delivery("Auto", "sma.example.com") + RESUMED, "sma.example.com", "sma", "host name"),
        (version("esa1.example.com", M_SERIES), "esa1.example.com", "sma", "version: Cisco M690"),
        (delivery("Auto", "box") + version("box", M_SERIES), "box", "sma", "version: Cisco M690"),
        (BANNER_SMA + version("box", C_SERIES), "box", "sma", "banner: "),
        (BANNER_ESA + SUSPENDED, "box", "esa", "banner: "),
        (STATUS.format("(Machine gw.example.com)"), "gw.example.com", "esa", "a cluster's prompt"),
        (LIST, "esa2.example.com", "esa", "it is a cluster's member"),
    ],
)
def test_the_strongest_sign_tells_the_role(build, text, host, role, why):
    found = {box.host: box for box in build(text).appliances}[host]
    assert found.role == role
    assert found.why.startswith(why)


def test_a_role_that_is_given_outranks_every_sign(build):
    found = build(BANNER_ESA + version("box", C_SERIES), roles={"box": "sma"})
    assert [(box.host, box.role) for box in found.appliances] == [("box", "sma")]
    assert "--role" in found.appliances[0].why


# The quarantine's port


@pytest.mark.parametrize(
    ("text", "log", "seen", "given", "port"),
    [
        ("", "", "", None, 7025),
        (telnet(port=7026), opening(1, 7026), "", None, 7025),  # never just any telnet's
        (tlsverify(port=7026), "", "", None, 7026),
        (tlsverify(port=25), "", "", None, 7025),
        ("", error(1, 7026), "", None, 7026),
        (tlsverify(port=7027), error(1, 7026), "", None, 7026),
        ("", error(1, 7026) + error(2, 7027), "", None, 7027),
        (tlsverify(port=7027), error(1, 7026), observed("port", "7028"), None, 7028),
        ("", "", observed("port", "soon"), None, 7025),
        (
            "",
            "",
            observed("port", "7029", "2014-07-22T00:00:00Z")
            + observed("port", "7028", "2014-07-21T00:00:00Z"),
            None,
            7029,
        ),
        (tlsverify(port=7027), error(1, 7026), observed("port", "7028"), 7030, 7030),
    ],
)
def test_what_tells_the_port(build, text, log, seen, given, port):
    files = {"mail.log": log, "observations.toml": seen}
    assert build(text + "mx.example.com> exit\n", files, port=given).port == port


# Who opened a connection


def directions(case: Case) -> tuple[list[int], list[int]]:
    return [link.dcid for link in case.connections], [link.dcid for link in case.released]


def test_only_the_quarantines_port_counts(build):
    found = build("mx> exit\n", {"mail.log": opening(1) + opening(2, 25) + opening(3, 7026)})
    assert directions(found) == ([1], [])


@pytest.mark.parametrize(
    "text",
    [
        tlsverify(),  # the SMA's address as an ESA verified it
        telnet(),
        interfaces("sma.example.com", "192.0.2.9"),
    ],
)
def test_a_connection_from_the_smas_address_brings_released_mail(build, text):
    back = opening(2, source="192.0.2.9", to="192.0.2.1")
    assert directions(build(text, {"mail.log": opening(1) + back})) == ([1], [2])


def test_a_connection_to_an_esas_own_address_brings_released_mail(build):
    text = delivery("Auto") + interfaces("mx.example.com", "192.0.2.1")
    back = opening(2, source="203.0.113.40", to="192.0.2.1")
    assert directions(build(text, {"mail.log": opening(1) + back})) == ([1], [2])


def test_whatever_an_sma_opened_brings_released_mail(build):
    text = 'sma.example.com> grep "7025" mail_logs\n\n' + opening(1)
    assert directions(build(text)) == ([], [1])


def test_an_esa_tested_by_itself_is_no_sma(build):
    text = interfaces("mx.example.com", "192.0.2.9") + delivery("Auto") + telnet()
    found = build(text, {"mail.log": opening(1, source="192.0.2.9", to="203.0.113.40")})
    assert directions(found) == ([1], [])
    assert found.addresses("sma") == set()


@pytest.mark.parametrize(
    ("text", "owner"),
    [
        (delivery("Auto"), "mx.example.com"),
        (delivery("Auto") + "box> whoami\n\nGroups: admin\n", "mx.example.com"),
        ("box.example.com> whoami\n\nGroups: admin\n", "box.example.com"),
        (delivery("Auto") + delivery("Auto", "b.example.com"), None),
        (
            delivery("Auto")
            + delivery("Auto", "b.example.com")
            + interfaces("b.example.com", "192.0.2.1"),
            "b.example.com",
        ),
    ],
)
def test_whose_a_log_without_a_host_is(build, text, owner):
    found = build(text, {"mail.log": opening(1)})
    assert [link.appliance for link in found.connections] == [owner]
    assert (None in {box.host for box in found.appliances}) == (owner is None)


# Who counts as an ESA


def test_what_only_esas_do_makes_a_box_of_unknown_role_count(build):
    text = "".join(
        (
            telnet("a.example.com"),
            telnet("b.example.com", port=25),
            "c.example.com> whoami\n\nGroups: admin\n",
        )
    )
    found = build(text)
    assert {box.role for box in found.appliances} == {"unknown"}
    assert found.esas == ["a.example.com"]


def test_an_smas_tests_are_none_of_an_esa(build):
    found = build(telnet("sma.example.com"))
    assert found.all(PortProbe)
    assert (found.esas, found.probes()) == ([], [])


def test_a_clusters_prompt_without_a_machine_is_nobody_beside_its_members(build):
    found = build(LIST + delivery("Auto", "(Cluster Main)"))
    assert None in {box.host for box in found.appliances}
    assert found.esas == ["esa1.example.com", "esa2.example.com"]


# Cluster levels

CLUSTER, GROUP, OWN = (
    delivery("C", "(Cluster Main)"),
    delivery("G", "(Group Branch)"),
    delivery("M", "(Machine esa2.example.com)"),
)


def names(found: Case, host: str) -> list[str]:
    return [fact.name for fact in found.in_force(DeliveryInterface, host)]


@pytest.mark.parametrize(
    ("text", "esa1", "esa2"),
    [
        (CLUSTER, ["C"], ["C"]),
        (CLUSTER + GROUP, ["C"], ["G"]),
        (CLUSTER + GROUP + OWN, ["C"], ["M"]),
        (OWN + GROUP + CLUSTER, ["C"], ["M"]),
        (GROUP, [], ["G"]),
        (OWN, [], ["M"]),
    ],
)
def test_the_nearest_level_is_in_force(build, text, esa1, esa2):
    found = build(LIST + text)
    assert (names(found, "esa1.example.com"), names(found, "esa2.example.com")) == (esa1, esa2)
    assert names(found, "stranger.example.com") == []


def test_without_a_list_a_level_holds_for_the_box_that_showed_it(build):
    found = build("(Machine esa1.example.com)> clustermode cluster\n" + CLUSTER)
    assert (names(found, "esa1.example.com"), names(found, "esa2.example.com")) == (["C"], [])


# The newest of many


def fact(line: int, time: int | None = None, file: str = "a", session: str = "s") -> Fact:
    moment = Moment(file, line, session, datetime(2014, 7, 21, 12, time) if time else None)
    return Fact(host=None, moment=moment, citations=(Citation(file, line, "x"),))


def test_the_newest_are_those_that_nothing_is_known_to_be_newer_than():
    first, second, elsewhere = fact(1, 1), fact(2, 2), fact(1, file="b")
    for items in permutations([first, second, elsewhere]):
        assert newest(items) == [item for item in items if item is not first]
    assert newest([]) == []


# How verdicts add up


def test_the_order_of_statuses_is_that_of_the_contract():
    assert WORST_FIRST == (
        "fail", "error", "unknown", "manual", "resolved", "pass", "not_applicable",
    )  # fmt: skip
    for one, other in permutations(WORST_FIRST, 2):
        assert worst([one, other]) == min(one, other, key=WORST_FIRST.index)


CITED = (Citation("a", 1, "x"),)


def judged(build: Build, *verdicts: Verdict) -> Finding:
    return finding(Scenario(1, "sma-offline", "title", lambda _: verdicts), build("mx> exit\n"))


def test_the_worst_of_several_appliances_leads(build):
    found = judged(
        build,
        Verdict("pass", "Good.", CITED, host="a"),
        Verdict("unknown", "Who knows.", (), (Missing("status"),), host="b"),
        Verdict("fail", "Bad.", CITED, (Missing("version"),), host="c"),
    )
    assert (found.status, found.summary) == ("fail", "c: Bad. a: Good. b: Who knows.")
    assert found.citations == CITED
    assert [need.command for need in found.needs] == ["version", "status"]


@pytest.mark.parametrize("status", ["fail", "pass", "resolved", "not_applicable"])
def test_a_proof_without_a_citation_is_an_error(build, status):
    found = judged(build, Verdict(status, "So it is."))
    assert (found.status, found.citations) == ("error", ())
    assert found.error == f"ValueError: {status} without a citation"


def test_a_rule_that_breaks_is_an_error_and_no_exception(build):
    def broken(_: Case) -> list[Verdict]:
        raise KeyError("what")

    found = finding(Scenario(1, "sma-offline", "title", broken), build("mx> exit\n"))
    assert (found.status, found.error) == ("error", "KeyError: 'what'")
    assert "broken" in (found.trace or "")


def test_a_rule_that_breaks_stops_no_other(monkeypatch, build):
    def broken(_: Case) -> list[Verdict]:
        raise RuntimeError("no")

    scenarios = tuple(replace(each, judge=broken) if each.number == 3 else each
                      for each in SCENARIOS)  # fmt: skip
    monkeypatch.setattr("pvo_kit.diagnosis.SCENARIOS", scenarios)
    told = pvo.diagnose(build("sma.example.com> status\n\nSystem status: Offline\n").evidence)
    assert [found.status for found in told.findings][:4] == ["fail", "manual", "error", "unknown"]
    assert told.exit_code == 1


def test_an_unknown_that_names_nothing_asks_for_what_the_scenario_reads(build):
    found = judged(build, Verdict("unknown", "Nothing."))
    assert {"status", "version", "telnet"} <= {need.command for need in found.needs}
    assert all(need.why for need in found.needs)
    assert "suspend" not in {need.command for need in found.needs}


def test_where_how_and_as_whom_a_command_is_asked_for(build):
    case = build(LIST + delivery("Auto", "box.example.com"))
    ask = (Missing("filters", why="its level"), Missing("status", "sma", why="its state"))
    rule = Scenario(6, "cluster-levels", "title", lambda _: [Verdict("unknown", "?", (), ask)])
    asked = [(need.appliance, need.host, need.command, need.mode, need.role)
             for need in finding(rule, case).needs]  # fmt: skip
    assert asked == [
        ("esa", "box.example.com", "filters", None, "administrator"),
        ("esa", "esa1.example.com", "filters", "machine", "administrator"),
        ("esa", "esa2.example.com", "filters", "machine", "administrator"),
        ("sma", None, "status", None, "administrator"),
    ]


@pytest.mark.parametrize(
    ("times", "known"),
    [((1, 2), 2), ((2, 1), 2), ((1, None), None)],
)
def test_all_appliances_must_tell_when_it_was_resolved(build, times, known):
    at = {None: None, **{n: datetime(2014, 7, 21, n) for n in (1, 2)}}
    verdicts = [Verdict("resolved", "Good again.", CITED, resolved_at=at[time]) for time in times]
    assert judged(build, *verdicts).resolved_at == at[known]


# Masking


def told(number: int, status: Status, behind: tuple[int, ...] = ()) -> Finding:
    return Finding(number, "id", "title", status, "Summary.", CITED, behind=behind)


@pytest.mark.parametrize(
    ("behind", "failing", "by"),
    [((1,), {1}, 1), ((1, 3), {3}, 3), ((1, 3), {1, 3}, 1), ((1,), {3}, None), ((), {1}, None)],
)
def test_what_explains_a_finding_masks_it_where_it_fails(behind, failing, by):
    others = [told(number, "fail" if number in failing else "pass") for number in (1, 3)]
    found = masking.mask([*others, told(4, "unknown", behind)])[-1]
    assert found.masked_by == by
    assert ("mend it first" in found.summary) == (by is not None)


def test_what_explains_one_appliance_only_explains_nothing(build):
    one = Verdict("unknown", "Refused.", CITED, (Missing("status"),), behind=(1,))
    other = replace(one, summary="Silent.", behind=())
    assert judged(build, one, one).behind == (1,)
    assert judged(build, one, other).behind == ()
    assert judged(build, one, replace(other, citations=())).behind == (1,)


# The diagnosis


def diagnosis(*findings: Finding) -> Diagnosis:
    return Diagnosis("sha256:0", (), (), (), findings)


def test_faults_are_told_in_the_order_of_fixing():
    every = diagnosis(*(told(number, "fail") for number in range(1, 7)))
    assert [found.scenario for found in every.failing] == list(FIXING_ORDER) == [1, 3, 4, 2, 5, 6]


@pytest.mark.parametrize(
    ("statuses", "code"),
    [
        (("pass", "resolved", "not_applicable"), 0),
        (("pass", "unknown"), 3),
        (("pass", "manual"), 3),
        (("pass", "error"), 3),
        (("unknown", "fail"), 1),
    ],
)
def test_the_exit_code(statuses, code):
    assert diagnosis(*(told(n, status) for n, status in enumerate(statuses))).exit_code == code


def test_nothing_is_asked_for_twice():
    need = Need("esa", "mx", "why", command="status")
    other = replace(need, why="another reason")
    found = diagnosis(
        replace(told(1, "unknown"), needs=(need,)), replace(told(3, "unknown"), needs=(need, other))
    )
    assert found.needs == (need, other)
