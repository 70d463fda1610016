"""Remedy of scenario 2: as an administrator run the wizard, commit, then enable on the ESA.

The wizard is in the GUI only. Pending changes belong to one session: what a CLI session of the
SMA holds is reviewed and committed there, what the wizard made is committed in the GUI. Sources:
the technote, the article on the wizard's requirements, roles as the user guides list them.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import zip_longest

from pvo_kit.case import Case, newest
from pvo_kit.facts import Commit, Fact, PendingChanges
from pvo_kit.findings import Finding
from pvo_kit.remediation import affected, boxes, committing, pages
from pvo_kit.remediation.boxes import Box
from pvo_kit.remediation.remedy import Remedy, Step

ABOUT = "migrate to the central quarantines"
CLEAR_QUESTION = "Are you sure you want to clear all changes since the last commit?  [Y]> "
EFFECT = (
    "After the ESA's commit quarantined mail is sent to the SMA, and what lies in the ESA's local "
    "policy, virus and outbreak quarantines moves there."
)
RISK = (
    "A commit takes everything pending in that session, other people's changes too: read the list "
    "first, and do not work in the GUI with two administrators at once. The SMA needs the disk "
    "space for the quarantines."
)
ROLE = (
    "Accounts of the role Administrator on the SMA and on the ESA. Set-up looks as if it worked "
    "with Operator and others, and the button stays grey; Email Administrator is not enough for "
    "the technote."
)


def remedy(case: Case, finding: Finding) -> Remedy:
    """Return the way from the wizard to the ESA's commit."""
    smas, esas = boxes.boxes(case, "sma"), boxes.boxes(case, "esa")
    steps = tuple(_steps(case, smas, esas, finding.status == "fail"))
    result = Remedy(
        title="Finish and commit the migration as an administrator, then enable on the ESA",
        appliance=tuple(box.name for box in (*smas, *esas)),
        precondition=(
            ROLE,
            committing.save(*smas, *esas),
            "Note the old state for the ticket: what the SMA's page shows for each ESA, and the "
            "list of uncommitted changes.",
            "All ESAs of the cluster are listed on the SMA with the service ticked and the "
            "connection established.",
        ),
        steps=steps,
        effect=EFFECT,
        risk=RISK,
        verify=tuple(_verify(smas, esas)),
        rollback=(
            "Before the commit: Abandon Changes in the GUI, or clear in the CLI session.",
            "After it: rollbackconfig on the SMA (it keeps the last ten commits), or disable the "
            "service on both boxes. Neither brings moved messages back to the ESA.",
        ),
        alternatives=tuple(_discard(box) for box in smas[:1]),
    )
    return affected.told_as_done(result, "") if finding.status == "resolved" else result


def _steps(case: Case, smas: list[Box], esas: list[Box], failing: bool) -> Iterator[Step]:
    hosts = [seen.host for seen in case.boxes("sma")]
    for box, host in zip_longest(smas, hosts):
        if failing and hosts and _pending(case, host):
            yield from _in_session(box)
        yield Step(gui=f"{box.label}: log in as an administrator (whoami: group admin).")
        yield Step(gui=pages.on(box, f"{pages.SMA_PVO} > Launch Migration Wizard: choose Automatic "
                                     "or Custom, Submit."))  # fmt: skip
        yield Step(gui=pages.commit(box, ABOUT))
    for box in esas:
        where = f", Mode: {boxes.words(boxes.cluster(case))}" if box.mode else ""
        yield Step(gui=pages.on(box, "log in as an administrator; wait five minutes after the "
                                     "SMA's commit, then load the page again."))  # fmt: skip
        yield Step(gui=pages.on(box, f"{pages.ESA_PVO}{where} > Enable...: the interface and port "
                                     "for released mail, Submit."))  # fmt: skip
        yield Step(gui=pages.commit(box, "enable the central quarantines"))
        if box.mode:
            return  # one commit in the cluster's mode reaches every member


def _in_session(box: Box) -> list[Step]:
    """What a CLI session of the SMA holds can only be committed in that session."""
    first, *rest = committing.review_and_commit(box, box.prompt, ABOUT)
    note = (f"in the session that holds the changes, if it is still open; a session ends after 30 "
            f"idle minutes and its changes with it. {first.note}")  # fmt: skip
    return [Step(first.prompt, first.send, note=note), *rest]


def _pending(case: Case, host: str | None) -> bool:
    facts: list[Fact] = [*case.all(Commit, host), *case.all(PendingChanges, host)]
    return any(_is_open(fact) for fact in newest(facts))


def _is_open(fact: Fact) -> bool:
    if isinstance(fact, Commit):
        return fact.asked and fact.outcome == "unanswered"
    return isinstance(fact, PendingChanges) and fact.pending


def _verify(smas: list[Box], esas: list[Box]) -> Iterator[str]:
    for box in smas:
        observe = f"pvo-kit observe FOLDER --host {box.host}"
        yield (f"GUI of {box.label}, {pages.SMA_PVO}: the wizard is complete for the ESA. Record "
               f"it: {observe} --what wizard --value finished")  # fmt: skip
        yield (f"No Commit Changes button is lit on {box.called}. Record it: {observe} --what "
               "pending_changes --value no")  # fmt: skip
    yield (f"whoami on {', '.join(box.called for box in (*smas, *esas))}: the group admin (or "
           "Administrators).")  # fmt: skip
    yield (
        f"GUI of the ESA, {pages.ESA_PVO}: five minutes after the commit and after a reload "
        "[Enable...] is active; later the mail log shows deliveries to the quarantine port."
    )


def _discard(box: Box) -> Remedy:
    return Remedy(
        title="Drop the pending changes and start the wizard again",
        when="Prefer it where the pending changes are not yours, or nobody knows what they are.",
        appliance=(box.name,),
        precondition=("Ask whose the changes are; write down what showchanges lists.",
                      committing.save(box)),
        steps=(
            Step(box.prompt, "showchanges", note="in the session that holds the changes; in the "
                                                 "GUI it is Abandon Changes"),
            Step(box.prompt, "clear"),
            Step(CLEAR_QUESTION, ""),
        ),
        effect="The session's pending changes are gone; mail flow does not change.",
        risk="Work that was never committed is lost.",
        verify=("showchanges lists nothing any more.",),
        rollback=("There is no way back: the changes have to be made again.",),
    )  # fmt: skip
