"""The table of a life: each row in words, with where the ledger tells it."""

from datetime import date

import pytest

from tests.lifetimes import TODAY, long_life, move, revision, told
from tests.records import record
from tracker.domain.life.model import Band, BandKind, Planned, PlannedDate, ResultsStage, ResultsStep, Slip
from tracker.domain.life.rows import Lane, band_name, band_row, date_rows, kind_name, life_rows, results_row, shift_text
from tracker.domain.life.telling import life_of
from tracker.domain.partial_date import parse_partial_date
from tracker.domain.whereabouts import Whereabouts

LONG_LIFE = (
    ("status", "2018-01-10 to 2018-02-28: not in this ledger", None, None),
    ("status", "2018-03-01 to 2018-08-31: not yet recruiting", 1, None),
    ("status", "2018-09-01 to 2020-09-30: recruiting", 2, None),
    ("status", "2020-10-01 to 2020-12-31: UNKNOWN by the registry's rule; last given as recruiting", 2, None),
    ("status", "2021-01-01 to 2021-05-31: UNKNOWN, last known as recruiting", 3, None),
    ("status", "2021-06-01 to 2024-12-31: active, not recruiting", 4, None),
    ("status", "2025-01-01 to 2025-02-28: withheld", 5, None),
    ("status", "2025-03-01 to 2026-06-15: active, not recruiting", 5, None),
    ("status", "2027-01-01: Will turn UNKNOWN on 2027-01-01", None, None),
    ("dates", "2018-03-01: Primary completion: 2020-05, planned", None, None),
    ("dates", "2018-09-01: Primary completion: from 2020-05 to 2021-05, planned, 365 days later", 2, 20),
    ("dates", "2021-06-01: Primary completion: from 2021-05 to 2022-05, actual, 365 days later", 4, 40),
    ("enrollment", "2018-03-01: 120 participants, planned", 1, None),
    ("enrollment", "2021-06-01: 88 participants, actual", 4, 40),
    ("results", "2023-03: Results delay certified or requested", None, None),
    ("results", "2024-01-15: Results posted", 5, 50),
    ("updates", "2018-03-01: Revision 1 first seen, 1 change", 1, None),
    ("updates", "2018-09-01: Revision 2 by the sponsor, 1 change", 2, None),
    ("updates", "2021-01-01: Revision 3 by the registry itself, 1 change", 3, None),
    ("updates", "2021-06-01: Revision 4 by the sponsor, 1 change", 4, None),
    ("updates", "2024-02-01: Revision 5 from the registry's history, 1 change", 5, None),
)


def test_a_life_is_told_lane_by_lane() -> None:
    """In the order of the days, each row with its revision and the position of its change."""
    found = life_rows(long_life())
    assert [row[1:] for row in LONG_LIFE] == [
        (row.sentence.split(" (in ")[0], row.revision, row.position) for row in found
    ]
    assert [row[0] for row in LONG_LIFE] == [row.lane.name.lower() for row in found]


def slipped(old: Planned | None, new: Planned | None) -> str:
    """A date said anew, in words."""
    plan = PlannedDate(
        key="start",
        label="Start",
        said_on=TODAY,
        first=old,
        now=new,
        slips=(Slip(on=TODAY, old=old, new=new, revision=2, position=20),),
    )
    return date_rows(plan)[1].what


@pytest.mark.parametrize(
    ("old", "new", "said"),
    (
        (Planned(text="2024-01-02"), None, "2024-01-02 taken out"),
        (None, Planned(text="2024-01-02", kind="ESTIMATED"), "2024-01-02, planned, given for the first time"),
        (Planned(text="2024", kind="ESTIMATED"), Planned(text="2024", kind="ACTUAL"), "2024, actual, before: planned"),
        (Planned(text="2024-01-02"), Planned(text="2024-01-01", kind="ACTUAL"), "01, actual, 1 day earlier"),
        (Planned(text="soon"), Planned(text="2024", kind="ACTUAL"), "from soon to 2024, actual"),
    ),
)
def test_a_date_that_was_said_anew_is_told_by_what_became_of_it(
    old: Planned | None, new: Planned | None, said: str
) -> None:
    """Taken out, given, come to pass, moved by days; a shift only where both are dates."""
    assert slipped(old, new).endswith(said)
    assert (
        "Start: not given"
        == date_rows(PlannedDate(key="start", label="Start", said_on=TODAY, first=None, now=new, slips=()))[0].what
    )


def test_words_for_kinds_and_shifts() -> None:
    """As people say it; what the registry calls otherwise stays its word."""
    kinds = ("ACTUAL", "ESTIMATED", "ANTICIPATED", None, "SOME_OTHER")
    assert ["actual", "planned", "planned", "planned or actual not said", "some other"] == [*map(kind_name, kinds)]
    assert ["the same day", "1 day later", "31 days earlier"] == [*map(shift_text, (0, 1, -31))]


def band(kind: BandKind, **more: str) -> Band:
    """A band of one day."""
    return Band(kind=kind, first=TODAY, last=TODAY, revision=1, **more)


def test_a_band_is_called_by_what_is_known() -> None:
    """Of a record that is away where it went, of one without a status that there is none."""
    names = {
        "merged into NCT00000009": band(BandKind.MERGED, merged_into="NCT00000009"),
        "merged": band(BandKind.MERGED),
        "withheld": band(BandKind.WITHHELD),
        "gone": band(BandKind.DISAPPEARED),
        "not yet UNKNOWN": band(BandKind.SUBMITTED),
        "recruiting": band(BandKind.SUBMITTED, status="RECRUITING"),
        "status not given": band(BandKind.SHOWN),
        "UNKNOWN": band(BandKind.SHOWN, status="UNKNOWN"),
        "UNKNOWN by the rule": band(BandKind.LAPSED, status="RECRUITING"),
    }
    assert list(names) == [band_name(one) for one in names.values()]
    said = "2026-06-15: recruiting; before the registry's rule said UNKNOWN"
    assert said == band_row(band(BandKind.SUBMITTED, status="RECRUITING")).sentence


def test_results_are_told_with_the_precision_of_their_day() -> None:
    """A year, a month or a day; only what was revised has its changes counted."""
    for text, stage, said in (
        ("2024", ResultsStage.REMOVED, "2024: Results removed"),
        ("2024-02", ResultsStage.CANCELLED, "2024-02: Results submission cancelled"),
        ("2024-02-03", ResultsStage.REVISED, "2024-02-03: Results revised, 2 changes"),
    ):
        when = parse_partial_date(text)
        assert when is not None
        assert said == results_row(ResultsStep(stage=stage, when=when, changes_count=2)).sentence


def test_of_a_trial_that_does_not_lapse_nothing_is_foretold() -> None:
    """No row stands for a day that never comes; one that is gone is told as gone."""
    gone = move("2026-01-01", Whereabouts.DISAPPEARED)
    life = life_of(told([revision(1, "2024-01-01", "COMPLETED")], moves=[gone], newest=record()), today=TODAY)
    of_status = [row.what for row in life_rows(life) if row.lane is Lane.STATUS]
    assert ["completed", "gone"] == of_status
    assert date(2025, 12, 31) == life.bands[0].last
