"""What alembic runs to apply revisions: on the connection and in the transaction it is handed.

It works at import because alembic imports it to run it; nothing else may import it. It promises that all
pending revisions commit together or not at all.
"""

from alembic import context

from store.tables import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    transactional_ddl=True,  # SQLite's too: the driver no longer commits behind our back
)
with context.begin_transaction():
    context.run_migrations()
