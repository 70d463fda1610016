"""The shell over a wire in memory: prompts, pager, dialogues, and every fault of the line."""

from __future__ import annotations

import itertools
from threading import Event

import pytest
from fake_appliance import BANNER, KEYS, NOTICE, STATUS, Cli, Member, Wire, esa, menu
from hypothesis import given
from hypothesis import strategies as st

from pvo_kit.collect import allowed, plan
from pvo_kit.collect.endings import ending
from pvo_kit.collect.interview import Interview, StoppedError
from pvo_kit.collect.shell import Shell
from pvo_kit.collect.stream import Limits, SessionLostError

STATUS_ANSWER = f"mx.example.com> status\n{STATUS}"


class Sink:
    """Keeps what an interview writes."""

    def __init__(self):
        self.text, self.cuts, self.items = "", [], []

    def write(self, text):
        self.text += text

    def cut(self, command, reason, output):
        self.cuts.append((command, reason, output))

    def asked(self, item):
        self.items.append(item)

    def status(self, command):
        return next(item for item in self.items if item.command.startswith(command))


def opened(cli=None, stop=None, limits=None, **faults):
    """Return a shell at its prompt, and its wire."""
    wire = Wire(cli or Cli(esa()), **faults)
    shell = Shell(wire, limits, stop, wire.clock)
    shell.login()
    return shell, wire


def interviewed(cli, options=None, wires=None, given="esa1.example.com", **faults):
    """Run the plan of an ESA over one wire or several."""
    made = wires or itertools.repeat(Wire(cli, **faults))
    made = iter(made)
    sink = Sink()

    def open_shell():
        wire = next(made)
        return Shell(wire, clock=wire.clock)

    options = options or plan.Options()
    interview = Interview(given, options, open_shell, sink)
    interview.run(plan.steps("esa", options))
    return sink, interview


# Endings


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("mx.example.com> ", "prompt"),
        ("mx.example.com>", "prompt"),
        ("\r\nmx.example.com> ", "prompt"),
        ("(mail.example.com)> ", "prompt"),
        ("(Machine esa1.example.com)> ", "prompt"),
        ("(Cluster Main)> ", "prompt"),
        ("(Group Main_Group)> ", "prompt"),
        ("mx.example.com (SERVICE)> ", "prompt"),
        ("(Machine esa1.example.com) [Disconnected]> ", "prompt"),
        ("\x1b[1mmx.example.com\x1b[0m> ", "prompt"),
        ("^Cmx.example.com> ", "prompt"),
        ("[]> ", "question"),
        ("[Y]> ", "question"),
        ("Enable it? [Y]> ", "question"),
        ("[the.cpq.host]> ", "question"),
        ("[RC4-SHA:RC4-MD5:ALL:-aNULL]> ", "question"),
        ("Is this a valid key? (yes/no) ", "question"),
        ("-Press Any Key For More-", "pager"),
        ("\r-Press Any Key For More-\x1b[0m", "pager"),
        ("Enter your Passphrase to make changes: ", "secret"),
        ("Passcode: ", "secret"),
        ("-Press Any Key For More-\r                        \r", None),
        ("mx.example.com> status", None),
        ("Network > Routing > Edit", None),
        ("mx.example.com> \r\n", None),
        ("Password: accepted", None),
        ("", None),
    ],
    ids=repr,
)
def test_the_end_of_the_output_tells_what_the_appliance_waits_for(text, kind):
    found = ending(text.encode())
    assert (found.kind if found else None) == kind


def test_a_last_line_longer_than_any_prompt_is_output():
    assert ending(b"x" * 5000 + b"> ") is None
    assert ending(b"x" * 5000 + b"\r\nmx.example.com> ").kind == "prompt"


# What is captured


def test_an_answer_is_what_a_person_would_have_copied():
    shell, _ = opened()
    assert shell.run(allowed.plain("status")).text == STATUS_ANSWER


def test_the_banner_is_kept():
    wire = Wire(Cli(esa()))
    assert "\n".join(Shell(wire, clock=wire.clock).login()) == BANNER.rstrip("\n") + "\n"


def test_the_pager_is_answered_and_erased():
    shell, wire = opened(Cli({"featurekey": menu(KEYS)}, page=3))
    answer = shell.run(allowed.plain("featurekey"))
    assert "Press Any Key" not in answer.text
    assert KEYS in answer.text
    assert wire.cli.typed.count(b" ") == 2


@pytest.mark.parametrize("swallow", [1, 2, 3])
def test_a_key_that_the_pager_swallows_is_sent_once_more_and_never_a_third_time(swallow):
    shell, wire = opened(Cli({"status": STATUS}, page=3, swallow=swallow))
    if swallow == 1:
        assert shell.run(allowed.plain("status")).text == STATUS_ANSWER
        return
    with pytest.raises(SessionLostError, match="no prompt within 120 s after status"):
        shell.run(allowed.plain("status"))
    assert wire.cli.typed.count(b" ") == 2


@pytest.mark.parametrize("cut", [1, 2, 3, 7, 50])
def test_packets_of_any_size_give_the_same_answer(cut):
    shell, _ = opened(cut=cut)
    assert shell.run(allowed.plain("status")).text == STATUS_ANSWER


@pytest.mark.parametrize("gap", [0.03, 0.2, 0.7])
def test_slow_bytes_give_the_same_answer(gap):
    shell, _ = opened(cut=1, gap=gap, limits=Limits(login=900, command=900))
    assert shell.run(allowed.plain("version")).text.count("\n") == 8


def test_a_prompt_like_line_in_the_output_ends_nothing():
    text = "\nmx.example.com> \nother.example.com> status\nmore\n"
    shell, _ = opened(Cli({"status": text, "version": "7\n"}))
    assert "more" in shell.run(allowed.plain("status")).text
    assert "7" in shell.run(allowed.plain("version")).text


def test_another_boxs_prompt_at_the_end_of_a_packet_ends_nothing():
    shell, _ = opened(Cli({"status": "\nsma.example.com> \nmore\n"}), cut=1, gap=0.2)
    assert "more" in shell.run(allowed.plain("status")).text


def test_a_prompt_of_its_own_in_slow_output_is_found_out_by_the_echo():
    """The answer seemed to have ended; the next command shows that it had not."""
    shell, wire = opened(Cli({"status": STATUS, "version": "\nmx.example.com> \nmore\n"}))
    shell.run(allowed.plain("status"))
    wire.cut, wire.gap = 1, 0.2
    answer = shell.run(allowed.plain("version"))
    assert "more" not in answer.text
    with pytest.raises(SessionLostError, match="not echoed"):
        shell.run(allowed.plain("status"))
    assert wire.is_closed


def test_without_an_echo_what_was_typed_is_put_into_the_record():
    shell, _ = opened(Cli(esa(), echo=False))
    assert shell.run(allowed.plain("status")).text == STATUS_ANSWER
    text = shell.run(allowed.telnet("Management", "198.51.100.17", 7025)).text
    assert "[1]> 3\n" in text
    assert "[25]> 7025\n" in text
    assert "[]>\n" in shell.run(allowed.plain("featurekey")).text


def test_garbage_bytes_cost_nothing_but_themselves():
    garbage = b"\xff\xfe\x00\x1b[31m\x9b2J\x07Status: \xe3\x81\x82\x1b]0;title\x07\r\n"
    shell, _ = opened(inject={"status": garbage + b"mx.example.com> "})
    answer = shell.run(allowed.plain("status"))
    [line] = answer.lines[1:]
    assert "Status: \u3042" in line
    assert line.isprintable()
    assert shell.run(allowed.plain("version")).text.startswith("mx.example.com> version\n")


@given(st.binary(max_size=200))
def test_no_bytes_break_the_shell_or_steer_the_terminal_that_shows_the_record(data):
    wire = Wire(Cli(esa()), inject={"status": data + b"\r\nmx.example.com> "})
    shell = Shell(wire, clock=wire.clock)
    shell.login()
    try:
        text = shell.run(allowed.plain("status")).text
    except SessionLostError as lost:
        text = lost.output
    assert not any(char < " " and char not in "\n\t" for char in text), text
    assert not any("\x7f" <= char < "\xa0" for char in text), text


# Dialogues


def test_a_menu_is_left_with_enter():
    shell, wire = opened()
    answer = shell.run(allowed.plain("deliveryconfig"))
    assert answer.remark == ""
    assert wire.cli.lines == ["deliveryconfig", ""]


def test_the_entry_is_picked_by_its_text_in_the_menu_on_the_screen():
    shell, wire = opened()
    shell.run(allowed.telnet("Management", "198.51.100.17", 7025))
    assert wire.cli.lines == ["telnet", "3", "198.51.100.17", "7025", "QUIT"]


@pytest.mark.parametrize("gap", [0.1, 1.0, 9.0])
def test_a_question_is_answered_once_however_long_the_line_takes(gap):
    shell, wire = opened(gap=gap)
    shell.run(allowed.telnet("Management", "198.51.100.17", 7025))
    shell.run(allowed.plain("deliveryconfig"))
    assert wire.cli.lines == [
        "telnet", "3", "198.51.100.17", "7025", "QUIT", "deliveryconfig", "",
    ]  # fmt: skip


def test_an_entry_that_the_menu_lacks_is_told_and_the_dialogue_left():
    shell, wire = opened()
    answer = shell.run(allowed.telnet("Data 2", "198.51.100.17", 7025))
    assert answer.remark == "the menu names no entry Data 2"
    assert wire.cli.typed == b"telnet\n\x03"
    assert shell.is_open


def test_a_server_that_says_nothing_is_left_after_a_while():
    def silent(_):
        yield "Please select which interface you want to telnet from.\n1. Auto\n[1]> "
        yield "Enter the remote hostname or IP address.\n[]> "
        yield "Enter the remote port.\n[25]> "
        yield "Trying...\nConnected to 198.51.100.17.\nEscape character is '^]'.\n"
        return "Connection closed by foreign host.\n"

    shell, wire = opened(Cli({"telnet": silent}))
    shell.run(allowed.telnet("Auto", "198.51.100.17", 7025))
    assert wire.cli.lines[-1] == "QUIT"


@pytest.mark.parametrize(
    "question",
    [
        "Are you sure you want to do this? [Y]> ",
        "Enter a name\n[]> ",
        "Do you want to enable it (yes/no)? ",
        "Enter your Passphrase to make changes: ",
        "[5]> ",
    ],
)
def test_a_question_that_is_not_known_gets_ctrl_c_and_is_told(question):
    def asks(_):
        typed = yield "\n" + question
        raise AssertionError(typed)

    shell, wire = opened(Cli({"status": asks}))
    answer = shell.run(allowed.plain("status"))
    assert "asked" in answer.remark
    assert wire.cli.typed == b"status\n\x03"
    assert answer.lines[-1].endswith("^C")


def test_a_question_that_comes_again_after_its_answer_is_not_answered_twice():
    def again(_):
        yield "Enter the TLS domain to verify against:\n[]> "
        yield "That is no domain.\nEnter the TLS domain to verify against:\n[]> "
        return ""

    shell, wire = opened(Cli({"tlsverify": again}))
    answer = shell.run(allowed.tlsverify("198.51.100.17", 7025))
    assert wire.cli.typed == b"tlsverify\nthe.cpq.host\n\x03"
    assert "asked" in answer.remark


def test_at_a_notice_only_ctrl_c_is_typed_and_the_mode_is_read_again():
    cli = Member(esa())
    shell, wire = opened(cli)
    answer = shell.run(allowed.plain("filters"))
    assert wire.cli.typed == b"filters\n\x03"
    assert answer.remark == ""
    assert (shell.prompt.level, shell.prompt.place) == ("machine", "esa1.example.com")
    assert NOTICE.format(where="Machine esa1.example.com").rstrip() in answer.text


def test_an_offer_to_switch_the_mode_is_declined():
    cli = Member(esa())
    shell, _ = opened(cli)
    shell.run(allowed.cluster("list"))
    assert cli.lines == ["clusterconfig list", "N"]


# Logins


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Your passphrase has expired.\nNew passphrase: ", "expired"),
        ("WARNING: Your password has expired.\nOld password: ", "expired"),
        ("You must change your passphrase.\n[]> ", "expired"),
        ("Please read the license agreement.\nDo you accept? [Y]> ", "licence"),
        ("License Agreement\n-Press Any Key For More-", "licence"),
        ("Enter the RADIUS passcode: ", "second factor"),
        ("Run the system setup wizard? [Y]> ", "not set up"),
        ("Password: ", "asks for a secret"),
        ("Colour? [blue]> ", "asks a question"),
    ],
)
def test_a_question_before_the_first_prompt_is_refused_and_nothing_is_typed(text, told):
    cli = Cli({}, banner=text)
    cli.start = lambda: text.replace("\n", "\r\n").encode()
    wire = Wire(cli)
    with pytest.raises(SessionLostError, match=told) as lost:
        Shell(wire, clock=wire.clock).login()
    assert lost.value.why == "refused"
    assert cli.typed == b""
    assert wire.is_closed


def test_a_banner_that_speaks_of_licences_is_no_question():
    shell, _ = opened(Cli(esa(), banner="Use is subject to the license agreement.\n"))
    assert shell.is_open


def test_no_prompt_at_all_is_told_with_the_time():
    cli = Cli({})
    cli.start = lambda: b"Welcome\r\n"
    wire = Wire(cli)
    with pytest.raises(SessionLostError, match="no prompt within 60 s before a prompt"):
        Shell(wire, clock=wire.clock).login()


# The line breaks


def test_a_line_that_drops_in_the_middle_keeps_what_came():
    shell, wire = opened(drop=len(Cli(esa()).start()) + 60)
    with pytest.raises(SessionLostError, match="connection was closed") as lost:
        shell.run(allowed.plain("status"))
    assert lost.value.output.startswith("status\n")
    assert not shell.is_open
    assert wire.is_closed


def test_output_without_end_is_stopped_by_its_size():
    shell, wire = opened(endless="version", limits=Limits(size=1 << 20))
    with pytest.raises(SessionLostError, match="more than 1 MiB"):
        shell.run(allowed.plain("version"))
    assert wire.is_closed


def test_output_without_end_is_stopped_by_the_time_of_a_command():
    shell, wire = opened(endless="version", limits=Limits(command=5))
    with pytest.raises(SessionLostError, match="within 5 s after version"):
        shell.run(allowed.plain("version"))
    assert wire.is_closed


class Repeating(Wire):
    """A wire that prints one thing again and again once a command was typed."""

    def recv(self, size):
        if not self.cli.lines:
            return super().recv(size)
        self.clock.now += 0.01
        return b"\r\nmx.example.com> "


def test_prompts_without_end_are_stopped_by_the_time_of_a_command():
    wire = Repeating(Cli(esa()))
    shell = Shell(wire, Limits(command=5), None, wire.clock)
    shell.login()
    with pytest.raises(SessionLostError, match="within 5 s after version"):
        shell.run(allowed.plain("version"))
    assert wire.clock.now < 20
    assert wire.is_closed


def test_an_offer_that_is_made_for_ever_is_stopped_by_the_time_of_a_command():
    def offers(_):
        while True:
            yield "Would you like to switch to cluster mode? [Y]> "

    shell, wire = opened(Cli({**esa(), "filters": offers}), limits=Limits(command=5))
    with pytest.raises(SessionLostError, match="within 5 s after filters"):
        shell.run(allowed.plain("filters"))
    assert set(wire.cli.lines) == {"filters", "N"}


def test_a_session_has_a_time_too():
    shell, wire = opened(inject={"status": b"and then nothing"}, limits=Limits(session=30))
    with pytest.raises(SessionLostError, match="session took longer than 30 s"):
        shell.run(allowed.plain("status"))
    assert wire.is_closed


def test_after_a_timeout_nothing_more_is_typed():
    shell, wire = opened(inject={"status": b"and then nothing"})
    with pytest.raises(SessionLostError):
        shell.run(allowed.plain("status"))
    with pytest.raises(SessionLostError, match="closed"):
        shell.run(allowed.plain("version"))
    shell.leave()
    assert wire.cli.typed == b"status\n"
    assert wire.wrote_after_close == 0


def test_a_session_is_left_with_exit():
    shell, wire = opened()
    shell.leave()
    assert wire.cli.lines == ["exit"]
    assert wire.is_closed


# Interviews


def test_a_whole_plan_is_captured():
    sink, interview = interviewed(
        Cli(esa()), plan.Options(probe=True, address="198.51.100.17"), given="mx.example.com"
    )
    assert {item.status for item in sink.items} == {"captured", "skipped"}
    assert interview.learnt.interface == "In"
    assert "telnet: connect to address 198.51.100.17: Operation timed out" in sink.text
    assert 'grep "DCID 71 " mail_logs' in sink.text
    assert sink.text.endswith("mx.example.com> exit\n")


def test_a_member_is_asked_in_the_modes_that_the_commands_need():
    cli = Member(esa(), own=["filters"], page=8)
    sink, interview = interviewed(cli)
    assert {item.status for item in sink.items} == {"captured"}
    modes = {(item.command, item.mode) for item in sink.items}
    assert ("clusterconfig list", "cluster Main") in modes
    assert ("filters", "machine esa1.example.com") in modes
    assert ("filters", "group Main_Group") in modes
    assert ("deliveryconfig", "cluster Main") in modes
    assert interview.learnt.group == "Main_Group"
    assert interview.learnt.interface == "In"


@pytest.mark.parametrize("given", ["198.51.100.1", "ESA1.example.com"])
def test_a_member_that_starts_in_cluster_mode_is_found_by_its_name_or_serial(given):
    cli = Member(esa(), place="Cluster Main")
    sink, interview = interviewed(cli, given=given)
    assert interview.learnt.machine == "esa1.example.com"
    assert sink.status("status").mode == "machine esa1.example.com"


def test_a_member_that_cannot_be_found_fails_for_machine_commands_only():
    commands = {**esa(), "version": "Version: 14.0.0-698\n"}
    cli = Member(commands, place="Cluster Main")
    sink, _ = interviewed(cli, given="198.51.100.1")
    assert sink.status("clusterconfig list").status == "captured"
    assert sink.status("status").reason.startswith("the machine's name is not known")


def test_a_command_that_hangs_costs_itself_alone():
    first = Wire(Cli(esa()), inject={"deliveryconfig": b"and then nothing"})
    second = Wire(Cli(esa()))
    sink, _ = interviewed(None, wires=[first, second], given="mx.example.com")
    hung = sink.status("deliveryconfig")
    assert hung.status == "failed"
    assert "no prompt within 120 s after deliveryconfig" in hung.reason
    assert sink.status("sslconfig").status == "captured"
    assert [cut[0] for cut in sink.cuts] == ["deliveryconfig"]
    assert "and then nothing" not in sink.text
    assert b"deliveryconfig" not in second.cli.typed


def test_shells_are_not_opened_for_ever():
    hang = {"deliveryconfig": b"x", "sslconfig": b"x", "logconfig": b"x"}
    wires = [Wire(Cli(esa()), inject=hang) for _ in range(9)]
    sink, _ = interviewed(None, wires=wires)
    assert sink.status("featurekey").reason.startswith("not asked: the session was lost at logco")
    assert sum(bool(wire.cli.typed) for wire in wires) == 3


def test_pending_changes_are_seen_and_left_alone():
    commands = {**esa(), "showchanges": "{'config': {'x': {'new': 1, 'old': 2}}}\n"}
    cli = Cli(commands)
    _, interview = interviewed(cli)
    assert interview.learnt.pending is True
    assert not {"commit", "clear", "clearchanges"} & set(cli.lines)


@pytest.mark.parametrize("after", ["deliveryconfig", "telnet", "grep", "filters"])
def test_stopping_leaves_no_half_done_dialogue(after):
    stop = Event()
    cli = Member(esa()) if after == "filters" else Cli(esa())
    wire = Wire(cli)
    sink = Sink()

    class Watched(Sink):
        pass

    original = cli.feed

    def feed(data):
        output = original(data)
        if cli.lines and cli.lines[-1].startswith(after):
            stop.set()
        return output

    cli.feed = feed
    options = plan.Options(probe=True, address="198.51.100.17")
    interview = Interview(
        "esa1.example.com", options, lambda: Shell(wire, None, stop, wire.clock), sink
    )
    with pytest.raises(StoppedError):
        interview.run(plan.steps("esa", options))
    assert cli.lines[-1] == "exit"
    assert cli._dialogue is None
    assert wire.is_closed
    assert sink.text.endswith("> exit\n")


def test_only_the_topics_that_are_wanted_are_asked():
    options = plan.Options(topics=frozenset({"telnet"}), probe=True, address="198.51.100.17")
    names = [step.name for step in plan.steps("esa", options)]
    assert names == [
        "showchanges", "version", "whoami", "clusterconfig", "status", "deliveryconfig", "telnet",
        "status",
    ]  # fmt: skip


def test_probes_are_sent_only_where_they_were_asked_for():
    for options in (
        plan.Options(),
        plan.Options(address="198.51.100.17"),
        plan.Options(probe=True),
    ):
        names = {step.name for step in plan.steps("esa", options)}
        assert not names & plan.PROBES
    assert plan.left_out("esa", plan.Options()) == (
        "telnet: add --probe",
        "tlsverify: add --probe",
    )
    assert plan.left_out("sma", plan.Options()) == ()


@pytest.mark.parametrize("number", range(1, 7))
def test_what_a_scenario_reads_is_in_its_plan(number):
    topics = plan.scenario_topics([number])
    options = plan.Options(topics=topics, probe=True, address="198.51.100.17")
    names = {step.name for role in ("esa", "sma") for step in plan.steps(role, options)}
    changes = {"resume", "suspend", "commit"}
    readable = {name for name in topics if name in allowed.COMMANDS and name != "clustermode"}
    assert readable <= names
    assert not names & changes
