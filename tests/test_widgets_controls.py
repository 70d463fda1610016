"""Controls: what is offered, what is kept, and that no text in them steers a page."""

from __future__ import annotations

from pvo_kit.widgets import controls
from pvo_kit.widgets.blocks import Paragraph

HOSTILE = "<b>\x1b[31m\u202e{{ 7*7 }}"


def test_an_entry_shows_safe_text_and_stands_for_the_raw_one() -> None:
    field = controls.choice("Appliance", "pvo-x")
    controls.offer(field, [HOSTILE], "all", "")
    assert field._options_labels == ("all", "<b>\\x1b[31m\\u202e{{ 7*7 }}")
    field.index = 1
    assert field.value == HOSTILE


def test_a_value_that_is_still_offered_stays_and_another_becomes_the_first() -> None:
    field = controls.choice("Appliance", "pvo-x")
    controls.offer(field, ["a", "b"], "all", "b")
    assert field.value == "b"
    controls.offer(field, ["a", "b", "c"], "all", field.value)
    assert field.value == "b"
    controls.offer(field, ["c"], "all", field.value)
    assert field.value == ""
    controls.offer(field, ["c"], "", "")
    assert field.value == "c"
    controls.offer(field, [], "", "c")
    assert field.value is None


def test_the_label_of_a_box_to_tick_is_plain_text() -> None:
    box = controls.tick(HOSTILE, "pvo-x")
    assert box.description == "<b>\\x1b[31m\\u202e{{ 7*7 }}"
    assert not box.description_allow_html


def test_a_page_shows_blocks_for_a_live_notebook() -> None:
    page = controls.page("pvo-x", [Paragraph("one")])
    assert page.value == "<p>one</p>"
    controls.show(page, [Paragraph("<b>")])
    assert page.value == "<p>&lt;b&gt;</p>"
    assert "pvo-x" in page._dom_classes
