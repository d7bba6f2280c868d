"""Deletes sessions and one-time links that were over long ago.

Promises that nothing goes which still holds. Tokens and keys of feeds stay for ever, since they say who a name was.
"""

from datetime import datetime

from store.unit_of_work import Database


def tidy(database: Database, *, before: datetime) -> int:
    """Delete what was over before an instant, and answer how many sessions and links that was."""
    with database.writing() as transaction:
        return transaction.web_sessions.prune(before) + transaction.sign_in_links.prune(before)


def tidiable(database: Database, *, before: datetime) -> int:
    """How many ``tidy`` would delete; nothing is changed."""
    with database.reading() as transaction:
        return transaction.web_sessions.prunable(before) + transaction.sign_in_links.prunable(before)
