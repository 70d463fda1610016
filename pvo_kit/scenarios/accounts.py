"""Which account the captures were made with, and whether it is an administrator's."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

from pvo_kit.case import Case, newest
from pvo_kit.evidence import Observation
from pvo_kit.facts import Account, Refusal

Rank = Literal["admin", "suspect", "other"]
Reading = Account | Refusal | Observation

ADMINISTRATOR = ("admin", "administrator")
SUSPECT = ("email administrator", "emailadmin", "email admin", "cloud administrator", "cloudadmin")
"""Roles of which the sources disagree whether they may set the quarantines up."""

OTHER = (
    "operator", "guest", "technician", "readonly", "read only", "read only operator",
    "readonly operator", "help desk", "help desk user", "helpdesk", "custom", "custom role",
    "url filtering administrator", "web administrator",
)  # fmt: skip
"""Roles that may not."""

PRIVILEGES = ("config", "log")
"""Groups that ``whoami`` lists beside the role's own; they tell nothing."""


def readings(case: Case) -> dict[str | None, list[Reading]]:
    """Return by host every ``whoami``, refusal for lack of privileges and recorded role."""
    refused = [item for item in case.all(Refusal) if item.kind == "privilege"]
    every: list[Reading] = [*case.all(Account), *refused, *case.observed("role")]
    return {host: [item for item in every if item.host == host]
            for host in dict.fromkeys(item.host for item in every)}  # fmt: skip


def current(every: Sequence[Reading]) -> list[Reading]:
    """Return the newest readings of one host.

    Where a person recorded the role, only a ``whoami`` that is known to be newer counts.
    """
    seen = newest([item for item in every if isinstance(item, Observation)])
    later = [item for item in every if not isinstance(item, Observation)
             and all(item.moment.after(other.moment) for other in seen)]  # fmt: skip
    return newest([*seen, *later])


def rank(item: Reading) -> Rank:
    """Return whether an account is an administrator's; suspect where nobody knows its groups."""
    if isinstance(item, Refusal):
        return "other"
    names = item.groups if isinstance(item, Account) else (item.value,)
    groups = {_singular(name) for name in names}.difference(PRIVILEGES)
    if groups.intersection(ADMINISTRATOR):
        return "admin"
    is_other = groups.intersection(OTHER) and not groups.intersection(SUSPECT)
    return "other" if is_other else "suspect"


def _singular(name: str) -> str:
    return re.sub(r"[\W_]+", " ", name.lower()).strip().removesuffix("s")


def told(item: Reading) -> str:
    """Return an account in words."""
    if isinstance(item, Account):
        return f"{item.user or 'user not shown'}: {', '.join(item.groups)}"
    return item.value if isinstance(item, Observation) else "refused as not in the access group"
