"""The live panel, against simulated boxes and a hostile one on loopback."""

from __future__ import annotations

import getpass
import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import nbformat
import paramiko
import pytest
from fake_appliance import Cli, Faults, esa, served
from homes import home_of_its_own
from nbclient import NotebookClient

import pvo_kit as pvo
from pvo_kit import widgets
from pvo_kit.collect.known_hosts import fingerprint
from pvo_kit.collect.targets import holds_password
from pvo_kit.simulator import Pair, broken
from pvo_kit.simulator.gate import sma_address
from pvo_kit.simulator.playing import Desk, Typed
from pvo_kit.simulator.server import Server
from pvo_kit.widgets import LivePanel, OpenCase
from pvo_kit.widgets.collecting import EVERYTHING, MISSING, holds_key

KEY = paramiko.ECDSAKey.generate()
PASSWORD = "correct-horse-7-staple"  # noqa: S105 - a made one


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A home of its own, no agent, an empty keyring."""
    yield from home_of_its_own(tmp_path / "home", monkeypatch)


@pytest.fixture
def pair() -> Pair:
    return broken(1)


@pytest.fixture
def server(pair: Pair) -> Iterator[Server]:
    with Server(pair, keys=[KEY]) as running:
        yield running


@pytest.fixture
def key(tmp_path: Path) -> Path:
    path = tmp_path / "id_test"
    KEY.write_private_key_file(str(path))
    return path


@pytest.fixture
def known(tmp_path: Path, server: Server) -> Path:
    path = tmp_path / "known"
    path.write_text("".join(f"[127.0.0.1]:{door.port} {door.key.get_name()} "
                            f"{door.key.get_base64()}\n" for door in server.doors))  # fmt: skip
    return path


Maker = Callable[..., LivePanel]


@pytest.fixture
def panel(tmp_path: Path, server: Server, pair: Pair, key: Path, known: Path) -> Maker:
    """Make a panel whose fields name the simulated pair."""

    def make(case: OpenCase | None = None) -> LivePanel:
        made = widgets.live_panel(case or OpenCase(keep=tmp_path / "cases"))
        for door in server.doors:
            field = made.sma if pair.appliances[door.host].role == "sma" else made.esa
            field.value = f"admin@127.0.0.1:{door.port}"
        made.known_hosts.value, made.key.value = str(known), str(key)
        made.address.value, made.probe.value = sma_address(pair), True
        return made

    return make


def click_run(made: LivePanel) -> None:
    """Press Run and wait for its thread."""
    made.go.click()
    if made.thread:
        made.thread.join(60)
        assert not made.thread.is_alive()
    assert made.error is None


def set_password(pair: Pair) -> None:
    for box in pair.appliances.values():
        box.users["admin"] = replace(box.users["admin"], passphrase=PASSWORD)


def status(case: OpenCase, scenario: int) -> str:
    return case.diagnosis.finding(scenario).status


# From the boxes to a verdict, and to one that is mended


def test_run_takes_both_boxes_into_a_new_case_and_every_panel_follows(
    panel: Maker, tmp_path: Path
) -> None:
    made = panel()
    case = made.case
    picker = widgets.case_picker(case)
    assert made.where.disabled
    click_run(made)
    assert case.source == tmp_path / "cases" / "live-127.0.0.1"
    assert status(case, 1) == "fail"
    assert "Scenario 1: The SMA is offline" in picker.found.value
    assert "All was captured" in made.message.value
    assert "ESA 127.0.0.1:" in made.shown.value
    assert "SMA 127.0.0.1:" in made.shown.value
    assert made.bar.layout.display == "none"
    assert not made.go.disabled
    assert made.halt.disabled
    assert (case.source / "collected" / "manifest.json").is_file()


def test_a_second_run_after_the_remedy_shows_it_resolved(panel: Maker, pair: Pair) -> None:
    made = panel()
    click_run(made)
    assert made.where.value == "add"
    remedy = made.case.diagnosis.finding(1).remedy
    assert remedy
    Desk(pair, {}).play([Typed(f"{pair.sma.host}> ", "status"), *remedy.steps])
    click_run(made)
    assert status(made.case, 1) == "resolved"
    assert "Scenario 1: FAIL before, now resolved." in made.message.value
    compared = pvo.compare(made.case.begun, made.case.diagnosis)
    assert [change.finding.scenario for change in compared.of("went")] == [1]


def test_a_case_of_ones_own_is_added_to_and_a_bundled_one_is_left_alone(
    panel: Maker, tmp_path: Path
) -> None:
    own = tmp_path / "ticket"
    own.mkdir()
    (own / "sma.txt").write_text("sma.example.com> whoami\n", encoding="utf-8")
    case = OpenCase(own, keep=tmp_path / "cases")
    made = panel(case)
    assert made.where.value == "add"
    click_run(made)
    assert case.source == own
    assert (own / "collected").is_dir()
    bundled = widgets.live_panel(OpenCase("technote", keep=tmp_path / "cases"))
    assert bundled.where.value == "new"


def test_a_case_that_was_opened_meanwhile_stays_open(panel: Maker, tmp_path: Path) -> None:
    made = panel()
    case = made.case
    collected = made._collect

    def slowly(*about: object) -> None:
        collected(*about)  # type: ignore[arg-type]
        case.open("technote")

    made._collect = slowly  # type: ignore[method-assign]
    click_run(made)
    assert case.source == pvo.example("technote")
    assert "Another case was opened meanwhile" in made.message.value
    assert "live-127.0.0.1" in made.message.value


# The plan


def test_the_plan_tells_what_would_be_sent_and_connects_to_nothing(
    panel: Maker, monkeypatch: pytest.MonkeyPatch
) -> None:
    def connected(*_: object, **__: object) -> None:
        raise AssertionError("a plan connected")

    monkeypatch.setattr("socket.create_connection", connected)
    made = panel()
    made.plan.click()
    assert made.error is None
    assert "nothing was sent" in made.message.value
    assert "tlsverify / the.cpq.host / 198.51.100.17:7025" in made.shown.value
    assert "as admin" in repr(made)
    assert not made.case.keep.exists()


def test_a_scenario_and_what_the_diagnosis_misses_ask_for_less(panel: Maker) -> None:
    made = panel()
    steps = {}
    for what in (EVERYTHING, MISSING, "1"):
        made.what.value = what
        steps[what] = made.order().steps
    assert steps["1"] < steps[EVERYTHING]
    made.what.value = MISSING
    made.plan.click()
    assert "look yourself" in made.shown.value


def test_neither_the_panel_nor_its_plan_loads_an_ssh_library(home: Path) -> None:
    code = (
        "import sys, pvo_kit.widgets as w\n"
        "panel = w.live_panel(w.case())\n"
        "panel.esa.value = 'esa1.example.com'\n"
        "panel.plan.click()\n"
        "assert 'esa1.example.com' in panel.shown.value\n"
        "assert not {'paramiko', 'keyring', 'scp'} & set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=home, env=dict(os.environ))  # noqa: S603


# What is refused


@pytest.mark.parametrize(
    ("field", "text", "told"),
    [
        ("esa", "", "No appliance was named"),
        ("esa", "esa1.example.com esa1.example.com", "named twice"),
        ("esa", "-oProxyCommand=x", "ESA"),
        ("known_hosts", "/nowhere/known", "there is no such file"),
        ("port", "70000", "port"),
    ],
    ids=["nobody", "twice", "an option", "known hosts", "port"],
)
def test_a_field_that_is_no_good_is_told_in_the_panels_words(
    tmp_path: Path, field: str, text: str, told: str
) -> None:
    made = widgets.live_panel(OpenCase(keep=tmp_path))
    made.esa.value = "esa1.example.com"
    getattr(made, field).value = text
    for button in (made.plan, made.go):
        button.click()
        assert made.error is None
        assert told in made.message.value
        assert "--" not in made.message.value
    assert made.thread is None
    assert not made.go.disabled


@pytest.mark.parametrize(
    ("field", "text"),
    [("esa", f"admin:{PASSWORD}@esa1.example.com"), ("key", f"BEGIN PRIVATE KEY {PASSWORD}")],
    ids=["a password", "a key"],
)
def test_a_secret_in_a_field_is_taken_out_and_not_repeated(
    tmp_path: Path, field: str, text: str
) -> None:
    made = widgets.live_panel(OpenCase(keep=tmp_path))
    getattr(made, field).value = text
    made.plan.click()
    assert getattr(made, field).value == ""
    assert "was emptied" in made.message.value
    assert PASSWORD not in made.message.value + repr(made)


def test_names_and_paths_are_no_secrets() -> None:
    for text in ("admin@esa1.example.com:22", "[2001:db8::1]:22", "esa1:22 admin@esa2"):
        assert not holds_password(text)
    assert not holds_key("C:\\Private\\key@1")


def test_a_missing_extra_is_told_with_the_way_out(
    panel: Maker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "scp", None)
    made = panel()
    click_run(made)
    assert "pip install &#x27;pvo_kit[collect]&#x27;" in made.message.value or (
        "pip install &#39;pvo_kit[collect]&#39;" in made.message.value
    )


def test_a_wrong_key_is_told_and_nothing_else_is_tried(panel: Maker, tmp_path: Path) -> None:
    other = tmp_path / "other"
    paramiko.ECDSAKey.generate().write_private_key_file(str(other))
    made = panel()
    made.key.value = str(other)
    click_run(made)
    assert "Nothing was captured" in made.message.value
    assert "was refused" in made.shown.value
    assert "Not tried again" in made.shown.value
    assert made.case.source is None


def test_an_unknown_host_key_is_refused_with_its_fingerprint_and_the_line_to_add(
    panel: Maker, known: Path, server: Server
) -> None:
    known.write_text("", encoding="ascii")
    made = panel()
    click_run(made)
    for door in server.doors:
        assert fingerprint(door.key) in made.shown.value
        assert f"[127.0.0.1]:{door.port} {door.key.get_name()}" in made.shown.value
    assert str(known) in made.shown.value
    assert "pvo-kit collect --accept-new in a terminal" in made.shown.value


def test_one_box_that_is_down_costs_nothing_of_the_others_output(panel: Maker) -> None:
    made = panel()
    made.sma.value = "127.0.0.1:1"
    made.esa.value = made.esa.value
    click_run(made)
    assert "A part was captured" in made.message.value
    assert "cannot be reached" in made.shown.value
    assert {box.role for box in made.case.diagnosis.appliances} == {"esa"}
    assert made.case.evidence.transcripts


def test_a_click_that_would_need_a_password_says_where_it_is_asked_for(panel: Maker) -> None:
    made = panel()
    made.key.value = ""
    click_run(made)
    assert "Password of admin@127.0.0.1 is needed" in made.message.value
    assert "widgets.collect_here(opened)" in made.message.value
    assert not made.go.disabled


def test_a_mistake_in_the_thread_is_shown_and_the_buttons_come_back(
    panel: Maker, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(*_: object) -> None:
        raise RuntimeError("a <b>mistake</b>")

    monkeypatch.setattr("pvo_kit.widgets.live.run.collect", breaks)
    made = panel()
    made.go.click()
    assert made.thread
    made.thread.join(60)
    assert isinstance(made.error, RuntimeError)
    assert "a &lt;b&gt;mistake&lt;/b&gt;" in made.message.value
    assert not made.go.disabled


# Stop, and a page that goes on


def test_stop_ends_the_sessions_and_keeps_what_was_captured(
    panel: Maker, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = panel()
    reached, go_on = threading.Event(), threading.Event()
    progress = made._progress

    def held(target: object, step: str) -> None:
        progress(target, step)  # type: ignore[arg-type]
        if step == "interfaceconfig":
            reached.set()
            assert go_on.wait(30)

    monkeypatch.setattr(made, "_progress", held)
    made.go.click()
    assert reached.wait(30)
    assert not made.halt.disabled
    assert made.go.disabled
    made.go.click()
    assert "A collection is running" in made.message.value
    made.halt.click()
    go_on.set()
    assert made.thread
    made.thread.join(60)
    assert made.error is None
    assert "A part was captured" in made.message.value
    assert "stopped" in made.shown.value
    sent = {cut.verb for cut in made.case.evidence.transcripts}
    assert "version" in sent
    assert "tlsverify" not in sent


def test_progress_moves_while_it_runs(panel: Maker, monkeypatch: pytest.MonkeyPatch) -> None:
    made = panel()
    seen: list[tuple[int, int, str]] = []
    progress = made._progress

    def noted(target: object, step: str) -> None:
        progress(target, step)  # type: ignore[arg-type]
        seen.append((made.bar.value, made.bar.max, made.bar.description))

    monkeypatch.setattr(made, "_progress", noted)
    click_run(made)
    assert max(value for value, _, _ in seen) == seen[0][1] == made.order().steps
    assert any("tlsverify" in told for _, _, told in seen)


# What an appliance says is text


def test_a_hostile_banner_is_text(tmp_path: Path) -> None:
    hostile = "<img src=x onerror=alert(1)> {{7*7}} \x1b[31m<script>alert(2)</script>"
    host_key = paramiko.ECDSAKey.generate()
    path = tmp_path / "id_test"
    KEY.write_private_key_file(str(path))
    faults = Faults(keys=frozenset({KEY.get_base64()}))
    banner = f"{hostile}\r\nlicence agreement {hostile}\r\n"
    made = widgets.live_panel(OpenCase(keep=tmp_path / "cases"))
    with served(lambda: Cli(esa(), banner=banner), host_key, faults) as box:
        known = tmp_path / "known"
        known.write_text(f"[127.0.0.1]:{box.port} {host_key.get_name()} {host_key.get_base64()}\n")
        made.esa.value = f"admin@127.0.0.1:{box.port}"
        made.known_hosts.value, made.key.value = str(known), str(path)
        made.tell(hostile)
        assert "&lt;img src=x" in made.shown.value
        click_run(made)
    browser = widgets.evidence_browser(made.case)
    for html in (made.shown.value, made.message.value, made._repr_html_(), browser.lines.value):
        assert "<img" not in html
        assert "<script" not in html
        assert "\x1b" not in html
    assert "&lt;img src=x onerror=alert(1)&gt;" in browser.lines.value


# A login with a password, in a cell


def test_collect_here_asks_in_the_cell_and_keeps_no_secret(
    panel: Maker, pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []
    set_password(pair)

    def answer(question: str) -> str:
        asked.append(question)
        return PASSWORD

    monkeypatch.setattr(getpass, "getpass", answer)
    made = panel()
    made.key.value = ""
    assert widgets.collect_here(made.case) is made
    assert made.error is None
    assert asked == ["Password of admin@127.0.0.1: "] * 2
    assert status(made.case, 1) == "fail"
    assert made.case.source
    written = b"".join(path.read_bytes() for path in made.case.source.rglob("*") if path.is_file())
    assert PASSWORD.encode() not in written
    assert PASSWORD not in json.dumps(made.widget.get_state(), default=str) + repr(made)


def test_where_nobody_can_be_asked_the_cell_says_so(
    panel: Maker, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nobody(_: str) -> str:
        raise NotImplementedError

    monkeypatch.setattr(getpass, "getpass", nobody)
    made = panel()
    made.key.value = ""
    widgets.collect_here(made.case)
    assert made.error is None
    assert "nobody can be asked here" in made.message.value


SAVED = """\
import getpass, os, sys
{how}
from pvo_kit import widgets
opened = widgets.case(keep="cases")
panel = widgets.live_panel(opened)
panel.esa.value, panel.sma.value = {esa!r}, {sma!r}
panel.known_hosts.value, panel.key.value = {known!r}, {key!r}
widgets.collect_here(opened)
"""


@pytest.mark.parametrize("how", ["password", "key", "wrong password"])
def test_a_notebook_saved_after_a_login_holds_no_secret(
    how: str, tmp_path: Path, server: Server, pair: Pair, known: Path, key: Path
) -> None:
    set_password(pair)
    typed = f"{PASSWORD}-wrong" if how.startswith("wrong") else PASSWORD
    (tmp_path / "typed").write_text(typed, encoding="utf-8")
    esa, sma = (f"admin@127.0.0.1:{server.door(box.host).port}" for box in (pair.esa, pair.sma))
    answers = "getpass.getpass = lambda question: open('typed').read()"
    source = SAVED.format(
        how="" if how == "key" else answers, esa=esa, sma=sma, known=str(known),
        key=str(key) if how == "key" else "",
    )  # fmt: skip
    cells = [nbformat.v4.new_code_cell(source), nbformat.v4.new_code_cell("print(opened.source)")]
    book = nbformat.v4.new_notebook(cells=cells)
    client = NotebookClient(book, timeout=300, resources={"metadata": {"path": str(tmp_path)}})
    client.extra_arguments = ["--IPKernelApp.log_level=40"]
    client.execute()
    saved = tmp_path / "saved.ipynb"
    nbformat.write(book, saved)
    text = saved.read_text(encoding="utf-8")
    state = book.metadata["widgets"]["application/vnd.jupyter.widget-state+json"]["state"]
    assert esa in json.dumps(state), "the state of the fields is in it"
    captured = "live-127.0.0.1" in book.cells[1].outputs[0]["text"]
    assert captured is not how.startswith("wrong")
    lines = key.read_text(encoding="ascii").splitlines()
    for secret in (PASSWORD, "PRIVATE KEY", *lines):
        assert secret not in text
    folder = tmp_path / "cases"
    for path in filter(Path.is_file, folder.rglob("*")):
        assert PASSWORD not in path.read_text(encoding="utf-8", errors="replace")
