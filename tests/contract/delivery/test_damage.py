"""A delivery of which the stored content is damaged is dead by itself, and delays nothing."""

from typing import Any

import pytest
from sqlalchemy import update

from store.deliveries import EVERY
from store.tables import DELIVERIES
from store.zstd_frames import compress
from tests.contract.delivery.post_office import PostOffice, hook, keys_of
from tests.endpoints import Answer, Endpoint
from tracker.delivery.deliverer import Delivered

NO_JSON = b"{not json"
DAMAGES: tuple[dict[str, Any], ...] = (
    {"content": b"no frame at all"},
    {"content": compress(NO_JSON), "size_bytes": len(NO_JSON)},
    {"size_bytes": 7},
    {"items": "[not json"},
    {"trial_ids": '{"of": "another shape"}'},
)


def damage(office: PostOffice, number: int, **values: Any) -> str:
    """Edit the row of one delivery, and answer its id."""
    delivery = office.deliveries()[number]
    change = update(DELIVERIES).where(DELIVERIES.c.id == delivery.id).values(**values)
    with office.database.writing() as transaction:
        transaction.connection.execute(change)
    return delivery.id


@pytest.mark.parametrize("values", DAMAGES, ids=lambda values: " ".join(values))
def test_damaged_content_is_dead_and_stops_no_other(
    office: PostOffice, endpoint: Endpoint, values: dict[str, Any]
) -> None:
    """It is dead and says why, nothing was attempted or counts against the address, and the others are sent."""
    office.subscribe("a", hook(endpoint))
    office.post("a", "event:0", "event:1", "event:2")
    damaged_id = damage(office, 1, **values)
    assert Delivered(sent=2, failed=0, dead=1, waiting=0) == office.deliver()
    assert ["event:0", "event:2"] == keys_of(endpoint.received)
    (found,) = office.deliveries(states=["dead"])
    assert (damaged_id, 0) == (found.id, found.attempts_count)
    assert "cannot be read" in (found.reason or "")
    with office.database.reading() as transaction:
        assert {} == transaction.outbox.attempts_of([damaged_id])
        assert transaction.addresses.get(found.address_id).failing_since is None


def test_damaged_content_is_dead_again_when_delivered_again(office: PostOffice, endpoint: Endpoint) -> None:
    """Delivered again it dies again, for its reason, and goes out once what was stored is mended."""
    office.subscribe("a", hook(endpoint))
    office.post("a", "event:0", "event:1")
    damage(office, 0, content=compress(b"{}"))
    office.deliver()
    with office.database.writing() as transaction:
        assert 2 == len(transaction.outbox.redeliver(EVERY, office.now))
    assert Delivered(sent=1, failed=0, dead=1, waiting=0) == office.deliver()
    damage(office, 0, size_bytes=2)
    with office.database.writing() as transaction:
        transaction.outbox.redeliver(EVERY, office.now)
    assert Delivered(sent=2, failed=0, dead=0, waiting=0) == office.deliver()


def test_what_is_damaged_while_its_endpoint_rests_ends_with_the_rest(office: PostOffice, endpoint: Endpoint) -> None:
    """The delivery that an endpoint rests for dies when its turn comes, and those behind it are sent at once."""
    office.subscribe("a", hook(endpoint))
    office.post("a", "event:0", "event:1")
    endpoint.answers.append(Answer(status=503))
    office.deliver()
    damage(office, 0, size_bytes=7)
    office.later(seconds=5)
    assert Delivered(sent=1, failed=0, dead=1, waiting=0) == office.deliver()
