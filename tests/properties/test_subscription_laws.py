"""The law of subscriptions: after any acts the view is what a plain model says, live or rebuilt."""

import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from store.json_text import decode
from tests.contract.pipeline.lab import Lab, silent
from tests.copies import copied
from tests.laws import tries
from tests.properties.records import LAWFUL
from tracker.domain.subscribing import SubscriptionEventType as Did
from tracker.ledger.subscription_events import SubscriptionEvent, ToldAddress
from tracker.ledger.subscription_ledger import SubscriptionLedger
from tracker.pipeline.replaying import rebuild
from tracker.views.subscription_writer import SubscriptionWriter
from tracker.views.tables import SUBSCRIPTIONS

NAMES = ("stale", "results")
# Mostly acts on what is there already, or most lists would do nothing.
_LIKELY = (Did.SUBSCRIPTION_EDITED, Did.ADDRESS_DISABLED, *Did)
ACTS = st.lists(st.tuples(st.sampled_from(_LIKELY), st.sampled_from(NAMES), st.integers(1, 3)), max_size=25).map(
    lambda acts: [(Did.SUBSCRIBED, name, 2) for name in NAMES] + acts
)


class Model:
    """Who is subscribed to what, as anybody would keep it on paper."""

    def __init__(self) -> None:
        self.rows: dict[str, dict[str, object]] = {}

    def act(self, did: Did, name: str, number: int, subscription_id: str) -> SubscriptionEvent | None:
        """The event of an act, None where it cannot be done; the paper says the same from then on."""
        if (did is Did.SUBSCRIBED) is (name in self.rows):
            return None
        row = self.rows.setdefault(name, {"id": subscription_id, "state": "active", "request": 0, "addresses": {}})
        event = SubscriptionEvent(type=did, name=name, subscription_id=str(row["id"]))
        match did:
            case Did.SUBSCRIBED | Did.SUBSCRIPTION_EDITED:
                known = row["addresses"]
                assert isinstance(known, dict)
                row["addresses"] = {at: known.get(at, "active") for at in range(1, number + 1)}
                row["request"] = number
                told = tuple(_address(at) for at in range(1, number + 1))
                return SubscriptionEvent(
                    type=did, name=name, subscription_id=str(row["id"]), request=number, addresses=told
                )
            case Did.SUBSCRIPTION_PAUSED | Did.SUBSCRIPTION_RESUMED:
                row["state"] = "paused" if did is Did.SUBSCRIPTION_PAUSED else "active"
            case Did.UNSUBSCRIBED:
                del self.rows[name]
            case Did.ADDRESS_DISABLED | Did.ADDRESS_ENABLED | Did.SECRET_ROTATED:
                known = row["addresses"]
                assert isinstance(known, dict)
                if number in known and did is not Did.SECRET_ROTATED:
                    known[number] = "disabled" if did is Did.ADDRESS_DISABLED else "active"
                return SubscriptionEvent(type=did, name=name, subscription_id=str(row["id"]), address=_address(number))
        return event


def _address(number: int) -> ToldAddress:
    return ToldAddress(address_id=f"a{number}", address_number=number, channel="mail", address="m***@example.org")


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> str:
    """An empty ledger in a file."""
    url = f"sqlite:///{tmp_path_factory.mktemp('template') / 'ledger.db'}"
    Lab.open(url).close()
    return url


def shown(lab: Lab) -> dict[str, dict[str, object]]:
    """What the view says."""
    with lab.database.reading() as transaction:
        rows = transaction.connection.execute(select(SUBSCRIPTIONS)).all()
    return {
        row.name: {
            "id": row.subscription_id,
            "state": row.state,
            "request": decode(row.request),
            "addresses": {one["address_number"]: one["state"] for one in decode(row.addresses)},
        }
        for row in rows
    }


@settings(LAWFUL, max_examples=tries(15))
@given(acts=ACTS)
def test_the_view_is_what_was_done(template: str, acts: list[tuple[Did, str, int]]) -> None:
    """Live, rebuilt and verified, whatever was done in whatever order."""
    with tempfile.TemporaryDirectory() as folder, copied(template, Path(folder)) as url:
        lab, model = Lab.open(url), Model()
        for at, (did, name, number) in enumerate(acts):
            event = model.act(did, name, number, f"id{at}")
            if event is not None:
                with lab.database.writing() as transaction:
                    told = SubscriptionLedger(transaction).append([event])
                    SubscriptionWriter(transaction.connection).apply(told)
                    transaction.checkpoints.move("views", told[-1].position)
        assert model.rows == shown(lab)
        report = lab.verify()
        assert (True, None) == (report.ok, report.reason)
        rebuild(lab.database, show=silent)
        assert model.rows == shown(lab)
        lab.close()
