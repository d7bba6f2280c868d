"""Which feeds there are: the path of one, without its format, as the key of its address holds it."""

from store.unit_of_work import Transaction
from tracker.alerts.subscribing import require_subscription
from tracker.domain.errors import InvalidInput, NotFound
from tracker.domain.trial_id import is_trial_id, parse_trial_id
from tracker.views.timelines import require_trial
from tracker.views.watch_list import watch_list

CHANGES = "/feeds/changes"
LAPSING = "/feeds/stale"
"""A calendar: its format is another."""


def require_feed(transaction: Transaction, path: str) -> str:
    """The path of a feed as it is kept; raises InvalidInput for what is none, NotFound where nothing is told of."""
    kind, _, name = path.strip().removeprefix("/feeds/").partition("/")
    if path.strip() in (CHANGES, LAPSING):
        return path.strip()
    if kind == "trials":
        name = parse_trial_id(name)
        require_trial(transaction.connection, name)
    elif kind == "tracked":
        tracked_trial(transaction, name)
    elif kind == "subscriptions":
        require_subscription(transaction, name)
    else:
        raise InvalidInput(
            f"{path[:100]!r} is no feed; expected {CHANGES}, {LAPSING}, or /feeds/trials/, /feeds/tracked/ or "
            "/feeds/subscriptions/ with the name of one"
        )
    return f"/feeds/{kind}/{name}"


def tracked_trial(transaction: Transaction, name: str) -> str | None:
    """The trial that is tracked by that name; None where a query is. Raises NotFound."""
    watched = watch_list(transaction.connection)
    trial_id = name.upper()
    if is_trial_id(trial_id) and trial_id in watched.trials:
        return trial_id
    if name not in [query.name for query in watched.queries]:
        raise NotFound(f"nothing is tracked under the name {name}; /tracked lists what is")
    return None
