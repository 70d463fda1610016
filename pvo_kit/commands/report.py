"""``pvo-kit report``: a case told for somebody who was not there, as a page or as Markdown."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from pvo_kit.commands import Verbs
from pvo_kit.commands.hints import add_hints, hints_of
from pvo_kit.commands.output import say, write
from pvo_kit.errors import InputError

if TYPE_CHECKING:
    from pvo_kit.report.study import CaseStudy, Preface


def add(verbs: Verbs) -> None:
    """Declare the verb."""
    report = verbs.add_parser(
        "report",
        help="write a case study: symptom, evidence, charts, cause, remedy, verification",
        description="Several PATHs are one escalation, as for diagnose. The page needs no other "
        "file and prints on A4: for a PDF print it from a browser.",
        epilog="Exit codes: 0 written, whatever the findings; 2 usage error or nothing could be "
        "read.",
    )
    report.add_argument("paths", nargs="+", metavar="PATH")
    report.add_argument("--format", choices=("html", "md"), default="html")
    report.add_argument(
        "--out",
        type=Path,
        metavar="FILE",
        help="write to this file; charts of Markdown are put beside it (without: told in words)",
    )
    add_preface(report)
    add_hints(report)
    report.set_defaults(run=run)


def add_preface(parser: argparse.ArgumentParser) -> None:
    """Declare what an author says himself."""
    own = parser.add_argument_group(
        "your own words", "what stands in them is shown as it is, redacted or not"
    )
    own.add_argument("--title", metavar="TEXT", help="without: the cause")
    own.add_argument("--symptom", metavar="TEXT", help="without: how the cause shows as a rule")
    own.add_argument("--note", metavar="TEXT", help="a remark that stands above all")
    own.add_argument(
        "--fix", metavar="WHEN", help="when it was mended (UTC): parts the charts there"
    )


def words(arguments: argparse.Namespace) -> dict[str, str]:
    """Return what the author said, by the names of the preface's fields."""
    given = {name: getattr(arguments, name) for name in ("title", "symptom", "note", "fix")}
    return {name: text for name, text in given.items() if text is not None}


def run(arguments: argparse.Namespace) -> int:
    """Write the report."""
    from pvo_kit.report import study

    given = hints_of(arguments)
    evidence = given.load(*arguments.paths)
    for damage in evidence.damage:
        say(f"pvo-kit: warning: {damage}")
    preface: Preface = study.Preface(**words(arguments))
    told = study.study(given.diagnose(evidence), evidence, preface, given.pvo_port)
    if arguments.format == "html":
        write(study.to_html(told), arguments.out)
    elif arguments.out is None:
        write(study.to_markdown(told), None)
    else:
        _markdown(told, arguments.out)
    return 0


def _markdown(told: CaseStudy, out: Path) -> None:
    """Write Markdown with its charts beside it."""
    from pvo_kit.report import study

    names = study.picture_files(told.pictures, out.stem)
    for picture in told.pictures:
        path = out.with_name(names[picture.name])
        try:
            path.write_bytes(picture.png)
        except OSError as error:
            raise InputError(
                f"{path}: cannot be written ({error.strerror}); choose another --out"
            ) from None
    write(study.to_markdown(told, {name: quote(file) for name, file in names.items()}), out)
