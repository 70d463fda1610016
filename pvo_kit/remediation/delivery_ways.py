"""The other remedies of scenario 3: they keep the interface that mail leaves from.

A static route, a rule of the firewall in between, or another interface on which the SMA listens.
Sources: user guides 8.0 and 9 (how a way is chosen), public CLI test code (the questions of
``routeconfig`` > NEW; releases with IPv6 routes ask for the kind first), the article on setting up
the quarantines (both directions of the port).
"""

from __future__ import annotations

from collections.abc import Iterator

from pvo_kit.case import Case
from pvo_kit.network import to_address
from pvo_kit.remediation import boxes, committing, pages, seen
from pvo_kit.remediation.boxes import Box
from pvo_kit.remediation.remedy import Remedy, Step
from pvo_kit.remediation.values import Refused

ROUTE_NAME = "SMA"
KIND = seen.Pattern("routeconfig", r"configure\s+routes\s+for")
KEEPS = "All other mail keeps its source address."


def ways(case: Case, host: str | None, box: Box, old: str | Refused) -> tuple[Remedy, ...]:
    """Return the static route, the firewall rule, and the SMA's other interface."""
    name = "the interface in use" if isinstance(old, Refused) else old
    return (_route(case, host, box, name), _firewall(case, host, box, name), _listen(case, name))


def _route(case: Case, host: str | None, box: Box, name: str) -> Remedy:
    target, port = boxes.sma_address(case, host), boxes.pvo_port(case)
    connected = [
        item.name
        for item in boxes.interfaces(case, host)
        if item.address and (to := to_address(target)) and to in item.address.network
    ]
    doubt = (f" Here it will not help: {target} lies on the subnet of {connected[0]}, and a subnet "
             "of its own outranks a route." if connected else "")  # fmt: skip
    return Remedy(
        title=f"Add a static route to the SMA instead of Auto, so that {name} reaches it",
        when="Prefer it where the source address of other mail must not change and a router on "
             f"that interface's network leads to the SMA.{doubt}",
        appliance=(box.name,),
        precondition=(committing.save(box),
                      f"Note the routes that routeconfig lists on {box.called}.",
                      f"Know the gateway: an address on the subnet of {name}."),
        steps=tuple(_route_steps(case, host, box, target)),
        effect=f"Only traffic to {target} takes the new way. {KEEPS}",
        risk="A wrong gateway cuts the ESA off from the SMA altogether (reporting, tracking, spam "
             "quarantine too).",
        verify=(f"On {box.called}, telnet: interface {name}, host {target}, port {port}: a line "
                "that begins with 220; then QUIT.",),
        rollback=committing.way_back(box, f"routeconfig > DELETE: the route {ROUTE_NAME}, "
                                          "commit."),
    )  # fmt: skip


def _route_steps(case: Case, host: str | None, box: Box, target: str) -> Iterator[Step]:
    machine = boxes.own_mode(box)
    prompt = boxes.prompt(machine) if machine else box.prompt
    yield from boxes.switch(box.prompt, box.mode, machine)
    yield Step(prompt, "routeconfig")
    if box.since(13):
        kind = "IPv6" if ":" in target else "IPv4"
        yield seen.pick(case, host, KIND, kind, "Configure routes for:")
    asked = "" if box.release else "newer releases ask first for the kind of route (IPv4 or IPv6)"
    yield Step("[]> ", "NEW", asks="Choose the operation you want to perform:", note=asked)
    yield Step("[]> ", ROUTE_NAME, asks="Create a name for the route.")
    yield Step("[]> ", target, asks="The destination: an address, or a network like 192.0.2.0/24.")
    yield Step("[]> ", "<gateway>", asks="The IP address of the gateway.")
    yield Step("[]> ", "", note="Enter leaves the menu; where it asks for the kind of route again, "
                                "Enter once more")  # fmt: skip
    yield from committing.review_and_commit(box, prompt, "static route to the SMA")


def _firewall(case: Case, host: str | None, box: Box, name: str) -> Remedy:
    target, port = boxes.sma_address(case, host), boxes.pvo_port(case)
    own = next(
        (
            str(item.address.ip)
            for item in boxes.interfaces(case, host)
            if item.address and item.name.lower() == name.lower()
        ),
        f"the address of {name}",
    )
    return Remedy(
        title=f"Open the way from {name} to the SMA in the network, instead of Auto",
        when=f"Prefer it where a firewall stands between {name} and the SMA and drops the port "
             "(timeouts although a route exists).",
        appliance=(box.name,),
        precondition=("Whoever runs the firewall agrees; note its old rule.",
                      "No saveconfig is needed: nothing changes on the ESA."),
        steps=(Step(gui=f"Firewall between {own} and {target}: allow TCP {port} in both "
                        "directions, without SMTP inspection. Released mail comes back to the "
                        "ESA's own quarantine port."),),
        effect=f"The ESA keeps {name} for all mail. {KEEPS}",
        risk="The ESA's mail flow is not touched; open the port for these two addresses only.",
        verify=(f"On {box.called}, telnet: interface {name}, host {target}, port {port}: a line "
                "that begins with 220; then QUIT.",),
        rollback=("Take the firewall's rule back.",),
    )  # fmt: skip


def _listen(case: Case, name: str) -> Remedy:
    sma, port = boxes.boxes(case, "sma")[0], boxes.pvo_port(case)
    return Remedy(
        title=f"Let the SMA listen on an interface that {name} reaches, instead of Auto",
        when="Prefer it where the SMA has an address in a network that the ESAs deliver from "
             "anyway.",
        appliance=(sma.name,),
        precondition=(committing.save(sma),
                      "Note the interface and port that the page shows now."),
        steps=(Step(gui=pages.on(sma, f"{pages.SMA_PVO} > Edit Settings: the other IP interface, "
                                      f"port {port}, Submit.")),
               Step(gui=pages.commit(sma, "interface of the central quarantines"))),
        effect="Every ESA of this SMA sends its quarantined mail to the new address.",
        risk="ESAs for which the quarantines work today may lose their way to the SMA.",
        verify=(f"On each ESA, telnet from its default interface to the new address, port {port}: "
                "a line that begins with 220; then QUIT.",),
        rollback=("The same page: the old interface, Submit, Commit Changes.",),
    )  # fmt: skip
