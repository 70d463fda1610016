"""Where words go: results to standard output or a file, everything else to standard error."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

from pvo_kit.errors import InputError
from pvo_kit.escape import terminal


def write(text: str, out: Path | None) -> None:
    """Write a result to standard output, or to a file. Raises InputError where that cannot be."""
    written([text], out)


def written(parts: Iterable[str], out: Path | None) -> None:
    """Write a result part by part, as it comes."""
    if out is None:
        for part in parts:
            sys.stdout.write(part)
        sys.stdout.flush()
        return
    try:
        file = out.open("w", encoding="utf-8", newline="\n")
    except OSError as error:
        raise _refused(out, error) from None
    with file:
        for part in parts:
            try:
                file.write(part)
            except OSError as error:
                raise _refused(out, error) from None


def _refused(out: Path, error: OSError) -> InputError:
    return InputError(f"{out}: cannot be written ({error.strerror}); choose another --out")


def say(text: str) -> None:
    """Tell the user something that is no result."""
    print("\n".join(terminal(line) for line in text.split("\n")), file=sys.stderr)
