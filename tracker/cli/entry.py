"""Where the command begins: from here on Ctrl-C ends in one line, also while the rest is still loading."""

import gc
import sys
from typing import NoReturn

# Loading makes some hundred thousand objects that stay. Python looks through the young ones by the thousand by default
# and through all of them again and again meanwhile, which takes a seventh of the time until a command begins.
_YOUNG_MOST = 10_000


def main() -> NoReturn:
    """Run the command line and exit."""
    gc.set_threshold(_YOUNG_MOST)
    try:
        from tracker.cli.main import run
        from tracker.cli.streams import prepare_streams

        prepare_streams()
        status = run(sys.argv[1:])
    except KeyboardInterrupt:
        sys.stderr.write("trialog: interrupted\n")
        status = 130
    sys.exit(status)
