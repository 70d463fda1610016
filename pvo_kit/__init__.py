"""pvo_kit: why is [Enable...] grey, and what to do about it.

The support kit for Cisco Centralised Policy, Virus and Outbreak quarantines: load what a customer
sent, diagnose the six known causes with cited proof, and tell what is still to be asked for.

    import pvo_kit as pvo
    print(pvo.diagnose(pvo.load("escalation/")))
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from pvo_kit import tls
from pvo_kit.diagnosis import diagnose
from pvo_kit.errors import InputError, PvoError
from pvo_kit.evidence import Citation, Evidence
from pvo_kit.findings import Diagnosis, Finding, Need
from pvo_kit.loading import load
from pvo_kit.resources import example, examples
from pvo_kit.version import __version__

if TYPE_CHECKING:
    from pvo_kit import charts
    from pvo_kit.batching.fleet import read_fleet
    from pvo_kit.batching.run import batch
    from pvo_kit.redaction import redact

__all__ = [
    "Citation",
    "Diagnosis",
    "Evidence",
    "Finding",
    "InputError",
    "Need",
    "PvoError",
    "__version__",
    "batch",
    "charts",
    "diagnose",
    "example",
    "examples",
    "load",
    "read_fleet",
    "redact",
    "tls",
]

_ON_FIRST_USE = {
    "batch": "pvo_kit.batching.run",
    "charts": "pvo_kit.charts",
    "read_fleet": "pvo_kit.batching.fleet",
    "redact": "pvo_kit.redaction",
}


def __getattr__(name: str) -> Any:
    """Load what a verdict does not need on first use: matplotlib, batches, redaction."""
    if name not in _ON_FIRST_USE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module = import_module(_ON_FIRST_USE[name])
    return module if module.__name__ == f"{__name__}.{name}" else getattr(module, name)
