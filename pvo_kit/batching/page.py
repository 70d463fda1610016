"""index.html: the fleet as one page that needs nothing else and works without its script."""

from __future__ import annotations

from base64 import b64encode
from functools import cache
from hashlib import sha256
from importlib.resources import files
from urllib.parse import quote

from jinja2 import Environment, FunctionLoader, StrictUndefined, Template
from markupsafe import Markup

from pvo_kit import escape
from pvo_kit.batching.fleet import Fleet
from pvo_kit.batching.overview import causes, missing
from pvo_kit.batching.result import CaseResult
from pvo_kit.batching.task import REPORT
from pvo_kit.findings import WORST_FIRST
from pvo_kit.report.labels import KINDS, LABELS, MEANINGS, SIGNS, called
from pvo_kit.report.story import counted
from pvo_kit.scenarios import SCENARIOS
from pvo_kit.version import __version__

FILE = "index.html"


def to_html(fleet: Fleet) -> str:
    """Return the page; its links lead to the reports below RUNS."""
    return _template().render(
        cases=fleet.cases,
        states=fleet.states,
        causes=causes(fleet.cases),
        missing=missing(fleet.cases),
        unredacted=any(case.verdicts and not case.is_redacted for case in fleet.cases),
    )


@cache
def _template() -> Template:
    environment = Environment(
        loader=FunctionLoader(_source),
        # As in reports: every value goes through escape.html.
        autoescape=True,
        finalize=_safe,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    style, script = _style(), _source("index.js")
    environment.globals.update(
        version=__version__,
        scenarios=SCENARIOS,
        statuses=WORST_FIRST,
        labels=LABELS,
        signs=SIGNS,
        meanings=MEANINGS,
        kinds=KINDS,
        called=called,
        counted=counted,
        report=_report,
        notebook=_notebook,
        # The kit's own, with their digests: no other style or script is let in.
        style=Markup(style),  # noqa: S704
        style_hash=_digest(style),
        script=Markup(script),  # noqa: S704
        script_hash=_digest(script),
    )
    return environment.get_template("index.html.j2")


def _style() -> str:
    report = (files("pvo_kit.report") / "templates" / "page.css").read_text(encoding="utf-8")
    return report + _source("index.css")


def _digest(text: str) -> Markup:
    digest = b64encode(sha256(text.encode()).digest()).decode()
    return Markup(f"sha256-{digest}")  # noqa: S704 - letters, digits and three signs


def _source(name: str) -> str:
    return (files("pvo_kit.batching") / "templates" / name).read_text(encoding="utf-8")


def _safe(value: object) -> object:
    if isinstance(value, Markup):
        return value
    return Markup(escape.html(str(value)))  # noqa: S704 - escaped by the line's own call


def _report(case: CaseResult, part: str = "") -> str:
    return f"cases/{quote(case.case)}/{REPORT}{part and f'#{part}'}"


def _notebook(case: CaseResult) -> str:
    return f"cases/{quote(case.case)}/{quote(case.notebook)}"
