"""What the commands that ask share: today, the names of fields, and what pointers stand for."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import click

from store.errors import StoreError
from store.json_text import decode
from store.unit_of_work import Transaction
from tracker.domain.errors import InvalidInput
from tracker.domain.pointer import resolve
from tracker.domain.record import Json
from tracker.pipeline import field_names
from tracker.views.answers import AnsweredChange
from tracker.views.timelines import held_from

if TYPE_CHECKING:
    from tracker.services import Services

_RECORDS_KEPT = 4  # unpacked records: those of one revision and its predecessor, and of the next


def today(now: Callable[[], datetime]) -> date:
    """The calendar day in UTC."""
    return now().astimezone(UTC).date()


def require_fields(fields: tuple[str, ...], services: "Services", transaction: Transaction) -> None:
    """Refuse a field that nothing is called; slow only for a name that is not in the catalogue."""
    if fields:
        with named_option("--field"):
            field_names.require_fields(transaction, fields, services.catalogue)


@contextmanager
def named_option(option: str) -> Iterator[None]:
    """Say of a refusal which option it is about."""
    try:
        yield
    except InvalidInput as err:
        raise click.UsageError(f"{option}: {err}", click.get_current_context()) from err


def fetching(transaction: Transaction) -> Callable[[Json], Json]:
    """What a pointer of the ledger stands for; None where the snapshot cannot be had."""

    @lru_cache(maxsize=_RECORDS_KEPT)
    def record(snapshot: str) -> Any:
        try:
            return decode(transaction.snapshots.get(snapshot))
        except StoreError:  # what is damaged is verify's to say; the change itself is still worth showing
            return None

    return lambda value: resolve(record(value["snapshot"]), value["pointer"])


def holding(transaction: Transaction) -> Callable[[AnsweredChange], str]:
    """Since when the revision of a change holds."""
    return lambda change: held_from(transaction.connection, change.trial_id or "", change.revision or 0)
