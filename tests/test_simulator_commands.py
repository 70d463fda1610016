"""Every command of the catalog answers, and the kit's own parsers understand all of it."""

from __future__ import annotations

import pytest
from simulated import ask

from pvo_kit import catalog, sessions
from pvo_kit.evidence import Transcript
from pvo_kit.facts import (
    CipherChange,
    CipherList,
    CipherSetting,
    Commit,
    Fact,
    Interface,
    KeyActivation,
    MachineRemoved,
    Membership,
    PortProbe,
    Refusal,
    Route,
    SettingLevel,
    SettingMoved,
    Suspension,
    SystemStatus,
    TlsProbe,
)
from pvo_kit.parsers import refusals
from pvo_kit.parsers.reading import Reading
from pvo_kit.simulator import Session, broken, healthy
from pvo_kit.simulator.broken import FEATURE_KEY
from pvo_kit.simulator.commands import asking
from pvo_kit.simulator.commands.table import COMMANDS, Command
from pvo_kit.simulator.eras import ERAS
from pvo_kit.simulator.pair import Appliance
from pvo_kit.simulator.session import Dialogue

READERS = [row.name for row in catalog.COMMANDS if "(a change)" not in row.about]
NOT_IN = {
    "license_smart": ("8", "9.5", "11", "14"),
    "featurekey": ("15.5",),
    "dlpconfig": ("8", "9.5", "11"),
    "dmarcconfig": ("8",),
}
"""Commands that a release lacks, by era."""

POLICY_TABLE = ("Name:", "DEFAULT")
"""Rows of ``policyconfig`` that say nothing of levels and that no parser reads."""

DIALOGUES = {
    "telnet": ("telnet", "1", "198.51.100.17", "7025", "QUIT"),
    "tlsverify": ("tlsverify", "the.cpq.host", "198.51.100.17:7025"),
    "grep": ('grep "port 7025" mail_logs',),
    "policyconfig": ("policyconfig", "1", ""),
}


def understood(session: Session) -> tuple[list[Fact], list[str]]:
    """What the parsers read in a session, and the rows that they do not know."""
    facts: list[Fact] = []
    rest: list[str] = []
    for cut in cuts(session):
        reading = Reading(cut)
        facts += refusals.parse(reading)
        row = catalog.find(cut.command)
        if row and row.parser:
            facts += row.parser(reading)
        rest += [each.text for each in reading.rest]
    return facts, rest


def cuts(session: Session) -> list[Transcript]:
    return sessions.split("typed.txt", sessions.rows(session.text.split("\n")))


def only(facts: list[Fact], kind: type[Fact]) -> list[Fact]:
    return [fact for fact in facts if isinstance(fact, kind)]


def typed(box: Appliance, *lines: str) -> tuple[list[Fact], list[str]]:
    session = Session(box)
    for line in lines:
        session.type(line)
    assert not session.is_asking, session.asks
    return understood(session)


def test_every_command_of_the_catalog_is_simulated() -> None:
    assert {row.name for row in catalog.COMMANDS} <= set(COMMANDS)
    for row in catalog.COMMANDS:
        assert set(row.roles) == set(COMMANDS[row.name].roles), row.name


@pytest.mark.parametrize("era", ERAS)
@pytest.mark.parametrize("name", READERS)
@pytest.mark.parametrize("clustered", [False, True], ids=["alone", "clustered"])
def test_its_answer_is_understood_to_the_last_row(name: str, era: str, clustered: bool) -> None:
    pair = broken(4, era, "cluster" if clustered else "ciphers")
    row = catalog.command(name)
    for box in (pair.esa, pair.sma):
        if box.role not in row.roles or (box.role == "sma" and clustered):
            continue
        session = Session(box)
        lines = DIALOGUES.get(name, (row.typed,))
        for line in lines[:-1]:
            session.type(line)
        ask(session, lines[-1])
        facts, rest = understood(session)
        unknown = [fact for fact in only(facts, Refusal) if fact.kind == "unknown_command"]
        assert bool(unknown) == (era in NOT_IN.get(name, ()))
        assert [each for each in rest if not each.startswith(POLICY_TABLE)] == []


def test_the_status_of_an_sma_follows_from_what_is_suspended() -> None:
    states = {"offline": "Offline", "listener": "Online", "transfers": "Online"}
    for variant, state in states.items():
        facts, _ = typed(broken(1, variant=variant).sma, "status")
        assert [fact.state for fact in only(facts, SystemStatus)] == [state]


def test_suspending_and_resuming_names_the_listeners() -> None:
    facts, rest = typed(healthy().sma, "suspend", "45", "status", "resume", "resume")

    stopped, resumed, nothing = only(facts, Suspension)
    assert (stopped.action, resumed.listeners) == ("suspended", ("euq_listener", "cpq_listener"))
    assert nothing.action == "nothing"
    assert rest == []


def test_one_listener_and_transfers_are_suspended_apart() -> None:
    facts, rest = typed(
        healthy().sma,
        "suspendlistener", "cpq_listener", "", "resumelistener", "All",
        "suspendtransfers", "resumetransfers",
    )  # fmt: skip

    assert [(fact.verb, fact.listeners) for fact in only(facts, Suspension)] == [
        ("suspendlistener", ("cpq_listener",)),
        ("resumelistener", ("cpq_listener",)),
        ("suspendtransfers", ()),
        ("resumetransfers", ()),
    ]
    assert rest == []


@pytest.mark.parametrize(
    ("variant", "interface", "outcome"),
    [
        pytest.param("interface", "2", "timeout", id="from-In"),
        pytest.param("interface", "3", "banner", id="from-Management"),
        pytest.param("interface", "1", "banner", id="from-Auto"),
        pytest.param("router", "2", "timeout", id="from-In-behind-a-router"),
        pytest.param("router", "1", "banner", id="from-Auto-by-a-route"),
    ],
)
def test_telnet_follows_from_subnets_routes_and_the_firewall(
    variant: str, interface: str, outcome: str
) -> None:
    pair = broken(3, variant=variant)
    address = pair.sma.in_force("interfaces")[0].ip
    ends = ("QUIT",) if outcome == "banner" else ()

    facts, rest = typed(pair.esa, "telnet", interface, address, "7025", *ends)

    assert [fact.outcome for fact in only(facts, PortProbe)] == [outcome]
    assert rest == []


def test_telnet_is_refused_where_nothing_listens_and_knows_names() -> None:
    pair = broken(1)

    facts, rest = typed(
        pair.esa,
        "telnet 198.51.100.17 7025", "telnet sma.example.com 7025", "telnet nobody.example.com 25",
        "telnet 198.51.100.17 7025 In",
    )  # fmt: skip

    assert [fact.outcome for fact in only(facts, PortProbe)] == ["refused", "refused", "name"]
    assert [fact.kind for fact in only(facts, Refusal)] == ["arguments"]
    assert rest == []


@pytest.mark.parametrize("era", ERAS)
def test_tlsverify_and_the_log_follow_from_both_cipher_lists(era: str) -> None:
    for number, outcome in ((4, "failed"), (0, "success")):
        pair = broken(number, era)
        facts, rest = typed(pair.esa, "tlsverify", "the.cpq.host", "198.51.100.17:7025")
        [probe] = only(facts, TlsProbe)
        assert probe.outcome == outcome
        assert (probe.cipher or "").startswith(("ADH-", "AECDH-")) == (outcome == "failed")
        assert rest == []
        assert any(f"TLS {outcome}" in line for line in pair.esa.log)


@pytest.mark.parametrize("era", ["8", "9.5", "11", "14"])
def test_the_outbound_string_is_set_and_shown_in_the_words_of_the_release(era: str) -> None:
    pair = broken(4, era)
    old = pair.esa.in_force("tls").outbound.ciphers

    kept = [""] if era == "14" else []  # whether to keep a copy

    facts, rest = typed(pair.esa, "sslconfig", "outbound", "", "HIGH:!aNULL:@STRENGTH", "",
                        "commit", "ticket", *kept, "sslconfig", "")  # fmt: skip

    shown = [fact.ciphers for fact in only(facts, CipherSetting) if fact.service == "outbound"]
    assert shown == [old, "HIGH:!aNULL:@STRENGTH"]
    assert [fact.ciphers for fact in only(facts, CipherChange)] == ["HIGH:!aNULL:@STRENGTH"]
    assert [fact.outcome for fact in only(facts, Commit)] == ["committed"]
    assert rest == []


def test_versions_without_the_one_between_them_are_asked_again() -> None:
    session = Session(broken(4, "11").esa)
    for line in ("sslconfig", "outbound", "1,3"):
        session.type(line)

    assert "That choice of versions is not valid." in session.said
    assert "ssl cipher" in session.type("2-3")


def test_verify_lists_the_suites_of_a_string() -> None:
    facts, rest = typed(healthy("8").esa, "sslconfig", "verify", "ADH+CAMELLIA:AES256-SHA", "")

    assert [fact.suites for fact in only(facts, CipherList)] == [
        ("ADH-CAMELLIA256-SHA", "ADH-CAMELLIA128-SHA", "AES256-SHA")
    ]
    assert rest == []


def test_a_bought_key_is_activated_once_and_another_is_malformed() -> None:
    second = broken(5).esas[1]

    facts, _ = typed(second, "featurekey", "checknow", "activate", "NO-KEY", "activate",
                     FEATURE_KEY, "n", "activate", FEATURE_KEY, "y", "")  # fmt: skip

    assert len(only(facts, KeyActivation)) == 1
    assert [key.state for key in second.keys if key.label == "Data Loss Prevention"] == ["Active"]
    session = Session(second)
    for line in ("featurekey", "activate", FEATURE_KEY):
        session.type(line)
    assert "The feature key has already been used." in session.said


def test_a_licence_is_requested_by_its_number_in_the_list() -> None:
    second = broken(5, "15.5").esas[1]
    session = Session(second)
    for line in ("license_smart", "request", "1", "summary"):
        session.type(line)

    assert "Email Security Appliance Data Loss Prevention" in session.said
    assert "Not requested" not in session.said
    assert "There are no licenses to request." in session.type("request")


def test_a_key_of_another_box_is_malformed() -> None:
    session = Session(broken(5).esa)
    for line in ("featurekey", "activate", FEATURE_KEY):
        session.type(line)

    assert "The feature key is malformed." in session.said


def test_settings_are_moved_with_clusterset_and_shown_with_clustershow() -> None:
    pair = broken(6)
    second = pair.esas[1]

    facts, rest = typed(second, "filters", "clustershow", "clusterset", "2", "1", "",
                        "commit", "ticket", "")  # fmt: skip

    assert len(only(facts, SettingMoved)) == 1
    levels = {(fact.at, fact.name) for fact in only(facts, SettingLevel) if fact.own}
    assert ("machine", "esa2.example.com") in levels
    assert rest == []
    assert "NOTICE" in Session(second).type("filters")


@pytest.mark.parametrize("action", ["2", "3"], ids=["move", "delete"])
def test_settings_of_the_cluster_are_neither_moved_away_nor_deleted(action: str) -> None:
    session = Session(healthy(clustered=True).esa)
    for line in ("clustermode cluster", "sslconfig", "CLUSTERSET", action):
        session.type(line)
    assert "The settings of the cluster are only copied" in session.said
    session.type("")
    assert session.type("showchanges").startswith("\n{}\n")
    assert "Outbound SMTP ciphers" in session.type("sslconfig")


def test_members_are_listed_and_a_removal_is_seen() -> None:
    facts, rest = typed(
        healthy(clustered=True).esa, "clustermode cluster", "clusterconfig", "list", "connstatus",
        "removemachine", "2", "y", "",
    )  # fmt: skip

    assert [fact.machines for fact in only(facts, Membership)] == [
        ("esa1.example.com", "esa2.example.com")
    ]
    assert [fact.machine for fact in only(facts, MachineRemoved)] == ["esa2.example.com"]
    assert rest == []


@pytest.mark.parametrize("era", ["11", "14"])
def test_routes_are_added_and_deleted(era: str) -> None:
    kind = ["1"] if era == "14" else []
    pair = healthy(era)

    facts, _ = typed(
        pair.esa, "routeconfig", *kind, "new", "Lab", "203.0.113.0/24", "192.0.2.253", "",
        "routeconfig", *kind, "delete", "1", "",
    )  # fmt: skip

    assert {fact.name for fact in only(facts, Route)} == {"Lab"}


def test_a_route_that_is_none_is_asked_again() -> None:
    session = Session(healthy("11").esa)
    for line in ("routeconfig", "new", "Lab", "203.0.113.1/24", "192.0.2.253"):
        session.type(line)

    assert "The address is not valid." in session.said


def test_an_interface_is_renamed() -> None:
    facts, _ = typed(healthy().esa, "interfaceconfig", "edit", "1", "Public", "", "", "")

    assert "Public" in {fact.name for fact in only(facts, Interface)}


def test_rollbackconfig_takes_a_commit_back_where_no_cluster_is() -> None:
    pair = broken(3)
    typed(pair.esa, "deliveryconfig", "setup", "1", "", "", "", "", "", "commit", "to Auto", "")
    assert pair.esa.in_force("delivery").interface == "Auto"
    session = Session(pair.esa)
    for line in ("rollbackconfig", "rollback", "1", "y"):
        session.type(line)

    assert pair.esa.in_force("delivery").interface == "In"
    assert 'comments: "to Auto"' not in session.type("commitdetail")
    assert "not simulated" in Session(healthy(clustered=True).esa).type("rollbackconfig")


def test_ping_and_tail_run_until_control_c() -> None:
    session = Session(healthy().esa)
    session.type("ping sma.example.com")
    assert session.is_asking
    assert "3 packets received" in session.interrupt()
    session.type("tail mail_logs")
    assert session.interrupt().endswith("mx.example.com> ")


def test_names_are_resolved() -> None:
    session = Session(healthy().esa)

    assert "A=198.51.100.17" in session.type("nslookup sma.example.com")
    assert "NXDomain" in session.type("nslookup nobody.example.com")


def test_filters_are_written_listed_and_deleted() -> None:
    session = Session(healthy().esa)
    for line in ("filters", "new", "stop_it:", "if (true) { drop(); }", ".", "list"):
        session.type(line)
    assert "stop_it" in session.said
    for line in ("delete", "stop_it", "list"):
        session.type(line)
    assert "stop_it" not in session.said


def test_the_command_that_the_documentation_adds_works(monkeypatch: pytest.MonkeyPatch) -> None:
    def greeting(session: Session, words: list[str]) -> Dialogue:
        session.say("")
        name = yield from asking.value(session, "Enter a name.", session.box.host)
        if (yield from asking.yes(session, "Are you sure? [Y]> ")):
            session.say("", f"Hello {name}.")

    monkeypatch.setitem(COMMANDS, "greeting", Command(greeting))
    session = Session(healthy().esa)

    assert session.type("greeting") == "\nEnter a name.\n[mx.example.com]> "
    assert session.type("").endswith("Are you sure? [Y]> ")
    assert session.type("maybe").endswith("Are you sure? [Y]> ")
    assert "Hello mx.example.com." in session.type("")
