"""What stands in a case folder beside its evidence, as bytes: the same for the same evidence."""

from __future__ import annotations

import re
from dataclasses import dataclass

from pvo_kit.case_folder import notebook
from pvo_kit.evidence import Evidence
from pvo_kit.findings import Diagnosis
from pvo_kit.hints import Hints
from pvo_kit.report import study
from pvo_kit.report.study import Preface

EVIDENCE = "evidence"
"""The folder of the redacted evidence."""

FINDINGS = "findings.json"
PAGE = "report.html"
TEXT = "report.md"
STEM = "report"
PICTURE = re.compile(rf"{STEM}-[a-z-]+\.png")


def is_ours(name: str) -> bool:
    """Return True for a name that a file of a case may have."""
    return name in (FINDINGS, PAGE, TEXT, notebook.NAME) or bool(PICTURE.fullmatch(name))


@dataclass(frozen=True)
class Contents:
    """The files of a case by name, and the diagnosis that they tell."""

    files: dict[str, bytes]
    diagnosis: Diagnosis


def contents(evidence: Evidence, told: Hints, preface: Preface) -> Contents:
    """Diagnose the evidence and return findings, reports, charts and the notebook.

    ``told`` are the hints that the evidence was read with. Raises InputError where the preface's
    ``fix`` is no time.
    """
    diagnosis = told.diagnose(evidence)
    story = study.study(diagnosis, evidence, preface, told.pvo_port)
    names = study.picture_files(story.pictures, STEM)
    files = {
        FINDINGS: diagnosis.to_json().encode(),
        PAGE: study.to_html(story).encode(),
        TEXT: study.to_markdown(story, names).encode(),
        **{names[picture.name]: picture.png for picture in story.pictures},
    }
    prepared = notebook.prepared(EVIDENCE, told)
    if prepared is not None:
        files[notebook.NAME] = prepared
    return Contents(files, diagnosis)
