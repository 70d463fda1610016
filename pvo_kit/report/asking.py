"""What to ask for: per appliance, in the order to type, no command twice; and as text to paste."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from pvo_kit import catalog
from pvo_kit.escape import terminal
from pvo_kit.evidence import Level, Role
from pvo_kit.findings import Need
from pvo_kit.remediation import values
from pvo_kit.report.labels import KINDS

WIDTH = 76
"""Columns of the text to paste: a mail program wraps longer lines once more."""

HOST = "HOST"
"""Stands for an appliance's own name where that is not known, or no host name, or one of many."""

_MODES: tuple[Level | None, ...] = (None, "cluster", "group", "machine")
_ROWS = {row.name: number for number, row in enumerate(catalog.COMMANDS)}
_SWITCH = {"cluster": "clustermode cluster", "group": "clustermode group GROUP"}


@dataclass(frozen=True, slots=True)
class Typed:
    """Commands that stand beside each other and are asked for the same reasons."""

    commands: tuple[str, ...]
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Turn:
    """The commands of one cluster mode. ``switch`` is typed first; '' where any mode will do."""

    switch: str
    typed: tuple[Typed, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """A page of a GUI, or a file, that somebody should look at."""

    where: str
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ask:
    """What to ask for of one appliance, or of several that are all asked for the same.

    ``hosts`` is empty where no appliance of the kind is known yet. ``records`` are the
    ``pvo-kit observe`` lines for what is seen in the ``places``.
    """

    kind: Role
    hosts: tuple[str, ...]
    account: str
    turns: tuple[Turn, ...]
    places: tuple[Place, ...]
    records: tuple[str, ...]

    @property
    def name(self) -> str:
        """The appliances in words."""
        if self.hosts:
            return f"{KINDS[self.kind]} {', '.join(self.hosts)}"
        return {"esa": "Each ESA", "sma": "The SMA"}.get(self.kind, "The appliance")

    @property
    def commands(self) -> tuple[str, ...]:
        """The commands in the order to type, the changes of mode left out."""
        groups = (typed for turn in self.turns for typed in turn.typed)
        return tuple(command for typed in groups for command in typed.commands)

    @property
    def hints(self) -> tuple[str, ...]:
        """What the words in capitals stand for, and where the same is asked of several."""
        told = {
            "the same on each of them": len(self.hosts) > 1,
            f"{HOST} is the appliance's own name": _mentions(self, HOST),
            "GROUP is the group named below the command": _mentions(self, "GROUP"),
        }
        return tuple(hint for hint, applies in told.items() if applies)


def asks(needs: Sequence[Need]) -> tuple[Ask, ...]:
    """Group what is missing: ESAs first, then SMAs; appliances asked for the same together."""
    ordered = sorted(needs, key=lambda need: (need.appliance, need.host or ""))
    alike: dict[Ask, list[tuple[str | None, list[Need]]]] = {}
    for (kind, host), group in groupby(ordered, lambda need: (need.appliance, need.host)):
        own = list(group)
        nameless = [_nameless(need) for need in own]
        alike.setdefault(_ask(kind, None, nameless), []).append((host, own))
    return tuple(_together(ask, members) for ask, members in alike.items())


def _together(ask: Ask, members: list[tuple[str | None, list[Need]]]) -> Ask:
    if len(members) == 1:
        host, needs = members[0]
        return _ask(ask.kind, host, needs)
    return replace(ask, hosts=tuple(host for host, _ in members if host))


def _nameless(need: Need) -> Need:
    """The same need with its host's name taken out of every text."""
    name = re.compile(rf"(?<![\w.-]){re.escape(need.host or HOST)}(?![\w.-])")
    where, record = (text and name.sub(HOST, text) for text in (need.where, need.record))
    return replace(need, host=None, why=name.sub(HOST, need.why), where=where, record=record)


def _ask(kind: Role, host: str | None, needs: Sequence[Need]) -> Ask:
    commands: dict[tuple[Level | None, str], list[Need]] = {}
    places: dict[str, list[Need]] = {}
    for need in needs:
        if need.command:
            commands.setdefault((need.mode, need.command), []).append(need)
        elif need.where:
            # The heading names the kind of appliance already.
            places.setdefault(need.where.removeprefix(f"{KINDS[kind]}: "), []).append(need)
    return Ask(
        kind,
        (host,) if host else (),
        " or ".join(sorted({need.role for need in needs})),
        tuple(_turns(commands, host)),
        tuple(Place(where, _reasons(group)) for where, group in places.items()),
        tuple(dict.fromkeys(_record(need) for need in needs if need.record)),
    )


def _turns(
    commands: dict[tuple[Level | None, str], list[Need]], host: str | None
) -> Iterator[Turn]:
    def rank(key: tuple[Level | None, str]) -> tuple[int, int]:
        return _MODES.index(key[0]), _ROWS.get(key[1].split()[0], len(_ROWS))

    for mode, group in groupby(sorted(commands, key=rank), lambda key: key[0]):
        rows = [(command, _reasons(commands[mode, command])) for _, command in group]
        typed = groupby(rows, lambda row: row[1])
        yield Turn(
            _switch(mode, host),
            tuple(Typed(tuple(name for name, _ in same), reasons) for reasons, same in typed),
        )


def _switch(mode: Level | None, host: str | None) -> str:
    if mode is None:
        return ""
    return _SWITCH.get(mode) or f"clustermode machine {_typeable(host)}"


def _typeable(host: str | None) -> str:
    """A name to type at a prompt: a stranger's text gets there only as a host name."""
    return HOST if host is None or isinstance(values.host(host), values.Refused) else host


def _record(need: Need) -> str:
    host = need.host or HOST
    return (need.record or "").replace(f"--host {host} ", f"--host {_typeable(need.host)} ")


def _reasons(needs: Sequence[Need]) -> tuple[str, ...]:
    """The reasons, each once; those that end with the same remark in brackets as one."""
    alike: dict[str, dict[str, None]] = {}
    for why in (need.why for need in needs if need.why):
        # "Why (how to leave it)": a menu is left in the same way for every reason.
        told, bracket, remark = why.rpartition(" (")
        if not (told and remark.endswith(")")):
            told, bracket, remark = why, "", ""
        alike.setdefault(bracket + remark, {})[told] = None
    return tuple("; ".join(told) + remark for remark, told in alike.items())


def _mentions(ask: Ask, word: str) -> bool:
    said = [turn.switch for turn in ask.turns]
    said += [reason for turn in ask.turns for typed in turn.typed for reason in typed.reasons]
    said += [text for place in ask.places for text in (place.where, *place.reasons)]
    return any(re.search(rf"\b{word}\b", text) for text in said)


def reply(found: Sequence[Ask]) -> list[str]:
    """Return all of it as lines to paste into a reply."""
    return [*_wrapped(request(found)), *(line for ask in found for line in ("", *_for_box(ask)))]


def request(found: Sequence[Ask]) -> str:
    """Return the sentences that stand above the lists."""
    wanted = []
    if any(ask.turns for ask in found):
        wanted.append(
            "Please type these commands in the order shown, in one session for each appliance that "
            "begins with status (its clock dates the rest), and send all that the session shows, "
            "with its prompts, as text."
        )
    if any(ask.places for ask in found):
        wanted.append("Please tell what the pages named below show.")
    return " ".join(wanted)


def records(found: Sequence[Ask]) -> tuple[str, ...]:
    """Return the lines that record what was seen in a GUI."""
    return tuple(dict.fromkeys(line for ask in found for line in ask.records))


def _for_box(ask: Ask) -> Iterator[str]:
    yield from _wrapped("; ".join((f"{ask.name}, logged in as {ask.account}", *ask.hints)) + ":")
    for turn in ask.turns:
        if turn.switch:
            yield f"  {terminal(turn.switch)}"
        for typed in turn.typed:
            yield from (f"  {terminal(command)}" for command in typed.commands)
            yield from _because(typed.reasons)
    for place in ask.places:
        yield from _wrapped(f"look at: {place.where}", "  ", "    ")
        yield from _because(place.reasons)


def _because(reasons: Sequence[str]) -> Iterator[str]:
    for reason in reasons:
        yield from _wrapped(reason, "      - ", "        ")


def _wrapped(text: str, first: str = "", indent: str = "") -> list[str]:
    return textwrap.wrap(
        terminal(text),
        WIDTH,
        initial_indent=first,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )
