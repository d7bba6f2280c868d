"""What Prometheus is told: worked out from the database at each scrape, so that every host tells the same.

It promises that no label holds a trial, an address or anything else without bounds, that a scrape stays cheap on a
large ledger, and that a database which does not answer leaves out its numbers, so that alerts on their absence fire.
"""

import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import timedelta
from itertools import product

import structlog
from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, InfoMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from notifiers.parsing import Channel
from store.deliveries import AttemptOutcome, DeliveryState
from store.errors import StoreError
from store.run_totals import LegTotals
from tracker.domain.fitness import Code, reasons
from tracker.pipeline.polling.legs import Leg
from tracker.pipeline.status import oldest_age_s
from tracker.pipeline.surveying import Survey
from tracker.seeing import Seeing, version
from tracker.web.event_counts import EventCounts
from tracker.web.sparing import Sparing

SPANS_S = (1.0, 5.0, 15.0, 60.0, 300.0, 900.0, 3600.0, 14400.0)
"""Bounds of the buckets of a run's duration: from a question after news to a refresh of everything."""

_RECORDS = ("unchanged", "changed", "rejected", "held")
_STATES = (DeliveryState.PENDING, DeliveryState.LEASED, DeliveryState.FAILED, DeliveryState.DEAD)

_LOG = structlog.get_logger()


class LedgerCollector(Collector):
    """Tells the numbers of one ledger."""

    def __init__(self, seeing: Seeing, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._seeing = seeing
        self._one_at_a_time = threading.Lock()
        self._survey = Sparing(seeing.survey, monotonic=monotonic)
        self._events = EventCounts(seeing.database, monotonic=monotonic)
        self._attempts = Sparing(self._attempt_totals, monotonic=monotonic)

    def describe(self) -> Iterable[Metric]:
        """Nothing is worked out before the first scrape."""
        return []

    def collect(self) -> Iterator[Metric]:
        """Every family."""
        yield _build_info()
        with self._one_at_a_time:
            yield from self._of_ledger()

    def _of_ledger(self) -> list[Metric]:
        found = self._survey()
        told = [_reasons(found)]
        if found.events is None:
            return told
        try:
            told += [*_of_runs(self._run_totals()), *_of_survey(found, self._seeing.settings().schedule)]
            told += [*_of_events(self._events()), _of_attempts(self._attempts())]
        except StoreError as err:  # it went away in the middle
            _LOG.warning("metrics_cut_short", reason=str(err))
        return told

    def _run_totals(self) -> list[LegTotals]:
        with self._seeing.database.reading() as transaction:
            return transaction.runs.totals(SPANS_S)

    def _attempt_totals(self) -> dict[tuple[str, str], int]:
        with self._seeing.database.reading() as transaction:
            return transaction.outbox.attempt_totals()


def metrics_registry(seeing: Seeing, *, monotonic: Callable[[], float] = time.monotonic) -> CollectorRegistry:
    """A registry of its own, so that nothing of the process gets in and two applications may live in one process."""
    registry = CollectorRegistry()
    registry.register(LedgerCollector(seeing, monotonic=monotonic))
    return registry


def _build_info() -> Metric:
    # InfoMetricFamily adds _info to its name.
    return InfoMetricFamily("trialog_build", "The program.", value={"version": version()})


def _reasons(found: Survey) -> Metric:
    """Every code, so that an alert knows which are over."""
    family = GaugeMetricFamily("trialog_reasons", "What needs somebody, as in trialog status.", labels=["code"])
    codes = [reason.code for reason in reasons(found.facts)]
    for code in Code:
        family.add_metric([code.value], codes.count(code))
    return family


def _of_runs(totals: list[LegTotals]) -> Iterator[Metric]:
    runs = CounterMetricFamily("trialog_runs", "Runs of legs of polls that have ended.", labels=["leg", "outcome"])
    took = HistogramMetricFamily("trialog_run_duration_seconds", "How long these took.", labels=["leg"])
    records = CounterMetricFamily("trialog_records", "Records that runs came to deal with.", labels=["outcome"])
    by_leg = {one.leg: one for one in totals}
    for leg in dict.fromkeys((*(leg.value for leg in Leg), *by_leg)):
        one = by_leg.get(leg)
        complete, incomplete = (0, 0) if one is None else (one.complete, one.incomplete)
        runs.add_metric([leg, "complete"], complete)
        runs.add_metric([leg, "incomplete"], incomplete)
        within = [0] * len(SPANS_S) if one is None else one.within
        buckets = [*zip(map(str, SPANS_S), within, strict=True), ("+Inf", complete + incomplete)]
        took.add_metric([leg], buckets=buckets, sum_value=0.0 if one is None else one.seconds)
    for outcome in _RECORDS:
        records.add_metric([outcome], sum(getattr(one, outcome) for one in totals))
    yield from (runs, took, records)


def _of_survey(found: Survey, jobs: Iterable[str]) -> Iterator[Metric]:
    complete = GaugeMetricFamily(
        "trialog_last_complete_run_timestamp_seconds",
        "When each leg was last known to have seen everything, nothing new included.",
        labels=["leg"],
    )
    for leg in found.facts.legs:
        if leg.last_complete_at is not None:
            complete.add_metric([leg.leg], leg.last_complete_at.timestamp())
    failures = CounterMetricFamily("trialog_job_failures", "Failed runs of the daemon's jobs.", labels=["job"])
    failed = {job.job: job.failures_count for job in found.facts.jobs}
    for job in dict.fromkeys((*jobs, *failed)):
        failures.add_metric([job], failed.get(job, 0))
    yield from (complete, failures, *_of_lag(found), *_of_outbox(found))


def _of_lag(found: Survey) -> Iterator[Metric]:
    registry, ledger = found.lag.registry_data_on, found.lag.ledger_data_on
    if registry is not None and ledger is not None:
        lag = max(registry - ledger, timedelta())
        yield GaugeMetricFamily(
            "trialog_registry_lag_seconds",
            "From the data date that every leg has seen completely to the newest that the registry has shown.",
            value=lag.total_seconds(),
        )


def _of_outbox(found: Survey) -> Iterator[Metric]:
    size = GaugeMetricFamily("trialog_outbox_size", "Deliveries that are not sent, by state.", labels=["state"])
    for state in _STATES:
        size.add_metric([state.value], found.deliveries.get(state, 0))
    yield size
    yield GaugeMetricFamily(
        "trialog_outbox_oldest_age_seconds",
        "How long the delivery that is overdue the longest has been due.",
        value=oldest_age_s(found) or 0.0,
    )


def _of_events(counts: Mapping[str, int] | None) -> Iterator[Metric]:
    if counts is not None:
        family = CounterMetricFamily("trialog_events", "Events in the ledger.", labels=["type"])
        for name, total in sorted(counts.items()):
            family.add_metric([name], total)
        yield family


def _of_attempts(totals: Mapping[tuple[str, str], int]) -> Metric:
    family = CounterMetricFamily("trialog_deliveries", "Attempts to deliver.", labels=["channel", "outcome"])
    known = dict.fromkeys(product(map(str, Channel), map(str, AttemptOutcome)), 0)  # so that the first one is a rise
    for (channel, outcome), total in sorted((known | dict(totals)).items()):
        family.add_metric([channel, outcome], total)
    return family
