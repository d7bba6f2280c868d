"""Tries against the registry what a person wants tracked: ids lead to surviving records, queries to counts.

Promises: nothing is recorded while the registry is asked, so that whoever cannot ask it has recorded nothing; a trial
is said to be absent only where the registry said so. Since the records come anyway, those of trials that the ledger
does not hold yet are recorded at once; all others are left to the polls, which see to accidents.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from structlog.contextvars import bound_contextvars

from store.json_text import encode
from store.unit_of_work import Transaction
from tracker.diffing.catalogue import Catalogue
from tracker.domain.errors import NotFound
from tracker.domain.query import Query
from tracker.domain.record import Json, is_withheld, nct_id
from tracker.pipeline.preparing import Prepared, address_of, prepare
from tracker.pipeline.recording import Recorder
from tracker.registry import Found, Gone, Merged, Registry
from tracker.source import Place, RawRecord, Refusal
from tracker.sources.reading import read_record
from tracker.views.held import heads

SOURCE = "track"
_MOST_MERGERS = 5  # one after the other; the registry's aliases lead to the survivor at once


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolved:
    """A trial that was asked for as ``asked`` and lives as ``trial_id``.

    ``prepared`` is its record, None where there is nothing to be recorded: the registry withholds it, or it cannot be
    read, which the next poll says.
    """

    asked: str
    trial_id: str
    is_withheld: bool
    prepared: Prepared | None

    @property
    def alias(self) -> str | None:
        """The id that was asked for where it is not the trial's own."""
        return None if self.asked == self.trial_id else self.asked

    @property
    def title(self) -> str | None:
        """The record's title."""
        return self.prepared.facts["title"] if self.prepared else None


def resolve_trials(registry: Registry, ids: Iterable[str]) -> list[Resolved]:
    """The trials of ``ids``, each id once, in their order.

    Raises NotFound, naming all of them, where the registry has no such trials, and what the registry raises where it
    cannot be asked.
    """
    asked = tuple(dict.fromkeys(ids))
    found = {one: _resolved(one, record) for one, record in registry.studies_by_id(asked)}
    absent = []
    for one in asked:
        if one not in found:
            record = _followed(registry, one)
            if record is None:
                absent.append(one)
            else:
                found[one] = _resolved(one, record)
    if absent:
        which = "this trial" if len(absent) == 1 else "these trials"
        raise NotFound(f"the registry does not have {which}: {', '.join(absent)}; check the number. Nothing is tracked")
    return [found[one] for one in asked]


def count_matches(registry: Registry, query: Query) -> int:
    """How many trials the registry finds by ``query``; raises Refused, with its words, where it does not take it."""
    crawl = registry.crawl(query, fields=())
    next(iter(crawl), None)
    return crawl.total or 0


def record_first_sights(
    transaction: Transaction,
    trials: Sequence[Resolved],
    *,
    catalogue: Catalogue,
    observed_at: datetime,
    run_id: str,
) -> None:
    """Record those of ``trials`` that the ledger does not hold yet."""
    prepared = {one.trial_id: one.prepared for one in trials if one.prepared is not None}
    held = heads(transaction, prepared)
    recorder = Recorder(transaction=transaction, catalogue=catalogue, run_id=run_id, observed_at=observed_at)
    recorder.record(one for trial_id, one in prepared.items() if trial_id not in held)


def _followed(registry: Registry, asked: str) -> Json:
    """The record that ``asked`` leads to; None where the registry has none."""
    trial_id = asked
    for _ in range(_MOST_MERGERS):
        with bound_contextvars(trial=trial_id):
            answer = registry.study(trial_id)
        match answer:
            case Found(record=record):
                return record
            case Merged(into=into):
                trial_id = into
            case Gone():
                break
    return None


def _resolved(asked: str, record: Json) -> Resolved:
    trial_id = nct_id(record) or asked
    return Resolved(
        asked=asked,
        trial_id=trial_id,
        is_withheld=is_withheld(record),
        prepared=None if is_withheld(record) else _prepared(trial_id, record),
    )


def _prepared(trial_id: str, record: Json) -> Prepared | None:
    place = Place(file="ClinicalTrials.gov", member=trial_id)
    seen = read_record(RawRecord(place=place, raw=encode(record), kind="study"))
    if isinstance(seen, Refusal):
        return None
    return prepare(replace(seen, source=SOURCE), address=address_of(seen.record, seen.sections))
