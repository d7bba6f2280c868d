"""A ledger with something of everything, for what is told of it."""

from dataclasses import replace
from datetime import date

from store.runs import Run
from tests.contract.pipeline.lab import Lab
from tests.contract.store.mailroom import claim, dead, enqueue, failed, put, sent, settle
from tests.contract.web.site import NOON, Site
from tests.records import record

RUN = Run(
    run_id="r1",
    leg="delta",
    scope="all",
    release="2026-05-04T09:00:05",
    data_on=date(2026, 5, 4),
    started_at=NOON,
    finished_at=NOON,
    unchanged=5,
    changed=3,
    rejected=2,
    held=1,
    seconds=12.5,
    complete=True,
)


def filled(site: Site) -> None:
    """A ledger with something of everything."""
    lab = Lab.open(site.database.url)
    lab.see(record("NCT00000001"))
    lab.close()
    put(site.database, "a")
    enqueue(site.database, "a", "1", "2", "3", content={"items": []})
    first, second, third = claim(site.database)
    settle(site.database, sent(first), failed(second, again_s=60), dead(third))
    with site.database.writing() as transaction:
        transaction.runs.begin(RUN)
        transaction.runs.begin(replace(RUN, run_id="r2", release="x", data_on=date(2026, 5, 6), complete=False))
        transaction.jobs.fail("verify", at=NOON, reason="busy")
