"""``featurekey`` and ``license_smart``: which modules a box may use.

Keys belong to one box. What was bought but not activated yet stands in ``Pair.purchases``: by its
key, or as a licence of the account that ``license_smart`` can request. The table's head and the
words of REQUEST are from memory.
"""

from __future__ import annotations

from dataclasses import replace

from pvo_kit.simulator.commands import asking
from pvo_kit.simulator.gate import stamp
from pvo_kit.simulator.pair import Appliance, Key
from pvo_kit.simulator.session import Dialogue, Session

_DAY = 86_400
_AGREEMENT = (
    "License Agreement for {label} (made up for this simulator: it grants nothing).",
    "",
)
_STATES = {"Active": "In Compliance", "Dormant": "Not requested", "Expired": "Out Of Compliance"}


def featurekey(session: Session, words: list[str]) -> Dialogue:
    """Print the keys; ACTIVATE takes a key that was bought for this box, CHECKNOW lists them."""
    box = session.box
    session.say("")
    while True:
        session.say(*_table(box), "")
        chosen = yield from asking.operation(session, {
            "ACTIVATE": "Activate a (pending) key.",
            "CHECKNOW": "Check now for new feature keys.",
        })  # fmt: skip
        if not chosen:
            return
        if chosen == "CHECKNOW":
            _check_now(session)
        else:
            yield from _activate(session)


def _table(box: Appliance) -> list[str]:
    is_esa = box.role == "esa"
    head = f"{'Module':<36}{'Quantity  Status    ' if is_esa else ''}Remaining  Expiration Date"
    rows = [
        f"{key.label:<36}{f'1         {key.state:<10}' if is_esa else ''}{key.left:<11}"
        f"{_expires(box, key)}"
        for key in box.keys
    ]
    return [head, *rows]


def _expires(box: Appliance, key: Key) -> str:
    days = key.left.partition(" ")[0]
    if days.isdecimal():
        return stamp(box.pair.clock + int(days) * _DAY)
    return stamp(box.up_since - _DAY) if key.state == "Expired" else "N/A"


def _check_now(session: Session) -> None:
    waiting = [bought.label for bought in session.pair.purchases.values()
               if bought.host == session.box.host and not bought.used]  # fmt: skip
    if waiting:
        session.say("Feature keys that wait to be activated:", *(f"  {name}" for name in waiting),
                    "")  # fmt: skip
    else:
        session.say("No new feature keys are available.", "")


def _activate(session: Session) -> Dialogue:
    box, pair = session.box, session.pair
    typed = yield from asking.value(session, "Enter the feature key.")
    bought = pair.purchases.get(typed)
    if bought is None or bought.host != box.host:
        session.say("The feature key is malformed.", "")
    elif bought.used:
        session.say("The feature key has already been used.", "")
    else:
        session.say(*(line.format(label=bought.label) for line in _AGREEMENT))
        agreed = yield from asking.yes(session, "Do you accept the license agreement? [N]> ")
        session.say("")
        if agreed:
            pair.purchases[typed] = replace(bought, used=True)
            box.keys = _with(box.keys, bought.label)
            session.say("Feature key accepted.", "")


def _with(keys: tuple[Key, ...], label: str) -> tuple[Key, ...]:
    return (*(key for key in keys if key.label != label), Key(label))


def license_smart(session: Session, words: list[str]) -> Dialogue:
    """Print licences (SUMMARY) and the registration (STATUS); REQUEST takes what was bought."""
    session.say("")
    if [word.lower() for word in words] == ["summary"]:
        session.say(*_summary(session.box))
        return
    while True:
        chosen = yield from asking.operation(session, {
            "REQUEST": "Request licenses for the product.",
            "STATUS": "Show overall Smart Licensing status.",
            "SUMMARY": "Show Smart Licensing status summary.",
        })  # fmt: skip
        if not chosen:
            return
        if chosen == "SUMMARY":
            session.say(*_summary(session.box), "")
        elif chosen == "STATUS":
            session.say("Smart Licensing is ENABLED", "", "Registration:", "  Status: REGISTERED",
                        "", "License Authorization:", "  Status: AUTHORIZED", "")  # fmt: skip
        else:
            yield from _request(session)


def _summary(box: Appliance) -> list[str]:
    if box.role == "sma":
        return ["There are no active licenses to display."]
    head = (f"{'FeatureName':<50}LicenseAuthorisationStatus  "
            "AuthorisationExpiryDate  Count")  # fmt: skip
    rows = [f"{key.label:<50}{_STATES[key.state]:<28}N/A                      1"
            for key in box.keys]  # fmt: skip
    return [head, *rows]


def _request(session: Session) -> Dialogue:
    box, pair = session.box, session.pair
    every = {bought.label: code for code, bought in pair.purchases.items()
             if bought.host == box.host and not bought.used}  # fmt: skip
    if not every:
        session.say("There are no licenses to request.", "")
        return
    labels = list(every)
    session.say(*(f"{number}. {label}" for number, label in enumerate(labels, 1)))
    session.say("Enter the number of the license that you want to request.")
    typed = (yield "[]> ").strip()
    session.say("")
    if typed.isdecimal() and 1 <= int(typed) <= len(labels):
        label = labels[int(typed) - 1]
        pair.purchases[every[label]] = replace(pair.purchases[every[label]], used=True)
        box.keys = _with(box.keys, label)
        session.say("Request is in progress. Licenses are listed in SUMMARY.", "")
