"""Log lines about one trial: each bears its id, beside the run's and the leg's."""

import logging
from collections.abc import Iterator, MutableMapping
from typing import Any

import pytest
import structlog
from structlog.contextvars import merge_contextvars
from structlog.testing import capture_logs

from tests.contract.pipeline.lab import Lab, MadeSource, raw_of
from tests.contract.pipeline.registries import asking
from tests.following import DAILY, following
from tests.unit.simulator.worlds import ONE, made_world, world
from tracker.diffing.catalogue import default_catalogue
from tracker.domain.errors import NotFound
from tracker.pipeline.backfilling import Backfiller
from tracker.pipeline.polling.legs import Leg
from tracker.pipeline.resolving import resolve_trials
from tracker.simulator import edits
from tracker.simulator.draft import PROTOCOL
from tracker.simulator.faults import Fault, Plan
from tracker.source import Place, RawRecord

TITLE = f"{PROTOCOL}/identificationModule/briefTitle"
NOWHERE = "NCT99999999"


@pytest.fixture
def lines() -> Iterator[list[MutableMapping[str, Any]]]:
    """The lines of every level that are logged, with what is bound to them, whatever a test before has configured."""
    before = structlog.get_config()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.DEBUG))
    with capture_logs(processors=[merge_contextvars]) as captured:
        yield captured
    structlog.configure(**before)


def bound(lines: list[MutableMapping[str, Any]], event: str) -> list[tuple[object, object]]:
    """The leg and the trial of each line of that name."""
    return [(line.get("leg"), line.get("trial")) for line in lines if line["event"] == event]


def test_what_a_poll_asks_and_records_of_one_trial(own_lab: Lab, lines: list[MutableMapping[str, Any]]) -> None:
    """A request that is made of one trial alone, and what is recorded of each."""
    registry = made_world(3, seed=3)
    gone, changed, _ = registry.trial_ids()
    with following(own_lab, registry) as follower:
        follower.track_all()
        follower.poll()
        registry.remove(gone)
        registry.edit(changed, edits.sponsor("Renamed"))
        registry.advance()
        registry.publish()
        lines.clear()
        follower.server.faults.next(Fault.SERVER_ERROR, plan=Plan(fault=Fault.SERVER_ERROR, path=f"/{gone}"))
        follower.poll(*DAILY)
    assert [(Leg.MISSING, gone)] == bound(lines, "registry_asked_again")
    assert [(Leg.DELTA, changed)] == bound(lines, "change_recorded")


def test_what_a_poll_refuses(own_lab: Lab, lines: list[MutableMapping[str, Any]]) -> None:
    """A record that cannot be read."""
    registry = world()
    registry.edit(ONE, edits.value(f"{PROTOCOL}/statusModule/completionDateStruct/date", "2026-02-31"))
    registry.advance()
    registry.publish()
    with following(own_lab, registry) as follower:
        follower.track_all()
        follower.poll(Leg.DELTA)
    assert [(Leg.DELTA, ONE)] == bound(lines, "record_refused")


def test_what_a_poll_holds(own_lab: Lab, lines: list[MutableMapping[str, Any]]) -> None:
    """A path that changed on too many records, and a record that is missing with too many others."""
    registry = made_world(300, seed=3)
    with following(own_lab, registry, page_size=1000) as follower:
        follower.track_all()
        follower.poll()
        everyone = registry.trial_ids()
        registry.migrate(TITLE, lambda title: f"{title} (moved)")
        registry.advance()
        registry.publish()
        follower.poll(Leg.REFRESH, force=True)
        vanished = everyone[:60]
        for trial_id in vanished:
            registry.remove(trial_id)
        registry.advance()
        registry.publish()
        follower.poll(*DAILY)
    assert [(Leg.REFRESH, one) for one in sorted(everyone)] == sorted(bound(lines, "record_held"), key=str)
    assert [(Leg.MISSING, one) for one in vanished] == bound(lines, "absence_held")


def test_what_a_backfill_asks_and_refuses(own_lab: Lab, lines: list[MutableMapping[str, Any]]) -> None:
    """Every request, and every version that cannot be read."""
    made = world()
    made.edit(ONE, edits.value(f"{PROTOCOL}/statusModule/completionDateStruct/date", "2026-02-31"))
    made.advance()
    made.publish()
    with asking(made) as (registry, server):
        for path in (f"/{ONE}", f"/{ONE}/history", f"/{ONE}/history/0"):
            server.faults.next(Fault.SERVER_ERROR, plan=Plan(fault=Fault.SERVER_ERROR, path=path))
        Backfiller(
            database=own_lab.database, catalogue=default_catalogue(), registry=registry, now=lambda: own_lab.observed_at
        ).run([ONE])
    assert [(None, ONE)] * 3 == bound(lines, "registry_asked_again")
    assert {(None, ONE)} == set(bound(lines, "record_refused"))


def test_what_is_asked_before_tracking(lines: list[MutableMapping[str, Any]]) -> None:
    """An id that no list shows is asked for alone."""
    with asking(world()) as (registry, server):
        server.faults.next(Fault.SERVER_ERROR, plan=Plan(fault=Fault.SERVER_ERROR, path=f"/{NOWHERE}"))
        with pytest.raises(NotFound):
            resolve_trials(registry, [NOWHERE])
    assert [(None, NOWHERE)] == bound(lines, "registry_asked_again")


def test_what_an_import_refuses(own_lab: Lab, lines: list[MutableMapping[str, Any]]) -> None:
    """By the name of the file or member, where that is a trial's; else the line names the place alone."""
    good = raw_of(own_lab.record())
    places = (Place(file=f"a/{ONE}.json"), Place(file="all.zip", member=f"x/{NOWHERE}.json"), Place(file="odd.json"))
    own_lab.run(MadeSource([good, *(RawRecord(place=place, raw=b"{}", kind="study") for place in places)]))
    assert [(None, ONE), (None, NOWHERE), (None, None)] == bound(lines, "record_refused")
