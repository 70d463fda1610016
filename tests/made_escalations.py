"""Makes an archive of small escalations: the bundled cases again and again, under other names.

Nothing in it is captured: each case has a domain of its own below example.com, so that no two
have the same evidence.

    python tests/made_escalations.py FOLDER --cases 1000
"""

from __future__ import annotations

import argparse
from pathlib import Path

import pvo_kit as pvo


def make(folder: Path, count: int) -> Path:
    """Write so many escalations into a folder, one folder each, and return it."""
    bundled = [pvo.example(name) for name in pvo.examples()]
    for number in range(count):
        source = bundled[number % len(bundled)]
        domain = f"c{number:05}.example.com".encode()
        for path in sorted(each for each in source.rglob("*") if each.is_file()):
            target = folder / f"{number:05}-{source.name}" / path.relative_to(source)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(path.read_bytes().replace(b"example.com", domain))
    return folder


def main() -> None:
    """Make an archive from the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--cases", type=int, default=1000)
    arguments = parser.parse_args()
    make(arguments.folder, arguments.cases)


if __name__ == "__main__":
    main()
