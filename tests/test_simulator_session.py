"""Sessions of a simulated box: prompts, cluster modes, pending changes, Ctrl-C."""

from __future__ import annotations

import ast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pvo_kit.simulator import Session, broken, healthy, transcript_text
from pvo_kit.simulator.commands.table import COMMANDS
from pvo_kit.simulator.eras import ERAS
from pvo_kit.simulator.gate import grey
from pvo_kit.simulator.session import Secret
from pvo_kit.simulator.statefile import from_json, to_json


def at(session: Session, *lines: str) -> str:
    """Type lines and return what the last one brought."""
    said = ""
    for line in lines:
        said = session.type(line)
    return said


def clustered() -> Session:
    return Session(healthy(clustered=True).esa)


def test_a_session_begins_with_the_banner_and_the_prompt() -> None:
    text = Session(healthy().esa).text

    assert "AsyncOS 14.0.0 for Cisco C100V build 698" in text
    assert text.endswith("mx.example.com> ")


def test_what_was_typed_stands_behind_the_prompt_as_a_person_copies_it() -> None:
    pair = healthy()

    text = transcript_text(pair, pair.esa.host, ["clusterconfig", ""])

    assert "mx.example.com> clusterconfig\n\nDo you want to join" in text
    assert "[1]> \n" in text


def test_what_is_not_simulated_is_an_unknown_command() -> None:
    assert "Unknown command: reboot" in Session(healthy().esa).type("reboot")


def test_commands_of_one_kind_of_box_are_unknown_on_the_other() -> None:
    pair = healthy()

    assert "Unknown command: deliveryconfig" in Session(pair.sma).type("deliveryconfig")
    assert "Unknown command: resumetransfers" in Session(pair.esa).type("resumetransfers")


def test_several_commands_stand_on_one_line() -> None:
    said = clustered().type("clustermode cluster; clusterconfig list")

    assert "Machine esa2.example.com (Serial #:" in said
    assert said.endswith("(Cluster Main)> ")


def test_time_passes_with_every_command_and_only_so() -> None:
    pair = healthy()
    before = pair.clock
    session = Session(pair.esa)
    assert pair.clock == before

    at(session, "version", "version")

    assert pair.clock == before + 14


def test_a_changed_interface_is_pending_until_commit() -> None:
    pair = broken(3)
    session = Session(pair.esa)
    at(session, "deliveryconfig", "setup", "1", "", "", "", "", "")
    assert pair.esa.in_force("delivery").interface == "In"
    assert "{'delivery': {'interface': {'new': 'Auto'," in session.type("showchanges")
    other = Session(pair.esa)
    assert other.type("showchanges").startswith("\n{}\n"), "pending changes are per session"

    at(session, "commit", "ticket", "")

    assert pair.esa.in_force("delivery").interface == "Auto"
    assert session.type("showchanges").startswith("\n{}\n")


def test_pending_changes_are_shown_value_by_value_as_a_literal() -> None:
    session = Session(healthy().esa)
    old = healthy().esa.in_force("tls").outbound.ciphers
    for line in ("sslconfig", "OUTBOUND", "", "HIGH:!aNULL", "", "routeconfig", "1", "NEW", "far"):
        session.type(line)
    session.type("203.0.113.0/24")
    session.type("198.51.100.1")
    session.type("")
    shown = session.type("showchanges").removesuffix(session.prompt)
    assert ast.literal_eval(shown.strip()) == {
        "config": {
            "Machine mx.example.com": {
                "tls": {"outbound": {"ciphers": {"new": "HIGH:!aNULL", "old": old}}},
                "routes": {
                    "new": [
                        {"name": "far", "destination": "203.0.113.0/24", "gateway": "198.51.100.1"}
                    ],
                    "old": [],
                },
            }
        }
    }


def test_clear_drops_what_is_pending() -> None:
    pair = broken(3)
    session = Session(pair.esa)
    at(session, "deliveryconfig", "setup", "1", "", "", "", "", "")

    assert "Changes cleared:" in at(session, "clear", "")

    assert session.type("showchanges").startswith("\n{}\n")
    assert "No changes have been made" in session.type("clear")


def test_control_c_drops_what_the_command_has_changed_and_nothing_else() -> None:
    pair = broken(3)
    session = Session(pair.esa)
    at(session, "routeconfig", "1", "new", "A", "203.0.113.0/24", "192.0.2.253", "")
    at(session, "deliveryconfig", "setup", "1", "", "", "", "")

    assert session.interrupt().endswith("mx.example.com> ")

    assert sorted(session.pending["Machine mx.example.com"]) == ["routes"]


@pytest.mark.parametrize(
    ("era", "asks"),
    [pytest.param("8", False, id="8"), pytest.param("11", False, id="11"),
     pytest.param("14", True, id="14")],
)  # fmt: skip
def test_an_esa_asks_for_a_copy_from_12_on_and_an_sma_never(era: str, asks: bool) -> None:
    pair = broken(4, era)
    for box in (pair.esa, pair.sma):
        session = Session(box)
        at(session, "sslconfig", "outbound", "", "HIGH:!aNULL", "")
        said = at(session, "commit", "ticket")
        assert ("for rollback? [Y]> " in said) == (asks and box.role == "esa")
        assert "Changes committed:" in (session.type("") if session.is_asking else said)


def test_a_command_of_machine_mode_offers_to_switch() -> None:
    session = clustered()
    at(session, "clustermode cluster")

    assert 'restricted to "machine" mode.' in session.type("featurekey")
    assert session.type("n").endswith("(Cluster Main)> ")
    said = at(session, "featurekey", "", "2")
    assert "Data Loss Prevention" in said
    assert session.prompt == "(Machine esa2.example.com)> "


def test_at_the_notice_enter_switches_the_mode() -> None:
    session = clustered()
    assert "NOTICE: This configuration command has not yet been configured" in at(
        session, "filters"
    )
    assert '1. Switch modes to edit at mode "Cluster Main".' in session.said

    session.type("")

    assert session.mode.level == "cluster"


@pytest.mark.parametrize("entry", ["2", "3"])
def test_at_the_notice_the_other_entries_create_the_fault(entry: str) -> None:
    session = clustered()

    at(session, "filters", entry, "", "commit", "made", "")

    said = Session(session.login).type("filters")
    assert "NOTICE" not in said
    assert "- CLUSTERSHOW -" in said


def test_control_c_at_the_notice_changes_nothing() -> None:
    session = clustered()
    session.type("filters")

    assert session.interrupt().endswith("(Machine esa1.example.com)> ")
    assert session.pending == {}


def test_a_group_below_the_machine_is_offered_where_it_has_the_settings() -> None:
    session = Session(broken(6, variant="group").esa)

    assert 'at mode "Group Main_Group".' in at(session, "policyconfig", "1")


def test_cluster_modes_are_chosen_on_the_line_or_from_menus() -> None:
    session = clustered()

    assert at(session, "clustermode group main_group").endswith("(Group Main_Group)> ")
    assert at(session, "clustermode", "3", "2").endswith("(Machine esa2.example.com)> ")
    assert "Invalid arguments" in session.type("clustermode machine mx.example.com")
    assert "only available on cluster" in Session(healthy().esa).type("clustermode cluster")


def test_a_disconnected_member_shows_it_in_its_prompt() -> None:
    session = clustered()
    at(session, "clustermode cluster", "clusterconfig disconnect esa1.example.com")

    assert session.prompt == "(Cluster Main) [Disconnected]> "


def test_joining_takes_a_passphrase_that_is_never_shown() -> None:
    pair = healthy(clustered=True)
    Session(pair.esa).type("clustermode cluster; clusterconfig removemachine esa2.example.com")
    session = Session(pair.esas[1])
    at(session, "clusterconfig", "3", "", "198.51.100.20", "", "", "")
    assert isinstance(session.asks, Secret)

    said = at(session, "hush", "")

    assert "Joining cluster group Main_Group." in said
    assert "hush" not in session.text
    assert session.prompt == "(Cluster Main)> "


def test_a_removed_machine_keeps_what_was_in_force() -> None:
    pair = healthy(clustered=True)
    second = pair.esas[1]
    session = Session(pair.esa)

    at(session, "clustermode cluster", "clusterconfig", "removemachine", "2", "y")

    assert not second.clustered
    assert second.in_force("incoming") == ("quarantine_macros",)
    assert "1. No, configure as standalone." in Session(second).type("clusterconfig")


def test_accounts_that_only_read_may_not_commit() -> None:
    pair = broken(3)
    pair.esa.users["reader"] = pair.esa.users["jdoe"].__class__("reader", "R", "readonly")

    assert "not in the correct access group" in Session(pair.esa, "reader").type("commit")


def test_a_session_that_is_over_takes_nothing_more() -> None:
    session = Session(healthy().esa)
    session.type("exit")

    assert session.is_over
    with pytest.raises(ValueError, match="over"):
        session.type("version")


ANSWERS = (
    "", "1", "2", "3", "y", "n", "setup", "edit", "new", "delete", "activate", "request", "verify",
    "outbound", "inbound", "clusterset", "clustershow", "removemachine", "disconnect", "list",
    "rollback", "summary", "ALL", "HIGH:-aNULL", "In", "7025", "198.51.100.17", "192.0.2.9/24",
    "203.0.113.0/24", "2001:db8::1", "cpq_listener", "'", "^C", ".", "x" * 300,
)  # fmt: skip
LINES = (
    *sorted(COMMANDS), "clustermode cluster", "clustermode machine esa2.example.com",
    "clustermode group Main_Group", "telnet 198.51.100.17 7025", "telnet sma.example.com 25",
    "clusterconfig removemachine esa2.example.com", "clusterconfig list", "grep ( mail_logs",
    "findevent -m 1 mail_logs", "tlsverify the.cpq.host 198.51.100.17:7025", "gui wizard",
    "gui commit", "gui enable", "gui disable", "gui abandon", "gui log in as jdoe", "gui pvo",
    "license_smart summary", "filters list", ";;", "status; version",
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from([(number, era) for number in range(7) for era in ERAS]),
    st.booleans(),
    st.lists(st.sampled_from((*LINES, *ANSWERS)), max_size=30),
)
def test_whatever_is_typed_a_session_waits_at_a_prompt_or_a_question(
    which: tuple[int, str], at_sma: bool, typed: list[str]
) -> None:
    pair = broken(*which)
    session = Session(pair.sma if at_sma else pair.esas[-1])
    for line in typed:
        if session.is_over:
            break
        said = session.interrupt() if line == "^C" else session.type(line)
        assert session.is_over or said.endswith(session.asks if session.is_asking else
                                                session.prompt)  # fmt: skip
    assert all(isinstance(each, str | None) for each in map(grey, pair.esas))
    assert from_json(to_json(pair)) == pair


def test_a_member_that_was_removed_at_an_offer_stays_where_it_is() -> None:
    pair = healthy(clustered=True)
    second, other = Session(pair.esas[1]), Session(pair.esa)
    second.type("clustermode cluster")
    assert "would you like to switch" in second.type("status").lower()
    other.type("clustermode cluster")
    other.type("clusterconfig removemachine esa2.example.com")
    assert second.type("Y").endswith("esa2.example.com> ")


def test_a_second_cluster_and_a_gateway_that_is_none_are_not_taken() -> None:
    pair = healthy(clustered=True)
    Session(pair.esa).type("clustermode cluster; clusterconfig removemachine esa2.example.com")
    alone = Session(pair.esas[1])
    assert "not simulated" in at(alone, "clusterconfig", "2")
    assert "Invalid arguments" in at(
        Session(pair.esa), "clustermode cluster; clusterconfig removemachine esa9.example.com"
    )
    assert "The address is not valid." in at(alone, "setgateway", "", "nowhere")
    assert "The address is not valid." in at(alone, "192.0.2.254/24")
