"""The table that notebooks show: read from left to right, whatever the style sheet around it."""

from __future__ import annotations

import re

import pytest

import pvo_kit as pvo
from pvo_kit import grid, tables
from pvo_kit.what_if import DeliverFrom


def evidence():
    return pvo.load(pvo.example("technote"))


def shown(name: str) -> str:
    given = evidence()
    diagnosis = pvo.diagnose(given)
    if name == "diagnosis":
        return diagnosis._repr_html_()
    if name == "comparison":
        return pvo.compare(diagnosis, diagnosis)._repr_html_()
    if name == "what if":
        return pvo.what_if(given, DeliverFrom("mx.example.com", "Auto"))._repr_html_()
    return tables.to_html(tables.statuses(given), "States")


@pytest.mark.parametrize("name", ["diagnosis", "comparison", "what if", "table"])
def test_every_cell_of_every_table_is_set_to_the_left_by_its_own_style(name):
    cells = re.findall(r"<(?:th|td|caption)\b[^>]*>", shown(name))
    assert cells
    assert [cell for cell in cells if 'style="text-align: left' not in cell] == []


@pytest.mark.parametrize("name", ["diagnosis", "comparison", "what if", "table"])
def test_no_cell_of_any_table_is_typeset_as_a_formula(name):
    assert '<table class="pvo-table tex2jax_ignore mathjax_ignore">' in shown(name)


def test_the_first_cell_heads_its_row():
    html = grid.table(("a", "b"), [("one", "two")], "of both")
    assert re.findall(r'<th scope="(\w+)"[^>]*>(\w+)', html) == [
        ("col", "a"), ("col", "b"), ("row", "one"),
    ]  # fmt: skip
    assert ">two</td>" in html
    assert ">of both</caption>" in html


def test_a_table_without_rows_is_its_caption_alone():
    assert grid.table(("a",), [], "nothing").count("<t") == 1
