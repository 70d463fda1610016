"""The options that tell what the evidence does not: the same for every verb that diagnoses."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from pvo_kit.errors import InputError

if TYPE_CHECKING:
    from pvo_kit.evidence import Role
    from pvo_kit.hints import Hints


def add_hints(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    told = parser.add_argument_group("where the evidence does not tell")
    told.add_argument(
        "--pvo-port", type=int, metavar="N", help="the quarantine's port, where it is not 7025"
    )
    told.add_argument(
        "--role",
        action="append",
        default=[],
        metavar="HOST=esa|sma",
        help="what a host is (may be repeated)",
    )
    told.add_argument("--year", type=int, metavar="Y", help="the year of log lines that name none")


def hints_of(arguments: argparse.Namespace) -> Hints:
    """Return what was given; raise InputError where it cannot be."""
    from pvo_kit.hints import hints

    return hints(dict(map(_role, arguments.role)), arguments.year, arguments.pvo_port)


def _role(text: str) -> tuple[str, Role]:
    """A host and its role, of ``HOST=esa`` or ``HOST=sma``."""
    host, _, named = text.rpartition("=")
    if not host or named.lower() not in ("esa", "sma"):
        raise InputError(f"--role {text}: write HOST=esa or HOST=sma")
    return host.lower(), "esa" if named.lower() == "esa" else "sma"
