"""What shows that the migration on the SMA was not brought to its end, and what takes it back.

Pending changes belong to one session, and the wizard runs in the GUI's: what a person saw there
takes a fault back, an empty ``showchanges`` or a ``commit`` in the CLI never does.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pvo_kit.case import Case
from pvo_kit.evidence import Moment, Observation
from pvo_kit.facts import Commit, PendingChanges

YES = ("yes", "true", "pending", "1", "lit")
NO = ("no", "false", "none", "0", "grey", "not lit")
FINISHED = ("finished", "complete", "completed", "done", "yes", "true")
UNFINISHED = ("not-finished", "not finished", "unfinished", "not complete", "incomplete",
              "not started", "action required", "no", "false")  # fmt: skip

Shown = Commit | PendingChanges | Observation


@dataclass(frozen=True)
class Fault:
    """A reading that something is left to commit or to finish, and what could take it back."""

    reading: Shown
    clears: tuple[Observation, ...]

    @property
    def moment(self) -> Moment:
        """When it was read."""
        return self.reading.moment

    @property
    def cleared_by(self) -> list[Observation]:
        """What a person saw later."""
        return [item for item in self.clears if item.moment.after(self.moment)]

    @property
    def disputed_by(self) -> list[Observation]:
        """What a person saw, and nothing tells whether it was later."""
        return [item for item in self.clears if not item.moment.after(self.moment)
                and not self.moment.after(item.moment)]  # fmt: skip


def faults(case: Case) -> Iterator[Fault]:
    """Yield everything that ever showed changes pending or the wizard unfinished."""
    clean, finished = tuple(seen(case, "pending_changes", NO)), tuple(finished_wizard(case))
    for box in case.boxes("sma"):
        for commit in case.all(Commit, box.host):
            if commit.asked and commit.outcome == "unanswered":
                yield Fault(commit, clean)
        for change in case.all(PendingChanges, box.host):
            if change.pending:
                yield Fault(change, clean)
    for item in seen(case, "pending_changes", YES):
        yield Fault(item, clean)
    for item in seen(case, "wizard", UNFINISHED):
        yield Fault(item, finished)


def finished_wizard(case: Case) -> list[Observation]:
    """Return the observations that the wizard is finished."""
    return seen(case, "wizard", FINISHED)


def nothing_pending(case: Case) -> list[Observation]:
    """Return the observations that nothing is pending."""
    return seen(case, "pending_changes", NO)


def seen(case: Case, what: str, words: tuple[str, ...]) -> list[Observation]:
    """Return the observations of one kind with one of these answers."""
    return [item for item in case.observed(what) if item.value.strip().lower() in words]


def commits(case: Case, standing: list[Fault]) -> list[Commit]:
    """Return the commits of the SMA after a fault that stands."""
    return [
        commit
        for box in case.boxes("sma")
        for commit in case.all(Commit, box.host)
        if commit.outcome == "committed"
        and any(commit.moment.after(fault.moment) for fault in standing)
    ]
