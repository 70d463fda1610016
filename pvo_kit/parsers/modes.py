"""The cluster mode that a command ran in: its level and the name of the machine, group, cluster."""

from __future__ import annotations

import re

from pvo_kit.evidence import Level
from pvo_kit.parsers.reading import Reading

Mode = tuple[Level, str]

_BATCH = re.compile(r"clustermode\s+(?P<level>machine|group|cluster)\s*(?P<name>[^\s;]*)", re.I)


def named(match: re.Match[str]) -> Mode | None:
    """Return the mode in a match's ``level`` and ``name``; machines in lower case, as hosts are."""
    if not match["level"] or not match["name"]:
        return None
    level: Level = match["level"].lower()  # type: ignore[assignment]
    name = " ".join(match["name"].split())
    return level, name.lower() if level == "machine" else name


def of(reading: Reading) -> Mode | None:
    """Return the mode of a ``clustermode`` on the command's own line, else that of the prompt."""
    source = reading.transcript
    switched = list(_BATCH.finditer(source.command.rpartition(";")[0]))
    if switched and switched[-1]["name"]:
        return named(switched[-1])
    if source.level is None or source.place is None:
        return None
    if switched and source.level != "cluster":
        return None  # `clustermode cluster;`: nothing on this line names the cluster
    return source.level, source.place.lower() if source.level == "machine" else source.place
