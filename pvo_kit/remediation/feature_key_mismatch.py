"""Remedy of scenario 5: give the member what it lacks, then the same settings as the others.

A missing or expired module takes a key (``featurekey`` > CHECKNOW, ACTIVATE) or, with Smart
Licensing, an entitlement (``license_smart``, the rule on premises from 15.5); a dormant one has
its key and waits for the feature to be enabled. Keys belong to a machine, so each member is mended
in machine mode; the feature's settings are made once, at the quarantines' level. Sources: the
technote, public CLI test code (pending keys, the licence agreement, names of licences), the
article on Smart Licensing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pvo_kit.case import Case
from pvo_kit.facts import Key, KeyActivation, KeyTable
from pvo_kit.findings import Finding
from pvo_kit.remediation import affected, boxes, committing, pages, values
from pvo_kit.remediation.boxes import Box, Mode
from pvo_kit.remediation.remedy import Remedy, Step
from pvo_kit.remediation.values import Refused
from pvo_kit.scenarios import key_tables as rule

SMART_SINCE = (15, 5)
OPERATION = "Choose the operation you want to perform:"
AGREEMENT = "[N]> "
KEY = "<feature key>"
SERVICE_PAGES = {
    "data loss prevention": "Security Services > Data Loss Prevention (RSA Email DLP on older "
                            "releases)",
    "outbreak filters": "Security Services > Outbreak Filters",
    "sophos anti-virus": "Security Services > Sophos",
    "mcafee anti-virus": "Security Services > McAfee",
}  # fmt: skip
OTHER_PAGE = "Security Services > the feature's page"
DLP = "data loss prevention"
RISK = (
    "A key or licence costs money; an evaluation key ends after 30 days and brings the fault back. "
    "Enabling DLP scans outbound mail from the commit on, and its policies act on it."
)


@dataclass(frozen=True, slots=True)
class Gap:
    """A module that one member lacks. ``label`` may be printed; ``state`` is the member's own."""

    box: Box
    name: str
    label: str
    state: str
    smart: bool


def remedy(case: Case, finding: Finding) -> Remedy:
    """Return the activation on every member that lacks a module, then the feature's settings."""
    gaps = list(_gaps(case, resolved=finding.status == "resolved"))
    members = list(dict.fromkeys(gap.box for gap in gaps))
    mode = boxes.cluster(case)
    told = ", ".join(f"{gap.label} on {gap.box.called}" for gap in gaps)
    result = Remedy(
        title=f"Give every member the same modules: {told}",
        appliance=tuple(box.name for box in members),
        precondition=(
            committing.save(*members),
            f"Note the old state: the key table of each member ({_states(gaps)}).",
            "The company owns the licence for each member; keys belong to one serial number.",
            f"The feature's settings at {boxes.words(mode)} are those of the member that has it.",
        ),
        steps=(*(step for gap in gaps for step in _steps(gap)), *_settings(gaps, members, mode)),
        effect="The feature works on these members too: their mail is scanned as on the others.",
        risk=RISK,
        verify=(committing.DATED, *_verify(case, gaps)),
        rollback=(
            "Disable the feature on its page (Submit, Commit Changes).",
            "A key that was activated stays: there is no way back for it.",
        ),
        alternatives=(_other_way(case, gaps, mode),),
    )
    if finding.status != "resolved":
        return result
    seen = any(case.all(KeyActivation, host) for host in case.members)
    return affected.told_as_done(result, "featurekey > ACTIVATE" if seen else "")


def _gaps(case: Case, *, resolved: bool) -> Iterator[Gap]:
    tables = rule.current(case)
    if resolved:
        tables = rule.former(case)
    for name in rule.mismatched(tables):
        for host, table in tables.items():
            key = _key(table, name)
            if key is None or key.state != "active":
                box = boxes.box(case, host)
                smart = table.source == "license_smart" or box.since(*SMART_SINCE)
                yield Gap(box, name, _label(tables, name), key.state if key else "missing", smart)


def _key(table: KeyTable, name: str) -> Key | None:
    return next((key for key in table.keys if key.name == name), None)


def _label(tables: rule.Tables, name: str) -> str:
    """The module as a member's table prints it, where that may be printed."""
    labels = [key.label for table in tables.values() for key in table.keys if key.name == name]
    checked = values.module_name(labels[0]) if labels else Refused("", "is empty")
    return "<module>" if isinstance(checked, Refused) else checked


def _states(gaps: list[Gap]) -> str:
    return ", ".join(f"{gap.label} is {gap.state} on {gap.box.called}" for gap in gaps)


def _steps(gap: Gap) -> Iterator[Step]:
    if gap.state == "dormant" and not gap.smart:
        return  # the key is there; enabling the feature wakes it
    machine = boxes.own_mode(gap.box)
    prompt = boxes.prompt(machine) if machine else gap.box.prompt
    yield from boxes.switch(gap.box.prompt, gap.box.mode, machine)
    yield from (_licence(gap, prompt) if gap.smart else _feature_key(prompt))


def _feature_key(prompt: str) -> Iterator[Step]:
    yield Step(prompt, "featurekey")
    yield Step("[]> ", "CHECKNOW", asks=OPERATION,
               note="lists keys that wait to be activated; where there are some, ACTIVATE lets "
                    "you pick one by its text instead of typing it")  # fmt: skip
    yield Step("[]> ", "ACTIVATE", asks=OPERATION)
    yield Step("[]> ", KEY, asks="Enter the feature key.")
    yield Step(AGREEMENT, "Y", asks="Whether you accept the licence agreement above",
               note="not every module asks; it must answer: Feature key accepted")  # fmt: skip
    yield Step("[]> ", "", note="the table above lists the module as Active; Enter leaves the menu")


def _licence(gap: Gap, prompt: str) -> Iterator[Step]:
    yield Step(prompt, "license_smart")
    yield Step("[]> ", "REQUEST", asks=OPERATION)
    yield Step("[]> ", choose=gap.label, asks="Which licences to request")
    yield Step(
        "[]> ",
        "SUMMARY",
        asks=OPERATION,
        note="the module must be listed as In Compliance, which may take minutes",
    )
    yield Step("[]> ", "", note="Enter leaves the menu")


def _settings(gaps: list[Gap], members: list[Box], mode: Mode) -> Iterator[Step]:
    names = dict.fromkeys((gap.name, gap.label) for gap in gaps)
    box = members[0]
    for name, label in names:
        page = SERVICE_PAGES.get(name, OTHER_PAGE)
        yield Step(
            gui=pages.on(
                box,
                f"{page}, Mode: {boxes.words(mode)} > Enable {label}: accept "
                "the licence agreement, Submit. No member overrides it.",
            )
        )
        if name == DLP:
            yield Step(
                gui=pages.on(
                    box,
                    f"Mail Policies > DLP Policy Manager, Mode: "
                    f"{boxes.words(mode)}: the same policies and message "
                    "actions as on the member that had the key, Submit.",
                )
            )
    yield Step(gui=pages.commit(box, "same features on all members"))


def _verify(case: Case, gaps: list[Gap]) -> Iterator[str]:
    commands = {("license_smart > SUMMARY" if gap.smart else "featurekey") for gap in gaps}
    members = [boxes.box(case, host).host for host in rule.current(case)]
    for command in sorted(commands):
        yield (f"{command} on every member ({', '.join(members)}), in machine mode, and "
               "clusterconfig list once: the same modules are usable on all.")  # fmt: skip
    yield "SMA GUI: run the migration wizard again; its sentence about the members is gone."


def _other_way(case: Case, gaps: list[Gap], mode: Mode) -> Remedy:
    labels = ", ".join(dict.fromkeys(gap.label for gap in gaps))
    every = [boxes.box(case, host) for host in rule.current(case)]
    names = dict.fromkeys((gap.name, gap.label) for gap in gaps)
    return Remedy(
        title=f"Make the members equal the other way: {labels} disabled on all of them",
        when="Prefer it where the company does not own the feature, or does not need it.",
        appliance=tuple(box.name for box in every),
        precondition=(committing.save(*every),
                      f"Nobody relies on {labels}; note its policies and settings."),
        steps=(*(Step(gui=pages.on(every[0], f"{SERVICE_PAGES.get(name, OTHER_PAGE)}, Mode: "
                                             f"{boxes.words(mode)} > Edit Global Settings: "
                                             f"disable {label}, Submit; the same in the mode of "
                                             "each member that overrides it."))
                 for name, label in names),
               Step(gui=pages.commit(every[0], "feature disabled on all members"))),
        effect="Mail is no longer scanned by this feature on any member.",
        risk="Protection that worked on some members is gone. The key tables still differ, so the "
             "comparison of keys goes on saying so: only the wizard shows whether this is enough.",
        verify=("SMA GUI: run the migration wizard again; its sentence about the members is "
                "gone.",),
        rollback=("Enable the feature again and restore its settings (loadconfig with the "
                  "loadable file, or by hand from the notes).",),
    )  # fmt: skip
