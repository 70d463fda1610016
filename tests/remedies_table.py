"""Writes docs/remedies.md: the table of the remedies that were run on the simulated pair."""

from __future__ import annotations

import re
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from proving import Row, Run, proved

ROWS = (
    Row(1, "8", "offline"),
    Row(1, "11", "offline"),
    Row(1, "14", "offline"),
    Row(1, "14", "listener"),
    Row(1, "14", "transfers"),
    Row(1, "15.5", "offline", "Resume the services in the GUI"),
    Row(2, "8", "account"),
    Row(2, "11", "account"),
    Row(2, "14", "account"),
    Row(2, "14", "wizard"),
    Row(3, "8", "interface"),
    Row(3, "11", "interface"),
    Row(3, "14", "interface"),
    Row(3, "14", "router", "Add a static route"),
    Row(4, "8", "ciphers"),
    Row(4, "9.5", "ciphers"),
    Row(4, "11", "cluster"),
    Row(4, "14", "ciphers"),
    Row(4, "15.5", "ciphers"),
    Row(4, "11", "ciphers", "Change the SMA's inbound ciphers"),
    Row(5, "8", "key"),
    Row(5, "11", "key"),
    Row(5, "14", "key"),
    Row(5, "15.5", "key"),
    Row(6, "8", "incoming"),
    Row(6, "11", "filters"),
    Row(6, "14", "dlp"),
    Row(6, "14", "group"),
    Row(6, "14", "dmarc", "Move the settings to cluster Main in the CLI"),
    Row(6, "14", "filters", "Last resort"),
)

VERIFIED, IN_PART, MEMORY = "verified", "verified in part", "from memory"

MARKS = {
    "status": (IN_PART, "the head is verified; states, counters and gauges are from memory"),
    "resume": (VERIFIED, "the answer and the listeners' names"),
    "resumelistener": (IN_PART, "the question is verified; the menu is from memory"),
    "suspendlistener": (IN_PART, "the question is verified; the menu is from memory"),
    "resumetransfers": (IN_PART, "the answer is verified; that the port is refused meanwhile is "
                                 "an assumption of the model"),
    "suspendtransfers": (IN_PART, "the answer is verified; a delay that it may ask is left out"),
    "whoami": (MEMORY, "the labels; displayed names of groups are verified"),
    "observations": (MEMORY, "what a person records of the page on the quarantines"),
    "deliveryconfig": (VERIFIED, "the whole dialogue to 11; that 13.5 asks a fifth question"),
    "telnet": (VERIFIED, "the dialogue, a time-out, a connection"),
    "routeconfig": (IN_PART, "the order of NEW's questions is verified; list and menus are from "
                             "memory"),
    "tlsverify": (IN_PART, "the failure is verified; success is from memory, its newer words are "
                           "those of daneverify"),
    "sslconfig": (VERIFIED, "summary, menus and questions of 8, 9.5 and 11"),
    "showchanges": (IN_PART, "{} with nothing pending is verified; a change's form is not"),
    "commit": (IN_PART, "the question for a copy is verified in part; the rest is from memory"),
    "featurekey": (IN_PART, "rows and answers are verified; the table's head and the licence "
                            "agreement are from memory"),
    "license_smart": (IN_PART, "columns and states are verified; layout and REQUEST are from "
                               "memory"),
    "clusterconfig": (IN_PART, "the questions on joining are verified; list and removal are from "
                               "memory"),
    "clustermode": (VERIFIED, "the form on one line; its menus are from memory and not used"),
    "filters": (IN_PART, "the NOTICE's first line and entry are verified; menus are from memory"),
    "policyconfig": (IN_PART, "as filters; the question for the direction is verified"),
    "dlpconfig": (IN_PART, "as filters; that a release has this command is from memory"),
    "dmarcconfig": (IN_PART, "as filters"),
    "web pages": (IN_PART, "the pages' paths are verified; their words are from memory"),
}  # fmt: skip
"""How sure the form of each output is, and of what."""

_OF_LATER = "sslconfig of 14 and 15.5"
_NEWER = (IN_PART, "operations are verified in part; the summary is taken from 11")

FAULTS = {
    "offline": "suspend on the SMA",
    "listener": "suspendlistener cpq_listener on the SMA",
    "transfers": "suspendtransfers on the SMA",
    "account": "an operator made the migration",
    "wizard": "the wizard was submitted, not committed",
    "interface": "mail is delivered from In, the SMA lies behind Management",
    "router": "mail is delivered from In, the SMA lies behind a router",
    "ciphers": "both sides let anonymous suites in",
    "cluster": "both sides let anonymous suites in, the ESAs' at the cluster",
    "key": "the second member has no key for DLP",
    "incoming": "incoming content filters of the second machine",
    "filters": "message filters of the second machine",
    "dlp": "DLP policies of the second machine",
    "dmarc": "DMARC profiles of the second machine",
    "group": "incoming content filters of the group",
}

DOCUMENT = Path(__file__).parent.parent / "docs" / "remedies.md"

HEAD = """\
# Remedies that were run

**What this shows, and what it does not.** Every row is a run on the simulated pair of appliances
([simulator.md](simulator.md)). It shows that remedy, parser and model agree, not that an appliance
does. Where the model's words are from memory, an appliance may print others.

Each run: the pair is broken; everything is collected over SSH and diagnosed (this scenario fails
and no other); the remedy's steps are typed word for word as they are printed; everything is
collected and diagnosed again (nothing fails), and both folders together (the finding is resolved);
the button [Enable...] was grey and is active. Then, where the remedy states a way back, that is
typed too, and the fault returns.

* *Typed in*: steps that exist in the web interface only are marked GUI; they were played through
  the simulator's own verb `gui`.
* After the remedies of 5 and 6 the wizard is run once more, as their checks say.
* *Way back*: "none is known" where none is (keys, a machine that was removed); "not played" where
  the one that is stated needs what is not simulated.
* *Stands on*: the outputs that the finding cites and the dialogue meets, by how sure their form is.
  What of each is verified stands below the table.

`make remedies` writes this file; a test runs every row again.

| scenario | era | fault | remedy | typed in | diagnosis | way back | stands on |
|---|---|---|---|---|---|---|---|
"""

SURE = """
## How sure each output is

"Verified" means that it was read in a public source: the technote, Cisco's articles and user
guides, or the words that public test code for these appliances waits for. Everything else is from
memory.

"""


def table_row(run: Run) -> str:
    """Return a run as a row of the table."""
    row = run.row
    cells = (
        str(row.scenario),
        row.era,
        FAULTS[row.variant],
        run.title,
        run.steps,
        f"{run.before}; after it {run.after}; together {run.together}",
        run.back,
        _stands_on(run),
    )
    return "| {} |".format(" | ".join(cell.replace("|", "\\|") for cell in cells))


def _stands_on(run: Run) -> str:
    marks: dict[str, list[str]] = {}
    for name in run.outputs:
        is_newer = name == "sslconfig" and run.row.era in ("14", "15.5")
        mark, _ = _NEWER if is_newer else MARKS[name]
        marks.setdefault(mark, []).append(name)
    order = (VERIFIED, IN_PART, MEMORY)
    return "; ".join(f"{mark}: {', '.join(marks[mark])}" for mark in order if mark in marks)


def document(rows: Sequence[str]) -> str:
    """Return the whole file around the rows of the table."""
    outputs = {**MARKS, _OF_LATER: _NEWER}
    legend = [f"* `{name}`: {mark} ({of})." for name, (mark, of) in sorted(outputs.items())]
    return f"{HEAD}{_lines(rows)}{SURE}{_lines(legend)}"


def _lines(lines: Sequence[str]) -> str:
    return "".join(f"{line}\n" for line in lines)


def rows_of(text: str) -> list[str]:
    """Return the rows of the table in the file's text."""
    return [line for line in text.split("\n") if re.match(r"\| \d \|", line)]


def main() -> int:
    """Run every row and write the file."""
    rows = []
    for row in ROWS:
        print(row.id, file=sys.stderr)
        with tempfile.TemporaryDirectory() as folder:
            rows.append(table_row(proved(row, Path(folder))))
    DOCUMENT.write_text(document(rows), encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
