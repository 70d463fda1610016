"""No value of the evidence gets into a remedy that does not satisfy its own syntax."""

from __future__ import annotations

import re
from collections.abc import Callable
from ipaddress import ip_address, ip_interface, ip_network
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pvo_kit import scenarios
from pvo_kit.appliances import Appliance
from pvo_kit.case import Case
from pvo_kit.evidence import Citation, ErrorText, Evidence, Level, Moment, Role
from pvo_kit.facts import (
    Account,
    CipherChange,
    CipherSetting,
    DeliveryInterface,
    Fact,
    Interface,
    Key,
    KeyTable,
    MachineRemoved,
    Membership,
    PendingChanges,
    PortProbe,
    Release,
    Route,
    SettingLevel,
    Suspension,
    TlsProbe,
)
from pvo_kit.remediation import Refused, Remedy, remedy, values
from pvo_kit.scenarios.verdict import finding

CHECKS: dict[str, Callable[[str], str | Refused]] = {
    "host": values.host,
    "address": values.address,
    "target": values.target,
    "interface": values.interface_name,
    "place": values.place_name,
    "machine": values.machine_name,
    "ciphers": values.cipher_string,
    "module": values.module_name,
    "port": values.port,
    "count": values.count,
}
SYNTAX = {
    "host": r"[\w-]+(\.[\w-]+)*\.?",
    "interface": r"[\w .-]+",
    "place": r"[\w .-]+",
    "machine": r"[\w-]+(\.[\w-]+)*\.?",
    "ciphers": r"[\w!+@=.:,-]+",
    "module": r"[\w .,/()+-]+",
    "port": r"\d{1,5}",
    "count": r"\d{1,7}",
}
NEVER = re.compile(r"[^ -~]|[;&|$`<>{}\\\"'*?#~^\[\]]")

# --- The syntaxes ---------------------------------------------------------------------------------

GOOD = [
    ("host", "mx.example.com"),
    ("host", "esa1"),
    ("host", "mail_1.example.com."),
    ("address", "198.51.100.17"),
    ("address", "2001:db8::7"),
    ("target", "sma.example.com"),
    ("target", "198.51.100.17"),
    ("interface", "Management"),
    ("interface", "Data 1"),
    ("interface", "in_2.a"),
    ("place", "Main_Group"),
    ("place", "Main Cluster"),
    ("ciphers", "RC4-SHA:RC4-MD5:ALL"),
    ("ciphers", "-aNULL:ALL"),
    ("ciphers", "ECDH+aRSA:!aNULL:@STRENGTH:@SECLEVEL=1"),
    ("module", "Data Loss Prevention"),
    ("module", "Anti-Spam (30 days)"),
    ("port", "7025"),
    ("count", "12"),
]


@pytest.mark.parametrize(("kind", "value"), GOOD)
def test_a_value_within_its_syntax_is_returned_as_it_is(kind: str, value: str) -> None:
    assert CHECKS[kind](value) == value


BAD = [
    ("host", "", "is empty"),
    ("host", "mx.example.com\n", "holds a line break"),
    ("host", "mx\x00.example.com", "holds a control character"),
    ("host", "mx\x1b[2J.example.com", "holds a control character"),
    ("host", "mx\u202e.example.com", "holds a control character"),
    ("host", "mx\u2028.example.com", "holds a line break"),
    ("host", "m\u00fcller.example.com", "holds characters other than plain Latin ones"),
    ("host", "-oProxyCommand", "begins with a hyphen"),
    ("host", "mx.example.com; reboot", "holds characters that a command line would act on"),
    ("host", "$(id).example.com", "holds characters that a command line would act on"),
    ("host", "mx..example.com", "is no host name"),
    ("host", "mx example com", "is no host name"),
    ("host", "a." * 127, "is longer than 253 characters"),
    ("host", "a" * 64 + ".example.com", "is no host name"),
    ("address", "198.51.100.300", "is no IP address"),
    ("address", "fe80::1%em0", "is no IP address"),
    ("address", "198.51.100.17\n", "holds a line break"),
    ("target", "198.51.100.17;x", "holds characters that a command line would act on"),
    ("interface", "In`id`", "holds characters that a command line would act on"),
    ("interface", "-In", "begins with a hyphen"),
    ("interface", "In ", "is no interface's name"),
    ("interface", "I" * 65, "is longer than 64 characters"),
    ("place", "Main)> suspend", "holds characters that a command line would act on"),
    ("machine", "esa1.example.com'", "holds characters that a command line would act on"),
    ("ciphers", "ALL\nsuspend", "holds a line break"),
    ("ciphers", "ALL; suspend", "holds what no cipher string has"),
    ("ciphers", "ALL:$(id)", "holds what no cipher string has"),
    ("ciphers", "ALL::HIGH", "holds what no cipher string has"),
    ("ciphers", "ALL:" * 300, "is longer than 1024 characters"),
    ("module", "Data <b>Loss</b>", "is no feature's name"),
    ("port", "0", "is no TCP port"),
    ("port", "65536", "is no TCP port"),
    ("port", "7025 ", "is no TCP port"),
    ("count", "1; 2", "is no number"),
]


@pytest.mark.parametrize(("kind", "value", "reason"), BAD)
def test_a_value_outside_its_syntax_is_refused_with_the_reason(
    kind: str, value: str, reason: str
) -> None:
    refused = CHECKS[kind](value)
    assert isinstance(refused, Refused)
    assert refused.reason == reason
    assert str(refused) == f"not shown here, since it {reason}"
    assert not value or repr(value) not in repr(refused)


@given(
    st.sampled_from(sorted(CHECKS)), st.text() | st.from_regex(r"[\w :.!+@=,-]+", fullmatch=True)
)
def test_whatever_is_allowed_satisfies_its_syntax(kind: str, value: str) -> None:
    checked = CHECKS[kind](value)
    if isinstance(checked, Refused):
        assert checked.value == value
        return
    assert not NEVER.search(checked)
    if kind == "address":
        assert checked == str(ip_address(value))
    elif kind != "target":
        assert re.fullmatch(SYNTAX[kind], checked, re.ASCII)


# --- Hostile evidence -----------------------------------------------------------------------------

MARK = "zq"
"""No text of the kit has these two letters."""

BREAKING = [
    "\n",
    "\r\n",
    "\x00",
    "\x1b[2J",
    "\x7f",
    "\x85",
    "\u2028",
    "\u202e",
    "\u200b",
    "\ufeff",
    "\ud800",
    ";",
    "|",
    "&",
    "&&",
    "$(id)",
    "${IFS}",
    "`id`",
    '"',
    "'",
    "<",
    ">",
    "{",
    "}",
    "{0}",
    "\\",
    "*",
    "?",
    "#",
    "~",
    "^",
    "[",
    "]",
    "\u00e9",
    "\u540d",
    "\uff21",
]

hostile = st.one_of(
    st.builds(lambda before, bad, after: f"{MARK}{before}{bad}{after}{MARK}",
              st.text(max_size=4), st.sampled_from(BREAKING), st.text(max_size=4)),
    st.just(f"{MARK}." + "a" * 2000),
    st.sampled_from(BREAKING).map(lambda bad: f"-{MARK}{bad}"),
)  # fmt: skip


def some(good: str) -> st.SearchStrategy[str]:
    """A good value, or (more often) one that may not be printed."""
    return st.one_of(st.just(good), hostile, hostile)


Fields = dict[str, str]
fields = st.fixed_dictionaries({
    "esa": some("esa1.example.com"),
    "other": some("esa2.example.com"),
    "sma": some("sma.example.com"),
    "cluster": some("Main"),
    "group": some("Main_Group"),
    "interface": some("In"),
    "second": some("Management"),
    "address": some("198.51.100.17"),
    "gateway": some("192.0.2.254"),
    "ciphers": some("RC4-SHA:RC4-MD5:ALL"),
    "typed": some("HIGH:!aNULL"),
    "method": some("sslv3tlsv1"),
    "module": some("Data Loss Prevention"),
    "user": some("op1"),
    "version": some("13.5.1-277"),
})  # fmt: skip


class Told:
    """Facts in the order in which they were told, as if read from one session."""

    def __init__(self, words: Fields, level: Level | None, place: str) -> None:
        self.words, self.level, self.place = words, level, place
        self.facts: list[Fact] = []

    def add(self, kind: type[Fact], host: str, **told: Any) -> None:
        line = len(self.facts) + 1
        cited = (Citation("capture.txt", line, "..."),)
        origin = {"host": host, "moment": Moment("capture.txt", line, "s"), "citations": cited,
                  "level": None if host == self.words["sma"] else self.level,
                  "place": self.place}  # fmt: skip
        self.facts.append(kind(**{**origin, **told}))

    def case(self, *, sentence: bool = False) -> Case:
        words = self.words
        roles: dict[str, Role] = {words["esa"]: "esa", words["other"]: "esa", words["sma"]: "sma"}
        text = ErrorText((words["esa"], words["other"]), words["cluster"], "cluster",
                         Moment("error.txt", 1), (Citation("error.txt", 1, "..."),))  # fmt: skip
        evidence = Evidence((), error_texts=(text,) if sentence else ())
        boxes = tuple(Appliance(host, role, "told") for host, role in roles.items())
        return Case(evidence, tuple(self.facts), boxes, (), 7025)


def offline(told: Told) -> Case:
    told.add(Suspension, told.words["sma"], verb="suspend", action="suspended", subject="system",
             listeners=("cpq_listener", told.words["interface"]))  # fmt: skip
    return told.case()


def pending(told: Told) -> Case:
    told.add(Account, told.words["sma"], user=told.words["user"], groups=("operators",))
    told.add(PendingChanges, told.words["sma"], pending=True)
    return told.case()


def delivery(told: Told) -> Case:
    words = told.words
    esa = words["esa"]
    for name, address in (
        (words["interface"], "192.0.2.1/24"),
        (words["second"], "198.51.100.9/24"),
    ):
        told.add(Interface, esa, name=name, address=ip_interface(address), hostname=esa)
    told.add(Route, esa, name=words["group"], destination=ip_network("0.0.0.0/0"),
             gateway=words["gateway"])  # fmt: skip
    told.add(DeliveryInterface, esa, name=words["interface"])
    for name, outcome in ((words["interface"], "timeout"), ("Auto", "banner")):
        told.add(PortProbe, esa, interface=name, target=words["address"], port=7025,
                 outcome=outcome, address=words["address"])  # fmt: skip
    return told.case()


def anonymous(told: Told) -> Case:
    words = told.words
    told.add(CipherSetting, words["sma"], service="inbound", method=words["method"],
             ciphers=words["ciphers"])  # fmt: skip
    told.add(CipherSetting, words["esa"], service="outbound", method=words["method"],
             ciphers=words["ciphers"])  # fmt: skip
    told.add(
        TlsProbe,
        words["esa"],
        domain="the.cpq.host",
        target=words["address"],
        port=7025,
        address=words["address"],
        interface="192.0.2.1",
        protocol="TLSv1",
        cipher="ADH-CAMELLIA256-SHA",
        outcome="failed",
        reason="no certificate from server",
    )
    told.add(CipherChange, words["esa"], service="outbound", ciphers=words["typed"])
    return told.case()


def members(told: Told) -> None:
    words = told.words
    told.add(
        Membership,
        words["esa"],
        cluster=words["cluster"],
        machines=(words["esa"], words["other"]),
        groups=(words["group"], words["group"]),
    )


def keys(told: Told) -> Case:
    words = told.words
    members(told)
    cited = Citation("capture.txt", 90, "...")
    key = Key("module", words["module"], "active", cited)
    told.add(KeyTable, words["esa"], keys=(key,), source="featurekey")
    told.add(KeyTable, words["other"], keys=(), source="featurekey")
    return told.case(sentence=True)


def levels(told: Told) -> Case:
    words = told.words
    members(told)
    told.add(MachineRemoved, words["other"], machine=words["other"])
    for setting in ("message filters", "incoming content filters", "dlp"):
        told.add(SettingLevel, words["esa"], setting=setting, command="filters", at="machine",
                 name=words["esa"], own=True, source="menu")  # fmt: skip
    told.add(SettingLevel, words["esa"], setting="dmarc", command="dmarcconfig", at="group",
             name=words["group"], own=True, source="menu")  # fmt: skip
    return told.case()


STORIES: dict[int, Callable[[Told], Case]] = {
    1: offline, 2: pending, 3: delivery, 4: anonymous, 5: keys, 6: levels,
}  # fmt: skip


def every_text(found: Remedy) -> list[str]:
    told = [*found.to_text(), found.title, found.when, found.effect, found.risk, *found.appliance,
            *found.precondition, *found.verify, *found.rollback]  # fmt: skip
    for step in found.steps:
        told += [step.prompt or "", step.send or "", step.choose or "", step.gui or "", step.asks,
                 step.note]  # fmt: skip
    return told + [text for other in found.alternatives for text in every_text(other)]


@pytest.mark.parametrize("number", STORIES)
@given(words=fields, level=st.sampled_from([None, "machine", "cluster", "group"]))
def test_a_hostile_value_is_never_printed(number: int, words: Fields, level: Level | None) -> None:
    if len({words["esa"], words["other"], words["sma"]}) < 3:
        return
    place = {"machine": "esa", "cluster": "cluster", "group": "group"}.get(level or "", "esa")
    told = Told(words, level, words[place])
    told.add(Release, words["esa"], product=words["module"], version=words["version"])
    case = STORIES[number](told)
    failing = finding(scenarios.SCENARIOS[number - 1], case)
    assert failing.status == "fail", failing.error
    found = remedy(case, failing)
    assert found
    for text in every_text(found):
        assert MARK not in text.lower()
        assert text.isascii()
        assert text.isprintable()
        assert "None" not in text


def test_a_refused_value_is_told_in_words() -> None:
    words = {
        "esa": "esa1.example.com",
        "other": "esa2.example.com",
        "sma": "sma.example.com",
        "cluster": "Main",
        "group": "Main_Group",
        "interface": "In; suspend",
        "second": "Management",
        "address": "198.51.100.17",
        "gateway": "192.0.2.254",
    }
    told = Told(words, None, "")
    case = delivery(told)
    found = remedy(case, finding(scenarios.SCENARIOS[2], case))
    assert found
    before = " ".join(found.precondition)
    assert "as deliveryconfig prints it (not shown here, since it holds characters that" in before
    assert "the entry noted before by its name" in " ".join(found.rollback)
    named = delivery(Told({**words, "interface": "In", "esa": "esa1\x07.example.com"}, None, ""))
    other = remedy(named, finding(scenarios.SCENARIOS[2], named))
    assert other
    assert other.appliance == ("the ESA (its name is not shown here, since it holds a control "
                               "character)",)  # fmt: skip
    assert other.steps[0].prompt == "<ESA>> "
