"""From terminal text to transcripts: prompts, what people and programs add, clocks and sessions."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pvo_kit import catalog, sessions
from pvo_kit.evidence import Transcript
from pvo_kit.sessions import clean

PAGER = "-Press Any Key For More-"
ESC = "\x1b"


def split(*lines: str) -> list[Transcript]:
    return sessions.split("session.txt", sessions.rows(lines))


def typed(*lines: str) -> list[tuple[str | None, str]]:
    return [(cut.host, cut.command) for cut in split(*lines)]


def shown(cut: Transcript) -> list[str]:
    return [row.text for row in cut.output if row.text]


# One line


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("System status:      Online", "System status:      Online"),
        ("", ""),
        ("   GUI HTTPS method:  sslv3tlsv1   ", "   GUI HTTPS method:  sslv3tlsv1"),
        # Endings
        ("Online\r", "Online"),
        ("Online\r\r", "Online"),
        ("\r\rOnline", "Online"),
        # The pager's mark
        (PAGER, ""),
        (f"{PAGER}Online", "Online"),
        (f"{PAGER}  Online", "  Online"),
        (f"{PAGER}\r{' ' * 24}\rOnline", "Online"),
        (f"{PAGER}\r{' ' * 24}\r", ""),
        (PAGER + "\b" * 24 + " " * 24 + "\b" * 24 + "Online", "Online"),
        (f"{ESC}[7m{PAGER}{ESC}[0m\r{ESC}[KOnline", "Online"),
        (f"> {PAGER}\r{' ' * 24}\r> Online", "Online"),
        (f"> {PAGER}Online", "Online"),
        ("--Press any key for more--", ""),
        # Corrections while typing
        ("mx> stautsx\b\b\b\btus", "mx> status"),
        ("mx> statx\b \bus", "mx> status"),
        ("\b", ""),
        ("\b\b\bmx> status", "mx> status"),
        # Colours, titles, other codes
        (f"{ESC}[1;32mmx.example.com>{ESC}[0m status{ESC}[K", "mx.example.com> status"),
        (f"{ESC}]0;root@box\x07mx> ", "mx>"),
        (f"{ESC}]0;root@box{ESC}\\mx> ", "mx>"),
        (f"{ESC}[?25h{ESC}=a{ESC}>b", "ab"),
        ("\x07a\x00b\x1b", "ab"),
        ("\x85a\x9bb", "ab"),
        # Quotes
        ("> Online", "Online"),
        (">Online", "Online"),
        (">> Online", "Online"),
        ("> > > Online", "Online"),
        (">   GUI HTTPS", "  GUI HTTPS"),
        ("> ", ""),
        (">", ""),
        # Look-alikes
        ("a\u00a0b\u3000c\td", "a b c d"),
        ("grep \u201cport 7025\u201d mail_logs", 'grep "port 7025" mail_logs'),
        ("\u2018^]\u2019", "'^]'"),
        ("HIGH:\u2013aNULL", "HIGH:-aNULL"),
        ("Trying 10.1.1.1\u2026", "Trying 10.1.1.1..."),
        ("\ufeffmx\u200b>\u200e status", "mx> status"),
        ("\u202emx>", "mx>"),
        ("検疫 \u3000", "検疫"),
        # The frame of a block of code
        ("```", ""),
        ("```text", ""),
        ("> ~~~", ""),
        ("`` ```status", "`` ```status"),
    ],
)
def test_a_line_as_it_was_seen(raw: str, text: str) -> None:
    assert clean(raw) == text


@given(st.text(st.characters(exclude_characters="\n")))
def test_a_clean_line_holds_nothing_that_is_not_seen(raw: str) -> None:
    text = clean(raw)
    assert text == text.rstrip()
    assert not re.search(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069]", text)


@given(st.text("abc >-:[]()", max_size=20), st.text(st.sampled_from("\b\r\x1b[K>- a"), max_size=9))
def test_no_control_character_breaks_it(text: str, codes: str) -> None:
    clean(text + codes)
    clean(codes + text)


@given(st.text(st.characters(min_codepoint=33, max_codepoint=126)).filter(lambda t: t[:1] != ">"))
def test_plain_text_stays(text: str) -> None:
    if PAGER not in text and text[:3] not in ("```", "~~~"):
        assert clean(text) == text


# Prompts


PROMPTS = {
    "mail.example.com> ": ("mail.example.com", None, None),
    "mail.example.com>": ("mail.example.com", None, None),
    "MAIL.Example.COM> ": ("mail.example.com", None, None),
    "mx-1.corp_a.example.com> ": ("mx-1.corp_a.example.com", None, None),
    "(mail.example.com)> ": ("mail.example.com", None, None),
    "mail.example.com)> ": ("mail.example.com", None, None),  # copied from behind the bracket
    "(Machine esa1.example.com)> ": ("esa1.example.com", "machine", "esa1.example.com"),
    "(Machine ESA1.example.com)>": ("esa1.example.com", "machine", "ESA1.example.com"),
    "(Machine esa1)> ": ("esa1", "machine", "esa1"),
    "(Cluster Main)> ": (None, "cluster", "Main"),
    "(Cluster Main)>": (None, "cluster", "Main"),
    "(Group Main_Group)> ": (None, "group", "Main_Group"),
    "(Group Main Group)> ": (None, "group", "Main Group"),
    "mail.example.com (SERVICE)> ": ("mail.example.com", None, None),
    "(Machine esa1.example.com) (SERVICE)> ": ("esa1.example.com", "machine", "esa1.example.com"),
    "(Machine esa1.example.com)[Disconnected]> ":
        ("esa1.example.com", "machine", "esa1.example.com"),
    "(Machine esa1.example.com) [Disconnected]>":
        ("esa1.example.com", "machine", "esa1.example.com"),
    "(Cluster Main) (SERVICE) [Disconnected]> ": (None, "cluster", "Main"),
    "   mail.example.com> ": ("mail.example.com", None, None),
    "^Cmail.example.com> ": ("mail.example.com", None, None),
    "> > mail.example.com> ": ("mail.example.com", None, None),
    "esa1> ": ("esa1", None, None),
    "esa.local> ": ("esa.local", None, None),
}  # fmt: skip


@pytest.mark.parametrize("prompt", PROMPTS)
@pytest.mark.parametrize("command", ["status", "status detail", 'grep "port 7025" mail_logs'])
def test_a_prompt(prompt: str, command: str) -> None:
    [cut] = split(f"{prompt}{command}", "", "answer")
    assert (cut.host, cut.level, cut.place) == PROMPTS[prompt]
    assert cut.command == command
    assert (cut.first_line, cut.last_line) == (1, 3)
    assert shown(cut) == ["answer"]


@pytest.mark.parametrize(
    "line",
    [
        "[Management Appliance] > [Centralized Services] > [Policy, Virus, and Outbreak]",
        "Management Appliance > Centralized Services > Security Appliances",
        "Network > Routing",
        "Monitor > Status",
        "System Administration > Shutdown/Reboot",
        "To: <operator@mail.example.com>",
        "From: Jo <jo@example.com> status",
        "References: <a@b.example.com>",
        "<status>Online</status>",
        "<b>mx.example.com> status</b>",
        "status>Online</status>",
        "www.example.com>click here</a>",
        "alice> hello there",
        "alice> status is offline on both",
        "alice> resume it, please",
        "alice> who is on call?",
        "john.doe> hello there",
        "john.doe> ok",
        "john.doe>",
        "e.g.> foo",
        "10.1.1.1> hello",
        "8.0.1> hello",
        "telnet> status",
        "sftp> version",
        "C:\\Users\\jo> status",
        "PS C:\\> status",
        "root@box:~> status",
        "MAIL FROM:<status@mail.example.com> status",
        "if a->b > status",
        "[1]> status",
        "[]> status",
        "=> status",
        "--> status",
        "(see above)> status",
        "(Cluster Main)> Naja, das ist es nicht.",
        "mx.example.com status",
        "検疫> status",
        "あmx.example.com> status",
    ],
)
def test_no_prompt(line: str) -> None:
    assert split(line) == []
    [cut] = split("mx.test.example.com> status", line, "mx.test.example.com>")
    assert shown(cut) == [clean(line)]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["mx.example.com> foo"], [("mx.example.com", "foo")]),
        (["mx.example.com> tophosts active_rcpts"], [("mx.example.com", "tophosts active_rcpts")]),
        (["esa1> foo"], []),
        (["esa1> foo", "esa1> status", "esa1> bar x"],
         [("esa1", "foo"), ("esa1", "status"), ("esa1", "bar x")]),
        (["(Machine esa1)> foo", "esa1> bar"], [("esa1", "foo"), ("esa1", "bar")]),
        (["(Cluster main)> list", "main> hello"], [(None, "list")]),
        (["esa.local> foo", "esa.local> tophosts"],
         [("esa.local", "foo"), ("esa.local", "tophosts")]),
        (["esa.local> saveconfig y 1"], [("esa.local", "saveconfig y 1")]),
        (["esa1> STATUS"], [("esa1", "STATUS")]),
        (["esa1> status;"], [("esa1", "status;")]),
        (["esa1> telnet sma 7025"], [("esa1", "telnet sma 7025")]),
        (["esa1> clusterconfig list"], [("esa1", "clusterconfig list")]),
        (["esa1> clustermode machine esa1; featurekey"],
         [("esa1", "clustermode machine esa1; featurekey")]),
        (["alice> hello", "esa1> status", "alice> it says status"], [("esa1", "status")]),
    ],
)  # fmt: skip
def test_what_makes_a_name_a_box(lines: list[str], expected: list[tuple[str, str]]) -> None:
    assert typed(*lines) == expected


def test_a_prompt_without_a_command_ends_an_answer_and_is_no_transcript() -> None:
    cuts = split("mx.example.com> status", "Online", "mx.example.com>", "", "Kind regards")
    assert [(cut.command, shown(cut)) for cut in cuts] == [("status", ["Online"])]


def test_no_transcripts_where_nothing_is_typed() -> None:
    assert split() == []
    assert split("", "  ") == []
    assert split("mx.example.com> ", "mx.example.com>") == []
    assert split("Hello,", "", "the button is grey.") == []


def test_every_command_of_the_catalog_is_known_at_any_box() -> None:
    for command in catalog.COMMANDS:
        assert typed(f"esa1> {command.name}") == [("esa1", command.name)]
        assert typed(f"esa1> {command.typed}") == [("esa1", command.typed)]


# Half of it


def test_a_name_whose_beginning_was_not_copied() -> None:
    lines = ["ample.com> status", "Online", "mx.example.com> version"]
    assert typed(*lines) == [("mx.example.com", "status"), ("mx.example.com", "version")]


@pytest.mark.parametrize(
    "lines",
    [
        ["example.com> status", "mx.example.com> version"],  # whole labels: another box
        ["Hello,", "ample.com> status", "mx.example.com> version"],
        ["ample.com> status", "mx.example.com> version", "esa.example.com> version"],
        ["ample.com> status", "sma.other.example> version"],
    ],
)
def test_a_name_that_may_be_whole_stays(lines: list[str]) -> None:
    assert typed(*lines)[0][0] in ("example.com", "ample.com")


def test_a_last_command_without_its_answer() -> None:
    cuts = split("mx.example.com> version", "Model: C170", "mx.example.com> stat")
    assert [(cut.command, shown(cut)) for cut in cuts] == [
        ("version", ["Model: C170"]),
        ("stat", []),
    ]


STATUS = [
    "Status as of:                  Mon Jul 21 11:57:38 2014 GMT",
    "System status:                 Offline",
]


@pytest.mark.parametrize(
    ("between", "host"),
    [
        ([], "sma.example.com"),
        (["Oldest Message:                No Messages", ""], "sma.example.com"),
        (["次に ESA で確認しました。"], None),
        (["Last login: Mon Jul 21 10:00:00 2014 from 10.1.1.1"], None),
    ],
)
def test_an_answer_whose_prompt_is_missing(between: list[str], host: str | None) -> None:
    first, second = split("", *STATUS, *between, "sma.example.com> resume", "Receiving resumed")
    assert (first.host, first.command, first.cut, first.first_line) == (host, "status", True, 2)
    assert first.text.split("\n")[:2] == STATUS
    assert first.cite_prompt()[0].text == STATUS[0]
    assert (second.host, second.command, second.cut) == ("sma.example.com", "resume", False)
    assert second.moment.after(first.moment) is (host is not None)


def test_answers_without_any_prompt() -> None:
    cuts = split(*STATUS, "", "sslconfig settings:", "  Outbound SMTP method:  tlsv1_2")
    assert [(cut.host, cut.command, cut.cut) for cut in cuts] == [
        (None, "status", True),
        (None, "sslconfig", True),
    ]


def test_a_cluster_prompt_below_a_missing_one_names_the_machine() -> None:
    first, *_ = split(*STATUS, "(Cluster Main)> commit", "(Machine esa1.example.com)> status")
    assert first.host == "esa1.example.com"


# Around it


def test_a_block_of_code() -> None:
    lines = ["Please look:", "```text", "mx.example.com> status", "", "Online", "```", "~~~"]
    [cut] = split(*lines)
    assert shown(cut) == ["Online"]
    assert typed(*(f"    {line}" for line in lines)) == [("mx.example.com", "status")]


def test_an_echo_is_no_answer() -> None:
    [cut] = split("mx.example.com> status", "status", "Online")
    assert shown(cut) == ["Online"]
    assert (cut.first_line, cut.last_line) == (1, 3)


def test_ctrl_c() -> None:
    cuts = split(
        "mx.example.com> filters", "1. Switch modes", "[1]> ^C", "^Cmx.example.com> sta^C",
        "mx.example.com> tail mail_logs", "^C", "mx.example.com>",
    )  # fmt: skip
    assert [cut.command for cut in cuts] == ["filters", "sta^C", "tail mail_logs"]
    assert [answer.typed for answer in cuts[0].answers] == ["^C"]


def test_the_session_inside_telnet_is_its_answer() -> None:
    inner = [
        "Enter the remote port.", "[25]> 7025", "Trying 10.1.1.1...", "Connected to 10.1.1.1.",
        "Escape character is '^]'.", "220 sma.example.com ESMTP", "EHLO mx", "250-8BITMIME",
        "MAIL FROM:<a@mx.example.com>", "250 sender <a@mx.example.com> ok", "^]", "telnet> status",
        "QUIT", "221 sma.example.com", "Connection closed by foreign host.",
    ]  # fmt: skip
    cuts = split("mx.example.com> telnet", *inner, "mx.example.com> status")
    assert [(cut.command, shown(cut)) for cut in cuts] == [("telnet", inner), ("status", [])]


def test_several_commands_on_a_line_are_those_of_the_last() -> None:
    lines = [
        "(Cluster Main)> clustermode machine esa2.example.com; featurekey",
        "(Cluster Main)> clustermode machine esa2.example.com; clustermode machine ESA3; status",
        "(Cluster Main)> clustermode machine esa2.example.com; clustermode cluster; sslconfig",
        "(Machine esa1.example.com)> clustermode machine esa2.example.com",
        "(Machine esa2.example.com)> version",
    ]
    assert [(cut.host, cut.verb) for cut in split(*lines)] == [
        ("esa2.example.com", "featurekey"),
        ("esa3", "status"),
        ("esa1.example.com", "sslconfig"),
        ("esa1.example.com", "clustermode"),
        ("esa2.example.com", "version"),
    ]


# Terminals that cut, and writers that wrap


QUESTION = (
    "Enter the destination host to connect to.  Append the port (example.com:26) if you are not"
    " connecting on port 25:"
)
LONG_LOG = (
    "Mon Apr  7 15:48:42 2014 Info: DCID 3385734 TLS failed: (336109761, 'error:1408A0C1:SSL"
    " routines:SSL3_GET_CLIENT_HELLO:no shared cipher')"
)
CIPHERS = (
    "[ECDH+aRSA:ECDH+ECDSA:DHE+DSS+AES:AES128:AES256:!SRP:!AESGCM+DH+aRSA:!AESGCM+RSA:!aNULL:!eNULL"
    ":!kRSA:@STRENGTH:-aNULL:-EXPORT:-IDEA:HIGH:MEDIUM:LOW:RC4-SHA]> HIGH"
)
LONG = [
    "mx.example.com> clustermode machine a-very-long-name-of-a-machine.a-group.example.com; status",
    "",
    QUESTION,
    "[the.cpq.host]> 10.1.1.1:7025",
    LONG_LOG,
    LONG_LOG.replace("3385734", "3385735"),
    "Please enter the ciphers.",
    CIPHERS,
    "- SETUP - Configure mail delivery.",
]


def cut_at(width: int, lines: list[str]) -> list[str]:
    return [
        line[start : start + width]
        for line in lines
        for start in range(0, max(len(line), 1), width)
    ]


@pytest.mark.parametrize("width", [80, 132])
@pytest.mark.parametrize("spaced", [False, True])
def test_what_a_terminal_cut_is_joined(width: int, spaced: bool) -> None:
    lines = cut_at(width, LONG)
    assert len(lines) > len(LONG)
    if spaced:
        lines = [part for line in lines for part in (line, "")]
    rows = sessions.rows(lines)
    assert [row.text for row in rows if row.text] == [line for line in LONG if line]
    assert [raw for row in rows for raw in row.raw] == list(enumerate(lines, 1))


@pytest.mark.parametrize("width", [80, 132])
@pytest.mark.parametrize(
    "below",
    ["mx.example.com> version", "[25]> 7025", "[RC4-SHA:", "2. In", "- SETUP - Configure it.",
     "Mon Apr  7 15:48:42 2014 Info: x", "(Cluster Main)>"],
)  # fmt: skip
def test_what_starts_anew_is_not_joined(width: int, below: str) -> None:
    lines = ["x" * width, below]
    assert [row.text for row in sessions.rows(lines)] == lines


@pytest.mark.parametrize(
    "lines",
    [
        ["=" * 80, "Module"],
        ["-- " * 26 + "--", "Module"],
        ["x" * 79, "y"],
        ["x" * 100, "y"],
        ["x" * 80, "y" * 81, "z"],  # wider than the terminal: it is none of that width
        ["one", "x" * 80, "", "y", "two"],  # a blank line that stands for itself
        ["x" * 80],
        ["x" * 80, ""],
    ],
)
def test_what_is_not_cut_is_not_joined(lines: list[str]) -> None:
    assert [row.text for row in sessions.rows(lines)] == lines


SENTENCE = (
    "Unable to proceed with Centralized Policy, Virus and Outbreak Quarantines configuration as"
    " esa1.example.com and esa2.example.com in Cluster have content filters / DLP actions available"
    " at a level different from the cluster level. Please see the guide for your release; it is"
    " all told there, and more than once."
)


def filled(text: str, width: int) -> list[str]:
    """Break at blanks, as a writer or a mail program does."""
    lines, line = [], ""
    for word in text.split(" "):
        if line and len(line) + 1 + len(word) > width:
            lines.append(line)
            line = word
        else:
            line = f"{line} {word}" if line else word
    return [*lines, line]


@pytest.mark.parametrize("width", [80, 132])
@pytest.mark.parametrize("start", range(60))
def test_what_a_writer_wrapped_is_left(width: int, start: int) -> None:
    words = " ".join(["word"] * 12)[: start or None]
    lines = filled(f"{words} {SENTENCE} {SENTENCE}", width)
    rows = [row.text for row in sessions.rows(lines)]
    assert " ".join(" ".join(rows).split()) == " ".join(" ".join(lines).split())


def test_the_narrow_wraps_of_the_appliance_are_left() -> None:
    lines = [
        "mx.example.com> deliveryconfig", "",
        "Default system wide maximum outbound message delivery", "concurrency: 10000",
        LONG_LOG[:80], LONG_LOG[80:],
    ]  # fmt: skip
    [cut] = split(*lines)
    assert shown(cut) == [*lines[2:4], LONG_LOG]


def test_many_equal_lines_take_no_time() -> None:
    lines = ["0123456789abcdef" * 5] * 3000
    [row] = sessions.rows(lines)
    assert len(row.raw) == 3000


# Boxes, logins, sessions


LOGIN = [
    "login as: admin",
    "Last login: Mon Jul 21 09:00:00 2014 from 10.1.1.1",
    "AsyncOS 8.0.1 for Cisco M170 build 023",
    "",
    "Welcome to the Cisco M170 Content Security Management Appliance",
]


def test_a_login_begins_a_session_of_its_box_and_ends_the_answer_above() -> None:
    cuts = split(
        "mx.example.com> status", "Online", "", *LOGIN, "sma.example.com> status",
        "mx.example.com> version", "sma.example.com> version", *LOGIN, "sma.example.com> resume",
    )  # fmt: skip
    assert [(cut.host, cut.command, shown(cut)) for cut in cuts][:2] == [
        ("mx.example.com", "status", ["Online"]),
        ("sma.example.com", "status", []),
    ]
    assert [row.text for row in cuts[1].banner] == [line for line in LOGIN if line]
    assert [bool(cut.banner) for cut in cuts] == [False, True, False, False, True]
    named = [cut.moment.session for cut in cuts]
    assert named[0] == named[2]  # the other box's login is no login of this one
    assert named[1] == named[3] != named[4]
    assert cuts[3].moment.after(cuts[1].moment)
    assert not cuts[4].moment.after(cuts[3].moment)
    assert not cuts[1].moment.after(cuts[0].moment)


def test_a_banner_is_kept_for_the_first_command() -> None:
    cuts = split(*LOGIN, "sma.example.com>", "sma.example.com>", "sma.example.com> status")
    assert [row.text for row in cuts[0].banner] == [line for line in LOGIN if line]


def test_a_banner_goes_to_no_other_box() -> None:
    cuts = split(*LOGIN, "sma.example.com>", "mx.example.com> status", "sma.example.com> version")
    assert [bool(cut.banner) for cut in cuts] == [False, True]


def test_a_head_of_a_recorder_is_a_login() -> None:
    head = "=~=~=~=~=~=~= PuTTY log 2014.07.21 11:57:38 =~=~=~=~=~=~="
    cuts = split("mx.example.com> status", "Online", head, "mx.example.com> status")
    assert shown(cuts[0]) == ["Online"]
    assert not cuts[1].moment.after(cuts[0].moment)


@pytest.mark.parametrize(
    ("lines", "hosts"),
    [
        (["(Machine esa1)> who", "(Cluster Main)> tail", "(Machine esa2)> who", "(Group G)> who"],
         ["esa1", "esa1", "esa2", "esa2"]),
        (["(Cluster Main)> tail", "(Machine esa2)> who"], ["esa2", "esa2"]),
        (["(Cluster Main)> tail", "(Group G)> who"], [None, None]),
        # A box that stands alone has no cluster's prompt, unless it has just joined one.
        (["sma.example.com> status", "(Cluster Main)> tail", "(Machine esa2)> who"],
         ["sma.example.com", "esa2", "esa2"]),
        (["sma.example.com> status", "(Cluster Main)> tail"], ["sma.example.com", None]),
        (["esa2.example.com> clusterconfig", "(Cluster Main)> tail"], ["esa2.example.com"] * 2),
        # Nor is it the machine of the session before.
        (["(Machine esa1)> who", *LOGIN, "(Cluster Main)> tail", "(Machine esa2)> who"],
         ["esa1", "esa2", "esa2"]),
        (["(Machine esa1)> who", *LOGIN, "(Cluster Main)> tail", *LOGIN, "(Machine esa2)> who"],
         ["esa1", None, "esa2"]),
    ],
)  # fmt: skip
def test_whose_the_prompt_of_a_cluster_is(lines: list[str], hosts: list[str | None]) -> None:
    assert [cut.host for cut in split(*lines)] == hosts


# Clocks


def noon(minute: int, zone: str = " GMT") -> str:
    return f"Mon Jul 21 12:{minute:02}:00 2014{zone}"


def at(minute: int) -> datetime:
    return datetime(2014, 7, 21, 12, minute)


def status(minute: int, host: str = "mx.example.com") -> list[str]:
    return [f"{host}> status", "", f"Status as of:                  {noon(minute)}", "Online"]


def log(minute: int) -> str:
    return f"{noon(minute, '')} Info: DCID 5 close"


def bounds(*lines: str) -> list[tuple[object, object, object]]:
    moments = [cut.moment for cut in split(*lines)]
    return [(moment.not_before, moment.time, moment.not_after) for moment in moments]


RESUME = "mx.example.com> resume"


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([RESUME], [(None, None, None)]),
        (status(5), [(None, at(5), None)]),
        ([RESUME, *status(5), RESUME, *status(9), RESUME],
         [(None, None, at(5)), (None, at(5), None), (at(5), None, at(9)), (None, at(9), None),
          (at(9), None, None)]),
        (["mx.example.com> commit", f"Changes committed: {noon(5)}", RESUME],
         [(None, at(5), None), (at(5), None, None)]),
        # A log tells that it is not earlier now; what ran before may be newer than the log's line.
        ([RESUME, 'mx.example.com> grep "7025" mail_logs', log(3), log(5), log(4), RESUME],
         [(None, None, None), (None, None, None), (at(5), None, None)]),
        (["mx.example.com> tail mail_logs", log(5), RESUME],
         [(None, None, None), (at(5), None, None)]),
        (["mx.example.com> findevent x mail_logs", f"  {log(5)}", RESUME],
         [(None, None, None), (at(5), None, None)]),
        (["mx.example.com> version", log(5), RESUME], [(None, None, None)] * 2),
        ([f"Last login: {noon(5, '')} from 10.1.1.1", RESUME, *status(9)],
         [(at(5), None, at(9)), (None, at(9), None)]),
        # Old lines and old logins take nothing back.
        ([*status(9), "mx.example.com> tail mail_logs", log(5), RESUME],
         [(None, at(9), None), (at(9), None, None), (at(9), None, None)]),
        # Another box or another login is another session.
        ([*status(5), "sma.example.com> resume"], [(None, at(5), None), (None, None, None)]),
        ([RESUME, *LOGIN[2:], *status(5)], [(None, None, None), (None, at(5), None)]),
        # A stamp that a mail program wrapped.
        (["mx.example.com> status", "Status as of:", "", noon(5)], [(None, at(5), None)]),
        (["mx.example.com> status", "Status as of:   Never"], [(None, None, None)]),
        # A time that goes back: the session below is older.
        ([*status(9), RESUME, *status(5), RESUME],
         [(None, at(9), None), (at(9), None, None), (None, at(5), None), (at(5), None, None)]),
    ],
)  # fmt: skip
def test_clocks_bound_what_stands_around_them(
    lines: list[str], expected: list[tuple[object, object, object]]
) -> None:
    assert bounds(*lines) == expected


def test_a_session_pasted_below_a_newer_one_proves_no_order() -> None:
    cuts = split(RESUME, *status(9), *status(5), "mx.example.com> suspend")
    first, newer, older, last = (cut.moment for cut in cuts)
    assert newer.after(older)
    assert not last.after(first)
    assert not first.after(last)


def test_logs_and_logins_are_in_the_zone_that_the_box_shows() -> None:
    lines = [
        f"Last login: {noon(1, '')} from 10.1.1.1",
        "mx.example.com> tail mail_logs", log(5),
        RESUME,
        "mx.example.com> status", f"Status as of: {noon(9, ' JST')}",
    ]  # fmt: skip
    assert [cut.zone for cut in split(*lines, "sma.example.com> status")] == ["JST"] * 3 + [""]
    early = [datetime(2014, 7, 21, 3, minute) for minute in (1, 5, 9)]
    assert bounds(*lines) == [
        (early[0], None, early[2]),
        (early[1], None, early[2]),
        (None, early[2], None),
    ]


def test_readings_of_a_session_are_ordered_by_their_lines() -> None:
    moments = [cut.moment for cut in split(RESUME, *status(5), RESUME, RESUME, *status(9), RESUME)]
    for index, moment in enumerate(moments):
        assert [moment.after(other) for other in moments] == [
            other < index for other in range(len(moments))
        ]


# The same text, however it came


ANSWERS: dict[str, list[str]] = {
    "status": [
        'Enter "status detail" for more information.',
        "",
        "Status as of:                  Mon Jul 21 11:57:38 2014 GMT",
        "System status:                 Offline",
    ],
    "resume": ["", "Receiving resumed for euq_listener, cpq_listener."],
    "telnet": [
        "",
        "Please select which interface you want to telnet from.",
        "1. Auto",
        "2. In (192.168.1.1/24: mx.example.com)",
        "[1]> 2",
        "",
        "Enter the remote hostname or IP address.",
        "[]> 10.172.12.17",
        "",
        "Enter the remote port.",
        "[25]>",
        "",
        "Trying 10.172.12.17...",
        "telnet: Unable to connect to remote host",
    ],
    "sslconfig": [
        "",
        " Outbound SMTP ciphers: RC4-SHA:RC4-MD5:ALL",
        "- OUTBOUND - Edit Outbound SMTP ssl settings.",
        "[]> OUTBOUND",
        "[RC4-SHA:RC4-MD5:ALL]> HIGH:MEDIUM:ALL:-aNULL:-SSLv2",
        "[]>",
    ],
    'grep "port 7025" mail_logs': [
        "",
        "Mon Apr  7 15:48:42 2014 Info: New SMTP DCID 3385734 interface 172.16.0.179 port 7025",
    ],
    "tophosts": [],
    "clustermode machine esa2.example.com; featurekey": ["", "Module    Quantity  Remaining"],
}
NAMES = ("mx.example.com", "(Machine esa1.example.com)", "(Cluster Main)", "sma.example.com")
PROSE = st.sampled_from(
    [
        "お世話になっております。ログを送ります。",
        "[Management Appliance] > [Centralized Services] > [Policy]",
        "Network > Routing",
        "From: Jo <jo@example.com>",
        "alice> hello there",
        "On Monday Jo wrote:",
        "",
        "   ",
        "1.",
        "----------",
        "I ran status; it says Offline.",
    ]
)


def session_of(commands: list[tuple[str, str]]) -> list[str]:
    lines = [line for name, command in commands
             for line in (f"{name}> {command}", *ANSWERS[command])]  # fmt: skip
    return [*lines, f"{commands[-1][0]}>"]


SESSIONS = st.lists(
    st.tuples(st.sampled_from(NAMES), st.sampled_from(sorted(ANSWERS))), min_size=1, max_size=6
).map(session_of)


def told(cuts: list[Transcript]) -> list[tuple[object, ...]]:
    return [
        (
            cut.host, cut.level, cut.place, cut.command,
            [text.strip() for text in shown(cut)], cut.moment.time,
            cut.moment.not_before, cut.moment.not_after,
            [(each.question, each.default, each.typed) for each in cut.answers],
        )
        for cut in cuts
    ]  # fmt: skip


def assert_exact(lines: list[str], cuts: list[Transcript]) -> None:
    """Every row and every citation is a line as it stands; rows come in order and only once."""
    for cut in cuts:
        raws = [raw for row in (*cut.banner, *cut.rows) for raw in row.raw]
        numbers = [number for number, _ in raws]
        assert numbers == sorted(set(numbers))
        assert all(lines[number - 1] == text for number, text in raws)
        assert (cut.first_line, cut.last_line) == (cut.rows[0].raw[0][0], cut.rows[-1].raw[-1][0])
        for match in re.finditer(r"\S+\s+\S+", cut.text):
            for cited in cut.cite(match):
                assert lines[cited.line - 1] == cited.text
        for answer in cut.answers:
            assert lines[answer.citation.line - 1] == answer.citation.text


CHANGES: dict[str, Callable[[list[str]], list[str]]] = {
    "as it is": list,
    "carriage returns": lambda lines: [f"{line}\r" for line in lines],
    "a blank line after every line": lambda lines: [part for line in lines for part in (line, "")],
    "quoted": lambda lines: [f"> {line}" for line in lines],
    "quoted without a blank": lambda lines: [f">{line}" for line in lines],
    "quoted three times": lambda lines: [f"> >> {line}" for line in lines],
    "quoted and spaced": lambda lines: [part for line in lines for part in (f"> {line}", ">", "")],
    "colours": lambda lines: [f"{ESC}[32m{line}{ESC}[0m{ESC}[K" for line in lines],
    "pager marks": lambda lines: [part for line in lines for part in (PAGER, line)],
    "erased pager marks": lambda lines: [f"{PAGER}\r{' ' * 24}\r{line}" for line in lines],
    "hard blanks": lambda lines: [line.replace("  ", "\u00a0\u3000") for line in lines],
    "blanks at the end": lambda lines: [f"{line}  \t" for line in lines],
    "curled quotes": lambda lines: [re.sub('"([^"]*)"', "\u201c\\1\u201d", text) for text in lines],
    "cut at 80 columns": lambda lines: cut_at(80, lines),
    "indented": lambda lines: [f"    {line}" for line in lines],
}


@pytest.mark.parametrize("change", CHANGES)
@given(lines=SESSIONS)
def test_the_same_transcripts_however_the_text_came(change: str, lines: list[str]) -> None:
    changed = CHANGES[change](lines)
    cuts = split(*changed)
    assert_exact(changed, cuts)
    assert told(cuts) == told(split(*lines))


@given(SESSIONS, st.lists(PROSE, max_size=4), st.lists(PROSE, max_size=4))
def test_the_same_transcripts_whatever_stands_around(
    lines: list[str], before: list[str], after: list[str]
) -> None:
    changed = [*before, *lines, *after]
    cuts = split(*changed)
    assert_exact(changed, cuts)
    assert told(cuts) == told(split(*lines))


@given(SESSIONS, st.data())
def test_the_same_transcripts_with_colours_and_marks_here_and_there(
    lines: list[str], data: st.DataObject
) -> None:
    added = st.sampled_from(["", f"{ESC}[1m", f"{ESC}[0;31m", f"{ESC}]0;x\x07", "\x07", "\r"])
    changed = [f"{data.draw(added)}{line}{data.draw(added)}" for line in lines]
    assert told(split(*changed)) == told(split(*lines))


# Any text at all


LINES = st.lists(
    st.text(st.characters(exclude_characters="\n"), max_size=90)
    | st.text(st.sampled_from("mx.e>()[] \b\r\x1b-1:;"), max_size=20)
    | st.sampled_from([line for answer in ANSWERS.values() for line in answer])
    | st.sampled_from([f"{name}> {command}" for name in NAMES for command in ANSWERS])
    | st.sampled_from([*LOGIN, PAGER, LONG_LOG[:80], LONG_LOG[80:], "x" * 80, "```", "^C", ""]),
    max_size=25,
)


@given(LINES)
def test_no_text_breaks_it_and_no_line_is_lost(lines: list[str]) -> None:
    rows = sessions.rows(lines)
    assert [raw for row in rows for raw in row.raw] == list(enumerate(lines, 1))
    cuts = sessions.split("session.txt", rows)
    assert_exact(lines, cuts)
    assert [cut.first_line for cut in cuts] == sorted(cut.first_line for cut in cuts)
    for cut in cuts:
        assert cut.command
        assert all(row.text == row.text.rstrip() for row in cut.rows)


UNITS = [" ", "-", ">", "> ", "[", "[]", " [", "a", "a.", "a ", "(", "^C", "\b", "a\b", "\r", "`",
         f"{ESC}[", f"{ESC}]", PAGER, "Status as of: ", "(Machine ", "]>", "x]> [", "\u00a0", "1. ",
         "clustermode machine ", "Mon Jul "]  # fmt: skip


def test_no_long_line_takes_long() -> None:
    begin = time.process_time()
    for unit in UNITS:
        for before in ("", "mx.example.com> ", "["):
            line = before + unit * (100_000 // len(unit)) + "x"
            for cut in split("mx.example.com> status", line, "mx.example.com> version", line):
                assert len(cut.answers) < 3
    assert time.process_time() - begin < 30  # one that grows with the square takes minutes


# The technote's own text, where it is at hand


SEED = sorted((Path(__file__).resolve().parents[2] / "shared" / "seed").glob("*.txt"))


@pytest.mark.parametrize("path", SEED, ids=lambda path: path.name)
def test_the_technote(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").split("\n")
    cuts = split(*lines)
    assert_exact(lines, cuts)
    sma, esa = "sma.example.com", "mx.example.com"
    assert [(cut.host, cut.command) for cut in cuts] == [
        (sma, "status"), (sma, "resume"), (esa, "deliveryconfig"), (esa, "telnet"),
        (esa, "deliveryconfig"), (esa, "tlsverify"), (esa, "sslconfig"), (esa, "commit"),
        (esa, "sslconfig"), (esa, "commit"),
    ]  # fmt: skip
    assert cuts[0].moment.time == datetime(2014, 7, 21, 11, 57, 38)
    assert cuts[1].moment.not_before == datetime(2014, 7, 21, 11, 57, 38)
    assert [(each.default, each.typed) for each in cuts[3].answers] == [
        ("1", "2"), ("", "10.172.12.17"), ("25", "7025"),
    ]  # fmt: skip
    assert [(each.default, each.typed) for each in cuts[5].answers] == [
        ("", "the.cpq.host"), ("the.cpq.host", "10.172.12.18:7025"),
    ]  # fmt: skip
    assert cuts[5].answers[1].question == QUESTION.replace("  ", " ") or QUESTION
    assert [(each.default, each.typed) for each in cuts[6].answers] == [
        ("", "OUTBOUND"), ("5", ""), ("RC4-SHA:RC4-MD5:ALL", "HIGH:MEDIUM:ALL:-aNULL:-SSLv2"),
        ("", ""),
    ]  # fmt: skip
