"""From rows to transcripts: each command with its answer, up to the next prompt or login."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from pvo_kit import catalog
from pvo_kit.evidence import Moment, Row, Transcript
from pvo_kit.sessions.dating import dated
from pvo_kit.sessions.prompts import LOGIN, Prompt, hosts_of, prompts_of

_BANNER_ROWS = 20


def split(file: str, found: Sequence[Row]) -> list[Transcript]:
    """Cut the rows of one file into transcripts, in their order in the file.

    A command runs from its prompt to the next prompt or login. What stands before the first prompt
    is a transcript too where it shows the answer of a command of the catalog (a paste that begins
    in the middle), under that command's name. A file without any such thing gives an empty list.
    """
    prompts = prompts_of(found)
    hosts = hosts_of(prompts)
    return dated([*_headless(file, found, prompts, hosts), *_typed(file, found, prompts, hosts)])


def _typed(
    file: str, found: Sequence[Row], prompts: Sequence[Prompt], hosts: Sequence[str | None]
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
    file: str, found: Sequence[Row], prompts: Sequence[Prompt], hosts: Sequence[str | None]
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
    return rest.isascii() and not any(map(LOGIN.match, rest.split("\n")))
