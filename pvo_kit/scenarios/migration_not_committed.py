"""Scenario 2: the migration was not committed, or the account is no administrator.

Fails on pending changes of the SMA, or on an account whose groups are no administrator's. Only a
recorded observation of the GUI rules it out: pending changes are per session, so an empty
``showchanges`` or a ``commit`` in a CLI session says nothing about the wizard's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from pvo_kit.case import Case, newest
from pvo_kit.evidence import Observation, Role
from pvo_kit.scenarios import accounts, pending
from pvo_kit.scenarios.accounts import Reading
from pvo_kit.scenarios.pending import Fault
from pvo_kit.scenarios.verdict import Missing, Scenario, Verdict, cite

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

_BOTH: tuple[Role, ...] = ("sma", "esa")


def judge(case: Case) -> list[Verdict]:
    """Judge accounts, pending changes and what a person recorded, as one question."""
    every = accounts.readings(case)
    now = {host: accounts.current(readings) for host, readings in every.items()}
    ranks = {host: {accounts.rank(item) for item in items} for host, items in now.items()}
    proof = [item for host, items in now.items() if ranks[host] == {"other"} for item in items]
    open_ = [fault for fault in pending.faults(case) if not fault.cleared_by]
    standing = [fault for fault in open_ if not fault.disputed_by]
    if proof or standing:
        return [_failing(case, proof, standing)]
    unclear = [item for host, items in now.items() if len(ranks[host]) > 1 for item in items]
    if unclear or open_:
        return [_disputed(unclear, open_)]
    suspects = [item for host, items in now.items() if "suspect" in ranks[host] for item in items]
    if suspects:
        return [_suspect(suspects)]
    return [_observed(case, every, now)]


def _failing(case: Case, proof: Sequence[Reading], standing: list[Fault]) -> Verdict:
    parts = []
    if proof:
        parts.append(
            f"The account used is no administrator ({accounts.told(proof[-1])}): set-up seems to "
            "work but the ESA's button stays grey."
        )
    unfinished = [fault for fault in standing if _is_of_wizard(fault)]
    if len(unfinished) < len(standing):
        parts.append("The SMA has changes that are not committed.")
    if unfinished:
        parts.append("The migration wizard is not finished on the SMA.")
    commits = pending.commits(case, standing)
    if commits:
        parts.append("Changed since (committed: yes), not verified.")
    ask = [replace(WHOAMI, host=host) for host in dict.fromkeys(item.host for item in proof)]
    cited = cite(proof, [fault.reading for fault in standing], commits)
    return Verdict("fail", " ".join(parts), cited, (*ask, WIZARD, PENDING))


def _is_of_wizard(fault: Fault) -> bool:
    return isinstance(fault.reading, Observation) and fault.reading.what == "wizard"


def _disputed(unclear: Sequence[Reading], open_: Sequence[Fault]) -> Verdict:
    parts = []
    if unclear:
        told = " and ".join(dict.fromkeys(accounts.told(item) for item in unclear))
        parts.append(f"Accounts differ ({told}) and nothing tells which one made the set-up.")
    if open_:
        parts.append("Changes were pending and were not, and nothing tells which is newer.")
    ask = [replace(WHOAMI, host=host) for host in dict.fromkeys(item.host for item in unclear)]
    both = [item for fault in open_ for item in (fault.reading, *fault.disputed_by)]
    return Verdict("unknown", " ".join(parts), cite(unclear, both), (*ask, WIZARD, PENDING))


def _suspect(suspects: Sequence[Reading]) -> Verdict:
    summary = (
        f"The account is suspect ({accounts.told(suspects[-1])}): the technote asks for the "
        "Administrator role, and these groups are not known to have it."
    )
    ask = [replace(WHOAMI, host=host) for host in dict.fromkeys(item.host for item in suspects)]
    return Verdict("unknown", summary, cite(suspects), (*ask, WIZARD, PENDING))


def _observed(
    case: Case, every: Mapping[str | None, list[Reading]], now: Mapping[str | None, list[Reading]]
) -> Verdict:
    """No fault stands: has a person seen that all is well, and the right accounts?"""
    wizard = newest(pending.finished_wizard(case))
    clean = newest(pending.nothing_pending(case))
    admins = [item for items in now.values() for item in items]
    shown = {case.role(item.host) for item in admins}
    unseen = tuple(replace(WHOAMI, on=role) for role in _BOTH if role not in shown)
    if not wizard or not clean:
        summary = (
            "Only the SMA's GUI shows whether the wizard finished and its changes were committed; "
            "allow five minutes after the commit, then reload the ESA's page."
        )
        missing = tuple(ask for ask, seen in ((WIZARD, wizard), (PENDING, clean)) if not seen)
        return Verdict("manual", summary, cite(wizard, clean, admins), (*missing, *unseen))
    if unseen:
        summary = (
            "The wizard is finished and nothing is pending, but the account is not shown on both "
            "boxes."
        )
        return Verdict("unknown", summary, cite(wizard, clean), unseen)
    faults = list(pending.faults(case))
    others = [item for items in every.values() for item in items if accounts.rank(item) == "other"]
    cited = cite([fault.reading for fault in faults], others, wizard, clean, admins)
    well = "the wizard is finished, nothing is pending and both accounts are administrators'."
    if not faults and not others:
        return Verdict("pass", f"As recorded, {well}", cited)
    since = [fault.cleared_by[-1] for fault in faults]
    times = [item.moment.time for item in (*since, *(now[item.host][-1] for item in others))]
    known = [time for time in times if time]
    when = max(known) if len(known) == len(times) else None
    return Verdict("resolved", f"It is mended: {well}", cited, resolved_at=when)


SCENARIO = Scenario(
    2,
    "migration-not-committed",
    "The migration was not committed, or the account is no administrator",
    judge,
)
