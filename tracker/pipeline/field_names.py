"""Which fields may be asked for: those of the catalogue, and whatever a change was recorded of."""

from collections.abc import Callable, Sequence

from store.unit_of_work import Transaction
from tracker.diffing.catalogue import Catalogue
from tracker.domain.closed_sets import one_of
from tracker.views.trails import FeedFilter, feed

BESIDE_CATALOGUE = ("record", "whereabouts", "membership", "lapse")


def known_fields(catalogue: Catalogue) -> tuple[str, ...]:
    """All names but those with a dot, which may come one day."""
    return (*catalogue.fields, *BESIDE_CATALOGUE)


def check_fields(fields: Sequence[str], catalogue: Catalogue, is_recorded: Callable[[str], bool]) -> None:
    """Raises InvalidInput for a field that nothing is called, with what is near."""
    known = known_fields(catalogue)
    for name in fields:
        if name not in known and "." not in name and not is_recorded(name):
            one_of("field", name, known)


def require_fields(transaction: Transaction, fields: Sequence[str], catalogue: Catalogue) -> None:
    """``check_fields`` on this ledger; slow only for a name that is not in the catalogue."""

    def is_recorded(name: str) -> bool:
        return any(True for _ in feed(transaction.connection, FeedFilter(fields=[name]), limit=1))

    check_fields(fields, catalogue, is_recorded)
