"""Which interface an address is reached from."""

from __future__ import annotations

from ipaddress import ip_address, ip_interface, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pvo_kit.evidence import Moment
from pvo_kit.facts import Interface, Route
from pvo_kit.network import reaching, to_address

FACT = {"host": None, "moment": Moment("f", 1), "citations": ()}


def interface(name: str, address: str | None) -> Interface:
    return Interface(name=name, address=ip_interface(address) if address else None, **FACT)


def route(destination: str, gateway: str) -> Route:
    return Route(name="r", destination=ip_network(destination), gateway=gateway, **FACT)


IN = interface("In", "192.168.1.1/24")
MANAGEMENT = interface("Management", "10.172.12.18/24")
BOTH = [IN, MANAGEMENT]
SMA = "10.172.12.17"
FAR = "172.20.5.5"


def names(target: str, interfaces: list[Interface], *routes: Route) -> list[str]:
    return [item.name for item in reaching(target, interfaces, routes)]


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        (SMA, ["Management"]),
        ("192.168.1.77", ["In"]),
        (" 10.172.12.17 ", ["Management"]),
        (FAR, []),
        ("sma.example.com", []),
        ("", []),
        ("2001:db8::1", []),
    ],
)
def test_the_subnet_decides(target: str, expected: list[str]) -> None:
    assert names(target, BOTH) == expected


def test_two_on_one_subnet_are_both_told() -> None:
    second = interface("Data 2", "10.172.12.40/24")
    assert names(SMA, [*BOTH, second]) == ["Management", "Data 2"]


def test_an_interface_without_an_address_reaches_nothing() -> None:
    assert names(SMA, [interface("Data", None)]) == []


@pytest.mark.parametrize(
    ("routes", "expected"),
    [
        ([route("172.20.0.0/16", "192.168.1.254")], ["In"]),
        ([route("172.21.0.0/16", "192.168.1.254")], []),
        ([route("172.20.0.0/16", "10.99.0.1")], []),  # nobody has that gateway on its subnet
        ([route("172.20.0.0/16", "gw.example.com")], []),
        ([route("0.0.0.0/0", "192.168.1.254")], []),  # the default gateway tells nothing
        ([route("172.20.0.0/16", "192.168.1.254"), route("172.20.5.0/24", "10.172.12.1")],
         ["Management"]),
        ([route("172.20.5.0/24", "10.172.12.1"), route("172.16.0.0/12", "192.168.1.254")],
         ["Management"]),
        ([route("172.20.5.0/24", "10.172.12.1"), route("172.20.5.0/24", "192.168.1.254")],
         ["In", "Management"]),
        ([route("172.20.5.0/24", "192.168.1.253"), route("172.20.5.0/24", "192.168.1.254")],
         ["In"]),
        ([route("2001:db8::/32", "2001:db8::1")], []),
    ],
)  # fmt: skip
def test_else_the_narrowest_route(routes: list[Route], expected: list[str]) -> None:
    assert names(FAR, BOTH, *routes) == expected


def test_the_own_subnet_outranks_a_route() -> None:
    assert names(SMA, BOTH, route("10.172.12.17/32", "192.168.1.254")) == ["Management"]


def test_ipv6() -> None:
    data = interface("Data", "2001:db8:1::5/64")
    assert names("[2001:db8:1::9]", [*BOTH, data]) == ["Data"]
    assert names("2001:db8:2::9", [*BOTH, data], route("2001:db8:2::/48", "2001:db8:1::1")) == [
        "Data"
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("10.1.1.1", ip_address("10.1.1.1")),
        ("[2001:db8::1]", ip_address("2001:db8::1")),
        (" 10.1.1.1\n", ip_address("10.1.1.1")),
        ("10.1.1", None),
        ("10.1.1.256", None),
        ("10.1.1.1/24", None),
        ("10.1.1.1:7025", None),
        ("1", None),
        ("", None),
        (None, None),
    ],
)
def test_to_address(text: str | None, expected: object) -> None:
    assert to_address(text) == expected


ADDRESSES = st.ip_addresses()


@given(ADDRESSES, st.integers(1, 32), ADDRESSES)
def test_what_is_reached_is_on_the_subnet(own: object, prefix: int, target: object) -> None:
    item = interface("x", f"{own}/{prefix}")
    assert item.address
    is_near = str(target) in map(str, [item.address.ip]) or target in item.address.network
    assert bool(names(str(target), [item])) == is_near
    assert names(str(own), [item]) == ["x"]


@given(st.text())
def test_no_target_breaks_it(target: str) -> None:
    assert names(target, BOTH, route("172.20.0.0/16", target)) in ([], ["In"], ["Management"])
