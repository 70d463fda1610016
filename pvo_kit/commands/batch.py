"""``pvo-kit batch``: every escalation of an archive to findings, a report and one table of all."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from pvo_kit.commands import Verbs
from pvo_kit.commands.hints import add_hints, hints_of
from pvo_kit.errors import InputError


def add(verbs: Verbs) -> None:
    """Declare the verb."""
    batch = verbs.add_parser(
        "batch",
        help="diagnose every escalation of an archive, and make one table of all",
        description="Each child of an ARCHIVE folder (a folder, an archive or a file) is one "
        "escalation, and so is an ARCHIVE that is a file. A run that was interrupted or killed "
        "goes on where it was when the same command is given again.",
        epilog="Exit codes: 1 at least one cause is shown; 3 none is shown but something is not "
        "known; 0 all is well; 2 usage error, nothing could be read, or the disk is full.",
    )
    batch.add_argument("archives", nargs="+", metavar="ARCHIVE")
    batch.add_argument(
        "--out", required=True, metavar="RUNS", help="the folder of the results: index.html first"
    )
    batch.add_argument(
        "--notebook", metavar="N.ipynb", help="execute this notebook for every case (also bundled)"
    )
    batch.add_argument(
        "--parameter",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="a parameter of the notebook; VALUE is JSON, else text (may be repeated)",
    )
    who = batch.add_mutually_exclusive_group()
    who.add_argument("--workers", type=int, metavar="K", help="processes (one for each processor)")
    who.add_argument(
        "--scheduler", metavar="ADDRESS", help="use this Dask cluster: tcp://HOST:8786"
    )
    add_hints(batch)
    batch.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Run the batch; the exit code tells the worst status of all."""
    from pvo_kit.batching.run import batch

    fleet = batch(
        arguments.archives,
        arguments.out,
        notebook=arguments.notebook,
        parameters=dict(_parameter(text) for text in arguments.parameter),
        workers=arguments.workers,
        scheduler=arguments.scheduler,
        **hints_of(arguments).given(),
        progress=True,
    )
    print("\n".join([*fleet.summary(), f"see {Path(arguments.out, 'index.html')}"]))
    return fleet.exit_code


def _parameter(text: str) -> tuple[str, object]:
    name, equals, value = text.partition("=")
    if not name or not equals:
        raise InputError(f"--parameter {text}: write NAME=VALUE")
    try:
        return name, json.loads(value)
    except ValueError:
        return name, value
