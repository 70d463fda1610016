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


def locate(case: str | Path) -> Path:
    """Return the path of a case: a file or folder of this name, else the bundled case.

    Raises InputError where there is neither.
    """
    path = Path(case).expanduser()
    if str(case).strip() and path.exists():
        return path.resolve()
    names = examples()
    if str(case) in names:
        return _cases() / str(case)
    raise InputError(
        f"{case}: no such file or folder, and no bundled case; give a path, or one of: "
        + ", ".join(names)
    )


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
