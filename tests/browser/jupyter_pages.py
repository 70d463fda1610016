"""A real JupyterLab, and a notebook of it in a real browser: started, driven, looked at.

``Lab`` is a server with no settings of this machine; ``Page`` one open notebook. A page collects
what must not happen: console errors, pages that threw, requests to any other host.
"""

from __future__ import annotations

import base64
import io
import json
import os
import re
import secrets
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

from PIL import Image
from playwright.sync_api import BrowserContext, Locator, Route, expect

ROOT = Path(__file__).resolve().parents[2]
PICTURES = ROOT / "build" / "screenshots"

LONG = 60_000  # milliseconds; a loaded machine needs a third of it
expect.set_options(timeout=LONG)

# The toolbar says idle before there is a kernel: ask the session itself.
_KERNEL_IS_READY = """() => {
    const session = window.jupyterapp?.shell?.currentWidget?.sessionContext;
    const kernel = session?.session?.kernel;
    return !!(session?.isReady && kernel?.connectionStatus === 'connected'
              && kernel.status === 'idle');
}"""

_ERRORS = (
    "[data-mime-type='application/vnd.jupyter.error'], "
    ".jp-OutputArea-output[data-mime-type='application/vnd.jupyter.stderr']"
)


class Lab:
    """A running server. ``folder`` is its root; ``log`` holds what it wrote."""

    def __init__(self, command: list[str], folder: Path, home: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.log = home / "lab.log"
        self.token = secrets.token_hex(16)
        command = [part.format(port=self.port, token=self.token) for part in command]
        # The page tells of its kernel, and runs commands, only where it is asked to.
        settings = home / "jupyter_config_dir"
        settings.mkdir()
        (settings / "jupyter_lab_config.json").write_text(
            json.dumps({"LabApp": {"expose_app_in_browser": True}}), encoding="utf-8"
        )
        # Unbuffered, in a group of its own so that its kernels end with it.
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(  # noqa: S603
                [sys.executable, "-u", *command],
                cwd=home,
                env=_environment(home),
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def wait(self) -> Lab:
        """Wait until it answers; ``pvo-kit lab`` tells the token."""
        for _ in range(600):
            told = self.log.read_text(encoding="utf-8", errors="replace")
            assert self.process.poll() is None, told
            if match := re.search(r"JupyterLab: http://127\.0\.0\.1:\d+/\S+\?token=(\w+)", told):
                self.token = match[1]
            if self._answers():
                return self
            time.sleep(0.1)
        raise AssertionError(f"the server does not answer:\n{told}")

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.address}/api", timeout=5):  # noqa: S310
                return True
        except OSError:
            return False

    def stop(self) -> None:
        os.killpg(self.process.pid, 15)
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, 9)
            self.process.wait(20)


class Page:
    """One notebook on a page of its own."""

    def __init__(self, context: BrowserContext, lab: Lab, path: str, height: int = 1400) -> None:
        self.lab = lab
        self.path = path
        self.outside: list[str] = []
        self.console: list[str] = []
        self.page = context.new_page()
        self.page.set_viewport_size({"width": 1200, "height": height})
        self.page.set_default_timeout(LONG)
        self.page.route("**/*", self._only_the_server)
        self.page.on("console", self._listen)
        self.page.on("pageerror", lambda error: self.console.append(f"thrown: {error}"))
        self.page.on("dialog", self._dialog)

    def _only_the_server(self, route: Route) -> None:
        if route.request.url.startswith((self.lab.address, "data:", "blob:")):
            route.continue_()
        else:
            self.outside.append(route.request.url)
            route.abort()

    def _listen(self, message) -> None:
        if message.type == "error":
            self.console.append(f"{message.text} ({message.location.get('url')})")

    def _dialog(self, dialog) -> None:
        self.console.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def open(self) -> Page:
        """Open the notebook and wait for its kernel."""
        address = f"{self.lab.address}/lab/tree/{self.path}?token={self.lab.token}&reset"
        self.page.goto(address, wait_until="domcontentloaded")
        self.page.wait_for_function(_KERNEL_IS_READY, timeout=LONG)
        self.page.evaluate("window.jupyterapp.shell.collapseLeft()")
        return self

    def run_all(self) -> Page:
        """Run all cells and wait for the last one."""
        assert self.page.evaluate("window.jupyterapp.commands.execute('notebook:run-all-cells')")
        return self

    def settle(self) -> None:
        """Wait until every panel and picture is drawn."""
        self.page.wait_for_function(
            "() => ![...document.querySelectorAll('.jp-OutputArea-output')]"
            ".some(each => each.textContent.includes('Loading widget'))"
        )
        self.page.wait_for_function("() => [...document.images].every(each => each.complete)")

    def top(self) -> None:
        """Go to the beginning of the notebook."""
        self.page.evaluate("window.jupyterapp.shell.currentWidget.content.activeCellIndex = 0")
        self.find(".jp-MarkdownCell h1")

    @property
    def box(self) -> Locator:
        """The notebook that is in front."""
        return self.page.locator(".jp-NotebookPanel:not(.lm-mod-hidden)")

    def find(self, selector: str, **options) -> Locator:
        """An element of the notebook, brought into view: cells far off are not in the page."""
        found = self.box.locator(selector, **options)
        found.first.scroll_into_view_if_needed()
        return found

    def ink(self, selector: str) -> int:
        """How many dark pixels the picture has; a chart that was lost is there, but blank."""
        picture = self.find(f"{selector} img").first
        expect(picture).to_be_visible()
        kind, _, data = (picture.get_attribute("src") or "").partition(",")
        assert kind == "data:image/png;base64", kind
        grey = Image.open(io.BytesIO(base64.b64decode(data))).convert("L")
        return sum(grey.histogram()[:128])

    def picture(self, name: str) -> Path:
        """Keep what is on the screen, in 256 colours: it is a page of text and charts."""
        PICTURES.mkdir(parents=True, exist_ok=True)
        path = PICTURES / f"{name}.png"
        shown = Image.open(io.BytesIO(self.page.screenshot()))
        shown.convert("RGB").quantize(256).save(path, optimize=True)
        return path

    def check(self) -> None:
        """Nothing failed, nothing was asked of another host."""
        expect(self.box.locator(_ERRORS)).to_have_count(0)
        assert self.console == []
        assert self.outside == []

    def close(self) -> None:
        """Close the page, and end its kernel: each one takes 160 MB."""
        self.page.evaluate("window.jupyterapp.shell.currentWidget.sessionContext.shutdown()")
        self.page.close()


def free_port() -> int:
    with socket.socket() as opened:
        opened.bind(("127.0.0.1", 0))
        return opened.getsockname()[1]


def _environment(home: Path) -> dict[str, str]:
    """Nothing of this machine's Jupyter gets in, nothing of the test's gets out."""
    names = (
        "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR",
        "JUPYTERLAB_SETTINGS_DIR", "JUPYTERLAB_WORKSPACES_DIR",
    )  # fmt: skip
    folders = {name: str(home / name.lower()) for name in names}
    path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    return {**os.environ, **folders, "PYTHONPATH": path}
