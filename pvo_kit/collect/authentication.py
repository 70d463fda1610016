"""One login with one credential; a refusal says why and what to do, and nothing is tried again.

An appliance that sees too many failed logins locks the station out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pvo_kit.collect.credentials import Credential
from pvo_kit.collect.known_hosts import fingerprint
from pvo_kit.collect.refused import RefusedError, in_words
from pvo_kit.collect.route import Route

if TYPE_CHECKING:
    import paramiko


def log_in(transport: paramiko.Transport, route: Route, credential: Credential) -> None:
    """Log in with this one credential; raises RefusedError where it is not taken."""
    import paramiko

    try:
        if credential.kind == "password":
            _with_password(transport, route.user, credential.password)
        else:
            _with_keys(transport, route.user, credential)
    except (paramiko.SSHException, OSError, EOFError) as error:
        told = in_words(error)
        if credential.password and credential.password in told:  # no library does so today
            told = type(error).__name__
        raise RefusedError(f"the login as {route.user} broke off ({told})") from None
    if not transport.is_authenticated():
        told = "a second step, which the kit does not know"
        other = "use a key (--key FILE)" if credential.kind == "password" else "ask its owner"
        raise RefusedError(f"the login as {route.user} asks for {told}; {other}")


def _with_keys(transport: paramiko.Transport, user: str, credential: Credential) -> None:
    """Offer the keys in turn; another one only after the server has refused the one before."""
    import paramiko

    for key in credential.keys:
        try:
            transport.auth_publickey(user, key)
        except paramiko.AuthenticationException as error:
            if not _is_refusal(error):
                raise
        else:
            return
    way_out = "--no-agent takes a password" if credential.kind == "agent" else "give another"
    keys = " and ".join(f"{key.get_name()} {fingerprint(key)}" for key in credential.keys)
    raise RefusedError(
        f"the login as {user} with {credential.told} was refused ({keys}); check the account's "
        f"keys on the appliance, or {way_out}. Not tried again: failed logins lead to a lock-out"
    )


def _with_password(transport: paramiko.Transport, user: str, password: str) -> None:
    import paramiko

    try:
        transport.auth_password(user, password, fallback=False)
    except paramiko.BadAuthenticationType as error:
        if "keyboard-interactive" not in error.allowed_types:
            offered = ", ".join(error.allowed_types) or "nothing"
            told = f"takes no password for {user}, only {offered}; use a key (--key FILE)"
            raise RefusedError(told) from None
        _interactive(transport, user, password)
    except paramiko.AuthenticationException as error:
        raise (_wrong_password(user) if _is_refusal(error) else error) from None


def _interactive(transport: paramiko.Transport, user: str, password: str) -> None:
    """Answer one question with the password; a second one is a second factor."""
    import paramiko

    asked: list[str] = []

    def handler(_title: str, _told: str, prompts: list[tuple[str, bool]]) -> list[str]:
        asked.extend(prompt for prompt, _ in prompts)
        return [password if len(asked) == 1 else "" for _ in prompts]

    try:
        transport.auth_interactive(user, handler)
    except paramiko.AuthenticationException as error:
        if len(asked) > 1:
            raise RefusedError(
                f"the login as {user} asks for a second factor, which the kit cannot give; use a "
                "key (--key FILE)"
            ) from None
        raise (_wrong_password(user) if _is_refusal(error) else error) from None


def _is_refusal(error: paramiko.AuthenticationException) -> bool:
    """Whether the server said no: paramiko raises the same where it said nothing, or hung up."""
    import paramiko

    said_no = str(error) == "Authentication failed."
    return said_no or isinstance(error, paramiko.BadAuthenticationType)


def _wrong_password(user: str) -> RefusedError:
    return RefusedError(
        f"the password of {user} was refused; check the account. Not tried again: failed logins "
        "lead to a lock-out"
    )
