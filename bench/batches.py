"""How fast batches are and how much memory they take, beside serial papermill.

Makes its own archive of small cases, then prints each bar with what was measured. A machine's load
moves all figures: only those of one run compare.

    python bench/batches.py --cases 1000 --notebooks 20
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import psutil

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE.parent / "tests")]

import made_escalations  # noqa: E402 - found by the line above

import pvo_kit as pvo  # noqa: E402

WORKERS = 2
CASE_BAR = 0.1  # seconds a case
NOTEBOOK_BAR = 1.6  # times as fast as serial papermill
NOTEBOOK = "04_tls_no_certificate.ipynb"
CELLS = (
    'case = "technote"',
    "import pvo_kit as pvo\nimport pandas as pd\nfrom matplotlib.figure import Figure",
    "diagnosis = pvo.diagnose(pvo.load(case))\ndiagnosis",
    "diagnosis.to_frame()",
    "figure = Figure()\nfigure.subplots().plot([1, 2, 3])\nfigure",
)
"""Where the kit's own notebook is not there: the same imports, a frame and a chart."""


@dataclass
class Memory:
    """Megabytes of the run and its workers, taken twice a second."""

    taken: list[float] = field(default_factory=list)
    ended: threading.Event = field(default_factory=threading.Event)

    def watch(self) -> None:
        """Take it until the run ends."""
        run = psutil.Process()
        while not self.ended.wait(0.5):
            total = 0
            for process in (run, *run.children(recursive=True)):
                try:
                    total += process.memory_info().rss
                except psutil.NoSuchProcess:
                    continue
            self.taken.append(total / 2**20)

    def __enter__(self) -> Memory:
        """Begin."""
        threading.Thread(target=self.watch, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        """End."""
        self.ended.set()

    def part(self, first: float, last: float) -> float:
        """Return the most that was taken in a part of the run."""
        count = len(self.taken)
        return max(self.taken[int(first * count) : max(1, int(last * count))], default=0.0)


def cases(home: Path, count: int) -> None:
    """Print the bars of diagnosis and report, of a second run, and of memory."""
    archive = made_escalations.make(home / "archive", count)
    with Memory() as memory:
        seconds = timed(lambda: pvo.batch(archive, home / "runs", workers=WORKERS))
    again = timed(lambda: pvo.batch(archive, home / "runs", workers=WORKERS))
    print(f"{count:,} small cases, diagnosis and report, {WORKERS} workers, start included")
    print(f"  {seconds / count:.3f} s a case ({seconds:.1f} s); bar: below {CASE_BAR} s")
    print(f"  {again:.1f} s for a second run, which finds all done")
    # The second quarter: every worker has loaded what it needs.
    early, late = memory.part(0.25, 0.5), memory.part(0.75, 1.0)
    print(f"  {early:.0f} MB in the second quarter, {late:.0f} MB in the last; bar: flat")


def executed(home: Path, count: int) -> None:
    """Print how much faster notebooks are executed than by papermill, one after the other."""
    archive = made_escalations.make(home / "few", count)
    notebook = _notebook(home)
    serial = timed(lambda: _papermill(notebook, archive, home / "serial"))
    ours = timed(lambda: pvo.batch(archive, home / "executed", notebook=notebook, workers=WORKERS))
    print(f"{count} times {notebook.name} executed")
    print(f"  {serial / count:.2f} s each by papermill, one after the other")
    print(f"  {ours / count:.2f} s each by {WORKERS} workers, with diagnosis and report")
    print(f"  {serial / ours:.2f} times as fast; bar: at least {NOTEBOOK_BAR}")


def _papermill(notebook: Path, archive: Path, out: Path) -> None:
    import papermill

    out.mkdir()
    for case in sorted(archive.iterdir()):
        parameters = {"case": str(case)}
        papermill.execute_notebook(
            notebook, out / f"{case.name}.ipynb", parameters, progress_bar=False
        )


def _notebook(home: Path) -> Path:
    bundled = pvo.resources.notebooks() / NOTEBOOK
    if bundled.exists():
        return Path(shutil.copy(bundled, home))
    import nbformat
    from nbformat.v4 import new_code_cell, new_notebook

    made = new_notebook(cells=[new_code_cell(text) for text in CELLS])
    made.cells[0].metadata["tags"] = ["parameters"]
    made.metadata["kernelspec"] = {"name": "python3", "display_name": "", "language": "python"}
    nbformat.write(made, home / "small.ipynb")
    return home / "small.ipynb"


def timed(work: Callable[[], object]) -> float:
    """Return the seconds that a work takes."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def main() -> None:
    """Print all bars."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cases", type=int, default=1000)
    parser.add_argument("--notebooks", type=int, default=20)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="pvo-kit-bench-") as home:
        cases(Path(home), arguments.cases)
        executed(Path(home), arguments.notebooks)


if __name__ == "__main__":
    main()
