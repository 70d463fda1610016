"""Where a case took place: boxes, cluster, port, and the time that the evidence covers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from pvo_kit.appliances import Appliance
from pvo_kit.case import DEFAULT_PORT, Case, Dated
from pvo_kit.evidence import Moment


@dataclass(frozen=True, slots=True)
class Environment:
    """Facts about a case, in words where they are shown as words."""

    appliances: tuple[Appliance, ...]
    cluster: str
    port: str
    period: str


def environment(case: Case) -> Environment:
    """Return what the evidence tells of the place and the time."""
    return Environment(case.appliances, _cluster(case), _port(case), _period(case))


def _cluster(case: Case) -> str:
    if case.members:
        return f"a cluster of {len(case.members)}: {', '.join(case.members)}"
    if case.in_cluster:
        return "a cluster, whose members were not listed"
    if case.stand_alone:
        return "the ESA stands alone"
    return "not shown by the evidence"


def _port(case: Case) -> str:
    return f"TCP {case.port}{'' if case.port == DEFAULT_PORT else f' (not {DEFAULT_PORT})'}"


def _period(case: Case) -> str:
    times = sorted(set(_times(case)))
    if not times:
        return "no clock is seen in the evidence"
    first, last = (f"{time:%Y-%m-%d %H:%M:%S}" for time in (times[0], times[-1]))
    return f"{first} UTC" if first == last else f"{first} to {last} UTC"


def _times(case: Case) -> Iterator[datetime]:
    evidence = case.evidence
    dated: list[Dated] = [*evidence.transcripts, *evidence.configurations, *evidence.observations]
    for item in dated:
        yield from _clocks(item.moment)
    for link in evidence.connections:
        yield from (time for time in (link.opened, link.closed, link.moment.time) if time)


def _clocks(moment: Moment) -> Iterator[datetime]:
    yield from (time for time in (moment.time, moment.not_before, moment.not_after) if time)
