"""What a live collection has brought, as blocks: each appliance, and everything that failed."""

from __future__ import annotations

from collections.abc import Iterator

from pvo_kit.collect.folder import Box
from pvo_kit.collect.run import Collection
from pvo_kit.report.labels import KINDS
from pvo_kit.report.story import counted
from pvo_kit.widgets.blocks import Block, Listing, Paragraph, State, Table
from pvo_kit.widgets.collecting import Order, in_panel_words


def by_hand(asked: Order) -> Iterator[Block]:
    """Yield what no collection brings."""
    yield Listing(asked.by_hand, "Not to be collected, look yourself:")


def result(done: Collection) -> Iterator[Block]:
    """Yield how each appliance went, and what failed: where, which command, why."""
    for box in done.boxes:
        yield _box(box)
    failed = [row for box in done.boxes for row in _failures(box)]
    if failed:
        yield Table(("Appliance", "Command", "Reason"), failed, "What failed")
    if done.exit_code != 2:
        yield Paragraph(f"{done.folder}: the transcripts, and manifest.json.", "Kept in")


_STATES = {"captured": ("\u2714", "done"), "partly": ("\u25d0", "missing")}


def _box(box: Box) -> State:
    items = [*box.commands, *box.log_files]
    captured = [item for item in items if item.status == "captured"]
    words = f"{counted(len(captured), 'command')} captured"
    words += f", in {box.transcript}" if captured else ""
    if box.reason:
        words += f". {in_panel_words(box.reason)}"
    if box.pending_changes:
        words += ". Changes were pending at the start; they were left alone."
    sign, kind = _STATES.get(box.status, ("\u2716", "failing"))
    return State(sign, f"{KINDS[box.role]} {_name(box)}: {box.status}", words, kind)


def _failures(box: Box) -> Iterator[tuple[str, str, str]]:
    for item in (*box.commands, *box.log_files):
        if item.status == "failed":
            yield _name(box), item.command, in_panel_words(item.reason)
    if box.reason:
        yield _name(box), "the session", in_panel_words(box.reason)


def _name(box: Box) -> str:
    return f"{box.host}:{box.port}" if box.port else box.host
