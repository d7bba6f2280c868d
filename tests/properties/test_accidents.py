"""Accidents are told from changes by counts alone: both thresholds, every boundary, whatever the order."""

from collections.abc import Sequence

from hypothesis import example, given
from hypothesis import strategies as st

from tests.properties.records import LAWFUL
from tracker.pipeline.polling.accidents import Accidents

GEO = "/protocolSection/contactsLocationsModule/locations/*/geoPoint/lat"
LINKS = "/protocolSection/referencesModule/seeAlsoLinks/*/url"
OF_THEIR_OWN = (
    "/protocolSection/statusModule/overallStatus",
    "/protocolSection/statusModule/lastKnownStatus",
    "/protocolSection/sponsorCollaboratorsModule/leadSponsor/name",
    "/protocolSection/sponsorCollaboratorsModule/collaborators/*/name",
    "/protocolSection/sponsorCollaboratorsModule/collaborators",
)
ALIKE = ("/protocolSection/statusModule/overallStatusNote", "/protocolSection/sponsorCollaboratorsModule/leadSponsors")


def counted(differing: int, compared: int, paths: Sequence[str] = (GEO,)) -> set[str]:
    """What is suspicious of so many records, of which so many differ."""
    accidents = Accidents()
    for number in range(compared):
        accidents.compared(f"NCT{number:08d}", paths if number < differing else ())
    return accidents.suspicious_paths()


@given(differing=st.integers(0, 400), others=st.integers(0, 10_000))
@example(differing=200, others=3799)
@example(differing=200, others=3800)
@example(differing=199, others=0)
@example(differing=250, others=4749)
@example(differing=250, others=4750)
@LAWFUL
def test_a_path_is_suspicious_on_enough_records_and_a_large_enough_part(differing: int, others: int) -> None:
    """At least 200, and more than one in twenty of those compared."""
    is_suspicious = differing >= 200 and differing * 20 > differing + others
    assert ({GEO} if is_suspicious else set()) == counted(differing, differing + others)


@given(
    told=st.lists(st.tuples(st.integers(0, 600), st.sets(st.sampled_from((GEO, LINKS)))), max_size=900),
    again=st.integers(0, 900),
)
@example(told=[(number, {GEO}) for number in range(199)], again=199)
@example(told=[(number, {GEO, LINKS}) for number in range(200)], again=1)
@LAWFUL
def test_a_trial_counts_once_for_each_path(told: list[tuple[int, set[str]]], again: int) -> None:
    """As it was told first: a row that comes twice, in whatever order, changes nothing."""
    first: dict[int, set[str]] = {}
    accidents = Accidents()
    for number, paths in [*told, *told[:again]]:
        first.setdefault(number, paths)
        accidents.compared(f"NCT{number:08d}", [*paths, *paths])
    expected = set()
    for path in (GEO, LINKS):
        count = sum(path in paths for paths in first.values())
        if count >= 200 and count * 20 > len(first):
            expected.add(path)
    assert expected == accidents.suspicious_paths()


def test_statuses_and_sponsors_change_by_themselves() -> None:
    """UNKNOWN comes to thousands on one day, a sponsor's name changes on all of its trials; their neighbours do not."""
    assert set(ALIKE) == counted(500, 500, (*OF_THEIR_OWN, *ALIKE))


@given(parts=st.lists(st.tuples(st.integers(0, 3000), st.integers(0, 60)), max_size=4))
@example(parts=[(2500, 50)])
@example(parts=[(2499, 50)])
@example(parts=[(0, 49)])
@example(parts=[(1250, 25), (1249, 25)])
@LAWFUL
def test_a_vanishing_is_massive_by_number_and_by_part(parts: list[tuple[int, int]]) -> None:
    """At least 50, and more than one in fifty of those expected, over all scopes of the leg."""
    accidents = Accidents()
    for expected, missing in parts:
        accidents.missing(expected, missing)
    expected, missing = (sum(column) for column in zip(*parts, strict=True)) if parts else (0, 0)
    assert (missing >= 50 and missing * 50 > expected) is accidents.is_mass_vanishing()
