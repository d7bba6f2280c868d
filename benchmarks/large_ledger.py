"""A ledger of many small trials to measure with: made records, recorded as an import records them.

It promises the same ledger each time. Titles are of words as frequent as words are, some in each thousand trials and
most in a few; a third of the trials are of cancer; one trial in ten has a second revision, of another status.
"""

import json
import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import accumulate, islice
from pathlib import Path

from benchmarks.records import renumbered, samples
from store.unit_of_work import Database
from tracker.diffing.catalogue import default_catalogue
from tracker.domain.clock import SystemClock
from tracker.domain.coverage import WHOLE
from tracker.domain.record import Json
from tracker.pipeline.preparing import Prepared, address_of, prepare
from tracker.pipeline.recording import Recorder
from tracker.pipeline.replaying import ensure_views
from tracker.source import observe

TRIALS_COUNT = 100_000

_BATCH = 1_000
_WORDS_COUNT = 30_000
_FIRST_ON, _DAYS_COUNT = date(2019, 1, 1), 2_500
_LATER_ON = date(2026, 2, 2)
_OBSERVED_AT = datetime(2026, 2, 3, 14, tzinfo=UTC)
_STATUSES = ("RECRUITING", "COMPLETED", "ACTIVE_NOT_RECRUITING", "TERMINATED", "UNKNOWN")
_COUNTRIES = ("United States", "France", "China", "Germany", "Norway", "Türkiye", "Japan")
_SYLLABLES = [consonant + vowel for consonant in "bcdfgklmnprstvz" for vowel in "aeiou"]


def open_large_ledger(path: Path, *, trials_count: int = TRIALS_COUNT) -> Database:
    """A SQLite ledger at ``path`` with trials ``NCT00000000`` and on; made in about a minute and a half."""
    database = Database.open(path, clock=SystemClock().now)
    ensure_views(database, show=lambda *_: None)
    assert database.dialect_name == "sqlite"
    maker = _Maker()
    records = (maker.record(number) for number in range(trials_count))
    while batch := list(islice(records, _BATCH)):
        _record(database, [_prepared(record) for record in batch])
        _record(database, [_prepared(_later(record)) for record in batch[::10]])
    return database


def add_samples(database: Database) -> tuple[str, list[str]]:
    """Add records of the size of real ones, every second with a second revision: what they are, and their ids."""
    what, bodies = samples()
    records = [json.loads(body) for body in renumbered(len(bodies))]
    _record(database, [_prepared(record) for record in records])
    _record(database, [_prepared(_later(record)) for record in records[::2]])
    return what, [record["protocolSection"]["identificationModule"]["nctId"] for record in records]


def _record(database: Database, prepared: list[Prepared]) -> None:
    with database.writing() as transaction:
        Recorder(
            transaction=transaction, catalogue=default_catalogue(), run_id="benchmark", observed_at=_OBSERVED_AT
        ).record(prepared)


def _prepared(record: Json) -> Prepared:
    trial_id = record["protocolSection"]["identificationModule"]["nctId"]
    observation = observe(record, trial_id=trial_id, coverage=WHOLE, source="benchmark")
    return prepare(observation, address=address_of(record))


def _later(record: Json) -> Json:
    """The same trial, suspended on a day behind all others."""
    protocol = record["protocolSection"]
    posted = {"lastUpdatePostDateStruct": {"date": _LATER_ON.isoformat(), "type": "ACTUAL"}}
    status = {**protocol["statusModule"], "overallStatus": "SUSPENDED", **posted}
    return {**record, "protocolSection": {**protocol, "statusModule": status}}


class _Maker:
    """Makes records, each by its number alone and the words that all share."""

    def __init__(self) -> None:
        self._words = list(_made_words())
        self._weights = list(accumulate(1 / (rank + 3) for rank in range(len(self._words))))

    def record(self, number: int) -> Json:
        """A small record with what a page or a search shows."""
        chance = random.Random(number)
        title = self._chosen(chance, 12)
        condition = self._chosen(chance, 2)
        if number % 3 == 0:
            title[3], condition[1] = "Cancer", "Cancer"
        posted_on = _FIRST_ON + timedelta(days=int(chance.triangular(0, _DAYS_COUNT, _DAYS_COUNT)))
        return {
            "protocolSection": {
                "identificationModule": {
                    "nctId": f"NCT{number:08d}",
                    "orgStudyIdInfo": {"id": f"{chance.choice(self._words).upper()}-{number}"},
                    "briefTitle": " ".join(title),
                    "officialTitle": " ".join([*title, *self._chosen(chance, 10)]),
                },
                "statusModule": _dates(chance.choice(_STATUSES), posted_on),
                "sponsorCollaboratorsModule": {
                    "leadSponsor": {"name": " ".join(["University of", *self._chosen(chance, 1)]), "class": "OTHER"}
                },
                "conditionsModule": {"conditions": [" ".join(condition), *self._chosen(chance, 1)]},
                "designModule": {
                    "studyType": "INTERVENTIONAL",
                    "phases": [f"PHASE{chance.randrange(1, 5)}"],
                    "enrollmentInfo": {"count": chance.randrange(10, 900), "type": "ESTIMATED"},
                },
                "armsInterventionsModule": {"interventions": [{"type": "DRUG", "name": self._chosen(chance, 1)[0]}]},
                "contactsLocationsModule": {
                    "locations": [
                        {"facility": f"Clinic {site}", "city": "Here", "country": chance.choice(_COUNTRIES)}
                        for site in range(3)
                    ]
                },
            },
            "hasResults": False,
        }

    def _chosen(self, chance: random.Random, count: int) -> list[str]:
        return chance.choices(self._words, cum_weights=self._weights, k=count)


def _dates(status: str, posted_on: date) -> Json:
    last_known = {"lastKnownStatus": "RECRUITING"} if status == "UNKNOWN" else {}
    return {
        "overallStatus": status,
        **last_known,
        "statusVerifiedDate": f"{posted_on:%Y-%m}",
        "startDateStruct": {"date": (posted_on - timedelta(days=400)).isoformat(), "type": "ACTUAL"},
        "completionDateStruct": {"date": f"{posted_on + timedelta(days=500):%Y-%m}", "type": "ESTIMATED"},
        "lastUpdatePostDateStruct": {"date": posted_on.isoformat(), "type": "ACTUAL"},
    }


def _made_words() -> Iterator[str]:
    chance = random.Random(1)
    for _ in range(_WORDS_COUNT):
        yield "".join(chance.choices(_SYLLABLES, k=chance.randrange(2, 6)))
