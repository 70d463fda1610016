"""A browser and two servers for the tests beside: as the kit starts it, and as JupyterLab is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from chromium import needs_browser
from jupyter_pages import Lab, Page
from playwright.sync_api import BrowserContext

from pvo_kit import working_copies


def pytest_collection_modifyitems(items) -> None:
    """Skip the tests beside where there is no browser; in CI they fail."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(needs_browser)


@pytest.fixture(scope="session")
def context(browser) -> BrowserContext:
    """One for all pages: JupyterLab's scripts are fetched once."""
    return browser.new_context()


@pytest.fixture(scope="session")
def lab(browser, tmp_path_factory) -> Iterator[Lab]:
    """JupyterLab as ``pvo-kit lab`` starts it."""
    home = tmp_path_factory.mktemp("home")
    folder = home / "notebooks"
    command = ["-m", "pvo_kit", "lab", "tls-no-certificate", "--folder", str(folder),
               "--no-browser", "--port", "{port}"]  # fmt: skip
    yield from _running(Lab(command, folder, home))


@pytest.fixture(scope="session")
def plain_lab(browser, tmp_path_factory) -> Iterator[Lab]:
    """JupyterLab with its own default settings, as somebody else may have it."""
    home = tmp_path_factory.mktemp("plain")
    folder = home / "notebooks"
    working_copies.make(folder, "tls-no-certificate")
    command = ["-m", "jupyterlab", "--no-browser", "--allow-root", "--ServerApp.ip=127.0.0.1",
               "--ServerApp.port={port}", "--ServerApp.port_retries=0",
               f"--ServerApp.root_dir={folder}", "--IdentityProvider.token={token}",
               "--LabApp.extension_manager=readonly", "--LabApp.news_url=",
               "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate"]  # fmt: skip
    yield from _running(Lab(command, folder, home))


def _running(lab: Lab) -> Iterator[Lab]:
    try:
        yield lab.wait()
    finally:
        lab.stop()


Opener = Callable[..., Page]


@pytest.fixture
def opened(request, context) -> Iterator[Opener]:
    """Open a notebook on a server; at the end its screen is kept, and everything was well."""
    pages: list[Page] = []

    def open_one(lab: Lab, notebook: str, case: str | Path | None = None, **options) -> Page:
        path = f"{notebook}.ipynb"
        if case is not None:
            # A folder of its own for each test, so that none sees what another one kept.
            folder = f"{len(list(lab.folder.iterdir()))}-{Path(case).name}"
            working_copies.make(lab.folder / folder, str(case))
            path = f"{folder}/{path}"
        page = Page(context, lab, path, **options)
        pages.append(page)
        return page.open()

    yield open_one
    for page in pages:
        page.picture(request.node.name.replace("/", "-"))
        page.check()
        page.close()
