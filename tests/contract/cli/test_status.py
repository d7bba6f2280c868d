"""``trialog status`` on both databases: its keys, what is well and what is not, and that it changes nothing."""

import json
from contextlib import closing
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import create_engine, text

from store.daemon_tables import DAEMONS
from store.holders import this_process
from store.unit_of_work import Database
from store.verifications import Verification
from tests.contract.cli.desk import Desk
from tests.tellers import telling
from tracker.domain.whereabouts import Whereabouts
from tracker.pipeline.holding import HeldMove, held_move

KEYS = {
    "ok": None,
    "reasons": None,
    "now": None,
    "version": None,
    "schema_version": None,
    "database": ["kind", "size_bytes", "free_bytes"],
    "daemons": None,
    "poller": None,
    "legs": None,
    "jobs": None,
    "lag": ["registry_data_on", "ledger_data_on", "watermark_on", "events_behind"],
    "outbox": ["pending", "leased", "failed", "dead", "oldest_age_s"],
    "held_runs": None,
    "counts": ["trials", "revisions", "events", "subscriptions"],
}
DAEMON_KEYS = ["id", "host", "pid", "version", "roles", "started_at", "seen_at", "alive"]
LEG_KEYS = ["leg", "last_complete_at", "last_run", "outcome", "reason"]
JOB_KEYS = [
    *("job", "schedule", "last_started_at", "last_finished_at", "outcome", "failures_in_a_row", "next_at"),
]
ALL = ("track", "--all")


def status(desk: Desk) -> dict[str, Any]:
    """The status, whose exit status must be 1 unless it is ok."""
    answer = desk.told("status", "--json")
    (found,) = answer.objects
    assert (0 if found["ok"] else 1) == answer.status, answer.err
    return found


def codes(desk: Desk) -> list[str]:
    """The codes of the reasons."""
    return [reason["code"] for reason in status(desk)["reasons"]]


def database_of(desk: Desk) -> Database:
    """The desk's database, to be closed."""
    return Database.open_present(desk.database, clock=desk.now)


def executed(desk: Desk, statement: str) -> None:
    """Change the desk's database behind everybody's back."""
    engine = create_engine(desk.database.replace("postgresql://", "postgresql+psycopg://"))
    with engine.begin() as connection:
        connection.execute(text(statement))
    engine.dispose()


def test_all_keys_are_there_before_and_after_there_is_a_ledger(new_desk: Desk) -> None:
    """In their order, nested ones too."""
    before = status(new_desk)
    new_desk.done(*ALL)
    new_desk.done("poll")
    for found in (before, status(new_desk)):
        assert list(KEYS) == list(found)
        assert [keys for keys in KEYS.values() if keys] == [list(found[name]) for name, keys in KEYS.items() if keys]
    assert [["no_ledger"], []] == [[one["code"] for one in before["reasons"]], codes(new_desk)]
    assert ["code", "message", "advice"] == list(before["reasons"][0])


def test_a_followed_registry_is_well(desk: Desk) -> None:
    """Legs, jobs, lag and counts tell of the poll that was."""
    desk.done(*ALL)
    desk.done("poll")
    found = status(desk)
    assert ["delta", "sweep", "due", "missing", "refresh"] == [one["leg"] for one in found["legs"]]
    assert [LEG_KEYS] * 5 == [list(one) for one in found["legs"]]
    assert ["complete"] * 5 == [one["outcome"] for one in found["legs"]]
    assert [JOB_KEYS] * 9 == [list(one) for one in found["jobs"]]
    today = desk.world.today.isoformat()
    assert {"registry_data_on": today, "ledger_data_on": today} == {
        name: found["lag"][name] for name in ("registry_data_on", "ledger_data_on")
    }
    assert found["lag"]["watermark_on"] <= today
    assert {"alerts", "views"} == found["lag"]["events_behind"].keys()
    assert (3, 0, []) == (found["counts"]["trials"], found["counts"]["subscriptions"], found["held_runs"])
    assert found["now"] == f"{desk.now():%Y-%m-%dT%H:%M:%S.%fZ}"
    assert found["database"]["size_bytes"] > 0
    assert (found["database"]["kind"] == "sqlite") == (found["database"]["free_bytes"] is not None)


def test_silence_is_told_until_a_poll_was_complete(desk: Desk) -> None:
    """One that found nothing new counts; an empty ledger has no silence."""
    desk.done("subscribe", "all", "--to", "mailto:me@example.org")
    desk.later(days=60)
    assert [] == codes(desk)
    desk.done(*ALL)
    desk.later(hours=25)
    assert [] == codes(desk)
    desk.later(hours=2)
    assert ["silence"] == codes(desk)
    for _ in range(2):
        desk.done("poll")
        assert [] == codes(desk)
        desk.later(hours=27)
    assert ["silence"] == codes(desk)


def test_a_job_that_was_turned_off_is_no_trouble(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """However often it failed before."""
    desk.done(*ALL)
    desk.done("poll")
    with closing(database_of(desk)) as database, database.writing() as transaction:
        for _ in range(3):
            transaction.jobs.fail("backup", at=desk.now(), reason="there is no such folder")
    assert ["job_failing"] == codes(desk)
    monkeypatch.setenv("TRIALOG_SCHEDULE__BACKUP", "off")
    assert [] == codes(desk)


def test_a_daemons_look_for_news_counts_as_a_complete_run(desk: Desk) -> None:
    """It leaves no run where there are none."""
    desk.done(*ALL)
    desk.done("poll")
    desk.later(hours=27)
    with closing(database_of(desk)) as database, database.writing() as transaction:
        transaction.jobs.begin("release", desk.now())
        transaction.jobs.succeed("release", started_at=desk.now(), at=desk.now(), reason="another poll is under way")
    assert ["silence"] == codes(desk)
    with closing(database_of(desk)) as database, database.writing() as transaction:
        transaction.jobs.succeed("release", started_at=desk.now(), at=desk.now(), reason="nothing new")
    assert [] == codes(desk)
    desk.later(hours=1)
    with closing(database_of(desk)) as database, database.writing() as transaction:
        transaction.jobs.fail("release", at=desk.now(), reason="no answer")
    assert [] == codes(desk)


def test_each_job_says_when_it_is_due(desk: Desk) -> None:
    """By its rules, from when it was done; a backup without a folder never, and nothing that is off."""
    desk.done(*ALL)
    desk.options |= {"schedule.release": "every 2h", "schedule.verify": "off"}
    with closing(database_of(desk)) as database, database.writing() as transaction:
        transaction.jobs.begin("release", desk.now())
        transaction.jobs.succeed("release", started_at=desk.now(), at=desk.now())
    found = {job["job"]: job for job in status(desk)["jobs"]}
    due = {name: job["next_at"] for name, job in found.items()}
    assert (f"{desk.now() + timedelta(hours=2):%Y-%m-%dT%H:%M:%S.%fZ}", ["every 2h"]) == (
        due["release"],
        found["release"]["schedule"],
    )
    assert [None, None] == [due["verify"], due["backup"]]
    desk.options["backup.folder"] = "copies"
    assert status(desk)["jobs"][-1]["next_at"] is not None


def test_five_days_without_a_release_are_told(desk: Desk) -> None:
    """Where somebody looked."""
    desk.done(*ALL)
    for _ in range(6):
        desk.done("poll")
        desk.later(days=1)
    assert ["no_release"] == codes(desk)


@pytest.mark.parametrize(("found", "code"), (("0001", "schema_older"), ("9999", "schema_newer")))
def test_a_ledger_of_another_schema_is_named(desk: Desk, found: str, code: str) -> None:
    """Nothing of it is read."""
    desk.done(*ALL)
    executed(desk, f"UPDATE alembic_version SET version_num = '{found}'")
    told = status(desk)
    assert ([code], found, [], None) == (
        [one["code"] for one in told["reasons"]],
        told["schema_version"],
        told["legs"],
        told["counts"]["events"],
    )


def test_views_of_another_version_are_not_made_anew(desk: Desk) -> None:
    """That may take an hour: it is said, and what the store knows is told."""
    desk.done(*ALL)
    executed(desk, "UPDATE view_state SET version = 1")
    for _ in range(2):
        told = status(desk)
        assert ["views_outdated"] == [one["code"] for one in told["reasons"]]
        assert (True, None) == (told["counts"]["events"] > 0, told["counts"]["trials"])


def test_what_waits_for_somebody_is_named(desk: Desk) -> None:
    """A run that holds, a job that fails, a check that failed, a daemon that is gone."""
    desk.done(*ALL)
    desk.done("poll")
    with closing(database_of(desk)) as database, database.writing() as transaction:
        run = transaction.runs.list(1)[0]
        move = HeldMove(
            trial_id="NCT00000001",
            now=Whereabouts.DISAPPEARED,
            into=None,
            data_on=desk.world.today,
            observed_at=desk.now(),
            source="missing",
        )
        transaction.held.put_many(run.run_id, [held_move(move)])
        for _ in range(3):
            transaction.jobs.fail("backup", at=desk.now(), reason="the folder is gone")
        check = Verification(scope="all", ok=False, checked_to=9, checked_at=desk.now(), position=4, reason="cut")
        transaction.verifications.put(check)
        transaction.daemons.begin(this_process(), version="1")
        long_ago = "2020-01-01T00:00:00.000000Z"
        transaction.connection.execute(DAEMONS.update().values(seen_at=long_ago))
    told = status(desk)
    assert ["verification_failed", "held_run", "job_failing", "daemon_gone"] == [one["code"] for one in told["reasons"]]
    assert ([run.run_id], [DAEMON_KEYS], [False]) == (
        told["held_runs"],
        [list(one) for one in told["daemons"]],
        [one["alive"] for one in told["daemons"]],
    )
    page = desk.told("status").text
    assert "4 things need somebody:" in page
    assert "the job backup has failed 3 times in a row: the folder is gone (job_failing)" in page


def test_a_daemon_that_lives_is_shown_with_what_it_does(desk: Desk) -> None:
    """And the lease of who polls, by the same id."""
    desk.done(*ALL)
    holder = this_process()
    with closing(database_of(desk)) as database, database.writing() as transaction:
        transaction.daemons.begin(holder, version="1.2.3")
        transaction.daemons.seen(holder, roles=("deliverer", "poller"))
        lease = transaction.leases.acquire("poller", holder, lasts_s=25)
    told = status(desk)
    assert {"daemon": holder.holder_id, "term": 1, "expires_at": f"{lease.expires_at:%Y-%m-%dT%H:%M:%S.%fZ}"} == told[
        "poller"
    ]
    (daemon,) = told["daemons"]
    assert (holder.holder_id, ["deliverer", "poller"], True) == (daemon["id"], daemon["roles"], daemon["alive"])
    assert "deliverer, poller" in desk.done("status")


def test_an_outbox_that_nobody_sends_is_told_after_an_hour(desk: Desk) -> None:
    """With its age; what was sent is not in it."""
    desk.done(*ALL)
    desk.done("poll")
    desk.done("subscribe", "mine", "--to", "mailto:me@example.org")
    desk.done("pause", "mine")
    desk.done("try", "mine")
    assert [] == codes(desk)
    executed(desk, "UPDATE deliveries SET state = 'pending', next_attempt_at = created_at")
    desk.later(minutes=61)
    told = status(desk)
    assert ["outbox_overdue"] == [one["code"] for one in told["reasons"]]
    assert (1, 3660) == (told["outbox"]["pending"], told["outbox"]["oldest_age_s"])


def test_a_subscription_of_which_no_address_is_left_is_told(desk: Desk) -> None:
    """As long as one address takes something, its owner was told there."""
    desk.done("subscribe", "mine", "--to", "mailto:me@example.org", "--to", "mailto:you@example.org")
    with closing(database_of(desk)) as database:
        for number, expected in ((1, []), (2, ["subscription_unreachable"])):
            with database.writing() as transaction:
                (subscription,) = {one.subscription_id for one in _addresses(desk, database)}
                address = next(one for one in transaction.addresses.of(subscription) if one.number == number)
                transaction.addresses.disable(address.address_id, now=desk.now(), reason="gone")
            assert expected == codes(desk)
    assert "example.org" not in json.dumps(status(desk)["reasons"])


def _addresses(desk: Desk, database: Database) -> list[Any]:
    with database.reading() as transaction:
        rows = transaction.connection.execute(text("SELECT subscription_id FROM addresses"))
        return list(rows)


def test_a_clock_that_is_not_the_machines_is_shown(desk: Desk) -> None:
    """And its key is there for programs only then."""
    desk.done(*ALL)
    with telling(f"{desk.now():%Y-%m-%dT%H:%M:%S}Z") as teller:
        desk.options["clock.url"] = teller.url
        found = status(desk)
        assert (teller.url, f"{desk.now():%Y-%m-%dT%H:%M:%S.%fZ}") == (found["clock"], found["now"])
        assert teller.url in desk.done("status")


def test_a_database_that_does_not_answer_is_an_answer(desk: Desk) -> None:
    """Of a file that is none, too."""
    desk.database = "postgresql://127.0.0.1:1/nothing"
    assert ["database_unreachable"] == codes(desk)


def test_what_is_well_is_said(desk: Desk) -> None:
    """The page for people names every leg and job."""
    desk.done(*ALL)
    desk.done("poll")
    page = desk.done("status")
    assert page.startswith("All is well.\n")
    assert [] == [word for word in ("delta", "refresh", "verify_all", "every 1m", "3 trials") if word not in page]
