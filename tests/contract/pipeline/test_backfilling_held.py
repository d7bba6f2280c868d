"""A live record that a backfill takes in brings nothing with it of which a person has still to decide."""

from contextlib import closing

import pytest

from tests.contract.pipeline.lab import Lab
from tests.contract.pipeline.registries import Breaking, asking
from tests.records import Json
from tests.unit.simulator.worlds import ONE, study, world
from tracker.diffing.canonical import canonical
from tracker.diffing.catalogue import default_catalogue
from tracker.pipeline.backfilling import Backfiller
from tracker.pipeline.polling.intake import Intake
from tracker.pipeline.releasing import release
from tracker.registry import Found, Registry
from tracker.simulator import edits
from tracker.simulator.draft import PROTOCOL

RUN = "11111111-2222-4333-8444-555555555555"
TITLE = f"{PROTOCOL}/identificationModule/briefTitle"
_BEFORE_THE_LIVE_RECORD = 3  # the trial, its list of versions, and the one version


def backfill(lab: Lab, registry: Registry) -> None:
    """Backfill the first trial."""
    Backfiller(
        database=lab.database, catalogue=default_catalogue(), registry=registry, now=lambda: lab.observed_at
    ).run([ONE])


def poll(lab: Lab, registry: Registry) -> None:
    """Read the trial in a leg in which hundreds of others have other titles."""
    shown = registry.study(ONE)
    assert isinstance(shown, Found)
    with closing(
        Intake(lab.database, default_catalogue(), run_id=RUN, source="refresh", now=lambda: lab.observed_at)
    ) as intake:
        intake.take(shown.record, registry.release())
        for number in range(200):
            intake.aside.accidents.compared(f"NCT9{number:07d}", {TITLE})
        intake.settle()


def title(record: Json) -> str:
    """The brief title."""
    return str(record["protocolSection"]["identificationModule"]["briefTitle"])


@pytest.mark.parametrize("is_new_version", (False, True))
def test_a_path_that_waits_does_not_come_in_by_a_backfill(own_lab: Lab, is_new_version: bool) -> None:
    """Of a trial of which only the history is held; where it has a new date, its record comes in as a whole."""
    living = world(study(ONE))
    with asking(living) as (client, _):
        with pytest.raises(KeyboardInterrupt):
            backfill(own_lab, Breaking(client, left=_BEFORE_THE_LIVE_RECORD))
        living.edit(ONE, edits.value(TITLE, "A migrated trial"), edits.sponsor("Renamed"), silent=True)
        living.advance()
        living.publish()
        poll(own_lab, client)
        if is_new_version:
            living.edit(ONE, edits.enrollment(70))
            living.advance()
            living.publish()
        backfill(own_lab, client)
        newest = own_lab.stored(own_lab.timeline(ONE)[-1].snapshot)
        assert (title(newest) == "A migrated trial") is is_new_version
        assert "Renamed" == newest["protocolSection"]["sponsorCollaboratorsModule"]["leadSponsor"]["name"]
        release(own_lab.database, default_catalogue(), RUN, as_migration=False)
        newest = own_lab.stored(own_lab.timeline(ONE)[-1].snapshot)
        assert canonical(living.published.studies[ONE]) == canonical(newest)
    assert (True, None) == ((report := own_lab.verify()).ok, report.reason)
