"""How fast the kit reads mail logs, beside grep and the reader that everybody writes first.

Makes its own data, then runs every command in turn, several rounds, each in a process of its own,
and prints medians with the least and the greatest, and ratios. Only figures of one run compare:
a machine's load moves all of them.

    python bench/mail_logs.py --megabytes 1000 --rounds 5
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent)]


@dataclass
class Timed:
    """Seconds, of the process and in the call, CPU seconds and peak megabytes of each round."""

    wall: list[float] = field(default_factory=list)
    call: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    peak: list[float] = field(default_factory=list)
    rows: int = 0


# What runs in a process of its own: each returns how many rows it made.


def re_loop(path: str) -> int:
    """The plain loop, with the in-test first."""
    import re_loop as plain

    return len(plain.read(Path(path)))


def blocks(path: str) -> int:
    """The kit's events, block by block."""
    from pvo_kit import iter_mail_logs

    return sum(map(len, iter_mail_logs(path)))


def frame(path: str) -> int:
    """The kit's events as one pandas frame."""
    from pvo_kit import read_mail_logs

    return len(read_mail_logs(path))


def tls_failures(path: str) -> int:
    """The lines that tell a TLS failure, and nothing else."""
    from pvo_kit import iter_mail_logs

    return sum(map(len, iter_mail_logs(path, "tls-failed")))


def links(path: str) -> int:
    """The kit's connections, of events that were read before."""
    from pvo_kit import connections, read_mail_logs

    events = read_mail_logs(path)
    begun = time.perf_counter()
    found = len(connections(events))
    _call[:] = [time.perf_counter() - begun]
    return found


def every_line(path: str) -> int:
    """Every line told by kind, as --coverage does."""
    from pvo_kit.mail_logs.reader import account

    return int(account(path)["lines"])


def kept(path: str) -> int:
    """Events that were kept as Parquet, read back."""
    from pvo_kit import read_mail_logs

    return len(read_mail_logs(f"{path}.kept"))


def made(path: str) -> int:
    """Make a log of as many megabytes as its name tells, packed and kept too."""
    from mail_log_data import make

    from pvo_kit import to_parquet

    packed = Path(f"{path}.gz")
    if not packed.exists():
        make(Path(path), int(Path(path).stem.rpartition("-")[2]))
        with open(path, "rb") as source, gzip.open(packed, "wb", compresslevel=6) as target:
            shutil.copyfileobj(source, target, 1 << 20)
    to_parquet(path, f"{path}.kept")
    return Path(path).stat().st_size


def same_rows(path: str) -> int:
    """Compare every column of the plain loop's table with the kit's frame."""
    import re_loop as plain

    from pvo_kit import read_mail_logs
    from pvo_kit.exports import values_of

    left, right = plain.read(Path(path)), read_mail_logs(path)
    for name, theirs in values_of(right[left.columns]).items():
        ours = left[name].to_list()
        if name in ("time", "local_time"):
            ours = left[name].dt.to_string("%FT%T").to_list()
            theirs = [text.removesuffix("Z") for text in theirs]
        if ours != theirs:
            raise SystemExit(f"the column {name} differs: the ratios would mean nothing")
    return len(right)


_call: list[float] = []


def _child(name: str, path: str) -> None:
    work: Callable[[str], int] = globals()[name]
    begun = time.perf_counter()
    if name == "re_loop":
        import re_loop as _  # noqa: F401
    else:
        import pvo_kit.mail_logs.history
        import pvo_kit.mail_logs.reader  # noqa: F401
    imported = time.perf_counter()
    rows = work(path)
    call = _call[0] if _call else time.perf_counter() - imported
    print(json.dumps({"rows": rows, "call": call, "import": imported - begun}))


# The rounds


def _run(words: list[str], into: Timed) -> None:
    begun = time.perf_counter()
    with tempfile.TemporaryFile("w+") as out:
        child = subprocess.Popen(words, stdout=out, env={**os.environ, "LC_ALL": "C"})  # noqa: S603
        _, status, usage = os.wait4(child.pid, 0)
        wall = time.perf_counter() - begun
        child.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        told = out.read().strip()
    if child.returncode:
        raise SystemExit(f"{' '.join(words)} ended with {child.returncode}")
    document: dict[str, Any] = json.loads(told) if told.startswith("{") else {"rows": int(told)}
    into.wall.append(wall)
    into.call.append(document.get("call", wall))
    into.cpu.append(usage.ru_utime + usage.ru_stime)
    into.peak.append(usage.ru_maxrss / 1000)
    into.rows = document["rows"]


def _commands(plain: Path, packed: Path) -> dict[str, list[str]]:
    kit = [sys.executable, str(Path(__file__).resolve()), "--child"]
    commands = {"LC_ALL=C grep -c DCID": ["grep", "-c", "DCID", str(plain)]}
    if shutil.which("rg"):
        commands = {"rg -c DCID": ["rg", "-c", "DCID", str(plain)], **commands}
    for name in ("re_loop", "blocks", "frame", "links", "tls_failures", "every_line", "kept"):
        commands[name] = [*kit, name, str(plain)]
    return {**commands, "blocks, gz": [*kit, "blocks", str(packed)]}


def _table(results: dict[str, Timed]) -> None:
    base = median(results["re_loop"].call)
    print(f"{'':24}{'rows':>11}{'wall s':>8}{'in the call s (least-most)':>28}"
          f"{'CPU s':>7}{'peak MB':>9}{'re loop /':>11}")  # fmt: skip
    for name, timed in results.items():
        call = median(timed.call)
        spread = f"{call:.2f} ({min(timed.call):.2f}-{max(timed.call):.2f})"
        print(f"{name:24}{timed.rows:>11,}{median(timed.wall):>8.2f}{spread:>28}"
              f"{median(timed.cpu):>7.2f}{max(timed.peak):>9.0f}{base / call:>11.1f}")  # fmt: skip


def _bars(results: dict[str, Timed]) -> None:
    def ratio(one: str, other: str) -> float:
        """The median of the rounds' ratios: what a load moves, it moves in both."""
        pairs = zip(results[one].call, results[other].call, strict=True)
        return median(left / right for left, right in pairs)

    grep = "LC_ALL=C grep -c DCID"
    print()
    print(f"re loop / blocks          {ratio('re_loop', 'blocks'):6.1f}   bar: at least 8")
    print(f"re loop / frame           {ratio('re_loop', 'frame'):6.1f}   bar: at least 5")
    print(f"TLS failures / grep       {ratio('tls_failures', grep):6.1f}   bar: at most 2")
    print(f"blocks, gz / blocks       {ratio('blocks, gz', 'blocks'):6.1f}   bar: at most 1.5")
    print(f"frame / kept              {ratio('frame', 'kept'):6.1f}   bar: several times")
    peak = max(*results["blocks"].peak, *results["tls_failures"].peak)
    print(f"blocks, failures: peak MB {peak:6.0f}   bar: under 450")
    print(f"frame: peak MB            {max(results['frame'].peak):6.0f}   bar: under 650")
    rows = results["links"].rows
    print(f"connections: s a 200,000  {median(results['links'].call) * 200_000 / rows:6.2f}"
          "   bar: under 1.5")  # fmt: skip


def main() -> None:
    """Make the data, check that the rows are the same, run the rounds, print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--megabytes", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--folder", type=Path, default=HERE.parent / "build" / "bench")
    parser.add_argument("--child", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        _child(*options.child)
        return
    options.folder.mkdir(parents=True, exist_ok=True)
    plain = options.folder / f"made-{options.megabytes}.log"
    packed = plain.with_suffix(".log.gz")
    # In processes of their own: the peak memory of a child counts that of who began it.
    for name in ("made", "same_rows"):
        _run([sys.executable, str(Path(__file__).resolve()), "--child", name, str(plain)], Timed())
    print(f"{plain.stat().st_size / 1e6:.0f} MB plain, {packed.stat().st_size / 1e6:.0f} MB gz;"
          f" Python {sys.version.split()[0]}, {os.cpu_count()} cores")  # fmt: skip
    print("every row and column: the same as of the re loop")
    results: dict[str, Timed] = {name: Timed() for name in _commands(plain, packed)}
    for _ in range(options.rounds):
        for name, words in _commands(plain, packed).items():
            _run(words, results[name])
    _table(results)
    _bars(results)


if __name__ == "__main__":
    main()
