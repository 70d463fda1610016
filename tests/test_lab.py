"""``pvo-kit lab``: the case that is named, the folder that is refused, how Jupyter is started."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

import pvo_kit as pvo
from pvo_kit import cli, lab, working_copies
from pvo_kit.errors import InputError


@pytest.fixture
def named(monkeypatch):
    """The cases that the copies would be made for."""
    cases = []
    monkeypatch.setattr(working_copies, "make", lambda folder, case=None: cases.append(case) or [])
    return cases


def test_a_bundled_case_is_named_by_its_name(named, tmp_path):
    lab.prepare("technote", tmp_path)
    assert named == ["technote"]


def test_a_path_is_named_in_full_since_the_notebooks_run_elsewhere(named, tmp_path, monkeypatch):
    (tmp_path / "case").mkdir()
    monkeypatch.chdir(tmp_path)
    lab.prepare("case", tmp_path / "mine")
    assert named == [str(tmp_path.resolve() / "case")]


def test_a_folder_of_the_same_name_comes_before_a_bundled_case(named, tmp_path, monkeypatch):
    (tmp_path / "technote").mkdir()
    monkeypatch.chdir(tmp_path)
    lab.prepare("technote", tmp_path / "mine")
    assert named == [str(tmp_path.resolve() / "technote")]
    assert pvo.locate("technote") == tmp_path.resolve() / "technote"


def test_without_a_case_the_copies_keep_theirs(named, tmp_path):
    lab.prepare(None, tmp_path)
    assert named == [None]


@pytest.mark.parametrize("case", ["no-such-case", "", " ", "../escalations/technote"])
def test_an_unknown_case_is_told_before_anything_is_written(tmp_path, case, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError, match=r"give a path, or one of: .*technote"):
        lab.prepare(case, tmp_path / "mine")
    assert not (tmp_path / "mine").exists()


def test_copies_among_the_evidence_are_refused(tmp_path):
    with pytest.raises(InputError, match="read as evidence; give another --folder"):
        lab.prepare(str(tmp_path), tmp_path / "mine")
    with pytest.raises(InputError):
        lab.prepare(str(tmp_path), tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_jupyterlab_that_is_missing_is_told_with_how_to_install_it(monkeypatch, capsys, tmp_path):
    monkeypatch.setattr(lab, "find_spec", lambda name: None)
    assert cli.main(["lab", "technote", "--folder", str(tmp_path / "mine")]) == 2
    assert 'pip install "pvo_kit[lab]"' in capsys.readouterr().err
    assert not (tmp_path / "mine").exists()


def test_the_command_copies_and_starts(monkeypatch, capsys, tmp_path):
    started = []
    monkeypatch.setattr(
        lab, "serve", lambda folder, browser, port: started.append((folder, browser, port))
    )
    folder = tmp_path / "mine"
    asked = ["lab", "healthy", "--folder", str(folder), "--port", "8899", "--no-browser"]
    assert cli.main(asked) == 0
    assert started == [(folder, False, 8899)]
    start = json.loads((folder / lab.START).read_text(encoding="utf-8"))
    assert working_copies.case_line(start) == "case = 'healthy'"
    captured = capsys.readouterr()
    assert captured.out == ""
    assert str(folder) in captured.err


def test_an_edited_copy_is_told(monkeypatch, capsys, tmp_path):
    monkeypatch.setattr(lab, "serve", lambda folder, browser, port: None)
    (tmp_path / lab.START).write_text("my own", encoding="utf-8")
    assert cli.main(["lab", "--folder", str(tmp_path)]) == 0
    assert f"{lab.START} is kept" in capsys.readouterr().err


def test_the_server_is_on_loopback_with_a_token_of_its_own_each_time(monkeypatch, capsys, tmp_path):
    asked = []

    class Server:
        local_url = "http://127.0.0.1:8888/lab/tree?token=..."

        def start(self):
            asked.append("started")

    class LabApp:
        @staticmethod
        def initialize_server(argv):
            asked.append(argv)
            return Server()

    module = type(sys)("jupyterlab.labapp")
    module.LabApp = LabApp
    monkeypatch.setitem(sys.modules, "jupyterlab.labapp", module)
    lab.serve(tmp_path, browser=False, port=8899)
    lab.serve(tmp_path)
    first, begun, second, _ = asked
    assert begun == "started"
    tokens = [
        option.partition("=")[2] for options in (first, second) for option in options
        if option.startswith("--IdentityProvider.token=")
    ]  # fmt: skip
    assert len(set(tokens)) == 2
    assert min(map(len, tokens)) >= 32
    addresses = capsys.readouterr().err.splitlines()
    assert addresses == [f"JupyterLab: http://127.0.0.1:8888/lab/tree?token={t}" for t in tokens]
    assert "--ServerApp.ip=127.0.0.1" in first
    assert f"--ServerApp.tornado_settings={{'websocket_max_message_size': {lab.UPLOAD}}}" in first
    assert {"--no-browser", "--ServerApp.port=8899", "--ServerApp.port_retries=0"} <= set(first)
    assert not {"--no-browser", "--ServerApp.port_retries=0"} & set(second)


def test_the_settings_keep_charts_whole_and_ask_nobody_for_news():
    settings = json.loads((Path(lab.__file__).parent / "lab_settings/overrides.json").read_text())
    kernels = settings["@jupyterlab/apputils-extension:kernels-settings"]
    news = settings["@jupyterlab/apputils-extension:notification"]
    assert kernels == {"commsOverSubshells": "disabled"}
    assert news["fetchNews"] == "false"
    assert news["checkForUpdates"] is False
