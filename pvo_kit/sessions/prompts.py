"""Prompts: which rows are some, of which box, and what was typed at them."""

from __future__ import annotations

import bisect
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from pvo_kit import catalog
from pvo_kit.evidence import Level, Row

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
LOGIN = re.compile(
    r"^\s*(?:Last login:|AsyncOS \d[\d.]* for |Welcome to the (?:Cisco|IronPort)|=~=~|login as:)"
)
_CLUSTERMODE = re.compile(
    r"\bclustermode\s+(?:machine\s+(?P<host>[^\s;]+)|group|cluster)", re.IGNORECASE
)
_LEVELS: dict[str | None, Level] = {"Machine": "machine", "Group": "group", "Cluster": "cluster"}


@dataclass(frozen=True, slots=True)
class Prompt:
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


def prompts_of(found: Sequence[Row]) -> list[Prompt]:
    """Return the rows that are prompts: of a name that is shown to be a box somewhere here."""
    matches = [
        (index, match)
        for index, row in enumerate(found)
        if ">" in row.text and (match := PROMPT.match(row.text))
    ]
    boxes = {_name(match) for _, match in matches if _is_sure(match)}
    matches = [(index, match) for index, match in matches if _name(match) in boxes]
    logins = [index for index, row in enumerate(found) if LOGIN.match(row.text)]
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


def _prompt(match: re.Match[str], row: int, login: int | None, end: int) -> Prompt:
    level = _LEVELS.get(match["level"])
    host = match["name"] if level == "machine" else match["host"]
    command = (match["command"] or "").strip()
    return Prompt(row, login, end, host.lower() if host else None, level, match["name"], command)


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


def _first_made_whole(found: Sequence[Row], prompts: list[Prompt]) -> list[Prompt]:
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


def hosts_of(prompts: Sequence[Prompt]) -> list[str | None]:
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


def _first_machine(prompts: Sequence[Prompt], start: int) -> str | None:
    """The first machine that is named until the next login."""
    for index in range(start, len(prompts)):
        if index > start and prompts[index].login is not None:
            break
        if prompts[index].machine:
            return prompts[index].machine
    return None
