"""Scenario 1: the SMA is offline, or its quarantine listener is suspended.

Fails on a standing fault: ``System status: Offline`` or ``Receiving suspended`` on the SMA, or a
suspend of the system, of cpq_listener or of transfers that no newer answer takes back. Passes
only with Online *and* proof that the quarantine port answers; Online alone decides nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from pvo_kit.case import Case, newest
from pvo_kit.facts import Fact, PortProbe, Suspension, SystemStatus, TlsProbe
from pvo_kit.findings import Appliance
from pvo_kit.mail_logs import Connection
from pvo_kit.scenarios.verdict import Missing, Scenario, Verdict, cite

LISTENER = "cpq_listener"
SUSPENDED_PAGE = "SMA: Management Appliance > System Administration > Shutdown/Suspend"

STATUS = Missing("status", "sma", why="whether the SMA is online")
TELNET = Missing("telnet", "esa", why="whether the quarantine port answers with 220")
PAGE = Missing(on="sma", where=SUSPENDED_PAGE, why="which services are suspended",
               record="pvo-kit observe FOLDER --host {host} --what service_status --value TEXT")  # fmt: skip


def judge(case: Case) -> list[Verdict]:
    """Judge each SMA apart."""
    boxes = case.boxes("sma")
    if boxes:
        return [_judge(case, box) for box in boxes]
    refused = _refusals(case)
    seen = " The ESA's connection was refused, so nothing listens there." if refused else ""
    return [Verdict("unknown", f"No evidence from an SMA.{seen}", cite(refused), (STATUS, TELNET))]


@dataclass(frozen=True)
class _Fault:
    """A reading that the SMA does not receive, and the readings that would take it back."""

    fact: Fact
    clears: list[Fact]

    @property
    def cleared_by(self) -> list[Fact]:
        return [fact for fact in self.clears if fact.moment.after(self.fact.moment)]

    @property
    def disputed_by(self) -> list[Fact]:
        return [fact for fact in self.clears
                if not self.fact.moment.after(fact.moment) and fact not in self.cleared_by]  # fmt: skip


def _judge(case: Case, box: Appliance) -> Verdict:
    faults = list(_faults(case, box))
    standing = [fault for fault in faults if not fault.cleared_by]
    disputed = [fault for fault in standing if fault.disputed_by]
    if len(standing) > len(disputed):
        facts = [fault.fact for fault in standing if fault not in disputed]
        return _failing(case, box, facts)
    if disputed:
        both = [fact for fault in disputed for fact in (fault.fact, *fault.disputed_by)]
        return Verdict("unknown", "Readings contradict each other and nothing tells which is newer.",
                       cite(both), (_on(box, STATUS), TELNET), host=box.host)  # fmt: skip
    if doubt := _doubt(case, box):
        return doubt
    if faults:
        last = newest([fact for fault in faults for fact in fault.cleared_by])
        return Verdict("resolved", f"It was {_words(faults[-1].fact)}; {_words(last[-1])} since.",
                       cite([fault.fact for fault in faults], last),
                       resolved_at=last[-1].moment.time, host=box.host)  # fmt: skip
    return _receiving(case, box)


def _faults(case: Case, box: Appliance) -> Iterator[_Fault]:
    statuses = case.all(SystemStatus, box.host)
    answers = case.all(Suspension, box.host)
    online: list[Fact] = [fact for fact in statuses if fact.state.lower() == "online"]
    resumed: list[Fact] = [fact for fact in answers if fact.action == "resumed"
                           and fact.subject in ("system", "listener")
                           and set(fact.listeners) & {LISTENER, "all"}]  # fmt: skip
    only_spam: list[Fact] = [fact for fact in answers if _names_only_others(fact)]
    transfers: list[Fact] = [fact for fact in answers
                             if fact.action == "resumed" and fact.subject == "transfers"]  # fmt: skip
    for fact in statuses:
        if _stops_receiving(fact.state):
            yield _Fault(fact, [*online, *resumed, *only_spam])
    for fact in answers:
        if fact.action != "suspended" and not (fact.action == "unanswered"
                                               and fact.verb.startswith("suspend")):  # fmt: skip
            continue
        if fact.subject == "system":
            yield _Fault(fact, [*resumed, *only_spam])
        elif fact.subject == "listener" and set(fact.listeners) & {LISTENER, "all"}:
            yield _Fault(fact, resumed)
        elif fact.subject == "transfers":
            yield _Fault(fact, transfers)


def _stops_receiving(state: str) -> bool:
    return state.lower().startswith(("offline", "receiving suspend"))


def _names_only_others(fact: Suspension) -> bool:
    named = fact.action == "resumed" and fact.subject == "system" and bool(fact.listeners)
    return named and not set(fact.listeners) & {LISTENER, "all"}


def _failing(case: Case, box: Appliance, facts: list[Fact]) -> Verdict:
    refused = _refusals(case)
    summary = f"The SMA is {_words(newest(facts)[-1])}: it takes no quarantined mail."
    if any(isinstance(fact, Suspension) and fact.subject == "transfers" for fact in facts):
        summary += " Status may say Online all the same (E12); resumetransfers takes it back."
    if refused:
        summary += " The ESA's connections are refused, as this explains."
    return Verdict("fail", summary, cite(facts, refused), (_on(box, STATUS),), host=box.host)


def _doubt(case: Case, box: Appliance) -> Verdict | None:
    """Readings that neither prove nor rule out: a partial state, a resume without cpq_listener."""
    statuses = newest(case.all(SystemStatus, box.host))
    partial = [fact for fact in statuses if fact.state.lower() != "online"
               and not _stops_receiving(fact.state)]  # fmt: skip
    if partial:
        return Verdict("unknown", f"System status is {partial[-1].state!r}, which does not tell "
                       "whether the quarantine listener receives.",
                       cite(partial), (_on(box, PAGE), TELNET), host=box.host)  # fmt: skip
    answers = [fact for fact in newest(case.all(Suspension, box.host)) if _names_only_others(fact)]
    if answers and not _answers(case):
        return Verdict("unknown", "resume did not name cpq_listener: the quarantine service is not "
                       "enabled or not committed on the SMA (E1). Check its page under Management "
                       "Appliance > Centralized Services.",
                       cite(answers), (_on(box, PAGE), TELNET), host=box.host)  # fmt: skip
    return None


def _receiving(case: Case, box: Appliance) -> Verdict:
    online = newest([fact for fact in case.all(SystemStatus, box.host)
                     if fact.state.lower() == "online"])  # fmt: skip
    answers, refused = _answers(case), _refusals(case)
    if not online:
        return Verdict("unknown", "The SMA's status was not captured.", cite(answers or refused),
                       (_on(box, STATUS),), host=box.host)  # fmt: skip
    if answers:
        return Verdict("pass", f"The SMA is Online and its port {case.port} answers.",
                       cite(online, answers), host=box.host)  # fmt: skip
    if refused:
        return Verdict("unknown", f"The SMA is Online but port {case.port} refuses connections: the "
                       "listener is suspended, or the quarantine service is off or not committed "
                       "(E1), or it uses another port (E3).",
                       cite(online, refused), (_on(box, PAGE), TELNET), host=box.host)  # fmt: skip
    return Verdict("unknown", "The SMA is Online, which does not show that its quarantine listener "
                   "receives.", cite(online), (TELNET,), host=box.host)  # fmt: skip


def _answers(case: Case) -> list[PortProbe | TlsProbe | Connection]:
    """The newest proofs that the port answers: a 220, or a session that got as far as TLS."""
    probes = newest(_probes(case))
    proofs: list[PortProbe | TlsProbe | Connection] = [
        probe for probe in probes if probe.outcome == "banner"
    ]
    if not proofs and probes:
        return []
    proofs += [probe for probe in case.all(TlsProbe)
               if probe.port == case.port and probe.outcome in ("success", "failed")]  # fmt: skip
    proofs += [link for link in case.connections if link.tls in ("success", "failed")][-1:]
    return proofs


def _refusals(case: Case) -> list[PortProbe]:
    return [probe for probe in newest(_probes(case)) if probe.outcome == "refused"]


def _probes(case: Case) -> list[PortProbe]:
    return [probe for probe in case.all(PortProbe)
            if probe.port == case.port and case.role(probe.host) != "sma"]  # fmt: skip


def _on(box: Appliance, missing: Missing) -> Missing:
    return replace(missing, host=box.host)


def _words(fact: Fact) -> str:
    if isinstance(fact, SystemStatus):
        return fact.state
    assert isinstance(fact, Suspension)
    named = ", ".join(fact.listeners)
    state = "suspended" if fact.action == "unanswered" else fact.action
    return f"{state} by {fact.verb}" + (f" ({named})" if named else "")


SCENARIO = Scenario(1, "sma-offline", "The SMA is offline or its quarantine listener suspended", judge)
