"""Scenario 4 as a table: what an outbound cipher string leaves, and what another one would."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pandas as pd

from pvo_kit import tls
from pvo_kit.case import Case
from pvo_kit.errors import InputError
from pvo_kit.facts import CipherList
from pvo_kit.remediation import boxes
from pvo_kit.remediation.ciphers import classes, proposals
from pvo_kit.scenarios import cipher_strings
from pvo_kit.scenarios.cipher_strings import String
from pvo_kit.tables import schemas
from pvo_kit.tables.places import place
from pvo_kit.what_if.altering import names
from pvo_kit.what_if.ciphers import before, generations, hosts_of

KINDS = ("anonymous", "class", "listed")
LEFT = ("left", "may be left", "not left", "not known")
CHANGES = ("goes", "stays", "comes", "absent", "not known")

Row = dict[str, object]


def table(case: Case, string: str | None, host: str | None) -> pd.DataFrame:
    """Return suites and classes before and after, with the columns of SUITES."""
    hosts = hosts_of(case)
    if host is not None and host not in hosts:
        raise InputError(f"{host} is no ESA of this evidence; it knows: {names(hosts)}")
    box = host if host is not None else _first(case)
    old = before(case, box)
    first = (old.ciphers or "") if old else None
    new = string if string is not None else _offered(case, box, first)
    made = generations(case, box)
    rows = [*_anonymous(first, new, made), *_classes(first, new), *_listed(case, box, first, new)]
    head = {"host": box or "unknown", **(place(old) if old else {})}
    words = {"kind": KINDS, "before": LEFT, "after": LEFT, "change": CHANGES}
    frame = schemas.typed([head | row for row in rows], schemas.SUITES, words)
    frame.attrs = {"host": box or "unknown", "before": first or "", "after": new}
    return frame


def _first(case: Case) -> str | None:
    """The first ESA whose string is known, else the first one."""
    hosts = hosts_of(case)
    known = [host for host in hosts if before(case, host)]
    return next(iter(known or hosts), None)


def _offered(case: Case, host: str | None, old: str | None) -> str:
    changes: Sequence[String] = cipher_strings.changes(case, host)
    typed = cipher_strings.outbound(case, host, cipher_strings.changes(case, host))
    if changes and typed and typed.ciphers and typed.ciphers != old:
        return typed.ciphers
    return proposals(old, boxes.release(case, host, "esa"))[0].string


def _anonymous(old: str | None, new: str, made: Sequence[str]) -> Iterator[Row]:
    for suite in tls.SUITES:
        releases = [each for each in suite.generations if each in made]
        if not releases:
            continue
        was, then = _left(suite.name, old, releases), _left(suite.name, new, releases)
        yield {"kind": "anonymous", "suite": suite.name, "iana": suite.iana,
               "releases": ", ".join(releases), **_changed(was, then)}  # fmt: skip


def _left(suite: str, string: str | None, releases: Sequence[str]) -> str:
    if string is None:
        return "not known"
    left = [suite in tls.anonymous_suites(string, each) for each in releases]
    return "left" if all(left) else "may be left" if any(left) else "not left"


def _classes(old: str | None, new: str) -> Iterator[Row]:
    """Old classes: what a word may select in any release, so at best ``may be left``."""
    were = classes(old) if old is not None else None
    for name in sorted(classes(new) | (were or frozenset()), key=str.lower):
        was = "not known" if were is None else "may be left" if name in were else "not left"
        then = "may be left" if name in classes(new) else "not left"
        yield {"kind": "class", "suite": name, **_changed(was, then)}


def _listed(case: Case, host: str | None, old: str | None, new: str) -> Iterator[Row]:
    """What ``sslconfig`` > VERIFY printed for either string: exact, and with every suite."""
    lists = {item.ciphers: item for item in case.all(CipherList, host)}
    first, then = lists.get(old or ""), lists.get(new)
    every = [*(first.suites if first else ()), *(then.suites if then else ())]
    for suite in dict.fromkeys(every):
        ends = ["not known" if each is None else "left" if suite in each.suites else "not left"
                for each in (first, then)]  # fmt: skip
        yield {"kind": "listed", "suite": suite, **_changed(*ends), **place(then or first)}


def _changed(was: str, then: str) -> Row:
    change = "not known"
    if "not known" not in (was, then):
        came, went = then != "not left", was != "not left"
        change = {(True, True): "stays", (True, False): "goes", (False, True): "comes",
                  (False, False): "absent"}[went, came]  # fmt: skip
    return {"before": was, "after": then, "change": change}
