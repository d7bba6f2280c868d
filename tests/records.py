"""Small records made for the tests: a study with what a test names, and nothing it does not need."""

import itertools
from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

from tracker.domain.coverage import WHOLE, Coverage
from tracker.source import Observation, observe

Json: TypeAlias = Any

ID = "NCT00000001"
SITES = (("Alpha Clinic", "Bergen", "Norway"), ("Beta Hospital", "Lyon", "France"))


def record(
    nct_id: str = ID,
    *,
    status: str | None = "RECRUITING",
    posted_on: str | None = "2026-01-10",
    submitted_on: str | None = None,
    data_on: str | None = None,
    **modules: Mapping[str, Json],
) -> dict[str, Json]:
    """A whole study; ``modules`` are modules of the protocol section, laid over what stands there.

    ``posted_on``: last update posted; ``data_on``: the data release (``versionHolder``). None leaves a field out.
    """
    dates = {"lastUpdatePostDateStruct": posted_on and {"date": posted_on, "type": "ACTUAL"}}
    told = {"overallStatus": status, "lastUpdateSubmitDate": submitted_on, **dates}
    protocol: dict[str, Json] = {
        "identificationModule": {"nctId": nct_id, "briefTitle": "A made trial"},
        "statusModule": {key: value for key, value in told.items() if value is not None},
    }
    for name, module in modules.items():
        protocol[name] = {**protocol.get(name, {}), **module}
    made: dict[str, Json] = {"protocolSection": protocol, "hasResults": False}
    if data_on:
        made["derivedSection"] = {"miscInfoModule": {"versionHolder": data_on}}
    return made


def selection(nct_id: str = ID, **modules: Mapping[str, Json]) -> dict[str, Json]:
    """A study of which only some fields were asked for: none of what tells a whole record."""
    identification = {"nctId": nct_id, **modules.pop("identificationModule", {})}
    return {"protocolSection": {"identificationModule": identification, **modules}}


def observation(record: Json, coverage: Coverage = WHOLE) -> Observation:
    """A record as a source of that coverage shows it."""
    trial_id = record["protocolSection"]["identificationModule"]["nctId"]
    return observe(coverage.project(record), trial_id=trial_id, coverage=coverage, source="made")


def enrollment(count: int) -> dict[str, Json]:
    """A design module with so many participants."""
    return {"enrollmentInfo": {"count": count, "type": "ESTIMATED"}}


def site(facility: str, city: str, country: str, **more: Json) -> dict[str, Json]:
    """A location."""
    return {"facility": facility, "city": city, "country": country, **more}


def sites(count: int = 2) -> dict[str, Json]:
    """A locations module with ``count`` sites."""
    places = [site(*place) for place in SITES[:count]]
    places += [site(f"Clinic {n}", f"City {n % 97}", "Norway") for n in range(len(places), count)]
    return {"locations": places}


def trial_ids(first: int = 1) -> Iterator[str]:
    """NCT numbers that count up."""
    return (f"NCT{number:08d}" for number in itertools.count(first))
