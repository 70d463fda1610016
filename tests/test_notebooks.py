"""The notebooks: how they are written, and what they show on every bundled case."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

import pvo_kit as pvo
from pvo_kit import resources
from pvo_kit.escape import terminal

NOTEBOOKS = sorted(resources.notebooks().glob("*.ipynb"))
NAMES = [path.stem for path in NOTEBOOKS]
SCENARIOS = {int(name[:2]): name for name in NAMES if 1 <= int(name[:2]) <= 6}

LINES = 5
"""Lines of code in a cell."""

LOGIC = (
    ast.If, ast.IfExp, ast.For, ast.While, ast.Try, ast.With, ast.FunctionDef, ast.ClassDef,
    ast.Lambda, ast.comprehension, ast.BoolOp, ast.Compare,
)  # fmt: skip
PUBLIC = {"pvo_kit", "pvo_kit.report", "IPython.display"}

each_notebook = pytest.mark.parametrize("path", NOTEBOOKS, ids=NAMES)


def read(path: Path):
    return json.loads(path.read_text(encoding="utf-8"))


def source(cell) -> str:
    return "".join(cell["source"])


def code_cells(path: Path):
    return [cell for cell in read(path)["cells"] if cell["cell_type"] == "code"]


def tags(cell):
    return cell["metadata"].get("tags", [])


# How they are written


def test_there_is_a_notebook_for_each_scenario():
    assert sorted(SCENARIOS) == [1, 2, 3, 4, 5, 6]
    assert {"00_start_here", "10_mail_log_timelines", "20_batch_archive", "30_case_study"} <= set(
        NAMES
    )


@each_notebook
def test_it_is_valid(path):
    nbformat.validate(nbformat.read(path, as_version=nbformat.NO_CONVERT))


@each_notebook
def test_it_is_stored_as_it_was_written(path):
    book = read(path)
    text = json.dumps(book, indent=1, ensure_ascii=False) + "\n"
    assert path.read_bytes() == text.encode()
    assert set(book["metadata"]) == {"kernelspec", "language_info"}
    assert book["metadata"]["kernelspec"]["name"] == "python3"
    assert book["metadata"]["language_info"] == {"name": "python"}


@each_notebook
def test_it_holds_no_output(path):
    for cell in code_cells(path):
        assert cell["outputs"] == []
        assert cell["execution_count"] is None


@each_notebook
def test_its_cells_have_names_that_stay(path):
    names = [cell["id"] for cell in read(path)["cells"]]
    assert len(set(names)) == len(names)
    for name in names:
        assert re.fullmatch(r"[a-z][a-z-]{2,30}", name), name


@each_notebook
def test_it_begins_with_its_title_and_three_lines_on_what_it_answers(path):
    first, imports = read(path)["cells"][:2]
    assert first["cell_type"] == "markdown"
    title, blank, *answers = source(first).splitlines()
    assert title.startswith("# ")
    assert blank == ""
    assert len(answers) == 3
    assert all(line.startswith("* ") for line in answers)
    assert all(isinstance(line, ast.Import | ast.ImportFrom) for line in parsed(imports).body)


@each_notebook
def test_it_names_its_case_in_one_tagged_cell(path):
    (cell,) = [cell for cell in code_cells(path) if "parameters" in tags(cell)]
    values = {line.targets[0].id: line.value for line in parsed(cell).body
              if isinstance(line.targets[0], ast.Name)}  # fmt: skip
    assert ast.literal_eval(values["case"]) in pvo.examples()
    for line in parsed(cell).body:
        assert isinstance(line, ast.Assign)
        ast.literal_eval(line.value)


@each_notebook
def test_a_case_of_ones_own_needs_no_other_parameter(path):
    (cell,) = [cell for cell in code_cells(path) if "parameters" in tags(cell)]
    others = [line for line in parsed(cell).body if getattr(line.targets[0], "id", "") != "case"]
    for line in others:
        values = ast.literal_eval(line.value)
        assert set(values if isinstance(values, tuple) else [values]) == {None}


@each_notebook
def test_narrative_stands_above_code(path):
    cells = read(path)["cells"]
    kinds = [cell["cell_type"] for cell in cells]
    for above, cell in zip(kinds[1:], cells[2:], strict=False):
        if cell["cell_type"] == "code" and cell["id"] != "open":
            assert above == "markdown", cell["id"]


@each_notebook
def test_a_cell_is_a_few_lines_of_the_public_interface(path):
    for cell in code_cells(path):
        assert len([line for line in source(cell).splitlines() if line[:1] != "#"]) <= LINES + 1
        found = [node for node in ast.walk(parsed(cell)) if isinstance(node, LOGIC)]
        assert found == [], cell["id"]
        names = [node.attr for node in ast.walk(parsed(cell)) if isinstance(node, ast.Attribute)]
        assert [name for name in names if name.startswith("_")] == []


@each_notebook
def test_it_imports_what_is_public_alone(path):
    for node in ast.walk(ast.Module([line for cell in code_cells(path)
                                     for line in parsed(cell).body], [])):  # fmt: skip
        if isinstance(node, ast.Import):
            assert {name.name for name in node.names} <= PUBLIC
        if isinstance(node, ast.ImportFrom):
            assert node.module in PUBLIC


@each_notebook
def test_its_last_cell_says_what_to_do_next(path):
    last = read(path)["cells"][-1]
    assert last["cell_type"] == "markdown"
    assert re.search(r"^## W(hat|here to go) next$", source(last), re.MULTILINE)
    assert LINK.findall(source(last))


LINK = re.compile(r"\]\((?!https?:)([^)#]+)\)")


@each_notebook
def test_its_links_lead_to_notebooks(path):
    for cell in read(path)["cells"]:
        for target in LINK.findall(source(cell)):
            assert (path.parent / target).is_file(), target


@pytest.mark.parametrize("page", ["notebooks/README.md", "docs/notebooks.md"])
def test_every_notebook_is_named(page):
    text = (Path(__file__).parents[1] / page).read_text(encoding="utf-8")
    assert [name for name in NAMES if f"{name}.ipynb" not in text] == []


def parsed(cell) -> ast.Module:
    return ast.parse(source(cell))


# What they show


class Kernel:
    """One kernel that runs notebook after notebook; a new one takes seconds."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.client: NotebookClient | None = None

    def run(self, path: Path, **parameters):
        """Run a notebook with these parameters; a cell at its end tells its diagnosis."""
        book = nbformat.read(path, as_version=4)
        for cell in book.cells:
            if "parameters" in tags(cell):
                cell.source += "".join(
                    f"\n{name} = {value!r}" for name, value in parameters.items()
                )
        book.cells.insert(0, nbformat.v4.new_code_cell("%reset -f"))
        told = "(diagnosis if 'diagnosis' in dir() else opened.diagnosis)"
        book.cells.append(nbformat.v4.new_code_cell(f"print({told}.to_json())"))
        self._execute(book)
        return book

    def _execute(self, book) -> None:
        if self.client is None:
            place = {"metadata": {"path": str(self.folder)}}
            self.client = NotebookClient(book, timeout=300, resources=place)
            self.client.extra_arguments = ["--IPKernelApp.log_level=40"]
        self.client.nb = book
        # Widgets of the notebook before would be stored with this one.
        self.client.widget_state, self.client.widget_buffers = {}, {}
        try:
            self.client.execute(cleanup_kc=False)
        except Exception:
            self.stop()
            raise

    def stop(self) -> None:
        if self.client is not None:
            self.client._cleanup_kernel()
            self.client = None


@pytest.fixture(scope="module")
def kernel(tmp_path_factory) -> Iterator[Kernel]:
    kernel = Kernel(tmp_path_factory.mktemp("notebooks"))
    yield kernel
    kernel.stop()


def outputs(book):
    return [output for cell in book.cells if cell.cell_type == "code" for output in cell.outputs]


def texts(book) -> str:
    """All that the notebook shows as text, the blanks made one; less the cell at its end."""
    last = len(book.cells[-1].outputs)
    found = [output.get("text") or output.get("data", {}).get("text/plain", "")
             for output in outputs(book)[:-last]]  # fmt: skip
    return " ".join(" ".join(found).split())


@pytest.mark.parametrize("case", pvo.examples())
@each_notebook
def test_it_runs_on_every_bundled_case_and_finds_what_the_command_line_finds(path, case, kernel):
    book = kernel.run(path, case=case)
    shown = outputs(book)
    assert [output for output in shown if output.output_type == "error"] == []
    assert [output for output in shown if output.get("name") == "stderr"] == []
    told = json.loads("".join(output.text for output in book.cells[-1].outputs))
    diagnosis = pvo.diagnose(pvo.load(pvo.example(case)))
    assert told == json.loads(diagnosis.to_json())
    if path.stem == "00_start_here":
        for found in diagnosis.findings:
            assert " ".join(terminal(found.summary).split()) in texts(book)
