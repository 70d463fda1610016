"""THE table of commands: every command that the kit knows, once.

The parsers, the list of what to ask for and the documentation derive from it. One row a command;
a new one is added by one row here and one module in ``parsers``. Only read-only use is listed:
how a command's menu is left again stands in ``leave``.

Sources: the technote on greyed-out centralised quarantines (status, resume, deliveryconfig,
telnet, tlsverify, sslconfig, commit, clusterconfig), AsyncOS user guides (cluster modes), and
public CLI test code for the wording of answers. Which account is enough is from memory.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from pvo_kit.evidence import Level, Role
from pvo_kit.facts import Fact
from pvo_kit.parsers import (
    clusterconfig,
    commit,
    deliveryconfig,
    features,
    interfaces,
    levels,
    logs,
    showchanges,
    sslconfig,
    status,
    suspension,
    telnet,
    tlsverify,
    version,
    whoami,
)
from pvo_kit.parsers.reading import Reading

Parser = Callable[[Reading], Sequence[Fact]]

BOTH: tuple[Role, ...] = ("esa", "sma")
ESA: tuple[Role, ...] = ("esa",)
SMA: tuple[Role, ...] = ("sma",)


@dataclass(frozen=True, slots=True)
class Command:
    """One command: where it runs, who may run it, how to leave it, what reads its answer.

    ``mode`` is the cluster mode that it is restricted to (None: any). ``ask`` is the text to type
    where it is more than the name. ``leave`` tells a person how to end its dialogue without
    changing anything. ``signature`` is a pattern that its answer alone holds, for a paste that
    begins in the middle.
    ``tells_role`` marks commands that only one kind of appliance has.
    """

    name: str
    roles: tuple[Role, ...]
    about: str
    parser: Parser | None = None
    scenarios: tuple[int, ...] = ()
    mode: Level | None = None
    ask: str = ""
    leave: str = ""
    access: str = "administrator"
    signature: str = ""
    tells_role: bool = False

    def recognises(self, text: str) -> bool:
        """Return True where a text without a prompt shows this command's answer."""
        return bool(
            self.signature and re.search(self.signature, text, re.MULTILINE | re.IGNORECASE)
        )

    @property
    def typed(self) -> str:
        """The text to type at the prompt."""
        return self.ask or self.name


MENU = "leave the menu with Enter"
CTRL_C = "at a NOTICE press Ctrl-C, never Enter; at a menu press Enter"

COMMANDS: tuple[Command, ...] = (
    Command("status", BOTH, "System status and the time it was read", status.parse, (1, 5),
            mode="machine", signature=r"^\s*System status:[ ]+\w"),
    Command("version", BOTH, "Product, model and AsyncOS version", version.parse, (1,),
            signature=r"^\s*Product:\s.*(?:\n\s*)+Model:"),
    Command("whoami", BOTH, "The account of this session and its groups", whoami.parse, (2,),
            signature=r"^\s*Username:\s.*\n(?:.*\n){0,3}\s*Groups:"),
    Command("resume", BOTH, "Resumes receiving and delivery (a change)", suspension.parse, (1,),
            mode="machine",
            signature=r"^\s*(?:Receiving resumed for|No listeners were resumed)"),
    Command("suspend", BOTH, "Suspends receiving and delivery (a change)", suspension.parse, (1,),
            mode="machine", signature=r"^\s*Receiving suspended for"),
    Command("resumelistener", BOTH, "Resumes listeners (a change)", suspension.parse, (1,),
            mode="machine"),
    Command("suspendlistener", BOTH, "Suspends listeners (a change)", suspension.parse, (1,),
            mode="machine"),
    Command("resumedel", BOTH, "Resumes delivery (a change)", suspension.parse, (1,),
            mode="machine"),
    Command("suspenddel", BOTH, "Suspends delivery (a change)", suspension.parse, (1,),
            mode="machine"),
    Command("resumetransfers", SMA, "Resumes transfers (a change)", suspension.parse, (1,),
            signature=r"^\s*Transfers resumed", tells_role=True),
    Command("suspendtransfers", SMA, "Suspends transfers (a change)", suspension.parse, (1,),
            signature=r"^\s*Transfers suspended", tells_role=True),
    Command("deliveryconfig", ESA, "The default interface that mail is delivered from",
            deliveryconfig.parse, (3,), leave=MENU,
            signature=r"^\s*Default interface to deliver mail:", tells_role=True),
    Command("interfaceconfig", BOTH, "IP interfaces, their addresses and names",
            interfaces.parse_interfaces, (3, 6), mode="machine", leave=MENU,
            signature=r"^\s*Currently configured interfaces:"),
    Command("routeconfig", BOTH, "Static routes", interfaces.parse_routes, (3,), mode="machine",
            leave=MENU, signature=r"^\s*Currently configured routes:"),
    Command("setgateway", BOTH, "The default gateway", interfaces.parse_gateway, (3,),
            mode="machine", leave="leave with Ctrl-C"),
    Command("telnet", BOTH, "A test connection from a chosen interface", telnet.parse, (1, 3),
            mode="machine", leave="after the answer type QUIT",
            signature=r"interface you want to telnet from|^\s*telnet: (?:connect|Unable)"),
    Command("tlsverify", ESA, "A TLS session to a destination, step by step", tlsverify.parse,
            (3, 4), signature=r"^\s*TLS connection established: protocol|"
                                         r"^\s*TLS verification completed", tells_role=True),
    Command("sslconfig", BOTH, "TLS methods and cipher strings", sslconfig.parse, (4,), leave=MENU,
            signature=r"^\s*sslconfig settings:"),
    Command("featurekey", BOTH, "Feature keys, their state and expiry", features.parse_keys, (5,),
            mode="machine", leave=MENU,
            signature=r"^\s*Module\s+(?:Quantity\s+)?(?:Status\s+)?Remaining"),
    Command("license_smart", BOTH, "Smart licences", features.parse_licences, (5,),
            mode="machine", leave="choose SUMMARY, then " + MENU, access="administrator",
            signature=r"^\s*Feature ?Name\s+License ?Authori[sz]ation ?Status"),
    Command("clusterconfig", ESA, "Members, groups and their connections", clusterconfig.parse,
            (5, 6), mode="cluster", ask="clusterconfig list", tells_role=True,
            signature=r"^\s*Group \S+:\s*\n\s*Machine \S+ \(Serial"),
    Command("clustermode", ESA, "Chooses the cluster mode of this session", None, (6,),
            tells_role=True),
    Command("filters", ESA, "Message filters; shows the level at which they are configured",
            levels.parse, (6,), mode="machine", leave=CTRL_C, tells_role=True),
    Command("policyconfig", ESA, "Mail policies and content filters; shows their level",
            levels.parse, (6,), mode="machine", leave=CTRL_C, tells_role=True),
    Command("dlpconfig", ESA, "DLP settings where the release has the command; shows their level",
            levels.parse, (6,), mode="machine", leave=CTRL_C, tells_role=True),
    Command("dlpstatus", ESA, "The DLP engine", levels.parse, (6,), mode="machine",
            tells_role=True),
    Command("dmarcconfig", ESA, "DMARC profiles; shows the level at which they are configured",
            levels.parse, (6,), mode="machine", leave=CTRL_C, tells_role=True),
    Command("commit", BOTH, "Commits what is pending (a change)", commit.parse, (2,),
            signature=r"^\s*Changes committed:"),
    Command("showchanges", BOTH, "What is pending in this session", showchanges.parse, (2,)),
    Command("grep", BOTH, "Lines of a log", logs.parse, (4,), ask='grep "port 7025" mail_logs'),
    Command("findevent", ESA, "A message's lines in a log", logs.parse, (4,), tells_role=True),
    Command("tail", BOTH, "The end of a log", logs.parse, (4,), leave="stop with Ctrl-C"),
    Command("logconfig", BOTH, "Log subscriptions", logs.parse_subscriptions, (4,), leave=MENU),
)  # fmt: skip

LOG_COMMANDS = frozenset({"grep", "findevent", "tail"})

_BY_NAME = {command.name: command for command in COMMANDS}


def find(typed: str) -> Command | None:
    """Return the row of a command as it was typed, or None; case does not matter.

    Of several commands on one line (``clustermode machine x; featurekey``) the last one counts.
    """
    words = typed.rpartition(";")[2].split()
    return _BY_NAME.get(words[0].lower()) if words else None


def command(name: str) -> Command:
    """Return the row of a command by its exact name; a KeyError is a mistake in the kit."""
    return _BY_NAME[name]
