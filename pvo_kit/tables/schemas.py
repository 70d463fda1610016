"""Column schemas of the tables; what a row stands on is in ``source`` and ``line`` in each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import pandas as pd

from pvo_kit.frames import Column

_PLACE: dict[str, Column] = {
    "source": Column("str", 'the file of the line it stands on; "": nothing was captured'),
    "line": Column("Int64", "that line's number, from 1"),
}

STATUSES: dict[str, Column] = {
    "order": Column("int64", "place in the order that the evidence shows, from 0"),
    "time": Column("datetime64[us]", "UTC; NaT: no clock tells it"),
    "host": Column("str", "the box that told it, or that tried the port"),
    "role": Column("category", "sma, esa or unknown"),
    "subject": Column("str", "system, listener, transfers, delivery, or the port: port 7025"),
    "state": Column("category", "up (online, resumed, answered), down (offline, refused) or open"),
    "told": Column("str", "the reading in words"),
    "standing": Column("bool", "a fault that nothing takes back"),
    "known_newer": Column("bool", "newer than the row before of this host and subject"),
    **_PLACE,
}
"""Scenario 1: one row a reading of a box's state, or a try at the quarantine's port."""

CHECKLIST: dict[str, Column] = {
    "topic": Column("category", "wizard, pending changes, commit or account"),
    "host": Column("str", "the box it is about"),
    "role": Column("category", "sma, esa or unknown"),
    "state": Column("category", "done, failing, unclear or missing"),
    "told": Column("str", "what was seen, in words"),
    "time": Column("datetime64[us]", "UTC; NaT: no clock tells it"),
    "by": Column("str", "who recorded it"),
    "needed": Column("str", "where to look, or the command to ask for"),
    **_PLACE,
}
"""Scenario 2: one row a reading, or what is missing."""

REACHABILITY: dict[str, Column] = {
    "host": Column("str", "the ESA"),
    "kind": Column("category", "interface, route, gateway (the default route) or sma"),
    "name": Column("str", "of the interface, the route or the SMA"),
    "address": Column("str", "of the interface or the SMA, without a prefix"),
    "network": Column("str", "the interface's subnet, the route's destination"),
    "hostname": Column("str", "the interface's host name, said in HELO"),
    "gateway": Column("str", "the route's gateway"),
    "default": Column("bool", "mail is delivered from this interface by default"),
    "target": Column("str", "the SMA's address as it was tried from there, else by this ESA"),
    "port": Column("Int32", "the quarantine's port"),
    "leads": Column("boolean", "subnets or routes lead to the target; NA: no address to compare"),
    "via": Column("str", "the route by which they do; of a route, the interface it leaves by"),
    "outcome": Column("category", "of the newest tries: answers, silent, refused, no-banner, name, "
                      "contradictory or untested"),
    **_PLACE,
    "tested_source": Column("str", "the file of the newest try"),
    "tested_line": Column("Int64", "its line"),
}  # fmt: skip
"""Scenario 3: one row an interface of an ESA, a route, or the SMA."""

SUITES: dict[str, Column] = {
    "host": Column("str", "the ESA"),
    "kind": Column("category", "anonymous, class (of old suites) or listed (by VERIFY)"),
    "suite": Column("str", "OpenSSL's name, or the class"),
    "iana": Column("str", "the IANA name of an anonymous suite"),
    "releases": Column("str", "the OpenSSL generations of this AsyncOS that have it"),
    "before": Column("category", "left, may be left (in some release), not left or not known"),
    "after": Column("category", "the same, of the other string"),
    "change": Column("category", "goes, stays, comes, absent or not known"),
    **_PLACE,
}
"""Scenario 4: one row a suite or class. ``attrs`` holds host, before and after (the strings)."""

FEATURES: dict[str, Column] = {
    "feature": Column("str", "the module by the name that members are compared by"),
    "label": Column("str", "the name as printed"),
    "member": Column("str", "the machine"),
    "state": Column("category", "active, dormant, expired, missing or not captured"),
    "differs": Column("bool", "usable on some members only"),
    "table": Column("str", "the command that listed this member's keys"),
    "time": Column("datetime64[us]", "UTC; NaT: no clock tells it"),
    **_PLACE,
}
"""Scenario 5: one row a module and member, modules that differ first."""

LEVELS: dict[str, Column] = {
    "setting": Column("str", "message filters, incoming content filters, ..., dlp, dmarc"),
    "level": Column("category", "machine, group or cluster"),
    "place": Column("str", "the machine's, group's or cluster's name"),
    "members": Column("str", "the machines that this mode holds for"),
    "state": Column("category", "own, none, disputed or not read"),
    "below": Column("bool", "below the level of the quarantines"),
    "how": Column("str", "how it was read: notice, menu or clustershow"),
    **_PLACE,
}
"""Scenario 6: one row a setting and cluster mode."""

SETUP_STEPS: dict[str, Column] = {
    "step": Column("int64", "its place in the order, from 1"),
    "role": Column("category", "where it is done: sma or esa"),
    "host": Column("str", "the boxes, as far as they are known"),
    "title": Column("str", "what is done"),
    "where": Column("str", "the page in the GUI"),
    "state": Column("category", "done, missing or unknown"),
    "told": Column("str", "why so, in words"),
    **_PLACE,
}
"""One row a step of setting the quarantines up; a step on each ESA has a row for each."""

WORDS = {
    "role": ("sma", "esa", "unknown"),
    "level": ("machine", "group", "cluster"),
}
"""The words of category columns that are the same in every table, in their order."""


def typed(
    rows: Iterable[Mapping[str, object]],
    schema: Mapping[str, Column],
    words: Mapping[str, Sequence[str]],
) -> pd.DataFrame:
    """Return rows as a frame with the columns of a schema; what a row lacks is "" or NA.

    ``words`` are those of the other category columns, in their order.
    """
    blank = {name: "" if column.dtype == "str" else None for name, column in schema.items()}
    frame = pd.DataFrame([blank | dict(row) for row in rows], columns=list(schema))
    order = WORDS | dict(words)
    return frame.astype(
        {
            name: pd.CategoricalDtype(list(order[name]))
            if column.dtype == "category"
            else column.dtype
            for name, column in schema.items()
        }
    )
