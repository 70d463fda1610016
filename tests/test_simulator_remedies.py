"""The remedies that docs/remedies.md lists are run again, and typed word for word."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from proving import FILLS, Row, proved
from remedies_table import DOCUMENT, FAULTS, MARKS, ROWS, document, rows_of, table_row
from simulated import diagnosed, pasted

from pvo_kit.remediation import Step
from pvo_kit.simulator import VARIANTS, broken, healthy
from pvo_kit.simulator.eras import ERAS
from pvo_kit.simulator.gui import DONE, NOT_DONE
from pvo_kit.simulator.playing import Desk, MismatchError, Typed
from pvo_kit.simulator.session import Session


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.id)
def test_the_remedy_mends_the_fault_and_the_table_says_so(row: Row, tmp_path: Path) -> None:
    run = proved(row, tmp_path)

    assert table_row(run) in rows_of(DOCUMENT.read_text(encoding="utf-8"))
    assert set(run.outputs) <= set(MARKS)


def test_the_committed_table_is_what_the_command_writes() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")

    assert document(rows_of(text)) == text
    assert len(rows_of(text)) == len(ROWS) <= 30
    assert "not that an appliance" in text


def test_every_scenario_is_run_in_the_three_eras_and_every_variant_once() -> None:
    for number, variants in VARIANTS.items():
        rows = [row for row in ROWS if row.scenario == number]
        assert {"8", "11", "14"} <= {row.era for row in rows}
        assert {row.variant for row in rows} == set(variants)
    assert set(FAULTS) == {variant for variants in VARIANTS.values() for variant in variants}
    assert {row.era for row in ROWS} == set(ERAS)


# A remedy that is wrong is found


def wrong(steps: tuple[Step, ...]) -> Iterator[tuple[str, list[Step]]]:
    """Ways in which a remedy's dialogue could be wrong."""
    for index, step in enumerate(steps):
        yield f"without step {index + 1}", [*steps[:index], *steps[index + 1 :]]
        if step.choose:
            other = replace(step, choose="Nowhere")
            yield f"another entry at {index + 1}", [*steps[:index], other, *steps[index + 1 :]]


@pytest.mark.parametrize(
    ("number", "variant"), [(3, "interface"), (4, "ciphers"), (6, "filters")],
    ids=["delivery", "ciphers", "levels"],
)  # fmt: skip
def test_a_dialogue_that_lacks_a_step_does_not_play_or_does_not_mend(
    number: int, variant: str, tmp_path: Path
) -> None:
    found = diagnosed(pasted(broken(number, variant=variant), tmp_path / "a")).finding(number)
    assert found.remedy is not None
    needed = [step for step in found.remedy.steps if step.send != "showchanges"]
    assert _mends(number, variant, needed, tmp_path / "whole")
    survivors = [
        how
        for place, (how, steps) in enumerate(wrong(tuple(needed)))
        if _mends(number, variant, steps, tmp_path / str(place))
    ]
    # VERIFY and the switch to a mode in which the session is already are for safety.
    assert all("without step" in how for how in survivors), survivors
    assert len(survivors) <= 1, survivors


def _mends(number: int, variant: str, steps: list[Step], folder: Path) -> bool:
    pair = broken(number, variant=variant)
    try:
        Desk(pair, FILLS).play(steps)
    except MismatchError:
        return False
    return diagnosed(pasted(pair, folder)).finding(number).status != "fail"


# Playing


def test_a_prompt_that_is_not_on_the_screen_is_a_mismatch() -> None:
    desk = Desk(healthy(), FILLS)

    with pytest.raises(MismatchError, match="step 2: expected"):
        desk.play([Typed("mx.example.com> ", "version"), Typed("[]> ", "")])


def test_a_number_that_is_another_entry_is_a_mismatch() -> None:
    steps = [
        Typed("mx.example.com> ", "deliveryconfig"),
        Typed("[]> ", "setup"),
        Typed("[<number>]> ", "2", choose="Auto"),
    ]
    with pytest.raises(MismatchError, match="Auto is entry 1 here, not 2"):
        Desk(healthy(), FILLS).play(steps)


def test_an_entry_that_two_lines_could_be_is_a_mismatch() -> None:
    steps = [Typed("mx.example.com> ", "clusterconfig"), Typed("[1]> ", choose="cluster over")]
    with pytest.raises(MismatchError, match="2 entries"):
        Desk(healthy(), FILLS).play(steps)


def test_a_place_that_nothing_fills_is_a_mismatch() -> None:
    with pytest.raises(MismatchError, match="<gateway>"):
        Desk(healthy(), {}).play([Typed("mx.example.com> ", "ping <gateway>")])


def test_a_dialogue_that_ends_at_a_question_is_a_mismatch() -> None:
    with pytest.raises(MismatchError, match="ends at a question"):
        Desk(healthy(), FILLS).play([Typed("mx.example.com> ", "clusterconfig")])


@pytest.mark.parametrize("typed", ["reboot", "telnet a b c", "clustermode cluster; foo"])
def test_a_command_that_is_refused_is_a_mismatch(typed: str) -> None:
    with pytest.raises(MismatchError, match="was answered"):
        Desk(healthy(clustered=True), FILLS).play([Typed("(Machine esa1.example.com)> ", typed)])


def test_a_notice_is_left_with_control_c_and_its_dialogue_skipped() -> None:
    pair = broken(6)
    desk = Desk(pair, FILLS)
    steps = [
        Typed("(Machine esa1.example.com)> ", "filters", note="where a NOTICE comes: Ctrl-C"),
        Typed("[]> ", "CLUSTERSET"),
        Typed("(Machine esa1.example.com)> ", "showchanges"),
        Typed("(Machine esa1.example.com)> ", "version"),
    ]

    desk.play(steps)

    shown = desk.text_of("esa1.example.com")
    assert "^C" in shown
    assert "showchanges" not in shown
    assert "Product:" in shown


# The verb gui


def gui(session: Session, text: str) -> str:
    return session.type(f"gui {text}")


def test_the_gui_shows_the_button_and_refuses_a_grey_one() -> None:
    pair = broken(1)
    esa = Session(pair.esa)
    assert "[Enable...] is grey." in gui(esa, "pvo")
    assert NOT_DONE in gui(esa, "enable")
    assert "is not reached (refused)" in gui(esa, "why")

    Session(pair.sma).type("resume")

    assert "[Enable...] is active." in gui(esa, "pvo")
    assert DONE in gui(esa, "enable")


def test_the_wizard_is_pending_until_committed_and_can_be_abandoned() -> None:
    pair = broken(2, variant="wizard")
    sma = Session(pair.sma)
    assert "action required" in gui(sma, "pvo")
    assert "Commit Changes is lit." in gui(sma, "pvo")

    gui(sma, "abandon")
    assert "not lit" in gui(sma, "pvo")
    gui(sma, "wizard")
    gui(sma, "commit")

    assert "migrated" in gui(sma, "pvo")


def test_the_wizard_says_its_sentence_where_members_differ() -> None:
    said = gui(Session(broken(5).sma), "wizard")

    assert "Unable to proceed with Centralized Policy, Virus and Outbreak Quarantines" in said


def test_an_operators_migration_looks_done_and_the_button_stays_grey() -> None:
    pair = broken(2)

    assert "migrated" in gui(Session(pair.sma, "jdoe"), "pvo")
    assert "grey" in gui(Session(pair.esa, "jdoe"), "pvo")


def test_a_page_that_is_not_simulated_is_told() -> None:
    assert NOT_DONE in gui(Session(healthy().esa), "Network > DNS: add a server, Submit.")


def test_a_groups_own_setting_that_only_a_notice_shows_is_moved_from_the_group(
    tmp_path: Path,
) -> None:
    """The paste asks at the machine alone; its NOTICE offers the group."""
    found = diagnosed(pasted(broken(6, variant="group"), tmp_path)).finding(6)

    assert found.remedy is not None
    assert found.remedy.title == (
        "Move the settings to cluster Main: incoming content filters of group Main_Group"
    )
    assert any("Mode: group Main_Group" in (step.gui or "") for step in found.remedy.steps)
    assert any("Override Settings at group Main_Group" in line for line in found.remedy.rollback)


def test_keys_that_differed_and_were_read_twice_since_are_resolved(tmp_path: Path) -> None:
    pair = broken(5)
    before = pasted(pair, tmp_path / "before")
    pair.esas[1].keys = pair.esa.keys

    after = [pasted(pair, tmp_path / name) for name in ("after", "again")]

    assert diagnosed(before, *after).finding(5).status == "resolved"
