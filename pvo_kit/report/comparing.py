"""A comparison as text for a terminal, and as a table for a notebook."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence

from pvo_kit import grid
from pvo_kit.comparison import ORDER, Change, Comparison, Kind
from pvo_kit.escape import html, terminal
from pvo_kit.evidence import Citation
from pvo_kit.report.labels import LABELS
from pvo_kit.report.story import counted, scenarios
from pvo_kit.version import __version__

WIDTH = 100
_LINES_SHOWN = 8
_LONGEST_LINE = 300

_TOLD: dict[Kind, str] = {
    "came": "Came: shown now, not before",
    "stayed": "Stayed: shown before and now",
    "open": "Open: shown before, now neither shown nor ruled out",
    "went": "Went: shown before, ruled out now",
    "changed": "Changed otherwise",
    "same": "The same",
}
_HEADLINE: tuple[tuple[Kind, str, str], ...] = (
    ("went", "went", "went"),
    ("stayed", "stayed", "stayed"),
    ("came", "came", "came"),
    ("open", "is open", "are open"),
)
"""Each kind with what is said of one cause and of several."""


def headline(comparison: Comparison) -> str:
    """Return in one sentence what became of the causes."""
    parts = []
    for kind, one, several in _HEADLINE:
        found = comparison.of(kind)
        if found:
            words = one if len(found) == 1 else several
            parts.append(f"{counted(len(found), 'cause')} {words} ({_scenarios(found)})")
    return "; ".join(parts) + "." if parts else "No cause is shown on either side."


def undecided(comparison: Comparison) -> str:
    """Return what the newer side leaves undecided, '' where that is nothing."""
    found = [change for change in comparison.changes
             if change.after and change.after.status in ("unknown", "manual", "error")]  # fmt: skip
    if not found:
        return ""
    told = "pvo-kit diagnose of the newer evidence tells what to ask for"
    return f"Not decided on the newer side: {_scenarios(found)}; {told}."


def _scenarios(changes: Sequence[Change]) -> str:
    return scenarios([change.finding.scenario for change in changes])


def to_text(comparison: Comparison) -> str:
    """Return the comparison as text: what is wrong now first, each with the changed lines."""
    blocks = [_head(comparison)]
    blocks += [_group(comparison, kind) for kind in ORDER if comparison.of(kind)]
    return "\n\n".join("\n".join(block) for block in blocks) + "\n"


def _head(comparison: Comparison) -> list[str]:
    return [
        *_wrapped(headline(comparison), ""),
        *_wrapped(undecided(comparison), ""),
        f"before  {comparison.before.evidence_hash}",
        f"after   {comparison.after.evidence_hash}",
        f"pvo-kit {__version__}",
    ]


def _group(comparison: Comparison, kind: Kind) -> list[str]:
    lines = [_TOLD[kind]]
    for change in comparison.of(kind):
        found = change.finding
        status = f"{_label(change, 'before')} -> {_label(change, 'after')}"
        if kind == "same":
            lines.append(f"  {found.scenario}  {_label(change, 'after')}  {found.title}")
            continue
        lines.append(f"  {found.scenario}  {status}  {found.title}")
        lines += _wrapped(found.summary, "     ")
        lines += _cited("-", change.lost)
        lines += _cited("+", change.new)
    return lines


def _label(change: Change, side: str) -> str:
    found = change.before if side == "before" else change.after
    return LABELS[found.status] if found else "not asked"


def _cited(sign: str, lines: tuple[Citation, ...]) -> Iterator[str]:
    for line in lines[:_LINES_SHOWN]:
        text = line.text.strip()
        shown = text if len(text) <= _LONGEST_LINE else f"{text[:_LONGEST_LINE]} ..."
        yield terminal(f"     {sign} {line.file}:{line.line}  {shown}")
    if len(lines) > _LINES_SHOWN:
        rest = counted(len(lines) - _LINES_SHOWN, "line")
        yield f"     {sign} ... and {rest} more (--format json has all)"


def _wrapped(text: str, indent: str) -> list[str]:
    return textwrap.wrap(
        terminal(text), WIDTH, initial_indent=indent, subsequent_indent=indent,
        break_long_words=False, break_on_hyphens=False,
    )  # fmt: skip


def to_html_table(comparison: Comparison) -> str:
    """Return one table row a scenario, everything escaped, for a notebook."""
    ordered = sorted(comparison.changes, key=lambda change: ORDER.index(change.kind))
    titles = ("Scenario", "Change", "Before", "After", "Cause", "Evidence that changed")
    return grid.table(titles, map(_row, ordered), html(headline(comparison)))


def _row(change: Change) -> tuple[str, ...]:
    found = change.finding
    lines = [("-", line) for line in change.lost] + [("+", line) for line in change.new]
    shown = "<br>".join(
        f"<code>{html(f'{sign} {line.text.strip()[:_LONGEST_LINE]}')}</code>"
        for sign, line in lines[:_LINES_SHOWN]
    )
    more = len(lines) - _LINES_SHOWN
    rest = f"<br>... and {counted(more, 'line')} more" if more > 0 else ""
    return (
        f"{found.scenario}",
        f"<b>{html(change.kind)}</b>",
        html(_label(change, "before")),
        html(_label(change, "after")),
        f"{html(found.title)}<br>{html(found.summary)}",
        f"{shown}{rest}",
    )
