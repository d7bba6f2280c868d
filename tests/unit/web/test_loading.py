"""What a question loads: nothing of the web."""

import subprocess
import sys

LOADED = """
import sys
from tracker.cli.main import COMMANDS, cli, run
import click
for name in COMMANDS:
    cli.get_command(click.Context(cli), name)
run(["status", "--json", "--database", "not/here.db"])
run(["show", "NCT00000001", "--database", "not/here.db"])
web = {"fastapi", "starlette", "uvicorn", "pydantic", "prometheus_client"}
sys.stderr.write(repr(sorted(web & sys.modules.keys())))
"""


def test_no_command_but_the_daemon_loads_the_web() -> None:
    """A question starts as quickly as before."""
    done = subprocess.run([sys.executable, "-c", LOADED], check=True, capture_output=True, text=True)
    assert "[]" == done.stderr.splitlines()[-1]
