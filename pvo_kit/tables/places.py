"""Where a row of a table stands in the evidence, and what to ask for where it does not."""

from __future__ import annotations

from collections.abc import Sequence

from pvo_kit import catalog
from pvo_kit.evidence import Citation
from pvo_kit.scenarios.verdict import Citable, Missing, cite


def place(shown: Citable | Sequence[Citation]) -> dict[str, object]:
    """Return ``source`` and ``line`` of the first line of a fact or of citations."""
    cited = tuple(shown) if isinstance(shown, Sequence) else cite(shown)
    return {"source": cited[0].file, "line": cited[0].line} if cited else {}


def needed(missing: Missing) -> str:
    """Return what to look at: a place in a GUI, or a command."""
    if missing.where or not missing.command:
        return missing.where or ""
    row = catalog.command(missing.command)
    return missing.typed or row.typed
