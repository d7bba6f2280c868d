"""What can be done to a record, one function a kind; each gives an edit, to be handed to ``World.edit``.

Whether an edit is a sponsor's new version or a silent act of the registry is said there, not here: both happen to
nearly every field. Dates are verbatim registry dates.
"""

import copy
from collections.abc import Callable
from random import Random
from typing import TypeAlias

from tracker.domain.record import Json
from tracker.domain.staleness import ACTIVE_STATUSES, UNKNOWN
from tracker.simulator.draft import (
    ALIASES,
    COLLABORATORS,
    CONDITIONS,
    LINKS,
    PROTOCOL,
    REFERENCES,
    RESULTS,
    SITES,
    STATUS,
    UNPOSTED,
    Draft,
)

Edit: TypeAlias = Callable[[Draft], None]

_LIMITATIONS = f"{RESULTS}/moreInfoModule/limitationsAndCaveats/description"


def status(value: str, *, why_stopped: str | None = None) -> Edit:
    """The submitted status; a record that shows UNKNOWN shows it at once, and the rule is asked at the next release."""

    def edit(draft: Draft) -> None:
        draft.put(f"{STATUS}/overallStatus", value)
        draft.put(f"{STATUS}/lastKnownStatus", None)
        draft.put(f"{STATUS}/whyStopped", why_stopped)

    return edit


def shown_status(is_unknown: bool) -> Edit:
    """What the registry's clock does: UNKNOWN over the submitted status, or the submitted status again."""

    def edit(draft: Draft) -> None:
        shown = draft.value(f"{STATUS}/overallStatus")
        last_known = draft.value(f"{STATUS}/lastKnownStatus")
        if is_unknown and shown in ACTIVE_STATUSES:
            draft.put(f"{STATUS}/lastKnownStatus", shown)
            draft.put(f"{STATUS}/overallStatus", UNKNOWN)
        elif not is_unknown and shown == UNKNOWN and last_known is not None:
            draft.put(f"{STATUS}/overallStatus", last_known)
            draft.put(f"{STATUS}/lastKnownStatus", None)

    return edit


def date(struct: str, day: str | None, *, kind: str = "ESTIMATED") -> Edit:
    """A date with its type, such as ``completionDateStruct``; None takes both away."""

    def edit(draft: Draft) -> None:
        draft.put(f"{STATUS}/{struct}/date", day)
        draft.put(f"{STATUS}/{struct}/type", kind if day else None)

    return edit


def verified(month: str | None) -> Edit:
    """The month in which the status was verified."""
    return value(f"{STATUS}/statusVerifiedDate", month)


def enrollment(count: int, *, kind: str = "ESTIMATED") -> Edit:
    """The number of participants, ESTIMATED or ACTUAL."""

    def edit(draft: Draft) -> None:
        draft.put(f"{PROTOCOL}/designModule/enrollmentInfo/count", count)
        draft.put(f"{PROTOCOL}/designModule/enrollmentInfo/type", kind)

    return edit


def value(place: str, new: Json) -> Edit:
    """Any leaf outside lists, such as a text; None takes it away."""
    return lambda draft: draft.put(place, new)


def item_added(place: str, item: Json) -> Edit:
    """An item of a list that ``draft.NAMED_BY`` knows: an outcome, a site, a reference, a link, a condition."""
    return lambda draft: draft.add(place, item)


def item_removed(place: str, name: str) -> Edit:
    """An item of such a list, by its name."""
    return lambda draft: draft.drop(place, name)


def item_changed(place: str, name: str, **values: Json) -> Edit:
    """Values of an item: the wording of an outcome, the status of a site.

    The new wording must stay like the old one, else a reader cannot but see an item that went and one that came.
    """
    return lambda draft: draft.alter(place, name, values)


def reordered(place: str, random: Random) -> Edit:
    """The order of a list outside the results: no change of content."""

    def edit(draft: Draft) -> None:
        items = list(draft.value(place) or ())
        random.shuffle(items)
        draft.place(place, items or None)

    return edit


def derived_noise(term: str) -> Edit:
    """The registry's computation, such as a MeSH term: no change of content."""
    return lambda draft: draft.place(
        "/derivedSection/conditionBrowseModule/meshes", [{"id": f"D{len(term):06d}", "term": term}]
    )


def sponsor(name: str) -> Edit:
    """The lead sponsor's name, which the registry mostly changes silently."""
    return value(f"{PROTOCOL}/sponsorCollaboratorsModule/leadSponsor/name", name)


def collaborator(name: str) -> Edit:
    """One more collaborator."""
    return item_added(COLLABORATORS, {"name": name, "class": "OTHER"})


def condition(name: str) -> Edit:
    """One more condition."""
    return item_added(CONDITIONS, name)


def derived_reference(pmid: str) -> Edit:
    """A publication that the registry found to mention the trial."""
    return item_added(
        REFERENCES, {"pmid": pmid, "type": "DERIVED", "citation": f"Made A, Writer B. A report. PMID {pmid}."}
    )


def link(url: str, label: str) -> Edit:
    """One more link."""
    return item_added(LINKS, {"label": label, "url": url})


def geo_point(site: str, lat: float, lon: float) -> Edit:
    """Where the registry puts a site on the map."""
    return item_changed(SITES, site, geoPoint={"lat": lat, "lon": lon})


def unposted_event(kind: str, day: str) -> Edit:
    """RELEASE, RESET or UNRELEASE of results that are not posted."""
    return item_added(UNPOSTED, {"type": kind, "date": day})


def results_posted(day: str, section: Json) -> Edit:
    """The results section, with the dates that come with it."""

    def edit(draft: Draft) -> None:
        draft.put(RESULTS, section)
        draft.put(f"{STATUS}/resultsFirstSubmitDate", day)
        draft.put(f"{STATUS}/resultsFirstSubmitQcDate", day)
        draft.put(f"{STATUS}/resultsFirstPostDateStruct/date", day)
        draft.put(f"{STATUS}/resultsFirstPostDateStruct/type", "ACTUAL")
        draft.place("/hasResults", True)

    return edit


def results_revised(limitations: str) -> Edit:
    """A text inside the results."""

    def edit(draft: Draft) -> None:
        old = draft.value(RESULTS)
        if old is None:
            raise ValueError("there are no results to revise")
        inner = Draft(record={"resultsSection": copy.deepcopy(old)})
        inner.place(_LIMITATIONS, limitations)
        draft.put(RESULTS, inner.record["resultsSection"])

    return edit


def results_removed() -> Edit:
    """The results section goes, with its dates."""

    def edit(draft: Draft) -> None:
        draft.put(RESULTS, None)
        for place in ("resultsFirstSubmitDate", "resultsFirstSubmitQcDate"):
            draft.put(f"{STATUS}/{place}", None)
        date("resultsFirstPostDateStruct", None)(draft)
        draft.place("/hasResults", False)

    return edit


def alias(trial_id: str) -> Edit:
    """A dead number that now means this trial."""
    return item_added(ALIASES, trial_id)


def submission(*, submitted_on: str, posted_on: str) -> Edit:
    """What every new version moves: the verification month, the submission and the post date."""

    def edit(draft: Draft) -> None:
        draft.put(f"{STATUS}/statusVerifiedDate", submitted_on[:7])
        draft.put(f"{STATUS}/lastUpdateSubmitDate", submitted_on)
        date("lastUpdatePostDateStruct", posted_on, kind="ACTUAL")(draft)

    return edit
