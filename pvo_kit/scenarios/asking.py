"""What several scenarios ask for in the same words: tests of the way to the SMA."""

from __future__ import annotations

from pvo_kit.case import CPQ_DOMAIN, Case
from pvo_kit.scenarios.verdict import Missing

STATUS = Missing("status", "sma", why="whether the SMA is online")


def sma_address(case: Case) -> str:
    """Return the SMA's address as the ESAs' own tests name it, or words for it."""
    addresses = [probe.address or probe.target for probe in case.tls_probes()]
    addresses += [probe.target for probe in case.probes()]
    addresses += [link.address for link in case.connections]
    return next((address for address in addresses if address), "the SMA's address")


def telnet(case: Case, host: str | None, interface: str, why: str) -> Missing:
    """Ask for a telnet from one interface to the quarantine's port."""
    how = f"interface {interface}, host {sma_address(case)}, port {case.port}, then QUIT"
    return Missing("telnet", "esa", host, why, how)


def tlsverify(case: Case, host: str | None, why: str) -> Missing:
    """Ask for a tlsverify of the quarantine."""
    how = f"domain {CPQ_DOMAIN}, host {sma_address(case)}:{case.port}"
    return Missing("tlsverify", "esa", host, why, how)


def deliveries(case: Case, host: str | None) -> Missing:
    """Ask for the newest deliveries to the quarantine's port."""
    why = "the newest deliveries to the SMA, then grep each DCID"
    return Missing("grep", "esa", host, why, typed=f'grep "port {case.port}" mail_logs')
