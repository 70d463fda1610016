"""pyproject.toml, the lock, environment.yml, the documents and the Makefile agree."""

from __future__ import annotations

import re
import tomllib
from importlib.metadata import version
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

import pvo_kit

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PYTHONS = SpecifierSet(PROJECT["project"]["requires-python"])
EXTRAS = PROJECT["project"]["optional-dependencies"]
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")

ENTRY = re.compile(
    r"^(?P<name>[a-z0-9][a-z0-9-]*)==(?P<version>[0-9][^\s;]*)(?: ; (?P<marker>[^\\\n]+?))?"
    r"(?P<hashes>(?: \\\n    --hash=sha256:[0-9a-f]{64})+)\n(?:    #.*\n)*",
    re.MULTILINE,
)

PLACES = [
    {"python_version": python, "python_full_version": f"{python}.9", **system}
    for python in ("3.11", "3.12", "3.13", "3.14")
    for system in (
        {"sys_platform": "linux", "platform_system": "Linux", "os_name": "posix"},
        {"sys_platform": "darwin", "platform_system": "Darwin", "os_name": "posix"},
        {"sys_platform": "win32", "platform_system": "Windows", "os_name": "nt"},
    )
]


def locked() -> list[Requirement]:
    """Return the entries of the lock without their hashes."""
    return [
        Requirement(f"{name}=={number}" + (f" ; {marker}" if marker else ""))
        for name, number, marker, _ in ENTRY.findall(LOCK)
    ]


def declared() -> list[str]:
    """Return everything that pyproject.toml asks for: base, extras and build backend."""
    project = PROJECT["project"]
    lists = [project["dependencies"], PROJECT["build-system"]["requires"], *EXTRAS.values()]
    return sorted({text for texts in lists for text in texts})


# The lock


def test_every_line_of_the_lock_is_a_pin_with_hashes_or_a_remark():
    rest = "".join(line for line in ENTRY.sub("", LOCK).splitlines() if not line.startswith("#"))
    assert rest == ""
    assert len(locked()) > 100


def test_the_lock_names_no_address_and_no_path():
    assert "/" not in LOCK
    assert "\\" not in LOCK.replace(" \\\n", "")
    assert not re.search(r"index-url|find-links|trusted-host|file:| @ |(?m:^-)", LOCK)


@pytest.mark.parametrize("text", declared())
def test_the_lock_pins_what_pyproject_asks_for_everywhere(text):
    asked = Requirement(text)
    entries = [entry for entry in locked() if entry.name == canonicalize_name(asked.name)]
    for place in PLACES:
        here = [entry for entry in entries if entry.marker is None or entry.marker.evaluate(place)]
        assert len(here) == 1, (place, here)
        (pin,) = here[0].specifier
        assert asked.specifier.contains(pin.version), f"{here[0]} does not satisfy {text}"


def test_one_place_gets_one_version_of_a_package():
    for place in PLACES:
        names = [e.name for e in locked() if e.marker is None or e.marker.evaluate(place)]
        assert len(names) == len(set(names)), place


def test_the_build_backend_is_what_the_installation_in_place_needs():
    assert PROJECT["build-system"]["requires"][0] in EXTRAS["dev"]


# environment.yml


ENVIRONMENT = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))


def test_environment_has_the_allowed_keys_only():
    assert set(ENVIRONMENT) == {"name", "channels", "dependencies"}
    assert ENVIRONMENT["name"] == PROJECT["project"]["name"]
    assert ENVIRONMENT["channels"] == ["conda-forge"]


def test_environment_takes_python_and_pip_from_conda_and_the_rest_from_pyproject():
    python, pip, through_pip = ENVIRONMENT["dependencies"]
    assert pip == "pip"
    name, _, number = python.partition("=")
    assert name == "python"
    assert PYTHONS.contains(f"{number}.0")
    assert set(through_pip) == {"pip"}
    (line,) = through_pip["pip"]
    extras = re.fullmatch(r"-e \.\[([a-z,]+)\]", line)[1].split(",")
    assert extras == ["lab"]
    assert set(extras) <= set(EXTRAS)


# One version, one floor of Python


def test_the_version_stands_in_one_place():
    assert "version" in PROJECT["project"]["dynamic"]
    assert PROJECT["tool"]["hatch"]["version"]["path"] == "pvo_kit/version.py"
    assert version("pvo_kit") == pvo_kit.__version__


def test_the_changelog_names_the_version():
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    newest = re.search(r"^## \[(.+?)\] - (?:unreleased|\d{4}-\d\d-\d\d)$", changelog, re.MULTILINE)
    assert newest[1] == pvo_kit.__version__


def test_tools_check_for_the_oldest_python():
    (floor,) = PYTHONS
    assert floor.operator == ">="
    assert PROJECT["tool"]["mypy"]["python_version"] == floor.version
    assert PROJECT["tool"]["ruff"]["target-version"] == "py" + floor.version.replace(".", "")
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert f"--python-version {floor.version} " in makefile
    assert f"sys.version_info < ({floor.version.replace('.', ', ')})" in makefile


# Documents


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md", ".ci/run"])
def test_every_make_target_named_exists(name):
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z]+):.*## ", makefile, re.MULTILINE))
    text = (ROOT / name).read_text(encoding="utf-8")
    named = set(re.findall(r"(?:^|`)make ([a-z]+)", text, re.MULTILINE))
    assert named
    assert named <= targets


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md"])
def test_every_link_leads_somewhere(name):
    for target in re.findall(r"\]\(([^)#]+)\)", (ROOT / name).read_text(encoding="utf-8")):
        assert (ROOT / target).exists(), target
