"""The notebooks in a real browser, as ``pvo-kit lab`` opens them."""

from __future__ import annotations

from playwright.sync_api import expect


def test_the_first_notebook_opens_on_the_case_and_shows_its_verdict(lab, opened):
    page = opened(lab, "00_start_here").run_all()
    expect(page.box).to_contain_text("TLS fails because an anonymous cipher is negotiated")
