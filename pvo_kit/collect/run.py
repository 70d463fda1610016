"""A collection: several appliances asked in parallel, each on its own, into one folder."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from copy import deepcopy
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

from pvo_kit.collect import connection, credentials, known_hosts, logs, plan
from pvo_kit.collect.console import Console, Person
from pvo_kit.collect.credentials import Credential
from pvo_kit.collect.folder import Asked, Box, BoxFolder, Folder
from pvo_kit.collect.interview import Interview, StoppedError
from pvo_kit.collect.plan import Step
from pvo_kit.collect.questions import Questions
from pvo_kit.collect.route import Route, resolve
from pvo_kit.collect.shell import Shell
from pvo_kit.collect.stream import Limits
from pvo_kit.collect.targets import Target
from pvo_kit.errors import InputError, PvoError

_AT_ONCE = 8
_LEAVING = 15.0
"""Seconds that the appliances' sessions are given to end after Ctrl-C."""


@dataclass(frozen=True, slots=True)
class Settings:
    """How to collect.

    ``topics`` are names of the catalog by role (see ``plan.Options``). ``known_hosts`` replaces
    the user's and the system's files, ``config`` the user's ``~/.ssh/config``.
    """

    topics: Mapping[str, frozenset[str] | None] = field(default_factory=dict)
    probe: bool = False
    sma_address: str | None = None
    pvo_port: int = 7025
    key: Path | None = None
    agent: bool = True
    known_hosts: Path | None = None
    accept_new: bool = False
    config: Path | None = None
    limits: Limits = field(default_factory=Limits)
    logs: logs.Wanted = field(default_factory=logs.Wanted)

    def options(self, role: str) -> plan.Options:
        """Return what the plan of one appliance depends on."""
        return plan.Options(self.topics.get(role), self.probe, self.sma_address, self.pvo_port)


@dataclass(frozen=True, slots=True)
class Collection:
    """What a run has left: the folder, and the manifest's entry of each appliance."""

    folder: Path
    boxes: tuple[Box, ...]

    @property
    def exit_code(self) -> int:
        """0: all was captured; 3: some; 2: nothing."""
        statuses = {box.status for box in self.boxes}
        if statuses <= {"captured"}:
            return 0
        return 3 if statuses & {"captured", "partly"} else 2


def collect(
    targets: Sequence[Target],
    folder: Path,
    settings: Settings,
    console: Console,
    stop: threading.Event | None = None,
    progress: Callable[[Target, str], None] = lambda _target, _step: None,
) -> Collection:
    """Ask the appliances what the plan says, and save what they answer.

    Secrets are asked for before the first connection is made. One appliance's failure costs
    nothing of another's. Setting ``stop`` (or Ctrl-C) ends every session in order; what was
    captured until then is in the folder. Raises InputError where nothing could be begun.
    """
    require()
    stop = stop or threading.Event()
    questions = Questions(console, stop)
    pool = ThreadPoolExecutor(max_workers=_AT_ONCE, thread_name_prefix="collect")
    ready: list[_Ready] = []
    try:
        for target in targets:
            ready.append(_Ready.of(target, settings, console))
        out = Folder(folder)
        boxes = [(one, out.box(replace(one.target, user=one.route.user))) for one in ready]
        running = [
            pool.submit(_box, one, box, settings, questions, stop, progress) for one, box in boxes
        ]
        _await(running, stop, questions)
        ends = [_end(future, box) for future, (_, box) in zip(running, boxes, strict=True)]
    finally:
        stop.set()
        pool.shutdown(wait=False, cancel_futures=True)
        for one in ready:
            one.credential.close()
    return Collection(folder, tuple(ends))


def require() -> None:
    """Raise InputError with the way out where what collecting needs is not installed."""
    try:
        import keyring  # noqa: F401
        import paramiko  # noqa: F401
        import scp  # type: ignore[import-untyped]  # noqa: F401
    except ImportError as error:
        raise InputError(
            f"collect needs {error.name}, which is not installed: pip install 'pvo_kit[collect]'"
        ) from None


@dataclass(frozen=True, slots=True)
class _Ready:
    """An appliance, the way to it, and what to log in with."""

    target: Target
    route: Route
    credential: Credential
    known: known_hosts.KnownHosts

    @classmethod
    def of(cls, target: Target, settings: Settings, console: Console) -> _Ready:
        route = resolve(target, settings.config)
        known = _known(route, settings)
        chosen = credentials.choose(route, settings.key, settings.agent, console)
        return cls(target, route, chosen, known)


def _known(route: Route, settings: Settings) -> known_hosts.KnownHosts:
    if settings.known_hosts:
        return known_hosts.KnownHosts([settings.known_hosts], settings.known_hosts)
    user, *others = known_hosts.default_paths()
    mine = route.known_hosts or (user,)
    return known_hosts.KnownHosts([*mine, *others], mine[0])


def _await(running: Sequence[Future[None]], stop: threading.Event, questions: Questions) -> None:
    """Wait for all, and ask what they ask; at Ctrl-C let each session be left in order.

    Not for ever: one that cannot be left is given up.
    """
    pending = set(running)
    try:
        while pending:
            # A wait without an end would keep Ctrl-C out on Windows.
            _, pending = wait(pending, timeout=0.2)
            questions.answer()
    except KeyboardInterrupt:
        stop.set()
        wait(pending, timeout=_LEAVING)


def _end(future: Future[None], box: BoxFolder) -> Box:
    """How an appliance's part ended; a session that was given up may yet end otherwise."""
    has_ended = future.done()
    entry = deepcopy(box.entry)
    if not has_ended:
        entry.reason = f"stopped; its session could not be left within {_LEAVING:g} s"
        entry.status = _status(entry)
    return entry


def _box(
    one: _Ready,
    box: BoxFolder,
    settings: Settings,
    person: Person,
    stop: threading.Event,
    progress: Callable[[Target, str], None],
) -> None:
    """Collect one appliance; whatever happens, its entry says how it ended."""
    entry = box.entry
    try:
        _collected(one, box, settings, person, stop, progress)
    except StoppedError:
        entry.reason = "stopped"
    except PvoError as error:
        entry.reason = str(error)
    except Exception as error:  # a mistake in the kit must not cost the other appliances
        entry.reason = f"the kit broke ({type(error).__name__}); please report it"
    entry.status = _status(entry)
    try:
        box.end()
    except InputError as error:  # the disk is full, for one
        entry.reason = entry.reason or str(error)
        entry.status = _status(entry)
    if entry.reason:
        named = entry.reason.startswith(f"{one.route.host}:")
        person.say(entry.reason if named else f"{one.target.name}: {entry.reason}")


def _collected(
    one: _Ready,
    box: BoxFolder,
    settings: Settings,
    person: Person,
    stop: threading.Event,
    progress: Callable[[Target, str], None],
) -> None:
    if stop.is_set():
        raise StoppedError
    linked = connection.connect(one.route, one.credential, one.known, settings.accept_new, person)
    try:
        box.entry.fingerprint = linked.fingerprint
        options = settings.options(one.target.role)
        interview = Interview(
            one.target.host,
            options,
            lambda: Shell(linked.open(), settings.limits, stop),
            _Told(box, one.target, person),
            lambda step: progress(one.target, step),
        )
        steps = plan.steps(one.target.role, options)
        try:
            interview.run(_with_logs(steps, settings))
        finally:
            box.entry.pending_changes = interview.learnt.pending
        names = interview.learnt.mail_logs
        for item in logs.fetch(linked.transport, settings.logs, names, box.path, stop):
            box.asked(item, is_log=True)
            progress(one.target, item.command)
    finally:
        linked.close()


def _with_logs(steps: Sequence[Step], settings: Settings) -> Sequence[Step]:
    """Where whole files are fetched, ``logconfig`` must tell the logs; the rest stays."""
    listed = logs.ALL in settings.logs.names
    if listed and all(step.name != "logconfig" for step in steps):
        return [*steps, Step("logconfig", ("logconfig",))]
    return steps


@dataclass(frozen=True, slots=True)
class _Told:
    """The sink of an interview: into the folder, and failures onto the console."""

    box: BoxFolder
    target: Target
    person: Person

    def write(self, text: str) -> None:
        self.box.write(text)

    def cut(self, command: str, reason: str, output: str) -> None:
        self.box.cut(command, reason, output)

    def asked(self, item: Asked) -> None:
        self.box.asked(item)
        if item.status == "failed" and not item.reason.startswith("not asked"):
            self.person.say(f"{self.target.name}: {item.command}: {item.reason}")


def _status(entry: Box) -> Literal["captured", "partly", "failed"]:
    items = [*entry.commands, *entry.log_files]
    captured = any(item.status == "captured" for item in items)
    if not captured:
        return "failed"
    well = not entry.reason and all(item.status != "failed" for item in items)
    return "captured" if well else "partly"
