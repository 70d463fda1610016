"""The simulator and the rest of the kit meet in text alone."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

PACKAGE = Path(__file__).parent.parent / "pvo_kit"
SIMULATOR = PACKAGE / "simulator"
ALLOWED = ("pvo_kit.simulator", "pvo_kit.errors")
"""What the simulator may import of the kit."""


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.name}: relative import"
            yield str(node.module)
            yield from (f"{node.module}.{name.name}" for name in node.names)


def is_within(name: str, places: tuple[str, ...]) -> bool:
    return any(name == place or name.startswith(f"{place}.") for place in places)


def test_the_simulator_imports_nothing_of_parsers_remedies_or_tls() -> None:
    paths = sorted(SIMULATOR.rglob("*.py"))
    assert len(paths) > 20
    for path in paths:
        for name in imported(path):
            if name.startswith("pvo_kit"):
                assert is_within(name, ALLOWED), f"{path.name} imports {name}"


def test_nothing_of_the_kit_imports_the_simulator_but_its_verb() -> None:
    verb = PACKAGE / "commands" / "simulate.py"
    for path in sorted(PACKAGE.rglob("*.py")):
        if SIMULATOR in path.parents or path == verb:
            continue
        for name in imported(path):
            assert not is_within(name, ("pvo_kit.simulator",)), f"{path.name} imports {name}"


def test_paramiko_is_imported_by_the_server_alone() -> None:
    for path in sorted(SIMULATOR.rglob("*.py")):
        has_it = any(is_within(name, ("paramiko",)) for name in imported(path))
        assert has_it == (path.name == "server.py"), path.name


def test_a_simulated_session_needs_no_paramiko_and_no_pandas() -> None:
    code = (
        "import sys; from pvo_kit.simulator import Session, broken; "
        "Session(broken(3).esa).type('status'); "
        "print([name for name in ('paramiko', 'pandas', 'polars') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603
    assert done.stdout == "[]\n"
