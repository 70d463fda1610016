"""The one renderer of reports: a Story as a self-contained HTML page or as Markdown.

HTML asks for nothing from outside (a policy in its head forbids it) and holds evidence only
through ``escape.html``. Markdown survives a ticket system: no HTML, evidence in fences.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files

from jinja2 import Environment, FunctionLoader, StrictUndefined
from markupsafe import Markup

from pvo_kit import escape
from pvo_kit.evidence import Evidence
from pvo_kit.findings import Diagnosis
from pvo_kit.report.labels import LABELS, SIGNS
from pvo_kit.report.story import Ask, Excerpt, tell
from pvo_kit.version import __version__

_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>#|~])")


def to_html(diagnosis: Diagnosis, evidence: Evidence) -> str:
    """Return the report as one HTML page that needs nothing else."""
    return _render("page.html.j2", diagnosis, evidence)


def to_markdown(diagnosis: Diagnosis, evidence: Evidence) -> str:
    """Return the report as Markdown."""
    text = _render("page.md.j2", diagnosis, evidence)
    return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"


def _render(name: str, diagnosis: Diagnosis, evidence: Evidence) -> str:
    template = _environment(name.endswith(".html.j2")).get_template(name)
    return template.render(story=tell(diagnosis, evidence), unredacted=not evidence.redacted)


@cache
def _environment(is_html: bool) -> Environment:
    finalize = _safe if is_html else None
    environment = Environment(
        loader=FunctionLoader(_source),
        # Escaping goes through escape.html for every value, so that control and bidi characters
        # are made visible too; Jinja's own autoescape then leaves the result alone.
        autoescape=is_html,  # noqa: S701 - the other form is Markdown
        finalize=finalize,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.globals.update(
        version=__version__,
        style=Markup(_source("page.css")),  # noqa: S704 - the kit's own file
        label=_label,
        word=lambda status: LABELS[status],
        sign=lambda status: SIGNS[status],
        text=_plain,
        fenced=_fenced,
        block=_block,
        asked=_asked,
    )
    return environment


def _safe(value: object) -> object:
    if isinstance(value, Markup):
        return value
    return Markup(escape.html(str(value)))  # noqa: S704 - escaped by the line's own call


def _source(name: str) -> str:
    return (files("pvo_kit.report") / "templates" / name).read_text(encoding="utf-8")


def _label(role: str) -> str:
    return "Unknown role" if role == "unknown" else role.upper()


def _plain(text: str) -> str:
    """Return evidence as Markdown that is only text, on one line."""
    return _MARKDOWN.sub(r"\\\1", escape.terminal(str(text)))


def _fenced(excerpt: Excerpt) -> str:
    rows = [f"{'>' if line.cited else ' '}{line.number:>6}  {line.text}" for line in excerpt.lines]
    return _block(rows)


def _block(rows: list[str]) -> str:
    """Return lines in a fence that none of them can close."""
    shown = [escape.terminal(row) for row in rows]
    ticks = max((len(run) for row in shown for run in re.findall("`+", row)), default=0)
    fence = "`" * max(3, ticks + 1)
    return "\n".join([fence, *shown, fence])


def _asked(ask: Ask) -> list[str]:
    rows = []
    for need, reasons in ask.commands:
        mode = f"   [{need.mode} mode]" if need.mode else ""
        rows += [f"{need.command}{mode}", *(f"    {reason}" for reason in reasons)]
    for need in ask.places:
        rows += [f"look at: {need.where}", f"    {need.why}"]
        if need.record:
            rows.append(f"    record it: {need.record}")
    return rows
