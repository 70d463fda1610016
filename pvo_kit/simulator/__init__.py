"""A simulated pair of appliances with state, spoken to through the same CLI.

::

    from pvo_kit.simulator import Session, broken, transcript_text

    pair = broken(3, era="14")
    print(Session(pair.esa).type("deliveryconfig"))
    print(transcript_text(pair, pair.esa.host, ["version", "deliveryconfig", ""]))

What it prints follows from its state: it shows that remedy, parser and model agree, never that an
appliance does. It knows neither the parsers nor the remedies, and they do not know it.
"""

from pvo_kit.simulator.broken import VARIANTS, broken, healthy
from pvo_kit.simulator.pair import Pair
from pvo_kit.simulator.session import Session, transcript_text

__all__ = ["VARIANTS", "Pair", "Session", "broken", "healthy", "transcript_text"]
