"""Tables of what the scenarios look at: columns, places, and that no row judges anew."""

from __future__ import annotations

from io import BytesIO

import pandas as pd
import pytest
from laws import decoded
from test_scenarios import CASES as RULES
from test_scenarios import _written

import pvo_kit as pvo
from pvo_kit import loading, tables
from pvo_kit.errors import InputError
from pvo_kit.evidence import Evidence
from pvo_kit.tables import schemas

TABLES = {
    "statuses": schemas.STATUSES,
    "checklist": schemas.CHECKLIST,
    "reachability": schemas.REACHABILITY,
    "suites": schemas.SUITES,
    "features": schemas.FEATURES,
    "levels": schemas.LEVELS,
    "setup_steps": schemas.SETUP_STEPS,
}

each_case = pytest.mark.parametrize("case", pvo.examples())
each_table = pytest.mark.parametrize("name", TABLES)


def evidence(text: str) -> Evidence:
    return loading.load("-", stdin=BytesIO(text.encode()))


def bundled(name: str) -> Evidence:
    return pvo.load(pvo.example(name))


def made(name: str, given: Evidence) -> pd.DataFrame:
    frame = getattr(tables, name)(given)
    assert isinstance(frame, pd.DataFrame)
    return frame


def rows(frame: pd.DataFrame, *columns: str, **where: object) -> list[tuple[object, ...]]:
    """The rows that have these values, as tuples of these columns."""
    for column, value in where.items():
        frame = frame[frame[column] == value]
    return [tuple(row) for row in frame[list(columns)].itertuples(index=False)]


# Columns and places


@each_table
@each_case
def test_a_table_has_the_declared_columns(case, name):
    frame = made(name, bundled(case))
    assert list(frame.columns) == list(TABLES[name])
    kinds = {column: str(kind) for column, kind in frame.dtypes.items()}
    assert kinds == {column: declared.dtype for column, declared in TABLES[name].items()}


@each_table
def test_a_table_of_nothing_has_them_too(name):
    frame = made(name, evidence("nothing at all\n"))
    kinds = {column: str(kind) for column, kind in frame.dtypes.items()}
    assert kinds == {column: declared.dtype for column, declared in TABLES[name].items()}


@each_table
@each_case
def test_every_place_is_a_line_of_the_evidence(case, name):
    frame, files = made(name, bundled(case)), decoded(pvo.example(case))
    pairs = [("source", "line")]
    if name == "reachability":
        pairs.append(("tested_source", "tested_line"))
    for source, line in pairs:
        for file, number in zip(frame[source], frame[line], strict=True):
            assert (file == "") == pd.isna(number)
            assert not file or files[file][number - 1].strip()


@each_case
def test_the_same_evidence_gives_the_same_tables(case):
    for name in TABLES:
        pd.testing.assert_frame_equal(made(name, bundled(case)), made(name, bundled(case)))


@pytest.mark.parametrize(("number", "case"), RULES)
def test_every_rules_case_has_its_tables(number, case, tmp_path):
    given = pvo.load(_written(number, case, tmp_path), roles=case.get("roles"))
    for name in TABLES:
        frame = made(name, given)
        state = {"reachability": "outcome", "suites": "change"}.get(name, "state")
        if name != "reachability":
            assert not frame[state].isna().any()
        tables.to_html(frame, name)
        tables.to_text(frame, name)


def test_a_port_that_is_none_is_refused():
    with pytest.raises(InputError, match="0 is not a TCP port"):
        tables.statuses(bundled("technote"), pvo_port=0)


# Scenario 1


def test_states_come_in_the_order_of_the_evidence():
    frame = made("statuses", bundled("listener-suspended"))
    assert rows(frame, "host", "subject", "state", "standing", host="sma.example.com") == [
        ("sma.example.com", "system", "up", False),
        ("sma.example.com", "listener", "down", True),
        ("sma.example.com", "system", "up", False),
    ]
    assert list(frame["order"]) == list(range(len(frame)))


def test_a_fault_that_was_taken_back_does_not_stand():
    frame = made("statuses", bundled("technote"))
    assert rows(frame, "state", "told", "standing", host="sma.example.com") == [
        ("down", "Offline", False),
        ("up", "resumed by resume (euq_listener, cpq_listener)", False),
    ]


@each_case
def test_a_fault_stands_exactly_where_scenario_1_fails(case):
    given = bundled(case)
    frame = made("statuses", given)
    failing = pvo.diagnose(given).finding(1).status == "fail"
    assert frame["standing"].any() == failing


@each_case
def test_a_row_that_is_known_to_be_newer_follows_one_of_its_box_and_subject(case):
    frame = made("statuses", bundled(case))
    first = ~frame.duplicated(["host", "subject"])
    assert not frame.loc[first, "known_newer"].any()
    times = frame.dropna(subset="time").groupby(["host", "subject"])["time"]
    assert all(group.is_monotonic_increasing for _, group in times)


def test_tries_at_the_port_are_told_by_how_they_ended():
    frame = made("statuses", bundled("sma-offline"))
    tries = rows(frame, "state", "told", subject="port 7025")
    assert ("down", "telnet from Data 1: refused") in tries
    assert ("down", "DCID 40119: refused") in tries
    frame = made("statuses", bundled("subnet-rule"))
    assert rows(frame, "state", "told") == [("open", "telnet from Public: no-route")]


def test_of_many_deliveries_that_end_alike_the_first_and_the_last_are_told():
    head = "Mon Apr  7 15:{:02}:42 2014 Info: "
    log = "".join(
        head.format(n) + f"New SMTP DCID {n} interface 192.0.2.1 address 192.0.2.9 port 7025\n"
        + head.format(n)
        + f"DCID {n} TLS success protocol TLSv1 cipher AES256-SHA\n"
        for n in range(1, 9)
    )  # fmt: skip
    frame = made("statuses", evidence(log))
    assert rows(frame, "told") == [("DCID 1: answered",), ("DCID 8: answered",)]


# Scenario 2


def test_what_a_person_recorded_is_named_with_who_and_when():
    frame = made("checklist", bundled("resolved"))
    assert rows(frame, "state", "told", "by", topic="wizard") == [
        ("done", "as recorded: finished", "F. Maier")
    ]
    assert frame.loc[0, "time"] == pd.Timestamp("2014-06-12 08:02:00")
    assert set(frame["state"]) == {"done"}


def test_what_is_missing_names_where_to_look():
    frame = made("checklist", bundled("technote"))
    assert set(frame["state"]) == {"missing"}
    assert [
        topic for (topic,) in rows(frame, "topic")
    ] == ["wizard", "pending changes", "account", "account"]  # fmt: skip
    assert all(frame["needed"].str.len())
    assert set(rows(frame, "needed", topic="account")) == {("whoami",)}


def test_pending_changes_and_an_operator_fail():
    frame = made("checklist", bundled("migration-not-committed"))
    assert set(rows(frame, "state", topic="pending changes")) == {("failing",)}
    frame = made("checklist", bundled("operator-account"))
    assert rows(frame, "host", "state", topic="account") == [
        ("sma.example.com", "failing"),
        ("mx.example.com", "done"),
    ]


def test_an_empty_showchanges_and_a_commit_in_the_cli_are_no_proof():
    text = (
        "sma.example.com> showchanges\n\n{}\n\nsma.example.com> commit\n\n"
        "Please enter some comments describing your changes:\n[]> test\n\n"
        "Changes committed: Mon Jul 21 12:00:00 2014 GMT\n"
    )
    frame = made("checklist", evidence(text))
    assert set(rows(frame, "state", topic="commit")) == {("unclear",)}
    assert ("missing",) in rows(frame, "state", topic="pending changes")
    assert ("done",) not in rows(frame, "state")


@each_case
def test_the_checklist_fails_exactly_where_scenario_2_does(case):
    given = bundled(case)
    failing = pvo.diagnose(given).finding(2).status == "fail"
    assert ("failing" in set(made("checklist", given)["state"])) == failing


# Scenario 3


def test_interfaces_and_routes_tell_which_way_leads_to_the_sma():
    frame = made("reachability", bundled("subnet-rule"))
    assert rows(frame, "name", "default", "leads", "via", "outcome", kind="interface") == [
        ("Management", False, True, "DataCentre", "untested"),
        ("Public", True, False, "", "silent"),
    ]
    assert rows(frame, "name", "network", "gateway", "via", kind="route") == [
        ("DataCentre", "10.71.0.0/16", "10.70.0.1", "Management")
    ]
    assert rows(frame, "address", "target", "port", kind="sma") == [
        ("10.71.4.17", "10.71.4.17", 7025)
    ]


def test_each_interface_has_the_end_of_its_own_tries():
    frame = made("reachability", bundled("delivery-interface"))
    assert rows(frame, "name", "default", "outcome", kind="interface") == [
        ("Data 1", True, "silent"),
        ("Management", False, "answers"),
    ]


def test_an_address_that_no_interface_is_known_of_has_a_row_with_what_it_tried():
    frame = made("reachability", bundled("technote"))
    assert rows(frame, "address", "target", "outcome", name="", kind="interface") == [
        ("10.172.12.17", "10.172.12.18", "answers"),
        ("172.16.0.179", "172.16.0.94", "answers"),
    ]


@each_case
def test_a_default_interface_that_is_silent_is_the_one_of_scenario_3(case):
    given = bundled(case)
    frame = made("reachability", given)
    silent = ("silent",) in rows(frame[frame["default"]], "outcome")
    assert silent == (pvo.diagnose(given).finding(3).status == "fail")


# Scenario 4


def test_suites_before_and_after():
    frame = tables.suites(bundled("technote"), "AECDH")
    before_after = dict(rows(frame, "suite", "change", kind="anonymous"))
    assert before_after["ADH-AES256-SHA"] == "goes"
    assert before_after["AECDH-AES256-SHA"] == "stays"
    assert before_after["AECDH-NULL-SHA"] == "comes"
    assert frame.attrs == {
        "host": "mx.example.com",
        "before": "RC4-SHA:RC4-MD5:ALL",
        "after": "AECDH",
    }


def test_without_a_string_the_one_that_was_typed_since_is_after():
    frame = tables.suites(bundled("technote"))
    assert frame.attrs["after"] == "HIGH:MEDIUM:ALL:-aNULL:-SSLv2"
    assert set(rows(frame, "change", kind="anonymous")) == {("goes",), ("absent",)}


def test_without_the_old_string_nothing_is_told_of_it():
    frame = tables.suites(bundled("feature-key-mismatch"), "ALL")
    assert set(frame["before"]) == {"not known"}
    assert set(frame["change"]) == {"not known"}


def test_only_suites_that_the_release_may_have_are_told():
    releases = {word for (text,) in rows(tables.suites(bundled("feature-key-mismatch")), "releases")
                for word in text.split(", ")}  # fmt: skip
    assert releases <= {"1.0", ""}


def test_what_verify_listed_is_exact():
    text = (
        "esa.example.com> sslconfig\n\nsslconfig settings:\n Outbound SMTP method:  tlsv1\n"
        " Outbound SMTP ciphers: ALL\n\nChoose the operation you want to perform:\n"
        "- VERIFY - Verify and show ssl cipher list.\n[]> VERIFY\n\n"
        "Enter the ssl cipher you want to verify.\n[]> HIGH\n\n"
        "AES256-SHA              SSLv3 Kx=RSA      Au=RSA  Enc=AES(256)  Mac=SHA1\n"
    )
    frame = tables.suites(evidence(text), "HIGH", "esa.example.com")
    assert rows(frame, "suite", "before", "after", kind="listed") == [
        ("AES256-SHA", "not known", "left")
    ]


def test_a_host_that_is_no_esa_is_refused():
    with pytest.raises(InputError, match=r"it knows: mx\.example\.com"):
        tables.suites(bundled("technote"), host="sma.example.com")


# Scenarios 5 and 6


def test_keys_that_differ_come_first():
    frame = made("features", bundled("feature-key-mismatch"))
    assert rows(frame.head(2), "label", "member", "state", "differs") == [
        ("Data Loss Prevention", "esa1.example.com", "active", True),
        ("Data Loss Prevention", "esa2.example.com", "missing", True),
    ]
    assert not frame["differs"][2:].any()


def test_a_member_without_a_table_is_there():
    text = (
        "(Cluster Main)> clusterconfig list\n\nCluster Main\n============\nGroup G:\n"
        "    Machine esa1.example.com (Serial #: 1-A)\n"
        "    Machine esa2.example.com (Serial #: 2-A)\n"
        "\n(Machine esa1.example.com)> featurekey\n\n"
        "Module                Quantity  Status    Remaining  Expiration Date\n"
        "Outbreak Filters      1         Active    Perpetual  N/A\n"
    )
    frame = made("features", evidence(text))
    assert rows(frame, "member", "state", "source") == [
        ("esa1.example.com", "active", "-"),
        ("esa2.example.com", "not captured", ""),
    ]


def test_an_override_is_the_cell_of_its_machine():
    frame = made("levels", bundled("cluster-levels"))
    own = frame[(frame["state"] == "own") & frame["below"]]
    assert rows(own, "setting", "level", "place", "how") == [
        ("message filters", "machine", "esa2.example.com", "menu")
    ]
    assert rows(frame, "members", setting="dmarc", level="group") == [
        ("esa1.example.com, esa2.example.com",)
    ]


@each_case
def test_a_setting_stands_below_only_where_scenario_6_fails(case):
    given = bundled(case)
    frame = made("levels", given)
    if ((frame["state"] == "own") & frame["below"]).any():
        assert pvo.diagnose(given).finding(6).status == "fail"


# Set-up


def test_the_steps_of_a_set_up_that_worked_are_done():
    frame = made("setup_steps", bundled("resolved"))
    assert set(frame["state"]) == {"done"}
    assert sorted(set(frame["step"])) == [1, 2, 3, 4, 5, 6]


def test_a_wizard_that_was_not_committed_is_a_missing_step_and_the_button_stays_grey():
    frame = made("setup_steps", bundled("migration-not-committed"))
    assert rows(frame, "state", "told", step=4) == [("missing", "changes are pending")]
    assert rows(frame, "state", "told", step=5) == [("missing", "scenario 2 fails")]


def test_where_nothing_was_captured_nothing_is_done():
    frame = made("setup_steps", evidence("nothing at all\n"))
    assert set(frame["state"]) == {"unknown"}


@each_case
def test_the_button_is_missing_exactly_where_a_scenario_fails(case):
    given = bundled(case)
    failing = bool(pvo.diagnose(given).failing)
    [(state,)] = rows(made("setup_steps", given), "state", step=5)
    assert (state == "missing") == failing


# For people


HOSTILE = "<img src=x onerror=alert(1)>$x^2$\x1b[31m\u202e"


def hostile() -> pd.DataFrame:
    frame = made("statuses", bundled("technote"))
    return frame.assign(told=HOSTILE, host=HOSTILE)


def test_hostile_text_is_text_in_html_and_text():
    html, text = tables.to_html(hostile(), HOSTILE), tables.to_text(hostile(), HOSTILE)
    assert "<img" not in html
    assert "&lt;img src=x" in html
    assert 'class="pvo-table tex2jax_ignore mathjax_ignore"' in html
    for form in (html, text):
        assert "\x1b" not in form
        assert "\u202e" not in form


def test_a_table_shows_places_times_and_flags_and_no_empty_column():
    text = tables.to_text(made("statuses", bundled("technote")), "States")
    assert text.startswith("States\ntime")
    assert "technote.txt:10" in text
    assert "2014-07-21 11:57:38" in text
    assert "source" not in text
    frame = made("reachability", bundled("subnet-rule"))
    assert "  yes  " in tables.to_text(frame, "Ways")
    assert "True" not in tables.to_html(frame, "Ways")


def test_a_frame_of_connections_can_be_shown_too():
    frame = pd.DataFrame({"source": ["mail.current"], "first_line": [7],
                          "duration": pd.to_timedelta(["0 days 00:00:05"])})  # fmt: skip
    assert tables.to_text(frame, "Connections").splitlines()[1:] == [
        "evidence        duration",
        "mail.current:7  5 s",
    ]


def test_a_table_of_nothing_says_so():
    frame = made("features", evidence("nothing at all\n"))
    assert tables.to_text(frame, "Keys") == "Keys: nothing was captured\n"
    assert "Keys: nothing was captured</caption></table>" in tables.to_html(frame, "Keys")


def test_what_all_rows_are_about_is_said_once_above_them():
    frame = made("reachability", bundled("delivery-interface"))
    text = tables.to_text(frame, "Ways").splitlines()
    assert text[1] == "In each row: host esa.example.com; target 10.9.0.40; port 7025"
    assert not {"host", "target", "port"} & set(text[2].split())
    html = tables.to_html(frame, "Ways")
    assert html.count("esa.example.com") == 2  # of the host, and the name in HELO
    # A verdict is told in each row, even where it is the same in all; so is all of a single row.
    steps = tables.to_text(made("setup_steps", bundled("resolved")), "Steps")
    assert "state" in steps.splitlines()[1]
    assert "In each row" not in tables.to_text(frame.head(1), "Ways")


def test_the_strings_that_a_table_of_suites_compares_are_named_above_it():
    frame = made("suites", bundled("tls-no-certificate"))
    text = tables.to_text(frame, "Suites").splitlines()
    assert text[1] == "before: RC4-SHA:RC4-MD5:ALL"
    assert text[2] == f"after: {frame.attrs['after']}"
    frame.attrs["after"] = HOSTILE
    html = tables.to_html(frame, HOSTILE)
    assert "<img" not in html
    assert "\u202e" not in html + tables.to_text(frame, HOSTILE)


def test_heads_are_words_and_columns_for_programs_are_left_out():
    frame = made("statuses", bundled("technote"))
    head = tables.to_text(frame, "States").splitlines()[1]
    assert "what it says" in head
    assert "surely newer" in head
    assert not {"told", "order"} & set(head.split())
    assert {"SMA", "ESA"} & set(tables.to_text(frame, "States").split())


def test_two_scenarios_that_fail_are_told_as_two():
    assert rows(made("setup_steps", bundled("technote")), "told", step=5) == [
        ("scenarios 3, 4 fail",)
    ]
    open_ = rows(made("setup_steps", evidence("nothing at all\n")), "told", step=5)
    assert open_ == [("scenarios 1, 2, 3, 4, 5, 6 are not decided",)]


def test_a_notebook_gets_html():
    display = pytest.importorskip("IPython.display")
    shown = tables.show_table(made("levels", bundled("cluster-levels")), "Levels")
    assert isinstance(shown, display.HTML)


def test_a_long_text_is_cut_and_says_so():
    frame = made("statuses", bundled("technote")).assign(told="x" * 5000)
    assert "x ..." in tables.to_text(frame, "States")
    assert len(tables.to_text(frame, "States")) < 5000
