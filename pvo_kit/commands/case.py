"""``pvo-kit case``: makes a folder that holds a redacted case and its story, or verifies one."""

from __future__ import annotations

import argparse
from pathlib import Path

from pvo_kit.commands import Verbs
from pvo_kit.commands.hints import add_hints, hints_of
from pvo_kit.commands.output import say, write
from pvo_kit.commands.report import add_preface, words
from pvo_kit.errors import InputError

DIFFERS = 1


def add(verbs: Verbs) -> None:
    """Declare the verb."""
    case = verbs.add_parser(
        "case",
        help="make a folder of a redacted case with its story, or verify one",
        description="With --from FOLDER is new and is made: the redacted evidence, findings, "
        "reports, charts and the notebook. Without, FOLDER is read again: does its evidence still "
        "tell the same story? Nothing in the folder is executed for that.",
        epilog="Exit codes: 0 made, or the same story; 1 something differs; 2 usage error, no case "
        "folder, or refused, and nothing is kept.",
    )
    case.add_argument("folder", type=Path, metavar="FOLDER")
    what = case.add_mutually_exclusive_group()
    what.add_argument(
        "--from",
        dest="paths",
        action="append",
        default=[],
        metavar="PATH",
        help="make it of this folder, archive or file (may be repeated); one that was redacted is "
        "copied",
    )
    what.add_argument(
        "--renew",
        action="store_true",
        help="write everything but the evidence anew: for a newer pvo-kit, or in other words",
    )
    case.add_argument("--key-file", type=Path, metavar="K", help="the key, as for redact")
    case.add_argument("--map", type=Path, metavar="FILE", help="old and new names, as for redact")
    case.add_argument(
        "--no-notebook",
        action="store_true",
        help="verify without running the notebook, which takes some seconds",
    )
    add_hints(case)
    add_preface(case)
    case.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Make, renew or verify."""
    _check(arguments)
    if arguments.paths:
        return _make(arguments)
    if arguments.renew:
        from pvo_kit.case_folder import renew

        renew(arguments.folder, words(arguments), hints_of(arguments))
        say(f"{arguments.folder} is written anew")
        return 0
    return _verify(arguments)


def _check(arguments: argparse.Namespace) -> None:
    """Refuse what would have to be passed over in silence."""
    if not arguments.paths and (arguments.key_file or arguments.map):
        raise InputError("--key-file and --map are for a new case: give --from PATH too")
    if arguments.no_notebook and (arguments.paths or arguments.renew):
        raise InputError("--no-notebook is for verifying: leave it out")
    if words(arguments) and not (arguments.paths or arguments.renew):
        raise InputError("your own words are written with --from PATH or with --renew")
    if hints_of(arguments).given() and not (arguments.paths or arguments.renew):
        raise InputError(
            "--role, --year and --pvo-port are told with --from PATH or with --renew; the folder "
            "is verified with those that it was made with"
        )
    if not arguments.paths and not arguments.folder.exists():
        raise InputError(f"{arguments.folder} does not exist: give --from PATH to make it")


def _make(arguments: argparse.Namespace) -> int:
    from pvo_kit.case_folder import make
    from pvo_kit.redaction import places, read_key
    from pvo_kit.report.study import Preface

    key = None
    if arguments.key_file:
        places.check_key(arguments.key_file, arguments.paths, arguments.folder)
        key = read_key(arguments.key_file)
    preface = Preface(**words(arguments))
    told = hints_of(arguments)
    done = make(arguments.folder, arguments.paths, preface, key, arguments.map, told)
    if done:
        say(done.text)
        for value in done.originals_in(" ".join(words(arguments).values())):
            say(f"pvo-kit: warning: your own words hold {value}, an original value; --renew takes "
                "others")  # fmt: skip
    say(f"made {arguments.folder}; read report.html, verify with: pvo-kit case {arguments.folder}")
    return 0


def _verify(arguments: argparse.Namespace) -> int:
    from pvo_kit.case_folder import verify

    done = verify(arguments.folder, run_notebook=not arguments.no_notebook)
    write(f"{done.text}\n", None)
    return 0 if done.same else DIFFERS
