"""The words and the sign of each status and role, the same in every form of a report."""

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

MEANINGS: dict[Status, str] = {
    "fail": "this cause is shown",
    "error": "the check broke",
    "unknown": "evidence is missing",
    "manual": "a person must look",
    "resolved": "it was so, no longer",
    "pass": "not the cause",
    "not_applicable": "cannot apply here",
}
"""What a status says of a possible cause: its title tells the fault, whatever the status."""

KINDS = {"esa": "ESA", "sma": "SMA", "unknown": "unknown role"}


def called(role: str, name: str) -> str:
    """Return what an appliance is called: its kind and its name."""
    if role == name == "unknown":
        return "one that no line names"
    return f"{KINDS[role]} {name}"
