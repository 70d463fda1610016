"""The notebooks in a real browser, as ``pvo-kit lab`` opens them and as others would."""

from __future__ import annotations

import re
import zipfile

import hostile
import pytest
from playwright.sync_api import expect

import pvo_kit as pvo
from pvo_kit import resources

INK = 300
"""Dark pixels that a chart has at least; a lost one has none."""

NAMES = [path.stem for path in sorted(resources.notebooks().glob("*.ipynb"))]


def write(page, field: str, text: str) -> None:
    """Type into a line and press Enter."""
    page.find(f"{field} input").fill(text)
    page.box.locator(f"{field} input").press("Enter")


def choose(page, field: str, words: str) -> None:
    """Choose the first entry of a list that holds these words."""
    menu = page.find(f"{field} select")
    expect(menu).to_contain_text(words)
    entries = [" ".join(entry.split()) for entry in menu.locator("option").all_text_contents()]
    menu.select_option(index=next(n for n, entry in enumerate(entries) if words in entry))


# 00_start_here


def test_the_first_notebook_opens_cases_and_tells_what_cannot_be_used(lab, opened, tmp_path):
    page = opened(lab, "00_start_here", "technote").run_all()
    found = page.box.locator(".pvo-case-found")
    told = page.box.locator(".pvo-case-picker-message")
    expect(found).to_contain_text("2 causes are shown: fix scenario 3 first, then 4.")
    write(page, ".pvo-case-folder", str(tmp_path / "nowhere"))
    page.find(".pvo-case-load").click()
    expect(told).to_contain_text("nowhere")
    page.find(".pvo-case-paste-load").click()
    expect(told).to_contain_text("empty")
    page.find(".pvo-case-paste textarea").fill("Dear support, the button is grey. Please help.")
    page.find(".pvo-case-paste-load").click()
    expect(told).to_contain_text("Nothing in it can be used")
    expect(told).to_contain_text("What is needed")
    expect(found).to_contain_text("2 causes are shown")
    write(page, ".pvo-case-folder", str(pvo.example("sma-offline")))
    page.find(".pvo-case-load").click()
    expect(found).to_contain_text("sma-offline: Scenario 1: The SMA is offline")
    expect(page.find(".pvo-evidence-lines")).to_contain_text("System status:")


def test_a_paste_and_an_upload_become_cases(lab, opened, tmp_path):
    page = opened(lab, "00_start_here", "too-little").run_all()
    found = page.box.locator(".pvo-case-found")
    session = (pvo.example("listener-suspended") / "sma-putty.log").read_text(encoding="utf-8")
    page.find(".pvo-case-paste textarea").fill(session)
    page.find(".pvo-case-paste-load").click()
    expect(found).to_contain_text("Scenario 1: The SMA is offline or its quarantine listener")
    archive = tmp_path / "case.zip"
    with zipfile.ZipFile(archive, "w") as packed:
        for file in pvo.example("tls-no-certificate").rglob("*"):
            if file.is_file():
                packed.write(file, file.relative_to(pvo.example("tls-no-certificate")))
    with page.page.expect_file_chooser() as chooser:
        page.find(".pvo-case-upload").click()
    chooser.value.set_files(archive)
    expect(page.box.locator(".pvo-case-upload")).to_contain_text("(1)")
    page.find(".pvo-case-upload-load").click()
    expect(found).to_contain_text("Scenario 4: TLS fails because an anonymous cipher")


def log_of(path, megabytes: int):
    """Write a mail log of this size in which TLS to the quarantine fails at the end."""
    line = "Tue Sep  6 09:00:00 2016 Info: MID 1 ICID 1 From: <a@example.com>, to fill the log\n"
    end = (
        "Tue Sep  6 10:02:19 2016 Info: New SMTP DCID 7 interface 192.0.2.25 "
        "address 192.0.2.10 port 7025\n"
        "Tue Sep  6 10:02:19 2016 Info: DCID 7 TLS failed: verify error: no certificate from server"
        "\n"
    )
    path.write_text(line * (megabytes * 1_000_000 // len(line)) + end, encoding="utf-8")
    return path


def send(page, path) -> None:
    """Choose a file, and take it in once the browser has it."""
    with page.page.expect_file_chooser() as chooser:
        page.find(".pvo-case-upload").click()
    chooser.value.set_files(path)
    expect(page.box.locator(".pvo-case-upload")).to_contain_text("(1)")
    page.find(".pvo-case-upload-load").click()


def test_an_upload_of_30_megabytes_arrives(lab, opened, tmp_path):
    page = opened(lab, "00_start_here", "too-little").run_all()
    send(page, log_of(tmp_path / "mail.current", 30))
    found = page.box.locator(".pvo-case-found")
    expect(found).to_contain_text("Scenario 4: TLS fails because an anonymous cipher")
    expect(found).to_contain_text("open the notebook 04_tls_no_certificate")
    expect(found).to_contain_text("case = 'cases/case-")


def test_an_upload_that_jupyterlab_itself_refuses_is_answered(plain_lab, opened, tmp_path):
    page = opened(plain_lab, "00_start_here", "too-little").run_all()
    send(page, log_of(tmp_path / "mail.current", 12))
    expect(page.box.locator(".pvo-case-picker-message")).to_contain_text("No file has arrived")
    expect(page.box.locator(".pvo-case-picker-message")).to_contain_text("type its path above")


def test_an_observation_goes_into_a_copy_and_choices_outlive_a_run(lab, opened):
    page = opened(lab, "00_start_here", "technote").run_all()
    expect(page.box.locator(".pvo-case-found")).to_contain_text("a person must look")
    page.find(".pvo-evidence-cited input").check()
    lines = page.box.locator(".pvo-evidence-lines")
    expect(lines).not_to_contain_text("Checking TLS connection.")
    write(page, ".pvo-observe-host", "sma.example.com")
    choose(page, ".pvo-observe-what", "whether changes wait")
    write(page, ".pvo-observe-value", "yes")
    page.find(".pvo-observe-save").click()
    told = page.box.locator(".pvo-observation-form-message")
    expect(told).to_contain_text("observations.toml")
    expect(told).to_contain_text("Scenario 2: look before, now FAIL.")
    kept = list(lab.folder.glob("*-technote/cases/technote-*/observations.toml"))
    assert any('value = "yes"' in path.read_text(encoding="utf-8") for path in kept)
    assert not (pvo.example("technote") / "observations.toml").exists()
    page.run_all()
    expect(page.find(".pvo-evidence-cited input")).to_be_checked()
    expect(lines).not_to_contain_text("Checking TLS connection.")
    expect(page.box.locator(".pvo-case-found")).to_contain_text("3 causes are shown")


# 03_delivery_interface


def test_another_interface_is_tried_and_nothing_counts_as_evidence(lab, opened):
    page = opened(lab, "03_delivery_interface", "delivery-interface").run_all()
    assert page.ink(".jp-OutputArea") > INK
    choose(page, ".pvo-whatif-interface", "Auto")
    answer = page.find(".pvo-whatif-answer")
    expect(answer).to_contain_text("What if: not evidence, nothing was changed.")
    expect(answer).to_contain_text("What if esa.example.com delivered from Auto by default?")
    expect(page.box.locator(".pvo-walk-step-4")).to_contain_text("failing")


# 04_tls_no_certificate


def test_scenario_4_is_walked_from_the_question_to_the_remedy(lab, opened):
    page = opened(lab, "04_tls_no_certificate", "tls-no-certificate").run_all()
    assert page.ink(".pvo-log-chart") > INK
    shown = page.find(".pvo-walk-shown")
    expect(shown).to_contain_text("Is this why [Enable...] is grey")
    page.find(".pvo-walk-next").click()
    expect(shown).to_contain_text("verify error: no certificate from server")
    page.find(".pvo-walk-step-3").click()
    expect(shown).to_contain_text("tlsverify")
    page.find(".pvo-walk-step-4").click()
    expect(shown).to_contain_text("an anonymous suite is negotiated")
    page.find(".pvo-walk-step-5").click()
    steps = page.find(".pvo-remedy-step input")
    steps.first.check()
    expect(page.find(".pvo-remedy-card-message")).to_contain_text("1 of 8 steps done.")
    page.find(".pvo-remedy-dialogue summary").click()
    page.find(".pvo-remedy-dialogue .pvo-copy").click()
    expect(page.find(".pvo-remedy-dialogue .pvo-told")).to_contain_text(
        re.compile("Copied|Selected")
    )
    with page.page.expect_download() as kept:
        page.find(".pvo-remedy-dialogue .pvo-download").click()
    text = kept.value.path().read_text(encoding="utf-8")
    assert "mx.example.com> sslconfig" in text
    page.find(".pvo-walk-step-6").click()
    expect(shown).to_contain_text("tlsverify: domain the.cpq.host")
    page.find(".pvo-walk-step-7").click()
    expect(shown).to_contain_text("RC4-SHA:RC4-MD5:ALL")
    edit_ciphers(page)


def edit_ciphers(page) -> None:
    answer = page.find(".pvo-whatif-answer")
    write(page, ".pvo-whatif-cipher", "HIGH:!aNULL")
    expect(answer).to_contain_text("had the outbound cipher string HIGH:!aNULL?")
    expect(answer).to_contain_text("What if: not evidence, nothing was changed.")
    cleared = answer.inner_text()
    write(page, ".pvo-whatif-cipher", "HIGH:ALL")
    expect(answer).to_contain_text("had the outbound cipher string HIGH:ALL?")
    assert answer.inner_text().replace("HIGH:ALL", "HIGH:!aNULL") != cleared


# 10_mail_log_timelines


def test_a_time_range_chooses_what_the_chart_draws(lab, opened):
    page = opened(lab, "10_mail_log_timelines", "resolved").run_all()
    count = page.find(".pvo-log-count")
    expect(count).to_contain_text("4 connections of 4 chosen; TLS failed on 3.")
    assert page.ink(".pvo-log-chart") > INK
    picture = page.box.locator(".pvo-log-chart img")
    before = picture.get_attribute("src")
    first = page.box.locator(".pvo-log-rows td").first.inner_text()
    write(page, ".pvo-log-to", first)
    expect(count).to_contain_text("1 connection of 4 chosen")
    expect(picture).not_to_have_attribute("src", before or "")
    assert page.ink(".pvo-log-chart") > INK
    write(page, ".pvo-log-to", "yesterday")
    expect(page.find(".pvo-log-filter-message")).to_contain_text("yesterday is no time")
    write(page, ".pvo-log-to", "")
    page.find(".pvo-log-outcome select").select_option("tls-failed")
    expect(count).to_contain_text("3 connections of 4 chosen")
    for kind in ("TLS failures over time", "cipher suites", "each connection in time"):
        drawn = picture.get_attribute("src") or ""
        page.find(".pvo-log-kind select").select_option(kind)
        expect(picture).not_to_have_attribute("src", drawn)
        assert page.ink(".pvo-log-chart") > INK, kind


# The fleet


def test_cases_of_a_batch_are_chosen_and_their_reports_open(lab, opened):
    page = opened(lab, "20_batch_archive", "technote").run_all()
    count = page.find(".pvo-fleet-count")
    expect(count).to_contain_text("17 cases of 17 chosen")
    choose(page, ".pvo-fleet-scenario", "4 TLS fails")
    choose(page, ".pvo-fleet-status", "this cause is shown")
    expect(count).to_contain_text("4 cases of 17 chosen")
    write(page, ".pvo-fleet-words", "technote")
    expect(count).to_contain_text("1 case of 17 chosen")
    choose(page, ".pvo-fleet-case", "technote")
    expect(page.find(".pvo-fleet-verdicts")).to_contain_text("ADH-CAMELLIA256-SHA")
    with page.page.expect_popup() as popup:
        page.find(".pvo-fleet-rows a", has_text="report").click()
    report = popup.value.frame_locator("iframe")
    expect(report.locator("body")).to_contain_text("technote")
    popup.value.close()


# JupyterLab as it is


def test_charts_hold_ink_under_jupyterlabs_own_settings(plain_lab, opened):
    page = opened(plain_lab, "10_mail_log_timelines", "tls-no-certificate").run_all()
    picture = page.find(".pvo-log-chart img")
    for round_ in range(4):
        for kind in ("cipher suites", "each connection in time"):
            drawn = picture.get_attribute("src") or ""
            page.find(".pvo-log-kind select").select_option(kind)
            expect(picture).not_to_have_attribute("src", drawn)
            assert page.ink(".pvo-log-chart") > INK, (round_, kind)


def test_the_walk_works_under_jupyterlabs_own_settings(plain_lab, opened):
    page = opened(plain_lab, "04_tls_no_certificate").run_all()
    assert page.ink(".pvo-log-chart") > INK
    page.find(".pvo-walk-step-5").click()
    expect(page.find(".pvo-remedy-step").first).to_contain_text("sslconfig")
    edit_ciphers(page)


# Every notebook


@pytest.mark.parametrize("name", NAMES)
def test_every_notebook_shows_itself_on_its_own_case(name, lab, opened):
    page = opened(lab, name, own_case(name), height=1900).run_all()
    page.settle()
    if "widgets.walkthrough" in source(name):
        page.find(".pvo-walk-step-4").click()
        expect(page.box.locator(".pvo-walk-shown")).to_contain_text("FAIL (this cause is shown)")
    if re.search("show_figure|log_filter", source(name)):
        assert page.ink(".jp-OutputArea") > INK
    assert page.page.evaluate(CLIPPED) == []
    assert page.page.evaluate(ASKEW) == []
    page.top()
    page.picture(name)


CLIPPED = """() => [...document.querySelectorAll(
        '.widget-label, .pvo-panel button, .jp-OutputArea .pvo-table')]
    .filter(each => each.offsetParent)
    .filter(each => each.closest('div').scrollWidth > each.closest('div').clientWidth + 1
                    || (!each.matches('table') && each.scrollWidth > each.clientWidth + 1))
    .map(each => each.textContent.slice(0, 60))"""
"""Labels, buttons and tables that do not fit into their place."""

ASKEW = """() => [...document.querySelectorAll('.pvo-table th, .pvo-table td, .pvo-panel td')]
    .filter(each => getComputedStyle(each).textAlign !== 'left')
    .map(each => each.textContent.slice(0, 60))"""
"""Cells of tables that are not set to the left."""


def source(name: str) -> str:
    return (resources.notebooks() / f"{name}.ipynb").read_text(encoding="utf-8")


def own_case(name: str) -> str:
    return re.search(r'case = \\"([\w-]+)\\"', source(name))[1]


# A case that tries to be more than text


@pytest.mark.parametrize(
    "name",
    ["00_start_here", "04_tls_no_certificate", "10_mail_log_timelines", "30_case_study"],
)
def test_a_hostile_case_stays_text(name, lab, opened, tmp_path):
    page = opened(lab, name, hostile.write(tmp_path / "<i>case</i> {{7*7}}"), height=7000).run_all()
    page.settle()
    for step in range(1, 8 if name.startswith("04") else 1):
        page.find(f".pvo-walk-step-{step}").click()
        expect(page.box.locator(f".pvo-walk-step-{step}.pvo-here")).to_have_count(1)
    shown = page.box.inner_text()
    assert hostile.HTML in shown
    if name != "10_mail_log_timelines":
        assert hostile.SCRIPT in shown
        assert "{{7*7}}" in shown
        assert "**bold**" in shown
    assert page.page.evaluate("window.pvoRan") is None
    expect(page.box.locator("img[src='x'], a[href^='javascript'], mjx-container")).to_have_count(0)
    expect(page.box.locator(".jp-OutputArea i:has-text('case')")).to_have_count(0)
