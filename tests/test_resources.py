"""The bundled cases and notebooks are found, in a checkout and in a wheel."""

from __future__ import annotations

from pathlib import Path

import pytest

from pvo_kit import resources
from pvo_kit.errors import InputError


@pytest.fixture
def installed(tmp_path, monkeypatch):
    """An installed wheel: data and notebooks inside the package."""
    package = tmp_path / "site-packages" / "pvo_kit"
    for folder in ("data/escalations/b", "data/escalations/a", "notebooks"):
        (package / folder).mkdir(parents=True)
    monkeypatch.setattr(resources, "_PACKAGE", package)
    return package


def test_every_bundled_case_is_a_folder_with_files_in_it():
    assert resources.examples()
    for name in resources.examples():
        assert any(entry.is_file() for entry in resources.example(name).rglob("*")), name


def test_the_technotes_case_is_bundled():
    assert "technote" in resources.examples()


def test_an_unknown_name_is_told_with_the_names_there_are():
    with pytest.raises(InputError, match=r"no-such-case: .*technote"):
        resources.example("no-such-case")


@pytest.mark.parametrize("name", ["", ".", "..", "../escalations", "technote/", "TECHNOTE"])
def test_a_path_is_no_name(name):
    with pytest.raises(InputError):
        resources.example(name)


def test_the_notebooks_folder_exists():
    assert resources.notebooks().is_dir()
    assert resources.notebooks().name == "notebooks"


def test_paths_are_absolute_and_straight(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    for path in (resources.example("technote"), resources.notebooks()):
        assert path.is_absolute()
        assert ".." not in path.parts


def test_in_a_wheel_they_lie_inside_the_package(installed):
    assert resources.examples() == ["a", "b"]
    assert resources.example("a") == installed / "data" / "escalations" / "a"
    assert resources.notebooks() == installed / "notebooks"


def test_inside_the_package_comes_before_beside_it(installed):
    (installed.parent / "notebooks").mkdir()
    assert resources.notebooks() == installed / "notebooks"


def test_files_and_hidden_folders_are_no_cases(installed):
    cases = installed / "data" / "escalations"
    (cases / "README.md").touch()
    (cases / ".ipynb_checkpoints").mkdir()
    (cases / "__pycache__").mkdir()
    assert resources.examples() == ["a", "b"]


def test_an_installation_without_them_says_so(tmp_path, monkeypatch):
    monkeypatch.setattr(resources, "_PACKAGE", Path(tmp_path / "pvo_kit"))
    with pytest.raises(InputError, match="install pvo_kit again"):
        resources.notebooks()
