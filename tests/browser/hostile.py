"""A made case whose every text tries to be more than text: HTML, scripts, Markdown, templates."""

from __future__ import annotations

from pathlib import Path

HTML = "<img src=x onerror='window.pvoRan=1'>"
SCRIPT = "<script>window.pvoRan=2</script>"
MARKDOWN = "[click](javascript:window.pvoRan=3) ![](http://outside.example.com/a.png) **bold**"
TEMPLATE = "{{7*7}} ${7*7} {%print(7*7)%} $\\href{javascript:window.pvoRan=4}{7}$"
ALL = f"{HTML} {SCRIPT} {MARKDOWN} {TEMPLATE}"

SESSION = f"""\
mx.example.com> status

Status as of:                  Tue Sep 06 13:00:00 2016 GMT
System status:                 Online
Oldest Message:                {ALL}
mx.example.com> deliveryconfig

Default interface to deliver mail: {HTML}
"Possible Delivery": Enabled

Choose the operation you want to perform:
- SETUP - Configure mail delivery.
[]>
mx.example.com> sslconfig

sslconfig settings:
  Outbound SMTP method:  tlsv1/tlsv1.2
  Outbound SMTP ciphers: ALL:{SCRIPT}

Choose the operation you want to perform:
[]>
mx.example.com> tlsverify

Enter the TLS domain to verify against:
[]> the.cpq.host

Enter the destination host to connect to.  Append the port (example.com:26) if you are not
connecting on port 25:
[the.cpq.host]> 10.44.3.10:7025

Connecting to 10.44.3.10 on port 7025.
Connected to 10.44.3.10 from interface 10.44.3.25.
Checking TLS connection.
TLS connection established: protocol TLSv1.2, cipher AECDH-AES256-SHA.
Verifying peer certificate.
Certificate verification failed: no certificate from server.
TLS connection to 10.44.3.10 failed: verify error. {ALL}
TLS was required but could not be successfully negotiated.
Failed to connect to [10.44.3.10].
TLS verification completed.
mx.example.com> {ALL}
"""

STAMP = "Tue Sep  6 09:02:{:02} 2016 Info: "
LOG = [
    "New SMTP DCID 7 interface 10.44.3.25 address 10.44.3.10 port 7025",
    "DCID 7 TLS failed: verify error: no certificate from server",
    "DCID 7 TLS was required but could not be successfully negotiated",
    "New SMTP DCID 8 interface 10.44.3.25 address 10.44.3.10 port 7025",
    f"DCID 8 TLS failed: {ALL}",
    "DCID 8 close",
    "New SMTP DCID 10 interface 10.44.3.25 address 10.44.3.11 port 7025",
    f"DCID 10 TLS success protocol {HTML} cipher {SCRIPT}",
    "DCID 10 close",
    f"MID 5 Subject '{ALL}'",
    f"MID 5 ICID 3 From: <{ALL}@example.com>",
    f"Bounced: DCID 8 MID 5 to RID 0 - 5.1.0 - {ALL}",
    f"Connection Error: DCID: 9 domain: the.cpq.host IP: 10.44.3.10 port: 7025 details: {ALL}",
]

OBSERVED = f"""\
[[observation]]
host = "sma.example.com"
what = "error_text"
value = '''{ALL}'''
by = '''{HTML}'''

[[observation]]
host = '''{HTML} {TEMPLATE}'''
what = "wizard"
value = "not-finished"
"""


def write(folder: Path) -> Path:
    """Write the case; a name of a file is a stranger's text too."""
    folder.mkdir(parents=True)
    lines = "".join(STAMP.format(second) + line + "\n" for second, line in enumerate(LOG))
    (folder / "esa.txt").write_text(SESSION, encoding="utf-8")
    (folder / "mail.current").write_text(lines, encoding="utf-8")
    (folder / "observations.toml").write_text(OBSERVED, encoding="utf-8")
    (folder / "<img src=x onerror=window.pvoRan=5> {{7*7}} _a_ $x$.txt").write_text(
        f"Nothing but prose. {ALL}\n", encoding="utf-8"
    )
    return folder
