"""Column schemas of the frames that the kit returns; empty frames have them too."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pvo_kit.findings import WORST_FIRST, Finding

if TYPE_CHECKING:
    import pandas as pd

FINDINGS = {
    "scenario": "int64",
    "id": "str",
    "title": "str",
    "status": "category",
    "summary": "str",
    "citations": "int64",
    "needs": "int64",
    "masked_by": "Int64",
    "resolved_at": "datetime64[us]",
}
"""One row a finding; ``citations`` and ``needs`` count them; ``resolved_at`` is UTC."""


def findings_frame(findings: Sequence[Finding]) -> pd.DataFrame:
    """Return the findings as a frame with the columns of FINDINGS."""
    import pandas as pd

    rows = [
        (found.scenario, found.id, found.title, found.status, found.summary,
         len(found.citations), len(found.needs), found.masked_by, found.resolved_at)
        for found in findings
    ]  # fmt: skip
    frame = pd.DataFrame(rows, columns=list(FINDINGS))
    status = pd.CategoricalDtype(list(WORST_FIRST))
    return frame.astype({**FINDINGS, "status": status})
