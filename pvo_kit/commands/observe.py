"""``pvo-kit observe``: record what only a person sees in a GUI."""

from __future__ import annotations

import argparse
from pathlib import Path

from pvo_kit.commands import Verbs
from pvo_kit.commands.output import say
from pvo_kit.observations import WHAT


def add(verbs: Verbs) -> None:
    """Declare the verb."""
    observe = verbs.add_parser(
        "observe",
        help="record what only a person sees in a GUI",
        description="Adds one observation to observations.toml in FOLDER, where diagnose reads it.",
    )
    observe.add_argument("folder", type=Path, metavar="FOLDER", help="the escalation's folder")
    observe.add_argument("--host", required=True, help="the appliance whose GUI was looked at")
    observe.add_argument("--what", required=True, choices=WHAT)
    observe.add_argument(
        "--value",
        required=True,
        metavar="TEXT",
        help="wizard: finished or not-finished; pending_changes: yes or no; role: "
        "as the GUI names it; port: a number; else the text as it stands",
    )
    observe.add_argument(
        "--time", metavar="WHEN", help="when it was seen: 2014-07-21T12:05:00+02:00"
    )
    observe.add_argument("--by", default="", metavar="NAME", help="who saw it")
    observe.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Record one observation."""
    from pvo_kit.recording import record

    path = record(
        arguments.folder,
        arguments.host,
        arguments.what,
        arguments.value,
        arguments.time,
        arguments.by,
    )
    say(f"recorded in {path.name}; run pvo-kit diagnose {arguments.folder} again")
    return 0
