"""The answer of a what-if as text, as HTML and as a frame; the mark stands first in each."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from pvo_kit import grid
from pvo_kit.escape import html, terminal
from pvo_kit.findings import Finding
from pvo_kit.report.labels import LABELS
from pvo_kit.version import __version__
from pvo_kit.what_if.result import MARK, WhatIf

if TYPE_CHECKING:
    import pandas as pd

WIDTH = 100

KINDS = {
    "cleared": "would clear",
    "undecided": "could not be told",
    "remaining": "would remain",
    "arisen": "would arise",
}
"""What becomes of a scenario, in words."""

COLUMNS = {"scenario": "int64", "title": "str", "before": "str", "after": "str", "change": "str"}

EFFECTS = "What else would change"
DOUBTS = "What the evidence does not tell"
DECIDES = "What would decide, after the change"


def kind(answer: WhatIf, scenario: int) -> str:
    """Return in words what becomes of a scenario, "" where nothing does."""
    return next((words for name, words in KINDS.items() if scenario in getattr(answer, name)), "")


def headline(answer: WhatIf) -> str:
    """Return the answer in one sentence: ``Scenario 3 would clear; scenario 4 would remain.``"""
    parts = [
        f"scenario{'s' if len(numbers) > 1 else ''} {', '.join(map(str, numbers))} {words}"
        for name, words in KINDS.items()
        if (numbers := getattr(answer, name))
    ]
    told = "; ".join(parts) or "no scenario would be judged otherwise"
    far = ", as far as the evidence tells" if answer.doubts else ""
    return f"{told[0].upper()}{told[1:]}{far}."


def to_text(answer: WhatIf) -> str:
    """Return the answer as text for a terminal."""
    blocks = [
        [MARK, *_wrapped(answer.question), *_wrapped(headline(answer))],
        [line for pair in _told(answer) for line in _finding(answer, *pair)],
        _listed(EFFECTS, answer.effects),
        _listed(DOUBTS, answer.doubts),
        _listed(DECIDES, list(decides(answer))),
        [terminal(f"pvo-kit {__version__}, evidence {answer.before.evidence_hash}")],
    ]
    return "\n\n".join("\n".join(block) for block in blocks if block) + "\n"


def to_html(answer: WhatIf) -> str:
    """Return the answer as HTML for a notebook: text is text, no formula, no script."""
    rows = [
        (
            f"{old.scenario}",
            html(old.title),
            f"<b>{html(LABELS[old.status])}</b>",
            f"<b>{html(LABELS[new.status])}</b>",
            f"<b>{html(kind(answer, old.scenario))}</b>",
            html(new.summary),
        )
        for old, new in _told(answer)
    ]
    titles = ("Scenario", "Cause", "Now", "What if", "So it", "Because")
    table = grid.table(titles, rows) if rows else ""
    lists = "".join(
        f"<p><b>{title}</b></p><ul>{''.join(f'<li>{html(line)}</li>' for line in lines)}</ul>"
        for title, lines in (
            (EFFECTS, answer.effects),
            (DOUBTS, answer.doubts),
            (DECIDES, tuple(decides(answer))),
        )
        if lines
    )
    made = html(f"pvo-kit {__version__}, evidence {answer.before.evidence_hash}")
    return (
        '<div class="pvo-what-if tex2jax_ignore mathjax_ignore" '
        'style="border: 2px dashed; padding: 0.5em 1em">'
        f"<p><b>{html(MARK)}</b></p><p>{html(answer.question)}</p>"
        f"<p><b>{html(headline(answer))}</b></p>{table}{lists}<p><small>{made}</small></p></div>"
    )


def to_frame(answer: WhatIf) -> pd.DataFrame:
    """Return one row a scenario, with the columns of COLUMNS."""
    import pandas as pd

    pairs = zip(answer.before.findings, answer.after.findings, strict=True)
    rows = [
        (old.scenario, old.title, old.status, new.status, kind(answer, old.scenario))
        for old, new in pairs
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype(COLUMNS)


def decides(answer: WhatIf) -> Iterator[str]:
    """Yield the commands and places that would decide what the change leaves open."""
    for finding in answer.after.findings:
        if finding.scenario in (*answer.cleared, *answer.undecided):
            for need in finding.needs:
                on = f" on {need.host}" if need.host else ""
                yield f"{finding.scenario}: {need.where or need.command}{on}: {need.why}"


def _told(answer: WhatIf) -> list[tuple[Finding, Finding]]:
    """The findings that are told: those of a scenario that fails, or that changes."""
    pairs = list(zip(answer.before.findings, answer.after.findings, strict=True))
    differ = {old.scenario for old, _ in answer.changed}
    return [(old, new) for old, new in pairs
            if old.scenario in differ or kind(answer, old.scenario)]  # fmt: skip


def _finding(answer: WhatIf, old: Finding, new: Finding) -> list[str]:
    words = kind(answer, old.scenario)
    head = f"{old.scenario}  {LABELS[old.status]} -> {LABELS[new.status]}  {words}".rstrip()
    return [*_wrapped(f"{head}: {old.title}"), *_wrapped(new.summary, "   ")]


def _listed(title: str, lines: Sequence[str]) -> list[str]:
    told = [row for line in lines for row in _wrapped(line, "  - ", "    ")]
    return [title, *told] if told else []


def _wrapped(text: str, first: str = "", indent: str | None = None) -> list[str]:
    return textwrap.wrap(
        terminal(text),
        WIDTH,
        initial_indent=first,
        subsequent_indent=first if indent is None else indent,
        break_on_hyphens=False,
    )
