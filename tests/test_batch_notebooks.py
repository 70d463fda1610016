"""Notebooks of a batch: executed in a kernel of their own, with parameters that they know."""

from __future__ import annotations

import copy
import json
import logging
import os
import shutil
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

import pvo_kit as pvo
from pvo_kit.batching import notebooks
from pvo_kit.hints import Hints

CELLS = (
    new_markdown_cell("# A case"),
    new_code_cell('case = "technote"\nfails = False', metadata={"tags": ["parameters"]}),
    new_code_cell("import pvo_kit as pvo\nprint(pvo.diagnose(pvo.load(case)))"),
    new_code_cell("import ipywidgets\nipywidgets.IntSlider()"),
    new_code_cell("import os\nopen('litter', 'w').close()\nprint(os.listdir())"),
    new_code_cell("1 / 0 if fails else print('the end')"),
)


def written(path, cells=CELLS):
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    notebook = new_notebook(cells=copy.deepcopy(list(cells)), metadata={"kernelspec": kernel})
    for number, cell in enumerate(notebook.cells):
        cell["id"] = f"own-{number}"
    nbformat.write(notebook, path)
    return path


@pytest.fixture
def small(tmp_path):
    return written(tmp_path / "small.ipynb")


@pytest.fixture
def archive(tmp_path):
    for name in ("technote", "healthy"):
        shutil.copytree(pvo.example(name), tmp_path / "archive" / name)
    return tmp_path / "archive"


def executed(runs, case, name="small.ipynb"):
    notebook = nbformat.read(runs / "cases" / case / name, as_version=4)
    nbformat.validate(notebook)
    return notebook


def printed(notebook):
    return [
        output["text"] if output["output_type"] == "stream" else output["data"]["text/plain"]
        for cell in notebook.cells
        for output in cell.get("outputs", ())
        if output["output_type"] in ("stream", "execute_result")
    ]


# Executed


def test_each_case_has_its_notebook_executed_in_a_fresh_kernel(archive, small, tmp_path):
    runs = tmp_path / "runs"
    before = sorted(os.walk(archive))
    fleet = pvo.batch(archive, runs, notebook=small, workers=2)
    assert [case.error for case in fleet.cases] == ["", ""]
    for case in ("technote", "healthy"):
        notebook = executed(runs, case)
        told, slider, files, end = printed(notebook)
        assert told.strip() == repr(pvo.diagnose(pvo.load(archive / case))).strip()
        assert slider.startswith("IntSlider(")
        assert "litter" in files
        assert end == "the end\n"
        assert [cell["execution_count"] for cell in notebook.cells if "outputs" in cell] == [
            *range(1, 7)
        ]
    assert sorted(os.walk(archive)) == before
    assert not list(runs.rglob("litter"))
    assert b'href="cases/technote/small.ipynb"' in (runs / "index.html").read_bytes()

    # Nothing in it says when it ran, and no widget waits for a kernel that is gone.
    first = {path: path.read_bytes() for path in runs.rglob("*.ipynb")}
    for data in first.values():
        assert b"widget" not in data.replace(b"ipywidgets", b"")
        assert b"papermill" not in data
        assert not [word for word in (b"start_time", b"end_time", b"iopub") if word in data]
    pvo.batch(archive, runs, notebook=small, workers=1)
    assert {path: path.stat().st_size for path in first} == {k: len(v) for k, v in first.items()}
    assert "2 cases had been done before" in (runs / "batch.log").read_text()


def test_twice_executed_is_twice_the_same(small):
    notebook = notebooks.read(small, {}, Hints())
    path = str(pvo.example("technote"))
    assert notebooks.execute(notebook, path, Hints()) == notebooks.execute(notebook, path, Hints())


def test_a_notebook_that_breaks_shows_where_and_is_a_row(archive, small, tmp_path):
    shutil.rmtree(archive / "healthy")
    runs = tmp_path / "runs"
    fleet = pvo.batch(archive, runs, notebook=small, parameters={"fails": True}, workers=1)
    (case,) = fleet.cases
    assert case.error == "small.ipynb: ZeroDivisionError: division by zero"
    assert [case.state, fleet.exit_code] == ["fail", 1]
    errors = [
        output["ename"]
        for cell in executed(runs, "technote").cells
        for output in cell.get("outputs", ())
        if output["output_type"] == "error"
    ]
    assert errors == ["ZeroDivisionError"]
    assert "ZeroDivisionError" in (runs / "fleet.csv").read_text(encoding="utf-8")


def test_braces_in_names_are_only_braces(archive, tmp_path):
    (tmp_path / "{run}").mkdir()
    (archive / "technote").rename(archive / "{x}")
    path = written(tmp_path / "{run}" / "{a}.ipynb", CELLS[:3])
    data, broke = notebooks.execute(
        notebooks.read(path, {}, Hints()), str(archive / "{x}"), Hints()
    )
    assert broke == ""
    assert json.dumps(str(archive / "{x}")) in "".join(json.loads(data)["cells"][2]["source"])


# Parameters


def test_an_unknown_parameter_is_refused_before_any_work(archive, small, tmp_path):
    with pytest.raises(pvo.InputError, match=r"has no parameter faills; beside case it has fails"):
        pvo.batch(archive, tmp_path / "runs", notebook=small, parameters={"faills": True})
    assert not (tmp_path / "runs").exists()


def test_the_case_is_not_a_parameter_to_give(small):
    with pytest.raises(pvo.InputError, match="case is set for each case; leave it out"):
        notebooks.read(small, {"case": "x"}, Hints())


@pytest.mark.parametrize(
    "cells",
    [
        CELLS[2:],
        [new_code_cell("case = 1")],
        [new_code_cell("other = 1", metadata={"tags": ["parameters"]})],
    ],
    ids=["no cell", "not tagged", "another one"],
)
def test_a_notebook_without_a_case_is_refused(tmp_path, cells):
    path = written(tmp_path / "n.ipynb", cells)
    with pytest.raises(pvo.InputError, match=r"n.ipynb has no parameter case; tag the cell"):
        notebooks.read(path, {}, Hints())


def test_known_parameters_say_nothing(small, caplog):
    with caplog.at_level(logging.WARNING):
        found = notebooks.read(small, {"fails": True}, Hints())
    assert found.parameters == {"fails": True}
    assert not caplog.records


# What is no notebook


@pytest.mark.parametrize(
    ("name", "data", "told"),
    [
        ("n.ipynb", b"{}", "no notebook that can be executed"),
        ("n.ipynb", b"no json", "no notebook that can be executed"),
        ("n.ipynb", b"\xff\xfe", "no text in UTF-8"),
        ("n.txt", b"{}", "give --notebook a .ipynb"),
    ],
    ids=["no cells", "no json", "binary", "another ending"],
)
def test_what_is_no_notebook_is_refused_by_its_name(tmp_path, name, data, told):
    (tmp_path / name).write_bytes(data)
    with pytest.raises(pvo.InputError, match=told) as refused:
        notebooks.read(tmp_path / name, {}, Hints())
    assert name in str(refused.value)
    assert str(tmp_path) not in str(refused.value)


def test_a_bundled_notebook_is_found_by_its_name(tmp_path, monkeypatch):
    written(tmp_path / "20_x.ipynb")
    monkeypatch.setattr(notebooks.resources, "notebooks", lambda: tmp_path)
    assert notebooks.read("20_x.ipynb", {}, Hints()).name == "20_x.ipynb"
    with pytest.raises(pvo.InputError, match="cannot be read"):
        notebooks.read(Path("elsewhere", "20_x.ipynb"), {}, Hints())
