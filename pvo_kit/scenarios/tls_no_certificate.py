"""Scenario 4: TLS to the SMA fails because an anonymous cipher suite is negotiated.

The newest decided session to the quarantine port counts, from the mail log or from ``tlsverify``:
``no certificate from server`` fails (an anonymous suite sends no certificate), a later success
resolves. A cipher string is a setting, never an effect: it supports or contradicts, no more.
Failures of other kinds are other causes and named as such.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from pvo_kit import tls
from pvo_kit.case import CPQ_DOMAIN, Case, newest
from pvo_kit.evidence import Citation, Moment
from pvo_kit.facts import CipherChange, CipherSetting, Release, TlsProbe
from pvo_kit.mail_logs import Connection
from pvo_kit.scenarios.changes import changed_since
from pvo_kit.scenarios.verdict import Missing, Scenario, Verdict, cite

NO_CERTIFICATE = "no certificate from server"

OTHER_CAUSES = (
    (
        (
            "certificate has expired",
            "not yet valid",
            "self signed",
            "self-signed",
            "issuer",
            "hostname",
            "host name",
            "name mismatch",
            "unknown ca",
            "bad certificate",
            "verify failed",
        ),
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
)
"""Words of a failure's reason and what they point to; the first that fits counts."""


@dataclass(frozen=True, slots=True)
class Session:
    """A decided attempt at TLS with the SMA, and what it means for this scenario.

    ``kind``: anonymous (no certificate came), success, named (no certificate although the suite is
    not anonymous), other (it failed for another reason), unclear (success with an anonymous suite).
    """

    kind: Literal["anonymous", "success", "named", "other", "unclear"]
    moment: Moment
    citations: tuple[Citation, ...]
    words: str
    probe: bool


def judge(case: Case) -> list[Verdict]:
    """Judge each ESA, and what cannot be told to be an SMA's."""
    hosts = [box.host for box in case.boxes("esa")]
    seen = {link.appliance for link in case.connections}
    seen |= {probe.host for probe in _probes(case)}
    hosts += sorted(
        (host for host in seen - set(hosts) if case.role(host) != "sma"),
        key=lambda host: (host is None, host or ""),
    )
    if not hosts:
        return [
            Verdict(
                "unknown",
                "No evidence of the ESA's TLS sessions with the SMA.",
                missing=_ask(case, None),
            )
        ]
    return [_judge(case, host) for host in hosts]


def decided(case: Case) -> bool:
    """Return True where any ESA's session with the SMA got as far as TLS."""
    hosts = {link.appliance for link in case.connections} | {probe.host for probe in _probes(case)}
    return any(sessions(case, host) for host in hosts)


def sessions(case: Case, host: str | None) -> list[Session]:
    """Return the decided sessions of one ESA to the quarantine port."""
    found = [_of_link(link) for link in case.connections if link.appliance == host]
    found += [_of_probe(probe) for probe in _probes(case) if probe.host == host]
    return [session for session in found if session]


def _probes(case: Case) -> list[TlsProbe]:
    return [
        probe
        for probe in case.all(TlsProbe)
        if case.role(probe.host) != "sma"
        and (
            probe.port == case.port
            or ((probe.domain or "").lower() == CPQ_DOMAIN
            and probe.port in (None, 25))
        )
    ]


def _of_link(link: Connection) -> Session | None:
    words = f"DCID {link.dcid}"
    if link.tls == "success":
        suite = link.tls_cipher or ""
        kind: Literal["unclear", "success"] = "unclear" if tls.is_anonymous(suite) else "success"
        return Session(kind, link.moment, link.lines, f"{words} succeeded", False)
    if link.tls == "failed":
        reason = link.tls_reason or "no reason given"
        anonymous = NO_CERTIFICATE in reason.lower()
        return Session(
            "anonymous" if anonymous else "other",
            link.moment,
            link.lines,
            f"{words} failed: {reason}",
            False,
        )
    return None


def _of_probe(probe: TlsProbe) -> Session | None:
    suite = probe.cipher or ""
    anonymous = tls.is_anonymous(suite)
    reason = (probe.reason or "").lower()
    if probe.outcome == "success":
        kind: Literal["anonymous", "success", "named", "other", "unclear"] = "success"
        kind = "unclear" if anonymous else kind
    elif probe.outcome != "failed":
        return None
    elif anonymous or (not suite and NO_CERTIFICATE in reason):
        kind = "anonymous"
    else:
        kind = "named" if NO_CERTIFICATE in reason else "other"
    words = f"tlsverify with {suite or 'no suite'}: {probe.reason or probe.outcome}"
    return Session(kind, probe.moment, probe.citations, words, True)


def _judge(case: Case, host: str | None) -> Verdict:
    every = sessions(case, host)
    last = newest(every)
    kinds = {session.kind for session in last}
    if "success" in kinds and any(
        not session.probe for session in last if session.kind == "success"
    ):
        # tlsverify checks names more strictly than delivery does: a delivery's success outranks it.
        last = [session for session in last if not (session.probe and session.kind == "other")]
        kinds = {session.kind for session in last}
    if not last:
        return _undecided(case, host)
    named = [session for session in every if session.kind == "named"]
    if kinds <= {"anonymous", "named"} and named:
        return Verdict(
            "unknown",
            "No certificate came although the suite is not anonymous: not the "
            "known cause. Check the SMA's certificate (E7) and its cipher list.",
            cite(last, named),
            _ask(case, host),
            host=host,
        )
    if kinds == {"anonymous"}:
        return _failing(case, host, every, last)
    if kinds == {"success"}:
        return _good(host, every, last)
    if kinds == {"other"}:
        return Verdict(
            "unknown",
            f"TLS fails for another reason ({last[-1].words}). Check {_cause(last[-1].words)}.",
            cite(last),
            _ask(case, host),
            host=host,
        )
    return Verdict(
        "unknown",
        "The newest sessions contradict each other and nothing tells which is "
        "newer: take a fresh tlsverify and the log of the same minute.",
        cite(last),
        _ask(case, host),
        host=host,
    )


def _failing(
    case: Case, host: str | None, every: Sequence[Session], last: Sequence[Session]
) -> Verdict:
    parts = [
        f"TLS to port {case.port} fails without a certificate: an anonymous suite is "
        f"negotiated ({last[-1].words})."
    ]
    older = [session for session in every if session not in last]
    if good := sum(session.kind == "success" for session in older):
        parts.append(f"It worked before ({_times(good)}).")
    setting = _outbound(case, host)
    if setting and setting.ciphers:
        parts.append(_compared(case, host, setting.ciphers))
    changes = [
        change
        for change in case.all(CipherChange, host)
        if change.service == "outbound"
        and change.ciphers
        and not any(each.moment.after(change.moment) for each in last)
    ]
    if changes:
        parts.append(changed_since(case, newest(changes)[-1]))
    return Verdict(
        "fail", " ".join(parts), cite(last, setting, changes), _ask(case, host), host=host
    )


def _compared(case: Case, host: str | None, ciphers: str) -> str:
    offers = tls.offers_anonymous(ciphers, _version(case, host))
    if offers == "no":
        return (
            f"That contradicts the outbound string {ciphers}, which leaves no anonymous suite: "
            "not committed yet, another cluster level is in force, or it is another box's."
        )
    allows = "lets anonymous suites in" if offers == "yes" else "may let anonymous suites in"
    return f"The outbound string {ciphers} {allows}."


def _good(host: str | None, every: Sequence[Session], last: Sequence[Session]) -> Verdict:
    faults = [session for session in every if session.kind == "anonymous"]
    if not faults:
        return Verdict("pass", f"TLS with the SMA works ({last[-1].words}).", cite(last), host=host)
    until = max((session.moment.time for session in faults if session.moment.time), default=None)
    when = f" until {until:%Y-%m-%d %H:%M:%S}" if until else ""
    return Verdict(
        "resolved",
        f"It failed {_times(len(faults))}{when} without a certificate; {last[-1].words} since.",
        cite(faults[-1], last),
        resolved_at=last[-1].moment.time,
        host=host,
    )


def _undecided(case: Case, host: str | None) -> Verdict:
    setting = _outbound(case, host)
    undecided = [link for link in case.connections if link.appliance == host][-1:]
    parts = ["No TLS session with the SMA was captured that shows how it ends."]
    if setting and setting.ciphers:
        offers = tls.offers_anonymous(setting.ciphers, _version(case, host))
        told = {
            "yes": "lets anonymous suites in, which makes this likely",
            "no": "leaves no anonymous suite, but a setting is not an effect",
            "unknown": "may let anonymous suites in; sslconfig > VERIFY lists them",
        }[offers]
        parts.append(f"The outbound string {setting.ciphers} {told}.")
    return Verdict(
        "unknown", " ".join(parts), cite(undecided, setting), _ask(case, host), host=host
    )


def _outbound(case: Case, host: str | None) -> CipherSetting | None:
    found = [fact for fact in case.all(CipherSetting, host) if fact.service == "outbound"]
    return newest(found)[-1] if found else None


def _version(case: Case, host: str | None) -> str | None:
    found = [fact for fact in case.all(Release, host) if fact.version]
    return newest(found)[-1].version if found else None


def _cause(words: str) -> str:
    text = words.lower()
    return next(
        (cause for keys, cause in OTHER_CAUSES if any(key in text for key in keys)),
        "sslconfig and the certificate on both boxes (E5 to E8)",
    )


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"


def _ask(case: Case, host: str | None) -> tuple[Missing, ...]:
    return (
        Missing(
            "tlsverify",
            "esa",
            host,
            "how TLS with the SMA ends now",
            how=f"domain {CPQ_DOMAIN}, host {_target(case)}:{case.port}",
        ),
        Missing(
            "grep",
            "esa",
            host,
            "the newest deliveries to the SMA, then grep each DCID",
            typed=f'grep "port {case.port}" mail_logs',
        ),
    )


def _target(case: Case) -> str:
    targets = [probe.address for probe in _probes(case) if probe.address]
    targets += [link.address for link in case.connections if link.address]
    return targets[0] if targets else "the SMA's address"


SCENARIO = Scenario(
    4, "tls-no-certificate", "TLS fails because an anonymous cipher is negotiated", judge
)
