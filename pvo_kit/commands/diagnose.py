"""``pvo-kit diagnose``: which of the six causes the evidence shows."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from pvo_kit.commands import Verbs
from pvo_kit.commands.hints import add_hints, hints_of
from pvo_kit.commands.output import say, write

if TYPE_CHECKING:
    from pvo_kit.evidence import Evidence
    from pvo_kit.findings import Diagnosis
    from pvo_kit.sources import Limits


def add(verbs: Verbs) -> None:
    """Declare the verb."""
    diagnose = verbs.add_parser(
        "diagnose",
        help="tell which of the six causes the evidence shows",
        description="Several PATHs are one escalation: folders, files, .zip, .tar, .tar.gz, .gz, "
        "or - for standard input. What a file is, is found by its content.",
        epilog="Exit codes: 1 at least one cause is shown; 3 none is shown but something is not "
        "known; 0 all is well; 2 usage error or nothing could be read.",
    )
    diagnose.add_argument("paths", nargs="+", metavar="PATH")
    diagnose.add_argument(
        "--scenario",
        type=int,
        action="append",
        metavar="N",
        help="only this scenario, 1 to 6 (may be repeated)",
    )
    diagnose.add_argument("--format", choices=("text", "json", "md", "html"), default="text")
    diagnose.add_argument("--out", type=Path, metavar="FILE", help="write the result to this file")
    add_hints(diagnose)
    limits = diagnose.add_argument_group("limits of archives")
    limits.add_argument("--max-depth", type=int, metavar="N", help="archives in archives (3)")
    limits.add_argument(
        "--max-ratio", type=int, metavar="N", help="expansion of a member beyond 64 MiB (200)"
    )
    limits.add_argument("--max-size", type=int, metavar="GIB", help="expanded archive in GiB (64)")
    limits.add_argument("--max-members", type=int, metavar="N", help="members (100000)")
    diagnose.add_argument(
        "-v",
        "--verbose",
        action="store_true",
        help="progress, and the tracebacks behind error findings",
    )
    diagnose.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Diagnose; the exit code tells the worst status."""
    from pvo_kit.diagnosis import diagnose

    told = hints_of(arguments)
    if arguments.verbose:
        say(f"loading {', '.join(arguments.paths)}")
    evidence = told.load(*arguments.paths, limits=_limits(arguments))
    for damage in evidence.damage:
        say(f"pvo-kit: warning: {damage}")
    if arguments.verbose:
        say(f"{len(evidence.files)} files, {len(evidence.transcripts)} transcripts")
    diagnosis = diagnose(evidence, arguments.scenario, told.pvo_port)
    if arguments.verbose:
        for found in diagnosis.findings:
            if found.trace:
                say(f"scenario {found.scenario}:\n{found.trace}")
    write(_rendered(diagnosis, evidence, arguments.format), arguments.out)
    return diagnosis.exit_code


def _rendered(diagnosis: Diagnosis, evidence: Evidence, form: str) -> str:
    if form == "json":
        return diagnosis.to_json()
    if form == "text":
        return repr(diagnosis)
    from pvo_kit.report import pages

    return (pages.to_html if form == "html" else pages.to_markdown)(diagnosis, evidence)


def _limits(arguments: argparse.Namespace) -> Limits:
    from pvo_kit.sources import Limits

    given = {
        "depth": arguments.max_depth,
        "ratio": arguments.max_ratio,
        "total_bytes": arguments.max_size and arguments.max_size << 30,
        "members": arguments.max_members,
    }
    return Limits(**{name: value for name, value in given.items() if value is not None})
