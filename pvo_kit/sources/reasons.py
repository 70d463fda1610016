"""Why something cannot be read, in words that go on where its name ends, with the way out.

``case.zip/mail.log`` + ``is cut off: it ends too early; ask for it again``
"""

from __future__ import annotations

import struct
import tarfile
import zipfile
import zlib

from pvo_kit.errors import PvoError
from pvo_kit.sources.names import printable

UNPACK = "unpack it and give the folder"
AGAIN = "ask for it again"

ABSENT = "does not exist; check the path"
LINK = "is a link; give the file that it points to"
SPECIAL = "is a pipe, a socket or a device; write its content to a file and give that"
OUTSIDE = "has a path that leads out of its archive; unpack it by hand if it is meant to be there"
ENCRYPTED = "is encrypted; unpack it with its password and give the folder"
OFFICE = "is an Office document; save it as plain text and give that"
SPARSE = f"is stored with holes (sparse); {UNPACK}"
UNLISTED = f"is cut off or damaged: its list of members is missing; {AGAIN}"


class SourceError(PvoError):
    """A stream that broke while it was read; the message is a reason as in ``Unread``."""


DAMAGE = (
    SourceError,
    OSError,
    EOFError,
    ValueError,
    OverflowError,
    NotImplementedError,
    struct.error,
    zlib.error,
    zipfile.BadZipFile,
    tarfile.TarError,
)
"""All that reading a broken disk or a damaged archive raises."""


def reason(error: Exception) -> str:
    """Return the reason that an error of ``DAMAGE`` stands for."""
    if isinstance(error, SourceError):
        return str(error)
    if isinstance(error, PermissionError):
        return "may not be read; ask for the right to read it"
    if isinstance(error, OSError) and error.errno is not None:
        return f"cannot be read ({error.strerror}); copy it to a local folder"
    if isinstance(error, EOFError):
        return f"is cut off: it ends too early; {AGAIN}"
    return f"is damaged ({printable(str(error))}); {AGAIN}"
