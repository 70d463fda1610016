"""``pvo-kit compare BEFORE AFTER``: what became of the causes."""

from __future__ import annotations

import argparse
from pathlib import Path

from pvo_kit.commands import Verbs
from pvo_kit.commands.output import write
from pvo_kit.errors import InputError


def add(verbs: Verbs) -> None:
    """Add the verb."""
    verb = verbs.add_parser(
        "compare",
        help="tell which causes went, came and stayed between two captures",
        description="Diagnoses both and tells what changed, with the lines that only one side has.",
        epilog="Exit codes are those of diagnose for AFTER: 1 at least one cause is shown; 3 none "
        "is shown but something is not known; 0 all is well; 2 usage error or nothing was read.",
    )
    verb.add_argument("before", metavar="BEFORE", help="a folder, file or archive")
    verb.add_argument("after", metavar="AFTER", help="the newer one")
    verb.add_argument("--format", choices=("text", "json"), default="text")
    verb.add_argument("--out", type=Path, metavar="FILE", help="write the result to this file")
    verb.add_argument("--pvo-port", type=int, metavar="N",
                      help="the quarantine's port, where it is not 7025")  # fmt: skip
    verb.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Compare and write the result."""
    from pvo_kit.comparison import compare

    if arguments.before == arguments.after == "-":
        raise InputError("- was given twice; give a path for one of the two")
    comparison = compare(arguments.before, arguments.after, arguments.pvo_port)
    text = comparison.to_json() if arguments.format == "json" else repr(comparison)
    write(text, arguments.out)
    return comparison.exit_code
