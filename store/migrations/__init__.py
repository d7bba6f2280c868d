"""The store's shape over time: alembic revisions, one numbered module each, for both databases."""
