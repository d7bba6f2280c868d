"""Records that strain a database go in and come out: odd characters, many sites, ten megabytes."""

import copy

import pytest

from tests.contract.pipeline.lab import Lab
from tests.records import Json, sites
from tracker.domain.pointer import resolve


@pytest.mark.parametrize("odd", ("nul \0 here", "lone \ud800 surrogate", "\udc00\ud800", "\U0001f9ea\u2028\ufffe"))
def test_odd_characters_in_titles_go_in_and_come_out(own_lab: Lab, odd: str) -> None:
    """NUL, lone surrogates and other oddities are stored, told and verified as they are."""
    record = own_lab.record(
        identificationModule={"briefTitle": odd},
        conditionsModule={"conditions": [odd, f"{odd}\nof two lines"]},
        sponsorCollaboratorsModule={"leadSponsor": {"name": odd}},
    )
    own_lab.see_each(own_lab.record(identificationModule={"briefTitle": f"old {odd}"}), record)
    assert record == own_lab.stored(own_lab.at().snapshot)
    (title,) = [one for one in own_lab.trail() if one.field == "brief_title"]
    assert (f"old {odd}", odd) == (title.old, title.new)
    assert own_lab.verify().ok


@pytest.mark.parametrize("odd", ("nul\0", "lone\ud800", "a/b~c"))
def test_odd_keys_go_in_and_come_out(own_lab: Lab, odd: str) -> None:
    """A key that no database takes as text is told as a path all the same."""
    record = own_lab.record()
    record["protocolSection"][odd] = {odd: 1}
    own_lab.see_each(own_lab.record(), record, own_lab.record())
    added, removed = own_lab.trail()[1:]
    assert (1, None) == (resolve(record, added.path), added.old)
    assert (added.path, 1, None) == (removed.path, removed.old, removed.new)
    assert own_lab.verify().ok


def test_fields_that_the_registry_adds_go_in_and_come_out(lab: Lab) -> None:
    """Scalars and lists beside sections and modules: a change where they are content, else none."""
    first = {**lab.record(), "derivedSection": {"x": 1, "y": [1, 2]}, "newFlag": True}
    second: Json = copy.deepcopy(first)
    second["derivedSection"]["x"] = 2
    second["protocolSection"]["newCount"] = 3
    second["newFlag"] = "of another kind"
    lab.see_each(first, second)
    assert second == lab.stored(lab.at().snapshot)
    assert {"/protocolSection/newCount", "/newFlag"} == {change.path for change in lab.trail()[1:]}
    assert lab.verify().ok


def test_numbers_beyond_64_bits_come_out_exactly(lab: Lab) -> None:
    """An integer of any size is the same when it is told."""
    lab.see_each(*(lab.record(designModule={"enrollmentInfo": {"count": 10**30 + n}}) for n in (1, 2)))
    (change,) = lab.trail()[1:]
    assert (10**30 + 1, 10**30 + 2) == (change.old, change.new)


def test_ten_thousand_sites_go_in_and_come_out(own_lab: Lab) -> None:
    """One of 10,000 sites closes and another leaves: two changes, and the record as it was."""
    first = own_lab.record(contactsLocationsModule=sites(10_000))
    second: Json = copy.deepcopy(first)
    places = second["protocolSection"]["contactsLocationsModule"]["locations"]
    places[5_000]["status"] = "COMPLETED"
    del places[7_000]
    own_lab.see_each(first, second)
    assert ["location_removed", "location_status_changed"] == sorted(one.type for one in own_lab.trail()[1:])
    assert second == own_lab.stored(own_lab.at().snapshot)


def test_a_record_of_ten_megabytes_goes_in_and_comes_out(own_lab: Lab) -> None:
    """Its new text of 10 MB is told as a pointer, and the record comes out whole."""
    text = "".join(f"{n:07} of very many words. " for n in range(400_000))
    assert len(text) > 10_000_000
    record = own_lab.record(descriptionModule={"detailedDescription": text})
    own_lab.see_each(own_lab.record(), record)
    (change,) = own_lab.trail()[1:]
    assert text == resolve(own_lab.stored(change.new["snapshot"]), change.new["pointer"])
    assert record == own_lab.stored(own_lab.at().snapshot)
