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
from pvo_kit.resources import example, examples, locate
from pvo_kit.version import __version__
from pvo_kit.what_if import AddKey, Ciphers, DeliverFrom, MoveSetting, WhatIf, choices, what_if

__all__ = [
    "AddKey",
    "Ciphers",
    "Citation",
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
    "choices",
    "diagnose",
    "example",
    "examples",
    "load",
    "locate",
    "tls",
    "what_if",
]


def __getattr__(name: str) -> ModuleType:
    """Load these on first use: no verdict needs matplotlib, pandas or Jupyter."""
    if name in ("charts", "tables", "widgets"):
        return import_module(f"pvo_kit.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
