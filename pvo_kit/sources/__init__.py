"""From paths to files: every file below them, through archives, as a stream with a name.

    walk(paths) ──▶ Source(file, stream)   a file, to be read before the next one is asked for
                └─▶ Unread(file, reason)   something that cannot be read, and the way out

Archives (zip, tar, tar.gz, gz) are known by their content. What can go wrong while a stream is
read (damage, a bomb) is a ``SourceError`` of its ``read``, raised behind the bytes that were good.

Each module imports only from those to its right:

    paths ──▶ archives ──▶ zips, tars ──▶ streams, limits ──▶ reasons ──▶ names
"""

from pvo_kit.sources.items import Source, Unread
from pvo_kit.sources.limits import LIMITS, Limits
from pvo_kit.sources.paths import walk
from pvo_kit.sources.reasons import SourceError

__all__ = ["LIMITS", "Limits", "Source", "SourceError", "Unread", "walk"]
