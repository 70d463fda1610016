"""What decides on the [Enable...] button: the wizard, the ESA's own connection, cluster levels.

The rules are the technote's six scenarios and the article on the wizard's requirements. An ESA
tries the quarantine's port every now and then and logs it; the form of a connection error to the
quarantine is derived from that of other destinations.
"""

from __future__ import annotations

import time

from pvo_kit.simulator.network import Attempt, connect
from pvo_kit.simulator.pair import Appliance, Pair
from pvo_kit.simulator.settings import Mode, Settings
from pvo_kit.simulator.suites import Handshake, Side, negotiate

CPQ_HOST = "the.cpq.host"
NO_CERTIFICATE = "no certificate from server"
LEVELLED = {
    "filters": "message filters",
    "incoming": "incoming content filters",
    "outgoing": "outgoing content filters",
    "dlp": "DLP policies",
    "dmarc": "DMARC profiles",
}
"""Settings that must stand at one level, and their names in a sentence."""

SENTENCE = (
    "Unable to proceed with Centralized Policy, Virus and Outbreak Quarantines configuration as "
    "{hosts} in Cluster {cluster} have content filters / DLP actions available at a level "
    "different from the cluster level."
)
_RETRY = 60  # seconds between an ESA's own attempts
_ERRORS = {
    "timeout": "timeout",
    "refused": "[Errno 61] Connection refused",
    "no-route": "[Errno 65] No route to host",
}


def quarantine_port(pair: Pair) -> int:
    """Return the port of the SMA's quarantine service, committed or not yet."""
    quarantine = pair.sma.in_force("quarantine")
    return int(quarantine.port) if quarantine else 7025


def sma_address(pair: Pair) -> str:
    """Return the address at which the SMA takes quarantined mail."""
    owned = pair.sma.in_force("interfaces")
    quarantine = pair.sma.in_force("quarantine")
    return next((str(each.ip) for each in owned if quarantine
                 and each.name == quarantine.interface), str(owned[0].ip))  # fmt: skip


def handshake(client: Appliance, server: Appliance) -> Handshake:
    """Return how TLS comes up from one box to the other."""
    mine, theirs = client.in_force("tls").outbound, server.in_force("tls").inbound
    return negotiate(Side(mine.method, mine.ciphers, client.release),
                     Side(theirs.method, theirs.ciphers, server.release))  # fmt: skip


def deliver(esa: Appliance) -> Attempt:
    """Return how the ESA's own connection to the quarantine ends, from its default interface."""
    name = esa.in_force("delivery").interface
    return connect(esa, name, sma_address(esa.pair), quarantine_port(esa.pair))


def wizard_error(pair: Pair) -> str | None:
    """Return the wizard's sentence where the members of the cluster differ, else None."""
    cluster = pair.cluster
    if cluster is None:
        return None
    differing = [box.host for box in pair.esas
                 if box.clustered and (_lacks_a_key(box) or overrides(box))]  # fmt: skip
    if not differing:
        return None
    return SENTENCE.format(hosts=" and ".join(cluster.members), cluster=cluster.name)


def overrides(box: Appliance) -> list[tuple[Mode, str]]:
    """Return the settings that a member or its group has of its own, below the cluster."""
    below = [mode for mode in box.modes if mode.level != "cluster"]
    levels = box.configuration
    return [(mode, name) for mode in below for name in LEVELLED
            if getattr(levels.get(str(mode), Settings()), name) is not None]  # fmt: skip


def _lacks_a_key(box: Appliance) -> bool:
    others = [each for each in box.pair.esas if each.clustered and each is not box]
    return any(usable(each) - usable(box) for each in others)


def usable(box: Appliance) -> set[str]:
    """Return the modules that a box may use."""
    return {key.label for key in box.keys if key.state == "Active"}


def grey(esa: Appliance) -> str | None:
    """Return why the ESA's [Enable...] button is grey; None where it is active."""
    sma = esa.pair.sma
    migrated: dict[str, str] = sma.in_force("migrated") or {}
    if sma.in_force("quarantine") is None:
        return "the quarantine service is not enabled on the SMA"
    attempt = deliver(esa)
    if attempt.outcome != "connected":
        return f"the SMA's port {quarantine_port(esa.pair)} is not reached ({attempt.outcome})"
    tls = handshake(esa, sma)
    if tls.failure or tls.is_anonymous:
        return f"TLS with the SMA fails ({tls.failure or NO_CERTIFICATE})"
    if wizard_error(esa.pair):
        return "the members of the cluster differ"
    if esa.host not in migrated:
        return "the migration was not committed on the SMA"
    if not sma.is_administrator(migrated[esa.host]):
        return "the migration was not made by an administrator"
    return None


def attempt_deliveries(pair: Pair) -> None:
    """Let every ESA try the quarantine that is due to, and write its log."""
    for esa in pair.esas:
        if esa.next_attempt <= pair.clock:
            esa.next_attempt = pair.clock + _RETRY
            _log_attempt(esa)


def _log_attempt(esa: Appliance) -> None:
    attempt, port = deliver(esa), quarantine_port(esa.pair)
    esa.dcid += 1
    source = attempt.interface.ip if attempt.interface else "unknown"
    if attempt.outcome != "connected" or attempt.peer is None:
        log(esa, f"Connection Error: DCID {esa.dcid} domain: {CPQ_HOST} IP: {attempt.address} "
                 f"port: {port} details: {_ERRORS[attempt.outcome]} interface: {source} "
                 "reason: network error")  # fmt: skip
        return
    log(esa, f"New SMTP DCID {esa.dcid} interface {source} address {attempt.address} port {port}")
    tls = handshake(esa, attempt.peer)
    if tls.failure or tls.is_anonymous:
        why = tls.failure or f"verify error: {NO_CERTIFICATE}"
        log(esa, f"DCID {esa.dcid} TLS failed: {why}")
        log(esa, f"DCID {esa.dcid} TLS was required but could not be successfully negotiated")
    else:
        to = f" for {CPQ_HOST}" if esa.release < (9, 5) else ""
        log(esa, f"DCID {esa.dcid} TLS success protocol {tls.protocol} cipher {tls.suite}{to}")
    log(esa, f"DCID {esa.dcid} close")


def log(box: Appliance, text: str, level: str = "Info") -> None:
    """Write a line into a box's mail log."""
    box.log.append(f"{stamp(box.pair.clock)} {level}: {text}")


def stamp(clock: int) -> str:
    """Return a time as logs and answers print it: ``Mon Apr  7 15:48:42 2014``."""
    return time.asctime(time.gmtime(clock))
