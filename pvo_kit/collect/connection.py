"""An SSH connection to one appliance: its host key verified, one credential tried, then shells.

Everything that goes wrong is a ``RefusedError`` with a message that names the way out. paramiko is
loaded here, when a connection is made, and its own log is silenced: it prints tracebacks.
"""

from __future__ import annotations

import contextlib
import logging
import socket
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING

from pvo_kit.collect import offer
from pvo_kit.collect.authentication import log_in
from pvo_kit.collect.console import Person
from pvo_kit.collect.credentials import Credential
from pvo_kit.collect.known_hosts import KnownHosts, fingerprint, host_name
from pvo_kit.collect.proxy import ProxySocket
from pvo_kit.collect.refused import RefusedError, in_words
from pvo_kit.collect.route import Route

if TYPE_CHECKING:
    import paramiko

CONNECT = 20.0
"""Seconds for the connection, the handshake and the login, each."""

_ALIVE = 30
"""Seconds between signs of life, so that nothing on the way forgets a quiet connection."""

WIDTH, HEIGHT = 511, 1000
"""Columns and rows of the terminal asked for: long lines come whole, most answers unpaged."""

LOG = "pvo_kit.ssh"
WEAK = {
    "ciphers": ["3des-cbc", "aes128-cbc", "aes192-cbc", "aes256-cbc", "blowfish-cbc"],
    "macs": ["hmac-md5", "hmac-md5-96", "hmac-sha1-96", "hmac-sha1"],
}
"""Left out at first; taken where an appliance has nothing better, and then said."""

_ASKING = Lock()


@dataclass(frozen=True)
class Connection:
    """A connection that is logged in."""

    transport: paramiko.Transport
    fingerprint: str

    def open(self) -> paramiko.Channel:
        """Open a shell on a wide, dumb terminal."""
        import paramiko

        try:
            channel = self.transport.open_session(timeout=CONNECT)
            channel.get_pty(term="dumb", width=WIDTH, height=HEIGHT)
            channel.invoke_shell()
        except (paramiko.SSHException, OSError, EOFError) as error:
            raise RefusedError(f"no shell could be opened ({in_words(error)})") from None
        return channel

    def close(self) -> None:
        """Close it with all its shells."""
        self.transport.close()


def connect(
    route: Route, credential: Credential, known: KnownHosts, accept_new: bool, person: Person
) -> Connection:
    """Connect, verify the host key, log in. Raises RefusedError."""
    name = f"{route.host}:{route.port}"
    transport = _handshake(route, known, person)
    try:
        key = transport.get_remote_server_key()
        trust_name = route.trust_name or host_name(route.host, route.port)
        _verify(trust_name, key, known, accept_new, person)
        log_in(transport, route, credential)
    except RefusedError as error:
        transport.close()
        raise RefusedError(f"{name}: {error}") from None
    except BaseException:
        transport.close()
        raise
    transport.set_keepalive(_ALIVE)
    return Connection(transport, fingerprint(key))


def _handshake(route: Route, known: KnownHosts, person: Person) -> paramiko.Transport:
    """Agree on algorithms: the strong ones first, the weak ones where nothing else is offered."""
    import paramiko

    name = f"{route.host}:{route.port}"
    try:
        return _started(route, known, WEAK)
    except paramiko.ssh_exception.IncompatiblePeer:
        pass
    try:
        transport = _started(route, known, {})
    except paramiko.ssh_exception.IncompatiblePeer as error:
        raise RefusedError(_explained(route, in_words(error))) from None
    person.say(f"{name} offers only weak ciphers or MACs; they are used for this connection")
    return transport


def _started(route: Route, known: KnownHosts, without: dict[str, list[str]]) -> paramiko.Transport:
    import paramiko

    name = f"{route.host}:{route.port}"
    silent = logging.getLogger(LOG)
    silent.propagate = False
    silent.setLevel(logging.CRITICAL + 1)
    transport = paramiko.Transport(_socket(route), disabled_algorithms=without)  # type: ignore[arg-type]
    transport.set_log_channel(LOG)
    transport.banner_timeout = transport.auth_timeout = CONNECT
    trusted = known.keys(route.trust_name or host_name(route.host, route.port))
    _prefer(transport, {key.get_name() for key in trusted})
    try:
        transport.start_client(timeout=CONNECT)
        if not transport.initial_kex_done:
            raise RefusedError(f"{name}: no handshake within {CONNECT:g} s; is that its SSH port?")
    except paramiko.ssh_exception.IncompatiblePeer:
        transport.close()
        raise
    except (paramiko.SSHException, OSError, EOFError) as error:
        transport.close()
        told = f"no SSH handshake ({in_words(error)}); is that its SSH port?"
        raise RefusedError(f"{name}: {told}") from None
    except BaseException:
        transport.close()
        raise
    return transport


def _prefer(transport: paramiko.Transport, kinds: set[str]) -> None:
    """Ask first for a host key of the kind that is known: another would look unknown."""
    options = transport.get_security_options()
    names = options.key_types

    def is_known(name: str) -> bool:
        return name in kinds or ("ssh-rsa" in kinds and name.startswith("rsa-"))

    options.key_types = tuple(sorted(names, key=lambda name: not is_known(name)))


def _socket(route: Route) -> socket.socket | ProxySocket:
    if route.proxy:
        connected = ProxySocket(route.proxy)
        connected.settimeout(CONNECT)
        return connected
    try:
        return socket.create_connection((route.host, route.port), timeout=CONNECT)
    except (OSError, UnicodeError) as error:
        told = f"cannot be reached ({in_words(error)})"
        raise RefusedError(f"{route.host}:{route.port}: {told}") from None


def _explained(route: Route, told: str) -> str:
    """Say what the server offers and the ways out, for a server that is too old (or too new)."""
    import paramiko

    offered = ""
    with (
        contextlib.suppress(OSError, ValueError, RefusedError),
        contextlib.closing(_socket(route)) as fresh,
    ):
        found = offer.read(fresh)
        offered = f" It is {found.software} and offers {found}."
    return (
        f"{route.host}:{route.port}: {told}.{offered} paramiko {paramiko.__version__} speaks none "
        "of it. Ways out: upgrade the appliance; or collect from an environment of its own with "
        "pip install 'paramiko>=4,<5', which still speaks SHA-1; or log in by hand and paste the "
        "transcript into a file"
    )


def _verify(
    name: str, key: paramiko.PKey, known: KnownHosts, accept_new: bool, person: Person
) -> None:
    shown = f"{key.get_name()} {fingerprint(key)}"
    with _ASKING:
        trust, place = known.trust(name, key)
        if trust == "known":
            return
        if trust == "changed":
            raise RefusedError(
                f"its host key is not the one that is known: it shows {shown}, {place} has "
                "another. Somebody may sit between, or the appliance was replaced: ask its owner, "
                "and only then remove that line"
            )
        if trust == "revoked":
            raise RefusedError(f"its host key {shown} is revoked ({place}); do not use it")
        if accept_new and person.is_interactive:
            person.say(f"{name} is not known. It shows the host key {shown}.")
            question = f"Is that the fingerprint that the owner of {name} tells? (yes/no) "
            if person.confirm(question):
                known.add(name, key)
                person.say(f"{name} was added to {known.store}")
                return
            raise RefusedError(f"its host key {shown} was not accepted")
    raise RefusedError(
        f"its host key is not known: {shown}. Compare it with the owner's, then add it: run this "
        f"in a terminal with --accept-new, or add the line to {known.store}: "
        f"{name} {key.get_name()} {key.get_base64()}"
    )
