"""``interfaceconfig``, ``routeconfig``, ``setgateway``: addresses and ways of a box."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from ipaddress import ip_address, ip_interface, ip_network

from pvo_kit.simulator.commands import asking
from pvo_kit.simulator.session import Dialogue, Session
from pvo_kit.simulator.settings import Interface, Route

_IP_VERSION_SINCE = (13,)  # public CLI test code of 13.0 chooses IPv4 or IPv6 first
_KINDS = ("IPv4", "IPv6")


def entry(item: Interface) -> str:
    """Return an interface as menus of other commands show it."""
    return f"{item.name} ({item.address}: {item.hostname})"


def interfaceconfig(session: Session, words: list[str]) -> Dialogue:
    """List the interfaces; EDIT changes name, address and host name of one."""
    session.say("")
    while True:
        owned: tuple[Interface, ...] = session.read("interfaces")
        session.say("Currently configured interfaces:")
        session.say(
            *(
                f"{number}. {each.name} ({each.address} on {each.jack}: {each.hostname})"
                for number, each in enumerate(owned, 1)
            ),
            "",
        )
        if not (yield from asking.operation(session, {"EDIT": "Modify an interface."})):
            return
        session.say("Choose the interface to edit.")
        index = yield from asking.pick(session, [entry(each) for each in owned])
        changed = yield from _edited(session, owned[index])
        session.write("interfaces", (*owned[:index], changed, *owned[index + 1 :]),
                      session.box.own_mode)  # fmt: skip


def _edited(session: Session, item: Interface) -> asking.Asking[Interface]:
    name = yield from asking.value(session, "IP interface name:", item.name)
    while True:
        question = "IPv4 Address and Netmask (Ex: 192.168.1.2/24):"
        address = yield from asking.value(session, question, item.address)
        if _is_valid(address, ip_interface):
            break
        session.say("The address is not valid.", "")
    hostname = yield from asking.value(session, "Hostname:", item.hostname)
    return replace(item, name=name, address=address, hostname=hostname)


def _is_valid(text: str, kind: Callable[[str], object]) -> bool:
    try:
        kind(text)
    except ValueError:
        return False
    return True


def routeconfig(session: Session, words: list[str]) -> Dialogue:
    """List the static routes; NEW adds one, DELETE takes one away."""
    kind = "IPv4"
    session.say("")
    if session.box.release >= _IP_VERSION_SINCE:
        session.say("Configure routes for:")
        kind = _KINDS[(yield from asking.pick(session, _KINDS))]
    while True:
        every: tuple[Route, ...] = session.read("routes") or ()
        routes = tuple(route for route in every if (":" in route.destination) == (kind == "IPv6"))
        session.say("Currently configured routes:" if routes else "There are no routes configured.")
        session.say(*(f"{number}. {_told(route)}" for number, route in enumerate(routes, 1)), "")
        operations = {"NEW": "Create a new route."}
        if routes:
            operations["DELETE"] = "Remove a route."
        chosen = yield from asking.operation(session, operations)
        if not chosen:
            return
        if chosen == "NEW":
            every = (*every, (yield from _new_route(session)))
        else:
            session.say("Choose the route to delete.")
            index = yield from asking.pick(session, [_told(route) for route in routes])
            every = tuple(route for route in every if route != routes[index])
        session.write("routes", every, session.box.own_mode)


def _told(route: Route) -> str:
    return f"{route.name} Destination: {route.destination} Gateway: {route.gateway}"


def _new_route(session: Session) -> asking.Asking[Route]:
    name = yield from asking.value(session, "Please create a name for the route:")
    while True:
        question = "Please enter the destination IPv4 address to match on. CIDR addresses are also "
        session.say(question)
        destination = yield from asking.value(session, "acceptable (i.e. 192.168.42.0/24):")
        gateway = yield from asking.value(
            session, "Please enter the gateway IP address for this route:"
        )
        try:
            network = ip_network(destination)
            return Route(name, str(network), str(ip_address(gateway)))
        except ValueError:
            session.say("The address is not valid.", "")


def setgateway(session: Session, words: list[str]) -> Dialogue:
    """Ask for the default gateway; the default answer is the one in force."""
    session.say("")
    if session.box.release >= _IP_VERSION_SINCE:
        session.say("Choose the IP version for which you want to set the gateway.")
        yield from asking.pick(session, _KINDS)
    session.say(
        "Warning: setting an incorrect default gateway may cause the current connection",
        "to be interrupted when the changes are committed.",
    )
    now = session.read("gateway") or ""
    while True:
        typed = yield from asking.value(session, "Enter new default gateway:", now)
        if _is_valid(typed, ip_address):
            break
        session.say("The address is not valid.", "")
    if typed != now:
        session.write("gateway", typed, session.box.own_mode)
