"""The one renderer of reports: a Story as a self-contained HTML page or as Markdown.

HTML asks for nothing from outside (a policy in its head forbids it) and holds evidence only
through ``escape.html``. Markdown survives a ticket system: no HTML, evidence in fences or escaped.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from hashlib import sha256
from importlib.resources import files

from jinja2 import Environment, FunctionLoader, StrictUndefined
from markupsafe import Markup

from pvo_kit import escape
from pvo_kit.evidence import Evidence
from pvo_kit.findings import Diagnosis
from pvo_kit.remediation.remedy import Remedy
from pvo_kit.report import markdown
from pvo_kit.report.asking import request
from pvo_kit.report.labels import KINDS, LABELS, MEANINGS, SIGNS, called
from pvo_kit.report.story import Excerpt, counted, tell
from pvo_kit.version import __version__


def to_html(diagnosis: Diagnosis, evidence: Evidence) -> str:
    """Return the report as one HTML page that needs nothing else."""
    return render("page.html.j2", _told(diagnosis, evidence), "page.css")


def to_markdown(diagnosis: Diagnosis, evidence: Evidence) -> str:
    """Return the report as Markdown."""
    return render("page.md.j2", _told(diagnosis, evidence))


def _told(diagnosis: Diagnosis, evidence: Evidence) -> dict[str, object]:
    return {"story": tell(diagnosis, evidence), "unredacted": not evidence.redacted}


def render(name: str, values: Mapping[str, object], *styles: str) -> str:
    """Return a page from the template of this name, with these values and style sheets.

    Every value is escaped for the template's format, except in Markdown, whose templates do it.
    """
    is_html = name.endswith(".html.j2")
    style = _styled(*styles) if is_html else {}
    text = _environment(is_html).get_template(name).render(**style, **values)
    return text if is_html else re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"


@cache
def _environment(is_html: bool) -> Environment:
    environment = Environment(
        loader=FunctionLoader(_source),
        # Escaping goes through escape.html for every value, so that control and bidi characters
        # are made visible too; Jinja's own autoescape then leaves the result alone.
        autoescape=is_html,  # noqa: S701 - the other form is Markdown
        finalize=_safe if is_html else None,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.globals.update(
        version=__version__,
        labels=LABELS,
        signs=SIGNS,
        meanings=MEANINGS,
        kinds=KINDS,
        called=called,
        counted=counted,
        request=request,
        **({} if is_html else _for_markdown()),
    )
    return environment


@cache
def _styled(*styles: str) -> dict[str, object]:
    style = "".join(map(_source, styles))
    digest = b64encode(sha256(style.encode()).digest()).decode()
    # The kit's own style sheet and its digest, which lets no other style in.
    return {"style": Markup(style), "style_hash": Markup(f"sha256-{digest}")}  # noqa: S704


def _for_markdown() -> dict[str, object]:
    return {
        "text": markdown.text,
        "code": markdown.code,
        "fence": markdown.fence,
        "excerpt": _excerpt,
        "dialogue": _dialogue,
    }


def _safe(value: object) -> object:
    if isinstance(value, Markup):
        return value
    return Markup(escape.html(str(value)))  # noqa: S704 - escaped by the line's own call


def _source(name: str) -> str:
    return (files("pvo_kit.report") / "templates" / name).read_text(encoding="utf-8")


def _excerpt(excerpt: Excerpt) -> Iterator[str]:
    for line in excerpt.lines:
        yield f"{'>' if line.cited else ' '}{line.number:>6}  {line.text}"


def _dialogue(remedy: Remedy) -> Iterator[str]:
    """A remedy's lines without its title and its other ways, which the page tells apart."""
    lines = replace(remedy, title="-", alternatives=()).to_text()[1:]
    return (line.removeprefix("  ") for line in lines)
