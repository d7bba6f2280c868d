"""What the registry does to records without a word, drawn at random: no version, no post date."""

from collections.abc import Mapping
from datetime import date
from random import Random
from typing import Any

from tracker.domain.partial_date import add_months
from tracker.domain.record import Json, list_at, module, value_at
from tracker.simulator import edits
from tracker.simulator.draft import ESTIMATE, LINKS, REFERENCES, SITES, UNPOSTED, name_of
from tracker.simulator.edits import Edit


def _sponsor(_record: Json, random: Random, _today: date) -> list[Edit]:
    return [edits.sponsor(f"Renamed Sponsor {random.randrange(500)}")]


def _reference(record: Json, random: Random, _today: date) -> list[Edit]:
    pmid = str(random.randrange(10**7, 10**8))
    there = [item.get("pmid") for item in list_at(module(record, "referencesModule"), REFERENCES.rsplit("/", 1)[-1])]
    return [] if pmid in there else [edits.derived_reference(pmid)]


def _link(record: Json, random: Random, _today: date) -> list[Edit]:
    number = random.randrange(10**6)
    links = list_at(module(record, "referencesModule"), LINKS.rsplit("/", 1)[-1])
    url = f"https://example.org/study?id={number}&lang=en"
    return [] if url in [item["url"] for item in links] else [edits.link(url, f"Page {number}")]


def _geo_point(record: Json, random: Random, _today: date) -> list[Edit]:
    there = list_at(module(record, "contactsLocationsModule"), "locations")
    if not there:
        return []
    name = name_of(random.choice(there), SITES)
    return [edits.geo_point(name, round(random.uniform(-60, 60), 5), round(random.uniform(-170, 170), 5))]


def _unposted(record: Json, random: Random, today: date) -> list[Edit]:
    there = value_at(record, *UNPOSTED.split("/")[1:]) or []
    kind, day = random.choice(("RELEASE", "RESET", "UNRELEASE")), today.isoformat()
    if {"type": kind, "date": day} in there:
        return []
    return [edits.unposted_event(kind, day), edits.value(ESTIMATE, day)]


def _order(_record: Json, random: Random, _today: date) -> list[Edit]:
    return [edits.reordered(SITES, random)]


def _noise(_record: Json, random: Random, _today: date) -> list[Edit]:
    return [edits.derived_noise(f"Term {random.randrange(10**4)}")]


def _verification(_record: Json, random: Random, today: date) -> list[Edit]:
    """Rare, but it makes UNKNOWN come and go without a version."""
    return [edits.verified(add_months(today, -random.randrange(0, 40)).isoformat()[:7])]


# Weight and maker of each kind.
MAKERS: Mapping[str, tuple[int, Any]] = {
    "sponsor": (20, _sponsor),
    "reference": (20, _reference),
    "link": (5, _link),
    "geo_point": (15, _geo_point),
    "unposted": (10, _unposted),
    "order": (10, _order),
    "noise": (15, _noise),
    "verification": (5, _verification),
}
