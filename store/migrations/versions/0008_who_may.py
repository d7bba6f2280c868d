"""Who may look and act: tokens, sessions of those who signed in, one-time links, addresses of feeds."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_TEXT = sa.Text(collation="C").with_variant(sa.Text(), "sqlite")
_IN_FORCE = sa.text("revoked_at IS NULL")


def upgrade() -> None:
    _create_tokens()
    _create_sessions()
    _create_links()
    _create_feed_keys()


def downgrade() -> None:
    raise NotImplementedError("the ledger is never thrown away; restore a backup instead")


def _create_tokens() -> None:
    op.create_table(
        "access_tokens",
        sa.Column("token_id", _TEXT, primary_key=True),
        sa.Column("name", _TEXT, nullable=False),
        sa.Column("secret_sha256", _TEXT, nullable=False),
        sa.Column("scope", _TEXT, nullable=False),
        sa.Column("created_at", _TEXT, nullable=False),
        sa.Column("expires_at", _TEXT, nullable=True),
        sa.Column("revoked_at", _TEXT, nullable=True),
        sa.UniqueConstraint("secret_sha256", name="access_tokens_secret"),
    )
    _index_in_force("access_tokens_name", "access_tokens", ["name"])


def _create_sessions() -> None:
    op.create_table(
        "web_sessions",
        sa.Column("secret_sha256", _TEXT, primary_key=True),
        sa.Column("token_id", _TEXT, nullable=True),
        sa.Column("scope", _TEXT, nullable=False),
        sa.Column("created_at", _TEXT, nullable=False),
        sa.Column("expires_at", _TEXT, nullable=False),
        sa.Column("ended_at", _TEXT, nullable=True),
    )


def _create_links() -> None:
    op.create_table(
        "sign_in_links",
        sa.Column("secret_sha256", _TEXT, primary_key=True),
        sa.Column("scope", _TEXT, nullable=False),
        sa.Column("created_at", _TEXT, nullable=False),
        sa.Column("expires_at", _TEXT, nullable=False),
        sa.Column("used_at", _TEXT, nullable=True),
    )


def _create_feed_keys() -> None:
    op.create_table(
        "feed_keys",
        sa.Column("key_id", _TEXT, primary_key=True),
        sa.Column("secret_sha256", _TEXT, nullable=False),
        sa.Column("path", _TEXT, nullable=False),
        sa.Column("made_by", _TEXT, nullable=False),
        sa.Column("token_id", _TEXT, nullable=True),
        sa.Column("created_at", _TEXT, nullable=False),
        sa.Column("revoked_at", _TEXT, nullable=True),
        sa.UniqueConstraint("secret_sha256", name="feed_keys_secret"),
    )
    _index_in_force("feed_keys_of_maker", "feed_keys", ["path", "made_by"])


def _index_in_force(name: str, table: str, columns: list[str]) -> None:
    op.create_index(name, table, columns, unique=True, sqlite_where=_IN_FORCE, postgresql_where=_IN_FORCE)
