"""Proves a remedy by running it on a simulated pair: break, collect, diagnose, mend, and back.

Nothing here looks into the pair to judge: what counts is what the collector brings over SSH, what
a person pastes, and what a person records of the web interface. Only the button's state is read
from the model, as a person would see it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import paramiko

import pvo_kit as pvo
from pvo_kit.collect.run import Settings, collect
from pvo_kit.collect.stream import Limits
from pvo_kit.collect.targets import Target
from pvo_kit.findings import Diagnosis, Finding
from pvo_kit.recording import record
from pvo_kit.remediation import Remedy
from pvo_kit.simulator import Pair, Session, broken
from pvo_kit.simulator.broken import FEATURE_KEY
from pvo_kit.simulator.gate import grey, sma_address
from pvo_kit.simulator.playing import Desk, Step, Typed
from pvo_kit.simulator.server import Server

FILLS = {
    "<ticket>": "Case 700000",
    "<feature key>": FEATURE_KEY,
    "<gateway>": "192.0.2.253",
    "<passphrase>": "simulated",
    "<address of a machine that stays in the cluster>": "198.51.100.20",
}
NO_WAY = "none is known"
NOT_PLAYED = "not played"


@dataclass(frozen=True)
class Row:
    """One run: a scenario's fault in an era, and which of its remedies mends it.

    ``way`` is how the title of an alternative begins, '' for the remedy itself.
    """

    scenario: int
    era: str
    variant: str
    way: str = ""

    @property
    def id(self) -> str:
        words = [str(self.scenario), self.era, self.variant, *self.way.split()[:2]]
        return "-".join(words).lower()


@dataclass(frozen=True)
class Run:
    """What a run has shown: statuses before, after, and of both together; the button; the way back.

    ``outputs`` are the commands whose answers it stands on.
    """

    row: Row
    title: str
    steps: str
    before: str
    after: str
    together: str
    button: str
    back: str
    outputs: tuple[str, ...]


class _Nobody:
    """A console at which nobody answers."""

    is_interactive = False

    def say(self, text: str) -> None:
        pass

    def secret(self, question: str) -> str:
        raise AssertionError(question)

    def confirm(self, question: str) -> bool:
        raise AssertionError(question)


def collected(pair: Pair, folder: Path) -> Path:
    """Collect everything from every box over SSH and return the folder."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    key, known = folder.with_suffix(".key"), folder.with_suffix(".known")
    own = paramiko.ECDSAKey.generate()
    own.write_private_key_file(str(key))
    with Server(pair, keys=[own]) as server:
        lines = [f"[127.0.0.1]:{door.port} {door.key.get_name()} {door.key.get_base64()}\n"
                 for door in server.doors]  # fmt: skip
        known.write_text("".join(lines), encoding="ascii")
        targets = [Target(pair.appliances[door.host].role, "127.0.0.1", pair.login, door.port)
                   for door in server.doors]  # fmt: skip
        settings = Settings(
            probe=True, sma_address=sma_address(pair), key=key, agent=False, known_hosts=known,
            config=folder.with_suffix(".none"), limits=Limits(settle=0.01),
        )  # fmt: skip
        done = collect(targets, folder, settings, _Nobody())
    assert done.exit_code == 0, [(box.host, box.reason) for box in done.boxes]
    return folder


def proved(row: Row, folder: Path) -> Run:
    """Run one row; raises AssertionError where anything is not as it must be."""
    pair = broken(row.scenario, row.era, row.variant)
    before = _evidence(pair, row, folder / "before")
    diagnosis = _diagnosed(before)
    found = diagnosis.finding(row.scenario)
    failing = [each.scenario for each in diagnosis.findings if each.status == "fail"]
    assert failing == [row.scenario], _told(diagnosis)
    remedy = _chosen(found, row)
    grey_before = [grey(esa) is not None for esa in pair.esas]
    assert all(grey_before), "the button is active although a scenario fails"

    account, pair.login = pair.login, "admin"
    desk = Desk(pair, FILLS)
    desk.play(_dated(pair, row))
    desk.play(remedy.steps)
    if row.scenario in (5, 6):
        desk.play(_wizard(pair))
    after = _evidence(pair, row, folder / "after", desk)
    mended = _diagnosed(after)
    assert not mended.failing, _told(mended)
    together = _diagnosed(before, after).finding(row.scenario)
    assert together.status == "resolved", f"{together.status}: {together.summary}"
    assert not [esa.host for esa in pair.esas if grey(esa)], "the button is still grey"

    return Run(
        row,
        remedy.title,
        _kind(remedy.steps),
        found.status,
        mended.finding(row.scenario).status,
        together.status,
        "grey, then active",
        _way_back(pair, row, remedy, account, folder / "back"),
        tuple(_outputs(diagnosis, found, remedy, before)),
    )


def _diagnosed(*folders: Path) -> Diagnosis:
    return pvo.diagnose(pvo.load(*map(str, folders)))


def _told(diagnosis: Diagnosis) -> str:
    return "; ".join(
        f"{each.scenario} {each.status}: {each.summary}" for each in diagnosis.findings
    )


def _chosen(found: Finding, row: Row) -> Remedy:
    assert found.remedy is not None
    if not row.way:
        return found.remedy
    fitting = [each for each in found.remedy.alternatives if each.title.startswith(row.way)]
    assert len(fitting) == 1, [each.title for each in found.remedy.alternatives]
    return fitting[0]


def _kind(steps: Iterable[Step]) -> str:
    kinds = dict.fromkeys("GUI" if step.gui is not None else "CLI" for step in steps)
    return " and ".join(sorted(kinds))


# Evidence


def _evidence(pair: Pair, row: Row, folder: Path, desk: Desk | None = None) -> Path:
    """What is collected, and beside it what no collection shows."""
    collected(pair, folder)
    if row.scenario == 1 and (row.variant != "offline" or desk):
        # A suspension of a listener or of transfers shows only where it was typed; so does what
        # takes it back. The person's own session goes into the folder.
        text = desk.text_of(pair.sma.host) if desk else _suspending(pair, row.variant)
        (folder / "sma by hand.txt").write_text(text, encoding="utf-8")
    if row.scenario == 2:
        _observed(pair, folder)
    return folder


def _suspending(pair: Pair, variant: str) -> str:
    """The session in which somebody suspended the SMA, as it was kept."""
    session = Session(pair.sma)
    for line in ("status", *_SUSPENDING[variant], "status"):
        session.type(line)
    return f"{session.text}\n"


_SUSPENDING = {
    "offline": ("suspend", ""),
    "listener": ("suspendlistener", "cpq_listener", ""),
    "transfers": ("suspendtransfers",),
}


def _observed(pair: Pair, folder: Path) -> None:
    """Record what the SMA's web interface shows, as the finding asks for."""
    session = Session(pair.sma, pair.login)
    shown = session.type("gui pvo")
    finished = "action required" not in shown
    when = datetime.fromtimestamp(pair.clock, UTC).isoformat()
    host = pair.sma.host
    record(folder, host, "wizard", "finished" if finished else "not-finished", when)
    record(folder, host, "pending_changes", "no" if "not lit" in shown else "yes", when)


def _dated(pair: Pair, row: Row) -> list[Step]:
    """A session that goes into the evidence begins with ``status``: its clock dates the rest."""
    return [Typed(f"{pair.sma.host}> ", "status")] if row.scenario == 1 else []


def _wizard(pair: Pair) -> list[Step]:
    """What the remedies of 5 and 6 say to verify: run the wizard again."""
    box = f"SMA {pair.sma.host}"
    return [Typed(gui=f"{box}: Launch Migration Wizard"), Typed(gui=f"{box}: Commit Changes")]


# The way back


def _way_back(pair: Pair, row: Row, remedy: Remedy, account: str, folder: Path) -> str:
    """Type in a new session what the remedy states, and see the fault return.

    ``account`` is the one that the fault was collected with.
    """
    told = " ".join(remedy.rollback)
    steps = list(_steps_back(pair, row, remedy, told))
    if not steps:
        return NO_WAY if "no way back" in told else f"{NOT_PLAYED} (loadconfig)"
    desk = Desk(pair, FILLS)
    desk.play([*_dated(pair, row), *steps])
    pair.login = account
    back = _diagnosed(_evidence(pair, row, folder, desk if row.scenario == 1 else None))
    failing = [each.scenario for each in back.findings if each.status == "fail"]
    assert failing == [row.scenario], _told(back)
    return "the fault returns"


def _steps_back(pair: Pair, row: Row, remedy: Remedy, told: str) -> Iterator[Step]:
    if row.scenario == 1:
        yield from _suspend(pair, row, remedy, told)
    elif row.scenario == 2:
        assert "rollbackconfig on the SMA" in told
        yield from _rolled_back(pair)
    elif row.scenario == 3:
        yield from _undelivered(remedy, told)
    elif row.scenario == 4:
        yield from _old_ciphers(remedy, told)
    elif row.scenario == 6 and "Override Settings" in told:
        yield from _overridden(remedy, told)


def _suspend(pair: Pair, row: Row, remedy: Remedy, told: str) -> Iterator[Step]:
    if told == "The same page: Suspend.":
        told = "suspend ("
    verb, *lines = _SUSPENDING[row.variant]
    assert told.startswith(verb), told
    yield Typed(f"{pair.sma.host}> ", verb)
    for line in lines:
        entry = line or None
        yield Typed("[<default>]> ", None if entry else "", choose=entry)


def _rolled_back(pair: Pair) -> Iterator[Step]:
    yield Typed(f"{pair.sma.host}> ", "rollbackconfig")
    yield Typed("[]> ", "ROLLBACK")
    yield Typed("[1]> ", "1")
    yield Typed("[N]> ", "Y")


def _undelivered(remedy: Remedy, told: str) -> Iterator[Step]:
    """``deliveryconfig > SETUP: the entry In by its name``, or ``routeconfig > DELETE``."""
    if name := re.search(r"deliveryconfig > SETUP: the entry (\w+) by its name", told):
        for step in remedy.steps:
            chosen = step.choose is not None
            yield Typed("[<number>]> ", choose=name[1]) if chosen else step
        return
    assert "routeconfig > DELETE: the route SMA" in told, told
    new = [step.send for step in remedy.steps].index("NEW")
    yield from remedy.steps[:new]
    yield Typed("[]> ", "DELETE")
    yield Typed("[1]> ", choose="SMA Destination: 203.0.113.17/32")
    yield from remedy.steps[new + 4 :]


def _old_ciphers(remedy: Remedy, told: str) -> Iterator[Step]:
    """``sslconfig > OUTBOUND: Enter at the method, then OLD, commit.``"""
    old = re.search(r"sslconfig > \w+: Enter at the method, then (\S+), commit", told)
    assert old, told
    new = re.search(r"ciphers to (\S+)", remedy.title)
    assert new, remedy.title
    for step in remedy.steps:
        if step.gui is not None:
            yield Typed(gui=step.gui.replace(new[1], old[1]))
        elif step.send == new[1] and "<" not in (step.prompt or "") and step.prompt != "[]> ":
            yield Typed("[<the new string>]> ", old[1])
        else:
            yield step


def _overridden(remedy: Remedy, told: str) -> Iterator[Step]:
    for step in remedy.steps:
        text = step.gui or ""
        page, comma, _ = text.partition(": Centralized Management")
        if comma:
            yield Typed(gui=f"{page}: Override Settings, Submit.")
        elif "Commit Changes" in text:
            yield step


# What it stands on


def _outputs(diagnosis: Diagnosis, found: Finding, remedy: Remedy, folder: Path) -> Iterator[str]:
    """The commands whose answers the finding cites and the remedy's dialogue sees."""
    cited = {(each.file, each.line) for each in found.citations}
    verbs = {cut.verb for cut in pvo.load(str(folder)).transcripts
             for row in cut.rows for line, _ in row.raw if (cut.file, line) in cited}  # fmt: skip
    if any(file.endswith(".toml") for file, _ in cited):
        verbs.add("observations")
    for step in remedy.steps:
        if step.gui is not None:
            verbs.add("web pages")
        elif step.prompt and step.prompt.endswith("> ") and "[" not in step.prompt:
            verbs.add((step.send or "").split()[0] if step.send else "")
    return (verb for verb in sorted(verbs) if verb)
