"""Addresses copied from the registry's search page: what they mean in parameters, and what is refused by name."""

import pytest

from tracker.domain.errors import InvalidInput
from tracker.sources.ctgov.search_address import query_from_address, read_query

SEARCH = "https://clinicaltrials.gov/search?"


@pytest.mark.parametrize(
    ("parts", "expected"),
    (
        ("cond=liver%20cirrhosis", "query.cond=liver cirrhosis"),
        ("cond=head+%26+neck&intr=cisplatin", "query.cond=head %26 neck&query.intr=cisplatin"),
        (
            "term=a&titles=b&outc=c&spons=d&lead=e",
            "query.lead=e&query.outc=c&query.spons=d&query.term=a&query.titles=b",
        ),
        ("locStr=Boston,%20MA", "query.locn=Boston, MA"),
        ("locn=Mayo&locStr=Rochester", "query.locn=(Mayo) AND (Rochester)"),
        ("cond=asthma&intr=&term=", "query.cond=asthma"),
        ("aggFilters=status:rec%20not", "filter.overallStatus=RECRUITING,NOT_YET_RECRUITING"),
        ("aggFilters=status:com,results:with", "filter.advanced=AREA[ResultsFirstPostDate]RANGE[MIN,MAX]"
         "&filter.overallStatus=COMPLETED"),
        ("aggFilters=results:without", "filter.advanced=(NOT AREA[ResultsFirstPostDate]RANGE[MIN,MAX])"),
        ("aggFilters=phase:2%203,studyType:int", "filter.advanced=(AREA[Phase]PHASE2 OR AREA[Phase]PHASE3)"
         " AND AREA[StudyType]INTERVENTIONAL"),
        ("aggFilters=phase:0|studyType:obs", "filter.advanced=AREA[Phase]EARLY_PHASE1 AND"
         " AREA[StudyType]OBSERVATIONAL"),
        ("aggFilters=phase:na,studyType:exp%20int", "filter.advanced=AREA[Phase]NA AND"
         " (AREA[StudyType]EXPANDED_ACCESS OR AREA[StudyType]INTERVENTIONAL)"),
    ),
)  # fmt: skip
def test_parts_become_parameters(parts: str, expected: str) -> None:
    """Each part that trialog can follow has its parameter; a part without a value says nothing."""
    assert expected == str(query_from_address(SEARCH + parts))


@pytest.mark.parametrize(
    ("parts", "sentence"),
    (
        ("cond=asthma&start=2020-01-01_", "the part 'start'"),
        ("cond=asthma&viewType=Table", "the part 'viewType'"),
        ("cond=asthma&page=2", "the part 'page'"),
        ("locStr=Boston&country=United%20States", "the part 'country'"),
        ("cond=asthma&country=", "the part 'country'"),
        ("condition=asthma", "did you mean cond"),
        ("aggFilters=sex:f", "the filter 'sex:f'"),
        ("cond=a&aggFilters=status:rec,ages:child", "the filter 'ages:child'"),
        ("aggFilters=phase:PHASE3", "phase:PHASE3, which trialog does not know; it knows 0, 1, 2, 3, 4, na"),
        ("aggFilters=status:", "status:, which trialog does not know"),
        ("aggFilters=status:ava", "status:ava"),
        ("cond=asthma#results", "the part #results"),
        ("cond=", "the whole registry"),
        ("", "the whole registry"),
        ("cond", "is not an address"),
        ("term=NCT03460795", "trialog track NCT03460795"),
        ("term=NCT01", "trialog track NCT01"),
        ("term=%22NCT03460795%22+OR+NCT1&aggFilters=status:rec,phase:2", "trialog track NCT03460795 NCT1"),
        ("term=AREA%5BNCTId%5DNCT03460795&locn=nct1", "trialog track NCT03460795 NCT1"),
        ("locn=NCT03460795&locStr=NCT1", "trialog track NCT03460795 NCT1"),
    ),
)
def test_what_cannot_be_followed_is_refused_by_name(parts: str, sentence: str) -> None:
    """Nothing of an address is dropped silently."""
    with pytest.raises(InvalidInput, match=sentence.replace("[", r"\[")):
        query_from_address(SEARCH + parts)


@pytest.mark.parametrize(
    "address",
    (
        "https://example.org/search?cond=asthma",
        "https://clinicaltrials.gov/study/NCT03460795",
        "https://clinicaltrials.gov/expert-search?term=asthma",
        "https://clinicaltrials.gov.example.org/search?cond=asthma",
    ),
)
def test_another_page_is_refused(address: str) -> None:
    """Only the registry's search page is read."""
    with pytest.raises(InvalidInput, match="is not the registry's search page"):
        query_from_address(address)


def test_an_address_at_the_chosen_site_is_read() -> None:
    """A registry on this machine has its own search page."""
    assert "query.cond=asthma" == str(
        query_from_address("http://127.0.0.1:80/search?cond=asthma", site="http://127.0.0.1:80")
    )


def test_text_and_address_are_told_apart() -> None:
    """What begins like an address is one; everything else is parameters."""
    assert read_query("query.cond=asthma") == read_query(" https://www.clinicaltrials.gov/search/?cond=asthma ")
