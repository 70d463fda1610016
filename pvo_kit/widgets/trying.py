"""The what-if panel: another interface, cipher string, key or level, and what would come of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import ipywidgets

from pvo_kit.errors import InputError
from pvo_kit.what_if import MARK, Change, Choices, Ciphers, Option, WhatIf, choices, what_if
from pvo_kit.widgets import controls
from pvo_kit.widgets.blocks import Block, Listing, Paragraph, Shown
from pvo_kit.widgets.opened import OpenCase
from pvo_kit.widgets.panel import Panel, the_panel

AS_IT_IS = "as it is"
UNKNOWN = "the evidence tells of none"
NAMELESS = "the ESA"

LABELS = {
    3: ("Deliver from", "pvo-whatif-interface"),
    5: ("Add a key", "pvo-whatif-key"),
    6: ("Move to the cluster", "pvo-whatif-setting"),
}


def what_if_panel(case: OpenCase, scenario: int | None = None) -> WhatIfPanel:
    """Return the panel that tries the changes of a scenario (3, 4, 5 or 6), or of all four.

    Raises InputError for another scenario: there is nothing to try in it.
    """
    if scenario not in (None, 3, 4, 5, 6):
        raise InputError(f"scenario {scenario} has no what-if; 3, 4, 5 and 6 have one")
    return the_panel(case, WhatIfPanel, scenario)


class WhatIfPanel(Panel):
    """Changes to try, and the same scenarios judged on them. CSS classes:

    pvo-whatif-interface, pvo-whatif-host and pvo-whatif-cipher (the string to edit),
    pvo-whatif-key, pvo-whatif-setting, pvo-whatif-ask, pvo-whatif-answer, pvo-what-if-message.
    """

    name = "what-if"

    def __init__(self, case: OpenCase, scenario: int | None) -> None:
        """Make the panel's widgets."""
        super().__init__(case)
        self.scenario = scenario
        self.title = "What if?" if scenario is None else f"Scenario {scenario}: what if?"
        self.key = f"what-if {scenario or 'all'}"
        self._of: object = None
        self._options: dict[int, dict[str, Option]] = {}
        self._choices = Choices()
        self.outcome: WhatIf | None = None
        self.lists = {n: controls.choice(*LABELS[n]) for n in self._of_lists()}
        self.host = controls.choice("Ciphers of", "pvo-whatif-host")
        self.cipher = controls.combo("Outbound ciphers", "pvo-whatif-cipher")
        self.button = controls.button("What if?", "pvo-whatif-ask", main=True)
        self.answer = controls.page("pvo-whatif-answer")
        self.host.observe(self.calling(self.change_host), "value")
        self.button.on_click(self.calling(self.ask))
        strings = [self.host, self.cipher] if scenario in (None, 4) else []
        fields: list[ipywidgets.Widget] = [*self.lists.values(), *strings]
        for field in fields:
            if field is not self.host:
                field.observe(self.calling(self.ask), "value")
        self.arrange(*fields, self.button, self.message, self.answer)

    def _of_lists(self) -> list[int]:
        return [number for number in LABELS if self.scenario in (None, number)]

    def change_host(self) -> None:
        """Go on with the ciphers of another ESA."""
        self.offer_strings()
        self.ask()

    def offer_strings(self) -> None:
        """Offer cipher strings for the ESA that is chosen; its own is the first."""
        known = self._choices.ciphers.get(self._host())
        proposed = [] if known is None else [_string(option) for option in known.proposals]
        own = [known.string] if known and known.string else []
        self.cipher.options = tuple(dict.fromkeys([*own, *proposed]))
        self.cipher.placeholder = own[0] if own else "the evidence does not hold it; type one"

    def ask(self) -> None:
        """Judge the changes that are chosen, and show the answer."""
        # Where the question is refused no older answer may stand below it.
        self.outcome, self.case.choices[self.key] = None, ()
        controls.show(self.answer, ())
        if changes := tuple(self._chosen()):
            self.outcome = what_if(self.case.evidence, *changes)
            self.case.choices[self.key] = changes
        self.say("")
        controls.show(self.answer, self.blocks())

    def refresh(self) -> None:
        """Offer what the case lets one try, and answer for what was chosen before."""
        if self._of is self.case.evidence:
            return
        self._of = self.case.evidence
        self._choices = choices(self.case.evidence)
        self._options = _options(self._choices)
        with self.filling():
            for number, field in self.lists.items():
                self._fill(field, self._options[number])
            hosts = list(self._choices.ciphers)
            nameless = NAMELESS if None in hosts else "" if hosts else UNKNOWN
            named = [host for host in hosts if host]
            controls.offer(self.host, named, nameless, self.host.value or "")
            self.offer_strings()
            strings = [change.string for change in self._kept() if isinstance(change, Ciphers)]
            self.cipher.value = strings[0] if strings else ""
            self.cipher.disabled = self.host.disabled = not hosts
        # Asked anew of what the fields hold now: a change that no longer fits is not among them.
        self.ask()

    def _fill(self, field: ipywidgets.Dropdown, options: dict[str, Option]) -> None:
        entries = list(options)
        kept = [text for text, option in options.items() if option.change in self._kept()]
        controls.offer(field, entries, AS_IT_IS if entries else UNKNOWN, kept[0] if kept else "")
        field.disabled = not entries

    def _host(self) -> str | None:
        return self.host.value or None

    def _kept(self) -> tuple[Change, ...]:
        return tuple(self.case.choices.get(self.key, ()))

    def _chosen(self) -> Iterator[Change]:
        for number, field in self.lists.items():
            if field.value:
                yield self._options[number][field.value].change
        if self.cipher.value.strip() and self.scenario in (None, 4):
            yield Ciphers(self._host(), self.cipher.value.strip())

    def blocks(self) -> Sequence[Block]:
        """Return what would come of the changes that are chosen, or what may be tried."""
        if self.outcome:
            return (Shown(self.outcome._repr_html_(), repr(self.outcome)),)
        return tuple(self._to_try())

    def _to_try(self) -> Iterator[Block]:
        yield Paragraph("Choose a change above: the same scenarios are judged with it.", MARK)
        for number, (label, _) in LABELS.items():
            if number in self.lists:
                yield Listing(list(self._options[number]), f"{label}:")
        if self.scenario in (None, 4):
            yield Listing([*_strings(self._choices)], "Outbound ciphers:")


def _options(offered: Choices) -> dict[int, dict[str, Option]]:
    """Return what each list offers, by the text of its entry; what is so already is left out."""
    return {
        3: _named(offered.interfaces),
        5: _named(offered.keys),
        6: {option.label: option for option in offered.settings if not option.current},
    }


def _named(offered: Mapping[Any, Sequence[Option]]) -> dict[str, Option]:
    return {
        f"{host or NAMELESS}: {option.label}": option
        for host, options in offered.items()
        for option in options
        if not option.current
    }


def _string(option: Option) -> str:
    return option.change.string if isinstance(option.change, Ciphers) else option.label


def _strings(offered: Choices) -> Iterator[str]:
    for host, known in offered.ciphers.items():
        yield f"{host or NAMELESS}: now {known.string or 'not in the evidence'}"
        yield from (f"{host or NAMELESS}: {_string(option)}" for option in known.proposals)
