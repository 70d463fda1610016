"""Terminal text of any origin to Transcripts.

Appliances print prompts (``mx.example.com> ``, ``(Machine esa1.example.com)> ``,
``(Cluster Main)> ``, ``example.com (SERVICE)> ``), questions (``[1]> ``), and a pager mark
(``-Press Any Key For More-``) that is erased again. People add quote marks, blank lines, wraps
and prose. ``clean`` takes away what the terminal and the mail program added to one line;
``split`` cuts a file into commands. Sources: prompts as seen in public configuration-backup
drivers and technotes; the pager's erasing as CR, blanks, CR.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from pvo_kit import catalog, screen
from pvo_kit.clock import STAMP, read_stamp
from pvo_kit.evidence import Level, Moment, Row, Transcript

PROMPT = re.compile(
    r"""^\s*
    (?: \( (?:(?P<level>Cluster|Group|Machine)\s+)? (?P<name>[^()<>\[\]]{1,255}?) \)
      | (?P<host>[A-Za-z0-9][A-Za-z0-9._-]*) )
    (?: \s*\(SERVICE\) )?
    (?: \s*\[Disconnected\] )?
    \s? > \s* (?P<command>\S.*)? $""",
    re.VERBOSE,
)

_QUOTES = str.maketrans({"\u201c": '"', "\u201d": '"', "\u2018": "'", "\u2019": "'"})
_COMMAND_WORD = re.compile(r"[A-Za-z][A-Za-z_]{1,31}$")
_CLUSTERMODE = re.compile(r"\bclustermode\s+machine\s+(?P<host>[^\s;]+)", re.IGNORECASE)
_TERMINAL_WIDTHS = (80, 132)

_LOGIN = re.compile(r"^\s*(?:Last login:|AsyncOS \d|Welcome to the (?:Cisco|IronPort)|=~=~)")
_CLOCKS = re.compile(rf"^\s*(?:Status as of:|Changes committed:|Last login:)\s*{STAMP}")
_EXACT = re.compile(r"^\s*(?:Status as of:|Changes committed:)")
_LOG_CLOCK = re.compile(rf"^\s*{STAMP}\s+[A-Z][a-z]+: ")


def clean(raw: str) -> str:
    """Return one line as a person saw it on the screen; quotes that a writer curled are straight.

    A command may be pasted from a page, and no command has curled quotes.
    """
    return screen.seen(raw).translate(_QUOTES)


@dataclass(frozen=True, slots=True)
class _Prompt:
    row: int
    host: str | None
    level: Level | None
    place: str | None
    command: str
    session: int


def rows(lines: Sequence[str]) -> list[Row]:
    """Return the cleaned rows of a file; lines that the terminal cut at its width are one row."""
    found = [Row(clean(raw), ((number, raw),)) for number, raw in enumerate(lines, start=1)]
    width = max((len(row.text) for row in found), default=0)
    return _unwrap(found, width) if width in _TERMINAL_WIDTHS else found


def _unwrap(found: list[Row], width: int) -> list[Row]:
    joined: list[Row] = []
    open_row = False  # the last row was as wide as the terminal: the next one continues it
    for row in found:
        if open_row and not row.text:
            joined[-1] = replace(joined[-1], raw=joined[-1].raw + row.raw)
            continue
        if open_row and not _starts_anew(row.text):
            joined[-1] = Row(joined[-1].text + row.text, joined[-1].raw + row.raw)
        else:
            joined.append(row)
        open_row = len(row.text) == width
    return joined


def _starts_anew(text: str) -> bool:
    return bool(
        PROMPT.match(text)
        or re.match(r"\s*(?:\[[^\]]*\]>|\d+\. |- [A-Z])", text)
        or _LOG_CLOCK.match(text)
    )


def split(file: str, found: Sequence[Row]) -> list[Transcript]:
    """Cut the rows of one file into transcripts, in their order in the file.

    A command runs from its prompt to the next prompt. What stands before the first prompt is a
    transcript too where it shows the answer of a command of the catalog (a paste that begins in
    the middle), under that command's name. A file without any such thing gives an empty list.
    """
    prompts = list(_prompts(found))
    hosts = _hosts(prompts)
    cuts = [
        Transcript(
            host,
            prompt.level,
            prompt.place,
            prompt.command,
            Moment(file, found[prompt.row].raw[0][0], f"{host or ''}#{prompt.session}"),
            tuple(found[prompt.row : end]),
            _banner(found, prompts[index - 1].row if index else -1, prompt.row),
        )
        for index, (prompt, host) in enumerate(zip(prompts, hosts, strict=True))
        for end in [prompts[index + 1].row if index + 1 < len(prompts) else len(found)]
        if prompt.command
    ]
    first = prompts[0].row if prompts else len(found)
    headless = _headless(file, found[:first], hosts[0] if hosts else None)
    return _dated([*headless, *cuts])


def _headless(file: str, found: Sequence[Row], host: str | None) -> list[Transcript]:
    shown = [row for row in found if row.text.strip()]
    if not shown:
        return []
    text = "\n".join(row.text for row in shown)
    moment = Moment(file, shown[0].raw[0][0], f"{host or ''}#0")
    return [
        Transcript(host, None, None, command.name, moment, tuple(shown), cut=True)
        for command in catalog.COMMANDS
        if command.recognises(text)
    ]


def _prompts(found: Sequence[Row]) -> Iterator[_Prompt]:
    matches = [
        (index, match)
        for index, row in enumerate(found)
        if ">" in row.text and (match := PROMPT.match(row.text))
    ]
    trusted = {_name(match) for _, match in matches if _is_sure(match)}
    session, last = 0, -1
    logins = [index for index, row in enumerate(found) if _LOGIN.match(row.text)]
    for index, match in matches:
        if _name(match) not in trusted and not _is_known(match["command"]):
            continue
        if any(last < login < index for login in logins):
            session += 1
        last = index
        level = match["level"].lower() if match["level"] else None
        host = match["host"] or (match["name"] if level in (None, "machine") else None)
        yield _Prompt(
            index,
            host.lower() if host else None,
            level,  # type: ignore[arg-type]
            match["name"] if level else None,
            (match["command"] or "").strip(),
            session,
        )


def _name(match: re.Match[str]) -> str:
    return str(match["host"] or match["name"]).lower()


def _is_sure(match: re.Match[str]) -> bool:
    """A cluster's prompt, or a name with a dot and a word that can be a command, is a prompt."""
    if match["level"]:
        return True
    command = match["command"]
    word = command.split()[0] if command else ""
    if "." in _name(match).strip("."):
        return not word or bool(_COMMAND_WORD.match(word.rstrip(";"))) or _is_known(command)
    return False


def _is_known(command: str | None) -> bool:
    return bool(command) and catalog.find(str(command)) is not None


def _hosts(prompts: Sequence[_Prompt]) -> list[str | None]:
    """A cluster's or group's prompt belongs to the machine named last before it, else next.

    ``clustermode machine esa2.example.com; featurekey`` is answered by the machine it names.
    """
    hosts: list[str | None] = []
    known: str | None = next((prompt.host for prompt in prompts if prompt.host), None)
    for prompt in prompts:
        known = prompt.host or known
        switched = _CLUSTERMODE.search(prompt.command.rpartition(";")[0])
        hosts.append(switched["host"].lower() if switched else known)
    return hosts


def _banner(found: Sequence[Row], start: int, end: int) -> tuple[Row, ...]:
    between = found[start + 1 : end]
    first = next((i for i, row in enumerate(between) if _LOGIN.match(row.text)), None)
    return () if first is None else tuple(between[first : first + 12])


def _dated(cuts: list[Transcript]) -> list[Transcript]:
    """Bound each transcript by the clocks seen in its session (see Moment)."""
    dated: list[Transcript] = []
    clocks: dict[str, datetime] = {}
    for cut in cuts:
        session = cut.moment.session
        for row in cut.banner:
            if (match := _CLOCKS.match(row.text)) and (seen := read_stamp(match.group())):
                clocks[session] = seen
        before = clocks.get(session)
        exact, last = _clock(cut)
        if last:
            clocks[session] = last
        moment = replace(cut.moment, time=exact, not_before=None if exact else before)
        dated.append(replace(cut, moment=moment))
    return _bounded(dated)


def _clock(cut: Transcript) -> tuple[datetime | None, datetime | None]:
    """Return the stamp of the answer itself and the last clock that it shows."""
    exact = last = None
    shows_log = cut.verb in catalog.LOG_COMMANDS
    for row in cut.output:
        if _CLOCKS.match(row.text) or (shows_log and _LOG_CLOCK.match(row.text)):
            last = read_stamp(row.text) or last
            if _EXACT.match(row.text):
                exact = last
    return exact, last


def _bounded(dated: list[Transcript]) -> list[Transcript]:
    """A later stamp of the same session is an upper bound for what has no stamp."""
    bounds: dict[str, datetime] = {}
    bounded: list[Transcript] = []
    for cut in reversed(dated):
        moment = cut.moment
        if moment.time:
            bounds[moment.session] = moment.time
        elif moment.session in bounds:
            cut = replace(cut, moment=replace(moment, not_after=bounds[moment.session]))
        bounded.append(cut)
    return bounded[::-1]
