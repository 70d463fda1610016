"""What if: the same scenarios, judged on evidence that was altered by a change.

    answer = pvo.what_if(evidence, pvo.DeliverFrom("mx.example.com", "Auto"))
    answer.cleared, answer.remaining, answer.arisen, answer.effects

Nothing is read again and nothing is changed: a change adds to the facts the reading that it would
give, as the newest of all, and takes out what was measured before it and says nothing of the time
after. What that leaves open stays open.
"""

from pvo_kit.what_if.asking import what_if
from pvo_kit.what_if.changes import AddKey, Change, Ciphers, DeliverFrom, MoveSetting
from pvo_kit.what_if.options import Choices, CipherChoice, Option, choices
from pvo_kit.what_if.result import MARK, WhatIf

__all__ = [
    "MARK",
    "AddKey",
    "Change",
    "Choices",
    "CipherChoice",
    "Ciphers",
    "DeliverFrom",
    "MoveSetting",
    "Option",
    "WhatIf",
    "choices",
    "what_if",
]
