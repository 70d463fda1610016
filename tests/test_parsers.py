"""Every command and variant: the capture, the facts it must give, and the same facts however
the text came (quoted, double-spaced, with pager marks and colours, wrapped, prose behind it)."""

from __future__ import annotations

import ast
import dataclasses
import io
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pvo_kit import catalog, facts, sessions, text
from pvo_kit.evidence import Citation, Configuration, FeatureLine, Moment, Transcript
from pvo_kit.facts import Fact, KeyTable, SystemStatus
from pvo_kit.parsers import features, keys, refusals, version, wizard
from pvo_kit.parsers.reading import Reading

CAPTURES = Path(__file__).parent / "captures"
FILES = sorted(path for path in CAPTURES.glob("*/*.txt") if path.parent.name != "wizard")
EXPECTED = {
    path.parent.name: tomllib.loads(path.read_text(encoding="utf-8"))
    for path in CAPTURES.glob("*/expected.toml")
}
COMMON = {"host", "moment", "citations", "level", "place"}


def name_of(path: Path) -> str:
    return f"{path.parent.name}/{path.stem}"


each_capture = pytest.mark.parametrize("path", FILES, ids=name_of)


def read(lines: list[str]) -> tuple[list[Fact], list[str]]:
    """Read all transcripts of a file: their facts, and the rows that nothing understood."""
    found: list[Fact] = []
    rest: list[str] = []
    for cut in sessions.split("capture.txt", sessions.rows(lines)):
        reading = Reading(cut)
        found += refusals.parse(reading)
        if banner := version.parse_banner(cut):
            found.append(banner)
        command = catalog.find(cut.command)
        if command and command.parser:
            found += command.parser(reading)
            rest += [row.text for row in reading.rest]
    return found, rest


def capture(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines()


def parse(text_of_session: str) -> list[Fact]:
    return read(text_of_session.splitlines())[0]


def plain(value: object) -> object:
    """A field's value as expected.toml writes it."""
    if isinstance(value, tuple) and value and isinstance(value[0], facts.Key):
        return [(key.name, key.label, key.state) for key in value]
    return value if isinstance(value, str | int | bool | tuple | None) else str(value)


def told(fact: Fact) -> tuple[str, dict[str, Any]]:
    """The fact without what all facts share: its name and its fields."""
    fields = [field.name for field in dataclasses.fields(fact) if field.name not in COMMON]
    return type(fact).__name__, {name: plain(getattr(fact, name)) for name in fields}


def expected_of(line: str) -> tuple[tuple[str, dict[str, Any]], list[int]]:
    """``Name(field=value) @ 3 4`` to what ``told`` gives, and the lines that must be cited."""
    source, _, cited = line.rpartition(" @ ")
    call = ast.parse(source, mode="eval").body
    assert isinstance(call, ast.Call)
    assert isinstance(call.func, ast.Name)
    given = {str(word.arg): ast.literal_eval(word.value) for word in call.keywords}
    fields = {}
    for field in dataclasses.fields(getattr(facts, call.func.id)):
        if field.name not in COMMON:
            default = None if field.default is dataclasses.MISSING else field.default
            fields[field.name] = given.pop(field.name, default)
    assert not given, f"no such field: {given}"
    return (call.func.id, fields), [int(number) for number in cited.split()]


@each_capture
def test_facts(path: Path) -> None:
    found, _ = read(capture(path))
    expected = [expected_of(line) for line in EXPECTED[path.parent.name][path.stem]["facts"]]
    lines = [[citation.line for citation in fact.citations] for fact in found]
    assert list(zip(map(told, found), lines, strict=True)) == expected


@each_capture
def test_rows_that_nothing_understood_are_counted(path: Path) -> None:
    _, rest = read(capture(path))
    assert rest == EXPECTED[path.parent.name][path.stem].get("rest", [])


def test_every_expectation_has_its_capture_and_every_parser_its_captures() -> None:
    written = {f"{command}/{variant}" for command, table in EXPECTED.items() for variant in table}
    assert written == set(map(name_of, FILES))
    parsed = {command.name for command in catalog.COMMANDS if command.parser}
    assert parsed <= set(EXPECTED)


def cited(fact: Fact) -> list[Citation]:
    keys_of = fact.keys if isinstance(fact, KeyTable) else ()
    return [*fact.citations, *(key.citation for key in keys_of)]


@each_capture
def test_citations_are_lines_of_the_capture(path: Path) -> None:
    lines = capture(path)
    for fact in read(lines)[0]:
        assert fact.citations
        for citation in cited(fact):
            assert lines[citation.line - 1] == citation.text


@each_capture
def test_facts_know_their_transcript(path: Path) -> None:
    for cut in sessions.split("capture.txt", sessions.rows(capture(path))):
        reading = Reading(cut)
        command = catalog.find(cut.command)
        found = list(command.parser(reading)) if command and command.parser else []
        for fact in [*refusals.parse(reading), *found]:
            assert (fact.moment, fact.level, fact.place) == (cut.moment, cut.level, cut.place)
            assert fact.host == reading.host


def double_spaced(lines: list[str]) -> list[str]:
    return [part for line in lines for part in (line, "")]


def quoted(lines: list[str]) -> list[str]:
    return [f"> {line}" for line in lines]


def quoted_twice(lines: list[str]) -> list[str]:
    return [f">> {line}" for line in lines]


def coloured(lines: list[str]) -> list[str]:
    return [f"\x1b[1;32m{line[:5]}\x1b[0m{line[5:]}\x1b[K" for line in lines]


def nbsp(lines: list[str]) -> list[str]:
    return [line.replace("  ", "\u00a0 ") for line in lines]


def paged(lines: list[str]) -> list[str]:
    mark = "-Press Any Key For More-\r" + " " * 24 + "\r"
    return [f"{mark}{line}" if number % 7 == 6 else line for number, line in enumerate(lines)]


def paged_without_erasing(lines: list[str]) -> list[str]:
    whole: list[str] = []
    for number, line in enumerate(lines):
        whole += ["-Press Any Key For More-", line] if number % 5 == 4 else [line]
    return whole


def with_crlf(lines: list[str]) -> list[str]:
    return list(text.lines(io.BytesIO("\r\n".join(lines).encode()), "utf-8"))


def with_crcrlf(lines: list[str]) -> list[str]:
    return list(text.lines(io.BytesIO("\r\r\n".join(lines).encode()), "utf-8"))


def trailing_blanks(lines: list[str]) -> list[str]:
    return [f"{line}   \t" for line in lines]


def behind_prose(lines: list[str]) -> list[str]:
    return ["お世話になっております。", "ログを送ります。", "", *lines]


def before_prose(lines: list[str]) -> list[str]:
    """The session is not closed by a prompt: prose follows the last answer."""
    body = lines[:-1] if lines[-1].endswith(">") and "[" not in lines[-1] else lines
    return [*body, "", *PROSE]


PROSE = [
    "これに基づき、SMA とネゴシエートするために使用する ADH-CAMELLIA256-SHA 暗号により、",
    "SMA はピア証明書の表示に失敗します。 出力暗号リストを HIGH:MEDIUM:ALL に変更します",
    "。",
    "SMA がオフラインの場合、status で System status: Offline と表示されます。",
    "Please note that the SMA refused connections: Connection refused was seen by us as well.",
    "We then ran resume (Receiving resumed for cpq_listener) and removed Machine esa9.example.com",
    "1. これは手順です。 2. 次の手順です。",
    "For example: Changes committed yesterday, feature Data Loss Prevention Expired.",
]

CHANGES: list[Callable[[list[str]], list[str]]] = [
    double_spaced, quoted, quoted_twice, coloured, nbsp, paged, paged_without_erasing, with_crlf,
    with_crcrlf, trailing_blanks, behind_prose, before_prose,
]  # fmt: skip


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
@each_capture
def test_same_facts_however_the_text_came(
    path: Path, change: Callable[[list[str]], list[str]]
) -> None:
    lines = change(capture(path))
    found, _ = read(lines)
    assert list(map(told, found)) == list(map(told, read(capture(path))[0]))
    for fact in found:
        for citation in cited(fact):
            assert lines[citation.line - 1] == citation.text


def wrapped(lines: list[str], width: int = 76) -> list[str]:
    """Long lines broken at blanks, as mail programs do."""
    whole: list[str] = []
    for line in lines:
        while len(line) > width and " " in line[20:width]:
            cut = line.rindex(" ", 20, width)
            whole.append(line[:cut])
            line = line[cut + 1 :]
        whole.append(line)
    return whole


@each_capture
def test_same_facts_when_a_mail_program_wrapped_long_lines(path: Path) -> None:
    found, _ = read(wrapped(capture(path)))
    assert list(map(told, found)) == list(map(told, read(capture(path))[0]))


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_cut_anywhere_never_breaks_a_parser(path: Path) -> None:
    lines = capture(path)
    for end in range(1, len(lines)):
        read(lines[:end])
        read(lines[end:])


def test_prose_alone_gives_no_facts() -> None:
    for command in catalog.COMMANDS:
        if command.parser and not command.name.startswith(("commit", "suspend", "resume")):
            assert parse("\n".join([f"mx.example.com> {command.name}", "", *PROSE])) == []


def test_prose_is_counted_as_not_understood() -> None:
    _, rest = read(["sma.example.com> status", "", "System status:   Offline", "", *PROSE])
    assert rest == [line for line in PROSE if not line.startswith("1. ")]  # like a menu's entry


def test_a_list_of_one_member_names_it_for_the_commands_of_the_session() -> None:
    session = """(Machine esa1.example.com)> whoami

Username: admin
Groups: admin
(Cluster Main)> clustermode machine esa2.example.com; featurekey

Module                 Quantity  Status  Remaining  Expiration Date
Data Loss Prevention   1         Active  25 days    Fri Feb 21 10:07:10 2014
(Cluster Main)> status

This command is restricted to "machine" mode.  Would you like to switch to "machine" mode? [Y]>

Choose a machine.
1. esa1.example.com (group Main_Group)
2. ESA3.example.com (group Main_Group)
[1]> 2

System status:                 Online
(Cluster Main)> showchanges

{}
"""
    hosts = [(type(fact).__name__, fact.host) for fact in parse(session)]
    assert hosts == [
        ("Account", "esa1.example.com"),
        ("KeyTable", "esa2.example.com"),
        ("SystemStatus", "esa3.example.com"),
        ("PendingChanges", "esa1.example.com"),
    ]


def test_status_reads_the_zone_of_its_stamp() -> None:
    [status] = [f for f in read(capture(CAPTURES / "status/sma-online.txt"))[0]
                if isinstance(f, SystemStatus)]  # fmt: skip
    assert status.as_of == status.moment.time


@pytest.mark.parametrize(
    ("label", "name"),
    [
        ("RSA Email Data Loss Prevention", "data loss prevention"),
        ("Email Security Appliance Data Loss Prevention", "data loss prevention"),
        ("Data Loss Prevention", "data loss prevention"),
        ("Virus Outbreak Filters", "outbreak filters"),
        ("Email Security Appliance Outbreak Filters", "outbreak filters"),
        ("Sophos", "sophos anti-virus"),
        ("Email Security Appliance Sophos Anti-Malware", "sophos anti-virus"),
        ("McAfee", "mcafee anti-virus"),
        ("Email Security Appliance McAfee Anti-Malware", "mcafee anti-virus"),
        ("IronPort Anti-Spam", "anti-spam"),
        ("Cisco IronPort Spam Quarantine", "spam quarantine"),
        ("IronPort Email Encryption", "email encryption"),
        ("Receiving", "incoming mail handling"),
        ("Incoming  Mail Handling", "incoming mail handling"),
    ],
)
def test_key_names_compare_across_releases(label: str, name: str) -> None:
    assert features.key_name(label) == name


@pytest.mark.parametrize(
    ("words", "state"),
    [
        (("Active", "28 days"), "active"),
        ((None, "Perpetual"), "active"),
        (("Dormant", "30 days"), "dormant"),
        (("Dormant", "Expired"), "expired"),
        (("Dormant + Expired", "N/A"), "expired"),
        (("Expired", "Expired"), "expired"),
        (("Eval",), "active"),
        (("In Compliance",), "active"),
        (("Out Of Compliance",), "expired"),
        (("Not requested",), "dormant"),
        (("0",), "expired"),
    ],
)
def test_key_states(words: tuple[str | None, ...], state: str) -> None:
    assert keys.key_state(*words) == state


def test_the_header_comment_of_a_saved_configuration() -> None:
    lines = [
        '  Feature "Data Loss Prevention": Quantity = 1, Time Remaining = "Perpetual"',
        'Feature "RSA Email Data Loss Prevention": Quantity = 1, Time Remaining = "Expired"',
        "  Product: Cisco C100V",
    ]
    read_lines = [features.feature_line(Citation("c.xml", n, s)) for n, s in enumerate(lines, 1)]
    assert read_lines[2] is None
    found = tuple(line for line in read_lines if line)
    assert [(line.name, line.remaining) for line in found] == [
        ("Data Loss Prevention", "Perpetual"),
        ("RSA Email Data Loss Prevention", "Expired"),
    ]
    saved = Configuration(None, None, None, found, Moment("c.xml", 1), ())
    states = [(key.name, key.state) for key in map(features.key_of, saved.features)]
    assert states == [("data loss prevention", "active"), ("data loss prevention", "expired")]
    assert isinstance(found[0], FeatureLine)


WIZARD = [
    ("plain", [(("esa1.example.com", "esa2.example.com"), None, "cluster", [1])]),
    ("wrapped", [(("esa1.example.com", "esa2.example.com", "esa3.example.com"), "Main", "group",
                  [3, 5, 7, 9])]),
    ("twice", [(("esa1.example.com",), None, "machine", [1]),
               (("esa2.example.com",), None, "cluster", [3])]),
    ("in-a-session", [(("esa1.example.com", "esa2.example.com"), None, "cluster", [5, 6, 7])]),
    ("other-words", []),
]  # fmt: skip


@pytest.mark.parametrize(("variant", "expected"), WIZARD, ids=[name for name, _ in WIZARD])
@pytest.mark.parametrize("change", [list, double_spaced, quoted, coloured, wrapped, nbsp])
def test_the_wizards_sentence(
    variant: str, expected: list[tuple[Any, ...]], change: Callable[[list[str]], list[str]]
) -> None:
    lines = change(capture(CAPTURES / f"wizard/{variant}.txt"))
    found = wizard.parse("error.txt", sessions.rows(lines))
    assert [(e.hosts, e.cluster, e.level) for e in found] == [entry[:3] for entry in expected]
    for error in found:
        assert all(lines[c.line - 1] == c.text for c in error.citations)
        assert error.moment == Moment("error.txt", error.citations[0].line)
    if change is list:
        told_on = [[c.line for c in e.citations if c.text.strip("> ")] for e in found]
        assert told_on == [entry[3] for entry in expected]


def test_a_transcript_without_output_is_no_error() -> None:
    for command in catalog.COMMANDS:
        if command.parser:
            empty = Transcript(None, None, None, command.name, Moment("a", 1), (), cut=True)
            assert isinstance(list(command.parser(Reading(empty))), list)


TECHNOTE = Path(__file__).parents[2] / "shared/seed/000_bc74d2920cc959da.txt"


@pytest.mark.skipif(not TECHNOTE.exists(), reason="the technote's text is not beside this checkout")
def test_the_technotes_own_transcripts() -> None:
    found, _ = read(TECHNOTE.read_text(encoding="utf-8").split("\n"))
    kinds = [type(fact).__name__ for fact in found]
    ssl = ["CipherSetting"] * 3 + ["CipherChange", "Commit"]
    assert kinds == [
        "SystemStatus", "Suspension", "DeliveryInterface", "Interface", "Interface", "PortProbe",
        "DeliveryInterface", "Interface", "Interface", "DeliveryChange", "TlsProbe", *ssl, *ssl,
    ]  # fmt: skip
