"""A ledger that has been lived in, behind the real gate: who may is what tokens, cookies and keys say."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from notifiers import unsubscribe_token
from store.unit_of_work import Database
from tests.contract.web.lived_in import lived_in
from tests.contract.web.site import NOON, Site
from tracker.access.access import Access
from tracker.delivery.unsubscribing import unsubscribe_key
from tracker.views.standing import standing_named
from tracker.web.access_gate import AccessGate
from tracker.web.application import create_app
from tracker.web.serving import Server


@contextmanager
def gated(database_url: str) -> Iterator[Site]:
    """It, served; ``access`` of the site makes tokens and links."""
    made = Site(database=Database.open_present(database_url, clock=lambda: NOON))
    lived_in(made)
    served = made.served()
    made.access = Access(database=made.database, now=lambda: NOON, random_bytes=secrets.token_bytes)
    gate = AccessGate(made.access, settings=lambda: served.settings)
    server = Server(create_app(replace(served, gate=gate)), "127.0.0.1:0")
    server.start()
    made.url = server.url
    try:
        yield made
    finally:
        server.stop()
        made.database.close()


def way_out(site: Site, name: str) -> str:
    """The path in the mails of the subscription of that name by which it is ended."""
    with site.database.reading() as transaction:
        asked = standing_named(transaction.connection, name)
    assert asked is not None
    key = unsubscribe_key(site.database, secrets.token_bytes)
    return f"/unsubscribe/{unsubscribe_token.make(asked.subscription_id, key=key)}"
