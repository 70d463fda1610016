"""A batch to look at where no other one is given: that of the bundled cases."""

from __future__ import annotations

import os
import shutil
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from pvo_kit import resources
from pvo_kit.batching.fleet import FILE
from pvo_kit.batching.run import batch
from pvo_kit.errors import InputError

FOLDER = "pvo-runs"


def locate_runs(runs: str | os.PathLike[str] | None = None) -> Path:
    """Return the folder of a batch: this one, or that of a batch over the bundled cases.

    The latter takes a second. It is written to ``pvo-runs``, below the current folder; where that
    is the kit's own, in which nothing is left, to a new temporary folder. Raises InputError where
    ``runs`` holds no batch.
    """
    if runs is not None:
        folder = Path(runs).expanduser()
        if not (folder / FILE).is_file():
            raise InputError(f"{runs} holds no {FILE}; give a folder that pvo-kit batch wrote")
        return folder
    folder = _place() / FOLDER
    with tempfile.TemporaryDirectory() as archive:
        for name in resources.examples():
            shutil.copytree(resources.example(name), Path(archive, name))
        # One thread: the cases are small, and processes would take longer to start.
        with ThreadPoolExecutor(1) as executor:
            batch(archive, folder, executor)
    return folder


def _place() -> Path:
    here, notebooks = Path.cwd(), resources.notebooks()
    is_own = here in (notebooks, notebooks.parent)
    return Path(tempfile.mkdtemp(prefix="pvo-kit-")) if is_own else Path()
