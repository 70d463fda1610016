"""pvo_kit: why is [Enable...] grey, and what to do about it.

The support kit for Cisco Centralised Policy, Virus and Outbreak quarantines: load what a customer
sent, diagnose the six known causes with cited proof, and tell what is still to be asked for.

    import pvo_kit as pvo
    print(pvo.diagnose(pvo.load("escalation/")))
"""

from importlib import import_module
from types import ModuleType

from pvo_kit import tls
from pvo_kit.diagnosis import diagnose
from pvo_kit.errors import InputError, PvoError
from pvo_kit.evidence import Citation, Evidence
from pvo_kit.findings import Diagnosis, Finding, Need
from pvo_kit.loading import load
from pvo_kit.redaction import redact
from pvo_kit.resources import example, examples
from pvo_kit.version import __version__

__all__ = [
    "Citation",
    "Diagnosis",
    "Evidence",
    "Finding",
    "InputError",
    "Need",
    "PvoError",
    "__version__",
    "diagnose",
    "example",
    "examples",
    "load",
    "redact",
    "tls",
]


def __getattr__(name: str) -> ModuleType:
    """Load ``charts`` on first use: matplotlib is not needed to reach a verdict."""
    if name == "charts":
        return import_module("pvo_kit.charts")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
