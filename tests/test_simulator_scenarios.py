"""What a person pastes from a broken pair gives exactly that scenario, in every era."""

from __future__ import annotations

from pathlib import Path

import pytest
from simulated import diagnosed, pasted, statuses

from pvo_kit.errors import InputError
from pvo_kit.simulator import VARIANTS, broken, healthy
from pvo_kit.simulator.eras import DMARC_SINCE, ERAS, era
from pvo_kit.simulator.gate import grey, wizard_error

SHOWN = {
    1: ("offline",),
    2: ("account",),
    3: ("interface", "router"),
    4: ("ciphers", "cluster"),
    5: ("key",),
    6: ("filters", "incoming", "group", "dmarc"),
}
"""What a paste of the CLI shows; the others show in a session that was kept, or in a GUI."""

CASES = [
    pytest.param(number, name, variant, id=f"{number}-{name}-{variant}")
    for number, variants in SHOWN.items()
    for variant in variants
    for name in ERAS
    if variant != "dmarc" or era(name).esa.version >= "9"
    if not (variant == "dmarc" and name == "8")
]


@pytest.mark.parametrize(("number", "name", "variant"), CASES)
def test_the_paste_of_a_broken_pair_fails_that_scenario_and_no_other(
    number: int, name: str, variant: str, tmp_path: Path
) -> None:
    pair = broken(number, name, variant)

    found = statuses(diagnosed(pasted(pair, tmp_path)))

    assert [each for each, status in found.items() if status == "fail"] == [number]


@pytest.mark.parametrize("clustered", [False, True], ids=["alone", "clustered"])
@pytest.mark.parametrize("name", ERAS)
def test_the_paste_of_a_healthy_pair_fails_nothing_and_is_understood(
    name: str, clustered: bool, tmp_path: Path
) -> None:
    pair = healthy(name, clustered=clustered)

    diagnosis = diagnosed(pasted(pair, tmp_path))

    assert not diagnosis.failing
    assert [(each.command, each.reason) for each in diagnosis.unparsed] == []
    found = statuses(diagnosis)
    assert [found[number] for number in (1, 3, 4)] == ["pass"] * 3
    assert {found[5], found[6]} == ({"pass"} if clustered else {"not_applicable"})


@pytest.mark.parametrize("name", ERAS)
def test_dlp_below_the_cluster_shows_where_the_release_has_its_command(
    name: str, tmp_path: Path
) -> None:
    found = statuses(diagnosed(pasted(broken(6, name, "dlp"), tmp_path)))

    assert found[6] == ("fail" if era(name).esa.version >= "14" and name not in ("8", "9.5") else
                        "unknown")  # fmt: skip


@pytest.mark.parametrize("name", ERAS)
def test_the_button_is_grey_on_every_broken_pair_and_active_on_a_healthy_one(name: str) -> None:
    for number, variants in VARIANTS.items():
        for variant in variants:
            if variant == "dmarc" and name == "8":
                continue
            pair = broken(number, name, variant)
            assert all(grey(esa) for esa in pair.esas), (number, variant)
    for clustered in (False, True):
        pair = healthy(name, clustered=clustered)
        assert [grey(esa) for esa in pair.esas] == [None] * len(pair.esas)
        assert wizard_error(pair) is None


def test_the_wizards_sentence_is_said_for_keys_and_for_levels_alike() -> None:
    by_key, by_level = wizard_error(broken(5)), wizard_error(broken(6))

    assert by_key == by_level
    assert "at a level different from the cluster level" in (by_key or "")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        pytest.param((7, "14", ""), "no scenario 7", id="scenario"),
        pytest.param((1, "12", ""), "no era 12", id="era"),
        pytest.param((1, "14", "keys"), "has no variant keys: offline, listener", id="variant"),
        pytest.param((6, "8", "dmarc"), "has no DMARC", id="release"),
    ],
)
def test_what_there_is_not_is_refused_with_what_there_is(
    arguments: tuple[int, str, str], told: str
) -> None:
    with pytest.raises(InputError, match=told):
        broken(*arguments)


def test_the_release_of_dmarc_is_one_of_the_eras() -> None:
    assert era("9.5").esa.version >= ".".join(map(str, DMARC_SINCE))
