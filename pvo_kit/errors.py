"""The errors that pvo_kit raises on purpose.

    PvoError
    └── InputError        what was given cannot be used; the message names it and the way out

Everything that goes wrong inside an escalation (a damaged archive, a transcript that was cut, a
scenario that broke) is data, not an exception: it is listed in the evidence or in a finding.
"""


class PvoError(Exception):
    """Base of all errors of this package."""

    def _render_traceback_(self) -> list[str]:
        """What a notebook shows below a cell: the message, which tells the way out."""
        from pvo_kit.escape import terminal

        return [terminal(line) for line in f"{type(self).__name__}: {self}".split("\n")]


class InputError(PvoError):
    """A path, an option or a set of files that cannot be used; the command line exits with 2."""
