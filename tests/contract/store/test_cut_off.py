"""A network that is cut without a word: what waits for an answer fails in bounded time, and nothing else does."""

import threading
import time
from collections.abc import Iterator

import psycopg
import pytest

from store.errors import StoreError, Transient
from store.events import ANY
from store.holders import this_process
from store.kept_lease import KeptLease
from store.leases import Lease, LeaseHeld, LeaseLost
from store.unit_of_work import Database
from store.waking import Waker
from tests.contract.store.builders import event, open_database, ticking_clock
from tests.proxy import Proxy, through_proxy

SILENCE_S = 0.3
BOUND_S = 6.0  # of a failure: the silence, two seconds for a look elsewhere, one for an answer under way, and some more
LONG_S = 1.5  # several silences
TRIES = 100_000


@pytest.fixture
def proxied(postgresql_url: str) -> Iterator[tuple[Database, Proxy]]:
    """A database by way of a proxy, with one connection that was used, and the proxy."""
    with through_proxy(postgresql_url) as (url, proxy):
        database = Database.open(url, clock=ticking_clock(), silence_s=SILENCE_S)
        yield database, proxy
        database.close()


@pytest.fixture
def nearby(postgresql_url: str) -> Iterator[Database]:
    """The same database without a proxy."""
    database = open_database(postgresql_url)
    yield database
    database.close()


def append(database: Database, stream: str) -> None:
    """Write an event of a stream of its own."""
    with database.writing() as transaction:
        transaction.events.append(stream, [event(stream)], expected_version=ANY)


def streams(database: Database) -> list[str]:
    """What was written."""
    with database.reading() as transaction:
        return [one.stream for one in transaction.events.read_all()]


def test_a_transaction_that_is_cut_fails_and_leaves_nothing(proxied: tuple[Database, Proxy], nearby: Database) -> None:
    """It is Transient within its bound; when the network is back, the next one works on a new connection."""
    database, proxy = proxied
    began_s = time.monotonic()
    with pytest.raises(Transient, match="has not answered"):
        _append_and_cut(database, proxy)
    assert time.monotonic() - began_s < BOUND_S
    proxy.go_on()
    append(database, "b")
    assert ["b"] == streams(nearby)


def _append_and_cut(database: Database, proxy: Proxy) -> None:
    with database.writing() as transaction:
        transaction.events.append("a", [event("1")], expected_version=ANY)
        proxy.cut()
        transaction.events.append("a", [event("2")], expected_version=ANY)


def test_a_transaction_that_begins_while_cut_fails(proxied: tuple[Database, Proxy]) -> None:
    """On a connection that was kept as on a new one, also again and again."""
    database, proxy = proxied
    proxy.cut()
    with pytest.raises(Transient), database.reading() as transaction:
        transaction.events.head()
    proxy.drop()
    proxy.go_on()
    append(database, "a")
    assert ["a"] == streams(database)


def test_a_connection_alone_that_is_cut_is_replaced(proxied: tuple[Database, Proxy]) -> None:
    """Where new connections work, the next transaction takes one, and nobody notices but for the time it takes."""
    database, proxy = proxied
    proxy.forget()
    assert [] == streams(database)


def test_an_answer_that_is_lost_is_not_waited_for(proxied: tuple[Database, Proxy], nearby: Database) -> None:
    """A server that answers over other connections, and has nothing to do for this one, will not answer here."""
    database, proxy = proxied
    with pytest.raises(Transient, match="has not answered"):
        _append_and_forget(database, proxy)
    append(database, "b")
    assert ["b"] == streams(nearby)


def _append_and_forget(database: Database, proxy: Proxy) -> None:
    with database.writing() as transaction:
        transaction.outbox.hold("nothing")
        proxy.forget()
        transaction.events.append("a", [event("1")], expected_version=ANY)


def test_what_the_server_works_on_may_take_long(proxied: tuple[Database, Proxy]) -> None:
    """Many times the silence: the server says over another connection that it is at it."""
    database, _ = proxied
    with database.reading() as transaction:
        assert "" == transaction.connection.exec_driver_sql(f"SELECT pg_sleep({LONG_S})").scalar_one()


def test_who_waits_for_the_lock_of_writers_is_not_cut(proxied: tuple[Database, Proxy], nearby: Database) -> None:
    """A queue is no silence."""
    database, _ = proxied
    begun = threading.Event()

    def hold() -> None:
        with nearby.writing() as transaction:
            begun.set()
            transaction.connection.exec_driver_sql(f"SELECT pg_sleep({LONG_S})")

    holding = threading.Thread(target=hold)
    holding.start()
    begun.wait()
    append(database, "a")
    holding.join()
    assert ["a"] == streams(nearby)


def test_the_server_lets_go_of_who_is_cut_off(nearby: Database) -> None:
    """Each session has the server look whether the other end is there, so that it does not keep locks for hours."""
    with nearby.reading() as transaction:
        names = transaction.connection.exec_driver_sql(
            "SELECT name FROM pg_settings WHERE name ~ '^tcp_(keepalives|user)' AND source = 'session' ORDER BY name"
        )
        assert [
            "tcp_keepalives_count",
            "tcp_keepalives_idle",
            "tcp_keepalives_interval",
            "tcp_user_timeout",
        ] == list(names.scalars())


def test_the_system_looks_whether_the_server_is_there(postgresql_url: str) -> None:
    """A host that is cut off is noticed by TCP after 20 s; the database's URL may say otherwise."""
    separator = "&" if "?" in postgresql_url else "?"
    database = open_database(f"{postgresql_url}{separator}tcp_user_timeout=5000&connect_timeout=3")
    with database.reading() as transaction:
        told = transaction.connection.connection.dbapi_connection.info.get_parameters()  # type: ignore[union-attr]
    wanted = {
        "keepalives_idle": "10",
        "keepalives_interval": "5",
        "keepalives_count": "2",
        "tcp_user_timeout": "5000",
        "connect_timeout": "3",
    }
    assert wanted == {name: told[name] for name in wanted}
    database.close()


def acquire(database: Database, *, lasts_s: float) -> Lease:
    """Take the lease of these tests, once it is to be had."""
    for _ in range(TRIES):
        try:
            with database.writing() as transaction:
                return transaction.leases.acquire("test", this_process(), lasts_s=lasts_s)
        except LeaseHeld:
            continue
    pytest.fail("it was not to be had")


def test_a_lease_passes_on_from_a_holder_that_is_cut_off(proxied: tuple[Database, Proxy], nearby: Database) -> None:
    """Another has it after its time, and the first one writes nothing more and finds out when the network is back."""
    database, proxy = proxied
    lease = acquire(database, lasts_s=0.5)
    with KeptLease(database, lease, lasts_s=0.5) as kept:
        append(kept.database, "a")
        proxy.cut()
        second = acquire(nearby, lasts_s=60)
        assert lease.term + 1 == second.term
        with pytest.raises(Transient):
            append(kept.database, "b")
        append(nearby.under(second), "c")
        proxy.go_on()
        with pytest.raises(LeaseLost):
            append(kept.database, "d")
        with pytest.raises(LeaseLost):
            _require_long(kept)
    assert ["a", "c"] == streams(nearby)


def _require_long(kept: KeptLease) -> None:
    """See now and then whether the lease is still there."""
    for _ in range(TRIES):
        kept.require()
        _try_to_read(kept.database)


def _try_to_read(database: Database) -> None:
    try:
        streams(database)
    except Transient:
        return


def test_a_lease_that_nobody_took_is_kept_after_a_cut(proxied: tuple[Database, Proxy], nearby: Database) -> None:
    """The thread that renews it fails for a while, and goes on when the network is back."""
    database, proxy = proxied
    lease = acquire(database, lasts_s=0.2)
    with KeptLease(database, lease, lasts_s=0.2) as kept:
        proxy.cut()
        with pytest.raises(StoreError):
            append(kept.database, "a")
        proxy.go_on()
        with nearby.reading() as transaction:
            back_at = transaction.leases.now()
        for _ in range(TRIES):
            with nearby.reading() as transaction:
                now = transaction.leases.current("test")
            if now is not None and now.expires_at > back_at:
                break
        else:
            pytest.fail("it was not renewed")
        append(kept.database, "b")
    assert ["b"] == streams(nearby)


def test_who_waits_for_news_over_a_network_that_was_cut_hears_again(
    proxied: tuple[Database, Proxy], nearby: Database
) -> None:
    """Nothing is raised meanwhile, and what was written meanwhile is not missed."""
    database, proxy = proxied
    with Waker(database) as waker:
        proxy.cut()
        append(nearby, "a")
        assert not waker.wait(0.1)
        proxy.drop()
        proxy.go_on()
        assert waker.wait(BOUND_S)
        append(nearby, "b")
        assert waker.wait(BOUND_S)


def test_a_proxy_that_hangs_up_is_noticed_at_once(proxied: tuple[Database, Proxy]) -> None:
    """A connection that was dropped in a transaction is Transient, and the next transaction works."""
    database, proxy = proxied
    with pytest.raises(Transient):
        _read_and_drop(database, proxy)
    assert [] == streams(database)


def _read_and_drop(database: Database, proxy: Proxy) -> None:
    with database.reading() as transaction:
        transaction.events.head()
        proxy.drop()
        transaction.events.head()


def test_a_proxy_passes_on_what_it_is_given(postgresql_url: str) -> None:
    """Both ways, more than fits into one piece; a proxy that is cut takes connections and answers nothing."""
    with through_proxy(postgresql_url) as (url, proxy):
        with psycopg.connect(url) as connection:
            text = "x" * 1_000_000
            assert (text,) == connection.execute("SELECT %s::text", (text,)).fetchone()
        proxy.cut()
        with pytest.raises(psycopg.OperationalError, match="timeout"):
            psycopg.connect(url, connect_timeout=2)
