"""Scenario 1: the SMA is offline, or its quarantine listener is suspended.

Fails on a standing fault: ``System status: Offline`` or ``Receiving suspended`` on the SMA, or a
suspend of the system, of cpq_listener or of transfers that no newer answer takes back. Passes
only with Online *and* proof that the quarantine port answers; Online alone decides nothing.
"""

from __future__ import annotations

from dataclasses import replace

from pvo_kit.case import Case, newest
from pvo_kit.facts import Suspension, SystemStatus
from pvo_kit.scenarios.answering import answers, other_ports, refusals
from pvo_kit.scenarios.asking import STATUS, telnet
from pvo_kit.scenarios.remarks import remarks
from pvo_kit.scenarios.sma_state import (
    Fault,
    Reading,
    faults,
    is_online,
    states,
    stops_receiving,
    told,
    unnamed,
    without_quarantine,
)
from pvo_kit.scenarios.verdict import Missing, Scenario, Verdict, cite

PAGE = Missing(
    on="sma",
    where="SMA: Management Appliance > System Administration > Shutdown/Suspend (older releases: "
    "Shutdown/Reboot)",
    why="which services are suspended",
    record="pvo-kit observe FOLDER --host {host} --what service_status --value suspended|running",
)


def judge(case: Case) -> list[Verdict]:
    """Judge each SMA apart, and say with the first what else the boxes' own state tells."""
    hosts = [box.host for box in case.boxes("sma")]
    verdicts = [replace(_judge(case, host), host=host) for host in hosts]
    first, *others = verdicts or [_without(case)]
    for sentence, shown in remarks(case):
        cited = cite(first, shown)
        first = replace(first, summary=f"{first.summary} {sentence}", citations=cited)
    return [first, *others]


def _judge(case: Case, host: str | None) -> Verdict:
    every = list(faults(case, host))
    open_ = [fault for fault in every if not fault.cleared_by]
    standing = [fault for fault in open_ if not fault.disputed_by]
    if standing:
        return _failing(case, host, [fault.reading for fault in standing])
    if open_:
        return _disputed(case, host, open_)
    if doubt := _doubt(case, host):
        return doubt
    return _resolved(case, host, every) if every else _receiving(case, host)


def _failing(case: Case, host: str | None, readings: list[Reading]) -> Verdict:
    refused = refusals(case)
    transfers = [item for item in readings if _is_of_transfers(item)]
    since = [item for item in answers(case)
             if all(item.moment.after(reading.moment) for reading in readings)]  # fmt: skip
    if since and not transfers:
        summary = (
            f"The SMA was {told(newest(readings)[-1])}, but port {case.port} answered since: read "
            "its status again."
        )
        return Verdict("unknown", summary, cite(readings, since), _ask(case, host, STATUS))
    parts = [f"The SMA is {told(newest(readings)[-1])}: it takes no quarantined mail."]
    if transfers:
        parts.append("Status may say Online all the same (E12); resumetransfers takes it back.")
    if refused:
        parts.append("That explains why the ESA's connections are refused.")
    ask = replace(STATUS, host=host)
    return Verdict("fail", " ".join(parts), cite(readings, refused), (ask,))


def _is_of_transfers(reading: Reading) -> bool:
    return isinstance(reading, Suspension) and reading.subject == "transfers"


def _disputed(case: Case, host: str | None, open_: list[Fault]) -> Verdict:
    both = [item for fault in open_ for item in (fault.reading, *fault.disputed_by)]
    summary = "Readings contradict each other and nothing tells which is newer."
    return Verdict("unknown", summary, cite(both), _ask(case, host, STATUS))


def _doubt(case: Case, host: str | None) -> Verdict | None:
    """Readings that neither prove nor rule out: a partial state, a resume without cpq_listener."""
    partial = [
        item
        for item in newest(case.all(SystemStatus, host))
        if not is_online(item) and not stops_receiving(item)
    ]
    if partial:
        summary = (
            f"System status is {partial[-1].state}, which does not tell whether the quarantine "
            "listener receives."
        )
        return Verdict("unknown", summary, cite(partial), _ask(case, host, PAGE))
    resumed = without_quarantine(case, host)
    since = [item for item in answers(case)
             if all(item.moment.after(reading.moment) for reading in resumed)]  # fmt: skip
    if resumed and not since:
        summary = (
            "resume did not name cpq_listener: the quarantine service is not enabled or not "
            "committed on the SMA (E1). Check its page under Management Appliance > Centralized "
            "Services."
        )
        return Verdict("unknown", summary, cite(resumed), _ask(case, host, PAGE))
    if suspended := unnamed(case, host):
        summary = "A listener was suspended, and nothing tells whether it is the quarantine's."
        return Verdict("unknown", summary, cite(suspended), _ask(case, host, PAGE))
    return None


def _resolved(case: Case, host: str | None, every: list[Fault]) -> Verdict:
    last = newest([item for fault in every for item in fault.cleared_by])
    shown = [fault.reading for fault in every]
    summary = f"It was {told(every[-1].reading)}; {told(last[-1])} since"
    refused = [no for no in refusals(case) if all(no.moment.after(item.moment) for item in last)]
    if refused:
        summary = f"{summary}, but port {case.port} refuses connections. {_why_refused(case)}"
        return Verdict("unknown", summary, cite(shown, last, refused), _ask(case, host, PAGE))
    return Verdict("resolved", f"{summary}.", cite(shown, last), resolved_at=last[-1].moment.time)


def _receiving(case: Case, host: str | None) -> Verdict:
    online = newest([item for item in states(case, host) if is_online(item)])
    proofs, refused = answers(case), refusals(case)
    if not online:
        summary = "The SMA's status was not captured."
        return Verdict("unknown", summary, cite(proofs or refused), (replace(STATUS, host=host),))
    if proofs:
        summary = f"The SMA is Online and its port {case.port} answers."
        return Verdict("pass", summary, cite(online, proofs))
    if refused:
        summary = (
            f"The SMA is Online, but its port {case.port} refuses connections. {_why_refused(case)}"
        )
        return Verdict("unknown", summary, cite(online, refused), _ask(case, host, PAGE))
    summary = "The SMA is Online, which does not show that its quarantine listener receives."
    return Verdict("unknown", summary, cite(online), (_telnet(case),))


def _why_refused(case: Case) -> str:
    """What a refusal points to where the SMA is not known to be stopped."""
    others = "".join(
        f" Port {port} answers with 220: if the SMA's page names it, use --pvo-port {port}."
        for port in other_ports(case)
    )
    return (
        "The listener or transfers are suspended (E12), the quarantine service is off or not "
        f"committed (E1), or it uses another port (E3).{others}"
    )


def _without(case: Case) -> Verdict:
    """No box is known to be an SMA; one of unknown role is never taken for it."""
    parts, refused = ["No evidence from an SMA."], refusals(case)
    shown = [
        fact
        for box in case.boxes("unknown")
        for fact in (*case.all(SystemStatus, box.host), *case.all(Suspension, box.host))
    ]
    for host in dict.fromkeys(fact.host for fact in shown if fact.host):
        parts.append(f"If {host} is the SMA, say so with --role {host}=sma.")
    if refused:
        parts.append(f"Port {case.port} refuses connections. {_why_refused(case)}")
    missing = (STATUS, _telnet(case))
    return Verdict("unknown", " ".join(parts), cite(shown, refused), missing)


def _ask(case: Case, host: str | None, first: Missing) -> tuple[Missing, ...]:
    return replace(first, host=host), _telnet(case)


def _telnet(case: Case) -> Missing:
    return telnet(case, None, "Auto", "whether the quarantine port answers with 220")


SCENARIO = Scenario(
    1, "sma-offline", "The SMA is offline or its quarantine listener suspended", judge
)
