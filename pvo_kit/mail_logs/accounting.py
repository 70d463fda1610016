"""The account of a set of logs in words: which kinds its lines are of, and what no kind takes."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from typing import Any

from pvo_kit.escape import terminal
from pvo_kit.mail_logs.kinds import KINDS

_SAMPLES = 20  # shapes that are shown

Account = Mapping[str, Any]
"""What ``reader.account`` returns."""


def share(account: Account) -> float:
    """The share of entries whose kind is known; 1.0 where there is none."""
    entries = account["recognised"] + _missed(account)
    return account["recognised"] / entries if entries else 1.0


def to_json(account: Account) -> str:
    """The account, its share and every kind of the table, as JSON."""
    seen = account["kinds"]
    kinds = {kind.name: seen.get(kind.name, 0) for kind in KINDS}
    document = {**account, "share": round(share(account), 6), "kinds": kinds}
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


def to_text(account: Account) -> str:
    """The account as a table for people."""
    return "".join(line.rstrip() + "\n" for line in _lines(account))


def _lines(account: Account) -> Iterator[str]:
    hundredths = math.floor(10_000 * share(account)) / 100  # 100 only where nothing is missing
    yield f"{account['lines']:,} lines; {hundredths:.2f} % of the entries recognised"
    for name, what in (
        ("recognised", "entries of a known kind"),
        ("wrapped", "further lines of an entry"),
        ("blank", "blank lines"),
        ("foreign", "lines of text that is no log"),
    ):
        yield f"{account[name]:>12,}  {what}"
    yield f"{_missed(account):>12,}  not recognised"
    yield ""
    yield f"{'lines':>12}  {'kind':26}  example"
    for kind in sorted(KINDS, key=lambda kind: -account["kinds"].get(kind.name, 0)):
        if count := account["kinds"].get(kind.name, 0):
            yield f"{count:>12,}  {kind.name:26}  {kind.examples[0][:80]}"
    yield from _shapes(account)


def _shapes(account: Account) -> Iterator[str]:
    shapes = account["not_recognised"]
    if shapes:
        yield ""
        yield f"{'lines':>12}  not recognised, by shape"
    for row in shapes[:_SAMPLES]:
        yield f"{row['count']:>12,}  {terminal(row['shape'][:100])}"
        yield f"{'':14}{terminal(row['source'])}:{row['line']}: {terminal(row['text'][:100])}"
    if rest := shapes[_SAMPLES:]:
        yield f"{sum(row['count'] for row in rest):>12,}  of {len(rest):,} other shapes"


def _missed(account: Account) -> int:
    return sum(row["count"] for row in account["not_recognised"])
