"""Executed notebooks as pages: whole without a kernel, without a script, without another host."""

from __future__ import annotations

import re

import nbformat
import pytest

from pvo_kit import gallery, resources

POLICY = "default-src 'none'; img-src data:; font-src data:; style-src 'unsafe-inline'"


def notebook(*cells):
    return nbformat.v4.new_notebook(cells=list(cells), metadata={"title": "00_start_here"})


def panel(html):
    """A cell that showed a panel: a widget, and beside it the form that needs no kernel."""
    view = {"application/vnd.jupyter.widget-view+json": {"model_id": "a1"}, "text/html": html}
    shown = nbformat.v4.new_output("display_data", data={**view, "text/plain": "plain"})
    return nbformat.v4.new_code_cell("panel", outputs=[shown])


def test_a_panel_shows_the_form_that_needs_no_kernel():
    book = notebook(panel("<p>what the panel says</p>"))
    book.metadata["widgets"] = {"application/vnd.jupyter.widget-state+json": {"state": {"a1": {}}}}
    page = gallery.to_page(book)
    assert "<p>what the panel says</p>" in page
    assert "widget-state" not in page


def test_a_page_runs_no_script_and_asks_no_host():
    page = gallery.to_page(notebook(panel("x"), nbformat.v4.new_markdown_cell("# T\n\n$x$")))
    assert POLICY in page
    assert not re.search(r"<script|<link|<iframe", page)
    assert not re.search(r"""(?:src|href)=["']?(?!data:|#)\S*//""", page)
    assert not re.search(r"url\((?!['\"]?(?:data:|#))[^)]*//", page)


def test_links_lead_to_the_pages_of_the_other_notebooks():
    page = gallery.to_page(
        notebook(nbformat.v4.new_markdown_cell("[4](04_tls_no_certificate.ipynb)"))
    )
    assert 'href="04_tls_no_certificate.html"' in page
    assert ".ipynb" not in page


def test_a_notebook_is_built_on_the_case_that_is_asked_for(tmp_path, capsys):
    folder = tmp_path / "gallery"
    gallery.main([str(folder), "--only", "00_start_here", "--case", "healthy"])
    (page,) = folder.iterdir()
    assert capsys.readouterr().out == f"{page}\n"
    text = page.read_text(encoding="utf-8")
    assert "<title>00_start_here</title>" in text
    assert "No cause is left" in text
    assert "The order of setting up" in text


def test_the_installed_notebooks_stay_as_they_are(tmp_path):
    before = {path: path.read_bytes() for path in resources.notebooks().iterdir() if path.is_file()}
    gallery.build(tmp_path, ["00_start_here"])
    assert {path: path.read_bytes() for path in before} == before


def test_an_unknown_notebook_is_a_usage_error(tmp_path, capsys):
    with pytest.raises(SystemExit) as stopped:
        gallery.main([str(tmp_path), "--only", "99_none"])
    assert stopped.value.code == 2
    assert "00_start_here" in capsys.readouterr().err
