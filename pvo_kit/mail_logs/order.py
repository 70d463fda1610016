"""Rows of several files in the order of the log, with the runs of the appliances counted over them.

The frame's counterpart of ``pvo_kit.mail_logs.connections.in_order``.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from pvo_kit.mail_logs.header import Runs

Places = npt.NDArray[np.int64]


def in_order(events: pd.DataFrame) -> pd.DataFrame:
    """Rows file by file, by the first time in each (files without any last), by line in each."""
    if not len(events):
        return events
    source = events["source"].cat.codes.to_numpy()
    files = _files(events, source)
    rank = np.empty(max(files) + 1, np.int64)
    rank[files] = np.arange(len(files))
    order = np.lexsort((events["line"].to_numpy(), rank[source]))
    rows = events if (order[1:] > order[:-1]).all() else events.iloc[order]
    return rows.assign(session=_sessions(rows)) if len(files) > 1 else rows


def _files(events: pd.DataFrame, source: npt.NDArray[np.integer]) -> list[int]:
    """The files (codes of ``source``) in the order of their first times."""
    time = events["time"].to_numpy().astype(np.int64)
    unknown = np.iinfo(np.int64).max
    found = []
    for code in np.unique(source).tolist():
        known = time[(source == code) & (time != np.iinfo(np.int64).min)]
        name = str(events["source"].cat.categories[code])
        found.append((int(known[0]) if len(known) else unknown, name, code))
    return [code for _, _, code in sorted(found)]


def _sessions(rows: pd.DataFrame) -> npt.NDArray[np.int32]:
    """The run of each row, counted on from file to file."""
    runs, base = Runs(), dict[int, int]()
    session = rows["session"].to_numpy().copy()
    source, box = rows["source"].cat.codes.to_numpy(), rows["appliance"].cat.codes.to_numpy()
    opened = np.where(rows["event"] == "dcid-open", rows["dcid"].fillna(0).to_numpy(np.int64), 0)
    begins = np.flatnonzero(np.concatenate([[True], source[1:] != source[:-1]]))
    for begin, end in zip(begins, [*begins[1:], len(rows)], strict=True):
        for code in np.unique(box[begin:end]).tolist():
            places = begin + np.flatnonzero(box[begin:end] == code)
            first = base.setdefault(code, int(session[places[0]]))
            name = None if code < 0 else str(code)
            session[places] = first + _counted_on(runs, name, session[places], opened[places])
    return session


def _counted_on(
    runs: Runs, box: str | None, session: npt.NDArray[np.int32], opened: Places
) -> npt.NDArray[np.int32]:
    """The runs of an appliance's rows in one file. ``opened`` is zero in all but openings.

    A run that began in the file begins here; before that, the first opening's number decides.
    """
    result = np.full(len(session), runs.session(box), np.int32)
    raised = np.concatenate([[False], session[1:] > session[:-1]])
    points = np.union1d(np.flatnonzero(raised), np.flatnonzero(opened)[:1])
    for point, end in zip(points.tolist(), [*points[1:].tolist(), len(session)], strict=True):
        again = True if raised[point] else None
        result[point:end] = runs.session(box, int(opened[point]) or None, again)
        later = opened[point + 1 : end]
        for number in (*later[later > 0][:1].tolist(), *later[later.argsort()[-1:]].tolist()):
            runs.session(box, number or None, again=False)
    return result
