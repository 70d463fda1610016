"""Panels for notebooks: they show an open case, and what is chosen in them is kept in it.

    case = pvo.widgets.case("escalation/")       # a folder, an archive, the name of a bundled case
    pvo.widgets.case_picker(case)                # another folder, an upload, a paste
    pvo.widgets.walkthrough(case, 4)             # a scenario, from its question to the way back
    pvo.widgets.evidence_browser(case)           # the raw lines, the cited ones marked
    pvo.widgets.log_filter(case)                 # charts of the deliveries, and a choice of them
    pvo.widgets.observation_form(case)           # what a person saw in a GUI
    pvo.widgets.remedy_card(case, 4)             # the dialogue, with a box to tick for each step
    pvo.widgets.what_if_panel(case, 4)           # what would come of another cipher string
    pvo.widgets.live_panel(case)                 # both boxes asked over SSH, into the case
    pvo.widgets.collect_here(case)               # the same in a cell, which can ask for a password
    pvo.widgets.fleet_filter(fleet, "runs/")     # the cases of a batch, and a choice of them

``case.evidence`` and ``case.diagnosis`` are what the rest of the package takes and gives. A cell
that runs again shows the same panel as before, with all that was chosen; all panels of a case
follow when its evidence changes. A panel can be read without a kernel too: it has an HTML and a
text form, which say what it said when its cell ran.

Each panel's class lists the CSS classes of its widgets; those are stable. All panels have
``pvo-panel``, ``pvo-<name>`` and ``pvo-<name>-message``, the place where a panel answers.
"""

from pvo_kit.widgets.browsing import EvidenceBrowser, evidence_browser
from pvo_kit.widgets.cards import RemedyCard, remedy_card
from pvo_kit.widgets.fleet import FleetFilter, fleet_filter
from pvo_kit.widgets.live import LivePanel, collect_here, live_panel
from pvo_kit.widgets.logs import LogFilter, log_filter
from pvo_kit.widgets.observing import ObservationForm, observation_form
from pvo_kit.widgets.opened import OpenCase, case
from pvo_kit.widgets.panel import Panel
from pvo_kit.widgets.picker import CasePicker, case_picker
from pvo_kit.widgets.trying import WhatIfPanel, what_if_panel
from pvo_kit.widgets.walking import Walkthrough, walkthrough

__all__ = [
    "CasePicker",
    "EvidenceBrowser",
    "FleetFilter",
    "LivePanel",
    "LogFilter",
    "ObservationForm",
    "OpenCase",
    "Panel",
    "RemedyCard",
    "Walkthrough",
    "WhatIfPanel",
    "case",
    "case_picker",
    "collect_here",
    "evidence_browser",
    "fleet_filter",
    "live_panel",
    "log_filter",
    "observation_form",
    "remedy_card",
    "walkthrough",
    "what_if_panel",
]
