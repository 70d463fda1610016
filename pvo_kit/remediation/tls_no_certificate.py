"""Remedy of scenario 4: a cipher string without anonymous suites, starting from the one in force.

The string that fits the release comes first; the technote's, the smallest change and a hardened
one are alternatives, so is the SMA's inbound string: removing anonymous suites on either side is
enough. Sources: the technote, the articles on ``sslconfig``, on TLS 1.3 (GUI from 15.5), on
``tlsverify`` (it verifies more strictly than delivery does).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from pvo_kit import tls
from pvo_kit.case import CPQ_DOMAIN, Case, newest
from pvo_kit.facts import CipherChange, CipherList, CipherSetting
from pvo_kit.findings import Finding
from pvo_kit.remediation import affected, boxes, ciphers, committing, ssl_dialogue
from pvo_kit.remediation.boxes import Mode, Number
from pvo_kit.remediation.ciphers import Proposal
from pvo_kit.remediation.remedy import Remedy, Step
from pvo_kit.remediation.ssl_dialogue import Service, Setting
from pvo_kit.remediation.values import Refused
from pvo_kit.scenarios.tls_no_certificate import SCENARIO

GUI_ONLY_SINCE = (15, 5)
PAGE_SINCE = 11
TLS_1_3 = (
    "The three TLS 1.3 suites cannot be edited and are never anonymous; keep TLS 1.2 on, and at "
    "least one version that the SMA has too."
)
RISK = (
    "It applies to all outbound SMTP with TLS. A peer that offers anonymous suites only is served "
    "in plain text from then on where TLS is preferred, and not at all where it is required."
)


def remedy(case: Case, finding: Finding) -> Remedy:
    """Return the change of the outbound string on each ESA (once for a cluster's level)."""
    hosts = affected.hosts(SCENARIO, case, finding)
    done = finding.status == "resolved"
    settings = list(_settings(case, hosts, done))
    typed = _typed(case, hosts) if done else None
    offers = ciphers.proposals(settings[0].known, settings[0].era)
    if typed and ciphers.is_clean(typed):
        offers = [Proposal(typed, "the string that was typed", ""), *offers]
    gui = settings[0].box.since(*GUI_ONLY_SINCE)
    result = _set(case, settings, offers[0], gui=gui)
    others = [_set(case, settings, offer, gui=gui) for offer in offers[1:]]
    if settings[0].box.since(PAGE_SINCE):
        others.append(_other_tool(case, settings, offers[0], gui=not gui))
    others.append(_on_sma(case, settings[0].era))
    result = replace(result, alternatives=tuple(others))
    return (
        affected.told_as_done(result, "sslconfig > OUTBOUND" if typed else "") if done else result
    )


def _settings(case: Case, hosts: Sequence[str | None], resolved: bool) -> Iterator[Setting]:
    """The outbound setting of each host, those of one cluster or group once."""
    done: set[Mode] = set()
    for host in hosts:
        setting = _setting(case, host, "outbound", resolved)
        if setting.mode and setting.mode in done:
            continue
        if setting.mode:
            done.add(setting.mode)
        yield setting


def _setting(case: Case, host: str | None, service: Service, resolved: bool = False) -> Setting:
    box = boxes.box(case, host, "esa" if service == "outbound" else "sma")
    found = [fact for fact in case.all(CipherSetting, host) if fact.service == service]
    if host is None and service == "inbound":
        found = []  # a paste without a host name is taken for the ESA's
    if resolved:
        # What was in force while it failed, not what mended it.
        found = [fact for fact in found
                 if tls.offers_anonymous(fact.ciphers or "DEFAULT") != "no"] or found  # fmt: skip
    if not found:
        mode = boxes.cluster(case) if box.mode else None
        return Setting(host, box, service, mode)
    fact = newest(found)[-1]
    mode = (fact.level, boxes.place(fact.place, fact.level)) if fact.level else box.mode
    return Setting(host, box, service, mode, ssl_dialogue.old_value(fact.ciphers), fact.method)


def _typed(case: Case, hosts: Sequence[str | None]) -> str | None:
    """The newest outbound string that the evidence shows to be typed."""
    changes = [fact for host in hosts for fact in case.all(CipherChange, host)
               if fact.service == "outbound" and fact.ciphers]  # fmt: skip
    checked = ssl_dialogue.old_value(newest(changes)[-1].ciphers) if changes else None
    return checked if isinstance(checked, str) else None


def _set(case: Case, settings: Sequence[Setting], offer: Proposal, *, gui: bool) -> Remedy:
    """The remedy that sets one string, in the GUI or in the CLI."""
    steps: list[Step] = []
    for setting in settings:
        found = ssl_dialogue.in_gui(setting, offer.string) if gui else list(
            ssl_dialogue.in_cli(case, setting, offer.string))  # fmt: skip
        steps += found
    effect = " ".join(line for setting in settings for line in _effect(case, setting, offer))
    return Remedy(
        title=f"Set the outbound ciphers to {offer.string} ({offer.name})",
        when=offer.when,
        appliance=tuple(setting.box.name for setting in settings),
        precondition=tuple(line for setting in settings for line in _before(case, setting)),
        steps=tuple(steps),
        effect=f"New outbound TLS sessions negotiate by the new string. {effect}",
        risk=RISK + (f" {TLS_1_3}" if gui else ""),
        verify=(
            committing.DATED,
            *(line for setting in settings for line in _verify(case, setting, offer)),
        ),
        rollback=tuple(line for setting in settings for line in _way_back(setting)),
    )


def _before(case: Case, setting: Setting) -> Iterator[str]:
    box, service = setting.box, setting.service
    yield committing.save(box)
    told = setting.known or "as sslconfig prints it"
    if isinstance(setting.old, Refused):
        told = f"as sslconfig prints it ({setting.old})"
    yield f"Note the old value on {box.called}: {service} SMTP ciphers: {told}."
    if setting.known and ciphers.is_clean(setting.known):
        yield ("This string leaves no anonymous suite, so another one is in force: not committed, "
               "at another cluster level, or on another box. Find that one first.")  # fmt: skip
    if setting.mode:
        yield (f"sslconfig > CLUSTERSHOW tells at which level the setting is in force; the steps "
               f"change it at {boxes.words(setting.mode)}. Where a machine or group has a setting "
               "of its own, change it there too.")  # fmt: skip
    if service == "outbound":
        yield _inbound_told(case)


def _inbound_told(case: Case) -> str:
    """What the SMA's inbound string lets in: one side without anonymous suites is enough."""
    sma = boxes.boxes(case, "sma")[0]
    host = next((seen.host for seen in case.boxes("sma")), None)
    setting = _setting(case, host, "inbound") if host else None
    if setting is None or setting.known is None:
        return (f"Check the inbound ciphers of {sma.label} too (sslconfig there): to end anonymous "
                "suites on either side is enough, on both is better.")  # fmt: skip
    offers = {
        "yes": "lets anonymous suites in",
        "no": "leaves none",
        "unknown": "may let anonymous suites in",
    }[tls.offers_anonymous(setting.known)]
    return (f"The inbound string of {sma.label} is {setting.known}, which {offers}. To end "
            "anonymous suites on either side is enough, on both is better.")  # fmt: skip


def _effect(case: Case, setting: Setting, offer: Proposal) -> Iterator[str]:
    release = ".".join(str(part) for part in setting.era) if setting.era else None
    listed = [fact for fact in case.all(CipherList, setting.host)
              if setting.known and fact.ciphers == setting.known]  # fmt: skip
    if listed:
        names = [suite.name for suite in tls.SUITES if suite.name in newest(listed)[-1].suites]
        yield f"Of the old string VERIFY lists as anonymous: {', '.join(names) or 'none'}."
    yield from ciphers.cost(setting.known, offer.string, tls.generations(release))


def _verify(case: Case, setting: Setting, offer: Proposal) -> Iterator[str]:
    address, port = boxes.sma_address(case, setting.host, by_tls=True), boxes.pvo_port(case)
    host = setting.box.called
    to = f"[{address}]:{port}" if ":" in address else f"{address}:{port}"
    yield (f"On {host}, tlsverify: domain {CPQ_DOMAIN}, host {to}: a suite that begins neither "
           "with ADH- nor AECDH-, then TLS successfully connected. (It verifies names more "
           "strictly than delivery does.)")  # fmt: skip
    yield (f'On {host}, grep "port {port}" mail_logs, then grep the newest DCID: TLS success.')
    yield (f"On {host}, sslconfig shows {offer.string} (a setting; it proves no effect).")


def _way_back(setting: Setting) -> tuple[str, ...]:
    old = setting.known or "the string noted before"
    return committing.way_back(
        setting.box,
        f"sslconfig > {setting.service.upper()}: Enter at the method, then {old}, commit.",
    )


def _other_tool(case: Case, settings: Sequence[Setting], offer: Proposal, *, gui: bool) -> Remedy:
    """The same string by the other way in: the GUI, or the CLI where the GUI comes first."""
    when = "Prefer it where you work in the GUI anyway." if gui else (
        "Prefer it where no GUI is at hand. Nothing public shows the CLI's words on this release: "
        "answer by the question's text.")  # fmt: skip
    other = _set(case, settings, offer, gui=gui)
    return replace(other, title=f"Set the same string in the {'GUI' if gui else 'CLI'}", when=when)


def _on_sma(case: Case, era: Number | None) -> Remedy:
    """The same on the other side; an SMA is not older than its ESAs, so their era serves it."""
    host = next((seen.host for seen in case.boxes("sma")), None)
    setting = _setting(case, host, "inbound")
    offer = ciphers.proposals(setting.known, setting.era or era)[0]
    return Remedy(
        title=f"Change the SMA's inbound ciphers to {offer.string}",
        when="Prefer it where the ESA's outbound mail must stay as it is, or do it as well: one "
             "side is enough, both are better.",
        appliance=(setting.box.name,),
        precondition=tuple(_before(case, setting)),
        steps=tuple(ssl_dialogue.in_cli(case, setting, offer.string)),
        effect=" ".join(("The SMA takes no anonymous suite any more, from any peer.",
                         *_effect(case, setting, offer))),
        risk="It applies to all SMTP that the SMA takes in, from every ESA and mail client.",
        verify=("On each ESA, tlsverify as above.",),
        rollback=_way_back(setting),
    )  # fmt: skip
