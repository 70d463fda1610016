"""``telnet``, ``ping``, ``nslookup``, ``tlsverify``: tests that a box makes itself."""

from __future__ import annotations

from collections.abc import Sequence

from pvo_kit.simulator import gate
from pvo_kit.simulator.commands import asking
from pvo_kit.simulator.commands.network import entry
from pvo_kit.simulator.network import SSH, Attempt, connect
from pvo_kit.simulator.session import BreakError, Dialogue, Session
from pvo_kit.simulator.settings import AUTO, Interface
from pvo_kit.simulator.suites import Handshake

_WHY = {
    "timeout": "Operation timed out",
    "refused": "Connection refused",
    "no-route": "No route to host",
}
_NEW_WORDS_SINCE = (11,)  # daneverify's words, seen on newer releases


def telnet(session: Session, words: list[str]) -> Dialogue:
    """Connect from a chosen interface, or ``telnet HOST PORT`` from Auto; QUIT or ^] ends it."""
    session.say("")
    if words:
        if len(words) > 2 or not words[-1].isdecimal():
            session.say("Invalid arguments when processing telnet:")
            return
        name, target, port = AUTO, words[0], int(words[1])
    else:
        question = "Please select which interface you want to telnet from."
        name = yield from _from(session, question)
        target = yield from asking.value(session, "Enter the remote hostname or IP address.")
        port = yield from asking.number(session, "Enter the remote port.", 25)
    attempt = connect(session.box, name, target, port)
    if attempt.outcome == "unknown-host":
        session.say(f"telnet: {target}: hostname nor servname provided, or not known")
        return
    session.say(f"Trying {attempt.address}...")
    if attempt.outcome != "connected":
        session.say(
            f"telnet: connect to address {attempt.address}: {_WHY[attempt.outcome]}",
            "telnet: Unable to connect to remote host",
        )
        return
    session.say(f"Connected to {attempt.address}.", "Escape character is '^]'.")
    yield from _conversation(session, attempt, port)
    session.say("")


def _conversation(session: Session, attempt: Attempt, port: int) -> Dialogue:
    """Speak SMTP with what listens there until it or the person hangs up."""
    host = attempt.peer.host if attempt.peer else attempt.address
    if port == SSH:
        session.say("SSH-2.0-OpenSSH_7.5", "Connection closed by foreign host.")
        return
    session.say(f"220 {host} ESMTP")
    while True:
        try:
            typed = (yield "").strip().upper()
        except BreakError:
            continue  # it goes to the other end
        if typed.startswith(("\x1d", "^]")):
            session.say("Connection closed.")
            return
        if typed == "QUIT":
            session.say(f"221 {host}", "Connection closed by foreign host.")
            return
        if typed.startswith("EHLO"):
            session.say(f"250-{host}", "250-8BITMIME", "250-SIZE 33554432", "250 STARTTLS")
        elif typed:
            session.say("500 command not recognized")


def _from(session: Session, question: str) -> asking.Asking[str]:
    owned: Sequence[Interface] = session.box.in_force("interfaces")
    session.say(question)
    index = yield from asking.pick(session, [AUTO, *map(entry, owned)])
    return AUTO if index == 0 else owned[index - 1].name


def ping(session: Session, words: list[str]) -> Dialogue:
    """Send three pings that answer or not, then wait for Ctrl-C."""
    session.say("")
    name, target = AUTO, "".join(words[:1])
    if not words:
        question = "Which interface do you want to send the pings from?"
        name = yield from _from(session, question)
        target = yield from asking.value(session, "Please enter the host you wish to ping.")
    attempt = connect(session.box, name, target, SSH)
    if not attempt.address:
        session.say(f"ping: cannot resolve {target}: Unknown host")
        return
    session.say(f"PING {target} ({attempt.address}): 56 data bytes")
    answered = 3 if attempt.outcome in ("connected", "refused") else 0
    session.say(
        *(
            f"64 bytes from {attempt.address}: icmp_seq={number} ttl=64 time=0.6 ms"
            for number in range(answered)
        )
    )
    try:
        while True:
            yield ""
    except BreakError:
        lost = 100 - 100 * answered // 3
        session.say(
            "",
            f"--- {target} ping statistics ---",
            f"3 packets transmitted, {answered} packets received, {lost}% packet loss",
        )


def nslookup(session: Session, words: list[str]) -> Dialogue:
    """Resolve a name that one of the boxes has."""
    session.say("")
    name = "".join(words[:1])
    if not words:
        name = yield from asking.value(session, "Please enter the host or IP address to resolve.")
        session.say("Choose the query type:")
        yield from asking.pick(session, ["A", "AAAA", "MX", "PTR"])
    peer = session.pair.named(name)
    if peer is None:
        session.say("NXDomain")
    else:
        owned: Sequence[Interface] = peer.in_force("interfaces")
        named = [each.ip for each in owned if each.hostname == name.lower()]
        session.say(f"A={(named or [owned[0].ip])[0]} TTL=30m")


def tlsverify(session: Session, words: list[str]) -> Dialogue:
    """Open a TLS session to a destination from the default interface, step by step."""
    session.say("")
    if len(words) > 1:
        domain, place = words[0], words[1]
    else:
        domain = yield from asking.value(session, "Enter the TLS domain to verify against:")
        question = ("Enter the destination host to connect to.  Append the port (example.com:26) "
                    "if you are not connecting on port 25:")  # fmt: skip
        place = yield from asking.value(session, question, domain)
    host, port = _split(place)
    name = session.box.in_force("delivery").interface
    attempt = connect(session.box, name, host, port)
    session.say(f"Connecting to {attempt.address or host} on port {port}.")
    if attempt.outcome != "connected" or attempt.peer is None or attempt.interface is None:
        why = {"timeout": "timed out", "refused": "refused"}.get(attempt.outcome, "failed")
        session.say(f"Connection to {attempt.address or host} {why}.")
        session.say(f"Failed to connect to [{attempt.address or host}].")
    else:
        session.say(f"Connected to {attempt.address} from interface {attempt.interface.ip}.")
        tls = gate.handshake(session.box, attempt.peer)
        session.say(*_told(tls, attempt.address, domain, session.box.release))
    session.say("TLS verification completed.")


def _told(tls: Handshake, address: str, domain: str, release: tuple[int, ...]) -> list[str]:
    said = ["Checking TLS connection."]
    if tls.failure:
        return [*said, f"TLS connection to {address} failed: {tls.failure}.",
                f"Failed to connect to [{address}]."]  # fmt: skip
    said.append(f"TLS connection established: protocol {tls.protocol}, cipher {tls.suite}.")
    if tls.is_anonymous:
        return [*said, "Verifying peer certificate.",
                f"Certificate verification failed: {gate.NO_CERTIFICATE}.",
                f"TLS connection to {address} failed: verify error.",
                "TLS was required but could not be successfully negotiated.",
                f"Failed to connect to [{address}]."]  # fmt: skip
    if release >= _NEW_WORDS_SINCE:
        return [*said, "Certificate verification successful",
                f"TLS connection succeeded {domain}."]  # fmt: skip
    return [*said, "Verifying peer certificate.",
            f"Verifying certificate common name {domain}.",
            f"TLS certificate match {domain}", "TLS certificate verified.",
            f"TLS connection to {address} succeeded.", "",
            f"TLS successfully connected to {domain}."]  # fmt: skip


def _split(place: str) -> tuple[str, int]:
    host, colon, port = place.rpartition(":")
    if colon and port.isdecimal() and (":" not in host or host.endswith("]")):
        return host.strip("[]"), int(port)
    return place.strip("[]"), 25
