"""The order in which the quarantines are set up, and how far the evidence shows it done.

Done is what the evidence shows, or what a later step could not have been done without; the rest
stays unknown. Source of the order: the articles on best practices and on the
migration wizard, and the technote.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import pandas as pd

from pvo_kit.case import Case, newest
from pvo_kit.diagnosis import judge
from pvo_kit.evidence import Citation, Observation
from pvo_kit.facts import Suspension
from pvo_kit.findings import Finding
from pvo_kit.remediation.pages import ESA_PVO
from pvo_kit.scenarios import pending, sma_state
from pvo_kit.scenarios.answering import answers, refusals
from pvo_kit.scenarios.migration_not_committed import PAGE
from pvo_kit.scenarios.verdict import cite
from pvo_kit.tables import schemas
from pvo_kit.tables.places import place

STATES = ("done", "missing", "unknown")
SMA_PVO = PAGE.removeprefix("SMA: ")
APPLIANCES = "Management Appliance > Centralized Services > Security Appliances"

Row = dict[str, object]


def table(case: Case) -> pd.DataFrame:
    """Return the steps in their order, with the columns of SETUP_STEPS."""
    steps = (_service, _appliances, _wizard, _committed, _active, _enabled)
    rows = [{"step": number} | row for number, step in enumerate(steps, start=1)
            for row in step(case)]  # fmt: skip
    return schemas.typed(rows, schemas.SETUP_STEPS, {"state": STATES})


def _service(case: Case) -> Iterator[Row]:
    named = [item for box in case.boxes("sma") for item in case.all(Suspension, box.host)
             if sma_state.resumes_listener(item)]  # fmt: skip
    proofs, refused = answers(case), refusals(case)
    row: Row = {"title": "Enable the service: interface and port; Submit, commit",
                "where": f"{SMA_PVO} > Enable..."}  # fmt: skip
    if proofs:
        told = f"port {case.port} answers"
        yield _sma(case, row, "done", told, cite(proofs[-1]))
    elif named:
        yield _sma(case, row, "done", "the quarantine's listener is there", cite(named[-1]))
    elif refused:
        told = f"port {case.port} refuses: off, not committed, suspended, or another port"
        yield _sma(case, row, "unknown", told, cite(refused[-1]))
    else:
        yield _sma(case, row, "unknown", f"nothing shows that port {case.port} answers")


def _appliances(case: Case) -> Iterator[Row]:
    row: Row = {"title": "Add each ESA, tick the service, Establish Connection; Submit, commit",
                "where": f"{APPLIANCES} > Add Email Appliance"}  # fmt: skip
    finished = newest(pending.finished_wizard(case))
    if finished:
        yield _sma(case, row, "done", "the wizard was finished, which needs it", cite(finished[-1]))
    else:
        yield _sma(case, row, "unknown", "only the SMA's page shows which ESAs were added")


def _wizard(case: Case) -> Iterator[Row]:
    row: Row = {"title": "Launch the migration wizard, automatic or custom; Submit",
                "where": f"{SMA_PVO} > Launch Migration Wizard..."}  # fmt: skip
    yield _recorded(case, row, pending.finished_wizard(case), "wizard", "the wizard")


def _committed(case: Case) -> Iterator[Row]:
    row: Row = {"title": "Commit the wizard's result; allow five minutes",
                "where": "Commit Changes, at the top right of any page"}  # fmt: skip
    yield _recorded(case, row, pending.nothing_pending(case), "", "pending changes")


def _recorded(case: Case, row: Row, seen: list[Observation], what: str, about: str) -> Row:
    """Done as a person recorded it, missing where scenario 2 shows the fault."""
    faults = [
        fault
        for fault in pending.faults(case)
        if not fault.cleared_by
        and (getattr(fault.reading, "what", "") == "wizard") == (what == "wizard")
    ]
    standing = [fault for fault in faults if not fault.disputed_by]
    if standing:
        told = "not finished" if what else "changes are pending"
        return _sma(case, row, "missing", told, cite(standing[-1].reading))
    last = newest(seen)
    if last and not faults:
        return _sma(case, row, "done", f"as recorded: {last[-1].value}", cite(last[-1]))
    told = f"readings of {about} contradict each other" if faults else f"nobody recorded {about}"
    return _sma(case, row, "unknown", told, cite([fault.reading for fault in faults]))


def _active(case: Case) -> Iterator[Row]:
    """[Enable...] becomes active where none of the six scenarios keeps it grey."""
    found = judge(case).findings
    row: Row = {"role": "esa", "host": _hosts(case, "esa"),
                "title": "[Enable...] becomes active, up to five minutes after the commit",
                "where": ESA_PVO}  # fmt: skip
    failing = [item for item in found if item.status == "fail"]
    if failing:
        told = f"{_named(failing)} {'fails' if len(failing) == 1 else 'fail'}"
        yield row | _as("missing", told, failing[0].citations)
    elif open_ := [item for item in found if not _is_good(item)]:
        told = f"{_named(open_)} {'is' if len(open_) == 1 else 'are'} not decided"
        yield row | _as("unknown", told)
    else:
        yield row | _as("done", "no scenario keeps it grey", found[0].citations)


def _named(findings: Sequence[Finding]) -> str:
    numbers = ", ".join(str(found.scenario) for found in findings)
    return f"scenario{'' if len(findings) == 1 else 's'} {numbers}"


def _is_good(found: Finding) -> bool:
    return found.status in ("pass", "resolved", "not_applicable")


def _enabled(case: Case) -> Iterator[Row]:
    """Enabled on each ESA: a message that was delivered to the quarantine shows it."""
    for host in case.esas or [None]:
        row: Row = {"role": "esa", "host": host or "",
                    "title": "Enable the service: interface and port; Submit, commit",
                    "where": f"{ESA_PVO} > Enable..."}  # fmt: skip
        sent = [link for link in case.connections if link.appliance == host and link.messages]
        if sent:
            told = f"DCID {sent[-1].dcid} delivered to port {case.port}"
            yield row | _as("done", told, sent[-1].lines)
        else:
            yield row | _as("unknown", "no delivery to the quarantine was captured")


def _sma(case: Case, row: Row, state: str, told: str, cited: Iterable[Citation] = ()) -> Row:
    return {"role": "sma", "host": _hosts(case, "sma"), **row, **_as(state, told, cited)}


def _as(state: str, told: str, cited: Iterable[Citation] = ()) -> Row:
    return {"state": state, "told": told, **place(tuple(cited))}


def _hosts(case: Case, role: str) -> str:
    return ", ".join(box.name for box in case.appliances if box.role == role)
