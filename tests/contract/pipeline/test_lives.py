"""The life of a trial as both databases tell it: backfilled, silent, withheld, and quickly."""

from datetime import date

from tests.contract.pipeline.lab import Lab
from tests.records import Json, enrollment, record
from tracker.domain.foretelling import Outlook
from tracker.domain.life.model import Life
from tracker.domain.whereabouts import Whereabouts
from tracker.views.last_changes import last_changes
from tracker.views.lives import trial_life
from tracker.web.record.lately import last_by_section

TODAY = date(2026, 6, 1)


def version(lab: Lab, day: str, *, completion: str, number: int, **more: Json) -> dict[str, Json]:
    """A record posted on a day, with a primary completion date and so many participants."""
    status = {
        "statusVerifiedDate": day[:7],
        "primaryCompletionDateStruct": {"date": completion, "type": "ESTIMATED"},
    }
    status |= more.pop("statusModule", {})
    return lab.record(posted_on=day, data_on=day, statusModule=status, designModule=enrollment(number), **more)


def life(lab: Lab) -> Life:
    """The life of this lab's trial."""
    with lab.database.reading() as transaction:
        return trial_life(transaction, lab.trial, today=TODAY)


def told(lab: Lab) -> tuple[list[tuple[str, str | None]], list[tuple[str, int | None]], list[int]]:
    """Bands, slips of the primary completion date, and numbers of participants."""
    found = life(lab)
    slips = [(slip.on.isoformat(), slip.shift_days) for plan in found.dates for slip in plan.slips]
    return (
        [(band.first.isoformat(), band.status) for band in found.bands],
        slips,
        [step.count for step in found.enrollment],
    )


def test_a_life_is_the_same_in_whatever_order_versions_arrive(lab: Lab) -> None:
    """What came later by the registry's timeline is told later, though it was recorded first."""
    one = version(lab, "2020-01-01", completion="2021-01", number=10)
    two = version(lab, "2020-06-01", completion="2021-06", number=10, status="SUSPENDED")
    three = version(lab, "2021-01-01", completion="2022-01", number=20)
    lab.see_each(one, three, two)
    assert told(lab) == (
        [
            ("2020-01-01", "RECRUITING"),
            ("2020-06-01", "SUSPENDED"),
            ("2021-01-01", "RECRUITING"),
            ("2023-02-01", "RECRUITING"),
        ],
        [("2020-06-01", 150), ("2021-01-01", 215)],
        [10, 20],
    )
    assert [1, 3, 2] == [update.revision for update in life(lab).updates]


def test_a_life_tells_what_is_foretold_and_where_the_record_is(lab: Lab) -> None:
    """A record that is away is in a band of its own, and nothing is foretold of it."""
    lab.see(version(lab, "2025-01-01", completion="2026-01", number=10))
    assert (Outlook.LAPSING, date(2027, 2, 1)) == (life(lab).foretold.outlook, life(lab).foretold.on)
    lab.move(Whereabouts.WITHHELD, on="2026-02-01")
    assert ["shown", "withheld"] == [band.kind.value for band in life(lab).bands]
    assert Outlook.AWAY is life(lab).foretold.outlook


def test_what_happened_to_another_trial_is_not_told(lab: Lab) -> None:
    """Neither its moves nor its changes, which are of the same days and revisions."""
    lab.see_each(
        version(lab, "2020-01-01", completion="2021-01", number=10),
        version(lab, "2020-06-01", completion="2021-06", number=10),
    )
    alone, other = life(lab), lab.trial.replace("NCT0", "NCT8")  # which no other test has
    for day, status in (("2020-01-01", "RECRUITING"), ("2020-06-01", "SUSPENDED")):
        lab.see(record(other, posted_on=day, data_on=day, status=status))
    lab.move(Whereabouts.WITHHELD, on="2020-07-01", trial_id=other)
    assert alone == life(lab)


def test_results_and_their_revisions_are_told(lab: Lab) -> None:
    """With the day that the registry posted them, and where the ledger says so."""
    posted = {"resultsFirstPostDateStruct": {"date": "2026-02-27"}}
    records = [version(lab, day, completion="2025-01", number=9) for day in ("2026-01-01", "2026-03-01", "2026-04-01")]
    for posted_record, figure in zip(records[1:], ("1", "2"), strict=True):
        posted_record["resultsSection"] = {"moreInfoModule": {"limitationsAndCaveats": {"description": figure}}}
        posted_record["hasResults"] = True
        posted_record["protocolSection"]["statusModule"] |= posted
    lab.see(*records)
    steps = life(lab).results
    assert [("posted", 2), ("revised", 3)] == [(step.stage.value, step.revision) for step in steps]
    assert date(2026, 2, 27) == steps[0].when.last_day


def test_the_last_change_of_each_section_is_the_newest_of_the_timeline(lab: Lab) -> None:
    """Also where an older version was recorded after it; a first sight is no change."""
    one = version(lab, "2020-01-01", completion="2021-01", number=10)
    three = version(lab, "2021-01-01", completion="2022-01", number=20)
    lab.see(one)
    with lab.database.reading() as transaction:
        assert {} == last_by_section(last_changes(transaction.connection, lab.trial))
    lab.see_each(three, version(lab, "2020-06-01", completion="2021-06", number=15))
    with lab.database.reading() as transaction:
        last = last_by_section(last_changes(transaction.connection, lab.trial))
    assert {"basics", "dates"} == last.keys()
    assert ("2021-01-01", "Primary completion date: 2021-06 → 2022-01") == (last["basics"].on, last["basics"].what)
