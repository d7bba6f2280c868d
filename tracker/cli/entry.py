"""Where the command begins: from here on Ctrl-C ends in one line, also while the rest is still loading."""

import sys
from typing import NoReturn


def main() -> NoReturn:
    """Run the command line and exit."""
    try:
        from tracker.cli.main import run
        from tracker.cli.streams import prepare_streams

        prepare_streams()
        status = run(sys.argv[1:])
    except KeyboardInterrupt:
        sys.stderr.write("trialog: interrupted\n")
        status = 130
    sys.exit(status)
