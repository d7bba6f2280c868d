"""A ledger to be looked at: made trials that look real, followed through a spring, with all that pages show.

The same every time: it is what the pictures in ``docs/pages`` are taken of. No trial in it is real.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from store.addresses import Address
from store.deliveries import NewDelivery
from store.json_text import encode
from store.runs import Run
from store.unit_of_work import Database
from tests.contract.pipeline.lab import Lab
from tests.contract.store.mailroom import NOW, claim, dead, failed, sent, settle
from tests.contract.web.long_life import MAIN, long_life, version
from tests.contract.web.site import Site
from tracker.alerts.targets import Target
from tracker.domain.query import parse_query
from tracker.domain.subscription_json import from_json
from tracker.pipeline.tracking import record_members, track_query, track_trials
from tracker.simulator.evolution import Evolution
from tracker.simulator.made_trials import made_trials
from tracker.simulator.published import copied
from tracker.simulator.world import World
from tracker.views.standing import StandingSubscription, standing_named
from tracker.views.trails import TrailFilter, trail

DAYS = 11
FIRST_DAY = datetime(2026, 4, 20, 9, 0, 5, tzinfo=UTC)
LATELY = datetime(2026, 5, 4, 9, 25, tzinfo=UTC)
_DRUGS = (
    "Tolvarine",
    "Dexalumab",
    "Oristatin",
    "Mesenchymal Cells",
    "Nebivane",
    "Walking Groups",
    "Cortalin",
    "Sulfavir",
)
_SPONSORS = ("Otterburn Research", "Helm Biosciences", "Sund Health Trust", "Brightwater Bio")
_PATIENTS = ("Adults", "Children and Adolescents", "Older Adults", "Patients After Surgery", "Pregnant Women")


@dataclass(slots=True)
class _Taker:
    """Takes records in, at its time."""

    site: Site
    now: datetime = FIRST_DAY

    def see(self, records: Sequence[dict[str, Any]], *, at: datetime) -> int:
        """Import them; how many events it made."""
        self.now = at
        database = Database.open(self.site.database.url, clock=lambda: self.now)
        lab = Lab(database, lambda: self.now)
        before = lab.events_count()
        lab.see(*records, observed_at=at)
        made = lab.events_count() - before
        lab.close()
        return made


def gallery(site: Site) -> int:
    """Fill the ledger of ``site``; the position of a change in it that is worth a look."""
    taker = _Taker(site)
    for version_of_it in long_life():
        posted_on = version_of_it["protocolSection"]["statusModule"]["lastUpdatePostDateStruct"]["date"]
        taker.see([version_of_it], at=datetime.fromisoformat(f"{posted_on}T09:20:00+00:00"))
    world = World(_others(), data_time=FIRST_DAY)
    _track(site, world.trial_ids())
    _live(taker, world)
    taker.see([version("ACTIVE_NOT_RECRUITING", "2024-05-21", sponsor="Aldgate Children's Trust")], at=LATELY)
    _subscribe(site)
    with site.database.reading() as transaction:
        changes = trail(transaction.connection, MAIN, TrailFilter(), limit=None)
    return next(one.position or 0 for one in changes if one.type == "eligibility_changed")


# What goes on around it


def _others() -> Iterator[dict[str, Any]]:
    """Forty trials."""
    yield from made_trials(40, seed=3, on=FIRST_DAY.date())


def _live(taker: _Taker, world: World) -> None:
    """Some releases, each taken in and on record as a run."""
    known: dict[str, bytes] = {}
    evolution = Evolution(world, seed=7)
    for _ in range(DAYS):
        at = world.release.data_time + timedelta(minutes=20)
        records = {trial_id: encode(world.working(trial_id)) for trial_id in world.trial_ids()}
        changed = [trial_id for trial_id, body in records.items() if known.get(trial_id) != body]
        known |= records
        events = taker.see([_named(world, trial_id) for trial_id in changed], at=at)
        _note_run(taker.site, at, changed=len(changed), known=len(records), events=events)
        evolution.step()


def _named(world: World, trial_id: str) -> dict[str, Any]:
    """The record in the newest release, which it names, with a title and a sponsor that could be any's."""
    found: dict[str, Any] = copied(world.working(trial_id))
    protocol, number = found["protocolSection"], int(trial_id[3:])
    condition = protocol["conditionsModule"]["conditions"][0]
    title = f"{_DRUGS[number % len(_DRUGS)]} in {_PATIENTS[number % len(_PATIENTS)]} With {condition}"
    protocol["identificationModule"]["briefTitle"] = title
    sponsor = protocol["sponsorCollaboratorsModule"]["leadSponsor"]
    name, _, numbered = sponsor["name"].rpartition(" ")
    sponsor["name"] = _SPONSORS[int(numbered) % len(_SPONSORS)] if name == "Renamed Sponsor" else name
    found["derivedSection"]["miscInfoModule"]["versionHolder"] = world.release.data_on.isoformat()
    return found


def _note_run(site: Site, at: datetime, *, changed: int, known: int, events: int) -> None:
    run = Run(
        run_id=f"{at:%Y-%m-%d}-delta",
        leg="delta",
        scope="query asthma",
        release=f"{at:%Y-%m-%d}T09:00:05",
        data_on=at.date(),
        started_at=at,
        finished_at=at + timedelta(seconds=8),
        expected=known,
        fetched=changed,
        unchanged=known - changed,
        changed=changed,
        events=events,
        requests=3 + changed,
        bytes=31_000 * (1 + changed),
        seconds=8.2,
        complete=True,
    )
    with site.database.writing() as transaction:
        transaction.runs.begin(run)


def _track(site: Site, trial_ids: list[str]) -> None:
    """One trial and two queries are tracked."""
    with site.database.writing() as transaction:
        track_trials(transaction, [(MAIN, None)], run_id="made")
        for name, members in (("asthma", trial_ids[::5]), ("kidney", trial_ids[1:12:3])):
            track_query(transaction, name=name, query=parse_query(f"query.cond={name}"), run_id="made")
            record_members(
                transaction,
                name=name,
                present=members,
                data_on=FIRST_DAY.date(),
                observed_at=FIRST_DAY,
                run_id="made",
            )


# Who is told


def _subscribe(site: Site) -> None:
    """Three subscriptions, and what became of messages of one of them."""
    mail = Target(channel="email", clear="ada@example.org", mask="a***@example.org", endpoint="mail", secret=None)
    asked = (
        {"name": "stale", "wanted": {"when": ["unknown", "lapsing:60d"]}},
        {"name": "asthma", "scope": {"conditions": ["asthma"]}, "when": {"digest": {"every": "weekly", "on": "mon"}}},
        {"name": "outcomes", "wanted": {"categories": ["outcomes"], "significance": "major"}},
    )
    with site.database.writing() as transaction:
        acting = site.served().services().acting(transaction)
        for one in asked:
            acting.subscribe(from_json(one), [mail])
        acting.pause("outcomes")
        stale = standing_named(transaction.connection, "stale")
        assert stale is not None
        (address,) = transaction.addresses.of(stale.subscription_id)
        transaction.outbox.enqueue([_message(stale, address, number) for number in range(1, 6)], NOW)
    first, second, third, *others = claim(site.database)
    settle(site.database, failed(first, again_s=300_000, rests=True), dead(second), *map(sent, (third, *others)))


def _message(asked: StandingSubscription, address: Address, number: int) -> NewDelivery:
    return NewDelivery(
        subscription_id=asked.subscription_id,
        subscription=asked.name,
        address_id=address.address_id,
        address_number=address.number or 1,
        address=address.mask,
        channel=address.channel,
        endpoint=address.endpoint,
        kind="condition",
        dedup=f"lapsing {number}",
        content={},
        items=(f"condition:{number}",),
        trial_ids=(MAIN,),
    )
