"""Print how long a full plan takes from two simulated boxes over SSH, probes and all.

Nothing fails here: seconds depend on the machine. Run with ``make bench``.
"""

from __future__ import annotations

import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from statistics import median

from pvo_kit.collect.run import Settings, collect
from pvo_kit.collect.targets import Target
from pvo_kit.simulator.broken import broken
from pvo_kit.simulator.gate import quarantine_port, sma_address
from pvo_kit.simulator.server import Server

RUNS = 5
BAR = 5.0
SCENARIOS = (3, 6)


class Password:
    """A console that knows the simulated accounts' passphrase."""

    is_interactive = True

    def __init__(self, secret: str) -> None:
        self._secret = secret

    def say(self, text: str) -> None:
        print(text, file=sys.stderr)

    def secret(self, question: str) -> str:
        return self._secret

    def confirm(self, question: str) -> bool:
        return False


def seconds(scenario: int) -> tuple[float, int]:
    """Return how long one collection takes, and how many commands it sent."""
    with ExitStack() as stack:
        pair = broken(scenario, "14", "")
        server = stack.enter_context(Server(pair))
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        known = folder / "known_hosts"
        known.write_text(
            "".join(
                f"[127.0.0.1]:{door.port} {door.key.get_name()} {door.key.get_base64()}\n"
                for door in server.doors
            )
        )
        boxes = [(door, pair.appliances[door.host].role) for door in server.doors]
        esa = next(door for door, role in boxes if role == "esa")
        sma = next(door for door, role in boxes if role == "sma")
        targets = [
            Target("esa", "127.0.0.1", pair.login, esa.port),
            Target("sma", "127.0.0.1", pair.login, sma.port),
        ]
        settings = Settings(
            probe=True,
            sma_address=sma_address(pair),
            pvo_port=quarantine_port(pair),
            agent=False,
            known_hosts=known,
            config=folder / "no-config",
        )
        secret = pair.esa.users[pair.login].passphrase
        begin = time.perf_counter()
        done = collect(targets, folder / "out", settings, Password(secret))
        taken = time.perf_counter() - begin
        if done.exit_code != 0:
            raise SystemExit(f"not all was captured: {[box.reason for box in done.boxes]}")
        return taken, sum(len(box.commands) for box in done.boxes)


def main() -> None:
    """Time a stand-alone ESA and a cluster's member, each with its SMA."""
    for scenario in SCENARIOS:
        runs, counts = zip(*(seconds(scenario) for _ in range(RUNS)), strict=True)
        verdict = "within" if median(runs) < BAR else "OVER"
        print(
            f"collect, two boxes, scenario {scenario}: {counts[0]} commands, median "
            f"{median(runs):.2f} s of {RUNS} runs ({min(runs):.2f} to {max(runs):.2f}), "
            f"{verdict} the bar of {BAR} s"
        )


if __name__ == "__main__":
    main()
