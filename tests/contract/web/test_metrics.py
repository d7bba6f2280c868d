"""The numbers for Prometheus over both databases: every name, how each counts, and what is in no label."""

from prometheus_client.parser import text_string_to_metric_families

from tests.contract.pipeline.lab import Lab
from tests.contract.store.mailroom import claim, later, sent, settle
from tests.contract.web.filled import filled
from tests.contract.web.site import NOON, Site
from tests.records import record
from tracker.domain.fitness import Code

NAMES = (
    *("trialog_runs_total", "trialog_run_duration_seconds", "trialog_records_total", "trialog_events_total"),
    *("trialog_deliveries_total", "trialog_last_complete_run_timestamp_seconds", "trialog_registry_lag_seconds"),
    *("trialog_outbox_oldest_age_seconds", "trialog_outbox_size", "trialog_job_failures_total", "trialog_build_info"),
)


def test_every_name_is_there(site: Site) -> None:
    """As dashboards and rules call them."""
    filled(site)
    names = {name.partition("{")[0].removesuffix("_bucket") for name in site.metrics()}
    assert [] == [name for name in NAMES if name not in names]


def test_runs_are_counted_by_leg_and_outcome(site: Site) -> None:
    """With how long they took; legs that never ran are there with nothing."""
    assert 0 == site.metrics()["trialog_runs_total{leg=sweep,outcome=complete}"]
    filled(site)
    found = site.metrics()
    runs = "trialog_runs_total{leg=delta,outcome="
    assert [1, 1] == [found[f"{runs}{outcome}}}"] for outcome in ("complete", "incomplete")]
    took = "trialog_run_duration_seconds"
    assert (0, 2, 2, 25) == (
        found[f"{took}_bucket{{le=5.0,leg=delta}}"],
        found[f"{took}_bucket{{le=15.0,leg=delta}}"],
        found[f"{took}_count{{leg=delta}}"],
        found[f"{took}_sum{{leg=delta}}"],
    )
    assert [10, 6, 4, 2] == [
        found[f"trialog_records_total{{outcome={outcome}}}"] for outcome in ("unchanged", "changed", "rejected", "held")
    ]


def test_events_are_counted_by_type_as_they_come(site: Site) -> None:
    """Each once, however often it is asked."""
    filled(site)
    first = "trialog_events_total{type=trial_first_observed}"
    assert [1, 1] == [site.metrics()[first] for _ in range(2)]
    lab = Lab.open(site.database.url)
    lab.see(record("NCT00000002"))
    lab.close()
    assert 2 == site.metrics()[first]


def test_attempts_are_counted_by_channel_and_outcome(site: Site) -> None:
    """And stay counted when old ones are pruned."""
    filled(site)
    names = [f"trialog_deliveries_total{{channel=webhook,outcome={one}}}" for one in ("sent", "refused", "dead")]
    assert [1, 1, 1] == [site.metrics()[name] for name in names]
    with site.database.writing() as transaction:
        assert 2 == transaction.outbox.prune(later(60), later(60)).attempts
    assert [1, 1, 1] == [site.metrics()[name] for name in names]
    (again,) = claim(site.database, now=later(60))
    settle(site.database, sent(again, at=later(60)), now=later(60))
    assert [2, 1, 1] == [site.metrics()[name] for name in names]


def test_an_outcome_that_never_was_is_told_as_nothing(site: Site) -> None:
    """Over every channel, so that the first is seen as a rise."""
    found = {name: value for name, value in site.metrics().items() if name.startswith("trialog_deliveries")}
    assert (3 * 4, {0.0}) == (len(found), set(found.values()))


def test_a_ledger_of_another_schema_is_not_read(site: Site) -> None:
    """The reason is told, and the program."""
    site.execute("UPDATE alembic_version SET version_num = '9999'")
    found = site.metrics()
    assert {"trialog_build_info", "trialog_reasons"} == {name.partition("{")[0] for name in found}
    assert 1 == found["trialog_reasons{code=schema_newer}"]


def test_the_lag_is_from_what_was_read_to_what_was_shown(site: Site) -> None:
    """In seconds, of data dates; where nothing was ever read it is not told."""
    assert "trialog_registry_lag_seconds" not in site.metrics()
    filled(site)
    assert 2 * 86_400 == site.metrics()["trialog_registry_lag_seconds"]


def test_when_a_leg_was_complete_is_an_instant(site: Site) -> None:
    """A leg that never was has none."""
    filled(site)
    found = site.metrics()
    assert NOON.timestamp() == found["trialog_last_complete_run_timestamp_seconds{leg=delta}"]
    assert "trialog_last_complete_run_timestamp_seconds{leg=sweep}" not in found


def test_the_outbox_is_told_by_state_and_age(site: Site) -> None:
    """The age is that of what is overdue the longest, nothing where nothing is."""
    filled(site)
    site.now = later(0)
    found = site.metrics()
    assert [0, 0, 1, 1, 0] == [
        *(found[f"trialog_outbox_size{{state={state}}}"] for state in ("pending", "leased", "failed", "dead")),
        found["trialog_outbox_oldest_age_seconds"],
    ]
    site.now = later(90)
    assert 30 == site.metrics()["trialog_outbox_oldest_age_seconds"]


def test_failures_of_jobs_are_counted(site: Site) -> None:
    """Jobs that never failed are there with nothing."""
    filled(site)
    found = site.metrics()
    assert [1, 0] == [found[f"trialog_job_failures_total{{job={job}}}"] for job in ("verify", "release")]


def test_what_needs_somebody_is_told_by_code(site: Site) -> None:
    """Every code, so that an alert sees its end."""
    site.track_everything()
    site.later(hours=27)
    found = {name: value for name, value in site.metrics().items() if name.startswith("trialog_reasons")}
    assert {f"trialog_reasons{{code={code}}}" for code in Code} == found.keys()
    assert ["trialog_reasons{code=silence}"] == [name for name, value in found.items() if value]


def test_no_label_has_a_trial_or_an_address(site: Site) -> None:
    """Nor a run, nor a subscription: each label has a few values, known beforehand."""
    filled(site)
    body = site.get("/metrics").body.decode()
    labels = {
        label for family in text_string_to_metric_families(body) for sample in family.samples for label in sample.labels
    }
    assert {"leg", "outcome", "le", "type", "channel", "state", "job", "code", "version"} == labels
    assert [] == [word for word in ("NCT0", "example.org", "s-a", "r1") if word in body]


def test_the_newer_format_is_spoken_too(site: Site) -> None:
    """To who asks for it; a version that is none asks for nothing in particular."""
    filled(site)
    reply = site.get("/metrics", Accept="application/openmetrics-text; version=1.0.0")
    assert reply.headers["content-type"].startswith("application/openmetrics-text")
    assert reply.body.endswith(b"# EOF\n")
    other = site.get("/metrics", Accept="application/openmetrics-text; version=newest")
    assert (200, "text/plain") == (other.status, other.headers["content-type"].split(";")[0])
