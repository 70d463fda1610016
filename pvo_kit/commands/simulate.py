"""``pvo-kit simulate``: a simulated pair of appliances with one of the six faults, to log in to."""

from __future__ import annotations

import argparse
from pathlib import Path

from pvo_kit.commands import Verbs
from pvo_kit.commands.output import say


def add(verbs: Verbs) -> None:
    """Add the verb."""
    verb = verbs.add_parser(
        "simulate",
        help="be a pair of appliances with one of the faults, to log in to",
        description="A model of an ESA (or a cluster) and its SMA, over SSH on this machine alone: "
        "for learning, for case studies, for tests. docs/simulator.md tells the rest.",
    )
    verb.add_argument("--scenario", type=int, default=0, metavar="N",
                      help="the fault, 1 to 6 (default: 0, none)")  # fmt: skip
    verb.add_argument("--era", default="14", metavar="E",
                      help="the AsyncOS era: 8, 9.5, 11, 14 (default) or 15.5")  # fmt: skip
    verb.add_argument("--variant", default="", metavar="NAME",
                      help="how the fault came about, where there are several ways")  # fmt: skip
    verb.add_argument("--state", type=Path, metavar="FILE",
                      help="keep the state in this file, and go on with what is there")  # fmt: skip
    verb.add_argument("--port", type=int, default=0, metavar="P",
                      help="the first box's port; the others follow (default: free)")  # fmt: skip
    verb.add_argument("--key", type=Path, action="append", default=[], metavar="FILE",
                      help="a public key that may log in (may be repeated)")  # fmt: skip
    verb.add_argument("--stdio", metavar="HOST",
                      help="be this box on standard input and output, as a forced command of an "
                      "SSH server")  # fmt: skip
    verb.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Serve the pair until it is ended."""
    from pvo_kit.simulator import running

    if arguments.state and arguments.state.exists() and not arguments.stdio:
        say(f"going on with {arguments.state}; --scenario, --era and --variant are for a new file")
    pair, around = running.prepared(
        arguments.scenario, arguments.era, arguments.variant, arguments.state
    )
    if arguments.stdio:
        return running.talk(pair, arguments.stdio, around)
    return running.serve(pair, arguments.port, arguments.key, around)
