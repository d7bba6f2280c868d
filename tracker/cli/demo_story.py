"""The story of the demonstration: six made trials through six data releases of 2026, and what to ask after each.

Nothing here is a real trial. What happens in between is what trackers are for: a status that turns UNKNOWN without a
word, a sponsor renamed silently, an outcome reworded, a record merged into another, a trial that a search finds anew.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime

from tracker.domain.record import Json
from tracker.simulator import edits
from tracker.simulator.draft import PRIMARY
from tracker.simulator.world import World

STALE, OUTCOMES, FOUND, RENAMED, TWIN, NEWCOMER = (f"NCT9000000{number}" for number in range(1, 7))


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """What is said, and the arguments of the commands that show it."""

    said: str
    commands: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chapter:
    """A data release: its data date, what ``happens`` at the registry before it, and what is asked after it.

    ``happens`` may move the registry's clock, up to ``on``.
    """

    on: date
    happens: Callable[[World], None]
    scenes: tuple[Scene, ...]


def first_release() -> World:
    """The registry on the day on which the story begins; its clock stands still until it is moved."""
    records = (
        _record(
            STALE,
            about=("Mesenchymal Cells in Decompensated Cirrhosis", "Liver Cirrhosis"),
            sponsor="Fjordby University Hospital",
            status="RECRUITING",
            completion="2025-12",
            posted="2024-03-11",
        ),
        _record(
            OUTCOMES,
            about=("Tolvarine for Resistant Hypertension", "Hypertension"),
            sponsor="Marlowe Therapeutics",
            status="ACTIVE_NOT_RECRUITING",
            completion="2026-03",
            posted="2025-12-19",
        ),
        _record(
            FOUND,
            about=("Dexalumab in Early Psoriatic Arthritis", "Psoriatic Arthritis"),
            sponsor="Brightwater Bio",
            status="RECRUITING",
            completion="2027-08",
            posted="2026-01-08",
        ),
        _record(
            RENAMED,
            about=("Home Dialysis After Transplant Failure", "Kidney Failure"),
            sponsor="Aldgate Renal Group",
            status="ENROLLING_BY_INVITATION",
            completion="2028-01",
            posted="2025-10-02",
        ),
        _record(
            TWIN,
            about=("Dialysis at Home After a Failed Transplant", "Kidney Failure"),
            sponsor="Aldgate Renal Group",
            status="NOT_YET_RECRUITING",
            completion="2028-01",
            posted="2025-11-14",
        ),
    )
    return World(records, data_time=datetime(2026, 1, 15, 9, 0, 5, tzinfo=UTC), monotonic=lambda: 0.0)


def _record(trial_id: str, *, about: tuple[str, str], sponsor: str, status: str, completion: str, posted: str) -> Json:
    """A trial that was last verified and submitted on the day it was ``posted``; ``about``: title and condition."""
    title, condition = about
    return {
        "protocolSection": {
            "identificationModule": {
                "nctId": trial_id,
                "orgStudyIdInfo": {"id": f"DEMO-{trial_id[-1]}"},
                "briefTitle": title,
            },
            "statusModule": {
                "statusVerifiedDate": posted[:7],
                "overallStatus": status,
                "primaryCompletionDateStruct": {"date": completion, "type": "ESTIMATED"},
                "completionDateStruct": {"date": completion, "type": "ESTIMATED"},
                "lastUpdateSubmitDate": posted,
                "lastUpdatePostDateStruct": {"date": posted, "type": "ACTUAL"},
            },
            "sponsorCollaboratorsModule": {"leadSponsor": {"name": sponsor, "class": "OTHER"}},
            "conditionsModule": {"conditions": [condition]},
            "designModule": {
                "studyType": "INTERVENTIONAL",
                "phases": ["PHASE2"],
                "enrollmentInfo": {"count": 420, "type": "ESTIMATED"},
            },
            "outcomesModule": {
                "primaryOutcomes": [{"measure": "Change in the main score", "timeFrame": "12 weeks"}],
            },
            "eligibilityModule": {"eligibilityCriteria": "Inclusion Criteria:\n\n* Age 18 or more", "sex": "ALL"},
            "contactsLocationsModule": {
                "locations": [{"facility": f"{sponsor}, main site", "city": "Fjordby", "country": "Norway"}]
            },
        },
        "hasResults": False,
    }


def _nothing(world: World) -> None:
    """No edits; the registry's own clock may still turn a status."""


def _rewords_outcome(world: World) -> None:
    world.set_today(date(2026, 2, 10))
    reworded = "Change in the main score from baseline"
    outcome = edits.item_changed(PRIMARY, "Change in the main score", measure=reworded, timeFrame="24 weeks")
    world.edit(OUTCOMES, outcome, edits.enrollment(210))


def _renames_sponsor(world: World) -> None:
    world.edit(RENAMED, edits.sponsor("Aldgate Kidney Care"), silent=True)


def _merges_and_registers(world: World) -> None:
    world.merge(TWIN, into=RENAMED)
    newcomer = _record(
        NEWCOMER,
        about=("Walking Groups in Psoriatic Arthritis", "Psoriatic Arthritis"),
        sponsor="Tarn Valley College",
        status="NOT_YET_RECRUITING",
        completion="2027-11",
        posted="2026-05-20",
    )
    world.add(newcomer)


def _verifies_again(world: World) -> None:
    world.set_today(date(2026, 6, 2))
    world.edit(STALE, edits.status("COMPLETED"))


_POLL = ("poll",)

CHAPTERS = (
    Chapter(
        on=date(2026, 1, 15),
        happens=_nothing,
        scenes=(
            Scene(
                said="15 January 2026. Follow four trials of a made registry on this machine, and a search.",
                commands=(
                    ("track", STALE, OUTCOMES, RENAMED, TWIN),
                    ("track", "--name", "arthritis", "--query", "query.cond=psoriatic arthritis"),
                    _POLL,
                ),
            ),
        ),
    ),
    Chapter(
        on=date(2026, 2, 18),
        happens=_rewords_outcome,
        scenes=(
            Scene(said="18 February. A sponsor posted a new version. What is new?", commands=(_POLL,)),
            Scene(
                said="An outcome was reworded, and the enrollment halved.",
                commands=(("history", OUTCOMES, "--category", "outcomes", "--category", "enrollment"),),
            ),
            Scene(
                said="Who will turn UNKNOWN in the next 60 days? The rule says it in advance.",
                commands=(("stale", "--within", "60"),),
            ),
        ),
    ),
    Chapter(
        on=date(2026, 3, 10),
        happens=_renames_sponsor,
        scenes=(
            Scene(
                said="10 March. A sponsor is renamed without a word: no new version, no new post date.",
                commands=(_POLL, ("history", RENAMED)),
            ),
        ),
    ),
    Chapter(
        on=date(2026, 4, 22),
        happens=_nothing,
        scenes=(
            Scene(
                said="22 April. The foretold day has passed: the trial turned UNKNOWN, again without a new version.",
                commands=(_POLL, ("history", STALE), ("stale",)),
            ),
        ),
    ),
    Chapter(
        on=date(2026, 5, 21),
        happens=_merges_and_registers,
        scenes=(
            Scene(
                said="21 May. One record was merged into another, and the search finds a trial that is new.",
                commands=(_POLL, ("history", TWIN), ("tracked",), ("history", NEWCOMER)),
            ),
        ),
    ),
    Chapter(
        on=date(2026, 6, 3),
        happens=_verifies_again,
        scenes=(
            Scene(
                said="3 June. The sponsor of the UNKNOWN trial came back.",
                commands=(_POLL, ("history", STALE, "--category", "status")),
            ),
            Scene(said="What did the last poll do? Is it complete?", commands=(("runs", "--limit", "5"),)),
            Scene(said="Can the ledger be trusted?", commands=(("verify",),)),
        ),
    ),
)
