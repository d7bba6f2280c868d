"""``trialog serve``: the server as a process of its own."""

import signal
import time
from pathlib import Path

import pytest

from tests.contract.cli.command import trialog
from tests.contract.daemon.daemons import running
from tests.contract.pipeline.lab import Lab
from tests.contract.web.followers import Follower
from tests.contract.web.site import get
from tests.records import record


@pytest.mark.parametrize("kind", (signal.SIGTERM, signal.SIGINT))
def test_it_serves_until_it_is_told_to_end(tmp_path: Path, kind: signal.Signals) -> None:
    """Fifty open streams end with it, within ten seconds; a ledger is made where there is none."""
    file = tmp_path / "ledger.db"
    with running("--listen", "127.0.0.1:0", command="serve", TRIALOG_DATABASE=str(file)) as server:
        url = server.wait_for("http_listening")["url"]
        assert 200 == get(url, "/").status
        streams = [Follower.open(url) for _ in range(50)]
        lab = Lab.open(f"sqlite:///{file}")
        lab.see(record())
        lab.close()
        assert 1 == len({one.position() for one in streams})
        began = time.monotonic()
        assert 0 == server.end(kind)
        assert time.monotonic() - began < 10
        assert all(one.ends() for one in streams)


def test_an_address_that_is_none_is_told() -> None:
    """By its option."""
    asked = trialog("serve", "--listen", "nowhere")
    assert 2 == asked.status
    assert "--listen is 'nowhere'; expected" in asked.err
