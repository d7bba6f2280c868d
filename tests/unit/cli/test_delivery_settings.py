"""The settings of deliveries, webhooks and mail: how they are written, and what is refused."""

import pytest

from tracker.domain.errors import InvalidInput
from tracker.settings import read_settings

PASSWORD = "correct horse"


def test_each_has_its_variable() -> None:
    """Every setting of deliveries can be set in the environment, lists separated by commas."""
    found = read_settings(
        options={},
        environment={
            "TRIALOG_PUBLIC_URL": "https://trialog.example.org/",
            "TRIALOG_DELIVERY__LEASE_S": "30",
            "TRIALOG_DELIVERY__RETRY_WAITS_S": "0, 5,300",
            "TRIALOG_DELIVERY__LANES": "4",
            "TRIALOG_WEBHOOK__ALLOW_NETWORKS": "10.0.0.0/8, fd00::/8",
            "TRIALOG_EMAIL__PORT": "465",
            "TRIALOG_EMAIL__SENDER": "trialog <alerts@example.org>",
            "TRIALOG_EMAIL__PASSWORD": PASSWORD,
        },
    )
    assert "https://trialog.example.org" == found.public_url
    assert (30.0, (0.0, 5.0, 300.0), 4) == (
        found.delivery.lease_s,
        found.delivery.retry_waits_s,
        found.delivery.lanes,
    )
    assert "10.0.0.0/8, fd00::/8" == found.webhook.allow_networks
    assert (465, "trialog <alerts@example.org>", PASSWORD) == (
        found.email.port,
        found.email.sender,
        found.email.password,
    )


def test_a_password_is_not_shown() -> None:
    """Settings that are printed or logged as they are do not tell the mail server's password."""
    found = read_settings(options={}, environment={"TRIALOG_EMAIL__PASSWORD": PASSWORD})
    assert PASSWORD not in repr(found)


@pytest.mark.parametrize(
    ("variable", "value", "sentence"),
    (
        ("TRIALOG_DELIVERY__RETRY_WAITS_S", "5, 0", "expected waits that do not get shorter"),
        ("TRIALOG_DELIVERY__RETRY_WAITS_S", "0, soon", "expected seconds from 0 to 86400"),
        ("TRIALOG_DELIVERY__LANES", "0", "expected a whole number from 1 to 64"),
        ("TRIALOG_DELIVERY__LEASE_S", "0.5", "expected seconds from 1"),
        ("TRIALOG_WEBHOOK__ALLOW_NETWORKS", "10.0.0.1/8", "'10.0.0.1/8' is no network"),
        ("TRIALOG_EMAIL__SECURITY", "ssl", "expected one of starttls, tls, none"),
        ("TRIALOG_EMAIL__PORT", "0", "expected a whole number from 1 to 65535"),
        ("TRIALOG_PUBLIC_URL", "trialog.example.org", "such as https://trialog.example.org"),
    ),
)
def test_what_cannot_be_meant_is_refused(variable: str, value: str, sentence: str) -> None:
    """A value that is none is refused with its variable and what was expected."""
    with pytest.raises(InvalidInput, match=f"{variable}.*{sentence}"):
        read_settings(options={}, environment={variable: value})
