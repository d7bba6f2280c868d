"""Reading one study: what is taken, and the reason for what is not."""

import json
from pathlib import Path
from typing import Any

import pytest

from store import json_text
from tests.unit.sources.made_records import ID, observed, raw_record, refused, study, study_bytes
from tracker.domain.coverage import WHOLE
from tracker.source import Refusal
from tracker.sources.refusals import KEPT_HEAD_BYTES
from tracker.sources.study_json import read_study


def test_a_study_is_taken_as_it_is() -> None:
    """The body is the record with sorted keys and nothing else changed; a whole record covers everything."""
    found = observed(raw_record(study_bytes()))
    assert (ID, study(), WHOLE, "study") == (found.trial_id, found.record, found.coverage, found.source)
    assert json_text.encode(study()) == found.body


def test_a_byte_order_mark_of_utf8_is_no_part_of_the_record() -> None:
    """UTF-8 with its mark is UTF-8."""
    assert study() == observed(raw_record(b"\xef\xbb\xbf" + study_bytes())).record


def test_a_selection_of_fields_covers_its_leaves_alone() -> None:
    """A record that is not whole speaks of the leaves it has, and of no other."""
    identification = {"nctId": ID, "nctIdAliases": ["NCT00000002", "NCT00000003"], "a/b": {"c": []}}
    record = {"protocolSection": {"identificationModule": identification}}
    base = "/protocolSection/identificationModule"
    expected = {f"{base}/nctId", f"{base}/nctIdAliases/*", f"{base}/a~1b/c"}
    assert frozenset(expected) == observed(raw_record(json.dumps(record).encode())).coverage.patterns


def test_text_that_no_encoding_can_hold_comes_through() -> None:
    """Lone surrogates and NUL go in and come out."""
    raw = study_bytes().replace(b"title", rb"\ud800 \u0000 title")
    found = observed(raw_record(raw))
    assert found.record["protocolSection"]["identificationModule"]["briefTitle"].startswith('A "quoted": \ud800')


@pytest.mark.parametrize(
    ("raw", "words"),
    (
        (b"", ("empty",)),
        (b" \n ", ("empty",)),
        (b"hello", ("not JSON", "line 1, column 1")),
        (study_bytes().replace(b'"hasResults":', b'"hasResults",\n'), ("not JSON", "line 1, column")),
        (b'{\n  "a": 1,\n  "b": }', ("not JSON", "line 3, column 8")),
        (b'{"a": NaN}', ("NaN",)),
        (study_bytes()[:-30], ("truncated", "line 1")),
        (study_bytes()[:40], ("truncated",)),
        (study_bytes()[:-3], ("truncated", "line 1")),
        (study_bytes().decode().encode("utf-16"), ("UTF-16", "save it as UTF-8")),
        (study_bytes().decode().encode("utf-16-le"), ("UTF-16 (little endian)",)),
        (study_bytes().decode().encode("utf-16-be"), ("UTF-16 (big endian)",)),
        (study_bytes().decode().encode("utf-32"), ("UTF-32",)),
        (study_bytes().replace(b"title", b"t\xe9tle"), ("not UTF-8", "Latin-1", "line 1, column")),
        (study_bytes().replace(b"title", b"\x93title"), ("not UTF-8", "Windows-1252")),
        (b"\x1f\x8b\x08\x00", ("gzip data",)),
        (b"[" + study_bytes() + b"]", ("a list stands", "object belongs")),
        (b"7", ("a number stands",)),
        (b'"text"', ("a text stands",)),
        (b"null", ("null stands",)),
        (b"{}", ("no protocolSection",)),
        (b'{"studies": []}', ("no protocolSection", "studies")),
        (b'{"protocolSection": null}', ("no protocolSection",)),
        (b'{"protocolSection": []}', ("a list stands at /protocolSection",)),
        (b'{"protocolSection": {}}', ("no NCT id", "/identificationModule/nctId")),
        (b'{"protocolSection": {"identificationModule": []}}', ("a list stands", "identificationModule")),
        (study_bytes("NCT123"), ("malformed NCT id", "NCT00000123")),
        (study_bytes("nct00000001"), ("malformed NCT id", "should be written NCT00000001")),
        (study_bytes().replace(b'"NCT00000001"', b"17"), ("malformed NCT id",)),
        (study_bytes(derivedSection=[1]), ("a list stands at /derivedSection",)),
        (
            study_bytes(resultsSection={"moreInfoModule": []}),
            ("a list stands at /resultsSection/moreInfoModule",),
        ),
        (b"[" * 100_000, ("nested too deeply",)),
        (b'{"a":' * 500 + b"1" + b"}" * 500, ("no protocolSection",)),
        (study_bytes(x=json.loads("[" * 200 + "]" * 200)), ("nested more than 100 levels",)),
        (study_bytes(x=json.loads('{"a":[' * 150 + "]}" * 150)), ("nested more than 100 levels",)),
        (study_bytes()[:-1] + b',"hasResults":true}', ("duplicate key", "/hasResults")),
        (study_bytes().replace(b'"nctId"', rb'"nctI\u0064":"X","nctId"'), ("duplicate key", "/nctId")),
    ),
)
def test_a_bad_record_is_refused_with_a_reason(raw: bytes, words: tuple[str, ...]) -> None:
    """Whatever is wrong is said in words that name the mistake and its place."""
    reason = refused(raw_record(raw))
    assert [] == [word for word in words if word not in reason], reason


@pytest.mark.parametrize("value", (1, "x", True, None, [], [1], ["x", {"a": 2}], {"a": 1}))
@pytest.mark.parametrize("place", ("", "protocolSection", "derivedSection", "resultsSection"))
def test_a_field_that_the_registry_adds_is_taken_in_any_shape(place: str, value: Any) -> None:
    """A name that nobody reads may hold anything, beside the sections and among their modules."""
    record = study(derivedSection={}, resultsSection={})
    (record[place] if place else record)["added"] = value
    assert record == observed(raw_record(json.dumps(record).encode())).record


@pytest.mark.parametrize("value", (1, "x", [], [{}]))
@pytest.mark.parametrize("section", ("protocolSection", "derivedSection", "resultsSection", "documentSection"))
def test_a_section_or_module_must_be_an_object(section: str, value: Any) -> None:
    """What later readers step into is refused in any other shape, known module or not."""
    for name, wrong in ((f"/{section}", value), (f"/{section}/someModule", {"someModule": value})):
        record = study()
        record[section] = {**record.get(section, {}), **wrong} if isinstance(wrong, dict) else wrong
        assert f"stands at {name} where an object belongs" in refused(raw_record(json.dumps(record).encode()))


def test_a_record_under_another_trials_name_is_refused() -> None:
    """The id must be the one that the file's or folder's name claims."""
    assert "NCT00000001 but its file" in refused(raw_record(study_bytes(), expected_id="NCT00000002"))
    assert observed(raw_record(study_bytes(), expected_id=ID)).trial_id == ID


@pytest.mark.parametrize(
    ("sections", "pointer"),
    (
        (
            {"derivedSection": {"miscInfoModule": {"versionHolder": "2026-02-30"}}},
            "/derivedSection/miscInfoModule",
        ),
        (
            {"documentSection": {"largeDocumentModule": {"largeDocs": [{"date": "2020-01-01"}, {"date": "x"}]}}},
            "/documentSection/largeDocumentModule/largeDocs/1/date",
        ),
        (
            {"documentSection": {"largeDocumentModule": {"largeDocs": [{"uploadDate": "2020-01-01T25:00"}]}}},
            "/documentSection/largeDocumentModule/largeDocs/0/uploadDate",
        ),
        (
            {
                "annotationSection": {
                    "annotationModule": {"unpostedAnnotation": {"unpostedEvents": [{"date": "2020-00-01"}]}}
                }
            },
            "/annotationSection/annotationModule/unpostedAnnotation/unpostedEvents/0/date",
        ),
        (
            {
                "derivedSection": {
                    "miscInfoModule": {"submissionTracking": {"submissionInfos": [{"resetDate": "20200101"}]}}
                }
            },
            "/derivedSection/miscInfoModule/submissionTracking/submissionInfos/0/resetDate",
        ),
    ),
)
def test_an_impossible_date_is_refused_wherever_it_stands(sections: dict[str, Any], pointer: str) -> None:
    """Every place of a date is checked, and the reason gives its JSON Pointer."""
    assert f"at {pointer}" in refused(raw_record(study_bytes(**sections)))


@pytest.mark.parametrize("name", ("startDateStruct", "completionDateStruct", "dispFirstPostDateStruct"))
def test_an_impossible_date_of_the_status_module_is_refused(name: str) -> None:
    """2023-13-45 is no date, in a struct or bare as in old captures."""
    for value in ({"date": "2023-13-45"}, "2023-13-45"):
        record = study()
        record["protocolSection"]["statusModule"][name] = value
        reason = refused(raw_record(json.dumps(record).encode()))
        assert reason.startswith(f"impossible date '2023-13-45' at /protocolSection/statusModule/{name}/date")


@pytest.mark.parametrize("date", ("1900-01-01", "2100-12-31", "2024-02-29", "2026-05", "1999"))
def test_placeholders_and_partial_dates_are_valid(date: str) -> None:
    """What the calendar knows is a date, however unlikely."""
    record = study()
    record["protocolSection"]["statusModule"]["completionDateStruct"] = {"date": date, "type": "ACTUAL"}
    assert record == observed(raw_record(json.dumps(record).encode())).record


def test_a_time_of_day_is_valid_where_documents_were_uploaded() -> None:
    """``uploadDate`` is a date and a time in minutes."""
    documents = {"largeDocumentModule": {"largeDocs": [{"uploadDate": "2019-01-10T12:34"}]}}
    assert observed(raw_record(study_bytes(documentSection=documents))).trial_id == ID


def test_a_record_over_32_megabytes_is_refused_before_it_is_parsed() -> None:
    """32,000,000 bytes are read, one more is not; of so large a record only the head is kept."""
    filler = 32_000_000 - len(study_bytes(x=""))
    assert observed(raw_record(study_bytes(x="x" * filler))).trial_id == ID
    large = study_bytes(x="x" * (filler + 1))
    found = read_study(raw_record(large))
    assert isinstance(found, Refusal)
    assert "more than 32 MB" in found.reason
    assert (large[:KEPT_HEAD_BYTES], len(large)) == (found.raw, found.size_bytes)


def test_every_real_record_is_taken(corpus: Path) -> None:
    """All studies and versions of the corpus are whole records under their own names."""
    files = sorted([*corpus.glob("studies/*.json"), *corpus.glob("versions*/*/*.json")])
    assert len(files) > 600
    for file in files:
        found = observed(raw_record(file.read_bytes()))
        assert found.coverage.is_whole
        assert json.loads(file.read_bytes()) == found.record
