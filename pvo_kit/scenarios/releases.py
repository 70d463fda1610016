"""What the AsyncOS versions tell: below the technote's floor, or an ESA newer than its SMA."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pvo_kit.case import Case, newest
from pvo_kit.evidence import Role
from pvo_kit.facts import Release

FLOOR: dict[Role, tuple[int, int]] = {"sma": (8, 1), "esa": (8, 0)}
"""The oldest releases with centralised quarantines (technote)."""


def number(version: str | None) -> tuple[int, int, int] | None:
    """Return ``14.0.0-698`` as (14, 0, 0), None for what is no version."""
    match = re.match(r"\s*(\d+)\.(\d+)(?:\.(\d+))?", version or "")
    return (int(match[1]), int(match[2]), int(match[3] or 0)) if match else None


def versions(case: Case, role: Role) -> dict[str, str]:
    """Return the newest version text of each box of a role that tells one."""
    found: dict[str, str] = {}
    for box in case.boxes(role):
        texts = [fact for fact in case.all(Release, box.host) if number(fact.version)]
        if texts:
            found[box.name] = newest(texts)[-1].version or ""
    return found


def notes(case: Case) -> Iterator[str]:
    """Yield a sentence for each thing that the versions tell."""
    for role, floor in FLOOR.items():
        for host, text in versions(case, role).items():
            if (number(text) or floor)[:2] < floor:
                yield (
                    f"{host} runs AsyncOS {text}, below {floor[0]}.{floor[1]}, the oldest "
                    f"{role.upper()} release with centralised quarantines: upgrade it first."
                )
    smas, esas = versions(case, "sma"), versions(case, "esa")
    if not smas or not esas:
        return
    oldest = min(smas, key=lambda host: number(smas[host]) or (0,))
    for host, text in esas.items():
        if _train(text) > _train(smas[oldest]):
            yield (
                f"{host} runs AsyncOS {text}, newer than {oldest} ({smas[oldest]}): an SMA must "
                "not be older than its ESAs; check the compatibility matrix, upgrade the SMA "
                "first (E16)."
            )


def _train(text: str) -> tuple[int, int]:
    return (number(text) or (0, 0, 0))[:2]
