"""Scenario 4: TLS to the SMA fails because an anonymous cipher suite is negotiated.

The newest decided session to the quarantine port counts, from the mail log or from ``tlsverify``:
``no certificate from server`` fails (an anonymous suite sends no certificate), a later success
resolves. A cipher string is a setting, never an effect: it supports or contradicts, no more.
Failures of other kinds are other causes and named as such.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pvo_kit import tls
from pvo_kit.case import Case, newest
from pvo_kit.facts import CipherChange, CipherSetting, Release
from pvo_kit.findings import Status
from pvo_kit.scenarios.asking import deliveries, tlsverify
from pvo_kit.scenarios.changes import changed_since
from pvo_kit.scenarios.tls_sessions import Session, last, sessions
from pvo_kit.scenarios.verdict import Scenario, Verdict, cite

OTHER_CAUSES = (
    (
        ("expired", "not yet valid", "self signed", "self-signed", "issuer", "hostname",
         "host name", "mismatch", "unknown ca", "bad certificate", "verify failed"),
        "the SMA's certificate (E7): renew or replace it on the SMA",
    ),
    (("starttls",), "a middlebox that rewrites SMTP, or STARTTLS off on the SMA (E4)"),
    (
        ("no shared cipher", "handshake failure"),
        "no common cipher after hardening (E6): compare sslconfig on both boxes",
    ),
    (
        ("protocol", "wrong version"),
        "no common TLS version (E5): compare sslconfig methods on both boxes",
    ),
    (("reset", "timed out", "eof"), "the connection broke during the handshake (E2, E4)"),
)  # fmt: skip
"""Words of a failure's reason and what they point to; the first that fits counts."""


def judge(case: Case) -> list[Verdict]:
    """Judge each ESA, and what cannot be told to be an SMA's."""
    hosts = {link.appliance for link in case.connections}
    hosts |= {probe.host for probe in case.tls_probes()}
    hosts = {host for host in hosts if case.role(host) != "sma"}
    hosts |= {box.host for box in case.boxes("esa")}
    if not hosts:
        summary = "No evidence of the ESA's TLS sessions with the SMA."
        return [replace(_verdict(case, None, "unknown", summary, ()), host=None)]
    ordered = sorted(hosts, key=lambda host: (host is None, host or ""))
    return [replace(_judge(case, host), host=host) for host in ordered]


def _judge(case: Case, host: str | None) -> Verdict:
    every = sessions(case, host)
    newest_ = last(every)
    kinds = {session.kind for session in newest_}
    named = [session for session in every if session.kind == "named"]
    if not newest_:
        return _undecided(case, host)
    if named and kinds <= {"anonymous", "named"}:
        summary = (
            "No certificate came although the suite is not anonymous: not the known cause. Check "
            "the SMA's certificate (E7) and its cipher list."
        )
        return _verdict(case, host, "unknown", summary, [*newest_, *named])
    if kinds == {"anonymous"}:
        return _failing(case, host, every, newest_)
    if kinds == {"success"}:
        return _working(every, newest_)
    if kinds == {"other"}:
        told = newest_[-1].told
        summary = f"TLS fails for another reason ({told}). Check {_cause(told)}."
        return _verdict(case, host, "unknown", summary, newest_)
    if kinds == {"unclear"}:
        summary = (
            "TLS came up with an anonymous suite, unverified: not what the quarantine asks for."
        )
        return _verdict(case, host, "unknown", summary, newest_)
    summary = (
        "The newest sessions contradict each other and nothing tells which is newer: take a fresh "
        "tlsverify and the log of the same minute."
    )
    return _verdict(case, host, "unknown", summary, newest_)


def _failing(
    case: Case, host: str | None, every: Sequence[Session], newest_: Sequence[Session]
) -> Verdict:
    parts = [
        f"TLS to port {case.port} fails without a certificate: an anonymous suite is negotiated "
        f"({newest_[-1].told})."
    ]
    if good := sum(session.kind == "success" for session in every):
        parts.append(f"It worked before ({_times(good)}).")
    if not _known_address(case):
        parts.append(f"The SMA's address is not known: port {case.port} alone tells that it is it.")
    setting = _outbound(case, host)
    if setting and setting.ciphers:
        parts.append(_compared(case, host, setting.ciphers))
    changes = [
        change
        for change in case.all(CipherChange, host)
        if change.service == "outbound"
        and change.ciphers
        and not any(session.moment.after(change.moment) for session in newest_)
    ]
    if changes:
        parts.append(changed_since(case, newest(changes)[-1]))
    verdict = _verdict(case, host, "fail", " ".join(parts), newest_)
    return replace(verdict, citations=cite(newest_, setting, changes))


def _known_address(case: Case) -> bool:
    """Whether a test of the ESA itself names the SMA's address."""
    return bool(case.tls_probes() or case.probes())


def _compared(case: Case, host: str | None, ciphers: str) -> str:
    offers = tls.offers_anonymous(ciphers, _version(case, host))
    if offers == "no":
        return (
            f"That contradicts the outbound string {ciphers}, which leaves no anonymous suite: not "
            "committed yet, another cluster level is in force, or it is another box's."
        )
    allows = "lets anonymous suites in" if offers == "yes" else "may let anonymous suites in"
    return f"The outbound string {ciphers} {allows}."


def _working(every: Sequence[Session], newest_: Sequence[Session]) -> Verdict:
    faults = [session for session in every if session.kind == "anonymous"]
    if not faults:
        return Verdict("pass", f"TLS with the SMA works ({newest_[-1].told}).", cite(newest_))
    until = max((item.moment.time for item in faults if item.moment.time), default=None)
    when = f" until {until:%Y-%m-%d %H:%M:%S}" if until else ""
    summary = (
        f"It failed {_times(len(faults))}{when} without a certificate; {newest_[-1].told} since."
    )
    cited = cite(faults[-1], newest_)
    return Verdict("resolved", summary, cited, resolved_at=newest_[-1].moment.time)


def _undecided(case: Case, host: str | None) -> Verdict:
    setting = _outbound(case, host)
    undecided = [link for link in case.connections if link.appliance == host][-1:]
    parts = ["No TLS session with the SMA was captured that shows how it ends."]
    if setting and setting.ciphers:
        told = {
            "yes": "lets anonymous suites in, which makes this likely",
            "no": "leaves no anonymous suite, but a setting is not an effect",
            "unknown": "may let anonymous suites in; sslconfig > VERIFY lists them",
        }[tls.offers_anonymous(setting.ciphers, _version(case, host))]
        parts.append(f"The outbound string {setting.ciphers} {told}.")
    verdict = _verdict(case, host, "unknown", " ".join(parts), ())
    return replace(verdict, citations=cite(undecided, setting))


def _verdict(
    case: Case, host: str | None, status: Status, summary: str, shown: Sequence[Session]
) -> Verdict:
    ask = tlsverify(case, host, "how TLS with the SMA ends now")
    return Verdict(status, summary, cite(shown), (ask, deliveries(case, host)))


def _outbound(case: Case, host: str | None) -> CipherSetting | None:
    found = [fact for fact in case.all(CipherSetting, host) if fact.service == "outbound"]
    return newest(found)[-1] if found else None


def _version(case: Case, host: str | None) -> str | None:
    found = [fact for fact in case.all(Release, host) if fact.version]
    return newest(found)[-1].version if found else None


def _cause(told: str) -> str:
    text = told.lower()
    causes = (cause for words, cause in OTHER_CAUSES if any(word in text for word in words))
    return next(causes, "sslconfig and the certificate on both boxes (E5 to E8)")


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"


SCENARIO = Scenario(
    4, "tls-no-certificate", "TLS fails because an anonymous cipher is negotiated", judge
)
