"""``version``, ``whoami``, ``who``, ``status``: what a box is, who is logged in, how it does."""

from __future__ import annotations

from pvo_kit.simulator.eras import SMART_SINCE, era
from pvo_kit.simulator.gate import stamp
from pvo_kit.simulator.session import Session

GROUPS = {"admin": "admin, operators, config, log, guest"}
_NEVER = "Never"


def version(session: Session, words: list[str]) -> None:
    """Print product, model and release."""
    box, words_of = session.box, era(session.pair.era).box(session.box.role)
    session.say(
        "",
        "Current Version",
        "===============",
        f"Product: {box.product}",
        f"Model: {box.model}",
        f"Version: {box.version}",
        f"Build Date: {words_of.built}",
        f"Install Date: {words_of.built} 11:27:09",
        f"Serial #: {box.serial}",
        "BIOS: 6.00",
    )
    if box.role == "sma" and box.release >= (15,):
        session.say("CPUs: 2 expected, 2 allocated", "Memory: 8192 MB expected, 8192 MB allocated")
    session.say("RAID: NA")


def whoami(session: Session, words: list[str]) -> None:
    """Print the account of the session; an administrator has the group admin."""
    user = session.user
    session.say(
        "",
        f"Username: {user.name}",
        f"Full Name: {user.full_name}",
        f"Groups: {GROUPS.get(user.role, user.role)}",
    )


def who(session: Session, words: list[str]) -> None:
    """Print the sessions; the simulator shows its own."""
    session.say(
        "",
        "Username  Login Time  Idle Time  Remote Host  What",
        "========  ==========  =========  ===========  ====",
        f"{session.user.name:<9} 03:27PM     0s         192.0.2.50   cli",
    )


def status(session: Session, words: list[str]) -> None:
    """Print the system's status; ``status detail`` prints rates and more gauges too."""
    box, clock = session.box, session.pair.clock
    up = stamp(box.up_since)
    detail = words == ["detail"]
    if not detail:
        session.say("", 'Enter "status detail" for more information.')
    session.say(
        "",
        f"Status as of:                  {stamp(clock)} GMT",
        f"Up since:                      {up} GMT ({_span(clock - box.up_since)})",
        f"Last counter reset:            {_NEVER}",
        f"System status:                 {_state(session)}",
        "Oldest Message:                No Messages",
    )
    if box.role == "esa":
        _features(session)
    if detail:
        session.say(*_RATES)
    if box.role == "esa" or detail:
        session.say(*_COUNTERS, f"    Delivery Conn. ID (DCID)               {box.dcid:>24}")
        session.say(*_GAUGES)


def leave(session: Session, words: list[str]) -> None:
    """End the session."""
    session.is_over = True


def _state(session: Session) -> str:
    box = session.box
    receiving = [name for name in box.listening() if name not in box.suspended]
    stopped = bool(box.listening()) and not receiving
    if stopped and box.delivery_suspended:
        return "Offline"
    if stopped:
        return "Receiving suspended"
    return "Delivery suspended" if box.delivery_suspended else "Online"


def _features(session: Session) -> None:
    if session.box.release < SMART_SINCE:
        for key in session.box.keys:
            label = f"Feature - {key.label}:"
            left = key.state if key.state != "Active" else key.left
            session.say(f"{label:<30} {left}")


def _span(seconds: int) -> str:
    days, rest = divmod(seconds, 86_400)
    hours, rest = divmod(rest, 3_600)
    minutes, rest = divmod(rest, 60)
    parts = [(days, "d"), (hours, "h"), (minutes, "m"), (rest, "s")]
    return " ".join(f"{count}{unit}" for count, unit in parts if count) or "0s"


_RATES = (
    "",
    "Rates (Events Per Hour):            1-Minute       5-Minutes      15-Minutes",
    "  Receiving",
    "    Messages Received                      0               3              12",
    "  Completion",
    "    Completed Recipients                   0               3              12",
)
_COUNTERS = (
    "",
    "Counters:                               Reset          Uptime        Lifetime",
    "  Receiving",
    "    Messages Received                   1,204             290           1,204",
    "  Rejection",
    "    Rejected Recipients                    39              11              39",
    "  Completion",
    "    Completed Recipients                1,160             279           1,160",
    "  Current IDs",
    "    Message ID (MID)                                                     1204",
    "    Injection Conn. ID (ICID)                                            5118",
)
_GAUGES = (
    "",
    "Gauges:                              Current",
    "  System",
    "    RAM Utilization                     10%",
    "    CPU Utilization",
    "      MGA                                0%",
    "    Resource Conservation                0",
    "    Logging Disk Usage                   4%",
    "  Connections",
    "    Current Inbound Conn.                0",
    "    Current Outbound Conn.               1",
    "  Queue",
    "    Active Recipients                    1",
    "    Messages In Work Queue               0",
    "    Kilobytes Used                      92",
    "    Kilobytes Free               8,388,516",
    "  Quarantine",
    "    Messages In Quarantine",
    "      Policy, Virus and Outbreak         0",
)
