"""Status bands: what was known of the status on which days."""

from datetime import date

from tests.lifetimes import TODAY, move, revision
from tests.records import record
from tracker.domain.life.bands import bands
from tracker.domain.life.model import Band, BandKind
from tracker.domain.whereabouts import Whereabouts


def told(found: list[Band]) -> list[tuple[str, str, str | None]]:
    """Kind, first day and status of each."""
    return [(band.kind.value, band.first.isoformat(), band.status) for band in found]


def test_days_before_the_first_known_content_are_a_band_of_their_own() -> None:
    """From the day on which the registry first posted the record."""
    posted = record(statusModule={"studyFirstPostDateStruct": {"date": "2020-01-05"}})
    found = bands([revision(1, "2021-03-01")], [], record=posted, today=TODAY)
    assert [("unseen", "2020-01-05", None), ("shown", "2021-03-01", "RECRUITING")] == told(found)
    assert date(2021, 2, 28) == found[0].last
    assert TODAY == found[1].last


def test_the_days_after_the_rules_first_unknown_day_are_a_band() -> None:
    """The content goes on saying RECRUITING; the rule says UNKNOWN until the next revision."""
    revisions = [revision(1, "2020-01-01", lapses_on="2022-10-01"), revision(2, "2023-01-01", "COMPLETED")]
    found = bands(revisions, [], record=record(), today=TODAY)
    assert told(found) == [
        ("shown", "2020-01-01", "RECRUITING"),
        ("lapsed", "2022-10-01", "RECRUITING"),
        ("shown", "2023-01-01", "COMPLETED"),
    ]


def test_a_published_unknown_is_no_lapse() -> None:
    """It is shown, with the status that the sponsor last gave."""
    seen = revision(1, "2023-01-01", "UNKNOWN", lapses_on="2022-10-01", last_known="RECRUITING")
    found = bands([seen], [], record=record(), today=TODAY)
    assert [(BandKind.SHOWN, "UNKNOWN", "RECRUITING")] == [(one.kind, one.status, one.last_known) for one in found]


def test_a_content_seen_as_unknown_was_not_so_before_the_rules_first_day() -> None:
    """It was posted with the submitted status, and seen only in a release of after its lapse."""
    seen = revision(1, "2020-01-01", "UNKNOWN", lapses_on="2022-10-01", last_known="RECRUITING", data_on="2026-01-01")
    found = bands([seen], [], record=record(), today=TODAY)
    assert [("submitted", "2020-01-01", "RECRUITING"), ("shown", "2022-10-01", "UNKNOWN")] == told(found)


def test_what_a_release_showed_is_not_argued_away() -> None:
    """A record that a release shows as UNKNOWN before the rule says so is UNKNOWN from that release on."""
    seen = revision(1, "2020-01-01", "UNKNOWN", lapses_on="2022-10-01", data_on="2020-01-01")
    assert [("shown", "2020-01-01", "UNKNOWN")] == told(bands([seen], [], record=record(), today=TODAY))


def test_a_record_that_is_away_interrupts_its_status() -> None:
    """Withheld, merged and gone are bands; what is back says what it said before."""
    moves = [
        move("2021-01-01", Whereabouts.WITHHELD),
        move("2022-01-01", Whereabouts.VISIBLE),
        move("2023-01-01", Whereabouts.MERGED, "NCT00000009"),
    ]
    found = bands([revision(1, "2020-01-01")], moves, record=record(), today=TODAY)
    assert ["shown", "withheld", "shown", "merged"] == [band.kind.value for band in found]
    assert "NCT00000009" == found[-1].merged_into


def test_of_revisions_of_one_day_the_last_holds() -> None:
    """The one before has no day of its own."""
    revisions = [revision(1, "2020-01-01"), revision(2, "2020-05-01", "SUSPENDED"), revision(3, "2020-05-01")]
    posted = record(statusModule={"studyFirstPostDateStruct": {"date": "2020-01-01"}})
    found = bands(revisions, [], record=posted, today=TODAY)
    assert [("shown", "2020-01-01", "RECRUITING")] == told(found)
    assert (TODAY, 1) == (found[0].last, found[0].revision)
    short = [revision(1, "2020-01-01"), revision(2, "2020-05-01", "SUSPENDED"), revision(3, "2020-05-02")]
    assert ["2020-01-01", "2020-05-01", "2020-05-02"] == [
        day for _, day, _ in told(bands(short, [], record={}, today=TODAY))
    ]


def test_a_status_that_changed_is_another_band() -> None:
    """Also where only the status changed that the sponsor last gave."""
    revisions = [
        revision(1, "2020-01-01", "UNKNOWN", last_known="RECRUITING"),
        revision(2, "2021-01-01", "UNKNOWN", last_known="SUSPENDED"),
        revision(3, "2022-01-01", None),
    ]
    found = bands(revisions, [], record=record(), today=TODAY)
    assert [("RECRUITING", 1, 2020), ("SUSPENDED", 2, 2021), (None, 3, 2026)] == [
        (band.last_known, band.revision, band.last.year) for band in found
    ]
