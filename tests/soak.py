"""Follows random lives of a simulated registry at full size: ``python -m tests.soak`` (``make soak``).

A line for each life, with its seed; ``tests/properties`` follows small ones. ``docs/campaigns.md`` keeps what came of
the large ones.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import structlog

from tests.following import DAILY
from tests.lives import Kind, Life, follow
from tracker.pipeline.polling.legs import Leg

_QUIET = 50  # above every level: what goes wrong is what is wanted here
_LEGS = {"daily": DAILY, "all": tuple(Leg)}
_DESCRIPTION = "Follow random lives of a simulated registry, and compare the ledger with the truth."


def main() -> int:
    """Follow what is asked for; 1 where the ledger is not equal to the truth."""
    given = _arguments()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(_QUIET))
    return max([_lived(life) for life in _lives(given)], default=0)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=_DESCRIPTION)
    parser.add_argument("--trials", type=int, default=5000)
    parser.add_argument("--releases", type=int, default=60)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1])
    parser.add_argument("--kinds", nargs="+", choices=list(Kind), default=list(Kind), help="what the lives are about")
    parser.add_argument("--legs", nargs="+", choices=list(_LEGS), default=list(_LEGS), help="all: with refresh")
    parser.add_argument("--faults", type=float, default=0.03, help="share of the requests that something befalls")
    parser.add_argument("--page-size", type=int, default=200)
    return parser.parse_args()


def _lives(given: argparse.Namespace) -> Iterator[Life]:
    for seed in given.seeds:
        for kind in map(Kind, given.kinds):
            for legs in given.legs:
                if kind is Kind.LATE and legs != "all":
                    continue  # what is held is read again by the daily legs, which sees more than they would
                yield Life(
                    kind=kind,
                    seed=seed,
                    trials=given.trials,
                    releases=given.releases,
                    legs=_LEGS[legs],
                    fault_rate=given.faults,
                    page_size=given.page_size,
                )


def _lived(life: Life) -> int:
    started_s = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        try:
            outcome = follow(life, f"sqlite:///{Path(folder) / 'ledger.db'}")
        except AssertionError as err:
            _say(f"{life}: NOT EQUAL, {time.monotonic() - started_s:,.0f} s\n{err}")
            return 1
    _say(f"{life}: equal, {outcome}, {time.monotonic() - started_s:,.0f} s")
    return 0


def _say(line: str) -> None:
    print(line, flush=True)  # noqa: T201


if __name__ == "__main__":
    sys.exit(main())
