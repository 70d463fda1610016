"""What the scenarios look at, as frames: one table each, for charts, notebooks and reports.

Each function takes Evidence and returns a pandas frame with the columns that ``tables.schemas``
declares, an empty one too. Rows keep the file and the line that they stand on (``source`` "" and
``line`` NA where nothing was captured). No row judges anew: states are those of the scenarios.
``pvo_port`` is that of ``diagnose``.

    features = tables.features(evidence)
    tables.show_table(features, "Feature keys of the members")
"""

from __future__ import annotations

import pandas as pd

from pvo_kit import case as cases
from pvo_kit.case import Case
from pvo_kit.diagnosis import check_port
from pvo_kit.evidence import Evidence
from pvo_kit.tables import checklist as _checklist
from pvo_kit.tables import features as _features
from pvo_kit.tables import levels as _levels
from pvo_kit.tables import reachability as _reachability
from pvo_kit.tables import setup_steps as _setup_steps
from pvo_kit.tables import statuses as _statuses
from pvo_kit.tables import suites as _suites
from pvo_kit.tables.rendering import show_table, to_html, to_text

__all__ = [
    "checklist",
    "features",
    "levels",
    "reachability",
    "setup_steps",
    "show_table",
    "statuses",
    "suites",
    "to_html",
    "to_text",
]


def statuses(evidence: Evidence, pvo_port: int | None = None) -> pd.DataFrame:
    """Scenario 1: readings of the boxes' state and tries at the quarantine's port, in order.

    For ``charts.status_line``. Columns: ``schemas.STATUSES``.
    """
    return _statuses.table(_case(evidence, pvo_port))


def checklist(evidence: Evidence, pvo_port: int | None = None) -> pd.DataFrame:
    """Scenario 2: wizard, pending changes, commit and accounts, with what a person recorded.

    Columns: ``schemas.CHECKLIST``.
    """
    return _checklist.table(_case(evidence, pvo_port))


def reachability(evidence: Evidence, pvo_port: int | None = None) -> pd.DataFrame:
    """Scenario 3: each ESA's interfaces and routes, the SMA, and what reaches it.

    For ``charts.reachability_map``. Columns: ``schemas.REACHABILITY``.
    """
    return _reachability.table(_case(evidence, pvo_port))


def suites(
    evidence: Evidence,
    string: str | None = None,
    host: str | None = None,
    pvo_port: int | None = None,
) -> pd.DataFrame:
    """Scenario 4: what an ESA's outbound string leaves, and what ``string`` would leave.

    ``string`` None: what was typed in ``sslconfig`` since, else the first string that the kit
    offers. ``host`` None: the first ESA whose string is known. Raises InputError for a host that is
    no ESA of the evidence. Columns: ``schemas.SUITES``.
    """
    return _suites.table(_case(evidence, pvo_port), string, host)


def features(evidence: Evidence, pvo_port: int | None = None) -> pd.DataFrame:
    """Scenario 5: every module on every member. For ``charts.feature_matrix``.

    Columns: ``schemas.FEATURES``.
    """
    return _features.table(_case(evidence, pvo_port))


def levels(evidence: Evidence, pvo_port: int | None = None) -> pd.DataFrame:
    """Scenario 6: every setting at every machine, group and cluster. For ``charts.level_matrix``.

    Columns: ``schemas.LEVELS``.
    """
    return _levels.table(_case(evidence, pvo_port))


def setup_steps(evidence: Evidence, pvo_port: int | None = None) -> pd.DataFrame:
    """Return the steps of setting the quarantines up, each done, missing or unknown.

    Columns: ``schemas.SETUP_STEPS``.
    """
    return _setup_steps.table(_case(evidence, pvo_port))


def _case(evidence: Evidence, pvo_port: int | None) -> Case:
    check_port(pvo_port)
    return cases.build(evidence, pvo_port)
