"""A diagnosis as text for a terminal, and as a small table for a notebook."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby

from pvo_kit import grid
from pvo_kit.escape import html, terminal
from pvo_kit.evidence import Citation
from pvo_kit.findings import Diagnosis, Finding
from pvo_kit.report import asking
from pvo_kit.report.asking import asks, records, reply
from pvo_kit.report.labels import LABELS, called
from pvo_kit.report.story import OPEN, counted, headline, order
from pvo_kit.version import __version__

WIDTH = 100
_LINES_SHOWN = 12
_LONGEST_LINE = 300
_MORE = " ..."


def to_text(diagnosis: Diagnosis) -> str:
    """Return the diagnosis as text: a line a scenario, what fails, what to ask for."""
    blocks = [
        _head(diagnosis),
        [_status(found) for found in diagnosis.findings],
        _wrapped(order(diagnosis), ""),
        *(block for found in diagnosis.failing for block in (_proof(found), _remedy(found))),
        *(_proof(found) for found in diagnosis.findings if found.status == "resolved"),
        *(_open(found) for found in diagnosis.findings if found.status in OPEN),
        *_asked(diagnosis),
        _listed("Captured", _captured(diagnosis)),
        _listed("Damaged", diagnosis.damage),
        _listed("Not used", _unused(diagnosis)),
        _listed("Not understood", _unparsed(diagnosis)),
    ]
    text = "\n\n".join("\n".join(map(_shown, block)) for block in blocks if block)
    return text + "\n"


def _shown(line: str) -> str:
    """A line of the report: whatever it holds, one line that cannot steer a terminal."""
    return terminal(line).expandtabs()


def _head(diagnosis: Diagnosis) -> list[str]:
    boxes = (called(box.role, box.name) for box in diagnosis.appliances)
    return [
        *_wrapped(f"Why is [Enable...] grey? {headline(diagnosis)}", ""),
        *_wrapped(f"Appliances: {', '.join(boxes) or 'none recognised'}", "", "  "),
        f"pvo-kit {__version__}, evidence {diagnosis.evidence_hash}",
    ]


def _status(found: Finding) -> str:
    """One line; dots at its end say that the summary says more."""
    head = f"{found.scenario}  {LABELS[found.status]:<8}  "
    summary = " ".join(terminal(found.summary).split())
    first = summary.partition(". ")[0].rstrip(".") + "."
    if first == summary and len(head + first) <= WIDTH:
        return head + first
    room = WIDTH - len(head) - len(_MORE)
    return head + (first if len(first) <= room else first[: room + 1].rpartition(" ")[0]) + _MORE


def _proof(found: Finding) -> list[str]:
    lines = [f"{found.scenario}  {LABELS[found.status]}  {found.title}", *_wrapped(found.summary)]
    lines += _cited(found.citations[:_LINES_SHOWN])
    if len(found.citations) > _LINES_SHOWN:
        rest = counted(len(found.citations) - _LINES_SHOWN, "line")
        lines.append(f"     ... and {rest} more (--format html, md or json has all)")
    if found.status == "resolved" and found.remedy:
        lines += _wrapped(f"{found.remedy.title} (--format html or md has the dialogue)")
    return lines


def _cited(lines: Sequence[Citation]) -> Iterator[str]:
    """The lines behind their places, those of one file aligned."""
    for _, group in groupby(lines, lambda line: line.file):
        rows = [(_place(line.file, line.line), line.text.strip()) for line in group]
        width = max(len(place) for place, _ in rows)
        yield from (f"     {place:<{width}}  {_cut(text)}" for place, text in rows)


def _cut(line: str) -> str:
    left = len(line) - _LONGEST_LINE
    return line if left <= 0 else f"{line[:_LONGEST_LINE]} ... ({counted(left, 'character')} more)"


def _remedy(found: Finding) -> list[str]:
    if found.remedy is None:
        return []
    title = _wrapped(f"{found.scenario}  Remedy: {found.remedy.title}", "", "   ")
    # The title is wrapped beside its number here; a short one stands for it in the lines below.
    lines = replace(found.remedy, title="-").to_text()[1:]
    return [*title, *_wrapped(found.remedy.when, "  "), *lines]


def _place(file: str, line: int) -> str:
    return f"{file}:{line}"


def _wrapped(text: str, first: str = "   ", indent: str | None = None) -> list[str]:
    return textwrap.wrap(
        terminal(text),
        WIDTH,
        initial_indent=first,
        subsequent_indent=first if indent is None else indent,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _open(found: Finding) -> list[str]:
    """What more there is to say of a finding that is not decided than its line above says."""
    told = found.summary if _status(found).endswith(_MORE) else ""
    if not told and not found.error:
        return []
    head = f"{found.scenario}  {LABELS[found.status]}  {found.title}"
    return [head, *_wrapped(told), *_wrapped(found.error or "")]


def _asked(diagnosis: Diagnosis) -> list[list[str]]:
    """ONE block, ready to paste into a reply, and apart from it how to record the answers."""
    found = asks(diagnosis.needs)
    if not found:
        return []
    rule = "-" * asking.WIDTH
    return [
        ["To ask for, ready to paste into a reply:", rule, *reply(found), rule],
        _listed("To record what was seen in a GUI", records(found)),
    ]


def _listed(title: str, rows: Iterable[str]) -> list[str]:
    found = [f"  {row}" for row in rows]
    return [title, *found] if found else []


def _captured(diagnosis: Diagnosis) -> Iterator[str]:
    for entry in diagnosis.files:
        if entry.kind != "unused":
            lines = counted(entry.lines, "line")
            yield f"{entry.file}: {entry.kind.replace('_', ' ')}, {lines}"


def _unused(diagnosis: Diagnosis) -> Iterator[str]:
    damaged = set(diagnosis.damage)  # is told apart
    for entry in diagnosis.files:
        if entry.reason and f"{entry.file} {entry.reason}" not in damaged:
            yield f"{entry.file}: {entry.reason}"


def _unparsed(diagnosis: Diagnosis) -> Iterator[str]:
    for row in diagnosis.unparsed:
        yield f"{_place(row.file, row.line)}  {row.host or 'unknown'}> {row.command}: {row.reason}"


def to_html_table(diagnosis: Diagnosis) -> str:
    """Return one table row a finding, everything escaped, for a notebook."""
    rows = [
        (
            f"{found.scenario}",
            f"<b>{html(LABELS[found.status])}</b>",
            html(found.title),
            html(found.summary),
        )
        for found in diagnosis.findings
    ]
    return grid.table(("Scenario", "Status", "Cause", "Summary"), rows)
