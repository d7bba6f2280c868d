"""What somebody with the database's password changed behind the ledger's back is found and named."""

import hashlib

import pytest
from sqlalchemy import Table

from store.snapshots import pack
from tests.contract.pipeline.lab import Lab, silent
from tracker.pipeline.replaying import rebuild
from tracker.pipeline.verifying import VerifyReport
from tracker.views.tables import CHANGES, REVISIONS

UNLOCK = {
    "sqlite": ("DROP TRIGGER events_refuse_update", "DROP TRIGGER events_refuse_delete"),
    "postgresql": ("ALTER TABLE events DISABLE TRIGGER USER",),
}


def damaged(lab: Lab, *statements: str) -> VerifyReport:
    """What verification says after these statements."""
    with lab.database.writing() as transaction:
        for statement in (*UNLOCK[lab.database.dialect_name], *statements):
            transaction.connection.exec_driver_sql(statement)
    report = lab.verify()
    assert not report.ok
    return report


def test_a_good_ledger_is_whole(good: Lab) -> None:
    """Nothing is found, and everything is counted."""
    report = good.verify()
    assert (True, None, None) == (report.ok, report.position, report.reason)
    assert (good.events_count(), good.snapshots_count()) == (report.events, report.snapshots)
    assert 4 + 5 == report.revisions
    assert 10 == report.events


def test_an_empty_ledger_is_whole(own_lab: Lab) -> None:
    """There is nothing wrong with a ledger in which nothing happened."""
    assert own_lab.verify().ok


@pytest.mark.parametrize(
    ("statements", "position"),
    (
        (("UPDATE events SET data = replace(data, '40', '41') WHERE position = 3",), 3),
        (("DELETE FROM events WHERE position = 4",), 4),
        (
            (
                "UPDATE events SET position = 99 WHERE position = 2",
                "UPDATE events SET position = 2 WHERE position = 3",
                "UPDATE events SET position = 3 WHERE position = 99",
            ),
            2,
        ),
        (("DELETE FROM events WHERE position >= 9",), 9),
        (("UPDATE ledger_head SET position = 8, count = 8",), 9),
        ((f"UPDATE ledger_head SET hash = '{'1' * 64}'",), 10),
        (("UPDATE ledger_head SET count = 9",), 10),
    ),
    ids=("edited", "deleted", "swapped", "truncated", "head moved", "head's hash", "head's count"),
)
def test_the_first_wrong_position_of_the_chain_is_named(good: Lab, statements: tuple[str, ...], position: int) -> None:
    """An edit, a deletion, a swap, a truncation and an altered head are found before anything else."""
    report = damaged(good, *statements)
    assert position == report.position
    assert report.reason


SECOND = "(SELECT snapshot FROM view_revisions WHERE trial_id = 'NCT00000001' AND revision = 3)"


@pytest.mark.parametrize(
    ("statement", "reason"),
    (
        ("UPDATE snapshots SET body = {noise} WHERE sha256 = " + SECOND, "damaged"),
        ("UPDATE snapshots SET body = '1' WHERE sha256 = " + SECOND, "cannot be read"),
        (f"UPDATE snapshots SET body_sha256 = '{'1' * 64}' WHERE sha256 = " + SECOND, "damaged"),
        ("DELETE FROM snapshots WHERE sha256 = " + SECOND, "no snapshot"),
    ),
    ids=("body", "text for a body", "hash of the body", "deleted"),
)
def test_a_damaged_snapshot_is_named_with_the_first_event_that_needs_it(good: Lab, statement: str, reason: str) -> None:
    """Bytes changed, another hash, or gone: the position of the revision's first event."""
    noise = "'\\x00ff00ff'" if good.database.dialect_name == "postgresql" else "x'00ff00ff'"
    report = damaged(good, statement.replace("{noise}", noise))
    assert 3 == report.position
    assert reason in (report.reason or "")


def test_another_body_with_a_fitting_hash_is_found(good: Lab) -> None:
    """A body replaced by a good body of other content does not have the address it stands under."""
    address = good.timeline("NCT00000001")[-1].snapshot
    body = b'{"protocolSection":{}}'
    packed = pack(address, body)
    assert hashlib.sha256(body).hexdigest() == packed.body_sha256
    mark = "%s" if good.database.dialect_name == "postgresql" else "?"
    with good.database.writing() as transaction:
        transaction.connection.exec_driver_sql(
            f"UPDATE snapshots SET base_sha256 = NULL, body = {mark}, size_bytes = {mark}, body_sha256 = {mark}"
            f" WHERE sha256 = {mark}",
            (packed.body, packed.size_bytes, packed.body_sha256, address),
        )
    report = good.verify()
    assert (False, 3) == (report.ok, report.position)
    assert "does not have its hash" in (report.reason or "")


FIRST_TRIAL = "WHERE trial_id = 'NCT00000001'"
COPY_TRIAL = (
    "INSERT INTO view_trials SELECT 'NCT00000009', revision, revisions_count, snapshot, coverage, stream_version,"
    f" published_status, data_on, short_row, whereabouts, merged_into FROM view_trials {FIRST_TRIAL}"
)


@pytest.mark.parametrize(
    ("statement", "position", "reason"),
    (
        (f"UPDATE view_trials SET published_status = 'COMPLETED' {FIRST_TRIAL}", 4, "differs"),
        (f"DELETE FROM view_trials {FIRST_TRIAL}", 4, "lacks"),
        (COPY_TRIAL, None, "does not make"),
        (f"UPDATE view_revisions SET lapses_on = '2020-01-01' {FIRST_TRIAL} AND revision = 2", 2, "lapses_on"),
        (f"UPDATE view_revisions SET snapshot = 'x' {FIRST_TRIAL} AND revision = 1", 1, "snapshot"),
        (f"UPDATE view_revisions SET coverage = '[]' {FIRST_TRIAL} AND revision = 1", 1, "coverage"),
        (f"DELETE FROM view_revisions {FIRST_TRIAL} AND revision = 1", 1, "lacks"),
        (f"UPDATE view_revisions SET revision = 7 {FIRST_TRIAL} AND revision = 4", 4, "lacks"),
        ("UPDATE view_changes SET superseded_at = NULL WHERE position = 3", 3, "superseded_at"),
        ("DELETE FROM view_changes WHERE position = 6", 6, "lacks"),
        ("UPDATE view_changes SET position = 77 WHERE position = 10", 10, "lacks"),
    ),
)
def test_a_wrong_row_of_a_view_is_named(good: Lab, statement: str, position: int | None, reason: str) -> None:
    """A row altered, missing or extra in any view is found, with the position of the event behind it."""
    report = damaged(good, statement)
    assert position == report.position
    assert reason in (report.reason or "")


@pytest.mark.parametrize(
    ("table", "key", "value"), ((REVISIONS, "trial_id", "'NCT00000009'"), (CHANGES, "position", "77"))
)
def test_an_extra_row_of_a_view_is_named(good: Lab, table: Table, key: str, value: str) -> None:
    """A row that no event made is found: here a copy of a good one under another key."""
    others = ", ".join(column.name for column in table.columns if column.name != key)
    copy = f"SELECT {value}, {others} FROM {table.name} WHERE position = 3"
    report = damaged(good, f"INSERT INTO {table.name} ({key}, {others}) {copy}")
    assert "has a row that the ledger does not make" in (report.reason or "")


def test_a_snapshot_that_no_event_names_is_read_too(good: Lab) -> None:
    """Every body is hashed, whoever needs it; where no event does, none is blamed."""
    body = b'{"protocolSection":{}}'
    packed = pack("f" * 64, body)
    with good.database.writing() as transaction:
        transaction.snapshots.put_many([packed])
    report = good.verify()
    assert (False, None) == (report.ok, report.position)
    assert f"snapshot {'f' * 64} does not have its hash" in (report.reason or "")


def test_a_base_that_is_gone_is_told(good: Lab) -> None:
    """A body that no event names, stored against one that is not there."""
    base = pack("e" * 64, b'{"protocolSection":{}}')
    based = pack("f" * 64, b'{"protocolSection":{"a":1}}', base=("e" * 64, b'{"protocolSection":{}}'))
    with good.database.writing() as transaction:
        transaction.snapshots.put_many([base, based])
        transaction.connection.exec_driver_sql(f"DELETE FROM snapshots WHERE sha256 = '{'e' * 64}'")
    report = good.verify()
    assert (False, None) == (report.ok, report.position)
    assert f"snapshot {'e' * 64} is missing, but others are stored against it" in (report.reason or "")


GUARDS = {
    "sqlite": (
        ("DROP TRIGGER events_refuse_update",),
        ("DROP TRIGGER events_refuse_delete",),
        (
            "DROP TRIGGER events_refuse_update",
            "CREATE TRIGGER events_refuse_update BEFORE UPDATE ON events WHEN 0 BEGIN SELECT 1; END",
        ),
    ),
    "postgresql": (
        ("ALTER TABLE events DISABLE TRIGGER events_refuse_change",),
        ("DROP TRIGGER events_refuse_truncate ON events",),
        ("CREATE OR REPLACE FUNCTION events_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$",),
    ),
}


@pytest.mark.parametrize("which", range(3))
def test_a_guard_that_was_taken_away_is_told(good: Lab, which: int) -> None:
    """A trigger dropped, switched off or made to let everything pass, with every event as it was recorded."""
    with good.database.writing() as transaction:
        for statement in GUARDS[good.database.dialect_name][which]:
            transaction.connection.exec_driver_sql(statement)
    report = good.verify()
    assert (False, None) == (report.ok, report.position)
    assert "no longer refuses" in (report.reason or "")


def test_a_wrong_event_is_named_though_the_head_is_gone(good: Lab) -> None:
    """The first wrong position comes before what is wrong as a whole."""
    edit = "UPDATE events SET data = replace(data, '40', '41') WHERE position = 3"
    assert 3 == damaged(good, edit, "DELETE FROM ledger_head").position


def test_a_row_of_a_view_with_another_kind_of_key_is_told(good: Lab) -> None:
    """SQLite lets a number be text; what can be stored is compared."""
    if good.database.dialect_name == "sqlite":
        report = damaged(good, "UPDATE view_revisions SET revision = 'x' WHERE revision = 4")
        assert "view_revisions" in (report.reason or "")


PARTED = (
    "INSERT INTO view_search_index (rowid, words) VALUES (7, 'tnothing')",
    "INSERT INTO view_search_index (view_search_index, rowid, words) SELECT 'delete', sort_key, words FROM view_search",
    "INSERT INTO view_search_index (rowid, words) SELECT sort_key, 'tnothing' FROM view_search LIMIT 1",
)


@pytest.mark.parametrize("dialect", ("sqlite",))
@pytest.mark.parametrize("statement", PARTED, ids=("a row", "no rows", "a word"))
def test_words_that_only_the_index_has_or_lacks_are_told(good: Lab, statement: str) -> None:
    """With every row of every table as it should be; a rebuild makes the index anew, as it says."""
    with good.database.writing() as transaction:
        transaction.connection.exec_driver_sql(statement)
    report = good.verify()
    assert (False, None) == (report.ok, report.position)
    assert "the index of words over view_search does not hold" in (report.reason or "")
    rebuild(good.database, show=silent)
    assert good.verify().ok
