"""Scenario 2: the migration was not committed, or the account is no administrator.

Fails on pending changes of the SMA, or on an account whose groups are no administrator's. Only a
recorded observation of the GUI rules it out: pending changes are per session, so an empty
``showchanges`` or a ``commit`` in a CLI session says nothing about the wizard's.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from pvo_kit.case import Case, newest
from pvo_kit.evidence import Observation, Role
from pvo_kit.facts import Account, Commit, Fact, PendingChanges, Refusal
from pvo_kit.findings import Status
from pvo_kit.scenarios.verdict import Missing, Scenario, Verdict, cite

ADMINISTRATOR = ("admin", "administrator")
SUSPECT = ("email administrator", "emailadmin", "email_admin", "cloud administrator", "cloudadmin")
"""Roles of which the sources disagree whether they may set the quarantines up."""

OTHER = (
    "operator", "guest", "technician", "readonly", "read-only", "read-only operator",
    "readonly operator", "help desk", "help desk user", "helpdesk", "custom role",
    "url filtering administrator", "web administrator",
)  # fmt: skip
"""Roles that may not."""

_BOTH: tuple[Role, ...] = ("sma", "esa")
PRIVILEGES = ("config", "log")
"""Groups that ``whoami`` lists beside the role's own; they tell nothing."""

PAGE = "SMA: Management Appliance > Centralized Services > Policy, Virus, and Outbreak Quarantines"
OBSERVE = "pvo-kit observe FOLDER --host {{host}} --what {what} --value {value}"

WIZARD = Missing(
    on="sma",
    where=PAGE,
    why="whether the migration wizard is finished for this ESA",
    record=OBSERVE.format(what="wizard", value="finished|not-finished"),
)
PENDING = Missing(
    on="sma",
    where="SMA: the Commit Changes button at the top right of any page",
    why="whether changes are pending",
    record=OBSERVE.format(what="pending_changes", value="yes|no"),
)
WHOAMI = Missing("whoami", why="whether the account used is an administrator")


def judge(case: Case) -> list[Verdict]:
    """Judge accounts, pending changes and what a person recorded, as one question."""
    accounts = dict(_accounts(case))
    pending = _pending(case)
    proof = [item for rank, item in accounts.values() if rank == "other"]
    if proof or pending:
        return [_failing(case, proof, pending)]
    suspects = [item for rank, item in accounts.values() if rank == "suspect"]
    if suspects:
        return [
            Verdict(
                "unknown",
                "The account's groups are not known to be an administrator's "
                "(suspect): the technote asks for the Administrator role.",
                cite(suspects),
                (WHOAMI, WIZARD, PENDING),
            )
        ]
    return [_observed(case, accounts)]


def _failing(
    case: Case, accounts: list[Fact | Observation], pending: list[Fact | Observation]
) -> Verdict:
    parts, later = [], _commits(case, pending)
    if accounts:
        parts.append(
            f"The account used is no administrator ({_groups(accounts[-1])}): set-up "
            "seems to work but the ESA's button stays grey."
        )
    if pending:
        parts.append("The SMA has changes that are not committed.")
    if later:
        parts.append("Changed since (committed: yes), not verified.")
    return Verdict("fail", " ".join(parts), cite(accounts, pending, later), (WIZARD, PENDING))


def _groups(item: Fact | Observation) -> str:
    if isinstance(item, Account):
        return f"{item.user or 'user not shown'}: {', '.join(item.groups)}"
    return item.value if isinstance(item, Observation) else "refused as not in the access group"


def _accounts(case: Case) -> Iterator[tuple[str | None, tuple[str, Fact | Observation]]]:
    """Yield host -> (rank, reading): the newest whoami, refusal or observation decides."""
    readings: list[Fact | Observation] = [*case.all(Account), *case.observed("role")]
    readings += [fact for fact in case.all(Refusal) if fact.kind == "privilege"]
    for host in dict.fromkeys(reading.host for reading in readings):
        last = newest([reading for reading in readings if reading.host == host])
        ranked = [(_rank(reading), reading) for reading in last]
        # Two readings that nothing orders: the account that may not do it is the one to mend.
        yield host, min(ranked, key=lambda pair: ("other", "suspect", "admin").index(pair[0]))


def _rank(item: Fact | Observation) -> str:
    if isinstance(item, Refusal):
        return "other"
    names = item.groups if isinstance(item, Account) else (getattr(item, "value", ""),)
    groups = {name.strip().lower() for name in names}.difference(PRIVILEGES)
    singular = {name.removesuffix("s") for name in groups}
    if singular.intersection(ADMINISTRATOR):
        return "admin"
    is_other = singular.intersection(OTHER) and not singular.intersection(SUSPECT)
    return "other" if is_other else "suspect"


def _pending(case: Case) -> list[Fact | Observation]:
    """What shows that the SMA has pending changes now."""
    found: list[Fact | Observation] = []
    seen = newest(case.observed("pending_changes"))
    found += [item for item in seen if _is_yes(item.value)]
    if seen and not found:
        return []
    for box in case.boxes("sma"):
        facts: list[Fact] = [*case.all(Commit, box.host), *case.all(PendingChanges, box.host)]
        for fact in facts:
            open_commit = isinstance(fact, Commit) and fact.asked and fact.outcome == "unanswered"
            if open_commit or (isinstance(fact, PendingChanges) and fact.pending):
                found.append(fact)
    wizard = newest(case.observed("wizard"))
    return found + [item for item in wizard if _is_unfinished(item.value)]


def _commits(case: Case, pending: list[Fact | Observation]) -> list[Commit]:
    return [
        fact
        for box in case.boxes("sma")
        for fact in case.all(Commit, box.host)
        if fact.outcome == "committed" and any(fact.moment.after(item.moment) for item in pending)
    ]


def _observed(case: Case, accounts: dict[str | None, tuple[str, Fact | Observation]]) -> Verdict:
    wizard = [item for item in newest(case.observed("wizard")) if _is_finished(item.value)]
    clean = [item for item in newest(case.observed("pending_changes")) if not _is_yes(item.value)]
    admins = {case.role(host): item for host, (rank, item) in accounts.items() if rank == "admin"}
    if not wizard or not clean:
        missing = tuple(ask for ask, seen in ((WIZARD, wizard), (PENDING, clean)) if not seen)
        return Verdict(
            "manual",
            "Only the SMA's GUI shows whether the wizard finished and its "
            "changes were committed; allow five minutes after the commit, then reload "
            "the ESA's page.",
            cite(wizard, clean, list(admins.values())),
            (*missing, *_unseen(admins)),
        )
    if unseen := _unseen(admins):
        return Verdict(
            "unknown",
            "The wizard is finished and nothing is pending, but the account "
            "is not shown on both boxes.",
            cite(wizard, clean),
            unseen,
        )
    faults = _history(case)
    status: Status = "resolved" if faults else "pass"
    return Verdict(
        status,
        "The wizard is finished, nothing is pending and both accounts are administrators'.",
        cite(faults, wizard, clean, list(admins.values())),
        resolved_at=clean[-1].moment.time if faults else None,
    )


def _unseen(admins: dict[Role, Fact | Observation]) -> tuple[Missing, ...]:
    return tuple(replace(WHOAMI, on=role) for role in _BOTH if role not in admins)


def _history(case: Case) -> list[Fact | Observation]:
    """Faults that newer evidence took back."""
    found: list[Fact | Observation] = [fact for fact in case.all(Account) if _rank(fact) == "other"]
    found += [fact for fact in case.all(Refusal) if fact.kind == "privilege"]
    found += [item for item in case.observed("pending_changes") if _is_yes(item.value)]
    found += [item for item in case.observed("wizard") if _is_unfinished(item.value)]
    return found + [
        fact
        for box in case.boxes("sma")
        for fact in case.all(PendingChanges, box.host)
        if fact.pending
    ]


def _is_yes(value: str) -> bool:
    return value.strip().lower() in ("yes", "true", "pending", "1", "lit")


def _is_finished(value: str) -> bool:
    return value.strip().lower() in ("finished", "complete", "completed", "done", "yes")


def _is_unfinished(value: str) -> bool:
    return not _is_finished(value)


SCENARIO = Scenario(
    2,
    "migration-not-committed",
    "The migration was not committed, or the account is no administrator",
    judge,
)
