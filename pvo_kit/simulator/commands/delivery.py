"""``deliveryconfig``: the interface that mail is delivered from by default."""

from __future__ import annotations

from dataclasses import replace

from pvo_kit.simulator.commands import asking, moving
from pvo_kit.simulator.commands.network import entry
from pvo_kit.simulator.session import Dialogue, Session
from pvo_kit.simulator.settings import AUTO, Delivery, Interface

_FIFTH_SINCE = (13, 5)


def deliveryconfig(session: Session, words: list[str]) -> Dialogue:
    """Print the settings; SETUP asks for each, in the order of the article on it."""
    yield from moving.configured(session, "delivery")
    session.say("")
    while True:
        now: Delivery = session.read("delivery")
        session.say(*_summary(now), "")
        operations = {"SETUP": "Configure mail delivery."}
        chosen = yield from moving.operation(session, operations, "delivery", "delivery settings")
        if not chosen:
            return
        session.write("delivery", (yield from _asked(session, now)))


def _summary(now: Delivery) -> tuple[str, ...]:
    return (
        f"Default interface to deliver mail: {now.interface}",
        f'"Possible Delivery": {"Enabled" if now.possible else "Disabled"}',
        "Default system wide maximum outbound message delivery",
        f"concurrency: {now.limit}",
        "Default system wide TLS maximum outbound message delivery",
        f"concurrency: {now.tls_limit}",
    )


def _asked(session: Session, now: Delivery) -> asking.Asking[Delivery]:
    owned: tuple[Interface, ...] = session.box.in_force("interfaces")
    names = [AUTO, *(each.name for each in owned)]
    session.say("Choose the default interface to deliver mail.")
    default = names.index(now.interface) + 1 if now.interface in names else 1
    index = yield from asking.pick(session, [AUTO, *map(entry, owned)], default)
    question = f'Enable "Possible Delivery" (recommended)? [{"Y" if now.possible else "N"}]> '
    possible = yield from asking.yes(session, question)
    session.say("", "Please enter the default system wide maximum outbound message")
    limit = yield from asking.number(session, "delivery concurrency.", now.limit)
    session.say("Please enter the default system wide TLS maximum outbound message")
    tls_limit = yield from asking.number(session, "delivery concurrency.", now.tls_limit)
    without = now.without_tls
    if session.box.release >= _FIFTH_SINCE:
        without = yield from asking.yes(
            session,
            "Do you want to attempt delivery without TLS when the TLS concurrency limit is "
            f"reached? [{'Y' if without else 'N'}]> ",
        )
        session.say("")
    return replace(now, interface=names[index], possible=possible, limit=limit,
                   tls_limit=tls_limit, without_tls=without)  # fmt: skip
