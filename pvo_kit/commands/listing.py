"""``pvo-kit commands``: the catalog of appliance commands as a table."""

from __future__ import annotations

import argparse

from pvo_kit.commands import Verbs


def add(verbs: Verbs) -> None:
    """Declare the verb."""
    listing = verbs.add_parser("commands", help="print the catalog of commands as a table")
    listing.set_defaults(run=run)


def run(_: argparse.Namespace) -> int:
    """Print the catalog."""
    from pvo_kit.catalog import COMMANDS

    rows = [("Command", "Appliance", "Mode", "Scenarios", "Read", "What it shows")]
    for row in COMMANDS:
        rows.append(
            (
                row.typed,
                " ".join(row.roles),
                row.mode or "any",
                " ".join(map(str, row.scenarios)),
                "yes" if row.parser else "no",
                row.about,
            )
        )
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for cells in rows:
        line = "  ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True))
        print(line.rstrip())
    return 0
