"""An escalation as it is open in a notebook: its evidence, its diagnosis, and what was chosen.

Panels show an OpenCase and hold nothing themselves. ``case`` gives the same one each time that a
cell runs, so that choices stay. What is uploaded, pasted or observed is kept in a folder that
``pvo-kit diagnose`` reads too: the case's own, or a copy below ``cases/`` where the case is bundled
with the kit or an archive (neither is ever written to).
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from pvo_kit.diagnosis import diagnose
from pvo_kit.errors import InputError
from pvo_kit.evidence import Evidence
from pvo_kit.findings import Diagnosis
from pvo_kit.loading import load
from pvo_kit.progress import Told
from pvo_kit.recording import record
from pvo_kit.resources import locate
from pvo_kit.widgets import keeping
from pvo_kit.widgets.keeping import Upload

NOTHING = Evidence(files=())

_open: dict[str, OpenCase] = {}


def case(path: str | os.PathLike[str] = "", *, keep: str | os.PathLike[str] = "cases") -> OpenCase:
    """Return the open case of this path: loaded at the first call, the same one ever after.

    ``path`` is a folder, a file, an archive or the name of a bundled case; '' opens a case without
    evidence. At a later call
    the evidence is read again where its files have changed. ``keep`` is the folder for what is
    uploaded, pasted or observed in a case that cannot hold it. Raises InputError where the path
    cannot be read.
    """
    key = f"{os.path.abspath(path) if path else ''}\n{os.path.abspath(keep)}"
    known = _open.get(key)
    if known is None:
        known = OpenCase(path, keep=keep)
        _open[key] = known
    else:
        known.read_again()
    return known


class OpenCase:
    """One escalation that is looked at.

    ``source`` is the path that it was read from (None: nothing yet), ``given`` the one that the
    notebook named: they differ once another case is open, or a copy that can be added to.
    ``evidence`` and ``diagnosis`` are never None: without evidence all six scenarios are unknown,
    and what to ask for is known.
    ``begun`` is the diagnosis as it was when the case was opened: what a fix has changed is
    ``pvo.compare(case.begun, case.diagnosis)``.
    ``choices`` holds what was chosen in each panel by the panel's name, ``ticked`` the steps of
    remedies that are done.
    """

    def __init__(
        self, path: str | os.PathLike[str] = "", *, keep: str | os.PathLike[str] = "cases"
    ) -> None:
        """Read what lies at the path, nothing where it is ''."""
        self.keep = Path(keep)
        self.given: Path | None = None
        self.source: Path | None = None
        self.evidence = NOTHING
        self.diagnosis = diagnose(NOTHING)
        self.begun = self.diagnosis
        # Clicks and a live collection's thread change the same panels: one at a time.
        self.lock = threading.RLock()
        self.choices: dict[str, Any] = {}
        self.ticked: set[str] = set()
        self.panels: dict[object, Any] = {}
        self._followers: list[Callable[[], None]] = []
        self._seen: tuple[object, ...] = ()
        if path:
            self.given = found = locate(os.fspath(path))
            self._begin(found, load(found))

    @property
    def name(self) -> str:
        """What the case is called: the last component of its path."""
        return self.source.resolve().name if self.source else "no case"

    def follow(self, follower: Callable[[], None]) -> None:
        """Call this function after each change of the evidence or of the ticked steps."""
        self._followers.append(follower)

    def open(self, path: str | os.PathLike[str], told: Told | None = None) -> None:
        """Go on with what lies at another path.

        Raises InputError, and keeps what is open, where nothing there can be used.
        """
        text = str(path).strip().strip("\"'")
        if not text:
            raise InputError("No path was given. Type the folder or archive with the captures.")
        path = locate(text)
        found = load(path, told=told)
        keeping.refuse_unusable(found)
        self._begin(path, found)

    def take_in(self, uploads: Sequence[Upload], *, add: bool, told: Told | None = None) -> None:
        """Keep files or a paste and go on with them: beside the open evidence, or as a new case.

        Raises InputError, keeps nothing and leaves the case as it is, where they cannot be used.
        """
        given = keeping.tried(uploads, told)
        if add and self.source:
            folder = self._writable(self.source)
            keeping.keep(uploads, folder)
            self._take(folder, load(folder, told=told))
        else:
            folder = self.keep / f"case-{_short(given)}"
            keeping.keep(uploads, folder)
            self._begin(folder, load(folder, told=told))

    def observe(self, host: str, what: str, value: str, time: str = "", by: str = "") -> Path:
        """Record what a person saw and judge again; return the file that holds it."""
        if self.source is None:
            raise InputError("No case is open. Open one first, then record what was seen.")
        folder = self._writable(self.source)
        path = record(folder, host.strip(), what, value.strip(), time.strip() or None, by.strip())
        self._take(folder, load(folder))
        return path

    def place_for(self, name: str, *, add: bool) -> Path:
        """Return the folder of the case that a live collection goes into.

        It is the open case's own (or a copy, as for an observation), else that of a new case, which
        ``name`` is part of. Nothing is opened by it.
        """
        if add and self.source:
            return self._writable(self.source)
        return keeping.unused(self.keep, f"live-{keeping.safe_name(name)}")

    def take_collected(self, folder: Path, before: Path | None, *, add: bool) -> bool:
        """Read the folder that was collected into and judge again.

        ``before`` is what was open when the collection began. Returns False, and leaves the case
        as it is, where another one was opened meanwhile.
        """
        with self.lock:
            if self.source != before:
                return False
            (self._take if add and before else self._begin)(folder, load(folder))
            return True

    def tick(self, step: str, done: bool) -> None:
        """Remember that a remedy's step is done, or is not."""
        (self.ticked.add if done else self.ticked.discard)(step)
        self._tell()

    def read_again(self) -> None:
        """Read the evidence again where its files have changed since."""
        with self.lock:
            if self.source and self.source.exists() and keeping.state(self.source) != self._seen:
                self._take(self.source, load(self.source))

    def _begin(self, source: Path, evidence: Evidence) -> None:
        """Open another case: what was chosen and ticked was meant for the one before."""
        self.choices.clear()
        self.ticked.clear()
        self._take(source, evidence)
        self.begun = self.diagnosis

    def _take(self, source: Path, evidence: Evidence) -> None:
        """Take the evidence of the same case as it is now."""
        self.source, self.evidence = source, evidence
        self.diagnosis = diagnose(evidence)
        self._seen = keeping.state(source)
        self._tell()

    def _tell(self) -> None:
        for follower in self._followers:
            follower()

    def _writable(self, source: Path) -> Path:
        """Return the case's folder, or that of a copy where this one is never written to."""
        if source.is_dir() and not keeping.is_bundled(source):
            return source
        folder = self.keep / f"{self.name}-{_short(self.evidence)}"
        keeping.copy(source, folder)
        return folder


def changes(before: Diagnosis, after: Diagnosis) -> list[str]:
    """Return a sentence for each scenario whose status is another one now."""
    from pvo_kit.report.labels import LABELS

    was = {found.scenario: found.status for found in before.findings}
    return [
        f"Scenario {found.scenario}: {LABELS[was[found.scenario]]} before, now "
        f"{LABELS[found.status]}."
        for found in after.findings
        if was.get(found.scenario, found.status) != found.status
    ]


def _short(evidence: Evidence) -> str:
    return evidence.hash.removeprefix("sha256:")[:8]
