"""``python -m pvo_kit`` is ``pvo-kit``."""

import sys

from pvo_kit.cli import main

if __name__ == "__main__":
    sys.exit(main())
