"""Remedy of scenario 1: take back the suspension that stands, by the command that fits it.

``resume`` for the whole SMA, ``resumelistener`` for its quarantine listener alone,
``resumetransfers`` for transfers (of which ``status`` shows nothing). They act at once and need no
commit. Sources: the technote (resume), the SMA's online help (transfers, Shutdown/Suspend), public
CLI test code (answers).
"""

from __future__ import annotations

from pvo_kit.case import Case, newest
from pvo_kit.facts import Suspension, SystemStatus
from pvo_kit.findings import Finding
from pvo_kit.remediation import affected, boxes, pages, seen
from pvo_kit.remediation.boxes import Box
from pvo_kit.remediation.remedy import Remedy, Step
from pvo_kit.scenarios.sma_offline import SCENARIO
from pvo_kit.scenarios.sma_state import LISTENER

VERBS = ("resume", "resumelistener", "resumetransfers")
ANSWERS = {
    "resume": "Receiving resumed for ..., with cpq_listener among the names",
    "resumelistener": "Receiving resumed for cpq_listener",
    "resumetransfers": "Transfers resumed",
}
UNDO = {
    "resume": "suspend (it asks for the seconds to wait before connections are closed, default 30)",
    "resumelistener": "suspendlistener, the entry cpq_listener, then the seconds to wait",
    "resumetransfers": "suspendtransfers (it may ask for the seconds to wait)",
}
_SUBJECTS = {"system": "resume", "listener": "resumelistener", "transfers": "resumetransfers"}
_WHICH = seen.Pattern("resumelistener", r"choose\s+the\s+listener")

EFFECT = (
    "At once: the SMA takes quarantined mail again. Deliveries that waited, and the spam "
    "quarantine's mail where resume brings back both listeners, run too."
)
RISK = (
    "An SMA is suspended on purpose as a rule (maintenance, backup, migration; it outlives a "
    "reboot): ask whoever suspended it first. What has queued up runs at once."
)


def remedy(case: Case, finding: Finding) -> Remedy:
    """Return what brings the SMA back, on each SMA that is suspended."""
    hosts = affected.hosts(SCENARIO, case, finding)
    smas = [boxes.box(case, host, "sma") for host in hosts]
    done = finding.status == "resolved"
    verbs = [_seen(case, host) if done else _standing(case, host) for host in hosts]
    used = tuple(dict.fromkeys(verb for found in verbs for verb in found)) or VERBS[:1]
    steps = tuple(step for host, box, found in zip(hosts, smas, verbs, strict=True)
                  for verb in found or used for step in _steps(case, host, box, verb))  # fmt: skip
    result = Remedy(
        title=f"Bring the SMA back with {' and '.join(used)}",
        appliance=tuple(box.name for box in smas),
        precondition=_before(used),
        steps=steps,
        effect=EFFECT,
        risk=RISK,
        verify=tuple(_verify(case, smas, used)),
        rollback=tuple(UNDO[verb] for verb in used),
        alternatives=(_in_gui(smas), _enable(smas)),
    )
    if not done:
        return result
    return affected.told_as_done(result, " and ".join(used) if any(verbs) else "")


def _before(used: tuple[str, ...]) -> tuple[str, ...]:
    return (
        "Ask who suspended it, and whether it may come back now.",
        "Note the old state for the ticket: the answer of status, and the services listed as "
        f"suspended on {pages.SHUTDOWN}.",
        f"{' and '.join(used)} changes no configuration: there is nothing to commit, and no "
        "saveconfig is needed for the way back.",
    )  # fmt: skip


def _standing(case: Case, host: str | None) -> list[str]:
    """The commands that take back what stands; ``resume`` takes back a listener's too."""
    found = []
    for subject, verb in _SUBJECTS.items():
        stops = [fact for fact in case.all(Suspension, host) if _stops(fact, subject)]
        starts = [fact for fact in case.all(Suspension, host) if _starts(fact, subject)]
        if any(not any(start.moment.after(stop.moment) for start in starts) for stop in stops):
            found.append(verb)
    states = {fact.state.lower() for fact in newest(case.all(SystemStatus, host))}
    if not found or "offline" in states or "resume" in found:
        return ["resume", *(verb for verb in found if verb == "resumetransfers")]
    return found


def _stops(fact: Suspension, subject: str) -> bool:
    suspends = fact.action == "suspended" or (
        fact.action == "unanswered" and fact.verb.startswith("suspend")
    )
    receives = subject != "listener" or bool(set(fact.listeners) & {LISTENER, "all"})
    return suspends and fact.subject == subject and receives


def _starts(fact: Suspension, subject: str) -> bool:
    if fact.action != "resumed":
        return False
    if subject == "transfers":
        return fact.subject == "transfers"
    return fact.subject in ("system", "listener") and bool(
        set(fact.listeners) & {LISTENER, "all"} or subject == "system" == fact.subject
    )


def _seen(case: Case, host: str | None) -> list[str]:
    """The commands that the evidence shows to have been answered."""
    found = [_SUBJECTS[fact.subject] for fact in case.all(Suspension, host)
             if fact.action == "resumed" and fact.subject in _SUBJECTS]  # fmt: skip
    return list(dict.fromkeys(found))


def _steps(case: Case, host: str | None, box: Box, verb: str) -> list[Step]:
    typed = Step(box.prompt, verb, note=f"it must answer: {ANSWERS[verb]}")
    if verb != "resumelistener":
        return [typed]
    which = seen.pick(case, host, _WHICH, LISTENER, "Choose the listener(s) you wish to resume.")
    return [typed, which]


def _verify(case: Case, smas: list[Box], used: tuple[str, ...]) -> list[str]:
    address, port = boxes.sma_address(case), boxes.pvo_port(case)
    esa = boxes.boxes(case, "esa")[0]
    names = " and ".join(box.called for box in smas)
    answers = "; ".join(f"{verb}: {ANSWERS[verb]}" for verb in used)
    return [
        f"On {names}: the answer ({answers}); keep it with its prompt for the ticket.",
        f"On {names}, status: System status: Online (it does not show listeners or transfers).",
        f"On {esa.called}, telnet: interface Auto, host {address}, port {port}: a line that begins "
        "with 220; then QUIT.",
        f"GUI of the ESA, {pages.ESA_PVO}: after a reload [Enable...] is active.",
    ]  # fmt: skip


def _in_gui(smas: list[Box]) -> Remedy:
    return Remedy(
        title="Resume the services in the GUI",
        when="Prefer it where no CLI is at hand, or to see which services are suspended.",
        appliance=tuple(box.name for box in smas),
        precondition=("Ask who suspended it, and whether it may come back now.",),
        steps=tuple(Step(gui=pages.on(box, f"{pages.SHUTDOWN}: tick the services that are "
                                           "suspended, Resume.")) for box in smas),
        effect=EFFECT,
        risk=RISK,
        verify=("The page lists no service as suspended.",
                "On the SMA, status: System status: Online."),
        rollback=("The same page: Suspend.",),
    )  # fmt: skip


def _enable(smas: list[Box]) -> Remedy:
    return Remedy(
        title="Enable the quarantine service on the SMA",
        when="Take it where resume answers without the name cpq_listener: the service is not "
             "enabled or not committed (E1).",
        appliance=tuple(box.name for box in smas),
        precondition=("Save the configuration of the SMA with saveconfig, masked and loadable.",),
        steps=tuple(step for box in smas for step in (
            Step(gui=pages.on(box, f"{pages.SMA_PVO} > Enable...: accept the licence, choose the "
                                   "IP interface and the port (default 7025), Submit.")),
            Step(gui=pages.commit(box, "enable the central quarantines")),
        )),
        effect="The SMA listens on the quarantine port; mail comes only after the migration.",
        risk="It takes disk space of the SMA: check the quota of the quarantines first.",
        verify=("On the SMA, suspend and resume are not needed; on the ESA telnet to the port "
                "answers with 220.",),
        rollback=("The same page: Disable, Submit, Commit Changes.",),
    )  # fmt: skip
