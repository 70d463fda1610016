"""Where bundled cases and notebooks lie: beside the package in a checkout, inside it in a wheel.

Everything that needs one of them asks here: notebooks, tests, commands and documentation.
"""

from __future__ import annotations

from pathlib import Path

from pvo_kit.errors import InputError

_PACKAGE = Path(__file__).resolve().parent


def example(name: str) -> Path:
    """Return the folder of the bundled case of this name, ready for ``load()``."""
    names = examples()
    if name not in names:
        raise InputError(f"{name}: no bundled case has this name; there are: {', '.join(names)}")
    return _cases() / name


def examples() -> list[str]:
    """Return the names of the bundled cases, sorted."""
    return sorted(
        entry.name
        for entry in _cases().iterdir()
        if entry.is_dir() and not entry.name.startswith((".", "_"))
    )


def notebooks() -> Path:
    """Return the folder of the bundled notebooks."""
    return _bundled("notebooks")


def lock() -> Path | None:
    """Return the requirements that the kit was released with, None where they are not bundled."""
    places = (home / "requirements.lock" for home in (_PACKAGE, _PACKAGE.parent))
    return next((path for path in places if path.is_file()), None)


def _cases() -> Path:
    return _bundled("data") / "escalations"


def _bundled(name: str) -> Path:
    for home in (_PACKAGE, _PACKAGE.parent):
        if (home / name).is_dir():
            return home / name
    raise InputError(f"{name}: not found in this installation; install pvo_kit again")
