"""Copies of a database that was made and filled once: quicker than to make and fill another."""

import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psycopg


@contextmanager
def copied(url: str, folder: Path) -> Iterator[str]:
    """The URL of a copy of the closed database at ``url``, gone afterwards; a file's copy lies in ``folder``."""
    if url.startswith("sqlite"):
        copy = folder / f"{uuid.uuid4().hex}.db"
        shutil.copy(url.removeprefix("sqlite:///"), copy)
        yield f"sqlite:///{copy}"
        return
    parts = urlsplit(url)
    original, copied_name = parts.path.removeprefix("/"), f"test_{uuid.uuid4().hex}"
    maintenance = parts._replace(path="/postgres").geturl()
    with psycopg.connect(maintenance, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {copied_name} TEMPLATE {original} STRATEGY file_copy")
    try:
        yield parts._replace(path=f"/{copied_name}").geturl()
    finally:
        with psycopg.connect(maintenance, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {copied_name} WITH (FORCE)")
