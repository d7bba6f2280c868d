"""What the tables of the store are made of: their metadata and the types of their columns.

It promises texts that compare by code point on both databases. It knows no table.
"""

from sqlalchemy import BigInteger, Integer, MetaData, Text

METADATA = MetaData()

# INTEGER on SQLite, where only that name makes a primary key the row's own address.
POSITION = BigInteger().with_variant(Integer(), "sqlite")
TEXT = Text(collation="C").with_variant(Text(), "sqlite")
