"""What goes in comes out, or is refused before anything is written."""

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from store.errors import InvalidInput
from store.events import NO_STREAM, EventData
from store.unit_of_work import Database
from tests.contract.store.builders import event

NAIVE = datetime(2026, 5, 1, 9, 30)  # noqa: DTZ001 - naive on purpose


@pytest.mark.parametrize(
    "data",
    (
        {"text": "NUL \0 inside", "\0": "as key"},
        {"text": "lone \ud800 surrogate", "\udfff": "as key"},
        {"number": 2**64, "smaller": -(2**63) - 1, "exact": 12345678901234567890123, "float": 1e300},
        {"null": None, "nested": [[], {}, [None, True, False]], "text": "Größe 漢字 😀"},
        {"sites": [{"facility": f"Site {n}", "city": "Köln"} for n in range(10_000)]},
        {"record": "x" * 10_000_000},
    ),
    ids=("NUL", "lone surrogates", "large integers", "every kind", "10,000 sites", "10 MB"),
)
def test_any_json_comes_out_as_it_went_in(database: Database, data: dict[str, Any]) -> None:
    """Data and metadata are read exactly as they were given, and the chain holds over them."""
    given = EventData(type="happened", data=data, metadata=data, event_id="1")
    with database.writing() as transaction:
        transaction.events.append("a", [given], expected_version=NO_STREAM)
    with database.reading() as transaction:
        (found,) = transaction.events.read_all()
        assert transaction.events.verify() is None
    assert (found.data, found.metadata) == (data, data)


@pytest.mark.parametrize("bad", (float("nan"), float("inf"), NAIVE, b"bytes", {1: "key"}, {"a", "set"}))
def test_what_is_not_json_is_refused(database: Database, bad: Any) -> None:
    """What JSON cannot say exactly is InvalidInput naming the event, never bent into something else."""
    with database.writing() as transaction:
        with pytest.raises(InvalidInput, match="event 2"):
            transaction.events.append("a", [event("1"), event("2", bad=bad)], expected_version=NO_STREAM)
        assert transaction.events.head().count == 0


def test_data_that_is_no_object_is_refused(database: Database) -> None:
    """Data is an object, so that it can grow."""
    given = EventData(type="happened", data=["list"], event_id="1")  # type: ignore[arg-type]
    with database.writing() as transaction, pytest.raises(InvalidInput, match="dicts"):
        transaction.events.append("a", [given], expected_version=NO_STREAM)


def test_a_naive_clock_is_refused(database_url: str) -> None:
    """An instant without a zone is never stored, wherever it comes from."""
    database = Database.open(database_url, clock=lambda: NAIVE)
    with database.writing() as transaction:
        with pytest.raises(InvalidInput, match="no zone"):
            transaction.events.append("a", [event("1")], expected_version=NO_STREAM)
        assert transaction.events.head().count == 0
    database.close()


def test_instants_are_kept_in_utc_to_the_microsecond(database_url: str) -> None:
    """An aware instant of any zone is the same instant when read, and stored as 27 characters of UTC."""
    instant = datetime(2026, 5, 1, 1, 30, 0, 7, tzinfo=timezone(timedelta(hours=2)))
    database = Database.open(database_url, clock=lambda: instant)
    with database.writing() as transaction:
        transaction.events.append("a", [event("1")], expected_version=NO_STREAM)
        stored = transaction.connection.exec_driver_sql("SELECT recorded_at FROM events").scalar_one()
        (found,) = transaction.events.read_all()
    assert found.recorded_at == instant
    assert stored == "2026-04-30T23:30:00.000007Z"
    database.close()
