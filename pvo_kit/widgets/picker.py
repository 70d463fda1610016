"""The case picker: a folder's path, an upload, a paste; what was found, and what is needed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import ipywidgets

from pvo_kit import progress
from pvo_kit.findings import Diagnosis, Finding
from pvo_kit.report.labels import LABELS, MEANINGS, SIGNS, called
from pvo_kit.report.story import OPEN, counted, headline
from pvo_kit.widgets import controls, keeping
from pvo_kit.widgets.blocks import Block, Code, Folded, Paragraph, Table
from pvo_kit.widgets.opened import OpenCase, changes
from pvo_kit.widgets.panel import Panel, the_panel
from pvo_kit.widgets.waiting import Waiting

NEW, ADD = "new", "add"
WHERE = [("begin a new case", NEW), ("are added to the open case", ADD)]
LIMIT = (
    "Files: together up to 10 MB as JupyterLab is, up to 100 MB where pvo-kit lab started it. "
    "Larger ones, or a folder: type its path above."
)
NO_FILE = f"No file has arrived. Choose files first; where you did, they were too large. {LIMIT}"
_MOST_FILES = 200


def case_picker(case: OpenCase) -> CasePicker:
    """Return the panel that opens a case, and adds uploads and pastes to it."""
    return the_panel(case, CasePicker)


class CasePicker(Panel):
    """Where a case is opened. CSS classes:

    pvo-case-folder (the path), pvo-case-load, pvo-case-where (files and text begin a new case, or
    are added), pvo-case-upload, pvo-case-upload-load, pvo-case-limit (how large files may be),
    pvo-case-paste (the text), pvo-case-paste-load, pvo-case-found (what the open case holds),
    pvo-case-picker-message.
    """

    name = "case-picker"
    title = "Open a case"

    def __init__(self, case: OpenCase) -> None:
        """Make the panel's widgets."""
        super().__init__(case)
        self.folder = controls.text("Folder or archive", "pvo-case-folder")
        self.folder.placeholder = "a path, such as C:\\tickets\\case or /tickets/case.zip"
        self.load = controls.button("Open", "pvo-case-load", main=True)
        self.where = controls.choice("Files and text", "pvo-case-where", WHERE)
        self.upload = ipywidgets.FileUpload(multiple=True, description="Choose files or a .zip")
        self.upload.add_class("pvo-case-upload")
        self.upload_load = controls.button("Take in the files", "pvo-case-upload-load")
        self.paste = controls.area("Text", "pvo-case-paste")
        self.paste.placeholder = (
            "Paste a session with its prompts (mx.example.com> status ...), or lines of a mail log."
        )
        self.paste_load = controls.button("Take in the text", "pvo-case-paste-load")
        self.waiting = Waiting()
        self.found = controls.page("pvo-case-found")
        self.load.on_click(self.calling(self.open_folder))
        self.upload_load.on_click(self.calling(self.take_files))
        self.paste_load.on_click(self.calling(self.take_text))
        self.arrange(
            controls.row(self.folder, self.load),
            self.where,
            controls.row(self.upload, self.upload_load),
            controls.page("pvo-case-limit", [Paragraph(LIMIT)]),
            controls.row(self.paste, self.paste_load),
            self.waiting.widget,
            self.message,
            self.found,
        )

    def open_folder(self) -> None:
        """Open what lies at the path that was typed."""
        self._change(self._open, progress.size_on_disk([self.folder.value.strip()]))

    def _open(self, told: progress.Told) -> None:
        self.case.open(self.folder.value, told)

    def take_files(self) -> None:
        """Take in the files that the browser sent."""
        self._change(self._take_files, None)

    def _take_files(self, told: progress.Told) -> None:
        sent = [keeping.Upload(each["name"], bytes(each["content"])) for each in self.upload.value]
        # The next try begins with none: what was refused once would be again.
        self.upload.value = ()
        if not sent:
            raise keeping.empty(NO_FILE)
        self.case.take_in(sent, add=self.where.value == ADD, told=told)

    def take_text(self) -> None:
        """Take in the text that was pasted."""
        self._change(self._take_text, None)
        self.paste.value = ""

    def _take_text(self, told: progress.Told) -> None:
        if not self.paste.value.strip():
            raise keeping.empty("The box for the text is empty.")
        pasted = keeping.paste(self.paste.value)
        self.case.take_in([pasted], add=self.where.value == ADD, told=told)

    def _change(self, function: Callable[[progress.Told], None], total: int | None) -> None:
        """Change the open case, and say what it is and which verdicts are others now."""
        before, was = self.case.diagnosis, self.case.source
        with self.waiting.reading(total) as told:
            function(told)
        same = was == self.case.source or self.where.value == ADD
        rows = changes(before, self.case.diagnosis) if same else []
        self.say("\n".join([f"Open is {self.case.source}.", *rows]))

    def refresh(self) -> None:
        """Show what the open case holds."""
        controls.show(self.found, self.blocks())

    def blocks(self) -> Sequence[Block]:
        """Return what the open case holds and where it stands."""
        return tuple(_found(self.case))


def _found(case: OpenCase) -> Iterator[Block]:
    if case.source is None:
        yield Paragraph("No case is open.")
        yield Paragraph(keeping.NEEDED)
        return
    held = case.diagnosis
    yield Paragraph(headline(held), f"{case.name}:")
    boxes = ", ".join(called(box.role, box.name) for box in held.appliances)
    yield Paragraph(f"Appliances: {boxes or 'none was recognised'}.")
    yield Table(
        ("Possible cause", "Verdict", "What the evidence shows"),
        [
            (
                f"{found.scenario}. {found.title}",
                f"{SIGNS[found.status]} {LABELS[found.status]}: {MEANINGS[found.status]}",
                found.summary,
            )
            for found in held.findings
        ],
    )
    yield Paragraph(next_step(held), "Next:")
    if case.source != case.given:
        yield Paragraph("The other notebooks open this case with this line, in place of theirs:")
        yield Code([f"case = {str(case.source)!r}"], "the line that names the case")
    used = sum(entry.kind != "unused" for entry in held.files)
    title = f"What was captured: {counted(len(held.files), 'file')}, {used} of them used"
    yield Folded(title, tuple(_files(case)))


def next_step(diagnosis: Diagnosis) -> str:
    """Return in a sentence which notebooks go on from here, in the order of fixing."""
    if failing := [notebook(found) for found in diagnosis.failing]:
        return f"open the notebook {', then '.join(failing)}: it leads to the remedy."
    if undecided := [notebook(found) for found in diagnosis.findings if found.status in OPEN]:
        return f"step 3 of the notebook {', '.join(undecided)} says what to ask for."
    return "the notebook 30_case_study tells the whole case as a document."


def notebook(found: Finding) -> str:
    """Return the name of a scenario's notebook."""
    return f"{found.scenario:02}_{found.id.replace('-', '_')}"


def _files(case: OpenCase) -> Iterator[Block]:
    files = case.diagnosis.files
    yield Table(
        ("File", "Taken for", "Remark"),
        [
            (
                entry.file,
                f"{entry.kind.replace('_', ' ')}, {counted(entry.lines, 'line')}",
                entry.reason or "",
            )
            for entry in files[:_MOST_FILES]
        ],
    )
    if len(files) > _MOST_FILES:
        yield Paragraph(f"... and {counted(len(files) - _MOST_FILES, 'file')} more.")
