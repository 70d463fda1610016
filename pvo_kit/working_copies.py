"""Copies of the notebooks in a folder of the user's: the installed ones are never edited.

Each copy remembers, in its metadata, a digest of the cells that the kit wrote. So a copy that
nobody edited is replaced by a newer one, and a copy that somebody edited is kept.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

from pvo_kit import resources
from pvo_kit.errors import InputError

Notebook = dict[str, Any]
"""A notebook as JSON, format 4.5."""

PARAMETERS = "parameters"
"""The tag of the cell that names the case."""

_CASE = re.compile(r"^case\s*=.*$", re.MULTILINE)


def make(folder: Path, case: str | None = None) -> list[str]:
    """Copy every notebook into ``folder``, on ``case`` where it is given.

    Returns the names of copies that were edited: their cells stay as they are, but for the line
    that names the case. Where ``case`` is None an older copy keeps its own. Raises InputError where
    the folder cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        kept = [path.name for path in _bundled() if not _copy(path, folder / path.name, case)]
    except OSError as error:
        raise InputError(
            f"{folder}: cannot be written ({error.strerror}); give another --folder"
        ) from None
    return kept


def _bundled() -> Iterator[Path]:
    yield from sorted(resources.notebooks().glob("*.ipynb"))


def _copy(source: Path, target: Path, case: str | None) -> bool:
    """Write or renew one copy; False for one that was edited."""
    fresh = json.loads(source.read_text(encoding="utf-8"))
    own = _read(target) if target.exists() else fresh
    if own is None:
        return False
    is_edited = target.exists() and digest(own) != own["metadata"].get("pvo_kit")
    wanted = own if is_edited else fresh
    named = case_line(own) if case is None else f"case = {case!r}"
    changed = named is not None and _set_case(wanted, named)
    if not is_edited:
        wanted["metadata"]["pvo_kit"] = digest(wanted)
        # A copy that is up to date keeps what it shows.
        changed = not target.exists() or _sources(wanted) != _sources(own)
    if changed:
        _write(target, wanted)
    return not is_edited


def digest(notebook: Notebook) -> str:
    """Return the digest of a notebook's cells, without outputs and without the case's name."""
    sources = [_CASE.sub("", source) for source in _sources(notebook)]
    return sha256(json.dumps(sources).encode()).hexdigest()


def case_line(notebook: Notebook) -> str | None:
    """Return the line that names the case, None where there is none."""
    match = _CASE.search(_text(_parameters(notebook)))
    return match and match.group()


def _set_case(notebook: Notebook, line: str) -> bool:
    """Name the case, and take away what was shown of another one; False where nothing changes."""
    cell = _parameters(notebook)
    before = _text(cell)
    after = _CASE.sub(lambda _: line, before, count=1)
    if after == before:
        return False
    cell["source"] = after.splitlines(keepends=True)
    for other in notebook["cells"]:
        if other.get("cell_type") == "code":
            other.update(outputs=[], execution_count=None)
    notebook["metadata"].pop("widgets", None)
    return True


def _parameters(notebook: Notebook) -> dict[str, Any]:
    cells: list[dict[str, Any]] = notebook["cells"]
    tagged = (cell for cell in cells if PARAMETERS in cell.get("metadata", {}).get("tags", ()))
    return next(tagged, {})


def _sources(notebook: Notebook) -> list[str]:
    return [_text(cell) for cell in notebook["cells"]]


def _text(cell: dict[str, Any]) -> str:
    source = cell.get("source", "")
    return source if isinstance(source, str) else "".join(source)


def _read(path: Path) -> Notebook | None:
    """Return the notebook, None for a file that holds something else."""
    try:
        notebook: Notebook = json.loads(path.read_text(encoding="utf-8"))
        notebook["metadata"].get("pvo_kit")
        case_line(notebook)
    except (ValueError, TypeError, KeyError, AttributeError):
        return None
    return notebook


def _write(path: Path, notebook: Notebook) -> None:
    """Write beside the file and rename, so that a full disk leaves the old one."""
    draft = path.with_suffix(".ipynb.part")
    text = json.dumps(notebook, indent=1, ensure_ascii=False) + "\n"
    draft.write_text(text, encoding="utf-8", newline="\n")
    draft.replace(path)
