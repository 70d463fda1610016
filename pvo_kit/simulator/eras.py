"""The releases that the simulator knows: what they are called and how they word their TLS.

Names of products and the banner's form are those of public configuration-backup drivers and test
code; build numbers, dates and serial numbers are made up.
"""

from __future__ import annotations

from dataclasses import dataclass

from pvo_kit.errors import InputError
from pvo_kit.simulator.pair import Key, Role
from pvo_kit.simulator.settings import Service, Tls


@dataclass(frozen=True, slots=True)
class Box:
    """One kind of appliance in an era: its release, model, and the words for its product."""

    version: str
    model: str
    product: str
    welcome: str
    built: str


@dataclass(frozen=True, slots=True)
class Era:
    """A time: the releases of both boxes, and when the simulated clock begins (UTC).

    ``clean`` is a cipher string of the time without anonymous suites, ``open`` one with them;
    ``methods`` are the TLS versions of SMTP as an ESA and as an SMA of the time word them.
    """

    name: str
    begins: int
    esa: Box
    sma: Box
    clean: str
    open: str
    methods: tuple[str, str]
    keys: tuple[str, ...]

    def box(self, role: Role) -> Box:
        """Return the release of one kind."""
        return self.esa if role == "esa" else self.sma

    def tls(self, role: Role, ciphers: str | None = None) -> Tls:
        """Return the settings of all services with one string, a clean one where none is given."""
        service = Service(self.methods[role == "sma"], ciphers or self.clean)
        return Tls(service, service, service)


_OLD_KEYS = (
    "Incoming Mail Handling", "Bounce Verification", "IronPort Anti-Spam", "Sophos Anti-Virus",
    "Outbreak Filters", "RSA Email Data Loss Prevention",
)  # fmt: skip
_KEYS = (*_OLD_KEYS[:-1], "Data Loss Prevention")
_LICENCES = (
    "Mail Handling", "Email Security Appliance Bounce Verification",
    "Email Security Appliance Anti-Spam License", "Email Security Appliance Sophos Anti-Malware",
    "Email Security Appliance Outbreak Filters", "Email Security Appliance Data Loss Prevention",
)  # fmt: skip
_OF_NOW = (
    "ECDH+aRSA:ECDH+ECDSA:DHE+DSS+AES:AES128:AES256:!SRP:!AESGCM+DH+aRSA:!AESGCM+RSA:!aNULL:"
    "!eNULL:!kRSA:@STRENGTH:-aNULL:-EXPORT:-IDEA"
)

ERAS = {
    era.name: era
    for era in (
        Era(
            "8", 1_396_857_600,  # 7 April 2014
            Box("8.0.1-023", "C170", "Cisco IronPort C170 Messaging Gateway(tm) Appliance",
                "Cisco IronPort C170 Messaging Gateway(tm) Appliance", "2013-12-04"),
            Box("8.1.1-013", "M1070", "Cisco M1070 Content Security Management Appliance",
                "Cisco M1070 Content Security Management Appliance", "2013-11-22"),
            "HIGH:MEDIUM:ALL:-aNULL:-SSLv2", "RC4-SHA:RC4-MD5:ALL",
            ("sslv3tlsv1", "sslv3tlsv1"), _OLD_KEYS,
        ),
        Era(
            "9.5", 1_462_780_800,  # 9 May 2016
            Box("9.7.1-066", "C380", "Cisco C380 Email Security Appliance",
                "Cisco C380 Email Security Appliance", "2016-01-20"),
            Box("9.7.1-021", "M380", "Cisco M380 Content Security Management Appliance",
                "Cisco M380 Content Security Management Appliance", "2016-02-11"),
            "MEDIUM:HIGH:-SSLv2:-aNULL:!RC4:@STRENGTH:-EXPORT", "MEDIUM:HIGH:-SSLv2",
            ("tlsv1/tlsv1.2", "tlsv1/tlsv1.2"), _KEYS,
        ),
        Era(
            "11", 1_523_404_800,  # 11 April 2018
            Box("11.0.1-027", "C190", "Cisco C190 Email Security Appliance",
                "Cisco C190 Email Security Appliance", "2017-09-14"),
            Box("11.0.1-031", "M190", "Cisco M190 Content Security Management Appliance",
                "Cisco M190 Content Security Management Appliance", "2017-10-02"),
            "RC4-SHA:RC4-MD5:ALL:-aNULL:-EXPORT", "RC4-SHA:RC4-MD5:ALL",
            ("tlsv1_0tlsv1_1tlsv1_2", "tlsv1/tlsv1.2"), _KEYS,
        ),
        Era(
            "14", 1_654_502_400,  # 6 June 2022
            Box("14.0.0-698", "C100V", "Cisco C100V Secure Email Gateway Virtual",
                "Cisco C100V Secure Email Gateway Virtual", "2021-06-04"),
            Box("14.1.0-227", "M100V", "Cisco M100V Secure Email and Web Manager Virtual",
                "Cisco M100V Secure Email and Web Manager Virtual", "2021-11-18"),
            _OF_NOW, "HIGH:-aNULL:ALL",
            ("tlsv1_1tlsv1_2", "tlsv1/tlsv1.2"), _KEYS,
        ),
        Era(
            "15.5", 1_717_488_000,  # 4 June 2024
            Box("15.5.1-055", "C300V", "Cisco C300V Secure Email Gateway Virtual",
                "Cisco C300V Secure Email Gateway Virtual", "2024-02-12"),
            Box("15.5.1-024", "M300V", "Cisco M300V Secure Email and Web Manager Virtual",
                "Cisco M300V Secure Email and Web Manager Virtual", "2024-02-26"),
            _OF_NOW, "HIGH:-aNULL:ALL",
            ("tlsv1_1tlsv1_2", "tlsv1/tlsv1.2"), _LICENCES,
        ),
    )
}  # fmt: skip
"""By name; a name is the oldest release of which this is true."""

SMART_SINCE = (15, 5)
"""From here on keys are licences (article on Smart Licensing)."""

DMARC_SINCE = (9, 5)
"""From here on an ESA has ``dmarcconfig`` (from memory)."""

SMA_KEYS = (
    Key("Cisco IronPort Spam Quarantine"),
    Key("Centralized Email Reporting"),
    Key("Centralized Email Message Tracking"),
)


def era(name: str) -> Era:
    """Return the era of a name; raises InputError for one that is not simulated."""
    if name not in ERAS:
        raise InputError(f"no era {name}: the simulator knows {', '.join(ERAS)}")
    return ERAS[name]
