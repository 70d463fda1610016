"""The command line: ``pvo-kit diagnose PATH...`` and its sisters.

Results go to standard output and nothing else does; warnings and errors go to standard error.
Exit codes of ``diagnose``: 1 something fails, 3 nothing fails but something is not known, 0 all is
well, 2 a usage error or nothing could be read.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from pvo_kit.commands import (
    batch,
    case,
    collect,
    compare,
    diagnose,
    lab,
    listing,
    logs,
    observe,
    redact,
    report,
    simulate,
)
from pvo_kit.commands.output import say
from pvo_kit.errors import PvoError
from pvo_kit.version import __version__

USAGE_ERROR = 2

VERBS = (
    diagnose,
    observe,
    logs,
    lab,
    collect,
    compare,
    simulate,
    report,
    redact,
    case,
    batch,
    listing,
)
"""In the order of ``--help``."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    arguments = _parser().parse_args(argv)
    for stream in (sys.stdout, sys.stderr):
        # A console that lacks a letter must not cost the result; files are UTF-8 everywhere.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    try:
        return int(arguments.run(arguments))
    except PvoError as error:
        say(f"pvo-kit: {error}")
        return USAGE_ERROR
    except BrokenPipeError:
        # The reader (a pager, head) is gone: there is nobody to tell.
        sys.stderr.close()
        return USAGE_ERROR
    except KeyboardInterrupt:
        say("pvo-kit: interrupted")
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="pvo-kit",
        description="Why is [Enable...] grey? Support kit for centralised policy, virus and "
        "outbreak quarantines.",
    )
    parser.add_argument("--version", action="version", version=f"pvo-kit {__version__}")
    verbs = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for verb in VERBS:
        verb.add(verbs)
    return parser
