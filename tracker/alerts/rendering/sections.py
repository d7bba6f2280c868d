"""Entries in the order in which they are read: changes trial by trial and date by date, conditions by their kind."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby

from tracker.alerts.rendering.conditions import COMPLETION, RULES, VERIFIED, plural, plural_over
from tracker.alerts.rendering.page import Block, Entry, Form, Occasion, Section, Told, Trial
from tracker.domain.conditions import Condition
from tracker.domain.wording import count

_MOST_IN_FULL = 3  # rows; more are a table
_COLUMNS = (VERIFIED, COMPLETION)


def sections_of(entries: Sequence[Entry]) -> list[Section]:
    """The sections, in the order of their first entries, those that could not be rendered last."""
    found = [_changes(changes)] if (changes := _told(entries, Told.CHANGE)) else []
    for told in (Told.HOLDING, Told.OVER):
        found += [_condition(told, rows) for rows in _by_condition(_told(entries, told))]
    if odd := _told(entries, Told.NOTHING):
        found.append(Section(heading=f"{count(len(odd), 'item')} that could not be shown", rows=tuple(odd)))
    return found


def trials_count(entries: Sequence[Entry]) -> int:
    """How many trials the entries are of."""
    return len({entry.trial.trial_id for entry in entries})


def _told(entries: Sequence[Entry], told: Told) -> list[Entry]:
    return [entry for entry in entries if entry.told is told]


def _changes(entries: Sequence[Entry]) -> Section:
    by_trial: dict[Trial, list[Entry]] = {}  # a trial whose title changed stands under both
    for entry in entries:
        by_trial.setdefault(entry.trial, []).append(entry)
    changes, trials = count(len(entries), "change"), count(trials_count(entries), "trial")
    return Section(
        heading=f"{changes} in {trials}",
        blocks=tuple(Block(trial=trial, occasions=tuple(_occasions(of_one))) for trial, of_one in by_trial.items()),
    )


def _occasions(entries: Sequence[Entry]) -> Iterator[Occasion]:
    for when, together in groupby(entries, key=lambda entry: entry.when):
        yield Occasion(when=when, entries=tuple(together))


def _by_condition(entries: Sequence[Entry]) -> list[list[Entry]]:
    found: dict[Condition | None, list[Entry]] = {}
    for entry in entries:
        found.setdefault(entry.condition, []).append(entry)
    return list(found.values())


def _condition(told: Told, rows: Sequence[Entry]) -> Section:
    """Rows of one condition; in a long list the status and the facts say from what to what."""
    condition = rows[0].condition
    assert condition is not None  # such entries are made of one
    say = plural if told is Told.HOLDING else plural_over
    is_long = len(rows) > _MOST_IN_FULL
    return Section(
        heading=say(condition, trials_count(rows)),
        rule=RULES[condition.kind] if told is Told.HOLDING else "",
        rows=tuple(replace(row, form=Form.NONE, pieces=()) if is_long else row for row in rows),
        columns=tuple(name for name in _COLUMNS if all(row.fact(name) for row in rows)),
        is_long=is_long,
    )
