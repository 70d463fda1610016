"""A notebook executed for one case: its parameters are known, its kernel is fresh."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

from pvo_kit import kernels, resources
from pvo_kit.errors import InputError, PvoError
from pvo_kit.hints import Hints

CASE = "case"
"""The parameter that names the escalation."""

OPTIONS = {"roles": "role", "year": "year", "pvo_port": "pvo-port"}
"""The options of hints by their parameters."""

_WIDGET = "application/vnd.jupyter.widget-view+json"


@dataclass(frozen=True, slots=True)
class Notebook:
    """A notebook to execute and what it is given, apart from the case.

    It is read once: what happens to its file during a run changes nothing.
    """

    name: str
    text: str = field(repr=False)
    hash: str
    parameters: Mapping[str, Any]


def read(path: str | Path, parameters: Mapping[str, Any], told: Hints) -> Notebook:
    """Read a notebook, or a bundled one by its name, and check its parameters.

    Raises InputError where it cannot be read, has no parameter ``case``, or does not know one that
    is given; a hint is a parameter too, without which it would show another diagnosis than the
    report. Raises PvoError where Jupyter is not installed.
    """
    file = Path(path)
    if not file.exists() and file.name == str(path):
        file = resources.notebooks() / file
    try:
        if file.suffix != ".ipynb":
            raise InputError(f"{file.name} is no notebook; give --notebook a .ipynb")
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "is no text in UTF-8"
        raise InputError(f"{file.name} cannot be read ({why}); give --notebook a .ipynb") from None
    known = _parameters(file.name, text)
    if CASE not in known:
        raise InputError(
            f"{file.name} has no parameter {CASE}; tag the cell that sets it with parameters"
        )
    for name in parameters:
        if name == CASE:
            raise InputError(f"the parameter {CASE} is set for each case; leave it out")
        if name not in known:
            others = ", ".join(sorted(known - {CASE})) or "none"
            raise InputError(f"{file.name} has no parameter {name}; beside {CASE} it has {others}")
    for name in sorted(told.given().keys() - known):
        raise InputError(
            f"{file.name} has no parameter {name}, so it would not show what the report shows; "
            f"add it to the notebook, or leave out --{OPTIONS[name]}"
        )
    return Notebook(file.name, text, sha256(text.encode()).hexdigest(), dict(parameters))


def _parameters(name: str, text: str) -> set[str]:
    try:
        import nbformat
        from papermill import inspect_notebook  # type: ignore[import-untyped]
    except ImportError as error:
        raise missing("executing notebooks", error) from None
    try:
        # Not by its path: papermill would fill in what stands in braces there.
        return set(inspect_notebook(nbformat.reads(text, as_version=4)))  # type: ignore[no-untyped-call]
    except Exception as error:
        why = f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}"
        raise InputError(f"{name} is no notebook that can be executed ({why})") from None


def missing(what: str, error: ImportError) -> PvoError:
    """Return the error for a package that is not installed."""
    return PvoError(f"{what} needs {error.name}; install it: pip install 'pvo_kit[batch,lab]'")


def execute(notebook: Notebook, case: str, told: Hints) -> tuple[bytes, str]:
    """Execute a notebook for the escalation at a path, with its hints, in a fresh kernel.

    Returns the executed notebook and why it broke, or ''. A notebook that broke shows where.
    """
    from papermill.exceptions import PapermillExecutionError  # type: ignore[import-untyped]

    with tempfile.TemporaryDirectory(prefix="pvo-kit-", ignore_cleanup_errors=True) as folder:
        source, target = Path(folder, "in.ipynb"), Path(folder, "out.ipynb")
        source.write_text(notebook.text, encoding="utf-8")
        try:
            parameters = {CASE: case, **told.given(), **notebook.parameters}
            kernels.twice(lambda: _papermill(source, target, parameters))
            broke = ""
        except PapermillExecutionError as error:
            broke = f"{notebook.name}: {error.ename}: {error.evalue}"
        return _cleaned(target.read_text(encoding="utf-8"), notebook.text), broke


def _papermill(source: Path, target: Path, parameters: dict[str, Any]) -> None:
    import papermill

    papermill.execute_notebook(
        source,
        target,
        parameters,
        progress_bar=False,
        request_save_on_cell_execute=False,
        shutdown_kernel="immediate",
        # A warning of each kernel that loopback is not encrypted would tear the progress bar.
        extra_arguments=["--log-level=ERROR"],
        # The kernel's folder; papermill's own way changes that of the whole process.
        resources={"metadata": {"path": str(source.parent)}},
    )


def _cleaned(executed: str, source: str) -> bytes:
    """Take out what says when and where it ran, and widgets, which no kernel backs any more."""
    notebook = json.loads(executed)
    own = {cell.get("id") for cell in json.loads(source).get("cells", ())}
    for place in ("papermill", "widgets"):
        notebook["metadata"].pop(place, None)
    for number, cell in enumerate(notebook["cells"], start=1):
        for place in ("papermill", "execution"):
            cell["metadata"].pop(place, None)
        if not cell["metadata"].get("tags", True):
            del cell["metadata"]["tags"]
        if "id" in cell and cell["id"] not in own:
            cell["id"] = f"cell-{number}"
        for output in cell.get("outputs", ()):
            data = output.get("data", {})
            if len(data) > 1:  # its HTML or text stands beside it
                data.pop(_WIDGET, None)
    return (json.dumps(notebook, indent=1, ensure_ascii=False) + "\n").encode()
