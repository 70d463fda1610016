"""The verbs of ``pvo-kit``, one module each: ``add`` declares a verb, ``run`` does it.

A module imports what its verb needs only when the verb runs, so that every start is quick.
"""

from __future__ import annotations

import argparse
from typing import TypeAlias

Verbs: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"
"""Where a verb is declared."""
