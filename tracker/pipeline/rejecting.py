"""Keeps a refused input: whole in quarantine, and told in a log line that names its trial where the place does.

It does not decide what is refused, nor read what was.
"""

import structlog
from structlog.contextvars import bound_contextvars

from store.quarantine import Rejection
from store.unit_of_work import Transaction
from tracker.domain.trial_id import find_trial_id
from tracker.source import Place, Refusal

_LOG = structlog.get_logger()


def reject(transaction: Transaction, refusal: Refusal, *, run_id: str, trial_id: str | None = None) -> None:
    """Keep a refusal, met in the run ``run_id``; ``trial_id``: whose record it is, where whoever asked for it knows."""
    transaction.quarantine.add(_rejection_of(refusal, run_id=run_id))
    trial_id = trial_id or _trial_of(refusal.place)
    with bound_contextvars(**({} if trial_id is None else {"trial": trial_id})):
        _LOG.info("record_refused", place=str(refusal.place), reason=refusal.reason)


def _rejection_of(refusal: Refusal, *, run_id: str) -> Rejection:
    return Rejection(
        file=refusal.place.file,
        member=refusal.place.member,
        line=refusal.place.line,
        reason=refusal.reason,
        body=refusal.raw,
        size_bytes=refusal.size_bytes,
        sha256=refusal.sha256,
        run_id=run_id,
    )


def _trial_of(place: Place) -> str | None:
    """The trial that the name of a member or a file is of."""
    name = (place.member or place.file).replace("\\", "/").rsplit("/", 1)[-1]
    return find_trial_id(name)
