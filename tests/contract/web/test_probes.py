"""The probes over both databases: what each judges, and what none of them tells."""

from store.runs import Run
from tests.contract.store.mailroom import enqueue, put
from tests.contract.web.site import NOON, Site
from tracker.pipeline.polling.legs import Leg

PROBES = ("/healthz", "/readyz", "/freshz")


def test_all_is_well_on_an_empty_ledger(site: Site) -> None:
    """Also for a client that wants the head alone; nobody may keep the answer."""
    for path in PROBES:
        reply = site.get(path)
        assert (200, [], "no-store") == (reply.status, reply.codes, reply.headers["cache-control"])
        assert (200, b"") == ((head := site.get(path, method="HEAD")).status, head.body)


def test_health_is_that_the_loop_turns(site: Site) -> None:
    """And nothing else: no restart mends anything else."""
    site.silent_s = 60
    assert [] == site.get("/healthz").codes
    site.silent_s = 61
    assert ["loop_stalled"] == site.get("/healthz").codes
    assert [[], []] == [site.get(path).codes for path in PROBES[1:]]


def test_a_schema_of_another_program_is_not_ready(site: Site) -> None:
    """Also one that appears while the server runs; the loop turns all the same."""
    for version, code in (("0001", "schema_older"), ("9999", "schema_newer")):
        site.execute(f"UPDATE alembic_version SET version_num = '{version}'")
        assert [[], [code], [code]] == [site.get(path).codes for path in PROBES]


def test_views_of_another_version_are_not_ready(site: Site) -> None:
    """They are being made anew, or have to be."""
    site.execute("UPDATE view_state SET version = 1")
    assert [[], ["views_outdated"], ["views_outdated"]] == [site.get(path).codes for path in PROBES]


def test_a_silent_registry_fails_freshness_alone(site: Site) -> None:
    """So its outage restarts nothing."""
    site.track_everything()
    site.later(hours=27)
    assert [[], [], ["silence"]] == [site.get(path).codes for path in PROBES]
    with site.database.writing() as transaction:
        for leg in Leg:
            run = Run(run_id=leg, leg=leg, scope="all", started_at=site.now, finished_at=site.now, complete=True)
            transaction.runs.begin(run)
    assert [] == site.get("/freshz").codes


def test_an_outbox_that_is_overdue_fails_freshness(site: Site) -> None:
    """By more than an hour."""
    put(site.database, "a")
    enqueue(site.database, "a", "1", now=NOON)
    site.later(minutes=60)
    assert [] == site.get("/freshz").codes
    site.later(seconds=1)
    assert [[], [], ["outbox_overdue"]] == [site.get(path).codes for path in PROBES]


def test_what_waits_for_a_person_fails_no_probe(site: Site) -> None:
    """It is told to the operator, and no machine can mend it."""
    with site.database.writing() as transaction:
        for _ in range(3):
            transaction.jobs.fail("backup", at=NOON, reason="no folder")
    assert [[], [], []] == [site.get(path).codes for path in PROBES]


def test_no_pages_of_a_framework_are_served(site: Site) -> None:
    """Its documentation would load from another host."""
    assert [404] * 3 == [site.get(path).status for path in ("/docs", "/redoc", "/openapi.json")]
    assert 405 == site.get("/healthz", method="POST").status
