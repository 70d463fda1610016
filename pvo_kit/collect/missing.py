"""What a diagnosis said is unknown, as topics to collect.

Only the name of a command is taken from it, and only where the catalog's plan has that name: what
is typed is made anew, so nothing that stands in evidence gets into a command.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pvo_kit import catalog
from pvo_kit.collect.allowed import COMMANDS
from pvo_kit.errors import InputError
from pvo_kit.evidence import Evidence


@dataclass(frozen=True, slots=True)
class Missing:
    """Topics by role, the quarantine's port where evidence told it, and what a person must do."""

    topics: dict[str, frozenset[str]]
    port: int | None = None
    by_hand: tuple[str, ...] = ()


def read(path: Path, pvo_port: int | None = None) -> Missing:
    """Read a diagnosis (its JSON), or diagnose evidence; raises InputError as ``load`` does."""
    document = _document(path)
    if document is not None:
        return _missing(list(_stated(document, path)), None)
    from pvo_kit.loading import load

    return of(load(path), pvo_port)


def of(evidence: Evidence, pvo_port: int | None = None) -> Missing:
    """Diagnose evidence and return what it misses."""
    from pvo_kit import case as cases
    from pvo_kit.diagnosis import diagnose

    needs = [need.to_dict() for need in diagnose(evidence, pvo_port=pvo_port).needs]
    return _missing(needs, cases.build(evidence, pvo_port).port)


def _document(path: Path) -> dict[str, Any] | None:
    """Return the JSON of a diagnosis; None for anything else, which is evidence."""
    if path.suffix.lower() != ".json" or not path.is_file():
        return None
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    is_diagnosis = isinstance(document, dict) and isinstance(document.get("findings"), list)
    return document if is_diagnosis else None


def _stated(document: dict[str, Any], path: Path) -> Iterator[dict[str, Any]]:
    for finding in document["findings"]:
        needs = finding.get("needs") if isinstance(finding, dict) else None
        if not isinstance(needs, list) or not all(isinstance(need, dict) for need in needs):
            raise InputError(
                f"--missing {path.name}: is no diagnosis of pvo-kit; give the evidence"
            )
        yield from needs


def _missing(needs: Iterable[dict[str, Any]], port: int | None) -> Missing:
    topics: dict[str, set[str]] = {"esa": set(), "sma": set()}
    by_hand: dict[str, None] = {}
    for need in needs:
        row = catalog.find(str(need.get("command") or ""))
        roles = [need.get("appliance")] if need.get("appliance") in topics else list(topics)
        if row is None or row.name not in COMMANDS:
            by_hand[str(need.get("where") or need.get("command") or "")] = None
            continue
        for role in roles:
            topics[str(role)].add(row.name)
    told = tuple(text for text in by_hand if text)
    return Missing({role: frozenset(names) for role, names in topics.items()}, port, told)
