"""Ids lead to the trials that live on, whatever way the registry tells it; what cannot be read is not recorded."""

from collections.abc import Iterable, Iterator, Mapping
from typing import cast

import pytest

from tests.contract.pipeline.lab import OBSERVED_AT, Lab
from tests.records import Json, record
from tracker.diffing.catalogue import default_catalogue
from tracker.domain.errors import NotFound
from tracker.pipeline.resolving import Resolved, record_first_sights, resolve_trials
from tracker.registry import Found, Gone, Merged, Registry

ONE, TWO, THREE, ALIAS, ABSENT = (f"NCT0000000{number}" for number in (1, 2, 3, 8, 9))


class Answers:
    """A registry of single answers, whose lists know no aliases."""

    def __init__(self, answers: Mapping[str, Found | Merged]) -> None:
        self.answers = answers
        self.asked: list[str] = []

    def studies_by_id(self, ids: Iterable[str]) -> Iterator[tuple[str, Json]]:
        """Those found under their own ids."""
        for trial_id in ids:
            answer = self.answers.get(trial_id)
            if isinstance(answer, Found):
                yield trial_id, answer.record

    def study(self, trial_id: str) -> Found | Merged | Gone:
        """One answer."""
        self.asked.append(trial_id)
        return self.answers.get(trial_id, Gone())


def resolve(answers: Answers, *ids: str) -> list[Resolved]:
    """What a registry with those answers makes of the ids."""
    return resolve_trials(cast(Registry, answers), ids)


def test_only_what_a_list_lacks_is_asked_for_alone() -> None:
    """Ids in their order, each once; an alias is followed from one to the next."""
    found = Found(record=record(ONE))
    answers = Answers({ONE: found, ALIAS: Merged(into=THREE), THREE: Merged(into=TWO), TWO: Found(record=record(TWO))})
    resolved = resolve(answers, ALIAS, ONE, ALIAS)
    assert [(TWO, ALIAS), (ONE, None)] == [(one.trial_id, one.alias) for one in resolved]
    assert [ALIAS, THREE, TWO] == answers.asked


def test_aliases_that_lead_nowhere_are_absent() -> None:
    """A survivor that is gone, and aliases in a circle, are no trials."""
    answers = Answers({ALIAS: Merged(into=ABSENT), ONE: Merged(into=TWO), TWO: Merged(into=ONE)})
    with pytest.raises(NotFound, match=f"does not have these trials: {ALIAS}, {ONE}; check the number"):
        resolve(answers, ALIAS, ONE)


def test_a_record_that_cannot_be_read_is_left_to_the_polls() -> None:
    """The trial is there, so it can be tracked; what is wrong with its record, a poll says."""
    odd = record(ONE, statusModule={"startDateStruct": {"date": "2026-02-31"}})
    resolved = resolve(Answers({ONE: Found(record=odd)}), ONE)
    assert [(ONE, None, False)] == [(one.trial_id, one.prepared, one.is_withheld) for one in resolved]


def test_only_trials_that_are_not_held_are_recorded(own_lab: Lab) -> None:
    """An alias and its survivor are one trial; one that is held waits for a poll."""
    own_lab.see(record(ONE))
    one, two = Found(record=record(ONE, status="COMPLETED")), Found(record=record(TWO))
    resolved = resolve(Answers({ONE: one, TWO: two, ALIAS: Merged(into=TWO)}), ONE, TWO, ALIAS)
    with own_lab.database.writing() as transaction:
        record_first_sights(transaction, resolved, catalogue=default_catalogue(), observed_at=OBSERVED_AT, run_id="run")
    assert [1, 1] == [len(own_lab.timeline(trial)) for trial in (ONE, TWO)]
    assert ["RECRUITING", "track"] == [own_lab.timeline(ONE)[0].published_status, own_lab.timeline(TWO)[0].source]
