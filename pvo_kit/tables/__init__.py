"""What the scenarios look at, as frames: one table each, for charts, notebooks and reports.

Each function takes Evidence and returns a pandas frame with the columns that ``pvo_kit.frames``
declares, an empty one too. Rows keep the file and the line that they stand on (``source`` "" and
``line`` NA where nothing was captured). No row judges anew: states are those of the scenarios.

    features = tables.features(evidence)
    tables.show_table(features, "Feature keys of the members")
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from pvo_kit.evidence import Evidence

if TYPE_CHECKING:
    from IPython.display import HTML

__all__ = ["checklist", "features", "levels", "reachability", "setup_steps", "show_table",
           "statuses", "suites", "to_html", "to_text"]  # fmt: skip


def statuses(evidence: Evidence, pvo_port: int | None = None) -> pd.DataFrame:
    """Scenario 1: readings of the boxes' state and tries at the quarantine's port, in order.

    For ``charts.status_line``.
    """
    raise NotImplementedError


def checklist(evidence: Evidence, pvo_port: int | None = None) -> pd.DataFrame:
    """Scenario 2: wizard, pending changes, commit and accounts, with what a person recorded."""
    raise NotImplementedError


def reachability(evidence: Evidence, pvo_port: int | None = None) -> pd.DataFrame:
    """Scenario 3: each ESA's interfaces and routes, the SMA, and what reaches it.

    For ``charts.reachability_map``.
    """
    raise NotImplementedError


def suites(
    evidence: Evidence, string: str | None = None, host: str | None = None,
    pvo_port: int | None = None,
) -> pd.DataFrame:  # fmt: skip
    """Scenario 4: what an ESA's outbound string leaves, and what ``string`` would leave.

    ``string`` None: what was typed in ``sslconfig``, else the first string that the kit offers.
    ``host`` None: the first ESA whose string is known.
    """
    raise NotImplementedError


def features(evidence: Evidence, pvo_port: int | None = None) -> pd.DataFrame:
    """Scenario 5: every module on every member. For ``charts.feature_matrix``."""
    raise NotImplementedError


def levels(evidence: Evidence, pvo_port: int | None = None) -> pd.DataFrame:
    """Scenario 6: every setting at every machine, group and cluster. For ``level_matrix``."""
    raise NotImplementedError


def setup_steps(evidence: Evidence, pvo_port: int | None = None) -> pd.DataFrame:
    """Return the steps of setting the quarantines up, each done, missing or unknown."""
    raise NotImplementedError


def to_html(frame: pd.DataFrame, caption: str) -> str:
    """Return a table as HTML: text is text, no formula, no script."""
    raise NotImplementedError


def to_text(frame: pd.DataFrame, caption: str) -> str:
    """Return a table as lines for a terminal."""
    raise NotImplementedError


def show_table(frame: pd.DataFrame, caption: str) -> HTML | str:
    """Return a table for a notebook; plain HTML text where IPython is missing."""
    raise NotImplementedError
