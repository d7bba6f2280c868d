"""The simulated registry's content: edits, releases, the UNKNOWN rule, and records that come and go."""

from datetime import date

import pytest

from tests.records import sites
from tests.unit.simulator.worlds import ONE, THREE, TWO, status, study, told, world
from tracker.simulator import edits
from tracker.simulator.draft import SITES


def test_an_edit_shows_with_the_next_release_only() -> None:
    """Nothing edited is public before it is published."""
    registry = world()
    registry.edit(ONE, edits.status("COMPLETED"))
    assert "RECRUITING" == status(registry, ONE)["overallStatus"]
    registry.publish()
    assert "COMPLETED" == status(registry, ONE)["overallStatus"]


def test_a_release_never_changes_afterwards() -> None:
    """What a release showed can still be read after later ones."""
    registry = world()
    registry.edit(ONE, edits.enrollment(5))
    registry.publish()
    registry.edit(ONE, edits.enrollment(6))
    registry.publish()
    counts = [registry.record_at(ONE, n)["protocolSection"].get("designModule") for n in range(3)]
    assert [None, 5, 6] == [module and module["enrollmentInfo"]["count"] for module in counts]


def test_each_release_has_a_stamp_of_its_own() -> None:
    """Two releases on one day can be told apart by their stamp, which has no zone."""
    registry = world()
    assert "2026-01-12T09:00:05" == registry.release.timestamp
    assert "2026-01-12T09:00:06" == registry.publish().timestamp
    registry.advance(3)
    assert "2026-01-15T09:00:05" == registry.publish().timestamp


def test_a_version_moves_the_dates_and_a_silent_edit_does_not() -> None:
    """A sponsor's edit is verified, submitted and posted; the registry's own leaves all three."""
    registry = world()
    registry.advance(30)
    registry.edit(ONE, edits.enrollment(5))
    registry.edit(TWO, edits.sponsor("Another"), silent=True)
    registry.publish()
    moved = ("statusVerifiedDate", "lastUpdateSubmitDate", "lastUpdatePostDateStruct")
    assert ["2026-02", "2026-02-11", {"date": "2026-02-11", "type": "ACTUAL"}] == [
        status(registry, ONE)[name] for name in moved
    ]
    assert ["2026-01", "2026-01-08", {"date": "2026-01-10", "type": "ACTUAL"}] == [
        status(registry, TWO)[name] for name in moved
    ]
    assert (2, 1) == (len(registry.versions(ONE)), len(registry.versions(TWO)))


def test_a_version_may_be_posted_with_an_earlier_date() -> None:
    """The post date is the caller's to choose, since the registry posts late at times."""
    registry = world()
    registry.advance(5)
    registry.edit(ONE, posted_on="2026-01-14")
    registry.publish()
    assert "2026-01-14" == status(registry, ONE)["lastUpdatePostDateStruct"]["date"]


def test_unknown_comes_with_its_day_and_goes_without_a_word() -> None:
    """On its first UNKNOWN day a trial flips, keeps its post date, and flips back when the rule no longer holds."""
    lapsing = study(statusModule={"statusVerifiedDate": "2024-01", "completionDateStruct": {"date": "2025-06"}})
    registry = world(lapsing)
    registry.set_today(date(2026, 1, 31))
    registry.publish()
    assert "RECRUITING" == status(registry, ONE)["overallStatus"]
    registry.advance()
    registry.publish()
    shown = status(registry, ONE)
    assert ("UNKNOWN", "RECRUITING") == (shown["overallStatus"], shown["lastKnownStatus"])
    registry.edit(ONE, edits.verified("2025-12"), silent=True)
    registry.publish()
    assert "RECRUITING" == status(registry, ONE)["overallStatus"]
    assert "lastKnownStatus" not in status(registry, ONE)
    assert "2026-01-10" == status(registry, ONE)["lastUpdatePostDateStruct"]["date"]
    assert 1 == len(registry.versions(ONE))


def test_a_new_version_of_an_unknown_trial_shows_its_submitted_status() -> None:
    """Verified anew, a trial is what it was last known to be, and its version never says UNKNOWN."""
    registry = world(study(statusModule={"statusVerifiedDate": "2023-01", "completionDateStruct": {"date": "2025-06"}}))
    assert "UNKNOWN" == status(registry, ONE)["overallStatus"]
    registry.edit(ONE, edits.enrollment(9))
    registry.publish()
    assert "RECRUITING" == status(registry, ONE)["overallStatus"]
    assert ["RECRUITING", "RECRUITING"] == [version.status for version in registry.versions(ONE)]


def test_withheld_records_leave_a_stub() -> None:
    """Of a withheld record only its number and dates are to be seen."""
    registry = world()
    registry.withhold(ONE)
    registry.publish()
    shown = registry.published.studies[ONE]
    assert "WITHHELD" == shown["protocolSection"]["statusModule"]["overallStatus"]
    assert "Made College" not in str(shown)


def test_a_removed_record_is_not_listed_until_it_is_restored() -> None:
    """Removing takes a record off the list, restoring brings it back as it was."""
    registry = world()
    registry.remove(TWO)
    registry.publish()
    assert [THREE, ONE] == list(registry.published.order)
    registry.restore(TWO)
    registry.publish()
    assert [THREE, TWO, ONE] == list(registry.published.order)
    assert ["record_reappeared"] == [change.type for change in registry.net_changes(1, 2)]


def test_a_merged_record_becomes_an_alias() -> None:
    """The survivor lists the dead number, and the dead one leads to it."""
    registry = world()
    registry.merge(ONE, into=TWO)
    registry.publish()
    assert {ONE: TWO} == registry.published.aliases
    assert [ONE] == registry.published.studies[TWO]["protocolSection"]["identificationModule"]["nctIdAliases"]
    registry.restore(ONE)
    registry.publish()
    assert {} == registry.published.aliases
    assert "nctIdAliases" not in registry.published.studies[TWO]["protocolSection"]["identificationModule"]


def test_what_is_hidden_cannot_be_edited() -> None:
    """An edit of a hidden record is refused, since nobody could ever see it happen."""
    registry = world()
    registry.remove(ONE)
    with pytest.raises(ValueError, match="NCT00000001 is removed and cannot be edited"):
        registry.edit(ONE, edits.enrollment(5))
    with pytest.raises(ValueError, match="NCT00000002 is not hidden"):
        registry.restore(TWO)


def test_the_clock_does_not_go_back() -> None:
    """Time passes one way."""
    with pytest.raises(ValueError, match="does not go back"):
        world().set_today(date(2026, 1, 11))


def test_a_migration_touches_every_record_that_has_the_place() -> None:
    """One leaf of many records changes silently, items of lists included."""
    registry = world(*(study(nct_id, contactsLocationsModule=sites(2)) for nct_id in (ONE, TWO)), study(THREE))
    assert 2 == registry.migrate(f"{SITES}/*/facility", str.upper)
    assert 3 == registry.migrate("/protocolSection/identificationModule/briefTitle", lambda text: f"{text}.")
    registry.publish()
    changes = registry.net_changes(0, 1)
    assert {"registry"} == {change.origin for change in changes}
    assert ("location_changed", "facility", "Alpha Clinic", "ALPHA CLINIC") in told(changes)
    assert 7 == len(changes)


def test_records_handed_in_stay_as_they_are() -> None:
    """The world keeps copies."""
    given = study()
    before = str(given)
    registry = world(given)
    registry.edit(ONE, edits.enrollment(5))
    registry.publish()
    assert before == str(given)


def test_two_records_of_one_number_are_refused() -> None:
    """Every record has a number of its own."""
    with pytest.raises(ValueError, match=ONE):
        world(study(), study())
