"""The TLS methods of ``sslconfig`` as sets of versions: what two ends have in common (E5).

``sslv3tlsv1``, ``tlsv1/tlsv1.2`` and ``TLS v1.2`` are ways of writing them, by release.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pvo_kit.case import Case, newest
from pvo_kit.facts import CipherSetting

_VERSION = re.compile(r"(ssl|tls)\s*v?\s*([123](?:\.[0-3])?)", re.I)


def versions(method: str | None) -> frozenset[str]:
    """Return the versions that a method names: ``TLS 1.0``; empty where none is recognised.

    >>> sorted(versions("sslv3tlsv1"))
    ['SSL 3', 'TLS 1.0']
    """
    found = _VERSION.findall(method or "")
    return frozenset(
        f"{name.upper()} {number if name.lower() == 'ssl' or '.' in number else number + '.0'}"
        for name, number in found
    )


def effects(case: Case, old: str | None, new: str | None) -> Iterator[str]:
    """Yield what another outbound method changes, against the SMAs' inbound methods."""
    if new is None:
        return
    after = versions(new)
    if not after:
        yield f"The method {new} is not understood, so no version of TLS can be compared."
        return
    gone = versions(old) - after
    if gone:
        yield f"TLS versions that go for all outbound mail: {', '.join(sorted(gone))}."
    for box in case.boxes("sma"):
        inbound = [item for item in case.all(CipherSetting, box.host)
                   if item.service == "inbound" and versions(item.method)]  # fmt: skip
        for item in newest(inbound)[-1:]:
            common = after & versions(item.method)
            if common:
                yield f"In common with {box.name}: {', '.join(sorted(common))}."
            else:
                yield (
                    f"No version in common with {box.name} (inbound {item.method}): TLS would "
                    "fail for another reason (E5)."
                )
