"""``pvo-kit collect``: the right output of every appliance over SSH, as a folder of evidence."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from pvo_kit.commands import Verbs
from pvo_kit.errors import InputError

if TYPE_CHECKING:
    from pvo_kit.collect.run import Collection, Settings
    from pvo_kit.collect.targets import Target
    from pvo_kit.evidence import Role


def add(verbs: Verbs) -> None:
    """Add the verb."""
    verb = verbs.add_parser(
        "collect",
        help="ask the appliances over SSH, read-only, into a folder of evidence",
        description="Asks every appliance what the diagnosis needs. Only read-only commands of the "
        "catalog can be sent; menus are left again. docs/collect.md tells the rest.",
        epilog="Exit codes: 0 all was captured; 3 some; 2 nothing, or a usage error.",
    )
    where = "[USER@]HOST[:PORT]"
    verb.add_argument("--esa", action="append", default=[], metavar=where,
                      help="an ESA; one for each member of a cluster")  # fmt: skip
    verb.add_argument("--sma", action="append", default=[], metavar=where, help="the SMA")
    verb.add_argument("--out", type=Path, metavar="FOLDER", help="the folder to collect into")
    verb.add_argument("--plan", action="store_true",
                      help="print what would be sent, to whom; connects to nothing")  # fmt: skip
    _add_what(verb)
    _add_how(verb)
    verb.set_defaults(run=run)


def _add_what(verb: argparse.ArgumentParser) -> None:
    what = verb.add_argument_group("what to ask (default: everything that is read-only)")
    what.add_argument("--scenario", type=int, action="append", metavar="N",
                      help="what this scenario needs (may be repeated)")  # fmt: skip
    what.add_argument("--missing", type=Path, metavar="PATH",
                      help="what a diagnosis of this evidence (or its JSON) asks for")  # fmt: skip
    what.add_argument("--probe", action="store_true",
                      help="telnet and tlsverify from the ESA to the SMA too")  # fmt: skip
    what.add_argument("--sma-address", metavar="ADDR",
                      help="the SMA as the ESA reaches it (default: the --sma host)")  # fmt: skip
    what.add_argument("--pvo-port", type=int, metavar="N",
                      help="the quarantine's port, where it is not 7025")  # fmt: skip
    what.add_argument("--log-file", nargs="?", action="append", const="*", default=[],
                      metavar="FILE", help="fetch this saved log file, or the saved files of this "
                      "log; without a name those of every mail log (may be repeated)")  # fmt: skip
    what.add_argument("--max-log-size", type=int, default=1024, metavar="MIB",
                      help="log files of an appliance together, in MiB (1024)")  # fmt: skip


def _add_how(verb: argparse.ArgumentParser) -> None:
    how = verb.add_argument_group("how to connect")
    how.add_argument("--key", type=Path, metavar="FILE", help="the private key to log in with")
    how.add_argument("--no-agent", action="store_true",
                     help="no SSH agent: the keyring's or a typed password")  # fmt: skip
    how.add_argument("--known-hosts", type=Path, metavar="FILE",
                     help="host keys, in place of the user's and the system's files")  # fmt: skip
    how.add_argument("--accept-new", action="store_true",
                     help="show an unknown host key and ask whether to store it")  # fmt: skip
    how.add_argument("--timeout", type=float, default=120.0, metavar="S",
                     help="seconds that one command may take (120)")  # fmt: skip


def run(arguments: argparse.Namespace) -> int:
    """Collect, or print the plan."""
    from pvo_kit.collect import run as collection
    from pvo_kit.collect import telling

    targets = _targets(arguments)
    settings = _settings(arguments, targets)
    if arguments.plan:
        sys.stdout.write(telling.planned(targets, settings))
        return 0
    if arguments.out is None:
        raise InputError("--out is missing; give the folder to collect into, or --plan")
    collection.require()
    done = _with_progress(targets, arguments.out, settings)
    sys.stdout.write(telling.collected(done, settings))
    return done.exit_code


def _with_progress(targets: tuple[Target, ...], folder: Path, settings: Settings) -> Collection:
    from tqdm import tqdm

    from pvo_kit.collect import plan
    from pvo_kit.collect.console import Terminal
    from pvo_kit.collect.run import collect

    total = sum(len(plan.steps(one.role, settings.options(one.role))) for one in targets)
    with tqdm(total=total, file=sys.stderr, disable=None, unit="command", leave=False) as bar:
        console = Terminal(bar)

        def progress(target: Target, step: str) -> None:
            console.advance(f"{target.name}: {step}")

        return collect(targets, folder, settings, console, progress=progress)


def _targets(arguments: argparse.Namespace) -> tuple[Target, ...]:
    from pvo_kit.collect.targets import distinct, parse

    roles: tuple[Role, ...] = ("esa", "sma")
    found = [parse(text, role) for role in roles for text in getattr(arguments, role)]
    if not found:
        raise InputError("no appliance was named; give --esa HOST or --sma HOST")
    return distinct(found)


def _settings(arguments: argparse.Namespace, targets: tuple[Target, ...]) -> Settings:
    from pvo_kit.collect import logs
    from pvo_kit.collect.run import Settings
    from pvo_kit.collect.stream import Limits

    limits = Limits(command=arguments.timeout)
    if not 1 <= limits.command <= limits.session:
        raise InputError(f"--timeout: give seconds from 1 to {limits.session:g} (a session's end)")
    if arguments.max_log_size < 1:
        raise InputError("--max-log-size: give MiB, 1 or more")
    if arguments.known_hosts and not (arguments.accept_new or arguments.known_hosts.exists()):
        raise InputError(f"--known-hosts {arguments.known_hosts}: there is no such file; check it")
    topics, port = _topics(arguments)
    wanted = logs.Wanted(logs.check(arguments.log_file), arguments.max_log_size << 20)
    return Settings(
        topics=topics,
        probe=arguments.probe,
        sma_address=_sma_address(arguments, targets),
        pvo_port=port,
        key=arguments.key,
        agent=not arguments.no_agent,
        known_hosts=arguments.known_hosts,
        accept_new=arguments.accept_new,
        limits=limits,
        logs=wanted,
    )


def _topics(arguments: argparse.Namespace) -> tuple[dict[str, frozenset[str] | None], int]:
    """Return the topics by role, and the quarantine's port."""
    from pvo_kit.collect import plan

    port = arguments.pvo_port
    if port is not None and not 0 < port < 65536:
        raise InputError(f"{port} is not a TCP port; give a number from 1 to 65535")
    if arguments.scenario and arguments.missing:
        raise InputError("give --scenario or --missing, not both")
    if arguments.scenario:
        if unknown := set(arguments.scenario) - set(range(1, 7)):
            raise InputError(f"there is no scenario {min(unknown)}; they are numbered 1 to 6")
        topics = plan.scenario_topics(arguments.scenario)
        return {"esa": topics, "sma": topics}, port or 7025
    if arguments.missing:
        from pvo_kit.collect import missing

        found = missing.read(arguments.missing, port)
        for text in found.by_hand:
            _say(f"not to be collected, look yourself: {text}")
        if not any(found.topics.values()):
            _say("no command would tell more; only who and what answers is asked")
        return {**found.topics}, port or found.port or 7025
    return {}, port or 7025


def _sma_address(arguments: argparse.Namespace, targets: tuple[Target, ...]) -> str | None:
    from pvo_kit.collect.targets import probed

    if not (arguments.probe or arguments.sma_address):
        return None
    return probed(arguments.sma_address, targets)


def _say(text: str) -> None:
    from pvo_kit.escape import terminal

    print(terminal(text), file=sys.stderr)
