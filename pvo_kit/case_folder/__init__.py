"""Case folders: a redacted escalation with everything that was told of it, to be verified anew.

    PATH ──redact──▶ evidence ──load──▶ contents: findings, reports, charts, notebook
                         │                                 │
                         └──── manifest: hash, version, lock, digests ──▶ verify: the same story?

``make`` writes one, ``renew`` writes it again from its own evidence, ``verify`` tells what differs.
"""

from pvo_kit.case_folder.making import make, renew
from pvo_kit.case_folder.manifest import is_case_folder
from pvo_kit.case_folder.verifying import Verification, verify

__all__ = ["Verification", "is_case_folder", "make", "renew", "verify"]
