"""What ``import pvo_kit`` offers, and what it does not load."""

from __future__ import annotations

import subprocess
import sys

import pytest

import pvo_kit as pvo

HEAVY = ("IPython", "ipywidgets", "matplotlib", "pandas", "paramiko", "polars", "pyarrow", "tqdm")


@pytest.mark.parametrize("name", pvo.__all__)
def test_every_public_name_is_there(name):
    assert getattr(pvo, name) is not None


def test_the_public_names_are_sorted_and_said_once():
    assert pvo.__all__ == sorted(set(pvo.__all__))


def test_a_name_that_is_not_there_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'chart'"):
        _ = pvo.chart


@pytest.mark.parametrize("module", ["pvo_kit", "pvo_kit.cli"])
def test_an_import_loads_nothing_heavy(module):
    code = f"import sys, {module}; print(*sorted(set({HEAVY}) & set(sys.modules)))"
    told = subprocess.check_output([sys.executable, "-c", code], text=True)  # noqa: S603
    assert told.split() == []
