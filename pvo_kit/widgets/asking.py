"""Who is told and asked while a notebook collects: a click tells alone, a cell can ask too."""

from __future__ import annotations

import getpass
from collections.abc import Callable

from pvo_kit.errors import InputError
from pvo_kit.escape import terminal
from pvo_kit.widgets.collecting import IN_CELL


class Told:
    """The console of a click: it tells, and cannot ask."""

    is_interactive = True

    def __init__(self, tell: Callable[[str], None]) -> None:
        """``tell`` shows a line."""
        self._tell = tell

    def say(self, text: str) -> None:
        """Show a line."""
        self._tell(text)

    def secret(self, question: str) -> str:
        """Refuse, with the ways out."""
        raise InputError(
            f"{question.rstrip(': ')} is needed, and a click cannot ask for it. Run {IN_CELL} in a "
            "cell, which asks; or give a key file, load a key into an SSH agent, or store the "
            "password: keyring set pvo-kit USER@HOST"
        )

    def confirm(self, question: str) -> bool:
        """Say no: a host key is added by hand."""
        return False


class Cell(Told):
    """The console of a running cell: its questions come below the cell, answers are not shown."""

    def secret(self, question: str) -> str:
        """Ask below the cell; the answer is not shown there."""
        try:
            return getpass.getpass(terminal(question))
        except (NotImplementedError, EOFError):  # a kernel without a person
            raise InputError(f"{question.rstrip(': ')}: nobody can be asked here") from None
