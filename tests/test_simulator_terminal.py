"""The simulated terminal: echo, line ends, editing, the pager; and the state in a file."""

from __future__ import annotations

from pathlib import Path

import pytest

from pvo_kit.errors import InputError
from pvo_kit.simulator import VARIANTS, Session, broken, healthy
from pvo_kit.simulator.eras import ERAS
from pvo_kit.simulator.pair import Pair
from pvo_kit.simulator.statefile import StateFile, from_json, to_json
from pvo_kit.simulator.terminal import PAGER, Terminal


class Screen:
    """A terminal and what it has shown."""

    def __init__(self, pair: Pair, height: int = 24) -> None:
        self.shown = bytearray()
        self.session = Session(pair.esa)
        self.terminal = Terminal(self.session, self.shown.extend, height)

    def keys(self, data: bytes) -> bytes:
        self.shown.clear()
        self.terminal.keys(data)
        return bytes(self.shown)


def test_it_begins_with_the_banner_and_ends_lines_with_two_returns() -> None:
    screen = Screen(healthy())

    assert screen.shown.startswith(b"Last login:")
    assert b"Virtual\r\r\n" in screen.shown
    assert screen.shown.endswith(b"mx.example.com> ")


@pytest.mark.parametrize("enter", [b"\r", b"\n", b"\r\n"], ids=["return", "newline", "both"])
def test_what_is_typed_is_echoed_and_enter_hands_it_over_once(enter: bytes) -> None:
    screen = Screen(healthy())

    shown = screen.keys(b"whoami" + enter)

    assert shown.startswith(b"whoami\r\r\n\r\r\nUsername: admin\r\r\n")
    assert shown.count(b"mx.example.com> ") == 1


def test_backspace_takes_a_letter_back() -> None:
    screen = Screen(healthy())

    assert b"x\x08 \x08" in screen.keys(b"versionx\x7f\n")
    assert "Product:" in screen.session.said


def test_control_c_drops_the_line_or_the_dialogue() -> None:
    screen = Screen(healthy())

    assert screen.keys(b"vers\x03") == b"vers^C\r\r\nmx.example.com> "
    screen.keys(b"clusterconfig\n")
    assert screen.keys(b"\x03").endswith(b"mx.example.com> ")


def test_long_output_stops_at_the_pager_and_a_key_goes_on() -> None:
    screen = Screen(healthy(), height=10)

    first = screen.keys(b"status\n")
    assert first.endswith(PAGER)
    assert first.count(b"\r\r\n") == 10  # nine lines and the echo's
    second = screen.keys(b" ")
    assert second.startswith(b"\r" + b" " * len(PAGER) + b"\r")
    assert second.endswith(PAGER)


def test_q_and_control_c_end_the_pager() -> None:
    for key in (b"q", b"\x03"):
        screen = Screen(healthy(), height=10)
        screen.keys(b"status\n")
        assert screen.keys(key).endswith(b"\rmx.example.com> ")


def test_keys_behind_the_pagers_are_the_next_line() -> None:
    screen = Screen(healthy(), height=40)
    screen.keys(b"status\n")

    assert b"Username: admin" in screen.keys(b" whoami\n")


def test_a_passphrase_is_not_echoed() -> None:
    pair = healthy(clustered=True)
    Session(pair.esas[1]).type("clustermode cluster; clusterconfig removemachine esa1.example.com")
    screen = Screen(pair)
    screen.keys(b"clusterconfig\n3\n\n198.51.100.21\n\n\n\n")
    assert screen.session.asks.startswith("Enter passphrase")

    assert b"hush" not in screen.keys(b"hush")


def test_control_d_and_exit_end_the_session() -> None:
    for keys in (b"\x04", b"exit\n"):
        screen = Screen(healthy())
        screen.keys(keys)
        assert screen.terminal.is_over


# The state in a file


@pytest.mark.parametrize("era", ERAS)
def test_every_pair_comes_back_from_its_file_as_it_was(era: str) -> None:
    for number, variants in VARIANTS.items():
        for variant in variants:
            if (era, variant) == ("8", "dmarc"):
                continue
            pair = broken(number, era, variant)
            Session(pair.sma).type("gui wizard")
            again = from_json(to_json(pair))
            assert again == pair
            assert to_json(again) == to_json(pair)


def test_two_sessions_of_two_processes_see_one_pair(tmp_path: Path) -> None:
    file = StateFile(tmp_path / "state.json")
    file.save(broken(1))
    one, other = file.load(), file.load()
    assert one is not None
    assert other is not None
    sma = Session(one.sma, around=lambda before: file.around(one, before=before))
    esa = Session(other.esa, around=lambda before: file.around(other, before=before))
    assert "refused" in esa.type("telnet 198.51.100.17 7025")

    sma.type("resume")

    assert "220 sma.example.com ESMTP" in esa.type("telnet 198.51.100.17 7025")


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("no json", id="text"),
        pytest.param("[]", id="list"),
        pytest.param('{"pvo_kit_simulator": 1}', id="empty"),
        pytest.param('{"pvo_kit_simulator": 9}', id="other-version"),
        pytest.param(
            '{"pvo_kit_simulator": 1, "era": "14", "clock": 1, "appliances": 3}', id="odd"
        ),
    ],
)
def test_a_file_that_holds_no_pair_is_refused_with_its_name(text: str, tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    path.write_text(text, encoding="utf-8")

    with pytest.raises(InputError, match=r"state\.json"):
        StateFile(path).load()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param('"clock": 1654502400', '"clock": "noon"', id="clock"),
        pytest.param('"role": "esa"', '"role": "wsa"', id="role"),
        pytest.param('"role": "sma"', '"role": "esa"', id="no-sma"),
        pytest.param("192.0.2.1/24", "192.0.2.one/24", id="address"),
        pytest.param('"era": "14"', '"era": "99"', id="era"),
        pytest.param('"version": "14.0.0-698"', '"version": "new"', id="version"),
        pytest.param('"login": "admin"', '"login": "root"', id="login"),
        pytest.param('"gateway": "192.0.2.254"', '"gateway": null', id="gateway"),
        pytest.param('"host": "mx.example.com"', '"host": "mx2.example.com"', id="host"),
        pytest.param('"port": 7025', '"port": "7025"', id="port"),
        pytest.param("192.0.2.0/24", "192.0.2.0/99", id="firewall"),
    ],
)
def test_a_file_that_was_edited_to_something_odd_is_refused(old: str, new: str) -> None:
    text = to_json(healthy())
    assert old in text

    with pytest.raises(InputError, match=r"^state\.json: (?!state)"):
        from_json(text.replace(old, new, 1), "state.json")


def test_a_file_that_was_edited_well_is_taken() -> None:
    text = to_json(healthy()).replace("mx.example.com", "gate.example.com")

    assert from_json(text).esa.host == "gate.example.com"


def test_a_file_with_a_field_that_there_is_not_is_refused() -> None:
    text = to_json(healthy()).replace('"login"', '"logon"')

    with pytest.raises(InputError, match="logon"):
        from_json(text)
