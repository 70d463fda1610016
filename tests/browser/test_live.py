"""The live panel in a real browser, against a simulated pair on loopback: from Run to a fix."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import nbformat
import paramiko
import pytest
from playwright.sync_api import expect
from test_browser import INK, write

import pvo_kit as pvo
from pvo_kit.simulator import Pair, broken
from pvo_kit.simulator.gate import sma_address
from pvo_kit.simulator.playing import Desk, Typed
from pvo_kit.simulator.server import Server

KEY = paramiko.ECDSAKey.generate()
PASSWORD = "correct-horse-7-staple"  # noqa: S105 - a made one


@pytest.fixture
def key(tmp_path) -> Path:
    path = tmp_path / "id_test"
    KEY.write_private_key_file(str(path))
    return path


def fill(page, pair: Pair, server: Server, known: Path, key: Path | None) -> None:
    """Fill in the panel's fields as a person does."""
    known.write_text("".join(f"[127.0.0.1]:{door.port} {door.key.get_name()} "
                             f"{door.key.get_base64()}\n" for door in server.doors))  # fmt: skip
    write(page, ".pvo-live-esa", f"admin@127.0.0.1:{server.door(pair.esa.host).port}")
    write(page, ".pvo-live-sma", f"admin@127.0.0.1:{server.door(pair.sma.host).port}")
    write(page, ".pvo-live-known-hosts", str(known))
    if key:
        write(page, ".pvo-live-key", str(key))
    page.find(".pvo-live-probe input").check()
    write(page, ".pvo-live-address", sma_address(pair))


def mend(pair: Pair, folder: Path) -> None:
    """Type the remedy that the diagnosis of the collected folder prints."""
    remedy = pvo.diagnose(pvo.load(folder)).finding(1).remedy
    assert remedy
    Desk(pair, {}).play([Typed(f"{pair.sma.host}> ", "status"), *remedy.steps])


def run_cell(page, words: str) -> None:
    """Run the cell that holds these words, and wait for its end."""
    number = page.page.evaluate(
        "words => window.jupyterapp.shell.currentWidget.content.widgets.findIndex("
        "cell => cell.model.type === 'code' && cell.model.sharedModel.source.includes(words))",
        words,
    )
    start_cell(page, number)
    page.page.wait_for_function(
        "() => window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.status"
        " === 'idle'"
    )


def start_cell(page, number: int) -> None:
    page.page.evaluate(
        "number => { const book = window.jupyterapp.shell.currentWidget.content;"
        "book.activeCellIndex = number; book.deselectAll();"
        "void window.jupyterapp.commands.execute('notebook:run-cell'); }",
        number,
    )


def test_from_live_collection_to_a_verified_fix(lab, opened, tmp_path, key):
    page = opened(lab, "00_start_here", "technote", height=3000).run_all()
    found = page.box.locator(".pvo-case-found")
    told = page.box.locator(".pvo-live-message")
    shown = page.box.locator(".pvo-live-shown")
    pair = broken(1)
    with Server(pair, keys=[KEY]) as server:
        fill(page, pair, server, tmp_path / "known", key)
        page.find(".pvo-live-plan").click()
        expect(shown).to_contain_text("tlsverify / the.cpq.host / 198.51.100.17:7025")
        expect(told).to_contain_text("nothing was sent")
        page.find(".pvo-live-run").click()
        expect(told).to_contain_text("All was captured")
        expect(found).to_contain_text("live-127.0.0.1: Scenario 1: The SMA is offline")
        expect(page.box.locator(".pvo-evidence-browser")).to_contain_text("sma.example.com")
        (folder,) = lab.folder.glob("*-technote/cases/live-127.0.0.1")
        page.find(".pvo-live-message")
        page.picture("live-panel")
        mend(pair, folder)
        page.find(".pvo-live-run").click()
        expect(told).to_contain_text("Scenario 1: FAIL before, now resolved.")
        expect(found).to_contain_text("resolved: it was so, no longer")
    run_cell(page, "pvo.compare")
    expect(page.find(".jp-OutputArea", has_text="went")).to_contain_text("resolved")
    assert not list(pvo.example("technote").rglob("collected"))


def test_the_page_goes_on_while_it_runs_and_no_chart_is_lost(plain_lab, opened, tmp_path, key):
    book(plain_lab, "live", "widgets.live_panel(opened)", "widgets.log_filter(opened)",
         "widgets.walkthrough(opened, 4)")  # fmt: skip
    page = opened(plain_lab, "live", height=3000).run_all()
    told = page.box.locator(".pvo-live-message")
    pair = broken(4)
    with Server(pair, keys=[KEY]) as server:
        fill(page, pair, server, tmp_path / "known", key)
        with server._lock:  # the boxes say nothing for a while
            page.find(".pvo-live-run").click()
            expect(page.box.locator(".pvo-live-progress")).to_be_visible()
            expect(page.box.locator(".pvo-live-stop")).to_be_enabled()
            expect(page.box.locator(".pvo-live-run")).to_be_disabled()
            page.find(".pvo-live-stop").click()
            # It may have stopped already.
            expect(told).to_contain_text(re.compile("Stopping|captured"))
        expect(page.box.locator(".pvo-live-run")).to_be_enabled()
        expect(page.box.locator(".pvo-live-shown")).to_contain_text("stopped")
        for round_ in range(3):
            page.find(".pvo-live-run").click()
            expect(told).to_contain_text("All was captured")
            expect(page.box.locator(".pvo-walk-step-4")).to_contain_text("failing")
            assert page.ink(".pvo-log-chart") > INK, round_
            write(page, ".pvo-live-port", "7025")
            page.find(".pvo-live-plan").click()
            expect(told).to_contain_text("nothing was sent")


def test_a_password_is_asked_for_in_a_cell_and_saved_nowhere(lab, opened, tmp_path):
    path = book(lab, "password", "widgets.live_panel(opened)", "widgets.collect_here(opened)")
    page = opened(lab, "password", height=3000)
    run_cell(page, "import")
    run_cell(page, "live_panel")
    pair = broken(1)
    for box in pair.appliances.values():
        box.users["admin"] = replace(box.users["admin"], passphrase=PASSWORD)
    told = page.box.locator(".pvo-live-message").first
    with Server(pair) as server:
        fill(page, pair, server, tmp_path / "known", None)
        page.find(".pvo-live-run").first.click()
        expect(told).to_contain_text("widgets.collect_here(opened)")
        start_cell(page, 2)
        for _ in pair.appliances:
            field = page.box.locator("input.jp-Stdin-input")
            expect(field).to_have_count(1)
            expect(field).to_have_attribute("type", "password")
            answered = field.element_handle()
            field.fill(PASSWORD)
            field.press("Enter")
            answered.wait_for_element_state("hidden")  # the next question's field looks alike
        expect(told).to_contain_text("All was captured")
    page.page.evaluate("window.jupyterapp.commands.execute('docmanager:save')")
    text = path.read_text(encoding="utf-8")
    assert "Password of admin@127.0.0.1" in text
    files = [each for each in lab.folder.rglob("*") if each.is_file()]
    assert any("password-cases" in str(each) for each in files)
    assert [each for each in files if PASSWORD.encode() in each.read_bytes()] == []


def book(lab, name: str, *cells: str) -> Path:
    """Write a notebook with these cells on a case of its own."""
    first = f"from pvo_kit import widgets\nopened = widgets.case(keep='{name}-cases')"
    made = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(source) for source in (first, *cells)]
    )
    made.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
    path = lab.folder / f"{name}.ipynb"
    nbformat.write(made, path)
    return path
