"""``pvo-kit logs``: what mail logs hold, line by line, by connection, or by what was recognised."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pvo_kit.commands import Verbs
from pvo_kit.commands.output import say, written
from pvo_kit.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

    from pvo_kit.charts.descriptions import Kind

_SHOWN = {
    "events": ("time", "event", "dcid", "mid", "to", "at", "detail"),
    "connections": ("opened", "dcid", "to", "tls", "tls_cipher", "outcome", "from line", "detail"),
    "failures": ("opened", "dcid", "to", "tls_reason", "suggests", "from line", "detail"),
}
"""Columns of a table; CSV, JSON and Parquet hold all of them."""

_CHARTS: dict[str, Kind] = {
    "timeline": "dcid_timeline",
    "failures": "tls_failures_over_time",
    "ciphers": "cipher_use",
}

_FILTERS = ("kinds", "address", "port", "since", "until")


def add(verbs: Verbs) -> None:
    """Declare the verb."""
    logs = verbs.add_parser(
        "logs",
        help="list what mail logs hold, or draw it",
        description="Reads files, folders, archives, patterns or - (standard input) as one set of "
        "logs, in the order of their times, or a folder that --keep has written. Prints one row a "
        "line that carries a DCID.",
        epilog="Several lines that matter to one connection are one row of --connections. "
        "Exit codes: 0 read; 2 usage error or nothing could be read.",
    )
    logs.add_argument("paths", nargs="+", metavar="PATH")
    view = logs.add_mutually_exclusive_group()
    view.add_argument("--connections", action="store_true", help="one row a delivery connection")
    view.add_argument(
        "--tls-failures", action="store_true", help="only those whose TLS failed, and why"
    )
    view.add_argument(
        "--coverage", action="store_true", help="count the lines by kind, and what no kind takes"
    )
    view.add_argument(
        "--keep", type=Path, metavar="FOLDER", help="keep the rows as Parquet, to read them again"
    )
    logs.add_argument("--format", choices=("table", "csv", "json", "parquet"))
    logs.add_argument("--out", type=Path, metavar="FILE", help="write the rows to this file")
    logs.add_argument(
        "--plot", type=Path, metavar="FILE", help="draw a .png instead of printing rows"
    )
    logs.add_argument(
        "--chart",
        choices=tuple(_CHARTS),
        help="what --plot draws: the life of connections, their TLS failures, the suites",
    )
    logs.add_argument("--fix", metavar="WHEN", help="mark a time in the picture: before, after")
    chosen = logs.add_argument_group("which lines", "times are UTC, such as '2014-04-07 16:02'")
    chosen.add_argument("--since", metavar="WHEN")
    chosen.add_argument("--until", metavar="WHEN")
    chosen.add_argument("--address", metavar="IP", help="of the box that is delivered to")
    chosen.add_argument("--port", type=int, metavar="N", help="that is delivered to")
    chosen.add_argument(
        "--kinds", metavar="NAMES", help="delivery (as it is), all, or kinds: tls-failed,bounced"
    )
    chosen.add_argument("--year", type=int, metavar="Y", help="of lines that name none")
    logs.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """List, draw or keep."""
    _check(arguments)
    if arguments.coverage:
        _coverage(arguments)
    elif arguments.keep:
        _keep(arguments)
    elif arguments.connections or arguments.tls_failures or arguments.plot:
        _connections(arguments)
    else:
        _events(arguments)
    return 0


def _check(arguments: argparse.Namespace) -> None:
    """Refuse what would have to be passed over in silence."""
    given = [name for name in _FILTERS if getattr(arguments, name) is not None]
    if arguments.coverage and (given or arguments.plot):
        raise InputError("--coverage counts every line: leave out filters and --plot")
    if arguments.coverage and arguments.format in ("csv", "parquet"):
        raise InputError("--coverage is a table or --format json")
    by_connection = arguments.connections or arguments.tls_failures or arguments.plot
    if arguments.kinds is not None and by_connection:
        raise InputError("connections are made of all delivery lines: leave out --kinds")
    if not arguments.plot and (arguments.fix is not None or arguments.chart):
        raise InputError("--fix and --chart tell what to draw: give --plot FILE too")
    if arguments.format == "parquet" and not arguments.out:
        raise InputError("--format parquet writes a file: give --out FILE too")
    if arguments.keep and (arguments.plot or arguments.out or arguments.format):
        raise InputError("--keep writes its own files: leave out --plot, --out and --format")


def _read(arguments: argparse.Namespace, **more: Any) -> dict[str, Any]:
    """What the reader is to be given."""
    given = {name: getattr(arguments, name) for name in ("address", "port", "year")}
    return {"paths": arguments.paths, **given, **more}


def _wanted(arguments: argparse.Namespace) -> dict[str, Any]:
    kinds = arguments.kinds.split(",") if arguments.kinds is not None else "delivery"
    return _read(arguments, kinds=kinds, since=arguments.since, until=arguments.until)


def _events(arguments: argparse.Namespace) -> None:
    from pvo_kit.mail_logs.reader import iter_mail_logs, read_mail_logs

    if arguments.format == "parquet":
        frame = read_mail_logs(**_wanted(arguments))
        _tell(frame.attrs["coverage"])
        _parquet(frame, arguments.out)
        return
    last: dict[str, Any] = {}
    _print(_noting(iter_mail_logs(**_wanted(arguments)), last), "events", arguments)
    _tell(last)


def _noting(blocks: Iterable[pd.DataFrame], last: dict[str, Any]) -> Iterator[pd.DataFrame]:
    """The same blocks; ``last`` holds the account of lines up to the last one."""
    for block in blocks:
        last.update(block.attrs["coverage"])
        yield block


def _connections(arguments: argparse.Namespace) -> None:
    from pvo_kit.mail_logs.history import connections, tls_failures, within
    from pvo_kit.mail_logs.reader import read_mail_logs

    events = read_mail_logs(**_read(arguments))
    _tell(events.attrs["coverage"])
    links = within(connections(events), arguments.since, arguments.until)
    if arguments.plot:
        _plot(links, arguments)
    if arguments.plot and not (arguments.format or arguments.out):
        return
    frame = tls_failures(links) if arguments.tls_failures else links
    if arguments.format == "parquet":
        _parquet(frame, arguments.out)
    else:
        _print([frame], "failures" if arguments.tls_failures else "connections", arguments)


def _plot(links: pd.DataFrame, arguments: argparse.Namespace) -> None:
    from pvo_kit import charts

    name = arguments.chart or ("failures" if arguments.tls_failures else "timeline")
    kind = _CHARTS[name]
    chart = getattr(charts, kind)(links, fix=arguments.fix)
    try:
        charts.save(chart, arguments.plot)
    except OSError as error:
        raise InputError(
            f"{arguments.plot}: cannot be written ({error.strerror}); choose another --plot"
        ) from None
    say(charts.describe(kind, links, fix=arguments.fix))


def _keep(arguments: argparse.Namespace) -> None:
    from pvo_kit.mail_logs.reader import to_parquet

    coverage = to_parquet(folder=arguments.keep, **_wanted(arguments))
    _tell(coverage)
    say(f"kept {coverage['recognised']:,} rows; read them with: pvo-kit logs {arguments.keep}")


def _print(blocks: Iterable[pd.DataFrame], view: str, arguments: argparse.Namespace) -> None:
    from pvo_kit import exports

    if arguments.format == "csv":
        text = exports.to_csv(blocks)
    elif arguments.format == "json":
        text = exports.to_json(blocks)
    else:
        text = exports.to_table(blocks, _SHOWN[view])
    written(text, arguments.out)


def _parquet(frame: pd.DataFrame, out: Path) -> None:
    try:
        frame.to_parquet(out, compression="zstd", index=False)
    except OSError as error:
        raise InputError(f"{out}: cannot be written ({error}); choose another --out") from None


def _coverage(arguments: argparse.Namespace) -> None:
    from pvo_kit.mail_logs import accounting
    from pvo_kit.mail_logs.reader import account

    found = account(arguments.paths, arguments.year)
    _tell(found)
    form = accounting.to_json if arguments.format == "json" else accounting.to_text
    written([form(found)], arguments.out)


def _tell(coverage: dict[str, Any]) -> None:
    """What the user must know of what was read."""
    for row in coverage.get("unread", ()):
        say(f"pvo-kit: warning: {row['source']} {row['reason']}")
    missed = sum(row["count"] for row in coverage.get("not_recognised", ()))
    if missed and sys.stderr.isatty():
        say(f"{missed:,} lines were not recognised; --coverage lists them by shape")
