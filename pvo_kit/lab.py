"""JupyterLab on the notebooks: which case, which folder, which settings.

The settings beside this module (``lab_settings/overrides.json``) send widget messages through the
kernel's main thread: with JupyterLab's own default a chart that is drawn with pyplot in a callback
comes out blank. A person's own settings still come before them.
"""

from __future__ import annotations

import secrets
import sys
from importlib.util import find_spec
from pathlib import Path

from pvo_kit import resources, working_copies
from pvo_kit.errors import InputError

FOLDER = "pvo-notebooks"
"""The working folder, below the current one, where none is given."""

START = "00_start_here.ipynb"

UPLOAD = 100 * 1024 * 1024
"""Bytes that a browser may send to a notebook at once; the server's own limit is 10 MiB."""

_SETTINGS = Path(__file__).resolve().parent / "lab_settings"
_NEEDED = ("jupyterlab", "ipywidgets")


def prepare(case: str | None, folder: Path) -> list[str]:
    """Copy the notebooks into ``folder`` and name the case in them; return what was kept as edited.

    ``case`` is a path or the name of a bundled case. Raises InputError where there is no such case,
    or where the copies would lie among the evidence.
    """
    if case is None:
        return working_copies.make(folder)
    path = resources.locate(case)
    if folder.resolve().is_relative_to(path):
        raise InputError(
            f"{folder} lies inside {case}, where the notebooks would be read as evidence; "
            "give another --folder"
        )
    is_bundled = case in resources.examples() and path == resources.example(case)
    return working_copies.make(folder, case if is_bundled else str(path))


def check_installed() -> None:
    """Raise InputError where JupyterLab or the widgets are missing."""
    missing = [name for name in _NEEDED if find_spec(name) is None]
    if missing:
        raise InputError(
            f"{' and '.join(missing)} not installed; install the extra named lab: "
            'pip install "pvo_kit[lab]" (in a checkout: pip install -e ".[lab]")'
        )


def serve(folder: Path, *, browser: bool = True, port: int | None = None) -> None:
    """Run JupyterLab on the copies in ``folder`` until Ctrl-C.

    It listens on loopback alone and asks for a token that is new each time. The address with the
    token goes to standard error, and a browser is opened on it.
    """
    from jupyterlab.labapp import LabApp  # type: ignore[import-untyped]

    token = secrets.token_hex(24)
    server = LabApp.initialize_server(_options(folder, browser, port, token))
    # Jupyter hides a token that was given to it.
    address = server.local_url.partition("?")[0]
    print(f"JupyterLab: {address}?token={token}", file=sys.stderr, flush=True)
    server.start()


def _options(folder: Path, browser: bool, port: int | None, token: str) -> list[str]:
    """The options of JupyterLab; they come before what a person's configuration says."""
    options = [
        f"--ServerApp.root_dir={folder.resolve()}",
        # A workspace of its own: that of other notebooks stays as it is.
        f"--LabApp.default_url=/lab/workspaces/pvo-kit/tree/{START}",
        f"--LabApp.app_settings_dir={_SETTINGS}",
        "--ServerApp.ip=127.0.0.1",
        f"--ServerApp.tornado_settings={{'websocket_max_message_size': {UPLOAD}}}",
        f"--IdentityProvider.token={token}",
        # In a container everybody is root, and only this machine is let in.
        "--ServerApp.allow_root=True",
        "--LabApp.extension_manager=readonly",
        "--LabApp.news_url=",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
        "--ServerApp.answer_yes=True",
        "--ServerApp.log_level=ERROR",
        "--LabApp.log_level=ERROR",
    ]
    if port is not None:
        options += [f"--ServerApp.port={port}", "--ServerApp.port_retries=0"]
    return options if browser else [*options, "--no-browser"]
