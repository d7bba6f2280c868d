"""SQLite's index of words: an FTS5 table that keeps which rows have a word and nothing else, in step by triggers.

It promises to cut words at spaces alone: ``ascii`` takes every letter beyond ASCII for one of a word, and words come
folded. The index keeps no text, so a row is taken out of it by saying again what was put in: the triggers know.
SQLite may have to take any statement back that has triggers, so FTS5 writes down what it has gathered before each one:
many rows in one statement make one segment, many statements as many. Within one, each number that falls makes another.
"""

from store.words import WordIndexSql


def word_index_sql(table: str, *, key: str, words: str) -> WordIndexSql:
    """The statements of the index of `words` over `table`."""
    index = f"{table}_index"
    made = f"CREATE VIRTUAL TABLE {index} USING fts5(words, content='', detail=none, columnsize=0, tokenize='ascii')"
    triggers = _triggers(table, index, key=key, words=words)
    make = (made, *triggers.values())
    dropped = f"DROP TABLE IF EXISTS {index}"
    untied = [f"DROP TRIGGER IF EXISTS {name}" for name in triggers]
    return WordIndexSql(
        make=make,
        drop=(dropped,),
        empty=(*untied, dropped, f"DELETE FROM {table}", *make),  # thousands of times quicker than row by row
        keys=f"SELECT rowid AS found FROM {index} WHERE {index} MATCH :asked",
        listed=_listed(index),
    )


def _listed(index: str) -> tuple[str, ...]:
    """By a table of the connection's own, which nobody else sees."""
    listing = f"temp.{index}_listing"
    made = f"CREATE VIRTUAL TABLE IF NOT EXISTS {listing} USING fts5vocab('main', '{index}', 'instance')"
    return "PRAGMA query_only=OFF", made, "PRAGMA query_only=ON", f"SELECT term, doc FROM {listing}"


def _triggers(table: str, index: str, *, key: str, words: str) -> dict[str, str]:
    take = (
        f"INSERT INTO {index} ({index}, rowid, words)"
        f" SELECT 'delete', old.{key}, old.{words} WHERE old.{key} IS NOT NULL;"
    )
    put = f"INSERT INTO {index} (rowid, words) SELECT new.{key}, new.{words} WHERE new.{key} IS NOT NULL;"
    statements = {
        f"{index}_insert": f"AFTER INSERT ON {table} BEGIN {put} END",
        f"{index}_update": f"AFTER UPDATE OF {key}, {words} ON {table} BEGIN {take} {put} END",
        f"{index}_delete": f"AFTER DELETE ON {table} BEGIN {take} END",
    }
    return {name: f"CREATE TRIGGER {name} {statement}" for name, statement in statements.items()}
