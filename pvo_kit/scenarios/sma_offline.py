"""Scenario 1: the SMA is offline, or its quarantine listener is suspended.

Fails on a standing fault: ``System status: Offline`` or ``Receiving suspended`` on the SMA, or a
suspend of the system, of cpq_listener or of transfers that no newer answer takes back. Passes
only with Online *and* proof that the quarantine port answers; Online alone decides nothing.
"""

from __future__ import annotations

from dataclasses import replace

from pvo_kit.appliances import Appliance
from pvo_kit.case import Case, newest
from pvo_kit.facts import PortProbe, Suspension, SystemStatus
from pvo_kit.scenarios.asking import STATUS, telnet
from pvo_kit.scenarios.releases import remarks
from pvo_kit.scenarios.sma_state import (
    Fault,
    Reading,
    faults,
    is_online,
    names_others,
    stops_receiving,
    told,
)
from pvo_kit.scenarios.verdict import Citable, Missing, Scenario, Verdict, cite

PAGE = Missing(
    on="sma",
    where="SMA: Management Appliance > System Administration > Shutdown/Suspend (older releases: "
    "Shutdown/Reboot)",
    why="which services are suspended",
    record="pvo-kit observe FOLDER --host {host} --what service_status --value TEXT",
)


def judge(case: Case) -> list[Verdict]:
    """Judge each SMA apart, and say with the first what the AsyncOS versions tell."""
    first, *others = _verdicts(case)
    for sentence, shown in remarks(case):
        cited = cite(first, shown)
        first = replace(first, summary=f"{first.summary} {sentence}", citations=cited)
    return [first, *others]


def _verdicts(case: Case) -> list[Verdict]:
    boxes = case.boxes("sma")
    if boxes:
        return [replace(_judge(case, box), host=box.host) for box in boxes]
    refused = _refusals(case)
    seen = " The ESA's connection was refused, so nothing listens there." if refused else ""
    missing = (STATUS, _telnet(case))
    return [Verdict("unknown", f"No evidence from an SMA.{seen}", cite(refused), missing)]


def _judge(case: Case, box: Appliance) -> Verdict:
    every = list(faults(case, box.host))
    open_ = [fault for fault in every if not fault.cleared_by]
    standing = [fault for fault in open_ if not fault.disputed_by]
    if standing:
        return _failing(case, box, [fault.reading for fault in standing])
    if open_:
        return _disputed(case, box, open_)
    if doubt := _doubt(case, box):
        return doubt
    if every:
        last = newest([item for fault in every for item in fault.cleared_by])
        return Verdict(
            "resolved",
            f"It was {told(every[-1].reading)}; {told(last[-1])} since.",
            cite([fault.reading for fault in every], last),
            resolved_at=last[-1].moment.time,
        )
    return _receiving(case, box)


def _failing(case: Case, box: Appliance, readings: list[Reading]) -> Verdict:
    refused = _refusals(case)
    parts = [f"The SMA is {told(newest(readings)[-1])}: it takes no quarantined mail."]
    if any(isinstance(item, Suspension) and item.subject == "transfers" for item in readings):
        parts.append("Status may say Online all the same (E12); resumetransfers takes it back.")
    if refused:
        parts.append("That explains why the ESA's connections are refused.")
    return Verdict("fail", " ".join(parts), cite(readings, refused), (_on(box, STATUS),))


def _disputed(case: Case, box: Appliance, open_: list[Fault]) -> Verdict:
    both = [item for fault in open_ for item in (fault.reading, *fault.disputed_by)]
    return Verdict(
        "unknown",
        "Readings contradict each other and nothing tells which is newer.",
        cite(both),
        (_on(box, STATUS), _telnet(case)),
    )


def _doubt(case: Case, box: Appliance) -> Verdict | None:
    """Readings that neither prove nor rule out: a partial state, a resume without cpq_listener."""
    missing = (_on(box, PAGE), _telnet(case))
    statuses = newest(case.all(SystemStatus, box.host))
    partial = [item for item in statuses if not is_online(item) and not stops_receiving(item)]
    if partial:
        summary = (
            f"System status is {partial[-1].state}, which does not tell whether the quarantine "
            "listener receives."
        )
        return Verdict("unknown", summary, cite(partial), missing)
    answers = [item for item in newest(case.all(Suspension, box.host)) if names_others(item)]
    if answers and not _proofs(case):
        summary = (
            "resume did not name cpq_listener: the quarantine service is not enabled or not "
            "committed on the SMA (E1). Check its page under Management Appliance > Centralized "
            "Services."
        )
        return Verdict("unknown", summary, cite(answers), missing)
    return None


def _receiving(case: Case, box: Appliance) -> Verdict:
    online = newest([item for item in case.all(SystemStatus, box.host) if is_online(item)])
    proofs, refused = _proofs(case), _refusals(case)
    if not online:
        summary = "The SMA's status was not captured."
        return Verdict("unknown", summary, cite(proofs or refused), (_on(box, STATUS),))
    if proofs:
        summary = f"The SMA is Online and its port {case.port} answers."
        return Verdict("pass", summary, cite(online, proofs))
    if refused:
        summary = (
            f"The SMA is Online but port {case.port} refuses connections. The listener or "
            "transfers are suspended (E12), the quarantine service is off or not committed (E1), "
            "or it uses another port (E3)."
        )
        return Verdict("unknown", summary, cite(online, refused), (_on(box, PAGE), _telnet(case)))
    summary = "The SMA is Online, which does not show that its quarantine listener receives."
    return Verdict("unknown", summary, cite(online), (_telnet(case),))


def _proofs(case: Case) -> list[Citable]:
    """The newest proofs that the port answers: a 220, or a session that got as far as TLS."""
    probes = newest(case.probes())
    proofs: list[Citable] = [probe for probe in probes if probe.outcome == "banner"]
    if probes and not proofs:
        return []
    proofs += [item for item in case.tls_probes() if item.outcome in ("success", "failed")]
    proofs += [link for link in case.connections if link.tls in ("success", "failed")][-1:]
    return proofs


def _refusals(case: Case) -> list[PortProbe]:
    return [probe for probe in newest(case.probes()) if probe.outcome == "refused"]


def _telnet(case: Case) -> Missing:
    return telnet(case, None, "Auto", "whether the quarantine port answers with 220")


def _on(box: Appliance, missing: Missing) -> Missing:
    return replace(missing, host=box.host)


SCENARIO = Scenario(
    1, "sma-offline", "The SMA is offline or its quarantine listener suspended", judge
)
