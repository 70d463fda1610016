"""``pvo-kit redact``: a copy in which nobody is named and which gives the same diagnosis."""

from __future__ import annotations

import argparse
from pathlib import Path

from pvo_kit.commands import Verbs
from pvo_kit.commands.hints import add_hints, hints_of
from pvo_kit.commands.output import say


def add(verbs: Verbs) -> None:
    """Declare the verb."""
    redact = verbs.add_parser(
        "redact",
        help="write a copy in which nobody is named and which gives the same diagnosis",
        description="Several PATHs are one escalation. The copy is verified before it is kept: no "
        "original value is left, and the diagnosis is the same. The report goes to standard error.",
        epilog="Exit codes: 0 redacted and verified; 2 refused, and nothing is kept.",
    )
    redact.add_argument("paths", nargs="+", metavar="PATH")
    redact.add_argument("--out", type=Path, required=True, metavar="FOLDER", help="a new folder")
    redact.add_argument(
        "--key-file",
        type=Path,
        metavar="K",
        help="the same key gives the same names in every case (without: a random key)",
    )
    redact.add_argument(
        "--map", type=Path, metavar="FILE", help="write old and new names here, and nowhere else"
    )
    add_hints(redact)
    redact.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Redact; refused input raises InputError and leaves nothing."""
    from pvo_kit.redaction import places, read_key, redact

    key = None
    if arguments.key_file:
        places.check_key(arguments.key_file, arguments.paths, arguments.out)
        key = read_key(arguments.key_file)
    told = hints_of(arguments).given()
    say(redact(arguments.paths, arguments.out, key, arguments.map, **told).text)
    return 0
