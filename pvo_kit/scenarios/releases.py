"""What the AsyncOS versions tell: below the technote's floor, or an ESA newer than its SMA (E16).

Said with scenario 1, the nearest: an SMA that is too old has no quarantine to listen for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pvo_kit.case import Case, newest
from pvo_kit.evidence import Role
from pvo_kit.facts import Release

FLOOR: dict[Role, tuple[int, int]] = {"sma": (8, 1), "esa": (8, 0)}
"""The oldest releases with centralised quarantines (technote)."""

Number = tuple[int, int, int]
Remark = tuple[str, tuple[Release, ...]]


def number(version: str | None) -> Number | None:
    """Return ``14.0.0-698`` as (14, 0, 0), None for what is no version."""
    match = re.match(r"\s*(\d+)\.(\d+)(?:\.(\d+))?", version or "")
    return (int(match[1]), int(match[2]), int(match[3] or 0)) if match else None


def remarks(case: Case) -> Iterator[Remark]:
    """Yield a sentence for each thing that the versions tell, and the readings it stands on."""
    releases = {role: _newest(case, role) for role in FLOOR}
    for role, floor in FLOOR.items():
        for host, release in releases[role].items():
            if _train(release) < floor:
                yield (
                    f"{host} runs AsyncOS {release.version}, below {floor[0]}.{floor[1]}, the "
                    f"oldest {role.upper()} release with centralised quarantines: upgrade first.",
                    (release,),
                )
    smas = releases["sma"]
    if not smas:
        return
    oldest = min(smas, key=lambda host: _train(smas[host]))
    for host, release in releases["esa"].items():
        if _train(release) > _train(smas[oldest]):
            yield (
                f"{host} runs AsyncOS {release.version}, newer than {oldest} "
                f"({smas[oldest].version}): check the compatibility matrix and upgrade the SMA "
                "first (E16).",
                (release, smas[oldest]),
            )


def _newest(case: Case, role: Role) -> dict[str, Release]:
    """The newest reading of each box of a role that tells a version."""
    found: dict[str, Release] = {}
    for box in case.boxes(role):
        told = [item for item in case.all(Release, box.host) if number(item.version)]
        if told:
            found[box.name] = newest(told)[-1]
    return found


def _train(release: Release) -> tuple[int, int]:
    return (number(release.version) or (0, 0, 0))[:2]
