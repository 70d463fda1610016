"""Host names in little room: what all of them end with is left out before a name is shortened."""

from __future__ import annotations

from collections.abc import Sequence

from pvo_kit.charts import wording


def common_domain(names: Sequence[str]) -> str:
    """Return the domain that all names with one are in, "" where they have none in common."""
    domains = {name.partition(".")[2] for name in names} - {""}
    return domains.pop() if len(domains) == 1 else ""


def without(name: str, domain: str) -> str:
    """Return a name without this domain."""
    return name.removesuffix(f".{domain}") if domain else name


def note(domain: str) -> str:
    """Say which domain is left out, "" where none is."""
    return f"Host names without their domain, {wording.label(domain, 60)}." if domain else ""
