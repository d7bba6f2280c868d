"""Every item of a delivery, also of one that tells the first 200 in full and counts the rest.

Promises exactly the items that the message counted, in its order, each under its key: those that it told as it told
them, the others as the ledger has them now, a condition by the day of the message. It reads only.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from store.deliveries import Delivery, DeliveryFilter
from store.unit_of_work import Transaction
from tracker.alerts.content import Rest
from tracker.alerts.groups import read_groups
from tracker.alerts.items import Item, Told, change_item, condition_item, is_of_change, over_item, parts_of, position_of
from tracker.alerts.tellings import Held
from tracker.domain.conditions import parse_condition
from tracker.domain.errors import NotFound
from tracker.views.holdings import holdings
from tracker.views.sides import newest_facts
from tracker.views.standing import standing_with_id

_PAGE = 200
_ABOUT_CHANGES = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """What the message of the rest was: made on a day (UTC), for somebody who asks for people's data or does not."""

    transaction: Transaction
    on: date
    includes_people: bool


def every_item(transaction: Transaction, delivery_id: str) -> Iterator[Item]:
    """The items of a delivery. Raises NotFound where there is none of that id."""
    found = transaction.outbox.list(DeliveryFilter(ids=[delivery_id]))
    if not found:
        raise NotFound(f"there is no delivery {delivery_id}; trialog deliveries lists those that there are")
    said = transaction.outbox.content(delivery_id)
    yield from said["items"]
    rest: list[Rest] = said.get("rest", [])
    asked = _asked(transaction, found[0])
    for at in range(0, len(rest), _PAGE):
        yield from _items(asked, rest[at : at + _PAGE])


def _asked(transaction: Transaction, delivery: Delivery) -> _Asked:
    standing = standing_with_id(transaction.connection, delivery.subscription_id)
    includes_people = standing is not None and standing.request.wanted.include_contacts
    return _Asked(transaction=transaction, on=delivery.created_at.date(), includes_people=includes_people)


def _items(asked: _Asked, rest: Sequence[Rest]) -> Iterator[Item]:
    """The items of a page, in order; what the ledger cannot tell any more is its key alone."""
    told = _changes(asked, [key for key, _ in rest if is_of_change(key)])
    conditions = [one for one in rest if not is_of_change(one[0])]
    told |= _conditions(asked, conditions)
    for key, _ in rest:
        yield told.get(key) or {"key": key, "trial_id": None, "title": None, "registry_url": None}


def _changes(asked: _Asked, keys: Sequence[str]) -> dict[str, Item]:
    wanted, found = set(keys), dict[str, Item]()
    if not wanted:
        return found
    positions = [position_of(key) for key in keys]
    after, until = min(positions) - 1, max(positions)
    while after < until:
        read = read_groups(asked.transaction, after=after, until=until, about=_ABOUT_CHANGES)
        for group in read.groups:
            for change in group.changes:
                item = change_item(change, title=group.title, includes_people=asked.includes_people)
                if item is not None and item["key"] in wanted:
                    found[item["key"]] = item
        after = read.up_to
    return found


def _conditions(asked: _Asked, rest: Sequence[Rest]) -> dict[str, Item]:
    named = {key: parts_of(key) for key, _ in rest}
    facts = newest_facts(asked.transaction.connection, {trial_id for _, trial_id, _ in named.values()})
    held = _held(asked, named.values())
    found = dict[str, Item]()
    for key, over in rest:
        condition, trial_id, cause = named[key]
        title = facts[trial_id].title if trial_id in facts else None
        told = Told(trial_id=trial_id, title=title, condition=condition, cause=cause, row={})
        if over is None:
            told = held.get((condition, trial_id, cause), told)
        found[key] = condition_item(told) if over is None else over_item(told, reason=over)
    return found


def _held(asked: _Asked, named: Collection[tuple[str, str, str]]) -> dict[tuple[str, str, str], Told]:
    """What held on the day of the message, with the keys of its row."""
    found = dict[tuple[str, str, str], Told]()
    for name in dict.fromkeys(condition for condition, _, _ in named):
        condition = parse_condition(name)
        trial_ids = [trial_id for other, trial_id, _ in named if other == name]
        for one in holdings(asked.transaction.connection, condition, on=asked.on, trial_ids=trial_ids):
            found[name, one.trial_id, one.cause] = Held(condition=condition, holding=one).told
    return found
