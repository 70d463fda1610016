"""What a person pastes from the boxes of a simulated pair, and what the kit makes of it."""

from __future__ import annotations

from pathlib import Path

import pvo_kit as pvo
from pvo_kit.findings import Diagnosis
from pvo_kit.simulator.gate import quarantine_port, sma_address
from pvo_kit.simulator.pair import Appliance, Pair
from pvo_kit.simulator.session import CONTROL_C, Session
from pvo_kit.simulator.settings import AUTO


def ask(session: Session, line: str) -> None:
    """Type a command and leave its dialogue as a careful person does: nothing is changed."""
    session.type(line)
    for _ in range(8):
        if not session.is_asking:
            return
        if "NOTICE" in session.said or not session.asks.endswith("]> "):
            session.interrupt()
        else:
            session.type("")
    raise AssertionError(f"{line} is not left with Enter: {session.asks}")


def dialogue(session: Session, *lines: str) -> None:
    for line in lines:
        if line == CONTROL_C:
            session.interrupt()
        else:
            session.type(line)


def looked_at(box: Appliance) -> Session:
    """A session in which everything was looked at that the scenarios read."""
    pair = box.pair
    session = Session(box)
    for line in ("status", "version", "whoami", "showchanges", "interfaceconfig"):
        ask(session, line)
    if box.role == "sma":
        ask(session, "sslconfig")
    else:
        _esa(pair, session)
    ask(session, "status")
    return session


def _esa(pair: Pair, session: Session) -> None:
    box = session.login
    if box.clustered:
        dialogue(session, "clustermode cluster; clusterconfig list")
    else:
        ask(session, "clusterconfig")
    for line in ("deliveryconfig", "sslconfig"):  # in a cluster where they are configured
        ask(session, line)
    if box.clustered:
        dialogue(session, f"clustermode machine {box.host}")
    for line in ("routeconfig", "featurekey", "license_smart summary"):
        ask(session, line)
    if box.clustered:
        for line in ("filters", "dlpconfig", "dlpstatus", "dmarcconfig"):
            ask(session, line)
        for direction in ("1", "2"):
            dialogue(session, "policyconfig", direction)
            if session.is_asking:
                dialogue(session, CONTROL_C if "NOTICE" in session.said else "")
    to, port = sma_address(pair), quarantine_port(pair)
    name = box.in_force("delivery").interface
    names = [AUTO, *(each.name for each in box.in_force("interfaces"))]
    for chosen in dict.fromkeys((names.index(name), 0)):
        dialogue(session, "telnet", str(chosen + 1), to, str(port))
        if session.is_asking:
            dialogue(session, "QUIT")
    dialogue(session, "tlsverify", "the.cpq.host", f"{to}:{port}")
    dialogue(session, f'grep "port {port}" mail_logs', f'grep "port: {port}" mail_logs')
    dialogue(session, f'grep -e "DCID {box.dcid} " mail_logs')


def pasted(pair: Pair, folder: Path) -> Path:
    """Write one file for each box into a folder and return it."""
    folder.mkdir(parents=True, exist_ok=True)
    for host, box in pair.appliances.items():
        (folder / f"{host}.txt").write_text(looked_at(box).text + "\n", encoding="utf-8")
    return folder


def diagnosed(*folders: Path) -> Diagnosis:
    return pvo.diagnose(pvo.load(*map(str, folders)))


def statuses(diagnosis: Diagnosis) -> dict[int, str]:
    return {found.scenario: found.status for found in diagnosis.findings}
