"""How far a run is: a bar for a person, lines for a log."""

from __future__ import annotations

import sys
from collections import Counter
from types import TracebackType
from typing import Any, Self

from pvo_kit.batching.folder import Log
from pvo_kit.batching.result import CaseResult
from pvo_kit.batching.task import Outcome

_SELDOM = 30.0  # seconds between two states of the bar where no person watches it


class Progress:
    """Counts outcomes, shows them as a bar on standard error, and tells them to the log."""

    def __init__(self, total: int, log: Log, is_shown: bool) -> None:
        """Begin with nothing done of ``total`` cases; ``were_done``: so many by earlier runs."""
        from tqdm import tqdm

        self._total = total
        self._log = log
        self._states: Counter[str] = Counter()
        self.were_done = 0
        self._bar: Any = tqdm(
            total=total,
            unit="case",
            disable=not is_shown,
            file=sys.stderr,
            mininterval=0.2 if sys.stderr.isatty() else _SELDOM,
        )

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Leave the bar as it stands."""
        self._bar.close()

    @property
    def done(self) -> int:
        """How many cases have an outcome."""
        return self._states.total()

    def count(self, outcome: Outcome) -> None:
        """Take one more outcome."""
        self._states[outcome.result.state] += 1
        shown = {state: self._states[state] for state in ("fail", "open", "broken")}
        self._bar.set_postfix(shown, refresh=False)
        self._bar.update()
        self.were_done += outcome.was_done
        if not outcome.was_done:
            self._log.tell(f"{self.done}/{self._total}  {_line(outcome)}", outcome.trace)


def _line(outcome: Outcome) -> str:
    result = outcome.result
    told = ", ".join(part for part in (result.headline, result.error) if part)
    return f"{_named(result)}: {told} ({outcome.seconds:.2f} s)"


def _named(result: CaseResult) -> str:
    return result.case if result.source == result.case else f"{result.case} ({result.source})"
