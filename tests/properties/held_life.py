"""A trial that its registry changes in every way, as legs of polls read it; for the laws of what is held."""

import uuid
from collections.abc import Callable, Collection, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date, timedelta

from hypothesis import strategies as st

from tests.contract.pipeline.lab import Lab
from tests.records import Json, enrollment, record, site
from tracker.diffing.canonical import canonical
from tracker.diffing.catalogue import default_catalogue
from tracker.domain.whereabouts import Whereabouts
from tracker.pipeline.polling.intake import Intake
from tracker.registry import Release

TITLE = "/protocolSection/identificationModule/briefTitle"
ZIP = "/protocolSection/contactsLocationsModule/locations/*/zip"
SITE = "/protocolSection/contactsLocationsModule/locations/*"
HELD_PATHS = (TITLE, ZIP, SITE)
_FIRST_DAY = date(2026, 3, 1)
_PLACES = (("Alpha Clinic", "Bergen"), ("Beta Hospital", "Oslo"), ("Gamma Centre", "Voss"))


@dataclass(slots=True)
class Trial:
    """What the registry shows of a trial; each value is a choice among a few, so that it often goes back."""

    trial_id: str
    day: int = 0
    posted_day: int = 0
    told: dict[str, int] = field(default_factory=lambda: {"title": 0, "status": 0, "count": 0, "zip": 0, "sites": 1})

    def record(self) -> Json:
        """The record in the release of ``day``."""
        told = self.told
        shown = [_PLACES[0], *_PLACES[1 : 1 + told["sites"]]]
        places = [site(name, city, "Norway", zip=f"{told['zip']}00{n}") for n, (name, city) in enumerate(shown)]
        status = ("RECRUITING", "UNKNOWN", "COMPLETED")[told["status"]]
        return record(
            self.trial_id,
            status=status,
            posted_on=str(_FIRST_DAY + timedelta(days=self.posted_day)),
            data_on=str(_FIRST_DAY + timedelta(days=self.day)),
            statusModule={"lastKnownStatus": "RECRUITING"} if status == "UNKNOWN" else {},
            identificationModule={"briefTitle": f"A made trial, told {told['title']} times"},
            contactsLocationsModule={"locations": places},
            designModule=enrollment(10 * (1 + told["count"])),
        )

    def change(self, changes: Mapping[str, int], *, is_by_sponsor: bool) -> None:
        """What happens in a day."""
        self.day += 1
        self.told |= changes
        if is_by_sponsor:
            self.posted_day = self.day


CHANGES = st.dictionaries(st.sampled_from(("title", "status", "count", "zip", "sites")), st.integers(0, 2), max_size=3)
DAYS = st.fixed_dictionaries(
    {
        "changes": CHANGES,
        "is_by_sponsor": st.integers(0, 5).map(lambda n: n == 0),
        "is_read": st.integers(0, 3).map(bool),
        "suspicious": st.sets(st.sampled_from(HELD_PATHS), max_size=2),
        "leaves": st.integers(0, 7).map(lambda n: n == 0),
        "releases": st.integers(0, 4).map(lambda n: n == 0),
    }
)
_WAVE = st.fixed_dictionaries(
    {
        "between": st.integers(0, 2),
        "is_by_sponsor": st.integers(0, 9).map(lambda n: n == 9),
        "releases": st.integers(0, 4).map(lambda n: n == 4),
    }
)
WAVES = st.lists(_WAVE, min_size=2, max_size=4)  # migrations of the title, each with how much changes behind it


def read(lab: Lab, *trials: Trial, suspicious: Collection[str] = ()) -> str:
    """Read trials in full, in a leg in which many others differed in ``suspicious``; answers the run."""
    run_id = str(uuid.uuid4())
    release = Release(stamp="made", api_version="2.0.5", data_on=_FIRST_DAY + timedelta(days=trials[0].day))
    with closing(_intake(lab, run_id)) as intake:
        for one in trials:
            intake.take(one.record(), release)
        for number in range(200) if suspicious else ():
            intake.aside.accidents.compared(f"NCT9{number:07d}", suspicious)
        intake.settle()
    return run_id


def hide(lab: Lab, trial: Trial) -> None:
    """Tell that the registry withholds a trial; the next reading shows it again."""
    lab.move(Whereabouts.WITHHELD, on=_FIRST_DAY + timedelta(days=trial.day), trial_id=trial.trial_id)


def waiting(lab: Lab, trial: Trial) -> dict[str, set[str]]:
    """The runs that hold anything of a trial, each with the paths that wait."""
    found: dict[str, set[str]] = {}
    with lab.database.reading() as transaction:
        for kept in transaction.held.waiting([trial.trial_id]).get(trial.trial_id, ()):
            found.setdefault(kept.run_id, set()).update(kept.observation.paths)
    return found


def newest(lab: Lab, trial: Trial) -> Json:
    """The content of a trial's newest revision."""
    return canonical(lab.stored(lab.timeline(trial.trial_id)[-1].snapshot))


VALUES: Mapping[str, Callable[[Json], Json]] = {
    TITLE: lambda form: form["protocolSection"]["identificationModule"]["briefTitle"],
    ZIP: lambda form: {(one["facility"], one["zip"]) for one in _sites(form)},
    SITE: lambda form: {one["facility"] for one in _sites(form)},
}


def others(form: Json, paths: Collection[str]) -> Json:
    """What of a content lies at none of ``paths``."""
    protocol = dict(form["protocolSection"])
    if TITLE in paths:
        protocol["identificationModule"] = None
    if SITE in paths or ZIP in paths:
        protocol["contactsLocationsModule"] = None
    return {**form, "protocolSection": protocol}


def _sites(form: Json) -> Json:
    return form["protocolSection"]["contactsLocationsModule"]["locations"]


def _intake(lab: Lab, run_id: str) -> Intake:
    return Intake(lab.database, default_catalogue(), run_id=run_id, source="refresh", now=lab.clock)
