"""Working copies of the notebooks: made, renewed, kept where somebody edited them."""

from __future__ import annotations

import ast
import json

import pytest

from pvo_kit import resources, working_copies
from pvo_kit.errors import InputError

NAME = "00_start_here.ipynb"


def notebook(*sources, case="technote"):
    cells = [
        {"cell_type": "markdown", "id": "title", "metadata": {}, "source": ["# Title"]},
        {
            "cell_type": "code",
            "execution_count": None,
            "id": "parameters",
            "metadata": {"tags": ["parameters"]},
            "outputs": [],
            "source": ["# The case.\n", f'case = "{case}"\n', "scenario = 4"],
        },
    ]
    cells += [
        {
            "cell_type": "code",
            "execution_count": None,
            "id": f"cell-{number}",
            "metadata": {},
            "outputs": [],
            "source": [source],
        }
        for number, source in enumerate(sources)
    ]
    return {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}


@pytest.fixture
def shipped(tmp_path, monkeypatch):
    """One installed notebook that a test may replace by a newer one."""
    folder = tmp_path / "installed"
    folder.mkdir()
    monkeypatch.setattr(resources, "notebooks", lambda: folder)

    def ship(*sources):
        (folder / NAME).write_text(json.dumps(notebook(*sources)), encoding="utf-8")
        return folder / NAME

    ship("1 + 1")
    return ship


@pytest.fixture
def folder(tmp_path, shipped):
    return tmp_path / "mine"


def read(folder):
    return json.loads((folder / NAME).read_text(encoding="utf-8"))


def change(folder, **fields):
    """Change the last cell of the copy, as a person or a run does."""
    own = read(folder)
    own["cells"][-1].update(fields)
    (folder / NAME).write_text(json.dumps(own), encoding="utf-8")


def parameters(folder):
    return "".join(read(folder)["cells"][1]["source"])


def last(folder):
    return read(folder)["cells"][-1]


OUTPUT = {"outputs": [{"output_type": "stream", "name": "stdout", "text": ["2"]}]}


def test_a_first_copy_names_the_case_and_nothing_else_changes(folder):
    assert working_copies.make(folder, "healthy") == []
    assert parameters(folder) == "# The case.\ncase = 'healthy'\nscenario = 4"
    assert last(folder)["source"] == ["1 + 1"]


def test_without_a_case_the_copy_has_the_installed_one(folder):
    working_copies.make(folder)
    assert parameters(folder).splitlines()[1] == 'case = "technote"'


def test_the_installed_notebooks_are_never_written(folder, shipped):
    before = (resources.notebooks() / NAME).read_bytes()
    working_copies.make(folder, "healthy")
    working_copies.make(folder, "technote")
    assert (resources.notebooks() / NAME).read_bytes() == before


@pytest.mark.parametrize(
    "path", ["C:\\cases\\new", "/home/it's here", 'a "b"', "\\1 \\g<0>", "電話"], ids=ascii
)
def test_any_path_becomes_a_literal(folder, path):
    working_copies.make(folder, path)
    line = parameters(folder).splitlines()[1]
    assert ast.literal_eval(line.removeprefix("case = ")) == path


def test_a_copy_that_was_only_run_is_renewed(folder, shipped):
    working_copies.make(folder)
    change(folder, **OUTPUT)
    shipped("2 + 2")
    assert working_copies.make(folder) == []
    assert last(folder)["source"] == ["2 + 2"]
    assert last(folder)["outputs"] == []


def test_a_copy_that_is_up_to_date_keeps_what_it_shows(folder):
    working_copies.make(folder, "healthy")
    change(folder, **OUTPUT)
    assert working_copies.make(folder) == []
    assert working_copies.make(folder, "healthy") == []
    assert last(folder)["outputs"] == OUTPUT["outputs"]


def test_another_case_takes_away_what_was_shown_of_the_last_one(folder):
    working_copies.make(folder, "healthy")
    change(folder, **OUTPUT)
    working_copies.make(folder, "technote")
    assert last(folder)["outputs"] == []


def test_a_copy_keeps_its_case_where_none_is_given(folder, shipped):
    working_copies.make(folder, "healthy")
    shipped("2 + 2")
    working_copies.make(folder)
    assert "'healthy'" in parameters(folder)
    assert last(folder)["source"] == ["2 + 2"]


def test_an_edited_copy_is_kept_and_told(folder, shipped):
    working_copies.make(folder)
    change(folder, source=["my_own()"])
    shipped("2 + 2")
    assert working_copies.make(folder) == [NAME]
    assert last(folder)["source"] == ["my_own()"]


def test_an_edited_copy_gets_the_case_that_was_asked_for(folder):
    working_copies.make(folder)
    change(folder, source=["my_own()"], **OUTPUT)
    assert working_copies.make(folder, "healthy") == [NAME]
    assert "'healthy'" in parameters(folder)
    assert last(folder)["source"] == ["my_own()"]
    assert last(folder)["outputs"] == []
    # It stays an edited one.
    assert working_copies.make(folder) == [NAME]


def test_a_case_named_by_hand_is_no_edit(folder, shipped):
    working_copies.make(folder)
    own = read(folder)
    own["cells"][1]["source"] = ["# The case.\n", 'case = "/my/own"\n', "scenario = 4"]
    (folder / NAME).write_text(json.dumps(own), encoding="utf-8")
    shipped("2 + 2")
    assert working_copies.make(folder) == []
    assert 'case = "/my/own"' in parameters(folder)


def test_a_notebook_of_the_persons_own_is_not_touched(folder):
    working_copies.make(folder)
    (folder / "mine.ipynb").write_text("{}", encoding="utf-8")
    working_copies.make(folder, "healthy")
    assert (folder / "mine.ipynb").read_text(encoding="utf-8") == "{}"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no notebook",
        "[]",
        "{}",
        '{"cells": 5, "metadata": {}}',
        '{"cells": [], "metadata": []}',
    ],
    ids=["empty", "prose", "list", "object", "cells", "metadata"],
)
def test_what_is_no_notebook_is_kept(folder, text):
    folder.mkdir()
    (folder / NAME).write_text(text, encoding="utf-8")
    assert working_copies.make(folder, "healthy") == [NAME]
    assert (folder / NAME).read_text(encoding="utf-8") == text


def test_a_folder_that_cannot_be_made_is_told_with_the_way_out(tmp_path, shipped):
    (tmp_path / "file").touch()
    with pytest.raises(InputError, match="give another --folder"):
        working_copies.make(tmp_path / "file")
