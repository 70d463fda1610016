"""pvo_kit: why is [Enable...] grey, and what to do about it.

The support kit for Cisco Centralised Policy, Virus and Outbreak quarantines: load what a customer
sent, diagnose the six known causes with cited proof, and tell what is still to be asked for.

    import pvo_kit as pvo
    print(pvo.diagnose(pvo.load("escalation/")))
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from pvo_kit import tls
from pvo_kit.comparison import Comparison, compare
from pvo_kit.diagnosis import diagnose
from pvo_kit.errors import InputError, PvoError
from pvo_kit.evidence import Citation, Evidence
from pvo_kit.findings import Diagnosis, Finding, Need
from pvo_kit.loading import load
from pvo_kit.resources import example, examples, locate
from pvo_kit.version import __version__
from pvo_kit.what_if import AddKey, Ciphers, DeliverFrom, MoveSetting, WhatIf, choices, what_if

if TYPE_CHECKING:
    from pvo_kit import charts, tables, widgets
    from pvo_kit.batching.bundled import locate_runs
    from pvo_kit.batching.fleet import read_fleet
    from pvo_kit.batching.run import batch
    from pvo_kit.mail_logs.history import connections, tls_failures
    from pvo_kit.mail_logs.reader import iter_mail_logs, read_mail_logs, to_parquet
    from pvo_kit.redaction import redact


__all__ = [
    "AddKey",
    "Ciphers",
    "Citation",
    "Comparison",
    "DeliverFrom",
    "Diagnosis",
    "Evidence",
    "Finding",
    "InputError",
    "MoveSetting",
    "Need",
    "PvoError",
    "WhatIf",
    "__version__",
    "batch",
    "charts",
    "choices",
    "compare",
    "connections",
    "diagnose",
    "example",
    "examples",
    "iter_mail_logs",
    "load",
    "locate",
    "locate_runs",
    "read_fleet",
    "read_mail_logs",
    "redact",
    "tables",
    "tls",
    "tls_failures",
    "to_parquet",
    "what_if",
    "widgets",
]

_ON_FIRST_USE = {
    "batch": "pvo_kit.batching.run",
    "charts": "pvo_kit.charts",
    "connections": "pvo_kit.mail_logs.history",
    "iter_mail_logs": "pvo_kit.mail_logs.reader",
    "locate_runs": "pvo_kit.batching.bundled",
    "read_fleet": "pvo_kit.batching.fleet",
    "read_mail_logs": "pvo_kit.mail_logs.reader",
    "redact": "pvo_kit.redaction",
    "tables": "pvo_kit.tables",
    "tls_failures": "pvo_kit.mail_logs.history",
    "to_parquet": "pvo_kit.mail_logs.reader",
    "widgets": "pvo_kit.widgets",
}


def __getattr__(name: str) -> Any:
    """Load on first use what no verdict needs: pandas, polars, matplotlib, batches, redaction."""
    if name not in _ON_FIRST_USE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module = import_module(_ON_FIRST_USE[name])
    return module if module.__name__ == f"{__name__}.{name}" else getattr(module, name)
