"""What if an ESA delivered from another interface (scenario 3).

A telnet is made from an interface that was chosen by hand, and a delivery names its own: what they
show of one interface stays true whatever the default is, and tells nothing of another. So no fact
is taken out; the reading of the default is all that is new. ``Auto`` passes the rule by itself,
whether or not AsyncOS then finds a way: what the subnets, routes and telnets tell of that is said.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pvo_kit.case import Case, newest
from pvo_kit.errors import InputError
from pvo_kit.facts import AUTO, DeliveryChange, DeliveryInterface, Interface, Route
from pvo_kit.network import reaching, to_address
from pvo_kit.remediation.boxes import sma_address
from pvo_kit.scenarios.changes import since
from pvo_kit.scenarios.reaching import Way
from pvo_kit.what_if.altering import Altered, names, origin, with_facts
from pvo_kit.what_if.changes import DeliverFrom

GOES_BY = "SPF, reverse DNS, allow-lists of partners, NAT and firewall rules go by it."


def alter(case: Case, change: DeliverFrom) -> Altered:
    """Add the reading of another default interface."""
    if change.host not in case.esas:
        raise InputError(f"{change.host} is no ESA of this evidence; it knows: {names(case.esas)}")
    name = _named(case, change)
    old = default(case, change.host)
    if old and old.name.lower() == name.lower() and not _changed(case, old):
        return Altered(case, (f"{name} is the default delivery interface already.",))
    text = f"Default interface to deliver mail: {name}"
    new = DeliveryInterface(
        name=name,
        host=old.host if old else change.host,
        level=old.level if old else None,
        place=old.place if old else None,
        **origin(case, text),
    )
    altered = with_facts(case, [new])
    hosts = [host for host in case.esas if new in altered.in_force(DeliveryInterface, host)]
    return Altered(
        altered,
        tuple(line for host in hosts for line in _effects(case, host, old, name))
        + tuple(_members(new, hosts)),
        tuple(line for host in hosts for line in _doubts(case, host, name)),
    )


def default(case: Case, host: str | None) -> DeliveryInterface | None:
    """Return the default interface of an ESA as last read, None where it was not."""
    readings = newest(case.in_force(DeliveryInterface, host))
    return readings[-1] if readings else None


def known(case: Case, host: str | None) -> list[str]:
    """Return ``Auto`` and the names of an ESA's interfaces that the evidence holds, in its order.

    A name that only a telnet or a reading of the default tells counts too.
    """
    told = [item.name for item in listed(case, host)]
    told += [probe.interface for probe in case.probes(host) if probe.interface]
    told += [reading.name for reading in case.holding(DeliveryInterface, host)]
    by_name = {name.lower(): name for name in reversed([AUTO, *told])}
    return list(dict.fromkeys(by_name[name.lower()] for name in (AUTO, *told)))


def listed(case: Case, host: str | None) -> list[Interface]:
    """Return an ESA's interfaces with what is known of them; the newest listing counts."""
    return Way(case, host, AUTO).interfaces


def chosen(case: Case, host: str | None, target: str | None) -> tuple[Interface | None, str]:
    """Return the interface that ``Auto`` takes to an address, and why; None where nothing tells.

    Without a target: to the internet, by the default gateway.
    """
    interfaces, routes = listed(case, host), case.all(Route, host)
    address = to_address(target)
    if target and address:
        for item in reaching(target, interfaces, routes):
            is_beside = item.address and address in item.address.network
            why = "its subnet holds the address" if is_beside else "a static route leads through it"
            return item, why
    ways = [to_address(route.gateway) for route in routes if not route.destination.prefixlen]
    for item in interfaces:
        if item.address and any(way and way in item.address.network for way in ways):
            return item, "the default gateway lies on its subnet"
    return None, ""


def told(item: Interface | None, name: str) -> str:
    """Return an interface in words: ``Management, 192.0.2.18 (subnet 192.0.2.0/24, HELO ...)``."""
    if item is None or item.address is None:
        return name
    helo = f", HELO {item.hostname}" if item.hostname else ""
    return f"{name}, {item.address.ip} (subnet {item.address.network}{helo})"


def _named(case: Case, change: DeliverFrom) -> str:
    """The interface as the evidence writes it."""
    names_ = known(case, change.host)
    wanted = change.interface.strip().lower()
    found = next((name for name in names_ if name.lower() == wanted), None)
    if found is None:
        raise InputError(
            f"{change.host} has no interface {change.interface!r} in this evidence; "
            f"it knows: {', '.join(names_)}"
        )
    return found


def _changed(case: Case, old: DeliveryInterface) -> bool:
    return bool(since(case.holding(DeliveryChange, old.host), [old]))


def _effects(
    case: Case, host: str | None, old: DeliveryInterface | None, name: str
) -> Iterator[str]:
    box, target = host or "the ESA", sma_of(case, host)
    before = _by_name(case, host, old.name) if old else None
    instead = f" instead of {told(before, old.name)}" if old else ""
    if name != AUTO:
        yield (
            f"Outbound mail of {box} would leave from {told(_by_name(case, host, name), name)}"
            f"{instead}: {GOES_BY}"
        )
        if target and any(item.name == name for item in _towards(case, host, target)):
            yield f"Subnets and routes of {box} lead to the SMA ({target}) from {name}."
        return
    to_sma, why = chosen(case, host, target)
    if target and to_sma:
        yield f"To the SMA ({target}) AsyncOS would take {told(to_sma, to_sma.name)}: {why}."
    other, why = chosen(case, host, None)
    if other:
        yield (
            f"Mail of {box} to the internet would leave from {told(other, other.name)}"
            f"{instead}: {why}. {GOES_BY}"
        )


def _members(new: DeliveryInterface, hosts: Sequence[str | None]) -> Iterator[str]:
    if new.level in ("group", "cluster"):
        yield (
            f"It is set at {new.level} {new.place or ''}".rstrip()
            + f": it holds for {names(hosts)} at once, and each needs an interface of that name."
        )


def _doubts(case: Case, host: str | None, name: str) -> Iterator[str]:
    box, target = host or "the ESA", sma_of(case, host)
    if target is None:
        yield f"The SMA's address is not in the evidence, so no way from {box} to it can be told."
    if name != AUTO:
        if not Way(case, host, name).own:
            yield (
                f"Nothing was tried from {name} of {box} to port {case.port}: a telnet from it "
                "tells before anything is changed."
            )
        if not any(item.address for item in listed(case, host) if item.name == name):
            yield f"The address of {name} on {box} is not in the evidence."
        return
    yield from _auto_doubts(case, host, target)
    if not chosen(case, host, None)[0]:
        yield (
            f"From which address {box} would send other mail is not known: setgateway and "
            "interfaceconfig show it."
        )


def _auto_doubts(case: Case, host: str | None, target: str | None) -> Iterator[str]:
    """Whether the way that Auto takes to the SMA works: the rule does not ask."""
    box, (to_sma, _) = host or "the ESA", chosen(case, host, target)
    tried = [name for name in (AUTO, to_sma.name if to_sma else None) if name]
    ends = {name: Way(case, host, name).ends for name in tried}
    if any(found == {"banner"} for found in ends.values()):
        silent = [name for name, found in ends.items() if "banner" not in found and found]
        if silent:
            yield (
                f"From {silent[0]} of {box} port {case.port} did not answer, although it did "
                f"from {', '.join(name for name in tried if name not in silent)}: telnet once "
                "more from Auto."
            )
        return
    bad = [name for name, found in ends.items() if found]
    if bad:
        yield (
            f"From {' and '.join(bad)} of {box} port {case.port} gave no 220: with Auto the SMA "
            "would not be reached either (E2)."
        )
    else:
        yield (
            f"No telnet from {' or '.join(tried)} of {box} was captured: whether port "
            f"{case.port} answers there is not known."
        )


def _by_name(case: Case, host: str | None, name: str) -> Interface | None:
    return next((item for item in listed(case, host) if item.name.lower() == name.lower()), None)


def _towards(case: Case, host: str | None, target: str) -> list[Interface]:
    return reaching(target, listed(case, host), case.all(Route, host))


def sma_of(case: Case, host: str | None) -> str | None:
    """The SMA's address as this ESA's tests name it, None where none does."""
    address = sma_address(case, host)
    return address if to_address(address) else None
