"""Settings of all tests: properties are never timed, and CI tries the same examples every time.

``run`` runs the command line in this process, ``browser`` is a real one.
"""

from __future__ import annotations

import io
import json
import os
import sys
from dataclasses import dataclass

import pytest
from chromium import CHROMIUM, FLAGS, MISSING
from hypothesis import settings

from pvo_kit import cli

settings.register_profile("here", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "here")


@dataclass
class Done:
    """What a run of the command line left."""

    code: int
    out: str
    err: str

    @property
    def document(self):
        return json.loads(self.out)

    @property
    def statuses(self):
        return [finding["status"] for finding in self.document["findings"]]


@pytest.fixture
def run(capsys, monkeypatch):
    """Run the command line in this process."""

    def runs(*argv, stdin=b""):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        try:
            code = cli.main([str(word) for word in argv])
        except SystemExit as stop:  # argparse
            code = stop.code
        captured = capsys.readouterr()
        assert "Traceback" not in captured.err
        return Done(code, captured.out, captured.err)

    return runs


@pytest.fixture(scope="session")
def browser():
    """Headless Chromium of the system; one for all, since a process can drive no second one."""
    from playwright.sync_api import sync_playwright

    assert CHROMIUM is not None, MISSING
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield found
        found.close()
