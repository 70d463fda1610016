"""Print how long ``pvo-kit`` takes to start: medians of several runs beside the bars.

Nothing fails here: seconds depend on the machine. Run with ``make bench``.
"""

from __future__ import annotations

import subprocess
import sys
import time
from statistics import median

from pvo_kit.resources import example

RUNS = 9
DIAGNOSED = (0, 1, 3)

CASES = (
    ("pvo-kit --help", ["--help"], 0.3),
    ("pvo-kit diagnose (bundled case)", ["diagnose", str(example("technote"))], 1.5),
)


def seconds(arguments: list[str]) -> float:
    """Return the wall-clock time of one run in a process of its own."""
    command = [sys.executable, "-m", "pvo_kit", *arguments]
    begin = time.perf_counter()
    done = subprocess.run(command, stdout=subprocess.PIPE, check=False)  # noqa: S603
    taken = time.perf_counter() - begin
    if done.returncode not in DIAGNOSED or not done.stdout:
        raise SystemExit(f"{' '.join(command)}: exit code {done.returncode}, and no result")
    return taken


def main() -> None:
    """Time every case after one run that warms the caches."""
    for name, arguments, bar in CASES:
        seconds(arguments)
        runs = [seconds(arguments) for _ in range(RUNS)]
        verdict = "within" if median(runs) < bar else "OVER"
        print(
            f"{name:34} median {median(runs):.2f} s of {RUNS} runs "
            f"({min(runs):.2f} to {max(runs):.2f}), {verdict} the bar of {bar} s"
        )


if __name__ == "__main__":
    main()
