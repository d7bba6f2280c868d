"""Contents of messages made for the tests, as the outbox holds them, and the envelope that they are rendered with."""

from dataclasses import asdict
from datetime import UTC, date, datetime
from typing import Any

from tests.records import Json
from tracker.alerts.content import Kind, content
from tracker.alerts.items import Item, Told, change_item, condition_item, over_item
from tracker.alerts.rendering.envelope import Envelope
from tracker.domain.staleness import staleness_of
from tracker.views.answers import AnsweredChange, StaleTrial

NOW = datetime(2026, 2, 16, 7, 0, tzinfo=UTC)
TITLE = "Mesenchymal Cells in Decompensated Cirrhosis"
REASON = "the subscription stale asks for trials that are UNKNOWN; of all trials"


def change(**given: Json) -> Item:
    """The item of a change: a status that turned UNKNOWN, or what is given."""
    title = given.pop("title", TITLE)
    made: dict[str, Json] = {
        **dict.fromkeys(AnsweredChange.__dataclass_fields__),
        "position": 7,
        "trial_id": "NCT00000001",
        "revision": 3,
        "predecessor": 2,
        "type": "recruitment_status_changed",
        "field": "overall_status",
        "label": "Recruitment status",
        "path": "/protocolSection/statusModule/overallStatus",
        "old": "RECRUITING",
        "new": "UNKNOWN",
        "category": "status",
        "significance": "major",
        "origin": "sponsor",
        "posted_on": "2026-02-12",
        "observed_at": "2026-02-15T09:30:00Z",
        "detail": {},
    }
    item = change_item(AnsweredChange(**(made | given)), title=title, includes_people=True)
    assert item is not None
    return item


def condition(name: str = "unknown", *, cause: str = "2025-09-02", trial_id: str = "NCT00000001", **row: Json) -> Item:
    """The item of a condition that holds, with the keys of the stale list."""
    return condition_item(_told(name, cause, trial_id, row))


def over(name: str, reason: str, *, cause: str = "2025-09-02", trial_id: str = "NCT00000001") -> Item:
    """The item of a condition that is over."""
    told = Told(trial_id=trial_id, title=TITLE, condition=name, cause=cause, row={"published_status": "RECRUITING"})
    return over_item(told, reason=reason)


def _told(name: str, cause: str, trial_id: str, row: dict[str, Json]) -> Told:
    made: dict[str, Json] = {
        "trial_id": trial_id,
        "title": TITLE,
        "lead_sponsor": "A made university",
        "state": "unknown",
        "unknown_since": "2025-09-02",
        "days_unknown": 167,
        "lapses_on": None,
        "days_left": None,
        "last_known_status": "RECRUITING",
        "published_status": "UNKNOWN",
        "verified_on": "2023-03",
        "completion_on": "2025-09-01",
        "disagrees": False,
        "results_due_on": None,
        "posted_on": "2023-03-20",
        "observed_at": "2026-02-15T09:30:00Z",
    } | row
    assert set(StaleTrial.__dataclass_fields__) <= made.keys()
    return Told(trial_id=trial_id, title=made["title"], condition=name, cause=cause, row=made)


def said(kind: Kind, *items: Item, **other: Any) -> dict[str, Json]:
    """The content of a message."""
    told: dict[str, Any] = {"subscription": "stale", "reason": REASON, "more": "trialog stale"} | other
    return content(kind, items=items, **told)


def envelope(**given: Any) -> Envelope:
    """An envelope without a public address, or what is given."""
    made: dict[str, Any] = {"delivery_id": "dlv_01J5", "created_at": NOW, "subscription": "stale"}
    return Envelope(**(made | given))


# What ClinicalTrials.gov published of a trial that went UNKNOWN, as far as its alert shows it.
SEED: dict[str, Json] = {
    "protocolSection": {
        "identificationModule": {
            "nctId": "NCT03460795",
            "briefTitle": "Safety and Efficacy Study of Co-transfering of Mesenchymal Stem Cell and Regulatory T Cells "
            "in Treating End-stage Liver Disease",
        },
        "statusModule": {"overallStatus": "UNKNOWN", "completionDateStruct": {"date": "2025-09-01"}},
        "sponsorCollaboratorsModule": {"leadSponsor": {"name": "Nanjing Medical University"}},
    }
}


def seed_alert() -> dict[str, Json]:
    """The alert that the trial of ``SEED`` is UNKNOWN."""
    protocol = SEED["protocolSection"]
    rule = staleness_of(SEED)
    assert rule.lapses_on is not None
    row = StaleTrial(
        trial_id="NCT03460795",
        title=str(protocol["identificationModule"]["briefTitle"]),
        lead_sponsor="Nanjing Medical University",
        state="unknown",
        unknown_since=rule.lapses_on.isoformat(),
        days_unknown=(date(2026, 2, 16) - rule.lapses_on).days,
        lapses_on=None,
        days_left=None,
        last_known_status=rule.last_known_status,
        published_status=rule.published_status,
        verified_on=rule.verified_on,
        completion_on=rule.completion_on,
        disagrees=False,
    )
    seen = {"results_due_on": None, "posted_on": "2020-03-04", "observed_at": "2026-02-16T06:40:00Z"}
    told = Told(
        trial_id=row.trial_id,
        title=row.title,
        condition="unknown",
        cause=str(row.unknown_since),
        row={**asdict(row), **seen},
    )
    asked = ("trials that are UNKNOWN", "trials that will turn UNKNOWN within 60 days")
    return content(
        Kind.CONDITION,
        subscription="stale",
        reason=f"the subscription stale asks for {' and for '.join(asked)}; of all trials",
        items=[condition_item(told)],
        more="trialog stale --within 60",
    )
