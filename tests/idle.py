"""An idle daemon over many rounds: ``python -m tests.idle`` (``make idle``).

A real daemon follows a simulated registry in which nothing happens, and serves its pages. In each round a minute of
simulated time passes, it asks for a new release, evaluates, and looks for what is due; and somebody looks at a few
pages, feeds and answers of the API. The memory that it holds is drawn into ``docs/idle.svg``; ``docs/campaigns.md``
keeps what came of it.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import cycle, islice
from pathlib import Path

from tests.contract.cli.command import trialog
from tests.contract.daemon.daemons import QUICK, RunningDaemon, running
from tests.contract.web.site import get
from tracker.simulator.made_trials import made_trials
from tracker.simulator.server import SimulatedRegistry
from tracker.simulator.study_answers import StudyAnswers
from tracker.simulator.world import World

MOST_BYTES = 160_000_000
STEADY_SHARE = 0.03  # of the memory after half of the rounds, which fills caches
FIRST_DAY = datetime(2026, 1, 12, 9, 0, 5, tzinfo=UTC)
LOOKED_AT = (
    *(
        "/",
        "/trials/{trial}",
        "/changes",
        "/stale",
        "/trials/{trial}?as_of=2026-01-12",
        "/?q=asthma",
        "/runs",
        "/login",
    ),
    *(
        "/api/v1/tracked",
        "/api",
        "/stale.ics",
        "/feeds/changes.atom",
        "/feeds/trials/{trial}.json",
        "/healthz",
        "/metrics",
    ),
    *("/api/v1/trials/{trial}", "/api/v1/trials?q=heart", "/api/v1/changes?format=csv", "/api/v1/openapi.json"),
)
_MINUTE = timedelta(minutes=1)
_WIDTH, _HEIGHT, _LEFT, _FOOT = 720, 240, 60, 30


def main() -> int:
    """Run so many rounds; 1 where the daemon holds too much, or grows."""
    parser = argparse.ArgumentParser(description="Let a daemon be idle for many rounds, and watch its memory.")
    parser.add_argument("--rounds", type=int, default=10_000)
    parser.add_argument("--looks", type=int, default=4, help="how many pages are asked for in a round")
    parser.add_argument("--plot", type=Path, default=Path("docs/idle.svg"))
    given = parser.parse_args()
    began_s = time.monotonic()
    samples = list(measured(given.rounds, looks=given.looks))
    given.plot.write_text(plot(samples), encoding="utf-8")
    fault = fault_of(samples)
    sys.stdout.write(f"{samples[-1][0]:,} rounds in {time.monotonic() - began_s:,.0f} s: {fault or 'steady'}\n")
    return int(fault is not None)


def measured(rounds: int, *, looks: int) -> Iterator[tuple[int, int]]:
    """Rounds done, and the bytes of memory that the daemon holds then; some 200 pairs."""
    world = World(made_trials(200, seed=1, on=FIRST_DAY.date()), data_time=FIRST_DAY)
    paths = looked_at(world.trial_ids())
    with SimulatedRegistry(StudyAnswers(world)) as registry, idle_daemon(registry) as daemon:
        step, url = max(rounds // 200, 1), daemon.wait_for("http_listening")["url"]
        for done in range(1, rounds + 1):
            registry.requests.clear()
            world.clock.move_to(world.clock.now() + _MINUTE)
            wait_until(lambda: registry.requests, daemon)
            for path in islice(paths, looks):
                look(url, path)
            if done % step == 0:
                yield done, resident_bytes(daemon.process.pid)


def looked_at(trials: Sequence[str]) -> Iterator[str]:
    """The addresses that are asked for, each trial in its turn, for ever."""
    return (path.format(trial=trial) for trial in cycle(trials) for path in LOOKED_AT)


def look(url: str, path: str) -> None:
    """Ask for an address, which must answer."""
    reply = get(url, path)
    assert (path, 200) == (path, reply.status), reply.body


@contextmanager
def idle_daemon(registry: SimulatedRegistry) -> Iterator[RunningDaemon]:
    """A daemon that has polled once."""
    with tempfile.TemporaryDirectory(prefix="trialog-idle-") as folder:
        here = QUICK | {
            "TRIALOG_DATABASE": str(Path(folder) / "ledger.db"),
            "TRIALOG_CTGOV__BASE_URL": registry.url,
            "TRIALOG_CLOCK__URL": f"{registry.url}/clock",
            "TRIALOG_SCHEDULE__RELEASE": "every 1m",
            "TRIALOG_HTTP__LISTEN": "127.0.0.1:0",
            "TRIALOG_LOG__LEVEL": "info",
            "TRIALOG_WEB__REQUESTS_PER_MINUTE": "0",
        }
        tracked = trialog("track", "--all", stdin=b"", cwd=None, **here)
        assert 0 == tracked.status, tracked.err
        # An interpreter of its own: one that is forked has what others load in its memory.
        with running(**here, PYTHONHASHSEED="0") as daemon:
            daemon.wait_for("job_done", job="release", within_s=60)
            yield daemon


def wait_until(is_so: Callable[[], object], daemon: RunningDaemon) -> None:
    """Return once it is so; fails where the daemon has ended or does nothing for a minute."""
    ends_at_s = time.monotonic() + 60
    while not is_so():
        assert daemon.process.poll() is None, "the daemon has ended"
        assert time.monotonic() < ends_at_s, "the daemon does nothing"
        time.sleep(0.005)


def resident_bytes(pid: int) -> int:
    """The memory that a process holds."""
    for line in Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024
    raise LookupError(pid)


def fault_of(samples: list[tuple[int, int]]) -> str | None:
    """What is wrong with the memory held; None where it is small and steady."""
    most = max(held for _, held in samples)
    settled = samples[len(samples) // 2][1]
    grown = samples[-1][1] - settled
    told = f"at most {most / 1e6:.1f} MB, {grown / 1e6:+.1f} MB since half of the rounds"
    if most > MOST_BYTES:
        return f"too much: {told}"
    if grown > settled * STEADY_SHARE:
        return f"it grows: {told}"
    sys.stdout.write(f"{told}\n")
    return None


def plot(samples: list[tuple[int, int]]) -> str:
    """A line of megabytes over rounds, from zero up to the limit."""
    rounds = samples[-1][0]
    place = [f"{_LEFT + (_WIDTH - _LEFT - 10) * done / rounds:.1f},{_height_of(held):.1f}" for done, held in samples]
    limit = _height_of(MOST_BYTES)
    words = [
        f'<text x="{_LEFT - 8}" y="{_height_of(mb * 1e6) + 4:.0f}" text-anchor="end">{mb}</text>'
        for mb in (0, 40, 80, 120, 160)
    ]
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" font-family="sans-serif" '
            'font-size="12">',
            "<title>Resident memory of an idle daemon, in megabytes, over its rounds</title>",
            f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="white"/>',
            f'<line x1="{_LEFT}" y1="{limit:.1f}" x2="{_WIDTH - 10}" y2="{limit:.1f}" stroke="#b00" '
            'stroke-dasharray="6 4"/>',
            f'<line x1="{_LEFT}" y1="{_height_of(0):.1f}" x2="{_WIDTH - 10}" y2="{_height_of(0):.1f}" stroke="#444"/>',
            *words,
            f'<text x="{_WIDTH - 10}" y="{_HEIGHT - 8}" text-anchor="end">{rounds:,} rounds</text>',
            f'<text x="{_LEFT}" y="{_HEIGHT - 8}">MB; dashed: the limit</text>',
            f'<polyline fill="none" stroke="#06c" stroke-width="2" points="{" ".join(place)}"/>',
            "</svg>",
            "",
        ]
    )


def _height_of(held: float) -> float:
    return (_HEIGHT - _FOOT) - (_HEIGHT - _FOOT - 10) * held / (MOST_BYTES * 1.1)


if __name__ == "__main__":
    raise SystemExit(main())
