"""What of an observation becomes a revision, in which order, and who is said to have brought it about."""

import copy
from datetime import date

import pytest

from tests.contract.pipeline.lab import Lab, told
from tests.records import Json, enrollment, sites
from tracker.domain.events import EventType, Origin

DAYS = ("2026-02-01", "2026-02-05", "2026-02-10", "2026-02-15")


def silent_versions(lab: Lab, *counts: int) -> list[Json]:
    """Versions whose post date stays the same, one for each data release."""
    return [
        lab.record(data_on=day, designModule=enrollment(count))
        for day, count in zip(DAYS[: len(counts)], counts, strict=True)
    ]


def test_first_sight_is_one_event(lab: Lab) -> None:
    """A trial never seen before is exactly one trial_first_observed, however much its record holds."""
    summary = lab.see(lab.record(contactsLocationsModule=sites(), designModule=enrollment(10)))
    (first,) = lab.events()
    assert EventType.TRIAL_FIRST_OBSERVED == first.event.change.type
    assert Origin.BASELINE == first.event.origin
    assert (1, None) == (first.event.revision.number, first.event.revision.predecessor)
    assert (1, 1, 1) == (summary.counts.new_trials, summary.counts.new_revisions, summary.counts.events)


@pytest.mark.parametrize("imports", ("one", "four"))
def test_going_back_and_forth_keeps_every_change(lab: Lab, imports: str) -> None:
    """A to B to A to B is four revisions, three changes and two snapshots, in one import as in four."""
    before = lab.snapshots_count()
    versions = silent_versions(lab, 10, 20, 10, 20)
    if imports == "one":
        lab.see(*versions)
    else:
        lab.see_each(*versions)
    changes = [("enrollment", 10, 20), ("enrollment", 20, 10), ("enrollment", 10, 20)]
    assert changes == [(field, old, new) for _, _, field, old, new in told(lab.trail())[1:]]
    assert [1, 2, 3, 4] == [revision.revision for revision in lab.timeline()]
    assert 2 == lab.snapshots_count() - before


def test_going_back_and_forth_without_any_date_keeps_every_change(lab: Lab) -> None:
    """Of observations that no date tells apart, the one seen later is the later."""
    versions = [lab.record(posted_on=None, designModule=enrollment(count)) for count in (10, 20, 10, 20)]
    lab.see(*versions)
    assert [1, 2, 3, 4] == [revision.revision for revision in lab.timeline()]
    lab.see(*versions)
    assert 4 == len(lab.events())


def noisy(record: Json, noise: str) -> Json:
    """The same content, written otherwise."""
    other = copy.deepcopy(record)
    protocol = other["protocolSection"]
    match noise:
        case "another data release":
            other["derivedSection"]["miscInfoModule"]["versionHolder"] = "2026-03-01"
        case "the registry's computations":
            other["derivedSection"]["conditionBrowseModule"] = {"meshes": [{"id": "D1", "term": "Pain"}]}
        case "order of sites":
            protocol["contactsLocationsModule"]["locations"].reverse()
        case "white space":
            protocol["descriptionModule"]["briefSummary"] = " Older   than\r\n18 & well "
        case "markup escapes":
            protocol["descriptionModule"]["briefSummary"] = "Older than 18 &amp;amp; well"
    assert other != record
    return other


@pytest.mark.parametrize(
    "noise",
    (
        "another data release",
        "the registry's computations",
        "order of sites",
        "white space",
        "markup escapes",
    ),
)
@pytest.mark.parametrize("imports", ("one", "two"))
def test_noise_is_no_revision(lab: Lab, noise: str, imports: str) -> None:
    """The same content written otherwise leaves no event, beside the first or after it."""
    first = lab.record(
        data_on="2026-02-01",
        contactsLocationsModule=sites(2),
        descriptionModule={"briefSummary": "Older than 18 & well"},
    )
    if imports == "one":
        lab.see(first, noisy(first, noise))
    else:
        lab.see_each(first, noisy(first, noise), noisy(first, noise))
    assert 1 == len(lab.events())


@pytest.mark.parametrize(
    ("dates", "origin", "posted_on"),
    (
        ({"posted_on": "2026-02-20"}, Origin.SPONSOR, date(2026, 2, 20)),
        ({"submitted_on": "2026-02-18"}, Origin.SPONSOR, date(2026, 1, 10)),
        ({}, Origin.REGISTRY, None),
    ),
    ids=("post date moved", "submission date moved", "neither moved"),
)
def test_origin_is_told_by_the_records_own_dates(
    lab: Lab, dates: dict[str, str], origin: Origin, posted_on: date | None
) -> None:
    """Sponsor where the post or the submission date moved, else registry, with no post date but a data date."""
    lab.see(lab.record(submitted_on="2026-01-05", data_on="2026-02-01"))
    lab.see(
        lab.record(**{"submitted_on": "2026-01-05", **dates}, data_on="2026-03-01", status="COMPLETED"),
    )
    (status,) = [one.event for one in lab.events()[1:] if one.event.change.field == "overall_status"]
    assert (origin, origin) == (status.origin, status.revision.origin)
    assert (posted_on, date(2026, 3, 1)) == (status.revision.posted_on, status.revision.data_on)


def test_a_flip_to_unknown_and_back_without_a_new_post_date_is_the_registrys(lab: Lab) -> None:
    """UNKNOWN set and taken back in silence is two changes by the registry, each with its data date alone."""
    known, unknown = lab.record(data_on=DAYS[0]), lab.record(data_on=DAYS[1], status="UNKNOWN")
    unknown["protocolSection"]["statusModule"]["lastKnownStatus"] = "RECRUITING"
    lab.see_each(known, unknown, lab.record(data_on=DAYS[2]))
    flips = [
        (one.revision, one.field, one.old, one.new, one.origin, one.posted_on, one.data_on) for one in lab.trail()[1:]
    ]
    assert [
        (2, "last_known_status", None, "RECRUITING", "registry", None, DAYS[1]),
        (2, "overall_status", "RECRUITING", "UNKNOWN", "registry", None, DAYS[1]),
        (3, "last_known_status", "RECRUITING", None, "registry", None, DAYS[2]),
        (3, "overall_status", "UNKNOWN", "RECRUITING", "registry", None, DAYS[2]),
    ] == flips


@pytest.mark.parametrize("order", ((0, 1, 2), (2, 1, 0), (1, 2, 0)))
def test_versions_of_one_import_are_taken_in_the_order_of_their_data_dates(lab: Lab, order: tuple[int, ...]) -> None:
    """Whatever the order of the files, the oldest release is the baseline and each later one follows it."""
    versions = silent_versions(lab, 10, 20, 30)
    lab.see(*(versions[n] for n in order))
    assert [(1, 2, "enrollment", 10, 20), (2, 3, "enrollment", 20, 30)] == told(lab.trail())[1:]
    assert ["baseline", "registry", "registry"] == [revision.origin for revision in lab.timeline()]


def test_without_data_dates_versions_are_taken_in_the_order_of_their_post_dates(lab: Lab) -> None:
    """A version that names no data release is as old as its last update posted."""
    versions = [
        lab.record(posted_on=day, designModule=enrollment(count))
        for day, count in (("2026-03-01", 30), ("2026-01-01", 10), ("2026-02-01", 20))
    ]
    lab.see(*versions)
    assert [10, 20, 30] == [enrollment_of(lab, revision.snapshot) for revision in lab.timeline()]
    assert ["baseline", "sponsor", "sponsor"] == [revision.origin for revision in lab.timeline()]


def test_of_a_tie_the_order_of_arrival_decides(lab: Lab) -> None:
    """Of versions with the same data date the one that comes later in the import is the later."""
    versions = [lab.record(data_on=DAYS[0], designModule=enrollment(count)) for count in (20, 10, 30)]
    lab.see(*versions)
    assert [20, 10, 30] == [enrollment_of(lab, revision.snapshot) for revision in lab.timeline()]


def enrollment_of(lab: Lab, snapshot: str) -> int:
    """The participants of a stored record."""
    count: int = lab.stored(snapshot)["protocolSection"]["designModule"]["enrollmentInfo"]["count"]
    return count


def ties(lab: Lab) -> list[Json]:
    """Two contents with one data date, one of them seen before, and again with noise."""
    early = lab.record(data_on=DAYS[0], designModule=enrollment(10))
    seen_again = lab.record(data_on=DAYS[1], designModule=enrollment(10))
    noise = copy.deepcopy(seen_again)
    noise["protocolSection"]["identificationModule"]["briefTitle"] += "  "
    return [early, seen_again, noise, lab.record(data_on=DAYS[1], designModule=enrollment(20))]


@pytest.mark.parametrize("kind", ("versions", "ties", "a page beside its record"))
def test_importing_the_same_again_changes_nothing(lab: Lab, kind: str) -> None:
    """A second and a third import of the same files leave no event, also where dates tie."""
    versions = silent_versions(lab, 10, 20, 10) if kind == "versions" else ties(lab)
    if kind == "a page beside its record":
        later = lab.record(posted_on="2026-02-20", data_on=DAYS[3], designModule=enrollment(30))
        versions = [lab.record(data_on=DAYS[0]), page(lab), later]
    lab.see(*versions)
    recorded = lab.events()
    for _ in range(2):
        summary = lab.see(*versions)
        assert (0, 0) == (summary.counts.new_revisions, summary.counts.events)
    assert recorded == lab.events()


def page(lab: Lab) -> str:
    """A page text of the trial, whose status differs from the record's of the same post date."""
    lines = ("A made trial", f"NCT ID: {lab.trial}", "Last Updated: 2026-01-10", "Basic Information")
    return "\n\n".join((*lines, "Recruitment Status", "COMPLETED", "Study Classification", "OBSERVATIONAL", ""))
