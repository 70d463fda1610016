"""A made appliance with faults on demand: the collector's opposite in tests.

``Cli`` is a command line without any network: bytes in, bytes out. ``Wire`` is a channel to one in
memory, with a clock that only waiting moves; ``SshServer`` puts one behind paramiko on loopback.
What it prints has the form of an appliance's; all names and addresses are made.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

Dialogue = Generator[str, str, str]
Command = str | Callable[[str], Dialogue]

INTERRUPTIBLE = """\
import signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)
from pvo_kit.cli import main
sys.exit(main(sys.argv[1:]))
"""
"""The command line where Ctrl-C counts, even below a shell that runs the tests without it."""

BANNER = """\
Last login: Tue Jun  4 09:10:00 2024 from 192.0.2.77
AsyncOS 14.0.0 for Cisco C100V build 698

Welcome to the Cisco C100V Secure Email Gateway Virtual

NOTE: This session will expire if left idle for 1440 minutes.

"""
MENU = "\nChoose the operation you want to perform:\n- SETUP - Configure it.\n[]> "
STATUS = """
Status as of:                  Tue Jun 04 09:15:02 2024 GMT
Up since:                      Mon Jun 03 09:00:00 2024 GMT (1d 15m 2s)
System status:                 Online
"""
VERSION = """
Current Version
===============
Product: Cisco C100V Secure Email Gateway Virtual
Model: C100V
Version: 14.0.0-698
Serial #: 564D00000000000001-000000000001
"""
KEYS = """
Module                        Quantity  Status    Remaining  Expiration Date
Data Loss Prevention          1         Active    25 days    Fri Jun 28 10:07:10 2024
Outbreak Filters              1         Active    28 days    Sat Jun 29 06:40:53 2024
"""
INTERFACES = """
Currently configured interfaces:
1. In (192.0.2.1/24 on Data1: mx.example.com)
2. Management (198.51.100.18/24 on Management: mgmt.example.com)
"""
LOGS = """
Currently configured logs:
Log Name       Log Type                   Retrieval         Interval
---------------------------------------------------------------------
1. antispam    Anti-Spam Logs             Manual Download   None
2. mail_logs   IronPort Text Mail Logs    Manual Download   None
"""
CONNECTIONS = "".join(
    f"Tue Jun  4 {time} 2024 Info: New SMTP DCID {dcid} interface 198.51.100.18 "
    "address 198.51.100.17 port 7025\n"
    for time, dcid in (("09:00:00", 71), ("09:10:00", 72))
)
NOTICE = """
NOTICE: This configuration command has not yet been configured for the current cluster mode
({where}).

What would you like to do?
1. Switch modes to edit at mode "Cluster Main".
2. Start a new, empty configuration at the current mode ({where}).
3. Copy settings from another cluster mode to the current mode ({where}).
[1]> """
MEMBERS = """
Cluster Main
============
Group Main_Group:
    Machine esa1.example.com (Serial #: 564D00000000000001-000000000001)
    Machine esa2.example.com (Serial #: 564D00000000000002-000000000002)
"""
PAGER = "-Press Any Key For More-"


def menu(text: str) -> Callable[[str], Dialogue]:
    """A configuration command: what it shows, then a menu of operations until Enter."""

    def run(_: str) -> Dialogue:
        typed = yield text + MENU
        while typed:
            typed = yield "Unknown operation.\n[]> "
        return ""

    return run


def telnet(_: str) -> Dialogue:
    """Three questions; only the interface Management has a way to the SMA."""
    chosen = yield (
        "\nPlease select which interface you want to telnet from.\n1. Auto\n"
        "2. In (192.0.2.1/24: mx.example.com)\n"
        "3. Management (198.51.100.18/24: mgmt.example.com)\n[1]> "
    )
    host = yield "\nEnter the remote hostname or IP address.\n[]> "
    yield "\nEnter the remote port.\n[25]> "
    if chosen == "2":
        return (
            f"\nTrying {host}...\ntelnet: connect to address {host}: Operation timed out\n"
            "telnet: Unable to connect to remote host\n"
        )
    quit_ = yield (
        f"\nTrying {host}...\nConnected to {host}.\nEscape character is '^]'.\n"
        "220 sma.example.com ESMTP\n"
    )
    assert quit_ == "QUIT"
    return "221 sma.example.com\nConnection closed by foreign host.\n"


def tlsverify(_: str) -> Dialogue:
    """Two questions, and a session that fails for want of a certificate."""
    yield "\nEnter the TLS domain to verify against:\n[]> "
    place = yield (
        "\nEnter the destination host to connect to.  Append the port (example.com:26) if you are "
        "not connecting on port 25:\n[the.cpq.host]> "
    )
    host, _, port = place.rpartition(":")
    return (
        f"\nConnecting to {host} on port {port}.\n"
        f"Connected to {host} from interface 198.51.100.18.\n"
        "Checking TLS connection.\n"
        "TLS connection established: protocol TLSv1, cipher ADH-CAMELLIA256-SHA.\n"
        "Verifying peer certificate.\n"
        "Certificate verification failed: no certificate from server.\n"
        f"TLS connection to {host} failed: verify error.\n"
        "TLS was required but could not be successfully negotiated.\n"
        f"Failed to connect to [{host}].\nTLS verification completed.\n"
    )


def grep(line: str) -> Dialogue:
    """The log's lines that hold the pattern, and what followed on each connection."""
    pattern = line.split('"')[1]
    if pattern.startswith("DCID "):
        dcid = pattern.split()[1]
        found = [row for row in CONNECTIONS.split("\n") if f"DCID {dcid} " in row]
        found.append(
            f"Tue Jun  4 09:10:01 2024 Info: DCID {dcid} TLS failed: verify error: "
            "no certificate from server"
        )
        return "\n".join(found) + "\n"
    return "\n".join(row for row in CONNECTIONS.split("\n") if pattern in row) + "\n"
    yield


def esa() -> dict[str, Command]:
    """An ESA that stands alone, with the fault of scenario 3 and that of scenario 4."""
    return {
        "showchanges": "{}\n",
        "version": VERSION,
        "whoami": "\nUsername: admin\nFull Name: Administrator\nGroups: admin\n",
        "status": STATUS,
        "clusterconfig": stand_alone,
        "interfaceconfig": menu(INTERFACES),
        "routeconfig": menu("\nCurrently configured routes:\n"),
        "deliveryconfig": menu("\nDefault interface to deliver mail: In\n"),
        "sslconfig": menu("\nsslconfig settings:\n  Outbound SMTP method:  tlsv1\n"
                          "  Outbound SMTP ciphers: RC4-SHA:ALL\n"),
        "logconfig": menu(LOGS),
        "featurekey": menu(KEYS),
        "dlpstatus": "\nDLP Engine  1.0.18.d7bc5e1\n",
        "grep": grep,
        "telnet": telnet,
        "tlsverify": tlsverify,
    }  # fmt: skip


def stand_alone(_: str) -> Dialogue:
    """What a machine outside a cluster asks."""
    typed = yield (
        "\nDo you want to join or create a cluster?\n1. No, configure as standalone.\n"
        "2. Create a new cluster.\n3. Join an existing cluster over SSH.\n"
        "4. Join an existing cluster over CCS.\n[1]> "
    )
    assert typed in ("", "1"), f"{typed} would change it"
    return ""


def sma() -> dict[str, Command]:
    """An SMA that is suspended."""
    return {
        "showchanges": "{'config': {'pvo': {'new': 'enabled', 'old': 'disabled'}}}\n",
        "version": VERSION.replace("C100V", "M300V").replace(
            "Secure Email Gateway", "Content Security Management"
        ),
        "whoami": "\nUsername: admin\nFull Name: Administrator\nGroups: admin\n",
        "status": STATUS.replace("Online", "Offline"),
        "interfaceconfig": menu("\nCurrently configured interfaces:\n"
                                "1. Management (198.51.100.17/24 on M1: sma.example.com)\n"),
        "routeconfig": menu("\nCurrently configured routes:\n"),
        "sslconfig": menu("\nsslconfig settings:\n"),
        "featurekey": menu(KEYS.replace("Quantity  ", "").replace("1         ", "")),
    }  # fmt: skip


def sma_cli(**options: object) -> Cli:
    """The command line of that SMA."""
    banner = BANNER.replace("C100V", "M300V")
    banner = banner.replace("Secure Email Gateway Virtual", "Content Security Management Virtual")
    return Cli(sma(), "sma.example.com", banner=banner, **options)  # type: ignore[arg-type]


class Cli:
    """A command line: prompt, echo, pager, dialogues, Ctrl-C. ``typed`` is all that it received."""

    def __init__(
        self,
        commands: dict[str, Command],
        host: str = "mx.example.com",
        *,
        banner: str = BANNER,
        echo: bool = True,
        page: int = 0,
        swallow: int = 0,
    ) -> None:
        """``page`` rows make a page (0: no pager); ``swallow`` keys are lost at the pager."""
        self.commands = commands
        self.host = host
        self.typed = bytearray()
        self.lines: list[str] = []
        self.is_over = False
        self._banner, self._echo, self._page, self._swallow = banner, echo, page, swallow
        self._line = ""
        self._dialogue: Dialogue | None = None
        self._held: list[str] = []

    @property
    def prompt(self) -> str:
        """The prompt."""
        return f"{self.host}> "

    def start(self) -> bytes:
        """Return the banner and the first prompt."""
        return _bytes(self._banner + self.prompt)

    def feed(self, data: bytes) -> bytes:
        """Take what was typed and return what is printed."""
        self.typed += data
        return b"".join(self._key(chr(code)) for code in data)

    def _key(self, key: str) -> bytes:
        if self._held:
            return self._more(key)
        if key == "\x03":
            self._line, self._dialogue = "", None
            return _bytes("^C\n" + self.prompt)
        if key == "\n":
            line, self._line = self._line, ""
            return (b"\r\n" if self._echo else b"") + self._typed(line.strip())
        self._line += key
        return key.encode() if self._echo else b""

    def _typed(self, line: str) -> bytes:
        self.lines.append(line)
        if self._dialogue:
            return self._next(line)
        if line in ("exit", "quit"):
            self.is_over = True
            return b""
        if not line:
            return _bytes(self.prompt)
        command = self.commands.get(line.split()[0].lower())
        if command is None:
            return _bytes(f"Unknown command: {line.split()[0]}\n{self.prompt}")
        if isinstance(command, str):
            return self._shown(command + self.prompt)
        self._dialogue = command(line)
        return self._next(None)

    def _next(self, line: str | None) -> bytes:
        assert self._dialogue
        try:
            text = self._dialogue.send(line) if line is not None else next(self._dialogue)
        except StopIteration as end:
            self._dialogue = None
            text = (end.value or "") + self.prompt
        return self._shown(text)

    def _shown(self, text: str) -> bytes:
        rows = text.split("\n")
        if not self._page or len(rows) <= self._page:
            return _bytes(text)
        self._held = rows[self._page :]
        return _bytes("\n".join(rows[: self._page]) + "\n") + PAGER.encode()

    def _more(self, _: str) -> bytes:
        if self._swallow:
            self._swallow -= 1
            return b""
        held, self._held = "\n".join(self._held), []
        erased = b"\r" + b" " * len(PAGER) + b"\r"
        return erased + self._shown(held)


def _bytes(text: str) -> bytes:
    return text.replace("\n", "\r\r\n").encode()


class Member(Cli):
    """A member of a cluster: modes, NOTICEs where nothing is overridden, restricted commands."""

    def __init__(
        self,
        commands: dict[str, Command],
        machine: str = "esa1.example.com",
        place: str = "Machine esa1.example.com",
        own: Iterable[str] = (),
        **options: object,
    ) -> None:
        """``own`` are the commands that have a configuration at the machine."""
        self.place, self.machine, self.own = place, machine, set(own)
        super().__init__(commands, machine, **options)  # type: ignore[arg-type]
        self.commands = {
            **commands,
            "clustermode": self._mode,
            "clusterconfig": self._cluster,
            **{name: self._setting(name) for name in
               ("filters", "policyconfig", "dlpconfig", "dmarcconfig")},
            "deliveryconfig": self._setting("deliveryconfig"),
        }  # fmt: skip
        self._delivery = commands["deliveryconfig"]

    @property
    def prompt(self) -> str:
        """The prompt of the mode."""
        return f"({self.place})> "

    def _mode(self, line: str) -> Dialogue:
        words = line.split()
        level = words[1].capitalize()
        self.place = "Cluster Main" if level == "Cluster" else f"{level} {words[2]}"
        return ""
        yield

    def _cluster(self, line: str) -> Dialogue:
        if not self.place.startswith("Cluster"):
            typed = yield (
                'This command is restricted to "cluster" mode.  Would you like to switch to '
                '"cluster" mode? [Y]> '
            )
            assert typed == "N", "an offer was taken"
            return ""
        if "connstatus" in line:
            return "Machine esa2.example.com: connected\n"
        return MEMBERS

    def _setting(self, name: str) -> Callable[[str], Dialogue]:
        def run(line: str) -> Dialogue:
            if name == "policyconfig":
                yield (
                    "\nWould you like to configure Incoming Mail Policies or Outgoing Mail "
                    "Policies?\n1. Incoming Mail Policies\n2. Outgoing Mail Policies\n[1]> "
                )
            overridden = self.place.startswith("Machine") and name in self.own
            if not overridden and not self.place.startswith("Cluster"):
                typed = yield NOTICE.format(where=self.place)
                raise AssertionError(f"{typed!r} was typed at a NOTICE")
            if name == "deliveryconfig":
                return (yield from self._delivery(line))  # type: ignore[operator]
            return (yield from menu("\n")(line))

        return run


# In memory


@dataclass
class Clock:
    """A clock that only waiting moves."""

    now: float = 0.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Wire:
    """A channel to a ``Cli`` in memory, and what goes wrong on it.

    ``cut`` bytes make a packet (0: as they come), ``gap`` seconds lie between packets; after
    ``drop`` bytes of output the connection is gone; ``inject`` maps a typed line to raw output
    that comes in place of the answer; ``endless`` names a line that is answered without end.
    """

    cli: Cli
    cut: int = 0
    gap: float = 0.0
    drop: int | None = None
    inject: dict[str, bytes] = field(default_factory=dict)
    endless: str = ""
    clock: Clock = field(default_factory=Clock)
    is_closed: bool = False
    timeout: float = 0.0
    wrote_after_close: int = 0

    def __post_init__(self) -> None:
        self._packets: list[bytes] = []
        self._received = 0
        self._runs_on = False
        self._put(self.cli.start())

    def _put(self, data: bytes) -> None:
        size = self.cut or max(1, len(data))
        self._packets += [data[start : start + size] for start in range(0, len(data), size)]

    def sendall(self, data: bytes) -> None:
        if self.is_closed:
            self.wrote_after_close += 1
            raise OSError("closed")
        line = data.decode().strip()
        if line in self.inject:
            self.cli.typed += data
            self._put(data.replace(b"\n", b"\r\n") + self.inject[line])
            return
        if line and line == self.endless:
            self._runs_on = True
        self._put(self.cli.feed(data))

    def recv(self, size: int) -> bytes:
        if self.drop is not None and self._received >= self.drop:
            return b""
        if self._runs_on:
            self.clock.now += 0.01
            return b"Tue Jun  4 09:00:00 2024 Info: one more line\r\n" * 20
        if not self._packets:
            if self.cli.is_over:
                return b""
            self.clock.now += self.timeout
            raise TimeoutError
        if self.gap > self.timeout:
            self.clock.now += self.timeout
            self.gap_left = getattr(self, "gap_left", self.gap) - self.timeout
            if self.gap_left > 0:
                raise TimeoutError
            del self.gap_left
        packet = self._packets.pop(0)
        if self.drop is not None:
            packet = packet[: self.drop - self._received]
        self._received += len(packet)
        self.clock.now += min(self.gap, self.timeout)
        return packet

    def settimeout(self, seconds: float) -> None:
        self.timeout = seconds

    def close(self) -> None:
        self.is_closed = True


# Behind SSH


@dataclass
class Faults:
    """What goes wrong between the server and its client."""

    cut: int = 0
    gap: float = 0.0
    drop: int | None = None
    keys: frozenset[str] = frozenset()
    password: str = "made-password"  # noqa: S105 - a made one
    methods: str = "password,publickey"
    second_factor: bool = False
    login_delay: float = 0.0
    login_hangs_up: bool = False
    files: dict[str, bytes] = field(default_factory=dict)
    break_download: int | None = None
    scp: bool = True
    sftp: bool = False


class SshServer:
    """An appliance behind paramiko on loopback; ``logins`` lists every attempt and its method."""

    def __init__(self, make: Callable[[], Cli], host_key: object, faults: Faults) -> None:
        """``make`` gives a command line for each session."""
        self.make, self.host_key, self.faults = make, host_key, faults
        self.logins: list[str] = []
        self.sessions: list[Cli] = []
        self.executed: list[str] = []
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._socket.settimeout(0.2)
        self.port = self._socket.getsockname()[1]
        self._stop = threading.Event()
        self._transports: list[object] = []
        self._threads = [threading.Thread(target=self._accept, daemon=True)]

    def _accept(self) -> None:
        import paramiko

        while not self._stop.is_set():
            try:
                client, _ = self._socket.accept()
            except TimeoutError:
                continue
            except OSError:
                return
            transport = paramiko.Transport(client)
            transport.set_log_channel("pvo_kit.ssh")
            transport.add_server_key(self.host_key)  # type: ignore[arg-type]
            if self.faults.sftp:
                files = _files(self.faults.files)
                transport.set_subsystem_handler("sftp", paramiko.SFTPServer, files)
            self._transports.append(transport)
            try:
                transport.start_server(server=_interface(self))
            except (paramiko.SSHException, EOFError, OSError):
                continue

    def serve(self, channel: object, command: str | None) -> None:
        """Serve one channel in a thread of its own."""
        run = self._shell if command is None else self._exec
        thread = threading.Thread(target=run, args=(channel, command), daemon=True)
        self._threads.append(thread)
        thread.start()

    def _shell(self, channel, _command) -> None:  # type: ignore[no-untyped-def]
        cli = self.make()
        self.sessions.append(cli)
        sent = 0
        pending = cli.start()
        channel.settimeout(0.1)
        try:
            while True:
                for packet in self._packets(pending):
                    drop = self.faults.drop
                    if drop is not None and sent + len(packet) > drop:
                        channel.sendall(packet[: drop - sent])
                        channel.get_transport().close()
                        return
                    channel.sendall(packet)
                    sent += len(packet)
                    self._stop.wait(self.faults.gap)
                if cli.is_over or self._stop.is_set():
                    break
                try:
                    data = channel.recv(4096)
                except TimeoutError:
                    pending = b""
                    continue
                if not data:
                    break
                pending = cli.feed(data)
        except (OSError, EOFError):
            pass
        channel.close()

    def _packets(self, data: bytes) -> Iterator[bytes]:
        size = self.faults.cut or max(1, len(data))
        yield from (data[start : start + size] for start in range(0, len(data), size))

    def _exec(self, channel, command) -> None:  # type: ignore[no-untyped-def]
        """``scp -f FILE``, the sending side."""
        self.executed.append(command)
        if not self.faults.scp:
            channel.sendall(b"Unknown command: scp\r\n")
            channel.close()
            return
        path = command.rpartition(" ")[2].strip("'")
        data = self.faults.files.get(path)
        try:
            channel.recv(1)
            if data is None:
                channel.sendall(f"\x01scp: {path}: No such file or directory\n".encode())
            else:
                channel.sendall(f"C0644 {len(data)} {Path(path).name}\n".encode())
                channel.recv(1)
                broken = self.faults.break_download
                if broken is not None:
                    channel.sendall(data[:broken])
                    channel.get_transport().close()
                    return
                channel.sendall(data + b"\0")
                channel.recv(1)
        except (OSError, EOFError):
            pass
        channel.close()

    def close(self) -> None:
        """End everything."""
        self._stop.set()
        self._socket.close()
        for transport in self._transports:
            transport.close()  # type: ignore[attr-defined]
        for thread in self._threads:
            thread.join(timeout=5)


def _interface(server: SshServer):  # type: ignore[no-untyped-def]
    import paramiko

    class Interface(paramiko.ServerInterface):
        def get_allowed_auths(self, username: str) -> str:
            return server.faults.methods

        def _faults(self) -> None:
            server._stop.wait(server.faults.login_delay)
            if server.faults.login_hangs_up:
                server._transports[-1].close()  # type: ignore[attr-defined]

        def check_auth_password(self, username: str, password: str) -> int:
            server.logins.append("password")
            self._faults()
            right = "password" in server.faults.methods and password == server.faults.password
            return paramiko.AUTH_SUCCESSFUL if right else paramiko.AUTH_FAILED

        def check_auth_publickey(self, username: str, key: paramiko.PKey) -> int:
            server.logins.append(f"publickey {key.get_base64()[-8:]}")
            self._faults()
            right = key.get_base64() in server.faults.keys
            return paramiko.AUTH_SUCCESSFUL if right else paramiko.AUTH_FAILED

        def check_auth_interactive(self, username: str, submethods: str):  # type: ignore[no-untyped-def]
            server.logins.append("keyboard-interactive")
            return paramiko.InteractiveQuery("", "", ("Password: ", False))

        def check_auth_interactive_response(self, responses: list[str]):  # type: ignore[no-untyped-def]
            if server.faults.second_factor:
                server.faults.second_factor = False
                return paramiko.InteractiveQuery("", "", ("Passcode: ", False))
            right = responses == [server.faults.password]
            return paramiko.AUTH_SUCCESSFUL if right else paramiko.AUTH_FAILED

        def check_channel_request(self, kind: str, chanid: int) -> int:
            return paramiko.OPEN_SUCCEEDED

        def check_channel_pty_request(self, *_: object) -> bool:
            return True

        def check_channel_shell_request(self, channel: paramiko.Channel) -> bool:
            server.serve(channel, None)
            return True

        def check_channel_exec_request(self, channel: paramiko.Channel, command: bytes) -> bool:
            server.serve(channel, command.decode())
            return True

    return Interface()


def _files(files: dict[str, bytes]):  # type: ignore[no-untyped-def]
    """An SFTP server of these files and no others."""
    import io

    import paramiko

    class Files(paramiko.SFTPServerInterface):
        def list_folder(self, path: str):  # type: ignore[no-untyped-def]
            found = [name for name in files if name.rpartition("/")[0] == path]
            return [_attributes(name) for name in found] or paramiko.SFTP_NO_SUCH_FILE

        def stat(self, path: str):  # type: ignore[no-untyped-def]
            return _attributes(path) if path in files else paramiko.SFTP_NO_SUCH_FILE

        def open(self, path: str, flags: int, attr: object):  # type: ignore[no-untyped-def]
            if path not in files:
                return paramiko.SFTP_NO_SUCH_FILE
            handle = paramiko.SFTPHandle(flags)
            handle.readfile = io.BytesIO(files[path])
            handle.stat = lambda: _attributes(path)
            return handle

    def _attributes(path: str) -> paramiko.SFTPAttributes:
        found = paramiko.SFTPAttributes()
        found.filename = path.rpartition("/")[2]
        found.st_size = len(files[path])
        found.st_mode = 0o100644
        return found

    return Files


@contextmanager
def served(
    make: Callable[[], Cli], host_key: object, faults: Faults | None = None
) -> Iterator[SshServer]:
    """Run a server for the time of a ``with`` block."""
    server = SshServer(make, host_key, faults or Faults())
    server._threads[0].start()
    try:
        yield server
    finally:
        server.close()
