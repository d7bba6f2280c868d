"""Items of messages: what they are known by, and what they never tell of people."""

from typing import Any

import pytest

from tracker.alerts.content import Kind, content, fitted
from tracker.alerts.items import Told, change_item, condition_item, over_item
from tracker.views.answers import AnsweredChange

LOCATIONS = "/protocolSection/contactsLocationsModule/locations"
SITE = {"facility": "Ward 4", "city": "Oslo", "contacts": [{"name": "Kari", "phone": "1"}]}


def change(**given: Any) -> AnsweredChange:
    """A change of a recruitment status, or what is given."""
    made: dict[str, Any] = dict.fromkeys(AnsweredChange.__dataclass_fields__)
    made |= {
        "position": 7,
        "trial_id": "NCT00000001",
        "type": "recruitment_status_changed",
        "path": "/protocolSection/statusModule/overallStatus",
        "old": "RECRUITING",
        "new": "COMPLETED",
        "detail": {},
    }
    return AnsweredChange(**(made | given))


def test_a_change_is_known_by_its_position_and_keeps_all_its_keys() -> None:
    """The item has the keys of ``changes --json``, the title and the address at the registry."""
    item = change_item(change(), title="A trial", includes_people=False)
    assert item is not None
    assert ("event:7", "A trial") == (item["key"], item["title"])
    assert "https://clinicaltrials.gov/study/NCT00000001" == item["registry_url"]
    assert set(AnsweredChange.__dataclass_fields__) <= item.keys()


@pytest.mark.parametrize(
    "path",
    (
        f"{LOCATIONS}/0/contacts/0/phone",
        "/protocolSection/contactsLocationsModule/centralContacts/0",
        "/protocolSection/contactsLocationsModule/overallOfficials/1/name",
        "/resultsSection/moreInfoModule/pointOfContact/email",
    ),
)
def test_what_is_only_of_people_is_left_out_unless_asked_for(path: str) -> None:
    """Contacts, central contacts, officials and points of contact."""
    of_people = change(path=path, old="1", new="2")
    assert None is change_item(of_people, title=None, includes_people=False)
    assert None is not change_item(of_people, title=None, includes_people=True)


def test_people_are_taken_out_of_what_says_more() -> None:
    """A site that came is told without its contacts; one that differs in these alone is not told."""
    item = change_item(change(path=f"{LOCATIONS}/0", old=None, new=SITE), title=None, includes_people=False)
    assert item is not None
    assert {"facility": "Ward 4", "city": "Oslo"} == item["new"]
    other = {**SITE, "contacts": [{"name": "Per"}]}
    assert None is change_item(change(path=f"{LOCATIONS}/0", old=SITE, new=other), title=None, includes_people=False)


def test_a_condition_is_known_by_trial_and_cause_and_its_end_by_the_same() -> None:
    """The keys of a row of the stale list are in the item."""
    told = Told(trial_id="NCT00000001", title="A", condition="unknown", cause="2026-04-01", row={"days_unknown": 3})
    item = condition_item(told)
    assert ("unknown:NCT00000001:2026-04-01", 3) == (item["key"], item["days_unknown"])
    assert ("unknown", "2026-04-01") == (item["condition"], item["cause"])
    over = over_item(told, reason="verified again")
    assert ("over:unknown:NCT00000001:2026-04-01", "verified again") == (over["key"], over["over"])


def test_two_hundred_are_told_in_full_and_the_rest_counted() -> None:
    """The command that lists all stands beside the count."""
    items = [
        condition_item(Told(trial_id=f"NCT{n:08}", title=None, condition="unknown", cause="x", row={}))
        for n in range(250)
    ]
    said = content(Kind.CONDITION, subscription="stale", reason="r", items=items, more="trialog stale")
    assert (200, 250, 50, "trialog stale") == (
        len(said["items"]),
        said["items_count"],
        said["more_count"],
        said["more"],
    )


@pytest.mark.parametrize(("count", "characters"), ((1, 50_000), (3, 9_000), (200, 400), (5, 10)))
def test_what_does_not_fit_is_shortened_then_left_out_and_counted(count: int, characters: int) -> None:
    """The size holds, nothing that fits is touched, and kept and left out add up."""
    items = [
        change_item(change(position=n, new="x" * characters), title=None, includes_people=False) for n in range(count)
    ]
    said = content(
        Kind.CHANGES, subscription="s", reason="r", items=[one for one in items if one], more="trialog changes"
    )
    small = fitted(said, most_bytes=20_000)
    assert count == len(small["items"]) + small["more_count"]
    assert [f"event:{n}" for n in range(len(small["items"]))] == [item["key"] for item in small["items"]]
    assert (small is said) is (characters == 10)
