"""Read-only by construction: tried with arbitrary names, arguments and hostile appliances."""

from __future__ import annotations

import re

import pytest
from fake_appliance import Cli, Wire
from hypothesis import given
from hypothesis import strategies as st

from pvo_kit import catalog
from pvo_kit.collect import allowed, missing, plan
from pvo_kit.collect.allowed import Key, Line, NotAllowedError, Reply, Request
from pvo_kit.collect.interview import Interview
from pvo_kit.collect.learnt import Learnt
from pvo_kit.collect.shell import Shell
from pvo_kit.collect.stream import Limits, SessionLostError, Stream

# The oracle: written apart from the kit's own patterns, as what a reader of the manual would allow.
COMMANDS = re.compile(
    r"(showchanges|version|whoami|status|clusterconfig (list|connstatus)|interfaceconfig|"
    r"routeconfig|deliveryconfig|sslconfig|logconfig|featurekey|license_smart summary|filters|"
    r"policyconfig|dlpconfig|dlpstatus|dmarcconfig|telnet|tlsverify|exit|"
    r"clustermode (cluster|(machine|group) [A-Za-z0-9_.-]+)|"
    r'grep "(port:? \d+|DCID \d+ )" [A-Za-z0-9_-]+)'
)
ANSWERS = re.compile(r"|N|QUIT|\d{1,5}|the\.cpq\.host|198\.51\.100\.17(:7025)?")
CHANGES = (
    "commit", "commit now", "clear", "suspend", "resume", "suspendlistener", "resumelistener",
    "suspendtransfers", "resumetransfers", "suspenddel", "resumedel", "setgateway", "tail",
    "clusterconfig", "clusterconfig removemachine esa1.example.com", "clustermode",
    "deliveryconfig setup", "sslconfig outbound", "featurekey activate", "saveconfig", "reboot",
    "status; commit", "status\ncommit", "clustermode cluster; commit", 'grep "x" mail_logs',
    'grep "port 7025" mail_logs; commit', 'grep "port 7025" mail_logs\ncommit',
    'grep "DCID 7 " ../../etc/passwd', "clustermode machine x y", "clustermode machine -x",
    "clustermode group a;commit", "clustermode machine esa1.example.com\rcommit", " status",
    "status ", "STATUS\u0085", "telnet 198.51.100.17 7025", "findevent -i x mail_logs", "",
)  # fmt: skip
NAMES = st.one_of(
    st.text(max_size=40),
    st.sampled_from(["x;commit", "a b", "-rf", "x\ncommit", 'a"b', "\u202ex", "x" * 300, "$(id)"]),
    st.from_regex(r"[A-Za-z0-9_.-]{1,20}", fullmatch=True),
)


@pytest.mark.parametrize("text", CHANGES, ids=repr)
def test_a_change_and_anything_odd_is_no_line(text):
    assert not allowed.is_line(text)
    with pytest.raises(NotAllowedError):
        Line(text)


@given(st.text(max_size=60))
def test_a_line_of_any_text_is_a_command_of_the_manual_or_refused(text):
    try:
        line = Line(text)
    except NotAllowedError:
        return
    assert COMMANDS.fullmatch(line.text)


@given(st.sampled_from(sorted(allowed.COMMANDS)), st.text(max_size=40))
def test_arguments_of_any_text_are_of_the_declared_syntax_or_refused(name, rest):
    text = name + rest
    assert allowed.is_line(text) == bool(allowed.is_line(text) and COMMANDS.fullmatch(text))


def test_every_command_is_a_row_of_the_catalog_that_changes_nothing():
    rows = {row.name: row for row in catalog.COMMANDS}
    for name in allowed.COMMANDS:
        assert "(a change)" not in rows[name].about, name
    left = {name for name, row in rows.items() if "(a change)" not in row.about}
    assert left - set(allowed.COMMANDS) == {"setgateway", "findevent", "tail"}


@given(NAMES, st.integers(), NAMES)
def test_no_builder_makes_a_line_that_is_not_allowed(name, number, log):
    for build in (
        lambda: allowed.mode("machine", name),
        lambda: allowed.mode("group", name),
        lambda: allowed.mode(name),
        lambda: allowed.grep_port(number, log),
        lambda: allowed.grep_dcid(number, log),
        lambda: allowed.plain(name),
    ):
        try:
            request = build()
        except NotAllowedError:
            continue
        assert COMMANDS.fullmatch(request.line.text), request


@given(st.text(max_size=60))
def test_an_answer_is_a_number_an_address_or_a_full_name_and_no_operation(text):
    try:
        Reply(re.compile("x"), text)
    except NotAllowedError:
        return
    assert re.fullmatch(r"\d{1,5}|[\[\]0-9A-Za-z:._-]+", text)
    assert "." in text or ":" in text or text.isdigit()


@pytest.mark.parametrize("text", ["SETUP", "NEW", "EDIT", "setup", "y", "Y", "", " ", "1\n", "a b"])
def test_a_menus_operation_is_no_answer(text):
    assert not allowed.is_answer(text)


@given(NAMES)
def test_a_telnet_or_tlsverify_names_only_an_address_or_a_full_host_name(target):
    for build in (allowed.telnet, lambda i, t, p: allowed.tlsverify(t, p)):
        try:
            request = build("In", target, 7025)
        except NotAllowedError:
            continue
        assert all(allowed.is_answer(reply.text) for reply in request.replies if reply.text)


def test_the_gate_refuses_what_was_made_around_the_constructor():
    line = object.__new__(Line)
    object.__setattr__(line, "text", "commit")
    wire = Wire(Cli({}))
    shell = Shell(wire, clock=wire.clock)
    shell.login()
    with pytest.raises(NotAllowedError):
        shell.run(Request(line))
    stream = Stream(wire, Limits(), shell._stream.stop, wire.clock)
    with pytest.raises(NotAllowedError):
        stream.type(Reply(re.compile("x"), "7025"), "SETUP")
    assert wire.cli.typed == b""


# Hostile appliances: whatever they print, only allowed texts are typed


class Hostile(Cli):
    """An appliance that answers with arbitrary text, questions and prompts."""

    def __init__(self, scripts: list[str]) -> None:
        super().__init__({})
        self._scripts = scripts
        self._next_script = 0

    def _typed(self, line: str) -> bytes:
        self.lines.append(line)
        if self._next_script < len(self._scripts):
            text = self._scripts[self._next_script]
            self._next_script += 1
            return text.replace("\n", "\r\n").encode("utf-8", "replace")
        return self.prompt.encode()


PARTS = st.one_of(
    st.text(max_size=30),
    NAMES.map(lambda name: f"\nMachine {name} (Serial #: 564D-01)\n"),
    NAMES.map(lambda name: f"\nDefault interface to deliver mail: {name}\n"),
    NAMES.map(lambda name: f"\n2. {name}  IronPort Text Mail Logs  Manual Download  None\n"),
    NAMES.map(lambda name: f"\n1. {name} (x)\n[1]> "),
    NAMES.map(lambda name: f"\n(Machine {name})> "),
    NAMES.map(lambda name: f"\n(Group {name})> "),
    st.sampled_from([
        "\nmx.example.com> ", "\n[]> ", "\n[Y]> ", "\n(Cluster Main)> ", "-Press Any Key For More-",
        "\nChoose the operation you want to perform:\n- COMMIT - Commit it.\n[]> ",
        "\nNOTICE: This configuration command has not yet been configured for the current cluster "
        "mode\n(Machine x).\n1. Switch modes to edit at mode \"Cluster Main\".\n[1]> ",
        "\nWould you like to switch to \"cluster\" mode? [Y]> ", "\nPassphrase: ",
        "\nAre you sure you want to commit? [Y]> ", "Escape character is '^]'.\n220 x\n",
        "\nEnter the remote hostname or IP address.\n[]> ",
        "\nPlease select which interface you want to telnet from.\n1. Auto\n2. commit\n[1]> ",
        "\nTue Jun  4 09:00:00 2024 Info: New SMTP DCID 7 address 198.51.100.17 port 7025\n",
    ]),
)  # fmt: skip


class Sink:
    """Takes the answers and forgets them."""

    def write(self, text):
        pass

    def cut(self, command, reason, output):
        pass

    def asked(self, item):
        pass


@given(
    st.lists(st.lists(PARTS, min_size=1, max_size=4).map("".join), max_size=40),
    st.sampled_from(["mx.example.com> ", "(Machine esa1.example.com)> ", "(Cluster Main)> "]),
)
def test_whatever_an_appliance_prints_only_allowed_texts_are_typed(scripts, prompt):
    cli = Hostile(scripts)
    cli._banner = "Welcome\n" + prompt + "\n"
    wire = Wire(cli)
    options = plan.Options(probe=True, address="198.51.100.17")
    interview = Interview(
        "esa1.example.com", options, lambda: Shell(wire, clock=wire.clock), Sink()
    )
    interview.run(plan.steps("esa", options))
    typed = cli.typed.decode("ascii").replace("\x03", "\n")
    for line in typed.split("\n"):
        assert COMMANDS.fullmatch(line.strip()) or ANSWERS.fullmatch(line.strip()), line
    assert wire.wrote_after_close == 0


@given(NAMES, NAMES, NAMES, st.sampled_from([*plan._ORDER["esa"], *plan._ORDER["sma"]]))
def test_whatever_was_learnt_only_allowed_lines_are_planned(machine, group, log, name):
    learnt = Learnt(
        "x", clustered=True, machine=machine, group=group, logs=(log,), interface=machine,
        dcids=((log, 7),),
    )  # fmt: skip
    options = plan.Options(probe=True, address="198.51.100.17")
    turns = plan.requests(name, learnt, options)
    while True:
        try:
            turn = next(turns, None)
        except NotAllowedError:
            break
        if turn is None:
            break
        assert COMMANDS.fullmatch(turn.request.line.text)


@given(st.dictionaries(st.sampled_from(["command", "appliance", "where", "host"]), NAMES))
def test_a_need_from_evidence_gives_a_name_of_the_catalog_or_nothing(need):
    found = missing._missing([need], None)
    for names in found.topics.values():
        assert names <= set(allowed.COMMANDS)


def test_the_keys_are_these_and_no_others():
    assert {key.value for key in Key} == {b"\n", b"\x03", b" ", b"N\n", b"QUIT\n", b"exit\n"}


def test_at_a_notice_nothing_but_ctrl_c_is_typed_even_if_it_is_swallowed():
    notice = (
        "\nNOTICE: This configuration command has not yet been configured for the current cluster "
        'mode\n(Machine x).\nWhat would you like to do?\n1. Switch modes to edit at mode "Cluster '
        'Main".\n2. Start a new, empty configuration\n3. Copy settings\n[1]> '
    )

    class Deaf(Cli):
        def _key(self, key):
            return notice.encode() if key == "\x03" else super()._key(key)

    cli = Deaf({"filters": lambda _: _asks(notice)})
    wire = Wire(cli)
    shell = Shell(wire, clock=wire.clock)
    shell.login()
    with pytest.raises(SessionLostError) as lost:
        shell.run(allowed.plain("filters"))
    assert lost.value.why == "out-of-step"
    assert set(cli.typed.removeprefix(b"filters\n")) == {3}
    assert wire.is_closed


def _asks(text):
    typed = yield text
    raise AssertionError(f"{typed!r} was typed at a NOTICE")
