"""Since when a revision holds that has no data date and whose post date did not move: from that post date."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from tests.contract.cli.command import ask
from tests.contract.pipeline.lab import Lab, silent
from tests.contract.pipeline.registries import asking
from tests.contract.pipeline.test_backfilling import backfill
from tests.contract.pipeline.test_thin_observations import page
from tests.records import Json, enrollment
from tests.unit.simulator.worlds import ONE, study, world
from tracker.ledger.events import Revision
from tracker.ledger.ledger import NEW_TRIAL, Entry, Ledger
from tracker.pipeline.replaying import rebuild
from tracker.simulator import edits
from tracker.views.stale import StaleFilter, stale_trials
from tracker.views.trails import TrailFilter, trail

ACTIVE = {"statusVerifiedDate": "2019-01", "completionDateStruct": {"date": "2020-01", "type": "ESTIMATED"}}


def version(lab: Lab, posted_on: str | None, count: int, *, data_on: str | None = None, **status: Any) -> Json:
    """A version with so many participants; its status module is that of an UNKNOWN trial unless told otherwise."""
    return lab.record(
        posted_on=posted_on, data_on=data_on, designModule=enrollment(count), statusModule=ACTIVE | status
    )


def three(lab: Lab) -> list[Json]:
    """Two versions of one post date, of which the second names a later completion, and one of the next year."""
    lasting: dict[str, Any] = {"completionDateStruct": {"date": "2030-01", "type": "ESTIMATED"}}
    return [
        version(lab, "2024-01-01", 10),
        version(lab, "2024-01-01", 20, **lasting),
        version(lab, "2025-01-01", 30),
    ]


def count_on(lab: Lab, day: str, trial_id: str | None = None) -> Json:
    """How many participants the record of a day names."""
    return lab.stored(lab.at(trial_id, as_of=day).snapshot)["protocolSection"]["designModule"]["enrollmentInfo"][
        "count"
    ]


def days(lab: Lab, trial_id: str | None = None) -> list[str]:
    """Since when each revision of the timeline holds."""
    return [one.holds_from for one in lab.timeline(trial_id)]


def changed(lab: Lab, since: str, until: str) -> list[Json]:
    """What enrollment became in this span of the registry's timeline."""
    wanted = TrailFilter(fields=["enrollment"], since=date.fromisoformat(since), until=date.fromisoformat(until))
    with lab.database.reading() as transaction:
        return [one.new for one in trail(transaction.connection, lab.trial, wanted, limit=None)]


def is_stale(lab: Lab, on: str) -> bool:
    """Whether this test's trial is UNKNOWN by the record of a day."""
    with lab.database.reading() as transaction:
        found = stale_trials(transaction.connection, StaleFilter(on=date.fromisoformat(on)))
    return lab.trial in {trial.trial_id for trial in found}


def test_versions_without_a_data_date_hold_from_their_post_date(lab: Lab) -> None:
    """Of two of one post date the later holds from it, for every question, until the next is posted."""
    lab.see_each(*three(lab))
    assert ["2024-01-01", "2024-01-01", "2025-01-01"] == days(lab)
    assert [20, 20, 30] == [count_on(lab, day) for day in ("2024-01-01", "2024-06-01", "2025-01-01")]
    assert ([20], [30]) == (changed(lab, "2024-01-01", "2024-01-01"), changed(lab, "2024-01-02", "2026-12-31"))
    assert [False, True] == [is_stale(lab, day) for day in ("2024-06-01", "2025-01-01")]


def test_versions_of_the_history_of_one_post_date_hold_from_it(own_lab: Lab) -> None:
    """Of three that were submitted on one day the last holds from it; the live record from its release."""
    registry = world(study(ONE, designModule={"enrollmentInfo": {"count": 5}}))
    registry.advance()
    for count in (10, 20, 30):
        registry.edit(ONE, edits.enrollment(count))
    registry.publish()
    registry.advance(30)
    registry.edit(ONE, edits.enrollment(40))
    registry.publish()
    with asking(registry) as (client, _):
        backfill(own_lab, client)
    held = days(own_lab, ONE)
    assert held == sorted(held)
    assert 1 == len(set(held[1:4]))
    assert 30 == count_on(own_lab, held[1], ONE)
    assert 40 == count_on(own_lab, held[4], ONE)


def test_page_texts_of_one_post_date_hold_from_it(lab: Lab) -> None:
    """The later of two pages holds from the date that both show, whenever they were fetched."""
    lab.see_each(page(lab), page(lab, status="COMPLETED"))
    assert ["2026-01-10", "2026-01-10"] == days(lab)
    assert "COMPLETED" == lab.at(as_of="2026-01-10").published_status


def test_no_revision_holds_before_the_one_in_front_of_it(own_lab: Lab) -> None:
    """A post date that goes back counts from the day before it; the day falls again when what kept it up moves."""
    own_lab.see_each(
        version(own_lab, "2026-02-01", 10, data_on="2026-02-02"),
        version(own_lab, "2026-02-01", 20, data_on="2026-02-20"),
        version(own_lab, "2026-02-10", 30, data_on="2026-02-25"),
        version(own_lab, "2026-02-12", 40, data_on="2026-02-26"),
    )
    known_then, then = own_lab.clock(), own_lab.timeline()
    assert ["2026-02-01", "2026-02-20", "2026-02-20", "2026-02-20"] == days(own_lab)
    assert [10, 40] == [count_on(own_lab, day) for day in ("2026-02-19", "2026-02-20")]
    own_lab.see(version(own_lab, "2026-02-01", 20, data_on="2026-02-05"))
    assert ["2026-02-01", "2026-02-05", "2026-02-10", "2026-02-12"] == days(own_lab)
    assert then == own_lab.timeline(known_at=known_then)
    rows = own_lab.rows()
    rebuild(own_lab.database, show=silent)
    assert rows == own_lab.rows()


@pytest.mark.parametrize("posted_on", ("2024-01-01", "2026-06-01"))
def test_an_undated_version_behind_an_observed_one_is_told_from_the_day_it_holds(lab: Lab, posted_on: str) -> None:
    """History, as-of and the timeline go by one day where there is neither a moved post date nor a data date."""
    lab.see_each(version(lab, None, 10), version(lab, posted_on, 20), version(lab, posted_on, 30))
    held = days(lab)
    assert held == ["2026-05-01", *[max(posted_on, "2026-05-01")] * 2]
    assert [30] == [one for one in changed(lab, held[2], held[2]) if one == 30]
    assert 30 == count_on(lab, held[2])


def test_events_of_before_the_rule_are_read_by_it(own_lab: Lab) -> None:
    """Where they say the day of observation of what has a post date, they stay, and every question goes by the date."""
    own_lab.see_each(*three(own_lab))
    other = "NCT00009999"
    told = [replace(one.event, revision=before_the_rule(one.event.revision, other)) for one in own_lab.events()]
    with own_lab.database.writing() as transaction:
        Ledger(transaction).append(
            [Entry(trial_id=other, expected_version=NEW_TRIAL, before=None, events=told)], run_id="made"
        )
    rebuild(own_lab.database, show=silent)
    assert days(own_lab) == days(own_lab, other)
    assert own_lab.timeline(other) == own_lab.timeline(other, known_at=own_lab.clock())
    said = {one.event.revision.number: str(one.event.revision.holds_from) for one in own_lab.events(other)}
    assert {1: "2024-01-01", 2: "2026-05-01", 3: "2025-01-01"} == said


def before_the_rule(revision: Revision, trial_id: str) -> Revision:
    """A revision of another trial whose holding day is, for a silent change, the day of observation."""
    day = revision.posted_on or revision.observed_at.date()
    return replace(revision, trial_id=trial_id, holds_from=day)


def test_pages_of_changes_go_by_the_day_of_the_timeline(
    own_lab: Lab, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    """The headings of history and changes name the day since when an undated, silent revision holds."""
    own_lab.see_each(*three(own_lab))
    url = own_lab.database.url
    for question in (("history", own_lab.trial), ("changes",)):
        text = ask(capfdbinary, *question, "--database", url).text
        assert "revision 2  2024-01-01" in text
