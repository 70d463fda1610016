"""Scenario 3 as a table: interfaces, subnets and routes of each ESA, and what reached the SMA."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from pvo_kit.case import Case, newest
from pvo_kit.facts import AUTO, Interface, Route, TlsProbe
from pvo_kit.mail_logs import Connection
from pvo_kit.network import reaching, to_address
from pvo_kit.scenarios.answering import is_refused
from pvo_kit.scenarios.reaching import Way
from pvo_kit.tables import schemas
from pvo_kit.tables.places import place
from pvo_kit.what_if.interfaces import default, known, listed, sma_of

KINDS = ("interface", "route", "gateway", "sma")
OUTCOMES = ("answers", "silent", "refused", "no-banner", "name", "contradictory", "untested")

Row = dict[str, object]
_ENDS = {"banner": "answers"}


def table(case: Case) -> pd.DataFrame:
    """Return interfaces, routes and the SMA of each ESA, with the columns of REACHABILITY."""
    rows = [row for host in case.esas for row in _rows(case, host)]
    words = {"kind": KINDS, "outcome": OUTCOMES}
    return schemas.typed(rows, schemas.REACHABILITY, words)


def _rows(case: Case, host: str | None) -> Iterator[Row]:
    sma = sma_of(case, host)
    head: Row = {"host": host or "unknown", "target": sma or "", "port": case.port,
                 "default": False}  # fmt: skip
    yield from (head | row for row in _interfaces(case, host, sma))
    yield from (head | row for row in _unlisted(case, host))
    yield from (head | row for row in _routes(case, host))
    if sma:
        boxes = case.boxes("sma")
        yield head | {"kind": "sma", "address": sma,
                      "name": boxes[0].name if len(boxes) == 1 else ""}  # fmt: skip


def _interfaces(case: Case, host: str | None, sma: str | None) -> Iterator[Row]:
    found = {item.name.lower(): item for item in listed(case, host)}
    now = default(case, host)
    routes = case.all(Route, host)
    for name in known(case, host):
        item = found.get(name.lower())
        is_default = now is not None and now.name.lower() == name.lower()
        way = Way(case, host, name)
        if name == AUTO and not is_default and not way.own:
            continue
        to = (way.own[-1].address if way.own else None) or sma
        leads = None
        if to and to_address(to) and item and item.address:
            leads = item in reaching(to, list(found.values()), routes)
        yield {
            "kind": "interface",
            "name": name,
            "default": is_default,
            "leads": leads,
            "via": _route_to(to, item, routes) if leads and to and item else "",
            "target": to or "",
            **_addressed(item),
            **_tried(way),
            **place(item or (now if is_default else None)),
        }


def _unlisted(case: Case, host: str | None) -> Iterator[Row]:
    """Addresses that sessions and deliveries were made from, of which no interface is known."""
    own = {str(item.address.ip) for item in listed(case, host) if item.address}
    tried: dict[str, list[TlsProbe | Connection]] = {}
    links = [link for link in case.connections if link.appliance == host]
    every: list[TlsProbe | Connection] = [*case.tls_probes(host), *links]
    for item in every:
        if item.interface and item.interface not in own and _ended(item):
            tried.setdefault(item.interface, []).append(item)
    for address, items in sorted(tried.items()):
        last = newest(items)
        ends = {_ended(item) for item in last}
        cited = place(last[-1])
        yield {"kind": "interface", "address": address, "target": last[-1].address or "",
               "outcome": ends.pop() if len(ends) == 1 else "contradictory",
               "tested_source": cited["source"], "tested_line": cited["line"]}  # fmt: skip


def _ended(item: TlsProbe | Connection) -> str:
    """How a session or a delivery ended for the way; "" where that is not told."""
    if is_refused(item):
        return "refused"
    if isinstance(item, TlsProbe):
        ends = {"success": "answers", "failed": "answers", "unreachable": "silent"}
        return ends.get(item.outcome, "")
    if item.tls in ("success", "failed"):
        return "answers"
    return "silent" if item.outcome == "connection-error" else ""


def _addressed(item: Interface | None) -> Row:
    if item is None or item.address is None:
        return {"hostname": item.hostname or ""} if item else {}
    return {"address": str(item.address.ip), "network": str(item.address.network),
            "hostname": item.hostname or ""}  # fmt: skip


def _tried(way: Way) -> Row:
    """How the newest tries from an interface ended, as scenario 3 reads them."""
    own, ends = way.own, sorted(way.ends)
    if not own:
        return {"outcome": "untested"}
    outcome = _ENDS.get(ends[0], ends[0]) if len(ends) == 1 else "contradictory"
    cited = place(own[-1])
    return {"outcome": outcome, "tested_source": cited.get("source", ""),
            "tested_line": cited.get("line")}  # fmt: skip


def _route_to(sma: str, item: Interface, routes: list[Route]) -> str:
    """The static route by which an interface leads to the SMA; "" where its subnet does."""
    address = to_address(sma)
    if item.address and address in item.address.network:
        return ""
    names = [route.name for route in routes if route.destination.prefixlen
             and address in route.destination and item.address
             and to_address(route.gateway) in item.address.network]  # fmt: skip
    return names[-1] if names else ""


def _routes(case: Case, host: str | None) -> Iterator[Row]:
    interfaces = listed(case, host)
    for route in newest(case.all(Route, host)):
        beside = [item.name for item in interfaces if item.address
                  and to_address(route.gateway) in item.address.network]  # fmt: skip
        yield {
            "kind": "route" if route.destination.prefixlen else "gateway",
            "name": route.name,
            "network": str(route.destination),
            "gateway": route.gateway,
            "via": ", ".join(beside),
            **place(route),
        }
