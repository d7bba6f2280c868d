"""The very bytes that gave a trial's newest revision are not read again; anything else is."""

from dataclasses import replace

from tests.contract.pipeline.lab import Lab, MadeSource, raw_of
from tests.records import Json, enrollment
from tracker.source import Observation, RawRecord, Refusal
from tracker.sources.reading import read_record

OTHER = "NCT00000002"


def read_of(lab: Lab, *raws: RawRecord) -> int:
    """How many of ``raws`` were read when they were imported."""
    read: list[RawRecord] = []

    def reading(raw: RawRecord) -> Observation | Refusal:
        read.append(raw)
        return read_record(raw)

    replace(lab.importer(), read=reading).run(MadeSource(raws))
    return len(read)


def versions(lab: Lab) -> tuple[Json, Json]:
    """Two contents of the trial, a release apart."""
    first, second = (
        lab.record(data_on=f"2026-02-0{day}", posted_on="2026-01-10", designModule=enrollment(day)) for day in (1, 2)
    )
    return first, second


def test_the_same_bytes_are_not_read_again(lab: Lab) -> None:
    """Neither after the first sight nor after a later one, and the import counts them as unchanged."""
    for record in versions(lab):
        raw = raw_of(record)
        assert [1, 0] == [read_of(lab, raw), read_of(lab, raw)]
        assert 1 == lab.run(MadeSource([raw])).counts.unchanged
    assert 2 == len(lab.timeline())


def test_bytes_of_another_revision_are_read(lab: Lab) -> None:
    """What is not the newest any more may be news: it is planned like anything else."""
    first, second = map(raw_of, versions(lab))
    assert [1, 1, 1, 0] == [read_of(lab, raw) for raw in (first, second, first, second)]


def test_a_later_release_of_the_same_content_is_read_once(lab: Lab) -> None:
    """Its sight is kept at the first time; after that its bytes are the ones that are known."""
    first, _ = versions(lab)
    later: Json = {**first, "derivedSection": {"miscInfoModule": {"versionHolder": "2026-02-09"}}}
    assert [1, 1, 0] == [read_of(lab, raw_of(record)) for record in (first, later, later)]


def test_known_bytes_in_a_file_of_another_name_are_refused(lab: Lab) -> None:
    """The name claims another trial, which is found before the bytes are taken for known."""
    raw = raw_of(versions(lab)[0])
    read_of(lab, raw)
    assert 1 == lab.run(MadeSource([replace(raw, expected_id=OTHER)])).rejected


def test_one_of_several_versions_is_always_read(lab: Lab) -> None:
    """With several versions in one import their order is to be told."""
    raws = [raw_of(record) for record in versions(lab)]
    read_of(lab, *raws)
    assert 2 == read_of(lab, *raws)
    assert 2 == len(lab.timeline())
