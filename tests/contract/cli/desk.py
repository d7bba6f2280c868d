"""A person who gives commands, against servers on this machine; the clock is set by the test."""

import json
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import create_engine, inspect, text

from notifiers.signing import Signed, verify
from store.deliveries import DeliveryFilter
from store.unit_of_work import Database
from tests.contract.cli.command import Answer
from tests.endpoints import Endpoint, Received
from tests.mailbox import Mailbox
from tracker.cli.main import run
from tracker.cli.session import Session
from tracker.services import Surroundings
from tracker.simulator.edits import Edit
from tracker.simulator.world import World
from tracker.views.tables import WORD_INDEX

_HOUR = timedelta(hours=12)
ME = "mailto:me@example.org"


@dataclass(slots=True, kw_only=True)
class Desk:
    """Runs commands on one ledger; it is noon of the world's day unless ``later`` was said, or ``clock.url`` is set."""

    database: str
    world: World
    site: str
    mailbox: Mailbox
    endpoint: Endpoint
    output: Any
    options: dict[str, str] = field(default_factory=dict)
    waited: timedelta = timedelta()

    def now(self) -> datetime:
        """The present instant."""
        return datetime.combine(self.world.today, datetime.min.time(), UTC) + _HOUR + self.waited

    def later(self, **span: float) -> None:
        """Let time pass."""
        self.waited += timedelta(**span)

    def released(self, edits: Mapping[str, Edit] | None = None, *, days: int = 1) -> None:
        """So many days later: the registry publishes ``edits`` of trials, by id."""
        for _ in range(days):
            self.world.advance()
        for trial_id, edit in (edits or {}).items():
            self.world.edit(trial_id, edit)
        self.world.publish()

    def told(self, *words: str) -> Answer:
        """Give a command."""
        self.output.readouterr()
        options = {
            "database": self.database,
            "ctgov.base_url": self.site,
            **dict.fromkeys(("ctgov.request_interval_s", "ctgov.history_interval_s", "ctgov.retry_wait_s"), "0"),
            "webhook.allow_networks": "127.0.0.0/8",
            "email.host": "127.0.0.1",
            "email.port": str(self.mailbox.port),
            "email.security": "none",
            "email.sender": "trialog <alerts@example.org>",
            **self.options,
        }
        clock = None if "clock.url" in options else self
        status = run(words, session=Session(options=options, surroundings=Surroundings(clock=clock)))
        out, err = self.output.readouterr()
        return Answer(status, out, err.decode("utf-8"))

    def done(self, *words: str) -> str:
        """Give a command that must go well, and answer what it wrote."""
        answer = self.told(*words)
        assert 0 == answer.status, answer.err
        return answer.text

    def objects(self, *words: str) -> list[dict[str, Any]]:
        """Give a command for programs that must go well."""
        return [json.loads(line) for line in self.done(*words, "--json").splitlines()]

    def delivered(self, status: int = 0) -> dict[str, int]:
        """Deliver, and answer the counts."""
        answer = self.told("deliver", "--json")
        assert status == answer.status, answer.err
        (counts,) = answer.objects
        return counts

    def states(self) -> list[str]:
        """The states of all deliveries in their order."""
        return [one["state"] for one in self.objects("deliveries")]

    def is_signed(self, received: Received, secret: str) -> bool:
        """Whether a receiver who has the secret takes the request for ours."""
        signed = Signed(
            message_id=received.headers["webhook-id"],
            timestamp=received.headers["webhook-timestamp"],
            signatures=received.headers["webhook-signature"],
            body=received.body,
        )
        return verify(secret, signed, now=datetime.now(UTC))  # a receiver has a clock of its own

    def occurrences(self, words: str) -> list[str]:
        """The tables in which a text occurs, those of packed contents included."""
        url = self.database.replace("postgresql://", "postgresql+psycopg://")
        engine = create_engine(url)
        try:
            with engine.connect() as connection:
                found = [
                    table
                    for table in inspect(engine).get_table_names()
                    if table
                    != f"{WORD_INDEX.table}_index"  # it cannot be read; the tables that it lies in are among the others
                    and any(words in str(tuple(row)) for row in connection.execute(text(f'SELECT * FROM "{table}"')))
                ]
        finally:
            engine.dispose()
        database = Database.open_present(self.database, clock=self.now)
        with closing(database), database.reading() as transaction:
            outbox = transaction.outbox
            contents = [outbox.content(one.id) for one in outbox.list(DeliveryFilter())]
        return found + ["contents" for content in contents if words in json.dumps(content)]
