"""The line discipline of a simulated box: bytes of keys in, bytes for the screen out.

It echoes what is typed, ends lines with CR CR LF, edits with Backspace, stops long output at
``-Press Any Key For More-`` and erases the mark again, and hands whole lines to a Session. A key
that comes while output runs is kept for the next line, as a terminal's buffer does.
"""

from __future__ import annotations

from collections.abc import Callable

from pvo_kit.simulator.session import Secret, Session

NEWLINE = b"\r\r\n"
PAGER = b"-Press Any Key For More-"
_ERASE = b"\r" + b" " * len(PAGER) + b"\r"

_BREAK, _END, _BACKSPACES, _ENTERS = 0x03, 0x04, (0x08, 0x7F), (0x0A, 0x0D)


class Terminal:
    """A session behind a screen of ``height`` lines; ``write`` takes what is shown.

    ``height`` 0 turns the pager off, ``echo`` False leaves the echo to the other end.
    """

    def __init__(
        self,
        session: Session,
        write: Callable[[bytes], object],
        height: int = 24,
        *,
        echo: bool = True,
    ) -> None:
        """Show the banner and the first prompt."""
        self._session = session
        self._write = write
        self._height = height
        self._echo = echo
        self._line = bytearray()
        self._waiting: list[str] = []
        self._prompt = ""
        self._after_return = False
        self._show(f"{session.banner}{session.prompt}")

    @property
    def is_over(self) -> bool:
        """Whether the session has ended and everything was shown."""
        return self._session.is_over and not self._waiting

    def keys(self, data: bytes) -> None:
        """Take keys as they come."""
        for key in data:
            if self.is_over:
                return
            if self._waiting:
                self._turn_page(key)
            else:
                self._key(key)

    def _key(self, key: int) -> None:
        is_second_half = key == 0x0A and self._after_return
        self._after_return = key == 0x0D
        if is_second_half:
            return
        if key == _BREAK:
            self._line.clear()
            self._write(b"^C" + NEWLINE if self._echo else NEWLINE)
            self._show(self._session.interrupt())
        elif key == _END and not self._line:
            self._session.is_over = True
        elif key in _ENTERS:
            line = self._line.decode("utf-8", "replace")
            self._line.clear()
            if self._echo:
                self._write(NEWLINE)
            self._show(self._session.type(line))
        elif key in _BACKSPACES:
            if self._line:
                self._line.pop()
                self._echoed(b"\b \b")
        else:
            self._line.append(key)
            self._echoed(bytes([key]))

    def _echoed(self, data: bytes) -> None:
        if self._echo and not isinstance(self._session.asks, Secret):
            self._write(data)

    def _show(self, text: str) -> None:
        """Show output up to the pager's mark; its last line is what the box waits at."""
        *lines, self._prompt = text.split("\n")
        self._waiting = lines
        self._page()

    def _page(self) -> None:
        count = self._height - 1 if self._height else len(self._waiting)
        shown, self._waiting = self._waiting[:count], self._waiting[count:]
        for line in shown:
            self._write(line.encode("utf-8") + NEWLINE)
        self._write(PAGER if self._waiting else self._prompt.encode("utf-8"))

    def _turn_page(self, key: int) -> None:
        self._write(_ERASE)
        if key in (_BREAK, ord("q"), ord("Q")):
            self._waiting = []
            self._write(self._prompt.encode("utf-8"))
            return
        self._page()
