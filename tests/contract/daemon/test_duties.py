"""What a job of the daemon says where it could not do all its work."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from store.holders import this_process
from store.unit_of_work import Database
from store.waking import Waker
from tests.contract.daemon.conftest import House
from tests.contract.pipeline.test_verify import UNLOCK
from tracker.daemon.delivering import News, Sending
from tracker.daemon.duties import Duties
from tracker.daemon.job import Amiss, Unfinished, Waits
from tracker.domain.errors import BLOCKS
from tracker.pipeline.checking import ALL
from tracker.pipeline.polling.lease import LEASE
from tracker.posting import deliverer
from tracker.services import open_services
from tracker.settings import read_settings
from tracker.simulator.faults import Fault, Plan
from tracker.simulator.server import SimulatedRegistry


@dataclass(frozen=True, slots=True, kw_only=True)
class AtWork:
    """The duties of a daemon, and what it works on."""

    duties: Duties
    sending: Sending
    database: Database


@pytest.fixture
def at_work(at_registry: House, monkeypatch: pytest.MonkeyPatch) -> Iterator[AtWork]:
    """A daemon's duties on a ledger for which one trial is tracked."""
    monkeypatch.setenv("TRIALOG_CTGOV__BLOCKED_WAIT_S", "0")
    settings = read_settings(options={})
    with open_services(settings, purpose="track") as services:
        stop, waker = threading.Event(), Waker(services.database)
        sending = Sending(
            news=News(waker=waker, told=lambda: None),
            deliverer=lambda: deliverer(services.database, settings, now=services.now),
            is_off=lambda: False,
            stop=stop,
        )
        duties = Duties(services=lambda: services, sending=sending, stop=stop)
        yield AtWork(duties=duties, sending=sending, database=services.database)
        waker.close()


@pytest.mark.parametrize(
    ("fault", "said"),
    ((Fault.SERVER_ERROR, "delta: the registry gave no usable"), (Fault.FORBIDDEN, f"delta: {BLOCKS}")),
)
def test_a_poll_that_left_a_leg_is_not_done(
    at_work: AtWork, server: SimulatedRegistry, fault: Fault, said: str
) -> None:
    """The legs and their reasons are told; of a block so that whoever keeps only the text knows it as one."""
    server.faults.next(fault, count=100, plan=Plan(fault=fault, path="/studies"))
    with pytest.raises(Unfinished, match=f"not complete: {said}"):
        at_work.duties.release(at_work.database)
    server.faults.stop()
    assert "event" in at_work.duties.release(at_work.database)


def test_a_poll_waits_for_another(at_work: AtWork) -> None:
    """Where a person polls just now, nothing failed."""
    with at_work.database.writing() as transaction:
        lease = transaction.leases.acquire(LEASE, this_process(), lasts_s=60)
    with pytest.raises(Waits, match="under way"):
        at_work.duties.release(at_work.database)
    with at_work.database.writing() as transaction:
        transaction.leases.release(lease)
    assert "event" in at_work.duties.release(at_work.database)


def test_a_ledger_that_is_wrong_is_told(at_work: AtWork) -> None:
    """With the place, at each check."""
    at_work.duties.release(at_work.database)
    assert "right up to" in at_work.duties.verify(at_work.database, scope=ALL)
    with at_work.database.writing() as transaction:
        for statement in (*UNLOCK[at_work.database.dialect_name], "UPDATE events SET data = '{}' WHERE position = 2"):
            transaction.connection.exec_driver_sql(statement)
    for _ in range(2):
        with pytest.raises(Unfinished, match="wrong at position 2"):
            at_work.duties.verify(at_work.database, scope=ALL)


def test_what_hinders_sending_is_amiss_though_news_were_told(at_work: AtWork) -> None:
    """What is new is evaluated all the same."""
    at_work.duties.release(at_work.database)
    at_work.sending.news.arrived()
    at_work.sending.failure = "email: no sender is set"
    with pytest.raises(Amiss, match="email: no sender is set"):
        at_work.duties.deliver(at_work.database)
    assert not at_work.sending.news.to_evaluate.is_set()
    at_work.sending.failure = None
    assert "0 changes, 0 messages" == at_work.duties.deliver(at_work.database)
