"""The question and its answer: alter the case, judge it with the scenarios' own rules, compare."""

from __future__ import annotations

from pvo_kit.evidence import Evidence
from pvo_kit.what_if.changes import Change
from pvo_kit.what_if.result import WhatIf


def what_if(evidence: Evidence, *changes: Change, pvo_port: int | None = None) -> WhatIf:
    """Tell what the scenarios would say if these changes were made, and what else would change.

    Several changes are made together. Raises InputError for no change, or one that names a box,
    interface, module or setting that the evidence does not know: the message says which it does
    (``choices`` lists them). ``pvo_port`` is that of ``diagnose``.
    """
    raise NotImplementedError
