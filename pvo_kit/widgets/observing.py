"""The observation form: what only a person sees in a GUI, recorded beside the evidence."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from pvo_kit.errors import InputError
from pvo_kit.findings import Need
from pvo_kit.observations import WHAT
from pvo_kit.recording import VALUES
from pvo_kit.report.story import counted
from pvo_kit.widgets import controls
from pvo_kit.widgets.blocks import Block, Listing, Paragraph, Table
from pvo_kit.widgets.opened import OpenCase, changes
from pvo_kit.widgets.panel import Panel, the_panel

ABOUT = {
    "wizard": "the migration wizard",
    "pending_changes": "whether changes wait to be committed",
    "error_text": "the wizard's error text, word for word",
    "service_status": "the state of the services",
    "port": "the quarantine's port",
    "role": "what this account may do, as the GUI names it",
}
"""What each kind of observation is about, in words."""

_SUGGESTED: dict[str, Sequence[str]] = {**VALUES, "service_status": ("suspended", "running")}


def observation_form(case: OpenCase) -> ObservationForm:
    """Return the panel that records what was seen in a GUI."""
    return the_panel(case, ObservationForm)


class ObservationForm(Panel):
    """Records an observation in the case's ``observations.toml``. CSS classes:

    pvo-observe-host, pvo-observe-what, pvo-observe-value, pvo-observe-time, pvo-observe-by,
    pvo-observe-save, pvo-observe-seen (what is asked for and what is recorded already),
    pvo-observation-form-message.
    """

    name = "observation-form"
    title = "Record what was seen in a GUI"

    def __init__(self, case: OpenCase) -> None:
        """Make the panel's widgets."""
        super().__init__(case)
        self.host = controls.combo("Appliance", "pvo-observe-host")
        kinds = [(f"{ABOUT[what]} ({what})", what) for what in WHAT]
        self.what = controls.choice("What", "pvo-observe-what", kinds)
        self.value = controls.combo("What it shows", "pvo-observe-value")
        self.time = controls.text("When", "pvo-observe-time")
        self.time.placeholder = "2014-07-21 12:05:00 in UTC, or with an offset; may stay empty"
        self.by = controls.text("Seen by", "pvo-observe-by")
        self.by.placeholder = "may stay empty"
        self.save = controls.button("Record", "pvo-observe-save", main=True)
        self.seen = controls.page("pvo-observe-seen")
        self.what.observe(self.calling(self.suggest), "value")
        self.save.on_click(self.calling(self.record))
        self.arrange(self.seen, self.host, self.what, self.value, self.time, self.by, self.save)
        self.suggest()

    def suggest(self) -> None:
        """Offer the words that count for what is chosen."""
        options = tuple(_SUGGESTED.get(self.what.value, ()))
        self.value.options = options
        self.value.placeholder = " or ".join(options) or "as it stands there"

    def record(self) -> None:
        """Write the observation, judge again, and say which verdicts are others now."""
        before = self.case.diagnosis
        try:
            path = self.case.observe(
                self.host.value, self.what.value, self.value.value, self.time.value, self.by.value
            )
        except InputError as error:
            raise InputError(in_form_words(str(error))) from None
        self.value.value = ""
        told = changes(before, self.case.diagnosis) or ["No verdict is another one by it."]
        self.say("\n".join([f"Recorded in {path}.", *told]))

    def asked(self, scenario: int) -> bool:
        """Return True where a scenario waits for something that is recorded here."""
        return any(need.record for need in self.case.diagnosis.finding(scenario).needs)

    def refresh(self) -> None:
        """Offer the appliances of the case, and show what is asked for and recorded."""
        boxes = [box for box in self.case.diagnosis.appliances if box.host]
        offered, self.host.options = self.host.options, tuple(box.host for box in boxes)
        if self.host.value in ("", *offered) and self.host.value not in self.host.options:
            # Most of what only a person sees is on the SMA.
            self.host.value = next((box.host for box in boxes if box.role == "sma"), "")
        controls.show(self.seen, self.blocks())

    def blocks(self) -> Sequence[Block]:
        """Return what is asked for and what is recorded already."""
        return tuple(_told(self.case))


def in_form_words(message: str) -> str:
    """Return a message of ``pvo-kit observe`` without the dashes of its options."""
    return re.sub(r"(^|(?<=\s))--(?=(?:host|what|value|time|by)\b)", "", message)


def _told(case: OpenCase) -> Iterator[Block]:
    wanted = [need for need in case.diagnosis.needs if need.record]
    if wanted:
        yield Listing([_asked(need) for need in wanted], "Asked for:")
    else:
        yield Paragraph("Nothing of this kind is asked for at the moment.")
    seen = case.evidence.observations
    if seen:
        yield Table(
            ("Appliance", "What", "It shows", "When (UTC)", "Seen by"),
            [
                (
                    item.host,
                    item.what,
                    item.value,
                    f"{item.moment.time:%Y-%m-%d %H:%M:%S}" if item.moment.time else "not told",
                    item.by,
                )
                for item in seen
            ],
            f"{counted(len(seen), 'observation')} recorded",
        )


def _asked(need: Need) -> str:
    return f"{need.host or 'the appliance'}: {need.why}. Look at {need.where}."
