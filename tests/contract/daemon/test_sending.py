"""Sending, as a daemon does it, where a setting of ours hinders a channel."""

import threading
import uuid
from datetime import UTC, datetime

import pytest

from store.unit_of_work import Database
from store.waking import Waker
from tests.contract.daemon.conftest import House
from tests.endpoints import Endpoint
from tests.mailbox import listening_mailbox
from tracker.alerts.evaluating import Evaluator
from tracker.daemon.delivering import News, Sending
from tracker.posting import deliverer
from tracker.settings import read_settings


def test_a_login_that_is_refused_is_not_tried_over_and_over(
    on_sqlite: House, endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The mail waits for a minute before the login is tried again, while webhooks go on with each piece of news."""
    on_sqlite.take_in("RECRUITING", posted_on="2026-01-10")
    on_sqlite.do("subscribe", "all", "--to", endpoint.url, "--to", "mailto:me@example.org")
    with listening_mailbox(auth_require_tls=False) as mailbox:
        mail = {"HOST": "127.0.0.1", "PORT": str(mailbox.port), "SECURITY": "none", "SENDER": "alerts@example.org"}
        for name, value in (mail | {"USERNAME": "ada", "PASSWORD": "wrong"}).items():
            monkeypatch.setenv(f"TRIALOG_EMAIL__{name}", value)
        now_s, once = 0.0, 0
        database = Database.open_present(on_sqlite.here["TRIALOG_DATABASE"], clock=lambda: datetime.now(UTC))
        sender = deliverer(database, read_settings(options={}), now=lambda: datetime.now(UTC))
        evaluator = Evaluator(database=database, now=lambda: datetime.now(UTC), new_id=lambda: str(uuid.uuid4()))
        news = News(waker=Waker(database), told=lambda: None)
        sending = Sending(
            news=news, deliverer=lambda: sender, is_off=lambda: False, stop=threading.Event(), monotonic=lambda: now_s
        )
        for number, day in enumerate(("2026-02-10", "2026-02-11", "2026-02-12"), 1):
            on_sqlite.take_in(("TERMINATED", "WITHDRAWN", "COMPLETED")[number - 1], posted_on=day)
            evaluator.tell_news(turns_day=False)
            news.arrived()
            sending.look()
            assert number == len(endpoint.received)
            assert "email" in (sending.failure or "")
            once = once or len(mailbox.logins)  # by each mechanism that the server offers
        assert 0 < once == len(mailbox.logins)
        now_s = 61.0
        sending.look()
        assert 2 * once == len(mailbox.logins)
        news.waker.close()
        database.close()
