"""The notebook of a case: the bundled one, on the case's evidence, and what it shows when run.

Only the kit's own cells are ever run. A case folder may come from anybody.
"""

from __future__ import annotations

import json
import os
import re
import tempfile
from pathlib import Path
from typing import Any

from pvo_kit import kernels, resources
from pvo_kit.errors import InputError
from pvo_kit.hints import Hints

NAME = "30_case_study.ipynb"

_TAG = "parameters"
_LONGEST = 600  # seconds for a cell


def prepared(case: str, told: Hints) -> bytes | None:
    """Return the bundled notebook with its parameters set: a path, and hints; without any output.

    None where this installation bundles no such notebook.
    """
    try:
        path = resources.notebooks() / NAME
        notebook = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, InputError):
        return None
    cells: list[dict[str, Any]] = notebook["cells"]
    for cell in cells:
        if cell["cell_type"] == "code":
            cell.update(outputs=[], execution_count=None)
    (given,) = (cell for cell in cells if _TAG in cell["metadata"].get("tags", ()))
    source = "".join(given["source"])
    for name, value in {"case": case, **told.given()}.items():
        source = _with(source, name, value)
    given["source"] = source.splitlines(keepends=True)
    return (json.dumps(notebook, indent=1, ensure_ascii=False) + "\n").encode()


def _with(source: str, name: str, value: object) -> str:
    setting = re.compile(rf"^{name}\s*=.*$", re.MULTILINE)
    new, changed = setting.subn(lambda _: f"{name} = {value!r}", source)
    if changed != 1:
        raise AssertionError(f"{NAME} does not set its parameter {name} in a line of its own")
    return new


def _environment() -> dict[str, str]:
    """The environment of a kernel that imports this very kit, wherever it starts."""
    home = str(Path(__file__).resolve().parents[2])
    return {**os.environ, "PYTHONPATH": os.pathsep.join([home, os.environ.get("PYTHONPATH", "")])}


def run(evidence: Path, told: Hints) -> list[str] | None:
    """Execute the bundled notebook for this evidence and return the texts that it shows.

    None where Jupyter is not installed. Raises InputError where a cell fails or no kernel starts.
    """
    data = prepared(str(evidence.resolve()), told)
    try:
        import nbformat
        from nbclient.exceptions import CellExecutionError
    except ImportError:
        return None
    if data is None:
        return None
    notebook = nbformat.reads(data.decode(), as_version=4)  # type: ignore[no-untyped-call]
    try:
        kernels.twice(lambda: _execute(notebook))
    except CellExecutionError as error:
        raise InputError(f"{NAME} fails: {error.ename}: {error.evalue}") from None
    except Exception as error:  # no kernel, one that died, a cell without an end
        why = " ".join(str(error).split())
        raise InputError(f"{NAME} fails: {type(error).__name__}: {why}") from None
    outputs = (output for cell in notebook.cells for output in cell.get("outputs", ()))
    return [text for output in outputs if (text := output.get("data", {}).get("text/plain"))]


def _execute(notebook: Any) -> None:
    """Execute a notebook in place, in an empty folder: nothing of a case folder is imported."""
    from nbclient import NotebookClient

    with tempfile.TemporaryDirectory(prefix="pvo-kit-", ignore_cleanup_errors=True) as folder:
        client = NotebookClient(
            notebook, timeout=_LONGEST, resources={"metadata": {"path": folder}}
        )
        # A kernel warns each time that its sockets are open to this machine's users.
        client.extra_arguments = ["--IPKernelApp.log_level=40"]
        client.execute(env=_environment())
