r"""The kinds of line in AsyncOS text mail logs: one table, one row a kind.

A row is a name, a template, and one example for each way the line is known to begin. The template
is the text after the level (``Info: ``) and reads as documentation; it is also the regex:

* ``<dcid>`` and the other words of FIELDS stand for a value. The events frame's columns become
  named groups; ``<text>``, ``<word>`` and ``<n>`` are values that nobody asks for.
* a blank stands for one blank or more (``match  SBRS`` and ``RID  [0, 1]`` occur), and a blank
  with a question mark behind it for any number of blanks or none;
* everything else is a plain regex: ``(?:...)?`` may be missing, ``(?:a|b)`` is either.

The regexes use only what Python's ``re`` and the Rust ``regex`` crate share (no look-around, no
back-references, ``[0-9]`` instead of ``\d``), because the plain and the fast reader both run them.
They are anchored at both ends, so that a Subject which quotes a log line stays a Subject. No two
rows take the same text (tested), so their order does not matter.

``address`` is always the network address of the other end; e-mail addresses are in ``detail``.
``detail`` is the free part: the reason of a failure, a reply, a verdict, as it was written.

Sources: public log samples (AsyncOS 3 to 16) and user guides. To add a kind, add a row.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property

FIELDS = {
    "dcid": r"(?P<dcid>[0-9]+)",
    "icid": r"(?P<icid>[0-9]+)",
    "mid": r"(?P<mid>[0-9]+)",
    "rids": r"\[?(?P<rids>[0-9]+(?:, *[0-9]+)*)\]?",  # [0, 1, 2], [0] and the 0 of old versions
    "interface": r"\(?(?P<interface>[^ ()]*)\)?",
    "ifname": r"(?P<interface>[^()]+?)(?: +\([^()]*\))?",  # Data 1 (10.1.1.1): names hold blanks
    "address": r"(?P<address>[^ ,()]+)",
    "port": r"(?P<port>[0-9]+)",
    "domain": r"(?P<domain>[^ ]*)",
    "tls_protocol": r"(?P<tls_protocol>[^ ]+)",  # TLSv1/SSLv3 has a slash
    "tls_cipher": r"(?P<tls_cipher>[^ ]+)",
    "detail": r"(?P<detail>.*?)",
    "text": r".*?",
    "word": r"[^ ]*",
    "n": r"-?[0-9]+",
}
_FIELD = re.compile(r"(?<!\?P)<(" + "|".join(FIELDS) + ")>")  # not the name of a named group


@dataclass(frozen=True)
class Kind:
    """One kind of line: its name, its template, and real lines of it (texts after the level)."""

    name: str
    template: str
    examples: tuple[str, ...]

    @cached_property
    def pattern(self) -> str:
        """The template as one regex, anchored at both ends, for a body without blanks at its end.

        (To allow these here, behind a lazy ``detail``, costs Python quadratic time on long lines.)
        """
        flexible = self.template.replace(" ", " +").replace(" +?", " *")
        return "^" + _FIELD.sub(lambda found: FIELDS[found[1]], flexible) + "$"

    @cached_property
    def regex(self) -> re.Pattern[str]:
        """The pattern, compiled."""
        return re.compile(self.pattern)

    @property
    def fields(self) -> tuple[str, ...]:
        """The events frame's columns that this kind fills."""
        return tuple(self.regex.groupindex)

    @property
    def open_ended(self) -> bool:
        """Whether the line may end in free text, so that nothing in it tells where it ends."""
        return self.template.rstrip(")?").endswith(("<detail>", "<text>", ".*"))


def _kind(name: str, template: str, *examples: str) -> Kind:
    return Kind(name, template, examples)


_DELIVERY_CONNECTION = (
    _kind(
        "dcid-open",
        r"New (?:SMTP|smtp) DCID:? <dcid> interface <interface> address <address>(?: port <port>)?",
        "New SMTP DCID 3385734 interface 172.16.0.179 address 172.16.0.94 port 7025",
        "New SMTP DCID 5 interface (10.1.1.1) address 10.1.1.2 port 25",
        "New SMTP DCID 1162933 interface 166.77.6.10 address 66.180.244.17",
        "New smtp DCID 8 interface 192.168.42.42 address 10.5.3.25",
    ),
    _kind("dcid-close", r"DCID:? <dcid> close", "DCID 4 close"),
    _kind(
        "dcid-killed",
        r"SMTP client connection killed DCID:? <dcid>",
        "SMTP client connection killed DCID: 196546347",
    ),
    _kind(
        "dcid-concurrency",
        r"Mail delivery client with DCID:? <dcid> exited due to the maximum concurrency"
        r" configuration\.?",
        "Mail delivery client with DCID 7590360 exited due to the maximum concurrency"
        " configuration.",
    ),
    _kind(
        "tls-success",
        r"DCID:? <dcid>(?: IP <address>)? TLS success"
        r"(?: protocol <tls_protocol> cipher <tls_cipher>)?(?: for <domain>)?(?: <detail>)?",
        "DCID 30 TLS success protocol TLSv1.2 cipher ECDHE-RSA-AES256-SHA384",
        "DCID 31 TLS success protocol TLSv1.3 cipher TLS_AES_256_GCM_SHA384",
        "DCID 112095 TLS success protocol TLSv1 cipher AES128-SHA for dummy_domain.com",
        "DCID 239490 TLS success protocol TLSv1 cipher RC4-SHA CN=c602.soma.ironport.com",
        "DCID 12 TLS success CN: <Messaging Gateway Appliance Demo Cert>",
        "DCID 58744 TLS success CN=mail.x.com",
        "DCID 7 IP 10.172.12.17 TLS success",
    ),
    _kind(
        "tls-failed",
        r"DCID:? <dcid>(?: IP <address>)? TLS failed(?: ?: ?<detail>)?",
        "DCID 3385734 TLS failed: verify error: no certificate from server",
        "DCID 80167 TLS failed: STARTTLS unexpected response",
        "DCID 41 TLS failed: (336151568, 'error:14094410:SSL routines:SSL3_READ_BYTES:"
        "sslv3 alert handshake failure')",
        "DCID 42 TLS failed: [Errno 54] Connection reset by peer",
        "DCID 5 TLS failed",
        "DCID 8 IP 204.15.82.140 TLS failed: verify error: hostname mismatch",
    ),
    _kind(
        "tls-required",
        r"DCID:? <dcid>(?: IP <address>)? TLS was required but could not be successfully negotiated"
        r"\.?",
        "DCID 3385734 TLS was required but could not be successfully negotiated",
        "DCID 8 IP 204.15.82.140 TLS was required but could not be successfully negotiated",
    ),
    # From memory, no sample found: rows so that the lines are seen, not lost.
    _kind("tls-deferring", r"DCID:? <dcid> TLS deferring(?: <detail>)?", "DCID 5 TLS deferring"),
    _kind("dane", r"DCID:? <dcid> DANE <detail>", "DCID 5 DANE failed for the domain example.com"),
    _kind(
        "delivery-start",
        r"Delivery start DCID:? <dcid> MID <mid> to (?:RID )?<rids>(?: <detail>)?",
        "Delivery start DCID 30 MID 14 to RID [0]",
        "Delivery start DCID 5 MID 9 to RID  [0, 1, 2]",
        "Delivery start DCID 5 MID 9 to [0]",
        "Delivery start DCID 6565544 MID 24611471 to RID [0] to offbox IronPort Spam Quarantine",
        "Delivery start DCID 16 MID 99 to RID [0] to Centralized Policy Quarantine",
    ),
    _kind(
        "message-done",
        r"Message done DCID:? <dcid> MID <mid> to (?:RID )?<rids>(?: <detail>)?",
        "Message done DCID 30 MID 14 to RID [0] ",
        "Message done DCID 6565554 MID 24611414 to RID [0] (external quarantine)",
        "Message done DCID 16 MID 99 to RID [0] (centralized policy quarantine)",
        "Message done DCID 5 MID 9 to RID [0] [('X-SBRS', 'None')]",
        r"Message done DCID 5 MID 9 to RID [0, 1] [('from', 'a'), ('to', 'a,\r\n\tb')]",
        "Message done DCID 5 MID 9 to 0",
        "Message done DCID 5 MID 9 to [0] [('X-SBRS', 'None')]",
    ),
    _kind(
        "connection-error",
        r"Connection Error:(?: connection timed out)? DCID:? <dcid>(?: domain: <domain>)?"
        r" IP: <address>(?: port: <port>)? details: ?<detail>"
        r"(?: interface: ?<interface>(?: reason: <text>)?)?",
        "Connection Error: DCID 63 domain: domainsample2.com IP: 10.13.101.31 port: 25"
        " details: [Errno 0] Error interface: 10.10.192.50 reason: network error",
        "Connection Error: connection timed out DCID: 2804 IP: 69.59.158.5 details: timeout"
        " interface: 10.20.1.49",
        "Connection Error: DCID: 263 IP: 128.242.110.90 details: EOF interface: 128.197.12.246"
        " reason: network error",
    ),
    _kind(
        "bounced",
        r"Bounced: DCID:? <dcid> (?:MID|Message) <mid>(?: From: ?<word> To: ?<word>| to)?(?: RID)?"
        r" <rids> - <detail>",
        "Bounced: DCID 3 MID 4 to RID 0 - 5.1.0 - Unknown address error ('550',"
        " ['<...>... Relaying denied']) []",
        "Bounced: DCID 0 MID 8 to RID 0 - 5.1.2 - Bad destination host ('000',"
        " ['DNS Hard Error looking up example.com (MX):  NXDomain'])",
        "Bounced: DCID 3 MID 4 From:<a@example.com> To:<b@example.com> RID 0 - 5.1.0 -"
        " Unknown address error ('550', ['5.1.1 unknown'])",
        "Bounced: DCID: 3 Message 4 to 0 - 5.1.0 - Unknown address error ('550', ['no']) []",
    ),
    _kind(
        "delayed",
        r"Delayed: DCID:? <dcid> (?:MID|Message) <mid>(?: From: ?<word> To: ?<word>| to)?(?: RID)?"
        r" <rids> - <detail>",
        "Delayed: DCID: 4370 Message 10800 to 0 - 4.4.0 - Other network problem ('000',"
        " ['[Errno 54] Connection reset by peer']) []",
        "Delayed: DCID 5 MID 6 to RID 0 - 4.3.2 - Not accepting messages at this time ('421',"
        " ['try again'])",
    ),
    _kind(
        "possible-delivery",
        r"Possible Delivery: DCID:? <dcid> (?:MID|Message) <mid> to (?:RID )?<rids>",
        "Possible Delivery: DCID: 4641294 MID 8956463 to [0]",
    ),
)

_DELIVERY_WITHOUT_CONNECTION = (
    _kind(
        "double-bounce",
        r"Double bounce: (?:MID|Message) <mid> to (?:RID )?<rids> - <detail>",
        "Double bounce: MID 12222130 to 0 - 5.1.0 - Unknown address error"
        " 501-'5.5.4 Invalid Address'",
        "Double bounce: Message 3993 to 0 - 5.1.0 - Unknown address error ('550', ['no'])",
    ),
    _kind("message-deleted", r"Deleted: MID <mid> to (?:RID )?<rids>", "Deleted: MID 4 to [0]"),
    _kind(
        "deliveries-suspended",
        r"Deliveries are currently suspended(?: <detail>)?",
        "Deliveries are currently suspended [5857.cerdamailers.com]",
    ),
    _kind(
        "pending",
        r"(?:MID|Message) <mid> to (?:RID )?<rids> pending till <detail>",
        "MID 154 to RID [0] pending till Wed Jul 20 10:15:41 2005 [Default]",
        "Message 3993 to 0 pending till Wed Jul 20 10:15:41 2005",
        "MID 154 to [0] pending till Wed Jul 20 10:15:41 2005 [Default]",
        "Message 3993 to RID [0, 1] pending till Wed Jul 20 10:15:41 2005",
    ),
)

_INJECTION_CONNECTION = (
    _kind(
        "icid-open",
        r"New (?:SMTP|smtp) ICID:? <icid> interface <ifname> address <address>"
        r"(?: reverse dns host <domain> verified (?:yes|no))?",
        "New SMTP ICID 60140291 interface Data 1 (68.232.141.109) address 176.227.203.114"
        " reverse dns host h176.example.net verified no",
        "New SMTP ICID 5 interface private address 10.1.1.209",
        "New smtp ICID 282204970 interface Management (10.10.10.1) address 192.168.1.1"
        " reverse dns host unknown verified no",
    ),
    _kind("icid-close", r"ICID:? <icid> close", "ICID 60140291 close"),
    _kind(
        "icid-lost",
        r"ICID:? <icid> (?:lost|Connection from <address> on interface <ifname> lost after"
        r" <detail>)",
        "ICID 60140291 lost",
        "ICID 5 Connection from 10.1.1.2 on interface PublicNet (10.1.1.1) lost after 17 seconds"
        " (DNS query took 5 seconds), before any commands were received",
    ),
    _kind(
        "icid-killed",
        r"SMTP server connection killed ICID:? <icid>",
        "SMTP server connection killed ICID: 196546347",
    ),
    _kind(
        "icid-timeout",
        r"ICID:? <icid> disconnected address <address>, <detail>",
        "ICID 5 disconnected address 10.1.1.2, no messages injected within timeout period",
    ),
    _kind(
        "sender-group",
        r"ICID:? <icid> (?P<detail>[A-Z]+ SG .*?)",
        "ICID 60140291 REJECT SG BLACKLIST match sbrs[-10.0:-2.5] SBRS -9.5",
        "ICID 5 ACCEPT SG SUSPECT match  SBRS 1.2",
        "ICID 5 ACCEPT SG UNKNOWN SBRS None",
        "ICID 5 TCPREFUSE SG BLACKLIST match dnslist[bl.example.org] SBRS None",
        "ICID 5 RELAY SG RELAYLIST match 10.1.1.2 SBRS not enabled",
        "ICID 3160 ACCEPT SG None match ALL SBRS not enabled country not enabled",
    ),
    _kind("sender-reputation", r"ICID:? <icid> SBRS <detail>", "ICID 5 SBRS None"),
    _kind(
        "receiving-failed",
        r"ICID:? <icid> (?:Receiving|Injection) Failed: <detail>",
        "ICID 5 Receiving Failed: Message loop",
        "ICID 5 Injection Failed: Message loop",
    ),
    _kind(
        "sender-invalid",
        r"ICID:? <icid> (?:MID <mid> )?Invalid sender address: <detail>",
        "ICID 5 Invalid sender address: Unsupported domain literal: '[]'",
        "ICID 5 MID 6 Invalid sender address: Invalid character in address: '!'",
    ),
    _kind(
        "recipient-invalid",
        r"ICID:? <icid> (?:MID <mid> )?Invalid recipient address: <detail>",
        "ICID 5 MID 6 Invalid recipient address: 'RCPT TO:<>'",
        "ICID 5 Invalid recipient address: Invalid character in address: '!'",
    ),
    _kind(
        "sender-rejected",
        r"ICID:? <icid> Address: <detail>",
        "ICID 5 Address: <a@example.com> sender rejected, envelope sender domain does not exist",
    ),
    _kind(
        "icid-tls-success",
        r"ICID:? <icid> TLS success(?: protocol <tls_protocol> cipher <tls_cipher>)?(?: <detail>)?",
        "ICID 623143 TLS success protocol TLSv1/SSLv3 cipher DHE-RSA-AES256-SHA",
        "ICID 282204970 TLS success",
    ),
    _kind(
        "icid-tls-failed",
        r"ICID:? <icid> TLS failed(?: ?: ?<detail>)?",
        "ICID 4 TLS failed: [Errno 54] Connection reset by peer",
        "ICID 4 TLS failed: (336109761, 'error:1408A0C1:SSL routines:SSL3_GET_CLIENT_HELLO:"
        "no shared cipher')",
        "ICID 282204971 TLS failed",
    ),
    _kind(
        "icid-tls-required",
        r"ICID:? <icid> TLS was required but remote host did not initiate it",
        "ICID 8 TLS was required but remote host did not initiate it",
    ),
    _kind(
        "connection-dropped",
        r"Dropping connection due to <detail>",
        "Dropping connection due to DHAP from host=('10.1.1.2', 'x.example.com'), dhap_limit=25",
    ),
)

_MESSAGE_LIFE = (
    _kind(
        "message-start",
        r"Start MID <mid> ICID <icid>(?: <detail>)?",
        "Start MID 24611495 ICID 0",
        "Start MID 24611495 ICID 0 (ISQ Notification)",
    ),
    _kind(
        "sender",
        r"MID <mid> ICID <icid> From: <detail>",
        "MID 24611495 ICID 0 From: <noreply@example.com>",
    ),
    _kind(
        "recipient",
        r"MID <mid> ICID <icid> RID <rids> To: <detail>",
        "MID 24611495 ICID 0 RID 0 To: <user@example.com>",
    ),
    _kind(
        "recipient-rejected",
        r"MID <mid> ICID <icid> To: <detail>",
        "MID 5 ICID 6 To: <a@example.com> Rejected by RAT",
        "MID 5 ICID 6 To: <a@example.com> Rejected by Injection Control",
        "MID 5 ICID 6 To: <a@example.com> Rejected by LDAPACCEPT",
    ),
    _kind(
        "bounce-verification",
        r"MID <mid> ICID <icid> invalid bounce, <detail>",
        "MID 5 ICID 6 invalid bounce, rcpt address <a@example.com> rejected by bounce"
        " verification.",
        "MID 5 ICID 6 invalid bounce, tagging",
    ),
    _kind(
        "envelope",
        r"MID <mid> From: <detail>",
        "MID 5 From: <a@example.com> To: <b@example.com>, ... 1 total recipients",
    ),
    _kind(
        "message-id",
        r"MID <mid> Message-ID <detail>",
        "MID 64855 Message-ID '<op.zfdwolzf0ubsb2@mathew.example.com>'",
    ),
    _kind(
        "subject",
        r"MID <mid> Subject(?: <detail>)?",
        "MID 64855 Subject 'sample'",
        'MID 64855 Subject "it\'s"',
        "MID 64855 Subject DCID 5 TLS failed: verify error: no certificate from server",
    ),
    _kind(
        "message-ready",
        r"MID <mid> ready <n> bytes from <detail>",
        "MID 24611495 ready 2069 bytes from <noreply@example.com>",
    ),
    _kind("queued", r"MID <mid> queued for delivery", "MID 24611421 queued for delivery"),
    _kind(
        "response",
        r"MID <mid> RID <rids> Response(?: <detail>)?",
        "MID 24611465 RID [0] Response '2.0.0 Ok: queued as 3jjSKc6HnKz4GTHJ'",
        "MID 9 RID [0, 1] Response 2.6.0 <x@example.com> Queued mail for delivery",
    ),
    _kind(
        "message-finished",
        r"Message finished MID <mid> (?P<detail>done|aborted)",
        "Message finished MID 24611465 done",
        "Message finished MID 24611465 aborted",
    ),
    _kind(
        "message-aborted",
        r"Message aborted MID <mid> <detail>",
        "Message aborted MID 24611411 Dropped by CASE",
        "Message aborted MID 5 Dropped by filter 'x'",
        "Message aborted MID 5 Receiving aborted",
    ),
    _kind(
        "message-generated",
        r"MID <mid> (?:was )?generated (?P<detail>(?:based on|for bounce of) MID [0-9]+.*?)",
        "MID 24611495 was generated based on MID 24611421 by bcc filter 'FireEye_BCC'",
        "MID 5 generated based on MID 4 by notify filter 'x'",
        "MID 5 generated for bounce of MID 4",
        "MID 5 was generated for bounce of MID 4",
    ),
    _kind(
        "message-split",
        r"MID <mid> was split creating (?P<detail>MID [0-9]+ due to .*?)",
        "MID 5 was split creating MID 6 due to a per-recipient policy x",
        "MID 5 was split creating MID 6 due to a SL/BL configuration for following recipients:"
        " a@example.com, b@example.com",
    ),
    _kind(
        "message-rewritten",
        r"MID <mid> rewritten to (?P<detail>(?:MID )?[0-9]+ by .*?)",
        "MID 5 rewritten to 6 by antispam",
        "MID 5 rewritten to MID 6 by add-footer filter 'x'",
        "MID 483 rewritten to 513 by Policy Quarantine",
        "MID 483 rewritten to 513 by System Quarantine",
    ),
)

_POLICY_AND_FILTERS = (
    _kind(
        "policy-matched",
        r"MID <mid> matched all recipients for per-recipient policy <detail>",
        "MID 5 matched all recipients for per-recipient policy DEFAULT in the inbound table",
    ),
    _kind(
        "masquerading",
        r"MID <mid> masquerading <detail>",
        "MID 5 masquerading header 'From' from 'a@example.com' to 'b@example.com'",
        "MID 5 masquerading envelope sender from 'a@example.com' to 'b@example.com'",
    ),
    _kind(
        "custom-log-entry",
        r"MID <mid> Custom Log Entry:(?: <detail>)?",
        "MID 5 Custom Log Entry: DCID 5 close",
    ),
    _kind(
        "content-filter",
        r"MID <mid> was (?P<detail>(?:dropped|bounced) by content filter .*?)",
        "MID 5 was dropped by content filter 'x' in the inbound table",
        "MID 5 was bounced by content filter 'x' in the outbound table",
    ),
    _kind(
        "incoming-relay",
        r"MID <mid> IncomingRelay\(<text>\): <detail>",
        "MID 5 IncomingRelay(relay): Header Received found, ip 10.1.1.2 being used",
    ),
    _kind(
        "unsubscribe-matched",
        r"(?:MID <mid> )?Global unsubscribe matched entry <detail>",
        "MID 5 Global unsubscribe matched entry foo@ RID 0 Address a@example.com Action bounced",
        "Global unsubscribe matched entry @263.net MID: 5 RID 0 Address: a@example.com",
    ),
    _kind(
        "alias-matched",
        r"Alias match: <detail>",
        "Alias match: recipient a@example.com mapped to ['b@example.com'] (bug 5997)",
    ),
    _kind(
        "ldap-requeued",
        r"LDAP: unable to process, MID <mid> requeued",
        "LDAP: unable to process, MID 5 requeued",
    ),
    _kind(
        "ldap-message-query",
        r"LDAP: [A-Za-z]+ query <text> MID <mid> RID <rids> address <detail>",
        "LDAP: Bounce query x.accept MID 5 RID 0 address a@example.com",
        "LDAP: Drop query x.accept MID 5 RID 0 address a@example.com",
        "LDAP: Reroute query x MID 5 RID 0 address a@example.com to [('mailhost', 'b')]",
    ),
    _kind(
        "ldap-query",
        r"LDAP [A-Za-z]+: query <detail>",
        "LDAP Mailhost: query unknown address a@example.com to b",
        "LDAP Reroute: query x address a@example.com to [('mailhost', 'b')]",
        "LDAP Masquerade: query x address a@example.com to b@example.com",
    ),
)

_SCANNERS = (
    _kind(
        "engine-verdict",
        r"MID <mid> using engine: <detail>",
        "MID 24611421 using engine: CASE spam negative",
        "MID 5 using engine: SPF Verdict Cache using cached verdict",
    ),
    _kind(
        "interim-verdict",
        r"MID <mid> interim (?:verdict using engine:|AV verdict using) <detail>",
        "MID 24611421 interim verdict using engine: CASE spam negative",
        "MID 24611421 interim AV verdict using Sophos CLEAN",
    ),
    _kind(
        "antivirus",
        r"MID <mid> antivirus <detail>",
        "MID 24611421 antivirus negative",
        "MID 5 antivirus positive 'EICAR-AV-Test' (released from Outbreak)",
    ),
    _kind("brightmail", r"MID <mid> Brightmail <detail>", "MID 5 Brightmail negative"),
    _kind(
        "outbreak-filters",
        r"MID <mid> (?P<detail>Outbreak Filters: .*?|Virus Threat Level=.*?)",
        "MID 5 Outbreak Filters: verdict negative",
        "MID 5 Virus Threat Level=5",
    ),
    _kind(
        "attachment",
        r"MID <mid> attachment <detail>",
        "MID 24611417 attachment 'xxx_xxx_1400691819.pdf'",
        "MID 5 attachment types rartn",
    ),
    _kind(
        "url-reputation",
        r"MID <mid> URL <detail>",
        "MID 5 URL http://example.com has reputation -8.5 matched Condition: URL Reputation Rule",
    ),
    _kind(
        "scan-too-big",
        r"MID <mid> was too big <detail>",
        "MID 5 was too big (362262/262144) for scanning by Outbreak Filters",
    ),
    _kind(
        "file-reputation",
        r"MID <mid> (?P<detail>(?:SHA|AMP) .*?)",
        "MID 5 SHA 0a1b filename x.pdf queued for possible file analysis upload",
        "MID 5 AMP file reputation verdict : CLEAN",
    ),
    _kind(
        "dlp",
        r"MID <mid> DLP <detail>",
        "MID 5 DLP violation. Severity: LOW (Risk Factor: 15). DLP policy match: 'PCI-DSS"
        " (Payment Card Industry Data Security Standard)'.",
    ),
    _kind(
        "url-client",
        r"URL_REP_CLIENT: <detail>",
        "URL_REP_CLIENT: Configuration changed. Triggering restart of URL Reputation client"
        " service.",
    ),
    _kind(
        "url-categories",
        r"URL category definitions have changed<detail>",
        "URL category definitions have changed. Please check and update your filters to use the"
        " new definitions",
    ),
    _kind(
        "character-set",
        r"MID <mid> Could not convert character set: <detail>",
        "MID 5 Could not convert character set: 5",
    ),
    _kind(
        "case-response",
        r"MID <mid> CASE sent a poorly formatted response: <detail>",
        "MID 5 CASE sent a poorly formatted response: <<x>>...",
    ),
    _kind(
        "case-cache",
        r"CASE cache status: <detail>",
        "CASE cache status: hits = 4579, misses = 823449, expires = 0, adds = 816702, seconds"
        " saved = 6796.34, total seconds = 1238122.53",
    ),
    _kind(
        "graymail",
        r"graymail <detail>",
        "graymail [CONFIG] Starting graymail configuration handler",
    ),
)

_AUTHENTICATION = (
    _kind(
        "dkim",
        r"MID <mid> DKIM: <detail>",
        "MID 5 DKIM: cannot sign - no profile matches a@example.com",
        "MID 5 DKIM: pass signature verified (d=example.com s=s1 i=@example.com)",
    ),
    _kind(
        "domainkeys",
        r"MID <mid> DomainKeys: <detail>",
        "MID 5 DomainKeys: cannot sign - already signed",
    ),
    _kind(
        "dmarc",
        r"MID <mid> DMARC: <detail>",
        "MID 5 DMARC: Verification passed",
        "MID 5 DMARC: Message from domain example.com, DMARC pass (SPF aligned True,"
        " DKIM aligned True)",
    ),
    _kind(
        "spf",
        r"MID <mid> SPF: <detail>",
        "MID 5 SPF: mailfrom identity a@example.com Pass (v=spf1)",
    ),
    _kind(
        "sender-domain-reputation",
        r"MID <mid> SDR: <detail>",
        "MID 5 SDR: Tracker Header : abc",
        "MID 5 SDR: Domains for which SDR is requested: reverse DNS host: x, helo: x,"
        " env-from: x, header-from: x, reply-to: x",
    ),
)

_QUARANTINES = (
    _kind(
        "quarantined",
        r"MID <mid> quarantined to <detail>",
        'MID 482 quarantined to "Policy" (message filter:policy_violation)',
    ),
    _kind(
        "cpq-enqueued",
        r"MID <mid> enqueued for transfer to centralized quarantine <detail>",
        'MID 5 enqueued for transfer to centralized quarantine "Policy" (content filter:x)',
    ),
    # From memory, no sample found.
    _kind(
        "cpq-transferred",
        r"MID <mid> Message transferred to centralized quarantine(?: <detail>)?",
        'MID 5 Message transferred to centralized quarantine "Policy"',
    ),
    _kind(
        "cpq-returned",
        r"MID <mid> received from the SMA <detail>",
        "MID 5 received from the SMA sma.example.com (MID originally 6) on release from Policy",
    ),
    _kind(
        "quarantine-released",
        r"MID <mid> released (?P<detail>(?:\([^()]*\) )?from .*?)",
        'MID 483 released from quarantine "Policy" (queue full)',
        "MID 483 released from all quarantines",
        'MID 483 released (attachments stripped) from quarantine "Policy" (manual) t=5',
    ),
    _kind(
        "quarantine-deleted",
        r"MID <mid> deleted from <detail>",
        'MID 484 deleted from quarantine "Anti-Virus" (expired)',
        "MID 484 deleted from all quarantines",
    ),
    _kind(
        "quarantine-reason",
        r"MID <mid> quarantine <detail>",
        'MID 5 quarantine "Policy" new reason (message filter:x)',
    ),
    _kind(
        "quarantine-unreachable",
        r"Quarantine: Failed to connect to quarantine",
        "Quarantine: Failed to connect to quarantine",
    ),
    # The spam quarantine (port 6025, or RPC on the box): never evidence about PVO.
    _kind(
        "spam-quarantine-tagged",
        r"(?:ISQ|EUQ): Tagging MID <mid> for quarantine",
        "ISQ: Tagging MID 4433 for quarantine",
        "EUQ: Tagging MID 4433 for quarantine",
    ),
    _kind(
        "spam-quarantined",
        r"(?:ISQ|EUQ): Quarantined MID <mid>",
        "EUQ: Quarantined MID 4433",
    ),
    _kind(
        "spam-reinjected",
        r"(?:ISQ|EUQ): Reinjected MID <mid> as (?P<detail>MID [0-9]+)",
        "EUQ: Reinjected MID 4433 as MID 4449",
    ),
    _kind(
        "rpc-message",
        r"RPC (?P<detail>Delivery start|Message done|Message rejected) RCID <n> MID <mid>"
        r"(?: to local IronPort Spam Quarantine)?",
        "RPC Delivery start RCID 4051 MID 14077 to local IronPort Spam Quarantine",
        "RPC Message done RCID 4051 MID 14077",
        "RPC Message rejected RCID 4051 MID 14077",
    ),
    _kind(
        "rpc-failed",
        r"RPC connection to <address> failed RCID <n> MID <mid>(?: <detail>)?",
        "RPC connection to 127.0.0.1 failed RCID 4051 MID 14077 (timeout)",
    ),
    _kind(
        "rpc-connection",
        r"RPC connection RCID <n> (?P<detail>to .*? sleeping for [0-9]+ seconds|killed)",
        "RPC connection RCID 4051 to 127.0.0.1 sleeping for 5 seconds",
        "RPC connection RCID 4051 killed",
    ),
    _kind(
        "rpc-delivery",
        r"(?P<detail>Start delivery) of MID <mid> over RPC connection <n>",
        "Start delivery of MID 5 over RPC connection 0",
    ),
    _kind(
        "rpc-delivered",
        r"Delivery of MID <mid> over RPC (?P<detail>completed) on connection <n>",
        "Delivery of MID 5 over RPC completed on connection 0",
    ),
    _kind(
        "rpc-client",
        r"RPC client <detail>",
        "RPC client _message_loop sleeping when dequeuing a null entry",
    ),
)

_FILE_AND_SYSTEM = (
    _kind("logfile-begin", r"Begin Logfile", "Begin Logfile"),
    _kind("logfile-end", r"End Logfile", "End Logfile"),
    _kind(
        "version",
        r"Version: <detail>",
        "Version: 7.6.3-019 SN: 420D4FEA709365BFB3E3-0AF2EE5E700E",
    ),
    _kind(
        "utc-offset",
        r"Time offset from UTC: (?P<detail>-?[0-9]{1,6}) seconds",
        "Time offset from UTC: -21600 seconds",
    ),
    # Once a minute in old versions; its CrtDCID and CrtICID are counters, not connections.
    _kind("status", r"Status: <detail>", "Status: CPULd 3 DskIO 0 RAMUtil 8 CrtMID 5 CrtDCID 6"),
    # The consolidated event log of newer versions; ESADCID stands among many fields in any order.
    _kind(
        "consolidated-event",
        r"CEF: ?[0-9]+\|<detail>",
        "CEF:0|Cisco|C300V Secure Email Gateway Virtual|16.0.0-054|ESA_CONSOLIDATED_LOG_EVENT|"
        "Consolidated Log Event|5|ESADCID=9624426 act=DELIVERED",
    ),
    _kind(
        "alert-unsent",
        r"Error while sending alert: <detail>",
        "Error while sending alert: Unable to send System/Warning alert to example.com with"
        " subject x.",
    ),
    _kind(
        "alert-sent",
        r"An? (?P<detail>[^ ]+ alert was sent to .*?)",
        "A System/Warning alert was sent to example.com with subject x.",
        "A Anti-Virus/Critical alert was sent to a@example.com with subject x.",
    ),
    _kind(
        "internal-smtp",
        r"Internal SMTP <detail>",
        "Internal SMTP system successfully sent a message to example.com with subject x.",
        "Internal SMTP giving up on message to example.com with subject x: Unrecoverable error.",
        "Internal SMTP Error: Failed to send message to host 10.1.1.2:000 for recipient x:"
        " Unexpected SMTP response",
    ),
    _kind(
        "feature-key",
        r"Your (?P<detail>\"[^\"]*\" key (?:will|has) .*?)",
        'Your "IronPort Anti-Spam" key will expire in under 5 day(s). Please contact your'
        " authorized Cisco sales representative.",
        'Your "Sophos Anti-Virus" key has expired. Please contact your authorized Cisco sales'
        " representative.",
    ),
    _kind(
        "senderbase-upload",
        r"SenderBase upload: <detail>",
        "SenderBase upload: 5 hosts totaling 600 bytes",
    ),
    _kind(
        "queue-scan",
        r"Scanning <domain> with <n> msgs for expiration candidates\.?",
        "Scanning example.com with 5 msgs for expiration candidates.",
    ),
    _kind(
        "queue-scanned",
        r"Done scanning (?P<domain>[^ ,]*), <n> msgs remain in queue\.?",
        "Done scanning example.com, 5 msgs remain in queue.",
    ),
    _kind("checkpoint", r"Checkpoint Finished", "Checkpoint Finished"),
    _kind(
        "dns-failure",
        r"DNS (?:Temporary|Hard|Soft|Permanent) (?:Failure|Error) <detail>",
        "DNS Temporary Failure structure.com MX - ServFail",
        "DNS Hard Error looking up example.com (MX): NXDomain",
    ),
    _kind(
        "dns-route-failure",
        r"DNS failure for SMTP route destination <domain>",
        "DNS failure for SMTP route destination example.com",
    ),
    _kind("dns-lame-referral", r"lame DNS referral(?: <detail>)?", "lame DNS referral"),
)

KINDS: tuple[Kind, ...] = (
    *_DELIVERY_CONNECTION,
    *_DELIVERY_WITHOUT_CONNECTION,
    *_INJECTION_CONNECTION,
    *_MESSAGE_LIFE,
    *_POLICY_AND_FILTERS,
    *_SCANNERS,
    *_AUTHENTICATION,
    *_QUARANTINES,
    *_FILE_AND_SYSTEM,
)
BY_NAME: dict[str, Kind] = {kind.name: kind for kind in KINDS}
DELIVERY: frozenset[str] = frozenset(kind.name for kind in KINDS if "dcid" in kind.fields)

Recognised = tuple[Kind, dict[str, str | None]]

# "MID 5 Subject 'x'" begins with MID, Subject: numbers and marks between the words don't count.
_FIRST_WORDS = re.compile(r"([A-Za-z_-]+)[^A-Za-z_]*([A-Za-z_-]*)")


def _first_words(body: str) -> tuple[str, ...]:
    found = _FIRST_WORDS.match(body)
    return found.groups() if found else ()


def _by_first_words() -> dict[tuple[str, ...], tuple[Kind, ...]]:
    """The few kinds that can begin with these two words, as their examples show."""
    kinds: dict[tuple[str, ...], dict[str, Kind]] = {}
    for kind in KINDS:
        for example in kind.examples:
            kinds.setdefault(_first_words(example), {})[kind.name] = kind
    return {words: tuple(rows.values()) for words, rows in kinds.items()}


_DISPATCH = _by_first_words()


LONGEST_BODY = 32_768  # whatever is longer was not written by AsyncOS; it is only counted


def recognise(body: str) -> Recognised | None:
    """The kind of a line and its fields, from the text after the level; None if no row takes it.

    Only the kinds that begin with the same words are tried first; all of them when none of these
    fits, so that a way to begin which has no example in the table is slower, but not lost.
    """
    return _try(_DISPATCH.get(_first_words(body), ()), body) or recognise_in_order(body)


def recognise_in_order(body: str) -> Recognised | None:
    """The same, trying every row in the table's order."""
    return _try(KINDS, body)


def _try(kinds: tuple[Kind, ...], body: str) -> Recognised | None:
    if len(body) > LONGEST_BODY:
        return None
    body = body.rstrip(" ")
    for kind in kinds:
        found = kind.regex.match(body)
        if found:
            return kind, {name: value or None for name, value in found.groupdict().items()}
    return None


# What may follow where the free text has not begun: "(external quarantine)", "for x.com".
_FREE_TEXT_BEGINS = re.compile(
    r"[(\[]|for [^ ]+$|to (?:offbox|Centrali[sz]ed) |CN[:=]|reason: |interface: "
)
_COMPLETE = re.compile(
    r"(?:no certificate from server|has expired|self.signed certificate(?: in certificate chain)?"
    r"|issuer certificate|mismatch|unexpected response|reset by peer|timed out|refused"
    r"|no route to host|no shared cipher|handshake failure|network error|[)'\"])$",
    re.IGNORECASE,
)
_UNFINISHED = re.compile(r"[:,=(\[\]]$")
_SENTENCE = re.compile(r"[A-Z][A-Za-z']*,? [A-Za-z]|[*\u2022\u25cf-] |[0-9]+[.)] |https?:")


def free_text_goes_on(body: str, detail: str | None, text: str) -> bool:
    """Whether a line among prose may continue an open-ended body, by how both read."""
    if detail is None:
        return _FREE_TEXT_BEGINS.match(text) is not None
    unfinished = _UNFINISHED.search(body) or body.count("(") > body.count(")")
    return bool(unfinished) or not (_COMPLETE.search(body) or _SENTENCE.match(text))


def glued(body: str, rest: str) -> str:
    """A body and its rest, cut by a terminal: without a blank, unless it only reads well with one.

    A line can also end at a word as wide as the terminal, so both ways are looked at.
    """
    cut, spaced = body + rest, f"{body} {rest}"
    reads_cut, reads_spaced = recognise(cut) is not None, recognise(spaced) is not None
    if reads_cut == reads_spaced:
        ends_cut, ends_spaced = _COMPLETE.search(cut), _COMPLETE.search(spaced)
        return spaced if ends_spaced and not ends_cut else cut
    return cut if reads_cut else spaced


# What varies between lines of one kind, most specific first; the rest is the line's shape.
_VARIABLES = (
    (re.compile(r"<[^<>]*>|[^\s<>'\"(),]+@[^\s<>'\"(),]+"), "<addr>"),
    (re.compile(r"'[^']*'|\"[^\"]*\""), "<text>"),
    (re.compile(r"\b[0-9]{1,3}(?:\.[0-9]{1,3}){3}\b"), "<ip>"),
    (re.compile(r"\b(?:[0-9A-Fa-f]{0,4}:){2,7}[0-9A-Fa-f]{1,4}\b"), "<ip>"),
    (re.compile(r"\b[0-9A-Fa-f]{16,}\b"), "<hex>"),
    (re.compile(r"-?[0-9]+(?:\.[0-9]+)*"), "<n>"),
    (re.compile(r"\s+"), " "),
)
_SHAPE_LENGTH = 300


def shape(text: str) -> str:
    """A text with its numbers, addresses and quoted strings replaced: alike lines look alike."""
    text = text[:_SHAPE_LENGTH]
    for variable, placeholder in _VARIABLES:
        text = variable.sub(placeholder, text)
    return text.strip()


@dataclass(slots=True)
class NotRecognised:
    """The lines of one shape that no kind takes: how many, and the first of them as it stands."""

    shape: str
    count: int
    source: str
    line: int
    text: str


_MOST_SHAPES = 1000
_SAMPLE_LENGTH = 1000
_OTHER_SHAPES = "(other shapes)"


@dataclass(slots=True)
class Coverage:
    """What became of every physical line that was read.

    ``lines`` are all of them: ``recognised`` (entries of a known kind, by their first line; those
    of a kind that was not asked for are counted in ``not_asked`` too), ``wrapped`` (further lines
    of an entry), ``blank``, ``foreign`` (text round log lines, where such is expected), and the
    rest, by shape. Counts are exact; beyond a thousand shapes the rest is one row, and samples
    are cut after a thousand characters.
    """

    lines: int = 0
    recognised: int = 0
    wrapped: int = 0
    blank: int = 0
    foreign: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    not_asked: Counter[str] = field(default_factory=Counter)
    shapes: dict[str, NotRecognised] = field(default_factory=dict)

    @property
    def not_recognised(self) -> list[NotRecognised]:
        """The shapes that no kind takes, the most frequent first."""
        return sorted(self.shapes.values(), key=lambda row: (-row.count, row.shape))

    @property
    def share(self) -> float:
        """The share of entries whose kind is known; 1.0 where there is none."""
        entries = self.recognised + sum(row.count for row in self.shapes.values())
        return self.recognised / entries if entries else 1.0

    def miss(self, source: str, line: int, text: str, body: str) -> None:
        """Count a line (``text`` as it stands, ``body`` without its header) that no kind takes."""
        alike = shape(body)
        if alike not in self.shapes and len(self.shapes) >= _MOST_SHAPES:
            alike = _OTHER_SHAPES
        row = NotRecognised(alike, 0, source, line, text[:_SAMPLE_LENGTH])
        self.shapes.setdefault(alike, row).count += 1
