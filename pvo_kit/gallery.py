"""Executed notebooks as HTML pages: each one file that runs no script and asks no other host.

    python -m pvo_kit.gallery build/gallery                     # every notebook on its own case
    python -m pvo_kit.gallery build --only 00_start_here        # one of them

Widgets live in a kernel alone: a page shows the form that each panel gives beside it.
"""

from __future__ import annotations

import argparse
import re
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pvo_kit import resources, working_copies

if TYPE_CHECKING:
    from nbformat import NotebookNode

_TEMPLATE = Path(__file__).resolve().parent / "gallery_template"
_LINK = re.compile(r"\]\((\w+)\.ipynb\)")
_LONGEST = 600  # seconds for a cell


def build(folder: Path, names: Sequence[str] = (), case: str | None = None) -> list[Path]:
    """Execute notebooks (all, or those named) and write a page of each; return the pages.

    ``case`` is a path or the name of a bundled case, in place of their own. Raises
    CellExecutionError where a cell fails.
    """
    folder.mkdir(parents=True, exist_ok=True)
    pages = []
    with tempfile.TemporaryDirectory() as copies:
        working_copies.make(Path(copies), case)
        for source in sorted(Path(copies).glob("*.ipynb")):
            if not names or source.stem in names:
                page = folder / f"{source.stem}.html"
                page.write_text(to_page(execute(source)), encoding="utf-8", newline="\n")
                pages.append(page)
    return pages


def execute(path: Path) -> NotebookNode:
    """Run a notebook from top to bottom, in its own folder, and return it with its outputs."""
    import nbformat
    from nbclient import NotebookClient

    notebook: NotebookNode = nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]
    place = {"metadata": {"path": str(path.parent)}}
    client = NotebookClient(notebook, timeout=_LONGEST, resources=place)
    # A kernel warns each time that its sockets are open to this machine's users.
    client.extra_arguments = ["--IPKernelApp.log_level=40"]
    client.execute()
    notebook.metadata["title"] = path.stem
    return notebook


def to_page(notebook: NotebookNode) -> str:
    """Return an executed notebook as HTML that needs nothing else."""
    from nbconvert.exporters import HTMLExporter

    # With the widgets' state in it the page would wait for their scripts, and show nothing.
    notebook.metadata.pop("widgets", None)
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = _LINK.sub(r"](\1.html)", cell.source)
    exporter = HTMLExporter(  # type: ignore[no-untyped-call]
        template_name="notebook_page", extra_template_basedirs=[str(_TEMPLATE)]
    )
    body, _ = exporter.from_notebook_node(notebook)
    return str(body)


def main(argv: Sequence[str] | None = None) -> None:
    """Write the pages and print their paths."""
    known = [path.stem for path in sorted(resources.notebooks().glob("*.ipynb"))]
    parser = argparse.ArgumentParser(description="Execute the notebooks and write them as HTML.")
    parser.add_argument("folder", type=Path, help="where the pages go")
    parser.add_argument("--only", action="append", default=[], choices=known, metavar="NOTEBOOK")
    parser.add_argument("--case", help="a path, or the name of a bundled case")
    arguments = parser.parse_args(argv)
    for page in build(arguments.folder, arguments.only, arguments.case):
        print(page)


if __name__ == "__main__":
    main()
