"""Rows found by their words: the same ones in the same order on both databases."""

from collections.abc import Iterator

import pytest
from sqlalchemy import BigInteger, Column, Connection, MetaData, Table, Text, text

from store.bulk import insert_at_once
from store.unit_of_work import Database
from store.word_index import WordIndex
from store.words import Asked, Every, Except, Some, Word

INDEX = WordIndex(table="shelf", key="place", words="words")
SHELF = Table("shelf", MetaData(), Column("place", BigInteger), Column("words", Text))
ALL = 10**15


@pytest.fixture
def shelf(database: Database) -> Iterator[Connection]:
    """Three rows in an indexed table, in a transaction that is still open."""
    with database.writing() as transaction:
        connection = transaction.connection
        connection.execute(text("CREATE TABLE shelf (place BIGINT, words TEXT NOT NULL)"))
        INDEX.make(connection)
        for place, words in ((1, "ta tb ta"), (2, "tb tbc"), (30, "ta tä你"), (None, "ta tb")):
            connection.execute(text("INSERT INTO shelf VALUES (:place, :words)"), {"place": place, "words": words})
        yield connection


def keys(shelf: Connection, asked: Asked | None, **given: int) -> list[int]:
    """What is found."""
    return INDEX.keys(shelf, asked, before=given.get("before", ALL), limit=given.get("limit", 9))


A, B, NONE = Word(text="ta"), Word(text="tb"), Word(text="t")


@pytest.mark.parametrize(
    ("asked", "expected"),
    (
        (None, [30, 2, 1]),
        (A, [30, 1]),
        (NONE, []),
        (Word(text="tb", is_prefix=True), [2, 1]),
        (Word(text="tä你"), [30]),
        (Word(text="ta你"), []),
        (Every(parts=(A, B)), [1]),
        (Every(parts=(A,)), [30, 1]),
        (Some(parts=(A, B)), [30, 2, 1]),
        (Some(parts=()), []),
        (Except(wanted=A, unwanted=B), [30]),
        (Except(wanted=Some(parts=(A, B)), unwanted=Every(parts=(A, B))), [30, 2]),
        (Every(parts=(A, Some(parts=(NONE, Word(text="tb"))))), [1]),
    ),
)
def test_rows_are_found_by_their_words(shelf: Connection, asked: Asked | None, expected: list[int]) -> None:
    """The highest number first; a row without a number is not found."""
    assert expected == keys(shelf, asked)


def test_pages_begin_below_a_number(shelf: Connection) -> None:
    """And end at the limit."""
    assert ([30], [1], []) == (keys(shelf, A, limit=1), keys(shelf, A, before=30), keys(shelf, A, before=1))


def test_words_may_be_asked_to_be_alike(shelf: Connection) -> None:
    """As they stand in the table, one after another."""
    assert [1] == INDEX.keys(shelf, A, before=ALL, limit=9, like=("%ta tb%", "ta%"))


def test_the_index_follows_the_table(shelf: Connection) -> None:
    """Words and numbers that change, rows that go, and all of them at once."""
    shelf.execute(text("UPDATE shelf SET words = 'tc' WHERE place = 1"))
    shelf.execute(text("UPDATE shelf SET place = 40 WHERE place = 2"))
    shelf.execute(text("UPDATE shelf SET place = 3 WHERE place IS NULL"))
    assert ([30, 3], [40, 3], [1]) == (keys(shelf, A), keys(shelf, B), keys(shelf, Word(text="tc")))
    shelf.execute(text("UPDATE shelf SET place = NULL WHERE place = 3"))
    shelf.execute(text("DELETE FROM shelf WHERE place = 30"))
    assert ([], [40]) == (keys(shelf, A), keys(shelf, B))
    INDEX.empty(shelf)
    assert ([], []) == (keys(shelf, None), keys(shelf, B))
    shelf.execute(text("INSERT INTO shelf VALUES (7, 'tb')"))
    assert [7] == keys(shelf, B)


def test_many_rows_come_at_once(shelf: Connection) -> None:
    """They are found as those that come one by one, also where one statement cannot hold them all."""
    insert_at_once(shelf, SHELF, [(None, "td"), *((place, f"td t{place}") for place in range(100, 4_600))])
    found = INDEX.keys(shelf, Word(text="td"), before=ALL, limit=9_999)
    assert (list(range(4_599, 99, -1)), [2_100]) == (found, keys(shelf, Word(text="t2100")))
