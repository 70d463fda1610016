"""Terminal text of any origin to Transcripts.

Appliances print prompts (``mx.example.com> ``, ``(Machine esa1.example.com)> ``,
``(Cluster Main)> ``, ``example.com (SERVICE)> ``), questions (``[1]> ``), and a pager mark
(``-Press Any Key For More-``) that is erased again. People add quote marks, blank lines, wraps
and prose. ``clean`` takes away what the terminal and the mail program added to one line,
``rows`` joins what a terminal cut at its width, ``split`` cuts a file into commands. Sources:
prompts as seen in public configuration-backup drivers and technotes.
"""

from __future__ import annotations

import bisect
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import chain, groupby, pairwise

from pvo_kit import catalog, screen
from pvo_kit.clock import STAMP, read_stamp
from pvo_kit.evidence import Level, Moment, Row, Transcript

PROMPT = re.compile(
    r"""^(?:\s|\^C)*
    (?: \( (?P<level>Cluster|Group|Machine) \s+ (?P<name>[^()<>\[\]]{1,255}) \)
      | \(? (?P<host>[A-Za-z0-9][A-Za-z0-9._-]{0,254}) \)? )
    (?: \s*\(SERVICE\) )?
    (?: \s*\[Disconnected\] )?
    > \s* (?P<command>\S.*)? $""",
    re.VERBOSE,
)
"""No blank before ``>``: that is how a path through the GUI is written (``Network > Routing``)."""


# Lines


_LOOKALIKES = {
    "\u201c\u201d\u201e\u201f\u2033": '"',
    "\u2018\u2019\u201a\u201b\u2032": "'",
    "\u2010\u2011\u2012\u2013\u2212": "-",
    "\u2026": "...",
    "\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2008\u2009\u200a\u205f\u2028\u2029": " ",
    "\u00ad\u061c\u200c\u200d\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069": "",
    "".join(map(chr, range(0x80, 0xA0))): "",
}
"""What writers and mail programs put for what an appliance prints or a person types."""

_PLAIN = {ord(odd): plain for many, plain in _LOOKALIKES.items() for odd in many}
_ODD = re.compile(f"[{''.join(_LOOKALIKES)}]")
_FENCE = re.compile(r"\s*(?:```|~~~)[`~]*\s*\w*")


def clean(raw: str) -> str:
    """Return one line as a person saw it on the screen; curled quotes and dashes are plain again.

    A line that only opens or closes a block of code in a ticket is empty: no appliance printed it.
    """
    text = screen.seen(raw)
    if not text.isascii() and _ODD.search(text):
        text = text.translate(_PLAIN).rstrip()
    is_fence = ("```" in text or "~~~" in text) and _FENCE.fullmatch(text)
    return "" if is_fence else text


_WIDTHS = (80, 132)
_RULE = re.compile(r"[\W_]+")
_LOG_LINE = re.compile(rf"^[ \t]*(?P<stamp>{STAMP})[ \t]+[A-Z][a-z]+:", re.MULTILINE)
_ANEW = re.compile(r"\s*(?:\[[^\]]*(?:\]>|$)|\d+\. |- [A-Z])")


def rows(lines: Sequence[str]) -> list[Row]:
    """Return the cleaned rows of a file; lines that the terminal cut at its width are one row."""
    found = [Row(clean(raw), ((number, raw),)) for number, raw in enumerate(lines, start=1)]
    width = _width(found)
    return _unwrapped(found, width) if width else found


def _width(found: Sequence[Row]) -> int | None:
    """The width of the terminal: a usual one that rows reach and hardly any exceeds."""
    lengths = Counter(len(row.text) for row in found if _may_be_cut(row.text))
    for width in _WIDTHS:
        if lengths[width] > sum(count for length, count in lengths.items() if length > width):
            return width
    return None


def _may_be_cut(text: str) -> bool:
    """A rule of dashes is as wide as the terminal without being cut."""
    return len(text) >= _WIDTHS[0] and not _RULE.fullmatch(text)


def _unwrapped(found: Sequence[Row], width: int) -> list[Row]:
    shown = [index for index, row in enumerate(found) if row.text]
    texts = [found[index].text for index in shown]
    rests: set[int] = set()  # rows that belong to the one above, with the blank ones between
    for first, end in _full_runs(texts, width):
        if _is_prose(texts, first, end, width):
            continue
        for place in range(first, min(end, len(shown) - 1)):
            if _is_next(shown, place) and not _starts_anew(texts[place + 1]):
                rests.update(range(shown[place] + 1, shown[place + 1] + 1))
    groups: list[list[Row]] = []
    for index, row in enumerate(found):
        if index in rests:
            groups[-1].append(row)
        else:
            groups.append([row])
    return [group[0] if len(group) == 1 else _joined(group) for group in groups]


def _joined(group: Sequence[Row]) -> Row:
    text = "".join(row.text for row in group)
    return Row(text, tuple(chain.from_iterable(row.raw for row in group)))


def _full_runs(texts: Sequence[str], width: int) -> Iterator[tuple[int, int]]:
    """Yield where rows that are as wide as the terminal begin and end."""
    first = 0
    for is_full, run in groupby(texts, lambda text: len(text) == width and _may_be_cut(text)):
        end = first + sum(1 for _ in run)
        if is_full:
            yield first, end
        first = end


def _is_prose(texts: Sequence[str], first: int, end: int, width: int) -> bool:
    """Whether lines are as wide by chance: those around them are filled up to a word."""
    above = first > 0 and _is_filled(texts[first - 1], texts[first], width)
    below = end + 1 < len(texts) and _is_filled(texts[end], texts[end + 1], width)
    return above or below


def _is_next(shown: Sequence[int], place: int) -> bool:
    """Whether the next row stands right below, or below a blank one as all rows here do."""
    gap = shown[place + 1] - shown[place]
    near = shown[max(0, place - 3) : place + 5]
    return gap == 1 or (gap == 2 and all(below - above > 1 for above, below in pairwise(near)))


def _is_filled(text: str, below: str, width: int) -> bool:
    """Whether a writer broke here because the next word would not have fitted any more."""
    word = below.partition(" ")[0]
    is_nearly_full = width - 25 < len(text) < width <= len(text) + len(word)
    return is_nearly_full and not _starts_anew(below)


def _starts_anew(text: str) -> bool:
    return bool(_ANEW.match(text) or PROMPT.match(text) or _LOG_LINE.match(text))


# Prompts


_WORD = re.compile(r"[A-Za-z][A-Za-z0-9_]{1,31};?$")
_OTHER_COMMANDS = re.compile(
    r"[a-z]+(?:config|status|update|flush|recipients|message|counters)|altsrchost|clearchanges|"
    r"clustercheck|commitdetail|d(?:ane|kim)verify|delivernow|displayalerts|hostrate|netstat|"
    r"nslookup|packetcapture|passwd|passphrase|ping6?|rollovernow|set(?:hostname|time|tz)|"
    r"smtproutes|supportrequest|systemsetup|techsupport|tophosts|topin|traceroute|who|workqueue"
)
"""Words that no chat begins with; what the kit reads and asks for stands in the catalog."""

_SUBCOMMANDS = re.compile(
    r"detail|list|connstatus|summary|cluster|group|machine|new|edit|print|setup|checknow"
)
_NO_BOXES = frozenset({"telnet", "ftp", "sftp", "nslookup", "mysql"})  # programs with prompts
_LOGIN = re.compile(
    r"^\s*(?:Last login:|AsyncOS \d[\d.]* for |Welcome to the (?:Cisco|IronPort)|=~=~|login as:)"
)
_CLUSTERMODE = re.compile(
    r"\bclustermode\s+(?:machine\s+(?P<host>[^\s;]+)|group|cluster)", re.IGNORECASE
)
_LEVELS: dict[str | None, Level] = {"Machine": "machine", "Group": "group", "Cluster": "cluster"}


@dataclass(frozen=True, slots=True)
class _Prompt:
    """A prompt, the row of the login right above it, and the row where its answer has ended."""

    row: int
    login: int | None
    end: int
    host: str | None
    level: Level | None
    place: str | None
    command: str

    @property
    def machine(self) -> str | None:
        """The machine of a cluster that it names; a box that stands alone may be joining one."""
        joins = self.level is None and "clusterconfig" in self.command.lower()
        return self.host if self.level == "machine" or joins else None


def _prompts(found: Sequence[Row]) -> list[_Prompt]:
    """Return the rows that are prompts: of a name that is shown to be a box somewhere here."""
    matches = [
        (index, match)
        for index, row in enumerate(found)
        if ">" in row.text and (match := PROMPT.match(row.text))
    ]
    boxes = {_name(match) for _, match in matches if _is_sure(match)}
    matches = [(index, match) for index, match in matches if _name(match) in boxes]
    logins = [index for index, row in enumerate(found) if _LOGIN.match(row.text)]
    stops = [*(index for index, _ in matches), len(found)]
    between = [_first_between(logins, above, below) for above, below in pairwise([-1, *stops])]
    prompts = []
    for number, (index, match) in enumerate(matches):
        login, next_login = between[number : number + 2]
        end = stops[number + 1] if next_login is None else next_login
        prompts.append(_prompt(match, index, login, end))
    return _first_made_whole(found, prompts)


def _first_between(logins: Sequence[int], above: int, below: int) -> int | None:
    place = bisect.bisect_right(logins, above)
    return logins[place] if place < len(logins) and logins[place] < below else None


def _prompt(match: re.Match[str], row: int, login: int | None, end: int) -> _Prompt:
    level = _LEVELS.get(match["level"])
    host = match["name"] if level == "machine" else match["host"]
    command = (match["command"] or "").strip()
    return _Prompt(row, login, end, host.lower() if host else None, level, match["name"], command)


def _name(match: re.Match[str]) -> tuple[str | None, str]:
    """What the prompt names: a box, however it is written, or a group or cluster."""
    shared = match["level"] if match["level"] in ("Cluster", "Group") else None
    return shared, str(match["name"] or match["host"]).lower()


def _is_sure(match: re.Match[str]) -> bool:
    """A prompt that needs no other one to be believed; chat and prose look like prompts too."""
    command = match["command"] or ""
    is_typed = not command or bool(_WORD.match(command.split()[0]))
    if match["level"]:
        return is_typed
    host = match["host"].lower()
    if host in _NO_BOXES:
        return False
    if command and _is_known(command):
        return True
    # Any other word makes a prompt of a full name only: mx.example.com, but no john.doe.
    is_full_name = host.strip(".").count(".") > 1 and not host.replace(".", "").isdigit()
    is_apart = not command or match.string[match.start("command") - 1] == " "
    return is_full_name and is_typed and is_apart


def _is_known(command: str) -> bool:
    """A command with what may be its arguments: ``status detail``, but not ``status is fine``."""
    words = command.lower().split()
    first = words[0].rstrip(";")
    if not (catalog.find(command) or catalog.find(first) or _OTHER_COMMANDS.fullmatch(first)):
        return False
    is_prose = all(word.rstrip(".,!?").isalpha() for word in words)
    return len(words) == 1 or not is_prose or any(map(_SUBCOMMANDS.fullmatch, words[1:]))


def _first_made_whole(found: Sequence[Row], prompts: list[_Prompt]) -> list[_Prompt]:
    """Complete the name in a file's first row where copying began in the middle of it."""
    if not prompts or any(row.text.strip() for row in found[: prompts[0].row]):
        return prompts
    first, *others = prompts
    rest = first.host or ""
    whole = {other.host for other in others if other.host and _is_end(rest, other.host)}
    return [replace(first, host=whole.pop()), *others] if len(whole) == 1 else prompts


def _is_end(rest: str, name: str) -> bool:
    """Whether a name was cut within a word: ``sa1.example.com``, but not ``example.com``."""
    return bool(rest) and name.endswith(rest) and name[: -len(rest)][-1:].isalnum()


def _hosts(prompts: Sequence[_Prompt]) -> list[str | None]:
    """The box of each prompt.

    A cluster's or group's prompt belongs to the machine named last before it since the login,
    else to the first one after it. ``clustermode machine esa2.example.com; featurekey`` is
    answered by the machine it names.
    """
    hosts: list[str | None] = []
    machine: str | None = None
    for index, prompt in enumerate(prompts):
        if index == 0 or prompt.login is not None:
            machine = _first_machine(prompts, index)
        machine = prompt.machine or machine
        switches = list(_CLUSTERMODE.finditer(prompt.command.rpartition(";")[0]))
        switched = switches[-1]["host"] if switches else None
        hosts.append(switched.lower() if switched else prompt.host or machine)
    return hosts


def _first_machine(prompts: Sequence[_Prompt], start: int) -> str | None:
    """The first machine that is named until the next login."""
    for index in range(start, len(prompts)):
        if index > start and prompts[index].login is not None:
            break
        if prompts[index].machine:
            return prompts[index].machine
    return None


# Commands


_BANNER_ROWS = 20


def split(file: str, found: Sequence[Row]) -> list[Transcript]:
    """Cut the rows of one file into transcripts, in their order in the file.

    A command runs from its prompt to the next prompt or login. What stands before the first prompt
    is a transcript too where it shows the answer of a command of the catalog (a paste that begins
    in the middle), under that command's name. A file without any such thing gives an empty list.
    """
    prompts = _prompts(found)
    hosts = _hosts(prompts)
    return _dated([*_headless(file, found, prompts, hosts), *_typed(file, found, prompts, hosts)])


def _typed(
    file: str, found: Sequence[Row], prompts: Sequence[_Prompt], hosts: Sequence[str | None]
) -> Iterator[Transcript]:
    """Yield what was typed at prompts; a login starts a new session of the box it leads to."""
    sessions: Counter[str | None] = Counter()
    banners: dict[str | None, tuple[Row, ...]] = {}
    for prompt, host in zip(prompts, hosts, strict=True):
        if prompt.login is not None:
            sessions[host] += 1
            above = found[prompt.login : prompt.row]
            banners[host] = tuple(row for row in above if row.text.strip())[:_BANNER_ROWS]
        if prompt.command:
            yield Transcript(
                host,
                prompt.level,
                prompt.place,
                prompt.command,
                Moment(file, found[prompt.row].raw[0][0], f"{host or ''}#{sessions[host]}"),
                _without_echo(found[prompt.row : prompt.end], prompt.command),
                banners.pop(host, ()),
            )


def _without_echo(found: Sequence[Row], command: str) -> tuple[Row, ...]:
    """Leave out a row that repeats what was typed: some recorders write it twice."""
    is_echoed = len(found) > 1 and found[1].text.strip() == command
    return (found[0], *found[2:]) if is_echoed else tuple(found)


def _headless(
    file: str, found: Sequence[Row], prompts: Sequence[_Prompt], hosts: Sequence[str | None]
) -> Iterator[Transcript]:
    """Yield what the rows before the first prompt show of the catalog's commands."""
    shown = [row for row in found[: prompts[0].row if prompts else len(found)] if row.text.strip()]
    text = "\n".join(row.text for row in shown)
    for command in catalog.COMMANDS:
        if command.recognises(text):
            host = hosts[0] if hosts and _runs_on(command, text) else None
            moment = Moment(file, shown[0].raw[0][0], f"{host}#0" if host else "#cut")
            yield Transcript(host, None, None, command.name, moment, tuple(shown), cut=True)


def _runs_on(command: catalog.Command, text: str) -> bool:
    """Whether an answer runs on to the prompt below it: no login and no prose in between."""
    *_, last = re.finditer(command.signature, text, re.MULTILINE | re.IGNORECASE)
    rest = text[last.end() :]
    return rest.isascii() and not any(map(_LOGIN.match, rest.split("\n")))


# Clocks


_PRESENT = re.compile(
    rf"^[ \t]*(?:Status\s+as\s+of|Changes\s+committed):\s+(?P<stamp>{STAMP})", re.MULTILINE
)
_LAST_LOGIN = re.compile(rf"^[ \t]*Last\s+login:\s+(?P<stamp>{STAMP})", re.MULTILINE)


def _dated(cuts: Sequence[Transcript]) -> list[Transcript]:
    """Bound each transcript by the clocks seen in its session (see Moment)."""
    sessions: dict[str, list[Transcript]] = {}
    for cut in cuts:
        sessions.setdefault(cut.moment.session, []).append(cut)
    dated = [cut for session in sessions.values() for cut in _not_after(_not_before(session))]
    return sorted(dated, key=lambda cut: cut.first_line)


def _not_before(session: Sequence[Transcript]) -> list[Transcript]:
    """Date what shows the box's present time; the rest is not older than the clocks above it.

    A present time that goes back shows that an older session was pasted below a newer one.
    """
    zone = _zone(session)
    dated: list[Transcript] = []
    part, clock = 0, datetime.min
    for cut in session:
        banner = "\n".join(row.text for row in cut.banner)
        present = list(_times(_PRESENT, cut.text, zone))
        clock = max([clock, *_times(_LAST_LOGIN, banner, zone)])
        if present and present[0] < clock:
            part, clock = part + 1, datetime.min
        moment = replace(
            cut.moment,
            session=f"{cut.moment.session}.{part}" if part else cut.moment.session,
            time=present[0] if present else None,
            not_before=None if present or clock == datetime.min else clock,
        )
        dated.append(replace(cut, moment=moment, zone=zone))
        logged = _times(_LOG_LINE, cut.text, zone) if cut.verb in catalog.LOG_COMMANDS else ()
        clock = max([clock, *present, *logged])
    return dated


def _zone(session: Sequence[Transcript]) -> str:
    """The box's time zone by its present times; its logs and logins are in it but tell none."""
    zones = (found["zone"] for cut in session for found in _PRESENT.finditer(cut.text))
    return next(filter(None, zones), "")


def _times(pattern: re.Pattern[str], text: str, zone: str) -> Iterator[datetime]:
    stamps = dict.fromkeys(found["stamp"] for found in pattern.finditer(text))
    return filter(None, (read_stamp(stamp, zone) for stamp in stamps))


def _not_after(session: Sequence[Transcript]) -> list[Transcript]:
    """What has no stamp is not newer than the next present time of its session."""
    bounds: dict[str, datetime] = {}
    bounded: list[Transcript] = []
    for cut in reversed(session):
        moment = cut.moment
        if moment.time:
            bounds[moment.session] = moment.time
        elif moment.session in bounds:
            cut = replace(cut, moment=replace(moment, not_after=bounds[moment.session]))
        bounded.append(cut)
    return bounded[::-1]
