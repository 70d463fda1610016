"""Scenario 4: TLS to the SMA fails because an anonymous cipher suite is negotiated.

The newest decided session to the quarantine port counts, from the mail log or from ``tlsverify``:
``no certificate from server`` fails (an anonymous suite sends no certificate), a later success
resolves. A cipher string is a setting, never an effect: it supports or contradicts, no more.
Failures of other kinds are other causes and named as such.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pvo_kit.case import SMTP_PORT, Case, newest
from pvo_kit.evidence import Citation
from pvo_kit.facts import TlsProbe
from pvo_kit.findings import Status
from pvo_kit.scenarios import cipher_strings
from pvo_kit.scenarios.answering import unreached
from pvo_kit.scenarios.asking import deliveries, tlsverify
from pvo_kit.scenarios.changes import changed_since, since
from pvo_kit.scenarios.tls_sessions import Session, last, sessions
from pvo_kit.scenarios.verdict import Citable, Scenario, Verdict, cite

OFFERS = {
    "yes": "lets anonymous suites in",
    "no": "leaves no anonymous suite",
    "unknown": "may let anonymous suites in (sslconfig > VERIFY lists them)",
}


def judge(case: Case) -> list[Verdict]:
    """Judge each ESA, and what cannot be told to be an SMA's.

    A member without any evidence of its own is unknown too: what is missing is never a pass.
    """
    hosts = dict.fromkeys((*case.esas, *(link.appliance for link in case.connections)))
    if not hosts:
        return [_open(case, None, "No evidence of the ESA's TLS sessions with the SMA.")]
    ordered = sorted(hosts, key=lambda host: host is None)
    return [replace(_judge(case, host), host=host) for host in ordered]


def _judge(case: Case, host: str | None) -> Verdict:
    every = sessions(case, host)
    now = last(every)
    if not now:
        return _undecided(case, host)
    if named := _named(every, now):
        summary = (
            "No certificate came although the suite is not anonymous: not the known cause. Check "
            "the SMA's certificate (E7) and its cipher list."
        )
        return _open(case, host, summary, [*now, *named])
    kinds = {session.kind for session in now if session.kind != "named"}
    if kinds == {"anonymous"}:
        return _failing(case, host, every, now)
    if kinds == {"success"}:
        return _working(case, every, now)
    if kinds <= {"other", "unverified"}:
        summary = f"TLS fails for another reason ({now[-1].told}). Check {now[-1].cause}."
        return _open(case, host, summary, now)
    if kinds == {"unclear"}:
        summary = "TLS came up with an anonymous suite, unverified: the quarantine asks for more."
        return _open(case, host, summary, now)
    summary = (
        "The newest sessions contradict each other and nothing tells which is newer: take a fresh "
        "tlsverify and the log of the same minute."
    )
    return _open(case, host, summary, now)


def _named(every: Sequence[Session], now: Sequence[Session]) -> list[Session]:
    """The tlsverify that leave it open why no certificate came, to the SMA in question.

    A log names no suite: its failure stands for an anonymous one, unless tlsverify shows another.
    A tlsverify with an anonymous suite needs no more.
    """
    if not all(item.kind == "named" or (item.kind, item.is_probe) == ("anonymous", False)
               for item in now):  # fmt: skip
        return []
    addresses = {item.address for item in now if item.kind == "anonymous"}
    named = [item for item in every if item.kind == "named"]
    return [item for item in named if not addresses or item.address in addresses]


def _failing(
    case: Case, host: str | None, every: Sequence[Session], now: Sequence[Session]
) -> Verdict:
    parts = [
        f"TLS to port {case.port} fails without a certificate: an anonymous suite is negotiated "
        f"({now[-1].told})."
    ]
    if good := sum(session.kind == "success" for session in every):
        parts.append(f"It worked before ({_times(good)}).")
    parts += _by_port_alone(case, now)
    changes = cipher_strings.changes(case, host)
    later = since(changes, now)
    string = cipher_strings.outbound(case, host, [item for item in changes if item not in later])
    if string:
        parts.append(_compared(string.ciphers or "", cipher_strings.offers(case, host, string)))
    if later:
        parts.append(changed_since(case, newest(later)[-1]))
    return _verdict(case, host, "fail", " ".join(parts), cite(now, string, later))


def _by_port_alone(case: Case, now: Sequence[Session]) -> list[str]:
    known = case.addresses("sma")
    if any(session.is_probe or session.address in known for session in now):
        return []
    port, address = case.port, now[-1].address
    return [f"The SMA's address is not known: port {port} alone tells that {address} is it."]


def _compared(ciphers: str, offers: str) -> str:
    if offers != "no":
        return f"The outbound string {ciphers} {OFFERS[offers]}."
    return (
        f"That contradicts the outbound string {ciphers}, which {OFFERS[offers]}: not committed "
        "yet, another cluster level is in force, or it is another box's."
    )


def _working(case: Case, every: Sequence[Session], now: Sequence[Session]) -> Verdict:
    faults = [session for session in every if session.kind == "anonymous"]
    parts = [f"TLS with the SMA works ({now[-1].told})."]
    if faults:
        times = [session.moment.time for session in faults if session.moment.time]
        until = f" until {max(times):%Y-%m-%d %H:%M:%S}" if times else ""
        parts = [
            f"It failed {_times(len(faults))}{until} without a certificate; {now[-1].told} since."
        ]
    summary = " ".join([*parts, *_by_port_alone(case, now)])
    if not faults:
        return Verdict("pass", summary, cite(now))
    return Verdict("resolved", summary, cite(faults[-1], now), resolved_at=now[-1].moment.time)


def _undecided(case: Case, host: str | None) -> Verdict:
    string = cipher_strings.outbound(case, host, cipher_strings.changes(case, host))
    opened = [link for link in case.connections if link.appliance == host][-1:]
    tried, behind = unreached(case, host)
    parts = ["No TLS session with the SMA was captured that shows how it ends."]
    if string:
        offers = cipher_strings.offers(case, host, string)
        but = {"yes": ", which makes this likely", "no": ", but a setting is not an effect"}
        told = f"{OFFERS[offers]}{but.get(offers, '')}"
        parts.append(f"The outbound string {string.ciphers} {told}.")
    of_mail = [probe for probe in case.all(TlsProbe, host) if probe.port == SMTP_PORT]
    if of_mail and case.port != SMTP_PORT:
        parts.append(f"tlsverify tested port {SMTP_PORT}: append :{case.port} to the host.")
    verdict = _open(case, host, " ".join(parts), [*opened, *tried, string])
    return replace(verdict, behind=behind)


def _open(case: Case, host: str | None, summary: str, shown: Sequence[Citable] = ()) -> Verdict:
    return _verdict(case, host, "unknown", summary, cite(shown))


def _verdict(
    case: Case, host: str | None, status: Status, summary: str, cited: tuple[Citation, ...]
) -> Verdict:
    ask = tlsverify(case, host, "how TLS with the SMA ends now")
    return Verdict(status, summary, cited, (ask, deliveries(case, host)))


def _times(count: int) -> str:
    return {1: "once", 2: "twice"}.get(count, f"{count} times")


SCENARIO = Scenario(
    4, "tls-no-certificate", "TLS fails because an anonymous cipher is negotiated", judge
)
