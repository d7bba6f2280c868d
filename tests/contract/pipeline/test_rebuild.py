"""Views can be thrown away: what is rebuilt is what was live, and nobody has to stop reading for it."""

import pytest

from tests.contract.pipeline.lab import Lab, silent
from tests.records import record
from tracker.ledger.ledger import Ledger
from tracker.pipeline.replaying import ensure_views, rebuild
from tracker.views.state import VIEWS, views_version
from tracker.views.tables import METADATA, VERSION
from tracker.views.timelines import timeline


def test_rebuilt_views_are_the_live_ones(good: Lab) -> None:
    """Every row of every view is as it was, with backfilled, thin and replaced revisions among them."""
    good.see(record(data_on="2026-02-04"))
    live = good.rows()
    assert good.events_count() == rebuild(good.database, show=silent)
    assert live == good.rows()
    assert good.verify().ok


def test_a_rebuild_mends_damaged_views_and_moves_their_checkpoint(good: Lab) -> None:
    """Rows altered or gone are as the ledger makes them, and the views stand at its head again."""
    live = good.rows()
    with good.database.writing() as transaction:
        transaction.connection.exec_driver_sql("DELETE FROM view_revisions WHERE revision > 1")
        transaction.connection.exec_driver_sql("UPDATE view_trials SET snapshot = 'x'")
        transaction.connection.exec_driver_sql("INSERT INTO view_search VALUES ('NCT00000099', 7, 'tnothing')")
        transaction.checkpoints.reset(VIEWS, 3)
    assert not good.verify().ok
    rebuild(good.database, show=silent)
    assert live == good.rows()
    with good.database.reading() as transaction:
        assert transaction.events.head().position == transaction.checkpoints.get(VIEWS)


def test_a_rebuild_shows_how_far_it_is(good: Lab) -> None:
    """Positions rise to that of the ledger's head."""
    shown: list[tuple[int, int]] = []
    rebuild(good.database, show=lambda position, head: shown.append((position, head)))
    assert (10, 10) == shown[-1]
    assert sorted(shown) == shown


def test_an_empty_ledger_can_be_rebuilt(own_lab: Lab) -> None:
    """There is nothing to replay, and nothing goes wrong."""
    assert 0 == rebuild(own_lab.database, show=silent)
    assert own_lab.verify().ok


def test_views_go_on_after_a_rebuild(good: Lab) -> None:
    """What is imported after a rebuild continues the rebuilt rows."""
    rebuild(good.database, show=silent)
    good.see(record(data_on="2026-02-20", status="COMPLETED"))
    assert 5 == good.timeline("NCT00000001")[-1].revision
    assert good.verify().ok


def test_readers_go_on_while_views_are_rebuilt(good: Lab) -> None:
    """A transaction begun before the rebuild, and one begun during it, see the old rows until it commits."""
    reader = Lab.open(good.database.url)
    live = good.rows()
    with reader.database.reading() as earlier:
        before = timeline(earlier.connection, "NCT00000001")
        seen_meanwhile: list[bool] = []

        def look(position: int, head: int) -> None:
            with reader.database.reading() as meanwhile:
                seen_meanwhile.append(before == timeline(meanwhile.connection, "NCT00000001"))
                seen_meanwhile.append(10 == len(list(Ledger(meanwhile).read())))
            seen_meanwhile.append(before == timeline(earlier.connection, "NCT00000001"))

        rebuild(good.database, show=look)
        assert before == timeline(earlier.connection, "NCT00000001")
    assert [True] * 3 == seen_meanwhile
    assert live == reader.rows()
    reader.close()


def test_views_of_another_version_are_rebuilt(good: Lab) -> None:
    """ensure_views replaces the tables of an older trialog and leaves those of the present one alone."""
    live = good.rows()
    with good.database.writing() as transaction:
        transaction.connection.exec_driver_sql(f"UPDATE view_state SET version = {VERSION - 1}")
        transaction.connection.exec_driver_sql("ALTER TABLE view_trials RENAME COLUMN snapshot TO body")
    shown: list[int] = []
    for _ in range(2):
        ensure_views(good.database, show=lambda position, _: shown.append(position))
    assert [10] == shown
    assert live == good.rows()


def test_missing_views_are_made(good: Lab) -> None:
    """A ledger whose views were dropped gets them back."""
    live = good.rows()
    with good.database.writing() as transaction:
        METADATA.drop_all(transaction.connection)
        assert views_version(transaction.connection) is None
    ensure_views(good.database, show=silent)
    assert live == good.rows()


def test_a_rebuild_that_fails_leaves_the_views_as_they_were(good: Lab) -> None:
    """It is one transaction: broken off in the middle, nothing of it is kept."""
    live = good.rows()

    def stop(position: int, head: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        rebuild(good.database, show=stop)
    assert live == good.rows()
