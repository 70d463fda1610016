"""An appliance as a remedy addresses it: its name, release and prompts; every value checked."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from pvo_kit.case import CPQ_DOMAIN, Case, newest
from pvo_kit.evidence import Level, Role
from pvo_kit.facts import Interface, Membership, PortProbe, Release, TlsProbe
from pvo_kit.remediation import values
from pvo_kit.remediation.remedy import Step
from pvo_kit.remediation.values import Refused
from pvo_kit.scenarios.releases import number

Mode = tuple[Level, str]
"""A cluster mode and the (checked) name of the cluster, group or machine."""

Number = tuple[int, int, int]
ANY: dict[Role, str] = {"esa": "<ESA>", "sma": "<SMA>", "unknown": "<appliance>"}
CLUSTER = "<cluster>"


@dataclass(frozen=True, slots=True)
class Box:
    """One appliance. ``mode`` is the cluster mode in which a session begins, None outside one.

    ``host`` is the name as it may be printed, or a placeholder; ``hidden`` says why a name that
    the evidence holds is not printed.
    """

    host: str
    role: Role
    release: Number | None = None
    mode: Mode | None = None
    hidden: str = ""

    @property
    def prompt(self) -> str:
        """The prompt at which a session begins."""
        return prompt(self.mode) if self.mode else f"{self.host}> "

    @property
    def name(self) -> str:
        """What the remedy calls it: the host name, or words where that is not printed."""
        return f"{self.called} (its name is {self.hidden})" if self.hidden else self.called

    @property
    def called(self) -> str:
        """The name within a sentence: the host name, or ``the ESA`` for a placeholder."""
        return self.host if not self.host.startswith("<") else f"the {self.kind}"

    @property
    def kind(self) -> str:
        """ESA or SMA."""
        return self.role.upper() if self.role != "unknown" else "appliance"

    @property
    def label(self) -> str:
        """The kind and the name, as a GUI step begins: ``SMA sma.example.com``."""
        return f"{self.kind} {self.host}" if not self.host.startswith("<") else self.called

    def since(self, major: int, minor: int = 0) -> bool:
        """Return True where the release is known and not older than this one."""
        return self.release is not None and self.release >= (major, minor, 0)


def box(case: Case, host: str | None, role: Role = "esa") -> Box:
    """Return the appliance of a host name from the evidence (None: the evidence names none)."""
    known = case.role(host)
    kind = role if known == "unknown" else known
    checked = values.host(host) if host else ANY[kind]
    refused = isinstance(checked, Refused)
    shown = ANY[kind] if isinstance(checked, Refused) else checked
    mode = _start(case, host, shown) if kind != "sma" and _clustered(case, host) else None
    return Box(shown, kind, release(case, host, kind), mode, str(checked) if refused else "")


def boxes(case: Case, *roles: Role) -> list[Box]:
    """Return the appliances of these roles; one without a name where the evidence has none."""
    hosts = [seen.host for seen in case.boxes(*roles)]
    return [box(case, host, roles[0]) for host in hosts or [None]]


def _clustered(case: Case, host: str | None) -> bool:
    if any(fact.host == host for fact in case.stand_alone):
        return False
    named = any(host in text.hosts for text in case.evidence.error_texts)
    return named or case.clustered(host) or (host is None and case.in_cluster)


def _start(case: Case, host: str | None, shown: str) -> Mode:
    """The mode of the newest prompt of this host: sessions begin where they were seen to."""
    cuts = [cut for cut in case.evidence.transcripts if cut.host == host and cut.level]
    if not cuts or not cuts[-1].level or cuts[-1].level == "machine":
        return "machine", shown
    return cuts[-1].level, place(cuts[-1].place, cuts[-1].level)


def place(name: str | None, level: Level) -> str:
    """Return the checked name of a cluster, group or machine, else a placeholder."""
    check: Callable[[str], str | Refused] = (
        values.machine_name if level == "machine" else values.place_name
    )
    checked = check(name) if name else Refused("", "is empty")
    return f"<{level}>" if isinstance(checked, Refused) else checked


def cluster(case: Case) -> Mode:
    """Return the cluster mode, with the cluster's name where the evidence tells it."""
    lists = [fact.cluster for fact in newest(case.all(Membership)) if fact.cluster]
    prompts = [cut.place for cut in case.evidence.transcripts if cut.level == "cluster"]
    errors = [text.cluster for text in case.evidence.error_texts if text.cluster]
    name = next((name for name in (*lists[-1:], *prompts[-1:], *errors[-1:]) if name), None)
    return "cluster", place(name, "cluster")


def prompt(mode: Mode) -> str:
    """Return the prompt of a cluster mode: ``(Cluster Main)> ``."""
    return f"({mode[0].capitalize()} {mode[1]})> "


def own_mode(box: Box) -> Mode | None:
    """Return the machine mode of a clustered appliance, None outside a cluster."""
    return ("machine", box.host) if box.mode else None


def words(mode: Mode) -> str:
    """Return a mode as a sentence has it: ``cluster Main``."""
    return f"{mode[0]} {mode[1]}"


def switch(start: str, here: Mode | None, mode: Mode | None) -> list[Step]:
    """Return the steps from the prompt ``start`` of one mode to another, none where it is the same.

    The batch form of ``clustermode`` is used; a name with a blank is picked from its menu, since
    nothing public tells how a command line takes it.
    """
    if mode is None or mode == here:
        return []
    level, name = mode
    if level == "cluster":
        return [Step(start, "clustermode cluster")]
    if " " not in name:
        return [Step(start, f"clustermode {level} {name}")]
    return [
        Step(start, "clustermode"),
        Step("[<number>]> ", choose=level.capitalize(), asks="Choose the configuration mode."),
        Step("[<number>]> ", choose=name, asks=f"Choose the {level} to configure."),
    ]


def release(case: Case, host: str | None, role: Role) -> Number | None:
    """Return the newest release of a host; of another box of its kind where all have the same.

    Members of a cluster run the same build, and a log without a host belongs to one of the ESAs.
    """
    own = _releases(case, [host]) if host else []
    if own:
        return own[-1]
    others = set(_releases(case, [seen.host for seen in case.boxes(role)]))
    shared = host is None or (role == "esa" and case.clustered(host))
    return others.pop() if shared and len(others) == 1 else None


def _releases(case: Case, hosts: Iterable[str | None]) -> list[Number]:
    found = []
    for host in hosts:
        texts = [fact for fact in case.all(Release, host) if number(fact.version)]
        found += [numbered for fact in newest(texts)[-1:] if (numbered := number(fact.version))]
    return found


def sma_address(
    case: Case,
    host: str | ellipsis | None = ...,  # noqa: F821
    *,
    by_tls: bool = False,
) -> str:
    """Return where this ESA's tries at the quarantine port went, else ``<SMA address>``.

    ``telnet`` comes first, or with ``by_tls`` what was verified and delivered to.
    """
    ports = [
        probe.address or probe.target
        for probe in reversed(case.all(PortProbe, host))
        if probe.port == case.port and case.role(probe.host) != "sma"
    ]
    sessions = [
        probe.address or probe.target
        for probe in reversed(case.all(TlsProbe, host))
        if probe.port == case.port or (probe.domain or "").lower() == CPQ_DOMAIN
    ]
    links = reversed(case.connections)
    sessions += [link.address for link in links if host is ... or link.appliance == host]
    for name in (*sessions, *ports) if by_tls else (*ports, *sessions):
        checked = values.target(name) if name else Refused("", "is empty")
        if not isinstance(checked, Refused):
            return checked
    return "<SMA address>" if host is ... else sma_address(case, by_tls=by_tls)


def group(case: Case) -> Mode:
    """Return the group mode, with the group's name where all members are in one."""
    names = {name for fact in newest(case.all(Membership)) for name in fact.groups}
    return "group", place(names.pop() if len(names) == 1 else None, "group")


def pvo_port(case: Case) -> str:
    """Return the quarantine's port as text."""
    checked = values.port(case.port)
    return "<port>" if isinstance(checked, Refused) else checked


def interfaces(case: Case, host: str | None) -> list[Interface]:
    """Return the interfaces of a box whose names may be printed; the newest of a name counts."""
    by_name: dict[str, Interface] = {}
    for item in case.all(Interface, host):
        known = by_name.get(item.name)
        if known is None or not known.moment.after(item.moment):
            by_name[item.name] = item
    return [item for item in by_name.values()
            if not isinstance(values.interface_name(item.name), Refused)]  # fmt: skip
