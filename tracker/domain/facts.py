"""The facts of a record that questions are asked about: titles, people in charge, places, status, dates."""

from dataclasses import dataclass
from datetime import date

from tracker.domain.record import Json, list_at, module, posted_on, submitted_on, text_at
from tracker.domain.results_duty import results_owed_on
from tracker.domain.short_row import short_row
from tracker.domain.staleness import Staleness, staleness_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What lists and searches show of one content of a trial; verbatim, in the record's order.

    ``results_due_on``: the last day in time for results that are owed and not reported; else None.
    """

    title: str | None
    lead_sponsor: str | None
    conditions: tuple[str, ...]
    interventions: tuple[str, ...]
    countries: tuple[str, ...]
    phases: tuple[str, ...]
    posted_on: date | None
    submitted_on: str | None
    staleness: Staleness
    results_due_on: date | None
    short_row: str


def facts_of(record: Json) -> Facts:
    """The facts of ``record``; what is missing or of another shape is None or empty."""
    identification = module(record, "identificationModule")
    locations = list_at(module(record, "contactsLocationsModule"), "locations")
    return Facts(
        title=text_at(identification, "briefTitle") or text_at(identification, "officialTitle"),
        lead_sponsor=text_at(module(record, "sponsorCollaboratorsModule"), "leadSponsor", "name"),
        conditions=_texts(list_at(module(record, "conditionsModule"), "conditions")),
        interventions=_texts(
            [text_at(one, "name") for one in list_at(module(record, "armsInterventionsModule"), "interventions")]
        ),
        countries=_texts([place.get("country") for place in locations if isinstance(place, dict)]),
        phases=_texts(list_at(module(record, "designModule"), "phases")),
        posted_on=posted_on(record),
        submitted_on=submitted_on(record),
        staleness=staleness_of(record),
        results_due_on=results_owed_on(record),
        short_row=short_row(record),
    )


def _texts(values: list[Json]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for value in values if isinstance(value, str)))
