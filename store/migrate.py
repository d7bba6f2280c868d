"""Bring a database to the shape this code knows, or say that it is of another.

It promises that of several processes opening a new database at once one migrates and the others wait, that pending
revisions commit together or not at all, that a file is copied before it changes, that a database which several hosts
share changes only when that is asked for, that one of newer code is refused untouched, also in the middle of work, and
that an up-to-date database costs two small reads and no import of alembic.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from itertools import count
from pathlib import Path

from sqlalchemy import Connection, Engine, text

from store.engine import dialect_named, has_table, writing_engine
from store.errors import NotFound, Outdated, Permanent
from store.ledger_files import copy_file, partial, put_in_place, seal
from store.translation import database_label

REVISION = "0008"
"""The newest revision in `store/migrations/versions`; a contract test keeps the two together."""

VERSION_TABLE = "alembic_version"


class Upgrading(StrEnum):
    """When a database of an older program is brought up to date by being opened."""

    NEVER = "never"
    UNSHARED = "unshared"  # where it is a file of this machine
    ASKED = "asked"  # wherever it is


@dataclass(frozen=True, slots=True, kw_only=True)
class Upgrade:
    """What is about to be done: from which revision to which, and where the database was copied before, if it was."""

    found: str
    revision: str
    copy: Path | None


Told = Callable[[Upgrade], None]


def migrate(
    engine: Engine, *, upgrading: Upgrading = Upgrading.UNSHARED, makes: bool = True, told: Told = lambda _: None
) -> None:
    """Apply what is missing, after a file was copied and ``told`` heard of it.

    NotFound where nothing is there and it does not ``make`` databases; Outdated where what is there may not change
    so; Permanent when the database was made by newer code.
    """
    with engine.connect() as reading:
        found = current_revision(reading)
    if found == REVISION:
        return
    _require_leave(engine, found, upgrading=upgrading, makes=makes)
    with writing_engine(engine).begin() as connection:
        if found is not None:
            dialect_named(engine.dialect.name).lock_out(connection, VERSION_TABLE)
        found = current_revision(connection)  # again: another process may have been first
        if found == REVISION:
            return
        if found is not None:
            told(Upgrade(found=found, revision=REVISION, copy=_copied(engine)))
        _upgrade(connection, found=found, where=database_label(engine.url))


def require_revision(connection: Connection) -> None:
    """Pass a database that is still of this shape: one tiny read, for the beginning of whatever writes.

    It stays so until the transaction ends, since an upgrade waits for all that has begun.
    """
    found = connection.exec_driver_sql(f"SELECT version_num FROM {VERSION_TABLE}").scalar()
    if found != REVISION:
        where = database_label(connection.engine.url)
        if found is None or found < REVISION:
            raise Permanent(
                f"{where} is at revision {found} since another was put in its place; start this program again"
            )
        raise _of_newer_code(found, where)


def _require_leave(engine: Engine, found: str | None, *, upgrading: Upgrading, makes: bool) -> None:
    """Revisions are numbers of four digits that count up."""
    where = database_label(engine.url)
    if found is None:
        if not makes:
            raise NotFound(f"no ledger at {where}")
        return
    if found > REVISION:
        raise _of_newer_code(found, where)
    is_shared = dialect_named(engine.dialect.name).is_shared
    if upgrading is Upgrading.NEVER or (upgrading is Upgrading.UNSHARED and is_shared):
        raise Outdated(f"{where} was made by an older program (its schema is {found}, this program's {REVISION})")


def _copied(engine: Engine) -> Path | None:
    """Copy a file as it is, beside it under a name that is free; None where the database is no file."""
    with engine.connect() as reading:
        file = Path(engine.url.database or "")
        if dialect_named(engine.dialect.name).is_shared:
            return None
        name = next(free for n in count(1) if not (free := _name_of_copy(file, n)).exists())
        with partial(name) as made:
            copy_file(reading, made, lambda _done, _total: None)
            seal(made)
            put_in_place(made, name)
    return name


def _name_of_copy(file: Path, n: int) -> Path:
    return file.with_name(f"{file.stem}.before-{REVISION}{'' if n == 1 else f'.{n}'}.db")


def current_revision(connection: Connection) -> str | None:
    """The revision a database is at; None for one that was never migrated."""
    if not has_table(connection, VERSION_TABLE):
        return None
    found: str | None = connection.execute(text(f"SELECT version_num FROM {VERSION_TABLE}")).scalar()
    return found


def _upgrade(connection: Connection, *, found: str | None, where: str) -> None:
    # Imported here: only a database that must change pays for alembic.
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    config = Config()
    folder = str(Path(__file__).parent / "migrations")
    config.set_main_option("script_location", folder.replace("%", "%%"))  # ConfigParser reads % as its own
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, "head")
    except CommandError as err:
        raise _of_newer_code(found, where) from err


def _of_newer_code(found: str | None, where: str) -> Permanent:
    return Permanent(
        f"{where} is at revision {found}, which this program does not know: a newer one made it; update the program"
    )
