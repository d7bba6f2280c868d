"""Bring a database to the shape this code knows, or say that it is of another.

It promises that of several processes opening a new database at once one migrates and the others wait,
that pending revisions commit together or not at all, that a database of newer code is refused untouched,
and that an up-to-date database costs two small reads and no import of alembic.
"""

from pathlib import Path

from sqlalchemy import Connection, Engine, text

from store.engine import has_table, writing_engine
from store.errors import NotFound, Outdated, Permanent
from store.translation import database_label

REVISION = "0005"
"""The newest revision in `store/migrations/versions`; a contract test keeps the two together."""


def migrate(engine: Engine) -> None:
    """Apply what is missing; Permanent when the database was made by newer code."""
    with engine.connect() as reading:
        if current_revision(reading) == REVISION:
            return
    with writing_engine(engine).begin() as connection:
        found = current_revision(connection)  # again: another process may have been first
        if found != REVISION:
            _upgrade(connection, found=found, where=database_label(engine.url))


def require_present(engine: Engine) -> None:
    """Pass a database of this shape; else NotFound, Outdated, or Permanent for one of newer code.

    Revisions are numbers of four digits that count up.
    """
    with engine.connect() as reading:
        found = current_revision(reading)
    where = database_label(engine.url)
    if found is None:
        raise NotFound(f"no ledger at {where}")
    if found < REVISION:
        raise Outdated(f"{where} was made by an older program (its schema is {found}, this program's {REVISION})")
    if found != REVISION:
        raise _of_newer_code(found, where)


def current_revision(connection: Connection) -> str | None:
    """The revision a database is at; None for one that was never migrated."""
    if not has_table(connection, "alembic_version"):
        return None
    found: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
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
