"""The settings of ``[ctgov]``: what is taken, and that only a registry on this machine is asked without a pause."""

from dataclasses import replace

import pytest

from tests.unit.cli.test_settings import CTGOV
from tracker.domain.errors import InvalidInput
from tracker.settings import read_settings


def test_the_environment_sets_every_one_of_them() -> None:
    """Each setting of the section has its variable, and text becomes a number."""
    environment = {
        "TRIALOG_CTGOV__BASE_URL": "http://127.0.0.1:8765/",
        "TRIALOG_CTGOV__TRANSPORT": "curl",
        "TRIALOG_CTGOV__CONTACT": "ada@example.org",
        "TRIALOG_CTGOV__USER_AGENT": "mine/1",
        "TRIALOG_CTGOV__TIMEOUT_S": "5",
        "TRIALOG_CTGOV__REQUEST_INTERVAL_S": "0",
        "TRIALOG_CTGOV__HISTORY_INTERVAL_S": "0.0",
        "TRIALOG_CTGOV__RETRIES": "2",
        "TRIALOG_CTGOV__RETRY_WAIT_S": "0",
        "TRIALOG_CTGOV__RETRY_WAIT_MOST_S": "0",
        "TRIALOG_CTGOV__BLOCKED_WAIT_S": "0",
    }
    expected = replace(
        CTGOV,
        base_url="http://127.0.0.1:8765",
        transport="curl",
        contact="ada@example.org",
        user_agent="mine/1",
        timeout_s=5.0,
        request_interval_s=0.0,
        history_interval_s=0.0,
        retries=2,
        retry_wait_s=0.0,
        retry_wait_most_s=0.0,
        blocked_wait_s=0.0,
    )
    assert expected == read_settings(options={}, environment=environment).ctgov


@pytest.mark.parametrize(
    "name", ("REQUEST_INTERVAL", "HISTORY_INTERVAL", "RETRY_WAIT", "RETRY_WAIT_MOST", "BLOCKED_WAIT")
)
def test_no_wait_is_zero_for_a_registry_elsewhere(name: str) -> None:
    """Zero intervals and waits are for a registry on this machine; the message names setting and site."""
    with pytest.raises(InvalidInput, match=rf"ctgov.{name.lower()}_s is 0; expected at least 0.1 .*clinicaltrials.gov"):
        read_settings(options={}, environment={f"TRIALOG_CTGOV__{name}_S": "0"})


@pytest.mark.parametrize(
    ("site", "is_on_loopback"),
    (
        ("http://127.0.0.1:80", True),
        ("http://127.9.9.9", True),
        ("http://[::1]:8000", True),
        ("http://localhost:1", True),
        ("https://localhost.example.org", False),
        ("https://clinicaltrials.gov", False),
        ("http://10.0.0.1", False),
    ),
)
def test_loopback_is_this_machine_alone(site: str, is_on_loopback: bool) -> None:
    """Only addresses of this machine are loopback."""
    assert is_on_loopback is replace(CTGOV, base_url=site).is_on_loopback


@pytest.mark.parametrize(
    ("variable", "value", "sentence"),
    (
        ("BASE_URL", "clinicaltrials.gov", "expected the registry's site"),
        ("BASE_URL", "ftp://clinicaltrials.gov", "expected the registry's site"),
        ("BASE_URL", "https://a:b@clinicaltrials.gov", "expected the registry's site"),
        ("BASE_URL", "https://clinicaltrials.gov?x=1", "expected the registry's site"),
        ("BASE_URL", "https://clinicaltrials.gov:port", "expected the registry's site"),
        ("BASE_URL", "http://[::1", "expected the registry's site"),
        ("TRANSPORT", "culr", "did you mean curl"),
        ("CONTACT", "ada\nX-Header: 1", "expected plain letters"),
        ("USER_AGENT", "Zoë/1", "expected plain letters"),
        ("RETRIES", "21", "expected a whole number from 0 to 20"),
        ("RETRIES", "-1", "expected a whole number"),
        ("TIMEOUT_S", "0", "expected seconds from 0.05"),
        ("TIMEOUT_S", "nan", "expected seconds"),
        ("REQUEST_INTERVAL_S", "inf", "expected seconds"),
        ("REQUEST_INTERVAL_S", "soon", "expected seconds"),
        ("REQUEST_INTERVALS", "1", "did you mean TRIALOG_CTGOV__REQUEST_INTERVAL_S"),
    ),
)
def test_what_is_not_expected_is_refused(variable: str, value: str, sentence: str) -> None:
    """A value that cannot be meant is refused, with what was expected."""
    with pytest.raises(InvalidInput, match=sentence):
        read_settings(options={}, environment={f"TRIALOG_CTGOV__{variable}": value})
