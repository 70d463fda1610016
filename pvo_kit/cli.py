"""The command line: ``pvo-kit diagnose PATH...`` and its sisters.

Results go to standard output and nothing else does; warnings and errors go to standard error.
Exit codes of ``diagnose``: 1 something fails, 3 nothing fails but something is not known, 0 all is
well, 2 a usage error or nothing could be read.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pvo_kit.commands import case, report
from pvo_kit.errors import InputError, PvoError
from pvo_kit.escape import terminal
from pvo_kit.observations import WHAT
from pvo_kit.version import __version__

if TYPE_CHECKING:
    from pvo_kit.evidence import Evidence, Role
    from pvo_kit.findings import Diagnosis
    from pvo_kit.sources import Limits

USAGE_ERROR = 2


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
        _say(f"pvo-kit: {error}")
        return USAGE_ERROR
    except BrokenPipeError:
        # The reader (a pager, head) is gone: there is nobody to tell.
        sys.stderr.close()
        return USAGE_ERROR
    except KeyboardInterrupt:
        _say("pvo-kit: interrupted")
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="pvo-kit",
        description="Why is [Enable...] grey? Support kit for centralised policy, virus and "
        "outbreak quarantines.",
    )
    parser.add_argument("--version", action="version", version=f"pvo-kit {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    _add_diagnose(commands)
    _add_observe(commands)
    _add_batch(commands)
    _add_redact(commands)
    report.add(commands)
    case.add(commands)
    listing = commands.add_parser("commands", help="print the catalog of commands as a table")
    listing.set_defaults(run=_commands)
    return parser


def _add_diagnose(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    diagnose = commands.add_parser(
        "diagnose",
        help="tell which of the six causes the evidence shows",
        description="Several PATHs are one escalation: folders, files, .zip, .tar, .tar.gz, .gz, "
        "or - for standard input. What a file is, is found by its content.",
        epilog="Exit codes: 1 at least one cause is shown; 3 none is shown but something is not "
        "known; 0 all is well; 2 usage error or nothing could be read.",
    )
    diagnose.add_argument("paths", nargs="+", metavar="PATH")
    diagnose.add_argument(
        "--scenario",
        type=int,
        action="append",
        metavar="N",
        help="only this scenario, 1 to 6 (may be repeated)",
    )
    diagnose.add_argument("--format", choices=("text", "json", "md", "html"), default="text")
    diagnose.add_argument("--out", type=Path, metavar="FILE", help="write the result to this file")
    diagnose.add_argument(
        "--pvo-port", type=int, metavar="N", help="the quarantine's port, where it is not 7025"
    )
    diagnose.add_argument(
        "--role",
        action="append",
        default=[],
        metavar="HOST=esa|sma",
        help="what a host is, where the evidence does not tell (may be repeated)",
    )
    diagnose.add_argument(
        "--year", type=int, metavar="Y", help="the year of log lines that name none"
    )
    limits = diagnose.add_argument_group("limits of archives")
    limits.add_argument("--max-depth", type=int, metavar="N", help="archives in archives (3)")
    limits.add_argument(
        "--max-ratio", type=int, metavar="N", help="expansion of a member beyond 64 MiB (200)"
    )
    limits.add_argument("--max-size", type=int, metavar="GIB", help="expanded archive in GiB (64)")
    limits.add_argument("--max-members", type=int, metavar="N", help="members (100000)")
    diagnose.add_argument(
        "-v",
        "--verbose",
        action="store_true",
        help="progress, and the tracebacks behind error findings",
    )
    diagnose.set_defaults(run=_diagnose)


def _add_observe(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    observe = commands.add_parser(
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
    observe.set_defaults(run=_observe)


def _add_batch(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    batch = commands.add_parser(
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
    batch.set_defaults(run=_batch)


def _batch(arguments: argparse.Namespace) -> int:
    from pvo_kit.batching.run import batch

    fleet = batch(
        arguments.archives,
        arguments.out,
        notebook=arguments.notebook,
        parameters=dict(_parameter(text) for text in arguments.parameter),
        workers=arguments.workers,
        scheduler=arguments.scheduler,
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


def _observe(arguments: argparse.Namespace) -> int:
    from pvo_kit.recording import record

    path = record(
        arguments.folder,
        arguments.host,
        arguments.what,
        arguments.value,
        arguments.time,
        arguments.by,
    )
    _say(f"recorded in {path.name}; run pvo-kit diagnose {arguments.folder} again")
    return 0


def _add_redact(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    redact = commands.add_parser(
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
    redact.set_defaults(run=_redact)


def _redact(arguments: argparse.Namespace) -> int:
    from pvo_kit.redaction import places, read_key, redact

    key = None
    if arguments.key_file:
        places.check_key(arguments.key_file, arguments.paths, arguments.out)
        key = read_key(arguments.key_file)
    _say(redact(arguments.paths, arguments.out, key, arguments.map).text)
    return 0


def _diagnose(arguments: argparse.Namespace) -> int:
    from pvo_kit.diagnosis import diagnose
    from pvo_kit.loading import load

    roles = dict(_role(text) for text in arguments.role)
    if arguments.verbose:
        _say(f"loading {', '.join(arguments.paths)}")
    evidence = load(*arguments.paths, roles=roles, limits=_limits(arguments), year=arguments.year)
    for told in evidence.damage:
        _say(f"pvo-kit: warning: {told}")
    if arguments.verbose:
        _say(f"{len(evidence.files)} files, {len(evidence.transcripts)} transcripts")
    diagnosis = diagnose(evidence, arguments.scenario, arguments.pvo_port)
    if arguments.verbose:
        for found in diagnosis.findings:
            if found.trace:
                _say(f"scenario {found.scenario}:\n{found.trace}")
    _write(_rendered(diagnosis, evidence, arguments.format), arguments.out)
    return diagnosis.exit_code


def _rendered(diagnosis: Diagnosis, evidence: Evidence, form: str) -> str:
    if form == "json":
        return diagnosis.to_json()
    if form == "text":
        return repr(diagnosis)
    from pvo_kit.report import pages

    return (pages.to_html if form == "html" else pages.to_markdown)(diagnosis, evidence)


def _role(text: str) -> tuple[str, Role]:
    host, _, role = text.rpartition("=")
    if not host or role.lower() not in ("esa", "sma"):
        raise InputError(f"--role {text}: write HOST=esa or HOST=sma")
    return host.lower(), "esa" if role.lower() == "esa" else "sma"


def _limits(arguments: argparse.Namespace) -> Limits:
    from pvo_kit.sources import Limits

    given = {
        "depth": arguments.max_depth,
        "ratio": arguments.max_ratio,
        "total_bytes": arguments.max_size and arguments.max_size << 30,
        "members": arguments.max_members,
    }
    return Limits(**{name: value for name, value in given.items() if value is not None})


def _write(text: str, out: Path | None) -> None:
    if out is None:
        sys.stdout.write(text)
        sys.stdout.flush()
        return
    try:
        out.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise InputError(
            f"{out}: cannot be written ({error.strerror}); choose another --out"
        ) from None


def _commands(_: argparse.Namespace) -> int:
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


def _say(text: str) -> None:
    print("\n".join(terminal(line) for line in text.split("\n")), file=sys.stderr)
