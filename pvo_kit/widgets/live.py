"""The live panel: both boxes asked over SSH, and what they answered taken into the open case.

It has no field for a password, since a widget's value is saved with the notebook. Nor can a click
ask for one: a kernel's question belongs to a cell. In JupyterLab 4.6 ``getpass`` in a callback
draws no field and raises EOFError, with and without subshells; in a cell its field hides what is
typed, and nothing of it is saved. So a click logs in with what needs no question, and
``collect_here`` asks.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from pathlib import Path

import ipywidgets

from pvo_kit.collect import manifest, run, telling
from pvo_kit.collect.console import Console
from pvo_kit.collect.run import Collection
from pvo_kit.collect.targets import Target, holds_password
from pvo_kit.errors import InputError
from pvo_kit.escape import terminal
from pvo_kit.report.story import counted
from pvo_kit.widgets import controls, keeping
from pvo_kit.widgets.asking import Cell, Told
from pvo_kit.widgets.blocks import Block, Code, Listing, Paragraph
from pvo_kit.widgets.collected import by_hand, result
from pvo_kit.widgets.collecting import (
    EVERYTHING,
    IN_CELL,
    MISSING,
    Fields,
    Order,
    holds_key,
    in_panel_words,
    order,
)
from pvo_kit.widgets.opened import OpenCase, changes
from pvo_kit.widgets.panel import Panel, the_panel
from pvo_kit.widgets.picker import ADD, NEW

FOLDER = "collected"
"""Where in the case's folder a collection goes."""

ABOUT = (
    "Only read-only commands are sent; Plan shows them and connects to nothing. Run logs in with "
    "the key file, else with the SSH agent's first two keys, else with the keyring's password. "
    "There is no field for a password, because fields are saved with the notebook, and a click "
    f"cannot ask for one. To type a password, run {IN_CELL} in a cell: it asks there, unseen, and "
    "does what Run does with these fields."
)
_WHERE_TO = [("a new case", NEW), ("the open case", ADD)]


def live_panel(case: OpenCase) -> LivePanel:
    """Return the panel that asks appliances over SSH and takes their answers into the case."""
    return the_panel(case, LivePanel)


def collect_here(case: OpenCase) -> LivePanel:
    """Do in this cell what the live panel's Run does, and return the panel.

    Passwords and passphrases are asked for below the cell, before the first connection. The cell
    runs until all is collected; interrupting the kernel stops it in order.
    """
    panel = live_panel(case)
    panel.run(panel.collect_now)
    return panel


class LivePanel(Panel):
    """Live collection. CSS classes:

    pvo-live-esa, pvo-live-sma, pvo-live-known-hosts, pvo-live-key, pvo-live-agent, pvo-live-what,
    pvo-live-probe, pvo-live-address (the SMA as the ESA reaches it), pvo-live-port,
    pvo-live-where (a new case, or the open one), pvo-live-plan, pvo-live-run, pvo-live-stop,
    pvo-live-progress, pvo-live-about, pvo-live-shown (the plan, what is told, the result),
    pvo-live-message.
    """

    name = "live"
    title = "Ask the appliances over SSH"

    def __init__(self, case: OpenCase) -> None:
        """Make the panel's widgets."""
        super().__init__(case)
        self.thread: threading.Thread | None = None
        self.done: Collection | None = None
        self._stop = threading.Event()
        self._telling = threading.Lock()
        self._is_running = False
        self._plan: tuple[Block, ...] = ()
        self._told: list[str] = []
        self._of: Path | None = None
        self._make_fields()
        self.plan = controls.button("Plan", "pvo-live-plan")
        self.go = controls.button("Run", "pvo-live-run", main=True)
        self.halt = controls.button("Stop", "pvo-live-stop")
        self.plan.on_click(self.calling(self.show_plan))
        self.go.on_click(self.calling(self.start))
        self.halt.on_click(self.calling(self.stop))
        self.halt.disabled = True
        self.bar = ipywidgets.IntProgress(description="Progress", layout={"display": "none"})
        self.bar.add_class("pvo-live-progress")
        self.shown = controls.page("pvo-live-shown")
        self.arrange(
            controls.page("pvo-live-about", [Paragraph(ABOUT)]),
            *self._fields(),
            controls.row(self.plan, self.go, self.halt),
            self.bar,
            self.message,
            self.shown,
        )

    def _make_fields(self) -> None:
        self.esa = controls.text("ESA", "pvo-live-esa")
        self.esa.placeholder = "[USER@]HOST[:PORT], every member of a cluster, blanks between them"
        self.sma = controls.text("SMA", "pvo-live-sma")
        self.sma.placeholder = "[USER@]HOST[:PORT]; USER is admin where nothing names another"
        self.known_hosts = controls.text("Known hosts", "pvo-live-known-hosts")
        self.known_hosts.placeholder = "may stay empty: ~/.ssh/known_hosts and the system's file"
        self.key = controls.text("Key file", "pvo-live-key")
        self.key.placeholder = "the path of a private key; may stay empty"
        self.agent = controls.tick(
            "SSH agent: its keys, without a key file", "pvo-live-agent", True
        )
        self.what = controls.choice("What", "pvo-live-what", [("everything", EVERYTHING)])
        self.probe = controls.tick(
            "Probe: telnet and tlsverify from the ESA to the SMA", "pvo-live-probe"
        )
        self.address = controls.text("SMA for probes", "pvo-live-address")
        self.address.placeholder = "the SMA as the ESA reaches it; may stay empty: the SMA above"
        self.port = controls.text("Quarantine's port", "pvo-live-port")
        self.port.placeholder = "may stay empty: 7025, or as the case tells"
        self.where = controls.choice("Where to", "pvo-live-where", _WHERE_TO)

    def _fields(self) -> tuple[ipywidgets.Widget, ...]:
        return (
            self.esa, self.sma, self.known_hosts, self.key, self.agent, self.what, self.probe,
            self.address, self.port, self.where,
        )  # fmt: skip

    # What is asked for

    def order(self) -> Order:
        """Return what the fields ask for; raises InputError in their own words."""
        self._refuse_secrets()
        fields = Fields(
            self.esa.value, self.sma.value, self.known_hosts.value, self.key.value,
            self.agent.value, self.probe.value, self.address.value, self.port.value,
            self.what.value,
        )  # fmt: skip
        try:
            return order(fields, self.case.evidence)
        except InputError as error:
            raise InputError(in_panel_words(str(error))) from None

    def _refuse_secrets(self) -> None:
        """Empty a field that holds a secret, before it can be saved."""
        texts = [field for field in self._fields() if isinstance(field, ipywidgets.Text)]
        held = [field for field in (self.esa, self.sma) if holds_password(field.value)]
        held += [field for field in texts if holds_key(field.value)]
        for field in held:
            field.value = ""
        if held:
            raise InputError(
                f"{held[0].description} held a password or a private key and was emptied: fields "
                f"are saved with the notebook. Give USER@HOST, the key's path, or run {IN_CELL}."
            )

    def show_plan(self) -> None:
        """Show what would be sent, to whom."""
        asked = self.order()
        lines = in_panel_words(telling.planned(asked.targets, asked.settings)).splitlines()
        self.done = None
        self._plan = (Code(lines, "The plan"), *by_hand(asked))
        self.say(f"The plan for {counted(len(asked.targets), 'appliance')}; nothing was sent.")
        controls.show(self.shown, self._plan)

    # Running

    def start(self) -> None:
        """Collect in a thread of its own, so that the page and Stop go on working."""
        begun = self._begin(Told(self.tell))
        self.thread = threading.Thread(target=self.run, args=(begun,), daemon=True)
        self.thread.start()

    def collect_now(self) -> None:
        """Collect in this cell; a secret is asked for below it."""
        self._begin(Cell(self.tell))()

    def stop(self) -> None:
        """End every session in order."""
        self._stop.set()
        self.halt.disabled = True
        self.say("Stopping: each session is left in order.")

    def _begin(self, console: Console) -> Callable[[], None]:
        """Check everything that can be checked now, and return what collects."""
        if self._is_running:
            raise InputError("A collection is running; wait for it, or press Stop.")
        asked = self.order()
        run.require()
        add = self.where.value == ADD
        folder = self.case.place_for(asked.targets[0].host, add=add)
        before = self.case.source
        self._stop.clear()
        self._told, self._plan, self.done = [], (), None
        self._set_running(asked.steps)
        self.say(f"Asking {counted(len(asked.targets), 'appliance')}.")
        controls.show(self.shown, ())

        def collected() -> None:
            try:
                self._collect(asked, folder, console)
                self._take(folder, before, add)
            finally:
                self._set_running(0)

        return collected

    def _set_running(self, steps: int) -> None:
        """Show that it runs, in so many steps; 0 ends it."""
        self._is_running = bool(steps)
        self.plan.disabled = self.go.disabled = self._is_running
        self.halt.disabled = not self._is_running
        self.bar.layout.display = "flex" if steps else "none"
        self.bar.value, self.bar.max = 0, max(1, steps)

    def _collect(self, asked: Order, folder: Path, console: Console) -> None:
        try:
            self.done = run.collect(
                asked.targets, folder / FOLDER, asked.settings, console, self._stop, self._progress
            )
        except InputError as error:
            raise InputError(in_panel_words(str(error))) from None
        controls.show(self.shown, self.blocks())

    def _progress(self, target: Target, step: str) -> None:
        with self._telling:
            self.bar.value += 1
            self.bar.description = terminal(f"{target.name}: {step}")

    def tell(self, text: str) -> None:
        """Show a line that the collection tells while it runs."""
        with self._telling:
            self._told.append(in_panel_words(text))
            controls.show(self.shown, [Listing(self._told, "So far:")])

    def _take(self, folder: Path, before: Path | None, add: bool) -> None:
        """Take what was captured into the case, and say which verdicts are others now."""
        code = self.done.exit_code if self.done else 2
        if code == 2:
            self.say(
                f"Nothing was captured; {folder / FOLDER / manifest.FILE} tells what was tried.",
                "problem",
            )
            return
        was = self.case.diagnosis
        if not self.case.take_collected(folder, before, add=add):
            raise InputError(f"Another case was opened meanwhile. This one lies in {folder}.")
        head = "All was captured" if code == 0 else "A part was captured, see below"
        rows = changes(was, self.case.diagnosis) if add and before else []
        kind = "done" if code == 0 else "problem"
        self.say("\n".join([f"{head}. Open is {self.case.source}.", *rows]), kind)

    # What is shown

    def refresh(self) -> None:
        """Offer the scenarios, and where the answers of real appliances may go."""
        case = self.case
        titles = [(f"scenario {each.scenario}: {each.title}", str(each.scenario))
                  for each in case.diagnosis.findings]  # fmt: skip
        chosen = self.what.value
        self.what.options = [
            ("everything that is read-only", EVERYTHING),
            ("what the diagnosis misses", MISSING),
            *titles,
        ]
        self.what.value = chosen
        if self._of is None or self._of != case.source:
            # A bundled case is made; what a real appliance says is no part of it.
            is_own = case.source is not None and not keeping.is_bundled(case.source)
            self.where.value = ADD if is_own else NEW
        self.where.disabled = case.source is None
        self._of = case.source

    def blocks(self) -> Sequence[Block]:
        """Return how it is used, and the plan or the result."""
        return tuple(result(self.done)) if self.done else self._plan

    def content(self) -> Sequence[Block]:
        """Return what is shown below what the panel is for."""
        return (Paragraph(ABOUT), *super().content())
