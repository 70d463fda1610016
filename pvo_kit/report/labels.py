"""The word and the sign of each status, the same in every form of a report."""

from pvo_kit.findings import Status

LABELS: dict[Status, str] = {
    "fail": "FAIL",
    "error": "ERROR",
    "unknown": "unknown",
    "manual": "look",
    "resolved": "resolved",
    "pass": "pass",
    "not_applicable": "n/a",
}

SIGNS: dict[Status, str] = {
    "fail": "\u2716",
    "error": "\u26a0",
    "unknown": "?",
    "manual": "\u25c9",
    "resolved": "\u2714",
    "pass": "\u2714",
    "not_applicable": "\u2013",
}
"""A sign beside each word, so that no meaning hangs on colour."""
