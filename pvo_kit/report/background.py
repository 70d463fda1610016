"""What is generally so of each scenario, whatever the evidence: symptom, cause, what to read.

In short what ``docs/scenarios.md`` tells at length, with the same sources.
"""

from __future__ import annotations

from dataclasses import dataclass

_TECHNOTE = 'Cisco 118026, "[Enable] button is greyed out" for centralised quarantines'

SYMPTOM = (
    "On the ESA the [Enable...] button of the centralised policy, virus and outbreak quarantines "
    "is grey, or the wizard stops with an error."
)
"""What all scenarios have in common."""


@dataclass(frozen=True, slots=True)
class Background:
    """One scenario: how it shows, why it greys the button, and published documents about it."""

    symptom: str
    cause: str
    references: tuple[str, ...]


BACKGROUND: dict[int, Background] = {
    1: Background(
        "The SMA answers to ping and shows its web pages, but takes no quarantined mail.",
        "The button is active only where the ESA itself can open an SMTP session with TLS to the "
        "quarantine listener of the SMA. An SMA that is offline, or whose listener is suspended, "
        "takes no connection, and it stays so after a restart until somebody resumes it.",
        (
            _TECHNOTE,
            "SMA online help, taking the Security Management appliance out of service",
        ),
    ),
    2: Background(
        "The migration wizard on the SMA seemed to work, and network and TLS are fine.",
        "What the wizard sets up counts once an administrator has committed it. Changes that wait "
        "in somebody's session, or that an account may submit but not commit, change nothing.",
        (
            _TECHNOTE,
            "Cisco 200083, requirements of the migration wizard where the ESA is clustered",
            "Cisco 118461, set-up and migration of centralised quarantines",
        ),
    ),
    3: Background(
        "The ESA reaches the SMA from its management network, but delivers from another interface.",
        "Quarantined mail leaves the ESA by its default delivery interface. Where that one has no "
        "way to the quarantine port of the SMA no session opens, although another interface, or "
        "Auto, is answered.",
        (
            _TECHNOTE,
            "Cisco 118601, deliveryconfig",
            "Cisco 200068, troubleshooting the delivery to centralised quarantines",
        ),
    ),
    4: Background(
        "The connection to the quarantine port opens and breaks at once.",
        "Sessions to the quarantine require TLS with a verified certificate, and an anonymous "
        "cipher suite (ADH-..., AECDH-...) never sends one. Old default cipher strings offer such "
        "suites, and upgrades keep them.",
        (
            _TECHNOTE,
            "Cisco 117855, 117864 and 215282, methods and ciphers of sslconfig",
            "Cisco 200537, how tlsverify verifies",
        ),
    ),
    5: Background(
        "In a cluster the wizard refuses: members are said to have settings at a level other than "
        "that of the cluster.",
        "The configuration that the SMA pushes must be whole, and the same, on every member of the "
        "cluster. A member without a usable key of a module has that feature switched off.",
        (
            _TECHNOTE,
            "Cisco 214614, Smart Licensing on ESA and SMA",
        ),
    ),
    6: Background(
        "In a cluster the wizard refuses: members are said to have settings at a level other than "
        "that of the cluster.",
        "Filters, DLP and DMARC settings and those of the quarantines must stand at the same "
        "level on all members, which is the cluster's as a rule. What a machine or a group has "
        "configured of its own overrides it there, so the members differ.",
        (
            _TECHNOTE,
            "Cisco 200083, requirements of the migration wizard where the ESA is clustered",
            "Cisco 118174, requirements of clusters",
        ),
    ),
}
