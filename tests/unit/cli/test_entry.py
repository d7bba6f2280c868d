"""Ctrl-C ends in one line and status 130 from the first moment on, also while modules are being loaded."""

import subprocess
import sys

LOADING_INTERRUPTED = """
import sys
from tracker.cli.entry import main

class Interrupting:
    def find_spec(self, name, path=None, target=None):
        if name == interrupted:
            raise KeyboardInterrupt

interrupted = sys.argv.pop()
sys.meta_path.insert(0, Interrupting())
main()
"""


def test_ctrl_c_while_loading_is_one_line() -> None:
    """Whichever module is being loaded at that moment."""
    for module in ("tracker.cli.main", "click", "tracker.cli.streams"):
        done = subprocess.run(
            [sys.executable, "-c", LOADING_INTERRUPTED, module], check=False, capture_output=True, text=True
        )
        assert (130, "", "trialog: interrupted\n") == (done.returncode, done.stdout, done.stderr)
