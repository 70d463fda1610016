"""What the boxes' own state tells beside the six scenarios; said with scenario 1, the nearest."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pvo_kit.case import Case, newest
from pvo_kit.facts import Fact, SystemStatus
from pvo_kit.scenarios import releases
from pvo_kit.scenarios.sma_state import is_online

Remark = tuple[str, Sequence[Fact]]


def remarks(case: Case) -> Iterator[Remark]:
    """Yield a sentence for each thing, and the readings it stands on."""
    for box in case.boxes("esa"):
        for item in newest(case.all(SystemStatus, box.host)):
            if not is_online(item):
                yield f"The ESA {box.name} itself is {item.state} (E24).", [item]
    yield from releases.remarks(case)
