"""A trial's record on one page: what a person wants to see first, and where the rest is.

It reads whatever shape the record has and leaves out what is not there. The verbatim record is ``--json``.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from rich.text import Text

from tracker.cli.page import Page
from tracker.domain.record import Json, list_at, module, text_at, value_at
from tracker.domain.safe_text import one_line, shortened, shown
from tracker.domain.staleness import ALWAYS, UNKNOWN, Staleness, staleness_of
from tracker.domain.values import brief
from tracker.domain.whereabouts import Whereabouts
from tracker.domain.wording import ORIGINS, count, dated, duration, minute, words
from tracker.views.answers import AnsweredMove, AnsweredRevision

_CRITERIA_CHARS = 600
_MOST_LISTED = 6
REGISTRY_PAGE = "https://clinicaltrials.gov/study/"


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordPage:
    """Shows one revision of a trial, of ``newest`` known ones, as of ``today``; ``move``: the last of its record."""

    page: Page
    today: date
    newest: int
    move: AnsweredMove | None = None

    def show(self, record: Json, revision: AnsweredRevision) -> None:
        """The whole page."""
        title = text_at(record, "protocolSection", "identificationModule", "briefTitle") or revision.title or ""
        self.page.line(Text.assemble((revision.trial_id, "bold cyan"), "  ", (one_line(title), "bold")), hang=2)
        official = text_at(record, "protocolSection", "identificationModule", "officialTitle")
        if official and one_line(official) != one_line(title):
            self.page.line(one_line(official), style="dim")
        if self.move is not None and self.move.whereabouts != Whereabouts.VISIBLE:
            self.page.line(_where(self.move, self.today), style="bold yellow")
        self.page.line()
        self.page.fields(list(self._facts(record)))
        for heading, lines in (
            ("Arms and interventions", _named(record, "armsInterventionsModule", "interventions")),
            ("Primary outcomes", _named(record, "outcomesModule", "primaryOutcomes")),
            ("Secondary outcomes", _named(record, "outcomesModule", "secondaryOutcomes")),
            ("Eligibility", _eligibility(record)),
            ("Sites", _sites(record)),
        ):
            self._section(heading, lines)
        self._section("This revision", list(self._about(revision)))

    def _section(self, heading: str, lines: list[str]) -> None:
        if lines:
            self.page.line()
            self.page.line(heading, style="bold")
            for line in lines:
                self.page.line(line, indent=2, hang=2)

    def _facts(self, record: Json) -> Iterator[tuple[str, Text | str]]:
        staleness = staleness_of(record)
        status, design = module(record, "statusModule"), module(record, "designModule")
        yield "Status", self._status(staleness)
        yield "Staleness", staleness_line(staleness, self.today)
        yield "Why stopped", one_line(text_at(status, "whyStopped") or "")
        yield "Study type", words(one_line(text_at(design, "studyType") or ""))
        yield "Phase", ", ".join(words(brief(phase)) for phase in list_at(design, "phases"))
        yield "Enrollment", _enrollment(design)
        yield "Start", self._date(status, "startDateStruct")
        yield "Primary completion", self._date(status, "primaryCompletionDateStruct")
        yield "Completion", self._date(status, "completionDateStruct")
        yield "Status verified", one_line(text_at(status, "statusVerifiedDate") or "")
        yield "Last update posted", self._date(status, "lastUpdatePostDateStruct")
        yield "Results", self._results(record, status)
        yield (
            "Lead sponsor",
            brief(value_at(record, "protocolSection", "sponsorCollaboratorsModule", "leadSponsor") or ""),
        )
        yield "Collaborators", _listed(module(record, "sponsorCollaboratorsModule"), "collaborators")
        yield "Conditions", _listed(module(record, "conditionsModule"), "conditions")
        yield (
            "At the registry",
            f"{REGISTRY_PAGE}{brief(value_at(record, 'protocolSection', 'identificationModule', 'nctId') or '')}",
        )

    def _status(self, staleness: Staleness) -> Text:
        published = one_line(staleness.published_status or "not said")
        text = Text(
            words(published) if published != UNKNOWN else UNKNOWN,
            style="bold yellow" if published == UNKNOWN else "bold",
        )
        if staleness.last_known_status:
            text.append(f" (last known: {words(one_line(staleness.last_known_status))})", style="not bold")
        return text

    def _date(self, status: Json, name: str) -> str:
        value = status.get(name)
        text, kind = (value.get("date"), value.get("type")) if isinstance(value, dict) else (value, None)
        if not isinstance(text, str):
            return ""
        known = dated(one_line(text), self.today)
        return f"{known}, {words(one_line(kind))}" if isinstance(kind, str) else known

    def _results(self, record: Json, status: Json) -> str:
        if "resultsSection" in record:
            return f"posted {self._date(status, 'resultsFirstPostDateStruct')}".strip()
        return "posted, not in this source" if record.get("hasResults") is True else "none posted"

    def _about(self, revision: AnsweredRevision) -> Iterator[str]:
        yield (
            f"Revision {revision.revision} of {self.newest}, {ORIGINS.get(revision.origin, revision.origin)}; "
            f"holds from {dated(revision.holds_from, self.today)}"
        )
        yield f"Observed {minute(revision.observed_at)}, recorded {minute(revision.recorded_at)}"
        if not revision.is_whole:
            yield "The sources seen so far show only part of the record"
        yield f"The record as published: trialog show {revision.trial_id} --revision {revision.revision} --json"


def _where(move: AnsweredMove, today: date) -> str:
    where = {
        Whereabouts.MERGED.value: f"merged into {move.merged_into}",
        Whereabouts.WITHHELD.value: "withheld by the registry",
    }.get(move.whereabouts, "gone from the registry")
    return f"{where[0].upper()}{where[1:]} since {dated(move.data_on, today)}; this is the last that it said."


def staleness_line(staleness: Staleness, today: date) -> Text:
    """What the registry's UNKNOWN rule says of a record, today and in advance."""
    if staleness.lapses_on is None:
        return Text("")
    if staleness.lapses_on == ALWAYS:
        return Text("UNKNOWN by the registry's rule: the record has no date to count from", style="yellow")
    if staleness.lapses_on <= today:
        days = (today - staleness.lapses_on).days
        since = (
            f"UNKNOWN since {staleness.lapses_on} ({duration(days)})"
            if days
            else f"UNKNOWN since {staleness.lapses_on}"
        )
        return Text(since, style="yellow")
    return Text(f"will turn UNKNOWN on {dated(str(staleness.lapses_on), today)} unless the record is updated")


def _enrollment(design: Json) -> str:
    info = design.get("enrollmentInfo")
    number = info.get("count") if isinstance(info, dict) else None
    if not isinstance(number, int):
        return ""
    kind = info.get("type")
    return f"{number:,}" + (f", {words(one_line(kind))}" if isinstance(kind, str) else "")


def _listed(found: Json, key: str) -> str:
    items = [brief(item, most=120) for item in list_at(found, key)]
    more = f" and {len(items) - _MOST_LISTED} more" if len(items) > _MOST_LISTED else ""
    return ", ".join(items[:_MOST_LISTED]) + more


def _named(record: Json, module_name: str, key: str) -> list[str]:
    items = list_at(module(record, module_name), key)
    lines = [_item(item) for item in items[:_MOST_LISTED]]
    return lines + ([f"and {len(items) - _MOST_LISTED} more"] if len(items) > _MOST_LISTED else [])


def _item(item: Json) -> str:
    if not isinstance(item, dict):
        return brief(item)
    if "measure" in item:
        frame = item.get("timeFrame")
        return brief(item["measure"]) + (f" [{brief(frame, most=80)}]" if frame else "")
    kind = item.get("type")
    name = brief(item.get("name", item))
    return f"{words(brief(kind))}: {name}" if isinstance(kind, str) else name


def _eligibility(record: Json) -> list[str]:
    found = module(record, "eligibilityModule")
    ages = _ages(text_at(found, "minimumAge"), text_at(found, "maximumAge"))
    healthy = found.get("healthyVolunteers")
    facts = [
        f"sex: {words(one_line(text_at(found, 'sex') or ''))}" if text_at(found, "sex") else "",
        f"ages: {one_line(ages)}" if ages else "",
        f"healthy volunteers: {'yes' if healthy else 'no'}" if isinstance(healthy, bool) else "",
    ]
    criteria = text_at(found, "eligibilityCriteria")
    lines = ["; ".join(fact for fact in facts if fact)]
    if criteria:
        whole = shown(criteria)
        lines.append(shortened(whole, _CRITERIA_CHARS))
    return [line for line in lines if line]


def _ages(least: str | None, most: str | None) -> str:
    if least and most:
        return f"{least} to {most}"
    return f"{least} and older" if least else f"up to {most}" if most else ""


def _sites(record: Json) -> list[str]:
    places = [
        place for place in list_at(module(record, "contactsLocationsModule"), "locations") if isinstance(place, dict)
    ]
    if not places:
        return []
    countries = Counter(one_line(str(place.get("country") or "country not said")) for place in places)
    listed = ", ".join(f"{country} {number:,}" for country, number in countries.most_common())
    return [f"{count(len(places), 'site')}: {listed}"]
