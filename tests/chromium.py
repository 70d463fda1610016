"""The browser that tests drive: where it is, how it starts, what is said where it is missing."""

from __future__ import annotations

import os
import shutil

import pytest

CHROMIUM = os.environ.get("PVO_CHROMIUM") or next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser"))), None
)
MISSING = "no Chromium here, so nothing was tried in a browser: make browser says how"

# --no-sandbox because root has no sandbox; the rest keeps Chromium from calling home.
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip

needs_browser = pytest.mark.skipif(
    CHROMIUM is None and not os.environ.get("PVO_CI"), reason=MISSING
)
"""In CI a missing browser is a failure."""
