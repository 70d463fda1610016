"""A plan and a collection in words, for standard output."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pvo_kit.collect import logs, manifest, plan
from pvo_kit.collect.folder import Box
from pvo_kit.collect.run import Collection, Settings
from pvo_kit.collect.targets import USER, Target
from pvo_kit.escape import terminal
from pvo_kit.evidence import Role
from pvo_kit.report.labels import KINDS
from pvo_kit.report.story import counted


def planned(targets: Sequence[Target], settings: Settings) -> str:
    """Return what would be sent, to whom; nothing is connected to or looked up.

    Raises InputError for a ``~/.ssh/config`` that is no good.
    """
    lines: list[str] = []
    for target in targets:
        options = settings.options(target.role)
        lines += [f"{KINDS[target.role]} {target.name}, as {_account(target, settings)}:"]
        lines += [f"  {text}" for step in plan.steps(target.role, options) for text in step.shown]
        lines += _left_out(target.role, settings)
        lines += [f"  fetch {_log(name)}" for name in settings.logs.names]
        lines += ["  exit", ""]
    lines += [
        "In a cluster clustermode goes to the mode that a command needs. Menus are left with",
        "Enter, a NOTICE and unknown questions with Ctrl-C. Nothing was sent: this is the plan.",
    ]
    return _text(lines)


def _left_out(role: Role, settings: Settings) -> Iterator[str]:
    return (f"  left out: {text}" for text in plan.left_out(role, settings.options(role)))


def _account(target: Target, settings: Settings) -> str:
    from pvo_kit.collect.route import resolve

    try:
        route = resolve(target, settings.config)
    except ImportError:  # a plan needs no SSH library
        return target.user or USER
    way = f" at {route.host}:{route.port}" + (" through a proxy" if route.proxy else "")
    return f"{route.user}{way}"


def _log(name: str) -> str:
    return "the saved files of every mail log that logconfig lists" if name == logs.ALL else name


def collected(done: Collection, settings: Settings) -> str:
    """Return how it went: a line an appliance, what failed or was left out, and what to do next."""
    folder, lines = done.folder, list[str]()
    for box in done.boxes:
        lines += _box(box)
        lines += _left_out(box.role, settings)
    if done.exit_code == 2:
        lines += [f"Nothing was captured; {folder / manifest.FILE} tells what was tried."]
    else:
        lines += [f"Next: pvo-kit diagnose {folder}"]
    return _text(lines)


def _box(box: Box) -> Iterator[str]:
    items = [*box.commands, *box.log_files]
    numbers = {
        status: sum(item.status == status for item in items)
        for status in ("captured", "failed", "skipped")
    }
    told = [f"{numbers['captured']} captured"]
    told += [f"{numbers['failed']} failed"] if numbers["failed"] else []
    told += _skipped(box)
    where = f", in {box.transcript}" if numbers["captured"] else ""
    name = f"{box.host}:{box.port}" if box.port else box.host
    yield f"{box.role.upper()} {name}: {', '.join(told)}{where}"
    if box.reason:
        yield f"  {box.reason}"
    failed = [item for item in items if item.status == "failed"]
    for item in failed[:_SHOWN]:
        yield f"  {item.command}: {item.reason}"
    if len(failed) > _SHOWN:
        yield f"  ... and {counted(len(failed) - _SHOWN, 'more failure')} (manifest.json has all)"
    if box.pending_changes:
        yield "  Changes were pending at the start; they were left alone."


def _skipped(box: Box) -> Iterator[str]:
    """What was left out, in words: what does not apply, and files that had come before."""
    kinds = ((box.commands, "do not apply here"), (box.log_files, "already here"))
    for items, words in kinds:
        if count := sum(item.status == "skipped" for item in items):
            yield f"{count} {words if count > 1 else words.replace('do not', 'does not')}"


_SHOWN = 12


def _text(lines: Sequence[str]) -> str:
    return "".join(f"{terminal(line)}\n" for line in lines)
