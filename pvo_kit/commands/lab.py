"""``pvo-kit lab``: open the notebooks on an escalation in JupyterLab."""

from __future__ import annotations

import argparse
from pathlib import Path

from pvo_kit.commands import Verbs
from pvo_kit.commands.output import say


def add(verbs: Verbs) -> None:
    """Declare the verb."""
    lab = verbs.add_parser(
        "lab",
        help="open the notebooks on an escalation in JupyterLab",
        description="Copies the notebooks to a working folder and opens 00_start_here there. "
        "Copies that you have edited are kept.",
    )
    lab.add_argument(
        "path", nargs="?", metavar="PATH", help="an escalation, or the name of a bundled case"
    )
    lab.add_argument(
        "--folder",
        type=Path,
        metavar="DIR",
        help="the working folder (pvo-notebooks in the current folder)",
    )
    lab.add_argument("--port", type=int, metavar="N", help="of the server on this machine (8888)")
    lab.add_argument(
        "--no-browser", action="store_true", help="print the address and open no browser"
    )
    lab.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Copy the notebooks, and run JupyterLab on them until it is stopped."""
    from pvo_kit import lab

    lab.check_installed()
    folder = arguments.folder or Path(lab.FOLDER)
    for name in lab.prepare(arguments.path, folder):
        say(f"{folder / name} is kept: it was edited")
    say(f"the notebooks are in {folder}; Ctrl-C here stops JupyterLab")
    lab.serve(folder, browser=not arguments.no_browser, port=arguments.port)
    return 0
