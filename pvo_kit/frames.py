"""Column schemas of the frames that the kit returns; empty frames have them too."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from pvo_kit.findings import WORST_FIRST, Finding

if TYPE_CHECKING:
    import pandas as pd

    from pvo_kit.mail_logs import Connection

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


class Column(NamedTuple):
    """What a column holds: its dtype by pandas' name, and its meaning."""

    dtype: str
    meaning: str


EVENTS: dict[str, Column] = {
    "time": Column("datetime64[us]", "UTC: local_time less offset, local_time without an offset"),
    "local_time": Column("datetime64[us]", "the line's stamp; NaT where it has none or no year"),
    "offset": Column("Int32", "of the local time from UTC, in seconds; NA: not known"),
    "level": Column("category", "Critical, Warning, Info, Debug or Trace"),
    "event": Column("category", "kind of line, by its name in the table of kinds"),
    "interface": Column("category", "the appliance's own end: an address or an interface's name"),
    "tls_protocol": Column("category", "negotiated protocol"),
    "tls_cipher": Column("category", "negotiated suite"),
    "appliance": Column("category", "host of the line's header; NA where it names none"),
    "source": Column("category", "file, as it is named in citations"),
    "dcid": Column("Int64", "delivery connection; 0: none was made"),
    "icid": Column("Int64", "injection connection; 0: a message made on the appliance"),
    "mid": Column("Int64", "message"),
    "rids": Column("str", "recipients as written, without brackets: 0, 1, 2"),
    "address": Column("str", "network address of the other end"),
    "domain": Column("str", "domain or host name that the line tells"),
    "detail": Column("str", "the free part: a reason, a reply, a verdict"),
    "port": Column("Int32", "port of the other end"),
    "session": Column("int32", "the appliance's run, counted from 0: its DCIDs start again"),
    "line": Column("int64", "number of the (first) line in the file, from 1"),
}
"""One row a line of a kind that was asked for, in the order of the log."""

CONNECTIONS: dict[str, Column] = {
    "appliance": Column("category", "as in EVENTS"),
    "session": Column("int32", "as in EVENTS"),
    "dcid": Column("Int64", "as in EVENTS; never 0"),
    "opened": Column("datetime64[us]", "time of the opening; NaT: not in the log"),
    "closed": Column("datetime64[us]", "time of the end; NaT: not in the log"),
    "duration": Column("timedelta64[us]", "closed less opened; NaT unless both are seen"),
    "interface": Column("category", "as in EVENTS"),
    "address": Column("str", "as in EVENTS"),
    "port": Column("Int32", "as in EVENTS; NA without an opening, and in old versions"),
    "tls": Column("category", "success, failed, none or unknown"),
    "tls_protocol": Column("category", "of the last success"),
    "tls_cipher": Column("category", "of the last success"),
    "tls_reason": Column("category", "of a failure, as one of REASONS; NA where TLS did not fail"),
    "tls_required": Column("boolean", "whether the log says that TLS was required"),
    "messages": Column("Int32", "messages done"),
    "recipients": Column("Int32", "recipients of these"),
    "outcome": Column("category", "what became of it, as one of OUTCOMES"),
    "detail": Column("str", "raw text of the TLS failure, else of the error or the refusal"),
    "source": Column("category", "file of its first line"),
    "first_line": Column("int64", "number of its first line in source"),
    "last_line": Column(
        "int64", "number of the (first) line of its last entry, in the file that holds it"
    ),
    "complete": Column("bool", "both ends are seen"),
}
"""One row a delivery connection, in the order in which they begin."""

TLS_FAILURES: dict[str, Column] = {
    **CONNECTIONS,
    "suggests": Column("category", "the cause: 4 is scenario 4, E1 to E25 are the others"),
}
"""The connections with tls failed."""


def connections_frame(links: Sequence[Connection]) -> pd.DataFrame:
    """Return connections that were read one by one as a frame with the columns of CONNECTIONS."""
    import pandas as pd

    from pvo_kit.mail_logs.failures import normalised

    rows = [[getattr(link, name, None) for name in CONNECTIONS] for link in links]
    frame = pd.DataFrame(rows, columns=list(CONNECTIONS))
    raw = frame["tls_reason"].astype(object)
    frame["duration"] = pd.to_datetime(frame["closed"]) - pd.to_datetime(frame["opened"])
    frame["detail"] = raw.where(raw.notna(), frame["detail"])
    frame["tls_reason"] = [
        normalised(text) if tls == "failed" else None
        for text, tls in zip(raw, frame["tls"], strict=True)
    ]
    return frame.astype({name: column.dtype for name, column in CONNECTIONS.items()})


def empty(schema: Mapping[str, Column]) -> pd.DataFrame:
    """Return a frame without rows that has these columns and dtypes."""
    import pandas as pd

    text = pd.Index([], dtype="str")
    category = pd.CategoricalDtype(text)
    return pd.DataFrame(
        {name: pd.Series([], dtype=category if column.dtype == "category" else column.dtype)
         for name, column in schema.items()}
    )  # fmt: skip
