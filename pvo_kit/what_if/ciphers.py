"""What if an ESA had another outbound cipher string (scenario 4).

A string that leaves no anonymous suite takes the cause away, and the rule says unknown all the
same, since a setting is not an effect and no session was made with it: ``takes_away`` tells the two
apart. ``outdated`` tells what becomes of the sessions that were made.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from pvo_kit import tls
from pvo_kit.case import Case, newest
from pvo_kit.errors import InputError
from pvo_kit.facts import CipherSetting, Release
from pvo_kit.remediation.ciphers import anonymous, classes
from pvo_kit.scenarios import cipher_strings
from pvo_kit.scenarios.changes import since
from pvo_kit.scenarios.cipher_strings import String
from pvo_kit.scenarios.tls_sessions import last, sessions
from pvo_kit.what_if import methods
from pvo_kit.what_if.altering import WHERE, Altered, names, origin, with_facts
from pvo_kit.what_if.changes import Ciphers
from pvo_kit.what_if.outdated import without_outdated

SCENARIO = 4


def alter(case: Case, change: Ciphers) -> Altered:
    """Add the reading of another outbound string, and take out what it outdates."""
    if change.host not in hosts_of(case):
        known = names(hosts_of(case))
        raise InputError(f"{change.host} is no ESA of this evidence; it knows: {known}")
    if not re.findall(r"[^:,;\s]", change.string):
        raise InputError("the cipher string is empty; write one such as HIGH:!aNULL")
    old = before(case, change.host)
    setting = setting_of(case, change.host)
    method = setting.method if setting else None
    if setting and setting is old and _is_same(setting, change) and not _changed(case, change.host):
        return Altered(case, ("That is the outbound string in force already.",))
    new = CipherSetting(
        service="outbound",
        method=change.method or method,
        ciphers=change.string,
        host=old.host if old else change.host,
        level=old.level if old else None,
        place=old.place if old else None,
        **origin(case, f"Outbound SMTP ciphers: {change.string}"),
    )
    altered = with_facts(case, [new])
    hosts = [host for host in hosts_of(case) if new in altered.in_force(CipherSetting, host)]
    for host in hosts:
        made, was = generations(case, host), before(case, host)
        left = anonymous(was.ciphers or "", made) if was else None
        altered = without_outdated(altered, host, left, anonymous(change.string, made))
    effects = (*_members(new, hosts), *_suites(case, hosts, old, new),
               *methods.effects(case, method, change.method))  # fmt: skip
    doubts = [line for host in hosts for line in _doubts(case, host, old, new)]
    return Altered(altered, effects, tuple(dict.fromkeys(doubts)))


def takes_away(case: Case, altered: Case, host: str | None) -> bool:
    """Return True where the string of an altered case rules the cause out on an ESA that fails.

    Not where the string in force left no anonymous suite either: then another one decides.
    """
    new = setting_of(altered, host)
    is_new = new is not None and new.moment.file == WHERE
    clean = new is not None and cipher_strings.offers(case, host, new) == "no"
    return is_new and clean and not _contradicts(case, host)


def hosts_of(case: Case) -> list[str | None]:
    """Return the ESAs, and the boxes whose deliveries to the quarantine a log shows."""
    return list(dict.fromkeys([*case.esas, *(link.appliance for link in case.connections)]))


def before(case: Case, host: str | None) -> String | None:
    """Return the string under which the newest sessions were made, as far as it is known."""
    changes = cipher_strings.changes(case, host)
    # Long logs hold many sessions: they are looked through only where something was changed.
    later = since(changes, last(sessions(case, host))) if changes else []
    earlier = [item for item in changes if item not in later]
    return cipher_strings.outbound(case, host, earlier)


def setting_of(case: Case, host: str | None) -> CipherSetting | None:
    """Return the reading of the outbound setting in force, with its method."""
    read = [item for item in case.in_force(CipherSetting, host) if item.service == "outbound"]
    return newest(read)[-1] if read else None


def generations(case: Case, host: str | None) -> tuple[str, ...]:
    """Return the generations of OpenSSL that the ESA's release may carry."""
    releases = [item for item in case.all(Release, host) if item.version]
    return tls.generations(newest(releases)[-1].version if releases else None)


def _is_same(setting: CipherSetting, change: Ciphers) -> bool:
    return setting.ciphers == change.string and change.method in (None, setting.method)


def _changed(case: Case, host: str | None) -> bool:
    setting = setting_of(case, host)
    return bool(since(cipher_strings.changes(case, host), [setting] if setting else []))


def _contradicts(case: Case, host: str | None) -> bool:
    """No certificate came although the string in force left no anonymous suite."""
    old = before(case, host)
    if old is None or cipher_strings.offers(case, host, old) != "no":
        return False
    return any(session.kind == "anonymous" for session in last(sessions(case, host)))


def _members(new: CipherSetting, hosts: Sequence[str | None]) -> Iterator[str]:
    if new.level in ("group", "cluster"):
        at = f"{new.level} {new.place or ''}".rstrip()
        yield f"It is set at {at}: it holds for {names(hosts)} at once."
    yield "It applies to all outbound SMTP with TLS, not only to the SMA."


def _suites(
    case: Case, hosts: Sequence[str | None], old: String | None, new: CipherSetting
) -> Iterator[str]:
    """The anonymous suites and the old classes that go, stay and come, in any release it may be."""
    made = tuple(dict.fromkeys(each for host in hosts for each in generations(case, host)))
    string, after = new.ciphers or "", anonymous(new.ciphers or "", made)
    if old is None:
        yield f"Anonymous suites left: {', '.join(after) or 'none'}."
        return
    first = anonymous(old.ciphers or "", made)
    kept = set(first).intersection(after)
    for words, found in (
        ("go", [name for name in first if name not in kept]),
        ("stay", [name for name in first if name in kept]),
        ("come", [name for name in after if name not in kept]),
    ):
        if found:
            yield f"Anonymous suites that {words}: {', '.join(found)}."
    if not first and not after:
        yield "No anonymous suite is left, before and after."
    were, are = classes(old.ciphers or ""), classes(string)
    for words, group in (("go", were - are), ("come", are - were)):
        if group:
            told = ", ".join(sorted(group, key=str.lower))
            yield f"Other old classes that {words}, where the release has them: {told}."


def _doubts(case: Case, host: str | None, old: String | None, new: CipherSetting) -> Iterator[str]:
    box, offered = host or "the ESA", cipher_strings.offers(case, host, new)
    if old is None:
        yield (
            f"The string in force on {box} is not in the evidence (sslconfig shows it), so what "
            "goes cannot be told."
        )
    if offered == "unknown":
        yield (
            f"Whether the new string leaves an anonymous suite on {box} hangs on its release, or "
            "on a word that the kit does not know: sslconfig > VERIFY lists its suites."
        )
    if _contradicts(case, host):
        yield (
            f"The string in force on {box} left no anonymous suite either, and yet no "
            "certificate came: another level or another box decides, and changing this string "
            "may mend nothing."
        )
    now = last(sessions(case, host))
    good = next((item.told for item in now if item.kind == "success"), "")
    if good:
        yield (
            f"TLS of {box} with the SMA works now ({good}); whether the new string leaves a suite "
            "that both have, only tlsverify after the change shows."
        )
    elif offered == "no":
        yield (
            f"Whether TLS of {box} with the SMA then succeeds (a common suite, a certificate that "
            "is accepted), only tlsverify after the change shows."
        )
    elif any(item.kind == "anonymous" for item in now):
        yield (
            "The SMA may choose another suite of the new string: only tlsverify after the change "
            "shows."
        )
